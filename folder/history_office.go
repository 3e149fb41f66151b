package folder

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
)

// A Who says whose acts of a history are wanted.
type Who string

// The parts of a history.
const (
	Everybody Who = "toate"      // whoever did something
	Residents Who = "oameni"     // the owner, and who acts for them
	Officials Who = "primarie"   // persons at the town hall
	Programs  Who = "automat"    // the program by itself
	Openings  Who = "deschideri" // officials who saw personal data
)

// has reports whether an entry is in that part.
func (w Who) has(e act.Entry) bool {
	switch w {
	case Residents:
		return e.Role == ""
	case Officials:
		return e.Role != "" && e.Role != act.System
	case Programs:
		return e.Role == act.System
	case Openings:
		return e.Role != "" && e.Role != act.System && act.RuleOf(e.Verb).Opening
	}
	return true
}

// History returns what was done in the actor's folder and about it, the newest
// first, from before the entry with the ID before, and whether there is more.
func (o *Office) History(ctx context.Context, actor act.Actor, who Who, before string, limit int) (entries []act.Entry, more bool, err error) {
	if err := actor.May(act.ReadHistory, all(actor.For)); err != nil {
		return nil, false, err
	}
	return part(ctx, o.Acts.About, actor.For, who, before, limit)
}

// Seen returns by whom at the town hall, and by what program, the data of the
// actor's folder was met, as [Office.History] does.
func (o *Office) Seen(ctx context.Context, actor act.Actor, who Who, before string, limit int) (entries []act.Entry, more bool, err error) {
	if err := actor.May(act.ReadHistory, all(actor.For)); err != nil {
		return nil, false, err
	}
	return part(ctx, o.Acts.Seen, actor.For, who, before, limit)
}

// part reads a register until limit entries of a part were found.
func part(ctx context.Context, read func(ctx context.Context, owner act.PartyID, before string, limit int) ([]act.Entry, error),
	owner act.PartyID, who Who, before string, limit int) (found []act.Entry, more bool, err error) {
	const block = 200
	for {
		entries, err := read(ctx, owner, before, block)
		if err != nil {
			return nil, false, err
		}
		for _, e := range entries {
			if !who.has(e) {
				continue
			}
			if len(found) == limit {
				return found, true, nil
			}
			found = append(found, e)
		}
		if len(entries) < block {
			return found, false, nil
		}
		before = entries[block-1].ID
	}
}

// OpeningsOf returns who at the town hall has opened or certified a document of
// the actor's folder, the newest first, among the last acts about the folder.
func (o *Office) OpeningsOf(ctx context.Context, actor act.Actor, id string) (entries []act.Entry, err error) {
	const last = 1000
	if err := actor.May(act.ReadHistory, all(actor.For)); err != nil {
		return nil, err
	}
	seen, err := o.Acts.Seen(ctx, actor.For, "", last)
	for _, e := range seen {
		if e.Subject == subject(id) {
			entries = append(entries, e)
		}
	}
	return entries, err
}

// Ask begins a question to the data protection officer about an entry of the
// history, and returns where to go on (GDPR art. 15). It fails with [ErrUnknown].
func (o *Office) Ask(ctx context.Context, actor act.Actor, entry string) (link string, err error) {
	if err := actor.May(act.ReadHistory, all(actor.For)); err != nil {
		return "", err
	}
	e, err := o.Acts.ByID(ctx, entry)
	if errors.Is(err, db.ErrNone) || err == nil && (e.Owner != actor.For || e.Role == "") {
		return "", ErrUnknown
	} else if err != nil {
		return "", err
	}
	return o.Cases.AskAbout(ctx, actor, entry)
}

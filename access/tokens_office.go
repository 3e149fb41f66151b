package access

import (
	"context"
	"slices"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

// Scopes are all that a token may ever do: what concerns its owner's own folder and,
// with [act.SwitchFolder], those of whom they act for. It never signs in, changes the
// profile, gives a mandate or makes further tokens, and it has no role at the town hall.
func Scopes() []act.Verb {
	return []act.Verb{act.ReadFolder, act.OpenDocument, act.AddDocument, act.ReadCase, act.WriteMessage, act.AnswerAsked, act.BeginDraft,
		act.ReadDraft, act.KeepDraft, act.DiscardDraft, act.FileCase, act.GiveConsent, act.WithdrawCase, act.ReadPayments, act.ReadNotices, act.ReadHistory,
		act.ReadLedger, act.ReadTaxes, act.Pay, act.Certify, act.SwitchFolder}
}

// Lives are for how many days a token may be made.
func Lives() []int { return []int{30, 90, 365} }

// mark begins every token, so that one that was left in a file is found.
const mark = "bega_"

// MakeToken makes a token for the actor, and returns it: it is not shown again,
// not even when the same form comes twice. It fails with [ErrTokenName] and
// [ErrScopes].
func (o *Office) MakeToken(ctx context.Context, actor act.Actor, key, name string, verbs []act.Verb, days int) (secret string, err error) {
	actor = identity.InPerson(actor)
	if name = text.Clean(name); name == "" || len(name) > 100 {
		return "", ErrTokenName
	}
	verbs = slices.Compact(slices.Sorted(slices.Values(verbs)))
	if len(verbs) == 0 || !slices.Contains(Lives(), days) || slices.ContainsFunc(verbs, func(v act.Verb) bool { return !slices.Contains(Scopes(), v) }) {
		return "", ErrScopes
	}
	made := ""
	value := mark + newSecret()
	err = o.Acts.Once(ctx, actor, act.KeepTokens, key, "", &made, func(ctx context.Context, tx *act.Tx) error {
		t := Token{ID: db.NewID(), Person: actor.Person, Name: name, Verbs: verbs, Made: tx.At, Expires: tx.At.Add(time.Duration(days) * 24 * time.Hour)}
		if err := tx.Allow(act.On{Subject: "token " + t.ID, Owner: actor.Person}); err != nil {
			return err
		}
		made, secret = t.ID, value
		return insertToken(ctx, tx, t, hashOf(value))
	})
	return secret, err
}

// Tokens returns the tokens of the actor, the newest first.
func (o *Office) Tokens(ctx context.Context, actor act.Actor) ([]Token, error) {
	actor = identity.InPerson(actor)
	if err := actor.May(act.KeepTokens, act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
		return nil, err
	}
	return tokensOf(ctx, o.DB, actor.Person)
}

// EndToken ends a token of the actor, or fails with [ErrToken].
func (o *Office) EndToken(ctx context.Context, actor act.Actor, key, id string) error {
	actor = identity.InPerson(actor)
	var done bool
	return o.Acts.Once(ctx, actor, act.KeepTokens, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "token " + id, Owner: actor.Person}); err != nil {
			return err
		}
		return removeToken(ctx, tx, actor.Person, id)
	})
}

// bearer returns whom a token stands for, or [ErrToken].
func (o *Office) bearer(ctx context.Context, secret string) (act.Actor, error) {
	t, err := tokenByHash(ctx, o.DB, hashOf(secret), o.Now())
	if err != nil {
		return act.Actor{}, err
	}
	if slices.Contains(t.Verbs, act.Certify) {
		t.Verbs = append(t.Verbs, act.PrintCode) // a certificate says of whom it is
	}
	return act.Actor{Person: t.Person, For: t.Person, Level: t.level, Token: true, Verbs: t.Verbs}, nil
}

// ActFor returns the actor in the folder that a mandate opens, for a program: it says
// with each request for whom it acts. It fails with [identity.ErrMandate] unless the
// mandate is theirs and holds now.
func (o *Office) ActFor(ctx context.Context, actor act.Actor, mandate string) (act.Actor, error) {
	actor = identity.InPerson(actor)
	if err := actor.MayTry(act.SwitchFolder); err != nil {
		return act.Actor{}, err
	}
	m, err := o.People.Holds(ctx, o.DB, mandate, actor.Person)
	if err != nil {
		return act.Actor{}, err
	}
	actor.For, actor.Mandate, actor.Services = m.Principal, m.ID, m.Services
	actor.Roles, actor.Unit = nil, "" // not as an official
	return actor, nil
}

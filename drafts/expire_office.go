package drafts

import (
	"context"
	"fmt"

	"bega/internal/act"
	"bega/internal/db"
)

// Expire does what time does to drafts: it warns twice of those that nobody has
// touched, bins them after 30 days, and removes them after 30 more. It may run
// at any time and twice. What visitors left is removed after 30 days with their
// uploads, since nobody knows where to warn them.
func (o *Office) Expire(ctx context.Context) error {
	now := o.Now()
	ids, err := forgotten(ctx, o.DB, now.Add(-warnFirst), now.Add(-warnLast), now.Add(-forget), now.Add(-empty), now.Add(-forget-empty))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := o.expire(ctx, id); err != nil {
			return err
		}
	}
	return o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return dropOldHeld(ctx, tx, now.Add(-forget)) })
}

func (o *Office) expire(ctx context.Context, id string) error {
	s, err := byID(ctx, o.DB, id)
	if err != nil {
		return err
	}
	d, err := o.open(s)
	if err != nil {
		return err
	}
	if d.fate(o.Now()) == remove && d.By == "" {
		visitor := act.Actor{For: d.Owner}
		for file := range d.Files {
			if err := o.takeOut(ctx, visitor, file); err != nil {
				return err
			}
		}
	}
	return o.Acts.Do(ctx, act.Machine, act.ExpireDraft, func(ctx context.Context, tx *act.Tx) error {
		s, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.Allow(s.on()); err != nil {
			return err
		}
		switch s.fate(tx.At) {
		case warn:
			s.Warned++
			if err := o.tell(ctx, tx, s.Draft); err != nil {
				return err
			}
		case bin:
			s.Binned = tx.At
		case remove:
			return erase(ctx, tx, id)
		}
		return update(ctx, tx, s)
	})
}

// tell warns of a draft, with where it goes on and until when.
func (o *Office) tell(ctx context.Context, tx *act.Tx, d Draft) error {
	s, err := o.Service(d)
	if err != nil {
		return err
	}
	key := "drafts.forgotten"
	if d.Warned > 1 {
		key = "drafts.last-days"
	}
	once := fmt.Sprintf("%s-%d-%d", d.ID, d.Saved.UnixMicro(), d.Warned)
	return o.Notices.Send(ctx, tx, d.Owner, key, []any{map[string]string(s.Title), d.Ends(o.Zone)}, d.Link(), "", once)
}

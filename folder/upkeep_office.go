package folder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/text"
)

// forgotten is for how long what a visitor uploaded waits for them to sign in:
// as long as their device remembers them.
const forgotten = 60 * 24 * time.Hour

// RemindExpiring tells owners which of their documents expire, a month and a week
// before, once each. It may run at any time and twice.
func (o *Office) RemindExpiring(ctx context.Context) error {
	today := o.today()
	docs, err := expiring(ctx, o.DB, today, today.AddDays(soon), today.AddDays(7))
	if err != nil {
		return err
	}
	var failed error
	for _, d := range docs {
		days := d.reminder(today, o.day(d.Added))
		if days == 0 {
			continue
		}
		if err := o.remind(ctx, d, days); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// errTold rolls an act back that was done before.
var errTold = errors.New("folder: the owner was told")

// remind tells the owner of a document that it expires, unless they have a better
// one.
func (o *Office) remind(ctx context.Context, d Document, days int) error {
	d, err := o.unseal(d)
	if err != nil {
		return err
	}
	err = o.Acts.Do(ctx, act.Machine, act.RemindExpiry, func(ctx context.Context, tx *act.Tx) error {
		others, err := ofOwner(ctx, tx, d.Owner)
		if err != nil {
			return err
		}
		for _, other := range others {
			if other.replaces(d) {
				return errTold
			}
		}
		first, err := remind(ctx, tx, d.ID, days)
		if err != nil || !first {
			return errors.Join(err, errTold)
		}
		if err := tx.Allow(act.On{Subject: subject(d.ID), Owner: d.Owner}); err != nil {
			return err
		}
		return o.Notices.Send(ctx, tx, d.Owner, "folder.expiring", []any{o.titles(d), d.Until}, "/dosar/documente/"+d.ID, "",
			fmt.Sprintf("folder.expiring %s %d", d.ID, days))
	})
	if errors.Is(err, errTold) {
		return nil
	}
	return err
}

// titles returns what a document is called, in every language.
func (o *Office) titles(d Document) any {
	titles := map[string]string{}
	for _, lang := range text.Languages {
		if titles[lang.String()] = o.Types.TypeTitle(d.Type, lang.String()); titles[lang.String()] == "" {
			return d.Name
		}
	}
	return titles
}

// Sweep removes what visitors have uploaded and forgotten, and the files that no
// row of any room names. It spares those that are so young that their row may
// still be on its way.
func (o *Office) Sweep(ctx context.Context) error {
	now := o.Now()
	err := o.Acts.Do(ctx, act.Machine, act.TidyFolder, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "folders"}); err != nil {
			return err
		}
		return forgetVisitors(ctx, tx, now.Add(-forgotten))
	})
	if err != nil {
		return err
	}
	return o.Blobs.Each(ctx, func(hash blob.Hash, written time.Time) error {
		if now.Sub(written) < 2*blob.Fresh {
			return nil
		}
		if held, err := o.held(ctx, hash); err != nil || held {
			return err
		}
		return o.Blobs.Delete(ctx, hash)
	})
}

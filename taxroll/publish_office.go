package taxroll

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
)

// mostRejected is of how many rows one may be rejected in what is published.
const mostRejected = 1000

// Imports returns all imports, the latest first.
func (o *Office) Imports(ctx context.Context, actor act.Actor) ([]Import, error) {
	if err := actor.May(act.ReadRuns, act.On{Subject: "imports", Unit: o.Unit}); err != nil {
		return nil, hidden(err)
	}
	return allImports(ctx, o.DB)
}

// ImportByID returns an import, or [ErrUnknown], to a room that has checked who asks.
func (o *Office) ImportByID(ctx context.Context, r db.Reader, id string) (Import, error) {
	return importByID(ctx, r, id)
}

// Publish has an import count, from this moment and all of it. It fails with
// [ErrSecond] for whoever has loaded it, and with [ErrRejected] if more than one row
// of a thousand was rejected. Assessments follow with the next run.
func (o *Office) Publish(ctx context.Context, actor act.Actor, key, id string) error {
	return o.turn(ctx, actor, act.PublishImport, key, id, func(ctx context.Context, tx *act.Tx, i *Import) error {
		switch {
		case i.State != "loaded":
			return ErrState
		case i.By == tx.Actor.Person:
			return ErrSecond
		case i.Summary.Rejected*mostRejected > i.Done:
			return ErrRejected.With(strconv.Itoa(i.Summary.Rejected))
		}
		i.State, i.Published = "published", tx.Actor.Person
		return raise(ctx, tx, "role", i.Summary.Highest)
	})
}

// Revert has an import count no more, from this moment and nothing of it.
func (o *Office) Revert(ctx context.Context, actor act.Actor, key, id string) error {
	return o.turn(ctx, actor, act.RevertImport, key, id, func(_ context.Context, _ *act.Tx, i *Import) error {
		if i.State == "reverted" {
			return ErrState
		}
		i.State = "reverted"
		return nil
	})
}

// Drop gives an import up that was not published, even while it is loaded, in an act of
// the room that has allowed it. It fails with [ErrState].
func (o *Office) Drop(ctx context.Context, tx *act.Tx, id string) error {
	i, err := importByID(ctx, tx, id)
	if err == nil && i.State != "loading" && i.State != "loaded" {
		err = ErrState
	}
	if err != nil {
		return err
	}
	i.State, i.Changed = "reverted", tx.At
	return setImport(ctx, tx, i)
}

func (o *Office) turn(ctx context.Context, actor act.Actor, verb act.Verb, key, id string, fn func(ctx context.Context, tx *act.Tx, i *Import) error) error {
	var done bool
	return o.Acts.Once(ctx, actor, verb, key, Line, &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "import " + id, Unit: o.Unit}); err != nil {
			return hidden(err)
		}
		i, err := importByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, &i); err != nil {
			return err
		}
		if err := o.Touch(ctx, tx); err != nil {
			return err
		}
		i.Changed, done = tx.At, true
		return setImport(ctx, tx, i)
	})
}

// Rejects writes the rows that an import did not take as CSV, with the column and the
// reason before them, to the department. They are personal data: it is an act.
func (o *Office) Rejects(ctx context.Context, actor act.Actor, id string, w io.Writer) error {
	err := o.Acts.Do(ctx, actor, act.ImportRegister, func(_ context.Context, tx *act.Tx) error {
		return tx.Allow(act.On{Subject: "rejects " + id, Unit: o.Unit})
	})
	if err != nil {
		return hidden(err)
	}
	out, t := csv.NewWriter(w), o.Texts.For("ro")
	_ = out.Write([]string{"tabel", "rand", "coloana", "motiv", "date"}) // [csv.Writer.Error] below
	for after := 0; ; {
		all, err := rejectsAfter(ctx, o, id, after, chunk)
		if err != nil {
			return err
		}
		for _, r := range all {
			args := make([]any, len(r.Args))
			for i := range args {
				args[i] = r.Args[i]
			}
			for i, cell := range r.Row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					r.Row[i] = "'" + cell // no formula where this is opened
				}
			}
			_ = out.Write(append([]string{r.Table, strconv.Itoa(r.Line), r.Column, t.T(r.Reason, args...)}, r.Row...))
		}
		if after += len(all); len(all) < chunk {
			break
		}
	}
	out.Flush()
	return out.Error()
}

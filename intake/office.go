package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/vault"
	"bega/taxroll"
)

// An Office takes in registers. Its fields are set before it is used.
type Office struct {
	DB    *db.DB
	Acts  *act.Register
	Now   func() time.Time
	Vault *vault.Vault
	Blobs *blob.Store
	Roll  *taxroll.Office

	// Official returns somebody with the roles that they have now.
	Official func(ctx context.Context, person act.PartyID) (act.Actor, error)

	// Reader reads registers by [Office.Read]: jobs.Handle(q, "intake_read", o.Read).
	Reader jobs.Kind[string]

	Scratch string        // folder in which workbooks are unpacked while they are read; "" for that of the system
	Shift   time.Duration // how long a job reads before it leaves the rest to another; 0 for the usual
}

// How long things take, and are kept.
const (
	shift       = 4 * time.Minute  // a job of the queue has five
	stuck       = 90 * time.Second // a chunk of rows takes seconds
	keptUnused  = 24 * time.Hour
	keptContent = 90 * 24 * time.Hour
)

// on is what an act about something of the department is done to.
func (o *Office) on(subject string) act.On { return act.On{Subject: subject, Unit: o.Roll.Unit} }

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// Kept returns files that the actor has sent and that are still there, in the order of
// their IDs in the form.
func (o *Office) Kept(ctx context.Context, actor act.Actor, ids []string) (all []File, err error) {
	if actor.May(act.ImportRegister, o.on("register files")) != nil {
		return nil, ErrUnknown
	}
	for _, id := range ids {
		f, err := fileByID(ctx, o.DB, o, id)
		if errors.Is(err, ErrUnknown) || err == nil && (f.By != actor.Person || len(f.parts) == 0) {
			continue
		} else if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// latest leaves of files of the same kind the one that was sent last.
func latest(files []File) []File {
	return slices.DeleteFunc(slices.Clone(files), func(f File) bool {
		return slices.ContainsFunc(files, func(other File) bool { return other.What == f.What && other.ID > f.ID })
	})
}

// register puts a register together of a workbook, or of both tables.
func register(files []File) (l line, err error) {
	files = latest(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(b.What, a.What) }) // contribuabili before bunuri
	switch {
	case len(files) == 0:
		return l, ErrNone
	case len(files) == 1 && files[0].What == Workbook:
		l.first = files[0].ID
	case len(files) == 2 && files[0].What == Taxpayers && files[1].What == Objects:
		l.first, l.second = files[0].ID, files[1].ID
	default:
		return l, ErrPair
	}
	if l.Files = files; l.Rows() == 0 {
		return l, ErrNoRows
	}
	return l, nil
}

// Begin has a register read that consists of files which the actor has sent, and says
// what it is called. There is one at a time: it fails with [ErrReading], and with
// [ErrYear], [ErrNone], [ErrPair] and [ErrNoRows].
func (o *Office) Begin(ctx context.Context, actor act.Actor, key string, year int, ids []string) (id string, err error) {
	if _, err := o.Roll.Rules(year); err != nil {
		return "", ErrYear
	}
	files, err := o.Kept(ctx, actor, ids)
	if err != nil {
		return "", err
	}
	l, err := register(files)
	if err != nil {
		return "", err
	}
	err = o.Acts.Once(ctx, actor, act.ImportRegister, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		l.ID, l.Year, l.State, l.By, l.At, l.Changed = db.NewID(), year, Reading, tx.Actor.Person, tx.At, tx.At
		if err := tx.Allow(o.on("import " + l.ID)); err != nil {
			return hidden(err)
		}
		if busy, err := registers(ctx, tx, Reading, 1); err != nil || len(busy) > 0 {
			return errors.Join(err, ErrReading)
		}
		if err := insertRegister(ctx, tx, l); err != nil {
			return err
		}
		id = l.ID
		return o.Reader.Add(ctx, tx.Tx, id, jobs.Unique())
	})
	return id, err
}

// A View is a register, and the import that was made of it.
type View struct {
	Register
	Import taxroll.Import // without an ID before it has begun
}

// There reports whether the import has begun.
func (v View) There() bool { return v.Import.ID != "" }

// Done is how many rows were read.
func (v View) Done() int { return min(v.Import.Done, v.Rows()) }

// Late reports whether nothing has been read for a while: the program has died that
// read, and another goes on within minutes.
func (v View) Late(now time.Time) bool { return v.State == Reading && now.Sub(v.seen()) > stuck }

// seen is when something was heard of it last.
func (v View) seen() time.Time {
	if v.Import.Changed.After(v.Changed) {
		return v.Import.Changed
	}
	return v.Changed
}

// View returns a register to the department, also one that was loaded in another way.
func (o *Office) View(ctx context.Context, actor act.Actor, id string) (v View, err error) {
	if actor.May(act.ReadRuns, o.on("import "+id)) != nil {
		return v, ErrUnknown
	}
	return o.view(ctx, o.DB, id)
}

func (o *Office) view(ctx context.Context, r db.Reader, id string) (v View, err error) {
	l, err := registerByID(ctx, r, id)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return v, err
	}
	i, err2 := o.Roll.ImportByID(ctx, r, id)
	switch {
	case errors.Is(err2, taxroll.ErrUnknown):
		err2 = err // nothing has begun; or there is nothing
	case err2 == nil && err != nil:
		l.Register = Register{ID: id, Year: i.Year, State: Read, By: i.By, At: i.At, Changed: i.Changed}
	}
	if err2 != nil {
		return v, err2
	}
	v = View{Register: l.Register, Import: i}
	for _, file := range []string{l.first, l.second} {
		if file == "" {
			continue
		}
		f, err := fileByID(ctx, r, o, file)
		if err != nil {
			return v, err
		}
		v.Files = append(v.Files, f)
	}
	return v, nil
}

// Registers returns the latest registers that were sent in.
func (o *Office) Registers(ctx context.Context, actor act.Actor) (all []View, err error) {
	if actor.May(act.ReadRuns, o.on("imports")) != nil {
		return nil, ErrUnknown
	}
	found, err := registers(ctx, o.DB, "", 20)
	if err != nil {
		return nil, err
	}
	for _, l := range found {
		v, err := o.view(ctx, o.DB, l.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// Stop gives up a register that does not count yet, be it read or not. It fails with
// [ErrOver].
func (o *Office) Stop(ctx context.Context, actor act.Actor, key, id string) error {
	var done bool
	return o.Acts.Once(ctx, actor, act.ImportRegister, key, taxroll.Line, &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("import " + id)); err != nil {
			return hidden(err)
		}
		v, err := o.view(ctx, tx, id)
		if err != nil {
			return err
		}
		done = true
		if v.There() {
			err = o.Roll.Drop(ctx, tx, id)
		}
		if v.State == Failed || v.State == Stopped || errors.Is(err, taxroll.ErrState) {
			return ErrOver
		} else if err != nil {
			return err
		}
		return setState(ctx, tx, id, Stopped, "", nil)
	})
}

// Names reports whether a file of the town is part of what was sent in, for the sweep.
func (o *Office) Names(ctx context.Context, hash blob.Hash) (bool, error) {
	return names(ctx, o.DB, hash)
}

// Tidy forgets files of which nothing was made after a day, the contents of all after 90
// days, and what a program that died has left in the scratch folder.
func (o *Office) Tidy(ctx context.Context) error {
	old, err := filepath.Glob(filepath.Join(o.scratch(), scratchName+"*"))
	for _, dir := range old {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > time.Hour {
			err = os.RemoveAll(dir)
			if err != nil {
				return fmt.Errorf("scratch folder: %w", err)
			}
		}
	}
	if err != nil {
		return err
	}
	return o.Acts.Do(ctx, act.Machine, act.ImportRegister, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("register files")); err != nil {
			return err
		}
		return errors.Join(removeUnused(ctx, tx, tx.At.Add(-keptUnused)), removeContents(ctx, tx, tx.At.Add(-keptContent)))
	})
}

func (o *Office) scratch() string {
	if o.Scratch == "" {
		return os.TempDir()
	}
	return o.Scratch
}

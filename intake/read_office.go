package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/taxroll"
)

// Read reads a register, for the queue: all of it, or what can be read in one job, and
// then it has another go on. It may run twice, also at the same time.
func (o *Office) Read(ctx context.Context, id string) error {
	v, err := o.view(ctx, o.DB, id)
	if errors.Is(err, ErrUnknown) || err == nil && v.State != Reading {
		return nil
	} else if err != nil {
		return err
	}
	if v.There() && v.Import.State != "loading" { // it was read, and the program died before it could say so
		return o.settle(ctx, id, nil)
	}
	length := o.Shift
	if length == 0 {
		length = shift
	}
	working, stop := context.WithTimeout(ctx, length)
	defer stop()
	err = o.load(working, v)
	switch f := fault.Of(err); {
	case err == nil:
		return o.settle(ctx, id, nil)
	case ctx.Err() != nil: // the program stops, and the queue begins again
		return err
	case working.Err() != nil:
		return o.again(ctx, id)
	case errors.Is(err, taxroll.ErrState), db.IsDuplicate(err) && !v.There(): // stopped meanwhile, or read by another program
		return nil
	case f.Kind == fault.Unexpected || f.Kind == fault.Unavailable:
		return err
	default:
		return o.settle(ctx, id, f)
	}
}

// load reads a register in the name of whoever has sent it in.
func (o *Office) load(ctx context.Context, v View) error {
	actor, err := o.Official(ctx, v.By)
	if err != nil && fault.Of(err).Kind != fault.Missing {
		return err
	}
	if actor.May(act.ImportRegister, o.on("import "+v.ID)) != nil {
		return ErrReader
	}
	source, closing, err := o.open(ctx, v.Register)
	if err != nil {
		return err
	}
	source.ID = v.ID
	_, err = o.Roll.Load(ctx, actor, source, v.Year, nil)
	return errors.Join(closing(), err)
}

// open opens the files of a register. Closing says whether they could not be fetched.
func (o *Office) open(ctx context.Context, r Register) (source taxroll.Source, closing func() error, err error) {
	var all []*content
	for _, f := range r.Files {
		all = append(all, &content{ctx: ctx, blobs: o.Blobs, parts: f.parts})
	}
	if len(all) == 1 {
		data, err := io.ReadAll(all[0])
		if err != nil {
			return source, nil, err
		}
		return XLSX(bytes.NewReader(data), o.Scratch)
	}
	var err1, err2 error
	source.Taxpayers, err1 = taxroll.CSV(all[0])
	source.Objects, err2 = taxroll.CSV(all[1])
	closing = func() error { return errors.Join(all[0].err, all[1].err) }
	return source, closing, errors.Join(closing(), err1, err2)
}

// A content reads the parts of a file, one after the other.
type content struct {
	ctx   context.Context
	blobs *blob.Store
	parts []blob.Hash
	part  []byte
	err   error // of the store
}

// Read implements [io.Reader].
func (c *content) Read(p []byte) (int, error) {
	for len(c.part) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		if len(c.parts) == 0 {
			return 0, io.EOF
		}
		if c.part, c.err = c.blobs.Get(c.ctx, c.parts[0]); c.err != nil {
			return 0, c.err
		}
		c.parts = c.parts[1:]
	}
	n := copy(p, c.part)
	c.part = c.part[n:]
	return n, nil
}

// settle notes that a register was read, or why it could not be. What was stopped
// meanwhile stays so, and its import is none.
func (o *Office) settle(ctx context.Context, id string, why *fault.Fault) error {
	return o.Acts.Do(ctx, act.Machine, act.ImportRegister, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("import " + id)); err != nil {
			return err
		}
		v, err := o.view(ctx, tx, id)
		if err != nil {
			return err
		}
		state, key, args := Read, "", []string(nil)
		switch {
		case v.State == Stopped:
			state = Stopped
		case v.State != Reading: // another job was faster
			return nil
		case why != nil:
			state, key = Failed, why.Key
			for _, arg := range why.Args {
				args = append(args, fmt.Sprint(arg))
			}
		case v.There() && v.Import.State == "reverted":
			state = Stopped
		}
		if state != Read && v.There() {
			if err := o.Roll.Drop(ctx, tx, id); err != nil && !errors.Is(err, taxroll.ErrState) {
				return err
			}
		}
		return setState(ctx, tx, id, state, key, args)
	})
}

// again leaves the rest to another job.
func (o *Office) again(ctx context.Context, id string) error {
	return o.Acts.Do(ctx, act.Machine, act.ImportRegister, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("import " + id)); err != nil {
			return err
		}
		return o.Reader.Add(ctx, tx.Tx, id, jobs.Unique())
	})
}

// Resume has a register go on that nobody reads, because the program has died that did.
func (o *Office) Resume(ctx context.Context) error {
	all, err := registers(ctx, o.DB, Reading, 1)
	if err != nil || len(all) == 0 {
		return err
	}
	v, err := o.view(ctx, o.DB, all[0].ID)
	if err != nil || !v.Late(o.Now()) {
		return err
	}
	return o.again(ctx, v.ID)
}

// Busy reports whether a register that was sent in is read at the moment.
func (o *Office) Busy(ctx context.Context) (bool, error) {
	all, err := registers(ctx, o.DB, Reading, 1)
	return len(all) > 0, err
}

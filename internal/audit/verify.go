package audit

import (
	"context"
	"errors"
	"fmt"
)

// A Kind is what somebody did to the register or its chain.
type Kind string

// What [Register.Verify] finds.
const (
	Changed   Kind = "changed"   // an act, or the link to it, is not what it was, or is in another's place
	Removed   Kind = "removed"   // an act that is linked is not in the register
	Unlinked  Kind = "unlinked"  // links are missing within the chain
	Inserted  Kind = "inserted"  // an act is in the register that never was linked, and is too old to be linked still
	Cut       Kind = "cut"       // the chain is shorter than it was once
	Rewritten Kind = "rewritten" // the chain leads to another hash than it did once: it was made anew
)

// A Fault is something wrong at one place of the chain.
type Fault struct {
	Kind  Kind
	Index int    // where in the chain, from 1; 0 for Inserted
	Act   string // ID; empty for Unlinked, Cut and Rewritten
}

// Error says what is wrong, for whoever runs the program.
func (f *Fault) Error() string {
	switch f.Kind {
	case Changed:
		return fmt.Sprintf("audit: the act %s, number %d in the chain, is not what was linked there", f.Act, f.Index)
	case Removed:
		return fmt.Sprintf("audit: the act %s, number %d in the chain, was removed from the register", f.Act, f.Index)
	case Unlinked:
		return fmt.Sprintf("audit: links are missing from number %d of the chain", f.Index)
	case Inserted:
		return fmt.Sprintf("audit: the act %s is in the register, and was never linked", f.Act)
	case Cut:
		return fmt.Sprintf("audit: the chain ends before number %d, to which it once came", f.Index)
	case Rewritten:
		return fmt.Sprintf("audit: the chain has another hash at number %d than it once had", f.Index)
	}
	return string(f.Kind)
}

// enough is after how many faults Verify stops looking for more.
const enough = 100

// Verify checks every act against the chain, and the chain against a head that
// was written down earlier, if remembered is not nil. It returns nil, or the
// faults it found, each a *[Fault], joined, or the error that stopped it. It
// calls progress now and then, unless that is nil.
//
// Acts that wait to be linked are not checked: [Register.Lag] tells of them.
func (r *Register) Verify(ctx context.Context, remembered *Head, progress func(done, total int)) error {
	end, err := r.head(ctx, r.DB)
	if err != nil {
		return err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	var found faults
	var last link
	for len(found) < enough {
		all, err := r.pairs(ctx, last.idx, page)
		if err != nil {
			return err
		}
		for _, p := range all {
			found.check(last, p, remembered)
			last = p.link
		}
		progress(last.idx, max(end.idx, last.idx))
		if len(all) < page {
			break
		}
	}
	if remembered != nil && remembered.Index > last.idx && len(found) < enough {
		found.add(Cut, last.idx+1, "")
	}
	strays, err := r.stray(ctx, since(last.act), enough)
	if err != nil {
		return err
	}
	for _, id := range strays {
		found.add(Inserted, 0, id)
	}
	return errors.Join(found...)
}

type faults []error

func (f *faults) add(kind Kind, index int, act string) { *f = append(*f, &Fault{kind, index, act}) }

// check checks a link and its act against the link before.
func (f *faults) check(last link, p pair, remembered *Head) {
	switch {
	case p.idx != last.idx+1:
		// What was before is not there to be checked against.
		f.add(Unlinked, last.idx+1, "")
	case p.act.id == "":
		f.add(Removed, p.idx, p.link.act)
	case p.act.after(last.hash) != p.hash:
		f.add(Changed, p.idx, p.link.act)
	}
	if remembered != nil && remembered.Index == p.idx && remembered.Hash != p.hash {
		f.add(Rewritten, p.idx, "")
	}
}

package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/text"
	"bega/registry"
)

// A Filter chooses the cases of a work list. Its zero value shows all that run
// in the official's department.
type Filter struct {
	Mine    bool   // those that the official has taken
	Free    bool   // that nobody has taken
	New     bool   // in which something came in since the official last looked
	Waiting bool   // for the applicant
	Late    bool   // over the term, or within three days of its end
	Sign    bool   // waiting for the official's signature
	Over    bool   // those that are over, instead of those that run
	Service string // key
	Words   string // a registration number, or beginnings of the applicant's names: among all cases, over or not
	Sort    string // "filed", "service"; otherwise by the day they are due
	Page    int    // from 1; of 50
}

// A Row of a work list.
type Row struct {
	ID        string
	Number    string
	Service   string // key
	Name      string // of the applicant
	For       string // who filed it, if it was somebody else
	State     cases.State
	Clerk     act.PartyID
	ClerkName string
	Due       deadline.Date
	Left      int  // days of the term's own mode; negative if late
	Running   bool // the clock runs
	Filed     time.Time
	New       bool // something came in since the official last looked
	Unpaid    bool // the fee is due
}

// A Worklist is one page of the cases of a department, and how many run of each
// kind.
type Worklist struct {
	Rows                                       []Row
	Pages                                      int
	Mine, Team, Free, New, Waiting, Late, Sign int
}

// pageRows is how many rows a page of a work list has.
const pageRows = 50

// soonDays is how many days before its end a term begins to press.
const soonDays = 3

// unitCases is what the work of a department is done to.
func unitCases(actor act.Actor) act.On { return act.On{Subject: "cases", Unit: actor.Unit} }

// Worklist returns the cases of the official's department.
func (o *Office) Worklist(ctx context.Context, actor act.Actor, f Filter) (list Worklist, err error) {
	if err := actor.May(act.OpenCase, unitCases(actor)); err != nil {
		return Worklist{}, err
	}
	today := o.today()
	if list, err = countUnit(ctx, o.DB, actor, today.AddDays(soonDays)); err != nil {
		return Worklist{}, err
	}
	found, err := listUnit(ctx, o.DB, actor, f, wanted(f.Words), today.AddDays(soonDays))
	if err != nil {
		return Worklist{}, err
	}
	var people []act.PartyID
	for _, l := range found {
		people = append(people, l.Owner, l.FiledBy, l.Clerk)
		list.Pages = (l.of + pageRows - 1) / pageRows
	}
	names, err := o.People.Names(ctx, people)
	if err != nil {
		return Worklist{}, err
	}
	for _, l := range found {
		row := l.Row
		row.Name, row.ClerkName, row.Left = names[l.Owner], names[l.Clerk], l.Clock.Left(o.Calendar, today)
		row.Due, row.Running = l.Clock.Due(o.Calendar, today)
		if l.FiledBy != l.Owner {
			row.For = names[l.FiledBy]
		}
		list.Rows = append(list.Rows, row)
	}
	return list, nil
}

// A search is what a work list is searched for: a number, or names.
type search struct {
	number        registry.Number
	first, second string // patterns of names
}

// wanted reads words that somebody looks for.
func wanted(words string) search {
	s := search{first: "%", second: "%"}
	if number, err := registry.ParseNumber(words); err == nil {
		s.number = number
		return s
	}
	for i, word := range strings.Fields(text.FoldWords(words)) {
		if pattern := "% " + word + "%"; i == 0 {
			s.first = pattern
		} else {
			s.second = pattern
		}
	}
	return s
}

// Next returns the case that the official goes on with after another: the first
// that waits for their signature or, of those that are due next, the first that
// is theirs or free. It fails with [cases.ErrUnknown] if there is none.
func (o *Office) Next(ctx context.Context, actor act.Actor, after string) (id string, err error) {
	if actor.May(act.SignCase, unitCases(actor)) == nil {
		if id, err = nextToSign(ctx, o.DB, actor, after); !errors.Is(err, db.ErrNone) {
			return id, err
		}
	}
	if err := actor.May(act.ProposeCase, unitCases(actor)); err != nil {
		return "", cases.ErrUnknown
	}
	if id, err = nextToDecide(ctx, o.DB, actor, after); errors.Is(err, db.ErrNone) {
		err = cases.ErrUnknown
	}
	return id, err
}

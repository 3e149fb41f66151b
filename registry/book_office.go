package registry

import (
	"context"
	"fmt"
	"time"

	"bega/internal/act"
)

// Line names the line of writes in which numbers of a register are drawn, for
// [act.Register.Once].
func Line(register string) string { return "registry " + register }

// Register gives an arrival the next number of its register, in the act that
// files it. The year is that of the town's calendar.
func (o *Office) Register(ctx context.Context, tx *act.Tx, a Arrival) (Number, error) {
	year := o.day(tx.At).Year
	drawn, err := next(ctx, tx, a.Register, year, tx.At)
	if err != nil {
		return Number{}, err
	}
	number := Number{Register: a.Register, Year: year, N: drawn.n, Day: o.day(drawn.at)}
	if drawn.at.Before(tx.At.Truncate(time.Microsecond)) || number.Day.Year != year {
		return Number{}, fmt.Errorf("registry: %s would be of %s, and it is %s", number, drawn.at, tx.At)
	}
	return number, insertEntry(ctx, tx, number, drawn.at, a)
}

// Answered notes that a department answered what has a number, in the act in
// which it does. [Office.Issue] does so by itself for decisions and requests. It
// fails with [ErrUnknown].
func (o *Office) Answered(ctx context.Context, tx *act.Tx, number Number, unit string) error {
	at, err := arrivedAt(ctx, tx, number)
	if err != nil {
		return err
	}
	if tx.At.After(at) { // and not before it, if the clock went back
		at = tx.At
	}
	return insertAnswer(ctx, tx, number, unit, o.day(at), at)
}

// A Book is a page of the registers.
type Book struct {
	Entries   []Entry
	Total     int      // entries on all pages
	Registers []string // to choose from
	Years     []int
}

// Book returns a page of the registers to officials: those at the counter and
// the data protection officer see all of it, others what is for their own
// department. It names nobody.
func (o *Office) Book(ctx context.Context, actor act.Actor, f Filter) (b Book, err error) {
	if err := actor.May(act.ReadDesk, act.On{Subject: "registers"}); err != nil {
		return b, err
	}
	if !seesAll(actor) {
		f.Unit = actor.Unit
	}
	f.Page = max(1, f.Page)
	if b.Years, err = years(ctx, o.DB); err != nil {
		return b, err
	}
	if b.Registers, err = registers(ctx, o.DB, f.Year); err != nil {
		return b, err
	}
	if b.Total, err = countEntries(ctx, o.DB, f); err != nil {
		return b, err
	}
	b.Entries, err = entries(ctx, o.DB, f)
	return b, err
}

// seesAll reports whether an official sees the registers of all departments.
func seesAll(a act.Actor) bool { return a.Has(act.Desk) || a.Has(act.Officer) || a.Unit == "" }

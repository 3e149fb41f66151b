package fiscal

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/ledger"
	"bega/taxroll"
)

const (
	mostFound  = 20 // people that a search returns
	fewLetters = 3  // least of a name that is looked for
)

// Find looks taxpayers up: by payment code, number of their file, CNP, CUI, or
// beginnings of their names. Whoever looks says what for.
func (o *Office) Find(ctx context.Context, actor act.Actor, words, purpose string) (all []Found, err error) {
	words = strings.Join(strings.Fields(words), " ")
	_, isNumber := number(words)
	if len([]rune(words)) < fewLetters && !isNumber {
		return nil, ErrSearch
	}
	key, err := purposeKey(purpose)
	if err != nil {
		return nil, err
	}
	err = o.Acts.Do(ctx, actor, act.FindTaxpayer, func(ctx context.Context, tx *act.Tx) error {
		on := o.at("taxpayers")
		if on.Purpose = key; tx.Allow(on) != nil {
			return ErrUnknown
		}
		all, err = o.search(ctx, tx, words)
		for _, f := range all {
			if err := tx.Also(ctx, act.FindTaxpayer, o.on(f.ID, key)); err != nil {
				return err
			}
		}
		return err
	})
	return all, err
}

// search returns whoever the words may mean.
func (o *Office) search(ctx context.Context, r db.Reader, words string) (all []Found, err error) {
	add := func(p Person, err error) error {
		if err != nil || slices.ContainsFunc(all, func(f Found) bool { return f.ID == p.ID }) {
			return err
		}
		role, err := o.role(ctx, r, p.ID)
		all = append(all, Found{p, role.Number})
		return err
	}
	roles := []func() (taxroll.Role, error){func() (taxroll.Role, error) { return o.Roll.RoleByCode(ctx, r, words) }}
	if n, ok := number(words); ok {
		roles = append(roles, func() (taxroll.Role, error) { return o.Roll.RoleByNumber(ctx, r, n) })
	}
	for _, find := range roles {
		role, err := find()
		if fault.Of(err).Kind == fault.Missing {
			continue
		}
		if err == nil {
			err = add(o.People.Person(ctx, r, role.Party))
		}
		if err != nil {
			return nil, err
		}
	}
	people, err := o.People.Search(ctx, r, words, mostFound)
	for i := 0; i < len(people) && err == nil; i++ {
		err = add(people[i], nil)
	}
	return all, err
}

// number reads the number of a taxpayer's file.
func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0 && len(text) <= 9
}

// role returns the file of a taxpayer; the zero Role if they have none.
func (o *Office) role(ctx context.Context, r db.Reader, party act.PartyID) (taxroll.Role, error) {
	role, err := o.Roll.RoleOf(ctx, r, party)
	if fault.Of(err).Kind == fault.Missing {
		return taxroll.Role{Party: party}, nil
	}
	return role, err
}

// Open shows an official a taxpayer's account, with what happened in a year. It is an
// act, of which the taxpayer reads.
func (o *Office) Open(ctx context.Context, actor act.Actor, party act.PartyID, purpose string, year int) (f File, err error) {
	key, err := purposeKey(purpose)
	if err != nil {
		return f, err
	}
	err = o.Acts.Do(ctx, actor, act.OpenLedger, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.on(party, key)) != nil {
			return ErrUnknown
		}
		f, err = o.file(ctx, tx, party, year)
		return err
	})
	if err != nil {
		return f, err
	}
	var officials []act.PartyID
	for _, n := range f.Notes {
		officials = append(officials, n.By)
	}
	for _, p := range f.Proposals {
		officials = append(officials, p.By, p.Decided)
	}
	f.Names, err = o.People.Names(ctx, officials)
	return f, err
}

func (o *Office) file(ctx context.Context, r db.Reader, party act.PartyID, year int) (f File, err error) {
	f.Year = year
	from, to := deadline.Date{Year: year, Month: time.January, Day: 1}, deadline.Date{Year: year, Month: time.December, Day: 31}
	if f.Person, err = o.People.Person(ctx, r, party); err != nil {
		return f, hidden(err)
	}
	if f.Role, err = o.role(ctx, r, party); err != nil {
		return f, err
	}
	var err1, err2, err3, err4, err5 error
	f.Owner, err1 = o.Roll.Owns(ctx, r, party, o.Now())
	f.Sheet, err2 = o.Ledger.OwedOn(ctx, r, party, o.today(), forever)
	f.Statement, err3 = o.Ledger.StatementOf(ctx, r, party, from, to, forever)
	f.Notes, err4 = o.notes(ctx, r, party)
	f.Proposals, err5 = o.proposals(ctx, r, party)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return f, err
	}
	f.Payments, err = o.payments(ctx, r, f.Statement)
	return f, err
}

// payments finds the payments in a statement, the newest first, with what each of
// them has settled.
func (o *Office) payments(ctx context.Context, r db.Reader, s ledger.Statement) ([]Payment, error) {
	byID := map[string]Payment{}
	for _, m := range s.Movements {
		if m.Debit == ledger.Money || m.Credit == ledger.Money {
			p := byID[m.Cause]
			p.ID, p.Day, p.Amount = m.Cause, m.Day, p.Amount-m.Amount
			byID[m.Cause] = p
		}
	}
	all := slices.DeleteFunc(slices.Collect(maps.Values(byID)), func(p Payment) bool { return p.Amount <= 0 })
	slices.SortFunc(all, func(a, b Payment) int { return cmp.Or(b.Day.Compare(a.Day), strings.Compare(b.ID, a.ID)) })
	for i := range all {
		receipt, err := o.Ledger.ReceiptOf(ctx, r, all[i].ID)
		if err != nil {
			return nil, err
		}
		all[i].Lines = receipt.Lines
	}
	return all, nil
}

// WriteNote adds a note to a taxpayer's file.
func (o *Office) WriteNote(ctx context.Context, actor act.Actor, key string, party act.PartyID, text string) error {
	if empty(text) {
		return ErrText
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.NoteTaxpayer, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if tx.Allow(o.on(party, "")) != nil {
			return ErrUnknown
		}
		done = true
		return o.insertNote(ctx, tx, party, strings.TrimSpace(text))
	})
}

package treasury_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"bega/fiscal/fiscaltest"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/ledger"
	"bega/treasury"
)

var (
	clerk, head, signer, teller, planner = fiscaltest.Clerk, fiscaltest.Head, fiscaltest.Signer, fiscaltest.Teller, fiscaltest.Planner
	ana, ion, visitor                    = fiscaltest.Ana, fiscaltest.Ion, fiscaltest.Visitor

	day, lei, check, values = fiscaltest.Day, fiscaltest.Lei, fiscaltest.Check, fiscaltest.Values
)

type step = fiscaltest.Step

// A town is a town hall that takes in money.
type town struct {
	*treasury.Office
	*fiscaltest.Town

	mu       sync.Mutex
	receipts []treasury.Taking
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	o := &town{Town: fiscaltest.New(t, d, "treasury", treasury.Files)}
	b := o.Base
	o.Office = &treasury.Office{DB: d, Acts: b.Acts, Now: o.Time, Zone: fiscaltest.Bucharest, Vault: b.Vault, Ledger: b.Ledger, Roll: b.Roll, People: people{}, Receipts: o,
		Closed: b.Taxes.Closed, Card: (&bank{none: true}).Statement, VerifyURL: func(code string) string { return "https://portal.exemplu.ro/verifica/" + code }}
	treasury.Mount(o.Site, o.Office)
	return o
}

// Receipt implements treasury.Receipts.
func (o *town) Receipt(_ context.Context, _ *act.Tx, t treasury.Taking, _ []ledger.Line) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.receipts = append(o.receipts, t)
	return "C-" + t.ID[len(t.ID)-6:], nil
}

// take takes cash for somebody, as they were shown it.
func (o *town) take(actor act.Actor, key string, party act.PartyID, n int, choice ledger.Choice) (string, error) {
	o.T.Helper()
	shown, err := o.At(o.T.Context(), actor, party, lei(n), choice)
	o.Must(err)
	return o.Take(o.T.Context(), actor, key, treasury.Taking{Party: party, Amount: lei(n), Means: treasury.Cash, Choice: choice, Seen: shown.Seen})
}

// people stand for the rooms fiscal and identity.
type people struct{}

var (
	errNobody = fault.New(fault.Missing, "treasury.unknown")
	errWords  = fault.New(fault.Invalid, "treasury.no-text")
)

// Find implements treasury.People.
func (p people) Find(ctx context.Context, _ act.Actor, words string) (all []treasury.Taxpayer, err error) {
	if len(words) < 3 {
		return nil, errWords
	}
	for _, id := range []act.PartyID{"ana", "ion", "sc-bega"} {
		if strings.Contains(text.FoldWords(fiscaltest.Names[id]), " "+text.Fold(words)) {
			who, _ := p.Person(ctx, nil, id)
			all = append(all, treasury.Taxpayer{Person: who})
		}
	}
	return all, nil
}

// ByCode implements treasury.People.
func (people) ByCode(_ context.Context, _ db.Reader, code string) (act.PartyID, error) {
	if id, ok := fiscaltest.Codes[code]; ok {
		return id, nil
	}
	return "", errNobody
}

// Person implements treasury.People.
func (people) Person(_ context.Context, _ db.Reader, id act.PartyID) (treasury.Person, error) {
	if fiscaltest.Names[id] == "" {
		return treasury.Person{}, errNobody
	}
	return treasury.Person{ID: id, Name: fiscaltest.Names[id], Code: fiscaltest.Masked(id)}, nil
}

// Names implements treasury.People.
func (people) Names(context.Context, []act.PartyID) (map[act.PartyID]string, error) {
	return fiscaltest.Names, nil
}

package fiscal_test

import (
	"context"
	"strings"
	"testing"

	"bega/fiscal"
	"bega/fiscal/fiscaltest"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/text"
)

var (
	clerk, head, signer, teller, both, planner = fiscaltest.Clerk, fiscaltest.Head, fiscaltest.Signer, fiscaltest.Teller, fiscaltest.Both, fiscaltest.Planner
	ana, ion, visitor                          = fiscaltest.Ana, fiscaltest.Ion, fiscaltest.Visitor

	day, lei, check, values = fiscaltest.Day, fiscaltest.Lei, fiscaltest.Check, fiscaltest.Values
)

type step = fiscaltest.Step

// A town is a town hall with officers of local taxes.
type town struct {
	*fiscal.Office
	*fiscaltest.Town
	queue *jobs.Queue
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	o := &town{Town: fiscaltest.New(t, d, "fiscal", fiscal.Files)}
	b := o.Base
	o.Office = &fiscal.Office{DB: d, Acts: b.Acts, Now: o.Time, Zone: fiscaltest.Bucharest, Vault: b.Vault, Ledger: b.Ledger, Roll: b.Roll, Taxes: b.Taxes, People: people{}, Reminders: reminded{},
		PaperPath: func(code string) string { return "/acte/" + code }}
	queue, err := jobs.New(jobs.Config{DB: d})
	o.Must(err)
	o.Must(queue.Migrate(t.Context()))
	o.Tasks, o.queue = jobs.Handle(queue, "fiscal_task", o.Carry), queue
	fiscal.Mount(o.Site, o.Office)
	return o
}

// A reminded stands for the room notices: Ana was reminded three times.
type reminded struct{}

// Reminded implements fiscal.Reminders.
func (reminded) Reminded(_ context.Context, party act.PartyID, lang string) (all []fiscal.Reminded, err error) {
	portal := fiscal.Way{Text: "fiscal.tab-notes", Arrived: true, Ended: true}
	if party == "ana" {
		for i, mail := range []fiscal.Way{{Text: "fiscal.late", Reason: "fiscal.due", Ended: true}, {Text: "fiscal.due"}, {Text: "fiscal.future", Ended: true}} {
			all = append(all, fiscal.Reminded{At: fiscaltest.Day("2026-09-20").AddDays(-i).Midnight(fiscaltest.Bucharest), What: "RON 100 in " + lang, Ways: []fiscal.Way{portal, mail}})
		}
	}
	return all, nil
}

// people stand for the room identity.
type people struct{}

// Person implements fiscal.People.
func (people) Person(_ context.Context, _ db.Reader, id act.PartyID) (fiscal.Person, error) {
	if fiscaltest.Names[id] == "" {
		return fiscal.Person{}, fault.New(fault.Missing, "fiscal.unknown")
	}
	return fiscal.Person{ID: id, Name: fiscaltest.Names[id], Code: fiscaltest.Masked(id), Lines: []string{"Strada Demo 1, Timișoara"}}, nil
}

// Search implements fiscal.People.
func (p people) Search(ctx context.Context, r db.Reader, words string, _ int) (all []fiscal.Person, err error) {
	for _, id := range []act.PartyID{"ana", "ion", "sc-bega"} {
		if fiscaltest.Codes[words] == id || strings.Contains(text.FoldWords(fiscaltest.Names[id]), " "+text.Fold(words)) {
			who, _ := p.Person(ctx, r, id)
			all = append(all, who)
		}
	}
	return all, nil
}

// Names implements fiscal.People.
func (people) Names(context.Context, []act.PartyID) (map[act.PartyID]string, error) {
	return fiscaltest.Names, nil
}

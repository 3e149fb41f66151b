package taxpayer

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/payments"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

var clerk = act.Actor{Person: "maria", For: "maria", Roles: []act.Role{act.Clerk, act.Head, act.Signatory}, Unit: "fiscal"}

// neighbours are the people of the rooms taxes and taxroll, and their desk for papers.
type neighbours struct{}

func (neighbours) Owner(context.Context, db.Reader, act.PartyID) (string, error) {
	return taxlaw.Natural, nil
}

func (neighbours) Find(context.Context, *act.Tx, []taxroll.Taxpayer) ([]act.PartyID, error) {
	return nil, nil
}

func (neighbours) Capacity(context.Context, act.Actor, act.PartyID) (string, error) {
	return "owner", nil
}

func (neighbours) Code(context.Context, *act.Tx, act.On) (string, error) { return "", nil }

func (neighbours) Issue(context.Context, *act.Tx, taxes.Paper) (code, number string, err error) {
	return "D-7", "IF2026-000007", nil
}

// assessed gives a town the real rooms taxes and taxroll, and Ana a flat and a car
// there.
func (o *town) assessed() *taxes.Office {
	o.t.Helper()
	var err error
	for room, files := range map[string]fs.FS{"taxroll": taxroll.Files, "taxes": taxes.Files} {
		check(o.t, o.d.Migrate(o.t.Context(), room, files), nil)
	}
	o.Texts, err = text.Load(web.Files, ui.Files, act.Files, payments.Files, ledger.Files, taxlaw.Files, taxes.Files, taxroll.Files, deadline.Files,
		os.DirFS("../internal/settle"), os.DirFS("../procedures"), Files)
	check(o.t, err, nil)
	rules := func(year int) (*taxlaw.Rules, error) {
		if rules := o.Rules[year]; rules != nil {
			return rules, nil
		}
		return nil, taxlaw.ErrNoLaw
	}
	roll := &taxroll.Office{DB: o.d, Acts: o.Acts, Now: o.now, Zone: o.Zone, Vault: o.Vault, Texts: o.Texts, People: neighbours{}, Rules: rules, Unit: "fiscal"}
	of := &taxes.Office{DB: o.d, Acts: o.Acts, Now: o.now, Zone: o.Zone, Texts: o.Texts, Calendar: o.Calendar, People: neighbours{}, Papers: neighbours{}, Roll: roll,
		Ledger: o.Ledger, Rules: rules, Unit: "fiscal"}
	roll.Follow, roll.Totals = of.Follow, of.Totals
	o.Register = Taxes{of, o.Texts}
	err = o.Acts.Do(o.t.Context(), clerk, act.ChangeRegister, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test", Unit: "fiscal"}); err != nil {
			return err
		}
		_, err := roll.OpenRole(ctx, tx, "ana")
		return err
	})
	check(o.t, err, nil)
	since := day("2020-05-04")
	for i, c := range []taxroll.Change{
		{From: since, Thing: &taxlaw.Object{Kind: taxlaw.Building, Use: taxlaw.Residential, Zone: "A", Type: "A", Utilities: true, BuiltArea: taxlaw.Whole(77), YearBuilt: 1995},
			Details: &taxroll.Details{Address: "Strada Alba Iulia 7, ap. 12"}, Parts: []taxroll.Part{{Party: "ana"}}, Why: taxroll.Acquired, Source: "case 1"},
		{From: since, Thing: &taxlaw.Object{Kind: taxlaw.Vehicle, Class: "car", Power: taxlaw.Combustion, Engine: 1598, Norm: "E5"},
			Details: &taxroll.Details{Plate: "TM 07 DEM"}, Parts: []taxroll.Part{{Party: "ana"}}, Why: taxroll.Acquired, Source: "case 2"},
	} {
		_, err := roll.Apply(o.t.Context(), clerk, fmt.Sprint("change ", i), []taxroll.Change{c})
		check(o.t, err, nil)
	}
	_, err = of.AssessParty(o.t.Context(), clerk, "assess", "ana", 2026)
	check(o.t, err, nil)
	_, err = of.Decide(o.t.Context(), clerk, "decide", "ana", 2026)
	check(o.t, err, nil)
	return of
}

func TestWithTheRealRegister(t *testing.T) { eachTown(t, testWithTheRealRegister) }

// testWithTheRealRegister: from what somebody has to the receipt, with the rooms that
// know it.
func testWithTheRealRegister(t *testing.T, o *town) {
	o.assessed()
	site := o.site()
	v, err := o.Overview(t.Context(), ana)
	check(t, err, nil)
	if v.ToPay.Bonus() == 0 || len(v.Rows) != 4 || v.Rows[0].About["ro"] == "" {
		t.Fatalf("%d debts, bonus %s: %+v", len(v.Rows), v.ToPay.Bonus(), v.Rows)
	}
	account, err := o.Office.Account(t.Context(), ana)
	check(t, err, nil)
	if len(account.Things) != 2 || len(account.Decisions) != 1 {
		t.Fatalf("%+v", account)
	}
	code := account.Decisions[0].Code
	o.steps(site, "ro", []step{
		{"ana", "GET /dosar/taxe", nil, 200, "Strada Alba Iulia 7, ap. 12", ""},
		{"ana", "GET /dosar/taxe/" + v.Rows[0].ID, nil, 200, "De ce atât?", "Suma vine gata stabilită"},
		{"ana", "GET /dosar/taxe/bunuri", nil, 200, "TM 07 DEM", ""},
		{"ana", "GET /dosar/taxe/bunuri/" + account.Things[0].ID, nil, 200, "A ajuns la tine", ""},
		{"ana", "GET /dosar/taxe/decizii", nil, 200, code, ""},
		{"ion", "GET /dosar/taxe", nil, 200, "Nu ai nimic de plătit", "TM 07"},
		{"ion", "GET /dosar/taxe/bunuri/" + account.Things[0].ID, nil, 404, "", "Alba"},
		{"ion", "GET /dosar/taxe/" + v.Rows[0].ID, nil, 404, "", "Alba"},
		{"", "GET /taxe/plata?cod=" + strings.ToLower(code), nil, 200, "Plătește", "Alba"},
		{"", "GET /taxe/plata?cod=ABC-DEF-GHI", nil, 422, "Nu găsim acest cod", ""},
		{"", "GET /taxe", nil, 200, "Impozit pe clădiri", ""},
	}...)
	page, id, err := o.Pay(t.Context(), guest, "k", Cart{All: true, Sum: v.ToPay.Sum(), Code: code}, "ro")
	check(t, err, nil)
	o.decides(page, "paid")
	result, err := o.Result(t.Context(), guest, id)
	if check(t, err, nil); result.State != payments.Paid || o.left("ana") != 0 {
		t.Errorf("%s, and left %s", result.State, o.left("ana"))
	}
}

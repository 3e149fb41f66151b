package fiscal_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"bega/fiscal"
	"bega/fiscal/fiscaltest"
	"bega/internal/act"
	"bega/ledger"
)

// TestFind: by every way, for a purpose, and on the record of whoever was found.
func TestFind(t *testing.T) { eachTown(t, testFind) }

func testFind(t *testing.T, o *town) {
	role := o.Role("ana")
	o.Role("ion")
	ctx := t.Context()
	for _, words := range []string{"Ionescu", "ana", "3850615350017", fmt.Sprint(role.Number), strings.ToLower(role.Code)} {
		found, err := o.Find(ctx, clerk, words, "ghiseu")
		if err != nil || len(found) != 1 || found[0].ID != "ana" || found[0].Role != role.Number {
			t.Errorf("%q: found %+v, %v", words, found, err)
		}
	}
	if found, err := o.Find(ctx, teller, "demo", "plata"); err != nil || len(found) != 3 {
		t.Errorf("found %+v, %v", found, err)
	}
	for _, wrong := range []struct {
		actor          act.Actor
		words, purpose string
		want           error
	}{{clerk, "an", "ghiseu", fiscal.ErrSearch}, {clerk, " ", "ghiseu", fiscal.ErrSearch}, {clerk, "Ionescu", "curiozitate", fiscal.ErrPurpose}, {planner, "Ionescu", "ghiseu", fiscal.ErrUnknown},
		{ana, "Ionescu", "ghiseu", fiscal.ErrUnknown}} {
		_, err := o.Find(ctx, wrong.actor, wrong.words, wrong.purpose)
		check(t, err, wrong.want)
	}
	seen, err := o.Acts.Seen(ctx, "ana", "", 50)
	o.Must(err)
	if len(seen) != 6 || seen[1].Verb != act.FindTaxpayer || seen[1].Purpose != "fiscal.why-visit" || seen[1].Person != "maria" {
		t.Errorf("Ana reads %+v", seen)
	}
	_, err = o.Open(ctx, clerk, "ana", "cerere", 2026)
	o.Must(err)
	if seen, _ = o.Acts.Seen(ctx, "ana", "", 50); seen[0].Verb != act.OpenLedger || seen[0].Purpose != "fiscal.why-request" {
		t.Errorf("Ana reads %+v", seen[0])
	}
	for _, actor := range []act.Actor{planner, ana, visitor} {
		_, err := o.Open(ctx, actor, "ana", "cerere", 2026)
		check(t, err, fiscal.ErrUnknown)
	}
	_, err = o.Open(ctx, clerk, "nimeni", "cerere", 2026)
	check(t, err, fiscal.ErrUnknown)
}

func grounds(t fiscal.Terms) fiscal.Terms {
	t.Reason, t.Basis = "La cerere.", "CPF"
	return t
}

// TestProposals: each kind, of which the ledger hears when somebody else approves.
func TestProposals(t *testing.T) { eachTown(t, testProposals) }

func testProposals(t *testing.T, o *town) {
	ctx := t.Context()
	late := o.Owes("ana", "buildings", "2026-03-31", lei(300))
	fee := o.Owes("ana", "fees", "2026-06-30", lei(50))
	later := o.Owes("ion", "land", "2026-12-31", lei(80))
	payment := o.Pays("ion", lei(200))
	for _, wrong := range []struct {
		p    fiscal.Proposal
		want error
	}{
		{fiscal.Proposal{Kind: "nimic", Party: "ana"}, fiscal.ErrKind},
		{fiscal.Proposal{Kind: fiscal.Plan, Party: "ana"}, fiscal.ErrChoose},
		{fiscal.Proposal{Kind: fiscal.Plan, Party: "ana", Terms: grounds(fiscal.Terms{Obligations: []string{late}, Months: 3})}, fiscal.ErrDay},
		{fiscal.Proposal{Kind: fiscal.Plan, Party: "ion", Terms: grounds(fiscal.Terms{Obligations: []string{late}, Months: 3, First: day("2026-12-15")})}, ledger.ErrNotLate},
		{fiscal.Proposal{Kind: fiscal.WriteOff, Party: "ana", Terms: fiscal.Terms{Obligations: []string{late}, Part: ledger.Principal, Amount: 1, Basis: "x"}}, fiscal.ErrText},
		{fiscal.Proposal{Kind: fiscal.WriteOff, Party: "ana", Terms: fiscal.Terms{Obligations: []string{late}, Part: ledger.Principal, Amount: 1, Reason: "x"}}, fiscal.ErrBasis},
		{fiscal.Proposal{Kind: fiscal.WriteOff, Party: "ana", Terms: grounds(fiscal.Terms{Obligations: []string{late}, Part: ledger.Principal, Amount: lei(301)})}, ledger.ErrTooMuch},
		{fiscal.Proposal{Kind: fiscal.Refund, Party: "ana", Terms: grounds(fiscal.Terms{Amount: lei(1), Channel: "treasury"})}, ledger.ErrTooMuch},
		{fiscal.Proposal{Kind: fiscal.TakeBack, Party: "ana", Terms: grounds(fiscal.Terms{Payment: payment})}, fiscal.ErrChoose},
	} {
		_, err := o.Propose(ctx, clerk, o.Key(), wrong.p)
		check(t, err, wrong.want)
	}
	plan := fiscal.Proposal{Kind: fiscal.Plan, Party: "ana", Terms: grounds(fiscal.Terms{Obligations: []string{late}, Months: 3, First: day("2026-12-15")})}
	for _, actor := range []act.Actor{planner, ana, teller, signer} {
		_, err := o.Propose(ctx, actor, o.Key(), plan)
		check(t, err, fiscal.ErrUnknown)
	}
	propose := func(p fiscal.Proposal) string {
		t.Helper()
		id, err := o.Propose(ctx, clerk, o.Key(), p)
		o.Must(err)
		return id
	}
	id := propose(plan)
	if s := o.Sheet("ana"); len(s.Plans) != 0 {
		t.Error("a proposal changed the ledger")
	}
	_, err := o.Approve(ctx, clerk, id)
	check(t, err, fiscal.ErrUnknown)
	_, err = o.Approve(ctx, head, id) // a head may not grant plans
	check(t, err, fiscal.ErrUnknown)
	_, err = o.Approve(ctx, planner, id)
	check(t, err, fiscal.ErrUnknown)
	_, err = o.Approve(ctx, signer, id)
	o.Must(err)
	_, err = o.Approve(ctx, signer, id)
	check(t, err, fiscal.ErrDecided)
	_, err = o.Refuse(ctx, signer, id, "nu")
	check(t, err, fiscal.ErrDecided)
	if s := o.Sheet("ana"); len(s.Plans) != 1 || len(s.Plans[0].Instalments) != 3 {
		t.Errorf("the plan is %+v", s.Plans)
	}

	off := propose(fiscal.Proposal{Kind: fiscal.WriteOff, Party: "ana", Terms: grounds(fiscal.Terms{Obligations: []string{fee}, Part: ledger.Principal, Amount: lei(50)})})
	_, err = o.Approve(ctx, signer, off)
	o.Must(err)
	if s := o.Sheet("ana"); slices.ContainsFunc(s.Debts, func(d ledger.Debt) bool { return d.ID == fee && d.Principal > 0 }) {
		t.Errorf("still owed: %+v", s.Debts)
	}

	refused := propose(fiscal.Proposal{Kind: fiscal.Refund, Party: "ion", Terms: grounds(fiscal.Terms{Amount: lei(10), Channel: "treasury"})})
	_, err = o.Refuse(ctx, head, refused, " ")
	check(t, err, fiscal.ErrText)
	_, err = o.Refuse(ctx, head, refused, "Lipsește cererea.")
	o.Must(err)
	comp := propose(fiscal.Proposal{Kind: fiscal.Compensate, Party: "ion", Terms: grounds(fiscal.Terms{Obligations: []string{later}})})
	_, err = o.Approve(ctx, head, comp)
	o.Must(err)
	if s := o.Sheet("ion"); s.Credit != lei(120) || len(s.Debts) != 0 {
		t.Errorf("after compensation: %+v", s)
	}
	back := propose(fiscal.Proposal{Kind: fiscal.TakeBack, Party: "ion", Terms: grounds(fiscal.Terms{Payment: payment})})
	_, err = o.Approve(ctx, head, back)
	o.Must(err)
	if s := o.Sheet("ion"); s.Credit != 0 || s.All().Principal != lei(80) {
		t.Errorf("after the reversal: %+v", s)
	}
	waits, err := o.Proposals(ctx, head)
	if err != nil || len(waits) != 0 {
		t.Errorf("%d still wait, %v", len(waits), err)
	}
}

// TestTwoApprove: of several who approve at once, one is heard, and the money goes once;
// whoever has proposed is none of them; and what has become impossible waits again.
func TestTwoApprove(t *testing.T) { eachTown(t, testTwoApprove) }

func testTwoApprove(t *testing.T, o *town) {
	ctx := t.Context()
	o.Pays("ion", lei(200))
	own := fiscaltest.Official("vera", fiscaltest.Unit, act.Head)
	id, err := o.Propose(ctx, own, o.Key(), fiscal.Proposal{Kind: fiscal.Refund, Party: "ion", Terms: grounds(fiscal.Terms{Amount: lei(60), Channel: "treasury"})})
	o.Must(err)
	_, err = o.Approve(ctx, both, id)
	check(t, err, fiscal.ErrSecond)
	var group sync.WaitGroup
	won := make(chan act.PartyID, 8)
	for i := range 8 {
		actor := []act.Actor{head, signer}[i%2]
		group.Go(func() {
			if _, err := o.Approve(ctx, actor, id); err == nil {
				won <- actor.Person
			}
		})
	}
	group.Wait()
	if len(won) < 1 {
		t.Error("nobody could approve")
	}
	if s := o.Sheet("ion"); s.Credit != lei(140) {
		t.Errorf("the credit is %s, want 140.00", s.Credit)
	}
	first, err := o.Propose(ctx, clerk, o.Key(), fiscal.Proposal{Kind: fiscal.Refund, Party: "ion", Terms: grounds(fiscal.Terms{Amount: lei(100), Channel: "treasury"})})
	o.Must(err)
	second, err := o.Propose(ctx, clerk, o.Key(), fiscal.Proposal{Kind: fiscal.Refund, Party: "ion", Terms: grounds(fiscal.Terms{Amount: lei(100), Channel: "treasury"})})
	o.Must(err)
	_, err = o.Approve(ctx, head, first)
	o.Must(err)
	_, err = o.Approve(ctx, head, second)
	check(t, err, ledger.ErrTooMuch)
	waits, err := o.Proposals(ctx, head)
	if err != nil || len(waits) != 1 || waits[0].ID != second || waits[0].State != "open" || waits[0].Decided != "" {
		t.Errorf("what waits is %+v, %v", waits, err)
	}
}

func TestFilePages(t *testing.T) { eachTown(t, testFilePages) }

func testFilePages(t *testing.T, o *town) {
	role := o.Role("ana")
	late := o.Owes("ana", "buildings", "2026-03-31", lei(300))
	o.Owes("ana", "fines", "2026-05-31", lei(100))
	payment := o.Pays("ana", lei(40))
	file := "/lucru/taxe/contribuabil/ana"
	for _, path := range []string{"/lucru/taxe", file + "?motiv=ghiseu", file + "/bunuri?motiv=ghiseu", file + "/recalcul?motiv=ghiseu", file + "/accesorii?motiv=ghiseu", "/lucru/taxe/propuneri", file + "/suma/x?motiv=ghiseu",
		file + "/decizie/esalonare?motiv=ghiseu"} {
		o.Walk([]step{{planner, "GET " + path, nil, 404, "", "Ionescu"}, {ion, "GET " + path, nil, 404, "", "Ionescu"}, {visitor, "GET " + path, nil, 303, "/cont/intra", ""}})
	}
	o.Walk([]step{
		{clerk, "GET /lucru/taxe", nil, 200, "File number, CNP", ""},
		{clerk, "POST /lucru/taxe", values("", "cauta", "a"), 422, `id="cauta-error"`, ""},
		{clerk, "POST /lucru/taxe", values("", "cauta", "ionescu"), 422, `id="motiv-error"`, ""},
		{clerk, "POST /lucru/taxe", values("", "cauta", "ionescu", "motiv", "ghiseu"), 303, file + "?motiv=ghiseu", ""},
		{clerk, "POST /lucru/taxe", values("", "cauta", "xyz-demo", "motiv", "ghiseu"), 200, "Nobody was found", ""},
		{clerk, "GET " + file, nil, 200, "What you open the file for", "Ionescu"},
		{clerk, "GET " + file + "?motiv=x", nil, 200, "What you open the file for", "Ionescu"},
		{clerk, "GET " + file + "?motiv=ghiseu", nil, 200, "Ana &lt;b&gt; Ionescu-Demo", "Ana <b>"},
		{clerk, "GET " + file + "?motiv=ghiseu", nil, 200, "months × RON", "385061535"},
		{teller, "GET " + file + "?motiv=ghiseu", nil, 200, "Take a payment", "Write-off"},
		{clerk, "GET " + file + "?motiv=ghiseu&fila=plati", nil, 200, "RON 40.00 on", ""},
		{clerk, "GET " + file + "?motiv=ghiseu&fila=plati&an=1999", nil, 404, "", ""},
		{clerk, "GET " + file + "?motiv=ghiseu&fila=mementouri", nil, 200, "RON 100 in en", "no reminder"},
		{teller, "GET " + file + "?motiv=ghiseu&fila=mementouri", nil, 200, "20 September 2026", ""},
		{clerk, "GET /lucru/taxe/contribuabil/ion?motiv=ghiseu&fila=mementouri", nil, 200, "was sent no reminder", "RON 100"},
		{clerk, "GET " + file + "?fila=mementouri", nil, 200, "What you open the file for", "RON 100"},
		{planner, "GET " + file + "?motiv=ghiseu&fila=mementouri", nil, 404, "", "RON 100"},
		{clerk, "GET " + file + "?motiv=ghiseu&fila=note", nil, 200, "There are no notes", ""},
		{clerk, "POST " + file + "/nota?motiv=ghiseu", values("n1", "nota", " "), 422, `id="nota-error"`, ""},
		{clerk, "POST " + file + "/nota?motiv=ghiseu", values("n2", "nota", "A sunat."), 303, "fila=note", ""},
		{clerk, "POST " + file + "/nota?motiv=ghiseu", values("n2", "nota", "A sunat."), 303, "fila=note", ""},
		{head, "GET " + file + "?motiv=ghiseu&fila=note", nil, 200, "A sunat.", ""},
		{planner, "POST " + file + "/nota?motiv=ghiseu", values("n3", "nota", "x"), 404, "", ""},
		{clerk, "GET " + file + "/decizie/nimic?motiv=ghiseu", nil, 404, "", ""},
		{clerk, "GET " + file + "/decizie/esalonare?motiv=ghiseu", nil, 200, "CPF art. 185", ""},
		{clerk, "POST " + file + "/decizie/esalonare?motiv=ghiseu", values("p1"), 422, `id="luni-error"`, ""},
		{clerk, "POST " + file + "/decizie/esalonare?motiv=ghiseu", values("p1", "luni", "3", "datorie", late), 422, "Enter a day that exists", ""},
		{clerk, "POST " + file + "/decizie/esalonare?motiv=ghiseu", plan(late, "vezi", "da"), 200, "15 December 2026", ""},
		{clerk, "POST " + file + "/decizie/esalonare?motiv=ghiseu", plan(late), 303, "/lucru/taxe/propuneri/", ""},
		{clerk, "POST " + file + "/decizie/esalonare?motiv=ghiseu", plan(late), 303, "/lucru/taxe/propuneri/", ""},
		{clerk, "GET " + file + "/decizie/anulare?motiv=ghiseu&plata=" + url.QueryEscape(payment), nil, 200, "checked", ""},
		{clerk, "POST " + file + "/decizie/anulare?motiv=ghiseu", values("p2", "suma", "abc"), 422, `id="suma-error"`, ""},
		{clerk, "POST " + file + "/decizie/restituire?motiv=ghiseu", values("p3", "suma", "10", "canal", "treasury", "motivare", "x", "temei", "y"), 422, "RON 0.00", ""},
		{clerk, "POST " + file + "/decizie/scadere?motiv=ghiseu", values("p4", "suma", "10", "datorie", late, "motivare", "x", "temei", "y"), 422, `id="parte-error"`, ""},
		{clerk, "GET " + file + "/accesorii?motiv=ghiseu", nil, 200, "Fix the surcharge", ""},
		{clerk, "POST " + file + "/accesorii?motiv=ghiseu", values("a1"), 422, `id="datorie-error"`, ""},
		{clerk, "POST " + file + "/accesorii?motiv=ghiseu", values("a2", "datorie", late), 303, file, ""},
		{clerk, "GET " + file + "/suma/" + late + "?motiv=ghiseu", nil, 200, "not worked out here", ""},
	})
	waits, err := o.Proposals(t.Context(), head)
	if err != nil || len(waits) != 1 {
		t.Fatalf("%d proposals wait, %v", len(waits), err)
	}
	path := "/lucru/taxe/propuneri/" + waits[0].ID
	o.Walk([]step{
		{head, "GET /lucru/taxe/propuneri", nil, 200, "Instalments or deferral", ""},
		{clerk, "GET " + path, nil, 200, "waits for a colleague", "Approve"},
		{signer, "GET " + path, nil, 200, "15 December 2026", ""},
		{signer, "GET /lucru/taxe/propuneri/nimic", nil, 404, "", ""},
		{planner, "GET " + path, nil, 404, "", "Ionescu"},
		{clerk, "POST " + path + "/aproba", values("x1"), 404, "", ""},
		{signer, "POST " + path + "/respinge", values("x2"), 422, `id="raspuns-error"`, ""},
		{signer, "POST " + path + "/aproba", values("x3"), 303, path, ""},
		{signer, "POST " + path + "/aproba", values("x4"), 409, "decided already", ""},
		{signer, "GET " + path, nil, 200, "approved", "waits for"},
		{clerk, "GET " + file + "?motiv=ghiseu", nil, 200, "Plan of", ""},
	})
	if role.Number != 1 {
		t.Errorf("the file has number %d", role.Number)
	}
}

// plan is a form that proposes instalments over a debt.
func plan(debt string, more ...string) url.Values {
	return values("plan", append([]string{"datorie", debt, "luni", "3", "prima.zi", "15", "prima.luna", "12", "prima.an", "2026", "motivare", "A cerut.", "temei", "CPF art. 185"}, more...)...)
}

// TestRegister: what somebody owns, why it costs that, a relief and its effect.
func TestRegister(t *testing.T) { eachTown(t, testRegister) }

func testRegister(t *testing.T, o *town) {
	o.On("2026-01-20")
	object, file := o.Gets("ana", "400123-C1", flat), "/lucru/taxe/contribuabil/ana"
	o.Walk([]step{
		{clerk, "GET " + file + "/bunuri?motiv=ghiseu", nil, 200, "400123-C1", ""},
		{clerk, "GET " + file + "/bunuri", nil, 404, "", ""},
		{clerk, "GET " + file + "/recalcul?motiv=ghiseu", nil, 200, "RON 515.00", ""},
		{clerk, "POST " + file + "/recalcul?motiv=ghiseu", values("r1", "an", "2026"), 200, "It was assessed again", ""},
		{clerk, "POST " + file + "/recalcul?motiv=ghiseu", values("r1", "an", "2026"), 200, "It was assessed again", ""},
		{clerk, "GET " + file + "/recalcul?motiv=ghiseu", nil, 200, "Nothing changes", ""},
		{clerk, "GET " + file + "/recalcul?motiv=ghiseu&an=2025", nil, 404, "", "RON"}, // of that year the town has no rules here
		{clerk, "GET " + file + "/bunuri/" + object + "?motiv=ghiseu", nil, 200, "acquired", ""},
		{clerk, "GET " + file + "/bunuri/nimic?motiv=ghiseu", nil, 404, "", ""},
		{clerk, "POST " + file + "/bunuri/" + object + "/scutire?motiv=ghiseu", values("s1"), 422, "Enter a day that exists", ""},
		{clerk, "POST " + file + "/bunuri/" + object + "/scutire?motiv=ghiseu", values("s1", "din.zi", "1", "din.luna", "1", "din.an", "2026"), 422, `id="scutire-error"`, ""},
	})
	sheet := o.Sheet("ana")
	if len(sheet.Debts) != 2 || sheet.All().Principal != lei(515) {
		t.Fatalf("Ana owes %+v", sheet)
	}
	form := []string{"din.zi", "1", "din.luna", "1", "din.an", "2026", "scutire", "disability-grave", "documente", "Certificat 12/2026", "sursa", "cerere IF2026-000001"}
	o.Walk([]step{
		{clerk, "GET " + file + "/suma/" + sheet.Debts[0].ID + "?motiv=ghiseu", nil, 200, "CF art. 457", ""},
		{clerk, "POST " + file + "/bunuri/" + object + "/scutire?motiv=ghiseu", values("s2", form[:8]...), 422, `id="documente-error"`, ""},
		{teller, "POST " + file + "/bunuri/" + object + "/scutire?motiv=ghiseu", values("s3", form...), 404, "", ""},
		{clerk, "POST " + file + "/bunuri/" + object + "/scutire?motiv=ghiseu", values("s4", form...), 303, object, ""},
		{clerk, "GET " + file + "/bunuri/" + object + "?motiv=ghiseu", nil, 200, "cerere IF2026-000001", ""},
	})
	if now := o.Sheet("ana").All().Principal; now >= lei(515) {
		t.Errorf("with the relief, Ana still owes %s", now)
	}
}

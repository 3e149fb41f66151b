package treasury_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"bega/fiscal/fiscaltest"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/ledger"
	"bega/payments"
	"bega/treasury"
)

const (
	treasuryHead = "data;referinta;suma;iban;cod_fiscal;platitor;detalii\n"
	postHead     = "data;referinta;suma;cod_plata;rol;platitor\n"
	ghiseulHead  = "data;referinta;suma;cod_fiscal;rol;ordin\n"
)

func TestReadStatement(t *testing.T) {
	row := "2026-11-24;TR1;100,50;;14756536;Bega Demo SRL;rol 12\n"
	for name, test := range map[string]struct {
		channel, file string
		want          error
	}{
		"a row":              {"treasury", treasuryHead + row + "TOTAL;1;100,50;;;;\n", nil},
		"with a mark":        {"treasury", "\ufeff" + treasuryHead + row + "TOTAL;1;100.50;;;;", nil},
		"Windows":            {"treasury", strings.ReplaceAll(treasuryHead+row+"TOTAL;1;100,50;;;;\n", "\n", "\r\n"), nil},
		"an hour":            {"ghiseul", ghiseulHead + "2026-03-31 23:59:59;G1;10;;12;\nTOTAL;1;10;;;\n", nil},
		"unknown channel":    {"banca", treasuryHead + row, treasury.ErrChannel},
		"another head":       {"post", treasuryHead + row, treasury.ErrHead},
		"empty":              {"post", "", treasury.ErrHead},
		"no rows":            {"post", postHead + "TOTAL;0;0;;;\n", treasury.ErrNoTotal},
		"no total":           {"treasury", treasuryHead + row, treasury.ErrNoTotal},
		"rows after it":      {"treasury", treasuryHead + row + "TOTAL;1;100,50;;;;\n" + row, treasury.ErrNoTotal},
		"another total":      {"treasury", treasuryHead + row + "TOTAL;1;100,51;;;;\n", treasury.ErrTotal},
		"another count":      {"treasury", treasuryHead + row + "TOTAL;2;100,50;;;;\n", treasury.ErrTotal},
		"twice":              {"treasury", treasuryHead + row + row + "TOTAL;2;201;;;;\n", treasury.ErrTwice},
		"too few columns":    {"treasury", treasuryHead + "2026-11-24;TR1;100\n", treasury.ErrFile},
		"no such day":        {"treasury", treasuryHead + "2026-02-30;TR1;1;;;;\n", treasury.ErrRow},
		"no amount":          {"treasury", treasuryHead + "2026-02-03;TR1;0;;;;\n", treasury.ErrRow},
		"a negative amount":  {"treasury", treasuryHead + "2026-02-03;TR1;-1;;;;\n", treasury.ErrRow},
		"an endless amount":  {"treasury", treasuryHead + "2026-02-03;TR1;9999999999999;;;;\n", treasury.ErrRow},
		"no reference":       {"treasury", treasuryHead + "2026-02-03;;1;;;;\n", treasury.ErrRow},
		"a strange one":      {"treasury", treasuryHead + "2026-02-03;a b;1;;;;\n", treasury.ErrRow},
		"control characters": {"treasury", treasuryHead + "2026-02-03;a;1;;;;x\x1by\n", treasury.ErrRow},
		"a NUL":              {"treasury", treasuryHead + "2026-02-03;a;1;;;;\x00\n", treasury.ErrFile},
		"no UTF-8":           {"treasury", treasuryHead + "2026-02-03;a;1;;;;\xff\n", treasury.ErrFile},
		"an endless text":    {"treasury", treasuryHead + "2026-02-03;a;1;;;;" + strings.Repeat("x", 501) + "\n", treasury.ErrRow},
	} {
		s, err := treasury.ReadStatement(test.channel, []byte(test.file), fiscaltest.Bucharest)
		if !errors.Is(err, test.want) || err == nil && len(s.Lines) != 1 {
			t.Errorf("%s: got %d lines, %v, want %v", name, len(s.Lines), err, test.want)
		}
	}
}

// FuzzReadStatement: what is taken adds up, and is within limits; nothing panics.
func FuzzReadStatement(f *testing.F) {
	f.Add("treasury", treasuryHead+"2026-11-24;TR1;100,50;RO37TREZ6212107020101XXX;14756536;Bega Demo SRL;rol 12\nTOTAL;1;100,50;;;;\n")
	f.Add("post", postHead+"24.11.2026;P1;1;000-000-000;1;\nTOTAL;1;1;;;\n")
	f.Add("ghiseul", ghiseulHead+"2026-03-31 23:59:59;G1;10;;12;\"a;b\"\nTOTAL;1;10;;;\n")
	f.Fuzz(func(t *testing.T, channel, file string) {
		s, err := treasury.ReadStatement(channel, []byte(file), fiscaltest.Bucharest)
		if err != nil {
			if fault.Of(err).Kind != fault.Invalid {
				t.Errorf("not a fault: %v", err)
			}
			return
		}
		var sum money.Bani
		refs := map[string]bool{}
		for _, l := range s.Lines {
			if sum += l.Amount; l.Amount <= 0 || l.Ref == "" || refs[l.Ref] || l.Day.IsZero() || l.Moment.IsZero() || l.N < 2 {
				t.Errorf("took %+v", l)
			}
			refs[l.Ref] = true
		}
		if len(s.Lines) == 0 || sum != s.Amount {
			t.Errorf("%d lines are %s, and not %s", len(s.Lines), sum, s.Amount)
		}
	})
}

// TestImport: each way to find whose a line is, what is nobody's waits, and nothing is
// entered twice, neither by the same file nor by the same line in another.
func TestImport(t *testing.T) { eachTown(t, testImport) }

func testImport(t *testing.T, o *town) {
	ctx := t.Context()
	a, i := o.Role("ana"), o.Role("ion")
	o.On("2026-01-10")
	tax := o.Owes("ana", "buildings", "2026-03-31", lei(300))
	o.Owes("ana", "fees", "2026-01-31", lei(100))
	o.On("2026-11-25")
	rows := []string{
		"2026-11-24;TR1;50;RO37 TREZ 6212107020101XXX;;;cod " + a.Code, // the account is that of buildings
		"2026-11-24;TR2;10;;14756536;Bega Demo SRL;impozit",
		fmt.Sprintf("2026-11-24;TR3;20;;14756536;Bega Demo SRL;pentru rol %d", i.Number), // a firm pays for somebody
		"2026-11-24;TR4;30;;;;CNP 4850615350027",
		"2026-11-24;TR5;40;;;Necunoscut-Demo;multumesc",
		fmt.Sprintf("2026-11-24;TR6;60;;;;rol %d cod %s", i.Number, a.Code), // it says two things
		"2026-11-24;TR7;70;;3850615350017;;rol 999999",                      // it says something wrong
	}
	file := func(rows ...string) []byte {
		return fmt.Appendf(nil, "%s%s\nTOTAL;%d;%d;;;;\n", treasuryHead, strings.Join(rows, "\n"), len(rows), sumOf(rows))
	}
	for _, actor := range []act.Actor{planner, ana, teller, visitor} {
		_, err := o.Import(ctx, actor, "treasury", file(rows...))
		check(t, err, treasury.ErrUnknown)
	}
	in, err := o.Import(ctx, clerk, "treasury", file(rows...))
	if err != nil || in.Entered != 4 || in.Waiting != 3 || in.Rows != 7 || in.Amount != lei(280) {
		t.Fatalf("entered are %+v, %v", in, err)
	}
	for party, credit := range map[act.PartyID]money.Bani{"sc-bega": lei(10), "ion": lei(50)} {
		if s := o.Sheet(party); s.Credit != credit {
			t.Errorf("%s has %s, want %s", party, s.Credit, credit)
		}
	}
	for _, d := range o.Sheet("ana").Debts {
		if d.ID == tax && d.Principal != lei(250) || d.ID != tax && d.Principal != lei(100) {
			t.Errorf("Ana owes %s of %s", d.Principal, d.Kind)
		}
	}
	_, err = o.Import(ctx, head, "treasury", file(rows...))
	check(t, err, treasury.ErrSeen)
	in, err = o.Import(ctx, head, "treasury", file(rows[0], rows[1], "2026-11-24;TR8;5;;14756536;;"))
	if err != nil || in.Known != 2 || in.Entered != 1 {
		t.Errorf("of a file that overlaps: %+v, %v", in, err)
	}
	if s := o.Sheet("sc-bega"); s.Credit != lei(15) {
		t.Errorf("the firm has %s", s.Credit)
	}
	for _, other := range []string{"2026-11-24;TR1;51;;;;x", "2026-11-23;TR1;50;;;;x"} {
		_, err = o.Import(ctx, clerk, "treasury", file(other))
		check(t, err, treasury.ErrOther)
	}
	_, err = o.Import(ctx, clerk, "treasury", file("2026-11-26;TR9;1;;;;x"))
	check(t, err, treasury.ErrRow)
	o.Orders = func(_ context.Context, _ db.Reader, order string) (act.PartyID, error) {
		if order != "ORD-1" {
			return "", treasury.ErrUnknown
		}
		return "ana", nil
	}
	in, err = o.Import(ctx, clerk, "ghiseul", []byte(ghiseulHead+"2026-11-24 22:10:00;G1;10;;;ORD-1\n2026-11-24 22:11:00;G2;10;;;ORD-2\nTOTAL;2;20;;;\n"))
	if err != nil || in.Entered != 1 || in.Waiting != 1 {
		t.Errorf("by order: %+v, %v", in, err)
	}
	inflow, err := o.Inflow(ctx, head)
	if err != nil || len(inflow.Waiting) != 4 || len(inflow.Imports) != 3 {
		t.Errorf("waiting are %d of %d imports, %v", len(inflow.Waiting), len(inflow.Imports), err)
	}
	_, err = o.Inflow(ctx, teller)
	check(t, err, treasury.ErrUnknown)
}

// sumOf adds up the third column, in lei.
func sumOf(rows []string) (sum int) {
	for _, row := range rows {
		var n int
		_, _ = fmt.Sscan(strings.Split(row, ";")[2], &n)
		sum += n
	}
	return sum
}

// TestSameFileAtOnce: sent by several at once, every line is entered once.
func TestSameFileAtOnce(t *testing.T) { eachTown(t, testSameFileAtOnce) }

func testSameFileAtOnce(t *testing.T, o *town) {
	var file strings.Builder
	file.WriteString(postHead)
	role := o.Role("ana")
	for i := range 450 { // more than two transactions
		fmt.Fprintf(&file, "2026-11-24;P%d;1;;%d;\n", i, role.Number)
	}
	file.WriteString("TOTAL;450;450;;;\n")
	var group sync.WaitGroup
	for _, actor := range []act.Actor{clerk, head, clerk} {
		group.Go(func() {
			if _, err := o.Import(context.Background(), actor, "post", []byte(file.String())); err != nil && !errors.Is(err, treasury.ErrSeen) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if s := o.Sheet("ana"); s.Credit != lei(450) {
		t.Errorf("Ana has %s, want 450.00", s.Credit)
	}
}

// TestDecideLine: an official says whose a line is, or that it is money on its way, or
// nobody's; once.
func TestDecideLine(t *testing.T) { eachTown(t, testDecideLine) }

func testDecideLine(t *testing.T, o *town) {
	ctx := t.Context()
	_, err := o.Import(ctx, clerk, "treasury", []byte(treasuryHead+"2026-11-24;A;40;;;;x\n2026-11-24;B;50;;;;NETOPIA\n2026-11-24;C;60;;;;x\nTOTAL;3;150;;;;\n"))
	o.Must(err)
	in, err := o.Inflow(ctx, clerk)
	o.Must(err)
	a, b, c := in.Waiting[0].ID, in.Waiting[1].ID, in.Waiting[2].ID
	for _, actor := range []act.Actor{planner, ana, teller} {
		check(t, o.Assign(ctx, actor, o.Key(), a, "ana"), treasury.ErrUnknown)
		_, err := o.Waiting(ctx, actor, a)
		check(t, err, treasury.ErrUnknown)
	}
	check(t, o.Assign(ctx, clerk, o.Key(), a, "nimeni"), treasury.ErrUnknown)
	check(t, o.Assign(ctx, clerk, o.Key(), "nimic", "ana"), treasury.ErrUnknown)
	check(t, o.Settlement(ctx, clerk, o.Key(), b, "treasury", day("2026-11-23")), treasury.ErrNoChannel)
	check(t, o.Settlement(ctx, clerk, o.Key(), b, "card", day("2026-11-26")), treasury.ErrDay)
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			_ = o.Assign(context.Background(), clerk, fmt.Sprint("assign ", i), a, []act.PartyID{"ana", "ion"}[i%2])
		})
	}
	group.Wait()
	if got := o.Sheet("ana").Credit + o.Sheet("ion").Credit; got != lei(40) {
		t.Errorf("40 lei became %s", got)
	}
	check(t, o.Assign(ctx, clerk, o.Key(), a, "ana"), treasury.ErrAssigned)
	o.Must(o.Settlement(ctx, clerk, "s", b, "card", day("2026-11-23")))
	o.Must(o.Settlement(ctx, clerk, "s", b, "card", day("2026-11-23")))
	o.Must(o.SendBack(ctx, clerk, o.Key(), c))
	if in, _ = o.Inflow(ctx, clerk); len(in.Waiting) != 0 {
		t.Errorf("still waiting: %+v", in.Waiting)
	}
}

// bank is one that takes cards, with a statement that tests write.
type bank struct {
	lines map[deadline.Date]money.Bani
	none  bool
}

func (b *bank) Statement(_ context.Context, day deadline.Date) (all []payments.Transaction, err error) {
	if b.none {
		return nil, payments.ErrNoStatement
	}
	if amount := b.lines[day]; amount != 0 {
		all = append(all, payments.Transaction{Amount: amount})
	}
	return all, nil
}

// TestReconcile: what ledger, sources and treasury say of a day; a difference is
// explained, and is open again when it becomes another.
func TestReconcile(t *testing.T) { eachTown(t, testReconcile) }

func testReconcile(t *testing.T, o *town) {
	ctx := t.Context()
	cards := &bank{lines: map[deadline.Date]money.Bani{}}
	o.Card = cards.Statement
	o.On("2026-11-18")
	o.Pays("ana", lei(200))
	cards.lines[day("2026-11-18")] = lei(200)
	_, err := o.take(teller, o.Key(), "ana", 70, ledger.Choice{})
	o.Must(err)
	o.On("2026-11-25")
	_, err = o.Import(ctx, clerk, "treasury", []byte(treasuryHead+"2026-11-19;A;200;;;;NETOPIA\n2026-11-19;B;69;;;;casierie\n2026-11-20;C;5;;;;x\nTOTAL;3;274;;;;\n"))
	o.Must(err)
	in, err := o.Inflow(ctx, clerk)
	o.Must(err)
	o.Must(o.Settlement(ctx, clerk, o.Key(), in.Waiting[0].ID, "card", day("2026-11-18")))
	o.Must(o.Settlement(ctx, clerk, o.Key(), in.Waiting[1].ID, "desk", day("2026-11-18")))
	gaps := func() map[string]treasury.Gap {
		t.Helper()
		all, _, err := o.Gaps(ctx, head, day("2026-11-12"), day("2026-11-25"))
		o.Must(err)
		found := map[string]treasury.Gap{}
		for _, g := range all {
			found[g.Day.String()+" "+g.Channel] = g
		}
		return found
	}
	found := gaps()
	if g := found["2026-11-18 card"]; len(found) != 3 || !g.Agrees() || g.Source != lei(200) || g.Treasury != lei(200) || g.Ledger != lei(200) {
		t.Errorf("of cards: %+v of %d", g, len(found))
	}
	if g := found["2026-11-20 treasury"]; g.Agrees() || g.Ledger != 0 || g.Source != lei(5) {
		t.Errorf("of what waits: %+v", g)
	}
	desk := found["2026-11-18 desk"]
	if desk.Agrees() || desk.Source != lei(70) || desk.Treasury != lei(69) {
		t.Errorf("of the desk: %+v", desk)
	}
	check(t, o.Explain(ctx, clerk, o.Key(), desk, desk.Seen(), " "), treasury.ErrText)
	check(t, o.Explain(ctx, clerk, o.Key(), desk, "0 0", "x"), treasury.ErrChanged)
	check(t, o.Explain(ctx, planner, o.Key(), desk, desk.Seen(), "x"), treasury.ErrUnknown)
	check(t, o.Explain(ctx, clerk, o.Key(), found["2026-11-18 card"], "0 0", "x"), treasury.ErrChanged)
	o.Must(o.Explain(ctx, clerk, o.Key(), desk, desk.Seen(), "Un leu lipsea din casă."))
	if g := gaps()["2026-11-18 desk"]; g.Reason != "Un leu lipsea din casă." || g.By != "maria" {
		t.Errorf("explained is %+v", g)
	}
	_, err = o.Import(ctx, clerk, "treasury", []byte(treasuryHead+"2026-11-21;D;3;;;;casierie\nTOTAL;1;3;;;;\n"))
	o.Must(err)
	in, _ = o.Inflow(ctx, clerk)
	o.Must(o.Settlement(ctx, clerk, o.Key(), in.Waiting[len(in.Waiting)-1].ID, "desk", day("2026-11-18")))
	if g := gaps()["2026-11-18 desk"]; g.Reason != "" || g.Agrees() {
		t.Errorf("another difference is still explained: %+v", g)
	}
	cards.lines[day("2026-11-20")] = lei(9)
	if g := gaps()["2026-11-20 card"]; g.Agrees() || g.Source != lei(9) || g.Ledger != 0 {
		t.Errorf("a payment that nobody told us of: %+v", g)
	}
	cards.none = true
	if g := gaps()["2026-11-18 card"]; g.Stated || !g.Agrees() {
		t.Errorf("without a statement: %+v", g)
	}
	for _, wrong := range [][2]string{{"2026-11-25", "2026-11-24"}, {"2026-01-01", "2026-11-24"}} {
		_, _, err = o.Gaps(ctx, head, day(wrong[0]), day(wrong[1]))
		check(t, err, treasury.ErrPeriod)
	}
	_, _, err = o.Gaps(ctx, teller, day("2026-11-18"), day("2026-11-18"))
	check(t, err, treasury.ErrUnknown)
	none, err := o.LastCheck(ctx, head)
	if err != nil || !none.At.IsZero() {
		t.Errorf("checked before: %+v, %v", none, err)
	}
	o.Must(o.CheckLedger(ctx))
	c, err := o.LastCheck(ctx, head)
	if err != nil || c.At.IsZero() || c.Parties == 0 || len(c.Breaches) != 0 {
		t.Errorf("the check says %+v, %v", c, err)
	}
}

// upload sends a file as somebody.
func (o *town) upload(actor act.Actor, channel, file string) *httptest.ResponseRecorder {
	o.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	o.Must(form.WriteField("canal", channel))
	if file != "" {
		part, err := form.CreateFormFile("fisier", "extras.csv")
		o.Must(err)
		_, _ = part.Write([]byte(file))
	}
	o.Must(form.Close())
	r := httptest.NewRequest("POST", "/lucru/taxe/intrari", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.Serve(actor, r)
}

func TestInflowPages(t *testing.T) { eachTown(t, testInflowPages) }

func testInflowPages(t *testing.T, o *town) {
	o.Role("ana")
	const path, gaps = "/lucru/taxe/intrari", "/lucru/taxe/reconciliere"
	for _, page := range []string{path, path + "/x", gaps} {
		o.Walk([]step{{planner, "GET " + page, nil, 404, "", ""}, {ion, "GET " + page, nil, 404, "", ""}, {teller, "GET " + page, nil, 404, "", ""}, {visitor, "GET " + page, nil, 303, "/cont/intra", ""}})
	}
	o.Walk([]step{{signer, "GET " + path, nil, 200, "There are no statements", "Enter a statement"}, {clerk, "GET " + path, nil, 200, "Enter a statement", ""}})
	for _, wrong := range []struct {
		channel, file, want string
	}{{"", treasuryHead, "Choose where"}, {"treasury", "", "Choose a CSV file"}, {"treasury", "a;b\n", "data;referinta;suma;iban"},
		{"treasury", treasuryHead + "2026-11-24;A;40;;;;x\nTOTAL;1;41;;;;\n", "RON 41.00"}, {"treasury", treasuryHead + "2026-11-24;A;zece;;;;x\n", "Line 2"}} {
		if w := o.upload(clerk, wrong.channel, wrong.file); w.Code != 422 || !strings.Contains(w.Body.String(), wrong.want) {
			t.Errorf("%q: got %d without %q", wrong.file, w.Code, wrong.want)
		}
	}
	good := treasuryHead + "2026-11-24;A;40;;;Cineva <i>Demo;x\n2026-11-24;B;50;;;;x\n2026-11-24;C;60;;3850615350017;;\nTOTAL;3;150;;;;\n"
	w := o.upload(clerk, "treasury", good)
	if w.Code != 303 {
		t.Fatalf("got %d", w.Code)
	}
	if again := o.upload(clerk, "treasury", good); again.Code != 409 || !strings.Contains(again.Body.String(), "Nothing was entered twice") {
		t.Errorf("again: got %d", again.Code)
	}
	if stranger := o.upload(planner, "treasury", good); stranger.Code != 404 {
		t.Errorf("of a stranger: got %d", stranger.Code)
	}
	in, err := o.Inflow(t.Context(), clerk)
	o.Must(err)
	first, second := path+"/"+in.Waiting[0].ID, path+"/"+in.Waiting[1].ID
	o.Walk([]step{
		{clerk, "GET " + w.Header().Get("Location"), nil, 200, "3 lines were read", "<i>Demo"},
		{clerk, "GET " + w.Header().Get("Location"), nil, 200, "2 payments to deal with", ""},
		{clerk, "GET " + first, nil, 200, "Payment A", ""},
		{clerk, "GET " + path + "/nimic", nil, 404, "", ""},
		{clerk, "POST " + first, values("a", "ce", "cauta", "cauta", "x"), 422, `id="cauta-error"`, ""},
		{clerk, "POST " + first, values("a", "ce", "cauta", "cauta", "nimeni"), 200, "Nobody was found", ""},
		{clerk, "POST " + first, values("a", "ce", "cauta", "cauta", "ionescu"), 200, "Enter for this taxpayer", ""},
		{clerk, "POST " + first, values("a", "ce", "atribuie", "cauta", "ionescu"), 422, `id="parte-error"`, ""},
		{clerk, "POST " + first, values("a", "ce", "atribuie", "cauta", "ionescu", "parte", "ana"), 303, path, ""},
		{clerk, "POST " + first, values("a", "ce", "atribuie", "cauta", "ionescu", "parte", "ana"), 303, path, ""},
		{clerk, "POST " + first, values("b", "ce", "atribuie", "parte", "ana"), 409, "dealt with this payment already", ""},
		{clerk, "POST " + second, values("c", "ce", "decontare"), 422, "Enter a day that exists", ""},
		{clerk, "POST " + second, values("c", "ce", "decontare", "zi.zi", "23", "zi.luna", "11", "zi.an", "2026"), 422, `id="canal-error"`, ""},
		{clerk, "GET " + gaps, nil, 200, "has not been checked", ""},
		{clerk, "GET " + gaps, nil, 200, "differs", ""},
		{clerk, "GET " + gaps + "?din=2026-01-01&pana=2026-12-01", nil, 422, "at most 92 days", ""},
		{clerk, "POST " + gaps, values("g1", "zi", "2026-11-24", "canal", "treasury", "vazut", "5000 0"), 422, `id="motiv-error"`, ""},
		{clerk, "POST " + gaps, values("g1", "zi", "2026-11-24", "canal", "treasury", "vazut", "1 0", "motiv", "x"), 409, "", ""},
		{clerk, "POST " + gaps, values("g1", "zi", "2026-11-24", "canal", "treasury", "vazut", "5000 0", "motiv", "Se caută plătitorul."), 303, gaps, ""},
		{clerk, "POST " + gaps, values("g2", "zi", "2026-11-01", "canal", "treasury", "vazut", "5000 0", "motiv", "x"), 404, "", ""},
		{head, "GET " + gaps, nil, 200, "Se caută plătitorul. (Maria Munteanu-Demo", ""},
		{signer, "GET " + gaps, nil, 200, "explained", "Save the explanation"},
		{clerk, "POST " + second, values("d", "ce", "retur"), 303, path, ""},
		{clerk, "GET " + gaps, nil, 200, "agrees", ""},
	})
	o.Must(o.CheckLedger(t.Context()))
	o.Walk([]step{{clerk, "GET " + gaps, nil, 200, "The ledger is exact", ""}})
}

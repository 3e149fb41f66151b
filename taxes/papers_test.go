package taxes

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/form"
	"bega/internal/pdf"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// said is all that a paper says, as its JSON.
func said(t *testing.T, p Paper) string {
	t.Helper()
	data, err := json.Marshal(p.Document)
	check(t, err, nil)
	if _, err := pdf.Make(p.Document, time.Now()); err != nil {
		t.Errorf("it cannot be printed: %v", err)
	}
	return string(data)
}

func TestDecision(t *testing.T) { eachTown(t, testDecision) }

func testDecision(t *testing.T, o *town) {
	ctx := t.Context()
	home := o.apply(Change{From: day("2020-05-04"), Thing: flat(), Parts: parts("ana"), Why: Acquired, Details: &Details{Address: "str. Bega 1"}}).Object
	o.has("2020-05-04", car(1598), "ana 1/2", "ion 1/2")
	_, err := o.Decide(ctx, head, o.key(), "ana", 2026)
	check(t, err, ErrUnassessed)
	run, err := o.Assess(ctx, head, 2026, true, nil)
	check(t, err, nil)
	if !run.Provisional {
		t.Error("the run is not provisional")
	}
	_, err = o.Decide(ctx, ana, o.key(), "ana", 2026)
	check(t, err, ErrUnknown)
	d, err := o.Decide(ctx, head, "once", "ana", 2026)
	check(t, err, nil)
	again, err := o.Decide(ctx, clerk, o.key(), "ana", 2026)
	if err != nil || again.ID != d.ID || len(o.papers.issued) != 1 {
		t.Errorf("the same decision was issued twice: %+v, %v", again, err)
	}
	f, err := o.File(ctx, ana, "ana", "")
	check(t, err, nil)
	text := said(t, o.papers.last())
	for _, want := range []string{"str. Bega 1", "515,32", "258,00 lei", "257,00 lei", "31 martie 2026", "30 septembrie 2026", "RO37TREZ6212107020101XXX",
		f.Role.Code, "45 de zile", "(cota 1/2)", "art. 183", "HCL"} {
		if !strings.Contains(text, want) {
			t.Errorf("the decision does not say %q:\n%s", want, text)
		}
	}
	if o.papers.last().Document.Draft {
		t.Error("the decision says that it is a draft")
	}

	o.on("2026-01-25")
	_, err = o.Deliver(ctx, clerk, o.key(), d.ID, day("2026-01-18"), "post")
	check(t, err, ErrDelivery)
	_, err = o.Deliver(ctx, planner, o.key(), d.ID, day("2026-01-22"), "post")
	check(t, err, ErrUnknown)
	d, err = o.Deliver(ctx, clerk, o.key(), d.ID, day("2026-01-22"), "post RR123")
	check(t, err, nil)
	if d.Contest() != day("2026-03-08") {
		t.Errorf("it can be contested until %v", d.Contest())
	}
	_, err = o.Deliver(ctx, clerk, o.key(), d.ID, day("2026-01-22"), "post RR123")
	check(t, err, ErrDelivered)

	// What changes is decided anew, and only that.
	o.apply(Change{Object: home, From: day("2025-11-30"), Parts: parts("ana -"), Why: Sold})
	n, err := o.DecideAll(ctx, act.Machine, 2026, nil)
	check(t, err, nil)
	if n != 2 || len(o.papers.issued) != 3 {
		t.Errorf("%d decisions were issued, %d papers", n, len(o.papers.issued))
	}
	if n, err := o.DecideAll(ctx, act.Machine, 2026, nil); err != nil || n != 0 {
		t.Errorf("again %d, %v", n, err)
	}
	verify(t, o)
}

func TestDecisionUnderADraftSaysSo(t *testing.T) { eachTown(t, testDraft) }

func testDraft(t *testing.T, o *town) {
	o.has("2020-05-04", flat(), "ana")
	if run := o.assess(2027); !run.Provisional {
		t.Error("a run under a draft of the law is not provisional")
	}
	_, err := o.Decide(t.Context(), head, o.key(), "ana", 2027)
	check(t, err, nil)
	if !o.papers.last().Document.Draft {
		t.Error("the decision does not say that it is a draft")
	}
}

func TestByPaymentCode(t *testing.T) { eachTown(t, testByPaymentCode) }

func testByPaymentCode(t *testing.T, o *town) {
	ctx := t.Context()
	o.has("2020-05-04", flat(), "ana")
	o.assess(2026)
	f, err := o.File(ctx, ana, "ana", "")
	check(t, err, nil)
	code := strings.ToLower(strings.ReplaceAll(f.Role.Code, "-", " "))
	d, err := o.ByPaymentCode(ctx, code, 2026)
	check(t, err, nil)
	if d.Code != f.Role.Code || d.All != lei(515) || d.Due != 0 || d.Bonus != lei(51) || d.Until != day("2026-03-31") {
		t.Errorf("the code says %+v", d)
	}
	if d, err := o.ByPaymentCode(ctx, code, 2025); err != nil || d.All != 0 {
		t.Errorf("of 2025 the code says %+v, %v", d, err)
	}
	for _, wrong := range []string{"", "123", "000-000-001", f.Role.Code + "0"} {
		_, err := o.ByPaymentCode(ctx, wrong, 2026)
		check(t, err, taxroll.ErrCode)
	}
	role, err := o.Roll.RoleByCode(ctx, o.d, code)
	if err != nil || role.Party != "ana" {
		t.Errorf("the code is of %+v, %v", role, err)
	}
}

func TestSeason(t *testing.T) { eachTown(t, testSeason) }

func testSeason(t *testing.T, o *town) {
	ctx := t.Context()
	data, err := os.ReadFile("../city/timisoara/taxes/season.json")
	check(t, err, nil)
	o.Season, err = ReadSeason(data)
	check(t, err, nil)
	at := func(text string) time.Time { return must(time.ParseInLocation("2006-01-02 15:04", text, bucharest)) }
	closed := func(text string, want bool) Closure {
		t.Helper()
		c, closed, err := o.Closed(ctx, at(text))
		if err != nil || closed != want {
			t.Errorf("at %s it is closed: %v, %v", text, closed, err)
		}
		return c
	}
	c := closed("2026-01-10 12:00", true)
	closed("2026-01-19 00:00", false)
	closed("2025-12-28 23:59", false)
	closed("2026-03-07 12:00", true)

	c.To = at("2026-01-20 12:00")
	check(t, o.Close(ctx, ana, o.key(), c), ErrUnknown)
	check(t, o.Close(ctx, clerk, o.key(), c), ErrUnknown)
	check(t, o.Close(ctx, head, o.key(), c), nil)
	closed("2026-01-20 11:59", true)
	closed("2026-01-20 12:00", false)
	c.To = at("2026-01-15 00:00")
	check(t, o.Close(ctx, head, o.key(), c), nil)
	closed("2026-01-16 12:00", false)
	c.To = c.From
	check(t, o.Close(ctx, head, o.key(), c), ErrPeriod)
	check(t, o.Close(ctx, head, o.key(), Closure{Key: "x", From: at("2026-02-01 00:00"), To: at("2026-02-02 00:00"), Reason: form.Text{"ro": "x"}, Source: "x"}), ErrReason)
	for _, wrong := range []string{"{", `{"closed": []}`, `{"closures": [{"key": "x"}]}`} {
		if _, err := ReadSeason([]byte(wrong)); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}

func TestCertificate(t *testing.T) { eachTown(t, testCertificate) }

func testCertificate(t *testing.T, o *town) {
	ctx := t.Context()
	home := o.apply(Change{From: day("2020-05-04"), Thing: flat(), Parts: parts("ana"), Why: Acquired, Details: &Details{Cadastral: "400954-C1-U12"}}).Object
	o.apply(Change{From: day("2021-05-04"), Thing: car(1598), Parts: parts("ana"), Why: Acquired, Details: &Details{Plate: "TM07ABC"}})
	o.assess(2026)
	sale := Request{Party: "ana", Purpose: ForSale, Object: "400954-C1-U12"}

	// Nothing is due until 1 February; but this year's tax of the home is to be paid.
	_, s, err := o.Certificate(ctx, ana, o.key(), sale)
	check(t, err, ErrDebts)
	if s.ToPay != lei(515) || s.ObjectOwed != lei(515) || s.Object.Object.ID != home || len(s.Late)+len(s.Due) != 0 {
		t.Errorf("the standing is %+v", s)
	}
	c, _, err := o.Certificate(ctx, ana, "other", Request{Party: "ana", Purpose: ForOther, Words: "bursă"})
	check(t, err, nil)
	if c.Until != day("2026-02-18") || c.Capacity != "owner" {
		t.Errorf("the certificate is %+v", c)
	}
	text := said(t, o.papers.last())
	for _, want := range []string{"400954-C1-U12", "TM07ABC", "bursă", `"CNP","value":"code of ana"`, "Nu figurează", "18 februarie 2026", "1 februarie 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("the certificate does not say %q:\n%s", want, text)
		}
	}
	same, _, err := o.Certificate(ctx, ana, "other", Request{Party: "ana", Purpose: ForOther, Words: "bursă"})
	if err != nil || same.ID != c.ID || len(o.papers.issued) != 1 {
		t.Errorf("asked twice, there is %+v, %v", same, err)
	}

	o.pays("ana", lei(515-51), ledger.Choice{Kinds: []string{"buildings"}, Future: true})
	_, _, err = o.Certificate(ctx, ana, o.key(), sale)
	check(t, err, nil)
	if text := said(t, o.papers.last()); !strings.Contains(text, "este achitat impozitul datorat pe anul 2026") {
		t.Errorf("the certificate does not say that it is paid:\n%s", text)
	}
	_, _, err = o.Certificate(ctx, ana, o.key(), Request{Party: "ana", Purpose: ForSale, Object: "TM07XYZ"})
	check(t, err, taxroll.ErrWhich)
	_, _, err = o.Certificate(ctx, ana, o.key(), Request{Party: "ana", Purpose: "", Object: "TM07XYZ"})
	check(t, err, ErrPurpose)

	// The car is overdue in May, and then nothing can be sold.
	o.on("2026-05-04")
	_, s, err = o.Certificate(ctx, agent, o.key(), sale)
	check(t, err, ErrDebts)
	if len(s.Late) != 1 || s.ToPay != s.Late[0].Principal+s.Late[0].Surcharge || s.Late[0].Surcharge == 0 {
		t.Errorf("the standing is %+v", s)
	}
	c, _, err = o.Certificate(ctx, agent, o.key(), Request{Party: "ana", Purpose: ForPurchase})
	check(t, err, nil)
	if text := said(t, o.papers.last()); !strings.Contains(text, "Figurează cu obligațiile") || c.Capacity != "mandate" {
		t.Errorf("for another purpose, the certificate %+v says\n%s", c, text)
	}
	for _, stranger := range []act.Actor{ion, parker, visitor, planner} {
		_, _, err = o.Certificate(ctx, stranger, o.key(), Request{Party: "ana", Purpose: ForPurchase})
		check(t, err, ErrUnknown)
		_, err = o.Standing(ctx, stranger, sale)
		check(t, err, ErrUnknown)
	}
	notary := act.Actor{Person: "nina", For: "ana", Mandate: "notary", Level: act.Verified}
	c, _, err = o.Certificate(ctx, notary, o.key(), Request{Party: "ana", Purpose: ForSuccession})
	if err != nil || c.Capacity != "notary" {
		t.Errorf("the notary gets %+v, %v", c, err)
	}
	guest := act.Actor{Person: "gigi", For: "ana", Mandate: "m9", Level: act.Verified}
	_, _, err = o.Certificate(ctx, guest, o.key(), Request{Party: "ana", Purpose: ForSuccession})
	check(t, err, ErrCapacity)
}

// TestFinesAreInACertificate: claims in enforceable titles are, whatever their day.
func TestFinesAreInACertificate(t *testing.T) { eachTown(t, testFines) }

func testFines(t *testing.T, o *town) {
	o.has("2020-05-04", flat(), "ana")
	err := o.Acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		_, err := o.Ledger.Enter(ctx, tx, []ledger.Obligation{{Party: "ana", Kind: "fines", Year: 2026, Due: day("2026-12-01"), Amount: lei(300), Source: "f", Enforceable: true}}, nil)
		return err
	})
	check(t, err, nil)
	s, err := o.Standing(t.Context(), clerk, Request{Party: "ana", Purpose: ForTender})
	check(t, err, nil)
	if len(s.Titles) != 1 || s.ToPay != 0 {
		t.Errorf("the standing is %+v", s)
	}
	f, err := o.File(t.Context(), ana, "ana", "")
	check(t, err, nil)
	s, err = o.Standing(t.Context(), ana, Request{Party: "ana", Purpose: ForSale, Object: f.Holdings[0].Object.ID})
	if err != nil || s.ToPay != lei(300) || s.Object.Object.Kind != taxlaw.Building {
		t.Errorf("for a sale the standing is %+v, %v", s, err)
	}
}

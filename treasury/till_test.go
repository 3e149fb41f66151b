package treasury_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/fiscal/fiscaltest"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/ledger"
	"bega/taxes"
	"bega/taxlaw"
	"bega/treasury"
)

// TestTake: money settles what was shown, fines first for owners, once for a key.
func TestTake(t *testing.T) { eachTown(t, testTake) }

func testTake(t *testing.T, o *town) {
	ctx := t.Context()
	o.Gets("ana", "400999", taxlaw.Object{Kind: taxlaw.Land, Place: taxlaw.Inside, Category: taxlaw.WithBuildings, Zone: "B", Area: fiscaltest.Area("300")})
	tax := o.Owes("ana", "buildings", "2026-03-31", lei(300))
	fine := o.Owes("ana", "fines", "2026-05-31", lei(100))
	shown, err := o.At(ctx, teller, "ana", lei(120), ledger.Choice{})
	if err != nil || len(shown.Lines) != 2 || shown.Lines[0].Obligation != fine || shown.Lines[1].Obligation != tax {
		t.Fatalf("shown is %+v, %v", shown.Lines, err)
	}
	taking := treasury.Taking{Party: "ana", Amount: lei(120), Means: treasury.Cash, Seen: shown.Seen}
	for _, wrong := range []struct {
		actor  act.Actor
		change func(*treasury.Taking)
		want   error
	}{
		{teller, func(t *treasury.Taking) { t.Means = "cec" }, treasury.ErrMeans}, {teller, func(t *treasury.Taking) { t.Slip = "1" }, treasury.ErrSlip},
		{teller, func(t *treasury.Taking) { t.Means = treasury.Terminal }, treasury.ErrSlip}, {teller, func(t *treasury.Taking) { t.Amount = 0 }, treasury.ErrAmount},
		{teller, func(t *treasury.Taking) { t.Seen = "altceva" }, treasury.ErrChanged}, {teller, func(t *treasury.Taking) { t.Amount = lei(121) }, treasury.ErrChanged},
		{teller, func(t *treasury.Taking) { t.Party = "nimeni" }, treasury.ErrUnknown}, {head, func(*treasury.Taking) {}, treasury.ErrUnknown},
		{planner, func(*treasury.Taking) {}, treasury.ErrUnknown}, {ana, func(*treasury.Taking) {}, treasury.ErrUnknown},
	} {
		one := taking
		wrong.change(&one)
		_, err := o.Take(ctx, wrong.actor, o.Key(), one)
		check(t, err, wrong.want)
	}
	id, err := o.Take(ctx, teller, "k", taking)
	o.Must(err)
	again, err := o.Take(ctx, teller, "k", taking)
	if err != nil || again != id {
		t.Errorf("the same form gave %q, %v, want %q", again, err, id)
	}
	_, err = o.Take(ctx, teller, "k2", taking) // what was shown holds no more
	check(t, err, treasury.ErrChanged)
	if s := o.Sheet("ana"); s.All().Principal != lei(280) {
		t.Errorf("left is %s", s.All().Principal)
	}
	card := treasury.Taking{Party: "ion", Amount: lei(5), Means: treasury.Terminal, Slip: "000123"}
	shown, err = o.At(ctx, teller, "ion", lei(5), ledger.Choice{})
	o.Must(err)
	card.Seen = shown.Seen
	_, err = o.Take(ctx, teller, o.Key(), card)
	o.Must(err)
	_, err = o.Take(ctx, teller, o.Key(), card)
	check(t, err, treasury.ErrSlipUsed)
	till, err := o.Till(ctx, teller, deadline.Date{})
	if err != nil || till.Closing.Cash != lei(120) || till.Closing.Terminal != lei(5) || len(till.Takings) != 2 {
		t.Errorf("the till has %+v, %v", till, err)
	}
}

// TestClosing: a day is counted, and a difference has a reason; nothing more is taken
// on that day, nor on another before it is closed.
func TestClosing(t *testing.T) { eachTown(t, testClosing) }

func testClosing(t *testing.T, o *town) {
	ctx := t.Context()
	o.Owes("ana", "fees", "2026-12-31", lei(500))
	_, err := o.take(teller, o.Key(), "ana", 70, ledger.Choice{})
	o.Must(err)
	o.On("2026-11-26")
	_, err = o.take(teller, o.Key(), "ana", 30, ledger.Choice{})
	check(t, err, treasury.ErrUnclosed)
	if _, err = o.take(clerk, o.Key(), "ana", 30, ledger.Choice{}); err != nil {
		t.Errorf("the till of another: %v", err)
	}
	yesterday := day("2026-11-25")
	check(t, o.CloseTill(ctx, teller, o.Key(), yesterday, lei(60), 0, " "), treasury.ErrCounted)
	check(t, o.CloseTill(ctx, teller, o.Key(), day("2026-11-27"), 0, 0, ""), treasury.ErrDay)
	check(t, o.CloseTill(ctx, teller, o.Key(), yesterday, -1, 0, ""), treasury.ErrAmount)
	check(t, o.CloseTill(ctx, planner, o.Key(), yesterday, lei(70), 0, ""), treasury.ErrUnknown)
	o.Must(o.CloseTill(ctx, teller, "c", yesterday, lei(60), 0, "Lipsesc 10 lei."))
	o.Must(o.CloseTill(ctx, teller, "c", yesterday, lei(60), 0, "Lipsesc 10 lei."))
	check(t, o.CloseTill(ctx, teller, o.Key(), yesterday, lei(70), 0, ""), treasury.ErrTill)
	_, err = o.take(teller, o.Key(), "ana", 30, ledger.Choice{})
	o.Must(err)
	o.Must(o.CloseTill(ctx, teller, o.Key(), day("2026-11-26"), lei(30), 0, ""))
	_, err = o.take(teller, o.Key(), "ana", 1, ledger.Choice{})
	check(t, err, treasury.ErrTill)
	all, called, err := o.Closings(ctx, head, yesterday, day("2026-11-26"))
	if err != nil || len(all) != 2 || all[1].Difference() != -lei(10) || all[1].Reason != "Lipsesc 10 lei." || called["tudor"] != "Tudor Rus-Demo" {
		t.Errorf("closed are %+v, %v", all, err)
	}
	_, _, err = o.Closings(ctx, teller, yesterday, yesterday)
	check(t, err, treasury.ErrUnknown)
	o.Base.Taxes.Season = []taxes.Closure{{Key: "x", From: o.Time().Add(-time.Hour), To: o.Time().Add(time.Hour), Reason: form.Text{"ro": "probă", "en": "test"}}}
	_, err = o.take(clerk, o.Key(), "ana", 1, ledger.Choice{})
	check(t, err, treasury.ErrPaused)
}

// TestSameFormAtOnce: a form that is sent many times at once is one payment, and while
// the day is being closed every payment is counted or refused.
func TestSameFormAtOnce(t *testing.T) { eachTown(t, testSameFormAtOnce) }

func testSameFormAtOnce(t *testing.T, o *town) {
	o.Owes("ana", "fees", "2026-12-31", lei(500))
	shown, err := o.At(t.Context(), teller, "ana", lei(10), ledger.Choice{})
	o.Must(err)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if _, err := o.Take(context.Background(), teller, "same", treasury.Taking{Party: "ana", Amount: lei(10), Means: treasury.Cash, Seen: shown.Seen}); err != nil {
				t.Errorf("the same form: %v", err)
			}
		})
	}
	group.Wait()
	if s := o.Sheet("ana"); s.Credit != lei(10) && s.All().Principal != lei(490) {
		t.Errorf("Ana has %+v", s)
	}
	shown, err = o.At(t.Context(), teller, "ion", lei(1), ledger.Choice{})
	o.Must(err)
	for i := range 6 {
		group.Go(func() {
			_, _ = o.Take(context.Background(), teller, fmt.Sprint("many ", i), treasury.Taking{Party: "ion", Amount: lei(1), Means: treasury.Cash, Seen: shown.Seen})
		})
	}
	group.Go(func() {
		_ = o.CloseTill(context.Background(), teller, "close", day("2026-11-25"), lei(10), 0, "în timp ce se încasează")
	})
	group.Wait()
	till, err := o.Till(t.Context(), teller, day("2026-11-25"))
	o.Must(err)
	if !till.Closed {
		o.Must(o.CloseTill(t.Context(), teller, "close2", day("2026-11-25"), lei(10), 0, "x"))
		till, _ = o.Till(t.Context(), teller, day("2026-11-25"))
	}
	if till.Closing.Takings != len(till.Takings) {
		t.Errorf("%d payments were closed of %d", till.Closing.Takings, len(till.Takings))
	}
}

// seenOf finds what a page says that it has shown.
var seenOf = regexp.MustCompile(`name="vazut" value="([0-9a-f]+)"`)

func TestTillPages(t *testing.T) { eachTown(t, testTillPages) }

func testTillPages(t *testing.T, o *town) {
	o.Role("ana")
	debt := o.Owes("ana", "fees", "2026-12-31", lei(500))
	o.Owes("ana", "buildings", "2026-03-31", lei(40))
	const till, pay = "/lucru/taxe/casa", "/lucru/taxe/casa/plata/ana"
	for _, path := range []string{till, pay, till + "/inchidere", till + "/chitanta/x", till + "/inchideri"} {
		o.Walk([]step{{planner, "GET " + path, nil, 404, "", "Ionescu"}, {ion, "GET " + path, nil, 404, "", "Ionescu"}, {visitor, "GET " + path, nil, 303, "/cont/intra", ""}})
	}
	o.Walk([]step{
		{teller, "GET " + till, nil, 200, "You have taken nothing", ""},
		{teller, "POST " + till, values("", "cauta", " "), 422, `id="cauta-error"`, ""},
		{teller, "POST " + till, values("", "cauta", "demo"), 200, "Bega Demo SRL", ""},
		{teller, "POST " + till, values("", "cauta", "ionescu"), 303, pay, ""},
		{teller, "GET " + pay, nil, 200, "Ana &lt;b&gt;", "Take it and give"},
		{teller, "GET " + till + "/plata/nimeni", nil, 404, "", ""},
		{teller, "POST " + pay, values("t0", "suma", "zece", "mod", "cash"), 422, `id="suma-error"`, ""},
		{teller, "POST " + pay, values("t0", "suma", "", "mod", "cash"), 422, `id="suma-error"`, ""},
		{teller, "POST " + pay, values("t0", "suma", "99999999999999999", "mod", "cash"), 422, `id="suma-error"`, ""},
		{teller, "POST " + pay, values("t0", "suma", "50", "mod", "cash", "vazut", "abc"), 409, "has changed meanwhile", ""},
	})
	w := o.Send(teller, "POST "+pay, values("t1", "suma", "50", "mod", "cash", "datorie", debt))
	found := seenOf.FindStringSubmatch(w.Body.String())
	if w.Code != 200 || found == nil || !strings.Contains(w.Body.String(), "What this amount settles") {
		t.Fatalf("no preview: %d", w.Code)
	}
	take := values("t1", "suma", "50", "mod", "cash", "datorie", debt, "vazut", found[1])
	w = o.Send(teller, "POST "+pay, take)
	receipt := w.Header().Get("Location")
	wrong, _ := url.ParseQuery(take.Encode())
	wrong.Set("mod", "terminal")
	wrong.Set("cheie", "t2")
	o.Walk([]step{
		{teller, "POST " + pay, take, 303, receipt, ""},
		{teller, "POST " + pay, wrong, 422, `id="bon-error"`, ""},
		{teller, "GET " + receipt, nil, 200, "Received: RON 50.00, cash", ""},
		{teller, "GET " + receipt, nil, 200, "<svg", "3850615350017"},
		{clerk, "GET " + receipt, nil, 200, "Teller: Tudor Rus-Demo", ""},
		{planner, "GET " + receipt, nil, 404, "", "Ionescu"},
		{teller, "GET " + till + "/chitanta/nimic", nil, 404, "", ""},
		{teller, "GET " + till, nil, 200, "1 payment today", ""},
		{teller, "GET " + till + "/inchidere", nil, 200, "RON 50.00", ""},
		{teller, "POST " + till + "/inchidere", values("i1", "zi", "2026-11-25", "numarat", "x", "terminal", ""), 422, `id="numarat-error"`, ""},
		{teller, "POST " + till + "/inchidere", values("i1", "zi", "2026-11-25", "numarat", "49", "terminal", "0"), 422, `id="motiv-error"`, ""},
		{teller, "POST " + till + "/inchidere", values("i1", "zi", "2026-11-25", "numarat", "50", "terminal", "0"), 303, "zi=2026-11-25", ""},
		{teller, "GET " + till + "/inchidere?zi=2026-11-25", nil, 200, "The day is closed", "Cash counted:"},
		{head, "GET " + till + "/inchideri", nil, 200, "Tudor Rus-Demo", ""},
		{head, "GET " + till + "/inchideri?din=1.1.2026&pana=1.2.2026", nil, 200, "", "Tudor Rus-Demo"},
		{head, "GET " + till + "/inchideri?din=1.1.2026&pana=1.12.2026", nil, 422, "at most 92 days", ""},
		{head, "GET " + till + "/inchideri?din=ieri", nil, 422, `value="ieri"`, "at most 92 days"},
		{teller, "POST " + pay, values("t3", "suma", "50", "mod", "cash", "vazut", "x"), 409, "", ""},
	})
	o.On("2026-11-26")
	o.Base.Taxes.Season = []taxes.Closure{{Key: "x", From: o.Time().Add(-time.Hour), To: o.Time().Add(time.Hour), Reason: form.Text{"ro": "probă", "en": "A test."}}}
	o.Walk([]step{{teller, "GET " + till, nil, 200, "A test.", ""}, {teller, "POST " + pay, values("t4", "suma", "50", "mod", "cash", "vazut", "x"), 503, "stopped until", ""}})
}

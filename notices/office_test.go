package notices

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

var (
	ana   = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion   = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	asMum = act.Actor{Person: "ion", For: "ana", Mandate: "m1", Level: act.Verified}
	half  = act.Actor{Person: "ion", For: "ana", Mandate: "m2", Services: []string{"parcare"}, Level: act.Verified}
)

// said are the texts of the rooms that write to people.
var rooms = fstest.MapFS{
	"texts/ro.json": {Data: []byte(`{
		"cases.asked-subject": "Cererea %[1]s: ne trebuie %[2]s până pe %[3]s",
		"cases.asked-body": "Ne mai trebuie %[2]s pentru cererea %[1]s.\nÎl aștept până pe %[3]s.",
		"payments.paid-subject": "Plata de %[1]s a fost primită",
		"payments.paid-body": "Am primit %[1]s.",
		"folder.old-subject": {"one": "Un document expiră", "few": "%d documente expiră", "other": "%d de documente expiră"},
		"folder.old-body": {"one": "Unul.", "few": "%d.", "other": "%d."},
		"access.code-subject": "%s este codul tău", "access.code-body": "Codul este %s."}`)},
	"texts/en.json": {Data: []byte(`{
		"cases.asked-subject": "Application %[1]s: we need %[2]s by %[3]s",
		"cases.asked-body": "For application %[1]s we still need %[2]s.\nWe wait until %[3]s.",
		"payments.paid-subject": "We received %[1]s",
		"payments.paid-body": "%[1]s arrived.",
		"folder.old-subject": {"one": "A document expires", "other": "%d documents expire"},
		"folder.old-body": {"one": "One.", "other": "%d."},
		"access.code-subject": "%s is your code", "access.code-body": "The code is %s."}`)},
}

// A town is an office with a clock that tests set, people and a mail server.
type town struct {
	*Office
	t     testing.TB
	d     *db.DB
	queue *jobs.Queue

	mu    sync.Mutex
	time  time.Time
	began time.Time              // when the clock began to go by itself; zero if it stands
	reach map[act.PartyID]string // "ana@exemplu.ro ro"
	mails []Mail
	fails func(m Mail) error // what the mail server answers; nil takes all
	lost  bool               // the room access has thrown the letter away
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, d: d, time: time.Date(2026, 11, 23, 10, 0, 0, 0, zone),
		reach: map[act.PartyID]string{"ana": "ana@exemplu.ro ro", "ion": "ion@exemplu.ro en", "firma": " ro"}}
	o.queue, err = jobs.New(jobs.Config{DB: d, Now: o.now})
	if err == nil {
		err = errors.Join(d.Migrate(t.Context(), "act", act.Files), d.Migrate(t.Context(), "notices", Files), o.queue.Migrate(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	box, err1 := vault.New([]byte("0123456789abcdef0123456789abcdef"))
	texts, err2 := text.Load(web.Files, ui.Files, act.Files, Files, fs.FS(rooms))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	o.Office = &Office{DB: d, Acts: &act.Register{DB: d, Now: o.now}, Vault: box, Texts: texts, Now: o.now, People: o, Letters: o, Mailer: o,
		URL: "https://portal.exemplu.ro", Town: "Primăria Demo", Required: []string{"cases.asked"}}
	o.Deliver = jobs.Handle(o.queue, "notices_deliver", o.DeliverNotice)
	o.Post = jobs.Handle(o.queue, "notices_post", o.PostLetter)
	return o
}

func (o *town) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.began.IsZero() {
		return o.time.Add(time.Since(o.began))
	}
	return o.time
}

func (o *town) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// Reach implements People.
func (o *town) Reach(_ context.Context, id act.PartyID) (email, lang string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	where, ok := o.reach[id]
	if !ok {
		return "", "", fault.New(fault.Missing, "identity.unknown")
	}
	email, lang, _ = strings.Cut(where, " ")
	return email, lang, nil
}

// Letter implements Letters.
func (o *town) Letter(_ context.Context, id string) (Letter, error) {
	if o.lost {
		return Letter{}, fault.New(fault.Invalid, "access.code-over")
	}
	return Letter{To: "nou@exemplu.ro", Lang: "ro", Key: "access.code", Args: []any{"123456"}}, nil
}

// Send implements Mailer. The mail is there even if the answer is that it is not
// known.
func (o *town) Send(_ context.Context, m Mail) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var err error
	if o.fails != nil {
		err = o.fails(m)
	}
	if err == nil || errors.Is(err, ErrUnsure) {
		o.mails = append(o.mails, m)
	}
	return err
}

func (o *town) answers(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fails = func(Mail) error { return err }
}

func (o *town) sent() []Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Mail(nil), o.mails...)
}

// tells sends a notice in an act of its own, which ends with err.
func (o *town) tells(to act.PartyID, key string, args []any, link, caseID, once string, err error) error {
	return o.Acts.Do(o.t.Context(), act.Machine, act.DeliverNotice, func(ctx context.Context, tx *act.Tx) error {
		return errors.Join(tx.Allow(act.On{Subject: "test"}), o.Office.Send(ctx, tx, to, key, args, link, caseID, once), err)
	})
}

// asks tells somebody that something is missing, and returns the notice's ID.
func (o *town) asks(to act.PartyID, once string) string {
	o.t.Helper()
	args := []any{"CU2026-000123", map[string]string{"ro": "planul cadastral", "en": "the cadastral plan"}, deadline.Date{Year: 2026, Month: 11, Day: 30}}
	if err := o.tells(to, "cases.asked", args, "/cereri/c1", "c1", once, nil); err != nil {
		o.t.Fatal(err)
	}
	return o.newest(to)
}

// pays tells somebody that a payment arrived.
func (o *town) pays(to act.PartyID, once string) string {
	o.t.Helper()
	if err := o.tells(to, "payments.paid", []any{money.Bani(68646)}, "", "", once, nil); err != nil {
		o.t.Fatal(err)
	}
	return o.newest(to)
}

func (o *town) newest(to act.PartyID) string {
	o.t.Helper()
	all, err := o.Inbox(o.t.Context(), act.Actor{Person: to, For: to}, "ro", "", 1)
	if err != nil || len(all) != 1 {
		o.t.Fatalf("Inbox = %v, %v", all, err)
	}
	return all[0].ID
}

// email returns what became of a notice by e-mail.
func (o *town) email(id string) Delivery {
	o.t.Helper()
	r, err := byID(o.t.Context(), o.DB, id)
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := o.deliveries(o.t.Context(), r)
	if err != nil {
		o.t.Fatal(err)
	}
	return d[1]
}

// deliver does what the queue would.
func (o *town) deliver(id string) State {
	o.t.Helper()
	if err := o.DeliverNotice(o.t.Context(), id); err != nil {
		o.t.Fatal(err)
	}
	return o.email(id).State
}

// runs works on the queue until the test ends.
func (o *town) runs() {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if err := o.queue.Run(ctx); err != nil {
			o.t.Error(err)
		}
	})
	o.t.Cleanup(func() { cancel(); group.Wait() })
}

func (o *town) eventually(what string, holds func() bool) {
	o.t.Helper()
	for until := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			o.t.Fatal("this never happened: ", what)
		}
	}
}

func check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func TestANoticeSaysWhatAndByWhen(t *testing.T) { eachTown(t, testANoticeSaysWhat) }

func testANoticeSaysWhat(t *testing.T, o *town) {
	id := o.asks("ana", "asked c1")
	for lang, want := range map[string]string{
		"ro": "Cererea CU2026-000123: ne trebuie planul cadastral până pe 30 noiembrie 2026",
		"en": "Application CU2026-000123: we need the cadastral plan by 30 November 2026",
	} {
		all, err := o.Inbox(t.Context(), ana, lang, "", 10)
		if err != nil || len(all) != 1 || all[0].Subject != want || all[0].Link != "/cereri/c1" || all[0].Case != "c1" || !all[0].Read.IsZero() {
			t.Errorf("in %s: Inbox = %+v, %v, want %q", lang, all, err, want)
		}
	}
	o.pays("ana", "")
	check(t, o.tells("ana", "folder.old", []any{3}, "/dosar", "", "", nil), nil)
	all, err := o.Inbox(t.Context(), ana, "ro", "", 2)
	if err != nil || len(all) != 2 || all[0].Subject != "3 documente expiră" || all[1].Subject != "Plata de 686,46 lei a fost primită" {
		t.Errorf("Inbox = %+v, %v", all, err)
	}
	if all, err = o.Inbox(t.Context(), ana, "ro", all[1].ID, 2); err != nil || len(all) != 1 || all[0].ID != id {
		t.Errorf("further on, Inbox = %+v, %v", all, err)
	}
	if err := o.tells("ana", "payments.paid", []any{12.5}, "", "", "", nil); err == nil {
		t.Error("an amount was given as a fraction, and nobody minded")
	}
	if err := o.tells("", "payments.paid", nil, "", "", "", nil); err == nil {
		t.Error("a notice went to nobody, and nobody minded")
	}
	stored, err := db.All(t.Context(), o.DB, db.Value[string], `SELECT args FROM notices`)
	if plain := fmt.Sprint(stored); err != nil || strings.Contains(plain, "CU2026") || strings.Contains(plain, "68646") {
		t.Errorf("in the database stands %q, %v", stored, err)
	}
}

func TestOnlyTheirOwner(t *testing.T) { eachTown(t, testOnlyTheirOwner) }

func testOnlyTheirOwner(t *testing.T, o *town) {
	ctx := t.Context()
	id := o.asks("ana", "asked c1")
	other := o.asks("ion", "asked c1") // the same for another party
	for who, actor := range map[string]act.Actor{"a stranger": ion, "nobody": {}, "an agent for parking": half, "an official": {Person: "f", For: "f", Roles: []act.Role{act.Clerk}, Unit: "urbanism"}} {
		if _, err := o.Open(ctx, actor, id, "ro"); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: Open = %v", who, err)
		}
	}
	_, err := o.Inbox(ctx, half, "ro", "", 1)
	check(t, err, act.ErrRefused)
	_, err = o.Inbox(ctx, act.Actor{}, "ro", "", 1)
	check(t, err, act.ErrRefused)
	check(t, o.ReadAll(ctx, ion, "k", other), nil) // which marks his own
	unread := func(party act.PartyID, want int) {
		t.Helper()
		if n, err := o.Unread(ctx, party); n != want || err != nil {
			t.Fatalf("Unread = %d, %v, want %d", n, err, want)
		}
	}
	unread("ana", 1)
	unread("ion", 0)
	n, err := o.Open(ctx, asMum, id, "en")
	if err != nil || n.Body == "" || len(n.Deliveries) != 2 || n.Deliveries[0] != (Delivery{InPortal, Sent, n.At, 1, ""}) || n.Deliveries[1].State != Queued {
		t.Errorf("Open = %+v, %v", n, err)
	}
	unread("ana", 0)
	first := o.pays("ana", "p1")
	o.pays("ana", "p2")
	check(t, o.ReadAll(ctx, ana, "k2", first), nil)
	unread("ana", 1) // p2 came after the page was made
	if all, err := o.OfCase(ctx, "c1", "ro"); err != nil || len(all) != 2 || len(all[0].Deliveries) != 2 {
		t.Errorf("OfCase = %+v, %v", all, err)
	}
	if all, err := o.OfCase(ctx, "", "ro"); err != nil || len(all) != 0 {
		t.Errorf("of no case: %+v, %v", all, err)
	}
}

func TestNothingIsSaidTwice(t *testing.T) { eachTown(t, testNothingIsSaidTwice) }

func testNothingIsSaidTwice(t *testing.T, o *town) {
	broken := errors.New("rolled back")
	check(t, o.tells("ana", "payments.paid", []any{money.Bani(1)}, "", "", "p1", broken), broken)
	if n, err := o.Unread(t.Context(), "ana"); n != 0 || err != nil {
		t.Fatalf("there are %d notices about what was rolled back, %v", n, err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := o.tells("ana", "payments.paid", []any{money.Bani(1)}, "", "", "p1", nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n, err := o.Unread(t.Context(), "ana"); n != 1 || err != nil {
		t.Fatalf("one event made %d notices, %v", n, err)
	}
	id := o.newest("ana")
	for range 8 {
		group.Go(func() {
			if err := o.DeliverNotice(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if mails := o.sent(); len(mails) != 1 {
		t.Errorf("one notice made %d mails", len(mails))
	}
	if d := o.email(id); d.State != Sent || d.Tries != 1 {
		t.Errorf("the delivery is %+v", d)
	}
	if o.deliver(id); len(o.sent()) != 1 {
		t.Error("a job that ran again sent it again")
	}
	acts, err := o.Acts.About(t.Context(), "ana", "", 10)
	if err != nil || len(acts) != 1 || acts[0].Verb != act.DeliverNotice || acts[0].Role != act.System || acts[0].Subject != "notice "+id {
		t.Errorf("the register has %+v, %v", acts, err)
	}
	for _, id := range []string{"c1", "c2", "c2"} { // what is said of one case is not said of another
		check(t, o.tells("ana", "payments.paid", []any{money.Bani(1)}, "", id, "p1", nil), nil)
	}
	if n, err := o.Unread(t.Context(), "ana"); n != 3 || err != nil {
		t.Errorf("two more cases made %d notices in all, %v", n, err)
	}
}

func TestMailThroughTheQueue(t *testing.T) { eachTown(t, testMailThroughTheQueue) }

// testMailThroughTheQueue has the mail server down for a minute.
func testMailThroughTheQueue(t *testing.T, o *town) {
	o.answers(errors.New("connection refused"))
	o.began = time.Now() // the queue needs a clock that goes
	o.time = o.began
	o.runs()
	var ids []string
	for i := range 20 {
		ids = append(ids, o.pays("ana", fmt.Sprint("p", i)))
	}
	const letter = "0123456789abcdef0123456789abcdef"
	check(t, o.Acts.Do(t.Context(), act.Machine, act.DeliverNotice, func(ctx context.Context, tx *act.Tx) error {
		return errors.Join(tx.Allow(act.On{Subject: "test"}), o.Queue(ctx, tx, letter), o.Queue(ctx, tx, letter))
	}), nil)
	tried := func(state State, tries int) func() bool {
		return func() bool {
			for _, id := range ids {
				if d := o.email(id); d.State != state || d.Tries != tries {
					return false
				}
			}
			d, err := deliveryOf(t.Context(), o.DB, letter)
			return err == nil && d.state == state && d.tries == tries
		}
	}
	o.eventually("the first try", tried(Retrying, 1))
	o.answers(nil)
	o.wait(time.Minute)
	o.eventually("the second", tried(Sent, 2))
	seen := map[string]int{}
	for _, m := range o.sent() {
		seen[m.ID]++
	}
	if len(seen) != 21 || len(o.sent()) != 21 {
		t.Errorf("20 notices and a letter made %d mails, %d of them different", len(o.sent()), len(seen))
	}
}

func TestFailures(t *testing.T) { eachTown(t, testFailures) }

func testFailures(t *testing.T, o *town) {
	bounces := func(want bool) {
		t.Helper()
		if got, err := o.Bounces(t.Context(), ana); got != want || err != nil {
			t.Errorf("Bounces = %v, %v, want %v", got, err, want)
		}
	}
	bounces(false)
	o.answers(fmt.Errorf("code 550: %w", ErrAddress))
	id := o.pays("ana", "p1")
	if o.deliver(id) != Failed || o.deliver(id) != Failed || o.email(id).Reason != "notices.no-such-address" || o.email(id).Tries != 1 {
		t.Errorf("no such address: %+v", o.email(id))
	}
	bounces(true)
	o.reach["ana"] = "alta@exemplu.ro ro"
	bounces(false) // she has another one
	o.reach["ana"] = "ana@exemplu.ro ro"
	o.wait(time.Hour)
	o.answers(nil)
	o.deliver(o.pays("ana", "p2"))
	bounces(false) // it works again

	o.answers(fmt.Errorf("code 554: %w", ErrForGood))
	if id := o.pays("ana", "p3"); o.deliver(id) != Failed || o.email(id).Reason != "notices.refused" {
		t.Errorf("refused: %+v", o.email(id))
	}
	o.answers(errors.New("greylisted"))
	id = o.pays("ana", "p4")
	began := o.now()
	for o.deliver(id) == Retrying {
		o.wait(backOff[o.email(id).Tries-1])
	}
	if d := o.email(id); d.State != Failed || d.Reason != "notices.no-answer" || d.Tries != 11 || d.At.Sub(began) < 40*time.Hour || d.At.Sub(began) > 48*time.Hour {
		t.Errorf("given up after %v: %+v", d.At.Sub(began), d)
	}
	if id := o.pays("firma", "p5"); o.deliver(id) != NoAddress {
		t.Errorf("without an address: %+v", o.email(id))
	}
	if id := o.pays("dispărut", "p6"); o.deliver(id) != NoAddress {
		t.Errorf("nobody known: %+v", o.email(id))
	}
	check(t, o.Acts.Do(t.Context(), act.Machine, act.DeliverNotice, func(ctx context.Context, tx *act.Tx) error {
		return errors.Join(tx.Allow(act.On{Subject: "test"}), o.Queue(ctx, tx, "scrisoare"))
	}), nil)
	o.lost = true
	check(t, o.PostLetter(t.Context(), "scrisoare"), nil)
	if d, err := deliveryOf(t.Context(), o.DB, "scrisoare"); d.state != Declined || err != nil {
		t.Errorf("a letter that is no more: %+v, %v", d, err)
	}
}

// TestDeathWhileSending has the program die after the mail was handed over: it
// is sent a second time at most.
func TestDeathWhileSending(t *testing.T) { eachTown(t, testDeathWhileSending) }

func testDeathWhileSending(t *testing.T, o *town) {
	dies := func(id string) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Fatal("it did not die")
			}
		}()
		o.fails = func(m Mail) error { o.mails = append(o.mails, m); panic("kill -9") }
		_ = o.DeliverNotice(t.Context(), id)
	}
	id := o.pays("ana", "p1")
	dies(id)
	o.answers(nil)
	if o.deliver(id) != Sending { // it may still be alive
		t.Errorf("soon after: %+v", o.email(id))
	}
	o.wait(dead)
	if o.deliver(id) != Sent || len(o.sent()) != 2 || o.mails[0].ID != o.mails[1].ID {
		t.Errorf("after a death: %+v and %d mails", o.email(id), len(o.sent()))
	}

	o.mails = nil
	id = o.pays("ana", "p2")
	dies(id)
	o.wait(dead)
	dies(id)
	o.wait(dead)
	o.answers(nil)
	if o.deliver(id) != Failed || o.email(id).Reason != "notices.unsure" || len(o.sent()) != 2 {
		t.Errorf("after two deaths: %+v and %d mails", o.email(id), len(o.sent()))
	}

	o.mails = nil
	id = o.pays("ana", "p3")
	o.answers(ErrUnsure)
	if o.deliver(id) != Retrying || o.deliver(id) != Retrying || len(o.sent()) != 1 { // nobody hurries it
		t.Errorf("after a lost answer: %+v and %d mails", o.email(id), len(o.sent()))
	}
	o.wait(backOff[0])
	if o.deliver(id) != Failed || o.deliver(id) != Failed || len(o.sent()) != 2 {
		t.Errorf("after two lost answers: %+v and %d mails", o.email(id), len(o.sent()))
	}
}

func TestWishes(t *testing.T) { eachTown(t, testWishes) }

func testWishes(t *testing.T, o *town) {
	ctx := t.Context()
	all := func() map[string]bool {
		return map[string]bool{"cases": true, "payments": true, "reminders": true, "folder": true, "identity": true}
	}
	w, err := o.Wishes(ctx, ana)
	if err != nil || !w.Email || len(w.Topic) != 5 || !w.Topic["payments"] {
		t.Fatalf("at first, Wishes = %+v, %v", w, err)
	}
	w.Topic = all()
	w.Topic["payments"], w.Topic["cases"] = false, false
	check(t, o.KeepWishes(ctx, ana, "k1", w), nil)
	if got := o.deliver(o.pays("ana", "p1")); got != Declined {
		t.Errorf("about payments: %s", got)
	}
	if got := o.deliver(o.asks("ana", "a1")); got != Sent { // the law asks for it
		t.Errorf("what is missing: %s", got)
	}
	check(t, o.KeepWishes(ctx, ana, "k2", Wishes{Email: false, Topic: all()}), nil)
	if got := o.deliver(o.asks("ana", "a2")); got != Declined {
		t.Errorf("without e-mails: %s", got)
	}
	if n, err := o.Unread(ctx, "ana"); n != 3 || err != nil {
		t.Errorf("in the portal there are %d, %v", n, err)
	}
	check(t, o.KeepWishes(ctx, act.Actor{}, "k3", w), act.ErrRefused)
	check(t, o.KeepWishes(ctx, asMum, "k4", Wishes{Email: true}), nil) // his own
	if w, err := o.Wishes(ctx, ana); w.Email || err != nil {
		t.Errorf("an agent chose for her: %+v, %v", w, err)
	}
	check(t, o.KeepWishes(ctx, ana, "k2", Wishes{Email: true, Topic: all()}), nil) // a repetition
	if w, err := o.Wishes(ctx, ana); w.Email || err != nil {
		t.Errorf("sending a form again did something: %+v, %v", w, err)
	}
}

func TestUnsubscribe(t *testing.T) { eachTown(t, testUnsubscribe) }

func testUnsubscribe(t *testing.T, o *town) {
	ctx := t.Context()
	o.deliver(o.pays("ana", "p1"))
	m := o.sent()[0]
	_, token, ok := strings.Cut(m.Unsubscribe, "/mesaje/dezabonare/")
	if !ok || strings.Contains(token, "ana") {
		t.Fatalf("Unsubscribe = %q", m.Unsubscribe)
	}
	for _, bad := range []string{"", ".", token[:len(token)-1], "x" + token, strings.Replace(token, ".", "", 1),
		o.token("ana", "toate"), o.token("ana", ""), strings.Split(token, ".")[0] + "." + strings.Split(o.token("ion", "payments"), ".")[1]} {
		if _, err := o.Unsubscribe(ctx, bad); !errors.Is(err, ErrLink) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for range 2 {
		if topic, err := o.Unsubscribe(ctx, token); topic != "payments" || err != nil {
			t.Errorf("Unsubscribe = %q, %v", topic, err)
		}
	}
	if got := o.deliver(o.pays("ana", "p2")); got != Declined {
		t.Errorf("after that: %s", got)
	}
	if got := o.deliver(o.asks("ana", "a1")); got != Sent {
		t.Errorf("about another topic: %s", got)
	}
	acts, err := o.Acts.About(ctx, "ana", "", 10)
	if err != nil || acts[len(acts)-2].Verb != act.KeepWishes || acts[len(acts)-2].Purpose != "notices.by-link" {
		t.Errorf("the register has %+v, %v", acts, err)
	}
}

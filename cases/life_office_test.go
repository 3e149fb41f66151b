package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
)

// asked files an application for Ana and has the clerk ask for the land survey
// and a better description.
func (o *town) asked() (c Case, ask string) {
	o.t.Helper()
	c = o.file(ana, o.urbanism(ana))
	o.on("2026-11-25")
	o.must(o.Claim(o.t.Context(), clerk, db.NewID(), c.ID, 0, false))
	o.must(o.Ask(o.t.Context(), clerk, db.NewID(), c.ID, 0, Ask{Text: "Ne mai trebuie planul cadastral.", Documents: []string{"plan-cadastral"}, Fields: []string{"descriere"},
		Until: day(o.t, "2026-12-15")}))
	v, err := o.ByID(o.t.Context(), ana, c.ID)
	o.must(err)
	waits, ok := v.Waiting()
	if !ok {
		o.t.Fatal("nothing was asked")
	}
	o.told()
	return v.Case, waits.ID
}

func TestReply(t *testing.T) { eachTown(t, testReply) }

func testReply(t *testing.T, o *town) {
	c, ask := o.asked()
	o.on("2026-12-07")
	plan, typed := o.give(ana, "plan-cadastral"), procedures.Values{"descriere": {"O casă cu două etaje."}, "suprafata": {"9"}}
	err := o.Reply(t.Context(), ana, "r0", c.ID, ask, procedures.Values{}, nil)
	wrong, ok := errors.AsType[*Wrong](err)
	if !ok || !errors.Is(err, ErrInvalid) || len(wrong.Problems) != 1 || wrong.Problems[0].Field != "descriere" || !slices.Equal(wrong.Missing, []string{"plan-cadastral"}) {
		t.Errorf("an empty answer: %v", explain(err))
	}
	for name, test := range map[string]struct {
		actor     act.Actor
		id, ask   string
		documents []string
		want      error
	}{
		"a stranger":                      {ion, c.ID, ask, []string{plan}, ErrUnknown},
		"an agent for another service":    {parker, c.ID, ask, []string{plan}, ErrUnknown},
		"an official":                     {clerk, c.ID, ask, []string{plan}, ErrUnknown},
		"another request":                 {ana, c.ID, "0193", []string{plan}, ErrUnknown},
		"another case":                    {ana, "0193", ask, []string{plan}, ErrUnknown},
		"a document of another type":      {ana, c.ID, ask, []string{o.give(ana, "talon")}, ErrInvalid},
		"a document of somebody else":     {ana, c.ID, ask, []string{o.give(ion, "plan-cadastral")}, ErrInvalid},
		"a document that was made up now": {ana, c.ID, ask, []string{db.NewID()}, ErrInvalid},
	} {
		if err := o.Reply(t.Context(), test.actor, db.NewID(), test.id, test.ask, typed, test.documents); !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", name, explain(err), test.want)
		}
	}
	if o.get(c.ID).State != Asked {
		t.Fatal("a refused answer was taken")
	}
	o.must(o.Reply(t.Context(), ana, "r1", c.ID, ask, typed, []string{plan}))
	o.must(o.Reply(t.Context(), ana, "r1", c.ID, ask, typed, []string{plan})) // the form was sent twice
	o.wants(o.Reply(t.Context(), ana, "r2", c.ID, ask, typed, []string{plan}), ErrAnswered)
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.must(err)
	// 2 of 15 working days had passed, and the rest begins on 8 December.
	if v.State != Answered || v.Due.String() != "2026-12-24" || !v.Running || v.Answers["descriere"] != "O casă cu două etaje." || v.Answers["suprafata"] != int64(200) || len(v.Documents) != 2 {
		t.Errorf("after the answer: %s, due on %s, %v, %d documents", v.State, v.Due, v.Answers, len(v.Documents))
	}
	if got, want := o.told(), []string{"ioana cases.replied"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if n, err := db.One(t.Context(), o.d, db.Value[int], `SELECT count(*) FROM cases_answers WHERE case_id = $1`, c.ID); err != nil || n != 2 {
		t.Errorf("%d versions of the answers are kept, want 2 (%v)", n, err)
	}
	if !o.get(c.ID).Came.Equal(o.now()) {
		t.Error("the clerk does not see that something came in")
	}
}

// TestAnAnswerAlsoComesFromAnAgent with a mandate for that service.
func TestAnAnswerAlsoComesFromAnAgent(t *testing.T) { eachTown(t, testAnAnswerFromAnAgent) }

func testAnAnswerFromAnAgent(t *testing.T, o *town) {
	c, ask := o.asked()
	plan := o.give(agent, "plan-cadastral")
	o.must(o.Reply(t.Context(), agent, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan}))
	entry, err := o.Acts.About(t.Context(), "ana", "", 1)
	o.must(err)
	if entry[0].Person != "ion" || entry[0].For != "ana" || entry[0].Mandate != "m2" || entry[0].Verb != act.AnswerAsked {
		t.Errorf("the register has %+v", entry[0])
	}
}

// TestRaces: of what excludes each other, one happens.
func TestRaces(t *testing.T) {
	type try func(o *town, c Case, ask string, i int) error
	answer := func(o *town, c Case, ask string, i int) error {
		return o.Reply(context.Background(), ana, db.NewID(), c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{o.plans[i]})
	}
	leave := func(o *town, c Case, _ string, _ int) error {
		return o.Withdraw(context.Background(), ana, db.NewID(), c.ID, "")
	}
	tick := func(o *town, _ Case, _ string, _ int) error { return o.Tick(context.Background()) }
	for _, test := range []struct {
		name string
		day  string
		do   []try
		lose []error
		end  []State
	}{
		{"two answers", "2026-12-07", []try{answer, answer}, []error{ErrAnswered}, []State{Answered}},
		{"an answer and a withdrawal", "2026-12-07", []try{answer, leave}, []error{ErrOver}, []State{Withdrawn}},
		{"two withdrawals", "2026-12-07", []try{leave, leave}, []error{ErrOver}, []State{Withdrawn}},
		{"an answer and the end of the pause", "2027-02-26", []try{answer, tick, tick}, []error{ErrAnswered}, []State{Answered, Claimed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachTown(t, func(t *testing.T, o *town) {
				c, ask := o.asked()
				o.plans = []string{o.give(ana, "plan-cadastral"), o.give(ana, "plan-cadastral")}
				o.on(test.day)
				errs := make([]error, len(test.do))
				var wg sync.WaitGroup
				for i, do := range test.do {
					wg.Go(func() { errs[i] = do(o, c, ask, i) })
				}
				wg.Wait()
				for _, err := range errs {
					if err != nil && !slices.ContainsFunc(test.lose, func(lose error) bool { return errors.Is(err, lose) }) {
						t.Errorf("got error %v, want one of %v", err, test.lose)
					}
				}
				if got := o.get(c.ID).State; !slices.Contains(test.end, got) {
					t.Errorf("the case is %s, want one of %v", got, test.end)
				}
			})
		})
	}
}

// TestWithdrawalAndSignature: the last word is one word.
func TestWithdrawalAndSignature(t *testing.T) { eachTown(t, testWithdrawalAndSignature) }

func testWithdrawalAndSignature(t *testing.T, o *town) {
	for range 5 {
		c := o.file(ana, o.urbanism(ana))
		o.must(o.Claim(t.Context(), clerk, db.NewID(), c.ID, 0, false))
		o.must(o.Propose(t.Context(), clerk, db.NewID(), c.ID, 0, Proposal{Outcome: Approve}))
		edition := o.get(c.ID).Edition
		var left, signed error
		var wg sync.WaitGroup
		wg.Go(func() { left = o.Withdraw(context.Background(), ana, db.NewID(), c.ID, "") })
		wg.Go(func() { signed = o.Sign(context.Background(), chief, db.NewID(), c.ID, edition) })
		wg.Wait()
		state := o.get(c.ID).State
		switch {
		case left == nil && signed != nil && state == Withdrawn:
		case signed == nil && errors.Is(left, ErrOver) && state == Approved:
		default:
			t.Errorf("withdrawn: %v, signed: %v, and the case is %s", left, signed, state)
		}
	}
}

func TestWithdraw(t *testing.T) { eachTown(t, testWithdraw) }

func testWithdraw(t *testing.T, o *town) {
	c, ask := o.asked()
	for _, actor := range []act.Actor{ion, parker, clerk, nobody, visitor} {
		o.wants(o.Withdraw(t.Context(), actor, db.NewID(), c.ID, ""), ErrUnknown)
	}
	o.wants(o.Withdraw(t.Context(), ana, "w0", c.ID, strings.Repeat("ă", 4001)), ErrText)
	o.must(o.Withdraw(t.Context(), ana, "w1", c.ID, "Nu mai construiesc."))
	o.must(o.Withdraw(t.Context(), ana, "w1", c.ID, "Nu mai construiesc."))
	o.wants(o.Withdraw(t.Context(), ana, "w2", c.ID, ""), ErrOver)
	o.wants(o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{o.give(ana, "plan-cadastral")}), ErrOver)
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.must(err)
	if _, waits := v.Waiting(); v.State != Withdrawn || !v.Over.Equal(o.now()) || v.Running || waits || o.orders[c.ID] != "cancelled" || len(v.Messages) != 1 {
		t.Errorf("after the withdrawal: %+v, order %s", v.Case, o.orders[c.ID])
	}
	if got, want := o.told(), []string{"ana cases.withdrawn", "ioana cases.gone"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if _, _, err := o.Folder.Open(t.Context(), clerk, v.Answers["plan_situatie"].(string), c.ID); err == nil {
		t.Error("the clerk still opens a document")
	}
	o.on("2027-03-01")
	o.must(o.Tick(t.Context()))
	if sent := o.told(); len(sent) > 0 {
		t.Errorf("the calendar brings %q", sent)
	}
	if _, err := o.Object(t.Context(), ana, c.ID); !errors.Is(err, ErrNotNow) {
		t.Errorf("Object = %v, want %v", err, ErrNotNow)
	}
}

func TestWrite(t *testing.T) { eachTown(t, testWrite) }

func testWrite(t *testing.T, o *town) {
	c := o.file(ana, o.urbanism(ana))
	o.must(o.Claim(t.Context(), clerk, db.NewID(), c.ID, 0, false))
	o.told()
	photo := o.give(ana, "alt-document")
	for _, test := range []struct {
		name  string
		actor act.Actor
		text  string
		files []string
		want  error
	}{
		{"no text", ana, " \n ", nil, ErrText},
		{"too much text", ana, strings.Repeat("ș", 4001), nil, ErrText},
		{"a stranger", ion, "Bună", nil, ErrUnknown},
		{"an agent for another service", parker, "Bună", nil, ErrUnknown},
		{"an official, as if they were the applicant", clerk, "Bună", nil, ErrUnknown},
		{"somebody else's document", ana, "Bună", []string{o.give(ion, "alt-document")}, ErrInvalid},
		{"the owner", ana, strings.Repeat("ș", 4000), []string{photo, photo, ""}, nil},
		{"an agent", agent, "Vin eu la ghișeu.", nil, nil},
	} {
		if err := o.Write(t.Context(), test.actor, "w "+test.name, c.ID, test.text, test.files); !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", test.name, err, test.want)
		}
	}
	o.must(o.Write(t.Context(), agent, "w an agent", c.ID, "Vin eu la ghișeu.", nil))
	o.must(o.Note(t.Context(), clerk, "n1", c.ID, "Atenție la suprafață."))
	o.must(o.Say(t.Context(), clerk, "s1", c.ID, "Vă aștept.", nil))
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.must(err)
	if len(v.Messages) != 3 || v.Messages[0].From != "ana" || !slices.Equal(v.Messages[0].Files, []string{photo}) || v.Messages[1].From != "ion" || v.Messages[1].For != "ana" ||
		!v.Messages[2].Staff || !v.Messages[2].Read.IsZero() || v.Names["ioana"] == "" {
		t.Errorf("the messages are %+v", v.Messages)
	}
	if got := o.told(); !slices.Equal(got, []string{"ana cases.notice-message", "ioana cases.wrote", "ioana cases.wrote"}) {
		t.Errorf("told %q", got)
	}
	if o.get(c.ID).Edition != v.Edition {
		t.Error("a message has made the clerk's form stale")
	}
	o.must(o.MarkRead(t.Context(), ana, c.ID))
	o.wants(o.MarkRead(t.Context(), ion, c.ID), act.ErrRefused)
	if v, err = o.ByID(t.Context(), ana, c.ID); err != nil || v.Messages[2].Read.IsZero() || !v.Messages[0].Read.IsZero() {
		t.Errorf("after reading: %+v, %v", v.Messages, err)
	}
	o.must(o.Withdraw(t.Context(), ana, "l1", c.ID, ""))
	o.must(o.Write(t.Context(), ana, "w9", c.ID, "Mulțumesc.", nil))
	o.wants(o.Write(t.Context(), ana, "w10", c.ID, "Și o poză.", []string{photo}), ErrOver)
}

func TestObject(t *testing.T) { eachTown(t, testObject) }

func testObject(t *testing.T, o *town) {
	c := o.file(ana, o.urbanism(ana))
	_, err := o.Object(t.Context(), ana, c.ID)
	o.wants(err, ErrNotNow)
	o.must(o.Propose(t.Context(), clerk, "p1", c.ID, 0, Proposal{Outcome: Refuse, Reason: o.refusal(c), Detail: "Motive.", Plain: "Pe scurt."}))
	o.must(o.Sign(t.Context(), chief, "s1", c.ID, 0))
	o.told()
	_, err = o.Object(t.Context(), ion, c.ID)
	o.wants(err, ErrUnknown)
	link, err := o.Object(t.Context(), ana, c.ID)
	if err != nil || link != "/ciorne/contestatie" || o.begun[0] != "ana contestatie map[cauza:["+c.Number.String()+"]] "+c.ID {
		t.Errorf("Object = %q, %v, and begun %q", link, err, o.begun)
	}
	objection := o.file(ana, Application{Draft: db.NewID(), Service: "contestatie", Version: 1, Objects: c.ID,
		Answers: procedures.Answers{"cauza": c.Number.String(), "motive": "Suprafața este alta."}})
	if objection.Unit != "juridic" || objection.Objects != c.ID || objection.Number.Register != "SC" {
		t.Errorf("the objection is %+v", objection)
	}
	for _, pair := range [][2]string{{c.ID, objection.ID}, {objection.ID, c.ID}} {
		v, err := o.ByID(t.Context(), ana, pair[0])
		o.must(err)
		if len(v.Contests) == 1 && v.Contests[0].ID != pair[1] || v.Contested != nil && v.Contested.ID != pair[1] || len(v.Contests) == 1 == (v.Contested != nil) {
			t.Errorf("%s does not show %s", pair[0], pair[1])
		}
	}
	if got, want := o.told(), []string{"ana cases.filed", "ioana cases.contested"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	_, err = o.File(t.Context(), ion, db.NewID(), Application{Draft: db.NewID(), Service: "contestatie", Version: 1, Objects: c.ID,
		Answers: procedures.Answers{"cauza": c.Number.String(), "motive": "Nu-mi place."}}, none)
	o.wants(err, ErrUnknown)
	link, err = o.AskAbout(t.Context(), ana, "0193")
	if err != nil || link != "/ciorne/intrebare-date" {
		t.Errorf("AskAbout = %q, %v", link, err)
	}
}

// refusal returns a reason for which the service of a case can be refused.
func (o *town) refusal(c Case) string {
	o.t.Helper()
	of, err := o.service(c)
	o.must(err)
	return of.Refusals[0].Key
}

func TestPaid(t *testing.T) { eachTown(t, testPaid) }

func testPaid(t *testing.T, o *town) {
	c := o.file(ana, o.urbanism(ana))
	at := o.now().Add(-time.Minute)
	pay := func() error {
		return o.Acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Allow(act.On{Subject: "order 1"}); err != nil {
				return err
			}
			return o.Paid(ctx, tx, c.ID, at)
		})
	}
	o.must(pay())
	o.must(pay()) // the bank says it twice
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.must(err)
	if !v.PaidAt.Equal(at.Truncate(time.Microsecond)) || len(v.Events) != 2 || v.Events[1].Key != "cases.event-paid" || v.Edition != c.Edition {
		t.Errorf("after paying: %s, %+v", v.PaidAt, v.Events)
	}
	if got := o.acts(c.ID); got[len(got)-1] != "cases.settle" || slices.Index(got, "cases.settle") != len(got)-1 {
		t.Errorf("the register has %q", got)
	}
	o.must(o.Withdraw(t.Context(), ana, "w1", c.ID, ""))
	if o.orders[c.ID] == "cancelled" {
		t.Error("what was paid was cancelled")
	}
}

func TestTrack(t *testing.T) { eachTown(t, testTrack) }

func testTrack(t *testing.T, o *town) {
	c, other := o.file(ana, o.urbanism(ana)), o.file(ion, o.urbanism(ion))
	for _, test := range []struct {
		number, code string
		want         error
	}{
		{c.Number.String(), c.Receipt, nil},
		{" ur2026-000001 ", strings.ToLower(strings.ReplaceAll(c.Receipt, "-", "")), nil},
		{c.Number.String(), other.Receipt, ErrTrack},
		{c.Number.String(), "", ErrTrack},
		{"", c.Receipt, ErrTrack},
		{"UR2026-000009", c.Receipt, ErrTrack},
		{c.Number.String(), "drop table", ErrTrack},
	} {
		got, err := o.Track(t.Context(), test.number, test.code)
		if !errors.Is(err, test.want) || err == nil && (got.Number != "UR2026-000001" || got.State != Filed || got.Unit != "urbanism" || got.Due != c.Due) {
			t.Errorf("Track(%q, %q) = %+v, %v, want %v", test.number, test.code, got, err, test.want)
		}
	}
}

func TestTitleAndDurations(t *testing.T) { eachTown(t, testTitleAndDurations) }

func testTitleAndDurations(t *testing.T, o *town) {
	if half, nine, n, err := o.Durations(t.Context(), "certificat-de-urbanism"); half != 0 || nine != 0 || n != 0 || err != nil {
		t.Errorf("of none: %d, %d, %d, %v", half, nine, n, err)
	}
	for i, over := range []string{"2026-11-24", "2026-11-26", "2026-12-02", "2026-12-10"} { // 1, 3, 5 and 11 working days
		o.on("2026-11-23")
		c := o.file(ana, o.urbanism(ana))
		if i == 0 {
			number, title, err := o.Title(t.Context(), "", c.ID, "en")
			if number != "UR2026-000001" || !strings.Contains(title, "lanning certificate") || err != nil {
				t.Errorf("Title = %q, %q, %v", number, title, err)
			}
		}
		o.on(over)
		o.must(o.Propose(t.Context(), clerk, db.NewID(), c.ID, 0, Proposal{Outcome: Approve}))
		o.must(o.Sign(t.Context(), chief, db.NewID(), c.ID, 0))
	}
	o.must(o.Withdraw(t.Context(), ana, "w1", o.file(ana, o.urbanism(ana)).ID, ""))
	if half, nine, n, err := o.Durations(t.Context(), "certificat-de-urbanism"); half != 3 || nine != 11 || n != 4 || err != nil {
		t.Errorf("Durations = %d, %d, %d, %v, want 3, 11, 4", half, nine, n, err)
	}
	if _, _, err := o.Title(t.Context(), "", "0193", "ro"); !errors.Is(err, ErrUnknown) {
		t.Errorf("Title of nothing = %v", err)
	}
}

// TestFailedChangesLeaveNothing: if a message cannot be sent, nothing happened.
func TestFailedChangesLeaveNothing(t *testing.T) { eachTown(t, testFailedChanges) }

func testFailedChanges(t *testing.T, o *town) {
	c, ask := o.asked()
	plan := o.give(ana, "plan-cadastral")
	before, acts := o.get(c.ID), o.acts(c.ID)
	o.fail = errors.New("no paper")
	for name, err := range map[string]error{
		"an answer":    o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan}),
		"a withdrawal": o.Withdraw(t.Context(), ana, "w1", c.ID, "Nu."),
		"a message":    o.Write(t.Context(), ana, "m1", c.ID, "Bună", []string{plan}),
	} {
		if !errors.Is(err, o.fail) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	for _, day := range []string{"2026-12-05", "2026-12-13", "2027-02-26"} {
		o.on(day)
		o.wants(o.Tick(t.Context()), o.fail)
	}
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.must(err)
	if now := o.acts(c.ID); v.Edition != before.Edition || !slices.Equal(acts, now) || len(v.Messages) != 0 || len(v.Documents) != 1 {
		t.Errorf("something is left: edition %d, acts %q, %d messages, %d documents", v.Edition, now[len(acts):], len(v.Messages), len(v.Documents))
	}
	o.fail = nil
	o.must(o.Tick(t.Context()))
	if o.get(c.ID).State != Claimed {
		t.Error("the end of the pause did not happen afterwards")
	}
}

package cases_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/cases"
	"bega/desk/desktest"
	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
)

func TestReply(t *testing.T) { eachTown(t, testReply) }

func testReply(t *testing.T, o *town) {
	c, ask := o.Asked()
	o.On("2026-12-07")
	plan, typed := o.Give(ana, "plan-cadastral"), procedures.Values{"descriere": {"O casă cu două etaje."}, "suprafata": {"9"}}
	err := o.Reply(t.Context(), ana, "r0", c.ID, ask, procedures.Values{}, nil)
	wrong, ok := errors.AsType[*cases.Wrong](err)
	if !ok || !errors.Is(err, cases.ErrInvalid) || len(wrong.Problems) != 1 || wrong.Problems[0].Field != "descriere" || !slices.Equal(wrong.Missing, []string{"plan-cadastral"}) {
		t.Errorf("an empty answer: %v", desktest.Explain(err))
	}
	for name, test := range map[string]struct {
		actor     act.Actor
		id, ask   string
		documents []string
		want      error
	}{
		"a stranger":                      {ion, c.ID, ask, []string{plan}, cases.ErrUnknown},
		"an agent for another service":    {parker, c.ID, ask, []string{plan}, cases.ErrUnknown},
		"an official":                     {clerk, c.ID, ask, []string{plan}, cases.ErrUnknown},
		"another request":                 {ana, c.ID, "0193", []string{plan}, cases.ErrUnknown},
		"another case":                    {ana, "0193", ask, []string{plan}, cases.ErrUnknown},
		"a document of another type":      {ana, c.ID, ask, []string{o.Give(ana, "talon")}, cases.ErrInvalid},
		"a document of somebody else":     {ana, c.ID, ask, []string{o.Give(ion, "plan-cadastral")}, cases.ErrInvalid},
		"a document that was made up now": {ana, c.ID, ask, []string{db.NewID()}, cases.ErrInvalid},
	} {
		if err := o.Reply(t.Context(), test.actor, db.NewID(), test.id, test.ask, typed, test.documents); !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", name, desktest.Explain(err), test.want)
		}
	}
	if o.Get(c.ID).State != cases.Asked {
		t.Fatal("a refused answer was taken")
	}
	o.Must(o.Reply(t.Context(), ana, "r1", c.ID, ask, typed, []string{plan}))
	o.Must(o.Reply(t.Context(), ana, "r1", c.ID, ask, typed, []string{plan})) // the form was sent twice
	o.Wants(o.Reply(t.Context(), ana, "r2", c.ID, ask, typed, []string{plan}), cases.ErrAnswered)
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	// 2 of 15 working days had passed, and the rest begins on 8 December.
	if v.State != cases.Answered || v.Due.String() != "2026-12-24" || !v.Running || v.Answers["descriere"] != "O casă cu două etaje." || v.Answers["suprafata"] != int64(200) || len(v.Documents) != 2 {
		t.Errorf("after the answer: %s, due on %s, %v, %d documents", v.State, v.Due, v.Answers, len(v.Documents))
	}
	if got, want := o.Told(), []string{"ioana cases.replied"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if n, err := db.One(t.Context(), o.DB, db.Value[int], `SELECT count(*) FROM cases_answers WHERE case_id = $1`, c.ID); err != nil || n != 2 {
		t.Errorf("%d versions of the answers are kept, want 2 (%v)", n, err)
	}
	if !o.Get(c.ID).Came.Equal(o.Time()) {
		t.Error("the clerk does not see that something came in")
	}
}

// TestAnAnswerAlsoComesFromAnAgent with a mandate for that service.
func TestAnAnswerAlsoComesFromAnAgent(t *testing.T) { eachTown(t, testAnAnswerFromAnAgent) }

func testAnAnswerFromAnAgent(t *testing.T, o *town) {
	c, ask := o.Asked()
	plan := o.Give(agent, "plan-cadastral")
	o.Must(o.Reply(t.Context(), agent, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan}))
	entry, err := o.Acts.About(t.Context(), "ana", "", 1)
	o.Must(err)
	if entry[0].Person != "ion" || entry[0].For != "ana" || entry[0].Mandate != "m2" || entry[0].Verb != act.AnswerAsked {
		t.Errorf("the register has %+v", entry[0])
	}
}

// TestRaces: of what excludes each other, one happens.
func TestRaces(t *testing.T) {
	type try func(o *town, c cases.Case, ask, plan string) error
	answer := func(o *town, c cases.Case, ask, plan string) error {
		return o.Reply(context.Background(), ana, db.NewID(), c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan})
	}
	leave := func(o *town, c cases.Case, _, _ string) error {
		return o.Withdraw(context.Background(), ana, db.NewID(), c.ID, "")
	}
	tick := func(o *town, _ cases.Case, _, _ string) error { return o.Tick(context.Background()) }
	for _, test := range []struct {
		name string
		day  string
		do   []try
		lose []error
		end  []cases.State
	}{
		{"two answers", "2026-12-07", []try{answer, answer}, []error{cases.ErrAnswered}, []cases.State{cases.Answered}},
		{"an answer and a withdrawal", "2026-12-07", []try{answer, leave}, []error{cases.ErrOver}, []cases.State{cases.Withdrawn}},
		{"two withdrawals", "2026-12-07", []try{leave, leave}, []error{cases.ErrOver}, []cases.State{cases.Withdrawn}},
		{"an answer and the end of the pause", "2027-02-26", []try{answer, tick, tick}, []error{cases.ErrAnswered}, []cases.State{cases.Answered, cases.Claimed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachTown(t, func(t *testing.T, o *town) {
				c, ask := o.Asked()
				plans := []string{o.Give(ana, "plan-cadastral"), o.Give(ana, "plan-cadastral")}
				o.On(test.day)
				errs := make([]error, len(test.do))
				var wg sync.WaitGroup
				for i, do := range test.do {
					wg.Go(func() { errs[i] = do(o, c, ask, plans[i%len(plans)]) })
				}
				wg.Wait()
				for _, err := range errs {
					if err != nil && !slices.ContainsFunc(test.lose, func(lose error) bool { return errors.Is(err, lose) }) {
						t.Errorf("got error %v, want one of %v", err, test.lose)
					}
				}
				if got := o.Get(c.ID).State; !slices.Contains(test.end, got) {
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
		c := o.Filed(ana, o.Urbanism(ana))
		o.Must(o.Desk.Claim(t.Context(), clerk, db.NewID(), c.ID, 0, false))
		o.Must(o.Desk.Propose(t.Context(), clerk, db.NewID(), c.ID, 0, cases.Proposal{Outcome: cases.Approve}))
		edition := o.Get(c.ID).Edition
		var left, signed error
		var wg sync.WaitGroup
		wg.Go(func() { left = o.Withdraw(context.Background(), ana, db.NewID(), c.ID, "") })
		wg.Go(func() { signed = o.Desk.Sign(context.Background(), chief, db.NewID(), c.ID, edition) })
		wg.Wait()
		state := o.Get(c.ID).State
		switch {
		case left == nil && signed != nil && state == cases.Withdrawn:
		case signed == nil && errors.Is(left, cases.ErrOver) && state == cases.Approved:
		default:
			t.Errorf("withdrawn: %v, signed: %v, and the case is %s", left, signed, state)
		}
	}
}

func TestWithdraw(t *testing.T) { eachTown(t, testWithdraw) }

func testWithdraw(t *testing.T, o *town) {
	c, ask := o.Asked()
	for _, actor := range []act.Actor{ion, parker, clerk, nobody, visitor} {
		o.Wants(o.Withdraw(t.Context(), actor, db.NewID(), c.ID, ""), cases.ErrUnknown)
	}
	o.Wants(o.Withdraw(t.Context(), ana, "w0", c.ID, strings.Repeat("ă", 4001)), cases.ErrText)
	o.Must(o.Withdraw(t.Context(), ana, "w1", c.ID, "Nu mai construiesc."))
	o.Must(o.Withdraw(t.Context(), ana, "w1", c.ID, "Nu mai construiesc."))
	o.Wants(o.Withdraw(t.Context(), ana, "w2", c.ID, ""), cases.ErrOver)
	o.Wants(o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{o.Give(ana, "plan-cadastral")}), cases.ErrOver)
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if _, waits := v.Waiting(); v.State != cases.Withdrawn || !v.Over.Equal(o.Time()) || v.Running || waits || o.Orders()[c.ID] != "cancelled" || len(v.Messages) != 1 {
		t.Errorf("after the withdrawal: %+v, order %s", v.Case, o.Orders()[c.ID])
	}
	if got, want := o.Told(), []string{"ana cases.withdrawn", "ioana cases.gone"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if _, _, err := o.Folder.Open(t.Context(), clerk, v.Answers["plan_situatie"].(string), c.ID); err == nil {
		t.Error("the clerk still opens a document")
	}
	o.On("2027-03-01")
	o.Must(o.Tick(t.Context()))
	if sent := o.Told(); len(sent) > 0 {
		t.Errorf("the calendar brings %q", sent)
	}
	if _, err := o.Object(t.Context(), ana, c.ID); !errors.Is(err, cases.ErrNotNow) {
		t.Errorf("Object = %v, want %v", err, cases.ErrNotNow)
	}
}

func TestWrite(t *testing.T) { eachTown(t, testWrite) }

func testWrite(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	o.Must(o.Desk.Claim(t.Context(), clerk, db.NewID(), c.ID, 0, false))
	o.Told()
	photo := o.Give(ana, "alt-document")
	for _, test := range []struct {
		name  string
		actor act.Actor
		text  string
		files []string
		want  error
	}{
		{"no text", ana, " \n ", nil, cases.ErrText},
		{"too much text", ana, strings.Repeat("ș", 4001), nil, cases.ErrText},
		{"a stranger", ion, "Bună", nil, cases.ErrUnknown},
		{"an agent for another service", parker, "Bună", nil, cases.ErrUnknown},
		{"an official, as if they were the applicant", clerk, "Bună", nil, cases.ErrUnknown},
		{"somebody else's document", ana, "Bună", []string{o.Give(ion, "alt-document")}, cases.ErrInvalid},
		{"the owner", ana, strings.Repeat("ș", 4000), []string{photo, photo, ""}, nil},
		{"an agent", agent, "Vin eu la ghișeu.", nil, nil},
	} {
		if err := o.Write(t.Context(), test.actor, "w "+test.name, c.ID, test.text, test.files); !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", test.name, err, test.want)
		}
	}
	o.Must(o.Write(t.Context(), agent, "w an agent", c.ID, "Vin eu la ghișeu.", nil))
	o.Must(o.Desk.Note(t.Context(), clerk, "n1", c.ID, "Atenție la suprafață."))
	o.Must(o.Desk.Say(t.Context(), clerk, "s1", c.ID, "Vă aștept.", nil))
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if len(v.Messages) != 3 || v.Messages[0].From != "ana" || !slices.Equal(v.Messages[0].Files, []string{photo}) || v.Messages[1].From != "ion" || v.Messages[1].For != "ana" ||
		!v.Messages[2].Staff || !v.Messages[2].Read.IsZero() || v.Names["ioana"] == "" {
		t.Errorf("the messages are %+v", v.Messages)
	}
	if got := o.Told(); !slices.Equal(got, []string{"ana desk.notice-message", "ioana cases.wrote", "ioana cases.wrote"}) {
		t.Errorf("told %q", got)
	}
	if o.Get(c.ID).Edition != v.Edition {
		t.Error("a message has made the clerk's form stale")
	}
	o.Must(o.MarkRead(t.Context(), ana, c.ID))
	o.Wants(o.MarkRead(t.Context(), ion, c.ID), act.ErrRefused)
	if v, err = o.ByID(t.Context(), ana, c.ID); err != nil || v.Messages[2].Read.IsZero() || !v.Messages[0].Read.IsZero() {
		t.Errorf("after reading: %+v, %v", v.Messages, err)
	}
	o.Must(o.Withdraw(t.Context(), ana, "l1", c.ID, ""))
	o.Must(o.Write(t.Context(), ana, "w9", c.ID, "Mulțumesc.", nil))
	o.Wants(o.Write(t.Context(), ana, "w10", c.ID, "Și o poză.", []string{photo}), cases.ErrOver)
}

func TestObject(t *testing.T) { eachTown(t, testObject) }

func testObject(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	_, err := o.Object(t.Context(), ana, c.ID)
	o.Wants(err, cases.ErrNotNow)
	o.Must(o.Desk.Propose(t.Context(), clerk, "p1", c.ID, 0, cases.Proposal{Outcome: cases.Refuse, Reason: o.Refusal(c), Detail: "Motive.", Plain: "Pe scurt."}))
	o.Must(o.Desk.Sign(t.Context(), chief, "s1", c.ID, 0))
	o.Told()
	_, err = o.Object(t.Context(), ion, c.ID)
	o.Wants(err, cases.ErrUnknown)
	link, err := o.Object(t.Context(), ana, c.ID)
	if err != nil || link != "/ciorne/contestatie" || o.Begun()[0] != "ana contestatie map[cauza:["+c.Number.String()+"]] "+c.ID {
		t.Errorf("Object = %q, %v, and begun %q", link, err, o.Begun())
	}
	objection := o.Filed(ana, cases.Application{Draft: db.NewID(), Service: "contestatie", Version: 1, Objects: c.ID,
		Answers: procedures.Answers{"cauza": c.Number.String(), "motive": "Suprafața este alta."}})
	if objection.Unit != "juridic" || objection.Objects != c.ID || objection.Number.Register != "SC" {
		t.Errorf("the objection is %+v", objection)
	}
	for _, pair := range [][2]string{{c.ID, objection.ID}, {objection.ID, c.ID}} {
		v, err := o.ByID(t.Context(), ana, pair[0])
		o.Must(err)
		if len(v.Contests) == 1 && v.Contests[0].ID != pair[1] || v.Contested != nil && v.Contested.ID != pair[1] || len(v.Contests) == 1 == (v.Contested != nil) {
			t.Errorf("%s does not show %s", pair[0], pair[1])
		}
	}
	if got, want := o.Told(), []string{"ana cases.filed", "ioana cases.contested"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	_, err = o.File(t.Context(), ion, db.NewID(), cases.Application{Draft: db.NewID(), Service: "contestatie", Version: 1, Objects: c.ID,
		Answers: procedures.Answers{"cauza": c.Number.String(), "motive": "Nu-mi place."}}, desktest.None)
	o.Wants(err, cases.ErrUnknown)
	link, err = o.AskAbout(t.Context(), ana, "0193")
	if err != nil || link != "/ciorne/intrebare-date" {
		t.Errorf("AskAbout = %q, %v", link, err)
	}
}

func TestPaid(t *testing.T) { eachTown(t, testPaid) }

func testPaid(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	at := o.Time().Add(-time.Minute)
	pay := func() error {
		return o.Acts.Do(t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Allow(act.On{Subject: "order 1"}); err != nil {
				return err
			}
			return o.Paid(ctx, tx, c.ID, at)
		})
	}
	o.Must(pay())
	o.Must(pay()) // the bank says it twice
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if !v.PaidAt.Equal(at.Truncate(time.Microsecond)) || len(v.Events) != 2 || v.Events[1].Key != "cases.event-paid" || v.Edition != c.Edition {
		t.Errorf("after paying: %s, %+v", v.PaidAt, v.Events)
	}
	if got := o.Verbs(c.ID); got[len(got)-1] != "cases.settle" || slices.Index(got, "cases.settle") != len(got)-1 {
		t.Errorf("the register has %q", got)
	}
	o.Must(o.Withdraw(t.Context(), ana, "w1", c.ID, ""))
	if o.Orders()[c.ID] == "cancelled" {
		t.Error("what was paid was cancelled")
	}
}

func TestTrack(t *testing.T) { eachTown(t, testTrack) }

func testTrack(t *testing.T, o *town) {
	c, other := o.Filed(ana, o.Urbanism(ana)), o.Filed(ion, o.Urbanism(ion))
	for _, test := range []struct {
		number, code string
		want         error
	}{
		{c.Number.String(), c.Receipt, nil},
		{" ur2026-000001 ", strings.ToLower(strings.ReplaceAll(c.Receipt, "-", "")), nil},
		{c.Number.String(), other.Receipt, cases.ErrTrack},
		{c.Number.String(), "", cases.ErrTrack},
		{"", c.Receipt, cases.ErrTrack},
		{"UR2026-000009", c.Receipt, cases.ErrTrack},
		{c.Number.String(), "drop table", cases.ErrTrack},
	} {
		got, err := o.Track(t.Context(), test.number, test.code)
		if !errors.Is(err, test.want) || err == nil && (got.Number != "UR2026-000001" || got.State != cases.Filed || got.Unit != "urbanism" || got.Due != c.Due) {
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
		o.On("2026-11-23")
		c := o.Filed(ana, o.Urbanism(ana))
		if i == 0 {
			number, title, err := o.Title(t.Context(), "", c.ID, "en")
			if number != "UR2026-000001" || !strings.Contains(title, "lanning certificate") || err != nil {
				t.Errorf("Title = %q, %q, %v", number, title, err)
			}
			if _, _, err := o.Title(t.Context(), ion.For, c.ID, "en"); !errors.Is(err, cases.ErrUnknown) {
				t.Errorf("the case is said to be in the folder of another: %v", err)
			}
		}
		o.On(over)
		o.Must(o.Desk.Propose(t.Context(), clerk, db.NewID(), c.ID, 0, cases.Proposal{Outcome: cases.Approve}))
		o.Must(o.Desk.Sign(t.Context(), chief, db.NewID(), c.ID, 0))
	}
	o.Must(o.Withdraw(t.Context(), ana, "w1", o.Filed(ana, o.Urbanism(ana)).ID, ""))
	if half, nine, n, err := o.Durations(t.Context(), "certificat-de-urbanism"); half != 3 || nine != 11 || n != 4 || err != nil {
		t.Errorf("Durations = %d, %d, %d, %v, want 3, 11, 4", half, nine, n, err)
	}
	if _, _, err := o.Title(t.Context(), "", "0193", "ro"); !errors.Is(err, cases.ErrUnknown) {
		t.Errorf("Title of nothing = %v", err)
	}
}

// TestFailedChangesLeaveNothing: if a message cannot be sent, nothing happened.
func TestFailedChangesLeaveNothing(t *testing.T) { eachTown(t, testFailedChanges) }

func testFailedChanges(t *testing.T, o *town) {
	c, ask := o.Asked()
	plan := o.Give(ana, "plan-cadastral")
	before, acts := o.Get(c.ID), o.Verbs(c.ID)
	fail := errors.New("no paper")
	o.Fail(fail)
	for name, err := range map[string]error{
		"an answer":    o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan}),
		"a withdrawal": o.Withdraw(t.Context(), ana, "w1", c.ID, "Nu."),
		"a message":    o.Write(t.Context(), ana, "m1", c.ID, "Bună", []string{plan}),
	} {
		if !errors.Is(err, fail) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	for _, day := range []string{"2026-12-05", "2026-12-13", "2027-02-26"} {
		o.On(day)
		o.Wants(o.Tick(t.Context()), fail)
	}
	v, err := o.ByID(t.Context(), ana, c.ID)
	o.Must(err)
	if now := o.Verbs(c.ID); v.Edition != before.Edition || !slices.Equal(acts, now) || len(v.Messages) != 0 || len(v.Documents) != 1 {
		t.Errorf("something is left: edition %d, acts %q, %d messages, %d documents", v.Edition, now[len(acts):], len(v.Messages), len(v.Documents))
	}
	o.Fail(nil)
	o.Must(o.Tick(t.Context()))
	if o.Get(c.ID).State != cases.Claimed {
		t.Error("the end of the pause did not happen afterwards")
	}
}

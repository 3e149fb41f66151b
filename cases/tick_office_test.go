package cases_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"bega/cases"
	"bega/desk/desktest"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
)

// tick lets a day come, several programs at once, and returns what people are
// told.
func (o *town) tick(day string) []string {
	o.T.Helper()
	o.On(day)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := o.Tick(o.T.Context()); err != nil {
				o.T.Errorf("%s: Tick = %v", day, err)
			}
		})
	}
	wg.Wait()
	return o.Told()
}

// ticks checks what a row of days brings; every day that is not named brings
// nothing.
func (o *town) ticks(from, to string, brings map[string][]string) {
	o.T.Helper()
	for d := desktest.Date(o.T, from); !d.After(desktest.Date(o.T, to)); d = d.AddDays(1) {
		if got, want := o.tick(d.String()), brings[d.String()]; !slices.Equal(got, want) {
			o.T.Errorf("%s brings %q, want %q", d, got, want)
		}
	}
}

// TestTacitApproval: silence approves on the day after the term, once, and where
// the law says so (OUG 27/2003 art. 6).
func TestTacitApproval(t *testing.T) { eachTown(t, testTacitApproval) }

func testTacitApproval(t *testing.T, o *town) {
	c := o.Filed(manager, o.Shop())
	o.Must(o.Desk.Claim(t.Context(), merchant, "c1", c.ID, 0, false))
	o.Told()
	o.ticks("2026-12-15", "2026-12-26", map[string][]string{
		"2026-12-16": {"mihai cases.due-soon"},
		"2026-12-24": {"bega-srl cases.tacit", "mihai cases.tacit-staff"},
	})
	v, err := o.ByID(t.Context(), manager, c.ID)
	o.Must(err)
	if v.State != cases.Tacit || v.State.Public() != "ready" || v.Running || o.Day(v.Over).String() != "2026-12-24" || v.Proposal == nil || v.Proposal.By != "" {
		t.Fatalf("after the term: %+v, %+v", v.Case, v.Proposal)
	}
	paper, err := o.Registry.Paper(t.Context(), manager, v.Proposal.Paper)
	o.Must(err)
	if said := desktest.Marshal(t, paper.Paper.Document); !strings.Contains(said, "art. 6 din Ordonanța de urgență a Guvernului nr. 27/2003") ||
		!strings.Contains(said, "23 decembrie 2026") || len(paper.Paper.Document.Signatures) != 0 || paper.Paper.Type != "acord-functionare" {
		t.Errorf("the paper says %s", said)
	}
	if docs, err := o.Folder.Documents(t.Context(), act.Actor{Person: "bega-srl", For: "bega-srl", Level: act.Verified}); err != nil || !slices.ContainsFunc(docs, func(d folder.Document) bool { return d.Paper == v.Proposal.Paper }) {
		t.Errorf("the approval is not in the folder: %v", err)
	}
	if n := o.Count(c.ID, act.LapseCase); n != 1 {
		t.Errorf("%d lapses are in the register, want 1", n)
	}
	o.Wants(o.Desk.Propose(t.Context(), merchant, "p1", c.ID, 0, cases.Proposal{Outcome: cases.Refuse, Reason: o.Refusal(c), Detail: "Nu.", Plain: "Nu."}), cases.ErrOver)
}

// TestSilenceWithAPause: while the town hall waits for the applicant, silence
// says nothing; when the law lets it wait no longer, the term goes on.
func TestSilenceWithAPause(t *testing.T) { eachTown(t, testSilenceWithAPause) }

func testSilenceWithAPause(t *testing.T, o *town) {
	c := o.Filed(manager, o.Shop())
	o.On("2026-12-01")
	o.Must(o.Desk.Claim(t.Context(), merchant, "c1", c.ID, 0, false))
	o.Must(o.Desk.Ask(t.Context(), merchant, "a1", c.ID, 0, cases.Ask{Text: "Planul nu arată depozitul.", Documents: []string{"plan-unitate"}, Reason: "Planul e incomplet."}))
	o.Told()
	// Ten days at most: until 11 December. The due day moves by the 11 days until the 12th.
	o.ticks("2026-12-02", "2027-01-06", map[string][]string{
		"2026-12-06": {"bega-srl cases.reminder"},
		"2026-12-09": {"bega-srl cases.reminder"},
		"2026-12-12": {"bega-srl cases.unanswered", "mihai cases.no-answer"},
		"2026-12-27": {"mihai cases.due-soon"},
		"2027-01-04": {"bega-srl cases.tacit", "mihai cases.tacit-staff"},
	})
	v, err := o.ByID(t.Context(), manager, c.ID)
	o.Must(err)
	if v.State != cases.Tacit || v.Clock.PausedDays(o.Calendar, desktest.Date(t, "2027-01-04")) != 11 || v.Asks[0].Open() || v.Asks[0].LapsedAt.IsZero() {
		t.Errorf("in the end: %s, %+v", v.State, v.Asks[0])
	}
	o.Wants(o.Reply(t.Context(), manager, "r1", c.ID, v.Asks[0].ID, procedures.Values{}, []string{o.Give(manager, "plan-unitate")}), cases.ErrOver)
}

// TestALateAnswerAfterThePause cannot be given any more, and a message can.
func TestALateAnswerAfterThePause(t *testing.T) { eachTown(t, testALateAnswer) }

func testALateAnswer(t *testing.T, o *town) {
	c, ask := o.Asked()
	o.tick("2027-02-26") // three months after 25 November are over
	v := o.Get(c.ID)
	if v.State != cases.Claimed || !v.Running {
		t.Fatalf("after three months: %s, running: %t", v.State, v.Running)
	}
	plan := o.Give(ana, "plan-cadastral")
	o.Wants(o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan}), cases.ErrAnswered)
	o.Must(o.Write(t.Context(), ana, "m1", c.ID, "Am găsit planul.", []string{plan}))
}

// TestRemindersAndEscalation where silence approves nothing: the clerk is reminded
// five days before, and the head hears of it on the day after, each once.
func TestRemindersAndEscalation(t *testing.T) { eachTown(t, testRemindersAndEscalation) }

func testRemindersAndEscalation(t *testing.T, o *town) {
	c := o.Filed(ana, o.Urbanism(ana))
	o.Must(o.Desk.Claim(t.Context(), clerk, "c1", c.ID, 0, false))
	free := o.Filed(ion, o.Urbanism(ion))
	o.Told()
	o.ticks("2026-12-10", "2026-12-21", map[string][]string{
		"2026-12-11": {"horia cases.due-free", "ioana cases.due-soon"},
		"2026-12-17": {"ana cases.late", "horia cases.overdue", "horia cases.overdue", "ioana cases.overdue", "ion cases.late"},
	})
	for _, id := range []string{c.ID, free.ID} {
		if o.Count(id, act.RemindCase) != 1 || o.Count(id, act.LapseCase) != 1 || o.Get(id).State.Over() {
			t.Errorf("%s: the register has %q", id, o.Verbs(id))
		}
	}
	// The clerk's form is still good: a reminder is no change of the case.
	o.Must(o.Desk.Propose(t.Context(), clerk, "p1", c.ID, o.Get(c.ID).Edition, cases.Proposal{Outcome: cases.Approve}))
}

// TestAProgramThatSlept does not send what is no longer of use.
func TestAProgramThatSlept(t *testing.T) { eachTown(t, testAProgramThatSlept) }

func testAProgramThatSlept(t *testing.T, o *town) {
	late := o.Filed(ion, o.Urbanism(ion))
	c, ask := o.Asked()
	o.Must(o.Desk.Claim(t.Context(), clerk, db.NewID(), late.ID, 0, false))
	if got, want := o.tick("2026-12-14"), []string{"ana cases.reminder", "ioana cases.due-soon"}; !slices.Equal(got, want) {
		t.Errorf("after three weeks: %q, want %q", got, want)
	}
	if got, want := o.tick("2027-03-01"), []string{"ana cases.unanswered", "horia cases.overdue", "ioana cases.no-answer", "ioana cases.overdue", "ion cases.late"}; !slices.Equal(got, want) {
		t.Errorf("after three months: %q, want %q", got, want)
	}
	if v := o.Get(c.ID); v.State != cases.Claimed || v.Due.String() != "2027-03-17" {
		t.Errorf("%s: %s, due on %s", ask, v.State, v.Due)
	}
}

// TestAnAnswerEndsReminders.
func TestAnAnswerEndsReminders(t *testing.T) { eachTown(t, testAnAnswerEndsReminders) }

func testAnAnswerEndsReminders(t *testing.T, o *town) {
	c, ask := o.Asked()
	o.Must(o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{o.Give(ana, "plan-cadastral")}))
	o.Told()
	o.ticks("2026-12-03", "2026-12-10", nil)
}

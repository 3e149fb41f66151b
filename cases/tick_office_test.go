package cases

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/procedures"
)

// tick lets a day come, several programs at once, and returns what people are
// told.
func (o *town) tick(day string) []string {
	o.t.Helper()
	o.on(day)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := o.Tick(o.t.Context()); err != nil {
				o.t.Errorf("%s: Tick = %v", day, err)
			}
		})
	}
	wg.Wait()
	return o.told()
}

// ticks checks what a row of days brings; every day that is not named brings
// nothing.
func (o *town) ticks(from, to string, brings map[string][]string) {
	o.t.Helper()
	for d := day(o.t, from); !d.After(day(o.t, to)); d = d.AddDays(1) {
		if got, want := o.tick(d.String()), brings[d.String()]; !slices.Equal(got, want) {
			o.t.Errorf("%s brings %q, want %q", d, got, want)
		}
	}
}

// count returns how often a verb is in the register about a case.
func (o *town) count(id string, verb act.Verb) (n int) {
	o.t.Helper()
	for _, v := range o.acts(id) {
		if v == string(verb) {
			n++
		}
	}
	return n
}

// TestTacitApproval: silence approves on the day after the term, once, and where
// the law says so (OUG 27/2003 art. 6).
func TestTacitApproval(t *testing.T) { eachTown(t, testTacitApproval) }

func testTacitApproval(t *testing.T, o *town) {
	c := o.file(manager, o.shop())
	o.must(o.Claim(t.Context(), merchant, "c1", c.ID, 0, false))
	o.told()
	o.ticks("2026-12-15", "2026-12-26", map[string][]string{
		"2026-12-16": {"mihai cases.due-soon"},
		"2026-12-24": {"bega-srl cases.tacit", "mihai cases.tacit-staff"},
	})
	v, err := o.ByID(t.Context(), manager, c.ID)
	o.must(err)
	if v.State != Tacit || v.State.Public() != "ready" || v.Running || o.day(v.Over).String() != "2026-12-24" || v.Proposal == nil || v.Proposal.By != "" {
		t.Fatalf("after the term: %+v, %+v", v.Case, v.Proposal)
	}
	paper, err := o.Registry.Paper(t.Context(), manager, v.Proposal.Paper)
	o.must(err)
	if said := string(marshal(t, paper.Paper.Document)); !strings.Contains(said, "art. 6 din Ordonanța de urgență a Guvernului nr. 27/2003") ||
		!strings.Contains(said, "23 decembrie 2026") || len(paper.Paper.Document.Signatures) != 0 || paper.Paper.Type != "acord-functionare" {
		t.Errorf("the paper says %s", said)
	}
	if docs, err := o.Folder.Documents(t.Context(), act.Actor{Person: "bega-srl", For: "bega-srl", Level: act.Verified}); err != nil || !slices.ContainsFunc(docs, func(d documentOf) bool { return d.Paper == v.Proposal.Paper }) {
		t.Errorf("the approval is not in the folder: %v", err)
	}
	if n := o.count(c.ID, act.LapseCase); n != 1 {
		t.Errorf("%d lapses are in the register, want 1", n)
	}
	o.wants(o.Propose(t.Context(), merchant, "p1", c.ID, 0, Proposal{Outcome: Refuse, Reason: o.refusal(c), Detail: "Nu.", Plain: "Nu."}), ErrOver)
}

// TestSilenceWithAPause: while the town hall waits for the applicant, silence
// says nothing; when the law lets it wait no longer, the term goes on.
func TestSilenceWithAPause(t *testing.T) { eachTown(t, testSilenceWithAPause) }

func testSilenceWithAPause(t *testing.T, o *town) {
	c := o.file(manager, o.shop())
	o.on("2026-12-01")
	o.must(o.Claim(t.Context(), merchant, "c1", c.ID, 0, false))
	o.must(o.Ask(t.Context(), merchant, "a1", c.ID, 0, Ask{Text: "Planul nu arată depozitul.", Documents: []string{"plan-unitate"}, Reason: "Planul e incomplet."}))
	o.told()
	// Ten days at most: until 11 December. The due day moves by the 11 days until the 12th.
	o.ticks("2026-12-02", "2027-01-06", map[string][]string{
		"2026-12-06": {"bega-srl cases.reminder"},
		"2026-12-09": {"bega-srl cases.reminder"},
		"2026-12-12": {"bega-srl cases.unanswered", "mihai cases.no-answer"},
		"2026-12-27": {"mihai cases.due-soon"},
		"2027-01-04": {"bega-srl cases.tacit", "mihai cases.tacit-staff"},
	})
	v, err := o.ByID(t.Context(), manager, c.ID)
	o.must(err)
	if v.State != Tacit || v.Clock.PausedDays(o.Calendar, day(t, "2027-01-04")) != 11 || v.Asks[0].Open() || v.Asks[0].LapsedAt.IsZero() {
		t.Errorf("in the end: %s, %+v", v.State, v.Asks[0])
	}
	o.wants(o.Reply(t.Context(), manager, "r1", c.ID, v.Asks[0].ID, procedures.Values{}, []string{o.give(manager, "plan-unitate")}), ErrOver)
}

// TestALateAnswerAfterThePause cannot be given any more, and a message can.
func TestALateAnswerAfterThePause(t *testing.T) { eachTown(t, testALateAnswer) }

func testALateAnswer(t *testing.T, o *town) {
	c, ask := o.asked()
	o.tick("2027-02-26") // three months after 25 November are over
	v := o.get(c.ID)
	if v.State != Claimed || !v.Running {
		t.Fatalf("after three months: %s, running: %t", v.State, v.Running)
	}
	plan := o.give(ana, "plan-cadastral")
	o.wants(o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{plan}), ErrAnswered)
	o.must(o.Write(t.Context(), ana, "m1", c.ID, "Am găsit planul.", []string{plan}))
}

// TestRemindersAndEscalation where silence approves nothing: the clerk is reminded
// five days before, and the head hears of it on the day after, each once.
func TestRemindersAndEscalation(t *testing.T) { eachTown(t, testRemindersAndEscalation) }

func testRemindersAndEscalation(t *testing.T, o *town) {
	c := o.file(ana, o.urbanism(ana))
	o.must(o.Claim(t.Context(), clerk, "c1", c.ID, 0, false))
	free := o.file(ion, o.urbanism(ion))
	o.told()
	o.ticks("2026-12-10", "2026-12-21", map[string][]string{
		"2026-12-11": {"horia cases.due-free", "ioana cases.due-soon"},
		"2026-12-17": {"ana cases.late", "horia cases.overdue", "horia cases.overdue", "ioana cases.overdue", "ion cases.late"},
	})
	for _, id := range []string{c.ID, free.ID} {
		if o.count(id, act.RemindCase) != 1 || o.count(id, act.LapseCase) != 1 || o.get(id).State.Over() {
			t.Errorf("%s: the register has %q", id, o.acts(id))
		}
	}
	// The clerk's form is still good: a reminder is no change of the case.
	o.must(o.Propose(t.Context(), clerk, "p1", c.ID, o.get(c.ID).Edition, Proposal{Outcome: Approve}))
}

// TestAProgramThatSlept does not send what is no longer of use.
func TestAProgramThatSlept(t *testing.T) { eachTown(t, testAProgramThatSlept) }

func testAProgramThatSlept(t *testing.T, o *town) {
	late := o.file(ion, o.urbanism(ion))
	c, ask := o.asked()
	o.must(o.Claim(t.Context(), clerk, db.NewID(), late.ID, 0, false))
	if got, want := o.tick("2026-12-14"), []string{"ana cases.reminder", "ioana cases.due-soon"}; !slices.Equal(got, want) {
		t.Errorf("after three weeks: %q, want %q", got, want)
	}
	if got, want := o.tick("2027-03-01"), []string{"ana cases.unanswered", "horia cases.overdue", "ioana cases.no-answer", "ioana cases.overdue", "ion cases.late"}; !slices.Equal(got, want) {
		t.Errorf("after three months: %q, want %q", got, want)
	}
	if v := o.get(c.ID); v.State != Claimed || v.Due.String() != "2027-03-17" {
		t.Errorf("%s: %s, due on %s", ask, v.State, v.Due)
	}
}

// TestAnAnswerEndsReminders.
func TestAnAnswerEndsReminders(t *testing.T) { eachTown(t, testAnAnswerEndsReminders) }

func testAnAnswerEndsReminders(t *testing.T, o *town) {
	c, ask := o.asked()
	o.must(o.Reply(t.Context(), ana, "r1", c.ID, ask, procedures.Values{"descriere": {"O casă."}}, []string{o.give(ana, "plan-cadastral")}))
	o.told()
	o.ticks("2026-12-03", "2026-12-10", nil)
}

package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bega/cases"
	"bega/desk"
	"bega/desk/desktest"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/procedures"
	"bega/registry"
)

func TestAskStopsTheClock(t *testing.T) { eachTown(t, testAsk) }

func testAsk(t *testing.T, o *town) {
	ctx := t.Context()
	o.Give(ana, "plan-cadastral")
	c := o.Filed(ana, o.Urbanism(ana))
	o.Told()
	day := func(text string) deadline.Date { d, _ := deadline.Parse(text); return d }
	ask := cases.Ask{Text: "Planul nu se poate citi.", Documents: []string{"plan-situatie"}, Fields: []string{"descriere"}, Until: day("2026-11-30")}
	change := func(f func(a *cases.Ask)) cases.Ask { a := ask; f(&a); return a }
	for i, test := range []struct {
		ask  cases.Ask
		want error
	}{
		{change(func(a *cases.Ask) { a.Text = " " }), cases.ErrText},
		{change(func(a *cases.Ask) { a.Documents, a.Fields = nil, nil }), desk.ErrNothing},
		{change(func(a *cases.Ask) { a.Fields = []string{"nimic"} }), desk.ErrNothing},
		{change(func(a *cases.Ask) { a.Until = day("2026-11-23") }), desk.ErrUntil},
		{change(func(a *cases.Ask) { a.Until = day("2036-11-23") }), desk.ErrUntil},
		{change(func(a *cases.Ask) { a.Documents = []string{"plan-cadastral"} }), desk.ErrHeld},
	} {
		if err := o.Desk.Ask(ctx, clerk, "bad"+test.ask.Text, c.ID, 1, test.ask); !errors.Is(err, test.want) {
			t.Errorf("%d: got %v, want %v", i, err, test.want)
		}
	}
	o.Must(o.Desk.Ask(ctx, clerk, "k1", c.ID, 1, ask))
	o.Must(o.Desk.Ask(ctx, clerk, "k1", c.ID, 1, ask))
	o.Wants(o.Desk.Ask(ctx, clerk, "k2", c.ID, 0, ask), cases.ErrNotNow)
	o.Wants(o.Desk.Ask(ctx, clerk, "k3", c.ID, 1, ask), cases.ErrStale)
	c = o.Get(c.ID)
	if c.State != cases.Asked || c.Running || c.Clerk != "ioana" || len(c.Clock.Pauses) != 1 {
		t.Errorf("after the request: %+v", c)
	}
	if got, want := o.Told(), []string{"ana desk.notice-asked"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	v, err := o.ByID(ctx, ana, c.ID)
	o.Must(err)
	open, waits := v.Waiting()
	if !waits || !slices.Equal(open.Fields, ask.Fields) || !slices.Equal(open.Documents, ask.Documents) || open.Until != ask.Until || open.Text != ask.Text {
		t.Errorf("Ana is asked %+v", open)
	}
	docs, err := o.Folder.Documents(ctx, ana)
	o.Must(err)
	if !slices.ContainsFunc(docs, func(d folder.Document) bool { return d.Type == "solicitare-completare" && d.Paper != "" }) {
		t.Error("the request is not in the folder")
	}
	o.On("2026-11-26")
	o.Must(o.Reply(ctx, ana, "r1", c.ID, open.ID, procedures.Values{"descriere": {"O casă cu două etaje."}}, []string{o.Give(ana, "plan-situatie")}))
	if c = o.Get(c.ID); c.State != cases.Answered || !c.Running || c.Due.String() != "2026-12-21" { // 16.12 and three days more
		t.Errorf("after the answer: %s, due %s, running: %t", c.State, c.Due, c.Running)
	}
	d := o.Look(clerk, c.ID)
	if _, waits := d.Waiting(); waits || d.Answers["descriere"] != "O casă cu două etaje." || len(d.Documents) != 2 {
		t.Errorf("the clerk sees %+v", d.Documents)
	}
	// With a reason, even what the city has can be asked for.
	o.Must(o.Desk.Ask(ctx, clerk, "k4", c.ID, c.Edition, change(func(a *cases.Ask) {
		a.Documents, a.Reason, a.Until = []string{"plan-cadastral"}, "Cel din dosar e din 1998.", deadline.Date{}
	})))
}

// TestAHeadDecides as the officials of the department do, and never signs that.
func TestAHeadDecides(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		ctx, c := t.Context(), o.Filed(ana, o.Urbanism(ana))
		both := desktest.Official("horia", "urbanism", act.Head, act.Signatory)
		o.Must(o.Desk.Propose(ctx, both, "k1", c.ID, 1, cases.Proposal{Outcome: cases.Approve, Plain: "Poți construi."}))
		o.Wants(o.Desk.Sign(ctx, head, "k2", c.ID, 2), cases.ErrUnknown)
		o.Wants(o.Desk.Sign(ctx, both, "k3", c.ID, 2), cases.ErrOwn)
		o.Must(o.Desk.Sign(ctx, chief, "k4", c.ID, 2))
		if c = o.Get(c.ID); c.State != cases.Approved {
			t.Errorf("it is %s", c.State)
		}
		taken := o.Filed(ana, o.Urbanism(ana))
		o.Must(o.Desk.Claim(ctx, clerk, "k5", taken.ID, 1, false))
		o.Wants(o.Desk.Propose(ctx, head, "k6", taken.ID, 2, cases.Proposal{Outcome: cases.Approve}), desk.ErrTaken)
	})
}

// TestTwoSignatures decides as a department does that wants two, and lets the
// wrong people try.
func TestTwoSignatures(t *testing.T) { eachTown(t, testTwoSignatures) }

func testTwoSignatures(t *testing.T, o *town) {
	ctx := t.Context()
	both := desktest.Official("ioana", "urbanism", act.Clerk, act.Signatory) // who proposes, and would sign
	c := o.Filed(ana, o.Urbanism(ana))
	o.Told()
	o.Must(o.Desk.Propose(ctx, both, "k1", c.ID, 1, cases.Proposal{Outcome: cases.Approve, Plain: "Poți construi."}))
	if got, want := o.Told(), []string{"elena desk.notice-sign"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	o.Wants(o.Desk.Sign(ctx, both, "k2", c.ID, 2), cases.ErrOwn)
	o.Wants(o.Desk.Sign(ctx, chief, "k3", c.ID, 1), cases.ErrStale)
	o.Wants(o.Desk.Propose(ctx, both, "k4", c.ID, 2, cases.Proposal{Outcome: cases.Approve}), cases.ErrNotNow)
	o.Wants(o.Desk.Release(ctx, both, "k5", c.ID, 2), cases.ErrNotNow)
	o.Wants(o.Desk.Return(ctx, chief, "k6", c.ID, 2, ""), desk.ErrReason)
	o.Must(o.Desk.Return(ctx, chief, "k7", c.ID, 2, "Lipsește regimul tehnic."))
	d := o.Look(both, c.ID)
	if d.State != cases.Claimed || d.Proposal == nil || d.Proposal.Returned != "Lipsește regimul tehnic." || d.Clerk != "ioana" {
		t.Errorf("after it was sent back: %s, %+v", d.State, d.Proposal)
	}
	if v, err := o.ByID(ctx, ana, c.ID); err != nil || v.Proposal != nil {
		t.Errorf("Ana sees a proposal: %+v, %v", v.Proposal, err)
	}
	if got, want := o.Told(), []string{"ioana desk.notice-returned"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	o.Must(o.Desk.Propose(ctx, both, "k8", c.ID, 3, cases.Proposal{Outcome: cases.Approve, Text: "Se certifică regimul imobilului.\n\nRegim tehnic: P+1."}))
	if next, err := o.Desk.Next(ctx, chief, ""); err != nil || next != c.ID {
		t.Errorf("the signatory goes on with %q, %v", next, err)
	}
	if _, err := o.Desk.Next(ctx, both, ""); !errors.Is(err, cases.ErrUnknown) {
		t.Errorf("the proposer goes on with %v", err)
	}
	o.On("2026-11-25")
	o.Must(o.Desk.Sign(ctx, chief, "k9", c.ID, 4))
	o.Must(o.Desk.Sign(ctx, chief, "k9", c.ID, 4))
	o.decided(c.ID, cases.Approved, "certificat-urbanism", "Ioana Munteanu-Demo", "Elena Albu-Demo", "25 noiembrie 2026", "P+1.", "Arhitect-șef")
	if got, want := o.Told(), []string{"ana desk.notice-approved", "elena desk.notice-sign"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	for _, err := range []error{o.Desk.Sign(ctx, chief, "l1", c.ID, 5), o.Desk.Propose(ctx, both, "l2", c.ID, 5, cases.Proposal{Outcome: cases.Approve}),
		o.Desk.Claim(ctx, second, "l3", c.ID, 5, true), o.Desk.Route(ctx, both, "l4", c.ID, 5, "comert", "motiv"), o.Desk.Extend(ctx, head, "l5", c.ID, 5, "motiv")} {
		o.Wants(err, cases.ErrOver)
	}
}

// decided checks what a decision has left behind: the paper in the folder, sealed
// and verifiable, and documents that are private again.
func (o *town) decided(id string, state cases.State, typ string, says ...string) {
	o.T.Helper()
	ctx, c := o.T.Context(), o.Get(id)
	if c.State != state || c.Over.IsZero() || c.Running {
		o.T.Errorf("the case is %+v", c)
	}
	v, err := o.ByID(ctx, ana, id)
	o.Must(err)
	if v.Proposal == nil || v.Proposal.Paper == "" {
		o.T.Fatalf("there is no decision: %+v", v.Proposal)
	}
	paper, err := o.Registry.Paper(ctx, ana, v.Proposal.Paper)
	o.Must(err)
	said := desktest.Marshal(o.T, paper.Paper.Document)
	for _, want := range append(says, c.Number.String(), "Ana Ionescu-Demo", "Cum poți contesta") {
		if !strings.Contains(said, want) {
			o.T.Errorf("the decision does not say %q: %s", want, said)
		}
	}
	docs, err := o.Folder.Documents(ctx, ana)
	o.Must(err)
	at := slices.IndexFunc(docs, func(d folder.Document) bool { return d.Paper == v.Proposal.Paper })
	if at < 0 || docs[at].Type != typ || docs[at].Until != paper.Paper.Until {
		o.T.Fatalf("the folder has %+v", docs)
	}
	_, file, err := o.Folder.Open(ctx, ana, docs[at].ID, "")
	o.Must(err)
	if seal, err := pdf.Verify(file, o.Registry.Sealer.Roots(), o.Time()); err != nil || !seal.Whole || !seal.Trusted {
		o.T.Errorf("the seal is %+v, %v", seal, err)
	}
	if verdict, err := o.Registry.Examine(ctx, file); err != nil || verdict.Finding != registry.Authentic || verdict.Paper.Number != c.Number.String() {
		o.T.Errorf("whoever verifies it reads %+v, %v", verdict, err)
	}
	for _, d := range docs {
		if _, _, err := o.Folder.Open(ctx, clerk, d.ID, id); err == nil {
			o.T.Errorf("the department still opens %s", d.Type)
		}
	}
}

// TestRefuse is in one step where the service wants one signature.
func TestRefuse(t *testing.T) { eachTown(t, testRefuse) }

func testRefuse(t *testing.T, o *town) {
	ctx := t.Context()
	office := desktest.Official("gelu", "relatii-cetateni", act.Clerk)
	c := o.Filed(ana, desktest.Petition("altul"))
	p := cases.Proposal{Outcome: cases.Refuse, Reason: "nefavorabil", Detail: "Strada nu este în domeniul public.", Plain: "Strada e a cuiva."}
	change := func(f func(p *cases.Proposal)) cases.Proposal { q := p; f(&q); return q }
	for i, test := range []struct {
		p    cases.Proposal
		want error
	}{
		{change(func(p *cases.Proposal) { p.Reason = "" }), desk.ErrReason}, {change(func(p *cases.Proposal) { p.Reason = "contrar-documentatiilor" }), desk.ErrReason},
		{change(func(p *cases.Proposal) { p.Detail = "" }), desk.ErrDetail}, {change(func(p *cases.Proposal) { p.Plain = " " }), desk.ErrPlain},
		{change(func(p *cases.Proposal) { p.Outcome = "" }), cases.ErrInvalid}, {cases.Proposal{Outcome: cases.Close}, desk.ErrDetail},
		{change(func(p *cases.Proposal) { p.Detail = strings.Repeat("ț", 20001) }), desk.ErrDetail}, {change(func(p *cases.Proposal) { p.Plain = strings.Repeat("ț", 1001) }), desk.ErrPlain},
		{cases.Proposal{Outcome: cases.Approve, Text: strings.Repeat("ț", 20001)}, desk.ErrDetail},
	} {
		if err := o.Desk.Propose(ctx, office, "bad", c.ID, 1, test.p); !errors.Is(err, test.want) {
			t.Errorf("%d: got %v, want %v", i, err, test.want)
		}
	}
	preview, err := o.Desk.Preview(ctx, office, c.ID, p)
	o.Must(err)
	o.Told()
	o.Must(o.Desk.Propose(ctx, office, "k1", c.ID, 1, p))
	o.decided(c.ID, cases.Refused, "decizie-respingere", preview.Paragraphs[0], p.Detail, p.Plain, "OG 27/2002, art. 8 alin. (1)", "Decizie de respingere")
	if got, want := o.Told(), []string{"ana desk.notice-refused"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	other := o.Filed(ana, desktest.Petition("altul"))
	o.Must(o.Desk.Propose(ctx, office, "k2", other.ID, 1, cases.Proposal{Outcome: cases.Close, Detail: "Am trimis petiția la Electrica.", Plain: "Îți răspunde Electrica."}))
	o.decided(other.ID, cases.Closed, "raspuns-cerere", "Electrica")
}

// TestRefusalCancelsTheFee: nobody pays for a certificate that was refused.
func TestRefusalCancelsTheFee(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		c := o.Filed(ana, o.Urbanism(ana))
		p := cases.Proposal{Outcome: cases.Refuse, Reason: "contrar-documentatiilor", Detail: "Zona este verde.", Plain: "Acolo e parc."}
		o.Must(o.Desk.Propose(t.Context(), clerk, "k1", c.ID, 1, p))
		if o.Orders()[c.ID] != "open 7.00" {
			t.Error("a proposal cancelled the fee")
		}
		o.Must(o.Desk.Sign(t.Context(), chief, "k2", c.ID, 2))
		if o.Orders()[c.ID] != "cancelled" {
			t.Errorf("the fee is %q", o.Orders()[c.ID])
		}
	})
}

// TestDecisionIsAllOrNothing: if the applicant cannot be told, nothing was decided.
func TestDecisionIsAllOrNothing(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		ctx := t.Context()
		c := o.Filed(ana, o.Urbanism(ana))
		o.Must(o.Desk.Propose(ctx, clerk, "k1", c.ID, 1, cases.Proposal{Outcome: cases.Approve}))
		docs, err := o.Folder.Documents(ctx, ana)
		o.Must(err)
		before, seen := o.Verbs(c.ID), o.Get(c.ID)
		fail := errors.New("no post today")
		o.Fail(fail)
		if err := o.Desk.Sign(ctx, chief, "k2", c.ID, 2); !errors.Is(err, fail) {
			t.Fatalf("Sign = %v", err)
		}
		o.Fail(nil)
		after, err := o.Folder.Documents(ctx, ana)
		o.Must(err)
		if now := o.Get(c.ID); now.Edition != seen.Edition || now.State != cases.Proposed || len(after) != len(docs) || !slices.Equal(o.Verbs(c.ID), before) {
			t.Errorf("half a decision is left: %+v, %d documents, %q", now, len(after), o.Verbs(c.ID))
		}
		o.Must(o.Desk.Sign(ctx, chief, "k2", c.ID, 2))
	})
}

// TestExtend prolongs the term of a petition once (OG 27/2002 art. 9).
func TestExtend(t *testing.T) { eachTown(t, testExtend) }

func testExtend(t *testing.T, o *town) {
	ctx := t.Context()
	boss := desktest.Official("gelu", "relatii-cetateni", act.Head)
	c := o.Filed(ana, desktest.Petition("altul"))
	o.Told()
	o.Wants(o.Desk.Extend(ctx, boss, "k1", c.ID, 1, ""), desk.ErrReason)
	o.Must(o.Desk.Extend(ctx, boss, "k2", c.ID, 1, "Mergem să vedem strada."))
	before, after := c.Due, o.Get(c.ID).Due
	if before.DaysUntil(after) != 15 {
		t.Errorf("due on %s, then on %s", before, after)
	}
	o.Wants(o.Desk.Extend(ctx, boss, "k3", c.ID, 2, "Încă o dată."), desk.ErrExtended)
	if got, want := o.Told(), []string{"ana desk.notice-extended"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	fixed := o.Filed(ana, o.Urbanism(ana)) // nothing in the law prolongs that
	o.Wants(o.Desk.Extend(ctx, head, "k4", fixed.ID, 1, "motiv"), cases.ErrNotNow)
	late := o.Filed(ana, desktest.Petition("altul"))
	o.On("2027-02-01")
	o.Wants(o.Desk.Extend(ctx, boss, "k5", late.ID, 1, "motiv"), cases.ErrNotNow)
}

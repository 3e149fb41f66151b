package cases

import (
	"errors"
	"slices"
	"strings"
	"testing"

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
	o.give(ana, "plan-cadastral")
	c := o.file(ana, o.urbanism(ana))
	o.told()
	day := func(text string) deadline.Date { d, _ := deadline.Parse(text); return d }
	ask := Ask{Text: "Planul nu se poate citi.", Documents: []string{"plan-situatie"}, Fields: []string{"descriere"}, Until: day("2026-11-30")}
	change := func(f func(a *Ask)) Ask { a := ask; f(&a); return a }
	for i, test := range []struct {
		ask  Ask
		want error
	}{
		{change(func(a *Ask) { a.Text = " " }), ErrText},
		{change(func(a *Ask) { a.Documents, a.Fields = nil, nil }), ErrNothing},
		{change(func(a *Ask) { a.Fields = []string{"nimic"} }), ErrNothing},
		{change(func(a *Ask) { a.Until = day("2026-11-23") }), ErrUntil},
		{change(func(a *Ask) { a.Until = day("2036-11-23") }), ErrUntil},
		{change(func(a *Ask) { a.Documents = []string{"plan-cadastral"} }), ErrHeld},
	} {
		if err := o.Ask(ctx, clerk, "bad"+test.ask.Text, c.ID, 1, test.ask); !errors.Is(err, test.want) {
			t.Errorf("%d: got %v, want %v", i, err, test.want)
		}
	}
	o.must(o.Ask(ctx, clerk, "k1", c.ID, 1, ask))
	o.must(o.Ask(ctx, clerk, "k1", c.ID, 1, ask))
	o.wants(o.Ask(ctx, clerk, "k2", c.ID, 0, ask), ErrNotNow)
	o.wants(o.Ask(ctx, clerk, "k3", c.ID, 1, ask), ErrStale)
	c = o.get(c.ID)
	if c.State != Asked || c.Running || c.Clerk != "ioana" || len(c.Clock.Pauses) != 1 {
		t.Errorf("after the request: %+v", c)
	}
	if got, want := o.told(), []string{"ana cases.notice-asked"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	v, err := o.ByID(ctx, ana, c.ID)
	o.must(err)
	open, waits := v.Waiting()
	if !waits || !slices.Equal(open.Fields, ask.Fields) || !slices.Equal(open.Documents, ask.Documents) || open.Until != ask.Until || open.Text != ask.Text {
		t.Errorf("Ana is asked %+v", open)
	}
	docs, err := o.Folder.Documents(ctx, ana)
	o.must(err)
	if !slices.ContainsFunc(docs, func(d folder.Document) bool { return d.Type == "solicitare-completare" && d.Paper != "" }) {
		t.Error("the request is not in the folder")
	}
	o.on("2026-11-26")
	o.must(o.Reply(ctx, ana, "r1", c.ID, open.ID, procedures.Values{"descriere": {"O casă cu două etaje."}}, []string{o.give(ana, "plan-situatie")}))
	if c = o.get(c.ID); c.State != Answered || !c.Running || c.Due.String() != "2026-12-21" { // 16.12 and three days more
		t.Errorf("after the answer: %s, due %s, running: %t", c.State, c.Due, c.Running)
	}
	d := o.look(clerk, c.ID)
	if _, waits := d.Waiting(); waits || d.Answers["descriere"] != "O casă cu două etaje." || len(d.Documents) != 2 {
		t.Errorf("the clerk sees %+v", d.Documents)
	}
	// With a reason, even what the city has can be asked for.
	o.must(o.Ask(ctx, clerk, "k4", c.ID, c.Edition, change(func(a *Ask) {
		a.Documents, a.Reason, a.Until = []string{"plan-cadastral"}, "Cel din dosar e din 1998.", deadline.Date{}
	})))
}

// TestTwoSignatures decides as a department does that wants two, and lets the
// wrong people try.
func TestTwoSignatures(t *testing.T) { eachTown(t, testTwoSignatures) }

func testTwoSignatures(t *testing.T, o *town) {
	ctx := t.Context()
	both := official("ioana", "urbanism", act.Clerk, act.Signatory) // who proposes, and would sign
	c := o.file(ana, o.urbanism(ana))
	o.told()
	o.must(o.Propose(ctx, both, "k1", c.ID, 1, Proposal{Outcome: Approve, Plain: "Poți construi."}))
	if got, want := o.told(), []string{"elena cases.notice-sign"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	o.wants(o.Sign(ctx, both, "k2", c.ID, 2), ErrOwn)
	o.wants(o.Sign(ctx, chief, "k3", c.ID, 1), ErrStale)
	o.wants(o.Propose(ctx, both, "k4", c.ID, 2, Proposal{Outcome: Approve}), ErrNotNow)
	o.wants(o.Release(ctx, both, "k5", c.ID, 2), ErrNotNow)
	o.wants(o.Return(ctx, chief, "k6", c.ID, 2, ""), ErrReason)
	o.must(o.Return(ctx, chief, "k7", c.ID, 2, "Lipsește regimul tehnic."))
	d := o.look(both, c.ID)
	if d.State != Claimed || d.Proposal == nil || d.Proposal.Returned != "Lipsește regimul tehnic." || d.Clerk != "ioana" {
		t.Errorf("after it was sent back: %s, %+v", d.State, d.Proposal)
	}
	if v, err := o.ByID(ctx, ana, c.ID); err != nil || v.Proposal != nil {
		t.Errorf("Ana sees a proposal: %+v, %v", v.Proposal, err)
	}
	if got, want := o.told(), []string{"ioana cases.notice-returned"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	o.must(o.Propose(ctx, both, "k8", c.ID, 3, Proposal{Outcome: Approve, Text: "Se certifică regimul imobilului.\n\nRegim tehnic: P+1."}))
	if next, err := o.Next(ctx, chief, ""); err != nil || next != c.ID {
		t.Errorf("the signatory goes on with %q, %v", next, err)
	}
	if _, err := o.Next(ctx, both, ""); !errors.Is(err, ErrUnknown) {
		t.Errorf("the proposer goes on with %v", err)
	}
	o.on("2026-11-25")
	o.must(o.Sign(ctx, chief, "k9", c.ID, 4))
	o.must(o.Sign(ctx, chief, "k9", c.ID, 4))
	o.decided(c.ID, Approved, "certificat-urbanism", "Ioana Munteanu-Demo", "Elena Albu-Demo", "25 noiembrie 2026", "P+1.", "Arhitect-șef")
	if got, want := o.told(), []string{"ana cases.notice-approved", "elena cases.notice-sign"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	for _, err := range []error{o.Sign(ctx, chief, "l1", c.ID, 5), o.Propose(ctx, both, "l2", c.ID, 5, Proposal{Outcome: Approve}),
		o.Claim(ctx, second, "l3", c.ID, 5, true), o.Route(ctx, both, "l4", c.ID, 5, "comert", "motiv"), o.Extend(ctx, head, "l5", c.ID, 5, "motiv")} {
		o.wants(err, ErrOver)
	}
}

// decided checks what a decision has left behind: the paper in the folder, sealed
// and verifiable, and documents that are private again.
func (o *town) decided(id string, state State, typ string, says ...string) {
	o.t.Helper()
	ctx, c := o.t.Context(), o.get(id)
	if c.State != state || c.Over.IsZero() || c.Running {
		o.t.Errorf("the case is %+v", c)
	}
	v, err := o.ByID(ctx, ana, id)
	o.must(err)
	if v.Proposal == nil || v.Proposal.Paper == "" {
		o.t.Fatalf("there is no decision: %+v", v.Proposal)
	}
	paper, err := o.Registry.Paper(ctx, ana, v.Proposal.Paper)
	o.must(err)
	said := string(marshal(o.t, paper.Paper.Document))
	for _, want := range append(says, c.Number.String(), "Ana Ionescu-Demo", "Cum poți contesta") {
		if !strings.Contains(said, want) {
			o.t.Errorf("the decision does not say %q: %s", want, said)
		}
	}
	docs, err := o.Folder.Documents(ctx, ana)
	o.must(err)
	at := slices.IndexFunc(docs, func(d folder.Document) bool { return d.Paper == v.Proposal.Paper })
	if at < 0 || docs[at].Type != typ || docs[at].Until != paper.Paper.Until {
		o.t.Fatalf("the folder has %+v", docs)
	}
	_, file, err := o.Folder.Open(ctx, ana, docs[at].ID, "")
	o.must(err)
	if seal, err := pdf.Verify(file, o.Registry.Sealer.Roots(), o.now()); err != nil || !seal.Whole || !seal.Trusted {
		o.t.Errorf("the seal is %+v, %v", seal, err)
	}
	if verdict, err := o.Registry.Examine(ctx, file); err != nil || verdict.Finding != registry.Authentic || verdict.Paper.Number != c.Number.String() {
		o.t.Errorf("whoever verifies it reads %+v, %v", verdict, err)
	}
	for _, d := range docs {
		if _, _, err := o.Folder.Open(ctx, clerk, d.ID, id); err == nil {
			o.t.Errorf("the department still opens %s", d.Type)
		}
	}
}

// TestRefuse is in one step where the service wants one signature.
func TestRefuse(t *testing.T) { eachTown(t, testRefuse) }

func testRefuse(t *testing.T, o *town) {
	ctx := t.Context()
	office := official("gelu", "relatii-cetateni", act.Clerk)
	c := o.file(ana, petition("altul"))
	p := Proposal{Outcome: Refuse, Reason: "nefavorabil", Detail: "Strada nu este în domeniul public.", Plain: "Strada e a cuiva."}
	change := func(f func(p *Proposal)) Proposal { q := p; f(&q); return q }
	for i, test := range []struct {
		p    Proposal
		want error
	}{
		{change(func(p *Proposal) { p.Reason = "" }), ErrReason}, {change(func(p *Proposal) { p.Reason = "contrar-documentatiilor" }), ErrReason},
		{change(func(p *Proposal) { p.Detail = "" }), ErrDetail}, {change(func(p *Proposal) { p.Plain = " " }), ErrPlain},
		{change(func(p *Proposal) { p.Outcome = "" }), ErrInvalid}, {Proposal{Outcome: Close}, ErrDetail},
		{change(func(p *Proposal) { p.Detail = strings.Repeat("ț", 20001) }), ErrDetail}, {change(func(p *Proposal) { p.Plain = strings.Repeat("ț", 1001) }), ErrPlain},
		{Proposal{Outcome: Approve, Text: strings.Repeat("ț", 20001)}, ErrDetail},
	} {
		if err := o.Propose(ctx, office, "bad", c.ID, 1, test.p); !errors.Is(err, test.want) {
			t.Errorf("%d: got %v, want %v", i, err, test.want)
		}
	}
	preview, err := o.Preview(ctx, office, c.ID, p)
	o.must(err)
	o.told()
	o.must(o.Propose(ctx, office, "k1", c.ID, 1, p))
	o.decided(c.ID, Refused, "decizie-respingere", preview.Paragraphs[0], p.Detail, p.Plain, "OG 27/2002, art. 8 alin. (1)", "Decizie de respingere")
	if got, want := o.told(), []string{"ana cases.notice-refused"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	other := o.file(ana, petition("altul"))
	o.must(o.Propose(ctx, office, "k2", other.ID, 1, Proposal{Outcome: Close, Detail: "Am trimis petiția la Electrica.", Plain: "Îți răspunde Electrica."}))
	o.decided(other.ID, Closed, "raspuns-cerere", "Electrica")
}

// TestRefusalCancelsTheFee: nobody pays for a certificate that was refused.
func TestRefusalCancelsTheFee(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		c := o.file(ana, o.urbanism(ana))
		p := Proposal{Outcome: Refuse, Reason: "contrar-documentatiilor", Detail: "Zona este verde.", Plain: "Acolo e parc."}
		o.must(o.Propose(t.Context(), clerk, "k1", c.ID, 1, p))
		if o.orders[c.ID] != "open 7.00" {
			t.Error("a proposal cancelled the fee")
		}
		o.must(o.Sign(t.Context(), chief, "k2", c.ID, 2))
		if o.orders[c.ID] != "cancelled" {
			t.Errorf("the fee is %q", o.orders[c.ID])
		}
	})
}

// TestDecisionIsAllOrNothing: if the applicant cannot be told, nothing was decided.
func TestDecisionIsAllOrNothing(t *testing.T) {
	eachTown(t, func(t *testing.T, o *town) {
		ctx := t.Context()
		c := o.file(ana, o.urbanism(ana))
		o.must(o.Propose(ctx, clerk, "k1", c.ID, 1, Proposal{Outcome: Approve}))
		docs, err := o.Folder.Documents(ctx, ana)
		o.must(err)
		before, seen := o.acts(c.ID), o.get(c.ID)
		o.fail = errors.New("no post today")
		if err := o.Sign(ctx, chief, "k2", c.ID, 2); !errors.Is(err, o.fail) {
			t.Fatalf("Sign = %v", err)
		}
		o.fail = nil
		after, err := o.Folder.Documents(ctx, ana)
		o.must(err)
		if now := o.get(c.ID); now.Edition != seen.Edition || now.State != Proposed || len(after) != len(docs) || !slices.Equal(o.acts(c.ID), before) {
			t.Errorf("half a decision is left: %+v, %d documents, %q", now, len(after), o.acts(c.ID))
		}
		o.must(o.Sign(ctx, chief, "k2", c.ID, 2))
	})
}

// TestExtend prolongs the term of a petition once (OG 27/2002 art. 9).
func TestExtend(t *testing.T) { eachTown(t, testExtend) }

func testExtend(t *testing.T, o *town) {
	ctx := t.Context()
	boss := official("gelu", "relatii-cetateni", act.Head)
	c := o.file(ana, petition("altul"))
	o.told()
	o.wants(o.Extend(ctx, boss, "k1", c.ID, 1, ""), ErrReason)
	o.must(o.Extend(ctx, boss, "k2", c.ID, 1, "Mergem să vedem strada."))
	before, after := c.Due, o.get(c.ID).Due
	if before.DaysUntil(after) != 15 {
		t.Errorf("due on %s, then on %s", before, after)
	}
	o.wants(o.Extend(ctx, boss, "k3", c.ID, 2, "Încă o dată."), ErrExtended)
	if got, want := o.told(), []string{"ana cases.notice-extended"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	fixed := o.file(ana, o.urbanism(ana)) // nothing in the law prolongs that
	o.wants(o.Extend(ctx, head, "k4", fixed.ID, 1, "motiv"), ErrNotNow)
	late := o.file(ana, petition("altul"))
	o.on("2027-02-01")
	o.wants(o.Extend(ctx, boss, "k5", late.ID, 1, "motiv"), ErrNotNow)
}

package portal

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/counter"
	"bega/drafts"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/pdf"
	"bega/procedures"
)

// TestTheCounterFilesForPeople: an official fills in for somebody what they would fill in
// themselves, with the papers that they brought, and nothing else of theirs; who stands
// there reads it.
func TestTheCounterFilesForPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testCounter(t, openHall(t, d)) })
}

func testCounter(t *testing.T, h *hall) {
	ctx := t.Context()
	dana := act.Actor{Person: h.radu.Person, For: h.radu.For, Level: act.Verified, Roles: []act.Role{act.Clerk, act.Desk}, Unit: "relatii-cetateni"}
	const service = "abonament-parcare"
	at := func(d string) act.Actor {
		t.Helper()
		draft, err := h.drafts.ByID(ctx, h.ana, d)
		h.must(err)
		as, name, err := h.counter.Serve(ctx, dana, draft)
		h.must(err)
		if as.Counter != (name == "Ana Test-Demo") {
			t.Fatalf("she serves %q", name)
		}
		return as
	}

	// What Ana has in her folder, and has begun at home, stays hers.
	hers := h.gives("talon")
	private, err := h.drafts.Begin(ctx, h.ana, "k0", service, true, nil)
	h.must(err)
	who, services, err := h.counter.Open(ctx, dana, h.ana.For, "identity.why-visit")
	h.must(err)
	if who.Name != "Ana Test-Demo" || who.Level != act.Verified || !slices.ContainsFunc(services, func(s *procedures.Service) bool { return s.Key == service }) {
		t.Errorf("she opens %+v, with %d services", who, len(services))
	}
	link, err := h.counter.Begin(ctx, dana, "k1", h.ana.For, service)
	h.must(err)
	again, err := h.counter.Begin(ctx, dana, "k1", h.ana.For, service)
	h.must(err)
	id := strings.Split(link, "/")[2]
	if link != again || id == private.ID {
		t.Errorf("it begins at %s, and then at %s", link, again)
	}
	as := at(id)
	d, err := h.drafts.ByID(ctx, as, id)
	h.must(err)
	if d.Owner != h.ana.For || d.By != dana.Person || d.Served != dana.Person || d.Values.Get("talon") != "" {
		t.Errorf("the draft is %+v", d)
	}
	for _, foreign := range []func() error{
		func() error { _, err := h.drafts.ByID(ctx, as, private.ID); return err },
		func() error { _, err := h.drafts.ByID(ctx, dana, id); return err },
		func() error { _, err := h.drafts.ByID(ctx, dana, private.ID); return err },
		func() error { _, err := h.folder.ByID(ctx, as, hers); return err },
		func() error { _, err := h.cases.ByID(ctx, as, "x"); return err },
	} {
		if err := foreign(); err == nil {
			t.Error("the counter sees what is not for it")
		}
	}
	if as.May(act.ReadFolder, act.On{Subject: "x", Owner: h.ana.For}) == nil || as.May(act.FileCase, act.On{Subject: "x", Owner: h.ana.For, Service: service}) == nil ||
		as.May(act.KeepDraft, act.On{Subject: "x", Owner: h.ana.For, Service: "petitie"}) == nil || as.May(act.GiveConsent, act.On{Subject: "x", Owner: h.ana.For, Service: service}) == nil {
		t.Error("the counter may more than fill in one application")
	}

	made, err := pdf.Make(pdf.Document{Lang: "ro", Title: "Talon", Blocks: pdf.Blocks{pdf.Paragraph{Text: "Scanat."}}}, h.now())
	h.must(err)
	scan, err := h.drafts.Upload(ctx, as, "k2", id, "talon", drafts.Sent{Name: "talon.pdf", Bytes: made, Size: int64(len(made))})
	h.must(err)
	if scan.Source != folder.AtDesk || scan.GivenBy != dana.Person || scan.Owner != h.ana.For {
		t.Errorf("what was scanned is %+v", scan)
	}
	for step, values := range map[string]procedures.Values{
		"locuinta": {"adresa.localitate": {"Timișoara"}, "adresa.strada": {"Strada Nufărului"}, "adresa.numar": {"3"}, "zona": {"rosie"}},
		"masina":   {"numar": {"TM 07 ABC"}, "proprietar": {"eu"}, "talon": {"nou"}, "talon.fisier.id": {scan.ID}}} {
		page := drafts.Page{Step: step, Values: values, On: true}
		s, _ := h.catalog.Service(service, h.today())
		form, _ := s.Step(step)
		for _, f := range form.Fields {
			page.Asked = append(page.Asked, f.Key)
		}
		_, err := h.drafts.Save(ctx, as, id, page)
		h.must(err)
	}
	d, err = h.drafts.ByID(ctx, as, id)
	h.must(err)
	if _, problems, err := h.drafts.Read(ctx, as, d); err != nil || len(problems) > 0 {
		t.Fatalf("it lacks %v, %v", problems, err)
	}
	caseID, err := h.drafts.Send(ctx, as, id, d.Edition)
	h.must(err)
	if same, err := h.drafts.Send(ctx, as, id, d.Edition); err != nil || same != caseID {
		t.Errorf("sent again, it is %s, %v", same, err)
	}

	f, err := h.counter.Filed(ctx, dana, caseID)
	h.must(err)
	if !f.AtDesk || f.Owner != h.ana.For || f.FiledBy != dana.Person || f.For != "Ana Test-Demo" || f.Number.IsZero() {
		t.Errorf("it is %+v", f)
	}
	receipt, err := h.counter.Receipt(ctx, dana, caseID)
	if err != nil || !bytes.HasPrefix(receipt, []byte("%PDF")) {
		t.Errorf("the receipt: %d bytes, %v", len(receipt), err)
	}
	colleague := dana
	colleague.Person, colleague.For = h.lidia.Person, h.lidia.For
	for _, other := range []act.Actor{colleague, h.ana, h.lidia, {}} {
		if _, err := h.counter.Filed(ctx, other, caseID); !errors.Is(err, act.ErrRefused) {
			t.Errorf("%s: %v", other.Person, err)
		}
		if _, err := h.counter.Receipt(ctx, other, caseID); !errors.Is(err, act.ErrRefused) {
			t.Errorf("%s: %v", other.Person, err)
		}
	}

	// Ana follows it, and reads who did what.
	v, err := h.cases.ByID(ctx, h.ana, caseID)
	h.must(err)
	if first := v.Events[0]; first.Key != "cases.event-assisted" || first.Args[0] != f.Number.String() || len(v.Documents) != 1 || v.Documents[0].ID != scan.ID {
		t.Errorf("the case says %+v, with %+v", v.Events, v.Documents)
	}
	seen, _, err := h.folder.Seen(ctx, h.ana, folder.Officials, "", 100)
	h.must(err)
	did := map[act.Verb]int{}
	for _, e := range seen {
		if e.Person == dana.Person && e.Role == act.Desk && e.Unit == dana.Unit {
			did[e.Verb]++
		}
	}
	if did[act.FindParty] != 1 || did[act.BeginDraft] != 1 || did[act.KeepDraft] == 0 || did[act.AddDocument] != 1 || did[act.AssistCase] != 2 {
		t.Errorf("she reads %v", did)
	}
	opened, _, err := h.folder.Seen(ctx, h.ana, folder.Openings, "", 100)
	if err != nil || !slices.ContainsFunc(opened, func(e act.Entry) bool { return e.Verb == act.BeginDraft }) {
		t.Errorf("her data was opened by %+v, %v", opened, err)
	}
	// Whoever has filed it does not decide it.
	if _, err := h.desk.Approval(ctx, act.Actor{Person: dana.Person, For: dana.For, Roles: []act.Role{act.Clerk}, Unit: v.Unit}, caseID, ""); err == nil {
		t.Error("the same official decides it")
	}
}

// TestWhomTheCounterMayNotServe: nobody themselves, nor whom they represent, nor for more
// than a visit; and no one else may serve anybody.
func TestWhomTheCounterMayNotServe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testMayNotServe(t, openHall(t, d)) })
}

func testMayNotServe(t *testing.T, h *hall) {
	ctx := t.Context()
	dana := act.Actor{Person: h.radu.Person, For: h.radu.For, Level: act.Verified, Roles: []act.Role{act.Desk}, Unit: "relatii-cetateni"}
	for _, other := range []act.Actor{h.ana, h.lidia, {}, {Person: h.radu.Person, For: h.radu.For, Roles: []act.Role{act.Clerk, act.Head, act.Signatory, act.Officer, act.Admin}, Unit: "urbanism"}} {
		if _, err := h.counter.Begin(ctx, other, "k", h.ana.For, "petitie"); !errors.Is(err, act.ErrRefused) {
			t.Errorf("%v: %v", other.Roles, err)
		}
		if _, _, err := h.counter.Open(ctx, other, h.ana.For, "identity.why-visit"); !errors.Is(err, act.ErrRefused) {
			t.Errorf("%v: %v", other.Roles, err)
		}
	}
	fails := func(id act.PartyID, service string, want error) {
		t.Helper()
		if _, err := h.counter.Begin(ctx, dana, db.NewID(), id, service); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", service, err, want)
		}
	}
	fails(dana.Person, "petitie", counter.ErrSelf)
	fails("nobody", "petitie", identity.ErrUnknown)
	fails(h.ana.For, "dragoni", counter.ErrService)
	fails(h.ana.For, "intrebare-date", counter.ErrService) // which is asked from another page
	mandate, err := h.identity.Give(ctx, h.ana, "m", identity.Grant{To: "3850615350051", Name: "Radu", Capacity: identity.Attorney})
	h.must(err)
	fails(h.ana.For, "petitie", counter.ErrSelf)
	h.must(h.identity.End(ctx, h.ana, "e", mandate))

	link, err := h.counter.Begin(ctx, dana, "k1", h.ana.For, "petitie")
	h.must(err)
	d, err := h.drafts.ByID(ctx, h.ana, strings.Split(link, "/")[2])
	h.must(err)
	d.Began = d.Began.Add(-13 * time.Hour)
	if as, name, err := h.counter.Serve(ctx, dana, d); err != nil || as.Counter || name != "" {
		t.Errorf("the next day, she serves %q, %v", name, err)
	}
	if _, err := h.drafts.Begin(ctx, act.Actor{Person: h.lidia.Person, For: h.ana.For, Services: []string{"petitie"}, Counter: true, Level: act.Verified}, "k2", "petitie", true, nil); !errors.Is(err, act.ErrRefused) {
		t.Errorf("without the role: %v", err)
	}
	// She goes on at home, and it is hers.
	if _, err := h.drafts.ByID(ctx, h.ana, d.ID); err != nil {
		t.Error(err)
	}
}

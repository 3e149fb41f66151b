package desk_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"bega/cases"
	"bega/desk"
	"bega/desk/desktest"
	"bega/internal/browser"
)

// inTown runs a test of a town in a real browser; one engine is enough for that.
func inTown(t *testing.T, test func(t *testing.T, o *town, url string)) {
	o := newTown(desktest.Small(t))
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	test(t, o, server.URL)
}

// TestJourneyOfAClerk decides standard cases within the budget of the journey: the
// case and the decision are two pages, nothing is typed, and the next case comes
// by itself. Scripts are not needed.
func TestJourneyOfAClerk(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		first, next := o.certificate(ana), o.certificate(agent)
		for _, noScript := range []bool{false, true} {
			o.As = clerk
			tab := browser.Open(t, browser.Options{NoScript: noScript})
			tab.Go(url + "/lucru")
			tab.Reset()
			tab.Click("[action='/lucru/urmatorul'] button")
			tab.Click("Aprobă")
			tab.Click("Trimite la semnat")
			got := tab.Count()
			if got.Pages > 3 || got.Clicks > 6 || got.Typed != 0 || got.Uploads != 0 { // the third page is the next case, or the list
				t.Errorf("without scripts %t: the journey took %+v", noScript, got)
			}
			if !noScript && (!tab.Has("Următorul: "+next.Number.String()) || !strings.HasSuffix(tab.URL(), next.ID+"?gata="+first.Number.String())) {
				t.Errorf("it led to %s", tab.URL())
			}
			if errors := tab.Console(); len(errors) > 0 {
				t.Errorf("the console has %q", errors)
			}
		}
		if list, err := o.Desk.Worklist(t.Context(), chief, desk.Filter{Sign: true}); err != nil || len(list.Rows) != 2 {
			t.Errorf("to sign are %+v, %v", list.Rows, err)
		}
	})
}

// TestKeyboard goes from the list to a decision without a mouse.
func TestKeyboard(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		o.certificate(ana)
		second := o.certificate(agent)
		o.As = clerk
		tab := browser.Open(t, browser.Options{})
		tab.Go(url + "/lucru/echipa")
		tab.Await("Taste rapide")
		tab.Press("j")
		tab.Press("j")
		if got := tab.Focused(); got != second.Number.String() {
			t.Errorf("the focus is on %q", got)
		}
		tab.Press("Enter")
		if !strings.Contains(tab.URL(), second.ID) {
			t.Fatalf("Enter led to %s", tab.URL())
		}
		for range 30 {
			if tab.Press("Tab"); tab.Focused() == "Aprobă" {
				tab.Press("Enter")
				break
			}
		}
		if !tab.Has("Trimite la semnat") {
			t.Errorf("the keyboard led to %s", tab.URL())
		}
	})
}

// TestPicture turns and magnifies an image in place.
func TestPicture(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		c := o.certificate(ana)
		o.As = clerk
		tab := browser.Open(t, browser.Options{})
		tab.Go(url + "/lucru/caz/" + c.ID + "?doc=" + o.Look(clerk, c.ID).Documents[1].ID)
		tab.Reset()
		tab.Click("Rotește")
		tab.Click("Mărește")
		tab.Click("Micșorează")
		if got := tab.Count(); got.Pages != 0 {
			t.Errorf("turning took %d pages", got.Pages)
		}
		tab.Click(".sheet.r1.z1") // is there, or the test ends
	})
}

// TestPagesSuitEverybody looks at every page, wide and narrow, light and dark.
// With BEGA_PICTURES set to a folder, it leaves pictures of them there.
func TestPagesSuitEverybody(t *testing.T) {
	inTown(t, func(t *testing.T, o *town, url string) {
		ctx := t.Context()
		o.GiveFile(ana, "plan-cadastral", "Plan vechi.png", desktest.Picture(t))
		asked, c, proposed, over := o.certificate(agent), o.certificate(ana), o.certificate(agent), o.certificate(ana)
		o.Must(o.Desk.Ask(ctx, clerk, "a", asked.ID, 0, cases.Ask{Text: "Planul nu se vede.", Documents: []string{"plan-situatie"}, Reason: "Nu se vede."}))
		o.Must(o.Write(ctx, ana, "w", c.ID, "Bună ziua, e bun extrasul?", nil))
		o.Must(o.Desk.Note(ctx, second, "n", c.ID, "De verificat cu PUG."))
		o.Must(o.Desk.Say(ctx, clerk, "s", c.ID, "Da, e bun.", nil))
		for _, id := range []string{proposed.ID, over.ID} {
			o.Must(o.Desk.Propose(ctx, clerk, "p"+id, id, 0, cases.Proposal{Outcome: cases.Approve}))
		}
		o.Must(o.Desk.Sign(ctx, chief, "s", over.ID, 0))
		petition := o.Filed(ana, desktest.Petition("altul"))
		o.Wait(21 * 24 * time.Hour) // the term of the certificate presses
		o.Must(o.Folder.Certify(ctx, clerk, "c", o.Look(second, c.ID).Documents[0].ID, c.ID))
		reason := o.Look(second, c.ID).Of.Refusals[0].Key
		path := "/lucru/caz/" + c.ID
		pages := map[string]string{
			"mine": "/lucru", "done": "/lucru?gata=UR2026-000009&niciunul=1", "team": "/lucru/echipa", "none": "/lucru/echipa?doar=noi&doar=libere&doar=semnat", "search": "/lucru/cauta",
			"case": path + "?gata=UR2026-000001", "picture": path + "?doc=" + o.Look(second, c.ID).Documents[1].ID + "&rotire=1", "messages": path + "?fila=mesaje", "history": path + "?fila=istoric",
			"asked": "/lucru/caz/" + asked.ID, "over": "/lucru/caz/" + over.ID, "to-sign": "/lucru/caz/" + proposed.ID, "ask": path + "/completare?sablon=" + o.Look(second, c.ID).Of.Corrections[0].Key,
			"approve": path + "/decizie?fel=aprobare", "reasons": path + "/decizie?fel=respingere", "refuse": path + "/decizie?fel=respingere&motiv=" + reason, "close": path + "/decizie?fel=inchidere",
			"sign": "/lucru/caz/" + proposed.ID + "/semnare", "route": path + "/trimite", "petition": "/lucru/caz/" + petition.ID, "extend": "/lucru/caz/" + petition.ID + "/prelungire",
		}
		looks := map[string]browser.Options{"": {}, "-narrow": {Width: 320, Dark: true}}
		dir := os.Getenv("BEGA_PICTURES")
		if dir != "" {
			looks["-dark"], looks["-english"] = browser.Options{Dark: true}, browser.Options{Lang: "en"}
		}
		for ending, options := range looks {
			tab := browser.Open(t, options)
			for name, page := range pages {
				o.As = clerk
				switch name {
				case "sign", "to-sign":
					o.As = chief
				case "petition", "extend":
					o.As = greeter
				}
				tab.Go(url + page)
				if err := tab.Reflows(); err != nil {
					t.Errorf("%s%s: %v", name, ending, err)
				}
				for _, bad := range tab.Axe() {
					t.Errorf("%s%s: %v", name, ending, bad)
				}
				if dir != "" {
					tab.Screenshot(dir + "/desk-" + name + ending + ".png")
				}
			}
			if errors := tab.Console(); len(errors) > 0 {
				t.Errorf("the console has %q", errors)
			}
		}
	})
}

package applications

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"bega/cases"
	"bega/desk/desktest"
	"bega/internal/act"
	"bega/internal/browser"
	"bega/internal/web/assets"
)

// serve lets a browser look at the town as somebody.
func (o *town) serve(as act.Actor) string {
	site := o.site()
	site.Mount("GET /f/", assets.Handler())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		desktest.SignIn(r, as)
		site.ServeHTTP(w, r)
	}))
	o.T.Cleanup(server.Close)
	return server.URL
}

// TestPagesInABrowser: no page has a fault that a machine can find, on a telephone
// and in the dark either.
func TestPagesInABrowser(t *testing.T) {
	o := &town{desktest.Small(t, Files)}
	c, ask := o.Asked()
	sent := o.Filed(ana, o.Urbanism(ana))
	refused := o.Filed(ana, o.Urbanism(ana))
	o.Must(o.Desk.Propose(t.Context(), clerk, "p1", refused.ID, 0, cases.Proposal{Outcome: cases.Refuse, Reason: o.Refusal(refused), Detail: "Motivele.", Plain: "Terenul are alt proprietar."}))
	o.Must(o.Desk.Sign(t.Context(), chief, "s1", refused.ID, 0))
	o.Look(clerk, c.ID)
	o.Must(o.Write(t.Context(), ana, "m1", c.ID, "Bună ziua. De unde iau planul cadastral?", nil))
	o.On("2026-11-26")
	o.Must(o.Desk.Say(t.Context(), clerk, "m2", c.ID, "Îl iei de la notar sau de la OCPI.\nPoți trimite și o fotografie.", nil))
	late := o.Filed(ion, o.Urbanism(ion))
	o.On("2026-12-29")
	o.Must(o.Tick(t.Context()))
	anas, ions := o.serve(ana), o.serve(ion)
	for name, address := range map[string]string{
		"list": anas + "/cereri", "asked": anas + "/cereri/" + c.ID, "ask": anas + "/cereri/" + c.ID + "/completare/" + ask, "sent": anas + "/cereri/" + sent.ID + "/confirmare",
		"refused": anas + "/cereri/" + refused.ID, "late": ions + "/cereri/" + late.ID, "leave": anas + "/cereri/" + c.ID + "/renunta",
		"track": anas + "/urmareste?numar=" + c.Number.String() + "&cod=" + c.Receipt, "untracked": anas + "/urmareste?numar=1&cod=2",
	} {
		for _, look := range []browser.Options{{}, {Dark: true, Width: 320, NoScript: true}} {
			b := browser.Open(t, look)
			b.Go(address)
			if name == "ask" {
				b.Click("Trimite")
			}
			if found := b.Axe(); len(found) > 0 {
				t.Errorf("%s %+v: %v", name, look, found)
			}
			if err := b.Reflows(); err != nil {
				t.Errorf("%s %+v: %v", name, look, err)
			}
			if dir := os.Getenv("BEGA_PICTURES"); dir != "" {
				b.Screenshot(filepath.Join(dir, fmt.Sprintf("applications-%s-%d-%v.png", name, look.Width, look.Dark)))
			}
			if wrong := b.Console(); len(wrong) > 0 && name != "ask" && name != "untracked" {
				t.Errorf("%s %+v: %q", name, look, wrong)
			}
		}
	}
}

// TestAnswerInABrowser counts what journey 4 asks of somebody: from the link in
// the mail, three pages, one field and one file at most.
func TestAnswerInABrowser(t *testing.T) {
	for _, noScript := range []bool{false, true} {
		o := &town{desktest.Small(t, Files)}
		c, ask := o.Asked()
		file := filepath.Join(t.TempDir(), "plan.png")
		o.Must(os.WriteFile(file, desktest.Picture(t), 0o600))
		b := browser.Open(t, browser.Options{Width: 390, NoScript: noScript})
		b.Go(o.serve(ana) + "/cereri/" + c.ID + "/completare/" + ask)
		b.Type("Spune în câteva rânduri ce vrei să faci", "O casă cu două etaje.")
		b.Upload("Fișierul nou", file)
		if !noScript {
			b.Await("Trimis")
		}
		b.Click("Trimite")
		if got := b.Count(); !b.Has("a primit ce ai trimis") || got.Pages > 3 || got.Typed > 1 || got.Uploads > 1 {
			t.Errorf("without scripts: %t: %+v\n%s", noScript, got, b.Text())
		}
		if v := o.Get(c.ID); v.State != cases.Answered || o.Count(c.ID, act.AnswerAsked) != 1 {
			t.Errorf("the case is %s", v.State)
		}
	}
}

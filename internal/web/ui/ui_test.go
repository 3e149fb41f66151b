package ui

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	qrcode "github.com/skip2/go-qrcode"

	"bega/internal/text"
	"bega/internal/web/htmltest"
)

var town = Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial", Authority: "Primăria",
	Phone: "0256 408 300", PhoneLink: "+40256408300", Hours: "luni–vineri, între 8 și 16"}

// newPage returns a page of a Monday afternoon in November.
func newPage(t *testing.T, lang, path string) Page {
	t.Helper()
	texts, err := text.Load(Files)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	return Page{Translator: texts.For(lang), Town: town, Path: path, Key: "k-1", Zone: zone,
		Now: time.Date(2026, 11, 23, 14, 32, 0, 0, zone)}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// visitors are the people who may look at a page.
func visitors(p Page) map[string]Who {
	signedIn := Who{SignedIn: true, Name: "Ștefania Ionescu", Unread: 2, Expires: p.Now.Add(30 * time.Minute)}
	firm, clerk := signedIn, signedIn
	firm.For = "SC Bega Demo SRL"
	clerk.Staff, clerk.Admin = true, true
	return map[string]Who{"nobody": {}, "resident": signedIn, "firm": firm, "clerk": clerk}
}

// TestGallery renders every component, for everybody, in every language.
func TestGallery(t *testing.T) {
	for _, lang := range []string{"ro", "en"} {
		for _, view := range []string{"", "acasa", "formular", "lucru", "confirmare", "nimic"} {
			p := newPage(t, lang, "/componente?vedere="+view)
			for name, who := range visitors(p) {
				t.Run(lang+"/"+view+"/"+name, func(t *testing.T) {
					p := p
					p.Who, p.HasErrors = who, view == "formular"
					page := render(t, Gallery(p))
					for _, wrong := range htmltest.Check(page) {
						t.Error(wrong)
					}
					if match := regexp.MustCompile(`\bui\.[a-z-]+|%![a-z(]|%[sd]\b`).FindString(withoutData(page)); match != "" {
						t.Errorf("a text is missing or incomplete: %q", match)
					}
					if !strings.Contains(page, `<html lang="`+lang+`"`) {
						t.Error("the page does not say its language")
					}
				})
			}
		}
	}
}

// withoutData returns a page without the attributes that hold patterns for the
// modules.
func withoutData(page string) string {
	return regexp.MustCompile(`data-[a-z-]+="[^"]*"`).ReplaceAllString(page, "")
}

// TestGalleryShowsEverything: a component that is not in the gallery is looked
// at by nobody.
func TestGalleryShowsEverything(t *testing.T) {
	p := newPage(t, "ro", "/componente")
	shown := ""
	for _, view := range []string{"", "acasa", "formular", "lucru", "confirmare"} {
		p.Path = "/componente?vedere=" + view
		p.Who = visitors(p)["firm"]
		shown += render(t, Gallery(p))
	}
	for _, class := range []string{"hero", "hero big", "crumb", "kick", "lead", "card", "g3", "band", "life", "todo", "tiles", "list",
		"tag", "sum", "alert", "banner", "conf", "facts", "tabs", "more1", "help", "empty", "steps", "mstep", "saved", "line", "thread",
		"permit", "qr", "rt", "filter", "pages", "btn s", "btn pay", "btn d", "es", "f", "tile", "date", "pw", "money", "files", "up",
		"acting", "timeout", "role", "bench", "meta", "finds", "tools", "doc", "card note"} {
		if !regexp.MustCompile(`class="` + class + `( [a-z0-9 ]*)?"`).MatchString(shown) {
			t.Errorf("nothing of the class %q is in the gallery", class)
		}
	}
}

// TestNothingTypedBecomesMarkup: whatever people type stays text.
func TestNothingTypedBecomesMarkup(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`
	p := newPage(t, "ro", "/cauta?q="+evil)
	p.Who = Who{SignedIn: true, Name: evil, For: evil}
	in := Input{Name: "nume", Label: evil, Hint: evil, Value: evil, Error: evil, Max: 10}
	options := []Option{{Value: evil, Label: evil, Hint: evil}}
	page := render(t, LayoutForm(p, evil, templ.Join(Steps(p, []Step{{Title: evil, Href: evil, Current: true}}), Help(p)))) +
		render(t, templ.Join(ErrorSummary(p, in), Field(p, in), Textarea(p, in), Select(p, in, options), Radios(p, in, options),
			DateField(p, in, Typed{evil, evil, evil}), PasswordField(p, in), MoneyField(p, in),
			FileField(p, in, Limits{Kinds: evil, Have: []Upload{{ID: evil, Name: evil}, {Name: evil, Error: evil}}}),
			MessageThread(p, []Message{{From: evil, Text: evil, Files: []Link{{Href: evil, Label: evil}}}}),
			Table(p, Sheet{Columns: []Column{{Label: evil}}, Rows: [][]Cell{{{Text: evil, Note: evil}}}}),
			SummaryList(p, []Fact{{Label: evil, Value: evil, Change: evil}}), QR("https://example.invalid", evil), Tag(Kind(evil), "x", evil)))
	for _, bad := range []string{"<script>", "<img", `onerror=alert(1)>"`} {
		if strings.Contains(page, bad) {
			t.Errorf("%s got into the page", bad)
		}
	}
	if !strings.Contains(page, html.EscapeString("<script>alert(1)</script>")) {
		t.Error("what was typed is not shown")
	}
}

func TestLinksDoNotRunScripts(t *testing.T) {
	p := newPage(t, "ro", "/")
	const evil = "javascript:alert(1)"
	page := render(t, templ.Join(LinkButton(evil, "a"), ListRow(Item{Href: evil, Title: "a"}), Breadcrumb(p, Link{Href: evil, Label: "a"}),
		Tile(Link{Href: evil, Icon: "house"}, false), Form(p, "post", evil), Tabs("a", []Link{{Href: evil}}), Search(p, "a", evil, "")))
	if strings.Contains(page, evil) {
		t.Errorf("a link runs a script: %s", page)
	}
}

func TestEveryPageSaysForWhom(t *testing.T) {
	p := newPage(t, "ro", "/dosar")
	p.Who = visitors(p)["firm"]
	for name, c := range map[string]templ.Component{"Layout": Layout(p, "Dosar"), "LayoutHero": LayoutHero(p, "Dosar", Hero("Dosar", "")),
		"LayoutForm": LayoutForm(p, "Dosar", Help(p))} {
		if page := render(t, c); !strings.Contains(page, "Lucrezi pentru SC Bega Demo SRL") || !strings.Contains(page, `href="/dosare"`) {
			t.Errorf("%s does not say for whom one acts, or how to change it", name)
		}
	}
	p.Who.For = ""
	if page := render(t, Layout(p, "Dosar")); strings.Contains(page, "Lucrezi pentru") {
		t.Error("somebody who acts for themselves is told that they act for another")
	}
}

func TestMenuSaysWhereWeAre(t *testing.T) {
	p := newPage(t, "ro", "/plati/istoric")
	p.Section = "/plati"
	current := regexp.MustCompile(`href="([^"]+)" aria-current="page"`).FindAllStringSubmatch(render(t, Layout(p, "Plăți")), -1)
	if len(current) != 1 || current[0][1] != "/plati" {
		t.Errorf("the menu says we are in %q, want /plati alone", current)
	}
	p.Who = Who{SignedIn: true, Admin: true}
	if page := render(t, LayoutDesk(p, "Lucru")); !strings.Contains(page, `href="/admin"`) || strings.Contains(page, `href="/lucru`) {
		t.Error("who manages accounts finds no way there, or one to where they may not go")
	}
	p.Who = Who{SignedIn: true, Staff: true, Counter: true}
	if page := render(t, LayoutDesk(p, "Lucru")); !strings.Contains(page, `href="/lucru/ghiseu"`) || strings.Contains(page, `href="/lucru/echipa"`) {
		t.Error("who serves people at the counter is not led there, or to cases")
	}
	p.Who.Admin = false
	if page := render(t, LayoutDesk(p, "Lucru")); strings.Contains(page, `href="/admin"`) {
		t.Error("who does not manage accounts is led there")
	}
}

func TestLanguageSwitchKeepsThePage(t *testing.T) {
	p := newPage(t, "ro", "/servicii?q=certificat+fiscal&pagina=2")
	match := regexp.MustCompile(`href="([^"]+)" lang="en"`).FindStringSubmatch(render(t, Layout(p, "Servicii")))
	if match == nil {
		t.Fatal("there is no way to English")
	}
	u, err := url.Parse(html.UnescapeString(match[1]))
	if err != nil || u.Path != "/servicii" || u.Query().Get("q") != "certificat fiscal" || u.Query().Get("limba") != "en" || u.Query().Get("pagina") != "2" {
		t.Errorf("the way to English is %q", match[1])
	}
}

func TestTitleSaysFirstThatSomethingIsWrong(t *testing.T) {
	p := newPage(t, "ro", "/")
	p.HasErrors = true
	if page := render(t, Layout(p, "Vehiculul")); !strings.Contains(page, "<title>Eroare: Vehiculul – Timișoara</title>") {
		t.Error("the title does not begin with the error")
	}
}

// TestErrorIsSaidWithTheField: in the summary, beside the field, and to a screen
// reader when it reaches the field.
func TestErrorIsSaidWithTheField(t *testing.T) {
	p := newPage(t, "ro", "/")
	in := Input{Name: "talon.nr", Label: "Numărul", Hint: "Pe talon.", Value: "TM", Error: "Scrie numărul întreg."}
	options := []Option{{Value: "1", Label: "Unu"}, {Value: "2", Label: "Doi"}}
	for name, c := range map[string]templ.Component{"Field": Field(p, in), "Textarea": Textarea(p, in), "Select": Select(p, in, options),
		"Radios": Radios(p, in, options), "Checkboxes": Checkboxes(p, in, nil, options), "DateField": DateField(p, in, Typed{}),
		"MoneyField": MoneyField(p, in), "PasswordField": PasswordField(p, in), "FileField": FileField(p, in, Limits{}),
		"DocumentPicker": DocumentPicker(p, in, nil, Limits{}), "Checkbox": Checkbox(p, in), "Picker": Picker(p, in, options, Input{Name: "talon.nr.nou", Label: "Altul"})} {
		page := render(t, templ.Join(ErrorSummary(p, in), c))
		all := htmltest.Parse(page).All
		if n := strings.Count(page, in.Error); n != 2 {
			t.Errorf("%s: the error is there %d times, want 2", name, n)
		}
		if !slices.ContainsFunc(all, func(e *htmltest.Element) bool { return strings.Contains(e.Attr["aria-describedby"], "talon.nr-error") }) {
			t.Errorf("%s: nothing is described by the error", name)
		}
		target := slices.IndexFunc(all, func(e *htmltest.Element) bool { return e.Attr["id"] == in.Name })
		if target < 0 || all[target].Attr["aria-invalid"] != "true" {
			t.Errorf("%s: the summary does not lead to the field", name)
		}
	}
	if page := render(t, ErrorSummary(p, Input{Name: "bun"})); page != "" {
		t.Errorf("nothing is wrong, and the summary says %s", page)
	}
}

func TestQRHoldsTheAddress(t *testing.T) {
	const address = "https://example.invalid/v/CU-2026-01843"
	code, err := qr(address)
	if err != nil {
		t.Fatal(err)
	}
	want, err := qrcode.New(address, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	drawn := make([][]bool, code.size)
	for y := range drawn {
		drawn[y] = make([]bool, code.size)
	}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(code.path, -1) {
		x, y, w := number(t, run[1]), number(t, run[2]), number(t, run[3])
		for i := range w {
			drawn[y][x+i] = true
		}
	}
	if !slices.EqualFunc(drawn, want.Bitmap(), slices.Equal[[]bool]) {
		t.Error("what is drawn is not the code")
	}
	var out strings.Builder
	if err := QR(strings.Repeat("x", 4000), "").Render(t.Context(), &out); err == nil {
		t.Error("an address that fits into no code was drawn")
	}
}

package ui

import (
	"net/url"

	"bega/internal/web/assets"
)

// States returns the states of a case, in the order a case may go through them.
func States() []State {
	return []State{Draft, Sent, Checking, NeedsYou, InWork, Ready, Rejected, Withdrawn, Lapsed}
}

func kinds() []Kind { return []Kind{Working, Waiting, Wrong, Done, Plain} }

func icons() []string { return assets.Icons() }

// asClerk returns the page as somebody sees it who has a desk.
func (p Page) asClerk() Page {
	p.Who.Staff, p.Who.Cases, p.Who.Counter = true, true, true
	return p
}

// view returns which part of the gallery is asked for.
func (p Page) view() string {
	u, err := url.Parse(p.Path)
	if err != nil {
		return ""
	}
	return u.Query().Get("vedere")
}

func galleryLinks(p Page) (links []Link) {
	for i, view := range []struct{ name, label string }{
		{"", p.T("ui.gallery")}, {"acasa", p.T("ui.menu-home")}, {"formular", p.T("ui.gallery-form")},
		{"lucru", p.T("ui.desk")}, {"confirmare", p.T("ui.gallery-done")},
	} {
		links = append(links, Link{Href: p.With("vedere", view.name), Label: view.label, Current: p.view() == view.name, Count: i})
	}
	return links
}

func sampleTasks(p Page) []Task {
	link := Link{Href: "#main", Label: p.T("ui.sample-button")}
	return []Task{
		{Icon: "upload-simple", Title: p.T("ui.sample-case"), Text: p.T("ui.sample-sentence"), Button: link, Primary: true},
		{Icon: "receipt", Title: p.T("ui.sample-pay"), Text: p.T("ui.sample-sentence"), Button: link},
		{Icon: "calendar-check", Title: p.T("ui.sample-label"), Text: p.DateTime(p.Now), Button: link, Calm: true},
		{Icon: "bell", Title: p.T("ui.sample-tag"), Text: p.T("ui.sample-sentence"), Calm: true},
	}
}

func sampleFacts(p Page) []Fact {
	return []Fact{
		{Label: p.T("ui.address-street"), Value: "Strada Alba Iulia 7", Change: "#main"},
		{Label: p.T("ui.sample-label"), Show: StatusChip(p, InWork)},
		{Label: p.T("ui.number"), Show: Code("CU-2026-01843")},
	}
}

func sampleFindings(p Page) (all []Finding) {
	for _, kind := range kinds() {
		all = append(all, Finding{Kind: kind, Text: p.T("ui.sample-sentence")})
	}
	return all
}

func sampleDoors(p Page) (links []Link) {
	for _, icon := range []string{"house-line", "baby", "buildings", "car", "tree", "identification-card", "scroll", "map-trifold"} {
		links = append(links, Link{Href: "#main", Label: p.T("ui.sample-link"), Icon: icon})
	}
	return links
}

func sampleSheet(p Page) Sheet {
	row := func(kind Kind, sum string) []Cell {
		return []Cell{{Text: p.T("ui.sample-case"), Href: "#main", Note: p.T("ui.sample-hint")}, {Text: "CU-2026-01843", Code: true},
			{Text: p.Day(p.Now)}, {Show: Tag(kind, kind.icon(), p.T("ui.sample-tag"))}, {Text: sum}}
	}
	return Sheet{
		Caption: p.T("ui.sample-due"),
		Columns: []Column{
			{Label: p.T("ui.sample-label"), Sort: p.With("ordine", "nume"), Order: "ascending"}, {Label: p.T("ui.number")},
			{Label: p.T("ui.date-day"), Sort: p.With("ordine", "zi")}, {Label: p.T("ui.sample-state")}, {Label: p.T("ui.lei"), Number: true},
		},
		Rows: [][]Cell{row(Wrong, "420,24"), row(Waiting, "84,50"), row(Done, "1.284,00")},
	}
}

func sampleEvents(p Page) []Event {
	files := []Link{{Href: "#main", Label: p.T("ui.sample-file"), Hint: p.Size(2_400_000)}}
	return []Event{
		{When: p.Day(p.Now.AddDate(0, 0, -9)), Title: p.T("ui.state-sent"), Kind: Done, Links: files},
		{When: p.Day(p.Now.AddDate(0, 0, -5)), Title: p.T("ui.state-checking"), Kind: Done},
		{When: p.Day(p.Now), Title: p.T("ui.state-waiting"), Text: p.T("ui.sample-sentence"), Kind: Waiting},
		{When: p.Day(p.Now.AddDate(0, 0, 20)), Title: p.T("ui.state-ready"), Future: true},
	}
}

func sampleMessages(p Page) []Message {
	files := []Link{{Href: "#main", Label: p.T("ui.sample-file"), Hint: p.Size(900_000)}}
	return []Message{
		{ID: "mesaj-1", From: "Ioana M.", When: p.DateTime(p.Now), Text: p.T("ui.sample-text"), Unread: true},
		{From: "Ștefania Ionescu", When: p.DateTime(p.Now), Text: p.T("ui.sample-sentence"), Mine: true, Files: files},
		{From: "Ioana M.", When: p.DateTime(p.Now), Text: p.T("ui.sample-sentence"), Internal: true},
	}
}

func sampleSteps(p Page) []Step {
	return []Step{
		{Title: p.T("ui.address-street"), Href: "#main", Done: true}, {Title: p.T("ui.sample-case"), Current: true},
		{Title: p.T("ui.sample-pay")}, {Title: p.T("ui.sample-button")},
	}
}

// sampleInputs returns one input for each kind of field.
func sampleInputs(p Page, name, wrong string) (inputs []Input) {
	for _, field := range []string{"Field", "Textarea", "Select", "Radios", "Checkboxes", "Checkbox", "DateField",
		"MoneyField", "PasswordField", "FileField", "DocumentPicker", "Picker"} {
		in := Input{Name: name + "." + field, Label: field, Hint: p.T("ui.sample-hint"), Error: wrong, Value: "1"}
		switch field {
		case "Textarea":
			in.Max = 500
		case "PasswordField":
			in.Value, in.Autocomplete = "", "new-password"
		case "DocumentPicker":
			in.Value = "nou"
		}
		inputs = append(inputs, in)
	}
	return inputs
}

func sampleOptions(p Page) []Option {
	return []Option{
		{Value: "1", Label: p.T("ui.sample-label"), Hint: p.T("ui.sample-hint")},
		{Value: "2", Label: p.T("ui.sample-case"), Tag: Tag(Done, "check-circle-fill", p.T("ui.sample-tag"))},
		{Value: "3", Label: p.T("ui.sample-link")},
	}
}

func sampleLimits(p Page, wrong string) Limits {
	limits := Limits{Accept: ".pdf,.jpg,.jpeg,.png", Kinds: "PDF, JPG, PNG", MaxBytes: 10_000_000, Multiple: wrong != ""}
	if wrong != "" {
		limits.Have = []Upload{{ID: "1", Name: p.T("ui.sample-file"), Size: 2_400_000}, {Name: p.T("ui.sample-file"), Size: 24_000_000, Error: wrong}}
	}
	return limits
}

func sampleFolder(p Page) []FolderDocument {
	return []FolderDocument{
		{ID: "1", Title: p.T("ui.sample-label"), Note: p.T("ui.sample-file"), Good: p.T("ui.sample-tag")},
		{ID: "2", Title: p.T("ui.sample-case"), Note: p.T("ui.sample-file"), Late: p.T("ui.sample-tag")},
	}
}

func samplePermit(p Page) Permit {
	return Permit{Title: p.T("ui.sample-case"), Number: "AP-2026-07120", Main: "TM 07 ABC", State: StatusChip(p, Ready),
		Facts: sampleFacts(p)[:1], URL: "https://example.invalid/v/AP-2026-07120"}
}

package city

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/web/ui"
)

// A Pack is what the portal itself reads of a city pack. The catalogue of
// services is read by package procedures.
type Pack struct {
	Town       Facts
	Brand      Brand
	Exceptions []deadline.Exception
	Help       []Article // questions and answers
	About      []Article // declarations, by key: "accesibilitate", "date-personale"
}

// Facts are whose portal it is.
type Facts struct {
	Name      string    `json:"name"`        // "Timișoara"
	Authority form.Text `json:"institution"` // "Primăria Municipiului Timișoara"
	CIF       string    `json:"cif"`
	County    string    `json:"county"`
	Address   string    `json:"address"`
	Phone     struct {
		Display string `json:"display"` // as people read it
		Tel     string `json:"tel"`     // as a link: "tel:+40256408300"
	} `json:"phone"`
	Email string `json:"email"`
	Zone  string `json:"timezone"` // "Europe/Bucharest"
}

// A Brand is what the town looks like.
type Brand struct {
	Municipality string      `json:"municipality"` // on papers: "Municipiul Timișoara"
	Tagline      form.Text   `json:"tagline"`
	Official     form.Text   `json:"official"`
	Hours        form.Text   `json:"hours"`    // when somebody answers the telephone
	Searches     []form.Text `json:"searches"` // words that people often look for
	Doors        []Door      `json:"doors"`    // the six main ways in, on the home page
}

// A Door is a way in that the home page offers.
type Door struct {
	Href  string    `json:"href"`
	Icon  string    `json:"icon"`
	Label form.Text `json:"label"`
	Hint  form.Text `json:"hint"`
	Money bool      `json:"money"` // it leads to paying
}

// An Article is a page that the town hall wrote.
type Article struct {
	Key      string        `json:"key"`
	Title    form.Text     `json:"title"`
	Updated  deadline.Date `json:"updated"`
	Body     []form.Text   `json:"body"`
	Sections []struct {
		Title form.Text   `json:"title"`
		Body  []form.Text `json:"body"`
	} `json:"sections"`
}

// Read reads the files of a pack.
func Read(files fs.FS) (p Pack, err error) {
	for name, to := range map[string]any{"town.json": &p.Town, "brand.json": &p.Brand, "exceptions.json": &p.Exceptions, "help.json": &p.Help, "about.json": &p.About} {
		data, err := fs.ReadFile(files, name)
		if err == nil {
			err = json.Unmarshal(data, to)
		}
		if err != nil {
			return Pack{}, fmt.Errorf("city pack: %s: %w", name, err)
		}
	}
	if p.Town.Name == "" || p.Town.Zone == "" {
		return Pack{}, errors.New("city pack: town.json: it says no name or no zone")
	}
	return p, nil
}

// Article returns a declaration by its key.
func (p Pack) Article(key string) (Article, bool) {
	for _, a := range p.About {
		if a.Key == key {
			return a, true
		}
	}
	return Article{}, false
}

// Page returns the town as pages show it.
func (p Pack) Page(lang string) ui.Town {
	t, b := p.Town, p.Brand
	return ui.Town{Name: t.Name, Tagline: b.Tagline.In(lang), Official: b.Official.In(lang), Authority: t.Authority.In(lang),
		Phone: t.Phone.Display, PhoneLink: strings.TrimPrefix(t.Phone.Tel, "tel:"), Hours: b.Hours.In(lang), Email: t.Email, Address: t.Address}
}

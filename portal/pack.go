package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"bega/internal/deadline"
	"bega/internal/web/ui"
	"bega/procedures"
)

// A pack is what the portal itself reads of a city pack. The catalogue of
// services is read by package procedures.
type pack struct {
	Town       townFacts
	Brand      brand
	Exceptions []deadline.Exception
	Help       []article // questions and answers
	About      []article // declarations, by key: "accesibilitate", "date-personale"
}

// townFacts are whose portal it is.
type townFacts struct {
	Name      string          `json:"name"`        // "Timișoara"
	Authority procedures.Text `json:"institution"` // "Primăria Municipiului Timișoara"
	CIF       string          `json:"cif"`
	Address   string          `json:"address"`
	Phone     struct {
		Display string `json:"display"` // as people read it
		Tel     string `json:"tel"`     // as a link: "tel:+40256408300"
	} `json:"phone"`
	Email string `json:"email"`
	Zone  string `json:"timezone"` // "Europe/Bucharest"
}

// A brand is what the town looks like.
type brand struct {
	Municipality string            `json:"municipality"` // on papers: "Municipiul Timișoara"
	Tagline      procedures.Text   `json:"tagline"`
	Official     procedures.Text   `json:"official"`
	Hours        procedures.Text   `json:"hours"`    // when somebody answers the telephone
	Searches     []procedures.Text `json:"searches"` // words that people often look for
	Doors        []door            `json:"doors"`    // the six main ways in, on the home page
}

// A door is a way in that the home page offers.
type door struct {
	Href  string          `json:"href"`
	Icon  string          `json:"icon"`
	Label procedures.Text `json:"label"`
	Hint  procedures.Text `json:"hint"`
	Money bool            `json:"money"` // it leads to paying
}

// An article is a page that the town hall wrote.
type article struct {
	Key      string            `json:"key"`
	Title    procedures.Text   `json:"title"`
	Updated  deadline.Date     `json:"updated"`
	Body     []procedures.Text `json:"body"`
	Sections []struct {
		Title procedures.Text   `json:"title"`
		Body  []procedures.Text `json:"body"`
	} `json:"sections"`
}

// readPack reads the files of a pack.
func readPack(files fs.FS) (p pack, err error) {
	for name, to := range map[string]any{"town.json": &p.Town, "brand.json": &p.Brand, "exceptions.json": &p.Exceptions, "help.json": &p.Help, "about.json": &p.About} {
		data, err := fs.ReadFile(files, name)
		if err == nil {
			err = json.Unmarshal(data, to)
		}
		if err != nil {
			return pack{}, fmt.Errorf("city pack: %s: %w", name, err)
		}
	}
	if p.Town.Name == "" || p.Town.Zone == "" {
		return pack{}, errors.New("city pack: town.json: it says no name or no zone")
	}
	return p, nil
}

// about returns an article by its key.
func (p pack) about(key string) (article, bool) {
	for _, a := range p.About {
		if a.Key == key {
			return a, true
		}
	}
	return article{}, false
}

// page returns the town as pages show it.
func (p pack) page(lang string) ui.Town {
	t, b := p.Town, p.Brand
	return ui.Town{Name: t.Name, Tagline: b.Tagline.In(lang), Official: b.Official.In(lang), Authority: t.Authority.In(lang),
		Phone: t.Phone.Display, PhoneLink: strings.TrimPrefix(t.Phone.Tel, "tel:"), Hours: b.Hours.In(lang), Email: t.Email, Address: t.Address}
}

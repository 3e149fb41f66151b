package identity

import (
	"embed"
	"net/http"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /profil", act.KeepProfile, p.profile)
	site.Handle("POST /profil", act.KeepProfile, p.keepProfile)
	site.Handle("GET /imputerniciri", act.ReadMandates, p.mandates)
	site.Handle("GET /imputerniciri/noua", act.GiveMandate, p.newMandate)
	site.Handle("POST /imputerniciri/noua", act.GiveMandate, p.giveMandate)
	site.Handle("POST /imputerniciri/{mandat}/incheie", act.EndMandate, p.endMandate)
	site.Handle("POST /imputerniciri/{mandat}/primeste", act.TakeMandate, p.takeMandate)
	site.Handle("GET /lucru/ghiseu", act.FindParty, p.desk)
	site.Handle("POST /lucru/ghiseu", act.FindParty, p.find)
	site.Handle("GET /lucru/ghiseu/inscriere", act.EnrolParty, p.newParty)
	site.Handle("POST /lucru/ghiseu/inscriere", act.EnrolParty, p.enrol)
	site.Handle("GET /lucru/ghiseu/{parte}", act.FindParty, p.look)
	site.Handle("POST /lucru/ghiseu/{parte}/verificare", act.VerifyParty, p.verify)
	site.Handle("POST /lucru/ghiseu/{parte}/adresa", act.VerifyParty, p.setEmail)
	site.Handle("GET /lucru/ghiseu/{parte}/imputernicire", act.EnterMandate, p.newAtDesk)
	site.Handle("POST /lucru/ghiseu/{parte}/imputernicire", act.EnterMandate, p.enterMandate)
	site.Handle("POST /lucru/ghiseu/{parte}/imputerniciri/{mandat}/incheie", act.EnterMandate, p.endAtDesk)
}

// profilePage shows somebody what the town hall knows of them.
type profilePage struct {
	ui.Page
	Party             Party
	Saved             bool
	Name, Phone, IBAN ui.Input
	Language          ui.Input
	Address           ui.Address
}

func (p pages) profilePage(r *http.Request) (page profilePage, err error) {
	page = profilePage{Page: p.Page(r), Saved: r.Method == http.MethodGet && r.FormValue("salvat") != ""}
	if page.Party, err = p.o.Profile(r.Context(), p.Actor(r)); err != nil {
		return page, err
	}
	name := page.Party.Name
	if name == text.MaskEmail(page.Party.Email) {
		name = ""
	}
	page.Name = ui.Input{Name: "nume", Label: page.T("identity.name"), Hint: page.T("identity.name-hint"), Value: name, Autocomplete: "name"}
	page.Phone = ui.Input{Name: "telefon", Type: "tel", Label: page.T("identity.phone"), Value: page.Party.Phone, Autocomplete: "tel", Width: "w10"}
	page.IBAN = ui.Input{Name: "iban", Label: page.T("identity.iban"), Hint: page.T("identity.iban-hint"), Value: page.Party.IBAN}
	page.Language = ui.Input{Name: "limba", Label: page.T("identity.language"), Hint: page.T("identity.language-hint"), Value: page.Party.Lang}
	page.Address = toForm(page, page.Party.Address)
	return page, nil
}

func toForm(page profilePage, a Address) ui.Address {
	return ui.Address{Name: "adresa", Label: page.T("identity.address"), Locality: a.Locality, Street: a.Street, Number: a.Number, Building: a.Block,
		Stair: a.Stair, Floor: a.Floor, Flat: a.Flat, Postcode: a.Postal}
}

func fromForm(a ui.Address) Address {
	return Address{Street: a.Street, Number: a.Number, Block: a.Building, Stair: a.Stair, Floor: a.Floor, Flat: a.Flat, Postal: a.Postcode, Locality: a.Locality}
}

func (p pages) profile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.profilePage(r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) keepProfile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.profilePage(r)
	if err != nil {
		return err
	}
	form, err := web.Parse(r)
	if err != nil {
		return err
	}
	page.Name.Value, page.Phone.Value, page.IBAN.Value, page.Language.Value = form.Get("nume"), form.Get("telefon"), form.Get("iban"), form.Get("limba")
	address := fromForm(ui.ReadAddress(form.Values, "adresa"))
	page.Address = toForm(page, address)
	err = p.o.KeepProfile(r.Context(), p.Actor(r), form.Key(), page.Name.Value,
		Contact{Phone: page.Phone.Value, IBAN: page.IBAN.Value, Lang: page.Language.Value, Address: address})
	status := web.Blame(&page.Page, nil, err, map[*fault.Fault]*ui.Input{ErrPhone: &page.Phone, ErrIBAN: &page.IBAN, ErrTooLong: &page.Name})
	if status != 0 {
		return p.Render(w, r, status, page.view())
	} else if err != nil {
		return err
	}
	return web.See(w, r, "/profil?salvat=1")
}

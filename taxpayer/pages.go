package taxpayer

import (
	"embed"
	"net/http"

	"bega/internal/act"
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

// Mount puts the pages of the office on a site that has the texts of [Files],
// and of the rooms ledger and taxlaw.
//
// Whoever comes back from the bank goes to /taxe/plata/ and the ID of the order.
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /taxe", act.ReadPublic, p.hub)
	site.Handle("GET /taxe/calculator/{fel}", act.ReadPublic, p.calculator)

	site.Handle("GET /taxe/plata", act.ReadPublic, p.code)
	site.Handle("POST /taxe/plata", act.ReadPublic, p.code)
	site.Handle("POST /taxe/plata/plateste", act.ReadPublic, p.payByCode)
	site.Handle("GET /taxe/plata/{comanda}", act.ReadPayments, p.result)

	site.Handle("GET /dosar/taxe", act.ReadLedger, p.overview)
	site.Handle("POST /dosar/taxe/plateste", act.Pay, p.pay)
	site.Handle("GET /dosar/taxe/alege", act.ReadLedger, p.choose)
	site.Handle("GET /dosar/taxe/transfer", act.ReadLedger, p.transfer)
	site.Handle("GET /dosar/taxe/istoric", act.ReadLedger, p.history)
	site.Handle("GET /dosar/taxe/bunuri", act.ReadTaxes, p.things)
	site.Handle("GET /dosar/taxe/bunuri/{bun}", act.ReadTaxes, p.thing)
	site.Handle("GET /dosar/taxe/decizii", act.ReadTaxes, p.decisions)
	site.Handle("GET /dosar/taxe/{datorie}", act.ReadLedger, p.why)

	site.Handle("GET /contabil", act.ReadLedger, p.clients)
}

// page returns a page of the section.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/plati"
	return page
}

// Package revenue is where the rooms that take in the town's money are connected, with
// each other and with the rest of the house: the register of what is taxed, what is owed
// for it, who pays, the officers, the reminders and the receipts. Rooms do not know each
// other; each type here is an interface of one room, kept with others.
package revenue

import (
	"context"
	"embed"
	"time"

	"bega/cases"
	"bega/city"
	"bega/desk"
	"bega/fiscal"
	"bega/folder"
	"bega/identity"
	"bega/intake"
	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/ledger"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
	"bega/reminders"
	"bega/taxes"
	"bega/taxpayer"
	"bega/taxroll"
	"bega/treasury"
)

// Files holds the texts of what is said here.
//
//go:embed texts
var Files embed.FS

// A Town is what a house is built in.
type Town struct {
	DB       *db.DB
	Acts     *act.Register
	Queue    *jobs.Queue
	Vault    *vault.Vault
	Blobs    *blob.Store
	Texts    *text.Catalog
	Now      func() time.Time
	Zone     *time.Location
	Calendar *deadline.Calendar
	Pack     city.Pack
	Law      Law
	URL      string

	Cases    *cases.Office
	Desk     *desk.Office
	Folder   *folder.Office
	Identity *identity.Office
	Notices  *notices.Office
	Payments *payments.Office
	Registry *registry.Office

	Issuer  func(unit, lang string) pdf.Issuer // who answers for the documents of a department
	Pressed func() bool                        // more people come than can be served

	// Official returns somebody with the roles that they have now.
	Official func(ctx context.Context, person act.PartyID) (act.Actor, error)
	Scratch  string // folder for what is unpacked while it is read
}

// A House has the offices of the town's revenue. Its Town is set before [House.Connect].
type House struct {
	Town

	Fiscal    *fiscal.Office
	Intake    *intake.Office
	Ledger    *ledger.Office
	Reminders *reminders.Office
	Roll      *taxroll.Office
	Taxes     *taxes.Office
	Taxpayer  *taxpayer.Office
	Treasury  *treasury.Office
}

// Connect makes the offices, connects them, and has the queue do what they do by
// themselves.
func (h *House) Connect() {
	h.buildTaxes()
	h.buildOfficers()
	h.buildIntake()
	h.buildReminders()
}

// Mount puts the pages of the offices on a site.
func (h *House) Mount(site *web.Site) {
	fiscal.Mount(site, h.Fiscal)
	intake.Mount(site, h.Intake)
	taxpayer.Mount(site, h.Taxpayer)
	treasury.Mount(site, h.Treasury)
}

// Receipts returns who issues the proof of a payment by card: of a fee, or of taxes.
func (h *House) Receipts() payments.Receipts { return receipts{h} }

// Answerers returns who answers applications about taxes.
func (h *House) Answerers() map[procedures.Answerer]cases.Answerer {
	return map[procedures.Answerer]cases.Answerer{procedures.TaxCertificate: certificates{h}, procedures.TaxRegister: declarations{h}}
}

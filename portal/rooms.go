package portal

import (
	"context"
	"time"

	"bega/access"
	"bega/cases"
	"bega/counter"
	"bega/desk"
	"bega/drafts"
	"bega/fiscal"
	"bega/folder"
	"bega/identity"
	"bega/intake"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/jobs"
	"bega/internal/text"
	"bega/internal/web"
	"bega/ledger"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
	"bega/reminders"
	"bega/staff"
	"bega/taxes"
	"bega/taxpayer"
	"bega/taxroll"
	"bega/treasury"
)

// Rooms are what a town is made of, for the packages demo, which lives in them,
// and bench, which measures them one by one.
type Rooms struct {
	DB      *db.DB
	Acts    *act.Register
	Queue   *jobs.Queue
	Catalog *procedures.Catalogue
	Texts   *text.Catalog
	Zone    *time.Location

	Access    *access.Office
	Cases     *cases.Office
	Counter   *counter.Office
	Desk      *desk.Office
	Drafts    *drafts.Office
	Fiscal    *fiscal.Office
	Folder    *folder.Office
	Identity  *identity.Office
	Intake    *intake.Office
	Notices   *notices.Office
	Ledger    *ledger.Office
	Payments  *payments.Office
	Registry  *registry.Office
	Roll      *taxroll.Office
	Staff     *staff.Office
	Taxes     *taxes.Office
	Taxpayer  *taxpayer.Office
	Treasury  *treasury.Office
	Reminders *reminders.Office
	Sandbox   *payments.Sandbox // nil if a real bank takes the money
	Mailbox   *notices.Mailbox  // nil if mails leave the program
	Site      *web.Site
}

// Rooms returns what the town is made of.
func (t *Town) Rooms() Rooms {
	return Rooms{DB: t.db, Acts: t.acts, Queue: t.queue, Catalog: t.catalog, Texts: t.texts, Zone: t.zone,
		Access: t.access, Cases: t.cases, Counter: t.counter, Desk: t.desk, Drafts: t.drafts, Fiscal: t.revenue.Fiscal, Folder: t.folder, Identity: t.identity, Intake: t.revenue.Intake, Notices: t.notices,
		Ledger: t.revenue.Ledger, Payments: t.payments, Registry: t.registry, Roll: t.revenue.Roll, Staff: t.staff, Taxes: t.revenue.Taxes, Taxpayer: t.revenue.Taxpayer, Treasury: t.revenue.Treasury, Reminders: t.revenue.Reminders, Sandbox: t.sandbox, Mailbox: t.mailbox, Site: t.site}
}

// Demo reports whether everything in the town is invented.
func (t *Town) Demo() bool { return t.demo }

// Now returns the time in the town.
func (t *Town) Now() time.Time { return t.now() }

// SetBack makes it an earlier time in a demonstration, by that much before the
// present, so that its past can be made; zero makes it the present again.
func (t *Town) SetBack(by time.Duration) {
	if t.demo {
		t.clock.setBack(by)
	}
}

// TypeTitle returns what a type of document is called, or "".
func (t *Town) TypeTitle(key, lang string) string { return titles{t}.TypeTitle(key, lang) }

// Enrol enters somebody whose papers were seen, as the counter does.
func (t *Town) Enrol(ctx context.Context, desk act.Actor, kind identity.Kind, given, family, code string, c identity.Contact) (act.PartyID, error) {
	check := identity.Check{Document: identity.Documents(kind)[0], Seen: true, Code: code, Given: given, Family: family}
	return t.identity.Enrol(ctx, desk, db.NewID(), kind, check, c)
}

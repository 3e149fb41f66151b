package portal

import (
	"context"
	"path/filepath"
	"time"

	"bega/access"
	"bega/cases"
	"bega/counter"
	"bega/desk"
	"bega/drafts"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/audit"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/internal/throttle"
	"bega/internal/upload"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
	"bega/revenue"
	"bega/staff"
)

// build makes the offices and connects those that need each other.
func (t *Town) build(context.Context) error {
	t.revenue = &revenue.House{}
	t.acts = &act.Register{DB: t.db, Now: t.now}
	t.audit = &audit.Register{DB: t.db, Now: t.now}
	t.identity = &identity.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Now: t.now, Zone: t.zone,
		CheckCNP: procedures.CheckCNP, CheckCUI: procedures.CheckCUI, CheckIBAN: procedures.CheckIBAN,
		Services: services{t}}
	t.staff = &staff.Office{DB: t.db, Acts: t.acts, People: t.identity, Units: units{t}}
	t.access = &access.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Now: t.now, People: t.identity, Secure: t.cfg.Secure()}
	t.registry = &registry.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Blobs: t.blobs, Sealer: t.seal, Now: t.now, Zone: t.zone,
		URL: t.cfg.URL, Texts: t.texts, Titles: titles{t}, Guesses: &throttle.Limiter{Now: t.now, Burst: 20, Every: 10 * time.Second}}
	t.folder = &folder.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Blobs: t.blobs, Scanner: upload.Scanner{Address: t.cfg.Clamd},
		Texts: t.texts, Now: t.now, Zone: t.zone, Types: titles{t}, Services: titles{t}, Units: titles{t}, Papers: t.registry, Names: t.identity,
		Cases: questions{t}, Exporters: exporters(t)}
	t.notices = &notices.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Texts: t.texts, Now: t.now, People: t.identity, Letters: letters{t}, URL: t.cfg.URL,
		Cases: questions{t}, Town: t.pack.Town.Authority.In("ro"), Required: required}
	t.payments = &payments.Office{DB: t.db, Acts: t.acts, Now: t.now, Zone: t.zone, Payees: []payments.Payee{payee{t}}, Receipts: t.revenue.Receipts(), URL: t.cfg.URL, Log: t.log,
		ReceiptPath: func(code string) string { return "/acte/" + code }}
	t.cases = &cases.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Now: t.now, Zone: t.zone, Calendar: t.calendar, Catalog: t.catalog,
		Registry: t.registry, Folder: t.folder, People: people{t.identity, t}, Fees: fees{t}, Issuer: t.issuer,
		Texts: t.texts, Town: t.pack.Town.Name, Log: t.log,
		Answerers: t.revenue.Answerers()}
	t.desk = &desk.Office{DB: t.db, Acts: t.acts, Now: t.now, Calendar: t.calendar, Catalog: t.catalog, Texts: t.texts, Cases: t.cases,
		Folder: t.folder, People: t.cases.People, Deliveries: deliveries{t}}
	t.drafts = &drafts.Office{DB: t.db, Acts: t.acts, Vault: t.vault, Now: t.now, Zone: t.zone, Catalog: t.catalog, Folder: t.folder,
		Town: t.pack.Town.Name, Cases: t.cases, People: t.identity, Things: t.revenue}
	t.counter = &counter.Office{DB: t.db, Acts: t.acts, Now: t.now, Catalog: t.catalog, Cases: t.cases, Drafts: t.drafts, People: standing{t.identity}, Papers: t.registry}
	t.drafts.Counter = t.counter
	t.revenue.Town = revenue.Town{DB: t.db, Acts: t.acts, Queue: t.queue, Vault: t.vault, Blobs: t.blobs, Texts: t.texts, Now: t.now, Zone: t.zone, Calendar: t.calendar,
		Official: t.official, Scratch: filepath.Join(t.cfg.Data, "scratch"),
		Pack: t.pack, Law: t.law, URL: t.cfg.URL, Cases: t.cases, Desk: t.desk, Folder: t.folder, Identity: t.identity, Notices: t.notices,
		Payments: t.payments, Registry: t.registry, Issuer: t.issuer, Pressed: func() bool { return t.gate.Pressed() }} // the gate is opened later
	t.revenue.Connect()
	t.procedures = &procedures.Office{Catalogue: t.catalog, Durations: t.cases, Papers: t.folder, Started: t.drafts, Now: t.now, Zone: t.zone, Calendar: t.calendar}

	t.identity.Notices, t.folder.Notices, t.payments.Notices, t.cases.Notices, t.drafts.Notices = t.notices, t.notices, t.notices, t.notices, t.notices
	t.identity.Leave, t.access.Mail, t.cases.Drafts = t.access.Leave, t.notices, continued{t}
	t.registry.CaseUnit = t.cases.UnitOf
	t.access.OnSignIn = append(t.access.OnSignIn, t.drafts.Claim)

	t.registry.Seal = jobs.Handle(t.queue, "registry_seal", t.registry.SealPaper)
	t.notices.Deliver = jobs.Handle(t.queue, "notices_deliver", t.notices.DeliverNotice)
	t.notices.Post = jobs.Handle(t.queue, "notices_post", t.notices.PostLetter)
	t.payments.Poll = jobs.Handle(t.queue, "payments_poll", t.payments.PollAttempt)
	t.folder.Build = jobs.Handle(t.queue, "folder_export", t.folder.BuildExport)
	t.everySoOften()
	return t.connect()
}

// required are the notices by which the law has people informed.
var required = []string{"cases.approved", "cases.tacit", "desk.notice-asked", "desk.notice-approved", "desk.notice-refused", "desk.notice-closed", "desk.notice-extended"}

// everySoOften lists what the calendar and the clock bring.
func (t *Town) everySoOften() {
	t.queue.Every("cases_tick", 10*time.Minute, t.cases.Tick)
	t.queue.Every("drafts_expire", time.Hour, t.drafts.Expire)
	t.queue.Every("access_tidy", time.Hour, t.access.Tidy)
	t.queue.Every("folder_remind", 6*time.Hour, t.folder.RemindExpiring)
	t.queue.Every("folder_exports", 6*time.Hour, t.folder.RemoveOldExports)
	t.queue.Every("folder_sweep", 24*time.Hour, t.folder.Sweep)
	t.queue.Every("payments_reconcile", 24*time.Hour, t.reconcile)
}

// connect connects the offices with the world: mail and bank.
func (t *Town) connect() error {
	t.folder.Named = append(t.folder.Named, t.registry.Names, t.revenue.Intake.Names)
	if t.demo {
		t.mailbox = &notices.Mailbox{DB: t.db, Vault: t.vault, Now: t.now}
		t.notices.Mailer = t.mailbox
	} else if t.cfg.SMTP.Host != "" {
		password, err := t.cfg.SMTPPassword()
		if err != nil {
			return err
		}
		mailer := notices.SMTP{Host: t.cfg.SMTP.Host, Port: t.cfg.SMTP.Port, User: t.cfg.SMTP.User, Password: password, From: t.cfg.SMTP.From, TLS: t.cfg.SMTP.TLS}
		if err := mailer.Check(); err != nil {
			return err
		}
		t.notices.Mailer = mailer
	}
	return t.takeCards()
}

// issuer returns who answers for the documents of a department.
func (t *Town) issuer(unit, lang string) pdf.Issuer {
	town := t.pack.Town
	i := pdf.Issuer{Authority: t.pack.Brand.Municipality, Address: town.Address, Phone: town.Phone.Display, Email: town.Email}
	if u, err := t.catalog.Unit(unit); err == nil {
		i.Unit = u.Title.In(lang)
	}
	return i
}

// reconcile compares the ledger with the bank, and tells the operator what does
// not agree.
func (t *Town) reconcile(ctx context.Context) error {
	d, err := t.payments.Reconcile(ctx)
	if len(d.Open) > 0 {
		t.log.WarnContext(ctx, "the ledger and the bank do not agree", "count", len(d.Open))
	}
	return err
}

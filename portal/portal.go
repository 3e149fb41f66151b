// Package portal joins the rooms of the town hall: it opens the database and the
// files, builds every office, connects those that need each other, mounts their
// pages on one site, and works on what has to be done later.
//
// It has the pages that belong to no room: the home page, the first page of the
// folder, help and declarations, the state of the portal, the API.
package portal

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // the town's zone, on machines that have none

	"bega/access"
	"bega/api"
	"bega/applications"
	"bega/cases"
	"bega/city"
	"bega/counter"
	"bega/desk"
	"bega/drafts"
	"bega/fiscal"
	"bega/folder"
	"bega/identity"
	"bega/intake"
	"bega/internal/act"
	"bega/internal/audit"
	"bega/internal/blob"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/gate"
	"bega/internal/jobs"
	"bega/internal/meter"
	"bega/internal/pdf"
	"bega/internal/settle"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
	"bega/reminders"
	"bega/revenue"
	"bega/staff"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxpayer"
	"bega/taxroll"
	"bega/treasury"
)

// Files holds the texts of the pages that belong to no room.
//
//go:embed texts
var Files embed.FS

// A Town is a portal with everything in it, ready to be opened to the public.
type Town struct {
	cfg   config.Config
	demo  bool
	log   *slog.Logger
	db    *db.DB
	pack  city.Pack
	queue *jobs.Queue
	audit *audit.Register
	acts  *act.Register
	vault *vault.Vault
	blobs *blob.Store
	seal  *pdf.Sealer
	texts *text.Catalog
	zone  *time.Location
	clock *clock
	now   func() time.Time
	meter *meter.Meter

	catalog  *procedures.Catalogue
	calendar *deadline.Calendar
	law      revenue.Law

	access     *access.Office
	cases      *cases.Office
	desk       *desk.Office
	drafts     *drafts.Office
	folder     *folder.Office
	identity   *identity.Office
	notices    *notices.Office
	payments   *payments.Office
	procedures *procedures.Office
	registry   *registry.Office
	revenue    *revenue.House
	counter    *counter.Office
	staff      *staff.Office
	sandbox    *payments.Sandbox
	mailbox    *notices.Mailbox // nil unless this is a demonstration

	site *web.Site
	gate *gate.Gate
}

// Options say how a town is opened.
type Options struct {
	Demo bool             // a demonstration: invented people, mails that go nowhere
	Log  *slog.Logger     // nil for none
	Now  func() time.Time // nil for the clock of the computer
}

// Open opens a town: its database, which is migrated, its files and its keys. It
// does nothing yet that others would see.
func Open(ctx context.Context, cfg config.Config, o Options) (*Town, error) {
	t := &Town{cfg: cfg, demo: o.Demo, log: o.Log, clock: &clock{of: o.Now}, meter: meter.New()}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.clock.of == nil {
		t.clock.of = time.Now
	}
	t.now = t.clock.now
	for _, step := range []func(context.Context) error{t.openPack, t.openStores, t.migrate, t.build, t.mount} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, t.Close())
		}
	}
	return t, nil
}

// Close closes what [Open] has opened.
func (t *Town) Close() error {
	if t.db == nil {
		return nil
	}
	return t.db.Close()
}

// openPack reads all that is this town's: the pack in the program, or a folder.
func (t *Town) openPack(context.Context) (err error) {
	files, err := fs.Sub(city.Timisoara, "timisoara")
	if err != nil {
		return err
	}
	if t.cfg.City != "" {
		files = os.DirFS(t.cfg.City)
	}
	if t.pack, err = city.Read(files); err != nil {
		return err
	}
	if t.zone, err = time.LoadLocation(t.pack.Town.Zone); err != nil {
		return err
	}
	if t.catalog, err = procedures.Load(files); err != nil {
		return err
	}
	t.calendar = deadline.New(t.pack.Exceptions)
	if t.law, err = revenue.ReadLaw(files); err != nil {
		return err
	}
	t.texts, err = text.Load(web.Files, ui.Files, act.Files, deadline.Files, pdf.Files, upload.Files, access.Files, api.Files, applications.Files, cases.Files, desk.Files,
		counter.Files, drafts.Files, fiscal.Files, folder.Files, identity.Files, intake.Files, ledger.Files, notices.Files, payments.Files, procedures.Files, registry.Files, settle.Files, staff.Files,
		reminders.Files, revenue.Files, taxes.Files, taxlaw.Files, taxpayer.Files, taxroll.Files, treasury.Files, Files)
	return err
}

// openStores opens the database, the files and the keys. In a demonstration,
// keys that are not there are made.
func (t *Town) openStores(ctx context.Context) (err error) {
	if err := os.MkdirAll(t.cfg.Data, 0o700); err != nil {
		return err
	}
	name, err := t.cfg.DatabaseName()
	if err == nil {
		t.db, err = db.Open(ctx, name)
	}
	if err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	create := t.demo || t.cfg.MakeKeys
	if t.vault, err = vault.Load(t.cfg.MasterKeyFile(), create); err != nil {
		return fmt.Errorf("the master key: %w", err)
	}
	keys, err := blob.LoadKeys(t.cfg.BlobKeyFile(), create)
	if err != nil {
		return fmt.Errorf("the key of the files: %w", err)
	}
	if s3 := t.cfg.S3; s3.Endpoint != "" {
		access, secret, err := t.cfg.S3Keys()
		if err != nil {
			return err
		}
		t.blobs, err = blob.OpenS3(blob.S3Config{Endpoint: s3.Endpoint, Region: s3.Region, Bucket: s3.Bucket, Prefix: s3.Prefix,
			AccessKey: access, SecretKey: secret}, keys)
		if err != nil {
			return err
		}
	} else if t.blobs, err = blob.OpenFolder(t.cfg.BlobFolder(), keys); err != nil {
		return err
	}
	t.seal, err = t.openSeal(create)
	return err
}

// openSeal reads the certificate with which the town seals documents. Where keys
// are made, so is a certificate that says it is for trying only.
func (t *Town) openSeal(create bool) (*pdf.Sealer, error) {
	cert, key := t.cfg.SealFiles()
	if _, err := os.Stat(cert); create && errors.Is(err, fs.ErrNotExist) {
		certPEM, keyPEM, err := pdf.DevelopmentCertificate(t.pack.Town.Authority.In("ro"), t.now().AddDate(-1, 0, 0))
		if err != nil {
			return nil, err
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(cert), 0o700), os.WriteFile(cert, certPEM, 0o600), os.WriteFile(key, keyPEM, 0o600)); err != nil {
			return nil, err
		}
	}
	sealer, err := pdf.LoadSealer(cert, key)
	if err != nil {
		return nil, fmt.Errorf("the certificate for seals: %w", err)
	}
	return sealer, nil
}

// migrate brings the tables of all rooms up to date. It says which in
// [migrations].
func (t *Town) migrate(ctx context.Context) (err error) {
	t.queue, err = jobs.New(jobs.Config{DB: t.db, Log: t.log, Workers: t.cfg.Workers, Now: t.now,
		Busy: func() bool { return t.gate != nil && t.gate.Pressed() }})
	if err != nil {
		return err
	}
	if err := t.queue.Migrate(ctx); err != nil {
		return fmt.Errorf("tables of the queue: %w", err)
	}
	for _, m := range migrations() {
		if err := t.db.Migrate(ctx, m.name, m.files); err != nil {
			return err
		}
	}
	return nil
}

// A migration is the tables of a room.
type migration struct {
	name  string
	files fs.FS
}

func migrations() []migration {
	return []migration{
		{"act", act.Files}, {"audit", audit.Files}, {"identity", identity.Files}, {"staff", staff.Files}, {"access", access.Files}, {"folder", folder.Files},
		{"registry", registry.Files}, {"notices", notices.Files}, {"payments", payments.Files}, {"cases", cases.Files}, {"drafts", drafts.Files},
		{"ledger", ledger.Files}, {"taxroll", taxroll.Files}, {"taxes", taxes.Files}, {"taxpayer", taxpayer.Files}, {"reminders", reminders.Files},
		{"fiscal", fiscal.Files}, {"intake", intake.Files}, {"treasury", treasury.Files},
	}
}

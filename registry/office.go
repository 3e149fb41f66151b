package registry

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/internal/throttle"
	"bega/internal/vault"
)

// An Office registers papers, issues and verifies them. Its fields are set
// before it is used.
type Office struct {
	DB     db.Reader
	Acts   *act.Register
	Vault  *vault.Vault // seals what papers say
	Blobs  *blob.Store
	Sealer *pdf.Sealer
	Texts  *text.Catalog // for what the registry itself prints on papers
	Titles Titles
	Now    func() time.Time
	Zone   *time.Location
	URL    string            // public address of the portal, without a slash at the end
	Seal   jobs.Kind[string] // seals the paper with a code: jobs.Handle(q, "registry_seal", o.SealPaper)

	// Guesses counts codes that were never issued, by who asked; nil if nobody counts.
	Guesses *throttle.Limiter

	// CaseUnit returns the department that a case is in now, which may then see
	// papers that another has issued for it. Nil means that only the latter does.
	CaseUnit func(ctx context.Context, caseID string) (unit string, err error)
}

// Titles says what things of the catalogue are called, as well as it can.
type Titles interface {
	TypeTitle(key, lang string) string // of documents; "" if there is no such type
	UnitTitle(key, lang string) string
	ServiceTitle(key, lang string) string
}

// day returns the civil day of an instant in the town.
func (o *Office) day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

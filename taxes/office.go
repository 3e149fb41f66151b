package taxes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// An Office assesses, decides, and certifies. Its fields are set before
// it is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Now      func() time.Time
	Zone     *time.Location
	Texts    *text.Catalog
	Calendar *deadline.Calendar
	Roll     *taxroll.Office
	Ledger   *ledger.Office
	People   People
	Papers   Papers

	// Rules returns the law of a year as it holds in the town now, or
	// [taxlaw.ErrNoLaw]. The same rules are the same pointer.
	Rules func(year int) (*taxlaw.Rules, error)

	Season    []Closure // of the city pack
	Unit      string    // department of local taxes
	Service   string    // key of the service that a mandate for tax files covers; "" for everything
	Certified string    // key of the service that a mandate for certificates covers
	Chunk     int       // how many taxpayers, or rows, are done in one transaction; 0 for the usual
}

// People is what has to be known of those who ask for a certificate.
type People interface {
	// Capacity says by which right the actor asks for a certificate of a party's:
	// "owner", "mandate", "notary", or "" if there is none. It is asked during acts, too.
	Capacity(ctx context.Context, actor act.Actor, party act.PartyID) (string, error)

	// Code returns the whole CNP or CUI of the owner of on, for a paper about them; "" if
	// it is not known. That is on record as an act within this one.
	Code(ctx context.Context, tx *act.Tx, on act.On) (string, error)
}

// A Paper is an official document to be numbered, sealed, put into the folder of its
// owner and brought to them as they chose.
type Paper struct {
	Type     string // of document in the catalogue
	Owner    act.PartyID
	Service  string
	Document pdf.Document // issuer, addressee, number and date are for whoever issues it
	Until    deadline.Date
	Notice   string // key of the message that says so
}

// Papers issues papers in an act, and returns the code by which each is verified, and
// its number.
type Papers interface {
	Issue(ctx context.Context, tx *act.Tx, p Paper) (code, number string, err error)
}

func (o *Office) day(t time.Time) deadline.Date { return deadline.Of(t.In(o.Zone)) }

func (o *Office) today() deadline.Date { return o.day(o.Now()) }

// on is what an act about somebody's taxes is done to.
func (o *Office) on(subject string, party act.PartyID) act.On {
	return act.On{Subject: subject, Owner: party, Unit: o.Unit, Service: o.Service}
}

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if err != nil && fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// A law is rules, and the name under which they are kept.
type law struct {
	*taxlaw.Rules
	id string
}

// draft reports whether the rules are not, or not yet, those of the law.
func (l law) draft() bool { return l.Law().Draft != nil || l.Town().Draft != nil }

// lawOf returns the law of a year as it is now.
func (o *Office) lawOf(year int) (law, error) {
	rules, err := o.Rules(year)
	if err != nil {
		return law{}, err
	}
	data, err := json.Marshal([]any{rules.Law(), rules.Town()})
	if err != nil {
		return law{}, err
	}
	sum := sha256.Sum256(data)
	return law{rules, hex.EncodeToString(sum[:8])}, nil
}

// keep stores a law, so that what was worked out under it can be explained for good.
func (l law) keep(ctx context.Context, tx *act.Tx) error {
	code, err := json.Marshal(l.Law())
	if err != nil {
		return err
	}
	town, err := json.Marshal(l.Town())
	if err != nil {
		return err
	}
	return insertLaw(ctx, tx, l.id, l.Law().Year, l.Law().State, string(code), string(town))
}

// keptLaw returns a law that was kept.
func keptLaw(ctx context.Context, r db.Reader, id string) (law, error) {
	kept, err := lawByID(ctx, r, id)
	if err != nil {
		return law{}, err
	}
	code := &taxlaw.Law{}
	if err := json.Unmarshal([]byte(kept.law), code); err != nil {
		return law{}, err
	}
	town, err := taxlaw.ReadTown([]byte(kept.town))
	return law{taxlaw.New(code, town), id}, err
}

// unknown translates a row that is not there.
func unknown(err error) error {
	if errors.Is(err, db.ErrNone) {
		return ErrUnknown
	}
	return err
}

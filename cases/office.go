package cases

import (
	"context"
	"embed"
	"log/slog"
	"slices"
	"strings"
	"time"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/pdf"
	"bega/internal/text"
	"bega/internal/vault"
	"bega/procedures"
	"bega/registry"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// An Office leads cases. Its fields are set before it is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Vault    *vault.Vault
	Now      func() time.Time
	Zone     *time.Location
	Calendar *deadline.Calendar
	Catalog  *procedures.Catalogue
	Texts    *text.Catalog
	Town     string // as addresses have it: who lives there is a resident
	Registry *registry.Office
	Folder   *folder.Office
	People   People
	Fees     Fees
	Notices  Notices
	Drafts   Drafts
	Issuer   func(unit, lang string) pdf.Issuer // who answers for a document
	Log      *slog.Logger                       // is told when the program could not answer; nil for none

	// Answerers have the last word on approvals; one that is missing leaves it to the
	// officials.
	Answerers map[procedures.Answerer]Answerer
}

// People knows what people are called and who works where: the room identity.
type People interface {
	Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error)
	Prefill(ctx context.Context, actor act.Actor) (map[string]string, error)
	// Recipient returns the name and the lines of the address of a party, as they
	// stand on a letter, its CNP or CUI masked, and how well it is known.
	Recipient(ctx context.Context, id act.PartyID) (lines []string, code string, level act.Level, err error)
	// Staff returns the officials of a unit with a role.
	Staff(ctx context.Context, unit string, role act.Role) ([]act.PartyID, error)
}

// Fees lets a fee be paid: the room payments.
type Fees interface {
	Order(ctx context.Context, tx *act.Tx, d Due) (id string, err error)
	Cancel(ctx context.Context, tx *act.Tx, caseID string) error
}

// A Due is a fee to be paid for a case.
type Due struct {
	Case    Case
	Lines   []procedures.FeeLine
	Total   money.Bani
	Account string // IBAN
}

// Notices brings messages to people, as identity.Notices does. A map[string]string
// among args is a text by language.
type Notices interface {
	Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error
}

// Drafts begins an application that continues another: an objection, or a
// question to the data protection officer. It returns where to go on.
type Drafts interface {
	Begin(ctx context.Context, actor act.Actor, service string, values procedures.Values, objects string) (link string, err error)
}

// A View is a case with all that belongs to it.
type View struct {
	Case
	Of        *procedures.Service // the version that the case began with
	Answers   procedures.Answers
	Documents []folder.Document // that the case may use
	Messages  []Message         // without internal ones for its owner
	Asks      []Ask             // the newest last
	Events    []Event           // the oldest first
	Proposal  *Proposal         // for its owner only once it is signed
	Until     deadline.Date     // last day on which its paper is good, for its owner; no day if it has none
	Openings  []Opening         // the latest first
	Contested *Case             // that this one contests; nil if none
	Contests  []Case            // that contest this one
	Names     map[act.PartyID]string
}

// Waiting returns the open request of the case, if there is one.
func (v View) Waiting() (Ask, bool) {
	for _, a := range v.Asks {
		if a.Open() {
			return a, true
		}
	}
	return Ask{}, false
}

// Env returns what conditions of services know of the actor's folder today.
func (o *Office) Env(ctx context.Context, actor act.Actor) (procedures.Env, error) {
	known, err := o.People.Prefill(ctx, actor)
	return procedures.Env{Today: o.Day(o.Now()), Applicant: procedures.Applicant{Kind: known["party.kind"],
		Resident: o.Town != "" && strings.EqualFold(known["party.address.locality"], o.Town)}}, err
}

// Cases returns the cases of the actor's folder that they may follow, the newest
// first.
func (o *Office) Cases(ctx context.Context, actor act.Actor) ([]Case, error) {
	all, err := casesOf(ctx, o.DB, actor.For)
	return slices.DeleteFunc(all, func(c Case) bool { return actor.May(act.ReadCase, c.On()) != nil }), err
}

// ByID returns a case of the actor's folder with all that its owner sees, or
// [ErrUnknown].
func (o *Office) ByID(ctx context.Context, actor act.Actor, id string) (View, error) {
	c, err := o.For(ctx, actor, act.ReadCase, id)
	if err != nil {
		return View{}, err
	}
	v, err := o.view(ctx, c)
	if err != nil {
		return View{}, err
	}
	v.Messages = slices.DeleteFunc(v.Messages, func(m Message) bool { return m.Internal })
	v.Events = slices.DeleteFunc(v.Events, func(e Event) bool { return !e.Public })
	if v.Proposal != nil && v.Proposal.SignedAt.IsZero() {
		v.Proposal = nil
	}
	if v.Proposal != nil {
		paper, err := o.Registry.Check(ctx, v.Proposal.Paper)
		if err != nil {
			return View{}, err
		}
		v.Until = paper.Until
	}
	return v, o.name(ctx, &v)
}

// A Public case is what whoever has its number and the code of its receipt may
// know without an account.
type Public struct {
	Number string
	Of     *procedures.Service
	State  State
	Filed  time.Time
	Due    deadline.Date
	Unit   string
}

// Track returns a case without personal data. It fails with [ErrTrack].
func (o *Office) Track(ctx context.Context, number, code string) (Public, error) {
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	code, err := registry.ParseCode(code)
	if err != nil {
		return Public{}, ErrTrack
	}
	c, err := caseByNumber(ctx, o.DB, number)
	if isUnknown(err) || err == nil && c.Receipt != code {
		return Public{}, ErrTrack
	} else if err != nil {
		return Public{}, err
	}
	of, err := o.Service(c)
	due, _ := c.Clock.Due(o.Calendar, o.Day(o.Now()))
	return Public{Number: number, Of: of, State: c.State, Filed: c.Filed, Due: due, Unit: c.Unit}, err
}

// Title returns what a case is called: its number, and the title of the service.
// It is that of a case in the folder of owner, or anywhere if owner is empty.
func (o *Office) Title(ctx context.Context, owner act.PartyID, id, lang string) (number, title string, err error) {
	c, err := caseByID(ctx, o.DB, id)
	if err == nil && owner != "" && owner != c.Owner {
		err = ErrUnknown
	}
	if err != nil {
		return "", "", err
	}
	of, err := o.Service(c)
	if err != nil {
		return "", "", err
	}
	return c.Number.String(), of.Title.In(lang), nil
}

// mostSettled is from how many cases it is known how long a service takes: the
// latest, since a department changes.
const mostSettled = 100

// Durations returns in how many days half of the answered cases of a service were
// answered, and nine of ten, and of how many that is known.
func (o *Office) Durations(ctx context.Context, service string) (half, nine, n int, err error) {
	all, err := settledOf(ctx, o.DB, service, mostSettled)
	if n = len(all); n == 0 || err != nil {
		return 0, 0, 0, err
	}
	days := make([]int, n)
	for i, s := range all {
		days[i] = taken(s.clock, o.Calendar, o.Day(s.over))
	}
	slices.Sort(days)
	return days[(n+1)/2-1], days[(9*n+9)/10-1], n, nil
}

package fiscal

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/vault"
	"bega/ledger"
	"bega/taxes"
	"bega/taxroll"
)

// An Office is where the officers of local taxes work. Its fields are set before it
// is used.
type Office struct {
	DB     db.Reader
	Acts   *act.Register
	Now    func() time.Time
	Zone   *time.Location
	Vault  *vault.Vault
	Ledger *ledger.Office
	Roll   *taxroll.Office
	Taxes  *taxes.Office
	People People

	// Declarations are those that wait to be entered; nil where nobody declares here.
	Declarations Declarations

	// Reminders are those that taxpayers were sent; nil where nobody is reminded.
	Reminders Reminders

	// Tasks are done by [Office.Carry]: jobs.Handle(q, "fiscal_task", o.Carry).
	Tasks jobs.Kind[Task]

	// PaperPath returns where a decision or certificate is opened, by its code.
	PaperPath func(code string) string
}

// People tells who taxpayers and officials are.
type People interface {
	// Search returns at most limit people with a code (CNP or CUI), or with names that
	// begin like the words.
	Search(ctx context.Context, r db.Reader, words string, limit int) ([]Person, error)

	// Person returns somebody, or a fault if there is nobody.
	Person(ctx context.Context, r db.Reader, id act.PartyID) (Person, error)

	// Names returns what parties are called. It is not asked during an act.
	Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error)
}

// Reminders tells which reminders of taxes a taxpayer was sent, the newest first, in the
// language of who asks: the room notices, for the room reminders. It may be asked about
// anybody.
type Reminders interface {
	Reminded(ctx context.Context, party act.PartyID, lang string) ([]Reminded, error)
}

// A Reminded is a reminder that was sent.
type Reminded struct {
	At   time.Time
	What string // of how much, by when
	Ways []Way
}

// A Way is how a reminder went, and what became of it there.
type Way struct {
	Text    string // text key
	Reason  string // text key of what went wrong; "" for nothing
	Arrived bool
	Ended   bool // nothing more will become of it
}

func (o *Office) today() deadline.Date { return deadline.Of(o.Now().In(o.Zone)) }

// on returns what an act about a taxpayer is done to.
func (o *Office) on(party act.PartyID, purpose string) act.On {
	return act.On{Subject: "taxpayer " + string(party), Owner: party, Unit: o.Ledger.Unit, Purpose: purpose}
}

// at returns what an act about something of the department is done to.
func (o *Office) at(subject string) act.On { return act.On{Subject: subject, Unit: o.Ledger.Unit} }

// hidden makes what is refused or missing elsewhere look like what is missing here.
func hidden(err error) error {
	if fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// forever is later than anything that will become known.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

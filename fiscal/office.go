package fiscal

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/internal/vault"
	"bega/ledger"
	"bega/payments"
	"bega/taxes"
	"bega/taxroll"
)

// An Office is where the officers of local taxes work. Its fields are set before it
// is used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Now      func() time.Time
	Zone     *time.Location
	Vault    *vault.Vault
	Ledger   *ledger.Office
	Roll     Roll
	Taxes    *taxes.Office
	People   People
	Receipts Receipts

	// Declarations are those that wait to be entered; nil where nobody declares here.
	Declarations Declarations

	// Orders returns whose debt an order number on a statement is about; nil if
	// statements have none. It fails with a fault if it is nobody's.
	Orders func(ctx context.Context, r db.Reader, order string) (act.PartyID, error)

	// Card is the bank that takes cards, whose statement is compared; nil for none.
	Card payments.Provider

	// Tasks are done by [Office.Carry]: jobs.Handle(q, "fiscal_task", o.Carry).
	Tasks jobs.Kind[Task]

	// VerifyURL returns the address at which anybody verifies a receipt.
	VerifyURL func(code string) string

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

// Roll is the register of taxpayers: [taxroll.Office].
type Roll interface {
	RoleOf(ctx context.Context, r db.Reader, party act.PartyID) (taxroll.Role, error)
	RoleByCode(ctx context.Context, r db.Reader, code string) (taxroll.Role, error)
	RoleByNumber(ctx context.Context, r db.Reader, number int) (taxroll.Role, error)
	Owns(ctx context.Context, r db.Reader, party act.PartyID, at time.Time) (bool, error)
}

// Receipts issues the proof of a payment at the cash desk, in the act that takes it,
// and returns the code by which it is verified.
type Receipts interface {
	Receipt(ctx context.Context, tx *act.Tx, t Taking, lines []ledger.Line) (code string, err error)
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

// paid adds up what lines settle, bonuses not included.
func paid(lines []ledger.Line) (sum money.Bani) {
	for _, l := range lines {
		if l.Part != ledger.Saved && l.Part != ledger.SavedCredit {
			sum += l.Amount
		}
	}
	return sum
}

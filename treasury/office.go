package treasury

import (
	"context"
	"strconv"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/vault"
	"bega/ledger"
	"bega/payments"
	"bega/taxes"
	"bega/taxroll"
)

// An Office is where money for local taxes comes in. Its fields are set before it is
// used.
type Office struct {
	DB       db.Reader
	Acts     *act.Register
	Now      func() time.Time
	Zone     *time.Location
	Vault    *vault.Vault
	Ledger   *ledger.Office
	Roll     *taxroll.Office
	People   People
	Receipts Receipts

	// Closed returns why no payments are taken at an instant: that of [taxes.Office].
	Closed func(ctx context.Context, at time.Time) (c taxes.Closure, closed bool, err error)

	// Orders returns whose debt an order number on a statement is about; nil if
	// statements have none. It fails with a fault if it is nobody's.
	Orders func(ctx context.Context, r db.Reader, order string) (act.PartyID, error)

	// Card returns what the bank that takes cards says of a day about taxes, or
	// [payments.ErrNoStatement].
	Card func(ctx context.Context, day deadline.Date) ([]payments.Transaction, error)

	// VerifyURL returns the address at which anybody verifies a receipt.
	VerifyURL func(code string) string
}

// People tells who taxpayers and officials are.
type People interface {
	// Find looks taxpayers up by what a payer says: an act of the room that keeps their
	// files, of which they read. It fails with a fault if the words are none to look for.
	Find(ctx context.Context, actor act.Actor, words string) ([]Taxpayer, error)

	// ByCode returns whose a CNP or CUI is, or a fault if it is nobody's.
	ByCode(ctx context.Context, r db.Reader, code string) (act.PartyID, error)

	// Person returns somebody, or a fault if there is nobody.
	Person(ctx context.Context, r db.Reader, id act.PartyID) (Person, error)

	// Names returns what parties are called. It is not asked during an act.
	Names(ctx context.Context, ids []act.PartyID) (map[act.PartyID]string, error)
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

// taxpayer returns who somebody is, with the number of their file.
func (o *Office) taxpayer(ctx context.Context, r db.Reader, party act.PartyID) (t Taxpayer, err error) {
	if t.Person, err = o.People.Person(ctx, r, party); err != nil {
		return t, hidden(err)
	}
	role, err := o.Roll.RoleOf(ctx, r, party)
	if fault.Of(err).Kind == fault.Missing {
		err = nil
	}
	t.Role = role.Number
	return t, err
}

// hidden makes what is refused or missing elsewhere look like what is missing here.
func hidden(err error) error {
	if fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// number reads how many there are of something, or the number of a file.
func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0 && len(text) <= 9
}

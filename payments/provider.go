package payments

import (
	"context"
	"errors"
	"net/url"
	"time"

	"bega/internal/deadline"
	"bega/internal/money"
)

// A Provider is a bank or a payment service, with a card page of its own.
type Provider interface {
	// Name is what the ledger calls it: "sandbox". It stays the same for good.
	Name() string

	// Begin opens a payment at the bank. The attempt's ID is the bank's order ID:
	// asking twice opens one payment. It fails with ErrBegun if it was opened
	// before, and there is no way to its page any more; and then the bank can be
	// asked what became of it.
	Begin(ctx context.Context, b Beginning) (Begun, error)

	// Read checks what somebody claims to come from the bank, and returns what it
	// says. It fails with ErrForged for all that the bank has not signed.
	Read(body []byte, header map[string][]string) (Outcome, error)

	// Ask asks the bank what became of an attempt. It fails with ErrNotThere if
	// the bank has no such payment. After any other error the outcome is unknown.
	Ask(ctx context.Context, q Question) (Outcome, error)

	// Statement returns the transactions of a day, in the town's zone. It fails
	// with ErrNoStatement if the bank gives none to programs.
	Statement(ctx context.Context, day deadline.Date) ([]Transaction, error)

	// Origins are those of the bank that our forms lead to: "https://bank.example".
	Origins() []string
}

// A Poster is a [Provider] to whose page a browser has to bring a form. Begin
// returns a page of ours, with that form on it.
type Poster interface {
	Form(b Beginning) Form
}

// A Form is what a browser posts to a bank.
type Form struct {
	Action string
	Fields [][2]string // name and value
}

// What a [Provider] says besides that it did not work this time.
var (
	ErrForged      = errors.New("payments: the bank has not signed this")
	ErrNotThere    = errors.New("payments: the bank has no such payment")
	ErrBegun       = errors.New("payments: it was opened at the bank before")
	ErrNoStatement = errors.New("payments: the bank gives no statement to programs")
)

// A Beginning is what a bank has to know.
type Beginning struct {
	Attempt     string
	Amount      money.Bani
	Description string // no personal data
	Lang        string
	Return      url.URL // where the payer comes back to
	Notify      url.URL // where the bank reports to
	Page        url.URL // ours, with the form of a Poster
}

// A Begun is a payment that was opened.
type Begun struct {
	Page string // where it is paid
	Ref  string // what the bank calls it; "" if it has not said
}

// A Question is about an attempt.
type Question struct {
	Attempt string
	Ref     string    // as in Begun
	Begun   time.Time // when
}

// An Outcome is what a bank says about an attempt. What was reversed was undone,
// whether it was paid before or only about to be; of what is disputed, the bank
// may take the money back.
type Outcome struct {
	Attempt     string
	Status      string // "pending", "paid", "refused", "expired", "refunded", "reversed", "disputed"
	Amount      money.Bani
	Currency    string    // "RON"
	Transaction string    // the bank's ID
	Approval    string    // approval code
	At          time.Time // moment of the authorisation
}

// A Transaction is a line of a bank's statement.
type Transaction struct {
	ID      string // the bank's
	Attempt string
	Amount  money.Bani // negative for a refund
	At      time.Time
}

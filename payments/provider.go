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

	// Begin opens a payment at the bank and returns the address of its page. The
	// attempt's ID is the bank's order ID: asking twice opens one payment.
	Begin(ctx context.Context, b Beginning) (page string, err error)

	// Read checks what somebody claims to come from the bank, and returns what it
	// says. It fails with ErrForged for all that the bank has not signed.
	Read(body []byte, header map[string][]string) (Outcome, error)

	// Ask asks the bank what became of an attempt. It fails with ErrNotThere if
	// the bank has no such payment.
	Ask(ctx context.Context, attempt string) (Outcome, error)

	// Statement returns the transactions of a day, in the town's zone.
	Statement(ctx context.Context, day deadline.Date) ([]Transaction, error)
}

// What a [Provider] says besides that it did not work this time.
var (
	ErrForged   = errors.New("payments: the bank has not signed this")
	ErrNotThere = errors.New("payments: the bank has no such payment")
)

// A Beginning is what a bank has to know.
type Beginning struct {
	Attempt     string
	Amount      money.Bani
	Description string // no personal data
	Lang        string
	Return      url.URL // where the payer comes back to
	Notify      url.URL // where the bank reports to
}

// An Outcome is what a bank says about an attempt.
type Outcome struct {
	Attempt     string
	Status      string // "pending", "paid", "refused", "expired", "refunded"
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

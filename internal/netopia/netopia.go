// Package netopia speaks with NETOPIA Payments (mobilPay), API v2: it opens
// payments on their card page, asks what became of them, and reads what they
// report.
//
// Only their hosted page is used: nothing here ever sees the number of a card.
// A call that fails, or that nobody answers in time, says nothing about the
// payment: its outcome is unknown then, and never a refusal. Nothing is tried
// again here; whoever asks knows when to ask again.
package netopia

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"bega/internal/money"
)

// Where the API is, for paying and for trying.
const (
	Live    = "https://secure.mobilpay.ro/pay"
	Sandbox = "https://secure-sandbox.netopia-payments.com"
)

// What is expected to happen.
var (
	// ErrForged is for a report that NETOPIA has not signed, or not for us.
	ErrForged = errors.New("netopia: not signed by NETOPIA for this point of sale")

	// ErrUnreadable is for what NETOPIA did write, and that has another form than
	// the documents say.
	ErrUnreadable = errors.New("netopia: this has another form than was agreed")

	// ErrAmount comes with a payment over an amount that is no number of whole
	// bani, which then is 0.
	ErrAmount = errors.New("netopia: the amount is no number of whole bani")

	// ErrDuplicate says that an order was begun before, and is not begun again.
	ErrDuplicate = errors.New("netopia: the order was begun before")

	// ErrMissing says that NETOPIA has no such order.
	ErrMissing = errors.New("netopia: there is no such order")
)

// A Merchant is a point of sale, and what it takes to speak for it.
type Merchant struct {
	API       string         // address, without a slash at the end: Live or Sandbox
	Signature string         // of the point of sale: XXXX-XXXX-XXXX-XXXX-XXXX
	APIKey    string         // secret
	PublicKey *rsa.PublicKey // NETOPIA's: it signs reports with the private one
	Now       func() time.Time
}

// Check returns what is missing, or cannot be.
func (m Merchant) Check() error {
	u, err := url.Parse(m.API)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil:
		return fmt.Errorf("netopia: %q is not the address of an API", m.API)
	case u.Scheme != "https" && u.Hostname() != "127.0.0.1":
		return errors.New("netopia: the API has to be at an https address")
	case m.Signature == "" || m.APIKey == "" || m.PublicKey == nil:
		return errors.New("netopia: it needs the signature of the point of sale, the API key and NETOPIA's public key")
	}
	return nil
}

// An Order is what is to be paid.
type Order struct {
	ID          string // ours: once for each payment
	Amount      money.Bani
	Description string
	Lang        string // of the card page: "ro"
	Notify      string // address that NETOPIA reports to
	Return      string // address where the payer comes back to
	Contact     Contact
}

// A Contact is somebody whom NETOPIA can write to about a payment.
type Contact struct {
	Email, Phone        string
	FirstName, LastName string
	City, County        string
	PostalCode, Details string
}

// romania is the country of all contacts (ISO 3166-1, numeric).
const romania = 642

// currency is the one that is asked for.
const currency = "RON"

// A Payment is what NETOPIA says about an order.
type Payment struct {
	Order    string // ours
	ID       string // theirs: ntpID
	Status   Status
	Amount   money.Bani
	Currency string
	Approval string    // the bank's authorisation code; "" if it is not said
	At       time.Time // moment of the operation; zero if it is not said
	Page     string    // where it is paid; "" if it is not said
}

// Start opens a payment, and returns it with its page. It fails with
// [ErrDuplicate] for an order that was begun before; whatever else it fails
// with, the order may have been opened.
func (m Merchant) Start(ctx context.Context, o Order) (Payment, error) {
	who := map[string]any{"email": o.Contact.Email, "phone": o.Contact.Phone, "firstName": o.Contact.FirstName, "lastName": o.Contact.LastName,
		"city": o.Contact.City, "country": romania, "state": o.Contact.County, "postalCode": o.Contact.PostalCode, "details": o.Contact.Details}
	amount := json.Number(o.Amount.String())
	a, err := m.call(ctx, "/payment/card/start", map[string]any{
		"config":  map[string]any{"emailTemplate": "", "notifyUrl": o.Notify, "redirectUrl": o.Return, "language": o.Lang},
		"payment": map[string]any{"options": map[string]any{"installments": 1, "bonus": 0}}, // no instrument: they ask for the card
		"order": map[string]any{"ntpID": "", "posSignature": m.Signature, "dateTime": m.Now().UTC().Format(time.RFC3339),
			"description": o.Description, "orderID": o.ID, "amount": amount, "currency": currency, "billing": who, "shipping": who,
			"products":     []any{map[string]any{"name": o.Description, "code": o.ID, "price": amount, "vat": 0}},
			"installments": map[string]any{"selected": 1, "available": []int{0}}},
	})
	if err != nil {
		return Payment{}, err
	}
	p := a.payment
	p.Order = o.ID
	switch {
	case a.code == "56":
		return p, ErrDuplicate
	case !a.fine():
		return Payment{}, fmt.Errorf("netopia: error %s when an order was begun", a.code)
	case p.Page == "":
		return Payment{}, fmt.Errorf("%w: no payment page", ErrUnreadable)
	case a.priced && (p.Amount != o.Amount || p.Currency != currency):
		return Payment{}, fmt.Errorf("netopia: asked for %s %s, it opened a payment over %s %s", o.Amount, currency, p.Amount, p.Currency)
	}
	return p, nil
}

// Status asks what became of an order, which NETOPIA knows by its own ID, too, if
// that is known. It fails with [ErrMissing]; after any other error the outcome is
// unknown, but for [ErrAmount], which comes with it.
func (m Merchant) Status(ctx context.Context, order, id string) (Payment, error) {
	a, err := m.call(ctx, "/operation/status", map[string]any{"posID": m.Signature, "ntpID": id, "orderID": order})
	switch {
	case err != nil:
		return Payment{}, err
	case a.http == http.StatusNotFound && a.code != "":
		return Payment{}, ErrMissing
	case a.http != http.StatusOK || a.payment.Status == 0:
		return Payment{}, fmt.Errorf("netopia: no payment in the answer %d, error %q", a.http, a.code)
	case a.order != "" && a.order != order || a.signature != "" && a.signature != m.Signature:
		return Payment{}, fmt.Errorf("%w: it is about another order", ErrUnreadable)
	}
	a.payment.Order = order
	return a.payment, a.err
}

// client gives up on its own if nobody else does. An API leads nowhere else.
var client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// largest is how much NETOPIA may answer at once.
const largest = 1 << 20

// call asks a question, and reads what is answered, be it an error or not.
func (m Merchant) call(ctx context.Context, path string, question any) (answer, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.API+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", m.APIKey)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, largest+1))
	if err == nil && len(data) > largest {
		err = fmt.Errorf("%w: it is too long", ErrUnreadable)
	}
	if err != nil {
		return answer{}, err
	}
	a, err := readAnswer(data)
	if err != nil {
		return answer{}, fmt.Errorf("%w, in an answer %d", err, response.StatusCode)
	}
	a.http = response.StatusCode
	return a, nil
}

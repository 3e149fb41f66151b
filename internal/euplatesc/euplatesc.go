// Package euplatesc speaks with EuPlătesc.ro: it makes the form that a browser
// sends to their card page, reads what they report, and asks what became of a
// payment.
//
// A form, a report and a question are signed with HMAC-MD5, by a key that both
// sides have. What is signed is each field after its length, without anything in
// between, so that the same text can be cut into fields in several ways: fields
// have to have the form that they always have before they mean anything.
//
// Forms and reports are as the provider describes them. The question is known
// from libraries of others alone: their manual of it was not at hand.
package euplatesc

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bega/internal/money"
)

// Where their card page and their web service are, for paying and for trying.
const (
	Page    = "https://secure.euplatesc.ro/tdsprocess/tranzactd.php"
	Service = "https://manager.euplatesc.ro/v3/index.php?action=ws"
)

// What is expected to happen.
var (
	// ErrForged is for a report that was not signed with our key, or not for us.
	ErrForged = errors.New("euplatesc: not signed by EuPlătesc for this merchant")

	// ErrUnreadable is for what they did write, and that has another form than it
	// always has.
	ErrUnreadable = errors.New("euplatesc: this has another form than was agreed")

	// ErrMissing says that they have nothing to say about an order: nobody has
	// tried to pay it, as far as they know.
	ErrMissing = errors.New("euplatesc: nobody has tried to pay this")
)

// A Merchant is an account, and what it takes to speak for it.
type Merchant struct {
	Page    string // address of the card page: Page
	Service string // address of the web service: Service
	ID      string // "merch_id", digits
	Key     []byte // secret, as decoded from hexadecimal
	Zone    *time.Location
	Now     func() time.Time
}

// ParseKey reads the secret as EuPlătesc shows it, in hexadecimal.
func ParseKey(text string) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) < 16 {
		return nil, errors.New("euplatesc: the key is no hexadecimal number of 32 digits or more") // and is not repeated here
	}
	return key, nil
}

// Check returns what is missing, or cannot be.
func (m Merchant) Check() error {
	for _, address := range []string{m.Page, m.Service} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Hostname() != "127.0.0.1" {
			return fmt.Errorf("euplatesc: %q is no https address", address)
		}
	}
	if !formats["merch_id"].MatchString(m.ID) || len(m.Key) < 16 {
		return errors.New("euplatesc: it needs the merchant's ID, which has letters and digits alone, and the key")
	}
	return nil
}

// currency is the one that is asked for.
const currency = "RON"

// An Order is what is to be paid.
type Order struct {
	ID          string // ours: once for each payment
	Amount      money.Bani
	Description string
	Lang        string // of the card page: "ro"
	Notify      string // address that EuPlătesc reports to
	Return      string // address where the payer comes back to
}

// A Field is one of a form.
type Field struct{ Name, Value string }

// stamp is how they write moments, in UTC.
const stamp = "20060102150405"

// Form returns what a browser has to post to the card page. Each form has a time
// and a nonce of its own.
func (m Merchant) Form(o Order) []Field {
	fields := m.signed(
		Field{"amount", o.Amount.String()}, Field{"curr", currency}, Field{"invoice_id", o.ID}, Field{"order_desc", o.Description},
		Field{"merch_id", m.ID},
	)
	return append(fields, // what follows is not signed, and decides nothing
		Field{"lang", o.Lang},
		Field{"ExtraData[silenturl]", o.Notify},
		Field{"ExtraData[successurl]", o.Return}, Field{"ExtraData[failedurl]", o.Return}, Field{"ExtraData[ep_method]", "get"},
		Field{"ExtraData[backtosite]", o.Return}, Field{"ExtraData[backtosite_method]", "get"},
	)
}

// signed returns fields with a time, a nonce and the signature of all of them.
func (m Merchant) signed(fields ...Field) []Field {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	fields = append(fields, Field{"timestamp", m.Now().UTC().Format(stamp)}, Field{"nonce", hex.EncodeToString(nonce)})
	values := make([]string, len(fields))
	for i, f := range fields {
		values[i] = f.Value
	}
	return append(fields, Field{"fp_hash", m.mac(values)})
}

// mac returns the signature of values: HMAC-MD5 of each after its length in
// bytes, and of "-" for each that is empty, in capital hexadecimal digits.
func (m Merchant) mac(values []string) string {
	h := hmac.New(md5.New, m.Key)
	for _, value := range values {
		text := "-"
		if value != "" {
			text = strconv.Itoa(len(value)) + value
		}
		_, _ = io.WriteString(h, text) // never fails
	}
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
}

// client gives up on its own if nobody else does. A service leads nowhere else.
var client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// largest is how much they may answer at once.
const largest = 1 << 20

// Status asks what became of an order. It fails with [ErrMissing]; after any
// other error the outcome is unknown. What it returns has come over TLS, and is
// not signed.
func (m Merchant) Status(ctx context.Context, order string) (Payment, error) {
	form := url.Values{}
	for _, f := range m.signed(Field{"method", "check_status"}, Field{"mid", m.ID}, Field{"invoice_id", order}) {
		form.Set(f.Name, f.Value)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Service, strings.NewReader(form.Encode()))
	if err != nil {
		return Payment{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(r)
	if err != nil {
		return Payment{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, largest+1))
	if err != nil {
		return Payment{}, err
	}
	if response.StatusCode != http.StatusOK || len(data) > largest {
		return Payment{}, fmt.Errorf("euplatesc: the service answers %d, with %d bytes", response.StatusCode, len(data))
	}
	return m.readStatus(order, data)
}

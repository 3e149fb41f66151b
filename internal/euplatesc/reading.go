package euplatesc

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/money"
)

// An Outcome is what became of a payment.
type Outcome string

// The outcomes.
const (
	Pending Outcome = "pending" // approved by the bank, and still looked at by EuPlătesc
	Paid    Outcome = "paid"    // action 0, and nobody objects
	Refused Outcome = "refused"
)

// A Payment is what EuPlătesc says about an order.
type Payment struct {
	Order    string // ours: "invoice_id"
	ID       string // theirs: "ep_id"
	Outcome  Outcome
	Amount   money.Bani
	Currency string
	Approval string
	At       time.Time
}

// reported are the fields of a report, in the order in which they are signed.
// The last one may be left out.
var reported = []string{"amount", "curr", "invoice_id", "ep_id", "merch_id", "action", "message", "approval", "timestamp", "nonce", "sec_status"}

// formats are the forms that fields have. Of all ways to cut what was signed into
// fields, they leave the one that was meant. The message and the approval code
// have none, so letters may move between them: they are read as one.
var formats = map[string]*regexp.Regexp{
	"amount":     regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,2})?$`),
	"curr":       regexp.MustCompile(`^[A-Z]{3}$`),
	"invoice_id": regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`),
	"ep_id":      regexp.MustCompile(`^[0-9A-Za-z]{8,64}$`),
	"merch_id":   regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`),
	"action":     regexp.MustCompile(`^[0-9]{1,3}$`),
	"timestamp":  regexp.MustCompile(`^[0-9]{14}$`),
	"nonce":      regexp.MustCompile(`^[0-9A-Fa-f]{32,64}$`),
	"sec_status": regexp.MustCompile(`^[0-9]{1,2}$`),
}

// Read checks that a report, the body of a form, was signed with our key and is
// for us, and returns what it says. It fails with [ErrForged], and with
// [ErrUnreadable] for what is signed and makes no sense.
func (m Merchant) Read(body []byte) (Payment, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Payment{}, fmt.Errorf("%w: no form", ErrForged)
	}
	names := reported
	if _, ok := form["sec_status"]; !ok {
		names = reported[:len(reported)-1]
	}
	values := map[string]string{}
	texts := make([]string, len(names))
	for i, name := range names {
		if len(form[name]) != 1 {
			return Payment{}, fmt.Errorf("%w: %s is not there once", ErrForged, name)
		}
		texts[i] = form[name][0]
		values[name] = texts[i]
	}
	signature := form["fp_hash"]
	if len(m.Key) < 16 || len(signature) != 1 || !hmac.Equal([]byte(signature[0]), []byte(m.mac(texts))) {
		return Payment{}, fmt.Errorf("%w: the signature", ErrForged)
	}
	for _, name := range names {
		if format, ok := formats[name]; ok && !format.MatchString(values[name]) {
			return Payment{}, fmt.Errorf("%w: %s", ErrUnreadable, name)
		}
	}
	if values["merch_id"] != m.ID {
		return Payment{}, fmt.Errorf("%w: it is for another merchant", ErrForged)
	}
	at, err := time.Parse(stamp, values["timestamp"])
	if err != nil {
		return Payment{}, fmt.Errorf("%w: timestamp", ErrUnreadable)
	}
	return m.payment(values, at)
}

// payment returns what fields say that are as they should be.
func (m Merchant) payment(values map[string]string, at time.Time) (Payment, error) {
	amount, err := bani(values["amount"])
	if err != nil {
		return Payment{}, err
	}
	return Payment{Order: values["invoice_id"], ID: values["ep_id"], Outcome: outcome(values["action"], values["sec_status"], values["message"]+values["approval"]),
		Amount: amount, Currency: values["curr"], Approval: values["approval"], At: at}, nil
}

// outcome returns what an answer of the bank means, and what their own look for
// fraud: 8 and 9 let a payment pass, 5 and 6 do not, anything else comes before.
// Where they do not look, there is no such status.
func outcome(action, security, words string) Outcome {
	switch {
	case strings.Contains(strings.ToLower(words), "pending"):
		return Pending
	case action != "0":
		return Refused
	case security == "" || security == "8" || security == "9":
		return Paid
	case security == "5" || security == "6":
		return Refused
	}
	return Pending
}

// bani reads an amount with a dot before one or two decimals, or none.
func bani(text string) (money.Bani, error) {
	whole, decimals, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil || !formats["amount"].MatchString(text) {
		return 0, fmt.Errorf("%w: amount", ErrUnreadable)
	}
	return money.Bani(n), nil
}

// An attempt is one try to pay an order, as the web service lists it.
type attempt struct {
	Merchant string `json:"merch_id"`
	Order    string `json:"invoice_id"`
	ID       string `json:"ep_id"`
	Amount   string `json:"amount"`
	Currency string `json:"curr"` // left out by some
	Action   string `json:"action"`
	Security string `json:"sec_status"`
	Message  string `json:"message"`
	At       string `json:"timestamp"` // as the clocks in Romania show it
}

// readStatus reads what the service answers: a list, as a text within an object.
// Of several tries the one that went furthest counts.
func (m Merchant) readStatus(order string, data []byte) (best Payment, err error) {
	var wrapped struct {
		Success json.RawMessage `json:"success"`
		Error   string          `json:"error"`
	}
	if err := json.Unmarshal(data, &wrapped); err != nil {
		return Payment{}, fmt.Errorf("%w: no JSON object", ErrUnreadable)
	}
	if wrapped.Error != "" { // why that is so, they say in words alone
		return Payment{}, ErrMissing
	}
	var list string
	if json.Unmarshal(wrapped.Success, &list) == nil {
		wrapped.Success = []byte(list)
	}
	var tries []attempt
	if err := json.Unmarshal(wrapped.Success, &tries); err != nil || tries == nil {
		return Payment{}, fmt.Errorf("%w: no list of payments", ErrUnreadable)
	}
	rank := []Outcome{Refused, Pending, Paid}
	for _, try := range tries {
		p, err := m.try(order, try)
		if err != nil {
			return Payment{}, err
		}
		if best.Outcome == "" || slices.Index(rank, p.Outcome) > slices.Index(rank, best.Outcome) {
			best = p
		}
	}
	if len(tries) == 0 {
		return Payment{}, ErrMissing
	}
	return best, nil
}

// try reads one of them. The currency is that of the form, which we have signed,
// unless it says another.
func (m Merchant) try(order string, t attempt) (Payment, error) {
	if t.Currency == "" {
		t.Currency = currency
	}
	values := map[string]string{"amount": t.Amount, "curr": t.Currency, "invoice_id": t.Order, "ep_id": t.ID, "merch_id": t.Merchant,
		"action": t.Action, "sec_status": t.Security, "message": t.Message}
	for name, value := range values {
		if format, ok := formats[name]; ok && !format.MatchString(value) && (name != "sec_status" || value != "") {
			return Payment{}, fmt.Errorf("%w: %s", ErrUnreadable, name)
		}
	}
	if t.Order != order || t.Merchant != m.ID {
		return Payment{}, fmt.Errorf("%w: it is about another payment", ErrUnreadable)
	}
	at, err := time.ParseInLocation(time.DateTime, t.At, m.Zone)
	if err != nil {
		return Payment{}, fmt.Errorf("%w: timestamp", ErrUnreadable)
	}
	return m.payment(values, at)
}

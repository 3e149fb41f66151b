package netopia

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"bega/internal/money"
)

// A Status is NETOPIA's number for where a payment stands.
type Status int

// An Outcome is what a [Status] means for whoever is paid.
type Outcome string

// The outcomes.
const (
	Pending  Outcome = "pending"  // not decided, or with a status that nobody has told us of
	Paid     Outcome = "paid"     // 3 paid, 5 confirmed, and these alone
	Refused  Outcome = "refused"  // 11 error, 12 declined, 13 taken for a fraud
	Expired  Outcome = "expired"  // 23
	Refunded Outcome = "refunded" // 8 credit
	Reversed Outcome = "reversed" // 4 cancelled, 17 reversed: paid or not, the money is not ours
	Disputed Outcome = "disputed" // 9, 10 and 16: a chargeback was begun, accepted, contested
)

// Outcome returns what a status means. That of an order that is new (1) is
// pending, whatever their own libraries call it.
func (s Status) Outcome() Outcome {
	switch s {
	case 3, 5:
		return Paid
	case 4, 17:
		return Reversed
	case 8:
		return Refunded
	case 9, 10, 16:
		return Disputed
	case 11, 12, 13:
		return Refused
	case 23:
		return Expired
	}
	return Pending
}

// An answer is what the API says.
type answer struct {
	http      int
	code      string // of the error; "" for none
	order     string // ours, if it is said
	signature string // of the point of sale, if it is said
	payment   Payment
	priced    bool  // an amount is said
	err       error // ErrAmount
}

// fine reports whether the code is none of a failure: 101 leads to the page of
// the payment.
func (a answer) fine() bool {
	return a.code == "" || a.code == "0" || a.code == "00" || a.code == "101"
}

// readAnswer reads what the API says, and what it reports.
func readAnswer(data []byte) (a answer, err error) {
	top, err := object(data)
	if err != nil {
		return answer{}, err
	}
	failure, err1 := part(top, "error")
	order, err2 := part(top, "order")
	payment, err3 := part(top, "payment")
	if err := errors.Join(err1, err2, err3); err != nil {
		return answer{}, err
	}
	a.code, err1 = text(failure, "code")
	a.order, err2 = text(order, "orderID")
	a.signature, err3 = text(order, "posSignature")
	if err := errors.Join(err1, err2, err3); err != nil || len(payment) == 0 {
		return a, err
	}
	_, a.priced = payment["amount"]
	a.payment, err = readPayment(payment)
	if errors.Is(err, ErrAmount) {
		a.err, err = err, nil
	}
	return a, err
}

// readPayment reads the object of that name.
func readPayment(fields map[string]json.RawMessage) (p Payment, err error) {
	var errs [6]error
	p.ID, errs[0] = text(fields, "ntpID")
	p.Currency, errs[1] = text(fields, "currency")
	p.Page, errs[2] = text(fields, "paymentURL")
	at, err := text(fields, "operationDate")
	errs[3] = err
	data, err := part(fields, "data")
	errs[4] = err
	p.Approval, errs[5] = text(data, "AuthCode")
	if err := errors.Join(errs[:]...); err != nil {
		return Payment{}, err
	}
	if raw, ok := fields["status"]; ok {
		n, err := strconv.Atoi(string(raw))
		if err != nil {
			return Payment{}, fmt.Errorf("%w: the status is no number", ErrUnreadable)
		}
		p.Status = Status(n)
	}
	p.At, _ = time.Parse(time.RFC3339, at) // what has another form is as good as not said
	if raw, ok := fields["amount"]; ok {
		p.Amount, err = bani(string(raw))
	}
	return p, err
}

// bani reads a number of lei, as JSON writes numbers, without ever rounding it.
// It returns [ErrAmount] for what is no number of whole bani, or less than none.
func bani(number string) (money.Bani, error) {
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(number), "e")
	shift := 0
	if scaled {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < -20 || n > 20 {
			return 0, ErrAmount
		}
		shift = n
	}
	whole, decimals, dotted := strings.Cut(mantissa, ".")
	digits := whole + decimals
	if whole == "" || dotted && decimals == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, ErrAmount
	}
	point := len(whole) + shift + 2 // before which of the digits bani end
	for ; point < 0; point++ {
		digits = "0" + digits
	}
	for len(digits) < point {
		digits += "0"
	}
	if strings.Trim(digits[point:], "0") != "" {
		return 0, ErrAmount
	}
	n, err := strconv.ParseInt("0"+digits[:point], 10, 64)
	if err != nil {
		return 0, ErrAmount
	}
	return money.Bani(n), nil
}

// object reads one JSON object and nothing after it. Unlike encoding/json it
// knows keys by their very letters, and refuses those that come twice: nobody
// shall read anything else in what was signed.
func object(data []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%w: no JSON object", ErrUnreadable)
	}
	fields := map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, fmt.Errorf("%w: no JSON", ErrUnreadable)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: no JSON", ErrUnreadable)
		}
		if _, twice := fields[key]; twice {
			return nil, fmt.Errorf("%w: a key comes twice", ErrUnreadable)
		}
		fields[key] = value
	}
	if _, err := d.Token(); err != nil { // the brace
		return nil, fmt.Errorf("%w: the JSON object has no end", ErrUnreadable)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something comes after it", ErrUnreadable)
	}
	return fields, nil
}

// part returns the object that a field is; none if it is left out, or null.
func part(fields map[string]json.RawMessage, name string) (map[string]json.RawMessage, error) {
	raw, ok := fields[name]
	if !ok || string(raw) == "null" {
		return nil, nil
	}
	return object(raw)
}

// text returns what a field says, be it between quotes or a number; "" if it is
// left out, or null.
func text(fields map[string]json.RawMessage, name string) (string, error) {
	raw, ok := fields[name]
	if !ok || string(raw) == "null" {
		return "", nil
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fmt.Errorf("%w: %s is no text", ErrUnreadable, name)
	}
	return s, nil
}

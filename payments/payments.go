// Package payments takes in money, through banks and their card pages.
//
// An order is what is to be paid; an attempt is one visit to a bank. What a bank
// says may come twice, late, in the wrong order or from somebody else, so only
// what it has signed counts, an attempt moves forward alone, and each payment
// is entered once in a double-entry ledger to which rows are only added. The
// moment of payment is that of the authorisation (CPF art. 163).
//
// All that a bank has said about an attempt is kept, and what follows from it is
// worked out from all of it each time. So the order in which it came does not
// matter, and nothing is lost that came too early.
package payments

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/money"
)

// The faults that people meet here.
var (
	ErrUnknown   = fault.New(fault.Missing, "payments.unknown")
	ErrPaid      = fault.New(fault.Conflict, "payments.already-paid")
	ErrCancelled = fault.New(fault.Conflict, "payments.not-due")
	ErrUncertain = fault.New(fault.Conflict, "payments.uncertain")
	ErrBank      = fault.New(fault.Unavailable, "payments.bank-silent")
)

// A Request is what a room wants to be paid.
type Request struct {
	Owner   act.PartyID // whose debt it is
	Unit    string
	Service string // key
	Case    string
	Number  string // registration number of the case, as on papers
	Link    string // path in the portal of what it is paid for, where the payer goes on; "" for none
	Lines   []Line
	Account string // IBAN that the money goes to
}

// A Line of an order.
type Line struct {
	Label  map[string]string // by language
	Amount money.Bani
}

// total returns what a request adds up to. It fails unless there is something to
// pay in every line.
func (r Request) total() (sum money.Bani, err error) {
	if len(r.Lines) == 0 || r.Owner == "" {
		return 0, errors.New("payments: an order of nothing, or by nobody")
	}
	for _, line := range r.Lines {
		if line.Amount <= 0 {
			return 0, fmt.Errorf("payments: a line over %s", line.Amount)
		}
		if sum, err = sum.Add(line.Amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// A State of an order.
type State string

// The states.
const (
	Open      State = "open"
	Pending   State = "pending" // somebody is at the bank, or its answer is not known
	Paid      State = "paid"
	Cancelled State = "cancelled" // nobody has to pay any more
	Refunded  State = "refunded"
)

// An Order is a Request that was accepted.
type Order struct {
	ID string
	Request
	Total    money.Bani
	State    State
	Created  time.Time
	PaidAt   time.Time  // moment of the authorisation
	Method   string     // "card"
	Receipt  string     // code of the receipt in the registry; "" until it was issued
	Overpaid money.Bani // what was paid too much, and is to be given back
	// Uncertain says that it is pending, and that the bank does not answer: nobody
	// should pay again.
	Uncertain bool
}

// Due reports whether there is still something to be paid.
func (o Order) Due() bool { return o.State == Open || o.State == Pending }

// replaced reports whether it was ended by [Office.Drop]. Those of cases are not.
func (o Order) replaced() bool { return o.State == Cancelled && o.Case == "" }

// stages are the states of an attempt, in the order in which it may have them.
var stages = map[string]int{"begun": 0, "redirected": 1, "unknown": 2, "expired": 3, "refused": 4, "paid": 5, "refunded": 6}

// An attempt is one visit to the bank.
type attempt struct {
	id, order string
	provider  string // "" if it began before this was stored
	amount    money.Bani
	state     string
	page, ref string // as in Begun
	begun     time.Time
	polls     int
}

// open reports whether the bank may still say something.
func (a attempt) open() bool { return stages[a.state] < stages["expired"] }

// forward moves the attempt to a state, unless it is further already.
func (a *attempt) forward(state string) {
	if stages[state] > stages[a.state] {
		a.state = state
	}
}

// pageLife is for how long after the beginning somebody may still pay on the page of
// a bank, whatever it has said until then.
const pageLife = time.Hour

// watched reports whether the bank is asked about the attempt: as long as it is open,
// and as long as who was refused may still try another card.
func (a attempt) watched(now time.Time) bool {
	return a.open() || (a.state == "refused" || a.state == "expired") && now.Sub(a.begun) < pageLife
}

// polling is when the bank is asked about an attempt, each after the one before.
var polling = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute}

// pollAfter returns how long to wait before the bank is asked the next time. It
// never ends while the attempt is open: only the bank's word ends it. What was paid
// and not reported is found within a quarter of an hour, even if the bank is out of
// reach for some minutes.
func pollAfter(polls int, age time.Duration) time.Duration {
	switch {
	case polls < len(polling):
		return polling[polls]
	case age < 24*time.Hour:
		return 10 * time.Minute
	case age < 7*24*time.Hour:
		return time.Hour
	}
	return 24 * time.Hour
}

// A verdict is what follows from all that a bank said about an attempt.
type verdict struct {
	state    string    // of the attempt; "" if none follows
	payments []Outcome // one for each transaction, with the right amount
	refunds  []Outcome // one for each transaction; none without a payment
	wrong    []Outcome // that nothing is credited for
	disputed []Outcome
}

// judge works out what follows. It does not depend on the order of what was
// said, nor on how often.
func judge(amount money.Bani, said []Outcome) verdict {
	v := verdict{}
	a := attempt{state: "begun"}
	paid, refunded := map[string]bool{}, map[string]bool{} // by transaction, which may be the same for both
	for _, out := range said {
		switch {
		case out.Status == "expired" || out.Status == "refused":
			a.forward(out.Status)
		case out.Status == "reversed" || out.Status == "refunded":
			a.forward("refused") // there is nothing to wait for, unless it was paid before; see below
		case out.Status == "disputed":
			v.disputed = append(v.disputed, out)
		case out.Status != "paid" || paid[out.Transaction]:
		case out.Amount != amount || out.Currency != currency || out.Transaction == "":
			v.wrong = append(v.wrong, out)
			a.forward("unknown")
		default:
			paid[out.Transaction] = true
			v.payments = append(v.payments, out)
			a.forward("paid")
		}
	}
	left := amount * money.Bani(len(v.payments))
	for _, out := range said {
		back := out.Status == "refunded" || out.Status == "reversed" && paid[out.Transaction]
		switch {
		case !back || refunded[out.Transaction] || len(v.payments) == 0:
		case out.Amount <= 0 || out.Amount > left || out.Currency != currency || out.Transaction == "":
			v.wrong = append(v.wrong, out)
		default:
			refunded[out.Transaction] = true
			v.refunds = append(v.refunds, out)
			if left -= out.Amount; left == 0 {
				a.forward("refunded")
			}
		}
	}
	if a.state != "begun" {
		v.state = a.state
	}
	return v
}

// currency is the one that there is.
const currency = "RON"

// digest returns what stands for all that an outcome says.
func (o Outcome) digest() string {
	return hash(o.Attempt, o.Status, int64(o.Amount), o.Currency, o.Transaction, o.Approval, o.At.UnixMicro())
}

func hash(parts ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", parts))
	return hex.EncodeToString(sum[:])
}

// A posting is one side of an entry.
type posting struct {
	account       string
	debit, credit money.Bani
}

// errUnbalanced says that an entry is not double.
var errUnbalanced = errors.New("payments: an entry does not add up")

// balanced returns an error unless what an entry takes is what it gives.
func balanced(amount money.Bani, postings []posting) error {
	var debit, credit money.Bani
	var err1, err2 error
	for _, p := range postings {
		debit, err1 = debit.Add(p.debit)
		credit, err2 = credit.Add(p.credit)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
	}
	if debit != credit || debit != amount {
		return errUnbalanced
	}
	return nil
}

// A Difference is something that somebody has to look at.
type Difference struct {
	Kind        string // "unknown", "amount", "reused", "disputed", "missing", "extra"
	Transaction string
	Attempt     string
	Bank, Ours  money.Bani // what either says
	Currency    string
	At          time.Time
}

// id returns the same for the same difference.
func (d Difference) id(provider string) string {
	return hash(provider, d.Kind, d.Transaction, d.Attempt, int64(d.Bank), int64(d.Ours), d.Currency)
}

// compare returns where the statement of a bank and our entries differ. Both are
// from the same days; refunds are negative.
func compare(statement, ours []Transaction) (differences []Difference) {
	type key struct { // a refund may have the ID of the payment
		id     string
		refund bool
	}
	byKey := map[key]Transaction{}
	for _, t := range ours {
		byKey[key{t.ID, t.Amount < 0}] = t
	}
	for _, t := range statement {
		our, ok := byKey[key{t.ID, t.Amount < 0}]
		delete(byKey, key{t.ID, t.Amount < 0})
		d := Difference{Transaction: t.ID, Attempt: t.Attempt, Bank: t.Amount, Ours: our.Amount, Currency: currency, At: t.At}
		switch {
		case !ok:
			d.Kind = "missing"
		case our.Amount != t.Amount || our.Attempt != t.Attempt:
			d.Kind = "amount"
		default:
			continue
		}
		differences = append(differences, d)
	}
	for _, t := range ours {
		if _, ok := byKey[key{t.ID, t.Amount < 0}]; ok {
			differences = append(differences, Difference{Kind: "extra", Transaction: t.ID, Attempt: t.Attempt, Ours: t.Amount, Currency: currency, At: t.At})
		}
	}
	return differences
}

// sum returns what transactions add up to.
func sum(all []Transaction) (total money.Bani, err error) {
	for _, t := range all {
		if total, err = total.Add(t.Amount); err != nil {
			return 0, err
		}
	}
	return total, nil
}

package payments

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	mathrand "math/rand/v2"
	"time"

	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/money"
)

// A Sandbox is a bank inside the program, for demonstrations and tests. It has a
// card page without cards, on which whoever pays says how it is to end, and does
// all that real banks do on bad days.
type Sandbox struct {
	DB   *db.DB
	Now  func() time.Time
	Zone *time.Location
	Key  []byte             // any secret; it signs by what is made of it
	Tell jobs.Kind[Message] // jobs.Handle(q, "payments_tell", s.Deliver)

	// Hand takes reports over within the program: [Office.Hear]. Without it they
	// come by HTTP, to the address that the shop gave.
	Hand func(ctx context.Context, body []byte, header map[string][]string) error

	// Tricks returns what goes wrong with a payment. Nil means nothing does, but
	// what who pays asks for.
	Tricks func(payment string) []Trick
}

// A Trick is something that goes wrong at a bank.
type Trick string

// The tricks.
const (
	Lose     Trick = "lose"     // no report comes
	Twice    Trick = "twice"    // it comes twice
	Late     Trick = "late"     // it comes later
	Reorder  Trick = "reorder"  // what was said before comes after it
	Wrong    Trick = "wrong"    // it has another amount
	Forge    Trick = "forge"    // somebody else sends one before
	Stranger Trick = "stranger" // one comes about a payment that nobody knows
	Silent   Trick = "silent"   // it comes later, and whoever asks before gets no answer
)

// Hostile returns tricks as a bad week has them, always the same for a seed:
// of a hundred payments, ten are reported twice, ten out of order, five late, two
// never, and one each with another amount, with a forgery and with a stranger.
func Hostile(seed uint64) func(payment string) []Trick {
	chances := []struct {
		trick   Trick
		percent int
	}{{Twice, 10}, {Reorder, 10}, {Late, 5}, {Lose, 2}, {Wrong, 1}, {Forge, 1}, {Stranger, 1}}
	return func(payment string) (tricks []Trick) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(payment)) // never fails
		r := mathrand.New(mathrand.NewPCG(seed, h.Sum64()))
		for _, c := range chances {
			if r.IntN(100) < c.percent {
				tricks = append(tricks, c.trick)
			}
		}
		return tricks
	}
}

// A payment is what the bank knows.
type payment struct {
	id            string
	amount        money.Bani
	description   string
	back, notify  string
	state         string // "open", "paid", "refused", "refunded"
	made, decided time.Time
	ref, approval string
	refunded      time.Time
	refundRef     string
	silent        time.Time
}

const (
	// sandboxLife is after how long a payment that nobody decided is over.
	sandboxLife = 30 * time.Minute
	// lateness is how late a report comes, and for how long nobody answers.
	lateness = 2 * time.Minute
)

// status returns what the bank says about a payment.
func (p payment) status(now time.Time) string {
	if p.state != "open" {
		return p.state
	}
	if now.Sub(p.made) >= sandboxLife {
		return "expired"
	}
	return "pending"
}

// outcome returns all that it says. A payment that was given back was paid, too.
func (p payment) outcome(status string) Outcome {
	out := Outcome{Attempt: p.id, Status: status, Amount: p.amount, Currency: currency}
	switch status {
	case "paid":
		out.Transaction, out.Approval, out.At = p.ref, p.approval, p.decided
	case "refunded":
		out.Transaction, out.At = p.refundRef, p.refunded
	case "refused":
		out.At = p.decided
	case "expired":
		out.At = p.made.Add(sandboxLife)
	}
	return out
}

// Name implements [Provider].
func (s *Sandbox) Name() string { return "sandbox" }

// Begin implements [Provider].
func (s *Sandbox) Begin(ctx context.Context, b Beginning) (Begun, error) {
	p := payment{id: b.Attempt, amount: b.Amount, description: b.Description, back: b.Return.String(), notify: b.Notify.String(), state: "open", made: s.Now()}
	err := s.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return insertPayment(ctx, tx, p) })
	return Begun{Page: "/banca-de-proba/" + b.Attempt, Ref: b.Attempt}, err
}

// Origins implements [Provider]: it is within the site.
func (s *Sandbox) Origins() []string { return nil }

// errSilent is what a bank on a bad day answers.
var errSilent = errors.New("payments: the bank does not answer")

// Ask implements [Provider].
func (s *Sandbox) Ask(ctx context.Context, q Question) (Outcome, error) {
	p, err := paymentByID(ctx, s.DB, q.Attempt)
	switch now := s.Now(); {
	case err != nil:
		return Outcome{}, err
	case now.Before(p.silent):
		return Outcome{}, errSilent
	default:
		return p.outcome(p.status(now)), nil
	}
}

// Statement implements [Provider].
func (s *Sandbox) Statement(ctx context.Context, day deadline.Date) ([]Transaction, error) {
	return paymentsBetween(ctx, s.DB, day.Midnight(s.Zone), day.AddDays(1).Midnight(s.Zone))
}

// A report is how the bank writes what it says.
type report struct {
	Order       string     `json:"order"`
	Status      string     `json:"status"`
	Amount      money.Bani `json:"amount"`
	Currency    string     `json:"currency"`
	Transaction string     `json:"transaction"`
	Approval    string     `json:"approval"`
	At          time.Time  `json:"at"`
}

// signature is the header with the Ed25519 signature of a report, in hexadecimal.
const signature = "Bank-Signature"

func (s *Sandbox) key() ed25519.PrivateKey {
	seed := sha256.Sum256(append([]byte("bega sandbox "), s.Key...))
	return ed25519.NewKeyFromSeed(seed[:])
}

// sign returns a report and its header.
func (s *Sandbox) sign(key ed25519.PrivateKey, o Outcome) (body []byte, header map[string][]string, err error) {
	body, err = json.Marshal(report{o.Attempt, o.Status, o.Amount, o.Currency, o.Transaction, o.Approval, o.At.UTC()})
	return body, map[string][]string{signature: {hex.EncodeToString(ed25519.Sign(key, body))}}, err
}

// Read implements [Provider]. The signature is of the bytes as they came, and is
// written in one way only.
func (s *Sandbox) Read(body []byte, header map[string][]string) (Outcome, error) {
	values := header[signature]
	if len(values) != 1 {
		return Outcome{}, ErrForged
	}
	sig, err := hex.DecodeString(values[0])
	if err != nil || hex.EncodeToString(sig) != values[0] || !ed25519.Verify(s.key().Public().(ed25519.PublicKey), body, sig) {
		return Outcome{}, ErrForged
	}
	var r report
	if err := json.Unmarshal(body, &r); err != nil {
		return Outcome{}, err
	}
	return Outcome{r.Order, r.Status, r.Amount, r.Currency, r.Transaction, r.Approval, r.At}, nil
}

// A Message is a report on its way. What it says is written when it leaves.
type Message struct {
	Payment string
	Status  string
	Trick   Trick // Wrong, Forge, Stranger or none
}

// A delayed message leaves some time after what it is about.
type delayed struct {
	Message
	after time.Duration
}

// reports returns the messages about a payment, in a world with tricks.
func reports(payment, status string, tricks []Trick) (all []delayed) {
	has := map[Trick]bool{}
	for _, t := range tricks {
		has[t] = true
	}
	for _, t := range []Trick{Forge, Stranger} {
		if has[t] {
			all = append(all, delayed{Message{payment, "paid", t}, 0})
		}
	}
	if has[Lose] {
		return all
	}
	m := delayed{Message{payment, status, ""}, 0}
	if has[Wrong] {
		m.Trick = Wrong
	}
	if has[Late] || has[Silent] {
		m.after = lateness
	}
	all = append(all, m)
	if has[Twice] {
		m.after += time.Second
		all = append(all, m)
	}
	if has[Reorder] {
		all = append(all, delayed{Message{payment, "pending", ""}, time.Second}, delayed{Message{payment, "refused", ""}, 2 * time.Second})
	}
	return all
}

// write writes a message, and signs it.
func (s *Sandbox) write(ctx context.Context, m Message) (p payment, body []byte, header map[string][]string, err error) {
	if p, err = paymentByID(ctx, s.DB, m.Payment); err != nil {
		return p, nil, nil, err
	}
	out, key := p.outcome(m.Status), s.key()
	switch m.Trick {
	case Wrong:
		out.Amount++
	case Forge:
		out.Transaction, out.At = "forged", s.Now()
		if _, key, err = ed25519.GenerateKey(rand.Reader); err != nil {
			return p, nil, nil, err
		}
	case Stranger:
		out.Attempt, out.Transaction = "x"+out.Attempt, "x"+out.Transaction
	}
	body, header, err = s.sign(key, out)
	return p, body, header, err
}

// Decide ends a payment as who pays has chosen, "paid" or "refused", and reports
// it, with tricks besides those of the day. What was decided before stays so. It
// fails with [ErrNotThere].
func (s *Sandbox) Decide(ctx context.Context, id, status string, tricks ...Trick) error {
	if s.Tricks != nil {
		tricks = append(tricks, s.Tricks(id)...)
	}
	return s.change(ctx, id, tricks, func(p *payment, now time.Time) string {
		if p.status(now) != "pending" {
			return ""
		}
		p.state, p.decided = status, now
		if status == "paid" {
			p.ref, p.approval = db.NewID(), hash(id)[:6]
		}
		for _, t := range tricks {
			if t == Silent {
				p.silent = now.Add(lateness)
			}
		}
		return status
	})
}

// GiveBack gives a paid payment back, and reports it.
func (s *Sandbox) GiveBack(ctx context.Context, id string) error {
	return s.change(ctx, id, nil, func(p *payment, now time.Time) string {
		if p.state != "paid" {
			return ""
		}
		p.state, p.refunded, p.refundRef = "refunded", now, db.NewID()
		return "refunded"
	})
}

// change changes a payment, and reports its new status if there is one.
func (s *Sandbox) change(ctx context.Context, id string, tricks []Trick, edit func(p *payment, now time.Time) (status string)) error {
	return s.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		p, err := paymentByID(ctx, tx, id)
		if err != nil {
			return err
		}
		now := s.Now()
		status := edit(&p, now)
		if status == "" {
			return nil
		}
		if err := updatePayment(ctx, tx, p); err != nil {
			return err
		}
		for _, m := range reports(id, status, tricks) {
			if err := s.Tell.Add(ctx, tx, m.Message, jobs.At(now.Add(m.after))); err != nil {
				return err
			}
		}
		return nil
	})
}

package payments

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/money"
)

// A letter is a report on its way through a bad network.
type letter struct {
	at     time.Duration // after the start
	body   []byte
	header map[string][]string
	forged bool
}

// A network is what lies between the bank and the town hall.
type network struct {
	o       *town
	mu      sync.Mutex
	letters []letter
}

// carries takes the reports about a payment that was decided. Nine in ten arrive
// within a minute, the others within three days.
func (n *network) carries(r *rand.Rand, began time.Duration, payment, status string, tricks []Trick) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range reports(payment, status, tricks) {
		_, body, header, err := n.o.bank.write(n.o.t.Context(), m.Message)
		if err != nil {
			n.o.t.Error(err)
		}
		delay := time.Duration(r.Int64N(int64(time.Minute)))
		if r.IntN(10) == 0 {
			delay = time.Duration(r.Int64N(int64(72 * time.Hour)))
		}
		n.letters = append(n.letters, letter{began + delay, body, header, m.Trick == Forge})
	}
}

// A plan is what somebody does about a fee.
type plan struct {
	order, caseID string
	attempt       string
	status        string // of the last attempt: "paid", "refused", or "" for one who left
	tricks        []Trick
	withdraws     bool // while at the bank
}

// TestLedgerEqualsTheStatement has people pay fees at a bank whose reports come
// twice, late, in any order, forged, with another amount, about strangers, or not
// at all. In the end the ledger is the bank's statement, to the ban.
//
// There are 500 fees, or 10,000 if BEGA_LONG is set.
func TestLedgerEqualsTheStatement(t *testing.T) { eachTown(t, testLedgerEqualsTheStatement) }

func testLedgerEqualsTheStatement(t *testing.T, o *town) {
	fees, seed := 500, uint64(1)
	if os.Getenv("BEGA_LONG") != "" {
		fees = 10_000
	}
	n := &network{o: o}
	plans := n.people(fees, seed)
	var forged, refused int
	slices.SortStableFunc(n.letters, func(a, b letter) int { return int(a.at - b.at) })
	polled := false
	for batch := range slices.Chunk(n.letters, 8) {
		o.mu.Lock()
		o.time = start(o).Add(batch[0].at)
		o.mu.Unlock()
		if !polled && batch[0].at > time.Hour {
			n.polls(plans)
			polled = true
		}
		f, r := n.hears(batch)
		forged, refused = forged+f, refused+r
	}
	o.wait(time.Hour)
	n.polls(plans)
	if forged != refused || forged == 0 {
		t.Errorf("%d forged reports came, and %d were refused", forged, refused)
	}
	d, err := o.Reconcile(t.Context())
	if err != nil || d.Bank != d.Ledger || len(d.Open) > 0 || d.Bank == 0 {
		t.Errorf("the bank has %s, the ledger %s; differences: %+v, %v", d.Bank, d.Ledger, d.Open, err)
	}
	o.adds()
	n.checks(plans)
	t.Logf("%d fees, %d reports of which %d forged; %s came in; %d reports to look at", fees, len(n.letters), forged, d.Bank, len(d.Reported))
}

// people has everybody go to the bank and decide there, eight at a time.
func (n *network) people(fees int, seed uint64) []plan {
	plans := make([]plan, fees)
	next := make(chan int)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range next {
				plans[i] = n.pays(i, seed)
			}
		})
	}
	for i := range plans {
		next <- i
	}
	close(next)
	group.Wait()
	return plans
}

// pays has one of them do so. What they do is the same for a seed.
func (n *network) pays(i int, seed uint64) plan {
	o, r, tricks := n.o, rand.New(rand.NewPCG(seed, uint64(i))), Hostile(seed)
	who := act.PartyID(fmt.Sprint("p", i))
	actor := act.Actor{Person: who, For: who, Level: act.Verified}
	p := plan{caseID: fmt.Sprint("c", i)}
	p.order = o.owes(who, p.caseID, money.Bani(100+r.Int64N(100_000)))
	p.attempt = o.goes(actor, p.order)
	p.tricks = tricks(p.caseID)
	again := false
	switch at := r.IntN(100); {
	case at < 5: // leaves
		return p
	case at < 15:
		p.status, again = "refused", at < 12
		if r.IntN(5) == 0 {
			p.tricks = append(p.tricks, Forge)
		}
	default:
		p.status, p.withdraws = "paid", at == 15
	}
	if p.withdraws {
		o.withdraws(p.caseID)
	}
	n.decides(r, p.attempt, p.status, p.tricks)
	if again {
		if err := o.PollAttempt(o.t.Context(), p.attempt); err != nil {
			o.t.Error(err)
		}
		p.attempt, p.status = o.goes(actor, p.order), "paid"
		n.decides(r, p.attempt, p.status, tricks("again "+p.caseID))
	}
	return p
}

// decides decides at a bank that does not report by itself.
func (n *network) decides(r *rand.Rand, attempt, status string, tricks []Trick) {
	n.o.wait(10 * time.Millisecond)
	if err := n.o.bank.Decide(n.o.t.Context(), attempt, status, Lose); err != nil {
		n.o.t.Error(err)
	}
	n.carries(r, n.o.now().Sub(start(n.o)), attempt, status, tricks)
}

func start(o *town) time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, o.Zone) }

// hears takes letters, several at a time, and says how many were forged, and how
// many were refused.
func (n *network) hears(batch []letter) (forged, refused int) {
	errs := make([]error, len(batch))
	var group sync.WaitGroup
	for i, l := range batch {
		group.Go(func() { errs[i] = n.o.Hear(context.Background(), l.body, l.header) })
	}
	group.Wait()
	for i, err := range errs {
		if batch[i].forged {
			forged++
		}
		if errors.Is(err, ErrForged) {
			refused++
		} else if err != nil {
			n.o.t.Error(err)
		}
	}
	return forged, refused
}

// polls asks about all that is open.
func (n *network) polls(plans []plan) {
	for _, p := range plans {
		if err := n.o.PollAttempt(n.o.t.Context(), p.attempt); err != nil {
			n.o.t.Error(err)
		}
	}
}

// checks compares each order with what its owner did.
func (n *network) checks(plans []plan) {
	t, o := n.o.t, n.o
	t.Helper()
	for i, p := range plans {
		order := o.order(p.order)
		want, told := Open, ""
		over := money.Bani(0)
		switch {
		case p.withdraws:
			want, over, told = Cancelled, order.Total, "payments.overpaid"
		case p.status == "paid":
			want, told = Paid, "payments.paid"
		}
		if order.State != want || order.Overpaid != over || (order.Receipt != "") != (want == Paid) {
			t.Errorf("%+v: the order is %+v", p, order)
		}
		if got := strings.TrimPrefix(o.told(act.PartyID(fmt.Sprint("p", i))), "payments.failed"); strings.TrimSpace(got) != told {
			t.Errorf("%+v: was told %q", p, got)
		}
	}
	receipts, err := db.One(t.Context(), o.DB, db.Value[int], `SELECT count(*) FROM paid WHERE ref <> ''`)
	paid := 0
	for _, p := range plans {
		if p.status == "paid" && !p.withdraws {
			paid++
		}
	}
	if err != nil || receipts != paid {
		t.Errorf("%d receipts for %d paid fees, %v", receipts, paid, err)
	}
}

// TestAnyOrder has a bank say the same things about two attempts, in two orders
// and with repetitions: the end is the same.
func TestAnyOrder(t *testing.T) {
	d, err := db.Open(t.Context(), t.TempDir()+"/town")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	o := newTown(t, d)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		draw := drawOutcome(rapid.Bool().Draw(t, "several"))
		said := rapid.SliceOfN(rapid.Custom(draw), 1, 8).Draw(t, "said")
		twice := append(slices.Clone(said), rapid.SliceOfN(rapid.SampledFrom(said), 0, 4).Draw(t, "again")...)
		var ends [2]string
		for i, order := range [][]Outcome{said, rapid.Permutation(twice).Draw(t, "order")} {
			who := act.PartyID(fmt.Sprint("p", n, "-", i))
			id := o.owes(who, "", 1500)
			attempt := o.goes(act.Actor{Person: who, For: who}, id)
			for _, out := range order {
				out.Attempt = attempt
				if out.Transaction != "" {
					out.Transaction += attempt
				}
				if err := o.Settle(context.Background(), out); err != nil {
					t.Fatal(err)
				}
			}
			a, err := attemptByID(context.Background(), o.DB, attempt)
			if err != nil {
				t.Fatal(err)
			}
			end := o.order(id)
			// Whether they hear that it failed depends on what they saw before.
			told := strings.TrimSpace(strings.ReplaceAll(o.told(who), "payments.failed", ""))
			ends[i] = fmt.Sprint(a.state, end.State, end.PaidAt, end.Method, end.Receipt != "", end.Overpaid, " ", told)
		}
		if ends[0] != ends[1] {
			t.Fatalf("it ends as\n%s, or as\n%s", ends[0], ends[1])
		}
	})
	o.adds()
}

// drawOutcome draws what a bank may say about an attempt over 15 lei: that it was
// paid once, and given back in two parts; or that it was paid several times. All
// of it happened in the same minute: of two payments, the one that is heard first
// is the one that the receipt is about.
func drawOutcome(several bool) func(t *rapid.T) Outcome {
	return func(t *rapid.T) Outcome {
		o := Outcome{
			Status:      rapid.SampledFrom([]string{"pending", "paid", "paid", "refused", "expired", "refunded"}).Draw(t, "status"),
			Amount:      rapid.SampledFrom([]money.Bani{1500, 1500, 1500, 1501, 0}).Draw(t, "amount"),
			Currency:    rapid.SampledFrom([]string{"RON", "RON", "EUR"}).Draw(t, "currency"),
			Transaction: rapid.SampledFrom([]string{"", "1", "1"}).Draw(t, "transaction"),
			At:          time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		}
		if several {
			o.Transaction = rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "transaction")
			if o.Status == "refunded" {
				o.Status = "paid"
			}
		} else if o.Status == "refunded" {
			o.Amount = rapid.SampledFrom([]money.Bani{700, 800}).Draw(t, "part")
			o.Transaction = o.Amount.String()
		}
		return o
	}
}

// TestForgeries changes a report in 10,000 ways. None is taken for the bank's.
func TestForgeries(t *testing.T) {
	bank := &Sandbox{Key: []byte("a key of tests"), Now: time.Now}
	other := &Sandbox{Key: []byte("another key")}
	out := Outcome{Attempt: "0193", Status: "refused", Amount: 1500, Currency: "RON", Transaction: "T1", At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	body, header, err := bank.sign(bank.key(), out)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bank.Read(body, header); err != nil || got != out {
		t.Fatalf("Read = %+v, %v", got, err)
	}
	sig := header[signature][0]
	refuses := func(what string, body []byte, header map[string][]string) {
		t.Helper()
		if got, err := bank.Read(body, header); !errors.Is(err, ErrForged) {
			t.Errorf("%s: Read = %+v, %v", what, got, err)
		}
	}
	with := func(values ...string) map[string][]string { return map[string][]string{signature: values} }
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		changed, sigs := bytes.Clone(body), with(sig)
		raw, _ := hex.DecodeString(sig)
		switch i % 5 {
		case 0:
			changed[r.IntN(len(changed))] ^= 1 << r.IntN(8)
		case 1:
			raw[r.IntN(len(raw))] ^= 1 << r.IntN(8)
			sigs = with(hex.EncodeToString(raw))
		case 2:
			at := r.IntN(len(changed))
			changed = slices.Insert(changed, at, byte(r.IntN(256)))
		case 3:
			at := r.IntN(len(changed))
			changed = slices.Delete(changed, at, at+1+r.IntN(len(changed)-at))
		case 4:
			at := r.IntN(len(sig))
			sigs = with(sig[:at] + string(rune(r.IntN(128))) + sig[at+1:])
			if sigs[signature][0] == sig {
				continue
			}
		}
		refuses(fmt.Sprint("change ", i), changed, sigs)
	}
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(fields, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	fields["status"] = "paid"
	paid, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	_, foreign, err := other.sign(other.key(), out)
	if err != nil {
		t.Fatal(err)
	}
	refuses("written in another way", again, header)
	refuses("paid", paid, header)
	refuses("by another bank", body, foreign)
	refuses("unsigned", body, nil)
	refuses("with no signature", body, with(""))
	refuses("in capitals", body, with(strings.ToUpper(sig)))
	refuses("with a space", body, with(" "+sig))
	refuses("with two", body, with(sig, sig))
	refuses("under another name", body, map[string][]string{"Signature": {sig}})
	refuses("empty", nil, header)
}

func FuzzRead(f *testing.F) {
	bank := &Sandbox{Key: []byte("a key of tests"), Now: time.Now}
	body, header, err := bank.sign(bank.key(), Outcome{Attempt: "0193", Status: "paid"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body, header[signature][0])
	f.Fuzz(func(t *testing.T, b []byte, sig string) {
		if _, err := bank.Read(b, map[string][]string{signature: {sig}}); err == nil && (!bytes.Equal(b, body) || sig != header[signature][0]) {
			t.Errorf("%q with %q was taken for the bank's", b, sig)
		}
	})
}

package payday

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/payments"
)

// Seeds has towns paid at a hostile bank, on a clock that does not wait.
type Seeds struct {
	Seeds    int  `help:"How many towns." default:"50"`
	FromSeed int  `help:"The first one: where an earlier run ended." default:"1"`
	Payments int  `help:"How many debts are paid in each of them, at least." default:"100000"`
	Queue    bool `help:"Keep the jobs of payments in the real queue as well, and count them at the end."`
}

// Title says what is measured.
func (c *Seeds) Title() string {
	return fmt.Sprintf("%d towns with %d debts each, paid at a bank that reports twice, late, out of order, wrongly, forged or never", c.Seeds, c.Payments)
}

// Head names the columns.
func (c *Seeds) Head() []string {
	return []string{"engine", "seed", "charged", "visits", "reports", "forged", "silent", "longest", "anybody's longest", "given back", "paid twice", "to look at",
		"statement", "ledger", "differences", "payments/s"}
}

// Measure simulates the towns, one after the other.
func (c *Seeds) Measure(ctx context.Context, p Place, t Table) error {
	total := 0
	for i := range c.Seeds {
		n, err := c.town(ctx, p, uint64(c.FromSeed+i), t)
		if err != nil {
			return err
		}
		total += n
	}
	t.Remark("Silent: charged, never reported or not before the bank had been out of reach, and nobody came back to ask. Longest: from the charge to the entry. To look at: reports with another amount or of nobody's payment.")
	t.Remark("%s: %d payments charged in %d towns, and all of them where they have to be.", p.Engine, total, c.Seeds)
	return nil
}

// town simulates one town, and returns how many payments the bank charged.
func (c *Seeds) town(ctx context.Context, p Place, seed uint64, t Table) (int, error) {
	if err := p.clear(ctx); err != nil {
		return 0, err
	}
	s := &simulation{seed: seed, clock: &simClock{}, charged: map[string]charge{}, byOrder: map[string][]string{}, polls: map[string]bool{}, gone: map[string]bool{}}
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		return 0, err
	}
	s.begun = time.Date(2026, time.March, 29, 6, 0, 0, 0, zone)
	s.clock.set(s.begun.AddDate(0, 0, -7))
	town, err := p.open(ctx, s.clock.now)
	if err != nil {
		return 0, err
	}
	defer town.Close()
	s.rooms = town.Rooms()
	bank, err := s.join(ctx, p, c.Queue)
	if err != nil {
		return 0, err
	}
	defer bank.Close()
	if err := s.plans(ctx, c.Payments); err != nil {
		return 0, err
	}
	s.clock.set(s.begun)
	began, said := time.Now(), time.Now()
	err = s.run(ctx, func() {
		if time.Since(said) > 20*time.Second {
			said = time.Now()
			t.Say("seed %d: %s, %d charged, %.0f/s", seed, s.clock.now().In(zone).Format("2 January 15:04"), len(s.charged), float64(len(s.charged))/time.Since(began).Seconds())
		}
	})
	if err != nil {
		return 0, err
	}
	rate := float64(len(s.charged)) / time.Since(began).Seconds()
	found, err := s.check(ctx, zone, c.Queue)
	if err != nil {
		return 0, fmt.Errorf("%s, seed %d: %w", p.Engine, seed, err)
	}
	t.Add(p.Engine, seed, len(s.charged), s.visits.Load(), s.reports.Load(), s.forgedRefused.Load(), found.silent, found.longest.Round(time.Second),
		found.anybody.Round(time.Second), s.back.Load(), found.twice, found.toLookAt, found.statement.String(), found.ledger.String(), found.differences, rate)
	t.Say("%s, seed %d: %d charged (%s), %d silent found after %s at most, 0 differences; %.0f payments/s, %d visits, %d refused, %d left, %d clicked twice, %d time-outs, %d paid twice, %d found nothing to pay, %d done again after a time-out",
		p.Engine, seed, len(s.charged), found.statement, found.silent, found.longest.Round(time.Second), rate, s.visits.Load(), s.refused.Load(), s.left.Load(), s.double.Load(), s.timeouts.Load(), found.twice, s.nothing.Load(), s.again.Load())
	return len(s.charged), nil
}

// join puts the simulation where a town has its bank and its queue. The bank has a
// database of its own.
func (s *simulation) join(ctx context.Context, p Place, queue bool) (*db.DB, error) {
	lean(s.rooms)
	d, err := db.Open(ctx, filepath.Join(p.Config.Data, "bank"))
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, "payments", payments.Files); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	s.bank = &payments.Sandbox{DB: d, Now: s.clock.now, Zone: s.rooms.Zone, Key: fmt.Appendf(nil, "seed %d", s.seed), Hand: s.hand, Tell: jobs.By(s.tell)}
	s.rooms.Payments.Provider = shaky{s.bank, s}
	inQueue := s.rooms.Payments.Poll
	s.rooms.Payments.Poll = jobs.By(func(ctx context.Context, tx *db.Tx, attempt string, at time.Time) error {
		if err := s.poll(ctx, tx, attempt, at); err != nil || !queue {
			return err
		}
		return inQueue.Add(ctx, tx, attempt, jobs.At(at))
	})
	return d, nil
}

// kinds that people owe.
var simKinds = []string{"buildings", "land", "vehicles"}

// plans has people owe something, and come to pay it on the last three days before
// the term and the one after; for one in ten, somebody else comes as well.
func (s *simulation) plans(ctx context.Context, n int) error {
	r := rand.New(rand.NewPCG(s.seed, 0))
	var debts []debt
	for person := 0; len(debts) < n; person++ {
		party := act.PartyID(fmt.Sprintf("%08x-0000-7000-8000-%012d", uint32(person)*2654435761, person))
		for i := range 1 + person%len(simKinds) {
			d := debt{party: party, kind: simKinds[i], terms: bothTerms, amount: money.Bani(100+r.Int64N(900)) * money.Leu}
			if r.IntN(3) > 0 {
				d.bonus = d.amount / 5
			}
			debts = append(debts, d)
		}
	}
	if err := owe(ctx, s.rooms, debts); err != nil {
		return err
	}
	comes := func(v visit) {
		day, hour := time.Duration(r.IntN(4))*24*time.Hour, time.Duration(3*time.Hour)+time.Duration(r.Int64N(int64(8*time.Hour)))
		s.at(s.begun.Add(day+hour), s.pays(v))
	}
	for i, d := range debts {
		v := visit{plan: i, actor: payer(d.party), ids: d.ids, sum: 2*d.amount - d.bonus}
		if r.IntN(3) == 0 {
			v.ids, v.sum = d.ids[:1], d.amount
		}
		comes(v)
		if alone := i+1 == len(debts) || debts[i+1].party != d.party; alone && d.kind == simKinds[0] && r.IntN(3) == 0 {
			comes(visit{plan: n + 100 + i, actor: act.Actor{For: act.VisitorID(fmt.Sprint(s.seed, i))}, code: string(d.party)})
		}
	}
	midnight := deadline.Of(s.begun).AddDays(1).Midnight(s.rooms.Zone)
	s.at(midnight.Add(-time.Minute), s.night(midnight.AddDate(0, 0, 8)))
	return nil
}

// clear makes a place empty again.
func (p Place) clear(ctx context.Context) error {
	if err := os.RemoveAll(p.Config.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(p.Config.Data, 0o700); err != nil || p.Database == "" {
		return err
	}
	d, err := db.Open(ctx, p.Database)
	if err != nil {
		return err
	}
	return errors.Join(emptied(ctx, d), d.Close())
}

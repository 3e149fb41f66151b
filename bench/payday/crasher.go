package payday

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/rpc"
	"time"

	"bega/bench/kill"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/money"
	"bega/payments"
	"bega/portal"
	"bega/taxpayer"
)

// A Task is what the program that is killed reads from its standard input.
type Task struct {
	Engine, Dir, Database string
	Socket                string // of the bank
	Listen                string // where the bank reports to
	Writers               []Writer
}

// A Writer pays one debt after the other.
type Writer struct {
	Debts []Owed // in the order in which they are paid
	Next  int    // the first one of which it is not known how it ended
}

// An Owed is an obligation.
type Owed struct {
	Party act.PartyID
	ID    string
	Sum   money.Bani
}

// Key is that of the form by which a writer pays a debt for the first time, and of
// those after the bank has refused.
func key(writer, n, tries int) string { return fmt.Sprintf("payday-%d-%d-%d", writer, n, tries) }

// atHome is the configuration of a town to which the bank reports.
func atHome(cfg config.Config, listen string) config.Config {
	cfg.URL, cfg.Provider = "http://"+listen, "sandbox"
	return cfg
}

// Run pays until the program is killed, and writes a line for each debt of which the
// town has said what became of it: writer, number, order, state.
func (t *Task) Run(ctx context.Context, cfg config.Config) error {
	town, err := portal.Open(ctx, atHome(cfg, t.Listen), portal.Options{})
	if err != nil {
		return err
	}
	calls, err := rpc.Dial("unix", t.Socket)
	if err != nil {
		return err
	}
	rooms := town.Rooms()
	bank := line{calls, &payments.Sandbox{Key: bankKey}}
	rooms.Payments.Provider = bank
	listener, err := net.Listen("tcp", t.Listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: town.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // until the end of the program
	go func() { _ = town.Work(ctx) }()
	return kill.Together(ctx, len(t.Writers), len(t.Writers), func(ctx context.Context, i int) error {
		w := t.Writers[i]
		for n := w.Next; n < len(w.Debts) && ctx.Err() == nil; n++ {
			order, state, err := pay(ctx, rooms, bank, w.Debts[n], i, n)
			if err != nil {
				return err
			}
			// One call writes the whole line: a program that is killed has written it or not.
			if _, err := fmt.Printf("%d %d %s %s\n", i, n, order, state); err != nil {
				return err
			}
		}
		return errors.New("there is nothing left to be paid: give people more debts")
	})
}

// pay pays a debt, until the town says that it is paid, or that it does not know.
func pay(ctx context.Context, rooms portal.Rooms, bank line, o Owed, writer, n int) (order, state string, err error) {
	cart := taxpayer.Cart{Chosen: []string{o.ID}, Sum: o.Sum}
	for tries, lost := 0, 0; ctx.Err() == nil; {
		page, order, err := rooms.Taxpayer.Pay(ctx, payer(o.Party), key(writer, n, tries), cart, "ro")
		switch {
		case errors.Is(err, payments.ErrBank):
			if lost++; lost > 20 {
				return "", "", err
			}
			continue // the answer was lost: the same form again
		case errors.Is(err, taxpayer.ErrNothing):
			return "-", "nothing", nil // an earlier form has paid it, before the program was killed
		case errors.Is(err, taxpayer.ErrGoing), errors.Is(err, payments.ErrUncertain):
			return order, "uncertain", nil
		case errors.Is(err, payments.ErrPaid):
		case err != nil:
			return "", "", fmt.Errorf("paying %s: %w", key(writer, n, tries), err)
		default:
			if at := attemptOf(page); at != "rezultat" {
				var status string
				if err := bank.call("Decide", at, &status); err != nil {
					return "", "", err
				}
				if status == "paid" && rand.IntN(10) < 3 { // does not come back
					return order, "left", nil
				}
			}
		}
		result, err := rooms.Taxpayer.Result(ctx, payer(o.Party), order)
		if err != nil {
			return "", "", fmt.Errorf("the result of order %q: %w", order, err)
		}
		switch {
		case result.State == payments.Paid, result.State == payments.Refunded:
			return order, "paid", nil
		case result.State == payments.Pending:
			return order, "uncertain", nil
		}
		tries++ // refused: another form
	}
	return "", "", ctx.Err()
}

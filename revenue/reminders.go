package revenue

import (
	"context"
	"time"

	"bega/fiscal"
	"bega/internal/act"
	"bega/internal/money"
	"bega/ledger"
	"bega/notices"
	"bega/reminders"
)

// buildReminders connects who reminds of taxes, and who brings the decisions about them,
// with the other rooms.
func (h *House) buildReminders() {
	h.Reminders = &reminders.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Zone: h.Zone, Ledger: h.Ledger, Season: season{h}, Payments: h.Taxpayer, Notices: h.Notices}
	h.Ledger.Decided = h.decided
	h.Queue.Every("reminders_send", 15*time.Minute, h.Reminders.Remind)
}

// reminded tells which reminders were sent.
type reminded struct{ h *House }

// lastReminders is how many of them officers see: those of about ten years.
const lastReminders = 100

// Reminded implements [fiscal.Reminders]. What the room reminders sends is a topic of its
// own.
func (r reminded) Reminded(ctx context.Context, party act.PartyID, lang string) (all []fiscal.Reminded, err error) {
	told, err := r.h.Notices.OfTopic(ctx, party, "reminders", lang, lastReminders)
	for _, n := range told {
		one := fiscal.Reminded{At: n.At, What: n.Subject}
		for _, d := range n.Deliveries {
			one.Ways = append(one.Ways, fiscal.Way{Text: d.Text(), Reason: d.Reason, Arrived: d.State == notices.Sent, Ended: d.State.Final()})
		}
		all = append(all, one)
	}
	return all, err
}

// season knows when payments are taken.
type season struct{ h *House }

// Open implements [reminders.Season].
func (s season) Open(ctx context.Context, at time.Time) (bool, error) {
	_, closed, err := s.h.Taxes.Closed(ctx, at)
	return !closed, err
}

// decided tells a party what an official has decided about its debts; see
// [ledger.Office.Decided].
func (h *House) decided(ctx context.Context, tx *act.Tx, party act.PartyID, answer any) error {
	key, args, link := "ledger.told-decided", []any(nil), "/dosar/taxe/istoric"
	switch v := answer.(type) {
	case *ledger.Refunded:
		key, args = "ledger.told-refund", []any{v.Amount}
	case *[]ledger.Line: // of a compensation
		var sum money.Bani
		for _, l := range *v {
			if l.Part == ledger.Principal || l.Part == ledger.Surcharge {
				sum += l.Amount
			}
		}
		key, args = "ledger.told-compensation", []any{sum}
	case *ledger.Plan:
		key, args, link = "ledger.told-plan", []any{v.Instalments[0].Amount, v.Instalments[0].Due}, "/dosar/taxe"
	case *ledger.Receipt: // of a payment that was taken back
		key, args = "ledger.told-taken", []any{v.Reversed}
	}
	return h.Notices.Send(ctx, tx, party, key, args, link, "", "")
}

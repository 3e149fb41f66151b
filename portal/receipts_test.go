package portal

import (
	"context"
	"testing"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/money"
	"bega/ledger"
	"bega/payments"
	"bega/taxpayer"
)

// TestWhoHasNoTaxFilePaysToo: money that the bank has taken is credited, and has its
// receipt, even if the debtor has no file in the tax register, such as for a fine.
func TestWhoHasNoTaxFilePaysToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { testWhoHasNoTaxFile(t, openHall(t, d)) })
}

func testWhoHasNoTaxFile(t *testing.T, h *hall) {
	ctx := t.Context()
	ob := ledger.Obligation{ID: db.NewID(), Party: h.ana.For, Kind: "fines", Year: 2026, Due: h.today().AddDays(30), Amount: 100 * money.Leu, Source: "bill 1"}
	h.must(h.acts.Do(ctx, act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		_, err := h.revenue.Ledger.Enter(ctx, tx, []ledger.Obligation{ob}, nil)
		return err
	}))
	_, id, err := h.revenue.Taxpayer.Pay(ctx, h.ana, "k", taxpayer.Cart{Chosen: []string{ob.ID}, Sum: ob.Amount}, "ro")
	h.must(err)
	result, err := h.revenue.Taxpayer.Result(ctx, h.ana, id)
	h.must(err)
	attempt := result.Page[len("/banca-de-proba/"):]
	h.must(h.sandbox.Decide(ctx, attempt, "paid"))
	h.must(h.sandbox.Deliver(ctx, payments.Message{Payment: attempt, Status: "paid"}))
	if result, err = h.revenue.Taxpayer.Result(ctx, h.ana, id); err != nil || result.State != payments.Paid || result.Receipt == "" {
		t.Errorf("%+v, %v", result.Order, err)
	}
}

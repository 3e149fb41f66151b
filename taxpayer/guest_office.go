package taxpayer

import (
	"context"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/throttle"
	"bega/ledger"
	"bega/taxes"
)

// Guessing payment codes is slowed down by network, and locks nobody out: whoever
// gave many wrong ones waits some seconds before the next.
const (
	freeTries = 10 // that may be wrong within forgetting
	firstWait = time.Second
	mostWait  = 30 * time.Second
	forgetful = time.Hour // after which wrong ones are forgotten
)

// wait returns how long after the last wrong code the next one is looked at.
func (t tries) wait() time.Duration {
	if t.fails <= freeTries {
		return 0
	}
	return min(firstWait<<min(t.fails-freeTries-1, 5), mostWait)
}

// byCode returns whose a payment code is. It fails with [ErrNoCode], [ErrCode]
// and [ErrWait].
func (o *Office) byCode(ctx context.Context, code, address string) (act.PartyID, error) {
	if code == "" {
		return "", ErrNoCode
	}
	network := o.Vault.Index("taxpayer-network", throttle.Network(address))
	t, err := triesOf(ctx, o.DB, network)
	if err != nil {
		return "", err
	}
	now := o.Now()
	if now.Sub(t.last) > forgetful {
		t.fails = 0
	}
	if left := t.last.Add(t.wait()).Sub(now); left > 0 {
		return "", ErrWait.With(int((left + time.Second - 1) / time.Second)).Later(left)
	}
	debtor, err := o.Register.PartyOfCode(ctx, code)
	if err == nil || fault.Of(err).Kind != fault.Missing {
		return debtor, err
	}
	err = o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		t, err := triesOf(ctx, tx, network)
		if err != nil {
			return err
		}
		if now.Sub(t.last) > forgetful {
			t.fails = 0
		}
		if err := forgetTries(ctx, tx, now.Add(-forgetful)); err != nil {
			return err
		}
		return keepTries(ctx, tx, network, tries{t.fails + 1, now})
	})
	if err != nil {
		return "", err
	}
	return "", ErrCode
}

// A Guest is what whoever has a payment code sees: amounts and kinds.
type Guest struct {
	Now    Bill
	Closed *taxes.Closure
}

// ByCode returns what is to be paid now for a payment code, which somebody typed
// at a network address. There is nothing in it about who owes it. It fails with
// [ErrNoCode], [ErrCode] and [ErrWait].
func (o *Office) ByCode(ctx context.Context, code, address string) (g Guest, err error) {
	debtor, err := o.byCode(ctx, code, address)
	if err != nil {
		return g, err
	}
	sheet, err := o.owed(ctx, o.DB, debtor)
	if err != nil {
		return g, err
	}
	g.Now = billOf(sheet, nil, false, all(sheet))
	g.Closed, err = o.closed(ctx)
	return g, err
}

// owed returns what a party owes now, for whoever may know.
func (o *Office) owed(ctx context.Context, r db.Reader, debtor act.PartyID) (ledger.Sheet, error) {
	return o.Ledger.OwedOn(ctx, r, debtor, o.today(), o.Now().Add(time.Hour))
}

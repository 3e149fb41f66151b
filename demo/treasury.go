package demo

import (
	"context"
	"errors"
	"fmt"

	"bega/fiscal"
	"bega/internal/db"
	"bega/internal/money"
	"bega/ledger"
	"bega/treasury"
)

// money lets some of the taxes come in: at the cash desk, and through the treasury with
// one payment of which nobody knows whose it is. It also leaves a decision to be approved.
func (s *seed) money(ctx context.Context) error {
	if _, err := s.Taxes.Rules(s.present.Year()); err != nil {
		return nil
	}
	return s.past(ctx, []deed{
		{60 * day, func(ctx context.Context) error { return s.takes(ctx, "petru", 150*money.Leu) }},
		{48 * day, s.statement},
		{5 * day, s.proposal},
	})
}

// takes lets somebody pay in cash, and the teller hand over what was taken.
func (s *seed) takes(ctx context.Context, who string, amount money.Bani) error {
	teller, party := s.actors["mirela"], s.actors[who].For
	shown, err := s.Treasury.At(ctx, teller, party, amount, ledger.Choice{})
	if err != nil {
		return err
	}
	_, err = s.Treasury.Take(ctx, teller, db.NewID(), treasury.Taking{Party: party, Amount: amount, Means: treasury.Cash, Seen: shown.Seen})
	if errors.Is(err, treasury.ErrPaused) {
		return nil
	} else if err != nil {
		return err
	}
	return s.Treasury.CloseTill(ctx, teller, db.NewID(), s.today(), amount, 0, "")
}

// statement enters a day of the treasury.
func (s *seed) statement(ctx context.Context) error {
	paid := s.today().AddDays(-1)
	data := fmt.Sprintf("data;referinta;suma;iban;cod_fiscal;platitor;detalii\n"+
		"%s;TR-DEMO-1;85,00;;%s;Sorin Vuia-Demo;impozite locale\n"+
		"%s;TR-DEMO-2;40,00;;;Locuitor Demo;impozit casa\nTOTAL;2;125,00;;;;\n", paid, demoPeople[5].cnp, paid)
	_, err := s.Treasury.Import(ctx, s.actors["lidia"], "treasury", []byte(data))
	return err
}

// proposal asks for a plan of instalments over what somebody owes that is late, if
// anything is.
func (s *seed) proposal(ctx context.Context) error {
	party := s.actors["sorin"].For
	sheet, err := s.Ledger.OwedOn(ctx, s.DB, party, s.today(), s.Now())
	if err != nil {
		return err
	}
	p := fiscal.Proposal{Kind: fiscal.Plan, Party: party, Terms: fiscal.Terms{First: s.today().AddDays(30), Months: 6,
		Reason: "Cerere cu venitul familiei, verificată", Basis: "art. 185 din Codul de procedură fiscală"}}
	for _, d := range sheet.Debts {
		if d.Due.Before(s.today()) {
			p.Obligations = append(p.Obligations, d.ID)
		}
	}
	if len(p.Obligations) == 0 {
		return nil
	}
	_, err = s.Fiscal.Propose(ctx, s.actors["lidia"], db.NewID(), p)
	return err
}

package taxes

import (
	"context"
	"errors"
	"testing"

	"bega/internal/act"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// TestWhatIsKnownWithoutAnOfficial: a certificate is issued at once only if all that it
// says is known.
func TestWhatIsKnownWithoutAnOfficial(t *testing.T) { eachTown(t, testForesee) }

func testForesee(t *testing.T, o *town) {
	ctx := t.Context()
	purchase, sale := Request{Party: "ana", Purpose: ForPurchase}, Request{Party: "ana", Purpose: ForSale, Object: "TM 07 ABC"}
	fails := func(actor act.Actor, q Request, want error) Standing {
		t.Helper()
		s, err := o.Foresee(ctx, actor, q)
		check(t, err, want)
		return s
	}
	fails(ana, purchase, ErrLook) // without a file
	o.apply(Change{From: day("2021-05-04"), Thing: car(1598), Parts: parts("ana"), Why: Acquired, Details: &Details{Plate: "TM07ABC"}})
	o.has("2020-05-04", flat(), "ana")
	fails(ana, purchase, nil)
	fails(ana, sale, ErrLook) // whose tax of the year is not known yet
	o.assess(2026)
	if s := fails(ana, sale, nil); s.ToPay == 0 || s.ToPay != s.ObjectOwed {
		t.Errorf("the standing is %+v", s)
	}
	fails(ana, Request{Party: "ana", Purpose: ForSale, Object: "TM 07 XYZ"}, taxroll.ErrWhich)
	fails(agent, purchase, nil)
	for _, stranger := range []act.Actor{ion, parker, visitor, planner} {
		fails(stranger, purchase, ErrUnknown)
	}
	fails(act.Actor{Person: "gigi", For: "ana", Mandate: "m9", Level: act.Verified}, purchase, ErrCapacity)

	lame := *o.rules[2025].Town()
	lame.Rates = map[string]*taxlaw.Figure{}
	o.rules[2026] = taxlaw.New(rulesOf(t, 2026).Law(), &lame)
	fails(ana, purchase, ErrLook) // while something cannot be taxed
	delete(o.rules, 2026)
	fails(ana, purchase, ErrLook)
}

// TestACertificateInAnotherAct is issued with it, under its number, or not at all.
func TestACertificateInAnotherAct(t *testing.T) { eachTown(t, testCertifyIn) }

func testCertifyIn(t *testing.T, o *town) {
	o.apply(Change{From: day("2021-05-04"), Thing: car(1598), Parts: parts("ana"), Why: Acquired, Details: &Details{Plate: "TM07ABC"}})
	o.assess(2026)
	elsewhere, broken := &desk{}, errors.New("no paper")
	file := func(actor act.Actor, q Request, fails error) (c Certificate, s Standing, err error) {
		err = o.Acts.Do(t.Context(), actor, act.FileCase, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Allow(act.On{Subject: "case 1", Owner: actor.For, Service: "certificat"}); err != nil {
				return err
			}
			if c, s, err = o.CertifyIn(ctx, tx, elsewhere, q); err != nil {
				return err
			}
			return fails
		})
		return c, s, err
	}
	sale := Request{Party: "ana", Purpose: ForSale, Object: "TM 07 ABC"}
	_, s, err := file(ana, sale, nil)
	check(t, err, ErrDebts)
	if s.ToPay == 0 {
		t.Errorf("the standing is %+v", s)
	}
	_, _, err = file(ana, Request{Party: "ion", Purpose: ForPurchase}, nil)
	check(t, err, ErrUnknown)
	o.pays("ana", s.ToPay, ledger.Choice{Kinds: []string{"vehicles"}, Future: true})
	_, _, err = file(ana, sale, broken)
	check(t, err, broken)
	c, _, err := file(agent, sale, nil)
	check(t, err, nil)
	all, err := certificatesOf(t.Context(), o.d, "ana")
	check(t, err, nil)
	if len(all) != 1 || all[0].ID != c.ID || c.Capacity != "mandate" || c.Number == "" || len(o.papers.issued) != 0 {
		t.Errorf("there are %+v", all)
	}
	entries, err := o.Acts.Latest(t.Context(), true, "", 3)
	check(t, err, nil)
	if entries[0].Verb != act.FileCase || entries[1].Verb != act.Certify || entries[1].Owner != "ana" || entries[1].Mandate != "m1" ||
		entries[2].Verb != act.PrintCode || entries[2].Owner != "ana" {
		t.Errorf("the register has %+v", entries)
	}
}

package taxpayer

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/form"
	"bega/internal/text"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// Taxes makes a [Register] of the rooms taxes and taxroll.
type Taxes struct {
	Taxes *taxes.Office
	Texts *text.Catalog
}

// Owns implements [Register].
func (t Taxes) Owns(ctx context.Context, r db.Reader, party act.PartyID, at time.Time) (bool, error) {
	return t.Taxes.Roll.Owns(ctx, r, party, at)
}

// PartyOfCode implements [Register].
func (t Taxes) PartyOfCode(ctx context.Context, code string) (act.PartyID, error) {
	role, err := t.Taxes.Roll.RoleByCode(ctx, t.Taxes.DB, code)
	return role.Party, err
}

// Account implements [Register].
func (t Taxes) Account(ctx context.Context, actor act.Actor) (account Account, err error) {
	file, err := t.Taxes.File(ctx, actor, actor.For, "")
	if errors.Is(err, taxroll.ErrUnknown) {
		return account, nil // it has no file, or is none of theirs; see [Office.Account]
	} else if err != nil {
		return account, err
	}
	account = Account{Role: strconv.Itoa(file.Role.Number), Legal: file.Role.Owner == taxlaw.Legal, About: map[string]form.Text{}}
	names := map[string]form.Text{}
	for _, h := range file.Holdings {
		names[h.Object.ID] = nameOf(h)
		account.Things = append(account.Things, Thing{h.Object.ID, names[h.Object.ID], h.Object})
	}
	for _, a := range file.Assessments {
		label := t.label(a, names)
		for _, claim := range a.Claims {
			account.About[claim.ID] = label
		}
	}
	for _, d := range file.Decisions {
		account.Decisions = append(account.Decisions, Decision{Number: d.Number, Year: d.Year, Issued: d.At, Told: d.Delivered, Paper: d.Paper, Code: file.Role.Code})
	}
	return account, nil
}

// nameOf is what a thing is called: by its plate, its address or number, or as a
// kind.
func nameOf(h taxroll.Holding) form.Text {
	if name := cmp.Or(h.Details.Plate, h.Details.Address, h.Details.Cadastral); name != "" {
		return form.Text{"ro": name}
	}
	for _, form := range taxlaw.Forms() {
		if form.Kind == h.Object.Kind {
			return form.Label
		}
	}
	return nil
}

// label says what an assessment is of: its first object, and how many more.
func (t Taxes) label(a taxes.Assessment, names map[string]form.Text) form.Text {
	var first form.Text
	for _, item := range a.Items {
		if first = names[item.Object]; first != nil {
			break
		}
	}
	more := len(a.Items) - 1
	if more < 1 || first == nil {
		return first
	}
	label := form.Text{}
	for _, lang := range text.Languages {
		words := t.Texts.For(lang.String())
		label[words.Lang()] = words.T("taxpayer.and-more", more, first.In(words.Lang()))
	}
	return label
}

// Versions implements [Register].
func (t Taxes) Versions(ctx context.Context, actor act.Actor, thing string) (all []Version, err error) {
	history, err := t.Taxes.Roll.History(ctx, actor, actor.For, thing, "")
	for _, v := range history {
		all = append(all, Version{Since: v.From, Why: v.Why, Object: v.Thing})
	}
	return all, err
}

// Why implements [Register].
func (t Taxes) Why(ctx context.Context, actor act.Actor, obligation string) ([]*taxlaw.Explanation, error) {
	reason, err := t.Taxes.WhyAmount(ctx, actor, actor.For, obligation, "")
	if errors.Is(err, taxroll.ErrUnknown) || errors.Is(err, taxes.ErrUnassessed) {
		return nil, nil // it comes from elsewhere; whose it is was checked by the ledger
	}
	return reason.Explanations, err
}

// Closed implements [Register].
func (t Taxes) Closed(ctx context.Context, at time.Time) (taxes.Closure, bool, error) {
	return t.Taxes.Closed(ctx, at)
}

// Closures implements [Register].
func (t Taxes) Closures(ctx context.Context) ([]taxes.Closure, error) {
	return t.Taxes.Closures(ctx)
}

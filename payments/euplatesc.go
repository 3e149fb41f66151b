package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bega/internal/deadline"
	"bega/internal/euplatesc"
)

// A EuPlatesc takes cards through EuPlătesc.ro, on their page. What becomes of a
// payment they report; what they never reported is asked for.
type EuPlatesc struct {
	euplatesc.Merchant
}

// NewEuPlatesc returns the provider for a merchant, whose key is in hexadecimal. It
// fails if something is missing, or cannot be.
func NewEuPlatesc(page, service, merchant, key string, zone *time.Location, now func() time.Time) (*EuPlatesc, error) {
	secret, err := euplatesc.ParseKey(key)
	if err != nil {
		return nil, err
	}
	e := &EuPlatesc{euplatesc.Merchant{Page: page, Service: service, ID: merchant, Key: secret, Zone: zone, Now: now}}
	return e, e.Check()
}

// Name implements [Provider].
func (e *EuPlatesc) Name() string { return "euplatesc" }

// Origins implements [Provider].
func (e *EuPlatesc) Origins() []string { return []string{originOf(e.Page)} }

// Begin implements [Provider]. Nothing is there before the browser has brought
// the form.
func (e *EuPlatesc) Begin(_ context.Context, b Beginning) (Begun, error) {
	return Begun{Page: b.Page.RequestURI()}, nil
}

// Form implements [Poster].
func (e *EuPlatesc) Form(b Beginning) Form {
	form := Form{Action: e.Page}
	for _, f := range e.Merchant.Form(euplatesc.Order{ID: b.Attempt, Amount: b.Amount, Description: b.Description, Lang: b.Lang,
		Notify: b.Notify.String(), Return: b.Return.String()}) {
		form.Fields = append(form.Fields, [2]string{f.Name, f.Value})
	}
	return form
}

// Read implements [Provider].
func (e *EuPlatesc) Read(body []byte, _ map[string][]string) (Outcome, error) {
	p, err := e.Merchant.Read(body)
	if errors.Is(err, euplatesc.ErrForged) {
		err = fmt.Errorf("%w: %w", ErrForged, err)
	}
	if err != nil {
		return Outcome{}, err
	}
	return e.outcome(p), nil
}

// abandoned is after how long nobody will come to pay any more. A report comes
// three days late at most.
const abandoned = 7 * 24 * time.Hour

// Ask implements [Provider]. The bank has heard of a payment only when somebody has
// tried: until then it may still be paid, and much later it was given up.
func (e *EuPlatesc) Ask(ctx context.Context, q Question) (Outcome, error) {
	p, err := e.Status(ctx, q.Attempt)
	switch missing := errors.Is(err, euplatesc.ErrMissing); {
	case missing && e.Now().Sub(q.Begun) > abandoned:
		return Outcome{}, ErrNotThere
	case missing:
		return Outcome{Attempt: q.Attempt, Status: "pending"}, nil
	case err != nil:
		return Outcome{}, err
	}
	return e.outcome(p), nil
}

func (e *EuPlatesc) outcome(p euplatesc.Payment) Outcome {
	return Outcome{Attempt: p.Order, Status: string(p.Outcome), Amount: p.Amount, Currency: p.Currency, Transaction: p.ID, Approval: p.Approval, At: p.At}
}

// Statement implements [Provider].
func (e *EuPlatesc) Statement(context.Context, deadline.Date) ([]Transaction, error) {
	return nil, ErrNoStatement
}

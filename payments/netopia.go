package payments

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"bega/internal/deadline"
	"bega/internal/netopia"
)

// A Netopia takes cards through NETOPIA Payments, on their page.
type Netopia struct {
	netopia.Merchant

	// Contact is whom NETOPIA writes to: the town. It is not told who pays.
	Contact netopia.Contact

	// Pages are the origins where their card page may be.
	Pages []string
}

// A Townhall is who takes the money, as NETOPIA is told.
type Townhall struct {
	Authority, Town, County, Address, Email, Phone string
}

// postcode finds the postal code in an address.
var postcode = regexp.MustCompile(`\b[0-9]{6}\b`)

// NewNetopia returns the provider for a point of sale, whose public key is that of
// NETOPIA, in PEM or DER. It fails if something is missing, or cannot be.
func NewNetopia(api, signature, apiKey string, publicKey []byte, pages []string, who Townhall, now func() time.Time) (*Netopia, error) {
	key, err := netopia.ParseKey(publicKey)
	if err != nil {
		return nil, err
	}
	n := &Netopia{
		Merchant: netopia.Merchant{API: api, Signature: signature, APIKey: apiKey, PublicKey: key, Now: now},
		Contact: netopia.Contact{Email: who.Email, Phone: who.Phone, FirstName: who.Authority, LastName: who.Town,
			City: who.Town, County: who.County, PostalCode: postcode.FindString(who.Address), Details: who.Address},
		Pages: pages,
	}
	return n, n.Check()
}

// Check returns what is missing, or cannot be.
func (n *Netopia) Check() error {
	for _, page := range n.Pages {
		if originOf(page) != page {
			return fmt.Errorf("payments: %q is no origin such as https://secure.mobilpay.ro", page)
		}
	}
	if len(n.Pages) == 0 {
		return errors.New("payments: where is the card page of NETOPIA?")
	}
	return n.Merchant.Check()
}

// originOf returns the scheme and host of an address to which people may be sent
// to pay; "" if they may not. Tests have their banks on this machine.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Hostname() != "127.0.0.1" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Name implements [Provider].
func (n *Netopia) Name() string { return "netopia" }

// Origins implements [Provider].
func (n *Netopia) Origins() []string { return n.Pages }

// Begin implements [Provider].
func (n *Netopia) Begin(ctx context.Context, b Beginning) (Begun, error) {
	p, err := n.Start(ctx, netopia.Order{ID: b.Attempt, Amount: b.Amount, Description: b.Description, Lang: b.Lang,
		Notify: b.Notify.String(), Return: b.Return.String(), Contact: n.Contact})
	if errors.Is(err, netopia.ErrDuplicate) {
		// The answer to an earlier call was lost, or somebody has paid already.
		ref := p.ID
		if p, err = n.Status(ctx, b.Attempt, ref); err == nil && (p.Page == "" || p.Status.Outcome() != netopia.Pending) {
			return Begun{Ref: p.ID}, ErrBegun
		}
	}
	if err != nil {
		return Begun{}, err
	}
	if !slices.Contains(n.Pages, originOf(p.Page)) {
		return Begun{}, fmt.Errorf("payments: NETOPIA's card page is at %q, which is none of %q", originOf(p.Page), n.Pages)
	}
	return Begun{Page: p.Page, Ref: p.ID}, nil
}

// Read implements [Provider].
func (n *Netopia) Read(body []byte, header map[string][]string) (Outcome, error) {
	tokens := header[netopia.Header]
	if len(tokens) != 1 {
		return Outcome{}, ErrForged
	}
	p, err := n.Merchant.Read(body, tokens[0])
	if errors.Is(err, netopia.ErrForged) {
		return Outcome{}, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return n.outcome(p, err)
}

// Ask implements [Provider].
func (n *Netopia) Ask(ctx context.Context, q Question) (Outcome, error) {
	p, err := n.Status(ctx, q.Attempt, q.Ref)
	if errors.Is(err, netopia.ErrMissing) {
		return Outcome{}, ErrNotThere
	}
	return n.outcome(p, err)
}

// outcome returns what a payment is to us. An amount that cannot be is 0 bani,
// which is nobody's due: it is not credited, and somebody looks at it.
func (n *Netopia) outcome(p netopia.Payment, err error) (Outcome, error) {
	if err != nil && !errors.Is(err, netopia.ErrAmount) {
		return Outcome{}, err
	}
	if p.At.IsZero() {
		p.At = n.Now()
	}
	return Outcome{Attempt: p.Order, Status: string(p.Status.Outcome()), Amount: p.Amount, Currency: p.Currency,
		Transaction: p.ID, Approval: p.Approval, At: p.At}, nil
}

// Statement implements [Provider].
func (n *Netopia) Statement(context.Context, deadline.Date) ([]Transaction, error) {
	return nil, ErrNoStatement
}

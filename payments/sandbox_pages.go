package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	_ "embed"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// sandboxStyle dresses the bank as somebody else than the town.
//
//go:embed sandbox.css
var sandboxStyle []byte

// sandboxPath is where the pages of the bank are.
const sandboxPath = "/banca-de-proba/"

// MountSandbox puts the pages of the bank on a site.
func MountSandbox(site *web.Site, s *Sandbox) {
	p := bankPages{site, s}
	site.Handle("GET "+sandboxPath+"stil.css", act.ReadPublic, p.style)
	site.Handle("GET "+sandboxPath+"{plata}", act.ReadPublic, p.card)
	site.Handle("POST "+sandboxPath+"{plata}", act.ReadPublic, p.decide)
}

type bankPages struct {
	*web.Site
	s *Sandbox
}

func (p bankPages) style(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err := w.Write(sandboxStyle)
	return err
}

// errNoPayment is what the visitor of the bank reads.
var errNoPayment = fault.New(fault.Missing, "payments.no-such-payment")

// cardPage is where somebody pays without a card.
type cardPage struct {
	ui.Page
	payment
	Status string
}

func (p bankPages) card(w http.ResponseWriter, r *http.Request) error {
	payment, err := paymentByID(r.Context(), p.s.DB, r.PathValue("plata"))
	if errors.Is(err, ErrNotThere) {
		return errNoPayment
	} else if err != nil {
		return err
	}
	page := cardPage{Page: p.Page(r), payment: payment, Status: payment.status(p.s.Now())}
	return p.Render(w, r, http.StatusOK, page.view())
}

// choices are what somebody can do at the bank: how the payment ends, and what
// goes wrong.
var choices = []struct {
	value, key, status string
	tricks             []Trick
}{
	{"plateste", "payments.bank-pay", "paid", nil},
	{"refuza", "payments.bank-refuse", "refused", nil},
	{"renunta", "payments.bank-leave", "", nil},
	{"pierde", "payments.bank-lose", "paid", []Trick{Lose}},
	{"tace", "payments.bank-silence", "paid", []Trick{Silent}},
	{"dublu", "payments.bank-twice", "paid", []Trick{Twice}},
	{"amestecat", "payments.bank-reorder", "paid", []Trick{Twice, Reorder}},
	{"alta-suma", "payments.bank-wrong", "paid", []Trick{Wrong}},
	{"fals", "payments.bank-forge", "refused", []Trick{Forge, Stranger}},
}

// decide ends the payment, or gives it back, and sends the payer home.
func (p bankPages) decide(w http.ResponseWriter, r *http.Request) error {
	payment, err := paymentByID(r.Context(), p.s.DB, r.PathValue("plata"))
	if errors.Is(err, ErrNotThere) {
		return errNoPayment
	} else if err != nil {
		return err
	}
	chosen := r.PostFormValue("ce")
	if chosen == "inapoiaza" {
		if err := p.s.GiveBack(r.Context(), payment.id); err != nil {
			return err
		}
		return web.See(w, r, sandboxPath+payment.id)
	}
	for _, c := range choices {
		if c.value != chosen || c.status == "" {
			continue
		}
		if err := p.s.Decide(r.Context(), payment.id, c.status, slices.Clone(c.tricks)...); err != nil {
			return err
		}
	}
	back, err := url.Parse(payment.back)
	if err != nil {
		return err
	}
	return web.See(w, r, back.RequestURI()) // within this site, under whatever name it is visited
}

// Deliver brings a message to the shop, for the queue. A real bank, too, tries
// again until it is taken, or refused.
func (s *Sandbox) Deliver(ctx context.Context, m Message) error {
	payment, body, header, err := s.write(ctx, m)
	if err != nil {
		return err
	}
	if s.Hand != nil {
		if err := s.Hand(ctx, body, header); !errors.Is(err, ErrForged) {
			return err
		}
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, payment.notify, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = header
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusBadRequest {
		return fmt.Errorf("payments: the shop answers %d", answer.StatusCode)
	}
	return nil
}

package payments

import (
	"embed"
	"errors"
	"io"
	"net/http"

	"bega/internal/act"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// Files holds the migrations and texts of the room.
//
//go:embed migrations texts
var Files embed.FS

// A pages serves the pages of this room.
type pages struct {
	*web.Site
	o *Office
}

// Mount puts the pages of the office on a site that has the texts of [Files].
func Mount(site *web.Site, office *Office) {
	p := pages{site, office}
	site.Handle("GET /plati", act.ReadPayments, p.list)
	site.Handle("GET /plati/{comanda}", act.ReadPayments, p.order)
	site.Handle("POST /plati/{comanda}/plateste", act.Pay, p.pay)
	site.Handle("GET /plati/{comanda}/rezultat", act.ReadPayments, p.result)
	if _, ok := office.Provider.(Poster); ok {
		site.Handle("GET /plati/{comanda}/banca", act.Pay, p.form)
	}
	site.Handle("POST "+notifyPath, act.ReadPublic, p.hear)
}

// page returns a page of the section.
func (p pages) page(r *http.Request) ui.Page {
	page := p.Page(r)
	page.Section = "/plati"
	return page
}

// listPage shows what is to be paid, and what was.
type listPage struct {
	ui.Page
	o     *Office
	Due   []Order
	Total money.Bani // of Due
	Done  []Order
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	page := listPage{Page: p.page(r), o: p.o}
	orders, err := p.o.Orders(r.Context(), p.Actor(r))
	if err != nil {
		return err
	}
	for _, order := range orders {
		if !order.Due() {
			page.Done = append(page.Done, order)
			continue
		}
		page.Due = append(page.Due, order)
		if page.Total, err = page.Total.Add(order.Total); err != nil {
			return err
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// orderPage shows one order.
type orderPage struct {
	ui.Page
	o *Office
	Order
}

func (p pages) order(w http.ResponseWriter, r *http.Request) error {
	order, err := p.o.ByID(r.Context(), p.Actor(r), r.PathValue("comanda"))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, orderPage{p.page(r), p.o, order}.view())
}

// pay leads to the bank. Who cannot pay any more reads why on the order itself.
func (p pages) pay(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("comanda")
	page, err := p.o.Pay(r.Context(), p.Actor(r), web.Key(r), id, p.page(r).Lang())
	switch {
	case errors.Is(err, ErrPaid), errors.Is(err, ErrCancelled), errors.Is(err, ErrUncertain):
		return web.See(w, r, "/plati/"+id)
	case err != nil:
		return err
	}
	http.Redirect(w, r, page, http.StatusSeeOther)
	return nil
}

// formPage leads to the bank, which wants a form.
type formPage struct {
	ui.Page
	Order
	Form Form
}

func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("comanda")
	order, form, err := p.o.BankForm(r.Context(), p.Actor(r), id, p.page(r).Lang())
	if errors.Is(err, ErrUncertain) {
		return web.See(w, r, "/plati/"+id)
	} else if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store") // the form is signed, for now
	return p.Render(w, r, http.StatusOK, formPage{p.page(r), order, form}.view())
}

// resultPage shows what became of paying.
type resultPage struct {
	ui.Page
	o *Office
	Result
}

func (p pages) result(w http.ResponseWriter, r *http.Request) error {
	result, err := p.o.Result(r.Context(), p.Actor(r), r.PathValue("comanda"))
	if err != nil {
		return err
	}
	if p.o.ResultPath != nil {
		if path := p.o.ResultPath(result.Order); path != "" {
			return web.See(w, r, path)
		}
	}
	return p.Render(w, r, http.StatusOK, resultPage{p.page(r), p.o, result}.view())
}

// largestReport is how much a bank may say at once.
const largestReport = 64 << 10

// hear answers a bank: 200 for what was heard, now or before, and 400 for what
// it has not signed. After any other answer it says it again.
func (p pages) hear(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestReport))
	if err == nil {
		err = p.o.Hear(r.Context(), body, r.Header)
	} else {
		err = ErrForged
	}
	if errors.Is(err, ErrForged) {
		w.WriteHeader(http.StatusBadRequest)
		return nil
	} else if err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

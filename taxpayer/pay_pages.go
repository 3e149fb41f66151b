package taxpayer

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/payments"
	"bega/taxes"
)

// cart reads what somebody wants to pay, and the sum that they saw.
func cart(r *http.Request) (Cart, error) {
	sum, err := money.Parse(r.PostFormValue("suma"))
	if err != nil {
		return Cart{}, ErrNothing
	}
	return Cart{All: r.PostFormValue("tot") != "", Chosen: r.PostForm["ce"], Sum: sum, Code: r.PostFormValue("cod"), Address: r.RemoteAddr}, nil
}

// pay leads to the bank. Who cannot pay so reads why, and what there is to be paid
// now.
func (p pages) pay(w http.ResponseWriter, r *http.Request) error {
	c, err := cart(r)
	c.Code = ""
	if err == nil {
		err = p.begin(w, r, p.Actor(r), c)
	}
	if err == nil || !saysWhy(err) {
		return err
	}
	page, failed := p.overviewPage(r)
	if failed != nil {
		return failed
	}
	page.Path, page.HasErrors, page.Why = "/dosar/taxe", true, says(page.Page, err)
	return p.Render(w, r, web.Status(fault.Of(err)), page.view())
}

// saysWhy reports whether a page says why something could not be done, instead
// of the one for faults.
func saysWhy(err error) bool {
	return slices.ContainsFunc([]error{ErrNothing, ErrChanged, ErrClosed, payments.ErrBank}, func(known error) bool { return errors.Is(err, known) })
}

// begin has the bank opened. Who has paid already, or may have, goes to the result.
func (p pages) begin(w http.ResponseWriter, r *http.Request, actor act.Actor, c Cart) error {
	page, id, err := p.o.Pay(r.Context(), actor, web.Key(r), c, p.page(r).Lang())
	for _, known := range []error{ErrGoing, payments.ErrPaid, payments.ErrUncertain, payments.ErrCancelled} {
		if errors.Is(err, known) && id != "" {
			return web.See(w, r, "/taxe/plata/"+id)
		}
	}
	if err == nil {
		http.Redirect(w, r, page, http.StatusSeeOther)
	}
	return err
}

// choosePage lets somebody pay some of what they owe.
type choosePage struct {
	ui.Page
	o *Office
	Overview
	Chosen []string
	Bill   Bill // of what is chosen; empty if nothing is
	Detour Detour
	Error  string
}

func (p pages) choose(w http.ResponseWriter, r *http.Request) error {
	page := choosePage{Page: p.page(r), o: p.o}
	if err := r.ParseForm(); err != nil {
		return web.ErrForm
	}
	var err error
	if page.Overview, err = p.o.Overview(r.Context(), p.Actor(r)); err != nil {
		return err
	}
	status := http.StatusOK
	if page.Chosen = r.Form["ce"]; len(page.Chosen) > 0 || r.Form.Has("arata") {
		page.Bill, page.Detour, err = p.o.Choose(r.Context(), p.Actor(r), page.Chosen)
		if errors.Is(err, ErrNothing) {
			status, page.HasErrors, page.Error = http.StatusUnprocessableEntity, true, says(page.Page, err)
		} else if err != nil {
			return err
		}
	}
	return p.Render(w, r, status, page.view())
}

// codePage lets whoever has a decision in hand pay it.
type codePage struct {
	ui.Page
	o     *Office
	Code  string
	Error string
	Guest *Guest // what is to be paid; nil until the code was right
	Why   string
}

func (p pages) code(w http.ResponseWriter, r *http.Request) error {
	page := codePage{Page: p.page(r), o: p.o, Code: strings.TrimSpace(r.FormValue("cod"))}
	if r.Method == http.MethodPost || page.Code != "" {
		return p.withCode(w, r, page, nil)
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// withCode shows what is to be paid for a code; or what is wrong with it, or with
// paying.
func (p pages) withCode(w http.ResponseWriter, r *http.Request, page codePage, why error) error {
	w.Header().Set("Cache-Control", "private, no-store")
	guest, err := p.o.ByCode(r.Context(), page.Code, r.RemoteAddr)
	status := http.StatusOK
	switch kind := fault.Of(err).Kind; {
	case err == nil:
		page.Guest = &guest
	case kind == fault.Invalid || kind == fault.TooMany:
		status, page.HasErrors, page.Error = web.Status(fault.Of(err)), true, says(page.Page, err)
		web.RetryAfter(w.Header(), fault.Of(err))
	default:
		return err
	}
	if why != nil && page.Guest != nil {
		status, page.HasErrors, page.Why = web.Status(fault.Of(why)), true, says(page.Page, why)
	}
	page.Path = "/taxe/plata"
	return p.Render(w, r, status, page.view())
}

func (p pages) payByCode(w http.ResponseWriter, r *http.Request) error {
	c, err := cart(r)
	c.All, c.Chosen = true, nil
	if c.Code == "" {
		err = ErrNoCode
	}
	if err == nil {
		err = p.begin(w, r, p.Welcome(w, r), c)
	}
	if err == nil || !saysWhy(err) && !errors.Is(err, ErrCode) && !errors.Is(err, ErrWait) && !errors.Is(err, ErrNoCode) {
		return err
	}
	return p.withCode(w, r, codePage{Page: p.page(r), o: p.o, Code: c.Code}, err)
}

// resultPage says what became of paying.
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
	return p.Render(w, r, http.StatusOK, resultPage{p.page(r), p.o, result}.view())
}

// transferPage says how to pay by bank transfer.
type transferPage struct {
	ui.Page
	o         *Office
	Transfers []Transfer
	Closed    *taxes.Closure
}

func (p pages) transfer(w http.ResponseWriter, r *http.Request) error {
	page := transferPage{Page: p.page(r), o: p.o}
	var err error
	if page.Transfers, page.Closed, err = p.o.Transfers(r.Context(), p.Actor(r), page.Translator); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

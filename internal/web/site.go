// Package web turns requests into pages: one layout, one way to fail, and every
// text in the language of the visitor.
package web

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/web/ui"
)

// Files holds the texts that belong to no room.
//
//go:embed texts
var Files embed.FS

// A Handler serves one route. A [fault.Fault] it returns is what the visitor
// reads; any other error is logged, and the visitor reads an apology.
type Handler func(w http.ResponseWriter, r *http.Request) error

// A Visitor is who a request comes from.
type Visitor struct {
	Actor act.Actor
	Who   ui.Who // what the layout says about them
	Lang  string // the language they chose in their profile; empty if none
}

// Config is what a site is made of.
type Config struct {
	Texts *text.Catalog
	Log   *slog.Logger
	Now   func() time.Time
	Zone  *time.Location
	Town  func(lang string) ui.Town

	// Identify tells who is asking. It returns the zero Visitor for somebody
	// who has not signed in.
	Identify func(r *http.Request) (Visitor, error)

	// Observe is told of every answer, for the metrics. It may be nil.
	Observe func(route string, status int, took time.Duration)

	// Secure says that visitors come over TLS, even if a proxy ends it.
	Secure bool

	// FormTargets are further origins that forms may lead to, as the pages of
	// card payment providers.
	FormTargets []string
}

// A Site is a set of pages in one layout.
type Site struct {
	Config
	guard  *http.CrossOriginProtection
	mux    *http.ServeMux
	routes []Route
	policy string
}

// A Route is one kind of address that the site answers.
type Route struct {
	Pattern string   // method and path, as "GET /servicii/{serviciu}"
	Verb    act.Verb // what who opens it has to be permitted
}

// New returns a site with no pages but the one that shows faults.
func New(c Config) *Site {
	s := &Site{Config: c, guard: http.NewCrossOriginProtection(), mux: http.NewServeMux(), policy: contentPolicy(c.FormTargets)}
	s.mux.HandleFunc("/", s.instrument("", func(w http.ResponseWriter, r *http.Request) error { return act.ErrRefused }))
	return s
}

// Routes returns all routes, in the order they were added.
func (s *Site) Routes() []Route { return s.routes }

// Handle routes the requests that match pattern to h. A visitor to whom the
// policy permits verb on nothing at all does not reach it: one who has not
// signed in is asked to, and for others the page is missing. What the visitor
// may do to the thing itself is for the handler to find out.
func (s *Site) Handle(pattern string, verb act.Verb, h Handler) {
	s.routes = append(s.routes, Route{pattern, verb})
	s.mux.HandleFunc(pattern, s.instrument(pattern, func(w http.ResponseWriter, r *http.Request) error {
		if err := s.Actor(r).MayTry(verb); err != nil {
			return err
		}
		return h(w, r)
	}))
}

// Mount hands a subtree to a handler that is not a page, such as the assets or
// the API. What it answers is not counted among the routes.
func (s *Site) Mount(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Record adds a route that a mounted handler serves.
func (s *Site) Record(pattern string, verb act.Verb) {
	s.routes = append(s.routes, Route{pattern, verb})
}

// instrument identifies the visitor once, runs h, shows its error and reports
// the outcome.
func (s *Site) instrument(route string, h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		out := &counted{ResponseWriter: w, status: http.StatusOK}
		s.secureHeaders(out)
		if r.Method == http.MethodGet && s.chooseLanguage(out, r) {
			return
		}
		visitor, err := s.Identify(r)
		if strings.ContainsRune(r.URL.Path, 0) || strings.Contains(r.URL.RawQuery, "%00") {
			err = act.ErrRefused // PostgreSQL has no text with it
		}
		if err == nil {
			if visitor.Actor.For == "" {
				visitor.Actor.For = visitorID(r, s.Secure)
			}
			r = r.WithContext(context.WithValue(r.Context(), visitorKey{}, visitor))
			limitBody(out, r)
			err = h(out, r)
		}
		if err != nil {
			s.fail(out, r, err)
		}
		if s.Observe != nil {
			s.Observe(route, out.status, time.Since(began))
		}
	}
}

// visitorKey marks the visitor in the context of a request. It stays within
// this package: to the offices, the actor is an argument.
type visitorKey struct{}

// Visitor returns who a request comes from.
func (s *Site) Visitor(r *http.Request) Visitor {
	v, _ := r.Context().Value(visitorKey{}).(Visitor)
	return v
}

// Actor returns who a request comes from, as the policy knows them.
func (s *Site) Actor(r *http.Request) act.Actor { return s.Visitor(r).Actor }

// ServeHTTP implements [http.Handler]. It refuses forms sent from other sites.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.guard.Handler(s.mux).ServeHTTP(w, r)
}

// Page returns what the page that answers a request has to know.
func (s *Site) Page(r *http.Request) ui.Page {
	v := s.Visitor(r)
	t := s.Translator(r, v)
	return ui.Page{
		Translator: t,
		Town:       s.Town(t.Lang()),
		Who:        v.Who,
		Path:       r.URL.RequestURI(),
		Key:        db.NewID(),
		Zone:       s.Zone,
		Now:        s.Now().In(s.Zone),
	}
}

var statuses = map[fault.Kind]int{
	fault.Unexpected:  http.StatusInternalServerError,
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Missing:     http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.SignIn:      http.StatusUnauthorized,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// ErrLate is what somebody reads for whom the database had no time: to let them in, or to
// finish. What they sent has happened whole or not at all, and does not happen twice.
var ErrLate = fault.New(fault.Unavailable, "web.late").Later(5 * time.Second)

// FaultOf returns what visitors read of an error: the fault that it wraps; [ErrLate] if
// time ran out; and otherwise an apology.
func FaultOf(err error) *fault.Fault {
	f := fault.Of(err)
	if f.Kind == fault.Unexpected && errors.Is(err, context.DeadlineExceeded) {
		return ErrLate
	}
	return f
}

// RetryAfter adds to the header of an answer when it makes sense to ask again (RFC 9110, 10.2.3), if the
// fault says.
func RetryAfter(h http.Header, f *fault.Fault) {
	if f.After > 0 {
		h.Set("Retry-After", strconv.Itoa(int((f.After+time.Second-1)/time.Second)))
	}
}

// Status returns the HTTP status of a fault.
func Status(f *fault.Fault) int { return statuses[f.Kind] }

// gone is the status of what nobody waited for, in the metrics: nginx has it so.
const gone = 499

// fail shows an error. Whoever has to sign in first is led there, and back.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		w.WriteHeader(gone)
		return
	}
	f := FaultOf(err)
	if f.Kind == fault.SignIn && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !wantsJSON(r) {
		http.Redirect(w, r, SignInPath(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	page := s.Page(r)
	code := ""
	if f.Kind == fault.Unexpected {
		code = errorCode()
		s.Log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "id", code, "err", err)
	} else if f == ErrLate {
		s.Log.WarnContext(r.Context(), "time ran out", "route", r.Pattern, "err", err)
	}
	RetryAfter(w.Header(), f)
	if wantsJSON(r) {
		Problem(w, Status(f), page.T(f.Key, f.Args...))
		return
	}
	page.Path = "/" // what is refused looks like what is missing, to the byte
	if err := s.Render(w, r, Status(f), faultPage(page, f, code)); err != nil {
		s.Log.ErrorContext(r.Context(), "fault page failed", "route", r.Pattern, "err", err)
	}
}

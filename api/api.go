// Package api is the portal for programs: what a page can do, a program can,
// under the same policy.
package api

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"bega/access"
	"bega/cases"
	"bega/drafts"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/text"
	"bega/internal/throttle"
	"bega/internal/web"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
	"bega/taxpayer"
)

// Root is where the API is. Its description is at Root + "/openapi.json", made
// of the types of this package.
const Root = "/api/v1"

// Files holds the texts of the API.
//
//go:embed texts
var Files embed.FS

// An API serves the use cases of rooms. Its fields are set before [API.Mount].
type API struct {
	Texts *text.Catalog
	Log   *slog.Logger

	Access     *access.Office
	Procedures *procedures.Office
	Drafts     *drafts.Office
	Cases      *cases.Office
	Folder     *folder.Office
	Registry   *registry.Office
	Notices    *notices.Office
	Payments   *payments.Office
	Taxpayer   *taxpayer.Office

	// Calculations counts who has taxes calculated; nil if nobody counts.
	Calculations *throttle.Limiter

	site *web.Site
	huma huma.API
}

// A caller is who uses the API.
type caller struct {
	act.Actor
	*text.Translator        // of the language that they read
	address          string // from which they ask
}

// callerKey marks the caller in the context of a request. It stays within this
// file: to operations, the caller is an argument.
type callerKey struct{}

// Mount puts the API on a site.
func (a *API) Mount(site *web.Site) {
	config := huma.DefaultConfig("Bega", "1.0.0")
	config.Info.Description = "The portal of a town hall. Sign in with a token made at /profil/chei, in the header Authorization: Bearer. " +
		"What a token may do is chosen when it is made. The header Mandate leads to the folder of whom one acts for. Writes carry a header Idempotency-Key: repeating one repeats the answer. " +
		"Errors are problem details (RFC 9457) in the language of Accept-Language."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = Root+"/openapi", "", "", nil
	config.Transformers = append(config.Transformers, translate)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	mux := http.NewServeMux()
	a.site, a.huma = site, humago.New(mux, config)
	a.catalogue()
	a.drafts()
	a.cases()
	a.folder()
	a.rest()
	a.clients()
	a.calculate()
	a.account()
	a.payments()
	a.things()
	site.Mount(Root+"/", a.identified(mux))
	site.Record("GET "+Root+"/openapi.json", act.ReadPublic)
}

// identified finds out who asks, once, and limits how much they send.
func (a *API) identified(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		translator := a.Texts.For(r.Header.Get("Accept-Language"))
		v, err := a.Access.Identify(r)
		if mandate := r.Header.Get("Mandate"); err == nil && mandate != "" {
			v.Actor, err = a.Access.ActFor(r.Context(), v.Actor, mandate)
		}
		if err != nil {
			f := web.FaultOf(err)
			web.RetryAfter(w.Header(), f)
			if f.Kind == fault.Unexpected {
				a.Log.ErrorContext(r.Context(), "api request failed", "err", err)
			}
			web.Problem(w, web.Status(f), translator.T(f.Key, f.Args...))
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" || !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
			web.Problem(w, http.StatusNotFound, translator.T(act.ErrRefused.Key))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, caller{v.Actor, translator, r.RemoteAddr})))
	})
}

// largest is how much a program may send at once, in bytes: a file and what is
// said about it.
const largest = 12 << 20

// An operation is one of the API, and all verbs that it needs.
type operation struct {
	huma.Operation
	verbs []act.Verb
}

// also says that an operation needs another verb as well.
func also(verb act.Verb) func(*operation) {
	return func(o *operation) { o.verbs = append(o.verbs, verb) }
}

// atMost says how many bytes an operation takes, if not as many as others.
func atMost(bytes int64) func(*operation) { return func(o *operation) { o.MaxBodyBytes = bytes } }

// unread leaves it to an operation to say what is wrong with what it takes.
func unread(o *operation) { o.SkipValidateBody = true }

// op adds an operation that needs a verb. What the caller may do to the thing
// itself is for the operation to find out.
func op[I, O any](a *API, method, path, id, summary string, verb act.Verb, do func(ctx context.Context, c caller, in *I) (*O, error), more ...func(*operation)) {
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	o := operation{huma.Operation{OperationID: id, Method: method, Path: Root + path, Summary: summary, Tags: []string{tag}, MaxBodyBytes: largest}, []act.Verb{verb}}
	for _, say := range more {
		say(&o)
	}
	if !act.RuleOf(verb).Public {
		scopes := []string{}
		for _, verb := range o.verbs {
			scopes = append(scopes, string(verb))
		}
		o.Security = []map[string][]string{{"token": scopes}}
		o.Parameters = append(o.Parameters, &huma.Param{Name: "Mandate", In: "header", Description: "ID of the mandate by which to act for somebody: see list-mandates. The token needs the scope " + string(act.SwitchFolder) + ".",
			Schema: &huma.Schema{Type: huma.TypeString}})
	}
	huma.Register(a.huma, o.Operation, func(ctx context.Context, in *I) (*O, error) {
		c := ctx.Value(callerKey{}).(caller)
		var err error
		for _, verb := range o.verbs {
			if err == nil {
				err = c.MayTry(verb)
			}
		}
		var out *O
		if err == nil {
			out, err = do(ctx, c, in)
		}
		return out, a.problem(ctx, c, err)
	})
	a.site.Record(method+" "+Root+path, verb)
}

// problem turns an error into problem details.
func (a *API) problem(ctx context.Context, c caller, err error) error {
	if _, ok := errors.AsType[huma.StatusError](err); ok || err == nil {
		return err
	}
	f := web.FaultOf(err)
	p := &told{huma.ErrorModel{Status: web.Status(f), Title: http.StatusText(web.Status(f)), Detail: c.T(f.Key, c.readable(f.Args)...)}}
	if f.Kind == fault.Unexpected {
		a.Log.ErrorContext(ctx, "api request failed", "err", err)
	} else if f == web.ErrLate {
		a.Log.WarnContext(ctx, "time ran out", "err", err)
	} else if wrong, ok := errors.AsType[*wrongAnswers](err); ok {
		p.Errors = wrong.details
	}
	if f.After == 0 {
		return p
	}
	header := http.Header{}
	web.RetryAfter(header, f)
	return huma.ErrorWithHeaders(p, header)
}

// readable writes the amounts among the arguments of a fault as people do.
func (c caller) readable(args []any) []any {
	args = slices.Clone(args)
	for i, arg := range args {
		if amount, ok := arg.(money.Bani); ok {
			args[i] = amount.Format(c.Lang())
		}
	}
	return args
}

// told are problem details in the caller's language.
type told struct{ huma.ErrorModel }

// translate says in the caller's language what is wrong with a request that huma
// has refused by itself. What is wrong with each part stays as it says it.
func translate(ctx huma.Context, _ string, answer any) (any, error) {
	p, ok := answer.(*huma.ErrorModel)
	if !ok {
		return answer, nil
	}
	key := "api.form"
	if p.Status == http.StatusRequestEntityTooLarge {
		key = web.ErrTooLarge.Key
	}
	p.Detail = ctx.Context().Value(callerKey{}).(caller).T(key)
	return p, nil
}

// wrongAnswers says field by field what is wrong with an application.
type wrongAnswers struct {
	error
	details []*huma.ErrorDetail
}

// Unwrap lets the fault be found.
func (w *wrongAnswers) Unwrap() error { return w.error }

// Keyed is embedded in what asks for a write, which repeats its answer for the same key.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100" doc:"Chosen by the caller, a new one for each write."`
}

// A list is a body with several things.
type list[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func listOf[T any](items []T) *list[T] {
	l := &list[T]{}
	if l.Body.Items = items; items == nil {
		l.Body.Items = []T{}
	}
	return l
}

// A one is a body with one thing.
type one[T any] struct{ Body T }

// nothing is the answer of what has no more to say.
type nothing struct{}

// fetched is a file.
type fetched struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

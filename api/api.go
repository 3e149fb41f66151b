// Package api is the portal for programs: what a page can do, a program can,
// under the same policy.
package api

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
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
	"bega/internal/text"
	"bega/internal/web"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
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

	site *web.Site
	huma huma.API
}

// A caller is who uses the API.
type caller struct {
	act.Actor
	*text.Translator // of the language that they read
}

// callerKey marks the caller in the context of a request. It stays within this
// file: to operations, the caller is an argument.
type callerKey struct{}

// Mount puts the API on a site.
func (a *API) Mount(site *web.Site) {
	config := huma.DefaultConfig("Bega", "1.0.0")
	config.Info.Description = "The portal of a town hall. Sign in with a token made at /profil/chei, in the header Authorization: Bearer. " +
		"What a token may do is chosen when it is made. Writes carry a header Idempotency-Key: repeating one repeats the answer. " +
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
		if err != nil {
			f := fault.Of(err)
			web.Problem(w, web.Status(f), translator.T(f.Key, f.Args...))
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" || !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
			web.Problem(w, http.StatusNotFound, translator.T(act.ErrRefused.Key))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, caller{v.Actor, translator})))
	})
}

// largest is how much a program may send at once, in bytes: a file and what is
// said about it.
const largest = 12 << 20

// op adds an operation that needs a verb. What the caller may do to the thing
// itself is for the operation to find out.
func op[I, O any](a *API, method, path, id, summary string, verb act.Verb, do func(ctx context.Context, c caller, in *I) (*O, error)) {
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	o := huma.Operation{OperationID: id, Method: method, Path: Root + path, Summary: summary, Tags: []string{tag}, MaxBodyBytes: largest}
	if !act.RuleOf(verb).Public {
		o.Security = []map[string][]string{{"token": {string(verb)}}}
	}
	huma.Register(a.huma, o, func(ctx context.Context, in *I) (*O, error) {
		c := ctx.Value(callerKey{}).(caller)
		err := c.MayTry(verb)
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
	f := fault.Of(err)
	p := &told{huma.ErrorModel{Status: web.Status(f), Title: http.StatusText(web.Status(f)), Detail: c.T(f.Key, f.Args...)}}
	if f.Kind == fault.Unexpected {
		a.Log.ErrorContext(ctx, "api request failed", "err", err)
	} else if wrong, ok := errors.AsType[*wrongAnswers](err); ok {
		p.Errors = wrong.details
	}
	return p
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

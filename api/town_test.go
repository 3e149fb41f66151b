package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"bega/access"
	"bega/demo"
	"bega/internal/act"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/pdf"
	"bega/portal"
)

// A town is a demonstration town that is open to programs, and what it says of its
// API. Every answer is compared with that.
type town struct {
	*demo.Town
	t      *testing.T
	server *httptest.Server
	doc    map[string]any
	checks *jsonschema.Compiler
	asked  map[string]bool // operations that answered well
}

func openTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	cfg, err := config.Load("", nil)
	must(t, err)
	if cfg.Data, cfg.URL = t.TempDir(), "http://"+server.Listener.Addr().String(); d.Postgres() {
		cfg.Database = dbtest.Name(d)
	}
	opened, err := demo.Open(t.Context(), cfg, portal.Options{})
	must(t, err)
	t.Cleanup(func() { opened.Close() })
	server.Config.Handler = opened.Handler()
	server.Start()
	t.Cleanup(server.Close)
	o := &town{Town: opened, t: t, server: server, asked: map[string]bool{}, checks: jsonschema.NewCompiler()}
	answer, err := http.Get(server.URL + "/api/v1/openapi.json")
	must(t, err)
	defer answer.Body.Close()
	doc, err := jsonschema.UnmarshalJSON(answer.Body)
	must(t, err)
	must(t, o.checks.AddResource("openapi.json", doc))
	o.doc = doc.(map[string]any)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A program asks the API, with a key or without, in a language; for somebody, by a
// mandate.
type program struct {
	*town
	key, lang, mandate string
}

// browser signs a person of the demonstration in.
func (o *town) browser(email string) *http.Client {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	must(o.t, err)
	client := &http.Client{Jar: jar}
	if page, _ := o.post(client, "/cont/intra", url.Values{"email": {email + "@demo.exemplu.ro"}, "parola": {"lampa de pe Bega"}}); page == "/cont/intra" {
		o.t.Fatalf("%s cannot sign in, and is at %s", email, page)
	}
	return client
}

// post sends a form as a browser does, and returns where that leads and what is there.
func (o *town) post(client *http.Client, address string, form url.Values) (path, body string) {
	o.t.Helper()
	form.Set("cheie", db.NewID())
	answer, err := client.PostForm(o.server.URL+address, form)
	must(o.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(o.t, err)
	return answer.Request.URL.Path, string(text)
}

// secret finds a key on the page that shows it once.
var secret = regexp.MustCompile(`bega_[\w-]{43}`)

// program makes a key at /profil/chei, as its owner does, with all scopes or some.
func (o *town) program(email string, scopes ...act.Verb) program {
	o.t.Helper()
	if scopes == nil {
		scopes = access.Scopes()
	}
	form := url.Values{"nume": {"Programul meu"}, "zile": {"30"}}
	for _, scope := range scopes {
		form.Add("drept", string(scope))
	}
	_, page := o.post(o.browser(email), "/profil/chei", form)
	key := secret.FindString(page)
	if key == "" {
		o.t.Fatal("the page shows no key")
	}
	return program{town: o, key: key, lang: "ro"}
}

// An answer of the API.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any // nil if it is no object
}

// get returns a value inside an answer, such as "items.0.id".
func (a answer) get(path string) any {
	var at any = a.body
	for part := range strings.SplitSeq(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

func (a answer) str(path string) string { return fmt.Sprint(a.get(path)) }

// ask sends a request with a fresh idempotency key.
func (p program) ask(method, path string, body any) answer {
	p.t.Helper()
	return p.askOnce(db.NewID(), method, path, body)
}

func (p program) askOnce(once, method, path string, body any) answer {
	p.t.Helper()
	var data []byte
	if body != nil {
		var err error
		data, err = json.Marshal(body)
		must(p.t, err)
	}
	return p.send(once, method, path, "application/json", data)
}

// upload sends a PDF as a document of a type.
func (p program) upload(typ, number string) answer {
	p.t.Helper()
	made, err := pdf.Make(pdf.Document{Lang: "ro", Title: typ + " " + number, Issuer: pdf.Issuer{Authority: "Probă"}, Blocks: pdf.Blocks{pdf.Paragraph{Text: "Probă."}}}, time.Now())
	must(p.t, err)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(p.t, form.WriteField("type", typ))
	if number != "" {
		must(p.t, form.WriteField("number", number))
	}
	part, err := form.CreateFormFile("file", "plan.pdf")
	must(p.t, err)
	_, err = part.Write(made)
	must(p.t, err)
	must(p.t, form.Close())
	return p.send(db.NewID(), http.MethodPost, "/documents", form.FormDataContentType(), body.Bytes())
}

func (p program) send(once, method, path, media string, data []byte) answer {
	p.t.Helper()
	r, err := http.NewRequest(method, p.server.URL+"/api/v1"+path, bytes.NewReader(data))
	must(p.t, err)
	r.Header.Set("Accept-Language", p.lang)
	if data != nil {
		r.Header.Set("Content-Type", media)
	}
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", once)
	}
	if p.key != "" {
		r.Header.Set("Authorization", "Bearer "+p.key)
	}
	if p.mandate != "" {
		r.Header.Set("Mandate", p.mandate)
	}
	a := p.do(r)
	p.compare(method, path, a)
	return a
}

// do sends a request as it is.
func (p program) do(r *http.Request) answer {
	p.t.Helper()
	got, err := http.DefaultClient.Do(r)
	must(p.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	must(p.t, err)
	a := answer{status: got.StatusCode, header: got.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.body) // or it is no object
	return a
}

// well fails unless an answer is good.
func (p program) well(a answer) answer {
	p.t.Helper()
	if a.status >= 300 {
		p.t.Fatalf("answer %d: %s", a.status, a.text)
	}
	return a
}

// compare compares an answer with what the document says about it.
func (o *town) compare(method, path string, a answer) {
	o.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	template, operation := o.operation(method, "/api/v1"+path)
	if operation == nil {
		return
	}
	status := fmt.Sprint(a.status)
	responses := operation["responses"].(map[string]any)
	if a.status >= 400 {
		status = "default"
		if a.header.Get("Content-Type") != "application/problem+json" && !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json;") {
			o.t.Errorf("%s %s: %d with %s", method, path, a.status, a.header.Get("Content-Type"))
		}
	} else {
		o.asked[method+" "+template] = true
	}
	response, ok := responses[status].(map[string]any)
	if !ok {
		o.t.Errorf("%s %s: the answer %d is not described", method, path, a.status)
		return
	}
	for media := range contentOf(response) {
		if !strings.HasSuffix(media, "json") {
			continue
		}
		at := "openapi.json#/paths/" + pointer(template) + "/" + strings.ToLower(method) + "/responses/" + status + "/content/" + pointer(media) + "/schema"
		schema, err := o.checks.Compile(at)
		must(o.t, err)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(a.text))
		must(o.t, err)
		if err := schema.Validate(value); err != nil {
			o.t.Errorf("%s %s: %d is not as described: %v\n%s", method, path, a.status, err, a.text)
		}
	}
}

func contentOf(response map[string]any) map[string]any {
	content, _ := response["content"].(map[string]any)
	return content
}

// pointer writes a part of a JSON pointer (RFC 6901) in an address.
func pointer(part string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
}

// operation finds the operation that answers an address.
func (o *town) operation(method, path string) (template string, operation map[string]any) {
	parts := strings.Split(path, "/")
	for _, template := range slices.Sorted(maps.Keys(o.paths())) {
		names := strings.Split(template, "/")
		if len(names) != len(parts) || parts[len(parts)-1] == "" {
			continue
		}
		fits := true
		for i, name := range names {
			fits = fits && (name == parts[i] || strings.HasPrefix(name, "{"))
		}
		if operation, ok := o.paths()[template].(map[string]any)[strings.ToLower(method)].(map[string]any); fits && ok {
			return template, operation
		}
	}
	return "", nil
}

func (o *town) paths() map[string]any { return o.doc["paths"].(map[string]any) }

// inAWeek is a day on which an answer may be awaited.
func (o *town) inAWeek() time.Time { return time.Now().AddDate(0, 0, 7) }

package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// town returns a site on which Ana is signed in if the header says so, and what
// it writes to its log.
func town(t *testing.T) (*web.Site, *strings.Builder) {
	t.Helper()
	texts, err := text.Load(web.Files, ui.Files, act.Files)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	site := web.New(web.Config{
		Texts: texts, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now, Zone: time.UTC,
		Town: func(string) ui.Town { return ui.Town{Name: "Timișoara"} },
		Identify: func(r *http.Request) (v web.Visitor, err error) {
			if r.Header.Get("Person") == "ana" {
				v.Actor = act.Actor{Person: "ana", For: "ana", Level: act.Light}
			}
			return v, nil
		},
	})
	site.Handle("POST /broken", act.ReadPublic, func(http.ResponseWriter, *http.Request) error { return errors.New("the roof leaks") })
	site.Handle("GET /dosar", act.ReadFolder, func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "folder"); return err })
	site.Handle("GET /dosar/{id}", act.ReadFolder, func(http.ResponseWriter, *http.Request) error { return act.ErrRefused })
	site.Handle("GET /lucru", act.OpenCase, func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "desk"); return err })
	return site, &log
}

func ask(site *web.Site, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestFailuresAreApologiesOutsideAndErrorsInTheLog(t *testing.T) {
	site, log := town(t)
	if w := ask(site, "POST", "/broken", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("a form from elsewhere got status %d, want %d", w.Code, http.StatusForbidden)
	}
	w := ask(site, "POST", "/broken", "Accept-Language", "de, en;q=0.5")
	if body := w.Body.String(); w.Code != 500 || !strings.Contains(body, "E-") || strings.Contains(body, "roof") {
		t.Errorf("got %d, want 500 with an apology, a code and no details:\n%s", w.Code, body)
	}
	if !strings.Contains(log.String(), "the roof leaks") {
		t.Errorf("the log lacks the error: %q", log.String())
	}
}

// TestWhatRanOutOfTime is no defect, but one may come back: it is told so to people and
// programs, and to whoever reads the log.
func TestWhatRanOutOfTime(t *testing.T) {
	site, log := town(t)
	late := fmt.Errorf("cases.file: %w: interrupted", context.DeadlineExceeded)
	site.Handle("POST /late", act.ReadPublic, func(http.ResponseWriter, *http.Request) error { return late })
	site.Handle("GET /often", act.ReadPublic, func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.TooMany, "web.rush-full").Later(1500 * time.Millisecond)
	})
	site.Handle("GET /refused", act.ReadPublic, func(http.ResponseWriter, *http.Request) error {
		return fmt.Errorf("%w, after %w", act.ErrRefused, context.DeadlineExceeded)
	})
	for _, test := range []struct {
		method, path, accept, lang string
		status                     int
		retry, media, want         string
	}{
		{"POST", "/late", "text/html", "en", 503, "5", "text/html", "Nothing happens twice"},
		{"POST", "/late", "text/html", "ro", 503, "5", "text/html", "Nimic nu se face de două ori"},
		{"POST", "/late", "application/json", "en", 503, "5", "application/problem+json", "Nothing happens twice"},
		{"GET", "/often", "text/html", "en", 429, "2", "text/html", "patience"},
		{"GET", "/refused", "text/html", "en", 404, "", "text/html", "cannot find"},
	} {
		w := ask(site, test.method, test.path, "Accept", test.accept, "Accept-Language", test.lang)
		if h := w.Header(); w.Code != test.status || h.Get("Retry-After") != test.retry || !strings.HasPrefix(h.Get("Content-Type"), test.media) || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s %s for %s in %s: %d %v\n%s", test.method, test.path, test.accept, test.lang, w.Code, h, w.Body)
		}
	}
	if said := log.String(); !strings.Contains(said, "time ran out") || !strings.Contains(said, "interrupted") || strings.Contains(said, "ERROR") {
		t.Errorf("the log says %q", said)
	}
}

// TestRefusedIsByteEqualToMissing: neither a stranger nor a resident learns from
// an answer whether there is something at an address.
func TestRefusedIsByteEqualToMissing(t *testing.T) {
	site, _ := town(t)
	missing := ask(site, "GET", "/nicaieri", "Person", "ana")
	for _, path := range []string{"/lucru", "/dosar/altcuiva"} {
		w := ask(site, "GET", path, "Person", "ana")
		if w.Code != missing.Code || w.Body.String() != missing.Body.String() {
			t.Errorf("%s answers %d, and differs from what is missing (%d)", path, w.Code, missing.Code)
		}
	}
	if w := ask(site, "GET", "/dosar?tip=talon"); w.Code != 303 || w.Header().Get("Location") != "/cont/intra?inapoi=%2Fdosar%3Ftip%3Dtalon" {
		t.Errorf("a visitor got %d to %q, want to sign in and come back", w.Code, w.Header().Get("Location"))
	}
}

func TestProgramsGetProblemDetails(t *testing.T) {
	site, _ := town(t)
	w := ask(site, "GET", "/dosar", "Accept", "application/json")
	if w.Code != 401 || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
		t.Errorf("got %d %s, want 401 with problem details", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestPagesAreStrict(t *testing.T) {
	site, _ := town(t)
	h := ask(site, "GET", "/nicaieri").Header()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Cache-Control": "private",
	} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s is %q, want %q in it", name, h.Get(name), want)
		}
	}
}

func TestLocalLeadsNowhereElse(t *testing.T) {
	for path, want := range map[string]string{
		"/dosar?x=1": "/dosar?x=1", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "dosar": "/",
		"/a\nb": "/", "javascript:alert(1)": "/", "": "/",
	} {
		if got := web.Local(path); got != want {
			t.Errorf("Local(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestATooLargeFileSpoilsNothing: what was typed beside it is kept, and its true
// size is known.
func TestATooLargeFileSpoilsNothing(t *testing.T) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("nume", "Ștefania")
	part, _ := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="talon"; filename="talon.pdf"`}, "Content-Type": {"application/pdf"}})
	const size = 24 << 20
	_, _ = part.Write(make([]byte, size))
	_ = m.WriteField("cheie", "k1")
	_ = m.Close()
	r := httptest.NewRequest("POST", "/", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	form, err := web.Parse(r)
	if err != nil || form.Get("nume") != "Ștefania" || form.Key() != "k1" {
		t.Fatalf("Parse = %v, %v, want what was typed", form.Values, err)
	}
	if f := form.Files["talon"][0]; f.Size != size || len(f.Bytes) != web.MaxFile {
		t.Errorf("the file has size %d and %d bytes, want %d and %d", f.Size, len(f.Bytes), size, web.MaxFile)
	}
}

func TestEveryKindOfFaultHasAStatus(t *testing.T) {
	for kind := fault.Unexpected; kind <= fault.Unavailable; kind++ {
		if web.Status(fault.New(kind, "x")) == 0 {
			t.Errorf("kind %d has no status", kind)
		}
	}
}

// TestBlame: who can put something right reads it at the field, or else on the page.
func TestBlame(t *testing.T) {
	field, page, other := fault.New(fault.Invalid, "web.form"), fault.New(fault.Conflict, "web.too-large"), fault.New(fault.Missing, "web.missing")
	site, _ := town(t)
	for _, test := range []struct {
		err     error
		whole   bool // there is a place for what is about the whole page
		status  int
		at, all bool
	}{
		{field, true, 422, true, false}, {fmt.Errorf("x: %w", field), false, 422, true, false},
		{page, true, 409, false, true}, {page, false, 0, false, false},
		{other, true, 0, false, false}, {errors.New("no fault"), true, 0, false, false}, {nil, true, 0, false, false},
	} {
		var in ui.Input
		var problem string
		where := &problem
		if !test.whole {
			where = nil
		}
		p := ui.Page{Translator: site.Texts.For("en")}
		status := web.Blame(&p, where, test.err, map[*fault.Fault]*ui.Input{field: &in})
		if status != test.status || (in.Error != "") != test.at || (problem != "") != test.all || p.HasErrors != (status != 0) {
			t.Errorf("%v: status %d, at the field %q, on the page %q", test.err, status, in.Error, problem)
		}
	}
}

package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, url string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = url
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestHandlerServesWhatTheAddressSays(t *testing.T) {
	for name, media := range map[string]string{
		"bega.css":            "text/css; charset=utf-8",
		"bega.js":             "text/javascript; charset=utf-8",
		"forms.js":            "text/javascript; charset=utf-8",
		"bega-text-400.woff2": "font/woff2",
		"logo.svg":            "image/svg+xml",
	} {
		w := get(t, "GET", URL(name))
		if w.Code != 200 || w.Header().Get("Content-Type") != media || w.Body.Len() == 0 {
			t.Errorf("%s: got %d, %q and %d bytes, want 200 and %q", name, w.Code, w.Header().Get("Content-Type"), w.Body.Len(), media)
		}
		if got := w.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
		again := get(t, "GET", URL(name), "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s: asked again, got %d and %d bytes, want 304 and none", name, again.Code, again.Body.Len())
		}
		head := get(t, "HEAD", URL(name))
		if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "0" {
			t.Errorf("%s: HEAD got %d and %d bytes", name, head.Code, head.Body.Len())
		}
	}
}

func TestCompressedIsTheSame(t *testing.T) {
	plain := get(t, "GET", URL("bega.css"))
	small := get(t, "GET", URL("bega.css"), "Accept-Encoding", "br, gzip")
	if small.Header().Get("Content-Encoding") != "gzip" || small.Header().Get("Vary") != "Accept-Encoding" || plain.Header().Get("Content-Encoding") != "" {
		t.Fatalf("the encodings are %q and %q", small.Header().Get("Content-Encoding"), plain.Header().Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(data, plain.Body.Bytes()) {
		t.Errorf("what was compressed is not what is sent plainly: %v", err)
	}
	if font := get(t, "GET", URL("bega-text-400.woff2"), "Accept-Encoding", "gzip"); font.Header().Get("Content-Encoding") != "" {
		t.Error("a font, which is compressed, is compressed again")
	}
}

func TestHandlerServesNothingElse(t *testing.T) {
	known := URL("bega.css")
	for _, url := range []string{"/f/", "/f", "/f/bega.css", "/f/css/bega.css", "/f/third_party/", "/f/../assets.go", "/f/bega.000000000000.css",
		known + "/", strings.ToUpper(known), "/f/house.svg", "/f/SOURCES.md", ""} {
		if w := get(t, "GET", url); w.Code != http.StatusNotFound {
			t.Errorf("%q: got %d, want 404", url, w.Code)
		}
	}
	if w := get(t, "POST", known); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: got %d and Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

// TestReferencesLeadSomewhere: what a style sheet or a module refers to is
// there, by the address with its hash.
func TestReferencesLeadSomewhere(t *testing.T) {
	refers := regexp.MustCompile(`url\(([^)]+)\)|import\("([^"]+)"\)|from "([^"]+)"`)
	found := 0
	for name, f := range load().byName {
		for _, match := range refers.FindAllStringSubmatch(string(f.plain), -1) {
			found++
			if url := match[1] + match[2] + match[3]; load().byURL[url] == nil {
				t.Errorf("%s refers to %q, which is not there", name, url)
			}
		}
	}
	if found < 7 { // three fonts, four modules
		t.Errorf("only %d references were found", found)
	}
}

func TestURLPanicsForWhatIsNotThere(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("URL returned an address for a file that is not there")
		}
	}()
	URL("bega.txt")
}

func TestIcons(t *testing.T) {
	names := Icons()
	if len(names) < 50 {
		t.Fatalf("there are %d icons", len(names))
	}
	for _, name := range names {
		if path, err := Icon(name); err != nil || !strings.HasPrefix(path, "M") {
			t.Errorf("%s: got %q, %v", name, path, err)
		}
	}
	for _, name := range []string{"", "nimic", "../logo", "house.svg", "SOURCES"} {
		if path, err := Icon(name); err == nil {
			t.Errorf("%q: got %q, want an error", name, path)
		}
	}
}

// TestWeights holds what a first visit may cost on a slow line, in bytes as
// they are sent.
func TestWeights(t *testing.T) {
	for _, kind := range []struct {
		pattern string
		most    int
	}{{"css/*.css", 12_000}, {"js/*.js", 15_000}, {"third_party/*.woff2", 45_000}} {
		names, err := fs.Glob(files, kind.pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", kind.pattern, len(names), err)
		}
		sum := 0
		for _, name := range names {
			f := load().byName[path.Base(name)]
			if f.zip != nil {
				sum += len(f.zip)
			} else {
				sum += len(f.plain)
			}
		}
		t.Logf("%s: %d bytes", kind.pattern, sum)
		if sum > kind.most {
			t.Errorf("%s weigh %d bytes, and may weigh %d", kind.pattern, sum, kind.most)
		}
	}
}

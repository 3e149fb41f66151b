// Package assets holds what pages are dressed in: style sheet, fonts, icons and
// ES modules, all within the program.
//
// Every file has an address with the hash of its content in it, so that browsers
// may keep it for ever. Files that are text are compressed once, at the start.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed css js logo.svg third_party/*.woff2 third_party/*.svg
var files embed.FS

// prefix is where the portal mounts [Handler].
const prefix = "/f/"

// A file is an asset as it is sent.
type file struct {
	url   string
	media string
	etag  string
	plain []byte
	zip   []byte // empty for what does not get smaller
}

// An index finds files by their own name and by their address.
type index struct {
	byName map[string]*file
	byURL  map[string]*file
}

var media = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".woff2": "font/woff2",
	".svg":   "image/svg+xml",
}

// load reads all files, those first that others refer to. It panics on a
// reference to a file that is missing: the program was built wrong.
var load = sync.OnceValue(func() index {
	all := index{map[string]*file{}, map[string]*file{}}
	for _, pattern := range []string{"third_party/*.woff2", "logo.svg", "js/[^b]*.js", "js/b*.js", "css/*.css"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			all.add(name)
		}
	}
	return all
})

// reference is how one asset names another.
var reference = regexp.MustCompile(`(url\(|import\("\./)([a-z0-9-]+\.(?:woff2|js|svg))`)

func (all index) add(name string) {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	base, ext := path.Base(name), path.Ext(name)
	if ext == ".css" || ext == ".js" {
		data = reference.ReplaceAllFunc(data, func(match []byte) []byte {
			parts := reference.FindSubmatch(match)
			other := all.byName[string(parts[2])]
			if other == nil {
				panic(fmt.Sprintf("assets: %s refers to %s, which is not there", name, parts[2]))
			}
			return append(slices.Clone(bytes.TrimSuffix(parts[1], []byte("./"))), other.url...)
		})
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:6])
	f := &file{
		url:   prefix + strings.TrimSuffix(base, ext) + "." + hash + ext,
		media: media[ext],
		etag:  strconv.Quote(hash),
		plain: data,
	}
	if zip := compress(data); len(zip) < len(data)*9/10 {
		f.zip = zip
	}
	all.byName[base], all.byName[name], all.byURL[f.url] = f, f, f
}

func compress(data []byte) []byte {
	var out bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is right
	_, _ = zip.Write(data)                                    // to memory
	_ = zip.Close()
	return out.Bytes()
}

// URL returns the address of an asset, by its name with or without its folder,
// as of "css/bega.css". It panics if there is none of that name: names are
// written in pages, not computed.
func URL(name string) string {
	f := load().byName[name]
	if f == nil {
		panic(fmt.Sprintf("assets: there is no %q", name))
	}
	return f.url
}

// Handler serves the assets at their addresses, and nothing else.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f := load().byURL[r.URL.Path]
		if f == nil {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", f.etag)
	h.Set("Content-Type", f.media)
	body := f.plain
	if f.zip != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.zip
		}
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // whoever asked may be gone
}

// icon finds the drawing in the file of an icon.
var icon = regexp.MustCompile(`<path d="([^"]+)"/>`)

// icons reads all icons, once: pages have dozens of them. One that is not a
// single path is "".
var icons = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, name := range Icons() {
		data, err := files.ReadFile("third_party/" + name + ".svg")
		if err != nil {
			panic(err) // it was there a moment ago
		}
		if match := icon.FindSubmatch(data); match != nil {
			all[name] = string(match[1])
		} else {
			all[name] = ""
		}
	}
	return all
})

// Icon returns the path of an icon, to be drawn in a square of 256 by 256, as
// of "house". Those of names that end in "-fill" are for states.
func Icon(name string) (string, error) {
	path, ok := icons()[name]
	if !ok {
		return "", fmt.Errorf("assets: there is no icon %q", name)
	}
	if path == "" {
		return "", fmt.Errorf("assets: the icon %q is not a single path", name)
	}
	return path, nil
}

// Icons returns the names of all icons, in order.
func Icons() (names []string) {
	all, err := fs.Glob(files, "third_party/*.svg")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range all {
		names = append(names, strings.TrimSuffix(path.Base(name), ".svg"))
	}
	return names
}

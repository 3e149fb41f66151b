package web

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"bega/internal/text"
)

// Render answers with a page.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	body := buffers.Get().(*bytes.Buffer) // nobody gets half a page
	defer buffers.Put(body)
	body.Reset()
	if err := page.Render(r.Context(), body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", s.policy)
	w.Header().Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		small := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(small)
		small.Reset()
		zip := zippers.Get().(*gzip.Writer)
		defer zippers.Put(zip)
		zip.Reset(small)
		_, _ = zip.Write(body.Bytes()) // to memory
		_ = zip.Close()
		w.Header().Set("Content-Encoding", "gzip")
		body = small
	}
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, err := w.Write(body.Bytes())
	return err
}

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed); return z }}
)

// See redirects to a page of the site after a form was carried out.
func See(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// JSON answers with a value.
func JSON(w http.ResponseWriter, status int, value any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(value)
}

// Problem answers with problem details (RFC 9457).
func Problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status), "detail": detail})
}

// Download answers with a file that browsers save instead of showing. With
// inline, they may show it, in a frame of this site and without running
// anything in it.
func Download(w http.ResponseWriter, name, media string, data []byte, inline bool) error {
	disposition := "attachment"
	policy := "sandbox; default-src 'none'"
	if inline {
		disposition = "inline"
		policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'"
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Disposition", fmt.Sprintf("%s; filename*=UTF-8''%s", disposition, url.PathEscape(name)))
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	_, err := w.Write(data)
	return err
}

func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// SignInPath returns where to sign in and then come back to a page of the site.
func SignInPath(back string) string {
	return "/cont/intra?inapoi=" + url.QueryEscape(Local(back))
}

// Local returns path if it leads to a page of this site, and "/" otherwise, so
// that a link cannot lead people elsewhere by way of us.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

func contentPolicy(targets []string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action " +
		strings.Join(append([]string{"'self'"}, targets...), " ")
}

func (s *Site) secureHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// Translator returns the language of a request: the one chosen on this device,
// or in the profile, or asked for by the browser.
func (s *Site) Translator(r *http.Request, v Visitor) *text.Translator {
	lang := v.Lang
	if c, err := r.Cookie(languageCookie); err == nil {
		lang = c.Value
	}
	if lang == "" {
		lang = r.Header.Get("Accept-Language")
	}
	return s.Texts.For(lang)
}

const languageCookie = "bega_limba"

// chooseLanguage remembers the language of a link such as "?limba=en" on this
// device, and leads to the same page without it.
func (s *Site) chooseLanguage(w http.ResponseWriter, r *http.Request) bool {
	query := r.URL.Query()
	lang := query.Get("limba")
	if lang == "" {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: s.Texts.For(lang).Lang(), Path: "/",
		MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	query.Del("limba")
	u := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
	http.Redirect(w, r, Local(u.RequestURI()), http.StatusSeeOther)
	return true
}

// errorCode returns a code by which the town hall finds a failure in its log.
func errorCode() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails
	return "E-" + strings.ToUpper(hex.EncodeToString(b[:]))
}

// counted remembers the status of an answer.
type counted struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

package web

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/web/ui"
)

// ErrTooLarge is returned for a form that is larger than any honest one.
var ErrTooLarge = fault.New(fault.TooLarge, "web.too-large")

// ErrForm is returned for a form that was cut short or cannot be read.
var ErrForm = fault.New(fault.Invalid, "web.form")

const (
	maxForm   = 1 << 20   // bytes of a form without files
	maxUpload = 200 << 20 // bytes of a form with files, most of which are only counted
	// MaxFile is how much is kept of each file: one byte more than what is
	// allowed, so that what is too large shows.
	MaxFile = 10_000_000 + 1
)

func limitBody(w http.ResponseWriter, r *http.Request) {
	limit := int64(maxForm)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		limit = maxUpload
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
}

// A File is what was sent in a file field.
type File struct {
	Name  string // as the visitor's device calls it
	Bytes []byte // no more than MaxFile
	Size  int64  // of all of it, in bytes
}

// A Form is everything that was typed and uploaded.
type Form struct {
	url.Values
	Files map[string][]File
}

// Parse reads the form of a request. A file that is too large does not spoil
// the rest: what was typed is there, and so is the file's true size.
func Parse(r *http.Request) (Form, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseForm(); err != nil {
			return Form{}, tooLarge(err)
		}
		return Form{Values: r.PostForm, Files: map[string][]File{}}, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return Form{}, ErrForm
	}
	form := Form{Values: url.Values{}, Files: map[string][]File{}}
	typed := int64(0)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return form, nil
		} else if err != nil {
			return form, tooLarge(err)
		}
		if err := form.add(part, &typed); err != nil {
			return form, err
		}
	}
}

func (f *Form) add(part *multipart.Part, typed *int64) error {
	name := part.FormName()
	if part.FileName() == "" && part.Header.Get("Content-Type") == "" {
		value, err := io.ReadAll(io.LimitReader(part, maxForm+1-*typed))
		if err != nil {
			return tooLarge(err)
		}
		if *typed += int64(len(value)); *typed > maxForm {
			return ErrTooLarge
		}
		f.Values.Add(name, string(value))
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(part, MaxFile))
	if err != nil {
		return tooLarge(err)
	}
	rest, err := io.Copy(io.Discard, part)
	if err != nil {
		return tooLarge(err)
	}
	if part.FileName() == "" && len(data) == 0 {
		return nil // the field was left empty
	}
	f.Files[name] = append(f.Files[name], File{part.FileName(), data, int64(len(data)) + rest})
	return nil
}

func tooLarge(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return ErrTooLarge
	}
	return ErrForm
}

// Key returns the idempotency key that a form carries.
func Key(r *http.Request) string { return r.PostFormValue("cheie") }

// Key returns the idempotency key that the form carries.
func (f Form) Key() string { return f.Get("cheie") }

// visitorCookie holds the secret of what somebody began without signing in.
func visitorCookie(secure bool) string {
	if secure {
		return "__Host-bega_vizitator"
	}
	return "bega_vizitator"
}

// visitorID returns the party under which a visitor's own drafts are kept, or
// "" for somebody who has begun nothing.
func visitorID(r *http.Request, secure bool) act.PartyID {
	c, err := r.Cookie(visitorCookie(secure))
	if err != nil || len(c.Value) != 43 {
		return ""
	}
	return act.VisitorID(c.Value)
}

// VisitorOf returns the party under which drafts were kept on this device
// before signing in, or "".
func (s *Site) VisitorOf(r *http.Request) act.PartyID { return visitorID(r, s.Secure) }

// Welcome gives a visitor who has not signed in something to own drafts by, and
// returns the actor that they are from now on. Others stay who they are.
func (s *Site) Welcome(w http.ResponseWriter, r *http.Request) act.Actor {
	actor := s.Actor(r)
	if actor.For != "" {
		return actor
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	cookie := &http.Cookie{Name: visitorCookie(s.Secure), Value: base64.RawURLEncoding.EncodeToString(secret[:]),
		Path: "/", MaxAge: 60 * 24 * 3600, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
	http.SetCookie(w, cookie)
	r.AddCookie(cookie)
	actor.For = visitorID(r, s.Secure)
	return actor
}

// Blame puts an error at the field that it is about. What is about none of them, and can
// be put right by whoever looks at the page, is the problem of the whole page, unless
// problem is nil. Blame returns the status, or 0 if it has told nobody.
func Blame(p *ui.Page, problem *string, err error, fields map[*fault.Fault]*ui.Input) int {
	f, at := fault.Of(err), (*string)(nil)
	if f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Unavailable {
		at = problem
	}
	for about, field := range fields {
		if errors.Is(err, about) {
			at = &field.Error
		}
	}
	if at == nil {
		return 0
	}
	*at, p.HasErrors = p.Says(f.Key, f.Args...), true
	return Status(f)
}

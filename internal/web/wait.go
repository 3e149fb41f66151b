package web

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"bega/internal/gate"
	"bega/internal/text"
	"bega/internal/web/ui"
)

// A Wait has the pages for those who are not let in. They ask no database, and are
// kept as they are sent: there is no time for more.
type Wait struct {
	*Site
	mu   sync.RWMutex
	kept map[waitKey][2][]byte // as they are, and compressed
}

// NewWait returns the pages of a site.
func NewWait(s *Site) *Wait { return &Wait{Site: s, kept: map[waitKey][2][]byte{}} }

// waitKey is all that a page differs by. It has few values, whatever is asked for: a page
// that has to be made costs a hundred times as much.
type waitKey struct {
	lang          string
	ticket, typed bool
	minutes       int
}

// waitPage says for how long one has to wait.
type waitPage struct {
	ui.Page
	Ticket  bool // they have a place in the queue, or else there was no room right now
	Typed   bool // they sent a form
	Minutes int  // 0 for less than one, tooLong for more than two hours
}

// tooLong stands for a wait in which a ticket ends.
const tooLong = -1

// about returns for how many minutes somebody has to wait, as exactly as that can be
// known.
func about(wait time.Duration) int {
	step := time.Minute
	switch {
	case wait > 2*time.Hour:
		return tooLong
	case wait > time.Hour:
		step = 15 * time.Minute
	case wait > 10*time.Minute:
		step = 5 * time.Minute
	}
	return int(wait.Round(step) / time.Minute)
}

// Refuse answers somebody who is not let in: browsers with a page that asks for the same
// address again, and programs with problem details. What was typed has to be sent again
// by hand.
func (s *Wait) Refuse(w http.ResponseWriter, r *http.Request, f gate.Refusal) {
	seconds := strconv.Itoa(int(f.Retry.Seconds()))
	w.Header().Set("Retry-After", seconds)
	w.Header().Set("Cache-Control", "no-store")
	words := s.Translator(r, Visitor{Lang: r.URL.Query().Get("limba")})
	if !gate.Browser(r) {
		Problem(w, http.StatusServiceUnavailable, words.T("web.rush-again", int(f.Retry.Seconds())))
		return
	}
	page, err := s.page(r, words, waitKey{words.Lang(), f.Ticket, f.Typed, about(f.Wait)})
	if err != nil {
		s.Log.ErrorContext(r.Context(), "the queue page failed", "err", err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	if !f.Typed {
		w.Header().Set("Refresh", seconds) // of the same address
	}
	s.busy(w, r, page)
}

// page returns a page, which may have been made before.
func (s *Wait) page(r *http.Request, words *text.Translator, key waitKey) ([2][]byte, error) {
	s.mu.RLock()
	page, ok := s.kept[key]
	s.mu.RUnlock()
	if ok {
		return page, nil
	}
	p := ui.Page{Translator: words, Town: s.Town(key.lang), Zone: s.Zone, Now: s.Now().In(s.Zone)}
	if key.typed {
		p.Path = "/" // or else its links lead to where it was asked for
	}
	var body, small bytes.Buffer
	if err := (waitPage{p, key.ticket, key.typed, key.minutes}).view().Render(context.WithoutCancel(r.Context()), &body); err != nil {
		return page, err
	}
	zip := gzip.NewWriter(&small)
	_, _ = zip.Write(body.Bytes()) // to memory
	_ = zip.Close()
	page = [2][]byte{body.Bytes(), small.Bytes()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = page
	return page, nil
}

// busy answers with a page that is ready to be sent, as it is and compressed.
func (s *Wait) busy(w http.ResponseWriter, r *http.Request, page [2][]byte) {
	s.secureHeaders(w)
	h, body := w.Header(), page[0]
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy)
	h.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = page[1]
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(body) // who has gone needs none
}

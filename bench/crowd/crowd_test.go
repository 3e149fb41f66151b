package crowd

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestAStallIsSeenByAllWhoCameMeanwhile holds for an open model alone: one who waits
// for an answer before asking again sees a stall once.
func TestAStallIsSeenByAllWhoCameMeanwhile(t *testing.T) {
	began := time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gone := time.Since(began); gone > 500*time.Millisecond && gone < time.Second {
			time.Sleep(time.Second - gone)
		}
	}))
	defer server.Close()
	c := &Crowd{Addr: strings.TrimPrefix(server.URL, "http://"), Readers: []*Person{{Draft: "/"}}, Requests: 100}
	began = time.Now()
	_, all := c.Run(t.Context(), 1500*time.Millisecond, 1, c.Readers).ByClass()
	if n := all.Of(OK); n < 140 || n > 151 || all.P95 < 300*time.Millisecond {
		t.Errorf("%d of 150 had an answer, 95 %% of them within %s", n, all.P95)
	}
}

// TestWhoQueuesKeepsTheTicket holds, and asks for pages alone until they are let in.
func TestWhoQueuesKeepsTheTicket(t *testing.T) {
	var asked, tickets atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			t.Errorf("who queues sends %s", r.Method)
		}
		asked.Add(1)
		if _, err := r.Cookie("ticket"); err == nil {
			tickets.Add(1)
		}
		http.SetCookie(w, &http.Cookie{Name: "ticket", Value: "1"})
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	c := &Crowd{Addr: strings.TrimPrefix(server.URL, "http://"), Readers: []*Person{{Draft: "/draft"}}, Requests: 100}
	tally := c.Run(context.Background(), time.Second, 1, c.Readers)
	_, all := tally.ByClass()
	if all.Of(Shed) < 95 || tickets.Load() < asked.Load()-20 || tally.Normal(time.Second) != -1 {
		t.Errorf("%d were sent away; %d of %d showed a ticket", all.Of(Shed), tickets.Load(), asked.Load())
	}
}

package throttle

import (
	"fmt"
	"testing"
	"time"
)

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7:1234":          "192.0.2.0/24",
		"192.0.2.7":               "192.0.2.0/24",
		"[::ffff:192.0.2.7]:1234": "192.0.2.0/24",
		"[2001:db8:1:2::9]:443":   "2001:db8:1:2::/64",
		"fe80::1%eth0":            "fe80::/64",
		"":                        "unknown",
		"@":                       "unknown",
	} {
		if got := Network(address); got != want {
			t.Errorf("Network(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := &Limiter{Now: func() time.Time { return now }, Burst: 3, Every: 10 * time.Second}
	take := func(address string, want time.Duration) {
		t.Helper()
		if got := l.Take(address); got != want {
			t.Errorf("at %s, %s has to wait for %v, want %v", now.Format(time.TimeOnly), address, got, want)
		}
	}
	for range 3 {
		take("192.0.2.1:1", 0)
	}
	take("192.0.2.200:7", 10*time.Second) // of the same network
	take("198.51.100.1:1", 0)
	now = now.Add(4 * time.Second)
	take("192.0.2.1:1", 6*time.Second)
	now = now.Add(6 * time.Second)
	take("192.0.2.1:1", 0)
	take("192.0.2.1:1", 10*time.Second)
	now = now.Add(time.Hour) // more than a burst is not saved
	for range 3 {
		take("192.0.2.1:1", 0)
	}
	take("192.0.2.1:1", 10*time.Second)

	// What is counted without asking does not make anybody wait for ever.
	for range 1000 {
		l.Count("192.0.2.1:1")
	}
	if got := l.Wait("192.0.2.1:1"); got != 10*time.Second {
		t.Errorf("after a thousand tries, it is %v", got)
	}
}

func TestLimiterForgets(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := &Limiter{Now: func() time.Time { return now }, Burst: 1, Every: time.Minute}
	for i := range mostNetworks + 1000 {
		l.Count(fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff))
	}
	if n := len(l.rest); n > mostNetworks {
		t.Errorf("it remembers %d networks", n)
	}
	now = now.Add(time.Hour)
	for i := range mostNetworks {
		l.Count(fmt.Sprintf("2001:db8:ffff:%x::1", i))
		now = now.Add(time.Minute)
	}
	if n := len(l.rest); n > 1000 {
		t.Errorf("an hour later, it still remembers %d networks", n)
	}
	var none *Limiter
	none.Count("192.0.2.1")
	if none.Take("192.0.2.1") != 0 || none.Wait("192.0.2.1") != 0 {
		t.Error("no limiter limits")
	}
}

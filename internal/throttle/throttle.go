// Package throttle slows down whoever tries one thing after the other, by the network
// that they come from.
package throttle

import (
	"net/netip"
	"sync"
	"time"
)

// Network returns the network of an address, which its owner can hardly leave: /24
// of IPv4, /64 of IPv6. The argument may have a port.
func Network(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		address = ap.Addr().String()
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	a, bits := a.Unmap().WithZone(""), 64
	if a.Is4() {
		bits = 24
	}
	prefix, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// A Limiter counts tries by network, in this program alone: of several programs, each
// allows as many. It keeps nothing for longer than it needs. A nil one allows
// everything. Its fields are set before it is used.
type Limiter struct {
	Now   func() time.Time
	Burst int           // tries that one may have at once
	Every time.Duration // after which one may have one more

	mu   sync.Mutex
	rest map[string]time.Time // when a network that is here will have all of its tries again
}

// mostNetworks is how many are remembered.
const mostNetworks = 50_000

// Wait returns how long whoever comes from an address has to wait for the next try; 0
// for not at all. It counts nothing.
func (l *Limiter) Wait(address string) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wait(Network(address), l.Now())
}

// Count counts a try.
func (l *Limiter) Count(address string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(Network(address), l.Now())
}

// Take counts a try if there is one left, and otherwise returns how long to wait.
func (l *Limiter) Take(address string) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	network, now := Network(address), l.Now()
	wait := l.wait(network, now)
	if wait == 0 {
		l.count(network, now)
	}
	return wait
}

func (l *Limiter) wait(network string, now time.Time) time.Duration {
	rest := l.rest[network]
	if rest.Before(now) {
		return 0
	}
	return max(0, rest.Sub(now)-time.Duration(l.Burst-1)*l.Every)
}

func (l *Limiter) count(network string, now time.Time) {
	if l.rest == nil {
		l.rest = map[string]time.Time{}
	}
	rest, known := l.rest[network]
	if !known {
		l.forget(now)
	}
	if rest.Before(now) {
		rest = now
	}
	// Who goes on trying does not wait longer for that.
	if most := now.Add(time.Duration(l.Burst) * l.Every); rest.Before(most) {
		rest = rest.Add(l.Every)
	}
	l.rest[network] = rest
}

// forget makes room for a network: it looks at a few, and forgets those that have all
// of their tries again; if there are too many, any of them.
func (l *Limiter) forget(now time.Time) {
	seen := 0
	for network, rest := range l.rest {
		if rest.Before(now) || len(l.rest) >= mostNetworks {
			delete(l.rest, network)
		}
		if seen++; seen == 2 {
			return
		}
	}
}

package gate

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A porch is a server behind a door for three, in which whoever asks for /stay stays
// until they are let go.
type porch struct {
	*Door
	let chan bool
}

func newPorch(t *testing.T) *porch {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &porch{NewDoor(listener, 3, "Vino din nou.\n"), make(chan bool)}
	server := &http.Server{ConnState: p.State, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stay" {
			<-p.let
		}
	})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(p.Door) })
	t.Cleanup(func() { close(p.let); server.Close(); serving.Wait() })
	return p
}

// A caller is a connection.
type caller struct {
	net.Conn
	in *bufio.Reader
}

func (p *porch) call(t *testing.T) *caller {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &caller{conn, bufio.NewReader(conn)}
}

func (c *caller) asks(path string) {
	_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: town\r\n\r\n")
}

// hears returns the status, Retry-After and the body of the answer; 0 for none.
func (c *caller) hears() (status int, retry, body string) {
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	r, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, "", ""
	}
	text, _ := io.ReadAll(r.Body)
	return r.StatusCode, r.Header.Get("Retry-After"), string(text)
}

func (p *porch) counts() (here, quiet int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.here), p.quiet.Len()
}

// TestWhoIsQuietMakesRoom holds for who has asked before, and for who has not.
func TestWhoIsQuietMakesRoom(t *testing.T) {
	p := newPorch(t)
	first, silent, third := p.call(t), p.call(t), p.call(t)
	for _, c := range []*caller{third, first} { // silent asks for nothing, and third has been quiet for longer than first
		c.asks("/")
		if status, _, _ := c.hears(); status != 200 {
			t.Fatalf("there is room, and the answer is %d", status)
		}
	}
	eventually(t, "three are here", func() bool { here, quiet := p.counts(); return here == 3 && quiet == 3 })
	for _, gone := range []*caller{silent, third} {
		c := p.call(t)
		c.asks("/stay")
		if status, _, _ := gone.hears(); status != 0 {
			t.Errorf("who was quiet hears %d", status)
		}
	}
	first.asks("/")
	if status, _, _ := first.hears(); status != 200 {
		t.Errorf("who was quiet for a shorter time hears %d", status)
	}
}

// TestWhoFindsEverybodyServedIsToldToComeAgain holds for who had sent a whole form as well.
func TestWhoFindsEverybodyServedIsToldToComeAgain(t *testing.T) {
	p := newPorch(t)
	inside := []*caller{p.call(t), p.call(t), p.call(t)}
	for _, c := range inside {
		c.asks("/stay")
	}
	eventually(t, "three are served", func() bool { here, quiet := p.counts(); return here == 3 && quiet == 0 })
	c := p.call(t)
	c.asks("/" + strings.Repeat("x", 50_000))
	if status, retry, body := c.hears(); status != 503 || retry != "5" || body != "Vino din nou.\n" {
		t.Errorf("they hear %d, Retry-After %q, %q", status, retry, body)
	}
	p.let <- true
	eventually(t, "one is served", func() bool { _, quiet := p.counts(); return quiet == 1 })
	c = p.call(t)
	c.asks("/")
	if status, _, _ := c.hears(); status != 200 {
		t.Errorf("once there is room the answer is %d", status)
	}
}

// TestACrowdAtTheDoorLeavesNothingBehind has 200 ask again and again, of whom many
// break off.
func TestACrowdAtTheDoorLeavesNothingBehind(t *testing.T) {
	p := newPorch(t)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			c := p.call(t)
			for range 1 + i%3 {
				c.asks("/")
				if i%5 == 0 {
					break
				}
				if status, _, _ := c.hears(); status != 200 && status != 503 && status != 0 {
					t.Errorf("the answer is %d", status)
				}
			}
			c.Close()
		})
	}
	all.Wait()
	eventually(t, "nobody is here", func() bool { here, quiet := p.counts(); return here == 0 && quiet == 0 && p.away.Load() == 0 })
}

package gate

import (
	"container/list"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Door limits how many connections are open at a time, so that of the files that
// the program may open some are left for what it does. It is a listener, and
// [Door.State] belongs in the server that accepts from it.
//
// Who comes when all are taken gets the place of whoever has asked for nothing for the
// longest time. If everybody is being served, they are told to come again.
type Door struct {
	net.Listener
	most   int
	answer []byte
	away   atomic.Int32 // who are being sent away

	mu    sync.Mutex
	here  map[net.Conn]*list.Element // nil for who is being served
	quiet *list.List                 // connections on which nothing is asked, the longest first
}

// mostAway is how many are told to come again at a time. More are not told anything.
const mostAway = 256

// NewDoor returns a door with a listener behind it. Who is sent away reads a text.
func NewDoor(l net.Listener, most int, text string) *Door {
	answer := fmt.Sprintf("HTTP/1.1 503 Service Unavailable\r\nRetry-After: %.0f\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s",
		shortest.Seconds(), len(text), text)
	return &Door{Listener: l, most: most, answer: []byte(answer), here: map[net.Conn]*list.Element{}, quiet: list.New()}
}

// Accept implements [net.Listener].
func (d *Door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil || d.room() {
			return conn, err
		}
		if d.away.Add(1) > mostAway {
			d.away.Add(-1)
			conn.Close()
			continue
		}
		go d.sendAway(conn)
	}
}

// State is told what becomes of connections: it is for [http.Server.ConnState].
func (d *Door) State(conn net.Conn, state http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	place, ok := d.here[conn]
	if !ok && state != http.StateNew {
		return // its place was taken
	}
	if place != nil {
		d.quiet.Remove(place)
	}
	switch state {
	case http.StateNew, http.StateIdle:
		d.here[conn] = d.quiet.PushBack(conn)
	case http.StateActive:
		d.here[conn] = nil
	case http.StateClosed, http.StateHijacked:
		delete(d.here, conn)
	}
}

// room reports whether there is room for one more, and makes some if there can be.
func (d *Door) room() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.here) < d.most {
		return true
	}
	first := d.quiet.Front()
	if first == nil {
		return false
	}
	conn := d.quiet.Remove(first).(net.Conn)
	delete(d.here, conn)
	_ = conn.Close() // who asks just now asks again, as after every time-out
	return true
}

// sendAway answers before anything is read. Then it reads what was asked: a connection
// that is closed with something unread takes the answer with it.
func (d *Door) sendAway(conn net.Conn) {
	defer d.away.Add(-1)
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // fails for a closed one, as Write does
	if _, err := conn.Write(d.answer); err != nil {
		return
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(conn, 64<<10)) // nobody reads it
	}
}

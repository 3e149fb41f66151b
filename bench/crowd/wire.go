package crowd

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// wires are connections that stay open. A request takes one that is free, or a new
// one: nobody waits for a connection.
type wires struct {
	mu   sync.Mutex
	free []*wire
}

type wire struct {
	net.Conn
	in *bufio.Reader
}

// patience is how long a browser waits for an answer.
const patience = 30 * time.Second

// exchange sends a request, and returns the answer to it.
func (w *wires) exchange(addr string, request []byte) (status int, header http.Header, body []byte, err error) {
	for {
		conn, used, err := w.take(addr)
		if err != nil {
			return 0, nil, nil, err
		}
		_ = conn.SetDeadline(time.Now().Add(patience)) // a closed one fails below
		response, body, err := conn.exchange(request)
		if err != nil {
			conn.Close()
			if used && response == nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				continue // the server had closed it meanwhile: browsers send again, forms as well
			}
			return 0, nil, nil, err
		}
		if response.Close {
			conn.Close()
		} else {
			w.mu.Lock()
			w.free = append(w.free, conn)
			w.mu.Unlock()
		}
		return response.StatusCode, response.Header, body, nil
	}
}

func (w *wires) take(addr string) (conn *wire, used bool, err error) {
	w.mu.Lock()
	if n := len(w.free); n > 0 {
		conn, w.free = w.free[n-1], w.free[:n-1]
		w.mu.Unlock()
		return conn, true, nil
	}
	w.mu.Unlock()
	raw, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, false, err
	}
	return &wire{raw, bufio.NewReaderSize(raw, 8192)}, false, nil
}

func (w *wire) exchange(request []byte) (*http.Response, []byte, error) {
	if _, err := w.Write(request); err != nil {
		return nil, nil, err
	}
	response, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

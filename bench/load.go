package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"bega/bench/kill"
)

// serve answers with a handler on the loopback, as the portal does, until the
// returned function is called.
func serve(h http.Handler) (addr string, stop func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute}
	go func() { _ = server.Serve(listener) }() // returns when it is closed
	return listener.Addr().String(), server.Close, nil
}

// ask sends a request over a connection, as it stands on the wire, and returns
// the answer with its body as it was sent.
func ask(conn net.Conn, in *bufio.Reader, request []byte) (*http.Response, []byte, error) {
	if _, err := conn.Write(request); err != nil {
		return nil, nil, err
	}
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return response, body, err
}

// A volley is what came of doing something again and again for some time.
type volley struct {
	rate float64 // how often in a second
	took []time.Duration
}

// fire sends requests over connections that stay open, one after the other on
// each, for some time. At any moment, each connection is at another request.
func fire(ctx context.Context, addr string, connections int, requests [][]byte, length time.Duration) (volley, error) {
	conns, ins := make([]net.Conn, connections), make([]*bufio.Reader, connections)
	next := make([]int, connections)
	for i := range conns {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return volley{}, err
		}
		defer conn.Close()
		conns[i], ins[i], next[i] = conn, bufio.NewReader(conn), i*len(requests)/connections
	}
	return during(ctx, connections, length, func(_ context.Context, i int) error {
		next[i]++
		_, _, err := ask(conns[i], ins[i], requests[next[i]%len(requests)])
		return err
	})
}

// during has writers do something again and again for some time.
func during(ctx context.Context, writers int, length time.Duration, do func(ctx context.Context, i int) error) (volley, error) {
	all, began := make([][]time.Duration, writers), time.Now()
	err := kill.Together(ctx, writers, writers, func(ctx context.Context, i int) error {
		for time.Since(began) < length && ctx.Err() == nil {
			sent := time.Now()
			if err := do(ctx, i); err != nil {
				return err
			}
			all[i] = append(all[i], time.Since(sent))
		}
		return nil
	})
	took := slices.Concat(all...)
	return volley{float64(len(took)) / time.Since(began).Seconds(), took}, err
}

// quantile returns the time within which a part of all is done, in milliseconds.
func quantile(took []time.Duration, part float64) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[int(part*float64(len(took)-1))].Seconds() * 1000
}

// median returns the middle of some numbers.
func median(numbers []float64) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// get is a request for a page by somebody who is signed in, as it stands on the
// wire: "" for nobody.
func get(path, token string) []byte {
	cookie := ""
	if token != "" {
		cookie = "Cookie: " + sessionCookie + "=" + token + "\r\n"
	}
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: ro\r\nAccept-Encoding: gzip\r\n%s\r\n", path, cookie)
}

// sessionCookie is what package access calls the cookie of a session, without
// TLS.
const sessionCookie = "bega"

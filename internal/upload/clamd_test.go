package upload_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bega/internal/upload"
)

// daemon speaks clamd's protocol, and answers what the function says about a
// file. It returns the address.
func daemon(t *testing.T, network, address string, about func(file []byte) (answer string)) string {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(hear(conn, about)))
			_ = conn.Close()
		}
	}()
	return network + ":" + listener.Addr().String()
}

func hear(r io.Reader, about func([]byte) string) string {
	command := make([]byte, 6)
	if _, err := io.ReadFull(r, command); err != nil || string(command) == "zPING\x00" {
		return "PONG\x00"
	}
	if _, err := io.ReadFull(r, make([]byte, 4)); err != nil || string(command) != "zINSTR" {
		return "UNKNOWN COMMAND\x00"
	}
	var file bytes.Buffer
	for {
		var size uint32
		if err := binary.Read(r, binary.BigEndian, &size); err != nil || size > 1<<20 {
			return "ERROR\x00"
		}
		if size == 0 {
			return about(file.Bytes())
		}
		if _, err := io.CopyN(&file, r, int64(size)); err != nil {
			return "ERROR\x00"
		}
	}
}

// The test file of all scanners, in two halves so that no scanner finds it here.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}` + `$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

func scan(file []byte) string {
	if bytes.Contains(file, []byte(eicar)) {
		return "stream: Eicar-Test-Signature FOUND\x00"
	}
	return "stream: OK\x00"
}

func TestScan(t *testing.T) {
	for _, address := range []string{
		daemon(t, "tcp", "127.0.0.1:0", scan),
		daemon(t, "unix", filepath.Join(t.TempDir(), "clamd.ctl"), scan),
	} {
		s := upload.Scanner{Address: address}
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 3 << 20} {
			if err := s.Scan(t.Context(), make([]byte, size)); err != nil {
				t.Errorf("%d honest bytes: %v", size, err)
			}
			if err := s.Scan(t.Context(), append(make([]byte, size), eicar...)); !errors.Is(err, upload.ErrVirus) {
				t.Errorf("a virus behind %d bytes: %v", size, err)
			}
		}
		if err := s.Scan(t.Context(), nil); err != nil {
			t.Errorf("nothing: %v", err)
		}
	}
}

// TestWithoutAClearAnswer: what could not be scanned is not taken.
func TestWithoutAClearAnswer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "tcp:" + closed.Addr().String()
	_ = closed.Close()
	answers := func(answer string) string {
		return daemon(t, "tcp", "127.0.0.1:0", func([]byte) string { return answer })
	}
	for what, address := range map[string]string{
		"nobody is there":       gone,
		"no such socket":        "unix:" + filepath.Join(t.TempDir(), "clamd.ctl"),
		"not an address":        "127.0.0.1:3310",
		"too large for clamd":   answers("INSTREAM size limit exceeded. ERROR\x00"),
		"an error":              answers("stream: Can't allocate memory ERROR\x00"),
		"nothing":               answers(""),
		"half an answer":        answers("stream: OK"),
		"OK, and something":     answers("stream: OK maybe\x00"),
		"another protocol":      answers("HTTP/1.1 200 OK\r\n\r\n"),
		"an answer without end": answers(strings.Repeat("stream: OK", 1<<20)),
	} {
		s := upload.Scanner{Address: address, Timeout: 5 * time.Second}
		if err := s.Scan(t.Context(), []byte("Cerere")); !errors.Is(err, upload.ErrUnscanned) {
			t.Errorf("%s: %v, want %v", what, err, upload.ErrUnscanned)
		}
	}
	if err := (upload.Scanner{Address: gone}).Check(t.Context()); err == nil {
		t.Error("nobody is there, and Check finds nothing wrong")
	}
	if err := (upload.Scanner{}).Scan(t.Context(), []byte(eicar)); err != nil {
		t.Errorf("without a scanner: %v", err)
	}
}

func TestAScannerThatHangs(t *testing.T) {
	hangs := daemon(t, "tcp", "127.0.0.1:0", func([]byte) string { select {} })
	start := time.Now()
	s := upload.Scanner{Address: hangs, Timeout: 50 * time.Millisecond}
	if err := s.Scan(t.Context(), []byte("Cerere")); !errors.Is(err, upload.ErrUnscanned) {
		t.Errorf("got %v, want %v", err, upload.ErrUnscanned)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	s.Timeout = 0
	if err := s.Scan(ctx, []byte("Cerere")); !errors.Is(err, upload.ErrUnscanned) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if waited := time.Since(start); waited > 10*time.Second {
		t.Errorf("the resident waited %s", waited)
	}
}

package upload

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"bega/internal/fault"
)

// The faults of a scanner.
var (
	ErrVirus     = fault.New(fault.Invalid, "upload.virus")
	ErrUnscanned = fault.New(fault.Unavailable, "upload.unscanned")
)

// A Scanner asks clamd, the daemon of ClamAV, whether a file is malicious. The
// zero value asks nobody. A Scanner that has an address and gets no clear
// answer refuses the file: an outage lets nothing through.
type Scanner struct {
	Address string        // "unix:/run/clamav/clamd.ctl" or "tcp:127.0.0.1:3310"; "" scans nothing
	Timeout time.Duration // for one file; 0 means 30 s
}

// Scan returns nil if nothing was found, and otherwise [ErrVirus] or
// [ErrUnscanned], which then wraps what went wrong.
func (s Scanner) Scan(ctx context.Context, data []byte) error {
	if s.Address == "" {
		return nil
	}
	answer, err := s.ask(ctx, instream, data)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnscanned, err)
	case answer == "stream: OK":
		return nil
	case strings.HasPrefix(answer, "stream: ") && strings.HasSuffix(answer, " FOUND"):
		return ErrVirus
	}
	return fmt.Errorf("%w: clamd says %.200q", ErrUnscanned, answer)
}

// Check returns an error if there is an address and clamd does not answer there.
func (s Scanner) Check(ctx context.Context) error {
	if s.Address == "" {
		return nil
	}
	answer, err := s.ask(ctx, "zPING\x00", nil)
	if err == nil && answer != "PONG" {
		err = fmt.Errorf("upload: clamd says %.200q", answer)
	}
	return err
}

const instream = "zINSTREAM\x00"

// ask sends a command, and after this one a file, in pieces with their length
// before each and a length of 0 at the end, and returns the answer.
func (s Scanner) ask(ctx context.Context, command string, data []byte) (answer string, err error) {
	network, address, ok := strings.Cut(s.Address, ":")
	if !ok || network != "unix" && network != "tcp" {
		return "", fmt.Errorf("upload: %q is not the address of a scanner", s.Address)
	}
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_, sent := io.WriteString(conn, command)
	if command == instream {
		sent = errors.Join(sent, inPieces(conn, data))
	}
	// A daemon for which the file is too large says so and closes: the answer
	// tells more than the failed write.
	reply, err := io.ReadAll(io.LimitReader(conn, 4096))
	end := bytes.IndexByte(reply, 0)
	if end < 0 {
		return "", errors.Join(errors.New("upload: clamd gave no answer"), sent, err, ctx.Err())
	}
	return string(reply[:end]), sent
}

func inPieces(w io.Writer, data []byte) error {
	const piece = 64 << 10
	for len(data) > 0 {
		n := min(piece, len(data))
		head := binary.BigEndian.AppendUint32(nil, uint32(n))
		if _, err := w.Write(append(head, data[:n]...)); err != nil {
			return err
		}
		data = data[n:]
	}
	_, err := w.Write(make([]byte, 4))
	return err
}

// Package audit makes a later change of the register of acts show.
//
// An act is written without a hash, so that writers meet nowhere. Afterwards a
// sequencer gives each act that was committed its place in a chain: a link holds
// the SHA-256 of the link before and of the act. Who changes, removes, inserts or
// exchanges an act breaks the chain at that place, and [Register.Verify] finds it.
//
// Who may write to the database could make the whole chain anew. That shows if
// its head, [Register.Head], was written down elsewhere before: published daily,
// or printed by the auditor.
package audit

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"bega/internal/db"
)

// Files holds the migrations of the chain. Its texts are for whoever runs the
// program, in English alone.
//
//go:embed migrations
var Files embed.FS

// A Register links acts in a chain, and checks it.
type Register struct {
	DB  *db.DB
	Now func() time.Time // the clock by which acts are dated
}

// A Hash is a SHA-256.
type Hash [sha256.Size]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *Hash) UnmarshalText(text []byte) error {
	sum, err := hex.DecodeString(string(text))
	if err != nil || len(sum) != len(h) {
		return errors.New("audit: a hash has 64 hexadecimal digits")
	}
	*h = Hash(sum)
	return nil
}

// A Head is the end of the chain. The zero Head is that of the empty chain.
type Head struct {
	Index int       `json:"index"` // how many acts are linked
	Hash  Hash      `json:"hash"`  // of the last link
	At    time.Time `json:"at"`    // when the last linked act was done
}

// batch is how many acts are linked in one transaction, and page how many links
// are read at once.
const (
	batch = 256
	page  = 2000
)

// horizon is how much older than the newest an act may be that is linked late: it
// took its ID, and its transaction committed a little afterwards. That takes ten
// seconds at most; the remainder is for clocks of several machines. What is older
// and not linked was not written by this program.
const horizon = 10 * time.Minute

// Link links the acts that are not linked yet, and returns how many. Any number
// of programs may link at the same time.
func (r *Register) Link(ctx context.Context) (n int, err error) {
	for {
		// The order matters: if the head is still the same when the links are
		// written, none of these acts was linked by another program.
		head, err := r.head(ctx, r.DB)
		if err != nil {
			return n, err
		}
		acts, err := r.unlinked(ctx, since(head.act), batch)
		if err != nil || len(acts) == 0 {
			return n, err
		}
		err = r.extend(ctx, head, acts)
		if errors.Is(err, errMoved) {
			continue
		} else if err != nil {
			return n, fmt.Errorf("audit: %w", err)
		}
		n += len(acts)
	}
}

// errMoved says that another program was faster.
var errMoved = errors.New("the head has moved")

// extend adds links behind a head, unless it has moved.
func (r *Register) extend(ctx context.Context, from link, acts []entry) error {
	err := r.DB.Write(ctx, "audit", func(ctx context.Context, tx *db.Tx) error {
		now, err := r.head(ctx, tx)
		if err != nil {
			return err
		}
		if now.idx != from.idx {
			return errMoved
		}
		last := from
		for _, a := range acts {
			last = link{idx: last.idx + 1, act: a.id, hash: a.after(last.hash)}
			if err := add(ctx, tx, last); err != nil {
				return err
			}
		}
		return nil
	})
	if db.IsDuplicate(err) {
		return errMoved
	}
	return err
}

// Run links acts, about a second after they were done, until ctx ends. What goes
// wrong is passed to report, and tried again.
func (r *Register) Run(ctx context.Context, report func(error)) {
	for ctx.Err() == nil {
		if _, err := r.Link(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// Head returns the end of the chain.
func (r *Register) Head(ctx context.Context) (Head, error) {
	last, err := r.head(ctx, r.DB)
	if err != nil || last.idx == 0 {
		return Head{}, err
	}
	at, err := r.at(ctx, last.act)
	if err != nil && !errors.Is(err, db.ErrNone) { // removed: Verify tells
		return Head{}, err
	}
	return Head{last.idx, last.hash, at}, nil
}

// Lag returns how long ago the first act was done that is still to be linked, or
// zero. More than a minute means that nobody links.
func (r *Register) Lag(ctx context.Context) (time.Duration, error) {
	head, err := r.head(ctx, r.DB)
	if err != nil {
		return 0, err
	}
	first, err := r.unlinked(ctx, since(head.act), 1)
	if err != nil || len(first) == 0 {
		return 0, err
	}
	return max(0, r.Now().Sub(time.UnixMicro(first[0].at))), nil
}

// since returns the least ID of an act that is linked after the one with the ID
// last. Downtime of the sequencer is no excuse to forget acts, nor is an ID from
// the future: so it counts from the older of last and now.
func since(last string) string {
	floor := earlier(db.NewID())
	if before := earlier(last); before != "" || last == "" {
		return min(floor, before)
	}
	return floor
}

// earlier returns the beginning of the IDs that were made a [horizon] before id,
// which is a UUID of version 7: its first 48 bits are milliseconds (RFC 9562,
// 5.7). It returns "" if id is none.
func earlier(id string) string {
	if len(id) < 14 {
		return ""
	}
	millis, err := strconv.ParseInt(id[:8]+id[9:13], 16, 64)
	if err != nil {
		return ""
	}
	hex := fmt.Sprintf("%012x", max(0, millis-horizon.Milliseconds()))
	return hex[:8] + "-" + hex[8:]
}

// An entry is an act as the register has it.
type entry struct {
	id   string
	at   int64 // microseconds
	rest [10]string
}

// after returns the hash of the link that puts an entry behind another link. What
// is hashed begins with a version; each text has its length before it, so that no
// two entries give the same bytes.
func (e entry) after(before Hash) Hash {
	data := append([]byte("bega act 1\n"), before[:]...)
	text := func(s string) {
		data = binary.BigEndian.AppendUint32(data, uint32(len(s)))
		data = append(data, s...)
	}
	text(e.id)
	data = binary.BigEndian.AppendUint64(data, uint64(e.at))
	for _, s := range e.rest {
		text(s)
	}
	return sha256.Sum256(data)
}

package db

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// NewID returns a new UUID of version 7 (RFC 9562), as text. It sorts after
// those made before it, so that new rows come last in an index.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// A Time is an instant, stored in an :int column as microseconds since 1970 in
// UTC. It is cut to the microsecond, and read back in UTC. The zero time, which
// means "not yet" or "never", is stored as 0.
type Time time.Time

// Value implements [driver.Valuer].
func (t Time) Value() (driver.Value, error) {
	if time.Time(t).IsZero() {
		return int64(0), nil
	}
	return time.Time(t).UnixMicro(), nil
}

// Scan implements [sql.Scanner].
func (t *Time) Scan(src any) error {
	micros, ok := src.(int64)
	if !ok {
		return fmt.Errorf("db: a time is stored as a whole number, not as %T", src)
	}
	*t = Time{}
	if micros != 0 {
		*t = Time(time.UnixMicro(micros).UTC())
	}
	return nil
}

// legible returns arguments in which every text is one: what is not UTF-8, and
// the character NUL, is replaced by the mark � that stands for such. PostgreSQL
// keeps nothing else, and whatever a visitor sends can be an argument: it is then
// looked for like any text, and not found.
func legible(args []any) []any {
	for i, arg := range args {
		text, ok := arg.(string)
		if !ok || utf8.ValidString(text) && !strings.ContainsRune(text, 0) {
			continue
		}
		args = slices.Clone(args) // they are the caller's
		args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	}
	return args
}

package db

import (
	"database/sql/driver"
	"fmt"
	"time"

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

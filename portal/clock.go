package portal

import (
	"sync/atomic"
	"time"
)

// A clock is what all rooms ask for the time. The demonstration sets it back
// while it makes the past of its town.
type clock struct {
	of   func() time.Time
	back atomic.Int64 // time.Duration
}

func (c *clock) now() time.Time { return c.of().Add(-time.Duration(c.back.Load())) }

// setBack makes it a time that has passed; zero makes it the present again.
func (c *clock) setBack(by time.Duration) { c.back.Store(int64(by)) }

package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// faults logs what goes wrong in a job.
type faults struct{ log *slog.Logger }

// HandleError implements [river.ErrorHandler].
func (f faults) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	log := f.log
	if job.Attempt < job.MaxAttempts {
		log.Warn("a job will be tried again", "kind", job.Kind, "job", job.ID, "err", err)
	} else {
		log.Error("a job was given up", "kind", job.Kind, "job", job.ID, "err", err)
	}
	return nil
}

// HandlePanic implements [river.ErrorHandler].
func (f faults) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	return f.HandleError(ctx, job, fmt.Errorf("panic: %v\n%s", value, trace))
}

// serious lets pass only what somebody should look at: River tells a lot.
type serious struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (s serious) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && s.Handler.Enabled(ctx, level)
}

// WithAttrs implements [slog.Handler].
func (s serious) WithAttrs(attrs []slog.Attr) slog.Handler {
	return serious{s.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (s serious) WithGroup(name string) slog.Handler { return serious{s.Handler.WithGroup(name)} }

// clock is a clock that River can read.
type clock func() time.Time

// Now implements [rivertype.TimeGenerator].
func (c clock) Now() time.Time { return c() }

// NowOrNil implements [rivertype.TimeGenerator].
func (c clock) NowOrNil() *time.Time { now := c(); return &now }

package db

import (
	"context"
	"sync"
	"sync/atomic"
)

// A Read is a query that was run.
type Read struct {
	query constant
	args  []any
}

// reads records queries while somebody asks for that.
type reads struct {
	mu sync.Mutex
	to atomic.Pointer[[]Read]
}

func (r *reads) note(query constant, args []any) {
	if r.to.Load() == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if to := r.to.Load(); to != nil {
		*to = append(*to, Read{query, args})
	}
}

// Record returns the queries that are run while fn is, in order, those of
// transactions not included. It is for measuring, where nothing else runs.
func (d *DB) Record(fn func()) (all []Read) {
	set := func(to *[]Read) {
		d.reads.mu.Lock()
		defer d.reads.mu.Unlock()
		d.reads.to.Store(to)
	}
	set(&all)
	defer set(nil)
	fn()
	return all
}

// Replay runs queries again, and reads every row of their results.
func (d *DB) Replay(ctx context.Context, all []Read) error {
	for _, read := range all {
		rows, err := d.reader.QueryContext(ctx, string(read.query), read.args...)
		if err != nil {
			return err
		}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(values...); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		rows.Close()
	}
	return nil
}

package db

import (
	"context"
	"database/sql"
)

// parsed keeps the statements of SQLite's only writer, each of which would else
// be parsed every time: that takes longer than to carry it out. PostgreSQL's
// driver does so by itself, and there nothing is kept.
//
// SQL is constant, so that there is an end to it; and whoever writes is alone,
// so that it needs no lock.
type parsed struct {
	known map[constant]*sql.Stmt // nil on PostgreSQL; a nil statement is not parsed
	fresh []constant
}

// find returns a statement that was parsed, or nil. One that it does not know is
// parsed before the next transaction: in this one, the connection is taken.
func (p *parsed) find(text constant) *sql.Stmt {
	statement, ok := p.known[text]
	if !ok && p.known != nil {
		p.known[text] = nil
		p.fresh = append(p.fresh, text)
	}
	return statement
}

// parse parses what was new in the last transaction. What cannot be parsed stays
// as it is, and fails where it is run.
func (p *parsed) parse(ctx context.Context, writer *sql.DB) {
	if p.known == nil {
		return // and many write at a time
	}
	for _, text := range p.fresh {
		if statement, err := writer.PrepareContext(ctx, string(text)); err == nil {
			p.known[text] = statement
		}
	}
	p.fresh = nil
}

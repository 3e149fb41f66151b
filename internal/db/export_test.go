package db

import "time"

// SetPatience makes a database give up sooner.
func (d *DB) SetPatience(patience time.Duration) { d.patience = patience }

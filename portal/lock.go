package portal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrInUse is returned if another program serves the same folder.
var ErrInUse = errors.New("another bega works in this folder already")

// lock makes sure that one program alone works on an SQLite database, which has
// one writer, until release is called. On PostgreSQL there may be many.
func (t *Town) lock() (release func(), err error) {
	if t.db.Postgres() {
		return func() {}, nil
	}
	file, err := os.OpenFile(filepath.Join(t.cfg.Data, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrInUse, t.cfg.Data), file.Close())
	}
	return func() { file.Close() }, nil // the lock ends with the file
}

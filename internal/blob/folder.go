package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// OpenFolder returns a store in a folder, which is made if it is not there. The
// folder has to be on a local disk, and is readable for its owner alone.
func OpenFolder(dir string, keys *Keys) (*Store, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	f := &folder{dir: dir}
	if err := f.check(context.Background()); err != nil {
		return nil, err
	}
	return &Store{f, keys, time.Now}, nil
}

// A folder has a file for each name, in 256 folders by the first two digits.
// Files are written beside them, in the folder "new", and moved when they are
// whole.
type folder struct {
	dir string
}

const inProgress = "new"

// forgotten is after how long a file in progress is one that a crash left.
const forgotten = 24 * time.Hour

func (f *folder) path(name string) string { return filepath.Join(f.dir, name[:2], name) }

func (f *folder) put(ctx context.Context, name string, sealed []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir := filepath.Join(f.dir, name[:2])
	if err := makeDir(dir); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Join(f.dir, inProgress), name+"-*")
	if err != nil {
		return err
	}
	if err := errors.Join(writeAll(file, sealed), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), f.path(name)); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncDir(dir)
}

func (f *folder) get(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := os.Open(f.path(name))
	if err != nil {
		return nil, missing(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return readAll(file, info.Size())
}

func (f *folder) changed(ctx context.Context, name string) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	info, err := os.Stat(f.path(name))
	if err != nil {
		return time.Time{}, missing(err)
	}
	return info.ModTime(), nil
}

func (f *folder) remove(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Remove(f.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// each also removes what a crash left in progress.
func (f *folder) each(ctx context.Context, visit func(string, time.Time) error) error {
	return filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != f.dir {
			return nil // removed meanwhile
		}
		if err := errors.Join(err, ctx.Err()); err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		name := entry.Name()
		switch filepath.Dir(path) {
		case filepath.Join(f.dir, inProgress):
			if time.Since(info.ModTime()) > forgotten {
				return os.Remove(path)
			}
		case filepath.Dir(f.path(name + "  ")):
			return visit(name, info.ModTime())
		}
		return nil
	})
}

func (f *folder) check(context.Context) error {
	dir := filepath.Join(f.dir, inProgress)
	if err := makeDir(dir); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "check-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// missing translates the error of a file that is not there.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrMissing
	}
	return err
}

// makeDir makes a folder whose name survives a loss of power.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// syncDir returns when the names in a folder are on the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// writeAll returns when the bytes are on the disk.
func writeAll(file *os.File, data []byte) error {
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}

// writeNew makes a file, readable for its owner alone, that is not there yet.
func writeNew(file string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	err = errors.Join(writeAll(temp, data), temp.Close())
	if err == nil {
		err = os.Link(temp.Name(), file) // fails if the file is there
	}
	if err := errors.Join(err, os.Remove(temp.Name())); err != nil {
		return err
	}
	return syncDir(filepath.Dir(file))
}

// readAll reads a sealed file of size bytes, and refuses one that is larger than
// any that was stored. What comes short is an error of the disk or the network:
// it does not say that the file is damaged.
func readAll(r io.Reader, size int64) ([]byte, error) {
	if size < 0 || size > maxSealed {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrDamaged, size)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	return data, nil
}

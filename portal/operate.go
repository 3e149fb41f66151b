package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bega/city"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/audit"
	"bega/internal/blob"
	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/pdf"
	"bega/internal/vault"
	"bega/procedures"
)

// ErrTampered is returned if the register of acts is not what it was.
var ErrTampered = errors.New("the register of acts is not what it was")

// VerifyActs checks every act against the chain, and the chain against a head
// that was written to a file earlier; "" for none. It says on w how far it is, and fails
// with [ErrTampered].
func (t *Town) VerifyActs(ctx context.Context, file string, w io.Writer) (audit.Head, error) {
	if _, err := t.audit.Link(ctx); err != nil {
		return audit.Head{}, err
	}
	var remembered *audit.Head
	if file != "" {
		data, err := os.ReadFile(file)
		if err == nil {
			remembered = &audit.Head{}
			err = json.Unmarshal(data, remembered)
		}
		if err != nil {
			return audit.Head{}, fmt.Errorf("the remembered head: %w", err)
		}
	}
	err := t.audit.Verify(ctx, remembered, progress(w, "acts"))
	if _, ok := errors.AsType[*audit.Fault](err); ok {
		err = fmt.Errorf("%w:\n%w", ErrTampered, err)
	}
	if err != nil {
		return audit.Head{}, err
	}
	return t.audit.Head(ctx)
}

// ActsHead returns the head of the chain of acts.
func (t *Town) ActsHead(ctx context.Context) (audit.Head, error) {
	if _, err := t.audit.Link(ctx); err != nil {
		return audit.Head{}, err
	}
	return t.audit.Head(ctx)
}

// progress returns a function that shows how far something is, in one line.
func progress(w io.Writer, what string) func(done, total int) {
	began, last := time.Now(), time.Time{}
	return func(done, total int) {
		if time.Since(last) < time.Second/5 && done < total {
			return
		}
		last = time.Now()
		left := time.Duration(0)
		if done > 0 {
			left = time.Since(began) * time.Duration(total-done) / time.Duration(done)
		}
		fmt.Fprintf(w, "\r%d of %d %s, %s left ", done, total, what, left.Round(time.Second))
		if done >= total {
			fmt.Fprintln(w)
		}
	}
}

// ErrFounded is returned by [Town.FirstOfficial] of a town that has officials.
var ErrFounded = errors.New("the town has an administrator already, who enters the others at /admin")

// FirstOfficial enters the first administrator, who signs in with a code. It is
// for whoever runs the program, once.
func (t *Town) FirstOfficial(ctx context.Context, email, given, family, cnp string) error {
	founder := act.Actor{For: "founder", Roles: []act.Role{act.Admin, act.Desk}}
	if all, err := t.staff.Officials(ctx, founder, ""); err != nil || len(all) > 0 {
		return errors.Join(err, ErrFounded)
	}
	id, err := t.Enrol(ctx, founder, identity.Person, given, family, cnp, identity.Contact{Email: email})
	if err != nil {
		return err
	}
	return t.staff.SetRoles(ctx, founder, db.NewID(), id, []act.Role{act.Admin, act.Desk}, "")
}

// CheckPack checks a city pack, and writes what it finds.
func CheckPack(files fs.FS, w io.Writer) error {
	if _, err := city.Read(files); err != nil {
		return err
	}
	return procedures.Check(files, w)
}

// Backup copies the database at one instant, and every file, into a new folder.
// What is there opens with the keys of the town, and with no others.
func (t *Town) Backup(ctx context.Context, to string, w io.Writer) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	// The database first: every file that it names is there already, and stays
	// for as long as a file is fresh.
	if err := t.db.Backup(ctx, filepath.Join(to, databaseFile)); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	keys, err := blob.LoadKeys(t.cfg.BlobKeyFile(), false)
	if err != nil {
		return err
	}
	copied, err := blob.OpenFolder(filepath.Join(to, blobFolder), keys)
	if err != nil {
		return err
	}
	return copyBlobs(ctx, t.blobs, copied, w)
}

const (
	databaseFile = "database"
	blobFolder   = "files"
)

// copyBlobs copies every file from one store to another, and reads each while it
// does: damage shows.
func copyBlobs(ctx context.Context, from, to *blob.Store, w io.Writer) error {
	var all []blob.Hash
	err := from.Each(ctx, func(hash blob.Hash, _ time.Time) error { all = append(all, hash); return nil })
	if err != nil {
		return err
	}
	report := progress(w, "files")
	for i, hash := range all {
		data, err := from.Get(ctx, hash)
		if errors.Is(err, blob.ErrMissing) { // removed meanwhile
			continue
		} else if err != nil {
			return fmt.Errorf("file %s: %w", hash, err)
		}
		if _, err := to.Put(ctx, data); err != nil {
			return fmt.Errorf("file %s: %w", hash, err)
		}
		report(i+1, len(all))
	}
	return nil
}

// Restore makes a portal of a backup, where there is none: the keys have to be in
// place, and the database has to be empty.
func Restore(ctx context.Context, cfg config.Config, from string, w io.Writer) error {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return err
	}
	_, err1 := vault.Load(cfg.MasterKeyFile(), false)
	_, err2 := pdf.LoadSealer(cfg.SealFiles())
	keys, err3 := blob.LoadKeys(cfg.BlobKeyFile(), false)
	if err := errors.Join(err1, err2, err3); err != nil { // before anything is made that would be in the way
		return fmt.Errorf("the keys: %w", err)
	}
	name, err := cfg.DatabaseName()
	if err != nil {
		return err
	}
	if err := db.Restore(ctx, name, filepath.Join(from, databaseFile)); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	t, err := Open(ctx, cfg, Options{})
	if err != nil {
		return err
	}
	defer t.Close()
	copied, err := blob.OpenFolder(filepath.Join(from, blobFolder), keys)
	if err != nil {
		return err
	}
	if err := copyBlobs(ctx, copied, t.blobs, w); err != nil {
		return err
	}
	head, err := t.VerifyActs(ctx, "", w)
	if err == nil {
		fmt.Fprintf(w, "restored: %d acts, head %s\n", head.Index, head.Hash)
	}
	return err
}

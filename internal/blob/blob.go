// Package blob keeps files by the hash of their content.
//
// What is stored twice is there once, and what is read is what was stored, or
// an error. Files are encrypted before they leave the program, and their names
// tell nothing: whoever holds a copy of the store, and a copy of a document,
// cannot see whether the document is in it.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
)

// MaxBytes is the size of the largest file that can be stored. Uploads may be a
// third of it; the rest is for what the town hall puts together from them.
const MaxBytes = 32 << 20

// Fresh is for how long a file is safe from being swept although no row names
// it yet. Whoever removes files that nobody needs has to spare those that are
// younger than twice as long.
const Fresh = 12 * time.Hour

// The errors of a store.
var (
	ErrMissing  = errors.New("blob: there is no such file")
	ErrDamaged  = errors.New("blob: the file is not what was stored")
	ErrTooLarge = errors.New("blob: the file is too large to be stored")
)

// A Hash names a file: the SHA-256 of its content, in 64 hexadecimal digits.
type Hash string

// Of returns the hash of a content.
func Of(data []byte) Hash {
	sum := sha256.Sum256(data)
	return Hash(hex.EncodeToString(sum[:]))
}

// bytes returns the 32 bytes of the hash, and whether it is one.
func (h Hash) bytes() ([]byte, bool) {
	sum, err := hex.DecodeString(string(h))
	return sum, err == nil && len(sum) == sha256.Size && hex.EncodeToString(sum) == string(h)
}

// A backend keeps sealed files under names of hexadecimal digits. It returns
// [ErrMissing] for a name that it does not have.
type backend interface {
	put(ctx context.Context, name string, sealed []byte) error // whole, or not at all
	get(ctx context.Context, name string) ([]byte, error)      // no more than maxSealed bytes
	changed(ctx context.Context, name string) (time.Time, error)
	remove(ctx context.Context, name string) error // nil if there is none
	each(ctx context.Context, visit func(name string, changed time.Time) error) error
	check(ctx context.Context) error
}

// maxSealed is the size of the largest sealed file, and a little more.
const maxSealed = MaxBytes + MaxBytes/1024 + 4096

// A Store keeps files. It is safe for concurrent use, also by several programs.
type Store struct {
	backend backend
	keys    *Keys
	Now     func() time.Time
}

// Put stores a content and returns its name. To store it again does no harm.
//
// A file that is there already, but not fresh, is written again. The sweep then
// cannot remove it before the new row is there, damage is repaired, and a file
// sealed with an old key is sealed with the new one.
func (s *Store) Put(ctx context.Context, data []byte) (Hash, error) {
	if len(data) > MaxBytes {
		return "", ErrTooLarge
	}
	sum := sha256.Sum256(data)
	hash, name := Hash(hex.EncodeToString(sum[:])), s.keys.names[0].hide(sum[:])
	changed, err := s.backend.changed(ctx, name)
	if err == nil && s.Now().Sub(changed) < Fresh {
		return hash, nil
	}
	if err != nil && !errors.Is(err, ErrMissing) {
		return "", err
	}
	var sealed bytes.Buffer
	sealed.Grow(len(data) + len(data)/1024 + 4096)
	w, err := age.Encrypt(&sealed, s.keys.recipient)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(data); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return hash, s.backend.put(ctx, name, sealed.Bytes())
}

// Get returns the content with that hash. The errors are [ErrMissing] and
// [ErrDamaged], and those of the disk or the network.
func (s *Store) Get(ctx context.Context, hash Hash) ([]byte, error) {
	err := ErrMissing
	for _, name := range s.names(hash) {
		var data []byte
		if data, err = s.open(ctx, name, hash); !errors.Is(err, ErrMissing) {
			return data, err
		}
	}
	return nil, err
}

func (s *Store) open(ctx context.Context, name string, hash Hash) ([]byte, error) {
	sealed, err := s.backend.get(ctx, name)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), s.keys.identities...)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, hash, err)
	}
	data := bytes.NewBuffer(make([]byte, 0, len(sealed)))
	if _, err := io.Copy(data, r); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, hash, err)
	}
	if Of(data.Bytes()) != hash { // somebody who has the key put another file there
		return nil, fmt.Errorf("%w: %s", ErrDamaged, hash)
	}
	return data.Bytes(), nil
}

// Has reports whether there is a file with that hash. It does not read it.
func (s *Store) Has(ctx context.Context, hash Hash) (bool, error) {
	for _, name := range s.names(hash) {
		if _, err := s.backend.changed(ctx, name); !errors.Is(err, ErrMissing) {
			return err == nil, err
		}
	}
	return false, nil
}

// Delete removes the file with that hash, if it is there.
func (s *Store) Delete(ctx context.Context, hash Hash) error {
	for _, name := range s.names(hash) {
		if err := s.backend.remove(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// Each visits every file, in no order, with the time at which it was last
// written, and stops at the first error. It passes over what else is in the
// store. A file may be visited twice, and one that is stored or deleted
// meanwhile may be visited or not.
func (s *Store) Each(ctx context.Context, visit func(hash Hash, written time.Time) error) error {
	return s.backend.each(ctx, func(name string, changed time.Time) error {
		for _, names := range s.keys.names {
			if sum, ok := names.show(name); ok {
				return visit(Hash(hex.EncodeToString(sum)), changed)
			}
		}
		return nil
	})
}

// Check returns an error if the store cannot be reached.
func (s *Store) Check(ctx context.Context) error { return s.backend.check(ctx) }

// names returns the names that a file can have, by the newest key first.
func (s *Store) names(hash Hash) (names []string) {
	if sum, ok := hash.bytes(); ok {
		for _, n := range s.keys.names {
			names = append(names, n.hide(sum))
		}
	}
	return names
}

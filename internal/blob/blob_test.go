package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"bega/internal/blob"
)

// A place is where a store keeps its files, as its owner sees it.
type place interface {
	open(t *testing.T, keys *blob.Keys) *blob.Store
	files(t *testing.T) map[string][]byte
	write(t *testing.T, name string, data []byte)
}

// each runs a test on every kind of store.
func each(t *testing.T, test func(t *testing.T, where place)) {
	t.Run("folder", func(t *testing.T) { test(t, onDisk(filepath.Join(t.TempDir(), "blobs"))) })
	t.Run("s3", func(t *testing.T) {
		server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
		t.Cleanup(server.Close)
		host := strings.TrimPrefix(server.URL, "http://")
		client, err := minio.New(host, &minio.Options{Creds: credentials.NewStaticV4("demo", "demo-demo", ""), Region: "ro-1"})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.MakeBucket(t.Context(), "bega", minio.MakeBucketOptions{}); err != nil {
			t.Fatal(err)
		}
		test(t, inS3{server.URL, client})
	})
}

type onDisk string

func (dir onDisk) open(t *testing.T, keys *blob.Keys) *blob.Store {
	s, err := blob.OpenFolder(string(dir), keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (dir onDisk) files(t *testing.T) map[string][]byte {
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(string(dir)), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(string(dir), name))
		files[name] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (dir onDisk) write(t *testing.T, name string, data []byte) {
	path := filepath.Join(string(dir), name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

type inS3 struct {
	url    string
	client *minio.Client
}

func (s inS3) open(t *testing.T, keys *blob.Keys) *blob.Store {
	store, err := blob.OpenS3(blob.S3Config{Endpoint: s.url, Region: "ro-1", Bucket: "bega", Prefix: "files/", AccessKey: "demo", SecretKey: "demo-demo"}, keys)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func (s inS3) files(t *testing.T) map[string][]byte {
	files := map[string][]byte{}
	for object := range s.client.ListObjects(t.Context(), "bega", minio.ListObjectsOptions{Recursive: true}) {
		r, err := s.client.GetObject(t.Context(), "bega", object.Key, minio.GetObjectOptions{})
		if err != nil || object.Err != nil {
			t.Fatal(err, object.Err)
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		files[object.Key] = data.Bytes()
	}
	return files
}

func (s inS3) write(t *testing.T, name string, data []byte) {
	_, err := s.client.PutObject(t.Context(), "bega", name, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

func newKey(t *testing.T) string {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.String()
}

func keys(t *testing.T, secrets ...string) *blob.Keys {
	k, err := blob.ParseKeys(strings.NewReader(strings.Join(secrets, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func put(t *testing.T, s *blob.Store, data string) blob.Hash {
	t.Helper()
	hash, err := s.Put(t.Context(), []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func wantIn(t *testing.T, s *blob.Store, hash blob.Hash, want string) {
	t.Helper()
	if got, err := s.Get(t.Context(), hash); err != nil || string(got) != want {
		t.Errorf("Get = %.40q, %v, want %.40q", got, err, want)
	}
	if ok, err := s.Has(t.Context(), hash); !ok || err != nil {
		t.Errorf("Has = %t, %v", ok, err)
	}
}

const plan = "Plan cadastral demonstrativ, strada Florilor 5"

func TestWhatIsStoredIsRead(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		large := make([]byte, 3<<20+7)
		_, _ = rand.NewChaCha8([32]byte{}).Read(large)
		for _, want := range []string{plan, "", "x", string(large), strings.Repeat("\x00", 64<<10)} {
			hash := put(t, s, want)
			if hash != blob.Of([]byte(want)) {
				t.Errorf("%.40q has the hash %s", want, hash)
			}
			wantIn(t, s, hash, want)
			if again := put(t, s, want); again != hash {
				t.Errorf("stored again it has the hash %s", again)
			}
		}
		if n := len(where.files(t)); n != 5 {
			t.Errorf("there are %d files, want 5: what is stored twice is there once", n)
		}
		if _, err := s.Put(t.Context(), make([]byte, blob.MaxBytes+1)); !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("too much was stored: %v", err)
		}
	})
}

func TestMissing(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		hash := put(t, s, plan)
		for _, missing := range []blob.Hash{
			blob.Of([]byte("another")), "", "x", "../../etc/passwd", blob.Hash(strings.ToUpper(string(hash))), hash + "00", hash[:62],
		} {
			if data, err := s.Get(t.Context(), missing); !errors.Is(err, blob.ErrMissing) {
				t.Errorf("Get(%q) = %q, %v", missing, data, err)
			}
			if ok, err := s.Has(t.Context(), missing); ok || err != nil {
				t.Errorf("Has(%q) = %t, %v", missing, ok, err)
			}
			if err := s.Delete(t.Context(), missing); err != nil {
				t.Errorf("Delete(%q) = %v", missing, err)
			}
		}
		for range 2 {
			if err := s.Delete(t.Context(), hash); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Get(t.Context(), hash); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("after Delete: Get = %v", err)
		}
	})
}

// TestNothingShows: who copies the store learns neither what a file says nor
// whether a document that they have is among them.
func TestNothingShows(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		hash := put(t, s, plan)
		for name, data := range where.files(t) {
			for i := range len(plan) - 4 {
				if bytes.Contains(data, []byte(plan[i:i+4])) {
					t.Fatalf("%q can be read in %s", plan[i:i+4], name)
				}
			}
			for i := range len(hash) - 8 {
				if strings.Contains(name, string(hash[i:i+8])) || bytes.Contains(data, []byte(hash[i:i+8])) {
					t.Fatalf("a part of the hash %s is in the name or the file %s", hash, name)
				}
			}
		}
		other := onDisk(t.TempDir())
		put(t, other.open(t, keys(t, newKey(t))), plan)
		for name := range other.files(t) {
			if base := filepath.Base(name); slices.ContainsFunc(slices.Collect(maps.Keys(where.files(t))), func(n string) bool { return strings.HasSuffix(n, base) }) {
				t.Errorf("two towns have a file %s", base)
			}
		}
	})
}

func TestDamageIsSeen(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		hash := put(t, s, plan)
		var name string
		var whole []byte
		for name, whole = range where.files(t) {
		}
		for i := range whole { // one bit of each byte
			bad := bytes.Clone(whole)
			bad[i] ^= 1 << (i % 8)
			where.write(t, name, bad)
			if data, err := s.Get(t.Context(), hash); !errors.Is(err, blob.ErrDamaged) {
				t.Fatalf("byte %d is wrong: Get = %q, %v", i, data, err)
			}
		}
		for _, bad := range [][]byte{whole[:1], whole[:len(whole)-1], whole[:10], append(bytes.Clone(whole), 'x'), []byte(plan)} {
			where.write(t, name, bad)
			if data, err := s.Get(t.Context(), hash); !errors.Is(err, blob.ErrDamaged) {
				t.Errorf("%d bytes of %d: Get = %q, %v", len(bad), len(whole), data, err)
			}
		}
		s.Now = func() time.Time { return time.Now().Add(blob.Fresh + time.Minute) }
		put(t, s, plan) // the resident sends it again
		wantIn(t, s, hash, plan)
	})
}

// TestFilesDoNotChangePlaces: an intruder without the key can still move them.
func TestFilesDoNotChangePlaces(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		put(t, s, plan)
		before := where.files(t)
		hash := put(t, s, "Refuz demonstrativ")
		for name := range where.files(t) {
			for _, data := range before {
				if before[name] == nil {
					where.write(t, name, data)
				}
			}
		}
		if data, err := s.Get(t.Context(), hash); !errors.Is(err, blob.ErrDamaged) {
			t.Errorf("Get = %q, %v", data, err)
		}
	})
}

func TestEach(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		want := map[blob.Hash]bool{}
		for i := range 30 {
			want[put(t, s, fmt.Sprint("document ", i))] = true
		}
		where.write(t, "files/README", []byte("not ours"))
		where.write(t, "ab/"+strings.Repeat("ab", 48), []byte("the name is long enough, and nobody made it"))
		got := map[blob.Hash]bool{}
		err := s.Each(t.Context(), func(hash blob.Hash, written time.Time) error {
			if age := time.Since(written); age < -time.Minute || age > time.Minute {
				t.Errorf("%s is from %s", hash, written)
			}
			got[hash] = true
			return nil
		})
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("visited %d of %d, %v", len(got), len(want), err)
		}
		stop := errors.New("enough")
		n := 0
		if err := s.Each(t.Context(), func(blob.Hash, time.Time) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
			t.Errorf("after %d visits: %v, want %v", n, err, stop)
		}
	})
}

// TestTheSweepSparesWhatIsStoredAgain: an old file gets a new time before the
// row that names it.
func TestTheSweepSparesWhatIsStoredAgain(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		put(t, s, plan)
		before := where.files(t)
		put(t, s, plan)
		if !maps.EqualFunc(before, where.files(t), bytes.Equal) {
			t.Error("a fresh file was written again")
		}
		s.Now = func() time.Time { return time.Now().Add(blob.Fresh + time.Minute) }
		put(t, s, plan)
		if after := where.files(t); maps.EqualFunc(before, after, bytes.Equal) || len(after) != 1 {
			t.Error("an old file was not written again")
		}
	})
}

func TestKeysCanBeChanged(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		old, fresh := newKey(t), newKey(t)
		hash := put(t, where.open(t, keys(t, old)), plan)
		both := where.open(t, keys(t, fresh, old))
		wantIn(t, both, hash, plan)
		put(t, both, plan)
		if n := len(where.files(t)); n != 2 {
			t.Errorf("%d files, want one for each key", n)
		}
		wantIn(t, where.open(t, keys(t, fresh)), hash, plan)
		if err := both.Delete(t.Context(), hash); err != nil {
			t.Fatal(err)
		}
		if n := len(where.files(t)); n != 0 {
			t.Errorf("%d files are left after Delete", n)
		}
		put(t, where.open(t, keys(t, old)), plan)
		if _, err := where.open(t, keys(t, fresh)).Get(t.Context(), hash); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("without the old key: Get = %v", err)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		k, hash := keys(t, newKey(t)), blob.Of([]byte(plan))
		var group sync.WaitGroup
		for range 16 { // several programs on one store
			s := where.open(t, k)
			s.Now = func() time.Time { return time.Now().Add(2 * blob.Fresh) } // all write
			group.Go(func() {
				if got, err := s.Put(t.Context(), []byte(plan)); err != nil || got != hash {
					t.Errorf("Put = %s, %v", got, err)
				}
				if data, err := s.Get(t.Context(), hash); err != nil || string(data) != plan {
					t.Errorf("Get = %q, %v", data, err)
				}
			})
		}
		group.Wait()
	})
}

func TestCancelled(t *testing.T) {
	each(t, func(t *testing.T, where place) {
		s := where.open(t, keys(t, newKey(t)))
		hash := put(t, s, plan)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, errPut := s.Put(ctx, []byte("late"))
		_, errGet := s.Get(ctx, hash)
		_, errHas := s.Has(ctx, hash)
		errEach := s.Each(ctx, func(blob.Hash, time.Time) error { return nil })
		for _, err := range []error{errPut, errGet, errHas, errEach, s.Delete(ctx, hash)} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		}
		wantIn(t, s, hash, plan)
	})
}

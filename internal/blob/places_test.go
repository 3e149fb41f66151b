package blob_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"bega/internal/blob"
)

// TestCrash: what a crash leaves half written is never seen, and goes away.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	s := onDisk(dir).open(t, keys(t, newKey(t)))
	put(t, s, plan)
	var half string
	for name := range onDisk(dir).files(t) {
		half = filepath.Join(dir, "new", filepath.Base(name)+"-123")
	}
	old := half + "4"
	for _, name := range []string{half, old} {
		if err := os.WriteFile(name, []byte("age-encryption.org/v1"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := s.Each(t.Context(), func(blob.Hash, time.Time) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("visited %d files, %v", n, err)
	}
	if _, err := os.Stat(half); err != nil {
		t.Errorf("what may still be in progress is gone: %v", err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash left yesterday is there: %v", err)
	}
}

// TestNoRoom: a file that cannot be written leaves nothing behind.
func TestNoRoom(t *testing.T) {
	dir := t.TempDir()
	s := onDisk(dir).open(t, keys(t, newKey(t)))
	hash := put(t, s, plan)
	name := ""
	for name = range onDisk(dir).files(t) {
	}
	if err := s.Delete(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, name, "a folder stands in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return time.Now().Add(blob.Fresh + time.Minute) }
	if hash, err := s.Put(t.Context(), []byte(plan)); err == nil {
		t.Errorf("stored as %s where it cannot be", hash)
	}
	if left := onDisk(dir).files(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOnlyItsOwnerReadsTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "blobs")
	put(t, onDisk(dir).open(t, keys(t, newKey(t))), plan)
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %s", name, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLoadKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "blob.key")
	if _, err := blob.LoadKeys(file, false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
	var group sync.WaitGroup
	dir := onDisk(t.TempDir())
	for range 8 { // programs that start together agree
		group.Go(func() {
			if k, err := blob.LoadKeys(file, true); err != nil {
				t.Error(err)
			} else if s, err := blob.OpenFolder(string(dir), k); err != nil {
				t.Error(err)
			} else if _, err := s.Put(t.Context(), []byte(plan)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := len(dir.files(t)); n != 1 {
		t.Errorf("they made %d keys", n)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the key is %v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestParseKeys(t *testing.T) {
	later, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	where := onDisk(t.TempDir())
	hash := put(t, where.open(t, keys(t, "# the town's key", "", later.String())), plan)
	wantIn(t, where.open(t, keys(t, newKey(t), later.String())), hash, plan)

	secret := newKey(t)
	for _, text := range []string{"", "# nothing\n", "secret", secret + "x", secret[:40], strings.ToLower(secret)} {
		_, err := blob.ParseKeys(strings.NewReader(text))
		if err == nil {
			t.Errorf("%q was taken for a key", text)
		} else if len(text) > 30 && strings.Contains(err.Error(), text[20:30]) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
}

func TestOpenS3(t *testing.T) {
	for _, endpoint := range []string{"", "s3.example.ro", "ftp://s3.example.ro", "https://s3.example.ro/bucket", "https://"} {
		if _, err := blob.OpenS3(blob.S3Config{Endpoint: endpoint, Bucket: "bega"}, keys(t, newKey(t))); err == nil {
			t.Errorf("%q was taken for the address of a store", endpoint)
		}
	}
}

// TestABadStoreIsNotAnEmptyOne: an outage must never look like a file that is
// not there, or else the sweep and the rows would disagree for ever.
func TestABadStoreIsNotAnEmptyOne(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"no bucket": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`<?xml version="1.0"?><Error><Code>NoSuchBucket</Code><Message>no</Message></Error>`))
		},
		"not allowed": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"cut off": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
			_, _ = w.Write([]byte("age-encryption.org/v1"))
		},
		"broken": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) },
	} {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		cfg := blob.S3Config{Endpoint: server.URL, Region: "ro-1", Bucket: "bega", AccessKey: "demo", SecretKey: "demo-demo"}
		s, err := blob.OpenS3(cfg, keys(t, newKey(t)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), blob.Of([]byte(plan))); err == nil || errors.Is(err, blob.ErrMissing) || errors.Is(err, blob.ErrDamaged) {
			t.Errorf("%s: Get = %v", name, err)
		}
		if name == "cut off" { // a store that reads badly
			continue
		}
		if _, err := s.Put(t.Context(), []byte(plan)); err == nil {
			t.Errorf("%s: Put succeeded", name)
		}
		if err := s.Check(t.Context()); err == nil {
			t.Errorf("%s: Check finds nothing wrong", name)
		}
	}
}

package vault_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"bega/internal/vault"
)

const cnp = "3850615350017"

func TestSealed(t *testing.T) {
	v := open(t, 1)
	sealed := v.Seal("identity_parties.code:1", cnp)
	if strings.Contains(sealed, cnp) || sealed == v.Seal("identity_parties.code:1", cnp) {
		t.Error("the sealed number can be read or recognised")
	}
	if got, err := v.Open("identity_parties.code:1", sealed); err != nil || got != cnp {
		t.Errorf("Open = %q, %v", got, err)
	}
	for name, try := range map[string]struct{ place, sealed string }{
		"another row":    {"identity_parties.code:2", sealed},
		"a changed byte": {"identity_parties.code:1", "A" + sealed[1:]},
		"a cut text":     {"identity_parties.code:1", sealed[:20]},
		"plain text":     {"identity_parties.code:1", cnp},
	} {
		if _, err := v.Open(try.place, try.sealed); !errors.Is(err, vault.ErrSealed) {
			if name == "a changed byte" && sealed[0] == 'A' {
				continue
			}
			t.Errorf("%s: Open = %v, want %v", name, err, vault.ErrSealed)
		}
	}
	if _, err := open(t, 2).Open("identity_parties.code:1", sealed); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("another town's keys: Open = %v, want %v", err, vault.ErrSealed)
	}
}

func TestKeysCanBeChanged(t *testing.T) {
	sealed := open(t, 1).Seal("x", cnp)
	both, err := vault.New(secret(2), secret(1))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := both.Open("x", sealed); err != nil || got != cnp {
		t.Errorf("what was sealed before the change: Open = %q, %v", got, err)
	}
}

func TestIndex(t *testing.T) {
	v := open(t, 1)
	if v.Index("cnp", cnp) != v.Index("cnp", cnp) || v.Index("cnp", cnp) == v.Index("cui", cnp) ||
		v.Index("cnp", cnp) == open(t, 2).Index("cnp", cnp) {
		t.Error("the index should depend on the kind, the value and the keys alone")
	}
}

func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	if _, err := vault.Load(file, false); err == nil {
		t.Error("a missing file was made without being asked for")
	}
	first, err := vault.Load(file, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := vault.Load(file, true)
	if err != nil || first.Index("cnp", cnp) != again.Index("cnp", cnp) {
		t.Errorf("the keys changed by being read again: %v", err)
	}
}

func secret(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func open(t *testing.T, n byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(secret(n))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

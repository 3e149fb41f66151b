// Package vault keeps personal data unreadable in the database, and findable
// by those who hold the keys.
//
// What is sealed is bound to its place: moved to another row or column, it does
// not open. A personal number is found by a keyed index of it. A plain hash
// would not do: all numbers that exist can be hashed in minutes.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// A Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	seals []cipher.AEAD // the first seals; all open, so that keys can be changed
	index []byte
}

// ErrSealed is returned for what was not sealed by this vault in that place.
var ErrSealed = errors.New("vault: it does not open here")

// New returns a vault made of secrets of 32 bytes. The first seals and indexes;
// the others only open what was sealed before the keys were changed.
func New(secrets ...[]byte) (*Vault, error) {
	v := &Vault{}
	for _, secret := range secrets {
		if len(secret) != 32 {
			return nil, fmt.Errorf("vault: a secret has %d bytes, want 32", len(secret))
		}
		key, err := hkdf.Key(sha256.New, secret, nil, "bega seal", 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		seal, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		v.seals = append(v.seals, seal)
	}
	if len(secrets) == 0 {
		return nil, errors.New("vault: no secret")
	}
	var err error
	v.index, err = hkdf.Key(sha256.New, secrets[0], nil, "bega index", 32)
	return v, err
}

// Load returns the vault of the secrets in a file, one a line in hexadecimal.
// If the file does not exist and create is true, it is made with a new secret,
// readable for its owner alone.
func Load(file string, create bool) (*Vault, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) && create {
		var secret [32]byte
		_, _ = rand.Read(secret[:]) // never fails
		data = []byte(hex.EncodeToString(secret[:]) + "\n")
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		return nil, err
	}
	var secrets [][]byte
	for line := range strings.FieldsSeq(string(data)) {
		secret, err := hex.DecodeString(line)
		if err != nil {
			return nil, fmt.Errorf("vault: a line of %s is not hexadecimal", file)
		}
		secrets = append(secrets, secret)
	}
	return New(secrets...)
}

// Seal returns plain so that only [Vault.Open] reads it, at the same place, such
// as "cases.answers:0193…". The empty text stays empty.
func (v *Vault) Seal(place, plain string) string {
	if plain == "" {
		return ""
	}
	return base64.RawStdEncoding.EncodeToString(v.seals[0].Seal(nil, nil, []byte(plain), []byte(place)))
}

// Open returns what was sealed at that place, or [ErrSealed].
func (v *Vault) Open(place, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	data, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", ErrSealed
	}
	for _, seal := range v.seals {
		if plain, err := seal.Open(nil, nil, data, []byte(place)); err == nil {
			return string(plain), nil
		}
	}
	return "", ErrSealed
}

// Index returns what stands for a value where rows are looked up by it: equal
// for equal values of a kind, such as "cnp", and telling nothing else without
// the keys. Values have to be in normal form.
func (v *Vault) Index(kind, value string) string {
	mac := hmac.New(sha256.New, v.index)
	mac.Write([]byte(kind + "\x00" + value))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

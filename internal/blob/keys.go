package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// Keys seal files and open them.
type Keys struct {
	recipient  age.Recipient
	identities []age.Identity
	names      []*names // for each identity
}

// ParseKeys reads age identities, one a line; empty lines and lines that begin
// with # do not matter. The first seals. The others open what was sealed before
// the keys were changed.
func ParseKeys(r io.Reader) (*Keys, error) {
	identities, err := age.ParseIdentities(r)
	if err != nil { // not the cause, which may quote a key
		return nil, errors.New("blob: a line is not an identity of age")
	}
	keys := &Keys{identities: identities}
	for i, identity := range identities {
		var secret string
		var recipient age.Recipient
		switch id := identity.(type) {
		case *age.X25519Identity:
			secret, recipient = id.String(), id.Recipient()
		case *age.HybridIdentity:
			secret, recipient = id.String(), id.Recipient()
		default:
			return nil, fmt.Errorf("blob: an identity is a %T, which seals nothing", id)
		}
		if i == 0 {
			keys.recipient = recipient
		}
		names, err := newNames(secret)
		if err != nil {
			return nil, err
		}
		keys.names = append(keys.names, names)
	}
	return keys, nil
}

// LoadKeys reads identities from a file. If the file does not exist and create
// is true, it is made with a new one, readable for its owner alone.
func LoadKeys(file string, create bool) (*Keys, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) && create {
		data, err = newKey(file)
		if errors.Is(err, os.ErrExist) { // another program was faster
			data, err = os.ReadFile(file)
		}
	}
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeys(strings.NewReader(string(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, file)
	}
	return keys, nil
}

// newKey makes a file with a new identity. It is on the disk before anything is
// sealed with it, and no other program sees half of it.
func newKey(file string) ([]byte, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	data := []byte("# recipient: " + identity.Recipient().String() + "\n" + identity.String() + "\n")
	return data, writeNew(file, data)
}

// names hide hashes. A name is made like a ciphertext of AES-SIV (RFC 5297),
// with HMAC-SHA256 in place of CMAC: the same hash always has the same name,
// and only who has the key gets from the one to the other.
type names struct {
	mac   []byte
	block cipher.Block
}

func newNames(secret string) (*names, error) {
	keys, err := hkdf.Key(sha256.New, []byte(secret), nil, "bega names of files", 64)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(keys[32:])
	return &names{keys[:32], block}, err
}

// hide returns the name of a hash: 96 hexadecimal digits.
func (n *names) hide(sum []byte) string {
	iv := n.tag(sum)
	return hex.EncodeToString(append(iv, n.xor(iv, sum)...))
}

// show returns the hash with that name, and whether it is a name at all.
func (n *names) show(name string) (sum []byte, ok bool) {
	data, err := hex.DecodeString(name)
	if err != nil || len(data) != aes.BlockSize+sha256.Size {
		return nil, false
	}
	iv := data[:aes.BlockSize]
	sum = n.xor(iv, data[aes.BlockSize:])
	return sum, hmac.Equal(iv, n.tag(sum))
}

func (n *names) tag(sum []byte) []byte {
	mac := hmac.New(sha256.New, n.mac)
	mac.Write(sum)
	return mac.Sum(nil)[:aes.BlockSize]
}

func (n *names) xor(iv, data []byte) []byte {
	out := make([]byte, len(data))
	cipher.NewCTR(n.block, iv).XORKeyStream(out, data)
	return out
}

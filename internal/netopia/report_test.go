package netopia

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"hash"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// signed is when the report in testdata was signed, with openssl.
var signed = time.Unix(1795600000, 0)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// published is the merchant that knows the key in testdata.
func published(t testing.TB) Merchant {
	t.Helper()
	key, err := ParseKey(sample(t, "public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return Merchant{Signature: pos, PublicKey: key, Now: func() time.Time { return signed.Add(time.Minute) }}
}

// TestReadsWhatOpensslSigned reads a token that other software has made.
func TestReadsWhatOpensslSigned(t *testing.T) {
	p, err := published(t).Read(sample(t, "report.json"), string(sample(t, "token.txt")))
	want := Payment{Order: "0193-demo", ID: "2621502", Status: 3, Amount: 123450, Currency: "RON", Approval: "x0jo", At: signed}
	if err != nil || !p.At.Equal(want.At) {
		t.Fatalf("Read = %+v, %v", p, err)
	}
	if p.At = want.At; p != want {
		t.Errorf("Read = %+v, want %+v", p, want)
	}
}

func TestParseKey(t *testing.T) {
	want := published(t).PublicKey
	block, _ := pem.Decode(sample(t, "public.pem"))
	certificate, _ := pem.Decode(sample(t, "certificate.pem"))
	pkcs1 := x509.MarshalPKCS1PublicKey(want)
	for name, data := range map[string][]byte{"PEM": sample(t, "public.pem"), "DER": block.Bytes, "certificate": sample(t, "certificate.pem"),
		"certificate in DER": certificate.Bytes, "PKCS1": pkcs1, "PKCS1 in PEM": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1})} {
		if key, err := ParseKey(data); err != nil || !key.Equal(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	small, err1 := rsa.GenerateKey(rand.Reader, 1024)
	curve, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	other, err := x509.MarshalPKIXPublicKey(&curve.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("secret"), "1024 bits": x509.MarshalPKCS1PublicKey(&small.PublicKey), "no RSA": other,
		"cut": block.Bytes[:len(block.Bytes)-1]} {
		if _, err := ParseKey(data); err == nil {
			t.Errorf("%s is a key", name)
		}
	}
}

// A bank signs as NETOPIA does.
type bank struct {
	t   testing.TB
	key *rsa.PrivateKey
	now time.Time
}

func newBank(t testing.TB) *bank {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &bank{t, key, signed}
}

func (b *bank) merchant() Merchant {
	return Merchant{Signature: pos, PublicKey: &b.key.PublicKey, Now: func() time.Time { return b.now }}
}

// claims are those of an honest token for a body.
func (b *bank) claims(body []byte) map[string]any {
	sum := sha512.Sum512(body)
	return map[string]any{"iss": "NETOPIA Payments", "aud": []string{pos}, "sub": base64.StdEncoding.EncodeToString(sum[:]),
		"iat": b.now.Unix(), "nbf": b.now.Unix(), "exp": b.now.Add(5 * time.Minute).Unix()}
}

// parts joins a header and claims, written in JSON if they are no texts.
func parts(t testing.TB, header, claims any) string {
	t.Helper()
	var all []string
	for _, part := range []any{header, claims} {
		data, err := json.Marshal(part)
		if text, ok := part.(string); ok {
			data, err = []byte(text), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, base64.RawURLEncoding.EncodeToString(data))
	}
	return strings.Join(all, ".")
}

// token signs claims.
func (b *bank) token(header, claims any) string {
	b.t.Helper()
	text := parts(b.t, header, claims)
	digest := sha512.Sum512([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, b.key, crypto.SHA512, digest[:])
	if err != nil {
		b.t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

var rs512 = map[string]any{"alg": "RS512", "typ": "JWT"}

const paid = `{"order":{"orderID":"0193-demo"},"payment":{"amount":15.5,"currency":"RON","ntpID":"2621502","operationDate":"2026-11-25T09:46:39+00:00","status":3}}`

// with returns claims with some of them changed; those that become nil are left
// out.
func with(claims map[string]any, pairs ...any) map[string]any {
	for i := 0; i < len(pairs); i += 2 {
		if claims[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(claims, pairs[i].(string))
		}
	}
	return claims
}

func TestTokensThatCount(t *testing.T) {
	b, body := newBank(t), []byte(paid)
	for what, claims := range map[string]map[string]any{
		"as documented":           b.claims(body),
		"the audience as a text":  with(b.claims(body), "aud", pos),
		"without an end":          with(b.claims(body), "exp", nil, "nbf", nil, "iat", nil),
		"an end in milliseconds":  with(b.claims(body), "exp", b.now.Add(time.Minute).UnixMilli()),
		"a clock that is in time": with(b.claims(body), "exp", b.now.Add(-50*time.Second).Unix(), "nbf", b.now.Add(50*time.Second).Unix()),
	} {
		p, err := b.merchant().Read(body, b.token(rs512, claims))
		if err != nil || p.Amount != 1550 || p.Status.Outcome() != Paid || !p.At.Equal(signed.Add(-time.Second)) {
			t.Errorf("%s: %+v, %v", what, p, err)
		}
	}
	bare := []byte(`{"order":{"orderID":"0193-demo"},"payment":{"status":3}}`)
	if p, err := b.merchant().Read(bare, b.token(rs512, with(b.claims(bare), "iat", nil))); err != nil || !p.At.Equal(b.now) {
		t.Errorf("without a moment: %+v, %v", p, err)
	}
}

// TestTokensThatDoNot: what somebody signs with the right key counts only if it
// says the right things; with any other key, nothing does.
func TestTokensThatDoNot(t *testing.T) {
	b, body := newBank(t), []byte(paid)
	public, err := x509.MarshalPKIXPublicKey(&b.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	symmetric := func(alg string, h func() hash.Hash, secret []byte) string {
		text := parts(t, map[string]any{"alg": alg, "typ": "JWT"}, b.claims(body))
		mac := hmac.New(h, secret)
		mac.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	rs256 := parts(t, map[string]any{"alg": "RS256", "typ": "JWT"}, b.claims(body))
	sum := sha256.Sum256([]byte(rs256))
	short, err1 := rsa.SignPKCS1v15(rand.Reader, b.key, crypto.SHA256, sum[:])
	ps512 := parts(t, map[string]any{"alg": "PS512", "typ": "JWT"}, b.claims(body))
	long := sha512.Sum512([]byte(ps512))
	pss, err2 := rsa.SignPSS(rand.Reader, b.key, crypto.SHA512, long[:], nil)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	good := b.token(rs512, b.claims(body))
	other := &bank{t, newBank(t).key, b.now}
	for what, token := range map[string]string{
		"none":                         parts(t, map[string]any{"alg": "none", "typ": "JWT"}, b.claims(body)) + ".",
		"None, signed":                 b.token(map[string]any{"alg": "None"}, b.claims(body)),
		"no algorithm":                 b.token(map[string]any{"typ": "JWT"}, b.claims(body)),
		"rs512":                        b.token(map[string]any{"alg": "rs512"}, b.claims(body)),
		"RS256 that is RS512":          b.token(map[string]any{"alg": "RS256"}, b.claims(body)),
		"RS256":                        rs256 + "." + base64.RawURLEncoding.EncodeToString(short),
		"PS512":                        ps512 + "." + base64.RawURLEncoding.EncodeToString(pss),
		"HS512 with the key in DER":    symmetric("HS512", sha512.New, public),
		"HS512 with the key in PEM":    symmetric("HS512", sha512.New, publicPEM),
		"HS256 with the key in PEM":    symmetric("HS256", sha256.New, publicPEM),
		"RS512 with a MAC":             symmetric("RS512", sha512.New, publicPEM),
		"another key":                  other.token(rs512, b.claims(body)),
		"a key that comes with it":     other.token(with(map[string]any{"alg": "RS512"}, "jwk", map[string]any{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(other.key.N.Bytes()), "e": "AQAB"}), b.claims(body)),
		"two algorithms":               b.token(`{"alg":"none","alg":"RS512"}`, b.claims(body)),
		"another type":                 b.token(map[string]any{"alg": "RS512", "typ": "at+jwt"}, b.claims(body)),
		"something critical":           b.token(map[string]any{"alg": "RS512", "crit": []string{"b64"}, "b64": false}, b.claims(body)),
		"another issuer":               b.token(rs512, with(b.claims(body), "iss", "NETOPIA payments")),
		"no issuer":                    b.token(rs512, with(b.claims(body), "iss", nil)),
		"another point of sale":        b.token(rs512, with(b.claims(body), "aud", []string{"FFFF-BBBB-CCCC-DDDD-EEEE"})),
		"several points of sale":       b.token(rs512, with(b.claims(body), "aud", []string{pos, "FFFF"})),
		"no point of sale":             b.token(rs512, with(b.claims(body), "aud", nil)),
		"an empty one":                 b.token(rs512, with(b.claims(body), "aud", []string{""})),
		"another body":                 b.token(rs512, b.claims([]byte("{}"))),
		"no body":                      b.token(rs512, with(b.claims(body), "sub", nil)),
		"its SHA-256":                  b.token(rs512, with(b.claims(body), "sub", base64.StdEncoding.EncodeToString(sum[:]))),
		"the hash in base64url":        b.token(rs512, with(b.claims(body), "sub", strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(b.claims(body)["sub"].(string)))),
		"over":                         b.token(rs512, with(b.claims(body), "exp", b.now.Add(-2*time.Minute).Unix())),
		"over in milliseconds":         b.token(rs512, with(b.claims(body), "exp", b.now.Add(-2*time.Minute).UnixMilli())),
		"not yet":                      b.token(rs512, with(b.claims(body), "nbf", b.now.Add(2*time.Minute).Unix())),
		"an end that is none":          b.token(rs512, with(b.claims(body), "exp", "never")),
		"an end beyond all":            b.token(rs512, with(b.claims(body), "exp", 1e300)),
		"claims twice":                 b.token(rs512, `{"sub":"x",`+string(mustJSON(t, b.claims(body)))[1:]),
		"claims that are a list":       b.token(rs512, `[]`),
		"nothing":                      "",
		"two parts":                    good[:strings.LastIndexByte(good, '.')],
		"four parts":                   good + ".",
		"padding":                      good + "=",
		"a line break":                 good + "\n",
		"a line break within":          good[:5] + "\r\n" + good[5:],
		"a space":                      " " + good,
		"the word Bearer":              "Bearer " + good,
		"the signature of another one": good[:strings.LastIndexByte(good, '.')] + b.token(rs512, b.claims([]byte("{}")))[strings.LastIndexByte(b.token(rs512, b.claims([]byte("{}"))), '.'):],
	} {
		if p, err := b.merchant().Read(body, token); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %+v, %v", what, p, err)
		}
	}
	if _, err := (Merchant{Signature: pos, Now: time.Now}).Read(body, good); !errors.Is(err, ErrForged) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := (Merchant{PublicKey: &b.key.PublicKey, Now: b.merchant().Now}).Read(body, b.token(rs512, with(b.claims(body), "aud", ""))); !errors.Is(err, ErrForged) {
		t.Errorf("without a point of sale: %v", err)
	}
}

func mustJSON(t testing.TB, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSignedNonsense: it is theirs, and does not count either.
func TestSignedNonsense(t *testing.T) {
	b := newBank(t)
	for body, want := range map[string]error{
		``:     ErrUnreadable,
		`null`: ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{"status":3}} `:                                          nil,
		`{"order":{"orderID":"1"},"payment":{"status":3}}x`:                                          ErrUnreadable,
		`{"order":{},"payment":{"status":3}}`:                                                        ErrUnreadable,
		`{"payment":{"status":3}}`:                                                                   ErrUnreadable,
		`{"order":{"orderID":"1"}}`:                                                                  ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{}}`:                                                     ErrUnreadable,
		`{"order":{"orderID":"1"},"Payment":{"status":3}}`:                                           ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{"status":12},"payment":{"status":3}}`:                   ErrUnreadable,
		`{"order":{"orderID":"1","orderID":"2"},"payment":{"status":3}}`:                             ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{"status":12,"st\u0061tus":3}}`:                          ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{"status":3.0}}`:                                         ErrUnreadable,
		`{"order":{"orderID":["1"]},"payment":{"status":3}}`:                                         ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{"status":3,"amount":0.001}}`:                            ErrAmount,
		`{"order":{"orderID":"1"},"payment":{"status":3,"amount":"15.00"}}`:                          ErrAmount,
		`{"order":{"orderID":"1"},"payment":{"status":3,"amount":1.0,"amount":2.0}}`:                 ErrUnreadable,
		`{"order":{"orderID":"1"},"payment":{"status":3,"data":` + strings.Repeat("[", 1<<14) + `}}`: ErrUnreadable,
	} {
		p, err := b.merchant().Read([]byte(body), b.token(rs512, b.claims([]byte(body))))
		if !errors.Is(err, want) || errors.Is(err, ErrForged) || want == ErrAmount && p.Amount != 0 {
			t.Errorf("%.99s: %+v, %v, want %v", body, p, err, want)
		}
	}
	// Other letters are another key, and this one is not there.
	body := []byte(`{"order":{"orderID":"1","OrderID":"2"},"payment":{"status":12,"Status":3,"STATUS":5}}`)
	if p, err := b.merchant().Read(body, b.token(rs512, b.claims(body))); err != nil || p.Order != "1" || p.Status != 12 {
		t.Errorf("%s: %+v, %v", body, p, err)
	}
}

// TestMutations changes a report and its token in 10,000 ways. None counts.
func TestMutations(t *testing.T) {
	b, body := newBank(t), []byte(paid)
	token := b.token(rs512, b.claims(body))
	if _, err := b.merchant().Read(body, token); err != nil {
		t.Fatal(err)
	}
	r := mathrand.New(mathrand.NewPCG(1, 2))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \r\n"
	n := 0
	for i := 0; n < 10_000; i++ {
		changed, tok := bytes.Clone(body), []byte(token)
		switch at := r.IntN(len(tok)); i % 9 {
		case 0: // a bit of the body
			changed[r.IntN(len(changed))] ^= 1 << r.IntN(8)
		case 1: // a bit of the token
			tok[at] ^= 1 << r.IntN(8)
		case 2: // another letter
			tok[at] = alphabet[r.IntN(len(alphabet))]
		case 3: // a letter more
			tok = slices.Insert(tok, at, alphabet[r.IntN(len(alphabet))])
		case 4: // cut
			tok = tok[:at]
		case 5: // a piece less
			tok = slices.Delete(tok, at, min(len(tok), at+1+r.IntN(8)))
		case 6: // the body cut, or longer
			if at := r.IntN(len(changed)); r.IntN(2) == 0 {
				changed = changed[:at]
			} else {
				changed = slices.Insert(changed, at, byte(r.IntN(256)))
			}
		case 7: // a bit of what is signed, encoded anew
			p := strings.Split(token, ".")
			which := r.IntN(3)
			raw, _ := base64.RawURLEncoding.DecodeString(p[which])
			raw[r.IntN(len(raw))] ^= 1 << r.IntN(8)
			p[which] = base64.RawURLEncoding.EncodeToString(raw)
			tok = []byte(strings.Join(p, "."))
		case 8: // two letters change places
			other := r.IntN(len(tok))
			tok[at], tok[other] = tok[other], tok[at]
		}
		if bytes.Equal(changed, body) && string(tok) == token {
			continue
		}
		n++
		if p, err := b.merchant().Read(changed, string(tok)); !errors.Is(err, ErrForged) {
			t.Errorf("change %d: %s with %s: %+v, %v", i, changed, tok, p, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	m := published(f)
	body, token := sample(f, "report.json"), string(sample(f, "token.txt"))
	f.Add(body, token)
	f.Add([]byte(paid), parts(f, map[string]any{"alg": "none"}, map[string]any{})+".")
	f.Fuzz(func(t *testing.T, b []byte, tok string) {
		if p, err := m.Read(b, tok); !errors.Is(err, ErrForged) && (!bytes.Equal(b, body) || tok != token) {
			t.Errorf("%q with %q: %+v, %v", b, tok, p, err)
		}
	})
}

// FuzzAnswer: whatever they answer is read, or refused.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(paid))
	f.Add([]byte(`{"error":{"code":101},"payment":{"amount":1.5e1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if a, err := readAnswer(data); err == nil && a.payment.Amount < 0 {
			t.Errorf("%q is over %s", data, a.payment.Amount)
		}
	})
}

// FuzzBani: an amount is the very number that is written.
func FuzzBani(f *testing.F) {
	f.Add("15.50")
	f.Add("155E-1")
	f.Fuzz(func(t *testing.T, number string) {
		got, err := bani(number)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(number)
		if !ok || want.Cmp(big.NewRat(int64(got), 100)) != 0 {
			t.Errorf("%q is read as %s", number, got)
		}
	})
}

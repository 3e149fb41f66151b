package netopia

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Header is where the token of a report is, as Go writes names of headers.
const Header = "Verification-Token"

// issuer is who signs reports.
const issuer = "NETOPIA Payments"

// smallest is how many bits of a key are enough for signing that money has come.
const smallest = 2048

// ParseKey reads NETOPIA's public key, or the certificate that it is in, in PEM
// or DER.
func ParseKey(data []byte) (*rsa.PublicKey, error) {
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	var key any
	if k, err := x509.ParsePKIXPublicKey(data); err == nil {
		key = k
	} else if k, err := x509.ParsePKCS1PublicKey(data); err == nil {
		key = k
	} else if c, err := x509.ParseCertificate(data); err == nil {
		key = c.PublicKey
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("netopia: this is no public RSA key, nor a certificate with one")
	}
	if public.N.BitLen() < smallest {
		return nil, fmt.Errorf("netopia: the public key has %d bits, and needs %d", public.N.BitLen(), smallest)
	}
	return public, nil
}

// Read checks that NETOPIA has signed a report for this point of sale, with the
// token that came in [Header], and returns what it says. It fails with
// [ErrForged]; with [ErrUnreadable] for what is signed and makes no sense; and
// with [ErrAmount]. If no moment is said, that of signing, or else now, is it.
func (m Merchant) Read(body []byte, token string) (Payment, error) {
	claims, err := m.verify(token)
	if err != nil {
		return Payment{}, fmt.Errorf("%w: %w", ErrForged, err)
	}
	sum := sha512.Sum512(body)
	if subject, err := text(claims, "sub"); err != nil || subject != base64.StdEncoding.EncodeToString(sum[:]) {
		return Payment{}, fmt.Errorf("%w: it is for another body", ErrForged)
	}
	a, err := readAnswer(body)
	if err != nil {
		return Payment{}, err
	}
	p := a.payment
	if p.Order = a.order; p.Order == "" || p.Status == 0 {
		return Payment{}, fmt.Errorf("%w: it says nothing about an order", ErrUnreadable)
	}
	if p.At.IsZero() {
		if p.At, _ = instant(claims, "iat"); p.At.IsZero() {
			p.At = m.Now()
		}
	}
	return p, a.err
}

// verify returns the claims of a token that NETOPIA has signed for us, and that
// is in force. The algorithm is not the token's to choose: it is RS512.
func (m Merchant) verify(token string) (map[string]json.RawMessage, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("no token")
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil || strings.ContainsAny(part, "\r\n") {
			return nil, errors.New("no base64")
		}
	}
	digest := sha512.Sum512([]byte(parts[0] + "." + parts[1]))
	if m.PublicKey == nil || rsa.VerifyPKCS1v15(m.PublicKey, crypto.SHA512, digest[:], decoded[2]) != nil {
		return nil, errors.New("the signature is not theirs")
	}
	header, err := object(decoded[0])
	if err != nil {
		return nil, err
	}
	typ, err1 := text(header, "typ")
	if algorithm, err := text(header, "alg"); err != nil || err1 != nil || algorithm != "RS512" || typ != "" && typ != "JWT" {
		return nil, errors.New("another algorithm")
	}
	if _, critical := header["crit"]; critical { // RFC 7515, 4.1.11
		return nil, errors.New("it asks for what nobody understands")
	}
	claims, err := object(decoded[1])
	if err != nil {
		return nil, err
	}
	return claims, m.accept(claims)
}

// accept checks who has signed, for whom, and when.
func (m Merchant) accept(claims map[string]json.RawMessage) error {
	if iss, err := text(claims, "iss"); err != nil || iss != issuer {
		return errors.New("another issuer")
	}
	if to, err := audience(claims["aud"]); err != nil || to != m.Signature || to == "" {
		return errors.New("for another point of sale")
	}
	until, err1 := instant(claims, "exp")
	from, err2 := instant(claims, "nbf")
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if now := m.Now(); !until.IsZero() && now.After(until.Add(leeway)) || now.Add(leeway).Before(from) {
		return errors.New("at another time")
	}
	return nil
}

// leeway is how far their clock may be from ours.
const leeway = time.Minute

// audience reads who a token is for: one, in a list or not.
func audience(raw json.RawMessage) (string, error) {
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		list = make([]string, 1)
		if err := json.Unmarshal(raw, &list[0]); err != nil {
			return "", err
		}
	}
	if len(list) != 1 {
		return "", errors.New("for several")
	}
	return list[0], nil
}

// instant reads a number of seconds since 1970, or of milliseconds, which their
// libraries count in; zero if it is not said.
func instant(claims map[string]json.RawMessage, name string) (time.Time, error) {
	raw, ok := claims[name]
	if !ok || string(raw) == "null" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || n < 0 || n >= 1e14 {
		return time.Time{}, errors.New("no moment")
	}
	if n < 1e11 { // the year 5138
		n *= 1000
	}
	return time.UnixMilli(int64(n)), nil
}

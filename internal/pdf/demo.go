package pdf

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"time"
)

// The name in every certificate of [DevelopmentCertificate], so that whoever opens
// the properties of a seal reads it first. At most 64 letters (RFC 5280, ub-common-name).
const demonstration = "DEMONSTRATIV, fără valoare juridică"

// For document signing (RFC 9336).
var oidDocumentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}

// DevelopmentCertificate makes a seal for the demonstration of a town: a
// certificate followed by that of the authority that issued it, and the key.
// Both certificates say in their subject that they are worth nothing. They are valid
// for two years; the key of the authority is forgotten, so it issues nothing else.
func DevelopmentCertificate(town string, now time.Time) (cert, key []byte, err error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	sealKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	authority := demonstrationCertificate("Autoritate de certificare", town, now)
	authority.IsCA, authority.BasicConstraintsValid, authority.MaxPathLenZero = true, true, true
	authority.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	seal := demonstrationCertificate("Sigiliu", town, now)
	seal.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	seal.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidDocumentSigning}

	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, nil, err
	}
	sealDER, err := x509.CreateCertificate(rand.Reader, seal, authority, sealKey.Public(), authorityKey)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(sealKey)
	if err != nil {
		return nil, nil, err
	}
	for _, der := range [][]byte{sealDER, authorityDER} {
		cert = append(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

func demonstrationCertificate(what, town string, now time.Time) *x509.Certificate {
	serial := make([]byte, 16)
	rand.Read(serial) // never fails
	serial[0] &= 0x7F // positive, and at most 20 bytes: RFC 5280, 4.1.2.2
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject: pkix.Name{
			Country: []string{"RO"}, Organization: []string{town},
			OrganizationalUnit: []string{what}, CommonName: demonstration,
		},
		NotBefore: now.Add(-time.Hour), // clocks differ
		NotAfter:  now.AddDate(2, 0, 0),
	}
}

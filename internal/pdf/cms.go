package pdf

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// The names that CMS (RFC 5652), ESS (RFC 5035) and RFC 4055, 5758 give.
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidRSA           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSASHA256     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidECDSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Encapsulated encapsulated
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Signers      []signerInfo  `asn1:"set"`
}

// encapsulated has no content: the seal is detached.
type encapsulated struct {
	Type asn1.ObjectIdentifier
}

type signerInfo struct {
	Version    int
	Signer     issuerAndSerial
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue // [0] IMPLICIT SET OF attribute
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// signingCertificateV2 has no hash algorithm in its identifiers: the default,
// SHA-256, must be left out in DER.
type signingCertificateV2 struct {
	Certs []essCertIDv2
}

type essCertIDv2 struct {
	Hash []byte
}

// sign makes the CMS over a digest that SHA-256 has made of the signed bytes.
//
// It is assembled here because EN 319 142-1, 6.3, forbids the attribute
// signing-time in a PAdES signature, and the CMS libraries always write it: the
// time is the entry M of the signature dictionary.
func (s *Sealer) sign(digest []byte) ([]byte, error) {
	certs := append([]*x509.Certificate{s.cert}, s.chain...)
	attributes, err := signedAttributes(digest, certs)
	if err != nil {
		return nil, err
	}
	algorithm, err := algorithmOf(s.key.Public())
	if err != nil {
		return nil, err
	}
	// RFC 5652, 5.4: signed is the encoding as SET OF, not as [0].
	set := slices.Clone(attributes)
	set[0] = 0x31
	sum := sha256.Sum256(set)
	signature, err := s.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("pdf: signing: %w", err)
	}
	var certificates []byte
	for _, c := range certs {
		certificates = append(certificates, c.Raw...)
	}
	hash := pkix.AlgorithmIdentifier{Algorithm: oidSHA256}
	return asn1.Marshal(contentInfo{oidSignedData, signedData{
		Version:      1,
		Digests:      []pkix.AlgorithmIdentifier{hash},
		Encapsulated: encapsulated{oidData},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certificates},
		Signers: []signerInfo{{
			Version:    1,
			Signer:     issuerAndSerial{asn1.RawValue{FullBytes: s.cert.RawIssuer}, s.cert.SerialNumber},
			Digest:     hash,
			Attributes: asn1.RawValue{FullBytes: attributes},
			Algorithm:  algorithm,
			Signature:  signature,
		}},
	}})
}

// signedAttributes returns the three attributes that PAdES-B-B wants, as [0].
// The last names all certificates, the signer's first (RFC 5035, 5.4): so they
// are signed too, and none can be exchanged.
func signedAttributes(digest []byte, certs []*x509.Certificate) ([]byte, error) {
	var named signingCertificateV2
	for _, c := range certs {
		sum := sha256.Sum256(c.Raw)
		named.Certs = append(named.Certs, essCertIDv2{sum[:]})
	}
	var all []attribute
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value any
	}{
		{oidContentType, oidData},
		{oidMessageDigest, digest},
		{oidSigningCert, named},
	} {
		value, err := asn1.Marshal(a.value)
		if err != nil {
			return nil, err
		}
		all = append(all, attribute{a.oid, []asn1.RawValue{{FullBytes: value}}})
	}
	return asn1.MarshalWithParams(all, "set,tag:0")
}

func algorithmOf(key crypto.PublicKey) (pkix.AlgorithmIdentifier, error) {
	switch key.(type) {
	case *rsa.PublicKey:
		return pkix.AlgorithmIdentifier{Algorithm: oidRSASHA256, Parameters: asn1.NullRawValue}, nil
	case *ecdsa.PublicKey:
		return pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}, nil
	}
	return pkix.AlgorithmIdentifier{}, fmt.Errorf("pdf: keys of type %T do not seal", key)
}

// checkCMS checks that the CMS der signs digest, and returns the certificate it
// was signed with, and the others, in order up the chain. It accepts what [Sealer]
// writes and little else, so that no byte of der can change unnoticed.
func checkCMS(der, digest []byte) (cert *x509.Certificate, chain []*x509.Certificate, err error) {
	var info contentInfo
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil {
		return nil, nil, err
	}
	// The place kept for the CMS is longer than it; the remainder is zero.
	if len(bytes.TrimLeft(rest, "\x00")) > 0 {
		return nil, nil, errors.New("bytes after the CMS")
	}
	// Whatever encoding/asn1 reads leniently does not come back the same.
	if again, err := asn1.Marshal(info); err != nil || !bytes.Equal(again, der[:len(der)-len(rest)]) {
		return nil, nil, errors.New("the CMS is not in its one form")
	}
	d := info.Content
	if !info.Type.Equal(oidSignedData) || d.Version != 1 || !d.Encapsulated.Type.Equal(oidData) {
		return nil, nil, errors.New("the CMS is not detached signed data")
	}
	if len(d.Signers) != 1 || len(d.Digests) != 1 || !isSHA256(d.Digests[0]) || !isSHA256(d.Signers[0].Digest) {
		return nil, nil, errors.New("not one signer with SHA-256")
	}
	certs, err := x509.ParseCertificates(d.Certificates.Bytes)
	if err != nil {
		return nil, nil, err
	}
	if len(certs) == 0 {
		return nil, nil, errors.New("no certificate")
	}
	if err := checkChain(certs); err != nil {
		return nil, nil, err
	}
	return certs[0], certs[1:], checkSigner(d.Signers[0], certs, digest)
}

func isSHA256(a pkix.AlgorithmIdentifier) bool {
	return a.Algorithm.Equal(oidSHA256) && len(a.Parameters.FullBytes) == 0
}

// checkChain wants each certificate signed by the next.
func checkChain(certs []*x509.Certificate) error {
	for i, c := range certs {
		issuer := c // the last may be a root, signed by itself
		if i+1 < len(certs) {
			issuer = certs[i+1]
		} else if !bytes.Equal(c.RawIssuer, c.RawSubject) {
			return nil
		}
		if err := issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); err != nil {
			return fmt.Errorf("certificate %d: %w", i, err)
		}
	}
	return nil
}

func checkSigner(s signerInfo, certs []*x509.Certificate, digest []byte) error {
	cert := certs[0]
	if s.Version != 1 || s.Signer.Serial == nil || cert.SerialNumber.Cmp(s.Signer.Serial) != 0 || !bytes.Equal(cert.RawIssuer, s.Signer.Issuer.FullBytes) {
		return errors.New("the first certificate is not the signer's")
	}
	if err := checkAttributes(s.Attributes, certs, digest); err != nil {
		return err
	}
	var algorithm x509.SignatureAlgorithm
	switch want, err := algorithmOf(cert.PublicKey); {
	case err != nil:
		return err
	case !s.Algorithm.Algorithm.Equal(want.Algorithm):
		return errors.New("the algorithm does not suit the key")
	case want.Algorithm.Equal(oidRSASHA256):
		algorithm = x509.SHA256WithRSA
	default:
		algorithm = x509.ECDSAWithSHA256
	}
	set := slices.Clone(s.Attributes.FullBytes)
	set[0] = 0x31
	return cert.CheckSignature(algorithm, set, s.Signature)
}

// checkAttributes wants each of the three attributes once, with one value, and
// no other.
func checkAttributes(raw asn1.RawValue, certs []*x509.Certificate, digest []byte) error {
	var attributes []attribute
	if rest, err := asn1.UnmarshalWithParams(raw.FullBytes, &attributes, "set,tag:0"); err != nil || len(rest) > 0 {
		return errors.New("no signed attributes")
	}
	want, err := signedAttributes(digest, certs)
	if err != nil {
		return err
	}
	if !bytes.Equal(raw.FullBytes, want) {
		return errors.New("the signed attributes are not about this file and these certificates")
	}
	return nil
}

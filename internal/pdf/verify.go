package pdf

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"bega/internal/fault"
)

// What [Verify] answers about a file it cannot vouch for.
var (
	ErrUnsealed = fault.New(fault.Invalid, "pdf.unsealed") // there is no seal in it, or it is no PDF
	ErrChanged  = fault.New(fault.Invalid, "pdf.changed")  // there is one, but not over this file as it is
)

// A Seal is what a seal says, once it has been checked.
type Seal struct {
	Signer  string    // the legal person in the certificate, as it names itself
	At      time.Time // when it was sealed, as the seal claims; UTC, whole seconds
	Whole   bool      // the seal covers every byte, and none has changed
	Trusted bool      // the certificate leads to one of the roots
}

// How [Sealer] writes a signature dictionary; any other form is refused.
var (
	sealForm = regexp.MustCompile(`\n\d{1,7} 0 obj\n<</Type /Sig /Filter /Adobe\.PPKLite /SubFilter /ETSI\.CAdES\.detached\n` +
		`/Name <[0-9a-f]*> /Reason <[0-9a-f]*> /Location <[0-9a-f]*> /M \(D:(\d{14})\+00'00'\)\n` +
		`/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]\n/Contents <$`)
	afterSeal = regexp.MustCompile(`^>>>\nendobj\n`)
)

// Verify checks the seal of a file. The certificate must have been valid, and lead
// to one of the roots, at the given instant: that at which our own register
// says that the document was issued, because the time in a seal is only claimed.
// A seal by somebody unknown is an answer, not an error: Trusted is false, as it
// is for all when roots is nil.
//
// The errors are [ErrUnsealed] and [ErrChanged]. With ErrChanged the Seal is
// empty: nothing in such a file is worth repeating.
func Verify(file []byte, roots *x509.CertPool, at time.Time) (Seal, error) {
	ranges := bytes.Count(file, []byte("/ByteRange"))
	if ranges == 0 || !bytes.HasPrefix(file, []byte("%PDF-")) {
		return Seal{}, ErrUnsealed
	}
	if ranges > 1 {
		return Seal{}, fmt.Errorf("%w: %d seals", ErrChanged, ranges)
	}
	from, to, claimed, err := gap(file)
	if err != nil {
		return Seal{}, fmt.Errorf("%w: %w", ErrChanged, err)
	}
	der := make([]byte, hex.DecodedLen(to-from-2))
	if _, err := hex.Decode(der, file[from+1:to-1]); err != nil {
		return Seal{}, fmt.Errorf("%w: %w", ErrChanged, err)
	}
	if bytes.ContainsAny(file[from+1:to-1], "ABCDEF") { // the same bytes, but not the same file
		return Seal{}, fmt.Errorf("%w: the seal is not written as ours are", ErrChanged)
	}
	cert, chain, err := checkCMS(der, digestAround(file, from, to))
	if err != nil {
		return Seal{}, fmt.Errorf("%w: %w", ErrChanged, err)
	}
	signer := cmp.Or(cert.Subject.CommonName, cert.Subject.String())
	return Seal{Signer: signer, At: claimed, Whole: true, Trusted: trusted(cert, chain, roots, at)}, nil
}

// gap returns where the only bytes that are not signed begin and end: the "<"
// and the ">" around the CMS, both included. It checks that the ranges in the
// file are all the remainder, and returns the claimed time.
func gap(file []byte) (from, to int, at time.Time, err error) {
	mark := bytes.Index(file, []byte("/ByteRange"))
	// The whole dictionary up to its Contents is a few hundred bytes, unless
	// reason and place are novels.
	start := max(0, mark-16<<10)
	end := min(len(file), mark+len(fmt.Sprintf(byteRange, 0, 0, 0))+len("\n/Contents <"))
	m := sealForm.FindSubmatch(file[start:end])
	if m == nil {
		return 0, 0, at, fmt.Errorf("not a dictionary of a seal of ours")
	}
	from = end - 1
	first, _ := strconv.Atoi(string(m[2])) // ten digits: no overflow
	second, _ := strconv.Atoi(string(m[3]))
	length, _ := strconv.Atoi(string(m[4]))
	to = from + 2*room + 2
	if first != from || second != to || second+length != len(file) || to > len(file) {
		return 0, 0, at, fmt.Errorf("ranges [0 %d %d %d] in a file of %d bytes, with the seal at %d", first, second, length, len(file), from)
	}
	if !afterSeal.Match(file[to-1:]) {
		return 0, 0, at, fmt.Errorf("no end of the dictionary after the seal")
	}
	at, err = time.Parse("20060102150405", string(m[1]))
	return from, to, at, err
}

func trusted(cert *x509.Certificate, chain []*x509.Certificate, roots *x509.CertPool, at time.Time) bool {
	if roots == nil {
		return false // Verify would take the roots of the system
	}
	between := x509.NewCertPool()
	for _, c := range chain {
		between.AddCert(c)
	}
	_, err := cert.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil && cert.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0
}

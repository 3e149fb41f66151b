package pdf_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"

	"bega/internal/pdf"
)

// demonstration returns the seal of a town for nothing.
func demonstration(t testing.TB) *pdf.Sealer {
	t.Helper()
	cert, key, err := pdf.DevelopmentCertificate("Municipiul Timișoara", noon)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, cert, key)
}

// load has a seal read from files.
func load(t testing.TB, cert, key []byte) *pdf.Sealer {
	t.Helper()
	certFile, keyFile := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	if err := errors.Join(os.WriteFile(certFile, cert, 0o600), os.WriteFile(keyFile, key, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := pdf.LoadSealer(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rsaSeal returns a seal with an RSA key and without a chain.
func rsaSeal(t *testing.T) *pdf.Sealer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Orașul Demo"},
		NotBefore: noon.Add(-time.Hour), NotAfter: noon.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageContentCommitment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// seal seals a file at noon.
func seal(t testing.TB, s *pdf.Sealer, file []byte) []byte {
	t.Helper()
	sealed, err := s.Seal(file, "Dovadă de înregistrare (nr. 1234/2026)", "Timișoara", noon.Add(500*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// TestASealSatisfiesOthers asks poppler, which knows nothing of us.
func TestASealSatisfiesOthers(t *testing.T) {
	for name, s := range map[string]*pdf.Sealer{"ECDSA with a chain": demonstration(t), "RSA": rsaSeal(t)} {
		t.Run(name, func(t *testing.T) {
			file := produce(t, receipt())
			sealed := seal(t, s, file)
			if !bytes.HasPrefix(sealed, file) {
				t.Error("sealing changed what was there")
			}
			says := tool(t, "pdfsig", save(t, sealed))
			for _, want := range []string{"Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "SHA-256"} {
				if !strings.Contains(says, want) {
					t.Errorf("pdfsig does not say %q, but\n%s", want, says)
				}
			}
			if text := tool(t, "pdftotext", save(t, sealed), "-"); !strings.Contains(text, "Ștefania Țăranu-Demo") {
				t.Errorf("the sealed file says\n%s", text)
			}
			if err := verifyCMS(sealed); err != nil {
				t.Errorf("a library for CMS says %v", err)
			}
			got, err := pdf.Verify(sealed, s.Roots(), noon)
			if err != nil || !got.Whole || !got.Trusted || !got.At.Equal(noon) || got.Signer == "" {
				t.Errorf("Verify = %+v, %v", got, err)
			}
		})
	}
}

// verifyCMS has a library that we do not use ourselves check the signed message.
func verifyCMS(sealed []byte) error {
	from, to := gap(sealed)
	padded, err := hex.DecodeString(string(sealed[from+1 : to-1]))
	if err != nil {
		return err
	}
	var der asn1.RawValue
	if _, err := asn1.Unmarshal(padded, &der); err != nil {
		return err
	}
	message, err := pkcs7.Parse(der.FullBytes)
	if err != nil {
		return err
	}
	message.Content = slices.Concat(sealed[:from], sealed[to:])
	return message.Verify()
}

func TestWhomASealIsBy(t *testing.T) {
	ours, theirs := demonstration(t), demonstration(t)
	sealed := seal(t, ours, produce(t, receipt()))
	for _, test := range []struct {
		name  string
		roots *x509.CertPool
		at    time.Time
		want  bool
	}{
		{"our own", ours.Roots(), noon, true},
		{"a month later", ours.Roots(), noon.AddDate(0, 1, 0), true},
		{"who looks the same", theirs.Roots(), noon, false},
		{"nobody", nil, noon, false},
		{"ours, before the certificate", ours.Roots(), noon.AddDate(-1, 0, 0), false},
		{"ours, after the certificate", ours.Roots(), noon.AddDate(3, 0, 0), false},
	} {
		got, err := pdf.Verify(sealed, test.roots, test.at)
		if err != nil || got.Trusted != test.want || !strings.Contains(got.Signer, "fără valoare juridică") {
			t.Errorf("%s: Verify = %+v, %v, want trusted %t", test.name, got, err, test.want)
		}
	}
	if until := ours.Until(); !until.Equal(noon.AddDate(2, 0, 0)) {
		t.Errorf("the seal expires on %v", until)
	}
}

// gap returns where the bytes begin and end that the seal cannot cover: itself.
func gap(sealed []byte) (from, to int) {
	from = bytes.LastIndex(sealed, []byte("/Contents <")) + len("/Contents ")
	return from, from + bytes.IndexByte(sealed[from:], '>') + 1
}

// TestEveryByteCounts flips bits all over a sealed file.
func TestEveryByteCounts(t *testing.T) {
	s := demonstration(t)
	d := receipt()
	d.Blocks = d.Blocks[:1]
	sealed := seal(t, s, produce(t, d))
	from, to := gap(sealed)
	end := from + len(bytes.TrimRight(sealed[from:to-1], "0")) // of the CMS; the remainder is zeros
	for i := range sealed {
		// Every byte about the seal, and of the others one in a few, not the same in
		// each run of zeros and each stream.
		if (i < from-600 || i > end && i < to-2) && i%61 != 7 {
			continue
		}
		for _, bit := range []byte{1, 0x20} {
			sealed[i] ^= bit
			if got, err := pdf.Verify(sealed, s.Roots(), noon); !errors.Is(err, pdf.ErrChanged) && !errors.Is(err, pdf.ErrUnsealed) || got != (pdf.Seal{}) {
				t.Errorf("byte %d of %d (the seal is from %d to %d) with bit %#x flipped: Verify = %+v, %v", i, len(sealed), from, to, bit, got, err)
			}
			sealed[i] ^= bit
		}
	}
	if _, err := pdf.Verify(sealed, s.Roots(), noon); err != nil {
		t.Fatal(err)
	}

	name := save(t, sealed)
	positions := []int{9, 100, len(sealed) / 4, from - 5, from - 200, end - 3, end - 40, to + 3, len(sealed) - 30}
	for i := 1000; i < from; i += from / 25 {
		positions = append(positions, i)
	}
	for _, i := range positions {
		sealed[i] ^= 1
		if err := os.WriteFile(name, sealed, 0o600); err != nil {
			t.Fatal(err)
		}
		if says := tool(t, "pdfsig", name); strings.Contains(says, "Signature is Valid") {
			t.Errorf("with byte %d changed, pdfsig says\n%s", i, says)
		}
		sealed[i] ^= 1
	}
}

func TestWhatIsNotAsItWasSealed(t *testing.T) {
	s := demonstration(t)
	file := produce(t, receipt())
	sealed := seal(t, s, file)
	from, to := gap(sealed)
	more := slices.Concat(sealed, sealed[len(file):])
	for _, test := range []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, pdf.ErrUnsealed},
		{"no PDF", []byte("/ByteRange"), pdf.ErrUnsealed},
		{"not sealed", file, pdf.ErrUnsealed},
		{"a line more", append(slices.Clone(sealed), '\n'), pdf.ErrChanged},
		{"a line before", append([]byte("%PDF-1.7\n"), sealed...), pdf.ErrChanged},
		{"cut short", sealed[:len(sealed)-1], pdf.ErrChanged},
		{"a second revision", more, pdf.ErrChanged},
		{"the seal of another file", slices.Concat(file, []byte("%"), sealed[len(file)+1:]), pdf.ErrChanged},
		{"without the seal itself", slices.Concat(sealed[:from+1], bytes.Repeat([]byte("0"), to-from-2), sealed[to-1:]), pdf.ErrChanged},
		{"the seal in capitals", slices.Concat(sealed[:from], bytes.ToUpper(sealed[from:to]), sealed[to:]), pdf.ErrChanged},
	} {
		got, err := pdf.Verify(test.file, s.Roots(), noon)
		if !errors.Is(err, test.want) || got != (pdf.Seal{}) {
			t.Errorf("%s: Verify = %+v, %v, want %v", test.name, got, err, test.want)
		}
	}
}

func TestWhatIsNotSealed(t *testing.T) {
	s := demonstration(t)
	file := produce(t, receipt())
	for _, test := range []struct {
		name string
		file []byte
		at   time.Time
	}{
		{"what is sealed already", seal(t, s, file), noon},
		{"what is no PDF", []byte("%PDF-1.7\nxref\n"), noon},
		{"what somebody wrote after", append(slices.Clone(file), "\n1 0 obj\n<<>>\nendobj\n"...), noon},
		{"before the certificate is valid", file, noon.AddDate(0, 0, -1)},
		{"after it has expired", file, noon.AddDate(2, 0, 1)},
	} {
		if _, err := s.Seal(test.file, "", "", test.at); err == nil {
			t.Errorf("%s was sealed", test.name)
		}
	}
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cert, _, err1 := pdf.DevelopmentCertificate("Timișoara", noon)
	_, key, err2 := pdf.DevelopmentCertificate("Timișoara", noon)
	if err := errors.Join(err1, err2, os.WriteFile(certFile, cert, 0o600), os.WriteFile(keyFile, key, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := pdf.LoadSealer(certFile, keyFile); err == nil {
		t.Error("the key of another seal was taken")
	}
	if _, err := pdf.LoadSealer(certFile, filepath.Join(dir, "none")); err == nil {
		t.Error("a key that is not there was taken")
	}
}

// FuzzVerify: whatever a stranger uploads, only the one file that was sealed is
// vouched for.
func FuzzVerify(f *testing.F) {
	s := demonstration(f)
	d := receipt()
	d.Blocks, d.Verify = nil, nil
	file, err := pdf.Make(d, noon)
	if err != nil {
		f.Fatal(err)
	}
	sealed := seal(f, s, file)
	from, to := gap(sealed)
	f.Add(sealed)
	f.Add(file)
	f.Add(sealed[len(file):])
	f.Add(append([]byte("%PDF-1.7\n"), sealed[len(file):]...))
	f.Add(slices.Concat(sealed[:from+400], sealed[to:]))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := pdf.Verify(file, s.Roots(), noon)
		if err == nil && got.Trusted && !bytes.Equal(file, sealed) {
			t.Errorf("Verify = %+v about a file that nobody sealed", got)
		}
		if err != nil && !errors.Is(err, pdf.ErrUnsealed) && !errors.Is(err, pdf.ErrChanged) {
			t.Errorf("Verify says %v", err)
		}
	})
}

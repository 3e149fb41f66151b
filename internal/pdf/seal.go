package pdf

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// room is how many bytes the file keeps for the CMS: a certificate, its chain
// and a signature need about 4 KiB; the remainder is for long chains.
const room = 16 << 10

// A Sealer seals documents with the electronic seal of a legal person (Regulation
// (EU) 910/2014, art. 3 (25)). Whether it is an advanced or a qualified one
// depends on its certificate and on where its key lives, not on this code.
type Sealer struct {
	cert  *x509.Certificate
	chain []*x509.Certificate
	key   crypto.Signer
}

// NewSealer returns a sealer. The chain goes up from the issuer of cert, each
// certificate signed by the next; it may end before the root. The key, RSA or
// ECDSA, may be in a device: it is only asked to sign SHA-256 digests.
func NewSealer(cert *x509.Certificate, chain []*x509.Certificate, key crypto.Signer) *Sealer {
	return &Sealer{cert, chain, key}
}

// LoadSealer reads a sealer from two files in PEM: the certificate followed by
// its chain, and the key.
func LoadSealer(certFile, keyFile string) (*Sealer, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile) // checks that they belong together
	if err != nil {
		return nil, fmt.Errorf("pdf: loading the seal: %w", err)
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("pdf: loading the seal: a key of type %T does not sign", pair.PrivateKey)
	}
	var chain []*x509.Certificate
	for _, der := range pair.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("pdf: loading the seal: %w", err)
		}
		chain = append(chain, c)
	}
	s := NewSealer(pair.Leaf, chain, key)
	return s, s.check()
}

// Roots returns what the town has to trust to trust its own seal: the top of
// the chain of the sealer.
func (s *Sealer) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(append([]*x509.Certificate{s.cert}, s.chain...)[len(s.chain)])
	return pool
}

// Until returns when the certificate of the seal expires.
func (s *Sealer) Until() time.Time { return s.cert.NotAfter }

// check says early what [Verify] would say later.
func (s *Sealer) check() error {
	if _, err := algorithmOf(s.key.Public()); err != nil {
		return err
	}
	public, ok := s.key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(s.cert.PublicKey) {
		return errors.New("pdf: the key of the seal is not the one in its certificate")
	}
	if s.cert.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errors.New("pdf: the certificate of the seal is not for signing")
	}
	if err := checkChain(append([]*x509.Certificate{s.cert}, s.chain...)); err != nil {
		return fmt.Errorf("pdf: the chain of the seal: %w", err)
	}
	return nil
}

// Seal returns file, as made by [Make], with a seal over all of it. The reason and
// the place are shown by readers of PDF; at is the time that the seal claims.
// Nothing may be written to the file afterwards.
func (s *Sealer) Seal(file []byte, reason, place string, at time.Time) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if at.Before(s.cert.NotBefore) || at.After(s.cert.NotAfter) {
		return nil, fmt.Errorf("pdf: the certificate of the seal is not valid on %s", at.UTC().Format(time.DateOnly))
	}
	out, contents, err := s.prepare(file, reason, place, at)
	if err != nil {
		return nil, err
	}
	cms, err := s.sign(digestAround(out, contents, contents+2*room+2))
	if err != nil {
		return nil, err
	}
	if len(cms) > room {
		return nil, fmt.Errorf("pdf: the CMS needs %d bytes, and the file keeps %d for it", len(cms), room)
	}
	hex.Encode(out[contents+1:], cms)
	return out, nil
}

// digestAround returns the SHA-256 of what is before and after a gap.
func digestAround(file []byte, from, to int) []byte {
	h := sha256.New()
	h.Write(file[:from])
	h.Write(file[to:])
	return h.Sum(nil)
}

// The four numbers of /ByteRange have ten digits each, so that writing them
// moves nothing.
const byteRange = "/ByteRange [0 %010d %010d %010d]"

// prepare appends to file an incremental update (ISO 32000-1, 7.5.6) with the
// signature dictionary, its field, and the catalog and the first page that lead
// to it. It returns the result, with zeros where the CMS goes, and where the "<"
// before them is.
func (s *Sealer) prepare(file []byte, reason, place string, at time.Time) (out []byte, contents int, err error) {
	old, err := read(file)
	if err != nil {
		return nil, 0, err
	}
	dict, field := old.size, old.size+1
	catalog, err := with(old.catalog, fmt.Sprintf("/AcroForm <</Fields [%d 0 R] /SigFlags 3>>", field), "/AcroForm")
	if err != nil {
		return nil, 0, err
	}
	page, err := annotated(old.page, field)
	if err != nil {
		return nil, 0, err
	}
	head := fmt.Sprintf("<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/Name %s /Reason %s /Location %s /M (%s)\n",
		textString(s.cert.Subject.CommonName), textString(reason), textString(place), pdfTime(at))
	u := update{out: slices.Clip(bytes.Clone(file)), offsets: map[int]int{}}
	if u.out[len(u.out)-1] != '\n' {
		u.out = append(u.out, '\n')
	}
	u.object(old.root, catalog)
	u.object(old.first, page)
	u.object(field, fmt.Sprintf("<</Type /Annot /Subtype /Widget /FT /Sig /T (Sigiliu) /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R>>", old.first, dict))
	u.object(dict, head+fmt.Sprintf(byteRange, 0, 0, 0)+"\n/Contents <"+strings.Repeat("0", 2*room)+">>>")
	contents = bytes.LastIndex(u.out, []byte("/Contents <")) + len("/Contents ")
	u.finish(old, field+1)

	after := contents + 2*room + 2
	numbers := fmt.Sprintf(byteRange, contents, after, len(u.out)-after)
	copy(u.out[bytes.LastIndex(u.out, []byte("/ByteRange")):], numbers)
	return u.out, contents, nil
}

// An update is the tail of a file.
type update struct {
	out     []byte
	offsets map[int]int // of objects, by number
}

func (u *update) object(number int, body string) {
	u.offsets[number] = len(u.out)
	u.out = fmt.Appendf(u.out, "%d 0 obj\n%s\nendobj\n", number, body)
}

// finish writes the cross-reference section and the trailer.
func (u *update) finish(old revision, size int) {
	sum := sha256.Sum256(u.out)
	id := cmp.Or(old.id, hex.EncodeToString(sum[:16]))
	start := len(u.out)
	u.out = append(u.out, "xref\n"...)
	numbers := make([]int, 0, len(u.offsets))
	for n := range u.offsets {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		// Each entry is exactly 20 bytes, its end of line included.
		u.out = fmt.Appendf(u.out, "%d 1\n%010d 00000 n \n", n, u.offsets[n])
	}
	u.out = fmt.Appendf(u.out, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /Prev %d /ID [<%s> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		size, old.root, old.info, old.start, id, sum[:16], start)
}

// A revision is what a seal has to know of the file it is added to.
type revision struct {
	size, root, info, first int // object numbers; first is the first page
	start                   int // offset of the cross-reference section
	id                      string
	catalog, page           string // the dictionaries of root and first
}

var errNotOurs = errors.New("pdf: only a file as it was made is sealed: one revision, with a cross-reference table")

// What fpdf writes; the trailer is searched at the end of the file only.
var (
	trailerForm = regexp.MustCompile(`^xref\n0 (\d{1,7})\n(?:\d{10} \d{5} [fn] \n)+trailer\n<<\n?((?s:.*?))\n?>>\nstartxref\n(\d{1,10})\n%%EOF\n?$`)
	rootForm    = regexp.MustCompile(`/Root (\d{1,7}) 0 R`)
	infoForm    = regexp.MustCompile(`/Info (\d{1,7}) 0 R`)
	idForm      = regexp.MustCompile(`/ID \[<([0-9a-f]{32})>`)
	pagesForm   = regexp.MustCompile(`/Pages (\d{1,7}) 0 R`)
	kidsForm    = regexp.MustCompile(`/Kids \[(\d{1,7}) 0 R`)
)

// read finds in a file the objects that a seal has to change.
func read(file []byte) (r revision, err error) {
	at := bytes.LastIndex(file, []byte("\nxref\n")) + 1
	t := trailerForm.FindSubmatch(file[at:])
	if at == 0 || t == nil || bytes.Contains(t[2], []byte("/Prev")) || bytes.Contains(t[2], []byte("/Encrypt")) {
		return r, errNotOurs
	}
	r.start = at
	r.size, _ = strconv.Atoi(string(t[1]))
	if start, _ := strconv.Atoi(string(t[3])); start != at {
		return r, errNotOurs
	}
	if id := idForm.FindSubmatch(t[2]); id != nil {
		r.id = string(id[1])
	}
	r.root, r.info = number(rootForm, string(t[2])), number(infoForm, string(t[2]))
	r.catalog = object(file, r, r.root)
	r.first = number(kidsForm, object(file, r, number(pagesForm, r.catalog)))
	r.page = object(file, r, r.first)
	if r.catalog == "" || r.page == "" || r.info == 0 {
		return r, errNotOurs
	}
	return r, nil
}

// number returns the number that a form finds in a text, or zero.
func number(form *regexp.Regexp, text string) int {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// object returns the dictionary that an object is, or nothing.
func object(file []byte, r revision, n int) string {
	_, table, _ := bytes.Cut(file[r.start+len("xref\n"):], []byte("\n"))
	if n <= 0 || n >= r.size || len(table) < 20*(n+1) {
		return ""
	}
	offset, err := strconv.Atoi(string(table[20*n : 20*n+10]))
	if err != nil || offset < 0 || offset >= r.start {
		return ""
	}
	head := fmt.Sprintf("%d 0 obj\n", n)
	body, _, ok := strings.Cut(string(file[offset:min(offset+64<<10, r.start)]), "\nendobj")
	if !ok || !strings.HasPrefix(body, head+"<<") || !strings.HasSuffix(body, ">>") {
		return ""
	}
	return body[len(head):]
}

// with returns a dictionary with one entry more, unless it has it already.
func with(dict, entry, key string) (string, error) {
	if strings.Contains(dict, key) {
		return "", errNotOurs
	}
	return strings.TrimSuffix(dict, ">>") + entry + "\n>>", nil
}

// annotated returns the dictionary of a page with one annotation more.
func annotated(page string, n int) (string, error) {
	if before, after, ok := strings.Cut(page, "/Annots ["); ok {
		return fmt.Sprintf("%s/Annots [%d 0 R %s", before, n, after), nil
	}
	return with(page, fmt.Sprintf("/Annots [%d 0 R]", n), "/Annots")
}

// textString writes a text in hexadecimal UTF-16, where nothing needs escaping.
func textString(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return fmt.Sprintf("<%x>", b)
}

// pdfTime writes an instant as ISO 32000-1, 7.9.4, in UTC and whole seconds.
func pdfTime(t time.Time) string { return t.UTC().Format("D:20060102150405") + "+00'00'" }

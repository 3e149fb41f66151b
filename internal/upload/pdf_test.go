package upload_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"bega/internal/upload"
)

// document is a PDF of one page with further objects, from number 4 on.
func document(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	all := append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
	}, objects...)
	var at []int
	for i, object := range all {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(all)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(all)+1, start)
	return b.Bytes()
}

func stream(dict string, content []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(content), content)
}

func packed(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func flated(t testing.TB, dict string, content []byte) string {
	return stream(dict+" /Filter /FlateDecode", packed(t, content))
}

func archive(t testing.TB, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte("MZ"))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func honestPDF(t testing.TB, pages int) []byte {
	t.Helper()
	doc := fpdf.New("P", "mm", "A4", "")
	doc.SetFont("Helvetica", "", 12)
	for n := range pages {
		doc.AddPage()
		doc.MultiCell(0, 6, strings.Repeat(fmt.Sprintf("Pagina demonstrativa %d. ", n+1), 50), "", "", false)
	}
	doc.RegisterImageReader("photo", "jpg", bytes.NewReader(photo(t, 300, 200)))
	doc.Image("photo", 10, 200, 50, 0, false, "", 0, "")
	doc.RegisterImageReader("scan", "png", bytes.NewReader(drawing(t, 500, 700)))
	doc.Image("scan", 80, 200, 50, 0, false, "", 0, "")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rewritten is a PDF as pdfcpu writes it: with its objects in streams.
func rewritten(t testing.TB, data []byte, change func(in *bytes.Reader, out *bytes.Buffer, conf *model.Configuration) error) []byte {
	t.Helper()
	api.DisableConfigDir()
	var b bytes.Buffer
	if err := change(bytes.NewReader(data), &b, model.NewDefaultConfiguration()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHonestPDFs(t *testing.T) {
	three := honestPDF(t, 3)
	tight := rewritten(t, three, func(in *bytes.Reader, out *bytes.Buffer, conf *model.Configuration) error {
		return api.Optimize(in, out, conf)
	})
	if !bytes.Contains(tight, []byte("/ObjStm")) {
		t.Fatal("there is no object stream to look into")
	}
	text := []byte("BT (un text (cu paranteze) \\) si /JavaScrip) Tj ET % comentariu\n")
	a85 := make([]byte, ascii85.MaxEncodedLen(len(packed(t, text))))
	a85 = append(a85[:ascii85.Encode(a85, packed(t, text))], "~>"...)
	plan := flated(t, "/Type /XObject /Subtype /Image /Width 9933 /Height 14043 /BitsPerComponent 1 /ColorSpace /DeviceGray", make([]byte, (9933+7)/8*14043))
	for what, test := range map[string]struct {
		data  []byte
		pages int
	}{
		"one page":                  {honestPDF(t, 1), 1},
		"three pages":               {three, 3},
		"packed tightly":            {tight, 3},
		"written by hand":           {document(stream("", text)), 1},
		"packed":                    {document(flated(t, "", text)), 1},
		"packed as text":            {document(stream("/Filter [/ASCII85Decode /FlateDecode]", a85)), 1},
		"packed as digits":          {document(stream("/Filter [/AHx /Fl]", []byte(hex.EncodeToString(packed(t, text))+">"))), 1},
		"its length is elsewhere":   {document("<< /Length 5 0 R >>\nstream\r\n"+string(text)+"\nendstream", fmt.Sprint(len(text))), 1},
		"with a word in a stream":   {document(stream("", []byte("1 0 0 rg endstrea m /JavaScriptless"))), 1},
		"with a byte order mark":    {join([]byte("\xef\xbb\xbf"), three), 3},
		"with empty lines before":   {join([]byte("\r\n\r\n"), three), 3},
		"with a printer's language": {join([]byte("\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n"), three), 3},
		"with empty lines behind":   {join(three, []byte("\r\n\x00\x00\x1a")), 3},
		"with zeros behind":         {join(three, make([]byte, 5000)), 3},
		"changed twice":             {join(three, three), 3},
		"a plan of A0":              {document(stream("", text), plan), 1},
		"a long drawing":            {document(flated(t, "", bytes.Repeat([]byte("10.5 20.25 m 30 40 l S\n"), 150_000))), 1},
	} {
		f := check(t, what, "plan.pdf", test.data, nil)
		if f.Pages != test.pages || f.Media != "application/pdf" || f.Ext != ".pdf" {
			t.Errorf("%s: %s of %d pages, want %d", what, f.Media, f.Pages, test.pages)
		}
	}
}

type hostile struct {
	what string
	data []byte
	want error
}

func hostilePDFs(t testing.TB) []hostile {
	const text = "BT (Cerere) Tj ET"
	content := stream("", []byte(text))
	three := honestPDF(t, 3)
	locked := rewritten(t, three, func(in *bytes.Reader, out *bytes.Buffer, conf *model.Configuration) error {
		conf.UserPW, conf.OwnerPW = "parola", "parola"
		return api.Encrypt(in, out, conf)
	})
	zeros := make([]byte, 300<<20)
	bomb := packed(t, zeros)
	script := "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
	objects := func(dict, plain string) string { return flated(t, "/Type /ObjStm /N 1 /First 4 "+dict, []byte(plain)) }
	hidden := strings.ReplaceAll(objects("", "5 0 "+script), "/ObjStm", "/Obj#53tm")
	many := strings.Replace(string(document(content)), "/Count 1", "/Count 100000", 1)
	return []hostile{
		{"locked", locked, upload.ErrEncrypted},
		{"a script", document(content, script), upload.ErrActive},
		{"a script under another name", document(content, "<< /S /J#61vaScript /JS (x) >>"), upload.ErrActive},
		{"a script that is elsewhere", document(content, "<< /S 6 0 R /JS 7 0 R >>"), upload.ErrActive},
		{"a script in an object stream", document(content, objects("", "5 0 "+script)), upload.ErrActive},
		{"a script in a hidden object stream", document(content, hidden), upload.ErrActive},
		{"a script behind a false end", document(stream("", []byte("x\nendstream\nendobj\n9 0 obj\n"+script+"\nendobj"))), upload.ErrActive},
		{"a script in an unclosed string", document(content, "(", script), upload.ErrActive},
		{"a script behind a comment", document(content, "% << \n"+script), upload.ErrActive},
		{"a program is started", document(content, "<< /S /Launch /F (cmd.exe) >>"), upload.ErrActive},
		{"a file inside", document(content, stream("/Type /EmbeddedFile", []byte("MZ"))), upload.ErrActive},
		{"a file inside that says nothing", document(content, "<< /Type /Filespec /F (virus.exe) /EF << /F 6 0 R >> >>", stream("", []byte("MZ"))), upload.ErrActive},
		{"a list of files", document(content, "<< /Names [(a) << /F (a) /EF 6 0 R >>] >>", "<< /EmbeddedFiles 5 0 R >>"), upload.ErrActive},
		{"a form of another kind", document(content, "<< /AcroForm << /XFA 6 0 R >> >>"), upload.ErrActive},
		{"objects where nobody looks", document(content, objects("/DecodeParms << /Predictor 12 /Columns 4 >>", "5 0 <<>>")), upload.ErrDamaged},
		{"objects packed strangely", document(content, stream("/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode", []byte("x"))), upload.ErrDamaged},
		{"objects that say two things", document(content, objects("/Type /X", "5 0 <<>>")), upload.ErrDamaged},
		{"a bomb", document(stream("/Filter /FlateDecode", bomb)), upload.ErrBomb},
		{"a bomb of objects", document(content, stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", bomb)), upload.ErrBomb},
		{"a bomb in a bomb", document(stream("/Filter [/FlateDecode /FlateDecode]", packed(t, bomb))), upload.ErrBomb},
		{"a bomb that says elsewhere what it is", document(stream("/Filter 9 0 R", bomb)), upload.ErrBomb},
		{"a bomb in an image", document(content, stream("/Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode", bomb)), upload.ErrBomb},
		{"a bomb of an older kind", document(stream("/Filter /LZWDecode", lzwBomb(400_000))), upload.ErrBomb},
		{"a hundred small bombs", document(append([]string{content}, repeat(stream("/Filter /FlateDecode", packed(t, zeros[:4<<20])), 100)...)...), upload.ErrBomb},
		{"a large image inside", document(content, stream("/Subtype /Image /Width 50000 /Height 50000 /Filter /DCTDecode", nil)), upload.ErrPixels},
		{"too many pages", []byte(many), upload.ErrPages},
		{"no pages", []byte(strings.ReplaceAll(string(document(content)), "/Type /Page", "/Type /X")), upload.ErrDamaged},
		{"a deep nest", document(content, strings.Repeat("[", 100_000)), upload.ErrDamaged},
		{"cut off", three[:len(three)*2/3], upload.ErrDamaged},
		{"only a head", []byte("%PDF-1.7"), upload.ErrDamaged},
		{"a page before it", join([]byte("<html><script>alert(1)</script><!--"), three), upload.ErrDisguised},
		{"a page in its head", []byte(strings.Replace(string(three), "%PDF-1.3\n", "%PDF-1.3\n%<script>alert(1)</script>\n", 1)), upload.ErrDisguised},
		{"an archive behind it", join(three, archive(t, "virus.exe")), upload.ErrDisguised},
		{"an archive before it", join(archive(t, "virus.exe"), three), upload.ErrDisguised},
		{"an image before it", join([]byte("GIF89a"), three), upload.ErrDisguised},
		{"a program before it", join([]byte("MZ\x90\x00"), three), upload.ErrDisguised},
		{"a script before it", join([]byte("#!/bin/sh\n"), three), upload.ErrDisguised},
	}
}

func repeat(text string, n int) (all []string) {
	for range n {
		all = append(all, text)
	}
	return all
}

// lzwBomb packs zeros with n codes of LZW: each stands for one more than the
// one before.
func lzwBomb(n int) []byte {
	var out []byte
	var bits uint32
	have, next := uint(0), 258
	put := func(code int) {
		width := uint(9)
		for width < 12 && next+1 >= 1<<width {
			width++
		}
		bits, have = bits<<width|uint32(code), have+width
		for have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
		}
	}
	put(256)
	put(0)
	for range n {
		if next < 4096 {
			put(next)
			next++
		} else {
			put(4095)
		}
	}
	return append(out, byte(bits<<(8-have)))
}

func TestHostilePDFs(t *testing.T) {
	for _, test := range hostilePDFs(t) {
		check(t, test.what, "plan.pdf", test.data, test.want)
	}
}

// TestNothingTakesLong: whoever sends what is hard to read keeps nobody else
// waiting.
func TestNothingTakesLong(t *testing.T) {
	page := string(document(stream("", []byte("BT ET"))))
	for _, part := range []string{
		"(", "(\\", "<", "<<", "<<>>", "<</A", "<</Type/Page/A[", "[", "]", ">>", "/", "/#41", "%\n", "stream\n", "stream\nendstream\n", "endobj ", "1 0 R ",
		"PK\x05\x06", "%PDF-", "%%EOF", "<html", "\xff\xd8\xff\xe0\x00\x02", "obj<</Filter/LZWDecode>>stream\n\x80\x0b\nendstream ",
		"obj<</Filter/FlateDecode/Length 9>>stream\n" + string(packed(t, []byte("x"))) + "\nendstream ",
		"obj<</Type/ObjStm/Filter/Fl>>stream\n" + string(packed(t, []byte("1 0 <</A/B>>"))) + "\nendstream ",
		"obj<</Subtype/Image/Width 1/Height 1/Filter/DCTDecode>>stream\n\xff\xd8\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\nendstream ",
	} {
		data := []byte(strings.Replace(page, "xref", strings.Repeat(part, (upload.MaxBytes-len(page))/len(part))+"xref", 1))
		start := time.Now()
		_, err := upload.Check("a.pdf", data)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%.40q many times: %v after %s", part, err, took)
		} else {
			t.Logf("%.40q many times: %v after %s", part, err, took)
		}
	}
}

func TestAPDFKeepsItsName(t *testing.T) {
	data := honestPDF(t, 1)
	for name, want := range map[string]error{"plan.PDF": nil, "plan": nil, "plan v2.1": nil, "plan.jpg": upload.ErrDisguised, "plan.pdf.exe": upload.ErrDisguised, "plan.html": upload.ErrDisguised} {
		check(t, "a document", name, data, want)
	}
}

// FuzzCheck: whatever is sent, there is an answer, soon, and one for people.
func FuzzCheck(f *testing.F) {
	f.Add("a.pdf", document(stream("", []byte("BT ET"))))
	f.Add("a.pdf", document(flated(f, "/Type /ObjStm /N 1 /First 4", []byte("5 0 << /A [1 2 (x)] >>"))))
	f.Add("a.pdf", document(stream("/Filter [/AHx /LZW]", []byte("800B6050220C0C8501>"))))
	f.Add("a.jpg", photo(f, 16, 16))
	f.Add("a.png", drawing(f, 16, 16))
	f.Add("a.zip", archive(f, "x"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		got, err := upload.Check(name, data)
		if err != nil {
			check(t, "anything", name, data, err)
			return
		}
		if got.Pages < 1 || got.Pages > upload.MaxPages || got.Width*got.Height > upload.MaxPixels || !strings.HasPrefix(got.Media, "image/") && got.Ext != ".pdf" {
			t.Errorf("taken as %s, %d pages, %d × %d", got.Media, got.Pages, got.Width, got.Height)
		}
		if strings.ContainsAny(got.Name, "/\\\x00\r\n\"<>") || len(got.Name) < len(got.Ext) {
			t.Errorf("the name is %q", got.Name)
		}
	})
}

package upload_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/upload"
)

// check fails unless a file gets that fault; nil means that it is taken.
func check(t *testing.T, what, name string, data []byte, want error) upload.File {
	t.Helper()
	f, err := upload.Check(name, data)
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		t.Errorf("%s: Check(%q) = %v, want %v", what, name, err, want)
	}
	if err != nil && fault.Of(err).Kind != fault.Invalid {
		t.Errorf("%s: the fault %v is not one of an invalid field", what, err)
	}
	return f
}

func photo(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func drawing(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	img.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chunk is a part of a PNG file.
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// segment is a part of a JPEG file.
func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func TestHonestImages(t *testing.T) {
	jpg, drawn := photo(t, 64, 48), drawing(t, 60, 40)
	exif := join(jpg[:2], segment(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00"), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>"), jpg[2:])
	for what, test := range map[string]struct {
		name       string
		data       []byte
		wantName   string
		wantMedia  string
		wide, high int
	}{
		"a photograph":                 {"IMG_0001.JPG", jpg, "IMG_0001.JPG", "image/jpeg", 64, 48},
		"with what the camera noted":   {"poza.jpeg", exif, "poza.jpeg", "image/jpeg", 64, 48},
		"with zeros behind":            {"a.jpg", join(jpg, make([]byte, 4096)), "a.jpg", "image/jpeg", 64, 48},
		"with a second image behind":   {"a.jpg", join(exif, jpg), "a.jpg", "image/jpeg", 64, 48},
		"with a film behind":           {"a.jpg", join(jpg, []byte("\x00\x00\x00\x1cftypmp42\x00\x00\x00\x00"), noise(200_000)), "a.jpg", "image/jpeg", 64, 48},
		"with the maker's mark":        {"a.jpg", join(jpg, []byte("\x00\x00\x01\x0a\x0e\x00\x00\x00Image_UTC_Data1763986800000SEFHk\x00\x00\x00SEFT")), "a.jpg", "image/jpeg", 64, 48},
		"a scan":                       {"act.png", drawn, "act.png", "image/png", 60, 40},
		"with a camera's rest behind":  {"act.png", join(drawn, noise(5000)), "act.png", "image/png", 60, 40},
		"with a comment":               {"act.png", join(drawn[:33], chunk("tEXt", []byte("Comment\x00 1 < 2 & 3 > 2")), drawn[33:]), "act.png", "image/png", 60, 40},
		"sent by a messenger as PNG":   {"poza.png", jpg, "poza.jpg", "image/jpeg", 64, 48},
		"kept as HEIC":                 {"IMG_7.HEIC", jpg, "IMG_7.jpg", "image/jpeg", 64, 48},
		"without an ending":            {"poza", jpg, "poza.jpg", "image/jpeg", 64, 48},
		"with a date as an ending":     {"act 23.11.2026", drawn, "act 23.11.2026.png", "image/png", 60, 40},
		"with a word as an ending":     {"contract.final", drawn, "contract.final.png", "image/png", 60, 40},
		"from another system":          {`C:\Users\Ana\Desktop\plan.png`, drawn, "plan.png", "image/png", 60, 40},
		"with a path":                  {"../../etc/passwd.png", drawn, "passwd.png", "image/png", 60, 40},
		"with diacritics":              {"Dovadă — Ștefania (1).jpg", jpg, "Dovadă — Ștefania (1).jpg", "image/jpeg", 64, 48},
		"written backwards":            {"gnp\u202egpj.exe\u202d.jpg", jpg, "gnpgpj.exe.jpg", "image/jpeg", 64, 48},
		"with a name that nobody sees": {"\u200b\u0000\u0007 .jpg", jpg, "jpg.jpg", "image/jpeg", 64, 48},
		"with a name for a header":     {"a\r\nSet-Cookie: x\".jpg", jpg, "a Set-Cookie x.jpg", "image/jpeg", 64, 48},
		"with a name that is no text":  {"\xff\xfe.jpg", jpg, "jpg.jpg", "image/jpeg", 64, 48},
		"with no name":                 {"", jpg, "document.jpg", "image/jpeg", 64, 48},
		"with a long name":             {strings.Repeat("ă", 300) + ".jpg", jpg, strings.Repeat("ă", 96) + ".jpg", "image/jpeg", 64, 48},
	} {
		f := check(t, what, test.name, test.data, nil)
		if f.Name != test.wantName || f.Media != test.wantMedia || f.Width != test.wide || f.Height != test.high || f.Pages != 1 {
			t.Errorf("%s: got %q, %s, %d × %d, %d pages", what, f.Name, f.Media, f.Width, f.Height, f.Pages)
		}
		if !bytes.Equal(f.Bytes, test.data) {
			t.Errorf("%s: the bytes are not those that were sent", what)
		}
	}
}

func TestHostileImages(t *testing.T) {
	jpg, drawn := photo(t, 64, 48), drawing(t, 60, 40)
	wide := func(width, height uint32) []byte {
		head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
		return join(drawn[:8], chunk("IHDR", append(head, 8, 0, 0, 0, 0)), chunk("IDAT", packed.Bytes()), chunk("IEND", nil))
	}
	wideJPEG := bytes.Clone(jpg)
	frame := bytes.Index(wideJPEG, []byte{0xff, 0xc0})
	copy(wideJPEG[frame+5:], []byte{0xc3, 0x50, 0xc3, 0x50}) // 50,000 × 50,000
	scan := bytes.Index(jpg, []byte{0xff, 0xda})
	scans := bytes.Clone(jpg[:len(jpg)-2])
	for range 1000 {
		scans = append(scans, jpg[scan:scan+14]...)
	}
	broken := bytes.Clone(drawn)
	broken[len(broken)-20] ^= 1
	zip := archive(t, "virus.exe")
	js := bytes.Clone(join(jpg[:2], segment(0xe0, strings.Repeat(" ", 0x2f2a-2-2)+"*/"), segment(0xfe, "=alert(1)/*"), jpg[2:], []byte("*/")))

	for what, test := range map[string]struct {
		name string
		data []byte
		want error
	}{
		"50,000 × 50,000":              {"a.png", wide(50_000, 50_000), upload.ErrPixels},
		"50,000 × 50,000 in a JPEG":    {"a.jpg", wideJPEG, upload.ErrPixels},
		"one very long line":           {"a.png", wide(40_000, 1), upload.ErrPixels},
		"a size that is no number":     {"a.png", wide(1<<31-1, 1<<31-1), upload.ErrDamaged},
		"a size below nothing":         {"a.png", wide(1<<31, 1), upload.ErrDamaged},
		"no size":                      {"a.png", wide(0, 0), upload.ErrDamaged},
		"a thousand layers":            {"a.jpg", join(scans, []byte{0xff, 0xd9}), upload.ErrBomb},
		"cut off":                      {"a.jpg", jpg[:len(jpg)/2], upload.ErrDamaged},
		"cut off in the head":          {"a.jpg", jpg[:30], upload.ErrDamaged},
		"nothing but a head":           {"a.jpg", jpg[:3], upload.ErrDamaged},
		"a drawing cut off":            {"a.png", drawn[:len(drawn)-8], upload.ErrDamaged},
		"a drawing without pixels":     {"a.png", join(drawn[:33], chunk("IEND", nil)), upload.ErrDamaged},
		"a wrong checksum":             {"a.png", broken, upload.ErrDamaged},
		"zeros named JPEG":             {"a.jpg", make([]byte, 500), upload.ErrDamaged},
		"an archive behind it":         {"a.jpg", join(jpg, zip), upload.ErrDisguised},
		"an archive behind a drawing":  {"a.png", join(drawn, zip), upload.ErrDisguised},
		"an archive with a comment":    {"a.png", join(drawn[:33], chunk("zTXt", zip), drawn[33:]), upload.ErrDisguised},
		"a page behind it":             {"a.jpg", join(jpg, []byte("<HTML><script>alert(1)</script>")), upload.ErrDisguised},
		"a page in a comment":          {"a.jpg", join(jpg[:2], segment(0xfe, "<script>alert(1)</script>"), jpg[2:]), upload.ErrDisguised},
		"a program in a comment":       {"a.png", join(drawn[:33], chunk("tEXt", []byte("Comment\x00<?php system($_GET['c']); ?>")), drawn[33:]), upload.ErrDisguised},
		"a document behind it":         {"a.jpg", join(jpg, []byte("%PDF-1.4")), upload.ErrDisguised},
		"a document in a comment":      {"a.jpg", join(jpg[:2], segment(0xfe, "%PDF-1.4"), jpg[2:]), upload.ErrDisguised},
		"a script that is an image":    {"a.jpg", js, upload.ErrDisguised},
		"an image named document":      {"a.pdf", jpg, upload.ErrDisguised},
		"an image named program":       {"a.exe", jpg, upload.ErrDisguised},
		"a page named image":           {"a.jpg", []byte("<!DOCTYPE html><script>alert(1)</script>"), upload.ErrDisguised},
		"a page named document":        {"cerere.pdf", []byte("<html><body>Cerere</body></html>"), upload.ErrDisguised},
		"a drawing of text":            {"a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), upload.ErrDisguised},
		"an archive named document":    {"a.pdf", zip, upload.ErrDisguised},
		"a program named document":     {"a.pdf", join([]byte("MZ"), make([]byte, 300)), upload.ErrDisguised},
		"a script that begins as GIF":  {"a.jpg", []byte("GIF89a/*\x00\x00\x00*/=1;alert(1)"), upload.ErrType},
		"a GIF":                        {"a.gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), upload.ErrType},
		"a photograph of another kind": {"IMG.HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), upload.ErrType},
		"a text":                       {"cerere.docx", zip, upload.ErrType},
		"a list":                       {"date.csv", []byte("a,b\n1,2\n"), upload.ErrType},
		"nobody knows":                 {"date", noise(100), upload.ErrUnknown},
		"empty":                        {"a.pdf", nil, upload.ErrEmpty},
		"too large":                    {"a.jpg", join(jpg, make([]byte, upload.MaxBytes)), upload.ErrTooLarge},
		"cut by who received it":       {"a.jpg", join(jpg, make([]byte, upload.MaxBytes))[:upload.MaxBytes+1], upload.ErrCut},
	} {
		check(t, what, test.name, test.data, test.want)
	}
}

func TestTheLargestFile(t *testing.T) {
	jpg := photo(t, 64, 48)
	check(t, "exactly as large as it may be", "a.jpg", join(jpg, make([]byte, upload.MaxBytes-len(jpg))), nil)
	if err := upload.TooLarge(upload.MaxBytes); err != nil {
		t.Error(err)
	}
	err := upload.TooLarge(24_000_000 - 5)
	if !errors.Is(err, upload.ErrTooLarge) || fmt.Sprint(fault.Of(err).Args...) != "24 10" {
		t.Errorf("%v with %v", err, fault.Of(err).Args)
	}
}

func TestRead(t *testing.T) {
	for size, want := range map[int]int{0: 0, 5: 5, upload.MaxBytes: upload.MaxBytes, upload.MaxBytes + 1: upload.MaxBytes + 1, upload.MaxBytes * 2: upload.MaxBytes + 1} {
		if data, err := upload.Read(bytes.NewReader(make([]byte, size))); err != nil || len(data) != want {
			t.Errorf("of %d bytes %d were read, %v", size, len(data), err)
		}
	}
	lost := errors.New("the connection is lost")
	if _, err := upload.Read(io.MultiReader(strings.NewReader("x"), iotest.ErrReader(lost))); !errors.Is(err, lost) {
		t.Errorf("got %v, want %v", err, lost)
	}
}

// TestTexts: a resident reads what to do, with the numbers of their own file.
func TestTexts(t *testing.T) {
	texts, err := text.Load(upload.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{upload.TooLarge(24_000_000), "Fișierul are 24 MB. Alege unul de cel mult 10 MB sau fotografiază pagina din nou."},
		{upload.ErrType.With(".tif"), "Nu putem deschide .tif. Trimite PDF, JPG sau PNG."},
		{upload.ErrPixels.With(50_000, 50_000), "Poza are 50.000 × 50.000 puncte și e prea mare. Fă poza din nou, la o rezoluție mai mică."},
		{upload.ErrVirus, "Fișierul pare periculos și nu l-am păstrat. Încearcă alt fișier."},
	} {
		f := fault.Of(test.err)
		if got := texts.For("ro").T(f.Key, f.Args...); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// TestMemory: many send at once, so that a file may not cost much more than it
// has bytes.
func TestMemory(t *testing.T) {
	files := [][]byte{photo(t, 2000, 1500), drawing(t, 4000, 3000), honestPDF(t, 50)}
	for _, h := range hostilePDFs(t) {
		files = append(files, h.data)
	}
	for i, data := range files {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = upload.Check("a.pdf", data)
		_, _ = upload.Check("a.jpg", data)
		_, _ = upload.Check("a.png", data)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 150<<20 {
			t.Errorf("file %d of %d bytes: %d MB were used", i, len(data), used>>20)
		}
	}
}

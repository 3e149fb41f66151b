package drafts

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"bega/internal/deadline"
	"bega/procedures"
)

// kinds are the types of documents of a catalogue, for the folder.
type kinds struct{ c *procedures.Catalogue }

func (k kinds) TypeTitle(key, lang string) string {
	typ, err := k.c.DocumentType(key)
	if err != nil && key == anyPaper { // which the trial town has not got
		return "Alt document"
	}
	return typ.Title.In(lang)
}

func (k kinds) TypeTerm(key string) deadline.Term {
	typ, _ := k.c.DocumentType(key)
	return typ.Valid
}

func (k kinds) TypeKeys() (keys []string) {
	for _, typ := range k.c.DocumentTypes() {
		keys = append(keys, typ.Key)
	}
	return keys
}

func (k kinds) ServiceTypes(service string) []string {
	s, err := k.c.Version(service, 1)
	if err != nil {
		return nil
	}
	return s.Papers()
}

// honest is a document as people send them.
func honest(t testing.TB) []byte {
	t.Helper()
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "", 12)
	doc.Cell(40, 10, "Talon demonstrativ")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A hostile file is one that harms whoever opens it, or shows something else
// than it says; the portal answers with that text.
type hostile struct {
	name string
	data []byte
	want string
}

// hostiles makes such files.
func hostiles(t testing.TB) []hostile {
	t.Helper()
	good, picture := honest(t), photo(t)
	wide := bytes.Clone(picture)
	copy(wide[bytes.Index(wide, []byte{0xff, 0xc0})+5:], []byte{0xc3, 0x50, 0xc3, 0x50})
	locked := new(bytes.Buffer)
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.UserPW, conf.OwnerPW = "parola", "parola"
	if err := api.Encrypt(bytes.NewReader(good), locked, conf); err != nil {
		t.Fatal(err)
	}
	script := strings.Replace(string(good), "/Type /Catalog", "/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", 1)
	return []hostile{
		{"bomba.pdf", bomb(t), "devine prea mare"},
		{"plan.png", wall(t, 50_000), "50.000 × 50.000 puncte"},
		{"plan.jpg", wide, "50.000 × 50.000 puncte"},
		{"pagina.pdf", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), "nu este ce spune numele"},
		{"dublu.pdf", append(bytes.Clone(good), archive(t)...), "nu este ce spune numele"},
		{"dublu.jpg", append(bytes.Clone(picture), "<html><script>alert(1)</script>"...), "nu este ce spune numele"},
		{"gol.pdf", nil, "este gol"},
		{"inchis.pdf", locked.Bytes(), "închis cu parolă"},
		{"cerere.docx", archive(t), "Nu putem deschide .docx"},
		{"program.pdf", append([]byte("MZ"), make([]byte, 300)...), "nu este ce spune numele"},
		{"activ.pdf", []byte(script), "are în el un program"},
		{"urias.pdf", append(bytes.Clone(good), make([]byte, 23_500_000)...), "are 24 MB"},
		{"rupt.pdf", good[:len(good)/2], "este stricat"},
	}
}

// bomb is a page of 300 MB in as many kB.
func bomb(t testing.TB) []byte {
	t.Helper()
	var packed, b bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := io.CopyN(z, zeros{}, 300<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b.WriteString("%PDF-1.7\n")
	at := []int{}
	for i, object := range []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
		fmt.Sprintf("<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", packed.Len(), packed.Bytes())} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	b.WriteString("xref\n0 5\n0000000000 65535 f \n")
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// wall is an image that says it is so wide and high.
func wall(t testing.TB, side uint32) []byte {
	t.Helper()
	chunk := func(kind string, data []byte) []byte {
		b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...)
		b = append(b, data...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	head := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side), 8, 0, 0, 0, 0)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", packed.Bytes()), chunk("IEND", nil)}, nil)
}

func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archive(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("virus.exe")
	if err == nil {
		_, err = w.Write([]byte("MZ"))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostileFiles: what harms is refused beside its field, with and without
// JavaScript; all else that was typed and sent stays.
func TestHostileFiles(t *testing.T) {
	files := hostiles(t)
	runtime.GC()
	done := watchMemory(t, 450<<20)
	defer done()
	eachTown(t, func(t *testing.T, o *town) {
		b := visit(t, o.site())
		b.as("ana")
		d := o.begins(ana, "proba")
		o.saves(ana, d.ID, "cine", who...)
		good := b.sends("/ciorne/"+d.ID+"/fisier", map[string]string{"camp": "poze"}, sentFile{"fisier", "poza.jpg", photo(t)})
		if good.Code != http.StatusCreated || !strings.Contains(good.Body.String(), `"name":"poza.jpg"`) {
			t.Fatalf("an honest picture: %d %s", good.Code, good.Body)
		}
		for _, h := range files {
			b.headers["Accept"] = "application/json"
			w := b.sends("/ciorne/"+d.ID+"/fisier", map[string]string{"camp": "talon.fisier"}, sentFile{"fisier", h.name, h.data})
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), h.want) || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
				t.Errorf("%s with JavaScript: %d %s, want %q", h.name, w.Code, w.Body, h.want)
			}
			b.headers["Accept"] = "text/html"
			w = b.sends("/ciorne/"+d.ID+"/acte", map[string]string{"cheie": "k-" + h.name, "intrebat": "talon", "intrebat ": "poze", "intrebat  ": "acord", "talon": "nou", "acord": "da"},
				sentFile{"talon.fisier", h.name, h.data})
			page := w.Body.String()
			if w.Code != http.StatusUnprocessableEntity || strings.Count(page, h.want) != 2 || !strings.Contains(page, `href="#talon.fisier">`+h.name) {
				t.Errorf("%s without JavaScript: %d, and %d times %q", h.name, w.Code, strings.Count(page, h.want), h.want)
			}
			if !strings.Contains(page, "poza.jpg") || !strings.Contains(page, `name="acord" value="da" checked`) {
				t.Errorf("%s: something was lost:\n%s", h.name, page)
			}
		}
		now := o.draft(ana, d.ID)
		if len(now.Files) != 1 || now.Values.Get("adresa.numar") != "7" || now.Values.Get("acord") != "da" || now.Values.Get("talon.fisier.id") != "" {
			t.Errorf("the draft is %+v", now)
		}
		if papers, err := o.Folder.Documents(t.Context(), ana); err != nil || len(papers) != 1 {
			t.Errorf("the folder has %d documents, %v", len(papers), err)
		}
	})
}

// watchMemory fails the test if more than most bytes are in use at once before
// done is called.
func watchMemory(t *testing.T, most uint64) (done func()) {
	var peak uint64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse+m.StackInuse)
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	return func() {
		close(stop)
		wg.Wait()
		if t.Logf("at most %d MB were used", peak>>20); peak > most {
			t.Errorf("%d MB were used", peak>>20)
		}
	}
}

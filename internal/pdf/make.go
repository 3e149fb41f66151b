package pdf

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"bega/internal/text"
)

// Files holds the few words that [Make] adds to a document, and the texts of the
// faults.
//
//go:embed texts
var Files embed.FS

// maxURL keeps the squares of the QR code large enough for a printed copy.
const maxURL = 500

// Make prints a document on A4 pages. The instant is that of its issue, for the
// properties of the file: the same document and instant give the same bytes.
//
// Letters that no font of ours has are printed as U+FFFD; Latin, Greek and
// Cyrillic are there. Scripts that run from right to left are not set properly.
func Make(d Document, at time.Time) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	words, err := text.Load(Files)
	if err != nil {
		return nil, err
	}
	f := fpdf.New("P", "mm", "A4", "")
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.SetCatalogSort(true)
	describe(f, d, at)
	s := &sheet{f: f, d: d, words: words.For(d.Lang), glyphs: map[string]glyphs{}}
	if err := s.lay(); err != nil {
		return nil, err
	}
	s.draw()
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return finish(out.Bytes())
}

// check refuses what would be printed with a part missing.
func (d Document) check() error {
	if strings.TrimSpace(d.Title) == "" {
		return errors.New("pdf: a document without a title")
	}
	for i, b := range d.Blocks {
		if b == nil {
			return fmt.Errorf("pdf: block %d is nil", i)
		}
		table, ok := b.(Table)
		if ok && len(table.Head) == 0 {
			return fmt.Errorf("pdf: block %d: a table without a head", i)
		}
		for n, row := range table.Rows {
			if len(row) > len(table.Head) {
				return fmt.Errorf("pdf: block %d: row %d has %d cells, under a head of %d", i, n, len(row), len(table.Head))
			}
		}
	}
	if d.Verify != nil && (d.Verify.URL == "" || len(d.Verify.URL) > maxURL) {
		return fmt.Errorf("pdf: an address of %d bytes to verify at", len(d.Verify.URL))
	}
	return nil
}

var notInLanguage = regexp.MustCompile(`[^A-Za-z0-9-]`)

// describe sets the properties of the file. The language is written into it
// unescaped, so only letters, digits and hyphens go there.
func describe(f *fpdf.Fpdf, d Document, at time.Time) {
	author, lang := d.Author, notInLanguage.ReplaceAllString(d.Lang, "")
	if author == "" {
		author = d.Issuer.Authority
	}
	if lang == "" {
		lang = text.Languages[0].String()
	}
	title := d.Title
	if d.Number != "" {
		title += " " + d.Number
	}
	f.SetLang(lang)
	f.SetTitle(clean(title), true)
	f.SetSubject(clean(d.Subject), true)
	f.SetAuthor(clean(author), true)
	f.SetCreator("Bega", true)
	f.SetProducer("Bega", true)
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
}

// finish adds what fpdf has no method for: readers show the title instead of the
// name of the file (ISO 32000-1, 12.2), and the file has an identifier (14.4).
// Both go behind every object, so only the place of the table moves.
func finish(file []byte) ([]byte, error) {
	r, err := read(file)
	if err != nil {
		return nil, err
	}
	const mark = "/Type /Catalog\n"
	i := bytes.LastIndex(file[:r.start], []byte(mark))
	if i < 0 {
		return nil, errNotOurs
	}
	i += len(mark)
	const shown = "/ViewerPreferences <</DisplayDocTitle true>>\n"
	sum := sha256.Sum256(file)
	var out bytes.Buffer
	out.Write(file[:i])
	out.WriteString(shown)
	out.Write(file[i:r.start])
	table, _, _ := bytes.Cut(file[r.start:], []byte("trailer\n"))
	out.Write(table)
	fmt.Fprintf(&out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%x> <%x>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		r.size, r.root, r.info, sum[:16], sum[:16], r.start+len(shown))
	return out.Bytes(), nil
}

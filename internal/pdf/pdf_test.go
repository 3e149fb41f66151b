package pdf_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bega/internal/pdf"
)

var keep = flag.String("keep", "", "a folder to keep the documents of the tests in, to look at them")

// noon is when everything in these tests is issued and sealed.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// receipt is a document with something of everything.
func receipt() pdf.Document {
	return pdf.Document{
		Lang:    "ro",
		Title:   "Dovadă de înregistrare",
		Subject: "Certificat de urbanism pentru construirea unei locuințe",
		Issuer: pdf.Issuer{
			Authority: "Municipiul Timișoara", Unit: "Direcția Generală Urbanism și Planificare Teritorială",
			Address: "Bulevardul C. D. Loga nr. 1, 300030 Timișoara", Phone: "0256 408 300", Email: "registratura@primaria.example",
		},
		Number:    "1234/2026",
		Date:      "2 martie 2026",
		Recipient: []string{"Ștefania Țăranu-Demo", "Strada Împăratul Traian nr. 7, ap. 3", "300012 Timișoara"},
		Blocks: pdf.Blocks{
			pdf.Paragraph{Text: "Am primit cererea ta și am înregistrat-o astăzi, la ora 14:00. Numărul de mai sus rămâne același până la răspuns."},
			pdf.Heading{Text: "Ce urmează"},
			pdf.List{Items: []string{
				"Verificăm actele în cinci zile lucrătoare.",
				"Dacă lipsește ceva, îți scriem ce și până când. Termenul se oprește cât aștepți tu un act de la altă instituție, și merge mai departe din ziua în care îl trimiți.",
				"Primești răspunsul cel târziu pe 1 aprilie 2026.",
			}},
			pdf.Heading{Text: "Cererea pe scurt"},
			pdf.Facts{Rows: []pdf.Fact{
				{Label: "Imobil", Value: "Calea Șagului nr. 100, CF 400123 Timișoara"},
				{Label: "Scopul", Value: "construire locuință P+1E, împrejmuire și branșamente la rețelele din stradă"},
				{Label: "Termen legal", Value: "30 de zile (Legea nr. 50/1991, art. 6)"},
			}},
			pdf.Heading{Text: "Taxa"},
			pdf.Table{
				Head: []string{"Ce se plătește", "Temei", "Suma"},
				Rows: [][]string{
					{"Taxa pentru eliberarea certificatului, 500 m²", "Legea nr. 227/2015, art. 474", "12,00 lei"},
					{"Taxa de extras de plan", "HCL nr. 5/2026", "1.150,00 lei"},
					{"Total", "", "1.162,00 lei"},
				},
			},
			pdf.Note{Title: "Păstrează dovada", Text: "Cu numărul și codul de mai jos vezi oricând unde a ajuns cererea, și fără cont."},
		},
		Signatures: []pdf.Signature{{Name: "Ion Registrator-Demo", Capacity: "Registrator", Date: "2 martie 2026"}},
		Verify: &pdf.Verification{
			Code: "K7QF-3M9X-T2", URL: "https://portal.example/verifica/K7QF3M9XT2",
			Note: "Compară hârtia cu originalul: îndreaptă camera telefonului spre pătrat sau scrie codul pe pagina de verificare.",
		},
		Footer: "Municipiul Timișoara, CUI 14756536. Prelucrăm datele tale ca să răspundem cererii (Regulamentul (UE) 2016/679, art. 6 alin. (1) lit. c)).",
	}
}

// TestTheTextCanBeReadBack has a program of others read what was printed.
func TestTheTextCanBeReadBack(t *testing.T) {
	d := receipt()
	d.Blocks = append(d.Blocks, pdf.Paragraph{Text: "ă â î ș ț Ă Â Î Ș Ț „așa” – 25 °C, ½; Ελλάδα, Београд; 😀."})
	name := save(t, produce(t, d))
	got := strings.Join(strings.Fields(tool(t, "pdftotext", name, "-")), " ")
	from := 0
	for _, want := range []string{
		"Municipiul Timișoara", "Direcția Generală Urbanism și Planificare Teritorială", "Bulevardul C. D. Loga nr. 1",
		"Nr. 1234/2026", "2 martie 2026", "Către", "Ștefania Țăranu-Demo", "Strada Împăratul Traian nr. 7, ap. 3",
		"Dovadă de înregistrare", "Certificat de urbanism pentru construirea unei locuințe",
		"Am primit cererea ta și am înregistrat-o astăzi, la ora 14:00. Numărul de mai sus rămâne același până la răspuns.",
		"Ce urmează", "•", "Verificăm actele în cinci zile lucrătoare.", "Imobil", "Calea Șagului nr. 100, CF 400123 Timișoara",
		"Ce se plătește", "Temei", "Suma", "1.150,00 lei", "Păstrează dovada",
		"ă â î ș ț Ă Â Î Ș Ț „așa” – 25 °C, ½; Ελλάδα, Београд; \uFFFD.",
		"Pagina 1 din 2", "Dovadă de înregistrare · 1234/2026", "Ion Registrator-Demo", "Verifică acest document",
		"https://portal.example/verifica/K7QF3M9XT2", "Cod: K7QF-3M9X-T2", "Pagina 2 din 2",
	} {
		i := strings.Index(got[from:], want)
		if i < 0 {
			t.Fatalf("after %q, the file does not say %q, but\n%s", got[max(0, from-40):from], want, got[from:])
		}
		from += i
	}
	list := tool(t, "pdffonts", name)
	for line := range strings.Lines(list) {
		if strings.Contains(line, "TrueType") && !regexp.MustCompile(` yes \w+ +yes `).MatchString(line) {
			t.Errorf("this font is not embedded, or its letters are not known: %s", line)
		}
	}
	if strings.Count(list, "TrueType") < 4 {
		t.Errorf("the fonts are\n%s", list)
	}
	info := tool(t, "pdfinfo", name)
	for _, want := range []string{"Title:           Dovadă de înregistrare 1234/2026\n", "Author:          Municipiul Timișoara\n", "Page size:       595.28 x 841.89 pts (A4)\n"} {
		if !strings.Contains(info, want) {
			t.Errorf("the properties of the file lack %q:\n%s", want, info)
		}
	}
}

// TestLongTables: a table goes on over pages, each with its head, and no row is
// lost or cut.
func TestLongTables(t *testing.T) {
	d := receipt()
	table := pdf.Table{Head: []string{"Nr. crt.", "Ce este", "Suma"}}
	for i := range 200 {
		what := strings.Repeat(fmt.Sprintf("rândul-%d ", i), 1+i%23)
		table.Rows = append(table.Rows, []string{fmt.Sprint(i), what, fmt.Sprintf("%d,00 lei", i)})
	}
	table.Rows = append(table.Rows, []string{"200", strings.Repeat("un rând mai lung decât o pagină ", 300), "200,00 lei"})
	d.Blocks, d.Draft = pdf.Blocks{table}, true
	got := tool(t, "pdftotext", "-layout", save(t, produce(t, d)), "-")
	pages := strings.Split(strings.TrimSuffix(got, "\f"), "\f")
	for i, page := range pages {
		if !strings.Contains(page, fmt.Sprintf("Pagina %d din %d", i+1, len(pages))) || !strings.Contains(page, "Ciornă, fără valoare juridică") {
			t.Errorf("page %d does not say so, or not that it is a draft:\n%s", i+1, page)
		}
		if i < len(pages)-1 && strings.Count(page, "Ce este") != 1 {
			t.Errorf("page %d has no head of the table:\n%s", i+1, page)
		}
	}
	for i := range 200 {
		if n := len(regexp.MustCompile(fmt.Sprintf(`rândul-%d\s`, i)).FindAllString(got, -1)); n != 1+i%23 {
			t.Errorf("row %d is there %d times, want %d", i, n, 1+i%23)
		}
		if !strings.Contains(got, fmt.Sprintf(" %d,00 lei\n", i)) {
			t.Errorf("the amount of row %d is missing, or cut", i)
		}
	}
	if n := len(regexp.MustCompile(`\bun\s`).FindAllString(got, -1)); n != 300 {
		t.Errorf("of the long row, %d of 300 parts are there", n)
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	one, other := produce(t, receipt()), produce(t, receipt())
	if !bytes.Equal(one, other) {
		t.Error("they differ")
	}
	d := receipt()
	d.Number = "1235/2026"
	if bytes.Equal(one, produce(t, d)) {
		t.Error("another number does not change the file")
	}
	if n := len(one); n > 120_000 {
		t.Errorf("the file has %d bytes", n)
	}
}

func TestWhatCannotBePrintedWhole(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(d *pdf.Document)
	}{
		{"without a title", func(d *pdf.Document) { d.Title = " \n" }},
		{"a block that is none", func(d *pdf.Document) { d.Blocks = append(d.Blocks, nil) }},
		{"a table without a head", func(d *pdf.Document) { d.Blocks = pdf.Blocks{pdf.Table{Rows: [][]string{{"1"}}}} }},
		{"a row longer than its head", func(d *pdf.Document) {
			d.Blocks = pdf.Blocks{pdf.Table{Head: []string{"a"}, Rows: [][]string{{"1", "2"}}}}
		}},
		{"an address too long for a code", func(d *pdf.Document) { d.Verify.URL += strings.Repeat("x", 500) }},
		{"nowhere to verify", func(d *pdf.Document) { d.Verify.URL = "" }},
		{"a foot that does not fit", func(d *pdf.Document) { d.Footer = strings.Repeat("cuvinte ", 200) }},
	} {
		d := receipt()
		if test.spoil(&d); true {
			if _, err := pdf.Make(d, noon); err == nil {
				t.Errorf("%s: Make does not mind", test.name)
			}
		}
	}
	for _, d := range []pdf.Document{ // as little as possible; and what nobody expects
		{Title: "Gol"},
		{Title: "(\\) <</Evil>> \x00\x1b\r\n%%EOF", Lang: "ro) /X (", Number: "(1", Footer: "endstream endobj", Blocks: pdf.Blocks{
			pdf.Table{Head: []string{""}}, pdf.Facts{}, pdf.List{}, pdf.Note{}, pdf.Heading{}, pdf.Paragraph{Text: strings.Repeat("W", 5000)}, pdf.Heading{Text: "la urmă"},
		}},
	} {
		if got := tool(t, "pdftotext", save(t, produce(t, d)), "-"); strings.Count(got, "W") != strings.Count(fmt.Sprint(d), "W") {
			t.Errorf("%s: the text is\n%s", d.Title, got)
		}
	}
}

func TestDocumentsAreKeptAsJSON(t *testing.T) {
	want := receipt()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got pdf.Document
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the document came back changed:\n%s", diff)
	}
	for _, text := range []string{
		`[{"type":"video"}]`, `[{"text":"?"}]`, `[null]`, `[{"type":"paragraph","text":"a","colour":"red"}]`, `{}`, `[{"type":"table","rows":1}]`,
	} {
		if err := json.Unmarshal([]byte(text), new(pdf.Blocks)); err == nil {
			t.Errorf("blocks %s were read", text)
		}
	}
}

// produce makes a document.
func produce(t *testing.T, d pdf.Document) []byte {
	t.Helper()
	file, err := pdf.Make(d, noon)
	if err != nil {
		t.Fatal(err)
	}
	save(t, file)
	return file
}

// save writes a file, and returns its name.
func save(t *testing.T, file []byte) string {
	t.Helper()
	dir := *keep
	if dir == "" {
		dir = t.TempDir()
	}
	name := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// tool runs a program of poppler, and returns what it prints. Where poppler is
// missing, the test is skipped, or fails if BEGA_TEST_ALL is set.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("BEGA_TEST_ALL") == "" {
		t.Skip("install Debian's package poppler-utils: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil && name != "pdfsig" { // whose code says what it thinks of the seal
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

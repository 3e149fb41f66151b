package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"bega/taxroll"
)

// What a workbook may be. That of a city has 70 MB, which are 600 MB of XML.
const (
	mostUnpacked = 2 << 30
	mostEntries  = 500
	// mostShrunk is how many times smaller a large part of a workbook may be made by
	// packing: rows that are alike come to 40, bombs to 1,000.
	mostShrunk = 200
	largePart  = 16 << 20
	inMemory   = 1 << 20 // of a part; what is larger is unpacked into a folder
)

// checkWorkbook returns how many rows a workbook has, or what is wrong with it: it is
// none, has programs or formulas in it, or unpacks to more than anybody has.
func checkWorkbook(data []byte) (rows int, err error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, ErrKind
	}
	if len(archive.File) > mostEntries {
		return 0, ErrBomb
	}
	left, found := int64(mostUnpacked), false
	for _, file := range archive.File {
		name := strings.ToLower(file.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return 0, ErrMacros
		}
		found = found || name == "xl/workbook.xml"
		n, size, err := checkPart(file, strings.HasPrefix(name, "xl/worksheets/"), left)
		if err != nil {
			return 0, err
		}
		rows, left = rows+n, left-size
	}
	if !found {
		return 0, ErrKind
	}
	return rows, nil
}

// checkPart unpacks a part of a workbook, up to a size, and keeps nothing of it: what
// the archive says of the size need not be true.
func checkPart(file *zip.File, sheet bool, most int64) (rows int, size int64, err error) {
	r, err := file.Open()
	if err != nil {
		return 0, 0, ErrKind
	}
	defer r.Close()
	if packed := int64(file.CompressedSize64); packed*mostShrunk < most { // compared without overflow: a file is small
		most = max(packed*mostShrunk, largePart)
	}
	count := &counter{r: io.LimitReader(r, most+1)}
	err = eachTag(bufio.NewReaderSize(count, 64<<10), func(name string) error {
		switch {
		case strings.HasPrefix(name, "!"): // of types: entities that become others, and those others
			return ErrBomb
		case sheet && name == "f":
			return ErrFormulas
		case sheet && name == "row":
			rows++
		}
		return nil
	})
	if count.n > most {
		err = ErrBomb
	}
	return rows, count.n, err
}

// A counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

// Read implements [io.Reader].
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// longestTag is as much of the name of a tag as matters.
const longestTag = 40

// eachTag visits the tags of an XML file that begin something, without their prefix. It
// is a rough reading, and a fast one; pictures are read through, too.
func eachTag(r *bufio.Reader, visit func(name string) error) error {
	for {
		_, err := r.ReadSlice('<')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		} else if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return ErrKind
		}
		name, _ := r.Peek(longestTag) // fewer at the end
		if end := bytes.IndexAny(name, " \t\r\n/>["); end >= 0 {
			name = name[:end]
		}
		if prefix := bytes.IndexByte(name, ':'); prefix >= 0 {
			name = name[prefix+1:]
		}
		if bytes.HasPrefix(name, []byte("!--")) {
			continue
		}
		if err := visit(string(name)); err != nil {
			return err
		}
	}
}

// XLSX reads the sheets "contribuabili" and "bunuri" of a workbook. What is large is
// unpacked into a folder of its own in scratch ("" for that of the system) until it is
// closed.
func XLSX(r io.Reader, scratch string) (source taxroll.Source, closing func() error, err error) {
	if scratch != "" {
		err = os.MkdirAll(scratch, 0o700)
	}
	dir, err2 := os.MkdirTemp(scratch, scratchName)
	if err := errors.Join(err, err2); err != nil {
		return source, nil, err
	}
	closing = func() error { return os.RemoveAll(dir) }
	book, err := excelize.OpenReader(r, excelize.Options{UnzipXMLSizeLimit: inMemory, UnzipSizeLimit: mostUnpacked, RawCellValue: true, TmpDir: dir})
	if err != nil {
		return source, nil, errors.Join(taxroll.ErrTable, closing())
	}
	closing = func() error { return errors.Join(book.Close(), os.RemoveAll(dir)) }
	first, err1 := book.Rows("contribuabili")
	second, err2 := book.Rows("bunuri")
	if err1 != nil || err2 != nil {
		return source, nil, errors.Join(ErrSheets, closing())
	}
	return taxroll.Source{Taxpayers: &sheet{rows: first}, Objects: &sheet{rows: second}}, closing, nil
}

// scratchName begins the names of folders in which workbooks are unpacked.
const scratchName = "bega-xlsx-"

// A sheet is read row by row. Empty rows at its end, which workbooks often have, are none.
type sheet struct {
	rows    *excelize.Rows
	blank   int      // rows before the next
	waiting []string // that row
}

// Next implements [taxroll.Table].
func (s *sheet) Next() ([]string, error) {
	for s.waiting == nil {
		if !s.rows.Next() {
			if s.rows.Error() != nil {
				return nil, taxroll.ErrTable
			}
			return nil, io.EOF
		}
		row, err := s.rows.Columns()
		if err != nil {
			return nil, taxroll.ErrTable
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			s.blank++
			continue
		}
		s.waiting = row
	}
	if s.blank > 0 {
		s.blank--
		return []string{}, nil
	}
	row := s.waiting
	s.waiting = nil
	return row, nil
}

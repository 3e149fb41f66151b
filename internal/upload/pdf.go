package upload

import (
	"bytes"
	"slices"
	"strings"
)

const (
	// MaxPages is how many pages a PDF may have.
	MaxPages = 1000

	maxStreams = 50_000 // in a document; each costs time

	pdfHead = 1024 // bytes within which a PDF begins (ISO 32000-1 annex H.3.4.1)
	pdfTail = 2048 // bytes within which it ends; the standard has 1024, scanners have more
)

// active are names that make a PDF do something, or hold other files.
var active = map[string]bool{
	"JavaScript": true, "Launch": true, "EmbeddedFile": true, "FileAttachment": true, "XFA": true, "RichMedia": true,
	"Rendition": true, "ImportData": true, "SubmitForm": true, "GoToE": true,
}

// lookAtPDF looks at a document without building it. It reads the file twice:
// once for the names that may not be in it, wherever they are, even where a
// reader that is led astray does not look; and once in order, for its streams,
// of which those with objects in them are looked at likewise.
func lookAtPDF(f *File) error {
	data := f.Bytes
	if err := looksLikePDF(data); err != nil {
		return err
	}
	s := &pdfScan{}
	if err := s.names(data); err != nil {
		return err
	}
	listed := s.objectStreams
	if err := s.syntax(data); err != nil {
		return err
	}
	switch pages := max(s.counted, s.pages); {
	case s.unpacked < listed:
		return ErrDamaged // objects are where nobody should look
	case pages == 0:
		return ErrDamaged
	case pages > MaxPages:
		return ErrPages.With(MaxPages)
	case s.counted > 0:
		f.Pages = s.counted
	default:
		f.Pages = s.pages
	}
	return nil
}

// looksLikePDF looks at both ends of a file.
func looksLikePDF(data []byte) error {
	start := bytes.Index(data, []byte("%PDF-"))
	before := bytes.TrimPrefix(data[:start], []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(before)) > 0 && !bytes.HasPrefix(before, []byte("\x1b%-12345X")) { // printers say that
		return ErrDisguised
	}
	if hasMarkup(data[:min(len(data), pdfHead)]) || bytes.Contains(data[:min(len(data), start+pdfHead)], []byte("PK\x03\x04")) {
		return ErrDisguised
	}
	end := bytes.LastIndex(data, []byte("%%EOF"))
	if end < 0 {
		return ErrDamaged
	}
	if end += len("%%EOF"); len(bytes.Trim(data[end:], "\x00 \t\r\n\x1a")) > pdfTail {
		return ErrDamaged
	}
	return trailer(data, end)
}

// A pdfScan is what was found in a document so far.
type pdfScan struct {
	holds, holder bool // a file inside, and something that holds it; alone, the first is chance and the second empty
	streams       int
	objectStreams int // names that say so
	unpacked      int // and how many were found
	pages         int // objects that are a page; of one that was changed there are several
	counted       int // how many pages the document says it has
	budget
}

// names looks at all names in data.
func (s *pdfScan) names(data []byte) error {
	for {
		i := bytes.IndexByte(data, '/')
		if i < 0 {
			return nil
		}
		name, size := nameAt(data[i:])
		data = data[i+size:]
		switch {
		case name == "Encrypt":
			return ErrEncrypted
		case active[name]:
			return ErrActive
		case name == "ObjStm":
			s.objectStreams++
		case name == "EF":
			s.holds = true
		case name == "EmbeddedFiles", name == "Filespec":
			s.holder = true
		}
		if s.holds && s.holder {
			return ErrActive
		}
	}
}

// syntax looks at the objects in data, in order.
func (s *pdfScan) syntax(data []byte) error {
	l := &lexer{data: data, dict: dict{}}
	for {
		switch l.next() {
		case "":
			return l.err
		case ">>":
			if err := s.object(l.dict); err != nil {
				return err
			}
		case "stream":
			content := streamAt(data[l.at:], l.dict.number("Length"))
			l.at += len(content)
			if err := s.stream(l.dict, content); err != nil {
				return err
			}
			clear(l.dict)
		}
	}
}

func (s *pdfScan) object(d dict) error {
	switch {
	case d.has("S", "JavaScript") || d["JS"] != nil:
		return ErrActive
	case d.has("Type", "Page"):
		s.pages++
	case d.has("Type", "Pages"):
		s.counted = max(s.counted, d.number("Count"))
	}
	return nil
}

// streamAt returns the content of a stream, up to the word that ends it. Its
// length is believed if that word is there.
func streamAt(data []byte, length int) []byte {
	start := 0
	if bytes.HasPrefix(data, []byte("\r\n")) {
		start = 2
	} else if len(data) > 0 && (data[0] == '\n' || data[0] == '\r') {
		start = 1
	}
	if length >= 0 && length <= len(data)-start {
		rest := bytes.TrimLeft(data[start+length:min(len(data), start+length+20)], "\r\n ")
		if bytes.HasPrefix(rest, []byte("endstream")) {
			return data[:start+length]
		}
	}
	if i := bytes.Index(data, []byte("endstream")); i >= 0 {
		return data[:i]
	}
	return data
}

// stream looks at a stream: what it unpacks to, and which objects are in that.
func (s *pdfScan) stream(d dict, content []byte) error {
	if s.streams++; s.streams > maxStreams {
		return ErrBomb
	}
	content = trimStart(content)
	packing, err := filtersOf(d, content)
	if err != nil {
		return err
	}
	if d.has("Type", "ObjStm") {
		s.unpacked++
		if p := d["DecodeParms"]; slices.Contains(p, "/Predictor") || slices.Contains(p, "R") {
			return ErrDamaged // no program writes that; it hides names
		}
		plain, err := s.unpack(content, packing)
		if err != nil {
			return err
		}
		if err := s.names(plain); err != nil {
			return err
		}
		return s.syntax(plain)
	}
	if d.has("Subtype", "Image") {
		return s.image(d, content, packing)
	}
	return s.weigh(content, packing)
}

func trimStart(content []byte) []byte {
	if bytes.HasPrefix(content, []byte("\r\n")) {
		return content[2:]
	}
	if len(content) > 0 && (content[0] == '\n' || content[0] == '\r') {
		return content[1:]
	}
	return content
}

// packers are the filters that make a stream smaller, by its full and its short
// name. Those for images are not among them.
var packers = map[string]string{
	"/FlateDecode": "Flate", "/Fl": "Flate", "/LZWDecode": "LZW", "/LZW": "LZW", "/RunLengthDecode": "RunLength", "/RL": "RunLength",
	"/ASCII85Decode": "85", "/A85": "85", "/ASCIIHexDecode": "hex", "/AHx": "hex",
}

// filtersOf returns how a stream was packed, the last first; "" for an image. If
// that is said somewhere else, it is guessed. A stream that was packed twice is
// a bomb.
func filtersOf(d dict, content []byte) (filters []string, err error) {
	packed := 0
	for _, name := range d["Filter"] {
		if name == "R" && bytes.HasPrefix(content, []byte("\x78")) {
			return []string{"Flate"}, nil
		}
		if !strings.HasPrefix(name, "/") {
			continue
		}
		f := packers[name]
		if filters = append(filters, f); f == "Flate" || f == "LZW" || f == "RunLength" {
			packed++
		}
	}
	if packed > 1 || len(filters) > 4 {
		return nil, ErrBomb
	}
	return filters, nil
}

package pdf

import (
	"embed"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"bega/internal/text"
)

// The fonts, with their licences beside them. "text" is Atkinson Hyperlegible
// Next and "title" Bricolage Grotesque, as on the pages of the town; "other"
// is DejaVu Sans, for letters that those lack.
//
//go:embed fonts
var fonts embed.FS

// Lengths are in millimetres, except the sizes of letters, in points.
const (
	paperWidth, paperHeight = 210.0, 297.0

	left, right = 25.0, 190.0 // 25: a hole punch leaves the text alone
	width       = right - left
	top         = 22.0  // of the body, from the second page on
	bottom      = 272.0 // of the body; below is the foot
	foot        = 276.0 // of a page: what stands on all, and which page it is
	point       = 25.4 / 72
)

type colour struct{ r, g, b int }

// The colours of the pages of the town, light theme.
var (
	deep      = colour{0x06, 0x3A, 0x40}
	action    = colour{0x0A, 0x5C, 0x63}
	arch      = colour{0x2C, 0x78, 0x7A}
	mist      = colour{0xD5, 0xE6, 0xE5}
	pale      = colour{0xEE, 0xF5, 0xF4}
	lamp      = colour{0xFF, 0xC5, 0x3D}
	lampPale  = colour{0xFF, 0xF2, 0xCC}
	lampInk   = colour{0x66, 0x40, 0x00}
	ink       = colour{0x1B, 0x29, 0x2C}
	softInk   = colour{0x46, 0x54, 0x59}
	hairline  = colour{0xD8, 0xD0, 0xC2}
	white     = colour{0xFF, 0xFF, 0xFF}
	lampGlow  = colour{0x4A, 0x5B, 0x40}
	archFaint = colour{0x1B, 0x57, 0x5B}
)

// A style is how a line of text looks.
type style struct {
	family string  // "text" or "title"
	bold   bool    // always, for titles
	size   float64 // points
	lead   float64 // from line to line
	ink    colour
}

var (
	body     = style{"text", false, 11, 5.7, ink}
	bodyBold = style{"text", true, 11, 5.7, ink}
	label    = style{"text", false, 10, 5.7, softInk}
	cellText = style{"text", false, 9.5, 4.8, ink}
	cellHead = style{"text", true, 9.5, 4.8, deep}
	small    = style{"text", false, 8.5, 4.1, softInk}
	title    = style{"title", true, 21, 9, deep}
	subject  = style{"text", false, 12.5, 6.2, softInk}
	heading  = style{"title", true, 13, 6.2, deep}
)

// A sheet is a document being laid out. What is drawn is kept by page until
// all pages are known, so that each can say how many there are.
type sheet struct {
	f      *fpdf.Fpdf
	d      Document
	words  *text.Translator
	pages  [][]func()
	y      float64           // top of what comes next, on the last page
	glyphs map[string]glyphs // of the fonts in use, by file
}

// on keeps something to draw on the last page.
func (s *sheet) on(draw func()) {
	last := len(s.pages) - 1
	s.pages[last] = append(s.pages[last], draw)
}

func (s *sheet) turn() {
	s.pages = append(s.pages, nil)
	s.y = top
}

// need turns the page unless there is room for height, and reports whether it did.
func (s *sheet) need(height float64) bool {
	if s.y+height <= bottom || s.y <= top {
		return false
	}
	s.turn()
	return true
}

// draw draws all pages, each with its head before and its foot after what was
// kept: the order of drawing is the order of reading.
func (s *sheet) draw() {
	pages := s.pages
	notes := s.wrap(small, s.d.Footer, width-35)
	if len(notes) > 4 {
		s.f.SetError(fmt.Errorf("pdf: a footer of %d lines", len(notes)))
	}
	for i, page := range pages {
		s.pages = [][]func(){nil} // what is put now is on this page
		if i > 0 {
			s.head()
		}
		s.pages[0] = append(s.pages[0], page...)
		s.rect(left, foot, width, 0.2, hairline)
		for n, line := range notes {
			s.put(left, foot+1.5+float64(n)*small.lead, small, line)
		}
		number := s.words.T("pdf.page", i+1, len(pages))
		s.put(right-s.width(small, number), foot+1.5, small, number)

		s.f.AddPage()
		for _, draw := range s.pages[0] {
			draw()
		}
	}
}

// head opens a page after the first: what it is a page of.
func (s *sheet) head() {
	y := 0.0
	if s.d.Draft {
		s.draft(y)
		y = draftHeight
	} else {
		s.rect(0, 0, paperWidth, 1.1, deep)
	}
	name := clean(join(" · ", s.d.Title, s.d.Number))
	if lines := s.wrap(small, name, width); len(lines) > 1 {
		name = lines[0] + " …"
	}
	s.put(left, y+6, small, name)
	s.rect(left, y+11, width, 0.2, hairline)
}

// rect fills a rectangle.
func (s *sheet) rect(x, y, w, h float64, c colour) {
	s.on(func() {
		s.f.SetFillColor(c.r, c.g, c.b)
		s.f.Rect(x, y, w, h, "F")
	})
}

// put writes one line whose box begins at y.
func (s *sheet) put(x, y float64, st style, line string) {
	runs := s.runs(st, line)
	base := y + st.lead/2 + 0.35*st.size*point // capitals in the middle of the box
	s.on(func() {
		s.f.SetTextColor(st.ink.r, st.ink.g, st.ink.b)
		at := x
		for _, r := range runs {
			s.f.SetFont(r.family, r.weight, st.size)
			s.f.Text(at, base, r.text)
			at += s.f.GetStringWidth(r.text)
		}
	})
}

// A run is a piece of a line in one font.
type run struct{ family, weight, text string }

func (s *sheet) runs(st style, line string) (runs []run) {
	weight := ""
	if st.bold {
		weight = "B"
	}
	for _, r := range line {
		family := st.family
		if !s.font(family, weight).has(r) {
			family = "other"
			if !s.font(family, weight).has(r) {
				r = unicode.ReplacementChar
			}
		}
		if n := len(runs); n > 0 && runs[n-1].family == family {
			runs[n-1].text += string(r)
		} else {
			runs = append(runs, run{family, weight, string(r)})
		}
	}
	return runs
}

// font makes a font known to the file when it is first needed.
func (s *sheet) font(family, weight string) glyphs {
	file := "fonts/" + family + "-regular.ttf"
	if weight == "B" {
		file = "fonts/" + family + "-bold.ttf"
	}
	if g, ok := s.glyphs[file]; ok {
		return g
	}
	data, err := fonts.ReadFile(file)
	if err != nil {
		s.f.SetError(err)
	}
	s.f.AddUTF8FontFromBytes(family, weight, data)
	s.glyphs[file] = glyphsOf(data)
	return s.glyphs[file]
}

func (s *sheet) width(st style, line string) (w float64) {
	for _, r := range s.runs(st, line) {
		s.f.SetFont(r.family, r.weight, st.size)
		w += s.f.GetStringWidth(r.text)
	}
	return w
}

// clean makes a text printable: no control characters but the end of a line.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '\n':
			return r
		case unicode.IsControl(r), r == '\u00AD', r == '\u200B', r == '\uFEFF':
			return -1
		}
		return r
	}, strings.TrimRight(text, " \t\r\n"))
}

// wrap breaks a text into lines of at most that width. It breaks at spaces, not
// at no-break spaces; a word longer than a line is cut.
func (s *sheet) wrap(st style, text string, width float64) (lines []string) {
	space := s.width(st, " ")
	for paragraph := range strings.SplitSeq(clean(text), "\n") {
		line, used := "", 0.0
		for word := range strings.SplitSeq(paragraph, " ") {
			if word == "" {
				continue
			}
			for _, piece := range s.cut(st, word, width) {
				w := s.width(st, piece)
				switch {
				case line == "":
					line, used = piece, w
				case used+space+w <= width:
					line, used = line+" "+piece, used+space+w
				default:
					lines = append(lines, line)
					line, used = piece, w
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// cut returns the pieces of a word, each of which fits a line. The pieces but the
// last fill their lines, so that wrap does not put a space between them.
func (s *sheet) cut(st style, word string, width float64) (pieces []string) {
	if s.width(st, word) <= width {
		return []string{word}
	}
	from, used := 0, 0.0
	for i, r := range word {
		w := s.width(st, string(r))
		if used+w > width && i > from {
			pieces = append(pieces, word[from:i])
			from, used = i, 0
		}
		used += w
	}
	return append(pieces, word[from:])
}

// glyphs is which letters a font has: the ranges of its character map.
type glyphs [][2]rune

func (g glyphs) has(r rune) bool {
	for _, between := range g {
		if between[0] <= r && r <= between[1] {
			return true
		}
	}
	return false
}

// glyphsOf reads the character map of a TrueType font of ours, which is always
// of format 4 and has no holes within a range (a test counts them).
func glyphsOf(font []byte) (g glyphs) {
	u16 := func(i int) int { return int(binary.BigEndian.Uint16(font[i:])) }
	for t := 12; t < 12+16*u16(4); t += 16 {
		if string(font[t:t+4]) != "cmap" {
			continue
		}
		table := int(binary.BigEndian.Uint32(font[t+8:]))
		table += int(binary.BigEndian.Uint32(font[table+8:])) // its only encoding
		n := u16(table + 6)                                   // twice the number of ranges
		for i := 0; i < n; i += 2 {
			last, first := u16(table+14+i), u16(table+16+n+i)
			if first != 0xFFFF {
				g = append(g, [2]rune{rune(first), rune(last)})
			}
		}
	}
	return g
}

package pdf

import (
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// lay lays out the whole document, in the order in which it is read.
func (s *sheet) lay() error {
	s.turn()
	s.letterhead()
	s.address()
	for _, line := range s.wrap(title, s.d.Title, width) {
		s.put(left, s.y, title, line)
		s.y += title.lead
	}
	if s.d.Subject != "" && s.d.Subject != s.d.Title {
		s.y += 1
		for _, line := range s.wrap(subject, s.d.Subject, width) {
			s.put(left, s.y, subject, line)
			s.y += subject.lead
		}
	}
	s.y += 5
	s.blocks(s.d.Blocks)
	s.signatures()
	return s.verify()
}

// letterhead opens the first page: who writes, under the lamps of the town.
func (s *sheet) letterhead() {
	name := style{"title", true, 19, 8, white}
	unit := style{"text", false, 10.5, 5, mist}
	names := s.wrap(name, s.d.Issuer.Authority, 105)
	var units []string
	if s.d.Issuer.Unit != "" {
		units = s.wrap(unit, s.d.Issuer.Unit, 105)
	}
	inner := float64(len(names))*name.lead + float64(len(units))*unit.lead
	height := max(31, inner+14)
	s.rect(0, 0, paperWidth, height, deep)
	s.lamps(height)
	s.rect(0, height, paperWidth, 1.1, lamp)
	y := (height - inner) / 2
	for _, line := range names {
		s.put(left, y, name, line)
		y += name.lead
	}
	for _, line := range units {
		s.put(left, y, unit, line)
		y += unit.lead
	}
	s.y = height + 1.1
	if s.d.Draft {
		s.draft(s.y)
		s.y += draftHeight
	}
	s.y += 3
	contact := join(" · ", s.d.Issuer.Address, s.d.Issuer.Phone, s.d.Issuer.Email)
	for _, line := range s.wrap(small, contact, width) {
		s.put(left, s.y, small, line)
		s.y += small.lead
	}
	s.y += 7
}

// lamps draws arches with a lamp on each, the motif of the pages of the town, at
// the right end of the band.
func (s *sheet) lamps(height float64) {
	arches := []struct{ x, r, top float64 }{
		{139, 5.2, 13}, {149.5, 5.2, 10}, {160, 5.2, 13}, {171, 5.8, 7.5}, {182, 5.2, 13}, {192.5, 5.2, 10}, {203, 5.2, 13},
	}
	f := s.f
	s.on(func() {
		for _, a := range arches {
			f.SetLineWidth(0.3)
			for _, line := range []struct {
				r, top float64
				c      colour
			}{{a.r, a.top, arch}, {a.r * 0.45, a.top + 4, archFaint}} {
				f.SetDrawColor(line.c.r, line.c.g, line.c.b)
				centre := line.top + line.r
				f.Arc(a.x, centre, line.r, line.r, 0, 0, 180, "D")
				f.Line(a.x-line.r, centre, a.x-line.r, height)
				f.Line(a.x+line.r, centre, a.x+line.r, height)
			}
			f.SetFillColor(lampGlow.r, lampGlow.g, lampGlow.b)
			f.Circle(a.x, a.top-1.6, 2.1, "F")
			f.SetFillColor(lamp.r, lamp.g, lamp.b)
			f.Circle(a.x, a.top-1.6, 0.75, "F")
		}
	})
}

const draftHeight = 7.0

func (s *sheet) draft(y float64) {
	warning := style{"text", true, 9.5, draftHeight, lampInk}
	s.rect(0, y, paperWidth, draftHeight, lampPale)
	s.put(left, y, warning, s.words.T("pdf.draft"))
}

// address writes the number and the date at the left, and whom it is for at the
// right, level with each other.
func (s *sheet) address() {
	start, column := s.y, 108.0
	if s.d.Number != "" {
		for _, line := range s.wrap(bodyBold, s.words.T("pdf.number", s.d.Number), column-left-8) {
			s.put(left, s.y, bodyBold, line)
			s.y += bodyBold.lead
		}
	}
	if s.d.Date != "" {
		s.put(left, s.y, body, s.d.Date)
		s.y += body.lead
	}
	end := s.y
	if len(s.d.Recipient) > 0 {
		s.y = start
		s.put(column, s.y, label, s.words.T("pdf.recipient"))
		s.y += label.lead
		for i, part := range s.d.Recipient {
			st := body
			if i == 0 {
				st = bodyBold
			}
			for _, line := range s.wrap(st, part, right-column) {
				s.put(column, s.y, st, line)
				s.y += st.lead - 0.3
			}
		}
		end = max(end, s.y)
	}
	s.y = end + 9
}

// signatures stand two in a row, each in one piece.
func (s *sheet) signatures() {
	if len(s.d.Signatures) == 0 {
		return
	}
	s.y += 5
	for i := 0; i < len(s.d.Signatures); i += 2 {
		pair := s.d.Signatures[i:min(i+2, len(s.d.Signatures))]
		height := 0.0
		for _, one := range pair {
			height = max(height, s.signature(one, 0, 0, false))
		}
		s.need(height)
		for n, one := range pair {
			s.signature(one, left+float64(n)*width/2, s.y, true)
		}
		s.y += height + 5
	}
}

// signature returns the height of a signature, and draws it if told to.
func (s *sheet) signature(one Signature, x, y float64, draw bool) float64 {
	start := y
	for _, part := range []struct {
		st   style
		text string
	}{{label, one.Capacity}, {bodyBold, one.Name}, {label, one.Date}} {
		if part.text == "" {
			continue
		}
		for _, line := range s.wrap(part.st, part.text, width/2-6) {
			if draw {
				s.put(x, y, part.st, line)
			}
			y += part.st.lead
		}
	}
	return y - start
}

// verify stands at the foot of the last page: the code for a telephone, and the
// same for a hand.
func (s *sheet) verify() error {
	v := s.d.Verify
	if v == nil {
		return nil
	}
	code, err := qrcode.New(v.URL, qrcode.Medium)
	if err != nil {
		return err
	}
	code.DisableBorder = true
	const size, x = 27.0, left + inset + size27 + 6
	head := style{"title", true, 11.5, 6, deep}
	link := style{"text", false, 9.5, 4.6, action}
	digits := style{"text", true, 12, 7, ink}
	notes := []string{}
	if v.Note != "" {
		notes = s.wrap(cellText, v.Note, right-x-inset)
	}
	urls := s.wrap(link, v.URL, right-x-inset)
	inner := head.lead + float64(len(notes))*cellText.lead + float64(len(urls))*link.lead + digits.lead
	height := max(size, inner) + 2*inset
	s.y += 4
	s.need(height)
	s.y = max(s.y, bottom-height)
	s.rect(left, s.y, width, height, pale)
	s.rect(left, s.y, width, 0.6, lamp)
	s.squares(code.Bitmap(), left+inset, s.y+(height-size)/2, size)
	y := s.y + (height-inner)/2
	s.put(x, y, head, s.words.T("pdf.verify"))
	y += head.lead
	for _, line := range notes {
		s.put(x, y, cellText, line)
		y += cellText.lead
	}
	for _, line := range urls {
		s.put(x, y, link, line)
		s.link(x, y, s.width(link, line), link.lead, v.URL)
		y += link.lead
	}
	if v.Code != "" {
		s.put(x, y, digits, s.words.T("pdf.code", v.Code))
	}
	s.y += height
	return nil
}

const size27 = 27.0

func (s *sheet) link(x, y, w, h float64, url string) {
	if strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		s.on(func() { s.f.LinkString(x, y, w, h, url) })
	}
}

// squares draws a QR code on white with the quiet zone of four modules that
// ISO/IEC 18004 asks for, in size all told.
func (s *sheet) squares(bitmap [][]bool, x, y, size float64) {
	const quiet = 4
	s.rect(x, y, size, size, white)
	module := size / float64(len(bitmap)+2*quiet)
	for row, line := range bitmap {
		for from := 0; from < len(line); from++ {
			to := from
			for to < len(line) && line[to] {
				to++
			}
			if to > from {
				s.rect(x+float64(from+quiet)*module, y+float64(row+quiet)*module, float64(to-from)*module, module, ink)
				from = to
			}
		}
	}
}

// join joins what is not empty.
func join(by string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, by)
}

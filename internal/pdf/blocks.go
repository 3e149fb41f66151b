package pdf

import (
	"regexp"
	"slices"
)

// A cell is a column of lines within a row.
type cell struct {
	x, w  float64
	st    style
	lines []string
	right bool // flush right
}

// gap between blocks, and around the lines of a row.
const (
	between = 3.2
	padding = 1.4
)

// blocks lays out the body. A heading turns the page together with the first
// piece of what follows.
func (s *sheet) blocks(all Blocks) {
	for i, b := range all {
		if h, ok := b.(Heading); ok {
			s.heading(h, s.lead(all[i:]))
			continue
		}
		s.block(b)
		s.y += between
	}
}

func (s *sheet) block(b Block) {
	switch b := b.(type) {
	case Paragraph:
		s.flow(left, body, s.wrap(body, b.Text, width))
	case List:
		for _, item := range b.Items {
			s.item(item)
		}
	case Facts:
		for _, fact := range b.Rows {
			s.row(s.fact(fact), nil)
		}
	case Table:
		s.table(b)
	case Note:
		s.note(b)
	}
}

// lead returns the height of the first piece of blocks that may not be split.
func (s *sheet) lead(all Blocks) float64 {
	if len(all) == 0 {
		return 0
	}
	switch b := all[0].(type) {
	case Heading:
		return 2*between + float64(len(s.wrap(heading, b.Text, width)))*heading.lead + s.lead(all[1:])
	case Paragraph:
		return together(len(s.wrap(body, b.Text, width))) * body.lead
	case List:
		if len(b.Items) > 0 {
			return together(len(s.wrap(body, b.Items[0], width-bullet))) * body.lead
		}
	case Facts:
		if len(b.Rows) > 0 {
			return heightOf(s.fact(b.Rows[0]))
		}
	case Table:
		columns := s.columns(b)
		height := heightOf(s.cells(columns, cellHead, b.Head))
		if len(b.Rows) > 0 {
			height += heightOf(s.cells(columns, cellText, b.Rows[0]))
		}
		return height
	case Note:
		return 2*inset + 3*body.lead
	}
	return 0
}

// together returns how many of n lines stay with the first: never one alone.
func together(n int) float64 {
	if n <= 3 {
		return float64(n)
	}
	return 2
}

func (s *sheet) heading(h Heading, lead float64) {
	s.need(lead)
	if s.y > top {
		s.y += between
	}
	for _, line := range s.wrap(heading, h.Text, width) {
		s.put(left, s.y, heading, line)
		s.y += heading.lead
	}
	s.y += between / 2
}

// flow writes lines down the pages, with at least two on each side of a break.
func (s *sheet) flow(x float64, st style, lines []string) {
	for i, line := range lines {
		rest := len(lines) - i
		switch {
		case i == 0:
			s.need(together(rest) * st.lead)
		case rest == 2:
			s.need(2 * st.lead)
		default:
			s.need(st.lead)
		}
		s.put(x, s.y, st, line)
		s.y += st.lead
	}
}

// bullet is how far the text of an item is from its margin.
const bullet = 5.5

func (s *sheet) item(text string) {
	lines := s.wrap(body, text, width-bullet)
	s.need(together(len(lines)) * body.lead)
	s.put(left+1, s.y, style{"text", true, 11, body.lead, action}, "•")
	s.flow(left+bullet, body, lines)
	s.y += 0.8
}

func (s *sheet) fact(f Fact) []cell {
	const column = 56.0
	return []cell{
		{left, column - 4, label, s.wrap(label, f.Label, column-4), false},
		{left + column, width - column, bodyBold, s.wrap(bodyBold, f.Value, width-column), false},
	}
}

func heightOf(cells []cell) (h float64) {
	for _, c := range cells {
		h = max(h, float64(len(c.lines))*c.st.lead)
	}
	return h + 2*padding
}

// row writes cells side by side over a hairline. It turns the page first if
// they do not fit, and again within them only if they are taller than a page;
// after each turn it calls turned.
func (s *sheet) row(cells []cell, turned func()) {
	turn := func(height float64) {
		if s.need(height) && turned != nil {
			turned()
		}
	}
	if h := heightOf(cells); h <= bottom-top-40 { // 40: under a repeated head
		turn(h)
	}
	s.y += padding
	lead, most := 0.0, 0
	for _, c := range cells {
		lead, most = max(lead, c.st.lead), max(most, len(c.lines))
	}
	for i := range most {
		turn(lead + padding)
		for _, c := range cells {
			if i >= len(c.lines) {
				continue
			}
			x := c.x
			if c.right {
				x += c.w - s.width(c.st, c.lines[i])
			}
			s.put(x, s.y, c.st, c.lines[i])
		}
		s.y += lead
	}
	s.y += padding
	s.rect(left, s.y-0.1, width, 0.2, hairline)
}

// A column of a table: where its text is, without the padding.
type column struct {
	x, w  float64
	right bool
}

// side is the padding left and right of the text of a cell.
const side = 2.0

func (s *sheet) table(t Table) {
	columns := s.columns(t)
	head := s.cells(columns, cellHead, t.Head)
	writeHead := func() {
		s.rect(left, s.y, width, heightOf(head), mist)
		s.row(head, nil)
	}
	first := heightOf(head)
	if len(t.Rows) > 0 {
		first += heightOf(s.cells(columns, cellText, t.Rows[0]))
	}
	s.need(first)
	writeHead()
	for _, row := range t.Rows {
		s.row(s.cells(columns, cellText, row), writeHead)
	}
}

func (s *sheet) cells(columns []column, st style, texts []string) (cells []cell) {
	for i, text := range texts {
		c := columns[i]
		cells = append(cells, cell{c.x, c.w, st, s.wrap(st, text, c.w), c.right})
	}
	return cells
}

// short is how long a text in a table may be and not be broken: an amount with its
// currency, a number, a date.
const short = 26.0

// columns shares the width out: each column gets what its longest word or short
// text needs, and of the remainder in proportion to what it would still like to
// have.
func (s *sheet) columns(t Table) []column {
	columns := make([]column, len(t.Head))
	least, most := make([]float64, len(t.Head)), make([]float64, len(t.Head))
	fair := width/float64(len(t.Head)) - 2*side
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, text := range row {
			for _, line := range s.wrap(cellHead, text, 1e6) { // bold is the wider
				w := s.width(cellHead, line)
				most[i] = max(most[i], w)
				if w > short {
					w = s.longest(line)
				}
				least[i] = max(least[i], min(fair, w))
			}
		}
	}
	x, spare, wish := left, width, 0.0
	for i := range columns {
		spare -= least[i] + 2*side
		wish += most[i] - least[i] + 1 // 1: so that equals share equally
	}
	for i := range columns {
		w := least[i] + spare*(most[i]-least[i]+1)/wish
		columns[i] = column{x + side, w, numeric(t.Rows, i)}
		x += w + 2*side
	}
	return columns
}

var wordForm = regexp.MustCompile(`\S+`)

func (s *sheet) longest(text string) (w float64) {
	for _, word := range wordForm.FindAllString(clean(text), -1) {
		w = max(w, s.width(cellHead, word))
	}
	return w
}

var (
	numberForm = regexp.MustCompile(`^[-−+]?\d[\d.,\s\x{00A0}]*(?:\s?(?:lei|RON|EUR|%))?$`)
	dateForm   = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.\d{4}$`)
)

// numeric reports whether every cell of a column that is not empty is a number
// or an amount, and at least one is.
func numeric(rows [][]string, column int) bool {
	some := false
	return !slices.ContainsFunc(rows, func(row []string) bool {
		if column >= len(row) || row[column] == "" {
			return false
		}
		some = true
		return !numberForm.MatchString(row[column]) || dateForm.MatchString(row[column])
	}) && some
}

// inset is the padding of a box.
const inset = 4.0

// note writes a box with an edge; one that is longer than the page goes on in
// another box on the next.
func (s *sheet) note(n Note) {
	type line struct {
		st   style
		text string
	}
	var lines []line
	headStyle := style{"title", true, 11.5, body.lead, deep}
	if n.Title != "" {
		for _, l := range s.wrap(headStyle, n.Title, width-2*inset) {
			lines = append(lines, line{headStyle, l})
		}
	}
	for _, l := range s.wrap(body, n.Text, width-2*inset) {
		lines = append(lines, line{body, l})
	}
	s.need(2*inset + together(len(lines))*body.lead)
	for len(lines) > 0 {
		fit := min(len(lines), int((bottom-s.y-2*inset)/body.lead))
		if fit < len(lines) && fit < 3 && s.y > top {
			s.turn()
			continue
		}
		fit = max(fit, 1)
		height := 2*inset + float64(fit)*body.lead
		s.rect(left, s.y, width, height, pale)
		s.rect(left, s.y, 1.2, height, action)
		for i, l := range lines[:fit] {
			s.put(left+inset+0.6, s.y+inset+float64(i)*body.lead, l.st, l.text)
		}
		s.y += height
		lines = lines[fit:]
		if len(lines) > 0 {
			s.turn()
		}
	}
}

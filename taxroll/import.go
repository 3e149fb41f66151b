package taxroll

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/taxlaw"
)

// A Table is read row by row, its head first, until [io.EOF]. A row may be the same
// slice each time. docs/tax-import.md describes the columns.
type Table interface {
	Next() ([]string, error)
}

// CSV reads a table in UTF-8, with commas or semicolons.
func CSV(r io.Reader) (Table, error) {
	begin := make([]byte, 4096)
	n, err := io.ReadFull(r, begin)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, ErrTable
	}
	begin = bytes.TrimPrefix(begin[:n], []byte("\ufeff")) // as spreadsheets write it
	top, _, _ := bytes.Cut(begin, []byte("\n"))
	reader := csv.NewReader(io.MultiReader(bytes.NewReader(begin), r))
	reader.FieldsPerRecord, reader.ReuseRecord = -1, true
	if bytes.Count(top, []byte(";")) > bytes.Count(top, []byte(",")) {
		reader.Comma = ';'
	}
	return csvTable{reader}, nil
}

type csvTable struct{ *csv.Reader }

func (t csvTable) Next() ([]string, error) {
	row, err := t.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, ErrTable
	}
	return row, err
}

// columns are where the cells of a table stand.
type columns map[string]int

// of returns a cell, without spaces around it; "" if there is none.
func (c columns) of(row []string, name string) string {
	i, ok := c[name]
	if !ok || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// headOf reads the head of a table, which has to have some columns and may have others.
func headOf(t Table, needed, allowed []string) (columns, error) {
	row, err := t.Next()
	if err != nil {
		return nil, ErrTable
	}
	c := columns{}
	for i, name := range row {
		name = strings.TrimSpace(name)
		if name != "" && !slices.Contains(needed, name) && !slices.Contains(allowed, name) {
			return nil, ErrExtra.With(name)
		}
		c[name] = i
	}
	for _, name := range needed {
		if _, ok := c[name]; !ok {
			return nil, ErrColumns.With(name)
		}
	}
	return c, nil
}

// The columns of both tables. Objects have those of [taxlaw.Fields], too.
var (
	taxpayerColumns = []string{"rol", "tip", "cod", "nume"}
	objectColumns   = []string{"cod_bun", "rol", "fel", "de_la"}
	moreColumns     = []string{"cota", "adresa", "cadastral", "numar_auto", "serie_sasiu"}
)

// kinds are what the column "fel" can say.
var kinds = map[string]taxlaw.Kind{"cladire": taxlaw.Building, "teren": taxlaw.Land, "vehicul": taxlaw.Vehicle, "camion": taxlaw.Truck,
	"combinatie": taxlaw.Combination, "remorca": taxlaw.Trailer, "barca": taxlaw.Boat, "panou": taxlaw.Sign,
	"folosinta-cladire": taxlaw.BuildingFee, "folosinta-teren": taxlaw.LandFee}

// fieldsOf are the fields of objects by kind, but for those that have columns of
// another name or are found out.
var fieldsOf = func() map[taxlaw.Kind][]taxlaw.Field {
	all := map[taxlaw.Kind][]taxlaw.Field{}
	for _, kind := range kinds {
		all[kind] = slices.DeleteFunc(slices.Clone(taxlaw.Fields(kind)), func(f taxlaw.Field) bool {
			return slices.Contains([]string{"owner", "share", "sold"}, f.Key)
		})
	}
	return all
}()

// Heads returns what is wrong with the heads of both tables. It reads them.
func (s Source) Heads() (taxpayers, objects error) {
	_, taxpayers = headOf(s.Taxpayers, taxpayerColumns, nil)
	_, objects = headOf(s.Objects, objectColumns, append(fieldColumns(), moreColumns...))
	return taxpayers, objects
}

// fieldColumns are the names of all fields that objects may have.
func fieldColumns() (all []string) {
	for _, fields := range fieldsOf {
		for _, f := range fields {
			all = append(all, f.Key)
		}
	}
	return all
}

// A Reject is a row that was not taken, and why.
type Reject struct {
	Table  string // "contribuabili" or "bunuri"
	Line   int    // from 2: the head is 1
	Column string
	Reason string // key of a text
	Args   []string
	Row    []string
}

// wrong says what is wrong with a row.
func wrong(column string, err error) Reject {
	f := fault.Of(err)
	r := Reject{Column: column, Reason: f.Key}
	for _, arg := range f.Args {
		r.Args = append(r.Args, fmt.Sprint(arg))
	}
	return r
}

// taxpayer reads a row.
func (c columns) taxpayer(row []string) (number int, t Taxpayer, reject *Reject) {
	refuse := func(column string, err error) (int, Taxpayer, *Reject) {
		r := wrong(column, err)
		return 0, t, &r
	}
	number, err := strconv.Atoi(c.of(row, "rol"))
	if err != nil || number <= 0 {
		return refuse("rol", ErrRowNumber)
	}
	t.Name = c.of(row, "nume")
	if t.Name == "" {
		return refuse("nume", ErrRowName)
	}
	check := form.CheckCNP
	switch c.of(row, "tip") {
	case "PF":
		t.Owner = taxlaw.Natural
	case "PJ":
		t.Owner, check = taxlaw.Legal, form.CheckCUI
	default:
		return refuse("tip", ErrRowType)
	}
	if t.Code, err = check(c.of(row, "cod")); errors.Is(err, form.ErrCNPLength) {
		err = form.ErrCNP // it counts what somebody has typed
	}
	if err != nil {
		return refuse("cod", err)
	}
	return number, t, nil
}

// A loaded row of the table of objects.
type loaded struct {
	code    string
	role    int
	from    deadline.Date
	part    Part
	object  taxlaw.Object // as it is taxed
	details Details
}

// loaded reads a row; owner returns what the party with a role is.
func (c columns) loaded(row []string, buf *bytes.Buffer, owner func(role int) (act.PartyID, string, bool)) (l loaded, reject *Reject) {
	refuse := func(column string, err error) (loaded, *Reject) {
		r := wrong(column, err)
		return l, &r
	}
	l.code = c.of(row, "cod_bun")
	if l.code == "" || len(l.code) > 60 {
		return refuse("cod_bun", ErrRowCode)
	}
	l.role, _ = strconv.Atoi(c.of(row, "rol"))
	party, owned, ok := owner(l.role)
	if !ok {
		return refuse("rol", ErrRowRole)
	}
	var err error
	if l.from, err = readDay(c.of(row, "de_la")); err != nil {
		return refuse("de_la", taxlaw.ErrDate)
	}
	l.part.Party = party
	share := strings.ReplaceAll(c.of(row, "cota"), " ", "")
	if l.part.Gone = share == "0"; !l.part.Gone {
		if l.part.Share, err = taxlaw.ParseShare(share); err != nil {
			return refuse("cota", taxlaw.ErrShare)
		}
	}
	kind := kinds[c.of(row, "fel")]
	if kind == "" {
		return refuse("fel", ErrRowKind)
	}
	l.details = Details{Address: c.of(row, "adresa"), Cadastral: c.of(row, "cadastral"), Plate: c.of(row, "numar_auto"), VIN: c.of(row, "serie_sasiu")}
	c.encode(buf, row, kind, owned)
	var problems taxlaw.Problems
	if l.object, problems = taxlaw.DecodeObject(buf.Bytes()); len(problems) > 0 {
		return refuse(strings.TrimPrefix(problems[0].Field, "/"), problems[0].Err)
	}
	l.object.Share = l.part.Share
	return l, nil
}

// encode writes the cells of a row as the JSON of an object. Whether it is one is for
// [taxlaw.DecodeObject].
func (c columns) encode(buf *bytes.Buffer, row []string, kind taxlaw.Kind, owner string) {
	buf.Reset()
	fmt.Fprintf(buf, `{"kind":%q`, kind)
	if asksOwner[kind] {
		fmt.Fprintf(buf, `,"owner":%q`, owner)
	}
	for _, f := range fieldsOf[kind] {
		cell := c.of(row, f.Key)
		if cell == "" {
			continue
		}
		plain := false
		switch f.Answer {
		case taxlaw.Decimal, taxlaw.Number:
			cell = strings.Replace(cell, ",", ".", 1)
			_, err := taxlaw.ParseDec(cell)
			plain = err == nil
		case taxlaw.YesNo:
			plain = cell == "da" || cell == "nu"
			cell = map[string]string{"da": "true", "nu": "false"}[cell]
		case taxlaw.Date:
			if d, err := readDay(cell); err == nil {
				cell = d.String()
			}
		}
		buf.WriteString(`,"` + f.Key + `":`)
		if plain {
			buf.WriteString(cell)
		} else {
			fmt.Fprintf(buf, "%q", strings.ToValidUTF8(cell, "?"))
		}
	}
	buf.WriteByte('}')
}

// readDay reads "2020-05-04", "04.05.2020", and 43955, as workbooks keep it. No year is
// taken for such a number.
func readDay(text string) (deadline.Date, error) {
	if n, err := strconv.Atoi(text); err == nil && 10_000 <= n && n < 100_000 {
		return deadline.Date{Year: 1899, Month: time.December, Day: 30}.AddDays(n), nil
	}
	if t, err := time.Parse("02.01.2006", text); err == nil {
		return deadline.Of(t), nil
	}
	d, err := deadline.Parse(text)
	if err == nil && (d.Year < 1800 || d.Year > 2200) {
		err = ErrTable
	}
	return d, err
}

// relief returns the relief that a row has; nil if it has none.
func (l *loaded) relief() *Relief {
	o := &l.object
	if o.Relief == "" {
		return nil
	}
	return &Relief{Party: l.part.Party, Code: o.Relief, Part: o.ReliefPart, Filed: o.ReliefFiled, Until: o.ReliefUntil, Before: o.ReliefBefore}
}

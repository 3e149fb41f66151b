package treasury

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
)

// The faults of statements.
var (
	ErrChannel   = fault.New(fault.Invalid, "treasury.bad-channel")   // no statement of that kind
	ErrFile      = fault.New(fault.Invalid, "treasury.bad-file")      // no table that we can read; with the line
	ErrHead      = fault.New(fault.Invalid, "treasury.bad-head")      // not the columns of the channel; with those
	ErrRow       = fault.New(fault.Invalid, "treasury.bad-row")       // with the line and the column
	ErrTwice     = fault.New(fault.Invalid, "treasury.twice")         // a reference that the statement has twice; with the line
	ErrNoTotal   = fault.New(fault.Invalid, "treasury.no-total")      // without its last row
	ErrTotal     = fault.New(fault.Invalid, "treasury.total-other")   // which says something else than the rows; with both sums
	ErrSeen      = fault.New(fault.Conflict, "treasury.file-seen")    // the statement was entered before
	ErrOther     = fault.New(fault.Conflict, "treasury.line-other")   // a line that was entered says something else; with the line
	ErrAssigned  = fault.New(fault.Conflict, "treasury.assigned")     // somebody has decided about the line already
	ErrNoChannel = fault.New(fault.Invalid, "treasury.no-of-channel") // a settlement of no channel
)

// The channels of statements, as the ledger calls them.
const (
	treasuryChannel = "treasury"
	postChannel     = "post"
	ghiseulChannel  = "ghiseul"
	cardChannel     = "card"
)

// The columns of statements; docs/payment-import.md describes them.
const (
	colDay     = "data"
	colRef     = "referinta"
	colAmount  = "suma"
	colIBAN    = "iban"
	colCode    = "cod_plata"
	colRole    = "rol"
	colPerson  = "cod_fiscal"
	colOrder   = "ordin"
	colPayer   = "platitor"
	colDetails = "detalii"
)

// columns are those of the statement of each channel, in order.
var columns = map[string][]string{
	treasuryChannel: {colDay, colRef, colAmount, colIBAN, colPerson, colPayer, colDetails},
	postChannel:     {colDay, colRef, colAmount, colCode, colRole, colPayer},
	ghiseulChannel:  {colDay, colRef, colAmount, colPerson, colRole, colOrder},
}

// Limits of what an honest statement has.
const (
	mostRows  = 20_000
	mostBytes = 5_000_000
	longest   = 500 // letters of a field
	mostPaid  = 1_000_000_000 * money.Leu
)

// A Line of a statement.
type Line struct {
	N      int           `json:"-"` // of the file, from 2: the head is 1
	Ref    string        `json:"-"` // unique in the channel
	Day    deadline.Date `json:"-"`
	Moment time.Time     `json:"-"` // of the payment; the beginning of the day if it has no hour
	Amount money.Bani    `json:"-"`

	IBAN    string `json:"iban,omitempty"`
	Code    string `json:"code,omitempty"` // payment code
	Role    string `json:"role,omitempty"`
	Person  string `json:"person,omitempty"` // CNP or CUI
	Order   string `json:"order,omitempty"`
	Payer   string `json:"payer,omitempty"`
	Details string `json:"details,omitempty"`
}

// A Statement is a file of payments, whose last row says what they add up to.
type Statement struct {
	Channel string
	Lines   []Line
	Amount  money.Bani
}

// ReadStatement reads the statement of a channel. It takes all of it or nothing.
func ReadStatement(channel string, data []byte, zone *time.Location) (s Statement, err error) {
	s.Channel = channel
	head, ok := columns[channel]
	if !ok {
		return s, ErrChannel
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(data) > mostBytes || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return s, ErrFile.With(1)
	}
	table := csv.NewReader(bytes.NewReader(data))
	table.Comma, table.FieldsPerRecord = ';', len(head)
	row, err := table.Read()
	if err != nil || !slices.Equal(row, head) {
		return s, ErrHead.With(strings.Join(head, ";"))
	}
	seen := map[string]bool{}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return s, ErrNoTotal
		}
		if err != nil || len(s.Lines) > mostRows {
			return s, ErrFile.With(len(s.Lines) + 2)
		}
		if row[0] == "TOTAL" {
			return s, s.total(table, row)
		}
		line, _ := table.FieldPos(0)
		one, column := readLine(head, row, zone)
		if one.N = line; column != "" {
			return s, ErrRow.With(line, column)
		}
		if seen[one.Ref] {
			return s, ErrTwice.With(line)
		}
		seen[one.Ref] = true
		s.Lines, s.Amount = append(s.Lines, one), s.Amount+one.Amount
	}
}

// total checks the last row: the number of rows, and their sum.
func (s *Statement) total(table *csv.Reader, row []string) error {
	amount, err := money.Parse(row[2])
	n, ok := number(row[1])
	if _, more := table.Read(); err != nil || !ok || !errors.Is(more, io.EOF) || len(s.Lines) == 0 {
		return ErrNoTotal
	}
	if n != len(s.Lines) || amount != s.Amount {
		return ErrTotal.With(amount, s.Amount)
	}
	return nil
}

// readLine reads a row, and returns the column that is wrong; "" for none.
func readLine(head, row []string, zone *time.Location) (l Line, wrong string) {
	text := map[string]*string{colRef: &l.Ref, colIBAN: &l.IBAN, colCode: &l.Code, colRole: &l.Role, colPerson: &l.Person, colOrder: &l.Order, colPayer: &l.Payer, colDetails: &l.Details}
	for i, name := range head {
		value := strings.TrimSpace(row[i])
		if utf8.RuneCountInString(value) > longest || strings.ContainsFunc(value, unicode.IsControl) {
			return l, name
		}
		var ok bool
		switch name {
		case colDay:
			l.Moment, ok = moment(value, zone)
			l.Day = deadline.Of(l.Moment)
		case colAmount:
			amount, err := money.Parse(value)
			l.Amount, ok = amount, err == nil && amount > 0 && amount <= mostPaid
		case colRef:
			l.Ref, ok = value, value != "" && len(value) <= 64 && !strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c > '~' })
		default:
			*text[name], ok = value, true
		}
		if !ok {
			return l, name
		}
	}
	l.IBAN = strings.ToUpper(strings.ReplaceAll(l.IBAN, " ", ""))
	l.Person = strings.TrimPrefix(strings.ToUpper(l.Person), "RO")
	return l, ""
}

// moment reads "2026-11-25", "25.11.2026", or the first with an hour.
func moment(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02", "2.1.2006", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil && t.Year() >= 2000 {
			return t, true
		}
	}
	return time.Time{}, false
}

// What people write of themselves in the details of a transfer.
var (
	codeIn   = regexp.MustCompile(`(?i)\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}\b`)
	roleIn   = regexp.MustCompile(`(?i)\brol(?:ul)?[ :.nr]*([0-9]{1,9})\b`)
	personIn = regexp.MustCompile(`\b[1-9][0-9]{12}\b`)
)

// found returns the line with what its details say of whose it is.
func (l Line) found() Line {
	if l.Code == "" {
		l.Code = codeIn.FindString(l.Details)
	}
	if match := roleIn.FindStringSubmatch(l.Details); l.Role == "" && match != nil {
		l.Role = match[1]
	}
	if match := personIn.FindString(l.Details); match != "" {
		l.Person = match // whoever pays for another names them
	}
	return l
}

// The states of an entered line.
const (
	lineEntered    = "entered"
	lineWaiting    = "waiting"    // nobody knows whose it is
	lineSettlement = "settlement" // money that had been collected through another channel, and arrives
	lineReturned   = "returned"   // sent back
)

// An Entered line is one of a statement, and what became of it.
type Entered struct {
	Line
	ID      string
	Channel string
	State   string
	How     string // by what it was matched
	Party   act.PartyID
	Of      string        // of a settlement: the channel
	OfDay   deadline.Date // and the day
	By      act.PartyID
	At      time.Time
}

// payment is what the ledger calls an entered line.
func (e Entered) payment() string { return e.Channel + " " + e.Ref }

// An Import is a statement that was entered, and what became of its lines.
type Import struct {
	ID      string
	Channel string
	Rows    int
	Amount  money.Bani
	By      act.PartyID
	At      time.Time
	Entered int // lines that are in the ledger
	Waiting int
	Known   int // lines that another statement had brought
}

package figures

import (
	"bytes"
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// A Dec is an exact decimal number with six places, from 0 to 100 billion: lei,
// square metres, hectares, percent, coefficients. There are no floats here.
type Dec int64

// One is the number 1.
const One Dec = 1_000_000

const maxDec = 100_000_000_000 * One

// errDec is what [ParseDec] says; callers say it with the name of the field.
var errDec = errors.New("figures: not a decimal number of at most six places")

// Whole returns a whole number as a Dec.
func Whole(n int) Dec { return Dec(n) * One }

// ParseDec reads "77", "77.25" and "0.0678": digits, and a dot before at most
// six more. There is no sign, no exponent and no comma.
func ParseDec(text string) (Dec, error) {
	whole, decimals, dot := strings.Cut(text, ".")
	if whole == "" || len(whole) > 12 || dot && decimals == "" || strings.Trim(whole+decimals, "0123456789") != "" {
		return 0, errDec
	}
	if trimmed := strings.TrimRight(decimals, "0"); len(trimmed) > 6 {
		return 0, errDec
	} else {
		decimals = trimmed
	}
	n, err := strconv.ParseInt(whole+(decimals + "000000")[:6], 10, 64)
	if err != nil || Dec(n) > maxDec {
		return 0, errDec
	}
	return Dec(n), nil
}

// String returns the number for machines: "77.25".
func (d Dec) String() string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	whole := sign + strconv.FormatInt(int64(d/One), 10)
	decimals := strings.TrimRight(strconv.FormatInt(int64(One+d%One), 10)[1:], "0")
	if decimals == "" {
		return whole
	}
	return whole + "." + decimals
}

// In returns the number for people who read a language: "1.284,5" in Romanian,
// "1,284.5" in English.
func (d Dec) In(lang string) string { return Written(d.String(), lang) }

// Written puts the marks of a language into a number that [Dec.String] wrote, or
// a longer One.
func Written(number, lang string) string {
	group, point := ".", ","
	if strings.HasPrefix(lang, "en") {
		group, point = ",", "."
	}
	whole, decimals, dot := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if !dot {
		return whole
	}
	return whole + point + decimals
}

// MarshalJSON implements json.Marshaler: a number.
func (d Dec) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON implements json.Unmarshaler. It takes 77.25 and "77.25", and
// reads either as it is written.
func (d *Dec) UnmarshalJSON(data []byte) (err error) {
	*d, err = ParseDec(string(bytes.Trim(data, `"`)))
	return err
}

// A Mode says which way what is left over goes.
type Mode int

// The modes of [Quotient].
const (
	HalfUp Mode = iota
	Up
	Down
)

// Quotient returns x·y/d in millionths, rounded to a multiple of unit of them. It
// is exact until then, and not ok if the result is too large.
func Quotient(x, y, d, unit uint64, mode Mode) (Dec, bool) {
	over, d := bits.Mul64(d, unit)
	hi, lo := bits.Mul64(x, y)
	if over != 0 || hi >= d {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, d)
	if mode == Up && rest > 0 || mode == HalfUp && rest >= d-rest {
		q++
	}
	if hi, lo := bits.Mul64(q, unit); hi == 0 && lo <= uint64(maxDec) {
		return Dec(lo), true
	}
	return 0, false
}

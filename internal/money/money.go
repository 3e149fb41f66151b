// Package money counts in bani, the hundredth part of a leu.
//
// Amounts are whole numbers: a sum of money is never rounded by accident, and
// two ways to compute it give the same.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bani is an amount of money, in hundredths of a leu. The zero value is nothing.
type Bani int64

// Leu is one leu.
const Leu Bani = 100

var (
	// ErrFormat is returned for a text that is not an amount, or could be two.
	ErrFormat = errors.New("money: not an amount")

	// ErrRange is returned for an amount that is too large to be counted, which
	// no honest one is: about 92 million billion lei.
	ErrRange = errors.New("money: the amount is too large")
)

// Parse reads an amount as people in Romania write it: "1.284,50", "1284,5",
// "1 284", "1.284,50 lei", "RON 12". It also reads what [Bani.String] writes.
//
// A comma comes before one or two decimals. Dots or spaces, but not both,
// stand between groups of three digits. A dot is decimal only if it is the
// only one, two digits follow, and there is no comma: "12.50" is twelve and a
// half lei, "12.500" is twelve thousand five hundred, and "12.5" is refused,
// because it could be meant as either. Parse returns [ErrFormat] or [ErrRange].
func Parse(text string) (Bani, error) {
	text = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
	text, negative := strings.CutPrefix(bare(strings.TrimSpace(text)), "-")
	whole, decimals, comma := strings.Cut(text, ",")
	if i := len(whole) - 3; !comma && i >= 0 && whole[i] == '.' && strings.Count(whole, ".") == 1 {
		whole, decimals = whole[:i], whole[i+1:]
	} else if comma && (len(decimals) == 0 || len(decimals) > 2) {
		return 0, ErrFormat
	}
	digits, ok := ungroup(whole)
	if !ok || !areDigits(decimals) {
		return 0, ErrFormat
	}
	if negative {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits+(decimals + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrRange
	}
	return Bani(n), nil
}

// bare returns the text without the name of the currency on one of its sides.
func bare(text string) string {
	for _, name := range []string{"lei", "leu", "ron"} {
		if n := len(text) - len(name); n > 0 {
			if strings.EqualFold(text[n:], name) {
				return strings.TrimSpace(text[:n])
			}
			if strings.EqualFold(text[:len(name)], name) {
				return strings.TrimSpace(text[len(name):])
			}
		}
	}
	return text
}

// ungroup returns the digits of "1.284" and "1 284", and whether there is one
// at least and the groups have three each.
func ungroup(whole string) (digits string, ok bool) {
	mark := "."
	if strings.Contains(whole, " ") {
		mark = " "
	}
	groups := strings.Split(whole, mark)
	for i, group := range groups {
		if !areDigits(group) || group == "" || i > 0 && len(group) != 3 || i == 0 && len(groups) > 1 && len(group) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func areDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// String returns the amount in lei for machines: "1284.50".
func (b Bani) String() string { return b.written("", ".") }

// Format returns the amount for people who read a language: "1.284,50 lei" in
// Romanian ("ro"), "RON 1,284.50" in English ("en"), and as in Romanian for all
// others.
func (b Bani) Format(lang string) string {
	if lang == "en" || strings.HasPrefix(lang, "en-") {
		return "RON " + b.written(",", ".")
	}
	return b.written(".", ",") + " lei"
}

// written returns the amount with a mark between groups of three digits and one
// before the decimals.
func (b Bani) written(group, decimal string) string {
	sign, n := "", uint64(b)
	if b < 0 {
		sign, n = "-", -n // right for the smallest number too
	}
	whole := strconv.FormatUint(n/100, 10)
	for i := len(whole) - 3; i > 0 && group != ""; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	return fmt.Sprintf("%s%s%s%02d", sign, whole, decimal, n%100)
}

// Add returns the sum of two amounts, or [ErrRange].
func (b Bani) Add(other Bani) (Bani, error) {
	if other > 0 && b > math.MaxInt64-other || other < 0 && b < math.MinInt64-other {
		return 0, ErrRange
	}
	return b + other, nil
}

// Sum returns the sum of amounts, or [ErrRange] if adding them in that order
// leaves the range. The sum of none is nothing.
func Sum(amounts ...Bani) (sum Bani, err error) {
	for _, amount := range amounts {
		if sum, err = sum.Add(amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

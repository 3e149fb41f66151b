package taxlaw

import "bega/taxlaw/figures"

// A How says what a step does with its next input.
type How string

// What a step can do.
const (
	First   How = ""       // the step begins with it
	Times   How = "×"      // multiplied by it
	Over    How = "÷"      // divided by it
	Percent How = "×%"     // so many percent of what there was
	More    How = "+%"     // so many percent more
	Less    How = "-%"     // so many percent less
	Plus    How = "+"      // added
	Minus   How = "-"      // taken away
	Groups  How = "groups" // how many groups of that size, begun ones included
	OfWhole How = "of"     // as percent of it
	AtLeast How = "min"    // it is the least that counts
)

// A Rounding says what is left of a result. Halves go up, unless it says else.
type Rounding string

// The roundings (HG 1/2016 title IX pt. 11 n, and its examples).
const (
	Exact     Rounding = ""       // nothing is lost
	SixPlaces Rounding = "six"    // land, until the total of the tax
	FourPlace Rounding = "four"   // fees by the hour
	TwoPlaces Rounding = "two"    // results on the way
	ToLeu     Rounding = "leu"    // what is owed
	LeuUp     Rounding = "leu-up" // the first of two equal instalments, and what counts when begun
	LeuDown   Rounding = "leu-down"
)

// unit returns of what a rounded number is a multiple, in millionths.
func (r Rounding) unit() (uint64, figures.Mode) {
	switch r {
	case FourPlace:
		return 100, figures.HalfUp
	case TwoPlaces:
		return 10_000, figures.HalfUp
	case ToLeu:
		return uint64(one), figures.HalfUp
	case LeuUp:
		return uint64(one), figures.Up
	case LeuDown:
		return uint64(one), figures.Down
	}
	return 1, figures.HalfUp
}

// apply returns what a step makes of two numbers, the second as num/den. It is
// not ok if the result would be negative or too large.
func apply(a Dec, how How, num Dec, den int64, r Rounding) (Dec, bool) {
	if den == 0 {
		den = 1
	}
	x, y, d := uint64(a), uint64(1), uint64(1)
	switch how {
	case Times:
		y, d = uint64(num), uint64(one)*uint64(den)
	case Over:
		y, d = uint64(one), uint64(num)
	case OfWhole:
		y, d = uint64(100*one), uint64(num)
	case Percent:
		y, d = uint64(num), uint64(100*one)
	case More:
		y, d = uint64(100*one+num), uint64(100*one)
	case Less:
		y, d = uint64(100*one-num), uint64(100*one)
	case Plus:
		x = uint64(a + num)
	case Minus:
		x = uint64(a - num)
	case AtLeast:
		x = uint64(max(a, num))
	case Groups:
		x = uint64((a + num - 1) / num * one)
	}
	if int64(x) < 0 || int64(y) < 0 || d == 0 {
		return 0, false
	}
	unit, mode := r.unit()
	return figures.Quotient(x, y, d, unit, mode)
}

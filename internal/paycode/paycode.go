// Package paycode makes the codes by which anybody can pay what a taxpayer owes, and
// reads them however they were typed. They say nothing about anybody.
package paycode

import (
	"crypto/rand"
	"strings"
)

// A payment code has eight symbols that were drawn and one that checks them, in
// the alphabet of Crockford, which lacks I, L, O and U.
const (
	symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	drawn   = 8 // 40 bits: of a million guesses, hardly one is a taxpayer's
)

// New returns a new code.
func New() string {
	var random [drawn]byte
	_, _ = rand.Read(random[:]) // never fails
	return codeOf(random)
}

func codeOf(random [drawn]byte) string {
	var b strings.Builder
	for i, n := range append(random[:], checkOf(random[:])) {
		if i > 0 && i%3 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(symbols[n%32])
	}
	return b.String()
}

// checkOf sums numbers up in the field of 32 elements (x⁵+x²+1), each times another
// power of x: one wrong symbol shows, and so do two that have changed places.
func checkOf(numbers []byte) (sum byte) {
	for _, n := range numbers {
		if sum = (sum ^ n%32) << 1; sum >= 32 {
			sum ^= 0b100101
		}
	}
	return sum
}

// mistaken are letters that are not in the alphabet, and what they were.
var mistaken = strings.NewReplacer("I", "1", "L", "1", "O", "0", "-", "", "–", "", ".", "", " ", "", "\u00a0", "")

// Parse returns a code in its normal form, however it was typed, and whether it is one.
func Parse(typed string) (code string, ok bool) {
	typed = mistaken.Replace(strings.ToUpper(strings.TrimSpace(typed)))
	if len(typed) != drawn+1 {
		return "", false
	}
	var numbers [drawn + 1]byte
	for i := range typed {
		n := strings.IndexByte(symbols, typed[i])
		if n < 0 {
			return "", false
		}
		numbers[i] = byte(n)
	}
	if checkOf(numbers[:drawn]) != numbers[drawn] {
		return "", false
	}
	return codeOf([drawn]byte(numbers[:drawn])), true
}

package registry

import "strings"

// A code has nine symbols that were drawn and one that checks them. The alphabet
// is Crockford's: it lacks I, L, O and U, which are read as other symbols or make
// words.
const (
	symbols  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	drawn    = 9 // 45 bits: nobody guesses a code
	lastDash = 8 // symbols before the second of the dashes, which are after each fourth
)

// codeOf returns the code made of nine numbers from 0 to 31.
func codeOf(numbers [drawn]byte) string {
	var b strings.Builder
	for i, n := range append(numbers[:], checkOf(numbers[:])) {
		if i > 0 && i%4 == 0 && i <= lastDash {
			b.WriteByte('-')
		}
		b.WriteByte(symbols[n%32])
	}
	return b.String()
}

// checkOf sums the numbers up in the field of 32 elements (x⁵+x²+1), each times
// another power of x. So one wrong symbol always shows, and so do two that have
// changed places.
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

// ParseCode returns a code in its normal form, however it was typed: in small
// letters, without dashes, or as the whole address at which it is verified. It
// fails with [ErrCode] if a symbol is wrong, missing or too many.
func ParseCode(typed string) (string, error) {
	typed = strings.TrimSuffix(strings.TrimSpace(typed), "/")
	typed = mistaken.Replace(strings.ToUpper(typed[strings.LastIndex(typed, "/")+1:]))
	if len(typed) != drawn+1 {
		return "", ErrCode
	}
	var numbers [drawn + 1]byte
	for i := range typed {
		n := strings.IndexByte(symbols, typed[i])
		if n < 0 {
			return "", ErrCode
		}
		numbers[i] = byte(n)
	}
	if checkOf(numbers[:drawn]) != numbers[drawn] {
		return "", ErrCode
	}
	return codeOf([drawn]byte(numbers[:drawn])), nil
}

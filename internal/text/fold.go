package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns a text in small letters without diacritics, as it is compared
// where people may have typed it either way: "Ștefania", with either kind of ș,
// is "stefania".
func Fold(s string) string {
	return others.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(s))))
}

// others are the letters of the Banat that have no diacritic to lose.
var others = strings.NewReplacer("đ", "d", "ß", "ss", "ł", "l", "ø", "o")

// FoldWords returns the folded words of a name, each after a space, so that
// " ion" finds whoever has a name that begins so.
func FoldWords(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(Fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(" " + word)
	}
	return b.String()
}

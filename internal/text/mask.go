package text

import (
	"strings"
	"unicode/utf8"
)

// Mask returns a CNP, CUI, IBAN or telephone number so that its owner
// recognises it and others do not learn it: 385*******017.
func Mask(code string) string {
	runes := []rune(code)
	if len(runes) < 9 {
		keep := min(2, len(runes)/3)
		return strings.Repeat("*", len(runes)-keep) + string(runes[len(runes)-keep:])
	}
	return string(runes[:3]) + strings.Repeat("*", len(runes)-6) + string(runes[len(runes)-3:])
}

// MaskEmail returns an e-mail address as [Mask] does: s***@exemplu.ro.
func MaskEmail(email string) string {
	name, host, ok := strings.Cut(email, "@")
	if !ok || name == "" {
		return ""
	}
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] + "***@" + host
}

// Clean returns typed text in one line without what is not seen.
func Clean(typed string) string {
	typed = strings.ToValidUTF8(typed, "")
	return strings.Join(strings.FieldsFunc(typed, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xa0 }), " ")
}

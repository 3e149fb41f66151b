package text_test

import (
	"testing"

	"bega/internal/text"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Ștefania": "stefania", "\u015etefania \u0163ară": "stefania tara", "ȚARĂ": "tara", "Lázár Őry": "lazar ory", "Đorđević Čubrić": "dordevic cubric",
		"Groß": "gross", "s\u0326": "s", "TM 07 ABC": "tm 07 abc", "": "",
	} {
		if got := text.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	if got := text.FoldWords("Ionescu-Popa, Ștefania  D'Arc"); got != " ionescu popa stefania d arc" {
		t.Errorf("FoldWords = %q", got)
	}
}

package paycode

import "testing"

// TestCodes: a code is read as it was made, and one wrong symbol shows.
func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		code := New()
		if got, ok := Parse(" " + code + " "); !ok || got != code || seen[code] {
			t.Fatalf("%q is read as %q", code, got)
		}
		seen[code] = true
		for i := range code {
			wrong := []byte(code)
			if wrong[i] == '-' {
				continue
			}
			wrong[i] = symbols[(int(wrong[i])*7+3)%32]
			if wrong[i] == code[i] {
				continue
			}
			if got, ok := Parse(string(wrong)); ok && got != code {
				t.Fatalf("%q passes for %q", wrong, code)
			}
		}
	}
}

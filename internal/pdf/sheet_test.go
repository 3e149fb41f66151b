package pdf

import "testing"

// TestGlyphs compares the number of letters with what the fonts have, counted
// with another program, and looks for those that the town cannot do without.
func TestGlyphs(t *testing.T) {
	for name, want := range map[string]int{"text-regular": 309, "text-bold": 309, "title-bold": 330, "other-regular": 2353, "other-bold": 2353} {
		font, err := fonts.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			t.Fatal(err)
		}
		g, n := glyphsOf(font), 0
		for r := range rune(0x10000) {
			if g.has(r) {
				n++
			}
		}
		if n != want {
			t.Errorf("%s has %d letters, want %d", name, n, want)
		}
		for _, r := range "ăâîșțĂÂÎȘȚ„”«»–—…•·×°²€" {
			if !g.has(r) {
				t.Errorf("%s has no %c", name, r)
			}
		}
	}
}

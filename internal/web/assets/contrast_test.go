package assets

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// themes returns the colours of the light and of the dark theme, by the names
// of their tokens. What the dark theme does not change is as in the light one.
func themes(t *testing.T) map[string]map[string]string {
	t.Helper()
	css := string(load().byName["bega.css"].plain)
	roots := regexp.MustCompile(`:root\{color-scheme:(light|dark);([^}]+)\}`).FindAllStringSubmatch(css, -1)
	if len(roots) != 2 {
		t.Fatalf("the style sheet has %d themes, want 2", len(roots))
	}
	found := map[string]map[string]string{"light": {}, "dark": {}}
	token := regexp.MustCompile(`--([a-z0-9-]+):(#[0-9A-Fa-f]{3,6})\b`)
	for _, root := range roots {
		for _, match := range token.FindAllStringSubmatch(root[2], -1) {
			if root[1] == "light" {
				found["dark"][match[1]] = match[2]
			}
			found[root[1]][match[1]] = match[2]
		}
	}
	return found
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("%q is no colour", hex)
	}
	linear := func(b uint64) float64 {
		c := float64(b&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastIsComputedRight(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want float64
	}{{"#000", "#FFFFFF", 21}, {"#777777", "#FFF", 4.48}, {"#FFF", "#FFF", 1}} {
		if got := contrast(t, test.a, test.b); math.Abs(got-test.want) > 0.01 {
			t.Errorf("%s on %s: got %.2f, want %.2f", test.a, test.b, got, test.want)
		}
	}
}

// TestContrast holds for both themes: text has 4.5:1 on whatever it is on
// (WCAG 1.4.3), and the borders of fields and the signs of focus have 3:1
// (1.4.11).
func TestContrast(t *testing.T) {
	const text, border = 4.5, 3.0
	pairs := []struct {
		least float64
		front string
		backs string
	}{
		{text, "ink", "paper surface sand bega-t lumina-t ok-t err-t magn-t"},
		{text, "ink2", "paper surface sand bega-t lumina-t"},
		{text, "bega", "paper surface sand bega-t lumina-t ok-t"},
		{text, "bega-h", "paper surface sand bega-t"},
		{text, "surface", "bega bega-h magn ok err"},
		{text, "on-deep", "deep"},
		{text, "lumina", "deep"},
		{text, "lumina-i", "lumina-t surface paper"},
		{text, "magn", "paper surface magn-t"},
		{text, "err", "paper surface err-t"},
		{text, "ok", "paper surface ok-t"},
		{text, "vis", "paper surface"},
		{border, "contour", "paper surface sand lumina-t"},
		{border, "bega", "paper surface bega-t"},
		{border, "ink", "paper surface"},
		{border, "on-deep", "deep"},
	}
	for theme, colours := range themes(t) {
		for _, pair := range pairs {
			for back := range strings.FieldsSeq(pair.backs) {
				if colours[pair.front] == "" || colours[back] == "" {
					t.Fatalf("%s: there is no %s or no %s", theme, pair.front, back)
				}
				if got := contrast(t, colours[pair.front], colours[back]); got < pair.least {
					t.Errorf("%s: %s on %s has %.2f, and needs %.1f", theme, pair.front, back, got, pair.least)
				}
			}
		}
		// The button that leads to paying is amber in both themes.
		if got := contrast(t, "#1B292C", colours["lumina"]); got < text {
			t.Errorf("%s: the words of the button to pay have %.2f", theme, got)
		}
	}
}

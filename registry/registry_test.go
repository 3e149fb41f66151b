package registry

import (
	"errors"
	"strings"
	"testing"

	"bega/internal/upload"
)

var uploadFiles = upload.Files

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		code := newCode()
		if len(code) != 12 || code[4] != '-' || code[9] != '-' || strings.Trim(code, symbols+"-") != "" || seen[code] {
			t.Fatalf("a code is %q", code)
		}
		seen[code] = true
		plain := strings.ReplaceAll(code, "-", "")
		for _, typed := range []string{code, strings.ToLower(code), plain, " " + strings.ReplaceAll(code, "-", " ") + "\n", strings.ReplaceAll(code, "0", "o"),
			strings.ReplaceAll(code, "1", "l"), "https://portal.exemplu.ro/verifica/" + code, "/verifica/" + code + "/"} {
			if got, err := ParseCode(typed); err != nil || got != code {
				t.Errorf("ParseCode(%q) = %q, %v, want %q", typed, got, err, code)
			}
		}
		for i := range plain { // every wrong symbol, and every two that changed places
			for _, s := range symbols {
				if wrong := plain[:i] + string(s) + plain[i+1:]; wrong != plain {
					if _, err := ParseCode(wrong); !errors.Is(err, ErrCode) {
						t.Fatalf("%s instead of %s: %v", wrong, plain, err)
					}
				}
			}
			for j := range i {
				b := []byte(plain)
				if b[i], b[j] = b[j], b[i]; b[i] != b[j] {
					if _, err := ParseCode(string(b)); !errors.Is(err, ErrCode) {
						t.Fatalf("%s instead of %s: %v", b, plain, err)
					}
				}
			}
		}
	}
	for _, typed := range []string{"", "-", "7K4Q", "7K4Q-M2XD-9RR", "UUUU-UUUU-UU", "țțțț-țțțț-țț", "https://x/", strings.Repeat("0", 1000)} {
		if got, err := ParseCode(typed); !errors.Is(err, ErrCode) {
			t.Errorf("ParseCode(%q) = %q, %v", typed, got, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("7K4Q-M2XD-9R")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseCode(typed)
		if err != nil {
			return
		}
		if again, err := ParseCode(code); err != nil || again != code {
			t.Errorf("%q gives %q, which gives %q, %v", typed, code, again, err)
		}
	})
}

func TestParseNumber(t *testing.T) {
	for typed, want := range map[string]Number{
		"UR2026-000123": {Register: "UR", Year: 2026, N: 123}, " ur2026-123 ": {Register: "UR", Year: 2026, N: 123}, "000123": {N: 123},
		"SC2026 - 1234567": {Register: "SC", Year: 2026, N: 1234567},
	} {
		if got, err := ParseNumber(typed); err != nil || got != want {
			t.Errorf("ParseNumber(%q) = %+v, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "UR", "UR2026", "UR2026-", "UR-1", "0", "2026-1", "UR2026-9999999999", "x' OR 1=1"} {
		if got, err := ParseNumber(typed); !errors.Is(err, ErrNumber) {
			t.Errorf("ParseNumber(%q) = %+v, %v", typed, got, err)
		}
	}
}

package money_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bega/internal/money"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]money.Bani{
		"1.284,50":                   128450,
		"1.284,50 lei":               128450,
		"1284,5":                     128450,
		"1284,50":                    128450,
		"1284.50":                    128450,
		"1.284":                      128400,
		"1 284":                      128400,
		"1\u00a0284,50\u00a0lei":     128450,
		"1.284.500":                  128450000,
		"1.284.500,01":               128450001,
		"12.50":                      1250,
		"12.500":                     1250000,
		"RON 12":                     1200,
		"12RON":                      1200,
		"1 leu":                      100,
		"0":                          0,
		"0,05":                       5,
		"007":                        700,
		"  15 Lei ":                  1500,
		"-1284.50":                   -128450,
		"-0,5":                       -50,
		"92233720368547758.07":       math.MaxInt64,
		"-92.233.720.368.547.758,08": math.MinInt64,
	} {
		if got, err := money.Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "lei", "RON", "-", ",", ".", ",50", ".50", "12,", "12.", "12,505", "12,50,00", "12.5", "12.5000", "1.28,50",
		"1.2.3", "1.284.50", "1284.500", "1.2845", "12 34", "1 284.500", "1,284.50", "1,284", "12,5 0", "--5", "+5", "- 5", "1e5",
		"0x10", "٣", "１２", "12€", "5 eur", "lei 5 lei lei", "1_000", "NaN", "1284,5O", "1..284", ".284", "1.284.", "\x00",
	} {
		if got, err := money.Parse(text); !errors.Is(err, money.ErrFormat) {
			t.Errorf("Parse(%q) = %d, %v, want %v", text, got, err, money.ErrFormat)
		}
	}
	for _, text := range []string{"92233720368547758,08", "-92233720368547758,09", strings.Repeat("9", 400)} {
		if got, err := money.Parse(text); !errors.Is(err, money.ErrRange) {
			t.Errorf("Parse(%q) = %d, %v, want %v", text, got, err, money.ErrRange)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		amount      money.Bani
		machine     string
		ro, english string
	}{
		{128450, "1284.50", "1.284,50 lei", "RON 1,284.50"},
		{0, "0.00", "0,00 lei", "RON 0.00"},
		{5, "0.05", "0,05 lei", "RON 0.05"},
		{99999, "999.99", "999,99 lei", "RON 999.99"},
		{100000000, "1000000.00", "1.000.000,00 lei", "RON 1,000,000.00"},
		{-50, "-0.50", "-0,50 lei", "RON -0.50"},
		{math.MinInt64, "-92233720368547758.08", "-92.233.720.368.547.758,08 lei", "RON -92,233,720,368,547,758.08"},
	} {
		if got := test.amount.String(); got != test.machine {
			t.Errorf("%d is %q for machines, want %q", test.amount, got, test.machine)
		}
		for lang, want := range map[string]string{"ro": test.ro, "en": test.english, "en-GB": test.english, "hu": test.ro, "": test.ro} {
			if got := test.amount.Format(lang); got != want {
				t.Errorf("%d is %q in %q, want %q", test.amount, got, lang, want)
			}
		}
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := money.Bani(rapid.Int64().Draw(t, "bani"))
		for _, text := range []string{want.String(), want.Format("ro")} {
			if got, err := money.Parse(text); err != nil || got != want {
				t.Fatalf("Parse(%q) = %d, %v, want %d", text, got, err, want)
			}
		}
	})
}

// TestSum compares sums with those of numbers that have no range.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOf(rapid.Map(rapid.Int64(), func(n int64) money.Bani { return money.Bani(n) })).Draw(t, "amounts")
		want, fits := new(big.Int), true
		for _, amount := range amounts {
			want.Add(want, big.NewInt(int64(amount)))
			fits = fits && want.IsInt64()
		}
		got, err := money.Sum(amounts...)
		if fits && (err != nil || int64(got) != want.Int64()) || !fits && !errors.Is(err, money.ErrRange) {
			t.Fatalf("Sum = %d, %v, want %s", got, err, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"1.284,50 lei", "RON 1284.50", "-0,5", "1 284", "12.5", "92233720368547758.08", "lei"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		amount, err := money.Parse(text)
		if err != nil {
			if amount != 0 || !errors.Is(err, money.ErrFormat) && !errors.Is(err, money.ErrRange) {
				t.Errorf("Parse(%q) = %d, %v", text, amount, err)
			}
			return
		}
		if again, err := money.Parse(amount.Format("ro")); err != nil || again != amount {
			t.Errorf("Parse(%q) = %d, but what that is written as is %d, %v", text, amount, again, err)
		}
	})
}

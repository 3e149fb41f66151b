package figures

import (
	"encoding/json"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestDec(t *testing.T) {
	for text, want := range map[string]string{"0": "0", "77": "77", "77.250": "77.25", "0.000001": "0.000001", "100000000000": "100000000000", "007": "7"} {
		if d, err := ParseDec(text); err != nil || d.String() != want {
			t.Errorf("%q is %s, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "-1", "+1", "1,5", "1.", ".5", "1e3", "0.0000001", "100000000000.000001", "1234567890123", "0x1", " 1", "NaN"} {
		if d, err := ParseDec(text); err == nil {
			t.Errorf("%q is %s", text, d)
		}
	}
	d := 1284*One + One/2
	if d.In("ro") != "1.284,5" || d.In("en") != "1,284.5" || (-d).String() != "-1284.5" {
		t.Errorf("people read %q and %q, machines %q", d.In("ro"), d.In("en"), -d)
	}
	var read []Dec
	if err := json.Unmarshal([]byte(`[1284.5, "1284.50"]`), &read); err != nil || read[0] != d || read[1] != d {
		t.Errorf("read %s, %v", read, err)
	}
}

// TestQuotient compares it with fractions, in all three modes.
func TestQuotient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Uint64Range(0, 1<<56).Draw(t, "x"), rapid.Uint64Range(0, 1<<40).Draw(t, "y")
		d, unit := rapid.Uint64Range(1, 1<<40).Draw(t, "d"), rapid.SampledFrom([]uint64{1, 100, 10_000, 1_000_000}).Draw(t, "unit")
		mode := rapid.SampledFrom([]Mode{HalfUp, Up, Down}).Draw(t, "mode")
		got, ok := Quotient(x, y, d, unit, mode)

		big64 := func(n uint64) *big.Int { return new(big.Int).SetUint64(n) }
		num, den := new(big.Int).Mul(big64(x), big64(y)), new(big.Int).Mul(big64(d), big64(unit))
		want, rest := new(big.Int).QuoRem(num, den, new(big.Int))
		if twice := new(big.Int).Lsh(rest, 1); mode == Up && rest.Sign() > 0 || mode == HalfUp && twice.Cmp(den) >= 0 {
			want.Add(want, big.NewInt(1))
		}
		want.Mul(want, big64(unit))
		if fits := want.Cmp(big.NewInt(int64(maxDec))) <= 0; ok != fits || ok && want.Int64() != int64(got) {
			t.Fatalf("%d × %d ÷ %d by %d is %s, got %d, %v", x, y, d, unit, want, got, ok)
		}
	})
}

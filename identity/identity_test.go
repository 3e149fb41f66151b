package identity

import (
	"strings"
	"testing"
	"unicode/utf8"

	"bega/internal/act"
	"bega/internal/text"
)

func TestMask(t *testing.T) {
	for code, want := range map[string]string{
		"3850615350017": "385*******017", "14756536": "******36", "10080": "****0", "": "", "1": "*",
		"RO49AAAA1B31007593840000": "RO4******************000",
	} {
		got := text.Mask(code)
		if code == "10080" {
			want = "****0"
		}
		if got != want {
			t.Errorf("text.Mask(%q) = %q, want %q", code, got, want)
		}
	}
	for email, want := range map[string]string{"stefania@exemplu.ro": "s***@exemplu.ro", "ș@exemplu.ro": "ș***@exemplu.ro", "": "", "@x": ""} {
		if got := text.MaskEmail(email); got != want {
			t.Errorf("text.MaskEmail(%q) = %q, want %q", email, got, want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("3850615350017")
	f.Fuzz(func(t *testing.T, code string) {
		if !utf8.ValidString(code) {
			return
		}
		masked := text.Mask(code)
		if n := utf8.RuneCountInString(code); utf8.RuneCountInString(masked) != n || n > 0 && strings.Count(masked, "*") < (n+1)/2-3 {
			t.Errorf("text.Mask(%q) = %q shows too much, or has another length", code, masked)
		}
	})
}

func TestNormalEmail(t *testing.T) {
	for typed, want := range map[string]string{
		" Ana@Exemplu.RO ": "ana@exemplu.ro", "ana+bega@exemplu.ro": "ana+bega@exemplu.ro",
		"ana": "", "ana@exemplu": "", "Ana <ana@exemplu.ro>": "", "a@b.ro, c@d.ro": "", "ana@exemplu.ro\r\nBcc: x@y.ro": "", "": "",
		strings.Repeat("a", 260) + "@exemplu.ro": "",
	} {
		got, err := NormalEmail(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("NormalEmail(%q) = %q, %v, want %q", typed, got, err, want)
		}
	}
}

func FuzzNormalEmail(f *testing.F) {
	f.Add(" Ana@Exemplu.RO ")
	f.Add("\"a b\"@exemplu.ro")
	f.Fuzz(func(t *testing.T, typed string) {
		email, err := NormalEmail(typed)
		if err != nil {
			return
		}
		if again, err := NormalEmail(email); err != nil || again != email || strings.ContainsAny(email, "\r\n,<>") || text.MaskEmail(email) == email {
			t.Errorf("NormalEmail(%q) = %q, and again %q, %v", typed, email, again, err)
		}
	})
}

func TestSpan(t *testing.T) {
	const today = "2026-11-24"
	for _, test := range []struct {
		name, from, to string
		capacity       Capacity
		first, last    string
		err            error
	}{
		{"from today, three years as the Civil Code says", "", "", Attorney, today, "2029-11-23", nil},
		{"a representative has no end", "", "", Representative, today, "", nil},
		{"a week", "2026-12-01", "2026-12-07", Attorney, "2026-12-01", "2026-12-07", nil},
		{"a single day, today", today, today, Employee, today, today, nil},
		{"backwards", "2026-12-07", "2026-12-01", Attorney, "", "", ErrDays},
		{"over before it begins", "2026-01-01", "2026-11-23", Attorney, "", "", ErrDays},
		{"begun in the past, and still of use", "2026-01-01", "2026-12-31", Attorney, "2026-01-01", "2026-12-31", nil},
		{"no such day", "2026-02-30", "", Attorney, "", "", ErrDay},
		{"no such last day", "", "31.12.2026", Attorney, "", "", ErrDay},
	} {
		first, last, err := span(test.from, test.to, today, test.capacity)
		if first != test.first || last != test.last || err != test.err {
			t.Errorf("%s: got %s to %s, %v; want %s to %s, %v", test.name, first, last, err, test.first, test.last, test.err)
		}
	}
}

func TestState(t *testing.T) {
	m := Mandate{Agent: "ion", From: "2026-03-02", To: "2026-03-31"}
	waiting, ended, endless := m, m, m
	waiting.Agent, ended.EndedAt, endless.To = "", ended.EndedAt.AddDate(2025, 0, 0), ""
	for _, test := range []struct {
		m    Mandate
		day  string
		want State
	}{
		{m, "2026-03-01", Future}, {m, "2026-03-02", Active}, {m, "2026-03-31", Active}, {m, "2026-04-01", Expired},
		{waiting, "2026-03-15", Waiting}, {waiting, "2026-04-01", Expired}, {ended, "2026-03-15", Ended}, {endless, "2099-01-01", Active},
	} {
		if got := test.m.State(test.day); got != test.want {
			t.Errorf("on %s: got %s, want %s", test.day, got, test.want)
		}
	}
}

func TestCapacitiesFromHomeAreSomeOfThoseAtTheDesk(t *testing.T) {
	for _, kind := range []Kind{Person, Firm} {
		desk := Capacities(kind, true)
		for _, c := range Capacities(kind, false) {
			found := false
			for _, d := range desk {
				found = found || c == d
			}
			if !found || (Mandate{Capacity: c}).governs() {
				t.Errorf("a %s may be given from home the capacity %s", kind, c)
			}
		}
	}
}

func TestInPersonIsNobodyElse(t *testing.T) {
	a := InPerson(act.Actor{Person: "ion", For: "firma", Mandate: "m", Services: []string{"parcare"}, Level: act.Verified})
	if a.For != "ion" || a.Mandate != "" || a.Services != nil || a.Level != act.Verified {
		t.Errorf("got %+v", a)
	}
}

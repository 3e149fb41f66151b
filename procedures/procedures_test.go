package procedures

import (
	"errors"
	"strings"
	"testing"

	"bega/internal/deadline"
	"bega/internal/money"
)

// today is the day of the tests, a Monday.
var today = deadline.Date{Year: 2026, Month: 11, Day: 23}

func trial(t testing.TB) (*Service, Env) {
	t.Helper()
	s, err := town(t).Version("proba", 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, Env{Today: today, Applicant: Applicant{Kind: "person", Resident: true}}
}

// answers are those of an application for two vehicles.
var answers = Answers{
	"tip": "eu", "adresa": map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"},
	"vehicule": []Answers{{"numar": "TM 07 ABC", "masa": int64(1200)}, {"numar": "TM 12 XYZ", "masa": int64(5000)}},
	"inceput":  "2026-12-01", "suma": int64(100000), "grabit": true,
}

func TestFeeFor(t *testing.T) {
	s, _ := trial(t)
	fee, lines, err := s.FeeFor(answers, today)
	if fee != 60_00+30_00 || len(lines) != 2 || lines[1].Amount != 30*money.Leu || err != nil {
		t.Errorf("the fee is %v: %v, %v", fee, lines, err)
	}
	if fee, _, err := s.FeeFor(answers, day(t, "2026-11-01")); fee != 80_00 || err != nil {
		t.Errorf("filed earlier, the fee is %v, %v", fee, err)
	}
	if _, _, err := s.FeeFor(Answers{}, today); !errors.Is(err, ErrNoFee) {
		t.Errorf("without answers the fee is %v", err)
	}
	free, err := town(t).Version("proba", 2)
	if err != nil {
		t.Fatal(err)
	}
	if fee, lines, err := free.FeeFor(answers, today); fee != 0 || len(lines) != 0 || err != nil {
		t.Errorf("what is free costs %v, %v, %v", fee, lines, err)
	}
}

func TestUnitFor(t *testing.T) {
	s, env := trial(t)
	for tip, want := range map[string]string{"eu": "unu", "firma": "doi", "": "unu"} {
		if got := s.UnitFor(Answers{"tip": tip}, env); got != want {
			t.Errorf("for %q the unit is %s, want %s", tip, got, want)
		}
	}
	if got := s.UnitFor(nil, env); got != "unu" {
		t.Errorf("without answers the unit is %s", got)
	}
}

func TestClosedOn(t *testing.T) {
	s, _ := trial(t)
	for on, want := range map[string]bool{"2026-12-14": false, "2026-12-15": true, "2027-01-09": true, "2027-01-10": false} {
		if _, got := s.ClosedOn(day(t, on)); got != want {
			t.Errorf("closed on %s: %v, want %v", on, got, want)
		}
	}
}

func TestQualifies(t *testing.T) {
	s, _ := trial(t)
	for _, test := range []struct {
		check      int
		env        Env
		yes, known bool
	}{
		{0, Env{Today: today, Applicant: Applicant{Kind: "person", Resident: true}}, true, true},
		{0, Env{Today: today, Applicant: Applicant{Kind: "firm"}}, false, true},
		{0, Env{Today: today}, false, false},
		{1, Env{Today: today, Applicant: Applicant{Kind: "person", Resident: true}}, false, false},
		{2, Env{Today: today}, true, true},
		{2, Env{Today: deadline.Date{Year: 2025, Month: 1, Day: 1}}, false, true},
	} {
		if yes, known := s.Qualifies(s.Eligibility[test.check], test.env); yes != test.yes || known != test.known {
			t.Errorf("check %d for %v: %v, %v", test.check, test.env, yes, known)
		}
	}
}

func TestDecisionText(t *testing.T) {
	s, _ := trial(t)
	extra := map[string]string{"applicant": "Ana Pop-Demo"}
	for lang, want := range map[string]string{
		"ro": "Permitem Ana Pop-Demo, Strada Alba Iulia, vehiculele TM 07 ABC, TM 12 XYZ, de la 1 decembrie 2026, cu –.\nSuma este 1.000,00 lei.",
		"en": "We permit Ana Pop-Demo the vehicles TM 07 ABC, TM 12 XYZ from 1 December 2026.\nSuma este 1.000,00 lei.",
	} {
		if got := strings.Join(s.DecisionText(answers, lang, extra), "\n"); got != want {
			t.Errorf("in %s:\n%s\nwant\n%s", lang, got, want)
		}
	}
}

package procedures

import (
	"os"
	"testing"
)

// TestCorrect: what was not asked for again stays as it was answered.
func TestCorrect(t *testing.T) {
	catalog, err := Load(os.DirFS("../city/timisoara"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := catalog.Version("acord-functionare", 1)
	if err != nil {
		t.Fatal(err)
	}
	old := Answers{"cui": "14756536", "activitate": "bar", "acord_acte": true, "orar": "8–20", "schimbare": false,
		"adresa": map[string]string{"localitate": "Timișoara", "strada": "Strada Alba Iulia", "numar": "7"}, "contract": "c", "plan": "p", "salubritate": "s",
		"spatii": []Answers{{"folosinta": "sala", "suprafata": int64(40)}, {"folosinta": "depozit", "suprafata": int64(10)}}}
	env := Env{Today: day(t, "2026-11-23"), Applicant: Applicant{Kind: "firm"}}
	if again, problems := s.Parse(s.ValuesOf(old), env); len(problems) > 0 || len(again) != len(old) {
		t.Fatalf("the answers are not themselves again: %v, %v", again, problems)
	}
	again, problems := s.Correct(old, []string{"orar", "adresa"}, Values{"orar": {"9–21"}, "cui": {"1"}, "adresa.localitate": {"Timișoara"},
		"adresa.strada": {"Bulevardul Eminescu"}, "adresa.numar": {"15"}}, env)
	if len(problems) > 0 || again["orar"] != "9–21" || again["cui"] != "14756536" || again["adresa"].(map[string]string)["numar"] != "15" || old["orar"] != "8–20" {
		t.Errorf("it is %v, %v", again, problems)
	}
	again, problems = s.Correct(old, []string{"suprafata"}, Values{"spatii.0.suprafata": {"55"}, "spatii.1.suprafata": {"20"}, "spatii.0.folosinta": {"terasa"}}, env)
	spaces := again["spatii"].([]Answers)
	if len(problems) > 0 || len(spaces) != 2 || spaces[0]["suprafata"] != int64(55) || spaces[0]["folosinta"] != "sala" || spaces[1]["suprafata"] != int64(20) {
		t.Errorf("it is %v, %v", again, problems)
	}
	_, problems = s.Correct(old, []string{"suprafata"}, Values{"spatii.0.suprafata": {"mare"}}, env)
	if len(problems) != 2 || problems[0].Field != "spatii.0.suprafata" || problems[1].Field != "spatii.1.suprafata" {
		t.Errorf("problems = %v", problems)
	}
	_, problems = s.Correct(old, []string{"orar"}, Values{}, env)
	if len(problems) != 1 || problems[0].Field != "orar" {
		t.Errorf("problems = %v", problems)
	}
}

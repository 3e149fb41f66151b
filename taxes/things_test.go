package taxes

import (
	"slices"
	"strings"
	"testing"

	"bega/internal/act"
	"bega/taxlaw"
)

// TestThingsToChoose: each thing can be chosen by what an application calls it, and that
// is the one that is meant, however badly the register knows it.
func TestThingsToChoose(t *testing.T) { eachTown(t, testThings) }

func testThings(t *testing.T, o *town) {
	ctx := t.Context()
	if all, err := o.Things(ctx, ana, "property", "ro"); err != nil || len(all) != 0 {
		t.Errorf("without a file, there is %+v, %v", all, err)
	}
	enter := func(thing *taxlaw.Object, d Details, of ...string) string {
		return o.apply(Change{From: day("2020-05-04"), Thing: thing, Parts: parts(of...), Why: Acquired, Details: &d}).Object
	}
	want := map[string]map[string]string{"property": { // by what it is called
		"400954-C1-U12": enter(flat(), Details{Cadastral: "CF 400954-c1-u12", Address: "Strada Alba Iulia 7"}, "ana 1/2", "ion 1/2"),
	}, "vehicle": {
		"TM 07 ABC":                  enter(car(1598), Details{Plate: "tm07abc"}, "ana"),
		"Vehicul, UU1LSDAM512345678": enter(car(1200), Details{VIN: "UU1LSDAM512345678"}, "ana"),
	}}
	// A plot and a house with one number, and two sheds that nothing tells apart.
	want["property"]["Clădire, 77"] = enter(flat(), Details{Cadastral: "77"}, "ana")
	want["property"]["Teren, 77"] = enter(plot("300"), Details{Cadastral: "77"}, "ana")
	for range 2 {
		id := enter(flat(), Details{Address: "Strada  Mărășești 2"}, "ana")
		want["property"]["Clădire, Strada Mărășești 2, "+id] = id
	}
	bare := enter(flat(), Details{}, "ana")
	want["property"]["Clădire, "+bare] = bare
	enter(car(1000), Details{Plate: "TM08ION"}, "ion")
	o.assess(2026)

	for kind, marks := range want {
		for _, actor := range []act.Actor{ana, agent} {
			all, err := o.Things(ctx, actor, kind, "en")
			check(t, err, nil)
			if len(all) != len(marks) {
				t.Errorf("%s: there are %+v, want %d", kind, all, len(marks))
			}
			for _, thing := range all {
				s, err := o.Standing(ctx, ana, Request{Party: "ana", Purpose: ForSale, Object: thing.Mark})
				if err != nil || marks[thing.Mark] == "" || s.Object.Object.ID != marks[thing.Mark] {
					t.Errorf("%s: %q is %s, %v; want %s", kind, thing.Mark, s.Object.Object.ID, err, marks[thing.Mark])
				}
			}
		}
		for _, stranger := range []act.Actor{visitor, planner, clerk, {Person: "ana", For: "ana", Level: act.Light}, {Person: "x", For: "ana", Mandate: "m", Services: []string{"parcare"}, Level: act.Verified}} {
			if all, err := o.Things(ctx, stranger, kind, "ro"); err != nil || len(all) != 0 {
				t.Errorf("%+v is offered %+v, %v", stranger, all, err)
			}
		}
	}
	all, err := o.Things(ctx, ana, "property", "en")
	check(t, err, nil)
	i := slices.IndexFunc(all, func(thing Thing) bool { return thing.Mark == "400954-C1-U12" })
	if label := all[i].Label; !strings.Contains(label, "Strada Alba Iulia 7") || !strings.Contains(label, "1/2") || strings.Contains(label, "Clădire") {
		t.Errorf("she reads %q", label)
	}
}

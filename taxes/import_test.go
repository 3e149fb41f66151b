package taxes

import (
	"strings"
	"testing"

	"bega/internal/act"
	"bega/taxroll"
)

const (
	taxpayersCSV = "rol,tip,cod,nume\n7,PF,3850615350017,Ana-Demo\n8,PJ,14756536,SC Demo SRL\n9,PF,4850615350027,Ion-Demo\n"
	objectsCSV   = "cod_bun,rol,fel,de_la,cota,adresa,cadastral,numar_auto,use,zone,type,utilities,usefulArea,yearBuilt,class,power,engine,norm,place,category,area\n" +
		"C1,7,cladire,2020-05-04,1/2,str. Bega 1,400954-C1-U12,,residential,A,A,da,55,1985,,,,,,,\n" +
		"C1,9,cladire,2020-05-04,1/2,str. Bega 1,400954-C1-U12,,residential,A,A,da,55,1985,,,,,,,\n" +
		"V1,8,vehicul,04.05.2021,,,,TM07ABC,,,,,,,car,combustion,1598,E6,,,\n" +
		"T1,7,teren,2020-05-04,,,400955,,,B,,,,,,,,,inside,buildings,\"500,5\"\n"
)

var loader = act.Actor{Person: "lia", For: "lia", Roles: []act.Role{act.Clerk}, Unit: unit}

func source(t testing.TB, taxpayers, objects string) taxroll.Source {
	t.Helper()
	a, err := taxroll.CSV(strings.NewReader(taxpayers))
	check(t, err, nil)
	b, err := taxroll.CSV(strings.NewReader(objects))
	check(t, err, nil)
	return taxroll.Source{Taxpayers: a, Objects: b}
}

func TestImport(t *testing.T) { eachTown(t, testImport) }

func testImport(t *testing.T, o *town) {
	ctx := t.Context()
	_, err := o.Roll.Load(ctx, ana, source(t, taxpayersCSV, objectsCSV), 2026, nil)
	check(t, err, ErrUnknown)
	i, err := o.Roll.Load(ctx, loader, source(t, taxpayersCSV, objectsCSV), 2026, nil)
	check(t, err, nil)
	s := i.Summary
	if s.Taxpayers.New != 3 || s.Objects["building"].New != 2 || s.Objects["vehicle"].New != 1 || s.Rejected != 0 || i.Done != 7 || s.Tax["building"] < dec("515") || i.State != "loaded" {
		t.Errorf("the import says %+v", i)
	}
	// Nothing counts yet.
	if run := o.assess(2026); run.Objects != 0 {
		t.Errorf("before it is published there are %d objects", run.Objects)
	}
	check(t, o.Roll.Publish(ctx, clerk, o.key(), i.ID), ErrUnknown)
	self := loader
	self.Roles = []act.Role{act.Clerk, act.Head}
	check(t, o.Roll.Publish(ctx, self, o.key(), i.ID), taxroll.ErrSecond)
	check(t, o.Roll.Publish(ctx, head, "publish", i.ID), nil)
	check(t, o.Roll.Publish(ctx, head, "publish", i.ID), nil)
	check(t, o.Roll.Publish(ctx, head, o.key(), i.ID), taxroll.ErrState)
	run := o.assess(2026)
	if run.Objects != 4 || run.Assessed != 4 || run.Gaps != 0 {
		t.Errorf("the run says %+v", run)
	}
	ana := act.Actor{Person: "p3850615350017", For: "p3850615350017", Level: act.Verified}
	f, err := o.File(ctx, ana, ana.For, "")
	check(t, err, nil)
	if f.Role.Number != 7 || len(f.Holdings) != 2 || f.Holdings[0].Details == (Details{}) {
		t.Errorf("the file is %+v", f)
	}
	o.expects("p14756536", 2026, "2026-01-19", lei(195))
	// The next file that is opened by hand has the next number.
	o.has("2020-01-01", flat(), "eva")
	if role, err := o.Roll.RoleOf(ctx, o.d, "eva"); err != nil || role.Number != 10 {
		t.Errorf("the next role is %+v, %v", role, err)
	}

	// The same again changes nothing; one that differs is a change.
	again, err := o.Roll.Load(ctx, loader, source(t, taxpayersCSV, strings.Replace(objectsCSV, "1598", "1999", 1)), 2026, nil)
	check(t, err, nil)
	if s := again.Summary; s.Taxpayers.Same != 3 || s.Objects["building"].Same != 2 || s.Objects["vehicle"].Changed != 1 || s.Assessed["vehicle"] != dec("195") {
		t.Errorf("the second import says %+v", s)
	}
	check(t, o.Roll.Publish(ctx, head, o.key(), again.ID), nil)
	o.assess(2026)
	o.expects("p14756536", 2026, "2026-01-19", lei(371))
	check(t, o.Roll.Revert(ctx, clerk, o.key(), again.ID), ErrUnknown)
	check(t, o.Roll.Revert(ctx, head, o.key(), again.ID), nil)
	if run := o.assess(2026); run.Changed != 1 {
		t.Errorf("after it was reverted, the run says %+v", run)
	}
	o.expects("p14756536", 2026, "2026-01-19", lei(195))
	levies, err := leviesOf(ctx, o.d, "p14756536", 2026, "vehicle")
	check(t, err, nil)
	for edition := range levies { // also what an import said that does not count any more can be explained
		_, err := o.Why(ctx, clerk, "p14756536", 2026, "vehicle", edition+1, "taxroll.for-other")
		check(t, err, nil)
	}
	imports, err := o.Roll.Imports(ctx, head)
	if err != nil || len(imports) != 2 || imports[0].State != "reverted" {
		t.Errorf("the imports are %+v, %v", imports, err)
	}
	verify(t, o)
}

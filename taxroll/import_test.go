package taxroll

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"bega/internal/act"
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

func source(t testing.TB, taxpayers, objects string) Source {
	t.Helper()
	a, err := CSV(strings.NewReader(taxpayers))
	check(t, err, nil)
	b, err := CSV(strings.NewReader(objects))
	check(t, err, nil)
	return Source{Taxpayers: a, Objects: b}
}

func TestRejectedRows(t *testing.T) { eachTown(t, testRejectedRows) }

func testRejectedRows(t *testing.T, o *town) {
	ctx := t.Context()
	taxpayers := taxpayersCSV + "x,PF,3850615350017,Ana-Demo\n10,PF,3850615350018,Dan-Demo\n11,XX,1,Eva\n7,PJ,4316422,SC Alta-Demo\n12,PF,3891229470038,\n"
	objects := objectsCSV + "C2,99,cladire,2020-05-04,,,,,residential,A,A,da,55,1985,,,,,,,\n" +
		"C3,7,palat,2020-05-04,,,,,,,,,,,,,,,,,\n" +
		"C4,7,cladire,2020-15-04,,,,,residential,A,A,da,55,1985,,,,,,,\n" +
		"C5,7,cladire,2020-05-04,3/2,,,,residential,A,A,da,55,1985,,,,,,,\n" +
		"C6,7,cladire,2020-05-04,,,,,residential,Q,A,da,55,1985,,,,,,,\n" +
		"C7,7,cladire,2020-05-04,,,,,residential,A,A,poate,55,1985,,,,,,,\n" +
		"C8,7,cladire,2020-05-04,,,,,residential,A,A,da,-1,1985,,,,,,,\n" +
		",7,cladire,2020-05-04,,,,,residential,A,A,da,55,1985,,,,,,,\n"
	i, err := o.Load(ctx, loader, source(t, taxpayers, objects), 2026, nil)
	check(t, err, nil)
	if i.Summary.Rejected != 13 || i.Summary.Taxpayers.New != 3 || i.Summary.Objects["building"].New != 2 {
		t.Errorf("the import says %+v", i.Summary)
	}
	var out bytes.Buffer
	check(t, o.Rejects(ctx, planner, i.ID, &out), ErrUnknown)
	check(t, o.Rejects(ctx, loader, i.ID, &out), nil)
	for _, want := range []string{"contribuabili,5,rol,Rolul este un număr mai mare de zero.,x,PF", "contribuabili,6,cod,", "contribuabili,7,tip,", "contribuabili,8,rol,Rolul este al altcuiva",
		"contribuabili,9,nume,", "bunuri,6,rol,Rolul nu este", "bunuri,7,fel,", "bunuri,8,de_la,", "bunuri,9,cota,", "bunuri,10,zone,", "bunuri,11,utilities,", "bunuri,12,usefulArea,", "bunuri,13,cod_bun,"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the rejects lack %q:\n%s", want, out.String())
		}
	}
	check(t, o.Publish(ctx, head, o.key(), i.ID), ErrRejected)

	for _, test := range []struct {
		taxpayers, objects string
		want               error
	}{
		{"rol,tip,cod\n", objectsCSV, ErrColumns},
		{taxpayersCSV, "cod_bun,rol,fel\n", ErrColumns},
		{"rol,tip,cod,nume,culoare\n", objectsCSV, ErrExtra},
		{"", objectsCSV, ErrTable},
		{"rol,tip,cod,nume\n1,\"PF,3\n", objectsCSV, ErrTable},
	} {
		a, err := CSV(strings.NewReader(test.taxpayers))
		if err == nil {
			_, err = o.Load(ctx, loader, Source{Taxpayers: a, Objects: source(t, taxpayersCSV, test.objects).Objects}, 2026, nil)
		}
		check(t, err, test.want)
	}
}

func TestAnImportGoesOnWhereItWas(t *testing.T) { eachTown(t, testImportGoesOn) }

func testImportGoesOn(t *testing.T, o *town) {
	o.Chunk = 3
	taxpayers, objects := "rol;tip;cod;nume\n", "cod_bun;rol;fel;de_la;class;power;engine;norm\n"
	for i := range 20 {
		taxpayers += fmt.Sprintf("%d;PJ;%s;SC %d-Demo\n", i+1, cui(1000+i), i)
		for j := range 2 {
			objects += fmt.Sprintf("V%d-%d;%d;vehicul;2020-01-01;car;combustion;1598;E6\n", i, j, i+1)
		}
	}
	for at := range 20 {
		ctx, stop := context.WithCancel(t.Context())
		n := 0
		_, err := o.Load(ctx, loader, source(t, taxpayers, objects), 2026, func(Import) {
			if n++; n == at/4+1 {
				stop()
			}
		})
		if stop(); err == nil {
			break
		}
	}
	other := clerk
	if _, err := o.Load(t.Context(), other, source(t, taxpayersCSV, objectsCSV), 2026, nil); err != nil {
		t.Logf("another import meanwhile: %v", err)
	}
	all, err := allImports(t.Context(), o.d)
	check(t, err, nil)
	first := all[len(all)-1]
	if first.State != "loaded" || first.Done != 60 || first.Summary.Objects["vehicle"].New != 40 || first.Summary.Taxpayers.New != 20 {
		t.Errorf("the import says %+v", first)
	}
	check(t, o.Publish(t.Context(), head, o.key(), first.ID), nil)
	if n := o.objects(2026); n != 40 {
		t.Errorf("%d objects count", n)
	}
}

// cui returns a code of a firm with its check digit.
func cui(n int) string {
	digits, sum := fmt.Sprintf("%09d", n), 0
	for i, d := range digits {
		sum += int(d-'0') * int("753217532"[i]-'0')
	}
	return fmt.Sprint(n, sum*10%11%10)
}

package taxes

import (
	"testing"

	"bega/internal/form"
	"bega/taxlaw"
	"bega/taxroll"
)

func TestDeclarations(t *testing.T) { eachTown(t, testDeclarations) }

func testDeclarations(t *testing.T, o *town) {
	ctx := t.Context()
	declare := func(d taxroll.Declaration) ([]Applied, error) {
		d.Source = "case IF2026-000001"
		changes, err := taxroll.FromDeclaration(d)
		if err != nil {
			return nil, err
		}
		return o.Roll.Apply(ctx, clerk, o.key(), changes)
	}
	home := form.Answers{"ce": "dobandire", "data": "2025-06-01", "cadastral": "400954-C1-U12", "folosinta": "residential", "material": "A", "instalatii": true,
		"an": int64(1985), "masura": "utila", "suprafata": "55", "proprietari": "singur",
		"adresa": map[string]string{"strada": "str. Bega", "numar": "1", "localitate": "Timișoara"}}
	_, err := declare(taxroll.Declaration{Service: taxroll.DeclareBuilding, Party: "ana", Answers: home, Zone: "A"})
	check(t, err, nil)
	o.assess(2026)
	o.expects("ana", 2026, "2026-01-19", lei(515))

	// She has sold a half of it in autumn, and the buyer declares that.
	half := form.Answers{}
	for key, value := range home {
		half[key] = value
	}
	half["data"], half["proprietari"], half["cota"] = "2025-10-01", "impreuna", "1/2"
	done, err := declare(taxroll.Declaration{Service: taxroll.DeclareBuilding, Party: "ion", Answers: half, Zone: "A"})
	check(t, err, nil)
	if len(done) != 1 || !done[0].Doubtful || len(done[0].Parties) != 2 {
		t.Errorf("it came to %+v", done)
	}
	o.expects("ion", 2026, "2026-01-19", lei(258))
	done, err = declare(taxroll.Declaration{Service: taxroll.DeclareBuilding, Party: "ana", Answers: form.Answers{"ce": "instrainare", "data": "2025-10-01", "cadastral": "400954-C1-U12"}})
	check(t, err, nil)
	if len(done) != 1 || done[0].Doubtful {
		t.Errorf("it came to %+v", done)
	}
	o.expects("ana", 2026, "2026-01-19", 0)

	for _, test := range []struct {
		service string
		answers form.Answers
		tax     taxlaw.Type
	}{
		{taxroll.DeclareVehicle, form.Answers{"fel": "car", "motor": "combustion", "cilindree": int64(1598), "norma": "E6", "numar": "TM07ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "car", "motor": "electric", "numar": "TM08ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "car", "motor": "hybrid", "cilindree": int64(1598), "co2": int64(90), "numar": "TM09ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "camion", "axe": "2", "masa": "14,5", "pneumatica": true, "numar": "TM10ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "combinatie", "axe_combinatie": "2-1", "masa": "16", "numar": "TM11ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "remorca", "masa": "0.75", "numar": "TM12ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "barca", "ambarcatiune": "motor", "numar": "TM13ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareVehicle, form.Answers{"fel": "registered", "cilindree": int64(800), "numar": "TM14ABC"}, taxlaw.VehicleTax},
		{taxroll.DeclareLand, form.Answers{"loc": "inside", "categorie": "buildings", "suprafata": "500,5", "cadastral": "400955"}, taxlaw.LandTax},
		{taxroll.DeclareBuilding, form.Answers{"folosinta": "nonresidential", "valoare": int64(25_000_000), "valoare_din": "report", "valoare_an": int64(2024), "cadastral": "400956"}, taxlaw.BuildingTax},
	} {
		test.answers["ce"], test.answers["data"] = "dobandire", "2025-03-01"
		done, err := declare(taxroll.Declaration{Service: test.service, Party: "sc-bega", Answers: test.answers, Zone: "B"})
		if err != nil || len(done[0].Changes) != 1 || done[0].Changes[0].Type != test.tax || done[0].Changes[0].After <= done[0].Changes[0].Before {
			t.Errorf("%v came to %+v, %v", test.answers, done, err)
		}
	}

	for _, test := range []struct {
		service string
		answers form.Answers
		want    error
	}{
		{taxroll.DeclareLand, form.Answers{"ce": "dobandire", "data": "2025-03-01", "cadastral": "1", "loc": "inside", "categorie": "buildings", "suprafata": "much"}, taxroll.ErrAnswers},
		{taxroll.DeclareLand, form.Answers{"ce": "dobandire", "cadastral": "1"}, taxroll.ErrAnswers},
		{taxroll.DeclareVehicle, form.Answers{"ce": "dobandire", "data": "2025-03-01", "fel": "car", "motor": "electric"}, taxroll.ErrAnswers},
		{taxroll.DeclareVehicle, form.Answers{"ce": "altceva", "data": "2025-03-01", "numar": "TM07ABC"}, taxroll.ErrAnswers},
		{"another", form.Answers{"ce": "dobandire", "data": "2025-03-01", "cadastral": "1"}, taxroll.ErrAnswers},
		{taxroll.DeclareVehicle, form.Answers{"ce": "instrainare", "data": "2025-03-01", "numar": "TM99XYZ"}, taxroll.ErrWhich},
	} {
		_, err := declare(taxroll.Declaration{Service: test.service, Party: "ana", Answers: test.answers, Zone: "B"})
		check(t, err, test.want)
	}
	verify(t, o)
}

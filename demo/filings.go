package demo

import (
	"maps"
	"time"

	"bega/cases"
	"bega/procedures"
)

// The addresses of the demonstration, as forms post them.
func address(name, street, number string) procedures.Values {
	return procedures.Values{name + ".localitate": {"Timișoara"}, name + ".strada": {street}, name + ".numar": {number}, name + ".cod": {"300077"}}
}

// and joins what is typed into several fields.
func and(all ...procedures.Values) procedures.Values {
	sum := procedures.Values{}
	for _, values := range all {
		maps.Copy(sum, values)
	}
	return sum
}

func parking(zone, plate string) procedures.Values {
	return and(address("adresa", "Strada Alba Iulia", "7"), procedures.Values{"zona": {zone}, "numar": {plate}, "proprietar": {"eu"}})
}

func planning(work, what, number, area string) procedures.Values {
	return and(address("adresa", "Strada Alba Iulia", "7"), procedures.Values{"lucrare": {work}, "descriere": {what}, "imobil": {number}, "calitate": {"proprietar"},
		"suprafata": {area}, "scutire": {"nu"}, "comunicare": {"digital"}, "plan_situatie": {"din dosar"}})
}

func information(what, name string) procedures.Values {
	return procedures.Values{"informatii": {what}, "nume": {name}, "cum": {"digital"}}
}

func petition(topic, what, name string) procedures.Values {
	return and(address("adresa", "Strada Circumvalațiunii", "22"), procedures.Values{"domeniu": {topic}, "text": {what}, "nume": {name}})
}

// demoFilings are the applications of the demonstration town.
func demoFilings() []filing {
	all := []filing{
		// Ștefania's folder: one that waits for her, one in work, one done, one refused.
		{who: "stefania", service: "certificat-de-urbanism", ago: 10 * day, clerk: "ioana", ask: "plan-cadastral-lipsa", owes: true,
			values: planning("nou", "Construiesc o casă cu un etaj, de 120 m², pe un teren viran.", "441128", "420")},
		{who: "stefania", service: "abonament-parcare", ago: 6 * day, clerk: "victor", claimed: true, certified: true, owes: true, values: parking("galbena", "TM 07 ABC")},
		{who: "stefania", service: "certificat-fiscal", ago: 15 * day, clerk: "lidia", answered: 26 * time.Hour, outcome: cases.Approve,
			values: procedures.Values{"scop": {"altul"}, "alt_scop": {"Pentru un concurs de proiecte"}}},
		{who: "stefania", service: "petitie", ago: 40 * day, clerk: "traian", answered: 16 * day, outcome: cases.Refuse, reason: "nefavorabil",
			values: petition("drumuri", "Vă rog să montați un limitator de viteză pe strada mea, lângă școală.", "Ștefania Ionescu-Demo")},

		// What waits at the desks.
		{who: "petru", service: "certificat-de-urbanism", ago: 13 * day, clerk: "ioana", proposed: true, outcome: cases.Approve,
			values: planning("extindere", "Extind casa cu o cameră de 20 m², spre curte.", "426643", "310")},
		{who: "sorin", service: "certificat-de-urbanism", ago: 4 * day, clerk: "ioana", claimed: true,
			values: planning("amenajare", "Amenajez curtea și pun un gard nou la stradă.", "400954", "650")},
		{who: "petru", service: "certificat-de-urbanism", ago: 2 * day, owes: true,
			values: planning("nou", "Construiesc un garaj de 18 m², în spatele casei.", "426643", "310")},
		{who: "petru", service: "abonament-parcare", ago: 3 * day, values: parking("rosie", "TM 22 DEM")},
		{who: "sorin", service: "abonament-parcare", ago: 20 * time.Hour, owes: true, values: parking("albastra", "TM 33 DEM")},
		{who: "sorin", service: "informatii-publice", ago: 5 * day, clerk: "paul", claimed: true,
			values: information("Câți arbori s-au plantat în oraș în 2025, pe cartiere?", "Sorin Vuia-Demo")},
		{who: "andrei", service: "petitie", ago: 30 * time.Hour,
			values: petition("parcare", "Mașinile parchează pe trotuar la intersecția cu strada Memorandului.", "Andrei Pop-Demo")},

		// The firm.
		{who: "firma", service: "acord-functionare", ago: 22 * day, clerk: "horia", claimed: true,
			values: and(address("adresa", "Strada Gheorghe Lazăr", "9"), procedures.Values{"cui": {demoCUI}, "activitate": {"restaurant"}, "acord_acte": {"da"},
				"orar": {"luni–duminică, 10–23"}, "schimbare": {"nu"}, "spatii.0.folosinta": {"sala"}, "spatii.0.suprafata": {"120"}})},
		{who: "contabil", service: "certificat-fiscal", ago: 9 * day, clerk: "lidia", answered: 30 * time.Hour, outcome: cases.Approve,
			values: procedures.Values{"scop": {"licitatie"}}},
	}
	// What is over, so that it is known how long things take.
	for i, took := range []int{5, 7, 8, 9, 9, 11, 12} {
		who := []string{"petru", "sorin"}[i%2]
		all = append(all, filing{who: who, service: "certificat-de-urbanism", ago: time.Duration(88-8*i) * day, clerk: "ioana", answered: time.Duration(took) * day,
			outcome: cases.Approve, signer: "carmen", values: planning("nou", "Construiesc o anexă de 30 m².", "400954", "500")})
		all = append(all, filing{who: who, service: "informatii-publice", ago: time.Duration(86-7*i) * day, clerk: "paul", answered: time.Duration(2+took/2) * day,
			outcome: cases.Approve, values: information("Cât a costat repararea străzii Mărășești?", "Locuitor Demo")})
		all = append(all, filing{who: who, service: "certificat-fiscal", ago: time.Duration(84-6*i) * day, clerk: "lidia", answered: time.Duration(20+5*i) * time.Hour,
			outcome: cases.Approve, values: procedures.Values{"scop": {"cumparare"}}})
	}
	return all
}

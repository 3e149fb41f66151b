package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"

	"bega/taxlaw"
	"bega/taxroll"
)

// A taxCity is a made-up city of taxpayers and what they have: of nine in ten a person,
// with a flat or a house, a plot, a car; of the others a firm, with its premises and
// vehicles. A third of the homes have two owners. The same numbers always give the
// same city.
type taxCity struct{ taxpayers, objects int }

// firms are one of nine (domain: 25,000 of 232,000).
func (c taxCity) firm(i int) bool { return i%9 == 8 }

// code returns a personal number, or the code of a firm with its check digit.
func (c taxCity) code(i int) string {
	if !c.firm(i) {
		return number(i)
	}
	digits, sum := fmt.Sprintf("%09d", 10_000_000+i), 0
	for j, d := range digits {
		sum += int(d-'0') * int("753217532"[j]-'0')
	}
	return strconv.Itoa(10_000_000+i) + strconv.Itoa(sum*10%11%10)
}

// writeTaxpayers writes the table "contribuabili".
func (c taxCity) writeTaxpayers(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"rol", "tip", "cod", "nume"}); err != nil {
		return err
	}
	for i := range c.taxpayers {
		kind, name := "PF", givenNames[i%len(givenNames)]+" "+familyNames[i%len(familyNames)]+"-Demo"
		if c.firm(i) {
			kind, name = "PJ", fmt.Sprintf("SC Exemplu %d-Demo SRL", i)
		}
		if err := out.Write([]string{strconv.Itoa(i + 1), kind, c.code(i), name}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// taxColumns are those of the table "bunuri" that the city has.
var taxColumns = []string{"cod_bun", "rol", "cota", "fel", "de_la", "adresa", "cadastral", "numar_auto", "use", "zone", "type", "utilities",
	"usefulArea", "builtArea", "yearBuilt", "value", "valueFrom", "valueYear", "place", "category", "area", "class", "power", "engine", "norm", "co2", "axles", "mass"}

// writeObjects writes the table "bunuri".
func (c taxCity) writeObjects(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(taxColumns); err != nil {
		return err
	}
	row := make([]string, len(taxColumns))
	err := c.each(func(n, i int, share string, cells map[string]string) error {
		for j, column := range taxColumns {
			row[j] = cells[column]
		}
		row[0], row[1], row[2] = "B"+strconv.Itoa(n), strconv.Itoa(i+1), share
		return out.Write(row)
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// each visits every object, once for each of its owners.
func (c taxCity) each(visit func(n, i int, share string, cells map[string]string) error) error {
	n := 0
	for i := range c.taxpayers {
		random := rand.New(rand.NewPCG(uint64(i), 1))
		last := c.objects * (i + 1) / c.taxpayers
		for which := 0; n < last; which++ {
			cells := c.thing(random, i, which)
			cells["de_la"], cells["adresa"] = fmt.Sprintf("20%02d-%02d-%02d", 5+random.IntN(20), 1+random.IntN(12), 1+random.IntN(28)), streetNames[n%len(streetNames)]+" "+strconv.Itoa(n%90+1)
			n++
			if which > 0 || c.firm(i) || random.IntN(3) > 0 {
				if err := visit(n, i, "", cells); err != nil {
					return err
				}
				continue
			}
			other := (i + 1) % c.taxpayers
			if c.firm(other) { // the eighth of nine: the next but one is a person again
				other = (i + 2) % c.taxpayers
			}
			for _, owner := range []int{i, other} {
				if err := visit(n, owner, "1/2", cells); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// thing invents what somebody has: their home first.
func (c taxCity) thing(random *rand.Rand, i, which int) map[string]string {
	zone := string("ABBCCCDD"[random.IntN(8)])
	switch what := random.IntN(100); {
	case c.firm(i) && what < 40:
		return map[string]string{"fel": "cladire", "use": "nonresidential", "zone": "", "value": strconv.Itoa(50_000 + random.IntN(3_000_000)), "valueFrom": "report", "valueYear": "2024",
			"cadastral": fmt.Sprintf("4%05d-C%d", i, which+1)}
	case c.firm(i) && what < 55:
		return map[string]string{"fel": "camion", "axles": "2", "mass": strconv.Itoa(12 + random.IntN(7)), "numar_auto": fmt.Sprintf("TM%02dF%d", which+1, i)}
	case which == 0 && what < 75 && !c.firm(i):
		return map[string]string{"fel": "cladire", "use": "residential", "zone": zone, "type": "A", "utilities": "da", "usefulArea": fmt.Sprintf("%d.%d", 28+random.IntN(70), random.IntN(10)),
			"yearBuilt": strconv.Itoa(1950 + random.IntN(75)), "cadastral": fmt.Sprintf("4%05d-C1-U%d", i/20, i%20+1)}
	case which == 0 && !c.firm(i):
		return map[string]string{"fel": "cladire", "use": "residential", "zone": zone, "type": "AAB"[what%3 : what%3+1], "utilities": "da", "builtArea": fmt.Sprintf("%d.%d", 60+random.IntN(200), random.IntN(10)),
			"yearBuilt": strconv.Itoa(1880 + random.IntN(145)), "cadastral": fmt.Sprintf("4%05d-C1", i)}
	case what < 70:
		cells := map[string]string{"fel": "vehicul", "class": "car", "power": "combustion", "engine": strconv.Itoa(998 + random.IntN(1600)),
			"norm": []string{"E0-E3", "E4", "E5", "E6"}[random.IntN(4)], "numar_auto": fmt.Sprintf("TM%02dP%d", which+1, i)}
		if random.IntN(20) == 0 {
			cells["power"], cells["norm"], cells["co2"] = "hybrid", "", "95"
		}
		return cells
	case what < 90:
		return map[string]string{"fel": "teren", "place": "inside", "category": "buildings", "zone": zone, "area": fmt.Sprintf("%d.%d", 80+random.IntN(800), random.IntN(10)),
			"cadastral": fmt.Sprintf("3%05d", i)}
	}
	return map[string]string{"fel": "teren", "place": "outside", "category": []string{"arable", "orchard", "hay"}[random.IntN(3)], "zone": zone,
		"area": strconv.Itoa(500 + random.IntN(20_000)), "cadastral": fmt.Sprintf("2%05d", i)}
}

// pipe lets a table be read while it is written.
func pipe(write func(io.Writer) error) (taxroll.Table, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(write(w)) }()
	return taxroll.CSV(r)
}

// taxObject returns an object as it is taxed.
func (c taxCity) taxObject(i int, share string, cells map[string]string) (o taxlaw.Object, err error) {
	o = taxlaw.Object{Owner: taxlaw.Natural, Use: cells["use"], Zone: cells["zone"], Type: cells["type"], Utilities: cells["utilities"] == "da", ValueFrom: cells["valueFrom"],
		Place: cells["place"], Category: cells["category"], Class: cells["class"], Power: cells["power"], Norm: cells["norm"], Axles: cells["axles"]}
	if c.firm(i) {
		o.Owner = taxlaw.Legal
	}
	o.Kind = map[string]taxlaw.Kind{"cladire": taxlaw.Building, "teren": taxlaw.Land, "vehicul": taxlaw.Vehicle, "camion": taxlaw.Truck}[cells["fel"]]
	for column, to := range map[string]*int{"yearBuilt": &o.YearBuilt, "valueYear": &o.ValueYear, "engine": &o.Engine, "co2": &o.CO2} {
		*to, _ = strconv.Atoi(cells[column]) // none is 0
	}
	for column, to := range map[string]*taxlaw.Dec{"usefulArea": &o.UsefulArea, "builtArea": &o.BuiltArea, "value": &o.Value, "area": &o.Area, "mass": &o.Mass} {
		if cells[column] != "" {
			if *to, err = taxlaw.ParseDec(cells[column]); err != nil {
				return o, err
			}
		}
	}
	o.Share, err = taxlaw.ParseShare(share)
	return o, err
}

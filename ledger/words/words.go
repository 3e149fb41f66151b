// Package words says on pages and papers what the things of the ledger are called.
package words

import (
	"strconv"

	"bega/internal/text"
	"bega/ledger"
)

// kinds names the kinds that every town has.
var kinds = map[string]string{
	"buildings": "ledger.kind-buildings", "land": "ledger.kind-land", "vehicles": "ledger.kind-vehicles",
	"buildings-fee": "ledger.kind-buildings-fee", "land-fee": "ledger.kind-land-fee",
	"advertising": "ledger.kind-advertising", "shows": "ledger.kind-shows", "fees": "ledger.kind-fees",
	"fines": "ledger.kind-fines", "enforcement": "ledger.kind-enforcement", ledger.Recovery: "ledger.kind-recovery",
}

// Kind returns what a kind of obligations is called: "Impozit pe clădiri". A town may
// have a name of its own for it.
func Kind(all []ledger.Kind, t *text.Translator, key string) string {
	for _, k := range all {
		if k.Key == key && k.Label[t.Lang()] != "" {
			return k.Label[t.Lang()]
		}
	}
	if name := kinds[key]; name != "" {
		return t.T(name)
	}
	return key
}

// Debt returns what an obligation is called: "Impozit pe clădiri 2026, rata 2"; of
// instalment 0, the whole year. Without a kind, it is what was paid too much.
func Debt(all []ledger.Kind, t *text.Translator, kind string, year, instalment int) string {
	switch {
	case kind == "":
		return t.T("ledger.credit")
	case instalment > 0:
		return t.T("ledger.debt-instalment", Kind(all, t, kind), strconv.Itoa(year), strconv.Itoa(instalment))
	}
	return t.T("ledger.debt", Kind(all, t, kind), strconv.Itoa(year))
}

// parts name what of an obligation a payment settles.
var parts = map[ledger.Part]string{ledger.Principal: "ledger.part-principal", ledger.Surcharge: "ledger.part-surcharge",
	ledger.Saved: "ledger.part-bonus", ledger.SavedCredit: "ledger.part-bonus", ledger.Credit: "ledger.part-credit"}

// Part returns what a part of an obligation is called.
func Part(t *text.Translator, part ledger.Part) string { return t.T(parts[part]) }

// Package figures is the law of local taxes as data: what Parliament and the
// Government decided for a year, and what the council chose within those limits.
//
// Both are JSON files. Every figure names its article and says whether it is
// certain, and [CheckLaws] and [CheckTown] find what is missing or outside the
// limits. What is done with the figures is in package taxlaw.
package figures

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"bega/internal/fault"
	"bega/internal/form"
)

// ErrNoLaw is returned for a state of the law that is not there.
var ErrNoLaw = fault.New(fault.Missing, "taxlaw.no-law")

//go:embed law/*.json
var lawFiles embed.FS

// A Cite says where something is from, and whether it is certain.
type Cite struct {
	Article string    `json:"article,omitempty"` // "CF art. 457 (2)", "NM 84", "HCL …"
	Source  string    `json:"source,omitempty"`  // where it was read, if not where the rest of the file was
	Sure    bool      `json:"sure"`
	Why     form.Text `json:"why,omitempty"` // why it is not certain
}

// A Figure is a number of the law or of the council.
type Figure struct {
	Value Dec `json:"value"`
	Cite
}

// A Range is what a council may choose from.
type Range struct {
	Min Dec `json:"min"`
	Max Dec `json:"max"`
}

// A Law is title IX in one tax year, in one state: what it was on the day that
// the file says.
type Law struct {
	State  string    `json:"state"` // "2026", and the name of the file
	Year   int       `json:"year"`
	Base   string    `json:"base,omitempty"` // the state that this one changes; its file says the rest
	Title  form.Text `json:"title"`
	Source string    `json:"source"`
	Draft  form.Text `json:"draft,omitempty"` // why this is not the law yet; nil if it is

	Absent   []string        `json:"absent"`   // fields that the law of that year does not ask for
	Articles map[string]Cite `json:"articles"` // by key of the step, without the name of the package

	Building   BuildingLaw   `json:"building"`
	Land       LandLaw       `json:"land"`
	Vehicle    VehicleLaw    `json:"vehicle"`
	Sign       SignLaw       `json:"sign"`
	Fees       FeeLaw        `json:"fees"`
	Payment    PaymentLaw    `json:"payment"`
	Reliefs    []Relief      `json:"reliefs"`
	Additional AdditionalLaw `json:"additional"`
}

// A BuildingLaw is about buildings (CF art. 457-461).
type BuildingLaw struct {
	Rates        map[string]RateRange      `json:"rates"` // by name, as in [Town]
	Farming      Figure                    `json:"farming"`
	Values       BuildingValues            `json:"values"`
	Coefficients map[string]map[string]Dec `json:"coefficients"` // by zone, by rank
	Useful       Figure                    `json:"useful"`       // by which useful area is multiplied
	Dwelling     Figure                    `json:"dwelling"`     // percent, letter E
	Other        Figure                    `json:"other"`        // percent, letter F
	Block        Figure                    `json:"block"`        // taken off the coefficient; 0 if the law has none
	Ages         []Age                     `json:"ages"`
	ValueYears   int                       `json:"valueYears"`  // how long the value of a natural person's building is good
	UpdateYears  int                       `json:"updateYears"` // how long that of a legal person's
	NoReport     Figure                    `json:"noReport"`    // percent, natural persons
	Outdated     Figure                    `json:"outdated"`    // percent, legal persons
	Notice       bool                      `json:"notice"`      // only of those who were notified by 31 October
	MixedBy457   bool                      `json:"mixedBy457"`  // the business part of a mixed building counts by CF art. 457
	Undivided    Figure                    `json:"undivided"`   // percent, mixed without a declared area; 0 if the law has none
	Undeclared   Figure                    `json:"undeclared"`  // percent for each begun half year; 0 if the law has none
}

// A RateRange is what a council may choose a rate from, in percent.
type RateRange struct {
	Range
	Cite
}

// BuildingValues are lei/m² by type of building (table of CF art. 457 (2)).
type BuildingValues struct {
	Types map[string]struct {
		With    Dec `json:"with"` // all four installations
		Without Dec `json:"without"`
	} `json:"types"`
	Cite
}

// An Age is how much less old buildings count. The ages belong to it.
type Age struct {
	From    int `json:"from"`
	To      int `json:"to,omitempty"` // 0 is without end
	Percent Dec `json:"percent"`
	Cite
}

// A LandLaw is about land (CF art. 465).
type LandLaw struct {
	Built   map[string]map[string]Range `json:"built"` // lei/ha by zone, by rank
	Other   LandTable                   `json:"other"`
	Ranks   map[string]Dec              `json:"ranks"`
	Outside map[string]Range            `json:"outside"` // lei/ha by category
}

// A LandTable is lei/ha by category, by zone.
type LandTable struct {
	Amounts map[string]map[string]Dec `json:"amounts"`
	Cite
}

// A VehicleLaw is about vehicles (CF art. 470).
type VehicleLaw struct {
	Engines    EngineTable     `json:"engines"`
	HybridCO2  int             `json:"hybridCO2"`  // g/km up to which the council may go lower; 0: for all hybrids
	HybridCut  RateRange       `json:"hybridCut"`  // percent
	Electric   Figure          `json:"electric"`   // lei
	Registered RegisteredTable `json:"registered"` // limits for the council
	Sidecar    Figure          `json:"sidecar"`    // percent of the motorcycle's
	Heavy      HeavyTable      `json:"heavy"`
	Trailers   StepTable       `json:"trailers"`
	Boats      BoatTable       `json:"boats"`
}

// An EngineTable is lei for each begun 200 cm³.
type EngineTable struct {
	Rows []EngineRow `json:"rows"`
	Cite
}

// An EngineRow is for engines over one size, up to another.
type EngineRow struct {
	Class   string         `json:"class"`
	Over    int            `json:"over"`           // cm³
	UpTo    int            `json:"upTo,omitempty"` // cm³; 0 is without end
	Amounts map[string]Dec `json:"amounts"`        // by norm, and for "hybrid"; "any" if the law makes no difference
}

// A RegisteredTable is for vehicles that the town hall registers.
type RegisteredTable struct {
	Small Range `json:"small"` // lei/200 cm³
	Large Range `json:"large"` // lei/200 cm³, over 4,800 cm³
	None  Range `json:"none"`  // lei, without an engine's size
	Cite
}

// A HeavyTable is lei for goods vehicles from 12 t.
type HeavyTable struct {
	Rows []HeavyRow `json:"rows"`
	Cite
}

// A HeavyRow is for masses from one on, and below that of the next row.
type HeavyRow struct {
	Axles string `json:"axles"`
	From  Dec    `json:"from"` // t
	Air   Dec    `json:"air"`
	Other Dec    `json:"other"`
}

// A StepTable is lei up to a size, that included.
type StepTable struct {
	Rows []StepRow `json:"rows"`
	Cite
}

// A StepRow is a row of a [StepTable].
type StepRow struct {
	UpTo   Dec `json:"upTo,omitzero"` // 0 is without end
	Amount Dec `json:"amount"`
}

// A BoatTable is lei by kind of boat.
type BoatTable struct {
	Rows []BoatRow `json:"rows"`
	Cite
}

// A BoatRow is a row of a [BoatTable].
type BoatRow struct {
	Boat   string `json:"boat"`
	UpTo   Dec    `json:"upTo,omitzero"`  // of the size; 0 is without end
	Every  Dec    `json:"every,omitzero"` // for each so much of the size, begun ones included
	Amount Dec    `json:"amount"`
	Max    Dec    `json:"max,omitzero"` // the council chooses up to it
}

// A SignLaw is about advertising (CF art. 477, 478, 481).
type SignLaw struct {
	AtBusiness  RateRange            `json:"atBusiness"` // lei/m²
	Elsewhere   RateRange            `json:"elsewhere"`
	Advertising RateRange            `json:"advertising"` // percent
	Shows       map[string]RateRange `json:"shows"`
}

// A FeeLaw is about certificates and permits (CF art. 474, 475, 486).
type FeeLaw struct {
	Certificate []struct {
		UpTo Dec `json:"upTo,omitzero"` // m²; 0 is without end
		Range
		Each Dec `json:"each,omitzero"` // lei/m² over the limit of the row before
	} `json:"certificate"`
	Rural     Figure               `json:"rural"`     // percent
	Extension Figure               `json:"extension"` // percent
	Permits   map[string]*Figure   `json:"permits"`   // percent of the value
	Others    map[string]RateRange `json:"others"`    // lei, for one unit
}

// A PaymentLaw is about when what is paid.
type PaymentLaw struct {
	Terms      []string `json:"terms"` // "03-31", "09-30"
	Small      Figure   `json:"small"` // lei, up to which all is due by the first term
	Bonus      Figure   `json:"bonus"` // percent, most
	FeeDay     int      `json:"feeDay"`
	YearlyFees bool     `json:"yearlyFees"` // contracts over a year pay in two instalments
	YearDays   int      `json:"yearDays"`
	LeastLeu   Figure   `json:"leastLeu"` // lei, of fees by the hour
}

// An AdditionalLaw limits additional rates (CF art. 489).
type AdditionalLaw struct {
	Max      Figure `json:"max"`      // percent
	Increase Figure `json:"increase"` // percent, for what is neglected
}

// A Relief is an exemption ("scutire") or a reduction ("reducere").
type Relief struct {
	Code    string    `json:"code"`
	Kinds   []string  `json:"kinds"`
	Label   form.Text `json:"label"`
	Percent Dec       `json:"percent"`
	Natural bool      `json:"natural,omitempty"`     // of natural persons alone
	Home    bool      `json:"home,omitempty"`        // for the dwelling, and its land, alone
	Below   int       `json:"engineBelow,omitempty"` // cm³
	One     bool      `json:"one,omitempty"`         // for one vehicle of a taxpayer
	Monthly bool      `json:"monthly,omitempty"`     // from the month after the documents were filed
	Cite
}

// States returns the names of all states of the law, in order.
func States() (names []string) {
	files, err := lawFiles.ReadDir("law")
	if err != nil {
		panic(err) // they are embedded
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(file.Name(), ".json"))
	}
	return names
}

// LawOf returns a state of the law, or ErrNoLaw. The caller may not change it.
func LawOf(state string) (*Law, error) {
	if !slices.Contains(States(), state) {
		return nil, ErrNoLaw
	}
	whole, err := document(state)
	if err != nil {
		return nil, fmt.Errorf("law %s: %w", state, err)
	}
	data, err := json.Marshal(whole)
	if err != nil {
		return nil, err
	}
	law := &Law{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(law); err != nil {
		return nil, fmt.Errorf("law %s: %w", state, err)
	}
	return law, nil
}

// document returns the file of a state, put over that of the state which it
// changes (RFC 7396: objects are joined, all else is replaced, null removes).
func document(state string) (map[string]any, error) {
	data, err := lawFiles.ReadFile(path.Join("law", state+".json"))
	if err != nil {
		return nil, err
	}
	var own map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // no float comes near a figure
	if err := decoder.Decode(&own); err != nil {
		return nil, err
	}
	base, _ := own["base"].(string)
	if base == "" {
		return own, nil
	}
	whole, err := document(base)
	if err != nil {
		return nil, err
	}
	return patched(whole, own).(map[string]any), nil
}

func patched(old, change any) any {
	changes, ok := change.(map[string]any)
	if !ok {
		return change
	}
	whole, ok := old.(map[string]any)
	if !ok {
		whole = map[string]any{}
	}
	for key, value := range changes {
		if value == nil {
			delete(whole, key)
		} else {
			whole[key] = patched(whole[key], value)
		}
	}
	return whole
}

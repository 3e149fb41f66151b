package figures

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"bega/internal/form"
)

// A Town is what the council chose for a year, within the limits of the [Law]:
// the file taxes/YEAR.json of a city pack. Every figure says where it is from.
//
// Tables that the council indexed take the place of the law's (CF art. 491); the
// law's hold where the file has none.
type Town struct {
	Year       int                `json:"year"`
	Law        string             `json:"law"` // state of the law that it was made for
	Name       string             `json:"name"`
	Decision   Cite               `json:"decision"`        // of the council
	Draft      form.Text          `json:"draft,omitempty"` // why these are not the council's figures
	Rates      map[string]*Figure `json:"rates"`           // percent
	Additional map[string]*Figure `json:"additional"`      // percent, by name, as in [AdditionalNames]
	Localities []Locality         `json:"localities"`      // the first is the town
	Outside    map[string]*Figure `json:"outside"`         // lei/ha by category, outside the limits
	Bonus      map[string]*Figure `json:"bonus"`           // percent
	HybridCut  Figure             `json:"hybridCut"`       // percent
	Registered map[string]*Figure `json:"registered"`      // "small", "large", "none"
	Signs      map[string]*Figure `json:"signs"`           // "atBusiness", "elsewhere", lei/m²; "advertising", percent
	Shows      map[string]*Figure `json:"shows"`           // percent
	Fees       map[string]*Figure `json:"fees"`            // lei
	Reliefs    []Relief           `json:"reliefs"`
	Indexed    Indexed            `json:"indexed"`
	Boats      map[string]*Figure `json:"boats,omitempty"` // lei, where the council chooses
}

// Indexed are the tables of the law as the council indexed them.
type Indexed struct {
	Percent  Dec             `json:"percent,omitzero"` // in all, since the law's own figures
	Building *BuildingValues `json:"building,omitempty"`
	Land     *LandTable      `json:"land,omitempty"`
	Engines  *EngineTable    `json:"engines,omitempty"`
	Heavy    *HeavyTable     `json:"heavy,omitempty"`
	Trailers *StepTable      `json:"trailers,omitempty"`
	Boats    *BoatTable      `json:"boats,omitempty"`
}

// A Locality is a part of the town with a rank of its own.
type Locality struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Rank  string `json:"rank"` // 0, I to V (L. 351/2001)
	Cite
	Built      map[string]*Figure `json:"built"`                // lei/ha by zone, land with buildings
	Additional map[string]*Figure `json:"additional,omitempty"` // percent by zone, for its land; without it the town's
	Adopted    *LandTable         `json:"adopted,omitempty"`    // lei/ha of other land, all included, as the council printed it
}

// AdditionalNames are what there may be an additional rate for: the four rates of
// buildings, and these.
var AdditionalNames = []string{"residential", "nonresidential", "legalResidential", "legalNonresidential",
	"land", "vehicle", "electric", "heavy", "trailer", "boat", "sign"}

// ReadTown reads the file of a town. Unknown names in it are an error.
func ReadTown(data []byte) (*Town, error) {
	town := &Town{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(town); err != nil {
		return nil, fmt.Errorf("taxes of a town: %w", err)
	}
	if len(town.Localities) == 0 {
		return nil, errors.New("taxes of a town: there is no locality")
	}
	return town, nil
}

// CertificateRows are the names of the amounts for certificates in the file of a
// town, by the rows of the law.
var CertificateRows = []string{"certificate-150", "certificate-250", "certificate-500", "certificate-750", "certificate-1000", "certificate-over"}

// CertificateEach is the amount for each square metre over the last limit, if the
// council indexed it.
const CertificateEach = "certificate-each"

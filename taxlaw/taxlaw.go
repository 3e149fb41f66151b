// Package taxlaw is the law of local taxes (Codul fiscal, title IX) as data and
// pure functions.
//
// [Law] is what Parliament and the Government decided for a year, [Town] what the
// council chose within those limits; both are JSON files in which every figure
// names its article and says whether it is certain. [New] joins them to [Rules].
// Rules compute what is owed for an [Object], and explain it: [Rules.Compute] and
// [Rules.Explain] are one path through the code, with a recorder in the second,
// so they cannot differ. [Rules.Levy] makes of a taxpayer's objects what is owed
// for one tax: rounded, in instalments, with the bonus.
//
// Nothing here reads a clock, a database or a language: the same question always
// has the same answer. Articles of the Codul fiscal are written "CF art. 457", and
// points of the norms of title IX (HG 1/2016) "NM 11".
package taxlaw

import (
	"embed"
	"sync"

	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/taxlaw/figures"
)

// Files holds the texts of explanations.
//
//go:embed texts
var Files embed.FS

// Words returns a translator of the texts of explanations alone, for commands: "ro"
// or "en". Pages have their own.
func Words(lang string) *text.Translator { return words().For(lang) }

var words = sync.OnceValue(func() *text.Catalog {
	catalog, err := text.Load(Files)
	if err != nil {
		panic(err) // they are embedded, and tested
	}
	return catalog
})

// What can be wrong with an input. Each comes in a [Problem], with the field.
var (
	ErrMissing  = fault.New(fault.Invalid, "taxlaw.missing")
	ErrUnknown  = fault.New(fault.Invalid, "taxlaw.unknown")
	ErrTwice    = fault.New(fault.Invalid, "taxlaw.twice")
	ErrChoice   = fault.New(fault.Invalid, "taxlaw.choice")
	ErrNumber   = fault.New(fault.Invalid, "taxlaw.number")
	ErrDate     = fault.New(fault.Invalid, "taxlaw.date")
	ErrShare    = fault.New(fault.Invalid, "taxlaw.share")
	ErrYesNo    = fault.New(fault.Invalid, "taxlaw.yes-no")
	ErrText     = fault.New(fault.Invalid, "taxlaw.text")
	ErrJSON     = fault.New(fault.Invalid, "taxlaw.json")
	ErrOrder    = fault.New(fault.Invalid, "taxlaw.order")
	ErrPart     = fault.New(fault.Invalid, "taxlaw.part")
	ErrTooLarge = fault.New(fault.Invalid, "taxlaw.too-large")
	ErrOne      = fault.New(fault.Invalid, "taxlaw.one")

	// ErrNoRule is returned for what the law of that year does not tax so, or the
	// program does not have: it never guesses.
	ErrNoRule = fault.New(fault.Invalid, "taxlaw.no-rule")

	// ErrNoLaw is returned for a state of the law that is not there.
	ErrNoLaw = figures.ErrNoLaw
)

// What the law and the towns are made of is in package figures, and has the same
// names here.
type (
	Dec    = figures.Dec
	Cite   = figures.Cite
	Figure = figures.Figure
	Law    = figures.Law
	Town   = figures.Town
	Relief = figures.Relief
	Flaw   = figures.Flaw
)

const one = figures.One

// LawOf, ReadTown, CheckLaws and CheckTown read and check the files of package
// figures; Whole and ParseDec make numbers, and Calendar the working days of a town.
var (
	Calendar  = deadline.New
	LawOf     = figures.LawOf
	States    = figures.States
	ReadTown  = figures.ReadTown
	CheckLaws = figures.CheckLaws
	CheckTown = figures.CheckTown
	Whole     = figures.Whole
	ParseDec  = figures.ParseDec
)

// A Kind is what is taxed ("materie impozabilă"). It decides which fields of an
// [Object] there are.
type Kind string

// The kinds.
const (
	Building    Kind = "building"             // CF art. 455-461
	BuildingFee Kind = "building-fee"         // of public property, CF art. 455 (2), 462 (4¹)-(6)
	Land        Kind = "land"                 // one category of use of a plot, CF art. 463-466
	LandFee     Kind = "land-fee"             // of public property, also for hours, CF art. 463 (2), 467 (4¹)-(6)
	Vehicle     Kind = "vehicle"              // CF art. 470 (2)-(4)
	Truck       Kind = "truck"                // from 12 t, CF art. 470 (5)
	Combination Kind = "combination"          // from 12 t, CF art. 470 (6)
	Trailer     Kind = "trailer"              // CF art. 470 (7)
	Boat        Kind = "boat"                 // CF art. 470 (8)
	Sign        Kind = "sign"                 // advertising panel, CF art. 478
	Advertising Kind = "advertising"          // services, CF art. 477
	Show        Kind = "show"                 // CF art. 481
	Certificate Kind = "planning-certificate" // CF art. 474 (1)-(3)
	Permit      Kind = "permit"               // CF art. 474 (5)-(13)
	OtherFee    Kind = "fee"                  // CF art. 474 (4), (10), (14)-(16), 475, 486
)

// A Type is what is owed together, and rounded, paid and reduced together
// ("tip de impozit").
type Type string

// The types.
const (
	BuildingTax    Type = "building"
	LandTax        Type = "land"
	VehicleTax     Type = "vehicle"
	SignFee        Type = "sign"
	BuildingFees   Type = "building-fee"
	LandFees       Type = "land-fee"
	AdvertisingFee Type = "advertising"
	ShowTax        Type = "show"
	PermitFee      Type = "permit" // certificates, permits and the other fees: paid before they are issued
)

// Types lists all types, in the order in which people read them.
var Types = []Type{BuildingTax, LandTax, VehicleTax, SignFee, BuildingFees, LandFees, AdvertisingFee, ShowTax, PermitFee}

// Type returns the tax that a kind belongs to.
func (k Kind) Type() Type {
	switch k {
	case Truck, Combination, Trailer, Boat, Vehicle:
		return VehicleTax
	case Certificate, Permit, OtherFee:
		return PermitFee
	}
	return Type(k)
}

// Values of fields. All are listed, with names for people, by [Fields].
const (
	Natural = "natural" // Owner: natural person ("persoană fizică")
	Legal   = "legal"   // Owner: legal person ("persoană juridică")

	Residential    = "residential"
	NonResidential = "nonresidential"
	Mixed          = "mixed"

	Inside  = "inside"  // Place: within the limits of the town ("intravilan")
	Outside = "outside" // ("extravilan")

	WithBuildings = "buildings" // Category: "terenuri cu construcții"

	FromReport       = "report"       // ValueFrom: report of an authorised valuer
	FromConstruction = "construction" // final value of the works
	FromDeed         = "deed"         // deed of transfer
	FromRecords      = "records"      // last value in the tax file

	Combustion = "combustion"
	Hybrid     = "hybrid"
	Electric   = "electric"

	Registered = "registered" // Class: not licensed for the road by the State, but by the town ("înregistrat")
	Sidecar    = "sidecar"    // Class: fixed to a motorcycle ("ataș")
)

// An Object is one thing that is taxed, as it was on 31 December before the tax
// year, or one fee. Which fields it has depends on its kind: [Fields] lists them,
// and docs/tax-input.schema.json describes the JSON. A field that is not answered
// is zero.
type Object struct {
	ID    string `json:"id,omitempty"` // the caller's; in explanations and terms
	Kind  Kind   `json:"kind"`
	Owner string `json:"owner,omitempty"`
	Share Share  `json:"share,omitzero"` // of this taxpayer; zero is the whole

	Relief       string        `json:"relief,omitempty"`     // code of an exemption or reduction, in the law or the town's file
	ReliefPart   Share         `json:"reliefPart,omitzero"`  // of this taxpayer's share that it is for
	ReliefFiled  deadline.Date `json:"reliefFiled,omitzero"` // when the documents were filed
	ReliefUntil  deadline.Date `json:"reliefUntil,omitzero"` // how long they are valid; zero is for good
	ReliefBefore bool          `json:"reliefBefore,omitempty"`

	Increase Dec    `json:"increase,omitzero"` // percent, for what is neglected (CF art. 489 (4), (5))
	Locality string `json:"locality,omitempty"`
	Zone     string `json:"zone,omitempty"` // A to D

	Use           string        `json:"use,omitempty"`
	Farming       bool          `json:"farming,omitempty"` // of a legal person, exclusively (NM 42)
	Type          string        `json:"type,omitempty"`    // A to D of the table in CF art. 457 (2)
	Utilities     bool          `json:"utilities,omitempty"`
	BuiltArea     Dec           `json:"builtArea,omitzero"`     // m², all levels
	UsefulArea    Dec           `json:"usefulArea,omitzero"`    // m², if the built area cannot be measured
	DwellingRooms Dec           `json:"dwellingRooms,omitzero"` // m² of letter E
	OtherRooms    Dec           `json:"otherRooms,omitzero"`    // m² of letter F
	BusinessArea  Dec           `json:"businessArea,omitzero"`  // m² of a mixed building, measured as the whole
	YearBuilt     int           `json:"yearBuilt,omitempty"`
	YearRenovated int           `json:"yearRenovated,omitempty"` // major, and the value grew by half or more
	Block         bool          `json:"block,omitempty"`         // more than three levels and eight flats
	Activity      bool          `json:"activity,omitempty"`
	Value         Dec           `json:"value,omitzero"`
	ValueFrom     string        `json:"valueFrom,omitempty"`
	ValueYear     int           `json:"valueYear,omitempty"`
	Filed         deadline.Date `json:"filed,omitzero"`    // when the report was filed
	Notified      deadline.Date `json:"notified,omitzero"` // when the owner was told that it can be
	Bankrupt      bool          `json:"bankrupt,omitempty"`
	Acquired      deadline.Date `json:"acquired,omitzero"`    // of what was not declared
	Established   deadline.Date `json:"established,omitzero"` // when it was found or declared late

	Place    string `json:"place,omitempty"`
	Category string `json:"category,omitempty"`
	Area     Dec    `json:"area,omitzero"` // m²
	Farm     bool   `json:"farm,omitempty"`

	From      deadline.Date `json:"from,omitzero"`
	To        deadline.Date `json:"to,omitzero"` // the last day
	Days      int           `json:"days,omitempty"`
	Hours     int           `json:"hours,omitempty"` // a day
	WholeArea Dec           `json:"wholeArea,omitzero"`

	Class  string        `json:"class,omitempty"`
	Power  string        `json:"power,omitempty"`
	Engine int           `json:"engine,omitempty"` // cm³
	Norm   string        `json:"norm,omitempty"`
	CO2    int           `json:"co2,omitempty"`   // g/km
	Axles  string        `json:"axles,omitempty"` // "2", or "2+1" of a combination
	Mass   Dec           `json:"mass,omitzero"`   // t
	Air    bool          `json:"air,omitempty"`   // suspension, proved (NM 117)
	Boat   string        `json:"boat,omitempty"`
	Size   Dec           `json:"size,omitzero"` // CP, tdw or t
	Sold   deadline.Date `json:"sold,omitzero"` // in the year in which it was bought

	Length       Dec    `json:"length,omitzero"` // m
	Height       Dec    `json:"height,omitzero"`
	AtBusiness   bool   `json:"atBusiness,omitempty"`
	Months       int    `json:"months,omitempty"` // begun months count
	Rural        bool   `json:"rural,omitempty"`
	Extension    bool   `json:"extension,omitempty"`
	Permit       string `json:"permit,omitempty"`
	TaxableValue Dec    `json:"taxableValue,omitzero"` // by CF art. 457
	Fee          string `json:"fee,omitempty"`
	Quantity     Dec    `json:"quantity,omitzero"`
	Show         string `json:"show,omitempty"`
}

// Package procedures is the catalogue of what can be asked of the town hall.
//
// A service is data, not code: what is asked on which page, on what condition,
// what it costs, how long it may take and what comes out of it. A department
// describes it in a file, and the program refuses the file with a reason that
// its author understands. Nothing here reads a clock or a database: the same
// answers on the same day always give the same errors and the same fee.
//
// A service has versions. A draft or a case keeps the version it began with.
package procedures

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/form"
	"bega/internal/money"
	"bega/internal/text"
)

// ErrUnknown is returned for a service, version, department or document type
// that is not in the catalogue.
var ErrUnknown = fault.New(fault.Missing, "procedures.unknown")

// ErrNoFee is returned while an answer is missing that the fee depends on.
var ErrNoFee = fault.New(fault.Invalid, "procedures.no-fee")

// A Service is one version of something that can be asked for ("procedură").
type Service struct {
	Key       string        `json:"key"`       // in addresses: "certificat-de-urbanism"; never changes
	Version   int           `json:"version"`   // from 1
	Effective deadline.Date `json:"effective"` // the first day on which it can be begun
	Internal  bool          `json:"internal"`  // begun from another page, and not in the catalogue

	Title    Text     `json:"title,omitzero"`
	Summary  Text     `json:"summary,omitzero"` // what it is, in one or two sentences
	Outcome  Text     `json:"outcome,omitzero"` // what one gets
	Notes    []Text   `json:"notes"`            // what is good to know before one begins
	Synonyms []string `json:"synonyms"`
	Topic    string   `json:"topic"` // key of a [Topic]
	Life     []string `json:"life"`  // keys of moments of life

	Unit     string  `json:"unit"`     // department that decides
	Routes   []Route `json:"routes"`   // the first that holds decides instead
	Register string  `json:"register"` // that it is numbered in: "SC", "UR", "IF"
	Persons  bool    `json:"persons"`  // natural persons may ask
	Firms    bool    `json:"firms"`    // legal persons may ask
	Level    Level   `json:"level"`    // that the town hall has to know the applicant with, to file

	Basis       []Basis     `json:"basis"`
	Eligibility []Criterion `json:"eligibility"`
	Fee         Fee         `json:"fee"`

	// The legal clock: how long the law gives, and what interrupts it.
	Term       deadline.Term      `json:"term"`
	Start      StartRule          `json:"start"`
	Pause      deadline.PauseMode `json:"pause"`
	Cap        deadline.Term      `json:"cap"`        // longest pause for a correction
	Extension  deadline.Term      `json:"extension"`  // how much longer it may become, once, with a reason
	Reminder   int                `json:"reminder"`   // days before the end at which the clerk is reminded
	Tacit      bool               `json:"tacit"`      // silence approves ("aprobare tacită", OUG 27/2003)
	DefectDays int                `json:"defectDays"` // days before the end until which defects can be notified (art. 6)
	TermBasis  []Basis            `json:"termBasis"`  // of the term, and of tacit approval

	Decision    Decision   `json:"decision"`
	Refusals    []Reason   `json:"refusals"`
	Corrections []Template `json:"corrections"`
	Appeal      Text       `json:"appeal,omitzero"` // how to contest, where, in what term
	Closed      []Closure  `json:"closed"`
	AnsweredBy  Answerer   `json:"answeredBy"` // that has the last word on an approval; "" for the officials alone
	Sources     []Source   `json:"sources"`    // what the file rests on, and what is uncertain in it

	form.Form               // the questions
	texts     *text.Catalog // by Load, like all that the form is made of
}

// A Level is how well the town hall has to know who files.
type Level string

// The levels. Drafts need none.
const (
	Light    Level = "light"    // an address of e-mail
	Verified Level = "verified" // an identity that was checked
)

// Assurance returns the level as accounts have it.
func (l Level) Assurance() act.Level {
	if l == Light {
		return act.Light
	}
	return act.Verified
}

// An Answerer is a part of the program without which nobody can approve: what is granted
// is what it issues or enters.
type Answerer string

// The answerers.
const (
	TaxCertificate Answerer = "tax-certificate" // issues the certificate of tax status, without an official where the law lets it
	TaxRegister    Answerer = "tax-register"    // enters what was declared, with what a clerk of local taxes adds to it
)

// A Route sends an application to another department.
type Route struct {
	When CEL    `json:"when"`
	Unit string `json:"unit"`
}

// A Basis is the law that something rests on ("temei legal").
type Basis struct {
	Act     string `json:"act"`     // "Legea 544/2001"
	Article string `json:"article"` // "art. 7"; may be empty
	Link    string `json:"link"`    // of an official publication; may be empty
}

// String returns the law as it is quoted: "Legea 544/2001, art. 7".
func (b Basis) String() string {
	if b.Article == "" {
		return b.Act
	}
	return b.Act + ", " + b.Article
}

// A Criterion helps to find out, before one begins, whether this is the right
// service. It knows only who asks, and on which day.
type Criterion struct {
	Question Text `json:"question,omitzero"`
	When     CEL  `json:"when"`        // holds for whom it is right; empty if only they know
	No       Text `json:"no,omitzero"` // what to do otherwise
}

// A Fee is what a service costs.
type Fee struct {
	Kind    FeeKind    `json:"kind"`
	Amount  money.Bani `json:"amount"`         // if fixed
	Label   Text       `json:"label,omitzero"` // of the fixed amount
	Lines   []FeeRule  `json:"lines"`          // if by rule: all that apply are added
	Basis   []Basis    `json:"basis"`
	Account string     `json:"account"`       // IBAN
	Note    Text       `json:"note,omitzero"` // for people: what it depends on
}

// A FeeKind is how a fee is found.
type FeeKind string

// The kinds of fees.
const (
	NoFee    FeeKind = "none"
	FixedFee FeeKind = "fixed"
	FeeByLaw FeeKind = "rule"
)

// A FeeRule is one line of a fee.
type FeeRule struct {
	Label Text `json:"label,omitzero"`
	When  CEL  `json:"when"`
	Rule  CEL  `json:"rule"` // whole number of bani
}

// Fixed returns the amount of a line that does not depend on the answers.
func (r FeeRule) Fixed() (money.Bani, bool) {
	bani, err := strconv.ParseInt(string(r.Rule), 10, 64)
	return money.Bani(bani), err == nil
}

// A FeeLine is what one line of a fee comes to.
type FeeLine struct {
	Label  Text
	Amount money.Bani
}

// A StartRule says on which day a term starts.
type StartRule string

// The rules. The day itself does not count.
const (
	AtRegistration StartRule = "registration" // of the application
	AtComplete     StartRule = "complete"     // of the last document asked for, if any was
)

// A Decision is what is issued if the answer is yes.
type Decision struct {
	Document string        `json:"document"` // its type
	Title    Text          `json:"title,omitzero"`
	Body     []Text        `json:"body"` // paragraphs with {{field}}; English may be missing
	Valid    deadline.Term `json:"valid"`
	Until    string        `json:"until"` // "31-12": valid until that day of the year instead

	SecondSignature bool   `json:"secondSignature"`
	SignerCapacity  []Text `json:"signerCapacity"` // of those who sign, in order
}

// A Reason is one for which the law lets the town hall refuse.
type Reason struct {
	Key   string  `json:"key"`
	Title Text    `json:"title,omitzero"`
	Basis []Basis `json:"basis"`
	Plain Text    `json:"plain,omitzero"` // for the person it is told to
}

// A Template asks the applicant to correct or add something.
type Template struct {
	Key       string   `json:"key"`
	Title     Text     `json:"title,omitzero"`
	Fields    []string `json:"fields"`    // to be answered again
	Documents []string `json:"documents"` // types to be sent
	Text      Text     `json:"text,omitzero"`
}

// A Closure is a time in which nothing can be filed, and why.
type Closure struct {
	From   deadline.Date `json:"from"`
	To     deadline.Date `json:"to"` // the last day
	Reason Text          `json:"reason,omitzero"`
}

// A Source says where something in the file is from.
type Source struct {
	About     string `json:"about"`
	From      string `json:"from"`
	Uncertain bool   `json:"uncertain"` // to be confirmed by the town hall before it goes live
}

// ClosedOn returns the closure that a day is in.
func (s *Service) ClosedOn(day deadline.Date) (Closure, bool) {
	for _, c := range s.Closed {
		if !day.Before(c.From) && !day.After(c.To) {
			return c, true
		}
	}
	return Closure{}, false
}

// Reason returns the reason for refusal with a key.
func (s *Service) Reason(key string) (Reason, bool) {
	for _, r := range s.Refusals {
		if r.Key == key {
			return r, true
		}
	}
	return Reason{}, false
}

// Papers returns the types of documents that a service asks for, or reads answers from.
func (s *Service) Papers() (types []string) {
	for _, step := range s.Steps {
		for _, f := range step.Fields {
			if f.Document != "" {
				types = append(types, f.Document)
			}
			if rest, ok := strings.CutPrefix(f.Prefill, "document:"); ok {
				typ, _, _ := strings.Cut(rest, ".")
				types = append(types, typ)
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// UnitFor returns the key of the department that decides an application.
func (s *Service) UnitFor(a Answers, env Env) string {
	for _, route := range s.Routes {
		if yes, _ := s.Holds(form.Anywhere, route.When, a, env); yes {
			return route.Unit
		}
	}
	return s.Unit
}

// Qualifies reports whether the condition of a [Criterion] holds for somebody, and
// whether that can be known without asking them.
func (s *Service) Qualifies(check Criterion, env Env) (yes, known bool) {
	if check.When == "" {
		return false, false
	}
	return s.Holds(form.Before, check.When, nil, env)
}

// FeeFor returns what an application costs that is filed on a day, and its
// lines. It returns [ErrNoFee] while an answer is missing that this depends on.
func (s *Service) FeeFor(a Answers, day deadline.Date) (money.Bani, []FeeLine, error) {
	var lines []FeeLine
	switch s.Fee.Kind {
	case FixedFee:
		lines = []FeeLine{{s.Fee.Label, s.Fee.Amount}}
	case FeeByLaw:
		for _, rule := range s.Fee.Lines {
			if yes, _ := s.Holds(form.AtFiling, rule.When, a, Env{Today: day}); !yes {
				continue
			}
			amount, err := s.Number(form.AtFiling, rule.Rule, a, Env{Today: day})
			if err != nil {
				return 0, nil, ErrNoFee
			}
			if amount < 0 {
				return 0, nil, fmt.Errorf("procedures: a fee of %d for %s", amount, s.Key)
			}
			lines = append(lines, FeeLine{rule.Label, money.Bani(amount)})
		}
	}
	var sum money.Bani
	for _, line := range lines {
		var err error
		if sum, err = sum.Add(line.Amount); err != nil {
			return 0, nil, err
		}
	}
	return sum, lines, nil
}

// placeholder finds {{field}}, and {{field.part}} of an address or a person.
var placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_.]*)\s*\}\}`)

// extras are the placeholders of a decision that are no questions: what the town
// adds to it.
var extras = []string{"applicant", "address", "number", "filed", "today", "document", "until", "unit", "fee"}

// DecisionText returns the paragraphs of a decision, with the answers in full.
//
// What the town adds is in extra: "applicant", the name of whose application it
// is, and "address"; "number" of registration, and the day "filed"; "today", the
// number of the "document" and until when it is good ("until"); the "unit" that
// decides; the "fee". What has no answer is a dash. A paragraph without a text in
// the language is Romanian.
func (s *Service) DecisionText(a Answers, lang string, extra map[string]string) (paragraphs []string) {
	for _, p := range s.Decision.Body {
		spoken := lang
		if p[lang] == "" {
			spoken = "ro"
		}
		paragraphs = append(paragraphs, placeholder.ReplaceAllStringFunc(p.In(spoken), func(found string) string {
			name := placeholder.FindStringSubmatch(found)[1]
			if value := extra[name]; value != "" {
				return value
			}
			if value := s.Say(a, name, spoken); value != "" {
				return value
			}
			return "–"
		}))
	}
	return paragraphs
}

// Package form knows what is asked of people, and what their answers mean.
//
// A form is data: steps of fields, and conditions on when they are asked. It
// reads what a browser posted, says what is wrong with it in plain words, and
// shows the answers again as people read them. Nothing here reads a clock or a
// database: the same answers on the same day always have the same problems.
package form

// A Text says the same in several languages, by their tags: "ro", "en".
type Text map[string]string

// In returns the text in a language, or in Romanian if it has not got that one.
func (t Text) In(lang string) string {
	if text := t[lang]; text != "" {
		return text
	}
	return t["ro"]
}

// A CEL is an expression in the Common Expression Language over the answers,
// such as `proprietar != "eu"`. An empty condition always holds.
type CEL string

// A Form is what is asked, on which page, on what condition.
type Form struct {
	Steps []Step `json:"steps"`
	Rules []Rule `json:"rules"`

	made *program // by Compile
}

// A Step is one page of the form. Its fields answer one question.
type Step struct {
	Key    string  `json:"key"`
	Title  Text    `json:"title,omitzero"` // the question
	Short  Text    `json:"short,omitzero"` // for the list of steps
	Hint   Text    `json:"hint,omitzero"`
	When   CEL     `json:"when"`
	Repeat *Repeat `json:"repeat,omitzero"` // not nil if the fields are asked for several items
	Fields []Field `json:"fields"`
}

// A Repeat says of how many items a step asks. The fields of the first are named
// "step.0.field", and conditions see the list under the key of the step.
type Repeat struct {
	Min  int  `json:"min"` // from 1
	Max  int  `json:"max"` // at most 50
	Item Text `json:"item,omitzero"`
	Add  Text `json:"add,omitzero"` // on the button for one more
}

// A Field asks for one thing.
type Field struct {
	Key        string   `json:"key"` // a letter, then letters, digits and _
	Kind       Kind     `json:"kind"`
	Label      Text     `json:"label,omitzero"`
	Hint       Text     `json:"hint,omitzero"`
	Error      Text     `json:"error,omitzero"` // instead of the usual text when the answer is missing
	Why        Text     `json:"why,omitzero"`   // legal basis of asking for it
	Required   bool     `json:"required"`
	When       CEL      `json:"when"`
	Options    []Option `json:"options"`
	Parts      []string `json:"parts"`      // that a person is asked for: "nume", "cnp"; nil means all
	Document   string   `json:"document"`   // type of document that is asked for
	Prefill    string   `json:"prefill"`    // source: "party.address", "document:talon.number"
	Registered string   `json:"registered"` // which things on the town's registers are offered, too: "property", "vehicle"
	Min        string   `json:"min"`        // number, amount, or day; days also as "today", "today+3", "today-90"
	Max        string   `json:"max"`
	MaxLength  int      `json:"maxLength"` // characters of a text, files of a field of files; 0 for the usual
	Keep       bool     `json:"keep"`      // offered again next time
}

// Reusable reports whether the answer may be offered again. Consent never is:
// it is given for one case (GDPR art. 7).
func (f *Field) Reusable() bool {
	return f.Keep && f.Kind != Consent && f.Kind != Document && f.Kind != FileList
}

// An Option is one of the answers to choose from.
type Option struct {
	Value string `json:"value"`
	Label Text   `json:"label,omitzero"`
	Hint  Text   `json:"hint,omitzero"`
}

// A Kind is what an answer is.
type Kind string

// The kinds of answers. What a form posts, and what becomes of it, is at [Values]
// and [Answers].
const (
	Line       Kind = "text"
	Textarea   Kind = "textarea"
	Number     Kind = "number" // whole
	Money      Kind = "money"
	Date       Kind = "date"
	Choice     Kind = "choice" // of few options
	Select     Kind = "select" // of many
	Checkboxes Kind = "checkboxes"
	YesNo      Kind = "yesno"
	Plate      Kind = "plate" // of a vehicle ("număr de înmatriculare")
	VIN        Kind = "vin"   // ("serie de șasiu")
	CNP        Kind = "cnp"   // or NIF
	CUI        Kind = "cui"
	IBAN       Kind = "iban"
	Cadastral  Kind = "cadastral" // or number of land book ("CF")
	Address    Kind = "address"
	Person     Kind = "person"
	Phone      Kind = "phone"
	Email      Kind = "email"
	Document   Kind = "document" // one of the folder, or an upload
	FileList   Kind = "files"
	Consent    Kind = "consent" // to a statement; never filled in beforehand
)

// Sensitive reports whether an answer identifies a person for the state. It is
// stored sealed, and shown masked (L. 190/2018 art. 2 and 4).
func (k Kind) Sensitive() bool { return k == CNP || k == Person }

// A Rule holds between several answers.
type Rule struct {
	Fields []string `json:"fields"` // that the error leads to, the first above all
	That   CEL      `json:"that"`   // has to hold
	Error  Text     `json:"error,omitzero"`
}

// Step returns the step with a key.
func (form *Form) Step(key string) (*Step, bool) {
	for i := range form.Steps {
		if form.Steps[i].Key == key {
			return &form.Steps[i], true
		}
	}
	return nil, false
}

// Field returns the field with a key, and the step that it is in. Keys are
// unique in a form.
func (form *Form) Field(key string) (*Field, *Step, bool) {
	for i := range form.Steps {
		for j := range form.Steps[i].Fields {
			if form.Steps[i].Fields[j].Key == key {
				return &form.Steps[i].Fields[j], &form.Steps[i], true
			}
		}
	}
	return nil, nil, false
}

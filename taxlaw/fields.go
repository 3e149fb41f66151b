package taxlaw

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"

	"bega/internal/form"
)

//go:embed fields.json
var fieldsFile []byte

// An Answer is what a field holds.
type Answer string

// The kinds of answers.
const (
	Choice  Answer = "choice"
	Decimal Answer = "decimal"
	Number  Answer = "integer"
	YesNo   Answer = "yesno"
	Date    Answer = "date"
	Part    Answer = "share" // "1/2"
	Key     Answer = "key"   // one of what the rules have: see [Rules.Fields]
)

// A Field is one thing to know about an object. Its key is the name in JSON.
type Field struct {
	Key      string              `json:"key"`
	Answer   Answer              `json:"answer"`
	Label    form.Text           `json:"label"`
	Hint     form.Text           `json:"hint,omitempty"`
	Unit     Unit                `json:"unit,omitempty"`
	Options  []form.Option       `json:"options,omitempty"` // of a choice; of a key too, in [Rules.Fields]
	Min      Dec                 `json:"min,omitzero"`
	Max      Dec                 `json:"max,omitzero"`
	Places   int                 `json:"places,omitempty"` // of a decimal, at most
	Required bool                `json:"required,omitempty"`
	When     map[string][]string `json:"when,omitempty"` // asked only if each of these has one of those values; yes is "true"
}

// A Form is what is asked about a kind of object.
type Form struct {
	Kind    Kind      `json:"kind"`
	Label   form.Text `json:"label"`
	Hint    form.Text `json:"hint,omitempty"`
	Article string    `json:"article"`
	Fields  []Field   `json:"fields"`
}

// forms reads what is embedded, once.
var forms = sync.OnceValue(func() []Form {
	var file struct {
		Fields map[string]Field
		Kinds  []Form
	}
	if err := json.Unmarshal(fieldsFile, &file); err != nil {
		panic(err) // it is embedded, and tested
	}
	for _, kind := range file.Kinds {
		for i, own := range kind.Fields {
			field := file.Fields[own.Key]
			field.Key, field.Required, field.When = own.Key, own.Required, own.When
			if own.Label != nil {
				field.Label, field.Hint = own.Label, own.Hint
			}
			if own.Options != nil {
				field.Options = own.Options
			}
			kind.Fields[i] = field
		}
	}
	return file.Kinds
})

// labels are the names of all fields.
var labels = sync.OnceValue(func() map[string]form.Text {
	all := map[string]form.Text{}
	for _, kind := range forms() {
		for _, field := range kind.Fields {
			if all[field.Key] == nil {
				all[field.Key] = field.Label
			}
		}
	}
	return all
})

// Forms returns what is asked about every kind, in the order in which people read
// it. The caller may not change it.
func Forms() []Form { return forms() }

// Fields returns what is asked about a kind, in any year and town.
func Fields(kind Kind) []Field {
	for _, f := range forms() {
		if f.Kind == kind {
			return f.Fields
		}
	}
	return nil
}

// Fields returns what is asked about a kind under these rules: without what the
// law of the year does not know, and with the parts of the town, the exemptions
// and the fees that there are.
func (r *Rules) Fields(kind Kind) (fields []Field) {
	for _, field := range Fields(kind) {
		if slices.Contains(r.law.Absent, field.Key) {
			continue
		}
		switch field.Key {
		case "locality":
			if len(r.town.Localities) == 1 {
				continue
			}
			for _, l := range r.town.Localities {
				field.Options = append(field.Options, form.Option{Value: l.Key, Label: form.Text{"ro": l.Label, "en": l.Label}})
			}
		case "relief":
			for _, relief := range r.Reliefs(kind) {
				field.Options = append(field.Options, form.Option{Value: relief.Code, Label: relief.Label})
			}
		}
		fields = append(fields, field)
	}
	return fields
}

// asked reports whether a field is asked, given the other answers as text.
func (f *Field) asked(answer func(key string) string) bool {
	for key, values := range f.When {
		if !slices.Contains(values, answer(key)) {
			return false
		}
	}
	return true
}

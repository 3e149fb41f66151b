package taxlaw

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"bega/internal/form"
)

var update = flag.Bool("update", false, "write docs/tax-input.schema.json and testdata/explained.json again")

// TestDecodeNamesTheField: what is wrong is told with its place.
func TestDecodeNamesTheField(t *testing.T) {
	const home = `"kind":"building","owner":"natural","use":"residential","zone":"A","type":"A","builtArea":77`
	for _, tt := range []struct {
		object, field string
		want          error
	}{
		{`{` + home + `}`, "", nil},
		{`{"id":"x",` + home + `,"utilities":true,"share":"1/2","yearBuilt":1971}`, "", nil},
		{`{"kind":"building","owner":"natural","use":"residential","builtArea":"77.25"}`, "", nil},
		{`{` + home + `,"colour":"red"}`, "/objects/0/colour", ErrUnknown},
		{`{` + home + `,"Zone":"B"}`, "/objects/0/Zone", ErrUnknown},
		{`{` + home + `,"engine":1600}`, "/objects/0/engine", ErrUnknown},
		{`{` + home + `,"bankrupt":true}`, "/objects/0/bankrupt", ErrUnknown}, // asked of legal persons alone
		{`{` + home + `,"zone":"B"}`, "/zone", ErrTwice},
		{`{` + home + `,"yearBuilt":"1971"}`, "/objects/0/yearBuilt", ErrNumber},
		{`{` + home + `,"yearBuilt":1971.5}`, "/objects/0/yearBuilt", ErrNumber},
		{`{` + home + `,"yearBuilt":971}`, "/objects/0/yearBuilt", ErrNumber},
		{`{` + home + `,"dwellingRooms":-1}`, "/objects/0/dwellingRooms", ErrNumber},
		{`{` + home + `,"dwellingRooms":1.001}`, "/objects/0/dwellingRooms", ErrNumber},
		{`{` + home + `,"dwellingRooms":1e1}`, "/objects/0/dwellingRooms", ErrNumber},
		{`{` + home + `,"dwellingRooms":null}`, "/objects/0/dwellingRooms", ErrNumber},
		{`{` + home + `,"dwellingRooms":[1]}`, "/objects/0/dwellingRooms", ErrNumber},
		{`{` + home + `,"utilities":"true"}`, "/objects/0/utilities", ErrYesNo},
		{`{` + home + `,"utilities":1}`, "/objects/0/utilities", ErrYesNo},
		{`{` + home + `,"share":"2/1"}`, "/objects/0/share", ErrShare},
		{`{` + home + `,"share":"0/1"}`, "/objects/0/share", ErrShare},
		{`{` + home + `,"share":0.5}`, "/objects/0/share", ErrShare},
		{`{` + home + `,"reliefFiled":"2026-02-30"}`, "/objects/0/reliefFiled", ErrDate},
		{`{` + home + `,"reliefFiled":"30.01.2026"}`, "/objects/0/reliefFiled", ErrDate},
		{`{` + home + `,"relief":""}`, "/objects/0/relief", ErrText},
		{`{"id":7,` + home + `}`, "/objects/0/id", ErrText},
		{`{"kind":"building","owner":"natural"}`, "/objects/0/use", ErrMissing},
		{`{"kind":"land","owner":"nobody","place":"inside","category":"arable","area":1,"zone":"A"}`, "/objects/0/owner", ErrChoice},
		{`{"kind":"land","owner":true,"place":"inside","category":"arable","area":1,"zone":"A"}`, "/objects/0/owner", ErrChoice},
		{`{"kind":"vehicle","owner":"natural","class":"car"}`, "/objects/0/power", ErrMissing},
		{`{"kind":"castle"}`, "/objects/0/kind", ErrChoice},
		{`{}`, "/objects/0/kind", ErrChoice},
		{`[]`, "/objects/0", ErrJSON},
		{`null`, "/objects/0", ErrJSON},
		{`{`, "", ErrJSON},
	} {
		_, err := Decode([]byte(`{"year":2026,"objects":[` + tt.object + `]}`))
		problems, _ := errors.AsType[Problems](err)
		switch {
		case tt.want == nil && err != nil:
			t.Errorf("%s: %v", tt.object, err)
		case tt.want != nil && (!errors.Is(err, tt.want) || len(problems) != 1 || problems[0].Field != tt.field):
			t.Errorf("%s: %v, want %v at %q", tt.object, err, tt.want, tt.field)
		}
	}
	for text, field := range map[string]string{`{"objects":[{}]}`: "/year", `{"year":2026}`: "/objects", `{"year":2026,"objects":[]}`: "/objects", `{"year":2026,"objects":[{}],"x":1}`: "/x",
		`{"year":2026,"Law":"2026","objects":[{}]}`: "/Law", `{"year":2026,"law":1,"objects":[{}]}`: "/law", `[]`: "", `{"year":2026,"objects":[{}]} {}`: ""} {
		_, err := Decode([]byte(text))
		if problems, ok := errors.AsType[Problems](err); !ok || problems[0].Field != field {
			t.Errorf("%s: %v, want a problem at %q", text, err, field)
		}
	}
}

// FuzzDecode: what is decoded is what was written, and computing it never panics.
func FuzzDecode(f *testing.F) {
	r := New(law(f, "2026"), town(f, "2026"))
	f.Add([]byte(`{"year":2026,"objects":[{"kind":"building","owner":"natural","use":"mixed","zone":"A","type":"A","builtArea":77,"activity":true,"businessArea":12.5,"share":"1/3"}]}`))
	f.Add([]byte(`{"year":2026,"law":"2026","objects":[{"kind":"land-fee","owner":"legal","place":"inside","category":"buildings","area":"100","zone":"B","from":"2026-05-01","to":"2026-05-02","hours":2}]}`))
	f.Add([]byte(`{"year":2026,"objects":[{"kind":"vehicle","owner":"natural","class":"car","power":"hybrid","engine":1598,"co2":50},{"kind":"sign","length":5.73,"height":4.08,"months":12}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Decode(data)
		if err != nil {
			if _, ok := errors.AsType[Problems](err); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		again, err := Decode([]byte(asJSON(t, file)))
		if err != nil || !reflect.DeepEqual(file, again) {
			t.Fatalf("%+v was written and read as %+v, %v", file, again, err)
		}
		for _, o := range file.Objects {
			if amount, err := r.Compute(&o); err == nil {
				e, err := r.Explain(&o)
				if err != nil {
					t.Fatal(err)
				}
				checkExplanation(t, e, amount)
			}
		}
	})
}

// schemaOf is the JSON Schema of the input, made of the fields.
func schemaOf() map[string]any {
	type object = map[string]any
	value := func(f Field) object {
		s := object{"description": strings.TrimSpace(f.Label["en"] + ". " + f.Hint["en"])}
		if f.Unit != "" {
			s["description"] = s["description"].(string) + " Unit: " + string(f.Unit) + "."
		}
		switch f.Answer {
		case Choice:
			var values []string
			for _, o := range f.Options {
				values = append(values, o.Value)
			}
			s["enum"] = values
		case Key:
			s["type"], s["minLength"], s["maxLength"] = "string", 1, 60
		case YesNo:
			s["type"] = "boolean"
		case Date:
			s["type"], s["pattern"] = "string", `^(1[89]|2[012])\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`
		case Part:
			s["type"], s["pattern"] = "string", `^[1-9]\d*/[1-9]\d*$`
		case Number:
			s["type"], s["minimum"], s["maximum"] = "integer", f.Min, f.Max
		case Decimal:
			s["type"], s["minimum"], s["maximum"], s["pattern"] = []string{"number", "string"}, f.Min, f.Max, `^\d{1,12}(\.\d+)?$`
			s["description"] = s["description"].(string) + " A number, or a text such as \"77.25\"; decimals: " + string(rune('0'+f.Places)) + " at most."
		}
		return s
	}
	condition := func(when map[string][]string) object {
		properties, names := object{}, slices.Sorted(maps.Keys(when))
		for _, name := range names {
			properties[name] = object{"enum": when[name]}
		}
		return object{"properties": properties, "required": names}
	}
	kinds, cases := []string{}, []any{}
	for _, form := range Forms() {
		kinds = append(kinds, string(form.Kind))
		properties, required, rules := object{"kind": object{"const": form.Kind}, "id": object{"type": "string", "maxLength": 100, "description": "Yours, for explanations."}}, []string{"kind"}, []any{}
		for _, f := range form.Fields {
			properties[f.Key] = value(f)
			if f.When != nil {
				rules = append(rules, object{"if": object{"required": []string{f.Key}}, "then": condition(f.When)})
				if f.Required {
					rules = append(rules, object{"if": condition(f.When), "then": object{"required": []string{f.Key}}})
				}
			} else if f.Required {
				required = append(required, f.Key)
			}
		}
		then := object{"title": form.Label["en"] + " (" + form.Article + ")", "properties": properties, "required": required, "additionalProperties": false}
		if len(rules) > 0 {
			then["allOf"] = rules
		}
		cases = append(cases, object{"if": object{"properties": object{"kind": object{"const": form.Kind}}, "required": []string{"kind"}}, "then": then})
	}
	return object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Input of bega tax explain: what one taxpayer has on 31 December before the tax year",
		"type": "object", "additionalProperties": false, "required": []string{"year", "objects"},
		"properties": object{
			"year":    object{"type": "integer", "minimum": 2016, "maximum": 9999, "description": "Tax year."},
			"law":     object{"type": "string", "description": "State of the law, such as 2027-draft; without it, the one that the town's file of the year is for."},
			"objects": object{"type": "array", "minItems": 1, "maxItems": maxObjects, "items": object{"$ref": "#/$defs/object"}},
		},
		"$defs": object{"object": object{"type": "object", "required": []string{"kind"}, "properties": object{"kind": object{"enum": kinds}}, "allOf": cases}},
	}
}

// TestTheSchemaIsFresh: docs/tax-input.schema.json is what the fields say.
func TestTheSchemaIsFresh(t *testing.T) {
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	if err := encoder.Encode(schemaOf()); err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/tax-input.schema.json", want.Bytes())
}

// TestExplanationsFollowTheirSchema: docs/tax-explanation.schema.json says what
// programs may rely on.
func TestExplanationsFollowTheirSchema(t *testing.T) {
	file, err := os.ReadFile("../docs/tax-explanation.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	compiled := compile(t, file)
	r, words := New(law(t, "2026"), town(t, "2026")), texts(t)
	rapid.Check(t, func(rt *rapid.T) {
		o := anObject(rt, rapid.SampledFrom(drawn).Draw(rt, "kind"))
		levy, explained, err := r.ExplainLevy(o.Kind.Type(), []Object{o}, noHolidays)
		if err != nil {
			rt.Fatal(err)
		}
		for _, e := range explained {
			e.Fill(words.For("ro"), words.For("en"))
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(asJSON(t, []any{struct {
			Levy
			Explained []*Explanation `json:"explained"`
		}{levy, explained}})))
		if err == nil {
			err = compiled.Validate(value)
		}
		if err != nil {
			rt.Fatal(err)
		}
	})
}

func compile(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err == nil {
		err = compiler.AddResource("bega:///schema", parsed)
	}
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("bega:///schema")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func golden(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what it should be, %v: go test ./taxlaw -update", name, err)
	}
}

// TestTheSchemaAndTheDecoderAgree on what is taxed in this package's tests.
func TestTheSchemaAndTheDecoderAgree(t *testing.T) {
	compiled, accepted := compile(t, []byte(asJSON(t, schemaOf()))), 0
	rapid.Check(t, func(rt *rapid.T) {
		object := map[string]any{"kind": rapid.SampledFrom(Forms()).Draw(rt, "form").Kind}
		for _, f := range Fields(object["kind"].(Kind)) {
			asked := f.asked(func(key string) string { text, _ := object[key].(string); return text })
			if rapid.IntRange(0, 9).Draw(rt, "kept") < 2 && !f.Required || !asked && rapid.IntRange(0, 19).Draw(rt, "odd") > 0 {
				continue
			}
			object[f.Key] = aValue(rt, f)
		}
		text := asJSON(t, map[string]any{"year": 2026, "objects": []any{object}})
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			rt.Fatal(err)
		}
		_, decoded := Decode([]byte(text))
		if valid := compiled.Validate(value); (decoded == nil) != (valid == nil) {
			rt.Fatalf("%s: the decoder says %v, the schema %v", text, decoded, valid)
		}
		if decoded == nil {
			accepted++
		}
	})
	if accepted == 0 {
		t.Error("nothing was accepted")
	}
}

// aValue draws an answer to a field, sometimes a wrong one.
func aValue(t *rapid.T, f Field) any {
	wrong := rapid.IntRange(0, 49).Draw(t, "wrong") == 0
	switch f.Answer {
	case Choice:
		return rapid.SampledFrom(f.Options).Draw(t, f.Key).Value
	case YesNo:
		if wrong {
			return "true"
		}
		return rapid.Bool().Draw(t, f.Key)
	case Date:
		return rapid.SampledFrom([]string{"2026-01-31", "2025-12-01"}).Draw(t, f.Key)
	case Part:
		return rapid.SampledFrom([]string{"1/2", "3/4"}).Draw(t, f.Key)
	case Key:
		return "some"
	}
	if wrong {
		return f.Max + 1*one
	}
	return rapid.SampledFrom([]Dec{f.Min, f.Max}).Draw(t, f.Key)
}

// TestFields: every field is said in both languages, and is one of the object's.
func TestFields(t *testing.T) {
	names := map[string]bool{}
	for i := range reflect.TypeFor[Object]().NumField() {
		name, _, _ := strings.Cut(reflect.TypeFor[Object]().Field(i).Tag.Get("json"), ",")
		names[name] = name == "id" || name == "kind"
	}
	said := func(place string, said form.Text) {
		if said["ro"] == "" || said["en"] == "" || len(said) != 2 {
			t.Errorf("%s is said %q", place, said)
		}
	}
	for _, f := range Forms() {
		said(string(f.Kind), f.Label)
		keys := map[string]bool{}
		for _, field := range f.Fields {
			place := string(f.Kind) + "/" + field.Key
			if _, ok := names[field.Key]; !ok || keys[field.Key] || field.Answer == "" {
				t.Errorf("%s is twice, or no field of an object", place)
			}
			names[field.Key], keys[field.Key] = true, true
			said(place, field.Label)
			if field.Hint != nil {
				said(place+"/hint", field.Hint)
			}
			for _, o := range field.Options {
				said(place+"/"+o.Value, o.Label)
			}
			for key := range field.When {
				if !keys[key] {
					t.Errorf("%s depends on %s, which comes later", place, key)
				}
			}
		}
	}
	for name, used := range names {
		if !used {
			t.Errorf("nothing asks for %s", name)
		}
	}
	old := New(law(t, "2025"), town(t, "2025")).Fields(Building)
	now := New(law(t, "2026"), town(t, "2026")).Fields(Building)
	block := func(f Field) bool { return f.Key == "block" }
	if !slices.ContainsFunc(old, block) || slices.ContainsFunc(now, block) {
		t.Error("blocks were asked for until 2025")
	}
	relief := now[slices.IndexFunc(now, func(f Field) bool { return f.Key == "relief" })]
	if !slices.ContainsFunc(relief.Options, func(o form.Option) bool { return o.Value == "disability-grave" }) {
		t.Errorf("the reliefs are %+v", relief.Options)
	}
}

// TestWords: explanations are in plain Romanian and English, complete, and their
// numbers are the language's.
func TestWords(t *testing.T) {
	r := New(law(t, "2026"), town(t, "2026"))
	o := Object{ID: "flat", Kind: Building, Owner: Natural, Use: Residential, Type: "A", Utilities: true, Zone: "A", UsefulArea: dec("55"), YearBuilt: 1960, Share: Share{1, 2}}
	_, explained, err := r.ExplainLevy(BuildingTax, []Object{o}, noHolidays)
	if err != nil {
		t.Fatal(err)
	}
	words := texts(t)
	for _, e := range explained {
		e.Fill(words.For("ro"), words.For("en"))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(explained); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/explained.json", out.Bytes())
	for _, key := range words.Keys() {
		for _, lang := range []string{"ro", "en"} {
			if text := words.For(lang).T(key); strings.HasSuffix(key, "-body") && strings.Contains(text, "%!") {
				t.Errorf("%s: %q", key, text)
			}
		}
	}
	if s := step(t, explained[0], "built-area"); s.Formula("ro") != "55 m² (Suprafața utilă) × 1,4 (coeficientul pentru pereți) = 77 m²" {
		t.Errorf("got %q", s.Formula("ro"))
	}
	if s := step(t, explained[0], "rate-tax"); !strings.Contains(s.Formula("en"), "438,025.14 lei") && !strings.Contains(s.Formula("en"), " lei (") {
		t.Errorf("got %q", s.Formula("en"))
	}
}

// TestPlain: what a step says has a LIX of 32 at most.
func TestPlain(t *testing.T) {
	data, err := os.ReadFile("texts/ro.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	words, long, sentences := 0, 0, 0
	for key, text := range all {
		if !strings.HasSuffix(key, "-body") {
			continue
		}
		sentences += strings.Count(text, ".") + strings.Count(text, ":")
		for _, word := range strings.Fields(text) {
			letters := utf8.RuneCountInString(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }))
			if words++; letters > 6 {
				long++
			}
			if letters == 0 {
				words--
			}
		}
	}
	if lix := words/sentences + 100*long/words; lix > 32 {
		t.Errorf("the explanations have a LIX of %d", lix)
	} else {
		t.Logf("the explanations have a LIX of %d", lix)
	}
}

package procedures

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/text"
)

//go:embed service.schema.json pack.schema.json
var schemas embed.FS

// A Unit is a department of the town hall ("serviciu", "direcție").
type Unit struct {
	Key      string `json:"key"`
	Title    Text   `json:"title"`
	Short    Text   `json:"short"` // for lists
	Phone    string `json:"phone"`
	Email    string `json:"email"`
	Address  string `json:"address"`
	Register string `json:"register"` // that its own papers are numbered in; may be empty
}

// A DocumentType is a kind of paper that is asked for or issued.
type DocumentType struct {
	Key       string        `json:"key"`
	Title     Text          `json:"title"`
	Hint      Text          `json:"hint"`   // what it has to show, or where to get it
	Issuer    Text          `json:"issuer"` // who gives it
	Valid     deadline.Term `json:"valid"`  // how long such a paper is good after it was issued; zero means without limit
	Sensitive bool          `json:"sensitive"`
	Fetched   bool          `json:"fetched"` // the town can get it itself, and never asks for it (OUG 41/2016 art. 2¹)
	Synonyms  []string      `json:"synonyms"`
}

// A Register is a book of numbers ("registru"), such as that of urbanism.
type Register struct {
	Key   string `json:"key"` // before the number: "UR"
	Title Text   `json:"title"`
	Unit  string `json:"unit"` // that keeps it; empty for the general registry
}

// A Topic is what services are sorted by.
type Topic struct {
	Key   string `json:"key"`
	Title Text   `json:"title"`
	Icon  string `json:"icon"`
}

// A Life is a moment of life, in which people need several services.
type Life struct {
	Key      string   `json:"key"`
	Title    Text     `json:"title"`
	Icon     string   `json:"icon"`
	Services []string `json:"services"` // the most important first
}

// A Catalogue is everything that can be asked of one town hall, and of whom. It
// does not change, and is safe for concurrent use.
type Catalogue struct {
	services   map[string][]*Service // by key, the first version first
	units      []Unit
	documents  []DocumentType
	registers  []Register
	topics     []Topic
	lives      []Life
	synonyms   map[string][]string
	exceptions []deadline.Exception
	texts      *text.Catalog
	index      *index
}

// Load reads the files of a city pack: services/*.json, units.json and the others
// of pack.schema.json. It fails with all that is wrong in them, one [Flaw] a line.
func Load(pack fs.FS) (*Catalogue, error) {
	l, err := load(pack)
	if err != nil {
		return nil, err
	}
	ro := l.texts.For("ro")
	for _, flaw := range l.flaws {
		if !flaw.Warning {
			err = errors.Join(err, errors.New(flaw.In(ro)))
		}
	}
	if err != nil {
		return nil, err
	}
	return l.Catalogue, nil
}

// A loader reads a city pack, and notes what is wrong with it.
type loader struct {
	*Catalogue
	pack    fs.FS
	schemas *jsonschema.Compiler
	flaws   []Flaw
	lix     map[string]int // of all that a file says in Romanian
}

// flaw notes something that keeps a file from being published.
func (l *loader) flaw(file, pointer, key string, args ...any) {
	l.flaws = append(l.flaws, Flaw{File: file, Pointer: pointer, Key: key, Args: args})
}

func load(pack fs.FS) (*loader, error) {
	texts, err := text.Load(Files)
	if err != nil {
		return nil, err
	}
	l := &loader{&Catalogue{services: map[string][]*Service{}, texts: texts}, pack, jsonschema.NewCompiler(), nil, map[string]int{}}
	for _, name := range []string{"service.schema.json", "pack.schema.json"} {
		data, err := schemas.ReadFile(name)
		if err != nil {
			return nil, err
		}
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err == nil {
			err = l.schemas.AddResource("bega:///"+name, schema)
		}
		if err != nil {
			return nil, err
		}
	}
	for name, into := range map[string]any{"units": &l.units, "documents": &l.documents, "registers": &l.registers, "topics": &l.topics,
		"lives": &l.lives, "synonyms": &l.synonyms, "exceptions": &l.exceptions} {
		if _, err := l.read(name+".json", "pack.schema.json#/$defs/"+name, into); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := l.readServices(); err != nil {
		return nil, err
	}
	l.check()
	l.index = newIndex(l.Catalogue)
	slices.SortStableFunc(l.flaws, func(a, b Flaw) int { return strings.Compare(a.File, b.File) })
	return l, nil
}

func (l *loader) readServices() error {
	names, err := fs.Glob(l.pack, "services/*.json")
	if err != nil {
		return err
	}
	if len(names) == 0 {
		l.flaw("services", "", "procedures.file-no-services")
	}
	for _, name := range names {
		s := new(Service)
		if ok, err := l.read(name, "service.schema.json", s); err != nil {
			return err
		} else if !ok {
			continue
		}
		if want := fmt.Sprintf("%s.v%d.json", s.Key, s.Version); path.Base(name) != want {
			l.flaw(name, "/key", "procedures.file-name", want)
			continue
		}
		l.services[s.Key] = append(l.services[s.Key], s)
	}
	for _, versions := range l.services {
		slices.SortFunc(versions, func(a, b *Service) int { return a.Version - b.Version })
	}
	return nil
}

// read decodes a file that a schema describes. It reports whether it could.
func (l *loader) read(name, schema string, into any) (bool, error) {
	data, err := fs.ReadFile(l.pack, name)
	if err != nil {
		return false, err
	}
	compiled, err := l.schemas.Compile("bega:///" + schema)
	if err != nil {
		return false, err
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		l.flaw(name, "", "procedures.file-json", err.Error())
		return false, nil
	}
	if invalid := compiled.Validate(raw); invalid != nil {
		failed, ok := errors.AsType[*jsonschema.ValidationError](invalid)
		if !ok {
			return false, invalid
		}
		l.flaws = append(l.flaws, broken(name, failed)...)
		return false, nil
	}
	l.clarity(name, raw)
	if err := json.Unmarshal(data, into); err != nil {
		l.flaw(name, "", "procedures.file-json", err.Error())
		return false, nil
	}
	return true, nil
}

// broken says in plain words what a schema does not accept.
func broken(file string, failed *jsonschema.ValidationError) (flaws []Flaw) {
	flaw := func(key string, args ...any) []Flaw {
		return []Flaw{{File: file, Pointer: place(failed.InstanceLocation), Key: key, Args: args}}
	}
	switch k := failed.ErrorKind.(type) {
	case *kind.AnyOf:
		return flaw("procedures.file-nobody")
	case *kind.Required:
		return flaw("procedures.file-missing", strings.Join(k.Missing, ", "))
	case *kind.AdditionalProperties:
		return flaw("procedures.file-unknown", strings.Join(k.Properties, ", "))
	case *kind.Enum:
		return flaw("procedures.file-enum", fmt.Sprint(k.Got), strings.Trim(fmt.Sprint(k.Want), "[]"))
	case *kind.Pattern:
		return flaw("procedures.file-pattern", k.Got, k.Want)
	case *kind.Type:
		return flaw("procedures.file-type", strings.Join(k.Want, ", "), k.Got)
	}
	for _, cause := range failed.Causes {
		flaws = append(flaws, broken(file, cause)...)
	}
	if len(failed.Causes) == 0 {
		return flaw("procedures.file-schema", failed.Error())
	}
	return flaws
}

// place returns a JSON pointer (RFC 6901).
func place(tokens []string) (pointer string) {
	for _, token := range tokens {
		pointer += form.Pointer(token)
	}
	return pointer
}

// Service returns the version of a service that is current on a day, or
// [ErrUnknown].
func (c *Catalogue) Service(key string, day deadline.Date) (*Service, error) {
	for _, s := range slices.Backward(c.services[key]) {
		if !s.Effective.After(day) {
			return s, nil
		}
	}
	return nil, ErrUnknown
}

// Version returns a version of a service, or [ErrUnknown].
func (c *Catalogue) Version(key string, version int) (*Service, error) {
	for _, s := range c.services[key] {
		if s.Version == version {
			return s, nil
		}
	}
	return nil, ErrUnknown
}

// Services returns what can be asked for on a day, by title.
func (c *Catalogue) Services(day deadline.Date) (current []*Service) {
	for key := range c.services {
		if s, err := c.Service(key, day); err == nil && !s.Internal {
			current = append(current, s)
		}
	}
	sortByTitle(current, "ro")
	return current
}

// sortByTitle sorts services as a dictionary of a language does.
func sortByTitle(services []*Service, lang string) {
	order := collate.New(language.Make(lang), collate.IgnoreCase)
	slices.SortFunc(services, func(a, b *Service) int {
		return order.CompareString(a.Title.In(lang)+a.Key, b.Title.In(lang)+b.Key)
	})
}

// Unit returns the department with a key, or [ErrUnknown].
func (c *Catalogue) Unit(key string) (Unit, error) {
	return byKey(c.units, key, func(u Unit) string { return u.Key })
}

// DocumentType returns the type of document with a key, or [ErrUnknown].
func (c *Catalogue) DocumentType(key string) (DocumentType, error) {
	return byKey(c.documents, key, func(d DocumentType) string { return d.Key })
}

// Register returns the register with a key, or [ErrUnknown].
func (c *Catalogue) Register(key string) (Register, error) {
	return byKey(c.registers, key, func(r Register) string { return r.Key })
}

// Topic returns the topic with a key, or [ErrUnknown].
func (c *Catalogue) Topic(key string) (Topic, error) {
	return byKey(c.topics, key, func(t Topic) string { return t.Key })
}

// Life returns the moment of life with a key, or [ErrUnknown].
func (c *Catalogue) Life(key string) (Life, error) {
	return byKey(c.lives, key, func(l Life) string { return l.Key })
}

func byKey[T any](all []T, key string, keyOf func(T) string) (T, error) {
	for _, one := range all {
		if keyOf(one) == key {
			return one, nil
		}
	}
	var none T
	return none, ErrUnknown
}

// Units returns all departments, as the pack has them.
func (c *Catalogue) Units() []Unit { return slices.Clone(c.units) }

// DocumentTypes returns all types of documents, as the pack has them.
func (c *Catalogue) DocumentTypes() []DocumentType { return slices.Clone(c.documents) }

// Registers returns all registers, as the pack has them.
func (c *Catalogue) Registers() []Register { return slices.Clone(c.registers) }

// Topics returns all topics, as the pack has them.
func (c *Catalogue) Topics() []Topic { return slices.Clone(c.topics) }

// Lives returns the moments of life, as the pack has them.
func (c *Catalogue) Lives() []Life { return slices.Clone(c.lives) }

// Exceptions returns the days on which the town hall is open or closed against
// the rule, for [deadline.New].
func (c *Catalogue) Exceptions() []deadline.Exception { return slices.Clone(c.exceptions) }

package procedures

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bega/internal/deadline"
	"bega/internal/form"
)

// check finds what no schema can: what is named and is not there, what can never
// happen, and what cannot be understood.
func (l *loader) check() {
	unique(l, "units.json", "", "key", l.units, func(u Unit) string { return u.Key })
	unique(l, "documents.json", "", "key", l.documents, func(d DocumentType) string { return d.Key })
	unique(l, "registers.json", "", "key", l.registers, func(r Register) string { return r.Key })
	unique(l, "topics.json", "", "key", l.topics, func(t Topic) string { return t.Key })
	unique(l, "lives.json", "", "key", l.lives, func(f Life) string { return f.Key })
	for i, u := range l.units {
		if u.Register != "" {
			known(l, "units.json", form.Pointer(i, "register"), u.Register, l.Register)
		}
	}
	for i, r := range l.registers {
		if r.Unit != "" {
			known(l, "registers.json", form.Pointer(i, "unit"), r.Unit, l.Unit)
		}
	}
	for i, d := range l.documents {
		l.term("documents.json", form.Pointer(i, "valid"), d.Valid)
	}
	for i, life := range l.lives {
		for j, key := range life.Services {
			if len(l.services[key]) == 0 {
				l.flaw("lives.json", form.Pointer(i, "services", j), "form.file-no-such", key)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(l.services)) {
		for i, s := range l.services[key] {
			file := fmt.Sprintf("services/%s.v%d.json", s.Key, s.Version)
			if i > 0 && !s.Effective.After(l.services[key][i-1].Effective) {
				l.flaw(file, "/effective", "procedures.file-not-later")
			}
			(&checker{l, file, s}).all()
		}
	}
}

// unique notes the keys that a list has twice.
func unique[T any](l *loader, file, place, name string, all []T, keyOf func(T) string) {
	for _, i := range form.Twice(all, keyOf) {
		l.flaw(file, place+form.Pointer(i, name), "form.file-twice", keyOf(all[i]))
	}
}

// known notes a key that nothing has.
func known[T any](l *loader, file, place, key string, find func(string) (T, error)) {
	if _, err := find(key); err != nil {
		l.flaw(file, place, "form.file-no-such", key)
	}
}

// term notes a term that cannot be counted.
func (l *loader) term(file, place string, t deadline.Term) {
	if !t.IsZero() && t.Validate() != nil {
		l.flaw(file, place, "procedures.file-term")
	}
}

// A checker checks one version of a service.
type checker struct {
	*loader
	file string
	s    *Service
}

func (c *checker) flaw(place, key string, args ...any) { c.loader.flaw(c.file, place, key, args...) }

func (c *checker) all() {
	s := c.s
	known(c.loader, c.file, "/unit", s.Unit, c.Unit)
	known(c.loader, c.file, "/register", s.Register, c.Register)
	known(c.loader, c.file, "/topic", s.Topic, c.Topic)
	known(c.loader, c.file, "/decision/document", s.Decision.Document, c.DocumentType)
	for i, route := range s.Routes {
		known(c.loader, c.file, form.Pointer("routes", i, "unit"), route.Unit, c.Unit)
	}
	for i, key := range s.Life {
		known(c.loader, c.file, form.Pointer("life", i), key, c.Life)
	}
	for place, term := range map[string]deadline.Term{"/term": s.Term, "/cap": s.Cap, "/extension": s.Extension, "/decision/valid": s.Decision.Valid} {
		c.term(c.file, place, term)
	}
	for i, closed := range s.Closed {
		if closed.To.Before(closed.From) {
			c.flaw(form.Pointer("closed", i, "to"), "form.file-order")
		}
	}
	if until := s.Decision.Until; until != "" {
		if _, err := deadline.Parse("2024-" + until[3:] + "-" + until[:2]); err != nil {
			c.flaw("/decision/until", "procedures.file-date")
		}
	}
	if n := len(s.Decision.SignerCapacity); s.Decision.SecondSignature && n == 1 {
		c.flaw("/decision/signerCapacity", "procedures.file-signers")
	}
	if s.AnsweredBy != "" && (s.Fee.Kind != NoFee || s.Tacit || s.Decision.SecondSignature) {
		c.flaw("/answeredBy", "procedures.file-answered")
	}
	unique(c.loader, c.file, "/refusals", "key", s.Refusals, func(r Reason) string { return r.Key })
	unique(c.loader, c.file, "/corrections", "key", s.Corrections, func(t Template) string { return t.Key })
	c.fee()
	c.papers()
	c.mentions()
	s.texts = c.texts
	for _, mistake := range s.Compile(c.texts, s.conditions()...) {
		c.flaw(mistake.Place, mistake.Key, mistake.Args...)
	}
}

// conditions returns those of a service that are not a part of its form.
func (s *Service) conditions() (all []form.Condition) {
	for i, route := range s.Routes {
		all = append(all, form.Condition{Place: form.Pointer("routes", i, "when"), CEL: route.When})
	}
	for i, line := range s.Fee.Lines {
		all = append(all, form.Condition{Place: form.Pointer("fee", "lines", i, "when"), Scope: form.AtFiling, CEL: line.When},
			form.Condition{Place: form.Pointer("fee", "lines", i, "rule"), Scope: form.AtFiling, CEL: line.Rule, Number: true})
	}
	for i, check := range s.Eligibility {
		all = append(all, form.Condition{Place: form.Pointer("eligibility", i, "when"), Scope: form.Before, CEL: check.When})
	}
	return all
}

// papers checks the documents that questions ask for or are filled in from, and
// that no question is called like what the town adds to decisions.
func (c *checker) papers() {
	for i, step := range c.s.Steps {
		for j, f := range step.Fields {
			place := form.Pointer("steps", i, "fields", j)
			if f.Document != "" {
				c.paper(place+"/document", f.Document)
			}
			if source, ok := strings.CutPrefix(f.Prefill, "document:"); ok {
				document, _, _ := strings.Cut(source, ".")
				known(c.loader, c.file, place+"/prefill", document, c.DocumentType)
			}
			if slices.Contains(extras, f.Key) {
				c.flaw(place+"/key", "form.file-twice", f.Key)
			}
		}
	}
}

// fee checks that a fee has what its kind needs, and nothing else.
func (c *checker) fee() {
	f := c.s.Fee
	if f.Kind == FixedFee && (f.Amount == 0 || f.Label == nil) || f.Kind == FeeByLaw && len(f.Lines) == 0 ||
		f.Kind != FixedFee && f.Amount != 0 || f.Kind != FeeByLaw && len(f.Lines) > 0 {
		c.flaw("/fee", "procedures.file-fee")
	}
	if _, err := CheckIBAN(f.Account); err != nil && (f.Account != "" || f.Kind != NoFee) {
		c.flaw("/fee/account", "procedures.file-iban")
	}
}

// paper checks a type of document that people are asked for.
func (c *checker) paper(place, key string) {
	known(c.loader, c.file, place, key, c.DocumentType)
	if d, err := c.DocumentType(key); err == nil && d.Fetched {
		c.flaw(place, "procedures.file-fetched", key)
	}
}

// mentions checks the questions and documents that are spoken of elsewhere.
func (c *checker) mentions() {
	field := func(place, key string) {
		if _, _, ok := c.s.Field(key); !ok {
			c.flaw(place, "form.file-no-such", key)
		}
	}
	for i, correction := range c.s.Corrections {
		for j, key := range correction.Fields {
			field(form.Pointer("corrections", i, "fields", j), key)
		}
		for j, key := range correction.Documents {
			c.paper(form.Pointer("corrections", i, "documents", j), key)
		}
	}
	for i, paragraph := range c.s.Decision.Body {
		for _, lang := range slices.Sorted(maps.Keys(paragraph)) {
			for _, found := range placeholder.FindAllStringSubmatch(paragraph[lang], -1) {
				c.fills(form.Pointer("decision", "body", i, lang), found[1])
			}
			if strings.Count(paragraph[lang], "{{") != len(placeholder.FindAllString(paragraph[lang], -1)) {
				c.flaw(form.Pointer("decision", "body", i, lang), "procedures.file-braces")
			}
		}
	}
}

// fills checks that something stands for a placeholder.
func (c *checker) fills(place, name string) {
	key, part, _ := strings.Cut(name, ".")
	f, _, ok := c.s.Field(key)
	if slices.Contains(extras, name) || ok && (part == "" || (f.Kind == form.Address || f.Kind == form.Person) && slices.Contains(f.Asks(), part)) {
		return
	}
	c.flaw(place, "form.file-no-such", name)
}

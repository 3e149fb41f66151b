package desk

import (
	"slices"
	"strings"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/procedures"
)

// A check is something that the program has looked at for the clerk.
type check struct {
	Key  string // of a text
	Args []any
	is   verdict
}

// A verdict is what came out of a check.
type verdict int

const (
	good verdict = iota
	bad
	note // only to be known
)

// checks looks at what a clerk would otherwise have to look up.
func (o *Office) checks(d Desk, today deadline.Date) []check {
	all := append(checkPerson(d), checkFee(d)...)
	if ask, waits := d.Waiting(); waits {
		all = append(all, check{"desk.check-waiting", []any{ask.Until}, bad})
	} else {
		all = append(all, check{"desk.check-complete", nil, good})
	}
	all = append(all, o.checkDocuments(d, today)...)
	if len(d.Twins) > 0 {
		all = append(all, check{"desk.check-twins", []any{strings.Join(d.Twins, ", ")}, note})
	}
	for _, held := range d.Held {
		sent := slices.ContainsFunc(d.Documents, func(doc folder.Document) bool { return doc.Type == held })
		if typ, err := o.Catalog.DocumentType(held); err == nil && !sent && slices.Contains(serviceTypes(d.Of), held) {
			all = append(all, check{"desk.check-held", []any{typ.Title}, note})
		}
	}
	return all
}

// serviceTypes returns the types of documents that a service may ask for.
func serviceTypes(s *procedures.Service) (keys []string) {
	add := func(key string) {
		if key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, step := range s.Steps {
		for _, f := range step.Fields {
			add(f.Document)
		}
	}
	for _, t := range s.Corrections {
		for _, key := range t.Documents {
			add(key)
		}
	}
	return keys
}

// checkPerson looks at who applies, and by whom.
func checkPerson(d Desk) (all []check) {
	switch {
	case d.Level >= act.Verified:
		all = append(all, check{"desk.check-identity", nil, good})
	case d.Of.Level == procedures.Verified:
		all = append(all, check{"desk.check-no-identity", nil, bad})
	default:
		all = append(all, check{"desk.check-light", nil, note})
	}
	switch {
	case d.AtDesk:
		all = append(all, check{"desk.check-at-desk", nil, note})
	case d.FiledBy != d.Owner:
		all = append(all, check{"desk.check-mandate", []any{d.Names[d.FiledBy]}, note})
	}
	return all
}

func checkFee(d Desk) []check {
	switch {
	case d.Fee == 0:
		return nil
	case d.PaidAt.IsZero():
		return []check{{"desk.check-unpaid", []any{d.Fee}, bad}}
	}
	return []check{{"desk.check-paid", []any{d.Fee}, good}}
}

// checkDocuments looks at the validity of what was sent, and at whether somebody
// has seen the originals.
func (o *Office) checkDocuments(d Desk, today deadline.Date) (all []check) {
	given := slices.DeleteFunc(slices.Clone(d.Documents), ours)
	if len(given) == 0 {
		return nil
	}
	certified := 0
	for _, doc := range given {
		if doc.Certified != nil {
			certified++
		}
		if typ, err := o.Catalog.DocumentType(doc.Type); err == nil && !doc.ValidOn(today) {
			all = append(all, check{"desk.check-expired", []any{typ.Title, doc.Until}, bad})
		}
	}
	if len(all) == 0 {
		all = append(all, check{"desk.check-valid", []any{len(given)}, good})
	}
	if certified > 0 {
		all = append(all, check{"desk.check-certified", []any{certified}, good})
	}
	return all
}

// ours reports whether a document is from the town hall itself.
func ours(doc folder.Document) bool { return doc.Source == folder.Issued || doc.Source == folder.Sent }

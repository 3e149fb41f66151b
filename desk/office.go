package desk

import (
	"bega/cases"
	"bega/folder"
	"bega/internal/deadline"
	"bega/procedures"
)

// An Office is what the pages of the desk work with. Its fields are set before it
// is used.
type Office struct {
	Cases   *cases.Office
	Folder  *folder.Office
	Catalog *procedures.Catalogue
}

func (o *Office) today() deadline.Date { return deadline.Of(o.Cases.Now().In(o.Cases.Zone)) }

// serviceTitle returns what a service is called.
func (o *Office) serviceTitle(key, lang string) string {
	s, err := o.Catalog.Service(key, o.today())
	if err != nil {
		return key
	}
	return s.Title.In(lang)
}

// typeTitle returns what a type of document is called.
func (o *Office) typeTitle(key, lang string) string {
	typ, err := o.Catalog.DocumentType(key)
	if err != nil {
		return key
	}
	return typ.Title.In(lang)
}

// unitTitle returns what a department is called.
func (o *Office) unitTitle(key, lang string) string {
	unit, err := o.Catalog.Unit(key)
	if err != nil {
		return key
	}
	return unit.Title.In(lang)
}

package folder

import (
	"time"

	"bega/internal/deadline"
	"bega/internal/text"
)

// indexPage is the table of contents of an export. It is read without the
// portal, from a disk.
type indexPage struct {
	*text.Translator
	o    *Office
	e    Export
	Docs []packed
}

// date writes a day in figures, and nothing for no day.
func (p indexPage) date(d deadline.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Midnight(time.UTC).Format("02.01.2006")
}

// title returns what a document is called.
func (d packed) title() string {
	if d.Title != "" {
		return d.Title
	}
	return d.Name
}

package desk

import (
	"net/http"

	"bega/cases"
	"bega/folder"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/internal/web"
	"bega/internal/web/ui"
)

// say sends a message to the applicant, with files. A file that cannot be sent
// keeps the message from leaving, and the text stays.
func (p pages) say(w http.ResponseWriter, r *http.Request) error {
	typed, err := web.Parse(r)
	if err != nil {
		return err
	}
	files, wrong := p.store(r, typed.Files["fisiere"])
	if err = wrong; err == nil {
		err = p.o.Say(r.Context(), p.Actor(r), typed.Key(), r.PathValue("caz"), typed.Get("mesaj"), files)
	}
	return p.done(w, r, err, "?fila="+tabMessages, func(page *casePage) map[*fault.Fault]*ui.Input {
		page.Tab, page.Message.Value = tabMessages, typed.Get("mesaj")
		fields := map[*fault.Fault]*ui.Input{cases.ErrText: &page.Message}
		if wrong != nil {
			fields[fault.Of(wrong)] = &page.Files
		}
		return fields
	})
}

// store looks at files and stores them, or says what is wrong with the first that
// cannot be sent.
func (p pages) store(r *http.Request, files []web.File) (stored []folder.Document, err error) {
	for _, file := range files {
		if err := upload.TooLarge(file.Size); err != nil {
			return nil, err
		}
		doc, err := p.o.Folder.Store(r.Context(), file.Name, file.Bytes)
		if err != nil {
			return nil, err
		}
		stored = append(stored, doc)
	}
	return stored, nil
}

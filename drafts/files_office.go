package drafts

import (
	"context"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/upload"
	"bega/procedures"
)

// A Sent file is one that somebody chose.
type Sent struct {
	Name  string
	Bytes []byte // all of it, or so much that its size shows to be too large
	Size  int64  // of all of it
}

// anyPaper is the type of what is sent where no type is asked for.
const anyPaper = "alt-document"

// Upload puts a file into the folder of the actor, and into the draft as the
// answer, or one of the answers, to the field with that name. Whatever becomes
// of the file, all else stays. It fails with the faults of package upload,
// [ErrManyFiles], [ErrSent], and as [Office.ByID] does.
func (o *Office) Upload(ctx context.Context, actor act.Actor, key, id, name string, sent Sent) (folder.Document, error) {
	d, err := o.ByID(ctx, actor, id)
	if err != nil {
		return folder.Document{}, err
	}
	s, err := o.Service(d)
	if err != nil {
		return folder.Document{}, err
	}
	f, ok := fileField(s, name)
	if !ok {
		return folder.Document{}, act.ErrRefused
	}
	if d.Case != "" {
		return folder.Document{}, ErrSent
	}
	if err := d.room(f, name); err != nil {
		return folder.Document{}, err
	}
	paper, err := o.paper(ctx, actor, key, s, f, d.numberOf(s, f), sent)
	if err != nil {
		return folder.Document{}, err
	}
	var replaced string
	file := File{paper.Name, paper.Size}
	if _, err = o.change(ctx, actor, d, func(d *Draft) { replaced = d.attach(f, name, paper.ID, file) }); err != nil {
		return folder.Document{}, err
	}
	return paper, o.takeOut(ctx, actor, replaced)
}

// paper puts a file into the folder as what a field of a service asks for.
func (o *Office) paper(ctx context.Context, actor act.Actor, key string, s *procedures.Service, f *procedures.Field, number string, sent Sent) (folder.Document, error) {
	if err := upload.TooLarge(sent.Size); err != nil {
		return folder.Document{}, err
	}
	file, err := upload.Check(sent.Name, sent.Bytes)
	if err != nil {
		return folder.Document{}, err
	}
	typ := f.Document
	if typ == "" {
		typ = anyPaper
	}
	return o.Folder.Add(ctx, actor, key, folder.New{Type: typ, File: file, Number: number, Service: s.Key})
}

// fileField returns the field for files that has a name in the form of a
// service.
func fileField(s *procedures.Service, name string) (*procedures.Field, bool) {
	for i := range s.Steps {
		f, ok := s.Steps[i].Named(name)
		if ok && (f.Kind == procedures.Document || f.Kind == procedures.FileList) {
			return f, true
		}
	}
	return nil, false
}

// numberOf returns the number of the paper that a field asks for, if another
// field has asked for that: next time, it is read from the paper.
func (d *Draft) numberOf(s *procedures.Service, paper *procedures.Field) string {
	for i := range s.Steps {
		for j := range s.Steps[i].Fields {
			f := &s.Steps[i].Fields[j]
			if number := d.Values.Get(f.Key); paper.Document != "" && s.Steps[i].Repeat == nil && f.Prefill == "document:"+paper.Document+".number" && len(number) < 50 {
				return number
			}
		}
	}
	return ""
}

// RemoveUpload takes an upload out of the draft, and out of the folder unless
// something else needs it there. It fails with [ErrSent], and as [Office.ByID]
// does.
func (o *Office) RemoveUpload(ctx context.Context, actor act.Actor, id, fileID string) error {
	d, err := o.ByID(ctx, actor, id)
	if err != nil {
		return err
	}
	found := false
	if _, err := o.change(ctx, actor, d, func(d *Draft) { found = d.detach(fileID) }); err != nil || !found {
		return err
	}
	return o.takeOut(ctx, actor, fileID)
}

// takeOut removes an upload from the folder. That it cannot be removed, because a
// case uses it or it is gone, is no fault of who filled in the form.
func (o *Office) takeOut(ctx context.Context, actor act.Actor, fileID string) error {
	if fileID == "" {
		return nil
	}
	err := o.Folder.Remove(ctx, actor, db.NewID(), fileID)
	if kind := fault.Of(err).Kind; err != nil && (kind == fault.Missing || kind == fault.Conflict) {
		return nil
	}
	return err
}

// unusable returns problems for the documents of a form that are not in the
// folder any more, are of another type than what is asked for, or have expired.
func (o *Office) unusable(ctx context.Context, actor act.Actor, s *procedures.Service, a procedures.Answers) (problems []procedures.Problem, err error) {
	for _, row := range s.Recap(a, "ro") {
		step, _ := s.Step(row.Step)
		f, _, _ := s.Field(row.Field)
		for _, id := range row.Documents {
			problem := procedures.Problem{Field: step.FieldName(row.Item, f), Step: row.Step, Key: "form.error-missing-document"}
			paper, err := o.Folder.ByID(ctx, actor, id)
			switch {
			case err != nil && fault.Of(err).Kind != fault.Missing:
				return nil, err
			case err != nil, f.Document != "" && paper.Type != f.Document:
				problems = append(problems, problem)
			case !paper.ValidOn(o.Today()):
				problem.Key, problem.Args = "drafts.paper-expired", []any{paper.Until}
				problems = append(problems, problem)
			}
		}
	}
	return problems, nil
}

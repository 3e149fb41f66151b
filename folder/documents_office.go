package folder

import (
	"context"
	"errors"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/upload"
)

// How many documents there may be in a folder, and in that of a visitor, who may
// be a program.
const (
	mostDocuments = 2000
	mostOfVisitor = 40
	longestNumber = 60 // characters
)

// A New document is what somebody puts into a folder.
type New struct {
	Owner    act.PartyID // "" for the folder that the actor is in; the counter may name another
	Type     string
	File     upload.File
	Number   string
	IssuedOn deadline.Date
	Until    deadline.Date // no day: by the term of the type, if IssuedOn is known
	Case     string
	Service  string // that it is given for; whoever has a mandate for that may use it there
}

// namePlace and numberPlace are where what a document is called is sealed for.
func namePlace(id string) string   { return "folder_documents.name:" + id }
func numberPlace(id string) string { return "folder_documents.number:" + id }

// seal returns a document as it is stored.
func (o *Office) seal(d Document) Document {
	d.Name, d.Number = o.Vault.Seal(namePlace(d.ID), d.Name), o.Vault.Seal(numberPlace(d.ID), d.Number)
	return d
}

// unseal returns a document as it was before seal.
func (o *Office) unseal(d Document) (Document, error) {
	var err1, err2 error
	d.Name, err1 = o.Vault.Open(namePlace(d.ID), d.Name)
	d.Number, err2 = o.Vault.Open(numberPlace(d.ID), d.Number)
	return d, errors.Join(err1, err2)
}

func (o *Office) unsealAll(sealed []Document, err error) ([]Document, error) {
	for i := range sealed {
		var openErr error
		if sealed[i], openErr = o.unseal(sealed[i]); openErr != nil {
			return nil, openErr
		}
	}
	return sealed, err
}

// describe returns the document that somebody gives, or what is wrong with it.
func (o *Office) describe(actor act.Actor, n New) (Document, error) {
	d := Document{ID: db.NewID(), Owner: n.Owner, Type: n.Type, Number: strings.TrimSpace(n.Number), IssuedOn: n.IssuedOn, Until: n.Until,
		Source: Given, GivenBy: actor.Person, Case: n.Case, Service: n.Service, Added: o.Now()}
	if d.Owner == "" {
		d.Owner = actor.For
	}
	if actor.SignedIn() && actor.Person != d.Owner && (actor.Mandate == "" || actor.For != d.Owner) {
		d.Source = AtDesk
	}
	switch {
	case o.Types.TypeTitle(n.Type, "ro") == "":
		return d, ErrType
	case len([]rune(d.Number)) > longestNumber:
		return d, ErrNumber
	case d.IssuedOn.After(o.today()):
		return d, ErrIssuedOn
	case d.Until.IsZero():
		d.Until = new(deadline.Calendar).End(d.IssuedOn, o.Types.TypeTerm(n.Type))
	case d.Until.Before(d.IssuedOn):
		return d, ErrUntil
	}
	return d, nil
}

// Add puts a document into the actor's folder; a visitor has one for drafts. It
// looks at the file first, and fails with the faults of package upload, and with
// [ErrType], [ErrNumber], [ErrIssuedOn], [ErrUntil] and [ErrFull].
func (o *Office) Add(ctx context.Context, actor act.Actor, key string, n New) (Document, error) {
	d, err := o.describe(actor, n)
	if err != nil {
		return Document{}, err
	}
	on := o.on(actor, d)
	on.Case = d.Case
	if err := actor.May(act.AddDocument, on); err != nil { // before a stranger's file is stored
		return Document{}, err
	}
	file, err := upload.Check(n.File.Name, n.File.Bytes)
	if err != nil {
		return Document{}, err
	}
	if err := o.Scanner.Scan(ctx, file.Bytes); err != nil {
		return Document{}, err
	}
	d.Name, d.Media, d.Size, d.Pages = file.Name, file.Media, int64(len(file.Bytes)), file.Pages
	if d.Hash, err = o.Blobs.Put(ctx, file.Bytes); err != nil {
		return Document{}, err
	}
	var id string
	err = o.Acts.Once(ctx, actor, act.AddDocument, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		id, d.Added = d.ID, tx.At
		if err := tx.Allow(on); err != nil {
			return err
		}
		have, err := count(ctx, tx, d.Owner)
		if err != nil {
			return err
		}
		if have >= mostDocuments || have >= mostOfVisitor && !actor.SignedIn() {
			return ErrFull
		}
		return insertDocument(ctx, tx, o.seal(d))
	})
	if err != nil || id == d.ID {
		return d, err
	}
	first, err := byID(ctx, o.DB, id) // the key was used before: it is the same document
	if err != nil {
		return Document{}, err
	}
	return o.unseal(first)
}

// Issue puts a paper of the town hall into a folder, in the act that issues it.
// An official who may do so does it, and otherwise the program.
func (o *Office) Issue(ctx context.Context, tx *act.Tx, d Document) (id string, err error) {
	d.ID, d.Source, d.GivenBy, d.Added, d.Hash = db.NewID(), Issued, "", tx.At, ""
	if d.Media == "" {
		d.Media = "application/pdf"
	}
	on := act.On{Subject: subject(d.ID), Owner: d.Owner, Unit: tx.Actor.Unit, Case: d.Case}
	issuer := tx.Actor
	if issuer.May(act.IssueDocument, on) != nil {
		issuer = act.Machine
	}
	issuing := tx.As(issuer, act.IssueDocument)
	if err := issuing.Allow(on); err != nil {
		return "", err
	}
	if err := issuing.Enter(ctx); err != nil {
		return "", err
	}
	return d.ID, insertDocument(ctx, tx, o.seal(d))
}

// permitted returns the documents of the folder that the actor is in which they
// may open, as they are stored.
func (o *Office) permitted(ctx context.Context, actor act.Actor) ([]Document, error) {
	docs, err := ofOwner(ctx, o.DB, actor.For)
	return slices.DeleteFunc(docs, func(d Document) bool { return actor.May(act.OpenDocument, o.on(actor, d)) != nil }), err
}

// Offer returns the documents of the actor's folder that can be used on a day
// where that type is asked for, the best first: certified, then newest.
// Expired ones come last, so that a page can say so.
func (o *Office) Offer(ctx context.Context, actor act.Actor, typ string) ([]Document, error) {
	docs, err := o.permitted(ctx, actor)
	docs = slices.DeleteFunc(docs, func(d Document) bool { return d.Type != typ })
	today := o.today()
	slices.SortFunc(docs, func(a, b Document) int {
		if better(a, b, today) {
			return -1
		}
		return 1
	})
	return o.unsealAll(docs, err)
}

// Has reports which types the actor's folder has a valid document of.
func (o *Office) Has(ctx context.Context, actor act.Actor, types []string) (map[string]bool, error) {
	docs, err := o.permitted(ctx, actor)
	has := map[string]bool{}
	for _, d := range docs {
		if d.ValidOn(o.today()) && slices.Contains(types, d.Type) {
			has[d.Type] = true
		}
	}
	return has, err
}

// Documents returns the folder of the actor, the newest first.
func (o *Office) Documents(ctx context.Context, actor act.Actor) ([]Document, error) {
	if err := actor.May(act.ReadFolder, all(actor.For)); err != nil {
		return nil, err
	}
	return o.unsealAll(ofOwner(ctx, o.DB, actor.For))
}

// ByID returns a document of the actor's folder, or [ErrUnknown].
func (o *Office) ByID(ctx context.Context, actor act.Actor, id string) (Document, error) {
	d, err := byID(ctx, o.DB, id)
	if err != nil {
		return Document{}, err
	}
	if !d.Removed.IsZero() || actor.May(act.OpenDocument, o.on(actor, d)) != nil {
		return Document{}, ErrUnknown
	}
	return o.unseal(d)
}

// Open returns a document and its content. An official opens it for a case
// that its owner let use it; the owner reads about that. It fails with
// [ErrUnknown].
func (o *Office) Open(ctx context.Context, actor act.Actor, id, caseID string) (Document, []byte, error) {
	d, err := o.ByID(ctx, actor, id)
	if errors.Is(err, ErrUnknown) && actor.Staff() {
		d, err = o.openFor(ctx, actor, act.OpenDocument, id, caseID)
	}
	if err != nil {
		return Document{}, nil, err
	}
	data, err := o.content(ctx, d)
	return d, data, err
}

// openFor records that an official opens a document for a case, and returns it.
func (o *Office) openFor(ctx context.Context, actor act.Actor, verb act.Verb, id, caseID string) (d Document, err error) {
	err = o.Acts.Do(ctx, actor, verb, func(ctx context.Context, tx *act.Tx) error {
		d, err = used(ctx, tx, id, caseID)
		return err
	})
	if err != nil {
		return Document{}, hidden(err)
	}
	return o.unseal(d)
}

// used allows an act by an official on a document that a case may use, and
// returns the document.
func used(ctx context.Context, tx *act.Tx, id, caseID string) (Document, error) {
	c, err := consent(ctx, tx, caseID, id)
	if err != nil {
		return Document{}, err
	}
	d, err := byID(ctx, tx, id)
	if err != nil {
		return Document{}, err
	}
	return d, tx.Allow(act.On{Subject: subject(id), Owner: d.Owner, Unit: c.Unit, Case: caseID, Purpose: "folder.for-case"})
}

// content returns the file of a document.
func (o *Office) content(ctx context.Context, d Document) ([]byte, error) {
	if d.Paper != "" {
		return o.Papers.Bytes(ctx, d.Paper)
	}
	return o.Blobs.Get(ctx, d.Hash)
}

// Certify confirms that an official compared a document with the original, for
// a case that may use it. It fails with [ErrUnknown], [ErrIssued] and
// [ErrCertified].
func (o *Office) Certify(ctx context.Context, actor act.Actor, key, id, caseID string) error {
	var done bool
	return hidden(o.Acts.Once(ctx, actor, act.CertifyCopy, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		d, err := used(ctx, tx, id, caseID)
		if err != nil {
			return err
		}
		if d.Paper != "" {
			return ErrIssued
		}
		return certify(ctx, tx, id, Certification{By: actor.Person, Unit: actor.Unit, At: tx.At, Hash: d.Hash})
	}))
}

// Claim moves what was put into a visitor's folder into that of the person who
// has signed in, in the act that claims the draft.
func (o *Office) Claim(ctx context.Context, tx *act.Tx, visitor, person act.PartyID) error {
	docs, err := ofOwner(ctx, tx, visitor)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if err := tx.Also(ctx, act.AddDocument, act.On{Subject: subject(d.ID), Owner: person}); err != nil {
			return err
		}
	}
	return claim(ctx, tx, visitor, person)
}

// Remove takes an upload out of the folder, unless a running case uses it. Whoever
// has a mandate for some services may take out what they put there. It fails with
// [ErrUnknown], [ErrIssued] and [ErrInUse].
func (o *Office) Remove(ctx context.Context, actor act.Actor, key, id string) error {
	var done bool
	return hidden(o.Acts.Once(ctx, actor, act.RemoveDocument, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		d, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		on := o.on(actor, d)
		if d.GivenBy != actor.Person {
			on.Service = "" // the whole folder
		}
		if err := tx.Allow(on); err != nil {
			return err
		}
		if d.Source == Issued {
			return ErrIssued
		}
		if busy, err := inUse(ctx, tx, id); err != nil || busy {
			return errors.Join(err, ErrInUse)
		}
		return remove(ctx, tx, id, tx.At)
	}))
}

// held is a file that some row names.
func (o *Office) held(ctx context.Context, hash blob.Hash) (bool, error) {
	if named, err := names(ctx, o.DB, hash); err != nil || named {
		return named, err
	}
	for _, names := range o.Named {
		if named, err := names(ctx, hash); err != nil || named {
			return named, err
		}
	}
	return false, nil
}

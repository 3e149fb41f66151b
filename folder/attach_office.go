package folder

import (
	"context"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/upload"
)

// attachedType is the type of what an official sends along with a message.
const attachedType = "alt-document"

// Store looks at a file that an official wants to send to somebody, and stores
// it. It fails with the faults of package upload. It is in nobody's folder before
// [Office.Attach].
func (o *Office) Store(ctx context.Context, name string, data []byte) (Document, error) {
	file, err := upload.Check(name, data)
	if err != nil {
		return Document{}, err
	}
	if err := o.Scanner.Scan(ctx, file.Bytes); err != nil {
		return Document{}, err
	}
	hash, err := o.Blobs.Put(ctx, file.Bytes)
	return Document{Type: attachedType, Name: file.Name, Media: file.Media, Size: int64(len(file.Bytes)), Pages: file.Pages, Hash: hash}, err
}

// Attach puts a file that was stored into the folder of whoever it is sent to, in
// the act that sends it. The case may use it, so both sides can open it.
func (o *Office) Attach(ctx context.Context, tx *act.Tx, owner act.PartyID, unit, caseID string, d Document) (id string, err error) {
	d.ID, d.Owner, d.Source, d.GivenBy, d.Added, d.Case = db.NewID(), owner, Sent, tx.Actor.Person, tx.At, caseID
	d.IssuedOn = deadline.Of(tx.At.In(o.Zone))
	if err := insertDocument(ctx, tx, o.seal(d)); err != nil {
		return "", err
	}
	return d.ID, insertConsent(ctx, tx, Consent{Case: caseID, Document: d.ID, Unit: unit, By: tx.Actor.Person, At: tx.At})
}

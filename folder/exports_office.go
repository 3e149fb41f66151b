package folder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
)

// AskExport has a copy of the actor's folder packed. Who asks again while one is
// being packed gets that one.
func (o *Office) AskExport(ctx context.Context, actor act.Actor, key, lang string) (id string, err error) {
	err = o.Acts.Once(ctx, actor, act.ExportFolder, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		e := Export{ID: db.NewID(), Owner: actor.For, Requester: actor.Person, Lang: lang, Asked: tx.At}
		if err := tx.Allow(act.On{Subject: "export " + e.ID, Owner: e.Owner}); err != nil {
			return err
		}
		have, err := exports(ctx, tx, actor.Person, actor.For)
		if err != nil {
			return err
		}
		if id = e.ID; len(have) > 0 && have[0].Ready.IsZero() && have[0].Removed.IsZero() {
			id = have[0].ID
			return nil
		}
		if err := insertExport(ctx, tx, e); err != nil {
			return err
		}
		return o.Build.Add(ctx, tx.Tx, e.ID)
	})
	return id, err
}

// Exports returns the copies of the folder that the actor has asked for and that
// are there or will be, the latest first.
func (o *Office) Exports(ctx context.Context, actor act.Actor) (there []Export, err error) {
	if err := actor.May(act.ExportFolder, all(actor.For)); err != nil {
		return nil, err
	}
	list, err := exports(ctx, o.DB, actor.Person, actor.For)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if !e.Ready.IsZero() && !e.there(o.Now()) {
			continue
		}
		if e.Parts, err = parts(ctx, o.DB, e.ID); err != nil {
			return nil, err
		}
		there = append(there, e)
	}
	return there, nil
}

// Fetch returns a part of an export to who asked for it, while they may still
// take that folder along. It fails with [ErrUnknown].
func (o *Office) Fetch(ctx context.Context, actor act.Actor, id string, n int) (name string, data []byte, err error) {
	e, err := exportByID(ctx, o.DB, id)
	if err != nil {
		return "", nil, err
	}
	if actor.May(act.ExportFolder, all(e.Owner)) != nil || e.Requester != actor.Person || !e.there(o.Now()) || n < 1 || n > len(e.Parts) {
		return "", nil, ErrUnknown
	}
	data, err = o.Blobs.Get(ctx, e.Parts[n-1].Hash)
	return e.FileName(n), data, err
}

// BuildExport packs a copy of a folder, and tells who asked for it. It may run
// twice.
func (o *Office) BuildExport(ctx context.Context, id string) error {
	e, err := exportByID(ctx, o.DB, id)
	if err != nil || !e.Ready.IsZero() || !e.Removed.IsZero() {
		return err
	}
	var made []Part
	p := &packer{most: blob.MaxBytes, at: o.Now(), done: func(archive []byte) error {
		hash, err := o.Blobs.Put(ctx, archive)
		made = append(made, Part{len(made) + 1, hash, int64(len(archive))})
		return err
	}}
	if err := o.pack(ctx, p, e); err != nil {
		return err
	}
	err = o.Acts.Do(ctx, act.Machine, act.TidyFolder, func(ctx context.Context, tx *act.Tx) error {
		won, err := setReady(ctx, tx, id, tx.At)
		if err != nil || !won {
			return errors.Join(err, errTold)
		}
		for _, part := range made {
			if err := insertPart(ctx, tx, id, part); err != nil {
				return err
			}
		}
		if err := tx.Allow(act.On{Subject: "export " + id, Owner: e.Owner}); err != nil {
			return err
		}
		return o.Notices.Send(ctx, tx, e.Requester, "folder.export-ready", []any{o.day(tx.At.Add(kept))}, "/dosar/export", "", "folder.export "+id)
	})
	if errors.Is(err, errTold) {
		return nil
	}
	return err
}

// A packed document is one of an export: what is known about it, and where its
// file is in the archive.
type packed struct {
	Document
	Title string
	Path  string
}

// pack packs the index, the data and then every file, one at a time.
func (o *Office) pack(ctx context.Context, p *packer, e Export) error {
	docs, err := o.unsealAll(ofOwner(ctx, o.DB, e.Owner))
	if err != nil {
		return err
	}
	all := make([]packed, len(docs))
	for i, d := range docs {
		all[i] = packed{d, o.Types.TypeTitle(d.Type, e.Lang), fmt.Sprintf("documente/%03d-%s", i+1, d.Name)}
		if d.Paper != "" {
			all[i].Path = "acte/" + d.Paper + ".pdf"
		}
	}
	data, err := o.data(ctx, e, all)
	if err != nil {
		return err
	}
	var index bytes.Buffer
	if err := (indexPage{o.Texts.For(e.Lang), o, e, all}).view().Render(ctx, &index); err != nil {
		return err
	}
	if err := errors.Join(p.add("index.html", index.Bytes()), p.add("data.json", data)); err != nil {
		return err
	}
	for _, d := range all {
		file, err := o.content(ctx, d.Document)
		if err != nil {
			return err
		}
		if err := p.add(d.Path, file); err != nil {
			return err
		}
	}
	return p.close()
}

// data returns all that is known about a party, as JSON: its documents, the acts
// about it, and what other rooms add.
func (o *Office) data(ctx context.Context, e Export, docs []packed) ([]byte, error) {
	all := map[string]any{"documents": records(docs)}
	acts, _, err := part(ctx, o.Acts.About, e.Owner, "", "", 1<<30)
	if err != nil {
		return nil, err
	}
	history := make([]map[string]any, len(acts))
	for i, a := range acts {
		history[i] = map[string]any{"id": a.ID, "at": a.At, "verb": a.Verb, "subject": a.Subject, "role": a.Role, "unit": a.Unit, "case": a.Case, "purpose": a.Purpose,
			"mandate": a.Mandate}
		if a.Role == "" { // officials are named by what they are
			history[i]["person"], history[i]["for"] = a.Person, a.For
		}
	}
	all["acts"] = history
	for _, exporter := range o.Exporters {
		name, data, err := exporter.Export(ctx, e.Owner)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", name, err)
		}
		all[name] = data
	}
	return json.MarshalIndent(all, "", "  ")
}

// records returns documents as data.json has them.
func records(docs []packed) []map[string]any {
	list := make([]map[string]any, len(docs))
	for i, d := range docs {
		list[i] = map[string]any{"id": d.ID, "type": d.Type, "title": d.Title, "name": d.Name, "issuer": d.Issuer, "number": d.Number, "issuedOn": d.IssuedOn,
			"until": d.Until, "source": d.Source, "added": d.Added, "media": d.Media, "size": d.Size, "sha256": d.Hash, "code": d.Paper, "case": d.Case, "file": d.Path}
		if d.Certified != nil {
			list[i]["certified"] = map[string]any{"unit": d.Certified.Unit, "at": d.Certified.At, "sha256": d.Certified.Hash}
		}
	}
	return list
}

// RemoveOldExports removes the copies that were there for a week.
func (o *Office) RemoveOldExports(ctx context.Context) error {
	old, err := oldExports(ctx, o.DB, o.Now().Add(-kept))
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Parts, err = parts(ctx, o.DB, e.ID); err != nil {
			return err
		}
		err := o.Acts.Do(ctx, act.Machine, act.TidyFolder, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Allow(act.On{Subject: "export " + e.ID, Owner: e.Owner}); err != nil {
				return err
			}
			return setRemoved(ctx, tx, e.ID, tx.At)
		})
		if err != nil {
			return err
		}
		for _, part := range e.Parts {
			held, err := o.held(ctx, part.Hash)
			if err == nil && !held {
				err = o.Blobs.Delete(ctx, part.Hash)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// href returns where a file is in the archive, as a link of the index.
func (d packed) href() string { return (&url.URL{Path: d.Path}).String() }

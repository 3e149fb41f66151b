package api

import (
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bega/folder"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/upload"
	"bega/payments"
)

// A Document is a document of the folder.
type Document struct {
	ID        string    `json:"id"`
	Type      string    `json:"type" doc:"Key of the document type in the catalogue."`
	Name      string    `json:"name"`
	Issuer    string    `json:"issuer"`
	Issued    string    `json:"issued" doc:"Day of issue; empty if not known."`
	Until     string    `json:"until" doc:"Last day of validity; empty if it has none."`
	Source    string    `json:"source" enum:"given,desk,issued,fetched,sent"`
	Added     time.Time `json:"added"`
	Media     string    `json:"media"`
	Size      int64     `json:"size" doc:"In bytes."`
	Hash      string    `json:"sha256"`
	Certified bool      `json:"certified" doc:"An official has seen the original."`
	Paper     string    `json:"paper" doc:"Code of what the town hall issued; empty for uploads."`
}

func documentOf(d folder.Document) Document {
	return Document{ID: d.ID, Type: d.Type, Name: d.Name, Issuer: d.Issuer, Issued: d.IssuedOn.String(), Until: d.Until.String(), Source: string(d.Source),
		Added: d.Added, Media: d.Media, Size: d.Size, Hash: string(d.Hash), Certified: d.Certified != nil, Paper: d.Paper}
}

// An Act is what somebody did in the folder, or with the data in it.
type Act struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Verb    string    `json:"verb" example:"folder.open"`
	Subject string    `json:"subject" doc:"Kind and ID of what it was done to."`
	Role    string    `json:"role" doc:"As which official; empty for residents."`
	Unit    string    `json:"unit" doc:"Department of the official."`
	Case    string    `json:"case"`
}

// A Notice is a message in the inbox.
type Notice struct {
	ID      string    `json:"id"`
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
	Link    string    `json:"link" doc:"Path where to go on; empty for none."`
	Case    string    `json:"case"`
	At      time.Time `json:"at"`
	Read    bool      `json:"read"`
}

// An Order is something to be paid.
type Order struct {
	ID      string     `json:"id"`
	Case    string     `json:"case"`
	Number  string     `json:"number"`
	Total   int64      `json:"totalBani"`
	State   string     `json:"state" enum:"open,pending,paid,cancelled,refunded"`
	PaidAt  *time.Time `json:"paidAt"`
	Receipt string     `json:"receipt" doc:"Code of the proof of payment."`
	Page    string     `json:"page" doc:"Path where it is paid."`
}

func orderOf(o payments.Order, under string) Order {
	out := Order{ID: o.ID, Case: o.Case, Number: o.Number, Total: int64(o.Total), State: string(o.State), Receipt: o.Receipt, Page: under + o.ID}
	if !o.PaidAt.IsZero() {
		out.PaidAt = &o.PaidAt
	}
	return out
}

func (a *API) folder() {
	op(a, http.MethodGet, "/documents", "list-documents", "The folder", act.ReadFolder, func(ctx context.Context, c caller, _ *nothing) (*list[Document], error) {
		found, err := a.Folder.Documents(ctx, c.Actor)
		var all []Document
		for _, d := range found {
			all = append(all, documentOf(d))
		}
		return listOf(all), err
	})
	type which struct {
		ID string `path:"document"`
	}
	op(a, http.MethodGet, "/documents/{document}/file", "get-document", "The file of a document", act.OpenDocument, func(ctx context.Context, c caller, in *which) (*fetched, error) {
		d, data, err := a.Folder.Open(ctx, c.Actor, in.ID, "")
		if err != nil {
			return nil, err
		}
		return &fetched{d.Media, mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}), data}, nil
	})
	content := map[string]*huma.MediaType{}
	for _, media := range []string{"application/pdf", "image/jpeg", "image/png"} {
		content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	a.huma.OpenAPI().Paths[Root+"/documents/{document}/file"].Get.Responses["200"].Content = content
	type form struct {
		Keyed
		RawBody huma.MultipartFormFiles[struct {
			File   huma.FormFile `form:"file" required:"true"`
			Type   string        `form:"type" required:"true" doc:"Key of the document type."`
			Number string        `form:"number" required:"false" doc:"Such as a plate or a land book number."`
			Issued string        `form:"issued" required:"false" doc:"Day of issue, as 2026-03-02."`
		}]
	}
	op(a, http.MethodPost, "/documents", "add-document", "Put a document into the folder", act.AddDocument, func(ctx context.Context, c caller, in *form) (*one[Document], error) {
		sent := in.RawBody.Data()
		data, err := upload.Read(sent.File)
		if err != nil {
			return nil, err
		}
		n := folder.New{Type: sent.Type, Number: sent.Number}
		if n.File, err = upload.Check(sent.File.Filename, data); err != nil {
			return nil, err
		}
		if sent.Issued != "" {
			if n.IssuedOn, err = deadline.Parse(sent.Issued); err != nil {
				return nil, folder.ErrIssuedOn
			}
		}
		d, err := a.Folder.Add(ctx, c.Actor, in.Key, n)
		return &one[Document]{documentOf(d)}, err
	})
}

func (a *API) rest() {
	type older struct {
		Before string `query:"before" maxLength:"100" doc:"ID of the last entry that is known already."`
	}
	op(a, http.MethodGet, "/history", "list-history", "Who did what in the folder, and who has seen it; the newest first", act.ReadHistory, func(ctx context.Context, c caller, in *older) (*list[Act], error) {
		found, _, err := a.Folder.History(ctx, c.Actor, folder.Everybody, in.Before, 100)
		var all []Act
		for _, e := range found {
			all = append(all, Act{e.ID, e.At, string(e.Verb), e.Subject, string(e.Role), e.Unit, e.Case})
		}
		return listOf(all), err
	})
	op(a, http.MethodGet, "/messages", "list-messages", "The inbox", act.ReadNotices, func(ctx context.Context, c caller, _ *nothing) (*list[Notice], error) {
		found, err := a.Notices.Inbox(ctx, c.Actor, c.Lang(), "", 100)
		var all []Notice
		for _, n := range found {
			all = append(all, Notice{n.ID, n.Subject, n.Body, n.Link, n.Case, n.At, !n.Read.IsZero()})
		}
		return listOf(all), err
	})
	op(a, http.MethodGet, "/orders", "list-orders", "What is to be paid and was paid", act.ReadPayments, func(ctx context.Context, c caller, _ *nothing) (*list[Order], error) {
		found, err := a.Payments.Orders(ctx, c.Actor)
		var all []Order
		for _, o := range found {
			all = append(all, orderOf(o, "/plati/"))
		}
		return listOf(all), err
	})
}

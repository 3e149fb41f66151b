package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bega/drafts"
	"bega/internal/act"
	"bega/procedures"
)

// A Draft is an application that was not sent yet.
type Draft struct {
	ID      string            `json:"id"`
	Service string            `json:"service"`
	Version int               `json:"version" doc:"Of the service."`
	Values  procedures.Values `json:"values" doc:"As typed, by name of the field; see the service's definition."`
	Edition int               `json:"edition" doc:"What send has to name: that which was looked at."`
	Began   time.Time         `json:"began"`
	Saved   time.Time         `json:"saved"`
	Case    string            `json:"case" doc:"ID of the case that it became; empty while it is a draft."`
	Page    string            `json:"page"`
}

func draftOf(d drafts.Draft) *one[Draft] {
	return &one[Draft]{Draft{ID: d.ID, Service: d.Service, Version: d.Version, Values: d.Values, Edition: d.Edition,
		Began: d.Began, Saved: d.Saved, Case: d.Case, Page: d.Link()}}
}

// OfDraft is embedded in what names a draft in the path.
type OfDraft struct {
	ID string `path:"draft"`
}

func (a *API) drafts() {
	op(a, http.MethodGet, "/drafts", "list-drafts", "Applications that were not sent", act.ReadDraft, func(ctx context.Context, c caller, _ *nothing) (*list[Draft], error) {
		found, err := a.Drafts.Drafts(ctx, c.Actor)
		var all []Draft
		for _, d := range found {
			all = append(all, draftOf(d).Body)
		}
		return listOf(all), err
	})
	type begin struct {
		Keyed
		Body struct {
			Service string            `json:"service" example:"certificat-fiscal"`
			Values  procedures.Values `json:"values,omitempty" doc:"What is filled in at the beginning, as by a link; see /servicii/{service}/schema."`
		}
	}
	op(a, http.MethodPost, "/drafts", "begin-draft", "Begin an application", act.BeginDraft, func(ctx context.Context, c caller, in *begin) (*one[Draft], error) {
		d, err := a.Drafts.Begin(ctx, c.Actor, in.Key, in.Body.Service, true, in.Body.Values)
		return draftOf(d), err
	})
	op(a, http.MethodGet, "/drafts/{draft}", "get-draft", "One draft", act.ReadDraft, func(ctx context.Context, c caller, in *OfDraft) (*one[Draft], error) {
		d, err := a.Drafts.ByID(ctx, c.Actor, in.ID)
		return draftOf(d), err
	})
	type answers struct {
		OfDraft
		Step string `path:"step" doc:"Key of the step of the form."`
		Body struct {
			Values procedures.Values `json:"values" doc:"All fields of the step, by name, as a browser would post them."`
		}
	}
	op(a, http.MethodPut, "/drafts/{draft}/steps/{step}", "save-draft", "Save the answers of one step, right or wrong", act.KeepDraft, func(ctx context.Context, c caller, in *answers) (*one[Draft], error) {
		page := drafts.Page{Step: in.Step, Values: in.Body.Values}
		for name := range in.Body.Values {
			page.Asked = append(page.Asked, name)
		}
		d, err := a.Drafts.Save(ctx, c.Actor, in.ID, page)
		return draftOf(d), err
	})
	type send struct {
		OfDraft
		Body struct {
			Edition int `json:"edition"`
		}
	}
	type sent struct {
		Case string `json:"case" doc:"ID of the case."`
	}
	op(a, http.MethodPost, "/drafts/{draft}/send", "send-draft", "Send an application; it is registered at once", act.FileCase, func(ctx context.Context, c caller, in *send) (*one[sent], error) {
		id, err := a.Drafts.Send(ctx, c.Actor, in.ID, in.Body.Edition)
		if err != nil {
			return nil, a.wrong(ctx, c, in.ID, err)
		}
		return &one[sent]{sent{id}}, nil
	})
	op(a, http.MethodDelete, "/drafts/{draft}", "discard-draft", "Throw a draft away, for 30 days", act.DiscardDraft, func(ctx context.Context, c caller, in *OfDraft) (*nothing, error) {
		return &nothing{}, a.Drafts.Discard(ctx, c.Actor, in.ID)
	})
}

// wrong adds to a refusal what is wrong with each field.
func (a *API) wrong(ctx context.Context, c caller, id string, refused error) error {
	d, err := a.Drafts.ByID(ctx, c.Actor, id)
	if err != nil {
		return refused
	}
	_, problems, err := a.Drafts.Read(ctx, c.Actor, d)
	if err != nil || len(problems) == 0 {
		return refused
	}
	w := &wrongAnswers{error: refused}
	for _, p := range problems {
		w.details = append(w.details, &huma.ErrorDetail{Location: "values." + p.Field, Message: p.In(c.Translator)})
	}
	return w
}

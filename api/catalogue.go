package api

import (
	"context"
	"net/http"
	"time"

	"bega/internal/act"
	"bega/procedures"
)

// An Overview is what is to be known first of a service of the catalogue.
type Overview struct {
	Key       string   `json:"key" example:"certificat-fiscal"`
	Version   int      `json:"version"`
	Title     string   `json:"title"`
	Summary   string   `json:"summary"`
	Outcome   string   `json:"outcome"`
	Unit      string   `json:"unit" doc:"Department that decides."`
	Persons   bool     `json:"persons" doc:"Natural persons may ask."`
	Firms     bool     `json:"firms" doc:"Legal persons may ask."`
	Level     string   `json:"level" enum:"light,verified" doc:"How well the town hall has to know who files."`
	TermDays  int      `json:"termDays" doc:"Legal term, in its unit."`
	TermUnit  string   `json:"termUnit" enum:"day,month,year"`
	TermMode  string   `json:"termMode" enum:"calendar,free,working"`
	Tacit     bool     `json:"tacitApproval" doc:"Silence approves (OUG 27/2003)."`
	Documents []string `json:"documents" doc:"Types of documents that may be asked for."`
	Page      string   `json:"page" doc:"Path of its page."`
}

func (a *API) service(s *procedures.Service, lang string) Overview {
	out := Overview{Key: s.Key, Version: s.Version, Title: s.Title.In(lang), Summary: s.Summary.In(lang), Outcome: s.Outcome.In(lang), Unit: s.Unit,
		Persons: s.Persons, Firms: s.Firms, Level: string(s.Level), TermDays: s.Term.N, TermUnit: string(s.Term.Unit), TermMode: string(s.Term.Mode),
		Tacit: s.Tacit, Documents: []string{}, Page: "/servicii/" + s.Key}
	for _, step := range s.Steps {
		for _, field := range step.Fields {
			if field.Document != "" {
				out.Documents = append(out.Documents, field.Document)
			}
		}
	}
	return out
}

// A ServiceForm is all of a service, with its questions.
type ServiceForm struct {
	Overview
	Definition *procedures.Service `json:"definition" doc:"The whole definition, as in the city pack."`
}

// A Paper is what anybody may know of an official document.
type Paper struct {
	Code    string    `json:"code"`
	Kind    string    `json:"kind"`
	Number  string    `json:"number" doc:"Registration number; empty for what has none."`
	Issued  time.Time `json:"issued"`
	Until   string    `json:"until" doc:"Last day of validity; empty for no end."`
	Hash    string    `json:"sha256" doc:"Of the sealed PDF; empty while it is being sealed."`
	Revoked bool      `json:"revoked"`
}

func (a *API) catalogue() {
	type search struct {
		Query string `query:"q" maxLength:"200" doc:"What somebody looks for, in their own words."`
	}
	op(a, http.MethodGet, "/services", "list-services", "Find services", act.ReadPublic, func(ctx context.Context, c caller, in *search) (*list[Overview], error) {
		found, err := a.Procedures.Find(ctx, c.Actor, procedures.Wish{Words: in.Query}, c.Lang())
		var all []Overview
		for _, offer := range found {
			all = append(all, a.service(offer.Service, c.Lang()))
		}
		return listOf(all), err
	})
	type which struct {
		Key string `path:"service" example:"certificat-fiscal"`
	}
	op(a, http.MethodGet, "/services/{service}", "get-service", "One service with its form", act.ReadPublic, func(ctx context.Context, c caller, in *which) (*one[ServiceForm], error) {
		offer, err := a.Procedures.Offer(ctx, c.Actor, in.Key)
		if err != nil {
			return nil, err
		}
		return &one[ServiceForm]{ServiceForm{a.service(offer.Service, c.Lang()), offer.Service}}, nil
	})
	type coded struct {
		Code string `path:"code" example:"7K4Q-M2XD-9R"`
	}
	op(a, http.MethodGet, "/verify/{code}", "verify", "Is a document genuine?", act.ReadPublic, func(ctx context.Context, c caller, in *coded) (*one[Paper], error) {
		p, err := a.Registry.LookUp(ctx, in.Code, c.address)
		if err != nil {
			return nil, err
		}
		out := Paper{Code: p.Code, Kind: string(p.Kind), Number: p.Number, Issued: p.At, Until: p.Until.String(), Hash: p.Hash, Revoked: !p.Revoked.IsZero()}
		return &one[Paper]{out}, nil
	})
}

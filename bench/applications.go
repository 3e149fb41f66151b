package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/pdf"
	"bega/internal/upload"
	"bega/portal"
	"bega/procedures"
)

// home is an address as forms post it.
func home(field string) procedures.Values {
	return procedures.Values{field + ".localitate": {"Timișoara"}, field + ".strada": {"Strada Alba Iulia"}, field + ".numar": {"7"}, field + ".cod": {"300077"}}
}

// with adds what is typed into further fields.
func with(values, more procedures.Values) procedures.Values {
	maps.Copy(values, more)
	return values
}

// typed is what applicants type: a few services, each with a register of its
// own, two with a fee.
var typed = map[string]procedures.Values{
	"petitie": with(home("adresa"), procedures.Values{"domeniu": {"parcare"}, "nume": {"Locuitor Demo"},
		"text": {"Mașinile parchează pe trotuar la intersecția cu strada Memorandului, în fiecare seară."}}),
	"certificat-fiscal":  {"scop": {"cumparare"}},
	"informatii-publice": {"informatii": {"Câți arbori s-au plantat în oraș în 2025, pe cartiere?"}, "nume": {"Locuitor Demo"}, "cum": {"digital"}},
	"abonament-parcare":  with(home("adresa"), procedures.Values{"zona": {"galbena"}, "numar": {"TM 07 ABC"}, "proprietar": {"eu"}}),
}

// apply returns an application of the actor, ready to be filed. Where the form
// asks for a document it names one of the folder.
func apply(ctx context.Context, rooms portal.Rooms, actor act.Actor, key string) (cases.Application, error) {
	env, err := rooms.Cases.Env(ctx, actor)
	if err != nil {
		return cases.Application{}, err
	}
	service, err := rooms.Catalog.Service(key, env.Today)
	if err != nil {
		return cases.Application{}, err
	}
	values := maps.Clone(typed[key])
	for _, step := range service.Steps {
		for _, field := range step.Fields {
			if field.Document == "" {
				continue
			}
			offered, err := rooms.Folder.Offer(ctx, actor, field.Document)
			if err != nil {
				return cases.Application{}, err
			}
			if len(offered) > 0 {
				values[field.Key] = []string{offered[0].ID}
			}
		}
	}
	answers, problems := service.Parse(values, env)
	if len(problems) > 0 {
		return cases.Application{}, fmt.Errorf("%s: %+v", key, problems)
	}
	return cases.Application{Service: key, Version: service.Version, Answers: answers}, nil
}

// file files an application as what a draft has become. The same key repeats
// the answer.
func file(ctx context.Context, rooms portal.Rooms, actor act.Actor, key string, a cases.Application) (cases.Case, error) {
	a.Draft = key
	return rooms.Cases.File(ctx, actor, key, a, func(context.Context, *act.Tx, cases.Case) error { return nil })
}

// A drawer holds papers to be put into folders.
type drawer []folder.New

// paperTypes are what people have at hand.
var paperTypes = []string{"carte-identitate", "talon", "extras-cf", "plan-cadastral", "plan-situatie", "dovada-proprietate",
	"contract-spatiu", "imputernicire", "certificat-stare-civila", "alt-document"}

// papers makes one paper of each type.
func papers() (d drawer, err error) {
	for i, typ := range paperTypes {
		made, err := pdf.Make(pdf.Document{Lang: "ro", Title: "Document de probă", Subject: typ, Issuer: pdf.Issuer{Authority: "Document de probă"},
			Blocks: pdf.Blocks{pdf.Paragraph{Text: "Acest fișier ține locul unui act adevărat."}}}, time.Unix(0, 0))
		if err != nil {
			return nil, err
		}
		checked, err := upload.Check(typ+".pdf", made)
		if err != nil {
			return nil, err
		}
		d = append(d, folder.New{Type: typ, File: checked, Number: fmt.Sprintf("TM %06d", i)})
	}
	return d, nil
}

// furnish gives somebody a folder as people have it after some years: ten
// documents, eight cases, two of them with a fee to pay, and a notice about each.
func furnish(ctx context.Context, rooms portal.Rooms, actor act.Actor, d drawer) error {
	for _, paper := range d {
		if _, err := rooms.Folder.Add(ctx, actor, db.NewID(), paper); err != nil {
			return err
		}
	}
	for _, service := range []string{"abonament-parcare", "abonament-parcare", "petitie", "petitie", "informatii-publice",
		"certificat-fiscal", "certificat-fiscal", "certificat-fiscal"} {
		a, err := apply(ctx, rooms, actor, service)
		if err != nil {
			return err
		}
		if _, err := file(ctx, rooms, actor, db.NewID(), a); err != nil {
			return err
		}
	}
	return nil
}

package demo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bega/cases"
	"bega/folder"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/pdf"
	"bega/internal/upload"
	"bega/procedures"
)

// A deed is something that happened in the demonstration town.
type deed struct {
	ago time.Duration
	do  func(ctx context.Context) error
}

const day = 24 * time.Hour

// past carries out what happened, in the order of time.
func (s *seed) past(ctx context.Context, deeds []deed) error {
	slices.SortStableFunc(deeds, func(a, b deed) int { return cmp.Compare(b.ago, a.ago) })
	for _, d := range deeds {
		s.SetBack(d.ago)
		if err := d.do(ctx); err != nil {
			return fmt.Errorf("%s ago: %w", d.ago, err)
		}
	}
	s.SetBack(0)
	return nil
}

// A paper is a document that somebody of the demonstration has.
type paper struct {
	typ, number string
	issued      time.Duration // how long ago
	until       int           // months after its issue; 0 by its type
}

var demoPapers = map[string][]paper{
	"stefania": {{"carte-identitate", "TZ 000001", 900 * day, 84}, {"talon", "TM 07 ABC", 600 * day, 0},
		{"extras-cf", "441128", 12 * day, 0}, {"plan-situatie", "", 40 * day, 0}},
	"petru": {{"carte-identitate", "TZ 000002", 700 * day, 84}, {"talon", "TM 22 DEM", 400 * day, 0}, {"plan-situatie", "", 60 * day, 0}},
	"sorin": {{"talon", "TM 33 DEM", 300 * day, 0}, {"plan-situatie", "", 60 * day, 0}},
	"firma": {{"talon", "TM 90 BEG", 200 * day, 0}, {"contract-spatiu", "12/2026", 150 * day, 36}, {"plan-unitate", "", 150 * day, 0},
		{"contract-salubritate", "77/2026", 140 * day, 12}},
}

// documents fills the folders.
func (s *seed) documents(ctx context.Context) error {
	var deeds []deed
	for who, papers := range demoPapers {
		for i, p := range papers {
			given := min(100*day, p.issued-day) - time.Duration(i)*time.Hour
			deeds = append(deeds, deed{given, func(ctx context.Context) error { return s.give(ctx, who, p) }})
		}
	}
	return s.past(ctx, deeds)
}

// give puts a paper into a folder.
func (s *seed) give(ctx context.Context, who string, p paper) error {
	title := s.TypeTitle(p.typ, "ro")
	made, err := pdf.Make(pdf.Document{Lang: "ro", Title: title, Subject: "Document de probă, fără valoare",
		Issuer: pdf.Issuer{Authority: "Document de probă"}, Blocks: pdf.Blocks{
			pdf.Facts{Rows: []pdf.Fact{{Label: "Număr", Value: cmp.Or(p.number, "fără")}}},
			pdf.Paragraph{Text: "Acest fișier ține locul unui act adevărat în orașul de probă. Toate persoanele din el sunt inventate."}}}, s.Now())
	if err != nil {
		return err
	}
	name := title
	if p.number != "" {
		name += " " + strings.ReplaceAll(p.number, "/", "-")
	}
	file, err := upload.Check(name+".pdf", made)
	if err != nil {
		return err
	}
	issued := deadline.Of(s.present.Add(-p.issued).In(s.Zone))
	n := folder.New{Type: p.typ, File: file, Number: p.number, IssuedOn: issued}
	if p.until > 0 {
		n.Until = issued.AddMonths(p.until)
	}
	_, err = s.Folder.Add(ctx, s.actors[who], db.NewID(), n)
	return err
}

// A filing is an application of the demonstration, and what became of it.
type filing struct {
	who, service string
	ago          time.Duration
	values       procedures.Values
	clerk        string
	answered     time.Duration // how long after; 0 for not yet
	outcome      cases.Outcome
	reason       string // of a refusal
	signer       string // of the second signature
	claimed      bool   // the clerk has taken it
	certified    bool   // and compared its documents with the originals
	ask          string // key of a template of what is missing
	proposed     bool   // waits for its signature
	owes         bool   // has not paid the fee
}

// history makes what happened: cases that are over, and some that run.
func (s *seed) history(ctx context.Context) error {
	var deeds []deed
	for _, f := range demoFilings() {
		deeds = append(deeds, s.deeds(f)...)
	}
	if err := s.past(ctx, deeds); err != nil {
		return err
	}
	_, err := s.Drafts.BeginFor(ctx, s.actors["stefania"], "adeverinta-registru-agricol", procedures.Values{"scop": {"scoala"}}, "")
	return err
}

// deeds are what happens about an application.
func (s *seed) deeds(f filing) (all []deed) {
	var c cases.Case
	clerk := s.actors[f.clerk]
	add := func(after time.Duration, do func(ctx context.Context) error) {
		all = append(all, deed{f.ago - after, func(ctx context.Context) error {
			if c.State.Over() { // the program has answered at once
				return nil
			}
			return do(ctx)
		}})
	}
	add(0, func(ctx context.Context) (err error) { c, err = s.file(ctx, f); return err })
	if !f.owes {
		add(5*time.Minute, func(ctx context.Context) error { return s.pay(ctx, s.actors[f.who], c.Order) })
	}
	if f.claimed || f.answered > 0 || f.ask != "" || f.proposed {
		add(20*time.Hour, func(ctx context.Context) error { return s.Desk.Claim(ctx, clerk, db.NewID(), c.ID, 0, false) })
		add(20*time.Hour-time.Minute, func(ctx context.Context) error { _, err := s.Desk.Open(ctx, clerk, c.ID, "ro"); return err })
	}
	if f.certified {
		add(22*time.Hour, func(ctx context.Context) error { return s.certify(ctx, clerk, c) })
	}
	if f.ask != "" {
		add(44*time.Hour, func(ctx context.Context) error { return s.ask(ctx, clerk, c, f.ask) })
	}
	if f.answered > 0 || f.proposed {
		add(max(f.answered, 30*time.Hour)-time.Hour, func(ctx context.Context) error {
			p := cases.Proposal{Outcome: f.outcome, Reason: f.reason}
			if f.outcome == cases.Refuse {
				p.Detail, p.Plain = s.refusal(c, f.reason)
			}
			return s.Desk.Propose(ctx, clerk, db.NewID(), c.ID, 0, p)
		})
	}
	if f.answered > 0 && f.signer != "" {
		add(f.answered, func(ctx context.Context) error { return s.Desk.Sign(ctx, s.actors[f.signer], db.NewID(), c.ID, 0) })
	}
	return all
}

func (s *seed) file(ctx context.Context, f filing) (cases.Case, error) {
	actor := s.actors[f.who]
	service, err := s.Catalog.Service(f.service, s.today())
	if err != nil {
		return cases.Case{}, err
	}
	values, used, err := s.withPapers(ctx, actor, service, f.values)
	if err != nil {
		return cases.Case{}, err
	}
	kind := "person"
	if f.who == "firma" || f.who == "contabil" {
		kind = "firm"
	}
	answers, problems := service.Parse(values, procedures.Env{Today: s.today(), Applicant: procedures.Applicant{Kind: kind, Resident: true}})
	if len(problems) > 0 {
		return cases.Case{}, fmt.Errorf("%s of %s: %+v", f.service, f.who, problems)
	}
	return s.Cases.File(ctx, actor, db.NewID(), cases.Application{Service: service.Key, Version: service.Version, Answers: answers, Documents: used},
		func(context.Context, *act.Tx, cases.Case) error { return nil })
}

// pay pays what a case costs at the bank for trying.
func (s *seed) pay(ctx context.Context, actor act.Actor, order string) error {
	if order == "" {
		return nil
	}
	page, err := s.Payments.Pay(ctx, actor, db.NewID(), order, "ro")
	if err == nil {
		err = s.Sandbox.Decide(ctx, page[strings.LastIndex(page, "/")+1:], "paid")
	}
	if err == nil {
		_, err = s.Payments.Result(ctx, actor, order) // asks the bank
	}
	return err
}

// withPapers answers every question for a document with one of the folder.
func (s *seed) withPapers(ctx context.Context, actor act.Actor, service *procedures.Service, values procedures.Values) (procedures.Values, []string, error) {
	all, used := maps.Clone(values), []string(nil)
	for _, step := range service.Steps {
		for _, field := range step.Fields {
			name := field.Key
			if step.Repeat != nil {
				name = step.Key + ".0." + name
			}
			if field.Kind != procedures.Document || field.When != "" && len(values[name]) == 0 {
				continue
			}
			offered, err := s.Folder.Offer(ctx, actor, field.Document)
			if err != nil {
				return nil, nil, err
			}
			if len(offered) > 0 {
				all[name], used = []string{offered[0].ID}, append(used, offered[0].ID)
			}
		}
	}
	return all, used, nil
}

// certify has an official compare all documents of a case with the originals.
func (s *seed) certify(ctx context.Context, clerk act.Actor, c cases.Case) error {
	used, err := s.Folder.OfCase(ctx, s.DB, c.ID)
	for _, d := range used {
		if err == nil {
			err = s.Folder.Certify(ctx, clerk, db.NewID(), d.ID, c.ID)
		}
	}
	return err
}

func (s *seed) ask(ctx context.Context, clerk act.Actor, c cases.Case, template string) error {
	service, err := s.Catalog.Version(c.Service, c.Version)
	if err != nil {
		return err
	}
	for _, t := range service.Corrections {
		if t.Key == template {
			return s.Desk.Ask(ctx, clerk, db.NewID(), c.ID, 0, cases.Ask{Text: t.Text.In("ro"), Fields: t.Fields, Documents: t.Documents, Until: s.Desk.AskUntil(c)})
		}
	}
	return fmt.Errorf("%s has no template %s", c.Service, template)
}

func (s *seed) refusal(c cases.Case, reason string) (detail, plain string) {
	service, err := s.Catalog.Version(c.Service, c.Version)
	if err != nil {
		return "", ""
	}
	r, _ := service.Reason(reason)
	return r.Title.In("ro"), r.Plain.In("ro")
}

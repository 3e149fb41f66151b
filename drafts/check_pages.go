package drafts

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"bega/cases"
	"bega/internal/act"
	"bega/internal/fault"
	"bega/internal/money"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/procedures"
)

// checkPage shows everything once more before it is sent.
type checkPage struct {
	formPage
	Groups   []group
	Missing  []ui.Link // what is to be corrected first
	Papers   []string  // names of the documents that the department will see
	Unit     string    // that will answer
	Fee      []ui.Fact
	Total    money.Bani
	FeeKnown bool
	Failed   string // why it could not be sent just now
	Closed   *procedures.Closure
	Unsuited string         // why this applicant cannot ask for it
	Refusal  *cases.Refusal // what would be in vain; nil if nothing is
	Low      bool           // the town hall does not know them well enough
	SignIn   string         // where to sign in, and come back here
}

// A group is what one step says, or one item of it.
type group struct {
	Title string
	Facts []ui.Fact
}

// Ready reports whether it can be sent.
func (p checkPage) ready() bool {
	return len(p.Missing) == 0 && p.Closed == nil && p.Unsuited == "" && p.Refusal == nil && !p.Low
}

func (p pages) check(w http.ResponseWriter, r *http.Request) error {
	d, s, err := p.draft(r)
	if err != nil {
		return err
	}
	if d.Case != "" || !d.Binned.IsZero() {
		return web.See(w, r, p.goOn(d))
	}
	page, err := p.checkPage(r, d, s)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

func (p pages) checkPage(r *http.Request, d Draft, s *procedures.Service) (page checkPage, err error) {
	ctx, actor := r.Context(), p.Actor(r)
	env, err := p.o.Env(ctx, actor)
	if err != nil {
		return page, err
	}
	answers, problems, err := p.o.Read(ctx, actor, d)
	if page.Refusal, _ = errors.AsType[*cases.Refusal](err); err != nil && page.Refusal == nil {
		return page, err
	}
	page.formPage = p.formPage(r, d, s, env, Verify)
	for _, problem := range problems {
		page.Missing = append(page.Missing, ui.Link{Href: d.at(problem.Step) + "?verifica=1#" + url.PathEscape(problem.Field), Label: problem.In(page.Translator)})
	}
	if page.Groups, err = p.groups(ctx, actor, &page, s.Recap(answers, page.Lang())); err != nil {
		return page, err
	}
	if unit, err := p.o.Catalog.Unit(s.UnitFor(answers, env)); err == nil {
		page.Unit = unit.Title.In(page.Lang())
	}
	total, lines, err := s.FeeFor(answers, env.Today)
	if page.Total, page.FeeKnown = total, err == nil; err != nil && fault.Of(err).Kind == fault.Unexpected {
		return page, err
	}
	for _, line := range lines {
		page.Fee = append(page.Fee, ui.Fact{Label: line.Label.In(page.Lang()), Value: page.Money(line.Amount)})
	}
	if closed, ok := s.ClosedOn(env.Today); ok {
		page.Closed = &closed
	}
	if err := Suits(s, env.Applicant); err != nil {
		page.Unsuited = page.T(fault.Of(err).Key)
	}
	page.SignIn = web.SignInPath(d.at(Verify))
	page.Low = actor.SignedIn() && actor.Level < s.Level.Assurance()
	return page, nil
}

// groups puts the answers under the titles of their steps, each with where it
// can be changed.
func (p pages) groups(ctx context.Context, actor act.Actor, page *checkPage, rows []procedures.SummaryRow) (groups []group, err error) {
	for _, row := range rows {
		if len(groups) == 0 || groups[len(groups)-1].Title != row.StepTitle {
			groups = append(groups, group{Title: row.StepTitle})
		}
		step, _ := page.Of.Step(row.Step)
		f, _, _ := page.Of.Field(row.Field)
		name := step.FieldName(row.Item, f)
		change := page.Draft.at(row.Step) + "?" + url.Values{"verifica": {"1"}, "schimba": {name}}.Encode() + "#" + url.PathEscape(name)
		fact := ui.Fact{Label: row.Label, Value: row.Value, Change: change}
		if page.Draft.Sources[name] == Given {
			fact.Change = ""
		}
		if len(row.Documents) > 0 {
			var names []string
			for _, id := range row.Documents {
				paper, err := p.o.Folder.ByID(ctx, actor, id)
				if err == nil {
					names = append(names, paper.Name)
				} else if fault.Of(err).Kind != fault.Missing {
					return nil, err
				}
			}
			page.Papers = append(page.Papers, names...)
			fact.Show = namesView(names)
		}
		groups[len(groups)-1].Facts = append(groups[len(groups)-1].Facts, fact)
	}
	return groups, nil
}

// send sends the draft, once, however often that is asked for.
func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("ciorna")
	if !p.Actor(r).SignedIn() {
		return web.See(w, r, web.SignInPath("/ciorne/"+url.PathEscape(id)+"/"+Verify))
	}
	edition, _ := strconv.Atoi(r.PostFormValue("editie"))
	caseID, err := p.o.Send(r.Context(), p.Actor(r), id, edition)
	if err == nil && p.owner != "" {
		return web.See(w, r, "/lucru/depuse/"+caseID)
	} else if err == nil {
		return web.See(w, r, "/cereri/"+caseID+"/confirmare")
	}
	f := fault.Of(err)
	if errors.Is(err, act.ErrRefused) || errors.Is(err, cases.ErrUnknown) || f.Kind == fault.Unexpected {
		return err
	}
	d, s, draftErr := p.draft(r)
	if draftErr != nil {
		return draftErr
	}
	page, pageErr := p.checkPage(r, d, s)
	if pageErr != nil {
		return pageErr
	}
	if page.ready() || errors.Is(err, ErrChanged) { // otherwise, the page says why
		page.Failed = page.T(f.Key, cases.Say(page, f.Args)...)
	}
	page.HasErrors = true
	return p.Render(w, r, web.Status(f), page.view())
}

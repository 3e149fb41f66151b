package procedures

import (
	"context"
	"slices"
	"time"

	"bega/internal/act"
	"bega/internal/deadline"
)

// An Office answers what people want to know before they ask for something.
type Office struct {
	Catalogue *Catalogue
	Durations Durations
	Papers    Papers
	Started   Started
	Calendar  *deadline.Calendar
	Now       func() time.Time
	Zone      *time.Location
}

// Durations knows how long services really took, in days of the mode of their
// term: half of n cases took no longer than half, nine of ten no longer than nine.
type Durations interface {
	Durations(ctx context.Context, service string) (half, nine, n int, err error)
}

// Papers knows which types of documents are in the folder of somebody, and good.
type Papers interface {
	Has(ctx context.Context, actor act.Actor, types []string) (map[string]bool, error)
}

// Started knows where somebody left off who has begun to ask for a service.
type Started interface {
	Draft(ctx context.Context, actor act.Actor, service string) (link string, at time.Time, ok bool, err error)
}

// enough is how many cases it takes to say how long they last.
const enough = 5

// A Wish is what somebody looks for in the catalogue. The zero Wish is everything.
type Wish struct {
	Words string
	Topic string // key
	Life  string // key
	Who   string // "person" or "firm"; empty for both
	Free  bool   // costs nothing
}

// An Offer is a service as it is offered to somebody on a day.
type Offer struct {
	*Service
	Papers []Paper
	Have   int // how many of the papers are in the folder
}

// A Paper is a type of document that a service asks for.
type Paper struct {
	DocumentType
	Sometimes bool // only in some cases
	Have      bool // there is a good one in the folder
}

// Today returns the day in the town.
func (o *Office) Today() deadline.Date { return deadline.Of(o.Now().In(o.Zone)) }

// Find returns what suits a wish: the best first if there are words, and
// otherwise by title in a language.
func (o *Office) Find(ctx context.Context, actor act.Actor, wish Wish, lang string) ([]Offer, error) {
	services := o.Catalogue.Services(o.Today())
	sortByTitle(services, lang)
	if wish.Words != "" {
		var found []*Service
		for _, hit := range o.Catalogue.Search(wish.Words) {
			if i := slices.IndexFunc(services, func(s *Service) bool { return s.Key == hit.Key }); i >= 0 {
				found = append(found, services[i])
			}
		}
		services = found
	}
	life, _ := o.Catalogue.Life(wish.Life)
	services = slices.DeleteFunc(services, func(s *Service) bool {
		return wish.Topic != "" && s.Topic != wish.Topic ||
			wish.Life != "" && !slices.Contains(life.Services, s.Key) && !slices.Contains(s.Life, wish.Life) ||
			wish.Who == "person" && !s.Persons || wish.Who == "firm" && !s.Firms ||
			wish.Free && s.Fee.Kind != NoFee
	})
	return o.offers(ctx, actor, services)
}

// Offer returns a service with what somebody needs for it, or [ErrUnknown].
func (o *Office) Offer(ctx context.Context, actor act.Actor, key string) (Offer, error) {
	s, err := o.Catalogue.Service(key, o.Today())
	if err != nil || s.Internal {
		return Offer{}, ErrUnknown
	}
	offers, err := o.offers(ctx, actor, []*Service{s})
	if err != nil {
		return Offer{}, err
	}
	return offers[0], nil
}

// offers adds the papers to services, and which of them are in the folder.
func (o *Office) offers(ctx context.Context, actor act.Actor, services []*Service) ([]Offer, error) {
	var types []string
	offers := make([]Offer, len(services))
	for i, s := range services {
		offers[i] = Offer{Service: s, Papers: o.Catalogue.papers(s)}
		for _, paper := range offers[i].Papers {
			types = append(types, paper.Key)
		}
	}
	if !actor.SignedIn() || len(types) == 0 {
		return offers, nil
	}
	slices.Sort(types)
	have, err := o.Papers.Has(ctx, actor, slices.Compact(types))
	if err != nil {
		return nil, err
	}
	for i := range offers {
		for j := range offers[i].Papers {
			if paper := &offers[i].Papers[j]; have[paper.Key] {
				paper.Have = true
				offers[i].Have++
			}
		}
	}
	return offers, nil
}

// papers returns the types of documents that a service asks for, each once, in
// the order of the questions.
func (c *Catalogue) papers(s *Service) (papers []Paper) {
	for _, step := range s.Steps {
		for _, f := range step.Fields {
			d, err := c.DocumentType(f.Document)
			if err != nil {
				continue
			}
			sometimes := step.When != "" || f.When != "" || !f.Required
			i := slices.IndexFunc(papers, func(p Paper) bool { return p.Key == d.Key })
			if i < 0 {
				papers = append(papers, Paper{DocumentType: d, Sometimes: sometimes})
			} else {
				papers[i].Sometimes = papers[i].Sometimes && sometimes
			}
		}
	}
	return papers
}

// Took returns how long a service really took, and whether enough cases say so.
func (o *Office) Took(ctx context.Context, s *Service) (half, nine int, ok bool, err error) {
	half, nine, n, err := o.Durations.Durations(ctx, s.Key)
	return half, nine, err == nil && n >= enough, err
}

// Soon returns the closures of a service that are not over, and begin within a
// month.
func (o *Office) Soon(s *Service) (soon []Closure) {
	today := o.Today()
	for _, closed := range s.Closed {
		if !closed.To.Before(today) && !closed.From.After(today.AddMonths(1)) {
			soon = append(soon, closed)
		}
	}
	return soon
}

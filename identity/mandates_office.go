package identity

import (
	"context"
	"errors"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

// A Grant is what somebody asks for who gives a mandate.
type Grant struct {
	To       string   // CNP or e-mail address of the agent
	Name     string   // of the agent, as the giver knows them
	Capacity Capacity // see Capacities
	Services []string // keys; empty for all
	From     string   // see span
	Until    string
	Proof    string // ID of a document of the principal; "" if none
}

// check returns the mandate that a grant asks for, and what the agent is found
// by, or what is wrong with it.
func (o *Office) check(g Grant, principal Kind, atDesk bool) (m Mandate, err error) {
	g.To = strings.TrimSpace(g.To)
	if strings.Contains(g.To, "@") {
		email, err := NormalEmail(g.To)
		if err != nil {
			return Mandate{}, err
		}
		m.waits = o.Vault.Index("email", email)
	} else {
		cnp, err := o.CheckCNP(g.To)
		if err != nil {
			return Mandate{}, ErrAgent
		}
		m.waits = o.Vault.Index("cnp", cnp)
	}
	if m.Label = text.Clean(g.Name); m.Label == "" || len(m.Label) > 200 {
		return Mandate{}, ErrName
	}
	if !slices.Contains(Capacities(principal, atDesk), g.Capacity) {
		return Mandate{}, ErrCapacity
	}
	known := o.Services.Titles("ro")
	for _, key := range g.Services {
		if !slices.ContainsFunc(known, func(t Titled) bool { return t.Key == key }) {
			return Mandate{}, ErrServices
		}
	}
	if g.Capacity == Representative && len(g.Services) > 0 {
		return Mandate{}, ErrServices // the law gives that capacity whole (L. 31/1990 art. 55)
	}
	m.Services, m.Capacity, m.Proof = slices.Compact(slices.Sorted(slices.Values(g.Services))), g.Capacity, g.Proof
	m.From, m.To, err = span(g.From, g.Until, o.Today(), g.Capacity)
	return m, err
}

// Give lets somebody act for the party whose folder the actor is in. It is in
// force in the same moment for both sides, or waits for whoever has that CNP or
// e-mail address; the answer is the same, so that nobody learns whom the town
// hall knows. It fails with [ErrAgent], [ErrEmail], [ErrName], [ErrCapacity],
// [ErrServices], [ErrDay] and [ErrDays], and with [act.ErrRefused] for an agent
// who is not the legal representative.
func (o *Office) Give(ctx context.Context, actor act.Actor, key string, g Grant) (id string, err error) {
	principal, err := o.party(ctx, o.DB, actor.For)
	if err != nil {
		return "", act.ErrRefused
	}
	m, err := o.check(g, principal.Kind, false)
	if err != nil {
		return "", err
	}
	m.Principal = principal.ID
	err = o.Acts.Once(ctx, actor, act.GiveMandate, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		m.ID, m.GivenBy, m.GivenAt = db.NewID(), actor.Person, tx.At
		if id = m.ID; actor.Mandate != "" {
			if err := o.governs(ctx, tx, actor); err != nil {
				return err
			}
		}
		if err := tx.Allow(act.On{Subject: "mandate " + m.ID, Owner: m.Principal}); err != nil {
			return err
		}
		return o.bind(ctx, tx, m)
	})
	return id, err
}

// governs returns [act.ErrRefused] unless the actor's mandate holds and is that
// of the legal representative.
func (o *Office) governs(ctx context.Context, r db.Reader, actor act.Actor) error {
	m, err := mandateByID(ctx, r, actor.Mandate)
	if err != nil || !m.governs() || m.Agent != actor.Person || m.Principal != actor.For || m.State(o.Today()) != Active {
		return act.ErrRefused
	}
	return nil
}

// bind stores a mandate for whoever it is for, if the town hall knows exactly
// one such person.
func (o *Office) bind(ctx context.Context, tx *act.Tx, m Mandate) error {
	agent, err := partyByCode(ctx, tx, m.waits)
	if err != nil && !isUnknown(err) {
		return err
	}
	if m.Agent = agent; isUnknown(err) {
		owners, err := personsByEmail(ctx, tx, m.waits)
		if err != nil {
			return err
		}
		if len(owners) == 1 && owners[0].proven {
			m.Agent = owners[0].id
		}
	}
	if m.Agent == m.Principal {
		return ErrAgent
	}
	if err := insertMandate(ctx, tx, m); err != nil {
		return err
	}
	return o.tell(ctx, tx, m, m.Agent, "identity.mandate-given", m.Principal)
}

// tell writes to one side of a mandate about the other. Who is still awaited
// hears nothing.
func (o *Office) tell(ctx context.Context, tx *act.Tx, m Mandate, to act.PartyID, key string, about act.PartyID) error {
	if to == "" || about == "" {
		return nil
	}
	n, err := nameOf(ctx, tx, about)
	if err != nil {
		return err
	}
	name, err := o.Called(n.id, n.name, n.email)
	if err != nil {
		return err
	}
	return o.Notices.Send(ctx, tx, to, key, []any{name}, "/imputerniciri", "", key+" "+m.ID)
}

// end ends a mandate, and tells whichever side did not do it.
func (o *Office) end(ctx context.Context, tx *act.Tx, m Mandate) error {
	if err := endMandate(ctx, tx, m.ID, tx.Actor.Person, tx.At); err != nil {
		return err
	}
	if tx.Actor.For != m.Principal {
		if err := o.tell(ctx, tx, m, m.Principal, "identity.mandate-ended", m.Agent); err != nil {
			return err
		}
	}
	if tx.Actor.For == m.Agent {
		return nil
	}
	return o.tell(ctx, tx, m, m.Agent, "identity.mandate-ended", m.Principal)
}

// Holds returns a mandate by which a person may act today, or [ErrMandate].
func (o *Office) Holds(ctx context.Context, r db.Reader, id string, agent act.PartyID) (Mandate, error) {
	m, err := mandateByID(ctx, r, id)
	if err == nil && (m.Agent != agent || m.State(o.Today()) != Active) {
		err = ErrMandate
	}
	return m, err
}

// Take gives the actor a mandate that waits for their e-mail address, which they
// share with somebody else. It fails with [ErrMandate].
func (o *Office) Take(ctx context.Context, actor act.Actor, key, id string) error {
	actor = InPerson(actor)
	var done bool
	return o.Acts.Once(ctx, actor, act.TakeMandate, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "mandate " + id, Owner: actor.Person}); err != nil {
			return err
		}
		m, err := mandateByID(ctx, tx, id)
		if err != nil {
			return err
		}
		s, err := partyByID(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		if m.waits != s.emailIndex || !s.Proven || m.Principal == actor.Person || !m.EndedAt.IsZero() {
			return ErrMandate
		}
		return bindMandate(ctx, tx, actor.Person, id)
	})
}

// End ends a mandate before its time, at once for both sides. The principal may,
// and so may its legal representative, unless it is the desk that entered it;
// and the agent always may. It fails with [ErrMandate] for all others, and with
// [ErrEnded].
func (o *Office) End(ctx context.Context, actor act.Actor, key, id string) error {
	m, err := mandateByID(ctx, o.DB, id)
	if err != nil {
		return err
	}
	if !m.endable(actor) {
		return ErrMandate
	}
	owner := m.Principal
	if m.Agent == actor.Person {
		actor, owner = InPerson(actor), m.Agent
	}
	var done bool
	err = o.Acts.Once(ctx, actor, act.EndMandate, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "mandate " + id, Owner: owner}); err != nil {
			return err
		}
		if actor.Mandate != "" {
			if err := o.governs(ctx, tx, actor); err != nil {
				return err
			}
		}
		return o.end(ctx, tx, m)
	})
	if errors.Is(err, act.ErrRefused) {
		return ErrMandate // as if there were none
	}
	return err
}

// Given returns the mandates of the party whose folder the actor is in.
func (o *Office) Given(ctx context.Context, actor act.Actor) ([]Mandate, error) {
	if err := actor.May(act.ReadMandates, act.On{Subject: subject(actor.For), Owner: actor.For}); err != nil {
		return nil, err
	}
	return mandatesOf(ctx, o.DB, actor.For)
}

// Received returns the mandates by which the actor may, might or did act for
// others, and those that wait for their e-mail address.
func (o *Office) Received(ctx context.Context, actor act.Actor) ([]Mandate, error) {
	actor = InPerson(actor)
	if err := actor.May(act.SwitchFolder, act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
		return nil, err
	}
	s, err := partyByID(ctx, o.DB, actor.Person)
	if err != nil {
		return nil, err
	}
	index := s.emailIndex
	if index == "" || !s.Proven {
		index = "none" // no index is that
	}
	return mandatesFor(ctx, o.DB, actor.Person, index)
}

// EnterMandate enters a mandate whose proof an official has seen at the desk.
// It fails as [Office.Give] does.
func (o *Office) EnterMandate(ctx context.Context, actor act.Actor, key string, principal act.PartyID, g Grant) (id string, err error) {
	p, err := o.party(ctx, o.DB, principal)
	if err != nil {
		return "", err
	}
	m, err := o.check(g, p.Kind, true)
	if err != nil {
		return "", err
	}
	m.Principal, m.AtDesk = principal, true
	err = o.Acts.Once(ctx, actor, act.EnterMandate, key, "", &id, func(ctx context.Context, tx *act.Tx) error {
		m.ID, m.GivenBy, m.GivenAt = db.NewID(), actor.Person, tx.At
		id = m.ID
		if err := tx.Allow(act.On{Subject: "mandate " + m.ID, Owner: principal}); err != nil {
			return err
		}
		return o.bind(ctx, tx, m)
	})
	return id, err
}

// EndAtDesk ends a mandate whose end was proved to an official.
func (o *Office) EndAtDesk(ctx context.Context, actor act.Actor, key, id string) error {
	var done bool
	return o.Acts.Once(ctx, actor, act.EnterMandate, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		m, err := mandateByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.Allow(act.On{Subject: "mandate " + id, Owner: m.Principal}); err != nil {
			return err
		}
		return o.end(ctx, tx, m)
	})
}

// ServiceTitles returns what a mandate is limited to, for people: "" for all.
func (o *Office) ServiceTitles(lang string, keys []string) string {
	var all []string
	for _, t := range o.Services.Titles(lang) {
		if slices.Contains(keys, t.Key) {
			all = append(all, t.Title)
		}
	}
	return strings.Join(all, ", ")
}

package desktest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bega/cases"
	"bega/desk"
	"bega/internal/act"
	"bega/internal/deadline"
	"bega/internal/web/ui"
	"bega/procedures"
)

// What follows stands for the rooms that those in the town may not know.

type types struct{ *procedures.Catalogue }

// TypeTitle implements folder.Types.
func (c types) TypeTitle(key, lang string) string {
	t, _ := c.DocumentType(key)
	return t.Title.In(lang)
}

// TypeTerm implements folder.Types.
func (c types) TypeTerm(key string) deadline.Term { t, _ := c.DocumentType(key); return t.Valid }

// TypeKeys implements folder.Types.
func (c types) TypeKeys() (keys []string) {
	for _, t := range c.DocumentTypes() {
		keys = append(keys, t.Key)
	}
	return keys
}

// Names implements cases.People.
func (o *Town) Names(_ context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	found := map[act.PartyID]string{}
	for _, id := range ids {
		if o.called[id] != "" {
			found[id] = o.called[id]
		}
	}
	return found, nil
}

// Prefill implements cases.People.
func (o *Town) Prefill(_ context.Context, actor act.Actor) (map[string]string, error) {
	kind := "person"
	if actor.For == "bega-srl" {
		kind = "firm"
	}
	return map[string]string{"party.kind": kind, "party.name": o.called[actor.For], "party.address.locality": "Timișoara"}, nil
}

// Recipient implements cases.People.
func (o *Town) Recipient(_ context.Context, id act.PartyID) (lines []string, code string, level act.Level, err error) {
	if level = act.Verified; id == "mara" {
		level = act.Light
	}
	return []string{o.called[id], "Strada Alba Iulia 7", "300077 Timișoara"}, "485*******027", level, nil
}

// Staff implements cases.People.
func (o *Town) Staff(_ context.Context, unit string, role act.Role) (who []act.PartyID, err error) {
	for _, a := range []act.Actor{Clerk, Second, Chief, Head, Merchant} {
		if a.Unit == unit && a.Has(role) {
			who = append(who, a.Person)
		}
	}
	return who, nil
}

// Order implements cases.Fees.
func (o *Town) Order(_ context.Context, _ *act.Tx, d cases.Due) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.orders[d.Case.ID] = "open " + d.Total.String()
	return "order-" + d.Case.ID, nil
}

// Cancel implements cases.Fees.
func (o *Town) Cancel(_ context.Context, _ *act.Tx, caseID string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.orders[caseID] = "cancelled"
	return nil
}

// Orders returns the state of the order of each case that has one: "open 7.00" or
// "cancelled".
func (o *Town) Orders() map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.orders)
}

// Send implements cases.Notices: the same once for the same party is sent a
// single time.
func (o *Town) Send(_ context.Context, _ *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return o.fail
	}
	if which := fmt.Sprint(to, key, caseID, once); once == "" || !o.once[which] {
		o.once[which] = true
		o.sent = append(o.sent, fmt.Sprint(to, " ", key))
	}
	for _, lang := range []string{"ro", "en"} {
		for _, part := range []string{"-subject", "-body"} {
			t := o.Texts.For(lang)
			if said := t.T(key+part, cases.Say(ui.Page{Translator: t}, args)...); strings.Contains(said, "%!") {
				return fmt.Errorf("%s%s says %q", key, part, said)
			}
		}
	}
	if !strings.Contains(link, caseID) || len(args) == 0 {
		return fmt.Errorf("the notice %s leads to %s, with %v", key, link, args)
	}
	return nil
}

// Begin implements cases.Drafts.
func (o *Town) Begin(_ context.Context, actor act.Actor, service string, values procedures.Values, objects string) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.begun = append(o.begun, fmt.Sprint(actor.For, " ", service, " ", values, " ", objects))
	return "/ciorne/" + service, nil
}

// Begun returns the drafts that were begun: whose, the service, what is filled in,
// and the case that it contests.
func (o *Town) Begun() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.begun)
}

// OfCase implements desk.Deliveries.
func (o *Town) OfCase(context.Context, string, string) ([]desk.Told, error) {
	return []desk.Told{{Subject: "Cererea a fost înregistrată", At: o.Time(), States: []string{"desk.new"}}}, nil
}

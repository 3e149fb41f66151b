package portal

import (
	"context"

	"bega/cases"
	"bega/desk"
	"bega/folder"
	"bega/internal/act"
)

// deliveries knows what became of the notices about a case.
type deliveries struct{ t *Town }

// OfCase implements [desk.Deliveries].
func (d deliveries) OfCase(ctx context.Context, caseID, lang string) (told []desk.Told, err error) {
	all, err := d.t.notices.OfCase(ctx, caseID, lang)
	for _, n := range all {
		one := desk.Told{Subject: n.Subject, At: n.At}
		for _, delivery := range n.Deliveries {
			one.States = append(one.States, delivery.Text())
		}
		told = append(told, one)
	}
	return told, err
}

// An export is what one room knows of a party, for the export of the folder. It
// is read as that party would read it.
type export struct {
	name string
	read func(ctx context.Context, owner act.Actor) (any, error)
}

// Export implements [folder.Exporter].
func (e export) Export(ctx context.Context, owner act.PartyID) (name string, data any, err error) {
	data, err = e.read(ctx, act.Actor{Person: owner, For: owner, Level: act.Verified})
	return e.name, data, err
}

// exporters are all rooms that know something of a party, but the folder itself.
func exporters(t *Town) []folder.Exporter {
	return []folder.Exporter{
		export{"profil", func(ctx context.Context, owner act.Actor) (any, error) { return t.identity.Profile(ctx, owner) }},
		export{"imputerniciri-date", func(ctx context.Context, owner act.Actor) (any, error) { return t.identity.Given(ctx, owner) }},
		export{"imputerniciri-primite", func(ctx context.Context, owner act.Actor) (any, error) { return t.identity.Received(ctx, owner) }},
		export{"cereri", t.exportCases},
		export{"ciorne", func(ctx context.Context, owner act.Actor) (any, error) { return t.drafts.Drafts(ctx, owner) }},
		export{"plati", func(ctx context.Context, owner act.Actor) (any, error) { return t.payments.Orders(ctx, owner) }},
		export{"mesaje", func(ctx context.Context, owner act.Actor) (any, error) {
			return t.notices.Inbox(ctx, owner, "ro", "", mostExported)
		}},
	}
}

// mostExported is how many notices an export has.
const mostExported = 10000

// exportCases returns the cases of a folder with all that belongs to them.
func (t *Town) exportCases(ctx context.Context, owner act.Actor) (any, error) {
	all, err := t.cases.Cases(ctx, owner)
	if err != nil {
		return nil, err
	}
	views := []cases.View{}
	for _, c := range all {
		v, err := t.cases.ByID(ctx, owner, c.ID)
		if err != nil {
			return nil, err
		}
		v.Of = nil // the definition of the service is not theirs
		views = append(views, v)
	}
	return views, nil
}

package cases_test

import (
	"testing"

	"bega/desk/desktest"
)

// The people of the town.
var (
	ana, ion, mara, manager, agent, parker = desktest.Ana, desktest.Ion, desktest.Mara, desktest.Manager, desktest.Agent, desktest.Parker
	visitor, nobody                        = desktest.Visitor, desktest.Nobody
	clerk, chief, merchant, counter        = desktest.Clerk, desktest.Chief, desktest.Merchant, desktest.Counter
)

// A town is a town hall with officials at their desks.
type town struct{ *desktest.Town }

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	desktest.Each(t, func(t *testing.T, o *desktest.Town) { test(t, &town{o}) })
}

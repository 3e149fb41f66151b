package portal

import (
	"fmt"

	"bega/internal/jobs"
	"bega/payments"
)

// takeCards sets up the provider of card payments. What is missing for it stops
// the start, and not the first person who wants to pay.
func (t *Town) takeCards() error {
	switch c := t.cfg; {
	case c.Provider == "sandbox" || t.demo:
		t.sandbox = &payments.Sandbox{DB: t.db, Now: t.now, Zone: t.zone, Key: []byte(t.vault.Index("sandbox", c.URL)), Hand: t.payments.Hear}
		t.sandbox.Tell = jobs.Handle(t.queue, "payments_tell", t.sandbox.Deliver)
		t.payments.Provider = t.sandbox
	case c.Provider == "netopia":
		key, public, err := c.NetopiaKeys()
		if err != nil {
			return err
		}
		town := t.pack.Town
		t.payments.Provider, err = payments.NewNetopia(c.Netopia.API, c.Netopia.Signature, key, public, c.Netopia.Pages,
			payments.Townhall{Authority: town.Authority.In("ro"), Town: town.Name, County: town.County, Address: town.Address, Email: town.Email, Phone: town.Phone.Display}, t.now)
		return err
	case c.Provider == "euplatesc":
		key, err := c.EuPlatescKey()
		if err != nil {
			return err
		}
		t.payments.Provider, err = payments.NewEuPlatesc(c.EuPlatesc.Page, c.EuPlatesc.Service, c.EuPlatesc.Merchant, key, t.zone, t.now)
		return err
	case c.Provider != "":
		return fmt.Errorf("payments: there is no provider %q", c.Provider)
	}
	return nil
}

package demo

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"bega/identity"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestMandateBeginsAndEndsAtOnce: an agent reads and writes without pause while a
// mandate is given and ended. What they ask before it is given, or after it has
// ended, is refused: not a moment later.
func TestMandateBeginsAndEndsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := openMatrix(t, d)
		agent := &comer{name: "stranger", session: m.session(t.Context(), "stranger")}
		read := row{route: "GET /cereri/{cerere}"}
		write := row{route: "POST /cereri/{cerere}/mesaje", send: "mesaj=Mai dureaza?"}
		if answer := m.ask(read, agent, m.things); answer.Code != http.StatusNotFound {
			t.Fatalf("before the mandate: %d", answer.Code)
		}
		mandate, err := m.Identity.Give(t.Context(), m.actors["owner"], db.NewID(), identity.Grant{To: m.things["cnp stranger"], Name: "Agentul",
			Capacity: identity.Attorney})
		must(t, err)
		must(t, m.enter(t.Context(), "stranger", agent.session, mandate))
		if answer := m.ask(read, agent, m.things); answer.Code != http.StatusOK {
			t.Fatalf("as soon as the mandate is given: %d", answer.Code)
		}
		if answer := m.ask(write, agent, m.things); answer.Code != http.StatusSeeOther {
			t.Fatalf("as soon as the mandate is given, a message: %d", answer.Code)
		}

		var ended atomic.Bool
		var before, after atomic.Int64
		enough := make(chan struct{})
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				for late := 0; late < 5; {
					isOver := ended.Load() // before the request is sent
					code := m.ask([]row{read, write}[i%2], agent, m.things).Code
					let := code == http.StatusOK || code == http.StatusSeeOther
					if isOver {
						late++
					}
					switch {
					case let && isOver:
						after.Add(1)
					case let && before.Add(1) == 40:
						close(enough)
					}
				}
			})
		}
		<-enough
		must(t, m.Identity.End(t.Context(), m.actors["owner"], db.NewID(), mandate))
		ended.Store(true)
		group.Wait()
		if n := after.Load(); n > 0 {
			t.Errorf("%d requests were let after the mandate had ended", n)
		}
	})
}

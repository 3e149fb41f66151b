package portal

import (
	"net"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"time"

	"bega/access"
	"bega/internal/gate"
	"bega/internal/web"
)

// classes say what is served first when too many come: of all that a route begins
// with, the first holds. What else is read is of the class Rest, and what else is sent
// of the class Form.
var classes = []struct {
	route string
	class gate.Class
}{
	{"GET /f/", gate.Free},
	{"GET /banca-de-proba/", gate.Paying}, {"POST /banca-de-proba/", gate.Paying},
	{"GET /plati/", gate.Paying}, {"POST /plati/", gate.Paying}, // what banks say, too
	{"GET /taxe/plata", gate.Paying}, {"POST /taxe/plata", gate.Paying}, {"POST /dosar/taxe/plateste", gate.Paying},
	{"POST /cont/intra", gate.Password}, {"POST /cont/parola", gate.Password},
	{"GET /contabil", gate.Balance}, {"GET /cont", gate.Entry},
	{"GET /dosar", gate.Balance}, {"GET /plati", gate.Balance}, {"GET /taxe", gate.Balance}, {"GET /acte/", gate.Balance},
	{"GET /lucru", gate.Balance}, {"GET /admin", gate.Balance}, // the counters have a queue of their own
	{"POST /api/v1/taxes/orders", gate.Paying}, {"GET /api/v1/taxes/orders/", gate.Paying},
	{"GET /api/v1/taxes", gate.Balance}, {"GET /api/v1/orders", gate.Balance}, {"GET /api/v1/documents", gate.Balance},
}

// classOf returns the class of a route; none is something that is not there.
func classOf(route string) gate.Class {
	for _, c := range classes {
		if strings.HasPrefix(route, c.route) {
			return c.class
		}
	}
	if route == "" || strings.HasPrefix(route, "GET ") {
		return gate.Rest
	}
	return gate.Form
}

// openGate puts a gate before the site.
func (t *Town) openGate() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /f/", http.NotFound) // the assets, which are no route
	for _, route := range t.site.Routes() {
		mux.HandleFunc(route.Pattern, http.NotFound)
	}
	session := access.CookieName(t.cfg.Secure())
	t.gate = gate.New(gate.Config{
		Rule: func(r *http.Request) (gate.Class, string) {
			_, route := mux.Handler(r)
			return classOf(route), route
		},
		Known:   func(r *http.Request) bool { _, err := r.Cookie(session); return err == nil },
		Refuse:  web.NewWait(t.site).Refuse,
		Observe: func(class gate.Class, outcome string) { t.meter.Gate(class.String(), outcome) },
		Now:     time.Now, Processors: runtime.GOMAXPROCS(0), Key: []byte(t.vault.Index("gate", "cookies")), Secure: t.cfg.Secure(),
	}, t.site)
}

// manyOpen is how many connections are open at most, of about 20 KB each.
const manyOpen = 20_000

// door puts a door before the gate. Of the files that the program may open, half are for
// connections. Who is sent away has not said yet in which language.
func (t *Town) door(listener net.Listener) (*gate.Door, error) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return nil, err
	}
	const seconds = 5
	again := t.texts.For("ro").T("web.rush-again", seconds) + "\n" + t.texts.For("en").T("web.rush-again", seconds) + "\n"
	return gate.NewDoor(listener, int(min(files.Cur/2, manyOpen)), again), nil
}

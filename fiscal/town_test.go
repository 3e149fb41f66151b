package fiscal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/fiscal"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/jobs"
	"bega/internal/money"
	"bega/internal/settle"
	"bega/internal/text"
	"bega/internal/upload"
	"bega/internal/vault"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
	"bega/ledger"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

const unit = "fiscal"

func official(id act.PartyID, unit string, roles ...act.Role) act.Actor {
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: roles, Unit: unit}
}

// The people of the town.
var (
	clerk   = official("maria", unit, act.Clerk)
	head    = official("radu", unit, act.Head)
	signer  = official("ileana", unit, act.Signatory)
	teller  = official("tudor", unit, act.Desk)
	both    = official("vera", unit, act.Head, act.Signatory)
	planner = official("dan", "urbanism", act.Clerk, act.Head, act.Signatory, act.Desk)
	ana     = act.Actor{Person: "ana", For: "ana", Level: act.Verified}
	ion     = act.Actor{Person: "ion", For: "ion", Level: act.Verified}
	visitor = act.Actor{}
)

// names are what they are called; CNPs are synthetic.
var names = map[act.PartyID]string{"ana": "Ana <b> Ionescu-Demo", "ion": "Ion Pop-Demo", "sc-bega": "Bega Demo SRL",
	"maria": "Maria Munteanu-Demo", "radu": "Radu Stan-Demo", "ileana": "Ileana Albu-Demo", "tudor": "Tudor Rus-Demo", "vera": "Vera Sava-Demo"}

var codes = map[string]act.PartyID{"3850615350017": "ana", "4850615350027": "ion", "14756536": "sc-bega"}

// A town is a town hall with officers of local taxes, and a clock that tests set.
type town struct {
	*fiscal.Office
	t     testing.TB
	d     *db.DB
	roll  *taxroll.Office
	texts *text.Catalog
	queue *jobs.Queue
	site  *web.Site
	as    act.Actor // who has signed in, if a request does not say so

	mu       sync.Mutex
	at       time.Time
	n        int
	receipts []fiscal.Taking
}

func eachTown(t *testing.T, test func(t *testing.T, o *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newTown(t, d)) })
}

var bucharest = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		panic(err)
	}
	return zone
}()

var allTexts = sync.OnceValue(func() *text.Catalog {
	all, err := text.Load(web.Files, ui.Files, act.Files, upload.Files, deadline.Files, settle.Files, ledger.Files, taxlaw.Files, taxroll.Files, taxes.Files, fiscal.Files, os.DirFS("../procedures"))
	if err != nil {
		panic(err)
	}
	return all
})

// rules are the law of 2026 in the town.
var rules = sync.OnceValue(func() *taxlaw.Rules {
	data, err1 := os.ReadFile(filepath.Join("../city/timisoara/taxes", "2026.json"))
	of, err2 := taxlaw.ReadTown(data)
	code, err3 := taxlaw.LawOf(of.Law)
	if err := errors.Join(err1, err2, err3); err != nil {
		panic(err)
	}
	return taxlaw.New(code, of)
})

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	for room, files := range map[string]fs.FS{"act": act.Files, "ledger": ledger.Files, "taxroll": taxroll.Files, "taxes": taxes.Files, "fiscal": fiscal.Files} {
		if err := d.Migrate(t.Context(), room, files); err != nil {
			t.Fatal(err)
		}
	}
	o := &town{t: t, d: d, texts: allTexts()}
	o.on("2026-11-25")
	safe, err := vault.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	acts := &act.Register{DB: d, Now: o.now}
	kinds := []ledger.Kind{{Key: "buildings", Class: ledger.Tax, Natural: "RO37TREZ6212107020101XXX", Legal: "RO84TREZ6212107020102XXX"},
		{Key: "land", Class: ledger.Tax}, {Key: "vehicles", Class: ledger.Tax}, {Key: "fees", Class: ledger.Fee}, {Key: "fines", Class: ledger.Fine}}
	law := func(year int) (*taxlaw.Rules, error) {
		if year != 2026 {
			return nil, taxlaw.ErrNoLaw
		}
		return rules(), nil
	}
	books := &ledger.Office{DB: d, Acts: acts, Now: o.now, Zone: bucharest, Kinds: kinds, Unit: unit}
	o.roll = &taxroll.Office{DB: d, Acts: acts, Now: o.now, Zone: bucharest, Vault: safe, Texts: o.texts, People: neighbours{}, Rules: law, Unit: unit}
	assessor := &taxes.Office{DB: d, Acts: acts, Now: o.now, Zone: bucharest, Texts: o.texts, Calendar: deadline.New(nil), People: neighbours{}, Papers: neighbours{},
		Roll: o.roll, Ledger: books, Rules: law, Unit: unit}
	o.roll.Follow, o.roll.Totals = assessor.Follow, assessor.Totals
	o.Office = &fiscal.Office{DB: d, Acts: acts, Now: o.now, Zone: bucharest, Vault: safe, Ledger: books, Roll: numbered{o.roll}, Taxes: assessor, People: neighbours{}, Receipts: o,
		VerifyURL: func(code string) string { return "https://portal.exemplu.ro/verifica/" + code }, PaperPath: func(code string) string { return "/acte/" + code }}
	queue, err := jobs.New(jobs.Config{DB: d})
	if err == nil {
		err = queue.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	o.Tasks, o.queue = jobs.Handle(queue, "fiscal_task", o.Carry), queue
	o.site = web.New(web.Config{Texts: o.texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Zone: bucharest, Identify: o.identify,
		Town: func(string) ui.Town {
			return ui.Town{Name: "Timișoara", Tagline: "portalul orașului", Official: "Site oficial", Authority: "Primăria de probă", Phone: "0256 408 300", Hours: "luni–vineri"}
		}})
	fiscal.Mount(o.site, o.Office)
	o.site.Mount("GET /f/", assets.Handler())
	return o
}

// identify tells who sends a request: the header says so.
func (o *town) identify(r *http.Request) (v web.Visitor, err error) {
	if v.Actor = o.as; r.Header.Get("Actor") != "" {
		v.Actor = act.Actor{}
		err = json.Unmarshal([]byte(r.Header.Get("Actor")), &v.Actor)
	}
	v.Who = ui.Who{SignedIn: v.Actor.SignedIn(), Name: names[v.Actor.Person], Staff: v.Actor.Staff()}
	return v, err
}

func (o *town) now() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.at }

// on sets the clock to ten o'clock of a day.
func (o *town) on(date string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = day(date).Midnight(bucharest).Add(10 * time.Hour)
}

func (o *town) key() string { o.n++; return fmt.Sprint("key ", o.n) }

// Receipt implements fiscal.Receipts.
func (o *town) Receipt(_ context.Context, _ *act.Tx, t fiscal.Taking, _ []ledger.Line) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.receipts = append(o.receipts, t)
	return "C-" + t.ID[len(t.ID)-6:], nil
}

// numbered finds files by their number, too.
type numbered struct{ *taxroll.Office }

func (n numbered) RoleByNumber(ctx context.Context, r db.Reader, number int) (taxroll.Role, error) {
	for id := range names {
		if role, err := n.RoleOf(ctx, r, id); err == nil && role.Number == number {
			return role, nil
		}
	}
	return taxroll.Role{}, taxroll.ErrUnknown
}

// neighbours stand for the rooms identity and registry.
type neighbours struct{}

var errNobody = fault.New(fault.Missing, "fiscal.unknown")

// Person implements fiscal.People.
func (neighbours) Person(_ context.Context, _ db.Reader, id act.PartyID) (fiscal.Person, error) {
	if names[id] == "" {
		return fiscal.Person{}, errNobody
	}
	p := fiscal.Person{ID: id, Name: names[id], Lines: []string{"Strada Demo 1, Timișoara"}}
	for code, of := range codes {
		if of == id {
			p.Code = "…" + code[len(code)-4:]
		}
	}
	return p, nil
}

// Search implements fiscal.People.
func (n neighbours) Search(ctx context.Context, r db.Reader, words string, limit int) (all []fiscal.Person, err error) {
	for _, id := range []act.PartyID{"ana", "ion", "sc-bega"} {
		if codes[words] == id || strings.Contains(text.FoldWords(names[id]), " "+text.Fold(words)) {
			p, _ := n.Person(ctx, r, id)
			all = append(all, p)
		}
	}
	return all, nil
}

// Names implements fiscal.People.
func (neighbours) Names(_ context.Context, ids []act.PartyID) (map[act.PartyID]string, error) {
	found := map[act.PartyID]string{}
	for _, id := range ids {
		found[id] = names[id]
	}
	return found, nil
}

func (neighbours) Owner(_ context.Context, _ db.Reader, party act.PartyID) (string, error) {
	if strings.HasPrefix(string(party), "sc-") {
		return taxlaw.Legal, nil
	}
	return taxlaw.Natural, nil
}

func (neighbours) Capacity(context.Context, act.Actor, act.PartyID) (string, error) { return "", nil }

func (neighbours) Find(_ context.Context, _ *act.Tx, all []taxroll.Taxpayer) (ids []act.PartyID, err error) {
	for _, t := range all {
		ids = append(ids, act.PartyID("p"+t.Code))
	}
	return ids, nil
}

func (neighbours) Issue(context.Context, *act.Tx, taxes.Paper) (code, number string, err error) {
	return db.NewID(), "IF2026-000001", nil
}

func day(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func lei(n int) money.Bani { return money.Bani(n) * money.Leu }

// do runs an act of another room.
func (o *town) do(fn func(ctx context.Context, tx *act.Tx) error) {
	o.t.Helper()
	if err := o.Acts.Do(o.t.Context(), act.Machine, act.SettlePayment, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "test"}); err != nil {
			return err
		}
		return fn(ctx, tx)
	}); err != nil {
		o.t.Fatal(err)
	}
}

// owes enters an obligation that is alone, and returns its ID.
func (o *town) owes(party act.PartyID, kind string, due string, amount money.Bani) (id string) {
	o.t.Helper()
	o.n++
	source := fmt.Sprint("line ", o.n)
	o.do(func(ctx context.Context, tx *act.Tx) error {
		all, err := o.Ledger.Enter(ctx, tx, []ledger.Obligation{{Party: party, Kind: kind, Year: day(due).Year, Due: day(due), Amount: amount, Source: source,
			Enforceable: kind == "fines"}}, nil)
		if err == nil {
			id = all[0].ID
		}
		return err
	})
	return id
}

// pays has somebody pay by card now.
func (o *town) pays(party act.PartyID, amount money.Bani) (id string) {
	o.t.Helper()
	o.n++
	id = fmt.Sprint("netopia ", o.n)
	o.do(func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Ledger.Pay(ctx, tx, ledger.Payment{ID: id, Debtor: party, Amount: amount, Moment: o.now(), Channel: "card"})
		return err
	})
	return id
}

// role opens the file of a taxpayer.
func (o *town) role(party act.PartyID) (role taxroll.Role) {
	o.t.Helper()
	o.do(func(ctx context.Context, tx *act.Tx) (err error) {
		role, err = o.roll.OpenRole(ctx, tx, party)
		return err
	})
	return role
}

// sheet returns what somebody owes today.
func (o *town) sheet(party act.PartyID) ledger.Sheet {
	o.t.Helper()
	s, err := o.Ledger.OwedOn(o.t.Context(), o.DB, party, deadline.Of(o.now().In(bucharest)), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	o.must(err)
	return s
}

func (o *town) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

var tags = regexp.MustCompile(`(?s)<(script|svg|head).*?</(script|svg|head)>|<[^>]*>|\s+`)

// A step is a request, and what comes of it: a body that has a text and lacks
// another, or where it leads.
type step struct {
	actor     act.Actor
	request   string
	form      url.Values
	status    int
	want, not string
}

func (o *town) walk(steps []step) {
	o.t.Helper()
	for i, s := range steps {
		w := o.send(s.actor, s.request, s.form)
		said := w.Body.String()
		if s.status == 303 {
			said = w.Header().Get("Location")
		}
		if w.Code != s.status || !strings.Contains(said, s.want) || s.not != "" && strings.Contains(said, s.not) {
			said = tags.ReplaceAllString(said, " ")
			o.t.Errorf("%d %s %s: got %d, want %d with %q and without %q:\n%s", i, s.actor.Person, s.request, w.Code, s.status, s.want, s.not, said[:min(len(said), 1800)])
		}
	}
}

// send sends a request as somebody, with a form if it has one.
func (o *town) send(actor act.Actor, request string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	who, _ := json.Marshal(actor)
	r.Header.Set("Actor", string(who))
	w := httptest.NewRecorder()
	o.site.ServeHTTP(w, r)
	return w
}

// values makes a form of pairs, with a key.
func values(key string, pairs ...string) url.Values {
	form := url.Values{"cheie": {key}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// bani returns an amount of an answer.
func (a answer) bani(path string) int64 {
	n, _ := a.get(path).(float64)
	return int64(n)
}

// taxes asks for all that there is about the taxes of somebody who owes some.
func (p program) taxes() {
	p.t.Helper()
	year := fmt.Sprint(time.Now().Year())
	law := p.well(p.ask(http.MethodGet, "/taxes/law/"+p.well(p.ask(http.MethodGet, "/taxes/law", nil)).str("items.0.year"), nil))
	if law.str("kinds.0.kind") != "building" || law.get("kinds.0.fields.0.key") == nil {
		p.t.Errorf("the law is %.300s", law.text)
	}
	p.well(p.ask(http.MethodPost, "/taxes/calculate", car(2026)))

	account := p.well(p.ask(http.MethodGet, "/taxes/account", nil))
	debts := account.get("debts").([]any)
	sum := int64(0)
	for i := range debts {
		sum += account.bani(fmt.Sprintf("debts.%d.sumBani", i))
	}
	if len(debts) == 0 || sum != account.bani("owedBani") || account.bani("toPay.sumBani") <= 0 {
		p.t.Fatalf("what is owed does not add up to %d: %s", sum, account.text)
	}
	reason := p.well(p.ask(http.MethodGet, "/taxes/debts/"+account.str("debts.0.id"), nil))
	if explanations, ok := reason.get("explanations").([]any); !ok || len(explanations) == 0 {
		p.t.Errorf("nothing is explained: %s", reason.text)
	}
	if balance := p.well(p.ask(http.MethodGet, "/taxes/balance", nil)); balance.bani("owedBani") != sum {
		p.t.Errorf("the balance of today is %s, want %d", balance.text, sum)
	}
	before := p.well(p.ask(http.MethodGet, "/taxes/balance?day=2010-01-01", nil))
	if before.bani("owedBani") != 0 {
		p.t.Errorf("the balance of long ago is %s", before.text)
	}
	statement := p.well(p.ask(http.MethodGet, "/taxes/statement?from=2020-01-01", nil))
	if got := statement.bani("closing.principalBani"); got <= 0 || statement.bani("opening.principalBani") != 0 {
		p.t.Errorf("the statement closes with %d: %s", got, statement.text)
	}
	things := p.well(p.ask(http.MethodGet, "/taxes/things", nil))
	thing := p.well(p.ask(http.MethodGet, "/taxes/things/"+things.str("items.0.id"), nil))
	if things.str("role") == "" || thing.get("object.kind") == nil || thing.get("versions.0.since") == nil {
		p.t.Errorf("the things are %s, the first %s", things.text, thing.text)
	}
	p.well(p.ask(http.MethodGet, "/taxes/decisions", nil))
	p.well(p.ask(http.MethodGet, "/mandates", nil))
	p.well(p.ask(http.MethodGet, "/taxes/clients", nil))
	begun := p.well(p.ask(http.MethodPost, "/taxes/orders", map[string]any{"debts": []any{account.get("debts.0.id")}, "sumBani": account.get("debts.0.sumBani")}))
	order := p.well(p.ask(http.MethodGet, "/taxes/orders/"+begun.str("order"), nil))
	if order.str("state") != "pending" || order.bani("totalBani") != account.bani("debts.0.sumBani") || order.str("bank") == "" {
		p.t.Errorf("the order is %s", order.text)
	}
	p.well(p.ask(http.MethodGet, "/taxes/payments?year="+year, nil))
}

// car is the input of a calculation.
func car(year int) map[string]any {
	return map[string]any{"year": year, "objects": []any{map[string]any{"kind": "vehicle", "owner": "natural", "class": "car", "power": "combustion", "engine": 1598, "norm": "E5"}}}
}

// TestCalculations: everybody may, without a key; what comes out is what bega tax
// explain --json writes; and what is wrong is told field by field, and where.
func TestCalculations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		nobody := program{town: o, lang: "en"}
		got := nobody.well(nobody.ask(http.MethodPost, "/taxes/calculate", car(2026)))
		schema, err := o.checks.Compile(file(t, o, "../docs/tax-explanation.schema.json"))
		must(t, err)
		if err := schema.Validate(got.get("items")); err != nil {
			t.Errorf("it is not as is published: %v", err)
		}
		if got.bani("items.0.total")%100 != 0 || got.bani("items.0.total") <= 0 || got.str("items.0.explained.0.steps.0.says.en") == "" {
			t.Errorf("the car costs %s", got.text)
		}
		wrong := car(2026)
		wrong["objects"] = append([]any{map[string]any{"kind": "land"}}, wrong["objects"].([]any)...)
		wrong["objects"].([]any)[1].(map[string]any)["engine"] = -1
		many := car(2026)
		for range 100 {
			many["objects"] = append(many["objects"].([]any), many["objects"].([]any)[0])
		}
		untaxed := car(2026)
		untaxed["objects"] = append([]any{map[string]any{"kind": "sign", "length": 2, "height": 1, "months": 12}}, untaxed["objects"].([]any)...)
		untaxed["objects"].([]any)[1].(map[string]any)["relief"] = "nothing-has-this-code"
		for _, test := range []struct {
			name  string
			body  any
			where []string
		}{
			{"no such year", car(1999), []string{"body.year"}},
			{"a year without rates", car(2016), []string{"body.year"}},
			{"a law of another year", map[string]any{"year": 2026, "law": "2016", "objects": car(2026)["objects"]}, []string{"body.law"}},
			{"wrong fields", wrong, []string{"body.objects[0].owner", "body.objects[1].engine"}},
			{"too many", many, []string{"body.objects"}},
			{"what the rules refuse, among others", untaxed, []string{"body.objects[1].relief"}},
			{"no objects", map[string]any{"year": 2026}, []string{"body.objects"}},
			{"no object at all", []any{}, []string{"body"}},
		} {
			got := nobody.ask(http.MethodPost, "/taxes/calculate", test.body)
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", test.name, got.status, got.text)
			}
			for _, where := range test.where {
				if !strings.Contains(got.text, `"location":"`+where+`"`) {
					t.Errorf("%s: %s does not name %s", test.name, got.text, where)
				}
			}
		}
		large := car(2026)
		large["objects"].([]any)[0].(map[string]any)["id"] = strings.Repeat("a", 200_000)
		if got := nobody.ask(http.MethodPost, "/taxes/calculate", large); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("too much: %d %s", got.status, got.text)
		}
		for range 100 {
			got = nobody.ask(http.MethodPost, "/taxes/calculate", car(2026))
		}
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" || !strings.Contains(got.str("detail"), "Wait") {
			t.Errorf("a hundred at once: %d %v %s", got.status, got.header, got.text)
		}
	})
}

// file adds a schema, and returns its name.
func file(t *testing.T, o *town, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	var schema any
	must(t, json.Unmarshal(data, &schema))
	must(t, o.checks.AddResource("published.json", schema))
	return "published.json"
}

// TestGuessingCodesIsSlow: who tries many codes waits, as on the page.
func TestGuessingCodesIsSlow(t *testing.T) {
	o := openTown(t, dbtest.SQLite(t))
	nobody := program{town: o, lang: "en"}
	statuses := map[int]int{}
	for range 30 {
		got := nobody.ask(http.MethodGet, "/verify/0000-0000-00", nil)
		if statuses[got.status]++; got.status == http.StatusTooManyRequests && got.header.Get("Retry-After") == "" {
			t.Errorf("it does not say for how long: %v", got.header)
		}
	}
	if statuses[http.StatusNotFound] != 20 || statuses[http.StatusTooManyRequests] != 10 {
		t.Errorf("answers by status: %v", statuses)
	}
}

// TestPayingByProgram: a payment is begun once, however often it is asked for; what is
// not as it was seen does not begin; and another payment meanwhile is named.
func TestPayingByProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("petru")
		p.lang = "en"
		account := p.well(p.ask(http.MethodGet, "/taxes/account", nil))
		sum := account.bani("toPay.sumBani")
		for _, test := range []struct {
			name   string
			body   map[string]any
			status int
			where  string
		}{
			{"another sum", map[string]any{"all": true, "sumBani": sum + 1}, http.StatusConflict, "body.sumBani"},
			{"nothing", map[string]any{"sumBani": sum}, http.StatusUnprocessableEntity, "body.debts"},
			{"no such debt", map[string]any{"debts": []string{db.NewID()}, "sumBani": sum}, http.StatusUnprocessableEntity, "body.debts"},
			{"less than nothing", map[string]any{"all": true, "sumBani": -1}, http.StatusUnprocessableEntity, "body.sumBani"},
		} {
			if got := p.ask(http.MethodPost, "/taxes/orders", test.body); got.status != test.status || !strings.Contains(got.text, test.where) {
				t.Errorf("%s: %d %s", test.name, got.status, got.text)
			}
		}
		if got := p.ask(http.MethodPost, "/taxes/orders", map[string]any{"all": true, "sumBani": sum + 1}); !strings.Contains(got.str("detail"), "RON") {
			t.Errorf("the sum is not told: %s", got.text)
		}
		pay, key := map[string]any{"all": true, "sumBani": sum}, db.NewID()
		first := p.well(p.askOnce(key, http.MethodPost, "/taxes/orders", pay))
		var group sync.WaitGroup
		for i := range 10 {
			group.Go(func() {
				once := key
				if i%2 == 0 {
					once = db.NewID() // another window
				}
				got := p.askOnce(once, http.MethodPost, "/taxes/orders", pay)
				if got.str("order") != first.str("order") && !strings.Contains(got.text, `"value":"`+first.str("order")+`"`) {
					t.Errorf("the same debts: %d %s, want order %s", got.status, got.text, first.str("order"))
				}
			})
		}
		group.Wait()
		other := p.ask(http.MethodPost, "/taxes/orders", map[string]any{"debts": []any{account.get("debts.0.id")}, "sumBani": account.get("debts.0.sumBani")})
		if other.status != http.StatusConflict || !strings.Contains(other.text, `"value":"`+first.str("order")+`"`) {
			t.Errorf("another payment meanwhile: %d %s", other.status, other.text)
		}
		if got := p.well(p.ask(http.MethodGet, "/taxes/account", nil)).str("order"); got != first.str("order") {
			t.Errorf("the account says that order %s is under way", got)
		}
		browser := &http.Client{}
		page := first.str("page")
		if strings.HasPrefix(page, "/") {
			page = o.server.URL + page
		}
		answer, err := browser.PostForm(page, url.Values{"ce": {"plateste"}})
		must(t, err)
		answer.Body.Close()
		paid := p.well(p.ask(http.MethodGet, "/taxes/orders/"+first.str("order"), nil))
		if paid.str("state") != "paid" || paid.get("lines.0.amountBani") == nil {
			t.Fatalf("after the bank: %s", paid.text)
		}
		came := p.well(p.ask(http.MethodGet, fmt.Sprintf("/taxes/payments?year=%d", time.Now().Year()), nil))
		if came.str("items.0.order") != first.str("order") || came.bani("items.0.amountBani") != sum || came.str("items.0.receipt") != paid.str("receipt") || paid.str("receipt") == "" {
			t.Errorf("what came in is %s", came.text)
		}
		if left := p.well(p.ask(http.MethodGet, "/taxes/account", nil)); left.bani("toPay.sumBani") != 0 || left.bani("paidBani") < sum {
			t.Errorf("after paying all: %s", left.text)
		}
		if got := o.program("stefania").ask(http.MethodGet, "/taxes/orders/"+first.str("order"), nil); got.status != http.StatusNotFound {
			t.Errorf("a stranger's order: %d", got.status)
		}
	})
}

// TestActingFor: with the scope for it, a program acts by its owner's mandates, and by
// nobody else's; within what they cover, and until the moment in which they end.
func TestActingFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("karoly")
		p.lang = "en"
		mandates := p.well(p.ask(http.MethodGet, "/mandates", nil))
		mandate, firm := mandates.str("items.0.id"), mandates.str("items.0.party")
		own := p.well(p.ask(http.MethodGet, "/taxes/things", nil))
		as := func(key, mandate, path string) answer {
			return program{o, key, "en", mandate}.ask(http.MethodGet, path, nil)
		}
		things := as(p.key, mandate, "/taxes/things")
		if things.status != http.StatusOK || things.str("role") == own.str("role") || len(things.get("items").([]any)) == 0 {
			t.Errorf("the firm has %d %s, and they %s", things.status, things.text, own.text)
		}
		clients := p.well(p.ask(http.MethodGet, "/taxes/clients", nil))
		if account := as(p.key, mandate, "/taxes/account"); clients.str("items.0.party") != firm || clients.str("items.0.mandate") != mandate ||
			account.bani("toPay.sumBani") <= 0 || account.bani("toPay.sumBani") != clients.bani("items.0.toPayBani") {
			t.Errorf("the clients are %s, and the account %s", clients.text, account.text)
		}
		if got := as(p.key, mandate, "/documents"); got.status != http.StatusOK {
			t.Errorf("the firm's folder: %d", got.status)
		}
		all := []act.Verb{act.ReadLedger, act.ReadTaxes, act.SwitchFolder}
		for name, got := range map[string]answer{
			"a key without the scope":           as(o.program("karoly", act.ReadLedger, act.ReadTaxes).key, mandate, "/taxes/account"),
			"a key for less":                    as(o.program("karoly", act.ReadTaxes, act.SwitchFolder).key, mandate, "/taxes/account"),
			"a stranger's key":                  as(o.program("stefania", all...).key, mandate, "/taxes/account"),
			"a mandate that is none":            as(p.key, "nothing", "/taxes/account"),
			"a mandate of somebody else":        as(p.key, db.NewID(), "/taxes/account"),
			"a mandate for certificates alone":  as(o.program("mihai", all...).key, o.program("mihai").well(o.program("mihai").ask(http.MethodGet, "/mandates", nil)).str("items.0.id"), "/taxes/account"),
			"a mandate even for what is public": as(o.program("stefania", all...).key, mandate, "/services"),
		} {
			if got.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, got.status, got.text)
			}
		}
		if got := as("", mandate, "/taxes/account"); got.status != http.StatusUnauthorized {
			t.Errorf("nobody with a mandate: %d", got.status)
		}

		must(t, o.Identity.End(t.Context(), o.resident("karoly"), db.NewID(), mandate))
		if got := as(p.key, mandate, "/taxes/account"); got.status != http.StatusNotFound {
			t.Errorf("after its end: %d %s", got.status, got.text)
		}
		if got := p.well(p.ask(http.MethodGet, "/taxes/clients", nil)); len(got.get("items").([]any)) != 0 {
			t.Errorf("after its end, the clients are %s", got.text)
		}
	})
}

// resident returns somebody of the demonstration in their own folder.
func (o *town) resident(name string) act.Actor {
	o.t.Helper()
	who, err := o.Identity.ByEmail(o.t.Context(), o.DB, name+"@demo.exemplu.ro")
	must(o.t, err)
	return act.Actor{Person: who[0], For: who[0], Level: act.Verified}
}

// TestCertificateByProgram: a certificate of tax status is an application like any other,
// and is there at once, sealed soon after, for whoever has the scope.
func TestCertificateByProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("karoly")
		firm := p.well(p.ask(http.MethodGet, "/mandates", nil)).str("items.0.id")
		for _, mandate := range []string{"", firm} {
			p.mandate = mandate
			service := p.well(p.ask(http.MethodGet, "/services/certificat-fiscal", nil))
			draft := p.fill(service, map[string][]string{"scop": {"licitatie"}})
			id := p.well(p.ask(http.MethodPost, "/drafts/"+draft.str("id")+"/send", map[string]any{"edition": draft.get("edition")})).str("case")
			one := p.well(p.ask(http.MethodGet, "/cases/"+id, nil))
			if mandate == "" { // who has no tax file: an official has to look
				if one.str("decision") != "" {
					t.Errorf("who has no file gets %s", one.text)
				}
				continue
			}
			if one.str("state") != "ready" || one.str("decision") == "" {
				t.Fatalf("the certificate is not there: %s", one.text)
			}
			if got := p.well(p.ask(http.MethodGet, "/verify/"+one.str("decision"), nil)); got.str("kind") != "decision" || got.get("number") != one.get("number") {
				t.Errorf("it is %s", got.text)
			}
			var document string
			for _, d := range p.well(p.ask(http.MethodGet, "/documents", nil)).get("items").([]any) {
				if d := d.(map[string]any); d["paper"] == one.get("decision") {
					document = fmt.Sprint(d["id"])
				}
			}
			file := p.ask(http.MethodGet, "/documents/"+document+"/file", nil)
			for wait := time.Now().Add(10 * time.Second); file.status != http.StatusOK && time.Now().Before(wait); time.Sleep(50 * time.Millisecond) {
				file = p.ask(http.MethodGet, "/documents/"+document+"/file", nil) // it is being sealed
			}
			if !strings.HasPrefix(file.text, "%PDF") {
				t.Errorf("the file is %d %.100q", file.status, file.text)
			}
		}
	})
}

// TestTaxDays: what is no day is told, and where.
func TestTaxDays(t *testing.T) {
	o := openTown(t, dbtest.SQLite(t))
	p := o.program("stefania", act.ReadLedger, act.ReadTaxes)
	for path, where := range map[string]string{
		"/taxes/balance?day=2026-02-30":                          "query.day",
		"/taxes/balance?day=9999-01-01":                          "query.day",
		"/taxes/balance?day=1815-06-18":                          "query.day",
		"/taxes/statement?from=azi":                              "query.from",
		"/taxes/statement?from=2026-01-01&to=x":                  "query.to",
		"/taxes/statement?from=2026-03-02&to=2026-03-01":         "query.to",
		"/taxes/payments?year=1":                                 "query.year",
		"/taxes/payments?year=99999999999999":                    "query.year",
		"/taxes/statement?from=2026-03-02&to=2026-03-01&day=nul": "query.to",
	} {
		if got := p.ask(http.MethodGet, path, nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, `"location":"`+where+`"`) {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	if got := p.ask(http.MethodPost, "/taxes/orders", map[string]any{"all": true, "sumBani": 100}); got.status != http.StatusNotFound {
		t.Errorf("paying with a key for reading: %d", got.status)
	}
	if got := p.ask(http.MethodGet, "/taxes/debts/"+db.NewID(), nil); got.status != http.StatusNotFound {
		t.Errorf("a debt that there is not: %d", got.status)
	}
}

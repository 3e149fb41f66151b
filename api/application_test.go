package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestWholeApplication asks for a planning certificate through the API alone, from
// the catalogue to the answer to what the town hall asked for; and every operation
// answers as the document says.
func TestWholeApplication(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		p := o.program("stefania")
		service := p.find("certificat de urbanism")
		document := p.well(p.upload("plan-situatie", "")).str("id")
		draft := p.fill(service, map[string][]string{
			"lucrare": {"nou"}, "descriere": {"Construiesc o casă."}, "imobil": {"441128"}, "adresa.localitate": {"Timișoara"},
			"adresa.strada": {"Strada Alba Iulia"}, "adresa.numar": {"7"}, "calitate": {"proprietar"}, "suprafata": {"420"}, "scutire": {"nu"},
			"plan_situatie": {document}, "comunicare": {"digital"},
		})
		id := p.sendTwice(draft)
		p.look(id, document)
		o.clerkAsks(id)
		p.answer(id)
		p.well(p.ask(http.MethodPost, "/cases/"+id+"/withdraw", map[string]any{"reason": "Nu mai construiesc."}))
		if state := p.well(p.ask(http.MethodGet, "/cases/"+id, nil)).str("state"); state != "withdrawn" {
			t.Errorf("the case is %s", state)
		}
		other := p.well(p.ask(http.MethodPost, "/drafts", map[string]any{"service": "certificat-fiscal"})).str("id")
		p.well(p.ask(http.MethodDelete, "/drafts/"+other, nil))
		p.taxes()
		for path, item := range o.paths() {
			for method := range item.(map[string]any) {
				if !o.asked[strings.ToUpper(method)+" "+path] {
					t.Errorf("%s %s was not tried", method, path)
				}
			}
		}
	})
}

// find looks for a service in words, and returns its definition.
func (p program) find(words string) answer {
	p.t.Helper()
	found := p.well(p.ask(http.MethodGet, "/services?q="+url.QueryEscape(words), nil))
	service := p.well(p.ask(http.MethodGet, "/services/"+found.str("items.0.key"), nil))
	if service.get("definition") == nil {
		p.t.Fatalf("nothing was found for %q: %s", words, found.text)
	}
	return service
}

// fill begins a draft and answers its steps one by one. It returns the draft.
func (p program) fill(service answer, values map[string][]string) answer {
	p.t.Helper()
	draft := p.well(p.ask(http.MethodPost, "/drafts", map[string]any{"service": service.str("key")}))
	id := draft.str("id")
	for _, step := range service.get("definition.steps").([]any) {
		sent := map[string][]string{}
		for _, field := range step.(map[string]any)["fields"].([]any) {
			key := fmt.Sprint(field.(map[string]any)["key"])
			for name, value := range values {
				if name == key || strings.HasPrefix(name, key+".") {
					sent[name] = value
				}
			}
		}
		draft = p.well(p.ask(http.MethodPut, "/drafts/"+id+"/steps/"+fmt.Sprint(step.(map[string]any)["key"]), map[string]any{"values": sent}))
	}
	if again := p.well(p.ask(http.MethodGet, "/drafts/"+id, nil)); again.str("edition") != draft.str("edition") {
		p.t.Errorf("the draft is in edition %v, want %v", again.get("edition"), draft.get("edition"))
	}
	return draft
}

// sendTwice sends a draft, twice: it is one case.
func (p program) sendTwice(draft answer) (id string) {
	p.t.Helper()
	path, body := "/drafts/"+draft.str("id")+"/send", map[string]any{"edition": draft.get("edition")}
	first, second := p.well(p.ask(http.MethodPost, path, body)), p.well(p.ask(http.MethodPost, path, body))
	if first.str("case") != second.str("case") {
		p.t.Errorf("one draft became the cases %s and %s", first.text, second.text)
	}
	return first.str("case")
}

// look reads everything about a case that was just filed.
func (p program) look(id, document string) {
	p.t.Helper()
	one := p.well(p.ask(http.MethodGet, "/cases/"+id, nil))
	if one.str("state") != "sent" || one.str("documents.0.id") != document || !strings.HasPrefix(one.str("number"), "UR") {
		p.t.Errorf("the case is %s", one.text)
	}
	if got := p.well(p.ask(http.MethodGet, "/verify/"+one.str("receipt"), nil)); got.get("number") != one.get("number") {
		p.t.Errorf("the receipt is about %v", got.get("number"))
	}
	for path, want := range map[string]string{"/cases": id, "/orders": id, "/messages": id, "/documents": document, "/history": id} {
		if got := p.well(p.ask(http.MethodGet, path, nil)); !strings.Contains(got.text, want) {
			p.t.Errorf("%s does not have %s", path, want)
		}
	}
	p.well(p.ask(http.MethodGet, "/drafts", nil))
	file := p.well(p.ask(http.MethodGet, "/documents/"+document+"/file", nil))
	if !strings.HasPrefix(file.text, "%PDF") || file.header.Get("Content-Type") != "application/pdf" || !strings.Contains(file.header.Get("Content-Disposition"), "plan.pdf") {
		p.t.Errorf("the file is %.20q with %v", file.text, file.header)
	}
	p.well(p.ask(http.MethodPost, "/cases/"+id+"/messages", map[string]any{"text": "Cât mai durează?", "documents": []string{document}}))
	if got := p.well(p.ask(http.MethodGet, "/cases/"+id, nil)); got.str("messages.0.text") != "Cât mai durează?" || got.get("messages.0.fromStaff") != false {
		p.t.Errorf("the messages are %v", got.get("messages"))
	}
}

// edition finds which edition of a case a form of the desk is about.
var edition = regexp.MustCompile(`name="editia" value="(\d+)"`)

// clerkAsks has an official ask for a cadastral plan and for a better description,
// at the desk.
func (o *town) clerkAsks(id string) {
	o.t.Helper()
	clerk := o.browser("ioana")
	_, page := o.post(clerk, "/lucru/caz/"+id+"/nota", url.Values{"nota": {"De cerut planul."}})
	match := edition.FindStringSubmatch(page)
	if match == nil {
		o.t.Fatalf("no form of the desk says an edition")
	}
	path, page := o.post(clerk, "/lucru/caz/"+id+"/completare", url.Values{"editia": {match[1]}, "text": {"Mai trebuie planul cadastral."}, "camp": {"descriere"},
		"document": {"plan-cadastral"}, "termen.zi": {o.inAWeek().Format("2")}, "termen.luna": {o.inAWeek().Format("1")}, "termen.an": {o.inAWeek().Format("2006")}})
	if path != "/lucru/caz/"+id {
		o.t.Fatalf("nothing was asked for, and the clerk is at %s: %s", path, page)
	}
}

// answer sends what was asked for: first not enough, and then all of it.
func (p program) answer(id string) {
	p.t.Helper()
	asked := p.well(p.ask(http.MethodGet, "/cases/"+id, nil))
	if asked.str("state") != "waiting" || asked.get("asks.0.open") != true || asked.str("asks.0.documents.0") != "plan-cadastral" {
		p.t.Fatalf("nothing is asked for: %s", asked.text)
	}
	path := "/cases/" + id + "/asks/" + asked.str("asks.0.id")
	if got := p.ask(http.MethodPost, path, map[string]any{}); got.status != http.StatusUnprocessableEntity {
		p.t.Errorf("an empty answer gives %d", got.status)
	}
	plan := p.well(p.upload("plan-cadastral", "441128")).str("id")
	p.well(p.ask(http.MethodPost, path, map[string]any{"values": map[string][]string{"descriere": {"Construiesc o casă mică."}}, "documents": []string{plan}}))
	now := p.well(p.ask(http.MethodGet, "/cases/"+id, nil))
	if now.str("state") != "checking" || !strings.Contains(now.text, "o casă mică") {
		p.t.Errorf("after the answer, the case is %s", now.text)
	}
}

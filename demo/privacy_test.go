package demo

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bega/internal/config"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/pdf"
	"bega/portal"
)

// TestNothingInClear lives in a demonstration town: everybody opens whatever they
// may, people type personal numbers wherever they can, and the jobs are done. Then
// it looks for each CNP, CUI, e-mail address and telephone number in every byte
// that was written, and in every address that was asked for or linked to. What
// goes to the log does not even name anybody.
func TestNothingInClear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := openVillage(t, d)
		infos, err := v.RouteInfos(t.Context())
		must(t, err)
		for _, p := range v.people {
			v.signIn(p)
			v.lookAround(infos)
		}
		v.resident()
		v.counter()
		v.lost()
		v.doJobs()
		if v.places < 1000 {
			t.Fatalf("only %d addresses were looked at", v.places)
		}
		v.search("an address", v.addresses.String(), slices.Concat(v.codes, v.contacts))
		v.search("the log", v.log.String(), slices.Concat(v.codes, v.contacts, v.names, []string{"127.0.0.1", "Go-http-client"}))
		if lines := strings.Count(v.log.String(), "\n"); lines < v.places {
			t.Errorf("%d addresses were looked at, and the log has %d lines", v.places, lines)
		}
		for _, mail := range v.mails() {
			v.search("a mail", mail, v.codes)
		}
		v.searchFolder()
		if d.Postgres() {
			v.searchTables(dbtest.Name(d))
		}
	})
}

// newcomers are persons that the town hall does not know before.
var newcomers = []string{demoNumber(501), demoNumber(502)}

// A village is a demonstration town and somebody at a browser in it.
type village struct {
	*Town
	cfg       config.Config
	t         *testing.T
	server    *httptest.Server
	log       *notes
	addresses *notes // asked for, or linked to
	places    int
	client    *http.Client
	people    []string // who sign in

	codes, contacts, names []string // what may be nowhere
}

// notes is a text that several write.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (n *notes) Write(data []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(data)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func openVillage(t *testing.T, d *db.DB) *village {
	t.Helper()
	v := &village{t: t, log: &notes{}, addresses: &notes{}}
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(v.addresses, r.URL.RequestURI(), r.Referer())
		v.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(v.server.Close)
	cfg, err := config.Load("", nil)
	must(t, err)
	if cfg.Data, cfg.URL = t.TempDir(), v.server.URL; d.Postgres() {
		cfg.Database = dbtest.Name(d)
	}
	v.Town, err = Open(t.Context(), cfg, portal.Options{Log: slog.New(slog.NewJSONHandler(v.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	must(t, err)
	t.Cleanup(func() { v.Close() })
	v.cfg = cfg
	for _, p := range v.People() {
		v.people = append(v.people, p.Email)
	}
	v.codes = slices.Concat(newcomers, []string{demoCUI})
	for i, p := range demoPeople {
		cnp := p.cnp
		if cnp == "" {
			cnp = demoNumber(100 + i)
		}
		v.codes = append(v.codes, cnp)
		v.contacts = append(v.contacts, p.address(), fmt.Sprintf("0256000%03d", i))
		v.names = append(v.names, p.family)
	}
	v.contacts = append(v.contacts, "firma@demo.exemplu.ro", "RO49AAAA1B31007593840000")
	v.names = append(v.names, demoFirm, "Venit-Demo")
	return v
}

// signIn begins with a new browser.
func (v *village) signIn(email string) {
	jar, err := cookiejar.New(nil)
	must(v.t, err)
	v.client = &http.Client{Jar: jar}
	if status, _ := v.post("/cont/intra", url.Values{"email": {email}, "parola": {demoPassword}}); status != http.StatusOK {
		v.t.Fatalf("%s cannot sign in: %d", email, status)
	}
}

// lookAround opens every address that there is an example of, and what is linked
// from there.
func (v *village) lookAround(infos []RouteInfo) {
	seen := map[string]bool{}
	for _, info := range infos {
		if info.Method != http.MethodGet || info.Example == "" {
			continue
		}
		for _, link := range v.get(info.Example) {
			if path, _, _ := strings.Cut(link, "#"); strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "/f/") && !seen[path] && len(seen) < 150 {
				seen[path] = true
				v.get(path)
			}
		}
	}
}

// links finds where a page leads.
var links = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)

func (v *village) get(address string) []string {
	answer, err := v.client.Get(v.server.URL + address)
	must(v.t, err)
	return v.read(answer)
}

func (v *village) post(address string, form url.Values) (status int, page string) {
	form.Set("cheie", db.NewID())
	answer, err := v.client.PostForm(v.server.URL+address, form)
	must(v.t, err)
	v.read(answer)
	return answer.StatusCode, answer.Request.URL.Path
}

func (v *village) read(answer *http.Response) (to []string) {
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(v.t, err)
	v.places++
	if answer.StatusCode >= 500 {
		v.t.Errorf("%s: %d", answer.Request.URL, answer.StatusCode)
	}
	for _, link := range links.FindAllSubmatch(body, -1) {
		fmt.Fprintln(v.addresses, string(link[1]))
		to = append(to, strings.ReplaceAll(string(link[1]), "&amp;", "&"))
	}
	return to
}

// resident types personal numbers where nobody asks for them, and gives a mandate
// by one.
func (v *village) resident() {
	v.signIn(demoPeople[0].address())
	cnp := demoPeople[0].cnp
	v.post("/imputerniciri/noua", url.Values{"catre": {newcomers[0]}, "nume": {"Nou Venit-Demo"}, "calitate": {"attorney"}})
	v.post("/imputerniciri/noua", url.Values{"catre": {cnp[:12]}, "nume": {cnp}, "calitate": {"attorney"}})
	v.post("/profil", url.Values{"nume": {"Ștefania"}, "telefon": {"0256000000"}, "adresa.strada": {"Strada " + cnp}})
	_, page := v.post("/incepe/certificat-de-urbanism", url.Values{"nou": {"1"}})
	v.post(page, url.Values{"intrebat": {"lucrare", "descriere"}, "lucrare": {"nou"}, "descriere": {"CNP-ul meu este " + cnp}})
	owner, err := v.demoActor(v.t.Context(), "stefania")
	must(v.t, err)
	all, err := v.Cases.Cases(v.t.Context(), owner)
	must(v.t, err)
	for _, c := range all {
		v.post("/cereri/"+c.ID+"/mesaje", url.Values{"mesaj": {"CNP " + cnp + ", e-mail " + demoPeople[0].address()}})
		v.post("/cereri/"+c.ID+"/mesaje", url.Values{"mesaj": {""}, "ceva": {cnp}})
	}
	v.upload("CI "+cnp+".pdf", []byte("%PDF-1.4\n% "+cnp)) // no good file
	v.upload("CI "+cnp+".pdf", v.scan(cnp))
	v.post("/dosar/export", url.Values{})
	v.post("/cont/adresa", url.Values{"email": {"alta.stefania@demo.exemplu.ro"}})
}

// scan is a paper with a personal number on it.
func (v *village) scan(cnp string) []byte {
	made, err := pdf.Make(pdf.Document{Lang: "ro", Title: "Carte de identitate", Issuer: pdf.Issuer{Authority: "Probă"},
		Blocks: pdf.Blocks{pdf.Paragraph{Text: "CNP " + cnp}}}, v.Now())
	must(v.t, err)
	return made
}

func (v *village) upload(name string, data []byte) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	must(v.t, w.WriteField("cheie", db.NewID()))
	must(v.t, w.WriteField("tip", "carte-identitate"))
	must(v.t, w.WriteField("numar", demoPeople[0].cnp))
	part, err := w.CreateFormFile("fisier", name)
	must(v.t, err)
	_, err = part.Write(data)
	must(v.t, err)
	must(v.t, w.Close())
	answer, err := v.client.Post(v.server.URL+"/dosar/documente/adauga", w.FormDataContentType(), &body)
	must(v.t, err)
	v.read(answer)
}

// counter looks people up and enrols one, by their numbers.
func (v *village) counter() {
	v.signIn("dana@demo.exemplu.ro")
	for _, code := range v.codes {
		v.post("/lucru/ghiseu", url.Values{"cauta": {code}, "motiv": {"identity.why-visit"}})
	}
	v.post("/lucru/ghiseu", url.Values{"cauta": {demoPeople[0].address()}, "motiv": {"identity.why-visit"}})
	check := url.Values{"cod": {newcomers[0]}, "prenume": {"Nou"}, "familie": {"Venit-Demo"}, "act": {"card"}, "vazut": {"da"}, "email": {"nou@demo.exemplu.ro"}}
	_, page := v.post("/lucru/ghiseu/inscriere", check)
	if !strings.HasPrefix(page, "/lucru/ghiseu/0") {
		v.t.Fatalf("the newcomer is not enrolled: %s", page)
	}
	v.post("/lucru/ghiseu/inscriere", check) // once more: they are here
	check.Set("cod", newcomers[1])
	check.Set("motiv", "identity.why-visit")
	v.post(page+"/verificare", check) // with the number of somebody else
	v.post(page+"/imputernicire", url.Values{"catre": {newcomers[1]}, "nume": {"Alt Venit-Demo"}, "calitate": {"attorney"}})
	v.post(page+"/adresa", url.Values{"email": {"alta@demo.exemplu.ro"}, "motiv": {"identity.why-visit"}})
	v.signIn("ioana@demo.exemplu.ro")
	v.post("/lucru/cauta", url.Values{"cauta": {"Ionescu-Demo"}})
	v.post("/lucru/cauta", url.Values{"cauta": {demoPeople[0].cnp}})
}

// lost asks for what is not there, and gets passwords wrong.
func (v *village) lost() {
	jar, err := cookiejar.New(nil)
	must(v.t, err)
	v.client = &http.Client{Jar: jar}
	for _, form := range []url.Values{{"email": {demoPeople[1].address()}, "parola": {"gresita"}}, {"email": {demoPeople[1].address()}, "mod": {"cod"}},
		{"email": {demoPeople[1].cnp}, "parola": {demoPeople[1].cnp}}, {"email": {"nimeni@demo.exemplu.ro"}, "mod": {"cod"}}} {
		v.post("/cont/intra", form)
	}
	v.get("/nu-exista")
	v.get("/verifica/0000-0000-00")
	v.post("/plati/banca/anunt", url.Values{"cine": {demoPeople[1].cnp}})
}

// doJobs works until there is nothing more to do, as [Town.Serve] does.
func (v *village) doJobs() {
	ctx, stop := context.WithCancel(v.t.Context())
	done := make(chan error, 1)
	go func() { done <- v.Work(ctx) }()
	for quiet := 0; quiet < 3; {
		time.Sleep(200 * time.Millisecond)
		health, err := v.Queue.Health(ctx)
		must(v.t, err)
		if quiet++; health.Waiting > 0 {
			quiet = 0
		}
	}
	stop()
	must(v.t, <-done)
	failed, err := v.Queue.Failed(v.t.Context(), 10)
	must(v.t, err)
	for _, job := range failed {
		v.t.Errorf("the job %s failed: %s", job.Kind, job.Error)
	}
}

// mails are all that were sent.
func (v *village) mails() (all []string) {
	kept, err := v.Mailbox.Latest(v.t.Context(), 10000)
	must(v.t, err)
	if len(kept) < 50 {
		v.t.Errorf("%d mails were sent", len(kept))
	}
	for _, mail := range kept {
		all = append(all, mail.Subject+mail.Text+mail.HTML)
	}
	return all
}

// search looks for secrets in a text, however they may be written.
func (v *village) search(where, text string, secrets []string) {
	v.t.Helper()
	for _, secret := range secrets {
		for how, form := range disguises(secret) {
			if at := strings.Index(text, form); at >= 0 {
				v.t.Errorf("%s has %q, %s: …%q…", where, secret, how, text[max(0, at-100):min(len(text), at+100)])
				break
			}
		}
	}
}

// disguises returns ways to write a secret that it can be read from.
func disguises(secret string) map[string]string {
	reversed := []byte(secret)
	slices.Reverse(reversed)
	all := map[string]string{"as it is": secret, "backwards": string(reversed), "escaped": url.QueryEscape(secret),
		"in hexadecimal": hex.EncodeToString([]byte(secret)), "in capital hexadecimal": strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"in UTF-16": strings.Join(strings.Split(secret, ""), "\x00")}
	for shift := range 3 { // the same bytes look otherwise at another place of the three
		code := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
		whole := code[(shift*8+5)/6 : (shift+len(secret))*8/6]
		all[fmt.Sprint("in base64 from ", shift)] = whole
		all[fmt.Sprint("in base64 for addresses from ", shift)] = strings.NewReplacer("+", "-", "/", "_").Replace(whole)
	}
	return all
}

// TestDisguises hides a secret as somebody might, and finds it.
func TestDisguises(t *testing.T) {
	secret := demoPeople[0].cnp
	for before := range 6 {
		text := strings.Repeat("x", before) + secret + "yy"
		for _, hidden := range []string{text, hex.EncodeToString([]byte(text)), fmt.Sprintf("%X", text), base64.StdEncoding.EncodeToString([]byte(text)),
			base64.RawURLEncoding.EncodeToString([]byte(text)), url.QueryEscape(text)} {
			if !slices.ContainsFunc(slices.Collect(maps.Values(disguises(secret))), func(form string) bool { return strings.Contains(hidden, form) }) {
				t.Errorf("%q hides in %q", secret, hidden)
			}
		}
	}
}

// searchFolder looks into every file of the town: the database with its log, the
// stored files, the keys.
func (v *village) searchFolder() {
	n := 0
	must(v.t, filepath.WalkDir(v.cfg.Data, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		n++
		v.search("the file "+strings.TrimPrefix(name, v.cfg.Data), name+string(data), slices.Concat(v.codes, v.contacts))
		return err
	}))
	if n < 50 {
		v.t.Errorf("there are only %d files", n)
	}
}

// searchTables looks into every row of every table.
func (v *village) searchTables(name string) {
	pool, err := sql.Open("pgx", name)
	must(v.t, err)
	defer pool.Close()
	for _, table := range column(v.t, pool, `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`) {
		rows := column(v.t, pool, fmt.Sprintf(`SELECT CAST(t AS TEXT) FROM %q t`, table))
		v.search("the table "+table, strings.Join(rows, "\n"), slices.Concat(v.codes, v.contacts))
	}
}

func column(t *testing.T, pool *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var text string
		must(t, rows.Scan(&text))
		all = append(all, text)
	}
	must(t, rows.Err())
	return all
}

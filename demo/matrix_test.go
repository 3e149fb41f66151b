package demo

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestMatrix asks everybody to open and to do everything that has an address, on
// things that exist, and compares with what the rows say. What is refused has to
// look like what is missing, to the byte, and to leave the database as it was.
//
// On PostgreSQL, it reads only: there, nothing is put back afterwards.
func TestMatrix(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := openMatrix(t, d)
		var kept *kept
		if !d.Postgres() {
			name, err := m.cfg.DatabaseName()
			must(t, err)
			kept = keep(t, name)
		}
		cells := 0
		for _, r := range m.rows() {
			if !r.reads() && kept == nil {
				continue
			}
			done := false
			for _, c := range m.comersOf(r) {
				cells++
				done = m.cell(r, c, kept) || done
			}
			if !r.reads() && !done && r.told == "" && r.who != "" && !r.idle {
				t.Errorf("%s %s: nobody succeeds, so that refusals say nothing", r.route, r.at)
			}
		}
		t.Logf("%d cells", cells)
	})
}

// TestMatrixIsWhole finds addresses that are in no row, and rows without one.
func TestMatrixIsWhole(t *testing.T) {
	m := openMatrix(t, dbtest.SQLite(t))
	routes := map[string]bool{}
	for _, route := range m.Routes() {
		routes[route.Pattern] = false
	}
	for _, r := range m.rows() {
		if _, ok := routes[r.route]; !ok {
			t.Errorf("there is no %s", r.route)
		}
		routes[r.route] = true
		if address := m.address(r, m.things); strings.ContainsAny(address, "<>{}") {
			t.Errorf("%s: a part has no value: %s", r.route, address)
		}
		for _, name := range strings.Fields(r.who + " " + r.told) {
			if !slices.ContainsFunc(m.comers, func(c *comer) bool { return c.name == name }) {
				t.Errorf("%s: nobody is %q", r.route, name)
			}
		}
	}
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		if !routes[route] {
			t.Errorf("%s is in no row: who may do it?", route)
		}
	}
}

func (m *matrix) rows() []row {
	return slices.Concat(publicRows, ownRows, folderRows, taxRows, officerRows, caseRows, deskRows, apiRows)
}

// comersOf returns everybody, and for what needs a scope also a key without it.
func (m *matrix) comersOf(r row) []*comer {
	if r.scope == "" {
		return m.comers
	}
	key := m.things["key without "+string(r.scope)]
	if key == "" {
		m.t.Errorf("%s: no key can have the scope %s", r.route, r.scope)
	}
	return append(slices.Clone(m.comers), &comer{name: "key-without-the-scope", key: key})
}

// but leaves some out of many.
func but(all, some string) string {
	out := strings.Fields(some)
	return strings.Join(slices.DeleteFunc(strings.Fields(all), func(name string) bool { return slices.Contains(out, name) }), " ")
}

// reads reports whether the row is about looking alone.
func (r row) reads() bool { return strings.HasPrefix(r.route, "GET ") }

func (r row) api() bool { return strings.Contains(r.route, " /api/") }

// permits reports whether the row lets somebody do it. A page does not look at
// keys: whoever comes with one has not signed in there.
func (r row) permits(c *comer) bool {
	if c.name == "dead-key" {
		return false
	}
	return slices.Contains(strings.Fields(r.who), c.name)
}

func (r row) tells(c *comer) bool { return slices.Contains(strings.Fields(r.told), c.name) }

// cell tries one row as one comer, and reports whether something was changed.
func (m *matrix) cell(r row, c *comer, kept *kept) (done bool) {
	m.t.Helper()
	fail := func(format string, args ...any) {
		m.t.Helper()
		m.t.Errorf("%s %s %s, as %s: %s", r.route, r.at, r.query, c.name, fmt.Sprintf(format, args...))
	}
	defer func() { kept.putBack(m.t) }()
	if c.lost {
		first := r
		if r.reads() || slices.Contains([]string{"POST /dosare", "POST /cont/iesire", "POST /cont/prelungeste"}, r.route) {
			first = row{route: "GET /"}
		}
		// Once, whoever was about to change something in a folder that has closed is told.
		if answer := m.ask(first, c, m.things); !first.reads() && answer.Code != http.StatusConflict {
			fail("the mandate is over, and the answer is %d", answer.Code)
		}
	}
	before := kept.changes(m.t)
	answer := m.ask(r, c, m.things)
	changed := kept.changes(m.t)
	m.checkSecrets(r, c, answer, fail)
	toSignIn := toSignIn(answer)
	switch {
	case r.tells(c):
		if answer.Code < 400 || answer.Code == http.StatusNotFound || answer.Code == http.StatusUnauthorized || answer.Code >= 500 {
			fail("answer %d, want to be told why not", answer.Code)
		}
	case r.permits(c):
		if answer.Code >= 400 || toSignIn && !strings.HasPrefix(r.route, "GET /cont/") { // where one begins to sign in
			fail("answer %d, want to be let: %s", answer.Code, excerpt(answer))
		}
		return !slices.Equal(before, changed)
	case r.held && toSignIn: // what was typed waits for whoever signs in: no thing has changed
	case c.session != "" && answer.Code != http.StatusNotFound, answer.Code != http.StatusNotFound && !toSignIn:
		fail("answer %d, want to be refused: %s", answer.Code, excerpt(answer))
	case !slices.Equal(before, changed):
		fail("refused, and there are changes in %q", changed)
	default:
		m.checkMissing(r, c, answer, fail)
	}
	return false
}

// toSignIn reports whether an answer asks to sign in first.
func toSignIn(answer *httptest.ResponseRecorder) bool {
	return answer.Code == http.StatusUnauthorized || strings.HasPrefix(answer.Header().Get("Location"), "/cont/intra?inapoi=") && answer.Code == http.StatusSeeOther
}

// excerpt is what a page says in its text.
func excerpt(answer *httptest.ResponseRecorder) string {
	text := answer.Body.String()
	if _, main, ok := strings.Cut(text, `id="main"`); ok {
		text = main
	}
	text = regexp.MustCompile(`<[^>]*>|\s+`).ReplaceAllString(text, " ")
	return text[:min(len(text), 300)]
}

// checkMissing compares a refusal with the answer about things that do not exist,
// or about an address that does not.
func (m *matrix) checkMissing(r row, c *comer, refused *httptest.ResponseRecorder, fail func(string, ...any)) {
	missing := maps.Clone(m.things)
	for _, wild := range wildcard.FindAllStringSubmatch(r.route, -1) {
		if name := r.means(wild[1]); !slices.Contains([]string{"pas", "step", "serviciu", "service", "parte-export", "fel", "plan", "year"}, name) {
			missing[name] = m.things["none"]
		}
	}
	missing["cod"], missing["code"], missing["lucrare"] = "0000-0000-00", "0000-0000-00", "999999"
	nothing := m.ask(r, c, missing)
	if one, other := m.lookOf(refused, r, m.things), m.lookOf(nothing, r, missing); !slices.Equal(one, other) {
		fail("refused does not look like missing:\n%q\n%q", one, other)
	}
}

// fresh finds what differs between any two pages, or cookies.
var fresh = regexp.MustCompile(`name="cheie" value="[^"]*"|bega_(?:vizitator|loc)=[^;]*`)

// lookOf is all that somebody sees of an answer. That it repeats the address it was
// asked for tells them nothing.
func (m *matrix) lookOf(answer *httptest.ResponseRecorder, r row, things map[string]string) []string {
	look := []string{fmt.Sprint(answer.Code), answer.Body.String()}
	for _, name := range slices.Sorted(maps.Keys(answer.Header())) {
		look = append(look, name+": "+strings.Join(answer.Header()[name], " "))
	}
	asked := []string{}
	for _, part := range slices.Concat(wildcard.FindAllStringSubmatch(r.route, -1), thing.FindAllStringSubmatch(r.query, -1)) {
		if id := things[r.means(part[1])]; len(id) >= 10 {
			asked = append(asked, id, "")
		}
	}
	for i := range look {
		look[i] = fresh.ReplaceAllString(strings.NewReplacer(asked...).Replace(look[i]), "")
	}
	return look
}

// checkSecrets looks for Ana's secrets in what people read who have no right to
// her folder.
func (m *matrix) checkSecrets(r row, c *comer, answer *httptest.ResponseRecorder, fail func(string, ...any)) {
	if !slices.Contains(strings.Fields("expired revoked future stranger light visitor nobody stranger's-key dead-key clerk2 head2 signatory2 admin"), c.name) ||
		strings.Contains(r.route, "/demo/posta") {
		return
	}
	for _, secret := range []string{secretWork, secretPhone, secretPaper} {
		if strings.Contains(answer.Body.String(), secret) {
			fail("the answer tells %q", secret)
		}
	}
}

// means returns the thing that a part of the address is.
func (r row) means(part string) string {
	if name, thing, ok := strings.Cut(r.at, "="); ok && name == part {
		return thing
	}
	return part
}

// thing finds the places for IDs in forms and addresses.
var thing = regexp.MustCompile(`<([^>]+)>`)

func fill(text string, things map[string]string) string {
	return thing.ReplaceAllStringFunc(text, func(place string) string { return things[strings.Trim(place, "<>")] })
}

func (m *matrix) address(r row, things map[string]string) string {
	_, pattern, _ := strings.Cut(r.route, " ")
	address := wildcard.ReplaceAllStringFunc(strings.TrimSuffix(pattern, "{$}"), func(part string) string {
		return url.PathEscape(things[r.means(strings.Trim(part, "{}"))])
	})
	if r.query != "" {
		address += "?" + fill(r.query, things)
	}
	return address
}

// ask sends a request of a row about some things, as a comer.
func (m *matrix) ask(r row, c *comer, things map[string]string) *httptest.ResponseRecorder {
	method, _, _ := strings.Cut(r.route, " ")
	body, media := m.body(r, things)
	req := httptest.NewRequest(method, m.address(r, things), body)
	req.RemoteAddr = "192.0.2.1:1234"
	if method != http.MethodGet {
		req.Header.Set("Content-Type", media)
		req.Header.Set("Idempotency-Key", db.NewID())
	}
	if r.api() || c.key == "" {
		for name, value := range map[string]string{"bega": c.session, "bega_vizitator": c.visitor} {
			if value != "" {
				req.AddCookie(&http.Cookie{Name: name, Value: value})
			}
		}
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, req)
	return answer
}

// body returns what a row sends: with a fresh key, and the edition of the case.
func (m *matrix) body(r row, things map[string]string) (io.Reader, string) {
	send := fill(r.send, things)
	if r.api() && r.file == "" {
		if send != "" && !json.Valid([]byte(send)) {
			m.t.Fatalf("%s sends %s", r.route, send)
		}
		return strings.NewReader(send), "application/json"
	}
	form, err := url.ParseQuery(send)
	must(m.t, err)
	form.Set("cheie", db.NewID())
	form.Set("editia", m.things[r.means("caz")+" edition"])
	if r.file == "" {
		return strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			must(m.t, w.WriteField(name, value))
		}
	}
	part, err := w.CreateFormFile(r.file, "plan.pdf")
	must(m.t, err)
	_, err = part.Write(m.scan)
	must(m.t, err)
	must(m.t, w.Close())
	return &body, w.FormDataContentType()
}

// A kept database can be put back as it was.
type kept struct {
	conn   *sql.Conn
	tables []string
	last   int
}

// keep remembers all tables of an SQLite database.
func keep(t *testing.T, file string) *kept {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)&_pragma=synchronous(OFF)")
	must(t, err)
	t.Cleanup(func() { pool.Close() })
	conn, err := pool.Conn(t.Context())
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	k := &kept{conn: conn}
	copied := filepath.Join(t.TempDir(), "kept.db")
	for _, statement := range []string{`UPDATE river_job SET state = 'discarded', finalized_at = created_at WHERE id = 1`,
		`VACUUM INTO '` + copied + `'`, `ATTACH '` + copied + `' AS kept`} {
		_, err = conn.ExecContext(t.Context(), statement)
		must(t, err)
	}
	rows, err := conn.QueryContext(t.Context(), `SELECT name FROM main.sqlite_master WHERE type = 'table'`)
	must(t, err)
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		k.tables = append(k.tables, name)
	}
	must(t, rows.Close())
	k.last = k.version(t)
	return k
}

// version changes whenever somebody else commits a change, and sometimes when
// nothing was changed.
func (k *kept) version(t *testing.T) (n int) {
	t.Helper()
	must(t, k.conn.QueryRowContext(context.Background(), `PRAGMA main.data_version`).Scan(&n))
	return n
}

// changes returns the tables that are not what they were.
func (k *kept) changes(t *testing.T) (changed []string) {
	t.Helper()
	if k == nil || k.version(t) == k.last {
		return nil
	}
	for _, table := range k.tables {
		var n int
		must(t, k.conn.QueryRowContext(context.Background(), fmt.Sprintf(`SELECT count(*) FROM (SELECT * FROM (SELECT * FROM main.%[1]q EXCEPT SELECT * FROM kept.%[1]q)
			UNION ALL SELECT * FROM (SELECT * FROM kept.%[1]q EXCEPT SELECT * FROM main.%[1]q))`, table)).Scan(&n))
		if n > 0 {
			changed = append(changed, table)
		}
	}
	return changed
}

// putBack makes all tables what they were, if any has changed.
func (k *kept) putBack(t *testing.T) {
	t.Helper()
	if k == nil || k.version(t) == k.last {
		return
	}
	script := "BEGIN IMMEDIATE;"
	for _, table := range k.changes(t) {
		script += fmt.Sprintf("DELETE FROM main.%[1]q; INSERT INTO main.%[1]q SELECT * FROM kept.%[1]q;", table)
	}
	_, err := k.conn.ExecContext(context.Background(), script+"COMMIT")
	must(t, err)
	k.last = k.version(t)
}

package demo

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// garbage is what no honest browser sends.
var garbage = []string{"", "\x00", "a\x00b", "\xff\xfe", "\u202e", "'; DROP TABLE acts; --", "<script>alert(1)</script>", "../../etc/passwd", "%", "{{.}}",
	"0", "-1", "99999999999999999999", "NaN", strings.Repeat("ă", 5000)}

// TestGarbage sends garbage in every part of every address, question and form, as
// those who may be there. Whatever it is, the town answers: with what is wrong, or
// that there is no such thing.
func TestGarbage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := openMatrix(t, d)
		sent := 0
		for _, r := range m.rows() {
			if r.api() || r.route == "POST /profil/dispozitive/iesire" {
				continue
			}
			for _, c := range m.comers {
				if !slices.Contains([]string{"owner", "clerk", "head", "signatory", "desk", "officer", "admin", "visitor"}, c.name) || !r.permits(c) {
					continue
				}
				for _, bad := range garbage {
					for _, spoiled := range m.spoil(r, bad) {
						sent++
						answer := m.ask(spoiled.row, c, spoiled.things)
						if answer.Code >= 500 {
							t.Errorf("%s %s %s, as %s, with %.20q: %d", r.route, spoiled.query, spoiled.send, c.name, bad, answer.Code)
						}
					}
				}
				break
			}
		}
		t.Logf("%d requests", sent)
	})
}

// A spoiled row has garbage in one of its parts.
type spoiled struct {
	row
	things map[string]string
}

func (m *matrix) spoil(r row, bad string) (all []spoiled) {
	for _, wild := range wildcard.FindAllStringSubmatch(r.route, -1) {
		if bad == "" {
			continue // that is another address
		}
		things := maps.Clone(m.things)
		things[r.means(wild[1])] = bad
		all = append(all, spoiled{r, things})
	}
	for _, part := range []func(*row) *string{func(r *row) *string { return &r.query }, func(r *row) *string { return &r.send }} {
		form, err := url.ParseQuery(fill(*part(&r), m.things))
		must(m.t, err)
		for name := range form {
			other := r
			whole := maps.Clone(form)
			whole[name] = []string{bad}
			*part(&other) = whole.Encode()
			all = append(all, spoiled{other, m.things})
		}
	}
	return all
}

package procedures

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestPeopleFindWhatTheyNeed asks as people do, without accents, with typing
// errors and in everyday words: 95 of 100 have it among the first three hits.
func TestPeopleFindWhatTheyNeed(t *testing.T) {
	c, err := Load(os.DirFS("../city/timisoara"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/queries.json")
	if err != nil {
		t.Fatal(err)
	}
	var queries []struct{ Query, Want string }
	if err := json.Unmarshal(data, &queries); err != nil {
		t.Fatal(err)
	}
	first, found := 0, 0
	for _, q := range queries {
		hits := c.Search(q.Query)
		at := slices.IndexFunc(hits, func(h Hit) bool { return h.Key == q.Want })
		if at == 0 {
			first++
		} else {
			t.Logf("%q finds %v", q.Query, hits)
		}
		if at >= 0 && at < 3 {
			found++
		}
	}
	n := len(queries)
	t.Logf("%d queries: %d%% first, %d%% among the first three", n, 100*first/n, 100*found/n)
	if n < 100 || 100*found < 95*n || 100*first < 85*n {
		t.Errorf("of %d queries, %d find what they want first, and %d among the first three", n, first, found)
	}
}

func TestSearchKnowsWhenThereIsNothing(t *testing.T) {
	c := town(t)
	for query, want := range map[string]string{"": "", "xyzzy": "", "de la pentru": "", "carnetel": "proba", "hartie": "proba", "obiectie": "", "informația": "intrebare"} {
		got := ""
		if hits := c.Search(query); len(hits) > 0 {
			got = hits[0].Key
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	for typed, want := range map[string]string{"carnetle": "carnețel", "permis": "", "un permsi": "un permis", "xyzzy": "", "hartie": "", "intrebari": ""} {
		if got := c.Suggest(typed); got != want {
			t.Errorf("for %q it suggests %q, want %q", typed, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"parcare", "parcare", 0}, {"parcare", "pracare", 1}, {"parcare", "parcre", 1}, {"urbanism", "urbansim", 1}, {"certificat", "cerificta", 2},
		{"bar", "gar", 0}, {"casa", "masa", 1}, {"casa", "mare", 0}, {"fiscala", "agricola", 0}, {"", "a", 0},
	} {
		if got := near(test.a, test.b); got != test.want {
			t.Errorf("%s and %s differ by %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	c := town(f)
	for _, query := range []string{"permis", "vreau un permis", "ţigări\x00", "„permis”", "Ǻ"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		c.Search(query)
		c.Suggest(query)
	})
}

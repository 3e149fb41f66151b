package identity

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
	"bega/internal/text"
)

func TestTurns(t *testing.T) {
	for name, want := range map[string][]string{
		"Ștefania Ionescu-Demo": {"demo stefania ionescu", "ionescu demo stefania", "stefania ionescu demo"},
		"Demo Demo":             {"demo demo"},
		"X":                     {"x"},
		" .- ":                  nil,
		"":                      nil,
	} {
		if got := turns(name); !slices.Equal(got, want) {
			t.Errorf("turns(%q) = %q, want %q", name, got, want)
		}
	}
}

// oldNames are in a town whose parties were found by looking at all of them.
var oldNames = []string{"Ștefania Ionescu-Demo", "Ion Ionescu", "Demo Demo SRL", "X", "", "Müller & Söhne S.R.L.", "Ђорђе Demo",
	strings.Repeat("Țară Lungă ", 90), "S" + strings.Repeat("ă", mostLetters-3) + " A", "S" + strings.Repeat("ă", mostLetters-2) + " A"}

// TestOldPartiesAreFoundByName: the migration turns names as the program does.
func TestOldPartiesAreFoundByName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const first = "migrations/0001_identity.sql"
		data, err := fs.ReadFile(Files, first)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(d.Migrate(t.Context(), "identity", fstest.MapFS{first: {Data: data}}), d.Write(t.Context(), "", func(ctx context.Context, tx *db.Tx) error {
			for _, name := range oldNames {
				if _, err := tx.Exec(ctx, `INSERT INTO identity_parties (id, kind, name, given, family, folded, code, code_index, level, email, email_index,
					email_proven, phone, iban, address, lang, since, checked_by, checked_at, checked_on)
					VALUES ($1, 'person', $2, '', '', $3, '', '', 2, '', '', $4, '', '', '', '', 0, '', 0, '')`, db.NewID(), name, text.FoldWords(name), false); err != nil {
					return err
				}
			}
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		o := newTown(t, d)
		found, err := db.All(t.Context(), o.d, func(row db.Row) (pair [2]string, err error) {
			err = row.Scan(&pair[0], &pair[1])
			return pair, err
		}, `SELECT p.name, n.turned FROM identity_names n JOIN identity_parties p ON p.id = n.party ORDER BY n.turned`)
		got := map[string][]string{}
		for _, pair := range found {
			got[pair[0]] = append(got[pair[0]], pair[1])
		}
		want := map[string][]string{}
		for _, name := range oldNames {
			if all := turns(name); all != nil {
				want[name] = all
			}
		}
		if err != nil || !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("parties are found as\n%q, %v, want\n%q", got, err, want)
		}
	})
}

func TestSearch(t *testing.T) { eachTown(t, testSearch) }

func testSearch(t *testing.T, o *town) {
	ana := o.enrol(Person, cnpAna, "Ana Ana", "Anastase-Demo", "ana@exemplu.ro")
	o.enrol(Firm, cuiFirm, "", "Andrei & Ana Demo SRL", "")
	ion := o.light("ion@exemplu.ro")
	if err := o.KeepProfile(t.Context(), act.Actor{Person: ion, For: ion, Level: act.Light}, "k1", "Ion Anton-Demo", Contact{}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		words string
		limit int
		want  []string
	}{
		{"an", 10, []string{"Ana Ana Anastase-Demo", "Andrei & Ana Demo SRL", "Ion Anton-Demo"}}, // each once
		{"an", 2, []string{"Ana Ana Anastase-Demo", "Andrei & Ana Demo SRL"}},
		{"ana", 1, []string{"Ana Ana Anastase-Demo"}},
		{"demo ana", 10, []string{"Ana Ana Anastase-Demo", "Andrei & Ana Demo SRL"}},
		{"  ÁNTON  ", 10, []string{"Ion Anton-Demo"}},
		{cnpAna, 10, []string{"Ana Ana Anastase-Demo"}},
		{"RO " + cuiFirm, 10, []string{"Andrei & Ana Demo SRL"}},
		{"ana@exemplu.ro", 10, []string{"Ana Ana Anastase-Demo"}},
		{"ana@exemplu.ro", 0, nil},
		{cnpIon, 10, nil}, {"12", 10, nil}, {"", 10, nil}, {"%", 10, nil}, {"na", 10, nil},
	} {
		found, err := o.Search(t.Context(), o.d, test.words, test.limit)
		var names []string
		for _, g := range found {
			names = append(names, g.Name)
			if g.ID == ana && (g.Code != "485*******027" || g.Kind != Person || g.Lines != nil) {
				t.Errorf("the list shows %+v", g)
			}
		}
		if err != nil || !slices.Equal(names, test.want) {
			t.Errorf("%q, at most %d: %q, %v, want %q", test.words, test.limit, names, err, test.want)
		}
	}

	// Whoever has another name is found by that one alone.
	if err := o.Verify(t.Context(), desk, "k2", ion, Check{IdentityCard, true, cnpIon, "Ion", "Popa-Demo"}); err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]int{"anton": 0, "popa": 1, "ion popa": 1} {
		if found, err := o.Search(t.Context(), o.d, words, 10); err != nil || len(found) != want {
			t.Errorf("after he got another name, %q finds %d, %v, want %d", words, len(found), err, want)
		}
	}
}

func TestPerson(t *testing.T) { eachTown(t, testPerson) }

func testPerson(t *testing.T, o *town) {
	ana := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "ana@exemplu.ro")
	if err := o.KeepProfile(t.Context(), verified(ana), "k", "", Contact{Address: Address{Street: "Strada Alba Iulia", Number: "7", Locality: "Timișoara"}}); err != nil {
		t.Fatal(err)
	}
	g, err := o.Person(t.Context(), o.d, ana)
	if err != nil || g.ID != ana || g.Name != "Ana Ionescu-Demo" || g.Code != "485*******027" || !slices.Equal(g.Lines, []string{"Strada Alba Iulia, nr. 7", "Timișoara"}) {
		t.Errorf("Person = %+v, %v", g, err)
	}
	if _, err := o.Person(t.Context(), o.d, "nobody"); !errors.Is(err, ErrUnknown) {
		t.Errorf("nobody: %v, want %v", err, ErrUnknown)
	}
	lines, code, level, err := o.Recipient(t.Context(), o.d, ana)
	if err != nil || !slices.Equal(lines, append([]string{g.Name}, g.Lines...)) || code != g.Code || level != act.Verified {
		t.Errorf("Recipient = %q, %s, %v, %v", lines, code, level, err)
	}
}

func TestCandidates(t *testing.T) { eachTown(t, testCandidates) }

func testCandidates(t *testing.T, o *town) {
	ana := o.enrol(Person, cnpAna, "Ana", "Ionescu-Demo", "")
	firm := o.enrol(Firm, cuiFirm, "", "Bega Demo SRL", "")
	light := o.light("ion@exemplu.ro")
	if err := o.KeepProfile(t.Context(), act.Actor{Person: light, For: light, Level: act.Light}, "k", "Ion Demo", Contact{}); err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string][]act.PartyID{"demo": {ana}, "": nil, "srl": nil, "ion": {ana}} {
		if got, err := o.Candidates(t.Context(), o.d, words, 10); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", words, got, err, want)
		}
	}
	for id, want := range map[act.PartyID]bool{ana: true, firm: false, light: false, "nobody": false} {
		if got, err := o.Verified(t.Context(), o.d, id); err != nil || got != want {
			t.Errorf("Verified(%s) = %v, %v, want %v", id, got, err, want)
		}
	}
}

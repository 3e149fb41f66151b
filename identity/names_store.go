package identity

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/text"
)

// mostLetters is how much of a name is found: what imports bring has no limit, an
// index has.
const mostLetters = 300

// turns returns the folded words of a name, once from each of them on and then
// around, so that an index has them in order of every word.
func turns(name string) (all []string) {
	folded := []rune(text.FoldWords(name))
	words := strings.Fields(string(folded[:min(len(folded), mostLetters)]))
	for i := range words {
		all = append(all, strings.Join(slices.Concat(words[i:], words[:i]), " "))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// insertNames stores how new parties are found.
func insertNames(ctx context.Context, tx *act.Tx, all ...sealed) error {
	_, err := tx.Bulk(ctx, `INSERT INTO identity_names (turned, party) VALUES ($1, $2)`, func(yield func([]any) bool) {
		for _, s := range all {
			for _, turned := range turns(s.Name) {
				if !yield([]any{turned, string(s.ID)}) {
					return
				}
			}
		}
	})
	return err
}

// rename stores how a party is found who was called old before.
func rename(ctx context.Context, tx *act.Tx, id act.PartyID, old, name string) error {
	before, after := turns(old), turns(name)
	for _, turned := range before {
		if slices.Contains(after, turned) {
			continue
		}
		if err := tx.Later(ctx, `DELETE FROM identity_names WHERE turned = $1 AND party = $2`, turned, string(id)); err != nil {
			return err
		}
	}
	for _, turned := range after {
		if slices.Contains(before, turned) {
			continue
		}
		if err := tx.Later(ctx, `INSERT INTO identity_names (turned, party) VALUES ($1, $2)`, turned, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// mostWords is how many words of a search count.
const mostWords = 3

// last sorts after whatever else a word may go on with.
const last = "\U0010ffff"

// partiesByName returns at most limit parties of a kind, or of any if that is "",
// and of a level or above, whose names have words that begin with those of a
// search, in the order of the longest.
func partiesByName(ctx context.Context, r db.Reader, search string, kind Kind, least act.Level, limit int) ([]sealed, error) {
	words := strings.Fields(text.FoldWords(search))
	words = words[:min(len(words), mostWords)]
	if len(words) == 0 {
		return nil, nil
	}
	// The longest is looked up, since few begin so; the others are compared.
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	others := [mostWords - 1]string{"%", "%"}
	for i, word := range words[1:] {
		others[i] = "% " + word + "%"
	}
	// Ion Ionescu is found twice by "ion", and hardly anybody more than three times.
	found, err := db.All(ctx, r, scanParty,
		`SELECT p.id, p.kind, p.name, p.given, p.family, p.code, p.code_index, p.level, p.email, p.email_index, p.email_proven,
			p.phone, p.iban, p.address, p.lang, p.since, p.checked_by, p.checked_at, p.checked_on
		FROM identity_names n JOIN identity_parties p ON p.id = n.party
		WHERE n.turned >= $1 AND n.turned < $2 AND n.turned LIKE $3 AND n.turned LIKE $4
			AND (CAST($5 AS TEXT) = '' OR p.kind = $5) AND p.level >= $6
		ORDER BY n.turned, n.party LIMIT $7`,
		words[0], words[0]+last, others[0], others[1], string(kind), int(least), 3*limit)
	var all []sealed
	for _, s := range found {
		if len(all) < limit && !slices.ContainsFunc(all, func(other sealed) bool { return other.ID == s.ID }) {
			all = append(all, s)
		}
	}
	return all, err
}

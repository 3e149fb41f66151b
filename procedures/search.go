package procedures

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/romanian"
	"golang.org/x/text/unicode/norm"

	"bega/internal/text"
)

// What a word is worth, by where it stands.
const (
	inTitle   = 8.0
	inSynonym = 6.0
	inSummary = 3.0
	inRest    = 1.0
)

// What a word is worth that is not the one that was typed.
const (
	asPrefix  = 0.8 // what was typed is its beginning
	asSynonym = 0.9 // it is what people call it in an everyday word
	asTypo    = 0.7 // one letter differs
	asTypos   = 0.5 // two letters differ
)

// weak is which part of the best hit a hit has to be worth.
const weak = 0.25

// A Hit is a service that a search found.
type Hit struct {
	Key   string  // of the service
	Score float64 // how well it suits: to be compared within one search
}

// An index knows in which services words stand.
type index struct {
	words    map[string]map[string]float64 // what a word is worth, by form and service
	spelled  map[string]string             // by form, a word as it is written
	phrases  []phrase
	everyday []everyday
	services float64
}

// A phrase is what a service is called.
type phrase struct {
	key   string
	stems []string
}

// An everyday word or phrase, and what services call it.
type everyday struct {
	said []string   // stems
	mean [][]string // words
}

func newIndex(c *Catalogue) *index {
	x := &index{words: map[string]map[string]float64{}, spelled: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(c.services)) {
		if s := c.services[key][len(c.services[key])-1]; !s.Internal {
			x.services++
			x.service(c, s)
		}
	}
	for _, said := range slices.Sorted(maps.Keys(c.synonyms)) {
		e := everyday{said: stems(said)}
		for _, mean := range c.synonyms[said] {
			e.mean = append(e.mean, words(mean))
		}
		x.everyday = append(x.everyday, e)
	}
	// Of several that begin alike, the longest says most.
	slices.SortStableFunc(x.everyday, func(a, b everyday) int { return len(b.said) - len(a.said) })
	return x
}

// service adds what a service says of itself.
func (x *index) service(c *Catalogue, s *Service) {
	add := func(worth float64, texts ...Text) {
		for _, text := range texts {
			for _, said := range text {
				x.add(s.Key, said, worth)
			}
		}
	}
	add(inTitle, s.Title)
	for _, synonym := range append(s.Synonyms, strings.ReplaceAll(s.Key, "-", " ")) {
		x.add(s.Key, synonym, inSynonym)
	}
	add(inSummary, s.Summary)
	add(inRest, s.Outcome)
	add(inRest, s.Notes...)
	if t, err := c.Topic(s.Topic); err == nil {
		add(inRest, t.Title)
	}
	for _, life := range c.lives {
		if slices.Contains(life.Services, s.Key) || slices.Contains(s.Life, life.Key) {
			add(inSummary, life.Title)
		}
	}
	for _, step := range s.Steps {
		add(inRest, step.Title)
	}
	for _, paper := range c.papers(s) {
		add(inRest, paper.Title)
		for _, synonym := range paper.Synonyms {
			x.add(s.Key, synonym, inRest)
		}
	}
}

// add notes that the words of a text stand in a service.
func (x *index) add(key, sentence string, worth float64) {
	for _, word := range words(sentence) {
		for _, form := range forms(word) {
			if x.words[form] == nil {
				x.words[form] = map[string]float64{}
			}
			x.words[form][key] = max(x.words[form][key], worth)
		}
		if plain := text.Fold(word); worth >= inSynonym && (x.spelled[plain] == "" || word != plain) {
			x.spelled[plain] = word
		}
	}
	if said := stems(sentence); worth >= inSynonym && len(said) > 1 {
		x.phrases = append(x.phrases, phrase{key, said})
	}
}

// longest is how many words of a query count.
const longest = 12

// Search returns the services that suit what somebody typed, the best first. It
// does not mind missing accents, inflections, everyday words and typing errors.
func (c *Catalogue) Search(query string) []Hit {
	typed := words(query)
	typed = typed[:min(len(typed), longest)]
	scores, matched := map[string]float64{}, map[string]float64{}
	for at := 0; at < len(typed); {
		found, next := c.index.at(typed, at)
		for key, worth := range found {
			scores[key] += worth
			matched[key] += float64(next - at)
		}
		at = next
	}
	said, top := stems(strings.Join(typed, " ")), 0.0
	for _, p := range c.index.phrases {
		if n := min(len(p.stems), len(said)); n > 1 && (within(p.stems, said) || within(said, p.stems)) {
			scores[p.key] += inTitle * float64(n)
		}
	}
	var hits []Hit
	for key, score := range scores {
		score *= matched[key] / float64(len(typed))
		top = max(top, score)
		hits = append(hits, Hit{key, score})
	}
	hits = slices.DeleteFunc(hits, func(h Hit) bool { return h.Score < weak*top || h.Score == 0 })
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Key, b.Key)) })
	return hits
}

// within reports whether the words of a phrase stand in another, in their order.
func within(phrase, text []string) bool {
	for i := range len(text) - len(phrase) + 1 {
		if slices.Equal(phrase, text[i:i+len(phrase)]) {
			return true
		}
	}
	return false
}

// at returns what the words at a place are worth to each service, and where the
// next are: an everyday phrase may be several.
func (x *index) at(typed []string, at int) (best map[string]float64, next int) {
	best, next = x.find(typed[at], at == len(typed)-1), at+1
	for _, e := range x.everyday {
		n := len(e.said)
		if n == 0 || at+n > len(typed) || !slices.EqualFunc(e.said, stems(strings.Join(typed[at:at+n], " ")), alike) {
			continue
		}
		for own := at + 1; own < at+n; own++ {
			for key, worth := range x.find(typed[own], false) {
				best[key] += worth
			}
		}
		for _, mean := range e.mean {
			worth := map[string]float64{}
			for _, word := range mean {
				for key, part := range x.find(word, false) {
					worth[key] += part * asSynonym / float64(len(mean))
				}
			}
			for key := range worth {
				best[key] = max(best[key], worth[key])
			}
		}
		return best, at + n
	}
	return best, next
}

// find returns what a word is worth to each service. A rare word is worth more.
func (x *index) find(word string, last bool) map[string]float64 {
	best := map[string]float64{}
	take := func(form string, part float64) {
		said := 0.0
		for _, worth := range x.words[form] {
			said += worth / inTitle
		}
		for key, worth := range x.words[form] {
			best[key] = max(best[key], worth*part*math.Log(1+x.services/said))
		}
	}
	for _, form := range forms(word) {
		take(form, 1)
	}
	if len(best) > 0 {
		return best
	}
	plain := text.Fold(word)
	for form := range x.words {
		switch near(plain, form) {
		case 1:
			take(form, asTypo)
		case 2:
			take(form, asTypos)
		}
		if (last && len(plain) >= 3 || len(plain) >= 5) && strings.HasPrefix(form, plain) {
			take(form, asPrefix)
		}
	}
	return best
}

// alike reports whether two stems are the same word, perhaps mistyped.
func alike(a, b string) bool { return a == b || near(a, b) == 1 }

// Suggest returns what somebody may have wanted to type, if that is in the words
// of the catalogue and differs from what they typed; otherwise "".
func (c *Catalogue) Suggest(query string) string {
	typed := strings.Fields(query)
	typed = typed[:min(len(typed), longest)]
	changed := false
	for i, word := range typed {
		if better := c.index.better(text.Fold(strings.TrimFunc(word, notLetter))); better != "" {
			typed[i], changed = better, true
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(typed, " ")
}

// better returns the word that was meant, or "" if it is known, or none is near.
// Where the last letter differs, it is the same word.
func (x *index) better(plain string) (best string) {
	known := func(form string) bool { return x.words[form] != nil }
	everyday := func(e everyday) bool {
		return slices.ContainsFunc(e.said, func(said string) bool { return alike(said, stem(plain)) })
	}
	if slices.Contains(stopWords, plain) || slices.ContainsFunc(forms(plain), known) || slices.ContainsFunc(x.everyday, everyday) {
		return ""
	}
	distance := 3
	for _, form := range slices.Sorted(maps.Keys(x.spelled)) {
		n := near(plain, form)
		if n > 0 && plain[:len(plain)-1] == form[:len(form)-1] {
			return ""
		}
		if n > 0 && n < distance {
			best, distance = x.spelled[form], n
		}
	}
	return best
}

// near returns how many letters differ between two words, counting two that
// changed places as one, or 0 if they are equal or too different to be one word
// mistyped: 1 for words of four letters, 2 for those of seven.
func near(a, b string) int {
	most := 0
	switch shorter := min(len(a), len(b)); {
	case shorter >= 7:
		most = 2
	case shorter >= 4:
		most = 1
	}
	if len(a)-len(b) > most || len(b)-len(a) > most || a == b {
		return 0
	}
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	if row[len(b)] > most {
		return 0
	}
	return row[len(b)]
}

// stopWords are in everything that people say, and tell nothing.
var stopWords = strings.Fields(`a al ale am ar as asta au avea ca care ce cer cum cu da de despre din doresc e este eu fac face facut fara fi fie
	fiu gasesc ia iau imi in intr intru la le lui ma mai mea mele meu mi mie nevoie noi nou noua nu o obtin obtinut pe pentru pot prin sa
	sau se si sunt trebuie un unde unei unui vor vreau
	an and apply application are can do for from get how i is it my need new of on or the to want what where with`)

// words returns the words of a text that mean something, in small letters; all
// of them if none does.
func words(sentence string) []string {
	all := strings.FieldsFunc(norm.NFC.String(strings.ToLower(sentence)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	telling := slices.DeleteFunc(slices.Clone(all), func(word string) bool { return slices.Contains(stopWords, text.Fold(word)) })
	if len(telling) == 0 {
		return all
	}
	return telling
}

// stems returns the words of a text without accents and endings.
func stems(sentence string) (all []string) {
	for _, word := range words(sentence) {
		all = append(all, stem(text.Fold(word)))
	}
	return all
}

// forms returns under which forms a word is found: as it is, its stem without
// accents, and the stem that it has with them. One alone loses a quarter of all
// inflections.
func forms(word string) []string {
	all := []string{text.Fold(word), stem(text.Fold(word)), text.Fold(stem(word))}
	slices.Sort(all)
	return slices.Compact(all)
}

// cedillas are the letters that the stemmer knows, for those that we write.
var cedillas = strings.NewReplacer("ș", "\u015f", "ț", "\u0163")

// diphthongs are the vowels that change with the ending: groapa, gropi.
var diphthongs = strings.NewReplacer("oa", "o", "ea", "e")

func stem(word string) string {
	env := snowballstem.NewEnv(cedillas.Replace(word))
	romanian.Stem(env)
	return diphthongs.Replace(env.Current())
}

package procedures

import (
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bega/internal/fault"
	"bega/internal/form"
	"bega/internal/text"
)

// ErrFlaws is returned for a city pack in which something is wrong.
var ErrFlaws = fault.New(fault.Invalid, "procedures.file-flaws")

// A Flaw is something wrong in a file of a city pack, for those who wrote it.
type Flaw struct {
	File    string
	Pointer string // to the place in it (RFC 6901)
	Key     string // of a text of this room
	Args    []any
	Warning bool // it can be published nevertheless
}

// In returns where a flaw is, and what to do about it.
func (f Flaw) In(t *text.Translator) string {
	return strings.TrimRight(f.File+" "+f.Pointer, " ") + ": " + t.T(f.Key, f.Args...)
}

// Check writes what is wrong in a city pack, and how hard its files are to read,
// in Romanian: that is what departments write. It returns [ErrFlaws] if the pack
// cannot be published.
func Check(pack fs.FS, w io.Writer) error {
	l, err := load(pack)
	if err != nil {
		return err
	}
	ro, wrong, lines := l.texts.For("ro"), 0, []string(nil)
	for _, flaw := range l.flaws {
		line := flaw.In(ro)
		if flaw.Warning {
			line = ro.T("procedures.file-warning", line)
		} else {
			wrong++
		}
		lines = append(lines, line)
	}
	for _, file := range slices.Sorted(maps.Keys(l.lix)) {
		lines = append(lines, ro.T("procedures.file-lix", file, l.lix[file]))
	}
	if _, err := io.WriteString(w, strings.Join(append(lines, ""), "\n")); err != nil || wrong == 0 {
		return err
	}
	return ErrFlaws.With(wrong)
}

// What is hard to read: a text above hard. That of labels says nothing.
const (
	hard     = 40 // LIX
	sentence = 10 // words, from which on a text is no label
)

// clarity warns of the texts of a file that are hard to read. What decisions say,
// and where things are from, is in the words of the law.
func (l *loader) clarity(file string, raw any) {
	var all strings.Builder
	eachText(raw, "", func(place, ro string) {
		if strings.HasPrefix(place, "/decision/body/") {
			return
		}
		if len(strings.Fields(ro)) < sentence {
			return
		}
		all.WriteString(ro + "\n")
		if n := LIX(ro); n > hard {
			l.flaws = append(l.flaws, Flaw{file, place, "procedures.file-hard", []any{n, hard}, true})
		}
	})
	if all.Len() > 0 {
		l.lix[file] = LIX(all.String())
	}
}

// eachText visits what a file says in Romanian, and where.
func eachText(raw any, place string, visit func(place, ro string)) {
	switch raw := raw.(type) {
	case map[string]any:
		if ro, ok := raw["ro"].(string); ok {
			visit(place, ro)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			eachText(raw[key], place+form.Pointer(key), visit)
		}
	case []any:
		for i, item := range raw {
			eachText(item, place+form.Pointer(i), visit)
		}
	}
}

// LIX returns how hard a text is to read: the words in a sentence, and how many
// of a hundred words have more than six letters (Björnsson 1968). News have about
// 40, laws 60.
func LIX(text string) int {
	words, long, sentences := 0, 0, 0
	open := false // a sentence has begun
	for line := range strings.Lines(text) {
		for _, word := range strings.Fields(line) {
			if n := utf8.RuneCountInString(strings.TrimFunc(word, notLetter)); n > 0 {
				words, open = words+1, true
				if n > 6 {
					long++
				}
			}
			if open && strings.ContainsAny(word[len(word)-1:], ".!?:;") {
				sentences, open = sentences+1, false
			}
		}
		if open {
			sentences, open = sentences+1, false
		}
	}
	if words == 0 {
		return 0
	}
	return words/sentences + 100*long/words
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

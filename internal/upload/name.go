package upload

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is how many letters of a name are kept. With four bytes each it
// would not fit into a file system, but no language needs them all.
const longestName = 100

// longestExt is from how many letters on what follows the last dot of a name is
// no ending.
const longestExt = 10

// clean returns a name that can be shown, and saved on any device: without
// folders, characters that are seen as nothing, and marks that turn the
// direction of writing and so hide the ending.
func clean(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r), strings.ContainsRune(`<>:"|?*`, r):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	ext := path.Ext(name)
	if len(ext) > longestExt || strings.Contains(ext, " ") {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	if most := longestName - len(ext); utf8.RuneCountInString(stem) > most {
		stem = strings.TrimRight(string([]rune(stem)[:most]), ". ")
	}
	if strings.Trim(stem, ". ") == "" {
		stem = "document"
	}
	return stem + ext
}

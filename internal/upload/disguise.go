package upload

import (
	"bytes"
	"encoding/binary"
	"regexp"
)

// markup finds what browsers and servers would take for a page or a program.
var markup = regexp.MustCompile(`(?i)<(?:html|head|body|script|svg|iframe|object|embed|!doctype|!entity|\?php)[\s>/\[]`)

// archives are how files with other files in them begin.
var archives = [][]byte{[]byte("PK\x03\x04"), []byte("Rar!\x1a\x07"), []byte("7z\xbc\xaf\x27\x1c"), []byte("MSCF\x00\x00\x00\x00"), []byte("%PDF-")}

func hasMarkup(data []byte) bool { return bytes.IndexByte(data, '<') >= 0 && markup.Match(data) }

// trailer looks at what follows a file that ended. Cameras leave padding there,
// further images and short films, which nobody opens by accident; another kind
// of file is a disguise.
func trailer(data []byte, end int) error {
	if isZip(data) {
		return ErrDisguised
	}
	rest := data[end:]
	if hasMarkup(rest) {
		return ErrDisguised
	}
	for _, begins := range archives {
		if bytes.Contains(rest, begins) {
			return ErrDisguised
		}
	}
	return nil
}

// isZip reports whether a file, whatever it begins with, opens as a ZIP archive:
// those are read from their end, where a record says where the list of files is
// (APPNOTE 4.3.16).
func isZip(data []byte) bool {
	const record, longestComment = 22, 1<<16 - 1
	start := max(0, len(data)-record-longestComment)
	tail := data[start:]
	for i := bytes.LastIndex(tail, []byte("PK\x05\x06")); i >= 0; i = bytes.LastIndex(tail[:i], []byte("PK\x05\x06")) {
		at := start + i
		if at+record > len(data) {
			continue
		}
		size := int64(binary.LittleEndian.Uint32(data[at+12:]))
		if first := int64(at) - size; size > 0 && first >= 0 && bytes.HasPrefix(data[first:], []byte("PK\x01\x02")) {
			return true
		}
		if locator := at - 20; locator >= 0 && bytes.HasPrefix(data[locator:], []byte("PK\x06\x07")) { // ZIP64
			return true
		}
	}
	return false
}

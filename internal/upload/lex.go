package upload

import (
	"bytes"
	"strconv"
	"strings"
)

// A lexer reads the syntax of a PDF (ISO 32000-1 clause 7.2 and 7.3), one
// dictionary after another, and passes over what is in strings and comments. It
// understands as much as is needed to find streams and their filters. Whatever
// it is given it goes forward, so that it ends.
type lexer struct {
	data  []byte
	at    int
	depth int // of dictionaries and arrays that are open
	err   error

	dict dict // the dictionary at depth 1, as far as it was read
	key  string
}

// deepest is how deep dictionaries and arrays may be in each other. Programs
// that open them call themselves as often.
const deepest = 250

// A dict is a dictionary: its keys, and what follows each, as far as it is
// names and numbers. The names in arrays and inner dictionaries are there too.
type dict map[string][]string

// longestValue is how many names and numbers of a value are kept.
const longestValue = 40

func (d dict) has(key, name string) bool {
	for _, v := range d[key] {
		if v == "/"+name {
			return true
		}
	}
	return false
}

// number returns the value of a key, or -1 if it is no number or somewhere else.
func (d dict) number(key string) int {
	if len(d[key]) != 1 {
		return -1
	}
	n, err := strconv.Atoi(d[key][0])
	if err != nil {
		return -1
	}
	return n
}

// next reads up to the end of a dictionary that is in none, or to a word outside
// of all, such as "stream". It returns "" at the end.
func (l *lexer) next() (word string) {
	for l.at < len(l.data) && l.err == nil {
		c := l.data[l.at]
		switch {
		case isSpace(c):
			l.at++
		case c == '%':
			l.skipTo("\r\n")
		case c == '(':
			l.skipString()
		case c == '<' && l.peek(1) != '<':
			l.skipTo(">")
			l.at++
			l.add("")
		case c == '<':
			l.at += 2
			l.open()
		case c == '>' && l.peek(1) == '>':
			l.at += 2
			if l.close(); l.depth == 0 {
				return ">>"
			}
		case c == '[':
			l.at++
			l.open()
		case c == ']':
			l.at++
			l.close()
		case c == '/':
			l.name()
		case isDelimiter(c):
			l.at++
		default:
			word := l.word()
			if word == "endobj" { // what the object left open ends with it
				l.depth = 0
			}
			if l.depth == 0 {
				return word
			}
			l.add(word)
		}
	}
	return ""
}

func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.data) {
		return l.data[l.at+n]
	}
	return 0
}

func (l *lexer) open() {
	if l.depth++; l.depth == 1 {
		clear(l.dict)
		l.key = ""
	} else if len(l.dict[l.key]) == 0 {
		l.add("") // a value, though it may be empty
	}
	if l.depth > deepest {
		l.err = ErrDamaged
	}
}

func (l *lexer) close() { l.depth = max(0, l.depth-1) }

// add notes a part of the value of the last key, if there was one. What is
// neither a name nor a word is noted as "".
func (l *lexer) add(value string) {
	if values := l.dict[l.key]; l.depth > 0 && l.key != "" && len(values) < longestValue {
		l.dict[l.key] = append(values, value)
	}
}

// name reads a name. In the dictionary at depth 1 it is a key, unless it is the
// first thing after one.
func (l *lexer) name() {
	name, size := nameAt(l.data[l.at:])
	l.at += size
	switch {
	case l.depth == 1 && (l.key == "" || len(l.dict[l.key]) > 0):
		if l.key = name; len(l.dict) < 1000 {
			l.dict[name] = nil // of two, the last holds
		}
	default:
		l.add("/" + name)
	}
}

// word reads what is neither a name nor a delimiter.
func (l *lexer) word() string {
	start := l.at
	for l.at < len(l.data) && !isSpace(l.data[l.at]) && !isDelimiter(l.data[l.at]) {
		l.at++
	}
	return string(l.data[start:min(l.at, start+20)])
}

func (l *lexer) skipTo(ends string) {
	if i := bytes.IndexAny(l.data[l.at:], ends); i >= 0 {
		l.at += i
	} else {
		l.at = len(l.data)
	}
}

func (l *lexer) skipString() {
	open := 0
	for ; l.at < len(l.data); l.at++ {
		switch l.data[l.at] {
		case '\\':
			l.at++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.at++
				l.add("")
				return
			}
		}
	}
}

// longestNameInPDF is how much of a name is read: more than the longest that
// matters, with each letter written as "#4a".
const longestNameInPDF = 127

// nameAt returns the name at the beginning of data, which is a slash, and how
// many bytes it has there. A letter may be written as "#4a".
func nameAt(data []byte) (name string, size int) {
	for size = 1; size < len(data) && !isSpace(data[size]) && !isDelimiter(data[size]); size++ {
	}
	name = string(data[1:min(size, longestNameInPDF)])
	if !strings.Contains(name, "#") {
		return name, size
	}
	var plain strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '#' && i+2 < len(name) {
			if n, err := strconv.ParseUint(name[i+1:i+3], 16, 8); err == nil {
				plain.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		plain.WriteByte(name[i])
	}
	return plain.String(), size
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

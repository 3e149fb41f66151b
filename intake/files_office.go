package intake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/db"
	"bega/internal/text"
	"bega/taxroll"
)

// How large files may be. Those of a city have about 85 MB as tables, and 70 MB as a
// workbook, which is in memory while it is read.
const (
	mega         = 1_000_000
	mostTable    = 160 * mega
	mostWorkbook = 120 * mega
	partSize     = 8 << 20
	longestName  = 100
)

// Keep looks at a file and stores it, encrypted, while it is sent. What is wrong with it
// is a fault that says what to do. Nobody gets it out again: no scanner has to look at
// it, and nothing in it is ever carried out.
func (o *Office) Keep(ctx context.Context, actor act.Actor, name string, r io.Reader) (f File, err error) {
	if actor.May(act.ImportRegister, o.on("register files")) != nil {
		return f, ErrUnknown
	}
	f = File{ID: db.NewID(), Name: text.Clean(name), By: actor.Person, At: o.Now()}
	if letters := []rune(f.Name); len(letters) > longestName {
		f.Name = string(letters[:longestName])
	}
	k := &keeper{ctx: ctx, blobs: o.Blobs}
	in := &source{r: r}
	begin := bufio.NewReaderSize(in, 64<<10)
	if f.What, err = kindOf(begin); err == nil && f.What == Workbook {
		f.Rows, err = o.keepWorkbook(begin, k)
	} else if err == nil {
		f.What, f.Rows, err = keepTable(begin, k)
	}
	if in.err != nil { // what was sent is not whole: everything else follows from that
		err = in.err
	}
	if err != nil {
		return f, err
	}
	f.Size, f.parts = k.size, k.parts
	return f, o.Acts.Do(ctx, actor, act.ImportRegister, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(o.on("register file " + f.ID)); err != nil {
			return hidden(err)
		}
		return insertFile(ctx, tx, o, f)
	})
}

// A source remembers why it could not be read to the end.
type source struct {
	r   io.Reader
	err error
}

// Read implements [io.Reader].
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// kindOf tells a workbook from what may be a table, by how it begins.
func kindOf(r *bufio.Reader) (string, error) {
	begin, _ := r.Peek(512) // fewer of a short one
	control := func(b byte) bool { return b < ' ' && b != '\t' && b != '\r' && b != '\n' }
	switch {
	case len(begin) == 0:
		return "", ErrEmpty
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		return Workbook, nil
	case bytes.HasPrefix(begin, []byte("\xd0\xcf\x11\xe0")): // a compound file, MS-CFB 2.2
		return "", ErrOld
	case bytes.HasPrefix(begin, []byte("\xff\xfe")), bytes.HasPrefix(begin, []byte("\xfe\xff")): // UTF-16
		return "", ErrEncoding
	case slices.ContainsFunc(begin, control), bytes.HasPrefix(begin, []byte("%PDF-")):
		return "", ErrKind
	case len(bytes.TrimSpace(bytes.TrimPrefix(begin, []byte("\ufeff")))) == 0:
		return "", ErrEmpty
	}
	return Taxpayers, nil
}

// keepWorkbook stores a workbook that can be read.
func (o *Office) keepWorkbook(r io.Reader, k *keeper) (rows int, err error) {
	data, err := io.ReadAll(io.LimitReader(r, mostWorkbook+1))
	if err != nil {
		return 0, err
	}
	if len(data) > mostWorkbook {
		return 0, ErrLarge.With(mostWorkbook / mega)
	}
	if rows, err = checkWorkbook(data); err != nil {
		return 0, err
	}
	book, closing, err := XLSX(bytes.NewReader(data), o.Scratch)
	if err != nil {
		return 0, err
	}
	err1, err2 := book.Heads()
	if err := errors.Join(err1, err2, closing()); err != nil {
		return 0, err
	}
	k.most = mostWorkbook
	_, err1 = k.Write(data)
	return rows, errors.Join(err1, k.close())
}

// keepTable stores a table that can be read to its end, and says which it is.
func keepTable(r io.Reader, k *keeper) (what string, rows int, err error) {
	k.most, k.text = mostTable, true
	table, err := taxroll.CSV(io.TeeReader(r, k))
	if err != nil {
		return "", 0, errors.Join(k.err, ErrKind)
	}
	for ; err == nil; rows++ {
		var row []string
		if row, err = table.Next(); rows > 0 || err != nil {
			continue
		}
		if what, err = headOf(slices.Clone(row)); err != nil {
			return "", 0, err
		}
	}
	if rows--; errors.Is(err, io.EOF) {
		err = nil
	}
	if closing := k.close(); closing != nil { // what could not be stored was not read either
		return "", 0, closing
	} else if err != nil {
		return "", 0, ErrBroken.With(rows + 1)
	}
	return what, rows, nil
}

// headOf says which table has a head, or what is wrong with it.
func headOf(head []string) (what string, err error) {
	what = Taxpayers
	for i := range head {
		if head[i] = strings.TrimSpace(strings.ToValidUTF8(head[i], "?")); head[i] == "cod_bun" || head[i] == "fel" {
			what = Objects
		}
	}
	taxpayers, objects := taxroll.Source{Taxpayers: &once{head}, Objects: &once{head}}.Heads()
	if what == Objects {
		return what, objects
	}
	return what, taxpayers
}

// once is a table of one row.
type once struct{ row []string }

// Next implements [taxroll.Table].
func (t *once) Next() ([]string, error) {
	row := t.row
	if t.row = nil; row == nil {
		return nil, io.EOF
	}
	return row, nil
}

// A keeper stores what is written to it in parts.
type keeper struct {
	ctx   context.Context
	blobs *blob.Store
	most  int64
	text  bool // has to be UTF-8
	size  int64
	part  []byte
	parts []blob.Hash
	err   error
}

// Write implements [io.Writer].
func (k *keeper) Write(p []byte) (n int, err error) {
	if k.size += int64(len(p)); k.size > k.most && k.err == nil {
		k.err = ErrLarge.With(k.most / mega)
	}
	for rest := p; len(rest) > 0 && k.err == nil; {
		n := min(len(rest), partSize-len(k.part))
		k.part, rest = append(k.part, rest[:n]...), rest[n:]
		if len(k.part) == partSize {
			k.flush(whole(k.part))
		}
	}
	return len(p), k.err
}

// whole returns how much of a text ends with a whole letter.
func whole(text []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if begin := len(text) - back; utf8.RuneStart(text[begin]) {
			if !utf8.FullRune(text[begin:]) {
				return begin
			}
			break
		}
	}
	return len(text)
}

// flush stores the first n bytes of what waits.
func (k *keeper) flush(n int) {
	data := k.part[:n]
	if k.text && (!utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0) {
		k.err = ErrEncoding
		return
	}
	hash, err := k.blobs.Put(k.ctx, data)
	if err != nil {
		k.err = fmt.Errorf("storing a part: %w", err)
		return
	}
	k.parts = append(k.parts, hash)
	k.part = append(make([]byte, 0, partSize), k.part[n:]...)
}

// close stores what still waits.
func (k *keeper) close() error {
	if k.err == nil && len(k.part) > 0 {
		k.flush(len(k.part))
	}
	return k.err
}

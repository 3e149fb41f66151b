package folder

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
)

// kept is for how long an export can be fetched.
const kept = 7 * 24 * time.Hour

// An Export is a copy of a whole folder, to take along (GDPR art. 15 and 20).
type Export struct {
	ID        string
	Owner     act.PartyID
	Requester act.PartyID // natural person, who alone may fetch it
	Lang      string
	Asked     time.Time
	Ready     time.Time // zero while it is being packed
	Removed   time.Time // zero while it is there
	Parts     []Part
}

// A Part of an export is one file: a large folder has several.
type Part struct {
	N    int // from 1
	Hash blob.Hash
	Size int64
}

// Until returns until when the export can be fetched.
func (e Export) Until() time.Time { return e.Ready.Add(kept) }

// there reports whether the export can be fetched at an instant.
func (e Export) there(now time.Time) bool {
	return !e.Ready.IsZero() && e.Removed.IsZero() && now.Before(e.Until())
}

// FileName returns what a part is called on the device of who fetches it.
func (e Export) FileName(n int) string {
	name := "dosar-" + e.Asked.UTC().Format(time.DateOnly)
	if len(e.Parts) > 1 {
		name += fmt.Sprintf("-%d-%d", n, len(e.Parts))
	}
	return name + ".zip"
}

// A packer packs files into archives of a limited size.
type packer struct {
	most int // bytes of an archive
	at   time.Time
	done func(archive []byte) error

	buf  bytes.Buffer
	zip  *zip.Writer
	sums strings.Builder // of all files, as sha256sum has them
	tail int             // bytes that the end of the archive will need
}

// add packs one file. It begins another archive if this one would be too large.
func (p *packer) add(path string, data []byte) error {
	sum := sha256.Sum256(data)
	fmt.Fprintf(&p.sums, "%s  %s\n", hex.EncodeToString(sum[:]), path)
	return p.put(path, data)
}

// entry is what an archive needs for a file besides its content and, twice, its
// name.
const entry = 200

func (p *packer) put(path string, data []byte) error {
	need := len(data) + entry + 2*len(path)
	if p.zip != nil {
		if err := p.zip.Flush(); err != nil {
			return err
		}
		if p.buf.Len()+p.tail+need > p.most {
			if err := p.finish(); err != nil {
				return err
			}
		}
	}
	if p.zip == nil {
		p.buf.Reset()
		p.zip, p.tail = zip.NewWriter(&p.buf), entry
	}
	p.tail += entry + len(path)
	// What people scan does not become smaller: storing it is quick, and the size
	// is known.
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store, Modified: p.at})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(data))
	return err
}

// close packs the list of sums, and ends the last archive.
func (p *packer) close() error {
	if err := p.put("SHA256SUMS.txt", []byte(p.sums.String())); err != nil {
		return err
	}
	return p.finish()
}

func (p *packer) finish() error {
	err := p.zip.Close()
	if p.zip = nil; err != nil {
		return err
	}
	return p.done(p.buf.Bytes())
}

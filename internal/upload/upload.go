// Package upload looks at a file that a resident sends, before anything opens
// it.
//
// Files come from strangers and are opened by officials. Only what the town
// hall can show is taken, PDF, JPEG and PNG, and only if it is what its name
// says and nothing else besides: no program, no second file inside, nothing
// that fills the memory of whoever opens it. No image is decoded to find that
// out.
package upload

import (
	"bytes"
	"embed"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"bega/internal/fault"
)

// Files holds the texts of the faults.
//
//go:embed texts
var Files embed.FS

// MaxBytes is how large a file may be: 10 MB, as telephones and pages count
// them.
const MaxBytes = 10 * mega

const mega = 1_000_000

// The faults of a file. They tell the resident what to do.
var (
	ErrEmpty     = fault.New(fault.Invalid, "upload.empty")
	ErrTooLarge  = fault.New(fault.Invalid, "upload.too-large") // its size and the limit, in MB
	ErrCut       = fault.New(fault.Invalid, "upload.cut")       // the limit, in MB: it is larger, and nobody knows how much
	ErrType      = fault.New(fault.Invalid, "upload.type")      // its kind, such as ".tif"
	ErrUnknown   = fault.New(fault.Invalid, "upload.unknown")   // its kind has no name
	ErrPixels    = fault.New(fault.Invalid, "upload.pixels")    // its width and height
	ErrPages     = fault.New(fault.Invalid, "upload.pages")     // the limit
	ErrBomb      = fault.New(fault.Invalid, "upload.bomb")
	ErrDamaged   = fault.New(fault.Invalid, "upload.damaged")
	ErrEncrypted = fault.New(fault.Invalid, "upload.encrypted")
	ErrActive    = fault.New(fault.Invalid, "upload.active")
	ErrDisguised = fault.New(fault.Invalid, "upload.disguised")
)

// A File is one that was looked at, and can be stored and shown.
type File struct {
	Name          string // that the resident knows it by, made safe, with an ending that is true
	Media         string // "application/pdf", "image/jpeg" or "image/png"
	Ext           string // ".pdf", ".jpg" or ".png"
	Bytes         []byte // as they were sent
	Pages         int    // of a PDF, as far as it can be seen without opening it; 1 for an image
	Width, Height int    // of an image, in pixels; 0 for a PDF
}

// TooLarge returns a fault if a file of that many bytes may not be sent. Who
// knows the true size asks here first: the fault says it.
func TooLarge(size int64) error {
	if size <= MaxBytes {
		return nil
	}
	return ErrTooLarge.With((size+mega-1)/mega, MaxBytes/mega)
}

// Read reads a file, but no more than one byte above [MaxBytes], at which
// [Check] sees that it is too large.
func Read(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, MaxBytes+1))
}

// A kind is what a file may be.
type kind struct {
	media, ext string
	names      []string // endings of the name that say so
	look       func(f *File) error
}

var (
	document    = kind{"application/pdf", ".pdf", []string{".pdf"}, lookAtPDF}
	pictureJPEG = kind{"image/jpeg", ".jpg", []string{".jpg", ".jpeg", ".jpe", ".jfif"}, lookAtJPEG}
	picturePNG  = kind{"image/png", ".png", []string{".png"}, lookAtPNG}
)

// Check returns what is to be known about a file with that name and content, or
// one of the faults of this package. The name need not be safe. The bytes are
// not copied.
func Check(name string, data []byte) (File, error) {
	switch {
	case len(data) == 0:
		return File{}, ErrEmpty
	case len(data) == MaxBytes+1:
		return File{}, ErrCut.With(MaxBytes / mega)
	case len(data) > MaxBytes:
		return File{}, TooLarge(int64(len(data)))
	}
	name = clean(name)
	ext := strings.ToLower(path.Ext(name))
	is, ok := kindOf(data)
	if !ok {
		return File{}, notOurs(ext, data)
	}
	if isOther(ext, is) {
		return File{}, ErrDisguised
	}
	f := File{Name: withExt(name, ext, is), Media: is.media, Ext: is.ext, Bytes: data, Pages: 1}
	if err := is.look(&f); err != nil {
		return File{}, err
	}
	return f, nil
}

// kindOf returns what a file begins as. Before a PDF there may be something
// else (ISO 32000-1 annex H.3.4.1), which is looked at later.
func kindOf(data []byte) (kind, bool) {
	switch {
	case bytes.Contains(data[:min(len(data), pdfHead)], []byte("%PDF-")):
		return document, true
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return pictureJPEG, true
	case bytes.HasPrefix(data, []byte(pngMagic)):
		return picturePNG, true
	}
	return kind{}, false
}

// images are endings of names that say it is a picture. Telephones and
// messengers often take the wrong one, and nobody is deceived by it.
var images = append(slices.Concat(pictureJPEG.names, picturePNG.names), ".gif", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp")

// others are endings of names that say it is something that we do not take.
var others = strings.Fields(`.7z .apk .app .bat .bin .bz2 .cmd .com .css .csv .dll .dmg .doc .docm .docx .dwg .dxf .eml .exe .gz .hta .htm
	.html .iso .jar .js .jse .json .lnk .mhtml .mov .mp3 .mp4 .msg .msi .odp .ods .odt .php .ppt .pptm .pptx .ps1 .py .rar .rtf .scr
	.sh .svg .swf .tar .tgz .txt .vbs .wsf .xht .xhtml .xls .xlsm .xlsx .xml .xps .zip .p7m .p7s .asice`)

// isOther reports whether the ending of a name says that a file is something
// else than it is.
func isOther(ext string, is kind) bool {
	if is.ext == document.ext {
		return slices.Contains(images, ext) || slices.Contains(others, ext)
	}
	return ext == document.ext || slices.Contains(others, ext)
}

// withExt returns a name with an ending that is true. What looks like an ending
// but says nothing, as in "contract.final", stays.
func withExt(name, ext string, is kind) string {
	switch {
	case slices.Contains(is.names, ext):
		return name
	case slices.Contains(images, ext):
		return name[:len(name)-len(ext)] + is.ext
	}
	return name + is.ext
}

// notOurs returns the fault of a file that is none of our kinds, whatever its
// name says: it is another kind, hides as ours, or is nothing at all.
func notOurs(ext string, data []byte) error {
	found := mimetype.Detect(data)
	picture := slices.Contains(images, ext)
	switch {
	case ext != document.ext && !slices.Contains(pictureJPEG.names, ext) && !slices.Contains(picturePNG.names, ext):
		if !picture && !slices.Contains(others, ext) {
			ext = found.Extension()
		}
		if ext == "" {
			return ErrUnknown
		}
		return ErrType.With(ext)
	case found.Is("application/octet-stream"):
		return ErrDamaged
	case picture && strings.HasPrefix(found.String(), "image/") && !found.Is("image/svg+xml"):
		return ErrType.With(found.Extension())
	}
	return ErrDisguised
}

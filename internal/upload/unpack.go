package upload

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"image/jpeg"
	"io"
)

// How much the streams of a document may unpack to, in bytes. An honest drawing
// of ten million bytes has some fifty million, and a bomb ten thousand million.
const (
	maxObjects = 32 << 20  // of objects, which are kept while they are looked at
	maxPlain   = 128 << 20 // of text, drawings and fonts together
	maxImages  = 256 << 20 // of images together; those beyond are not looked at

	// suspicious is how many times smaller packed bytes are in a bomb. Text is
	// packed to a fifth, and what repeats itself to a hundredth.
	suspicious = 200
	harmless   = 4 << 20 // bytes below which that does not matter

	// maxBits is how much an image in a document may unpack to, in bits: what
	// [MaxPixels] have in colour, so that plans of A0 may be larger in black.
	maxBits = MaxPixels * 24
)

// A budget is what was unpacked so far, in bytes.
type budget struct {
	objects, plain, images int64
	flate                  io.Reader // used again, because it is large and streams are many
}

// unpack returns the objects in a stream.
func (b *budget) unpack(content []byte, filters []string) ([]byte, error) {
	if len(filters) == 0 {
		return nil, nil // they can be read as they are, and were
	}
	r, rest := b.unpacked(content, filters)
	if r == nil || len(rest) > 0 || filters[len(filters)-1] != "Flate" {
		return nil, ErrDamaged
	}
	var plain bytes.Buffer
	n, err := plain.ReadFrom(io.LimitReader(r, maxObjects-b.objects+1))
	if b.objects += n; b.objects > maxObjects {
		return nil, ErrBomb
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, ErrDamaged
	}
	return plain.Bytes(), nil
}

// weigh unpacks a stream to nowhere, and refuses it if it is far larger than
// when it was packed, or too large with those before it.
func (b *budget) weigh(content []byte, filters []string) error {
	r, _ := b.unpacked(content, filters)
	if r == nil {
		return nil
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(r, maxPlain-b.plain+1)) // damage does no harm
	if b.plain += n; b.plain > maxPlain || n > harmless && n/suspicious > int64(len(content)) {
		return ErrBomb
	}
	return nil
}

// unpacked returns what unpacks a stream, and the filters that are left then. It
// is nil if the stream was not packed, or in a way that makes it little smaller.
// It is good until the next call.
func (b *budget) unpacked(content []byte, filters []string) (r io.Reader, rest []string) {
	r = bytes.NewReader(content)
	if len(filters) > 0 && filters[0] == "85" {
		content, _, _ = bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(content), []byte("<~")), []byte("~>"))
		r, filters = ascii85.NewDecoder(bytes.NewReader(content)), filters[1:]
	} else if len(filters) > 0 && filters[0] == "hex" {
		r, filters = hex.NewDecoder(&digits{r}), filters[1:]
	}
	if len(filters) == 0 {
		return nil, nil
	}
	switch filters[0] {
	case "Flate":
		// Not zlib: as programs that open PDF files do, this forgives a wrong
		// checksum and a wrong header.
		if _, err := io.CopyN(io.Discard, r, 2); err != nil {
			return nil, nil
		}
		if again, ok := b.flate.(flate.Resetter); !ok {
			b.flate = flate.NewReader(r)
		} else if err := again.Reset(r, nil); err != nil {
			return nil, nil
		}
		return b.flate, filters[1:]
	case "LZW":
		return newLZW(r), filters[1:]
	}
	return nil, nil
}

// digits leaves out of a text in hexadecimal what is none.
type digits struct {
	r io.Reader
}

// Read implements [io.Reader].
func (d *digits) Read(p []byte) (n int, err error) {
	n, err = d.r.Read(p)
	kept := p[:0]
	for _, c := range p[:n] {
		if !isSpace(c) && c != '>' {
			kept = append(kept, c)
		}
	}
	return len(kept), err
}

// image looks at a picture in a document, which may be no larger than one that
// is sent alone, and may not unpack to more than it says.
func (s *pdfScan) image(d dict, content []byte, filters []string) error {
	width, height := max(d.number("Width"), d.number("W")), max(d.number("Height"), d.number("H"))
	bits := int64(max(d.number("BitsPerComponent"), d.number("BPC")))
	if bits < 1 || bits > 16 {
		bits = 8
	}
	if d.has("Filter", "DCTDecode") && len(filters) == 1 {
		if cfg, err := jpeg.DecodeConfig(bytes.NewReader(content)); err == nil {
			width, height = max(width, cfg.Width), max(height, cfg.Height)
		}
	}
	colours := int64(4)
	switch {
	case d.has("ColorSpace", "DeviceGray"), d.has("ColorSpace", "CalGray"), d.has("ColorSpace", "Indexed"), d["ImageMask"] != nil && d["ImageMask"][0] == "true":
		colours = 1
	case d.has("ColorSpace", "DeviceRGB"), d.has("ColorSpace", "CalRGB"):
		colours = 3
	case bits == 1:
		colours = 1
	}
	if width < 0 || height < 0 {
		return s.weigh(content, filters) // nobody can show that
	}
	// The limit is for three colours of 8 bits; CMYK is not refused for having
	// a fourth.
	if width > MaxSide || height > MaxSide || int64(width)*int64(height)*bits*min(colours, 3) > maxBits {
		return ErrPixels.With(width, height)
	}
	r, rest := s.budget.unpacked(content, filters)
	if r == nil || s.images > maxImages {
		return nil
	}
	if len(rest) > 0 { // a photograph, packed again
		return s.weigh(content, filters)
	}
	rows := (int64(width)*bits*colours+7)/8 + 1 // and the byte of a PNG predictor
	most := rows*int64(height) + 64<<10
	n, _ := io.Copy(io.Discard, io.LimitReader(r, most+1))
	if s.images += n; n > most {
		return ErrBomb
	}
	return nil
}

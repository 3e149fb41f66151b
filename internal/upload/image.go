package upload

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
)

const (
	// MaxPixels is how many pixels an image may have: a page of A4 at 600 dots
	// an inch, or the best that telephones offer. Opened, it takes 200 MB.
	MaxPixels = 50_000_000

	// MaxSide is how many pixels it may be wide or high.
	MaxSide = 30_000
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// maxScans is of how many layers an image may be made. The best cameras need
// about ten; thousands keep whoever opens it busy for hours.
const maxScans = 200

// measure notes the size of an image, and refuses one that is too large.
func (f *File) measure(cfg image.Config, err error) error {
	if err != nil {
		return ErrDamaged
	}
	f.Width, f.Height = cfg.Width, cfg.Height
	return pixels(cfg.Width, cfg.Height, MaxPixels)
}

func pixels(width, height, most int) error {
	switch {
	case width < 1 || height < 1:
		return ErrDamaged
	case width > MaxSide || height > MaxSide || width*height > most:
		return ErrPixels.With(width, height)
	}
	return nil
}

// lookAtJPEG follows the markers of an image (ITU-T T.81 annex B) to its end.
func lookAtJPEG(f *File) error {
	if err := f.measure(jpeg.DecodeConfig(bytes.NewReader(f.Bytes))); err != nil {
		return err
	}
	end, head, err := walkJPEG(f.Bytes)
	if err != nil {
		return err
	}
	// The length of the first segment, read as text, begins a comment of
	// JavaScript, which is closed where the program is.
	if bytes.HasPrefix(f.Bytes[4:], []byte("/*")) && bytes.Contains(f.Bytes, []byte("*/")) {
		return ErrDisguised
	}
	if hasMarkup(f.Bytes[:head]) {
		return ErrDisguised
	}
	return trailer(f.Bytes, end)
}

// walkJPEG returns where an image ends and where its pixels begin.
func walkJPEG(data []byte) (end, head int, err error) {
	scans := 0
	for i := 2; i+1 < len(data); {
		if data[i] != 0xff {
			return 0, 0, ErrDamaged
		}
		marker := data[i+1]
		switch {
		case marker == 0xff: // fill
			i++
			continue
		case marker == 0xd9: // end of image
			return i + 2, head, nil
		case marker == 0x01, marker >= 0xd0 && marker <= 0xd7: // alone
			i += 2
			continue
		case marker < 0xc0, marker == 0xd8 || i+4 > len(data): // none, or an image in the image
			return 0, 0, ErrDamaged
		}
		size := int(binary.BigEndian.Uint16(data[i+2:]))
		if size < 2 {
			return 0, 0, ErrDamaged
		}
		if i += 2 + size; marker != 0xda {
			continue
		}
		if head == 0 {
			head = min(i, len(data))
		}
		if scans++; scans > maxScans {
			return 0, 0, ErrBomb
		}
		for i+1 < len(data) && (data[i] != 0xff || data[i+1] == 0 || data[i+1] >= 0xd0 && data[i+1] <= 0xd7) {
			i++
		}
	}
	return 0, 0, ErrDamaged
}

// lookAtPNG follows the chunks of an image (ISO/IEC 15948 clause 5) to its end.
func lookAtPNG(f *File) error {
	if err := f.measure(png.DecodeConfig(bytes.NewReader(f.Bytes))); err != nil {
		return err
	}
	const around = 4 + 4 + 4 // length, type, checksum
	data, seen := f.Bytes, false
	for i := len(pngMagic); i+around <= len(data); {
		size := int(binary.BigEndian.Uint32(data[i:]))
		if size > len(data)-i-around {
			return ErrDamaged
		}
		chunk := data[i+4 : i+8+size] // with its type
		i += around + size
		if crc32.ChecksumIEEE(chunk) != binary.BigEndian.Uint32(data[i-4:]) {
			return ErrDamaged
		}
		switch string(chunk[:4]) {
		case "IDAT":
			seen = true
		case "IEND":
			if !seen {
				return ErrDamaged
			}
			return trailer(data, i)
		default:
			if hasMarkup(chunk) {
				return ErrDisguised
			}
		}
	}
	return ErrDamaged
}

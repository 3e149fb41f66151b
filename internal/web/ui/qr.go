package ui

import (
	"fmt"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// A qrImage is a QR code to draw: its side in modules, with the quiet zone, and
// the path of the dark ones.
type qrImage struct {
	size int
	path string
}

// qr makes the code of a text. Level M survives a fold; a text that is too long
// for any code is an error.
func qr(text string) (qrImage, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return qrImage{}, fmt.Errorf("ui: QR code: %w", err)
	}
	bits := code.Bitmap()
	var path strings.Builder
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return qrImage{len(bits), path.String()}, nil
}

func stepAt(steps []Step) int {
	for i, step := range steps {
		if step.Current {
			return i
		}
	}
	return 0
}

// alertRole returns how urgently a screen reader should say an alert.
func alertRole(kind Kind) string {
	if kind == Wrong {
		return "alert"
	}
	return "note"
}

package demo_test

import (
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// screenshots is set to take the pictures of the documentation anew.
var screenshots = flag.Bool("screenshots", false, "take docs/screenshots anew")

// picture takes a picture of the page for the documentation, with scripts and of
// a resident's journey.
func (v *visit) picture(name string) {
	v.t.Helper()
	if !*screenshots || v.way != withScripts || !v.pictured {
		return
	}
	file := filepath.Join("../docs/screenshots", name+".png")
	v.Screenshot(file)
	img, err := readPNG(file)
	if err == nil {
		err = writePNG(file, fewColours(img))
	}
	if err != nil {
		v.t.Error(err)
	}
}

// fewColours returns a picture in its 256 most frequent colours, which is all that
// a page needs, and half as large in a file.
func fewColours(img image.Image) image.Image {
	count, bounds := map[color.Color]int{}, img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[img.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) })
	small := image.NewPaletted(bounds, colours[:min(len(colours), 256)])
	nearest := map[color.Color]uint8{}
	for _, c := range colours {
		nearest[c] = uint8(small.Palette.Index(c))
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[img.At(x, y)])
		}
	}
	return small
}

// photograph returns the file of a picture of a plan, as a telephone takes it.
func photograph(t *testing.T, name string) string {
	t.Helper()
	const width, height = 800, 600
	paper := image.NewGray(image.Rect(0, 0, width, height))
	for i := range paper.Pix {
		paper.Pix[i] = uint8(244 - i/width/20) // the light falls from above
	}
	for _, wall := range []image.Rectangle{image.Rect(120, 90, 680, 510), image.Rect(160, 130, 420, 330), image.Rect(420, 130, 640, 470), image.Rect(160, 330, 420, 470)} {
		for x := wall.Min.X; x <= wall.Max.X; x++ {
			for _, y := range []int{wall.Min.Y, wall.Max.Y} {
				paper.Pix[y*width+x], paper.Pix[(y+1)*width+x] = 40, 40
			}
		}
		for y := wall.Min.Y; y <= wall.Max.Y; y++ {
			for _, x := range []int{wall.Min.X, wall.Max.X} {
				paper.Pix[y*width+x], paper.Pix[y*width+x+1] = 40, 40
			}
		}
	}
	file := filepath.Join(t.TempDir(), name)
	if err := writePNG(file, paper); err != nil {
		t.Fatal(err)
	}
	return file
}

func readPNG(file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

func writePNG(file string, img image.Image) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img)
}

package portal

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"bega/internal/browser"
)

// scratch
func TestZExplore(t *testing.T) {
	file := os.Getenv("EXPLORE")
	if file == "" {
		t.Skip()
	}
	f, _ := os.Open(file)
	s := bufio.NewScanner(f)
	b := browser.Open(t, browser.Options{NoScript: os.Getenv("NOJS") != ""})
	for s.Scan() {
		verb, rest, _ := strings.Cut(s.Text(), " ")
		a, c, _ := strings.Cut(rest, " = ")
		switch verb {
		case "new":
			b = browser.Open(t, browser.Options{})
		case "go":
			b.Go("http://127.0.0.1:18333" + rest)
		case "click":
			b.Click(rest)
		case "type":
			b.Type(a, c)
		case "choose":
			b.Choose(rest)
		case "upload":
			b.Upload(a, c)
		case "show":
			t.Log(b.URL(), b.Count(), "\n", b.Text())
		case "axe":
			t.Log(b.Axe(), b.Reflows())
		case "shot":
			b.Screenshot(rest)
		case "as":
			b.Go("http://127.0.0.1:18333/cont/intra")
			b.Type("Adresa de e-mail", rest+"@demo.exemplu.ro")
			b.Type("Parola", "lampa de pe Bega")
			b.Click("Intră")
		}
	}
	t.Log(b.Console())
}

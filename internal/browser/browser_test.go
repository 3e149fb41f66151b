package browser_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bega/internal/browser"
)

// both runs a test with scripts and without them.
func both(t *testing.T, test func(t *testing.T, o browser.Options)) {
	for _, noScript := range []bool{false, true} {
		t.Run(fmt.Sprintf("noscript=%v", noScript), func(t *testing.T) { test(t, browser.Options{NoScript: noScript}) })
	}
}

func TestSomebodyAsksForAParkingPermit(t *testing.T) {
	both(t, func(t *testing.T, o browser.Options) {
		paper := filepath.Join(t.TempDir(), "talon.txt")
		if err := os.WriteFile(paper, []byte("TM 07 ABC"), 0o600); err != nil {
			t.Fatal(err)
		}
		b, home := browser.Open(t, o), town(t)
		b.Go(home)
		b.Type("Numele tău", "Ștefania Ionescu-Demo")
		b.Type("Mesaj", "un rând\nși încă unul")
		b.Choose("Zona 2")
		b.Choose("12 luni")
		b.Choose("Sunt de acord")
		b.Choose("Sunt de acord") // stays so
		b.Upload("Talonul mașinii", paper)
		b.Click("Trimite cererea")

		if got, want := b.URL(), home+"/gata"; got != want {
			t.Errorf("the address is %s, want %s", got, want)
		}
		if got := b.Title(); got != "Am primit cererea" {
			t.Errorf("the title is %q", got)
		}
		want := "nume=Ștefania Ionescu-Demo mesaj=un rând și încă unul zona=2 luni=12 acord=on talon=talon.txt=TM 07 ABC"
		if !b.Has(want) {
			t.Errorf("what arrived is\n%s, want\n%s", b.Text(), want)
		}
		got := b.Count()
		if got.Bytes < 1000 || got.Bytes > 20000 {
			t.Errorf("%d bytes came", got.Bytes)
		}
		got.Bytes = 0
		if want := (browser.Count{Pages: 2, Typed: 2, Uploads: 1, Clicks: 5}); got != want {
			t.Errorf("it took %+v, want %+v", got, want)
		}
		if wrong := b.Console(); len(wrong) > 0 {
			t.Errorf("went wrong: %q", wrong)
		}
		if b.Reset(); b.Count() != (browser.Count{}) {
			t.Error("the count goes on after Reset")
		}
	})
}

func TestAMistakeIsAPageAndNotAProblem(t *testing.T) {
	both(t, func(t *testing.T, o browser.Options) {
		b := browser.Open(t, o)
		b.Go(town(t))
		b.Type("Mesaj", "") // typing nothing empties it
		b.Click("Trimite cererea")
		if !b.Has("Scrie numele tău") {
			t.Errorf("there is no error on\n%s", b.Text())
		}
		if n := b.Count().Pages; n != 2 {
			t.Errorf("%d pages came, want 2", n)
		}
		if wrong := b.Console(); len(wrong) > 0 {
			t.Errorf("status 422 counts as a problem: %q", wrong)
		}
		b.Type("Numele tău", "Ana")
		b.Click("Trimite cererea")
		if !b.Has("nume=Ana mesaj=vechi") {
			t.Errorf("what arrived is %s", b.Text())
		}
	})
}

func TestKeyboard(t *testing.T) {
	both(t, func(t *testing.T, o browser.Options) {
		b := browser.Open(t, o)
		b.Go(town(t))
		var names []string
		for range 3 {
			b.Press("Tab")
			names = append(names, b.Focused())
		}
		b.Press("Shift+Tab")
		names = append(names, b.Focused())
		if want := []string{"Acasă", "Caută", "Numele tău", "Caută"}; !slices.Equal(names, want) {
			t.Errorf("the focus went over %q, want %q", names, want)
		}
		b.Press("Tab")
		b.Press("Ș")
		b.Press("Enter")
		if !b.Has("nume=Ș") {
			t.Errorf("Enter did not send the form:\n%s", b.Text())
		}
	})
}

func TestAxeFindsThePlantedFaults(t *testing.T) {
	both(t, func(t *testing.T, o browser.Options) {
		home := town(t)
		for _, dark := range []bool{false, true} {
			for _, width := range []int{320, 1280} {
				o.Dark, o.Width = dark, width
				b := browser.Open(t, o)
				b.Go(home)
				if found := b.Axe(); len(found) > 0 {
					t.Errorf("%+v: %v", o, found)
				}
				if err := b.Reflows(); err != nil {
					t.Errorf("%+v: %v", o, err)
				}
			}
		}
		b := browser.Open(t, browser.Options{NoScript: o.NoScript, Width: 320})
		b.Go(home + "/rau")
		var ids []string
		for _, v := range b.Axe() {
			ids = append(ids, v.ID)
			if v.Help == "" || v.Impact == "" || len(v.Nodes) == 0 || !strings.Contains(v.String(), v.ID) {
				t.Errorf("%v does not say what is wrong", v)
			}
		}
		if !slices.Contains(ids, "image-alt") || !slices.Contains(ids, "label") {
			t.Errorf("axe found %q, want image-alt and label", ids)
		}
		if err := b.Reflows(); err == nil || !strings.Contains(err.Error(), "Prea lat") {
			t.Errorf("a page that is too wide: %v", err)
		}
	})
}

func TestOptions(t *testing.T) {
	home := town(t)
	for _, c := range []struct {
		o    browser.Options
		want []string
	}{
		{browser.Options{}, []string{"Pus de script"}},
		{browser.Options{NoScript: true}, []string{"Fără script"}},
		{browser.Options{Dark: true}, []string{"Mod întunecat", "Pus de script"}},
		{browser.Options{ForcedColors: true, NoScript: true}, []string{"Contrast ridicat", "Fără script"}},
	} {
		b := browser.Open(t, c.o)
		b.Go(home + "/culori")
		for _, text := range c.want {
			b.Await(text)
		}
		for _, text := range []string{"Pus de script", "Fără script", "Mod întunecat", "Contrast ridicat"} {
			if b.Has(text) != slices.Contains(c.want, text) {
				t.Errorf("%+v: Has(%q) = %v", c.o, text, b.Has(text))
			}
		}
		file := filepath.Join(t.TempDir(), "poze", "culori.png")
		b.Screenshot(file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if picture, err := png.Decode(bytes.NewReader(data)); err != nil || picture.Bounds().Dx() != 1280 {
			t.Errorf("the picture is not one: %v", err)
		}
	}
}

// TestTheSamePageOtherwise: a page that is there changes its size and colours, and
// its links can be read and their files fetched.
func TestTheSamePageOtherwise(t *testing.T) {
	home := town(t)
	b := browser.Open(t, browser.Options{NoScript: true})
	b.Go(home + "/culori")
	b.Reset()
	b.Resize(320, true)
	if !b.Has("Mod întunecat") || b.Count().Pages != 0 {
		t.Errorf("the page is %q, after %+v", b.Text(), b.Count())
	}
	if got := b.Href("Acasă"); got != home+"/" {
		t.Errorf("the link leads to %s", got)
	}
	if file := b.Download("Acasă"); !bytes.Contains(file, []byte("Cere un permis de parcare")) {
		t.Errorf("the file is %.100s", file)
	}
}

func TestConsoleTellsWhatWentWrong(t *testing.T) {
	b, home := browser.Open(t, browser.Options{}), town(t)
	b.Go(home + "/culori?rau")
	b.Go(home + "/rau")
	all := strings.Join(b.Console(), "\n")
	for _, want := range []string{"ceva rău", "TypeError", "Content Security Policy"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing from\n%s", want, all)
		}
	}
	if b.Title() == "rău" {
		t.Error("the content policy did not stop an inline script")
	}
}

// strict is a test that notes how it failed.
type strict struct {
	testing.TB
	said string
}

func (s *strict) Fatalf(format string, args ...any) {
	s.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestWhatCannotBeDoneFails(t *testing.T) {
	home := town(t)
	for name, c := range map[string]struct {
		do   func(b *browser.Tab)
		want string
	}{
		"no such button":    {func(b *browser.Tab) { b.Click("Plătește") }, `no link or button is called "Plătește"`},
		"two things":        {func(b *browser.Tab) { b.Click("Deschide") }, `2 link or button are called "Deschide"`},
		"covered":           {func(b *browser.Tab) { b.Click("Sub ceva") }, "it is covered by"},
		"no such field":     {func(b *browser.Tab) { b.Type("CNP", "1") }, `no field is called "CNP"`},
		"no such choice":    {func(b *browser.Tab) { b.Choose("Da") }, `no choice is called "Da"`},
		"no such file":      {func(b *browser.Tab) { b.Upload("x", "nimic.pdf") }, "no such file"},
		"no such key":       {func(b *browser.Tab) { b.Press("Ctrl+Nimic") }, "there is no key Nimic"},
		"no such selector":  {func(b *browser.Tab) { b.Click("#nimic") }, "nothing matches #nimic"},
		"nobody at address": {func(b *browser.Tab) { b.Go("http://127.0.0.1:1/") }, "net::ERR_"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &strict{TB: t}
			b := browser.Open(s, browser.Options{NoScript: true})
			b.Go(home + "/rau")
			done := make(chan bool)
			go func() {
				defer close(done)
				c.do(b)
			}()
			<-done
			if !strings.Contains(s.said, c.want) {
				t.Errorf("it failed with %q, want %q", s.said, c.want)
			}
		})
	}
}

func TestTabsShareNothing(t *testing.T) {
	home := town(t)
	one, two := browser.Open(t, browser.Options{Width: 500}), browser.Open(t, browser.Options{})
	one.Go(home)
	two.Go(home + "/culori")
	one.Type("#nume", "Ana")
	one.Click("#nume")
	one.Click("Caută") // the button in the main part, not the link above it
	if !one.Has("rezultate") || two.Has("rezultate") {
		t.Errorf("one shows %q, two %q", one.Text(), two.Text())
	}
}

// TestNothingStaysBehind ends a process that uses a browser with a panic.
func TestNothingStaysBehind(t *testing.T) {
	if os.Getenv("BEGA_TEST_PANIC") != "" {
		browser.Open(t, browser.Options{}).Go("about:blank")
		go func() { panic("on purpose") }()
		select {}
	}
	browser.Open(t, browser.Options{}) // skips where there is none
	dir, err := os.MkdirTemp("", "b")  // the name of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	again := exec.Command(os.Args[0], "-test.run=^TestNothingStaysBehind$")
	again.Env = append(os.Environ(), "BEGA_TEST_PANIC=1", "TMPDIR="+dir)
	if out, err := again.CombinedOutput(); err == nil || !bytes.Contains(out, []byte("on purpose")) {
		t.Fatalf("it did not panic: %v\n%s", err, out)
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		left, err := filepath.Glob(dir + "/*")
		if err != nil {
			t.Fatal(err)
		}
		running := processes(t, dir)
		if len(left) == 0 && len(running) == 0 {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("there are still the files %q and the processes %q", left, running)
		}
	}
}

// processes returns the command lines that name a folder.
func processes(t *testing.T, dir string) (lines []string) {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(dir)) {
			lines = append(lines, string(line))
		}
	}
	return lines
}

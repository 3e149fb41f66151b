// Package browser lets tests use the portal as people do: with a real Chromium,
// by what is written on the screen.
//
// A journey reads like what somebody would say over the telephone: go to this
// address, type your name, click on "Continuă". Along the way it counts what
// the journey asks of people, so that a test can compare that with its budget.
//
// All of it works with scripts switched off too. The package is for tests
// alone; nothing else may import it.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to come, or something to appear on it.
const patience = 20 * time.Second

// height is that of the window, in CSS pixels.
const height = 900

// Options say how somebody looks at the portal.
type Options struct {
	Width        int    // of the window, in CSS pixels; 0 means 1280
	Dark         bool   // prefers a dark page
	NoScript     bool   // has scripts switched off
	ForcedColors bool   // has the system choose the colours, for high contrast
	Lang         string // value of Accept-Language; empty means "ro"
}

// Open opens an empty window of its own: it shares no cookie with any other. It
// closes at the end of the test.
//
// Where there is no Chromium the test is skipped, or fails if BEGA_TEST_ALL is
// set.
func Open(t testing.TB, o Options) *Tab {
	t.Helper()
	shared, err := chromium()
	if errors.Is(err, errNone) && os.Getenv("BEGA_TEST_ALL") == "" {
		t.Skip("nothing was tested in a browser:", err)
	} else if err != nil {
		t.Fatal(err)
	}
	b := &Tab{t: t, noScript: o.NoScript, seen: newSeen()}
	ctx, cancel := chromedp.NewContext(shared, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.seen.event))
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := b.prepare(o); err != nil {
		t.Fatal("browser:", err)
	}
	b.seen.main(cdp.FrameID(chromedp.FromContext(ctx).Target.TargetID))
	b.Reset()
	return b
}

// prepare makes the window what the options say.
func (b *Tab) prepare(o Options) error {
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.Lang == "" {
		o.Lang = "ro"
	}
	if err := chromedp.Do(b.ctx); err != nil { // opens the window
		return err
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders,
		network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": o.Lang}})
	return errors.Join(err, emulate(ctx, o), b.scripts(ctx, !o.NoScript))
}

// emulate makes the window as wide and its colours what the options say.
func emulate(ctx context.Context, o Options) error {
	media := []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: choose(o.Dark, "dark", "light")},
		{Name: "forced-colors", Value: choose(o.ForcedColors, "active", "none")},
		{Name: "prefers-reduced-motion", Value: "reduce"}, // nothing moves while it is looked at
	}
	_, err1 := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride,
		emulation.SetDeviceMetricsOverrideParams{Width: int64(o.Width), Height: height, DeviceScaleFactor: 1})
	_, err2 := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: media})
	return errors.Join(err1, err2)
}

// scripts lets the scripts of pages run, or not.
func (b *Tab) scripts(ctx context.Context, run bool) error {
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: !run})
	return err
}

func choose(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

var errNone = errors.New("install Debian's package chromium")

// chromium is the one browser of this process; every window is one of its.
var chromium = sync.OnceValues(func() (context.Context, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return start(path)
		}
	}
	fmt.Fprintln(os.Stderr, "nothing was tested in a browser:", errNone)
	return nil, errNone
})

// start starts a Chromium that ends with this process, however that ends, and
// leaves nothing behind.
func start(path string) (context.Context, error) {
	dir, err := os.MkdirTemp("", "bega") // the name of a socket has to be short
	if err != nil {
		return nil, err
	}
	if err := sweep(dir); err != nil {
		return nil, err
	}
	on := func(name string) chromedp.ExecAllocatorOption { return chromedp.Flag(name, true) }
	ctx, _ := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.Env("HOME="+dir, "TMPDIR="+dir),
		on("headless"), on("no-sandbox"), on("disable-gpu"), on("disable-quic"), on("no-first-run"),
		on("no-default-browser-check"), on("disable-background-networking"), on("disable-component-update"),
		on("disable-sync"), on("disable-breakpad"), on("disable-dev-shm-usage"), on("disable-extensions"),
		on("disable-renderer-backgrounding"), on("hide-scrollbars"), on("mute-audio"),
		chromedp.Flag("disable-features", "Translate,HttpsUpgrades"), chromedp.Flag("password-store", "basic"))
	ctx, _ = chromedp.NewContext(ctx)
	return ctx, chromedp.Do(ctx)
}

// sweep removes a folder when this process has ended. A shell waits for the end
// of a pipe, which comes even after a panic. The browser itself the kernel ends
// with us; its last breath may still write to the folder, hence the second try.
func sweep(dir string) error {
	broom := exec.Command("sh", "-c", `trap "" INT; read -r line; sleep 1; rm -rf "$0" || { sleep 2; rm -rf "$0"; }`, dir)
	if _, err := broom.StdinPipe(); err != nil {
		return err
	}
	if err := broom.Start(); err != nil {
		return err
	}
	go broom.Wait() // keeps the pipe
	return nil
}

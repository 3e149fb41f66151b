package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A Tab is a window of the browser, and somebody in front of it. What cannot be
// done ends the test with a sentence that says what was on the screen instead.
// A Tab is for one goroutine.
type Tab struct {
	t        testing.TB
	ctx      context.Context
	noScript bool
	seen     *seen
}

//go:embed find.js
var findJS string

// Go opens an address, and waits until the page is there.
func (b *Tab) Go(url string) {
	b.t.Helper()
	b.do("open "+url, func(ctx context.Context) error {
		got, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: url})
		if err == nil && got.ErrorText != "" && !got.IsDownload {
			err = errors.New(got.ErrorText)
		}
		return err
	})
}

// Click clicks a link or a button by what it is called, and waits for the page
// that comes. What begins with #, . or [ is a CSS selector.
func (b *Tab) Click(what string) {
	b.t.Helper()
	b.seen.add(Count{Clicks: 1})
	b.do("click "+what, func(ctx context.Context) error {
		at, err := b.find(ctx, "target", what)
		if err != nil {
			return err
		}
		return b.press(ctx, at)
	})
}

// Type fills in the field with that label, in place of what was there.
func (b *Tab) Type(label, text string) {
	b.t.Helper()
	b.seen.add(Count{Typed: 1})
	b.do("type into "+label, func(ctx context.Context) error {
		at, err := b.find(ctx, "typable", label)
		if err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, dom.Focus, dom.FocusParams{ObjectID: at}); err != nil {
			return err
		}
		if _, err := b.call(ctx, at, `function() { this.select ? this.select() : getSelection().selectAllChildren(this) }`); err != nil {
			return err
		}
		if text == "" {
			return chromedp.Do(ctx, chromedp.KeyEvent(kb.Delete))
		}
		_, err = chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// Choose takes the radio button, the check box or the entry of a list with that
// label. What was chosen already stays so.
func (b *Tab) Choose(label string) {
	b.t.Helper()
	b.seen.add(Count{Clicks: 1})
	b.do("choose "+label, func(ctx context.Context) error {
		at, err := b.find(ctx, "choice", label)
		if err != nil {
			return err
		}
		kind, err := b.call(ctx, at, `function() {
			if (this.checked || this.selected) return 'done';
			if (this.tagName !== 'OPTION') return 'click';
			const list = this.closest('select');
			if (list.disabled || this.disabled) throw 'the list is disabled';
			this.selected = true;
			for (const what of ['input', 'change']) list.dispatchEvent(new Event(what, { bubbles: true }));
			return 'done';
		}`)
		if err != nil || kind != "click" {
			return err
		}
		if err := b.press(ctx, at); err != nil {
			return err
		}
		if chosen, err := b.call(ctx, at, `function() { return String(this.checked) }`); err == nil && chosen != "true" {
			return errors.New("it is not chosen after a click on it")
		}
		return nil
	})
}

// Upload chooses a file for the field with that label.
func (b *Tab) Upload(label, path string) {
	b.t.Helper()
	b.seen.add(Count{Uploads: 1})
	b.do("upload into "+label, func(ctx context.Context) error {
		file, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		if _, err := os.Stat(file); err != nil {
			return err
		}
		at, err := b.find(ctx, "file", label)
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: at})
		return err
	})
}

var keys = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
}

var held = map[string]chromedp.Modifier{
	"Shift": chromedp.ModifierShift, "Ctrl": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt,
}

// Press presses a key: a letter, or one of Enter, Tab, Escape, Space and the
// like. Shift+Tab and such hold another key meanwhile.
func (b *Tab) Press(key string) {
	b.t.Helper()
	b.do("press "+key, func(ctx context.Context) error {
		names := strings.Split(key, "+")
		last := len(names) - 1
		var with []chromedp.Modifier
		for _, name := range names[:last] {
			if _, ok := held[name]; !ok {
				return fmt.Errorf("there is no key %s to hold", name)
			}
			with = append(with, held[name])
		}
		pressed := names[last]
		if key, ok := keys[pressed]; ok {
			pressed = key
		} else if len([]rune(pressed)) != 1 {
			return fmt.Errorf("there is no key %s", pressed)
		}
		return chromedp.Do(ctx, chromedp.KeyEvent(pressed, chromedp.KeyModifiers(with...)))
	})
}

// do does one thing, and waits for the page it leads to.
func (b *Tab) do(what string, thing func(ctx context.Context) error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := thing(ctx)
	if err == nil {
		err = b.seen.settle(ctx)
	}
	if err != nil {
		now, cancel := context.WithTimeout(b.ctx, time.Second) // the other one may be over
		defer cancel()
		screen, _ := b.evaluate(now, `location.href + '\n' + document.body.innerText`)
		b.t.Fatalf("browser: %s: %v; on the screen is %.800s", what, err, screen)
	}
}

// find returns what a function of find.js finds. Scripts may still be about to
// put it there.
func (b *Tab) find(ctx context.Context, kind, what string) (runtime.RemoteObjectID, error) {
	until := time.Now().Add(2 * time.Second)
	for {
		got, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
			Expression: fmt.Sprintf("(%s).%s(%s)", findJS, kind, quote(what))})
		if err == nil {
			err = thrown(got.ExceptionDetails)
		}
		if err == nil {
			return got.Result.ObjectID, nil
		}
		if b.noScript || time.Now().After(until) {
			return "", err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// call calls a function on an element, and returns the text it returns.
func (b *Tab) call(ctx context.Context, at runtime.RemoteObjectID, function string) (string, error) {
	value := true
	got, err := chromedp.Call(ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: function, ObjectID: at, ReturnByValue: &value})
	if err == nil {
		err = thrown(got.ExceptionDetails)
	}
	if err != nil {
		return "", err
	}
	return unquote(got.Result.Value), nil
}

// press clicks on the middle of an element, as a hand does: whatever lies over
// it would get the click instead, and that is an error.
func (b *Tab) press(ctx context.Context, at runtime.RemoteObjectID) error {
	where, err := b.call(ctx, at, `function() {
		const places = [this, ...(this.labels || [])];
		let over = null;
		for (const place of places) {
			place.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
			for (const r of place.getClientRects()) {
				if (r.width < 4 || r.height < 4) continue;
				const x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
				if (hit && places.some(p => p.contains(hit))) return x + ' ' + y;
				over = over || hit;
			}
		}
		throw over ? 'it is covered by ' + over.outerHTML.slice(0, 90) : 'there is nothing of it on the screen';
	}`)
	if err != nil {
		return err
	}
	var x, y float64
	if _, err := fmt.Sscan(where, &x, &y); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.MouseClickXY(x, y))
}

// thrown is the error of a script of ours; they throw sentences.
func thrown(e *runtime.ExceptionDetails) error {
	if e == nil {
		return nil
	}
	text := e.Text
	if e.Exception != nil && e.Exception.Description != "" {
		text = e.Exception.Description
	} else if e.Exception != nil {
		text = unquote(e.Exception.Value)
	}
	return errors.New(text)
}

// unquote returns a text from JSON, and anything else as it is in JSON.
func unquote(value []byte) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	return text
}

func quote(s string) string {
	data, _ := json.Marshal(s) // a string always can be
	return string(data)
}

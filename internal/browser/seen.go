package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// A Count is what a journey asked of somebody.
type Count struct {
	Pages   int   // that came onto the screen; a redirect is not one
	Typed   int   // fields that were typed into
	Uploads int   // files that were chosen
	Clicks  int   // on links, buttons and choices
	Bytes   int64 // that came over the network, compressed, with headers
}

// seen is what the browser reported about a window. Its events come from
// another goroutine.
type seen struct {
	mu       sync.Mutex
	frame    cdp.FrameID // the window itself, without what is framed in it
	count    Count
	loading  bool      // a page was asked for and is not there yet
	changed  time.Time // when loading last changed
	problems []string
	papers   []string // addresses of the pages themselves
}

func newSeen() *seen { return &seen{} }

func (s *seen) main(frame cdp.FrameID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frame = frame
}

// event takes note of what the browser reports.
func (s *seen) event(ev any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch ev := ev.(type) {
	case *page.EventFrameRequestedNavigation:
		if ev.Disposition == page.ClientNavigationDispositionCurrentTab {
			s.load(ev.FrameID, true)
		}
	case *page.EventFrameStartedLoading:
		s.load(ev.FrameID, true)
	case *page.EventFrameStoppedLoading:
		s.load(ev.FrameID, false)
	case *page.EventFrameNavigated:
		if ev.Frame.ID == s.frame && ev.Frame.URL != "about:blank" {
			s.count.Pages++
		}
	case *network.EventRequestWillBeSent:
		if ev.Type == network.ResourceTypeDocument {
			s.papers = append(s.papers, ev.Request.URL)
		}
	case *network.EventLoadingFinished:
		s.count.Bytes += int64(ev.EncodedDataLength)
	case *log.EventEntryAdded:
		s.entry(ev.Entry)
	case *runtime.EventExceptionThrown:
		s.exception(ev.ExceptionDetails)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			s.problems = append(s.problems, said(ev.Args))
		}
	}
}

func (s *seen) load(frame cdp.FrameID, loading bool) {
	if frame == s.frame {
		s.loading, s.changed = loading, time.Now()
	}
}

// entry notes what the browser itself complains about, such as a breach of the
// content policy. That a page has status 404 or 422 is not a complaint.
func (s *seen) entry(e *log.Entry) {
	if e.Level != log.EntryLevelError || e.Source == log.EntrySourceNetwork && slices.Contains(s.papers, e.URL) {
		return
	}
	s.problems = append(s.problems, strings.TrimSpace(e.Text+" "+e.URL))
}

func (s *seen) exception(e *runtime.ExceptionDetails) {
	text := e.Text
	if e.Exception != nil {
		text += " " + e.Exception.Description
	}
	s.problems = append(s.problems, fmt.Sprintf("%s (%s:%d)", text, e.URL, e.LineNumber+1))
}

// said is what was passed to console.error.
func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		if arg.Description != "" {
			words = append(words, arg.Description)
		} else {
			words = append(words, unquote(arg.Value))
		}
	}
	return strings.Join(words, " ")
}

// add counts something that was done.
func (s *seen) add(c Count) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count.Typed += c.Typed
	s.count.Uploads += c.Uploads
	s.count.Clicks += c.Clicks
}

// grace is how long after a click or a key a page is asked for at the latest.
const grace = 80 * time.Millisecond

// settle waits until no page is on its way. It gives the browser grace to ask
// for one, and a page that has come grace to move on to another.
func (s *seen) settle(ctx context.Context) error {
	calm := time.Now()
	for {
		s.mu.Lock()
		loading, changed := s.loading, s.changed
		s.mu.Unlock()
		if changed.After(calm) {
			calm = changed
		}
		if !loading && time.Since(calm) > grace {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("a page did not come: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

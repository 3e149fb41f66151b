package crowd

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// An Outcome is how a request ended.
type Outcome int

// The outcomes.
const (
	OK     Outcome = iota // the answer that was asked for
	Shed                  // a place in the queue, or "come again": 503 or 429 with Retry-After
	Failed                // another answer
	Broken                // none
	outcomes
)

// outcome says how a request ended.
func outcome(status int, header http.Header, err error) Outcome {
	switch {
	case err != nil:
		return Broken
	case status < 400:
		return OK
	case (status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests) && header.Get("Retry-After") != "":
		return Shed
	}
	return Failed
}

// Seen is what became of a request.
type Seen struct {
	Class   string
	Outcome Outcome
	Status  int
	Due     time.Time
	Took    time.Duration // since it was due
	Note    string        // what went wrong
}

// A Tally is what a crowd saw.
type Tally struct {
	began time.Time
	took  time.Duration

	mu    sync.Mutex
	seen  []Seen
	notes map[string]int
}

func newTally(length time.Duration) *Tally {
	return &Tally{began: time.Now(), seen: make([]Seen, 0, int(length.Seconds()+1)*800), notes: map[string]int{}}
}

func (t *Tally) add(s Seen) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.Note != "" && len(t.notes) < 20 {
		t.notes[s.Class+": "+s.Note]++
	}
	s.Note = ""
	t.seen = append(t.seen, s)
}

// Notes returns some of what went wrong, and how often.
func (t *Tally) Notes() map[string]int { return t.notes }

// A Summary is what became of the requests of a class.
type Summary struct {
	Class         string
	Count         [outcomes]int
	P50, P95, P99 time.Duration // of those that got what they asked for
}

// Of returns how many ended in a way.
func (s Summary) Of(o Outcome) int { return s.Count[o] }

// isRequest tells requests from what people do by several: "payment", of which something
// is seen if it fails, "credited" from the charge to the receipt, and "queue" from the
// first look of those who come to pay.
func isRequest(class string) bool {
	return class != "credited" && class != "payment" && class != "queue"
}

// ByClass returns summaries by class in order of their names, and of all together.
func (t *Tally) ByClass() (classes []Summary, all Summary) {
	byClass := map[string][]Seen{}
	for _, s := range t.seen {
		byClass[s.Class] = append(byClass[s.Class], s)
	}
	var requests []Seen
	for class, seen := range byClass {
		classes = append(classes, summary(class, seen))
		if isRequest(class) {
			requests = append(requests, seen...)
		}
	}
	slices.SortFunc(classes, func(a, b Summary) int {
		if a.Class < b.Class {
			return -1
		}
		return 1
	})
	return classes, summary("all requests", requests)
}

func summary(class string, seen []Seen) Summary {
	s := Summary{Class: class}
	var took []time.Duration
	for _, one := range seen {
		if s.Count[one.Outcome]++; one.Outcome == OK {
			took = append(took, one.Took)
		}
	}
	slices.Sort(took)
	at := func(part float64) time.Duration {
		if len(took) == 0 {
			return 0
		}
		return took[int(part*float64(len(took)-1))]
	}
	s.P50, s.P95, s.P99 = at(.5), at(.95), at(.99)
	return s
}

// A Second is what came of the requests that were due in it.
type Second struct {
	Count [outcomes]int
	P95   time.Duration
}

// Seconds returns what happened, second by second.
func (t *Tally) Seconds() []Second {
	var all [][]Seen
	for _, s := range t.seen {
		i := int(s.Due.Sub(t.began) / time.Second)
		for len(all) <= i {
			all = append(all, nil)
		}
		if isRequest(s.Class) {
			all[max(0, i)] = append(all[max(0, i)], s)
		}
	}
	seconds := make([]Second, len(all))
	for i, seen := range all {
		s := summary("", seen)
		seconds[i] = Second{s.Count, s.P95}
	}
	return seconds
}

// Goodput returns how many requests a second were answered as asked.
func (t *Tally) Goodput() float64 {
	_, all := t.ByClass()
	return float64(all.Count[OK]) / t.took.Seconds()
}

// steady is for how many seconds in a row all has to be well.
const steady = 10

// Normal returns after how many seconds everybody gets an answer within a time again,
// for as long as steady; -1 if that was not seen.
func (t *Tally) Normal(within time.Duration) int {
	calm := 0
	for i, s := range t.Seconds() {
		if s.Count[Shed]+s.Count[Failed]+s.Count[Broken] > 0 || s.P95 > within {
			calm = 0
			continue
		}
		if calm++; calm == steady {
			return i + 1 - steady
		}
	}
	return -1
}

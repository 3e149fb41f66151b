package gate

import (
	"math"
	"sort"
	"time"
)

// tickets are the queue of those who are not let in yet. A ticket is the instant at
// which it was taken, in microseconds since 1970: so it keeps its place with every
// program of the town, and when one starts anew.
//
// They are called faster and faster while there is room, and more slowly once there
// is not: nobody knows how much somebody will ask for who comes in, nor who has left
// without a word.
type tickets struct {
	taken  []int64 // in order; the first called of them may come
	called int
	part   float64   // of the next call
	rate   float64   // calls a second that are tried
	pace   float64   // calls a second, as it was lately
	last   time.Time // when it was last looked at
	calm   time.Time // since when there is room
}

const (
	firstRate = 20
	beat      = 100 * time.Millisecond
	shortest  = 5 * time.Second // after which somebody is asked to come again
	longest   = time.Minute
	manyTaken = 1 << 20
)

// take returns a new ticket.
func (t *tickets) take(now time.Time) int64 {
	ticket := now.UnixMicro()
	if n := len(t.taken); n > 0 {
		ticket = max(ticket, t.taken[n-1]+1)
	}
	if t.called > manyTaken/2 {
		t.taken, t.called = append([]int64(nil), t.taken[t.called-1:]...), 1
	}
	if t.waiting() < manyTaken {
		t.taken = append(t.taken, ticket)
	}
	return ticket
}

// waiting returns how many were not called.
func (t *tickets) waiting() int { return len(t.taken) - t.called }

// ahead returns how many are to be called before a ticket; negative if it was.
func (t *tickets) ahead(ticket int64) int {
	return sort.Search(len(t.taken), func(i int) bool { return t.taken[i] >= ticket }) - t.called
}

// over reports whether nobody queues, and there was room for a while.
func (t *tickets) over(now time.Time) bool {
	return t.waiting() == 0 && !t.calm.IsZero() && now.Sub(t.calm) > 2*time.Second
}

// advance calls those whose turn it is. strained tells whether there was too little
// room lately.
func (t *tickets) advance(now time.Time, strained func() bool) {
	gone := now.Sub(t.last)
	if gone < beat {
		return
	}
	t.last = now
	gone = min(gone, time.Second) // in which nobody came at all
	if strained() {
		t.rate, t.calm = max(t.rate*.8, 1), time.Time{}
	} else {
		t.rate = min(t.rate*1.05+1, 10_000)
		if t.calm.IsZero() {
			t.calm = now
		}
	}
	if t.waiting() == 0 {
		t.rate, t.part = firstRate, 0
		return
	}
	whole, part := math.Modf(t.part + t.rate*gone.Seconds())
	n := min(int(whole), t.waiting())
	t.called, t.part = t.called+n, part
	t.pace += (float64(n)/gone.Seconds() - t.pace) * min(1, gone.Seconds()/10)
}

// wait returns for how long somebody waits who has so many before them.
func (t *tickets) wait(ahead int) time.Duration {
	return time.Duration(float64(ahead+1) / max(t.pace, 1) * float64(time.Second))
}

// refusal is what somebody is told who has so many before them.
func (t *tickets) refusal(ahead int) Refusal {
	wait := t.wait(ahead)
	return Refusal{Ticket: true, Ahead: ahead, Wait: wait, Retry: min(max(wait, shortest), longest).Round(time.Second)}
}

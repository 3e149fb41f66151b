package notices

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestDelivery has a mail server answer anything, and the program die at any
// time. Whatever happens, it ends; and of what may have arrived, no more is sent
// than once more.
func TestDelivery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		d := delivery{state: Queued, queued: now, at: now}
		arrived, unsure := 0, 0
		for steps := 0; !d.state.Final(); steps++ {
			if steps > 100 {
				t.Fatalf("it never ends: %+v", d)
			}
			next, wait := d.begins(now)
			if wait > 0 {
				if next != d || d.state != Sending || now.Add(wait) != d.at.Add(dead) {
					t.Fatalf("two are at it: %+v, then %+v", d, next)
				}
				now = now.Add(wait)
				continue
			}
			if d = next; d.state.Final() {
				break
			}
			if d.state != Sending || d.at != now {
				t.Fatalf("not on record before it is sent: %+v", d)
			}
			now = now.Add(time.Second)
			switch rapid.SampledFrom([]string{"dies", "dies after", "sent", "later", "unsure", "address", "refused"}).Draw(t, "answer") {
			case "dies":
				unsure++
			case "dies after":
				arrived, unsure = arrived+1, unsure+1
			case "sent":
				arrived++
				d, wait = d.ended(nil, now)
			case "unsure":
				arrived, unsure = arrived+1, unsure+1
				d, wait = d.ended(ErrUnsure, now)
			case "later":
				d, wait = d.ended(errors.New("greylisted"), now)
			case "address":
				d, wait = d.ended(ErrAddress, now)
			case "refused":
				d, wait = d.ended(ErrForGood, now)
			}
			if d.state == Retrying && (wait < time.Minute || wait > 8*time.Hour) {
				t.Fatalf("tried again after %v", wait)
			}
			now = now.Add(wait)
		}
		if arrived > 2 || unsure > 2 || d.state == Sent && arrived == 0 || now.Sub(d.queued) > 49*time.Hour {
			t.Fatalf("it ended %v after, as %+v; %d mails arrived", now.Sub(d.queued), d, arrived)
		}
	})
}

func TestWants(t *testing.T) {
	for _, test := range []struct {
		wishes   Wishes
		key      string
		required bool
		want     bool
	}{
		{Wishes{Email: true}, "payments.paid", false, true},
		{Wishes{Email: true, Topic: map[string]bool{"payments": false}}, "payments.paid", false, false},
		{Wishes{Email: true, Topic: map[string]bool{"payments": false}}, "payments.paid", true, true},
		{Wishes{Email: true, Topic: map[string]bool{"cases": false}}, "drafts.expiring", false, false},
		{Wishes{Email: true, Topic: map[string]bool{"cases": true}}, "streets.closed", false, true},
		{Wishes{Topic: map[string]bool{"payments": true}}, "payments.paid", true, false},
		{Wishes{Email: true, Topic: map[string]bool{"payments": true, "reminders": false}}, "reminders.due", false, false},
		{Wishes{Email: true, Topic: map[string]bool{"payments": false, "cases": true}}, "ledger.told-refund", false, false},
	} {
		if got := test.wishes.wants(test.key, test.required); got != test.want {
			t.Errorf("%+v: wants(%s, %v) = %v", test.wishes, test.key, test.required, got)
		}
	}
}

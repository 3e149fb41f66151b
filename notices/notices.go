// Package notices brings messages to people: in the portal always, and by
// e-mail if they want it.
//
// A message is queued in the transaction of the act it is about, so nobody hears
// of what was rolled back. Its subject says what it is about and by when. What
// becomes of each delivery is kept and shown; nothing is delivered twice.
//
// One thing no program can know: whether a mail arrived when the connection
// broke, or the program died, between handing it over and hearing the answer.
// Such a mail is sent once more, with the same Message-ID, by which mailboxes
// drop the second; if that is not known either, it is given up. Two lost
// answers in a row cost at most one mail too many, and none is lost.
package notices

import (
	"errors"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/fault"
)

// The faults that people meet here.
var (
	ErrUnknown = fault.New(fault.Missing, "notices.unknown")
	ErrLink    = fault.New(fault.Missing, "notices.bad-link")
)

// What a [Mailer] says besides that it did not work this time.
var (
	ErrForGood = errors.New("notices: the mail server refuses the mail for good")
	ErrAddress = errors.New("notices: the mail server does not know the address")
	ErrUnsure  = errors.New("notices: the mail was handed over, and no answer came")
)

// A Channel is a way to reach somebody.
type Channel string

// The channels. SMS and web push will be further ones.
const (
	InPortal Channel = "portal"
	Email    Channel = "email"
)

// A Notice is a message to a party.
type Notice struct {
	ID         string
	To         act.PartyID
	Key        string // texts Key+"-subject" and Key+"-body"
	Subject    string // in the reader's language
	Body       string
	Link       string // path in the portal where to go on; "" for none
	Case       string
	At         time.Time
	Read       time.Time  // zero if not yet
	Deliveries []Delivery // of [Office.Open] and [Office.OfCase] alone
}

// A State of a delivery.
type State string

// The states.
const (
	Queued    State = "queued"
	Sending   State = "sending"  // being handed over, or the program died meanwhile
	Sent      State = "sent"     // handed over to the mail server
	Retrying  State = "retrying" // a temporary failure
	Failed    State = "failed"   // for good
	NoAddress State = "none"     // there is no address
	Declined  State = "declined" // they do not want it this way
)

// A Delivery is what became of a notice on a channel.
type Delivery struct {
	Channel Channel
	State   State
	At      time.Time
	Tries   int
	Reason  string // text key of what went wrong; "" for none
}

// stateKeys are the texts of what became of an e-mail.
var stateKeys = map[State]string{Queued: "notices.state-queued", Sending: "notices.state-sending", Sent: "notices.state-sent",
	Retrying: "notices.state-retrying", Failed: "notices.state-failed", NoAddress: "notices.state-none", Declined: "notices.state-declined"}

// Text returns the key of the text that says what became of it, and where.
func (d Delivery) Text() string {
	if d.Channel == InPortal {
		return "notices.state-portal"
	}
	return stateKeys[d.State]
}

// Final reports whether nothing more will become of a delivery.
func (s State) Final() bool {
	return s == Sent || s == Failed || s == NoAddress || s == Declined
}

// backOff is how long to wait after each try. Together that is two days, after
// which mail servers give up, too.
var backOff = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 4 * time.Hour,
	8 * time.Hour, 8 * time.Hour, 8 * time.Hour, 8 * time.Hour, 8 * time.Hour}

const (
	// handing is how long a mail server gets to take a mail.
	handing = 2 * time.Minute
	// dead is after how long in the state [Sending] whoever was sending has died.
	dead = handing + time.Minute
)

// A delivery is a [Delivery] as it is stored.
type delivery struct {
	item          string
	state         State
	queued, at    time.Time
	tries, unsure int
	reason        string
	address       string
}

// begins returns the delivery as it is while the mail is handed over. If it is
// not to be, wait is how long somebody else may still be at it, or how long it is
// until the next try, which somebody else has arranged; and otherwise the state is
// final, now or before.
func (d delivery) begins(now time.Time) (next delivery, wait time.Duration) {
	if d.state == Retrying {
		if early := d.at.Add(backOff[d.tries-1]).Sub(now); early > time.Second {
			return d, early
		}
	}
	switch left := d.at.Add(dead).Sub(now); {
	case d.state.Final():
		return d, 0
	case d.state == Sending && left > 0:
		return d, left
	case d.state == Sending:
		if d = d.lost(now); d.state.Final() {
			return d, 0
		}
	}
	d.state, d.at, d.tries, d.reason = Sending, now, d.tries+1, ""
	return d, 0
}

// ended returns the delivery after the mailer has said how it went. If the state
// is not final, the mail is sent again after wait.
func (d delivery) ended(err error, now time.Time) (next delivery, wait time.Duration) {
	d.at = now
	switch {
	case err == nil:
		d.state = Sent
		return d, 0
	case errors.Is(err, ErrAddress):
		d.state, d.reason = Failed, "notices.no-such-address"
		return d, 0
	case errors.Is(err, ErrForGood):
		d.state, d.reason = Failed, "notices.refused"
		return d, 0
	case errors.Is(err, ErrUnsure):
		if d = d.lost(now); d.state.Final() {
			return d, 0
		}
	default:
		d.reason = "notices.no-answer"
	}
	if d.tries > len(backOff) {
		d.state = Failed
		return d, 0
	}
	d.state = Retrying
	return d, backOff[d.tries-1]
}

// lost counts that an answer was lost. After the second it is given up.
func (d delivery) lost(now time.Time) delivery {
	d.reason, d.at = "notices.unsure", now
	if d.unsure++; d.unsure > 1 {
		d.state = Failed
	}
	return d
}

// Topics returns what people may choose about, in order: a topic is how the key
// of a notice begins.
func Topics() []string { return []string{"cases", "payments", "reminders", "folder", "identity"} }

// topicOf returns the topic of a notice. What has no topic of its own is about cases,
// and taxes and debts are about payments.
func topicOf(key string) string {
	topic, _, _ := strings.Cut(key, ".")
	if topic == "taxes" || topic == "ledger" {
		return "payments"
	}
	if !slices.Contains(Topics(), topic) {
		return "cases"
	}
	return topic
}

// Wishes are what somebody wants by e-mail. In the portal, everything is there.
type Wishes struct {
	Email bool            // wants e-mails at all
	Topic map[string]bool // of [Topics]: wants those that the law does not ask for
}

// wants reports whether somebody wants a notice by e-mail. What the law asks for
// is mailed unless they decline e-mails altogether.
func (w Wishes) wants(key string, required bool) bool {
	topic, ok := w.Topic[topicOf(key)]
	return w.Email && (required || topic || !ok)
}

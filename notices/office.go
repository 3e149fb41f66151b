package notices

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/jobs"
	"bega/internal/text"
	"bega/internal/vault"
)

// An Office sends notices. Its fields are set before it is used.
type Office struct {
	DB      db.Reader
	Acts    *act.Register
	Vault   *vault.Vault
	Texts   *text.Catalog
	Now     func() time.Time
	People  People
	Letters Letters
	Cases   Cases             // nil: the inbox does not say which case a notice is about
	Mailer  Mailer            // nil: mails wait for one, two days
	URL     string            // public address of the portal, without a slash at the end
	Deliver jobs.Kind[string] // jobs.Handle(q, "notices_deliver", o.DeliverNotice): a notice's ID
	Post    jobs.Kind[string] // jobs.Handle(q, "notices_post", o.PostLetter): a letter's ID

	// Town signs the mails: "Primăria Municipiului Timișoara".
	Town string

	// Required lists the keys of notices by which the law has people informed,
	// such as decisions. Nobody can do without one of them alone.
	Required []string
}

// People knows where to reach somebody, and in which language.
type People interface {
	Reach(ctx context.Context, id act.PartyID) (email, lang string, err error)
}

// Cases tells what a case is called, of the folder of owner or, if that is empty,
// of any: its number and service.
type Cases interface {
	CaseTitle(ctx context.Context, owner act.PartyID, id, lang string) (number, title string, err error)
}

// A Letter is a mail that is no notice, such as a code to sign in with.
type Letter struct {
	To, Lang, Key string
	Args          []any
}

// Letters knows what a queued letter says: the room access.
type Letters interface {
	Letter(ctx context.Context, id string) (Letter, error)
}

// A Mail is ready to be handed over.
type Mail struct {
	ID          string // for Message-ID: the same for every try
	To, Lang    string
	Subject     string
	Text, HTML  string
	Unsubscribe string // address; "" where nobody can unsubscribe
}

// A Mailer hands mails over. An error that wraps [ErrForGood] or [ErrAddress] is
// not tried again, one that wraps [ErrUnsure] once. It names nobody: errors are
// logged.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Send tells a party something: the texts key+"-subject" and key+"-body" with
// args, in their language, with a link to where they go on. The same key and once
// about the same case is sent to a party a single time; an empty once is like no
// other. Args may be of type string, int, [deadline.Date], money.Bani, or
// map[string]string for a text in several languages; they are kept sealed.
func (o *Office) Send(ctx context.Context, tx *act.Tx, to act.PartyID, key string, args []any, link, caseID, once string) error {
	if to == "" {
		return errors.New("notices: " + key + " to nobody")
	}
	plain, err := encode(args)
	if err != nil {
		return err
	}
	n := row{id: db.NewID(), to: to, key: key, link: link, caseID: caseID, at: tx.At}
	n.about = strings.Join([]string{key, caseID, cmp.Or(once, n.id)}, " ")
	n.args = o.Vault.Seal("notices.args:"+n.id, plain)
	if added, err := insert(ctx, tx, n); err != nil || !added {
		return err
	}
	if err := insertDelivery(ctx, tx, n.id); err != nil {
		return err
	}
	return o.Deliver.Add(ctx, tx.Tx, n.id)
}

// Queue queues a letter of the room access in its transaction.
func (o *Office) Queue(ctx context.Context, tx *act.Tx, letter string) error {
	if err := insertDelivery(ctx, tx, letter); err != nil {
		return err
	}
	return o.Post.Add(ctx, tx.Tx, letter)
}

// Inbox returns the notices of the actor's folder in a language, the newest
// first, from before the one with the ID before; empty for the newest.
func (o *Office) Inbox(ctx context.Context, actor act.Actor, lang, before string, limit int) ([]Notice, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	rows, err := latest(ctx, o.DB, actor.For, before, limit)
	return o.sayAll(rows, lang, err)
}

// sorted returns the notices as the page of the inbox shows them: the newest
// that were not read yet, and those that were, from before the one with the ID
// before.
func (o *Office) sorted(ctx context.Context, actor act.Actor, lang, before string, limit int) (unread, read []Notice, err error) {
	if err := mayRead(actor); err != nil {
		return nil, nil, err
	}
	rows, err := latestUnread(ctx, o.DB, actor.For, limit)
	if unread, err = o.sayAll(rows, lang, err); err != nil {
		return nil, nil, err
	}
	rows, err = latestRead(ctx, o.DB, actor.For, before, limit)
	read, err = o.sayAll(rows, lang, err)
	return unread, read, err
}

func mayRead(actor act.Actor) error {
	return actor.May(act.ReadNotices, act.On{Subject: "inbox", Owner: actor.For})
}

// Unread returns how many notices the party has not read.
func (o *Office) Unread(ctx context.Context, party act.PartyID) (int, error) {
	return countUnread(ctx, o.DB, party)
}

// Open returns a notice of the actor's folder with its deliveries, in a
// language. From then on it is read. It fails with [ErrUnknown].
func (o *Office) Open(ctx context.Context, actor act.Actor, id, lang string) (Notice, error) {
	r, err := byID(ctx, o.DB, id)
	if err != nil {
		return Notice{}, err
	}
	on := act.On{Subject: "notice " + id, Owner: r.to, Case: r.caseID}
	if actor.May(act.ReadNotices, on) != nil {
		return Notice{}, ErrUnknown
	}
	if r.read.IsZero() {
		err := o.Acts.Do(ctx, actor, act.ReadNotices, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Allow(on); err != nil {
				return err
			}
			_, err := markRead(ctx, tx, r.to, "", id)
			return err
		})
		if err != nil {
			return Notice{}, err
		}
	}
	n, err := o.say(r, o.Texts.For(lang))
	if err != nil {
		return Notice{}, err
	}
	n.Deliveries, err = o.deliveries(ctx, r)
	return n, err
}

// ReadAll marks the notices of the actor's folder as read, up to the one with
// the ID upTo: what came after the page was made was not seen on it.
func (o *Office) ReadAll(ctx context.Context, actor act.Actor, key, upTo string) error {
	var count int64
	return o.Acts.Once(ctx, actor, act.ReadNotices, key, "", &count, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := tx.Allow(act.On{Subject: "inbox", Owner: actor.For}); err != nil {
			return err
		}
		count, err = markRead(ctx, tx, actor.For, upTo, "")
		return err
	})
}

// OfCase returns the notices about a case with their deliveries, for the room
// that has checked that whoever asks may see the case.
func (o *Office) OfCase(ctx context.Context, caseID, lang string) ([]Notice, error) {
	rows, err := ofCase(ctx, o.DB, caseID)
	return o.delivered(ctx, rows, lang, err)
}

// delivered says notices that were found without an error, with their deliveries.
func (o *Office) delivered(ctx context.Context, rows []row, lang string, err error) ([]Notice, error) {
	all, err := o.sayAll(rows, lang, err)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Deliveries, err = o.deliveries(ctx, rows[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// OfTopic returns the newest notices to a party of a topic with their deliveries, for the
// room that has checked that whoever asks may see what the party is told of it.
func (o *Office) OfTopic(ctx context.Context, party act.PartyID, topic, lang string, limit int) ([]Notice, error) {
	rows, err := ofTopic(ctx, o.DB, party, topic+".", limit)
	return o.delivered(ctx, rows, lang, err)
}

// deliveries returns what became of a notice. In the portal it arrived when it
// was written.
func (o *Office) deliveries(ctx context.Context, r row) ([]Delivery, error) {
	d, err := deliveryOf(ctx, o.DB, r.id)
	return []Delivery{
		{Channel: InPortal, State: Sent, At: r.at, Tries: 1},
		{Channel: Email, State: d.state, At: d.at, Tries: d.tries, Reason: d.reason},
	}, err
}

// sayAll says notices that were found without an error.
func (o *Office) sayAll(rows []row, lang string, err error) ([]Notice, error) {
	t := o.Texts.For(lang)
	all := make([]Notice, len(rows))
	for i, r := range rows {
		if err == nil {
			all[i], err = o.say(r, t)
		}
	}
	return all, err
}

// say says a notice in a language.
func (o *Office) say(r row, t *text.Translator) (Notice, error) {
	plain, err := o.Vault.Open("notices.args:"+r.id, r.args)
	if err != nil {
		return Notice{}, err
	}
	args, err := decode(plain, t)
	return Notice{ID: r.id, To: r.to, Key: r.key, Subject: t.T(r.key+"-subject", args...), Body: t.T(r.key+"-body", args...),
		Link: r.link, Case: r.caseID, At: r.at, Read: r.read}, err
}

// required reports whether the law asks for a notice.
func (o *Office) required(key string) bool { return slices.Contains(o.Required, key) }

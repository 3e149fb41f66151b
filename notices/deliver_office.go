package notices

import (
	"context"
	"errors"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/jobs"
)

// DeliverNotice delivers a notice by e-mail, for the queue.
func (o *Office) DeliverNotice(ctx context.Context, id string) error {
	n, err := byID(ctx, o.DB, id)
	if err != nil {
		return err
	}
	on := act.On{Subject: "notice " + id, Owner: n.to, Case: n.caseID}
	email, lang, err := o.People.Reach(ctx, n.to)
	if err != nil && fault.Of(err).Kind != fault.Missing {
		return err
	}
	if email == "" {
		return o.leave(ctx, id, on, NoAddress)
	}
	wishes, err := wishesOf(ctx, o.DB, n.to)
	if err != nil {
		return err
	}
	if !wishes.wants(n.key, o.required(n.key)) {
		return o.leave(ctx, id, on, Declined)
	}
	m, err := o.mailOf(ctx, n, lang)
	if err != nil {
		return err
	}
	m.To = email
	return o.hand(ctx, id, on, m, o.Deliver)
}

// PostLetter posts a letter, for the queue. One that no longer is was for
// nothing, and is not missed.
func (o *Office) PostLetter(ctx context.Context, id string) error {
	on := act.On{Subject: "letter " + id[:min(len(id), 16)]}
	l, err := o.Letters.Letter(ctx, id)
	if err != nil && fault.Of(err).Kind != fault.Unexpected {
		return o.leave(ctx, id, on, Declined)
	} else if err != nil {
		return err
	}
	m, err := o.mailOfLetter(ctx, id, l)
	if err != nil {
		return err
	}
	return o.hand(ctx, id, on, m, o.Post)
}

// hand hands a mail over, at most one at a time for each item. Before that it is
// on record that it is about to, and afterwards how it went.
func (o *Office) hand(ctx context.Context, item string, on act.On, m Mail, again jobs.Kind[string]) error {
	was, err := deliveryOf(ctx, o.DB, item)
	if err != nil || was.state.Final() {
		return err
	}
	d, wait := was.begins(o.Now())
	if wait > 0 && d.state == Retrying {
		return nil
	}
	d.address = o.Vault.Index("mailed", m.To)
	if d.state.Final() {
		return o.finish(ctx, on, was, d)
	}
	mine := false
	err = o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) (err error) {
		if wait > 0 {
			return again.Add(ctx, tx, item, jobs.At(d.at.Add(dead)))
		}
		mine, err = updateDelivery(ctx, tx, was, d)
		return err
	})
	if err != nil || !mine {
		return err
	}
	sending, cancel := context.WithTimeout(ctx, handing)
	defer cancel()
	err = errNoMailer
	if o.Mailer != nil {
		err = o.Mailer.Send(sending, m)
	}
	ended, wait := d.ended(err, o.Now())
	ctx = context.WithoutCancel(ctx) // a program that stops still remembers what it sent
	if ended.state.Final() {
		return o.finish(ctx, on, d, ended)
	}
	return o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		if ok, err := updateDelivery(ctx, tx, d, ended); err != nil || !ok {
			return err
		}
		return again.Add(ctx, tx, item, jobs.At(ended.at.Add(wait)))
	})
}

// leave records that an item is not mailed.
func (o *Office) leave(ctx context.Context, item string, on act.On, state State) error {
	was, err := deliveryOf(ctx, o.DB, item)
	if err != nil || was.state.Final() {
		return err
	}
	d := was
	d.state, d.at = state, o.Now()
	return o.finish(ctx, on, was, d)
}

// errNoMailer has mails wait for a town that has no mail server yet.
var errNoMailer = errors.New("notices: there is no mail server")

// errTaken undoes the entry in the register of what somebody else has done.
var errTaken = errors.New("notices: somebody else delivers it")

// finish records how a delivery ended, in the register too, unless somebody else
// has.
func (o *Office) finish(ctx context.Context, on act.On, was, d delivery) error {
	err := o.Acts.Do(ctx, act.Machine, act.DeliverNotice, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(on); err != nil {
			return err
		}
		ok, err := updateDelivery(ctx, tx.Tx, was, d)
		if err == nil && !ok {
			err = errTaken
		}
		return err
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

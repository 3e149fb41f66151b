package notices

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"slices"
	"strings"

	"bega/internal/act"
	"bega/internal/fault"
)

// Wishes returns what the actor wants by e-mail, for themselves.
func (o *Office) Wishes(ctx context.Context, actor act.Actor) (Wishes, error) {
	actor = inPerson(actor)
	if err := actor.May(act.KeepWishes, own(actor)); err != nil {
		return Wishes{}, err
	}
	return wishesOf(ctx, o.DB, actor.Person)
}

// KeepWishes stores what the actor wants by e-mail, for themselves.
func (o *Office) KeepWishes(ctx context.Context, actor act.Actor, key string, w Wishes) error {
	actor = inPerson(actor)
	var done bool
	return o.Acts.Once(ctx, actor, act.KeepWishes, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(own(actor)); err != nil {
			return err
		}
		if err := keepWish(ctx, tx, actor.Person, wish{"", w.Email}); err != nil {
			return err
		}
		for _, topic := range Topics() {
			if err := keepWish(ctx, tx, actor.Person, wish{topic, w.Topic[topic]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// inPerson returns the actor in their own folder: nobody chooses for another how
// they are told.
func inPerson(actor act.Actor) act.Actor {
	actor.For, actor.Mandate, actor.Services = actor.Person, "", nil
	return actor
}

func own(actor act.Actor) act.On {
	return act.On{Subject: "party " + string(actor.Person), Owner: actor.Person}
}

// Bounces reports whether the last mail to the actor's own address was refused
// because there is no such address.
func (o *Office) Bounces(ctx context.Context, actor act.Actor) (bool, error) {
	email, _, err := o.People.Reach(ctx, actor.Person)
	if err != nil && fault.Of(err).Kind != fault.Missing || email == "" {
		return false, err
	}
	return failedLast(ctx, o.DB, o.Vault.Index("mailed", email), "notices.no-such-address")
}

// token returns what the link in a mail holds by which a party wants no more
// mails about a topic. It can do nothing else, and lasts as long as the mail.
func (o *Office) token(party act.PartyID, topic string) string {
	what := string(party) + " " + topic
	return base64.RawURLEncoding.EncodeToString([]byte(what)) + "." + o.Vault.Index("unsubscribe", what)
}

// read returns what a token says, or [ErrLink].
func (o *Office) read(token string) (party act.PartyID, topic string, err error) {
	code, mac, _ := strings.Cut(token, ".")
	what, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || !hmac.Equal([]byte(mac), []byte(o.Vault.Index("unsubscribe", string(what)))) {
		return "", "", ErrLink
	}
	id, topic, _ := strings.Cut(string(what), " ")
	if !slices.Contains(Topics(), topic) {
		return "", "", ErrLink
	}
	return act.PartyID(id), topic, nil
}

// Unsubscribe takes the link of a mail for the word of whoever got the mail, and
// sends them no more about its topic (RFC 8058). It returns the topic, and fails
// with [ErrLink].
func (o *Office) Unsubscribe(ctx context.Context, token string) (topic string, err error) {
	party, topic, err := o.read(token)
	if err != nil {
		return "", err
	}
	actor := act.Actor{Person: party, For: party}
	return topic, o.Acts.Do(ctx, actor, act.KeepWishes, func(ctx context.Context, tx *act.Tx) error {
		on := own(actor)
		on.Purpose = "notices.by-link"
		if err := tx.Allow(on); err != nil {
			return err
		}
		return keepWish(ctx, tx, party, wish{topic, false})
	})
}

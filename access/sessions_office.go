package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
)

const (
	idle     = 30 * time.Minute // without a request, then one is signed out
	absolute = 12 * time.Hour   // then one is signed out in any case
	touch    = time.Minute      // how exactly the latest request is remembered
)

// Expires returns when a session ends unless something is done in it.
func (s Session) Expires() time.Time {
	until := s.Seen.Add(idle)
	if last := s.Created.Add(absolute); last.Before(until) {
		until = last
	}
	return until
}

// A Browser is from where somebody signs in.
type Browser struct {
	Agent string // its User-Agent header
	Token string // of the session it had before; "" for none
	Lang  string // of the page: a new account's letters are written in it
}

// family returns which browser and system a User-Agent header names, in words
// that tell one's own devices apart.
func family(agent string) string {
	find := func(names ...string) string {
		for _, name := range names {
			mark, title, ok := strings.Cut(name, "=")
			if strings.Contains(agent, mark) {
				if !ok {
					title = mark
				}
				return title
			}
		}
		return ""
	}
	browser := find("Edg/=Edge", "OPR/=Opera", "SamsungBrowser=Samsung Internet", "Firefox", "FxiOS=Firefox", "CriOS=Chrome", "Chrome", "Safari", "curl")
	system := find("iPhone", "iPad", "Android", "Windows", "Mac OS X=macOS", "CrOS=ChromeOS", "Linux")
	return strings.Trim(browser+", "+system, ", ")
}

// Begin signs somebody in whom a secret stands for: that of a code that came
// back, or one from [Office.Remember] after a password or a way to come has
// proved them. With person "" it opens a light account for the proved e-mail
// address. It returns the token for the cookie.
//
// Whoever comes back on the same browser after a time-out finds the folder open
// in which they were. It fails with [ErrCodeOver] unless secret proves person.
func (o *Office) Begin(ctx context.Context, person act.PartyID, secret string, b Browser) (token string, actor act.Actor, err error) {
	verb, id := act.SignIn, person
	if person == "" {
		verb, id = act.OpenAccount, act.PartyID(db.NewID())
	}
	token = newSecret()
	actor = act.Actor{Person: id, For: id}
	err = o.Acts.Do(ctx, actor, verb, func(ctx context.Context, tx *act.Tx) error {
		on := act.On{Subject: subject(id), Owner: id}
		if err := tx.Allow(on); err != nil {
			return err
		}
		if err := o.spend(ctx, tx, secret, person, id, b.Lang); err != nil {
			return err
		}
		if verb == act.OpenAccount {
			if err := tx.Also(ctx, act.SignIn, on); err != nil {
				return err
			}
		}
		return o.begin(ctx, tx, id, token, b)
	})
	if err != nil {
		return "", act.Actor{}, err
	}
	c, err := callerByToken(ctx, o.DB, o.People.Today(), hashOf(token), time.Time{}, time.Time{})
	return token, c.actor(), err
}

// spend uses up what a code has proved, which it does once. It opens the account
// id if it was for nobody yet.
func (o *Office) spend(ctx context.Context, tx *act.Tx, secret string, person, id act.PartyID, lang string) error {
	c, err := codeByID(ctx, tx, hashOf(secret))
	if err != nil {
		return err
	}
	who, err := o.provenBy(ctx, tx, c)
	if err != nil {
		return err
	}
	if c.kind != toEnter || person != "" && !slices.Contains(who, person) || person == "" && c.persons != "" {
		return ErrCodeOver
	}
	c.used = tx.At
	if err := updateCode(ctx, tx.Tx, c); err != nil {
		return err
	}
	if c.persons != "" {
		return nil // a password proved it, not the mail
	}
	if person != "" {
		return o.People.ProveEmail(ctx, tx, person)
	}
	email, err := o.Vault.Open("access_codes.email:"+c.id, c.email)
	if err != nil {
		return err
	}
	return o.People.OpenLight(ctx, tx, id, email, lang)
}

// begin stores a session in place of the one that the browser had.
func (o *Office) begin(ctx context.Context, tx *act.Tx, id act.PartyID, token string, b Browser) error {
	s := Session{ID: db.NewID(), Person: id, Created: tx.At, Seen: tx.At, Browser: family(b.Agent)}
	if b.Token != "" {
		old, err := sessionByToken(ctx, tx, hashOf(b.Token))
		if err != nil && !errors.Is(err, ErrSession) {
			return err
		}
		if err == nil && old.Person == id {
			s.Mandate = old.Mandate
		}
		if err := removeByToken(ctx, tx, hashOf(b.Token)); err != nil {
			return err
		}
	}
	return insertSession(ctx, tx, s, hashOf(token))
}

// actor returns the caller as the policy knows them. Whoever acts for another
// does so as themselves, not as an official.
func (c caller) actor() act.Actor {
	a := act.Actor{Person: c.Person, For: c.Person, Level: c.level}
	if c.mandate != "" {
		a.For, a.Mandate = c.principal, c.mandate
		if c.services != "" {
			a.Services = strings.Fields(c.services)
		}
		return a
	}
	for role := range strings.FieldsSeq(c.roles) {
		a.Roles = append(a.Roles, act.Role(role))
	}
	a.Unit = c.unit
	return a
}

// identify returns who has a session now, and notes that they were seen. If
// their mandate ended, it leads them back to their own folder; ended is then
// true, this once.
func (o *Office) identify(ctx context.Context, token string) (c caller, ended bool, err error) {
	now := o.Now()
	c, err = callerByToken(ctx, o.DB, o.People.Today(), hashOf(token), now.Add(-idle), now.Add(-absolute))
	if err != nil {
		return caller{}, false, err
	}
	if c.Mandate != c.mandate {
		err := o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return loseMandate(ctx, tx, c.ID, c.Mandate) })
		return c, true, err
	}
	if now.Sub(c.Seen) >= touch {
		c.Seen = now
		err = o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return touchSession(ctx, tx, c.ID, now) })
	}
	return c, false, err
}

// Session returns the session of a cookie, or [ErrSession].
func (o *Office) Session(ctx context.Context, token string) (Session, error) {
	return sessionByToken(ctx, o.DB, hashOf(token))
}

// Sessions returns where the actor is signed in, the latest used first.
func (o *Office) Sessions(ctx context.Context, actor act.Actor) ([]Session, error) {
	actor = identity.InPerson(actor)
	if err := actor.May(act.SignOut, act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
		return nil, err
	}
	now := o.Now()
	return sessionsOf(ctx, o.DB, actor.Person, now.Add(-idle), now.Add(-absolute))
}

// SignOut ends one session of the actor, or all if id is "". It fails with
// [ErrSession] if the session is not theirs.
func (o *Office) SignOut(ctx context.Context, actor act.Actor, id string) error {
	actor = identity.InPerson(actor)
	return o.Acts.Do(ctx, actor, act.SignOut, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
			return err
		}
		if id == "" {
			return removeSessions(ctx, tx, actor.Person, "")
		}
		return removeSession(ctx, tx, actor.Person, id)
	})
}

// Leave ends all sessions of a person, in a transaction of package identity.
func (o *Office) Leave(ctx context.Context, tx *act.Tx, person act.PartyID) error {
	return removeSessions(ctx, tx, person, "")
}

// Switch leads a session of the actor to the folder of a principal, or back to
// their own with mandate "". It fails with [identity.ErrMandate] unless the mandate is
// theirs and holds.
func (o *Office) Switch(ctx context.Context, actor act.Actor, key string, session Session, mandate string) error {
	actor = identity.InPerson(actor)
	var done bool
	return o.Acts.Once(ctx, actor, act.SwitchFolder, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		on := act.On{Subject: subject(actor.Person), Owner: actor.Person}
		if mandate != "" {
			m, err := o.People.Holds(ctx, tx, mandate, actor.Person)
			if err != nil {
				return err
			}
			on.Subject = "mandate " + m.ID
		}
		if err := tx.Allow(on); err != nil {
			return err
		}
		if session.Person != actor.Person {
			return ErrSession
		}
		return switchSession(ctx, tx, session.ID, mandate)
	})
}

package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/throttle"
)

// newSecret returns 256 bits that nobody guesses, as they are in a cookie.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashOf returns under which ID a secret is stored.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// A Try is somebody who says who they are.
type Try struct {
	Email, Password string
	Address         string // from which network address, with or without port
	Device          string // cookie of a browser that succeeded before; see [Office.DeviceFor]
}

// limits returns what limits a try of some kind. Others cannot keep the owner
// out: a browser that succeeded before is not limited by what they try, and for
// any other there are codes, which are counted apart.
func (o *Office) limits(kind, email string, t Try) []limit {
	net := throttle.Network(t.Address)
	limits := []limit{
		{o.Vault.Index(kind, "net "+net), 30},
		{o.Vault.Index(kind, "pair "+email+" "+net), 5},
		{o.Vault.Index(kind, "account "+email), 10},
	}
	if o.knows(t.Device, email) {
		limits = []limit{limits[0], {o.Vault.Index(kind, "device "+t.Device), 10}}
	}
	return limits
}

// DeviceFor returns a cookie by which a browser shows later that this e-mail
// address signed in there before. It opens nothing.
func (o *Office) DeviceFor(email string) string {
	email, err := identity.NormalEmail(email)
	if err != nil {
		return ""
	}
	id := newSecret()
	return id + "." + o.Vault.Index("device", id+" "+email)
}

func (o *Office) knows(device, email string) bool {
	id, mac, ok := strings.Cut(device, ".")
	return ok && hmac.Equal([]byte(mac), []byte(o.Vault.Index("device", id+" "+email)))
}

// reserve counts a try before it is made, so that many at once do not slip
// through, and fails with [ErrWait] if it came too early.
func (o *Office) reserve(ctx context.Context, limits []limit) error {
	now := o.Now()
	var wait time.Duration
	err := o.Acts.DB.Write(ctx, "access_tries", func(ctx context.Context, tx *db.Tx) error {
		wait = 0
		fails := make([]int, len(limits))
		for i, l := range limits {
			n, last, err := tried(ctx, tx, l.what)
			if err != nil {
				return err
			}
			if now.Sub(last) >= forgetful {
				n = 0
			}
			fails[i] = n
			wait = max(wait, last.Add(l.wait(n)).Sub(now))
		}
		if wait > 0 {
			return nil
		}
		for i, l := range limits {
			if err := keepTry(ctx, tx, l.what, fails[i]+1, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && wait > 0 {
		return ErrWait.With(minutes(wait))
	}
	return err
}

// forgive takes a try back that has succeeded.
func (o *Office) forgive(ctx context.Context, limits []limit) error {
	return o.Acts.DB.Write(ctx, "access_tries", func(ctx context.Context, tx *db.Tx) error {
		for _, l := range limits {
			if err := forgiveTry(ctx, tx, l.what); err != nil {
				return err
			}
		}
		return nil
	})
}

// Prove returns who has that e-mail address and password: one person, or several
// who share both. It fails with [ErrSignIn], the same if there is no such
// account, no such password or no password at all, and with [ErrWait].
func (o *Office) Prove(ctx context.Context, t Try) ([]act.PartyID, error) {
	email, err := identity.NormalEmail(t.Email)
	if err != nil {
		return nil, err
	}
	limits := o.limits("try", email, t)
	if err := o.reserve(ctx, limits); err != nil {
		return nil, err
	}
	who, err := o.People.ByEmail(ctx, o.DB, email)
	if err != nil {
		return nil, err
	}
	hashes := make([]string, len(who))
	for i, id := range who {
		if hashes[i], err = hashByParty(ctx, o.DB, id); err != nil {
			return nil, err
		}
	}
	which, err := o.hashing.matches(ctx, t.Password, hashes)
	if err != nil {
		return nil, err
	}
	if len(which) == 0 {
		return nil, ErrSignIn
	}
	matched := make([]act.PartyID, len(which))
	for i, place := range which {
		matched[i] = who[place]
	}
	return matched, o.forgive(ctx, limits)
}

// Ask sends a code to an e-mail address, whether it is known or not, and returns
// the secret with which the browser that asked, and no other, can use it. It
// fails with [ErrEmail] and [ErrWait].
func (o *Office) Ask(ctx context.Context, actor act.Actor, t Try, lang string) (secret string, err error) {
	return o.ask(ctx, actor, t, code{kind: toEnter, lang: lang})
}

// AskMove does so for the address that the actor wants to have from now on. It
// fails with [ErrStale] unless they signed in within the last ten minutes:
// whoever finds an open browser must not take the account over.
func (o *Office) AskMove(ctx context.Context, actor act.Actor, session Session, t Try, lang string) (secret string, err error) {
	actor = identity.InPerson(actor)
	if session.Person != actor.Person || !o.isFresh(session) {
		return "", ErrStale
	}
	if err := actor.May(act.KeepProfile, act.On{Subject: subject(actor.Person), Owner: actor.Person}); err != nil {
		return "", err
	}
	return o.ask(ctx, actor, t, code{kind: toMove, person: actor.Person, lang: lang})
}

func (o *Office) ask(ctx context.Context, actor act.Actor, t Try, c code) (string, error) {
	email, err := identity.NormalEmail(t.Email)
	if err != nil {
		return "", err
	}
	if err := o.reserve(ctx, o.limits("ask", email, t)); err != nil {
		return "", err
	}
	secret := newSecret()
	err = o.Acts.Do(ctx, actor, act.AskCode, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "code " + hashOf(secret)[:16]}); err != nil {
			return err
		}
		return o.post(ctx, tx, secret, email, c)
	})
	return secret, err
}

// post stores a code, and queues the letter that brings it.
func (o *Office) post(ctx context.Context, tx *act.Tx, secret, email string, c code) error {
	c.id, c.made = hashOf(secret), tx.At
	c.email = o.Vault.Seal("access_codes.email:"+c.id, email)
	if err := insertCode(ctx, tx.Tx, c); err != nil {
		return err
	}
	return o.Mail.Queue(ctx, tx, c.id)
}

// digits returns the code that belongs to an ID: six digits.
func (o *Office) digits(id string) string {
	n, _ := strconv.ParseUint(o.Vault.Index("code", id)[:16], 16, 64) // hexadecimal, always
	return fmt.Sprintf("%06d", n%1_000_000)
}

// Letter returns what a queued letter says, and to whom. Whoever sends it late,
// after the code has expired, still may. It fails with [ErrCodeOver] if the
// letter was removed meanwhile.
func (o *Office) Letter(ctx context.Context, letter string) (Letter, error) {
	c, err := codeByID(ctx, o.DB, letter)
	if err != nil {
		return Letter{}, err
	}
	to, err := o.Vault.Open("access_codes.email:"+c.id, c.email)
	if err != nil {
		return Letter{}, err
	}
	switch c.kind {
	case hasLeft:
		return Letter{To: to, Lang: c.lang, Key: "access.mail-moved"}, nil
	case toMove:
		return Letter{To: to, Lang: c.lang, Key: "access.mail-move", Args: []any{o.digits(c.id)}}, nil
	}
	return Letter{To: to, Lang: c.lang, Key: "access.mail-code", Args: []any{o.digits(c.id)}}, nil
}

// Enter takes the code that somebody read in their mail. It returns who has that
// e-mail address: nobody yet, one person, or several who share it. It fails with
// [ErrCode] for a wrong code, and with [ErrCodeOver] once it is older than ten
// minutes, was wrong five times or was used.
func (o *Office) Enter(ctx context.Context, secret, typed string) ([]act.PartyID, error) {
	typed = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1 // pasted with spaces, or with the sentence around it
		}
		return r
	}, typed)
	id := hashOf(secret)
	right := hmac.Equal([]byte(typed), []byte(o.digits(id)))
	var outcome error
	err := o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		c, err := codeByID(ctx, tx, id)
		if err != nil {
			return err
		}
		switch now := o.Now(); {
		case c.kind == hasLeft || !c.used.IsZero() || c.tries >= codeTries || now.Sub(c.made) >= codeLife:
			outcome = ErrCodeOver
			return nil
		case right:
			outcome, c.proven = nil, now
		default:
			c.tries++
			if outcome = ErrCode.With(codeTries - c.tries); c.tries >= codeTries {
				outcome = ErrCodeOver
			}
		}
		return updateCode(ctx, tx, c)
	})
	if err != nil {
		return nil, err
	}
	if outcome != nil {
		return nil, outcome
	}
	return o.Proven(ctx, secret)
}

// Proven returns whom a secret stands for, once a code or a password has proved
// it. It fails with [ErrCodeOver].
func (o *Office) Proven(ctx context.Context, secret string) ([]act.PartyID, error) {
	c, err := codeByID(ctx, o.DB, hashOf(secret))
	if err != nil {
		return nil, err
	}
	return o.provenBy(ctx, o.DB, c)
}

// ByMail reports whether a secret was proved by a code, so that whoever has it
// reads that mailbox and may open an account for it.
func (o *Office) ByMail(ctx context.Context, secret string) (bool, error) {
	c, err := codeByID(ctx, o.DB, hashOf(secret))
	return c.kind == toEnter && c.persons == "", err
}

// Moves reports whether a secret is for another e-mail address, and not for
// signing in. It fails with [ErrCodeOver].
func (o *Office) Moves(ctx context.Context, secret string) (bool, error) {
	c, err := codeByID(ctx, o.DB, hashOf(secret))
	return c.kind == toMove, err
}

func (o *Office) provenBy(ctx context.Context, r db.Reader, c code) ([]act.PartyID, error) {
	if c.kind == hasLeft || c.proven.IsZero() || !c.used.IsZero() || o.Now().Sub(c.made) >= codeLife {
		return nil, ErrCodeOver
	}
	if c.kind == toMove {
		return []act.PartyID{c.person}, nil
	}
	var who []act.PartyID
	for id := range strings.FieldsSeq(c.persons) {
		who = append(who, act.PartyID(id))
	}
	if who != nil {
		return who, nil
	}
	email, err := o.Vault.Open("access_codes.email:"+c.id, c.email)
	if err != nil {
		return nil, err
	}
	return o.People.ByEmail(ctx, r, email)
}

// Remember returns a secret that stands for what a password has proved: one
// person, or several who share it, one of whom has still to be chosen.
func (o *Office) Remember(ctx context.Context, who []act.PartyID) (secret string, err error) {
	secret = newSecret()
	c := code{id: hashOf(secret), kind: toEnter, persons: words(who), made: o.Now(), proven: o.Now()}
	return secret, o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error { return insertCode(ctx, tx, c) })
}

// Move gives the actor the e-mail address that a code has proved, and writes to
// the old one. It fails with [ErrCodeOver].
func (o *Office) Move(ctx context.Context, actor act.Actor, key, secret string) error {
	actor = identity.InPerson(actor)
	notice := newSecret()
	var done bool
	return o.Acts.Once(ctx, actor, act.KeepProfile, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(actor.Person), Owner: actor.Person, Purpose: "access.purpose-email"}); err != nil {
			return err
		}
		c, err := codeByID(ctx, tx, hashOf(secret))
		if err != nil {
			return err
		}
		if c.proven.IsZero() || !c.used.IsZero() || c.kind != toMove || c.person != actor.Person || tx.At.Sub(c.made) >= codeLife {
			return ErrCodeOver
		}
		c.used = tx.At
		if err := updateCode(ctx, tx.Tx, c); err != nil {
			return err
		}
		email, err := o.Vault.Open("access_codes.email:"+c.id, c.email)
		if err != nil {
			return err
		}
		old, err := o.People.MoveEmail(ctx, tx, actor.Person, email)
		if err != nil || old == "" || old == email {
			return err
		}
		return o.post(ctx, tx, notice, old, code{kind: hasLeft, lang: c.lang, used: tx.At})
	})
}

// Tidy removes what has served: codes after a day, failed tries once they are
// forgotten, sessions that have ended. It may run at any time.
func (o *Office) Tidy(ctx context.Context) error {
	now := o.Now()
	return o.Acts.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		if err := removeCodes(ctx, tx, now.Add(-forgetful)); err != nil {
			return err
		}
		if err := removeTries(ctx, tx, now.Add(-forgetful)); err != nil {
			return err
		}
		return removeOldSessions(ctx, tx, now.Add(-absolute))
	})
}

package access

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"bega/identity"
	"bega/internal/act"
)

// hashing computes password hashes, no more at a time than there are processors:
// each takes 19 MiB. Its zero value is ready.
type hashing struct {
	once  sync.Once
	slots chan struct{}
	dummy string // hash of a password that nobody has
}

// argon are the parameters of OWASP for argon2id: 32 ms on the machine that the
// town was built on.
var argon = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// use waits for a processor. It returns ErrBusy if the visitor gives up first.
func (h *hashing) use(ctx context.Context, work func() error) error {
	var err error
	h.once.Do(func() {
		h.slots = make(chan struct{}, runtime.NumCPU())
		h.dummy, err = argon2id.CreateHash(newSecret(), &argon)
	})
	if err != nil {
		return err
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return work()
	case <-ctx.Done():
		return ErrBusy
	}
}

func (h *hashing) hash(ctx context.Context, password string) (hash string, err error) {
	err = h.use(ctx, func() error {
		hash, err = argon2id.CreateHash(password, &argon)
		return err
	})
	return hash, err
}

// matches returns which of the hashes are of a password, by their places; an
// empty one is of none. It takes as long for no hash and for one as for a couple's
// two: what need not be computed is slept, since a sleep leaves the processor to
// others, and a hash is most of what signing in costs.
func (h *hashing) matches(ctx context.Context, password string, hashes []string) (which []int, err error) {
	password = password[:min(len(password), maxPassword+1)]
	var took time.Duration // of the last hash, with the wait for a processor
	for i := range max(2, len(hashes)) {
		real := i < len(hashes) && hashes[i] != ""
		if i > 0 && !real {
			if err := sleep(ctx, took); err != nil {
				return nil, err
			}
			continue
		}
		began := time.Now()
		err := h.use(ctx, func() error {
			hash := h.dummy
			if real {
				hash = hashes[i]
			}
			ok, err := argon2id.ComparePasswordAndHash(password, hash)
			if ok && real {
				which = append(which, i)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		took = time.Since(began)
	}
	return which, nil
}

// sleep sleeps, unless the visitor gives up first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ErrBusy
	}
}

// SetPassword gives the actor a new password, and signs out their other
// browsers. Whoever signed in more than ten minutes ago has to give the current
// one; it fails with [ErrStale] if they have none, with [ErrCurrent], and as
// checkPassword does.
func (o *Office) SetPassword(ctx context.Context, actor act.Actor, key string, session Session, current, password string) error {
	actor = identity.InPerson(actor)
	p, err := o.People.Profile(ctx, actor)
	if err != nil {
		return err
	}
	if err := checkPassword(password, p.Email, p.Name); err != nil {
		return err
	}
	if err := o.checkCurrent(ctx, actor.Person, session, current); err != nil {
		return err
	}
	hash, err := o.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	var done bool
	return o.Acts.Once(ctx, actor, act.KeepProfile, key, "", &done, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(actor.Person), Owner: actor.Person, Purpose: "access.purpose-password"}); err != nil {
			return err
		}
		if err := keepPassword(ctx, tx, actor.Person, hash, tx.At); err != nil {
			return err
		}
		return removeSessions(ctx, tx, actor.Person, session.ID)
	})
}

func (o *Office) checkCurrent(ctx context.Context, person act.PartyID, session Session, current string) error {
	hash, err := hashByParty(ctx, o.DB, person)
	if err != nil {
		return err
	}
	if o.isFresh(session) && session.Person == person {
		return nil
	}
	if hash == "" {
		return ErrStale
	}
	limits := []limit{{o.Vault.Index("try", "current "+string(person)), 5}}
	if err := o.reserve(ctx, limits); err != nil {
		return err
	}
	which, err := o.hashing.matches(ctx, current, []string{hash})
	if err != nil {
		return err
	}
	if len(which) == 0 {
		return ErrCurrent
	}
	return o.forgive(ctx, limits)
}

// isFresh reports whether somebody has just signed in.
func (o *Office) isFresh(session Session) bool { return o.Now().Sub(session.Created) < fresh }

// SeedPassword gives a demonstration person a password, as the program itself.
func (o *Office) SeedPassword(ctx context.Context, person act.PartyID, password string) error {
	hash, err := o.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	return o.Acts.Do(ctx, act.Machine, act.SeedTown, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: subject(person), Owner: person}); err != nil {
			return err
		}
		return keepPassword(ctx, tx, person, hash, tx.At)
	})
}

// HasPassword reports whether the actor can sign in by password, and not by code
// alone.
func (o *Office) HasPassword(ctx context.Context, actor act.Actor) (bool, error) {
	hash, err := hashByParty(ctx, o.DB, actor.Person)
	return hash != "", err
}

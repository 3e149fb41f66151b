// Package act is the one way to change anything in the town hall.
//
// An act is a person doing something to something. [Register.Do] carries it out
// in a transaction, and commits only what the policy permits and together with
// its entry in the register. So a change that was not permitted, or that left
// no trace, cannot happen; not even by forgetfulness.
//
// The register is one log with two readers: the town hall, which answers for
// what it did, and the person concerned, who reads there who opened their data.
// It holds no content and no personal data but the IDs of parties.
package act

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"bega/internal/db"
	"bega/internal/fault"
)

// Files holds the migrations and texts of the register.
//
//go:embed migrations texts
var Files embed.FS

// A Register carries out acts, and remembers them for good.
type Register struct {
	DB  *db.DB
	Now func() time.Time
}

// A Tx is an act in progress.
type Tx struct {
	*db.Tx
	Actor Actor
	Verb  Verb
	At    time.Time // when the act is done: one instant for all of it
	on    *On       // nil until it is allowed
}

// Allow returns an error unless the actor may do this act to on; see
// [Actor.May]. An act that was not allowed does not commit.
func (tx *Tx) Allow(on On) error {
	if on.Subject == "" {
		return errors.New("act: no subject")
	}
	if err := tx.Actor.May(tx.Verb, on); err != nil {
		return err
	}
	tx.on = &on
	return nil
}

// Also records a further act that happens as part of this one, such as the
// consent that comes with a filing. The actor has to be permitted that too.
func (tx *Tx) Also(ctx context.Context, verb Verb, on On) error {
	if err := tx.Actor.May(verb, on); err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return enter(ctx, tx.Tx, tx.At, tx.Actor, verb, on)
}

// As returns the same transaction for another actor and verb, for what the
// program does by itself as a consequence: Allow has to be called on it, and
// [Tx.Enter] then records it.
func (tx *Tx) As(actor Actor, verb Verb) *Tx {
	return &Tx{Tx: tx.Tx, Actor: actor, Verb: verb, At: tx.At}
}

// Enter records what was allowed on a transaction made by [Tx.As].
func (tx *Tx) Enter(ctx context.Context) error {
	if tx.on == nil {
		return errUnallowed
	}
	return enter(ctx, tx.Tx, tx.At, tx.Actor, tx.Verb, *tx.on)
}

var errUnallowed = errors.New("act: commit without Allow")

// ErrKey is returned for a write whose idempotency key was already used for
// something else.
var ErrKey = fault.New(fault.Conflict, "act.key")

// longestKey is how many bytes an idempotency key may have.
const longestKey = 200

// ErrNoKey is returned for a write that needs an idempotency key and has none,
// or one that no form of ours has.
var ErrNoKey = fault.New(fault.Invalid, "act.no-key")

// Do lets the actor do verb, which fn carries out and has to [Tx.Allow].
// It may run fn more than once, as [db.DB.Write] says.
func (r *Register) Do(ctx context.Context, actor Actor, verb Verb, fn func(ctx context.Context, tx *Tx) error) error {
	err := r.DB.Write(ctx, "", func(ctx context.Context, dbtx *db.Tx) error {
		return r.act(ctx, dbtx, actor, verb, fn)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

// Once is like [Register.Do], but does something at most once for each key that
// the actor sends with this verb. The first time, fn fills answer, which is
// remembered as JSON. Every further time, answer is filled with what was
// answered then, and nothing else happens.
//
// Acts in the same line queue for each other instead of disturbing each other;
// the empty line is for acts that seldom meet. Keys are kept for good: a
// repetition may come days later, from a browser that was left open.
func (r *Register) Once(ctx context.Context, actor Actor, verb Verb, key, line string, answer any, fn func(ctx context.Context, tx *Tx) error) error {
	if key == "" || len(key) > longestKey || !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
		return ErrNoKey
	}
	who := string(actor.Person)
	if who == "" {
		who = string(actor.For)
	}
	err := r.DB.Write(ctx, line, func(ctx context.Context, dbtx *db.Tx) error {
		old, err := answered(ctx, dbtx, who, key)
		if err == nil {
			if old.Verb != verb {
				return ErrKey
			}
			return json.Unmarshal([]byte(old.Answer), answer)
		} else if !errors.Is(err, db.ErrNone) {
			return err
		}
		if err := r.act(ctx, dbtx, actor, verb, fn); err != nil {
			return err
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		return remember(ctx, dbtx, who, key, verb, string(text), r.Now())
	})
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

func (r *Register) act(ctx context.Context, dbtx *db.Tx, actor Actor, verb Verb, fn func(ctx context.Context, tx *Tx) error) error {
	tx := &Tx{Tx: dbtx, Actor: actor, Verb: verb, At: r.Now()}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if tx.on == nil {
		return errUnallowed
	}
	return enter(ctx, dbtx, tx.At, actor, verb, *tx.on)
}

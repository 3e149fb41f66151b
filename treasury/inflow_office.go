package treasury

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/ledger"
)

// linesAtOnce is how many lines are entered in one transaction.
const linesAtOnce = 200

// Import enters the payments of a statement. A line that was entered before, by this
// file or by another, is not entered again; after an interruption the same file is
// sent again, and goes on where it was. It fails with [ErrSeen] for a file of which
// all was entered, and as [ReadStatement] does.
func (o *Office) Import(ctx context.Context, actor act.Actor, channel string, data []byte) (i Import, err error) {
	if actor.May(act.ImportPayments, o.at("")) != nil {
		return i, ErrUnknown
	}
	s, err := ReadStatement(channel, data, o.Zone)
	if err != nil {
		return i, err
	}
	for _, l := range s.Lines {
		if l.Moment.After(o.Now()) {
			return i, ErrRow.With(l.N, colDay)
		}
		if _, err := o.knownLine(ctx, o.DB, channel, l); err != nil {
			return i, err
		}
	}
	sum := sha256.Sum256(append([]byte(channel+"\n"), data...))
	fresh := false
	for some := range slices.Chunk(s.Lines, linesAtOnce) {
		err := o.Acts.Do(ctx, actor, act.ImportPayments, func(ctx context.Context, tx *act.Tx) error {
			i = Import{ID: db.NewID(), Channel: channel, Rows: len(s.Lines), Amount: s.Amount, By: actor.Person, At: tx.At}
			if i.ID, err = ensureImport(ctx, tx, i, hex.EncodeToString(sum[:])); err != nil {
				return err
			}
			if tx.Allow(o.at("import "+i.ID)) != nil {
				return ErrUnknown
			}
			entered, err := o.enterLines(ctx, tx, i, some)
			fresh = fresh || entered > 0
			return err
		})
		if err != nil {
			return i, err
		}
	}
	if !fresh && err == nil {
		return i, ErrSeen
	}
	return importByID(ctx, o.DB, i.ID)
}

// enterLines enters those lines that are not there yet, and returns how many.
func (o *Office) enterLines(ctx context.Context, tx *act.Tx, i Import, lines []Line) (n int, err error) {
	for _, l := range lines {
		if known, err := o.knownLine(ctx, tx, i.Channel, l); err != nil {
			return n, err
		} else if known {
			continue
		}
		e := Entered{Line: l, ID: db.NewID(), Channel: i.Channel, State: lineWaiting, At: tx.At}
		if e.Party, e.How, err = o.match(ctx, tx, l.found()); err != nil {
			return n, err
		}
		if e.Party != "" {
			e.State = lineEntered
			if err := o.credit(ctx, tx, e); err != nil {
				return n, err
			}
		}
		if err := o.insertLine(ctx, tx, i.ID, e); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// credit enters a line in the ledger. What comes in on the account of a kind settles
// that kind.
func (o *Office) credit(ctx context.Context, tx *act.Tx, e Entered) error {
	owner, err := o.Roll.Owns(ctx, tx, e.Party, o.Now())
	if err != nil {
		return err
	}
	choice := ledger.Choice{Owner: owner}
	for _, k := range o.Ledger.Kinds {
		if e.IBAN != "" && (k.Natural == e.IBAN || k.Legal == e.IBAN) {
			choice.Kinds = append(choice.Kinds, k.Key)
		}
	}
	_, err = o.Ledger.Pay(ctx, tx, ledger.Payment{ID: e.payment(), Debtor: e.Party, Amount: e.Amount, Moment: e.Moment, Channel: e.Channel, Choice: choice})
	return err
}

// match finds whose a line is. Payment code, number of the file and order have to
// agree; only without them is it whoever the CNP or CUI is of. Nobody is guessed.
func (o *Office) match(ctx context.Context, r db.Reader, l Line) (party act.PartyID, how string, err error) {
	n, hasRole := number(l.Role)
	ways := []struct {
		how   string
		given bool
		find  func() (act.PartyID, error)
	}{
		{"code", l.Code != "", func() (act.PartyID, error) { role, err := o.Roll.RoleByCode(ctx, r, l.Code); return role.Party, err }},
		{"role", hasRole, func() (act.PartyID, error) { role, err := o.Roll.RoleByNumber(ctx, r, n); return role.Party, err }},
		{"order", l.Order != "" && o.Orders != nil, func() (act.PartyID, error) { return o.Orders(ctx, r, l.Order) }},
		{"person", l.Person != "", func() (act.PartyID, error) { return o.People.ByCode(ctx, r, l.Person) }},
	}
	for _, way := range ways {
		if !way.given || way.how == "person" && party != "" {
			continue
		}
		found, err := way.find()
		if fault.Of(err).Kind == fault.Missing {
			if way.how == "person" {
				break
			}
			return "", "", nil // it says something, and that is wrong
		} else if err != nil {
			return "", "", err
		}
		if party != "" && party != found {
			return "", "", nil
		}
		if party == "" {
			party, how = found, way.how
		}
	}
	return party, how, nil
}

// An Inflow is what came in by statements.
type Inflow struct {
	Imports []Import  // the latest first
	Waiting []Entered // the oldest first
}

// Inflow returns the statements that were entered, and the lines that wait.
func (o *Office) Inflow(ctx context.Context, actor act.Actor) (in Inflow, err error) {
	if actor.May(act.ReadPaymentDesk, o.at("")) != nil {
		return in, ErrUnknown
	}
	if in.Imports, err = importsLately(ctx, o.DB); err != nil {
		return in, err
	}
	in.Waiting, err = o.waitingLines(ctx, o.DB)
	return in, err
}

// Waiting returns a line about which an official decides.
func (o *Office) Waiting(ctx context.Context, actor act.Actor, id string) (Entered, error) {
	if actor.May(act.AssignPayment, o.at("")) != nil {
		return Entered{}, ErrUnknown
	}
	return o.line(ctx, o.DB, id)
}

// Assign says whose a line is that waits, and enters it in the ledger.
func (o *Office) Assign(ctx context.Context, actor act.Actor, key, id string, party act.PartyID) error {
	return o.decideLine(ctx, actor, key, id, party, func(ctx context.Context, tx *act.Tx, e *Entered) error {
		if _, err := o.People.Person(ctx, tx, party); err != nil {
			return hidden(err)
		}
		e.State, e.How, e.Party = lineEntered, "official", party
		return o.credit(ctx, tx, *e)
	})
}

// Settlement says that a line is money that had been collected through another channel
// on a day, and now arrives.
func (o *Office) Settlement(ctx context.Context, actor act.Actor, key, id, channel string, day deadline.Date) error {
	if !slices.Contains(settled, channel) {
		return ErrNoChannel
	}
	if day.IsZero() || day.After(o.today()) {
		return ErrDay
	}
	return o.decideLine(ctx, actor, key, id, "", func(_ context.Context, _ *act.Tx, e *Entered) error {
		e.State, e.How, e.Of, e.OfDay = lineSettlement, "official", channel, day
		return nil
	})
}

// settled are the channels whose money arrives at the treasury later.
var settled = []string{cardChannel, deskChannel, postChannel, ghiseulChannel}

// SendBack says that a line is not for the town, and is sent back.
func (o *Office) SendBack(ctx context.Context, actor act.Actor, key, id string) error {
	return o.decideLine(ctx, actor, key, id, "", func(_ context.Context, _ *act.Tx, e *Entered) error {
		e.State, e.How = lineReturned, "official"
		return nil
	})
}

// decideLine has an official decide about a line that waits, once.
func (o *Office) decideLine(ctx context.Context, actor act.Actor, key, id string, party act.PartyID, fn func(ctx context.Context, tx *act.Tx, e *Entered) error) error {
	var done bool
	return o.Acts.Once(ctx, actor, act.AssignPayment, key, ledger.Queue(party), &done, func(ctx context.Context, tx *act.Tx) error {
		on := o.on(party, "")
		if on.Subject = "payment " + id; tx.Allow(on) != nil {
			return ErrUnknown
		}
		e, err := o.line(ctx, tx, id)
		if err != nil {
			return err
		}
		if e.State != lineWaiting {
			return ErrAssigned
		}
		e.By, e.At, done = actor.Person, tx.At, true
		if err := fn(ctx, tx, &e); err != nil {
			return err
		}
		return moveLine(ctx, tx, e)
	})
}

package taxroll

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/fault"
	"bega/internal/paycode"
	"bega/taxlaw"
)

// chunk is how many rows are loaded in one transaction, unless the office says so.
const chunk = 2000

// An Import is a register that is loaded from files. Nothing of it counts until it is
// published, by somebody else than who has loaded it; and it can be reverted then.
type Import struct {
	ID        string
	State     string // "loading", "loaded", "published" or "reverted"
	Year      int    // whose law its totals are of
	Done      int    // rows that were read
	Summary   Summary
	By        act.PartyID
	Published act.PartyID
	At        time.Time
	Changed   time.Time
}

// A Summary is what an import would change.
type Summary struct {
	Taxpayers Counts            `json:"taxpayers"`
	Objects   map[string]Counts `json:"objects"` // by taxlaw.Kind
	Rejected  int               `json:"rejected"`
	// Tax is what the rows come to, by taxlaw.Type, and Assessed what was assessed last
	// of that year, or the one before: lei.
	Tax      map[string]taxlaw.Dec `json:"tax"`
	Assessed map[string]taxlaw.Dec `json:"assessed"`
	Highest  int                   `json:"highest"` // role number
	Reasons  []Reason              `json:"reasons"` // why rows were rejected, in the order in which they came up
}

// A Reason is why some rows were rejected.
type Reason struct {
	Table  string   `json:"table"`
	Column string   `json:"column"`
	Key    string   `json:"key"` // of a text
	Args   []string `json:"args,omitempty"`
	Rows   int      `json:"rows"`
	First  int      `json:"first"` // line
}

// reject counts a row that is not taken.
func (s *Summary) reject(r Reject) {
	s.Rejected++
	i := slices.IndexFunc(s.Reasons, func(k Reason) bool { return k.Table == r.Table && k.Column == r.Column && k.Key == r.Reason })
	if i < 0 {
		if i = len(s.Reasons); r.Reason == taxlaw.ErrJSON.Key {
			r.Args = []string{"…"} // they would say what stands there
		}
		s.Reasons = append(s.Reasons, Reason{r.Table, r.Column, r.Reason, r.Args, 0, r.Line})
	}
	s.Reasons[i].Rows++
}

// Counts are rows.
type Counts struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
}

// A Source is what is loaded.
type Source struct {
	Taxpayers, Objects Table
	ID                 string // of the import that they are for; "" for a new one, or whichever the actor has begun
}

// A loading is an import on its way.
type loading struct {
	*Office
	actor act.Actor
	rules *taxlaw.Rules
	run   Import
	saved int // rows, in the database
	// What is there already; of a whole city, in memory. Of indexes, 64 bits are enough
	// to tell a million rows apart.
	roles    map[int]holder
	numbers  map[act.PartyID]int
	last     map[uint64]uint16 // version by object
	digests  map[uint64]uint64 // of what counts, by object and party
	progress func(Import)
}

// A holder is whose a role is.
type holder struct {
	party act.PartyID
	legal bool
}

func (r Role) holder() holder { return holder{r.Party, r.Owner == taxlaw.Legal} }

// Load reads a register from two tables, and says what it would change: a dry run. It
// fails with [ErrColumns] and [ErrTable]; rows that cannot be taken are listed by
// [Office.Rejects], and the others are. After an interruption it is called again with
// the same tables, and goes on.
func (o *Office) Load(ctx context.Context, actor act.Actor, source Source, year int, progress func(Import)) (Import, error) {
	rules, err := o.Rules(year)
	if err != nil {
		return Import{}, err
	}
	l := &loading{Office: o, actor: actor, rules: rules, progress: progress}
	if err := l.begin(ctx, source.ID, year); err != nil {
		return l.run, err
	}
	if err := l.prepare(ctx); err != nil {
		return l.run, err
	}
	l.saved = l.run.Done
	skip := l.saved
	if err := l.taxpayers(ctx, source.Taxpayers, &skip); err != nil {
		return l.run, err
	}
	if err := l.objects(ctx, source.Objects, &skip); err != nil {
		return l.run, err
	}
	l.run.State = "loaded"
	return l.run, l.write(ctx, nil, func(context.Context, *act.Tx) error { return nil })
}

// begin returns the import that is under way, or a new one.
func (l *loading) begin(ctx context.Context, id string, year int) error {
	return l.Acts.Do(ctx, l.actor, act.ImportRegister, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := tx.Allow(act.On{Subject: "imports", Unit: l.Unit}); err != nil {
			return hidden(err)
		}
		l.run, err = importLoading(ctx, tx)
		if err == nil && (l.run.By != tx.Actor.Person || id != "" && l.run.ID != id) {
			err = ErrBusy
		}
		if !errors.Is(err, ErrUnknown) {
			return err
		}
		l.run = Import{ID: cmp.Or(id, db.NewID()), State: "loading", Year: year, By: tx.Actor.Person, At: tx.At, Changed: tx.At,
			Summary: Summary{Objects: map[string]Counts{}, Tax: map[string]taxlaw.Dec{}}}
		if l.Totals != nil {
			if l.run.Summary.Assessed, err = l.Totals(ctx, tx, year); err != nil {
				return err
			}
		}
		return insertImport(ctx, tx, l.run)
	})
}

// prepare remembers what is there.
func (l *loading) prepare(ctx context.Context) error {
	l.roles, l.numbers, l.last, l.digests = map[int]holder{}, map[act.PartyID]int{}, map[uint64]uint16{}, map[uint64]uint64{}
	roles, err := allRoles(ctx, l.DB)
	if err != nil {
		return err
	}
	for _, r := range roles {
		l.roles[r.Number], l.numbers[r.Party] = r.holder(), r.Number
	}
	return eachDigest(ctx, l.DB, l.run.ID, func(object string, n int, party act.PartyID, digest string, counts bool) {
		key := number64(object)
		l.last[key] = max(l.last[key], uint16(n))
		if counts {
			l.digests[l.pair(object, party)] = number64(digest)
		}
	})
}

func number64(index string) uint64 {
	n, _ := strconv.ParseUint(index[:16], 16, 64)
	return n
}

func (l *loading) pair(object string, party act.PartyID) uint64 {
	return number64(l.Vault.Index("tax-pair", object+" "+string(party)))
}

// write writes a chunk, unless another program has.
func (l *loading) write(ctx context.Context, rejects []Reject, fn func(ctx context.Context, tx *act.Tx) error) error {
	err := l.Acts.Do(ctx, l.actor, act.ImportRegister, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Allow(act.On{Subject: "import " + l.run.ID, Unit: l.Unit}); err != nil {
			return hidden(err)
		}
		now, err := importByID(ctx, tx, l.run.ID)
		if err != nil {
			return err
		}
		if now.State != "loading" || now.Done != l.saved { // reverted meanwhile, or loaded by another program
			return ErrState
		}
		if err := insertRejects(ctx, tx, l.Office, l.run.ID, rejects); err != nil {
			return err
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		l.run.Changed = tx.At
		return setImport(ctx, tx, l.run)
	})
	if err != nil {
		return err
	}
	if l.saved = l.run.Done; l.progress != nil {
		l.progress(l.run)
	}
	return nil
}

// chunks hands rows over in chunks, those to skip left out.
func (l *loading) chunks(t Table, skip *int, take func(line int, row []string) error, end func() error) error {
	line, waiting := 1, 0
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		line++
		if *skip > 0 {
			*skip--
			continue
		}
		if err := take(line, row); err != nil {
			return err
		}
		l.run.Done++
		if waiting++; waiting == l.size() {
			if err := end(); err != nil {
				return err
			}
			waiting = 0
		}
	}
	if waiting == 0 {
		return nil
	}
	return end()
}

func (l *loading) size() int {
	if l.Chunk > 0 {
		return l.Chunk
	}
	return chunk
}

// A found taxpayer is a row that can be taken.
type found struct {
	line, number int
	Taxpayer
	row []string
}

// taxpayers loads who has a role.
func (l *loading) taxpayers(ctx context.Context, t Table, skip *int) error {
	c, err := headOf(t, taxpayerColumns, nil)
	if err != nil {
		return err
	}
	var all []found
	var rejects []Reject
	return l.chunks(t, skip, func(line int, row []string) error {
		number, taxpayer, reject := c.taxpayer(row)
		row = copied(row)
		if reject == nil {
			all = append(all, found{line, number, taxpayer, row})
			return nil
		}
		reject.Table, reject.Line, reject.Row = "contribuabili", line, row
		rejects = append(rejects, *reject)
		l.run.Summary.reject(*reject)
		return nil
	}, func() error {
		before := l.run.Summary
		var fresh []Role
		err := l.write(ctx, rejects, func(ctx context.Context, tx *act.Tx) error {
			l.run.Summary = before // it may be done again after a conflict
			l.run.Summary.Reasons = slices.Clone(before.Reasons)
			taken, err := l.find(ctx, tx, all, &fresh)
			if err != nil {
				return err
			}
			if err := insertRejects(ctx, tx, l.Office, l.run.ID, taken); err != nil {
				return err
			}
			return insertRoles(ctx, tx, fresh)
		})
		for _, r := range fresh {
			l.roles[r.Number], l.numbers[r.Party] = r.holder(), r.Number
		}
		all, rejects = nil, nil
		return err
	})
}

// find finds the parties of a chunk, and gives a file to those who have none.
func (l *loading) find(ctx context.Context, tx *act.Tx, all []found, fresh *[]Role) (taken []Reject, err error) {
	people := make([]Taxpayer, len(all))
	for i, f := range all {
		people[i] = f.Taxpayer
	}
	ids, err := l.People.Find(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	sum := &l.run.Summary
	*fresh = nil
	numbers, owners := map[act.PartyID]int{}, map[int]act.PartyID{} // of this chunk
	for i, f := range all {
		party, number := l.roles[f.number].party, l.numbers[ids[i]]
		if party == "" {
			party = owners[f.number]
		}
		if number == 0 {
			number = numbers[ids[i]]
		}
		switch {
		case party == "" && number == 0:
			*fresh = append(*fresh, Role{Party: ids[i], Number: f.number, Owner: f.Owner, Code: paycode.New()})
			numbers[ids[i]], owners[f.number] = f.number, ids[i]
			sum.Taxpayers.New++
			sum.Highest = max(sum.Highest, f.number)
		case party == ids[i] && number == f.number:
			sum.Taxpayers.Same++
		default:
			r := wrong("rol", ErrRowTaken)
			r.Table, r.Line, r.Row = "contribuabili", f.line, f.row
			taken = append(taken, r)
			sum.reject(r)
		}
	}
	return taken, nil
}

// copied returns a row that stays as it is.
func copied(row []string) []string {
	all := make([]string, len(row))
	for i, cell := range row {
		all[i] = strings.Clone(cell)
	}
	return all
}

// objects loads what they have.
func (l *loading) objects(ctx context.Context, t Table, skip *int) error {
	c, err := headOf(t, objectColumns, append(fieldColumns(), moreColumns...))
	if err != nil {
		return err
	}
	var versions []version
	var owners [][2]string
	var rejects []Reject
	var buf bytes.Buffer
	owner := func(number int) (act.PartyID, string, bool) {
		h, ok := l.roles[number]
		if h.legal {
			return h.party, taxlaw.Legal, ok
		}
		return h.party, taxlaw.Natural, ok
	}
	return l.chunks(t, skip, func(line int, row []string) error {
		loaded, reject := c.loaded(row, &buf, owner)
		if reject == nil {
			v, fresh, err := l.version(&loaded)
			if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
				r := wrong(fieldOf(err), f)
				reject = &r
			} else if err != nil {
				return err
			} else if v != nil {
				versions = append(versions, *v)
				if fresh {
					owners = append(owners, [2]string{string(loaded.part.Party), v.object})
				}
			}
		}
		if reject != nil {
			reject.Table, reject.Line, reject.Row = "bunuri", line, copied(row)
			rejects = append(rejects, *reject)
			l.run.Summary.reject(*reject)
		}
		return nil
	}, func() error {
		err := l.write(ctx, rejects, func(ctx context.Context, tx *act.Tx) error {
			for i := range versions {
				versions[i].at, versions[i].by = tx.At, tx.Actor.Person
			}
			if err := insertVersions(ctx, tx, versions); err != nil {
				return err
			}
			return insertOwners(ctx, tx, owners)
		})
		versions, owners, rejects = versions[:0], owners[:0], rejects[:0]
		return err
	})
}

func fieldOf(err error) string {
	if p, ok := errors.AsType[*taxlaw.Problem](err); ok {
		return p.Field
	}
	return ""
}

// version makes of a row what is stored, and counts it. It is nil if nothing is new,
// and fresh if that party had no part of the object before.
func (l *loading) version(row *loaded) (v *version, fresh bool, err error) {
	tax, err := l.rules.Compute(&row.object)
	if err != nil {
		return nil, false, err
	}
	body, err := json.Marshal(plain(row.object))
	if err != nil {
		return nil, false, err
	}
	object := l.Vault.Index("tax-import", row.code)
	data, err := json.Marshal([]any{row.from, row.part, body, row.details, row.relief()})
	if err != nil {
		return nil, false, err
	}
	key, pair, digest := number64(object), l.pair(object, row.part.Party), l.Vault.Index("tax-row", string(data))
	kind := row.object.Kind
	counts, sum := l.run.Summary.Objects[string(kind)], &l.run.Summary
	sum.Tax[string(kind.Type())] += tax
	defer func() { sum.Objects[string(kind)] = counts }()
	old, known := l.digests[pair]
	if known && old == number64(digest) {
		counts.Same++
		return nil, false, nil
	}
	if known {
		counts.Changed++
	} else {
		counts.New++
	}
	l.digests[pair] = number64(digest)
	l.last[key]++
	v = &version{object: object, n: int(l.last[key]), from: row.from, kind: kind, why: Imported, body: string(body), parts: []Part{row.part},
		source: "import " + l.run.ID, digest: digest, load: l.run.ID}
	if row.details != (Details{}) {
		v.details = l.seal(object, v.n, row.details)
		if found := mark(row.details, &row.object); found != "" {
			v.mark = l.Vault.Index("tax-object", found)
		}
	}
	if relief := row.relief(); relief != nil {
		proof, err := json.Marshal(relief)
		if err != nil {
			return nil, false, err
		}
		v.relief, v.proof = relief.Party, l.Vault.Seal(place("proof", object, v.n), string(proof))
	}
	return v, !known, nil
}

package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bega/internal/money"
)

// A mutant is the program with one mistake in it.
type mutant struct {
	what     string
	file     string
	old, new string // text that is there once
	tests    string // that have to notice
	says     string // what has to be said, such as the invariant that stops it in production; "" for any failure
}

var mutants = []mutant{
	// I2: sums in are sums out, and what one account takes another gives.
	{"a ban is lost on the way to the credit", "replay.go", "debit: Money, credit: Held, value: day, channel: e.channel, amount: l.Amount", "debit: Money, credit: Held, value: day, channel: e.channel, amount: l.Amount - 1", "Bonus", Conserved},
	{"the credit forgets what it got", "replay.go", "r.lots = append(r.lots, &lot{day, l.Amount})", "r.lots = append(r.lots, &lot{day, l.Amount - 1})", "Bonus", Conserved},
	{"money is made of nothing", "../internal/settle/settle.go", "\ts.left -= amount\n", "\ts.left -= amount - 1\n", "Bonus", Once},
	{"a payment goes to revenue", "replay.go", "debit: from, credit: Owed, value: l.Day", "debit: from, credit: Revenue, value: l.Day", "Bonus", Balanced},
	{"a row that reverses does not", "journal.go", "m.debit, m.credit, m.amount = m.credit, m.debit, -m.amount", "m.amount = -m.amount", "Reported", Explained},
	{"a compensation pays twice out of the credit", "replay.go", "l.amount -= line.Amount", "l.amount -= 0", "RandomLives|Entries", Conserved},
	// I3: a payment is credited once.
	{"a payment that comes again is entered again", "pay_office.go", "if err == nil {\n\t\treturn o.repeated", "if err == nil && tx == nil {\n\t\treturn o.repeated", "Once", ""},
	{"an ID stands for anything", "pay_office.go", "old.amount != p.Amount", "false", "Once", ""},
	{"what was reversed is credited", "replay.go", "r.net[e.ref] -= e.amount", "r.net[e.ref] += 0 * e.amount", "Reversal", ""},
	{"what was reversed is credited twice", "replay.go", "r.net[e.ref] -= e.amount", "r.net[e.ref] += e.amount", "Reversal", ""},
	{"more can be reversed than was paid", "pay_office.go", "v.Amount <= 0 || v.Amount > left", "v.Amount <= 0", "Random", Once},
	// I4: no balance without an entry.
	{"nobody looks whether a row was changed", "office.go", "if !maps.Equal(was, net(old.moves))", "if false && !maps.Equal(was, net(old.moves))", "Tampering", ""},
	{"a row is not entered", "journal.go", "if m.amount != 0 {\n\t\t\tmoves", "if m.amount != 0 && len(moves) == 0 {\n\t\t\tmoves", "Bonus", Explained},
	{"a journal is closed with another sum", "office.go", "insertJournal(ctx, tx, rows, sum)", "insertJournal(ctx, tx, rows, sum+1)", "Bonus", Complete},
	{"surcharge is entered twice", "replay.go", "\t\tc.posted += more\n", "", "LateSurcharge", Explained},
	{"bulk entering forgets a charge", "office.go", "if late[ob.Party] == nil {", "if late[ob.Party] == nil && ob.Amount != 3400 {", "Bonus", Explained},
	// Nobody pays more of an obligation than it is.
	{"what was paid is still owed", "claim.go", "return c.Amount - until(c.parts, day) }", "return c.Amount }", "Once", ""},
	{"surcharge that was paid is still owed", "claim.go", "settle.Total(d.Steps)-until(c.lates, day)-d.Postponed", "settle.Total(d.Steps)-d.Postponed", "LateSurcharge", ""},
	{"more can be taken off than is owed", "reassess_office.go", "d.By <= 0 || d.By > left", "d.By <= 0", "Reassessment", Positive},
	{"a refund takes what is not there", "decide_office.go", "v.Amount > left {\n\t\t\treturn ErrTooMuch.With(left)\n\t\t}\n\t\tvar owed", "v.Amount > left+most {\n\t\t\treturn ErrTooMuch.With(left)\n\t\t}\n\t\tvar owed", "Compensation", ""},
	// The law.
	{"a month begins a day late", "../internal/settle/surcharge.go", "if !day.Before(start.AddMonths(n))", "if day.After(start.AddMonths(n))", "LateSurcharge", ""},
	{"surcharge is cut, not rounded", "../internal/settle/surcharge.go", "(exact+perLeu/2)/perLeu", "exact/perLeu", "LateSurcharge", ""},
	{"surcharge before principal", "../internal/settle/settle.go", "principals(debts, RulePrincipal, due),\n\t\tsurcharges(debts, RuleSurcharge, due),", "surcharges(debts, RuleSurcharge, due),\n\t\tprincipals(debts, RulePrincipal, due),", "Order", ""},
	{"fines do not come first", "../internal/settle/settle.go", "if choice.Owner &&", "if !choice.Owner &&", "Order", ""},
	{"a bonus after the term", "replay.go", "if day.After(o.Until) {", "if o.Amount < 0 {", "Bonus", ""},
	{"a bonus for a part of the year", "../internal/settle/settle.go", "return sum == o.Left", "return sum > 0", "Settle|Bonus", ""},
	{"compensation as of today", "replay.go", "latest(l.day, c.Due, c.Since), latest(l.day, c.Due))", "day, day)", "Compensation", ""},
	{"surcharge although it had been paid before", "replay.go", "latest(l.day, c.Due, c.Since), latest(l.day, c.Due))", "latest(l.day, c.Due, c.Since), latest(l.day, c.Due, c.Since))", "Model|Reassessment", ""},
	{"a plan cancels nothing", "claim.go", "r.move(move{cause: cause, obligation: c.ID, kind: c.Kind, debit: Waived", "_ = (move{cause: cause, obligation: c.ID, kind: c.Kind, debit: Waived", "Plan", Explained},
	{"a plan is never lost", "claim.go", "p.lose(in.Due)", "_ = in", "Plan", ""},
	// Two times, and whose it is.
	{"what came to be known later was known before", "store.go", "WHERE party >= $1 AND party <= $2 AND at <= $3 ORDER BY party, moment", "WHERE party >= $1 AND party <= $2 AND at <> $3 ORDER BY party, moment", "Reported", ""},
	{"rows of later were known before", "store.go", "AND at <= $3 ORDER BY party, value", "AND at <> $3 ORDER BY party, value", "Random", ""},
	{"who decides first knows of what comes later", "office.go", "e.moment = other.moment.Add(time.Microsecond)", "_ = other", "ClockBehind", ""},
	{"anybody reads", "read_office.go", "func hidden(err error) error {\n", "func hidden(err error) error {\n\terr = nil\n", "Officials", ""},
	{"anybody decides", "decide_office.go", "if err := tx.Allow(o.on(party)); err != nil {", "tx.Actor = act.Actor{Roles: []act.Role{act.Clerk, act.Head, act.Signatory}, Unit: o.Unit}\n\t\tif err := tx.Allow(o.on(party)); err != nil {", "Officials", ""},
}

// TestMutants builds the program with each mistake and has its tests run: they have to
// fail, and where an invariant stops it in production, to say which. Without
// BEGA_LONG, it only looks whether the mistakes can still be made.
func TestMutants(t *testing.T) {
	for i, m := range mutants {
		t.Run(m.what, func(t *testing.T) {
			path, err := filepath.Abs(m.file)
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(path)
			if err != nil || strings.Count(string(source), m.old) != 1 {
				t.Fatalf("%s has %d times %q, %v", m.file, strings.Count(string(source), m.old), m.old, err)
			}
			if !long {
				return
			}
			dir := t.TempDir()
			changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
			list, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
			if err == nil {
				err = errors.Join(os.WriteFile(changed, []byte(strings.Replace(string(source), m.old, m.new, 1)), 0o600), os.WriteFile(overlay, list, 0o600))
			}
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-count=1", "-run", m.tests, ".", "../internal/settle", "-rapid.nofailfile")
			cmd.Env = append(os.Environ(), "BEGA_LONG=")
			out, err := cmd.CombinedOutput()
			if text := string(out); err == nil || !strings.Contains(text, "--- FAIL") && !strings.Contains(text, "panic:") || !strings.Contains(text, m.says) {
				t.Errorf("%d: lives: %v\n%s", i, err, text)
			}
		})
	}
}

// TestInvariants breaks what follows from a file, and the check says which invariant
// that is.
func TestInvariants(t *testing.T) {
	at := day("2026-02-01").Midnight(bucharest)
	f := file{
		obligations: []Obligation{{ID: "o", Party: "ana", Kind: "land", Year: 2026, Due: day("2026-01-10"), Amount: lei(100), Since: day("2026-01-01"), Source: "s"}},
		events:      []event{{id: "p", kind: paid, party: "ana", moment: at, amount: lei(150), channel: "card"}},
	}
	for name, test := range map[string]struct {
		spoil func(r *replay)
		want  string
	}{
		"as it is":                       {func(*replay) {}, ""},
		"a row of nothing":               {func(r *replay) { r.moves[0].amount = 0 }, Balanced},
		"a row from itself to itself":    {func(r *replay) { r.moves[0].credit = Owed }, Balanced},
		"a row between strangers":        {func(r *replay) { r.moves[0].credit = LateRevenue }, Balanced},
		"money without a channel":        {func(r *replay) { r.moves[1].channel = "" }, Balanced},
		"more settled than owed":         {func(r *replay) { r.moves[0].amount-- }, Positive},
		"less owed than unpaid":          {func(r *replay) { r.claims[0].parts[0].amount-- }, Explained},
		"surcharge that nobody entered":  {func(r *replay) { r.claims[0].posted++ }, Explained},
		"a credit that nobody entered":   {func(r *replay) { r.lots[0].amount++ }, Conserved},
		"a payment of more than came in": {func(r *replay) { r.net["p"]++ }, Once},
		"a payment below nothing":        {func(r *replay) { r.net["q"] = -1 }, Once},
		"lines that do not add up":       {func(r *replay) { r.lines["p"][0].Amount++ }, Conserved},
	} {
		r := run(f, kindsByKey, bucharest)
		test.spoil(r)
		b, ok := errors.AsType[*Breach](r.check())
		if got := ""; ok {
			if got = b.Invariant; got != test.want || b.Of == "" || !strings.Contains(b.Error(), got) {
				t.Errorf("%s: got %q, want %q", name, got, test.want)
			}
		} else if test.want != "" {
			t.Errorf("%s: nobody noticed", name)
		}
	}
}

// TestBetweenLeadsThere: from any rows to any others, by rows that may be.
func TestBetweenLeadsThere(t *testing.T) {
	at := place{"e", "o", "land", Owed, Revenue, day("2026-01-01"), ""}
	none := map[place]money.Bani{}
	paidAt := place{"e", "o", "land", Money, Owed, day("2026-01-01"), "card"}
	for i, test := range []struct{ before, after map[place]money.Bani }{
		{none, map[place]money.Bani{at: 5}}, {map[place]money.Bani{at: 5}, none}, {map[place]money.Bani{at: 5, paidAt: 3}, map[place]money.Bani{at: 2}}, {none, none},
	} {
		moves := between(test.before, test.after)
		if err := balanced(moves); err != nil {
			t.Error(err)
		}
		got := maps.Clone(test.before)
		for p, n := range net(moves) {
			if got[p] += n; got[p] == 0 {
				delete(got, p)
			}
		}
		if !maps.Equal(got, test.after) {
			t.Errorf("%d: got %v, want %v", i, got, test.after)
		}
	}
}

// BenchmarkPay replays the file of a firm with many objects and a long history.
func BenchmarkPay(b *testing.B) {
	var f file
	at := day("2020-01-10").Midnight(bucharest)
	for year := 2020; year < 2026; year++ {
		for i := range 40 {
			f.obligations = append(f.obligations, Obligation{ID: fmt.Sprint(year, i), Party: "ana", Kind: "land", Year: year, Due: day(fmt.Sprint(year, "-03-31")),
				Amount: lei(100), Since: day(fmt.Sprint(year, "-01-10")), Source: fmt.Sprint(year, i)})
		}
		for i := range 12 {
			f.events = append(f.events, event{id: fmt.Sprint(year, i), kind: paid, party: "ana", moment: at.AddDate(year-2020, i, 1), amount: lei(300), channel: "card", body: body{Choice: Choice{Future: true}}})
		}
	}
	for b.Loop() {
		if err := run(f, kindsByKey, bucharest).check(); err != nil {
			b.Fatal(err)
		}
	}
}

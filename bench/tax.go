package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"bega/bench/raw"
	"bega/city"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/vault"
	taxledger "bega/ledger"
	"bega/taxes"
	"bega/taxlaw"
	"bega/taxroll"
)

// taxBench imports and assesses a city.
type taxBench struct {
	common
	Taxpayers int `help:"How many taxpayers." default:"232000"`
	Objects   int `help:"How many objects they have." default:"600000"`
	Year      int `help:"Tax year." default:"2026"`
}

// Run implements the command.
func (t *taxBench) Run(ctx context.Context) error {
	r := &report{Title: fmt.Sprintf("Import and assessment of %d taxpayers with %d objects, year %d", t.Taxpayers, t.Objects, t.Year),
		Head: []string{"", "engine", "seconds", "rows", "rows/s", "of rules alone", "of a bare insert", "peak MB"}}
	of := taxCity{t.Taxpayers, t.Objects}
	rules, err := t.rules()
	if err != nil {
		return err
	}
	alone, err := rulesAlone(of, rules, r)
	if err != nil {
		return err
	}
	r.remark("Taxpayers are found by their code without a database: what the register of people adds is not in the import.")
	return t.each(ctx, r, func(ctx context.Context, p *place, r *report) error {
		return t.measure(ctx, p, r, of, rules, alone)
	})
}

func (t *taxBench) rules() (*taxlaw.Rules, error) {
	data, err := fs.ReadFile(city.Timisoara, fmt.Sprintf("timisoara/taxes/%d.json", t.Year))
	if err != nil {
		return nil, err
	}
	town, err := taxlaw.ReadTown(data)
	if err != nil {
		return nil, err
	}
	law, err := taxlaw.LawOf(town.Law)
	if err != nil {
		return nil, err
	}
	return taxlaw.New(law, town), nil
}

// rulesAlone measures the pure functions on one core.
func rulesAlone(of taxCity, rules *taxlaw.Rules, r *report) (took time.Duration, err error) {
	n := 0
	var batch []taxlaw.Object
	compute := func() error {
		began := time.Now()
		for i := range batch {
			if _, err := rules.Compute(&batch[i]); err != nil {
				return fmt.Errorf("%+v: %w", batch[i], err)
			}
		}
		took, n, batch = took+time.Since(began), n+len(batch), batch[:0]
		return nil
	}
	err = of.each(func(_, i int, share string, cells map[string]string) error {
		o, err := of.taxObject(i, share, cells)
		if batch = append(batch, o); err == nil && len(batch) == 10_000 {
			err = compute()
		}
		return err
	})
	if err == nil {
		err = compute()
	}
	r.add("rules alone, one core", "memory", took.Seconds(), n, float64(n)/took.Seconds(), "", "", "")
	return took, err
}

// people are those of the city, without a database.
type people struct{}

func (people) Owner(context.Context, db.Reader, act.PartyID) (string, error) {
	return taxlaw.Natural, nil
}

func (people) Find(_ context.Context, _ *act.Tx, all []taxroll.Taxpayer) (ids []act.PartyID, err error) {
	for _, t := range all { // as long as an ID is, and in no order
		ids = append(ids, act.PartyID(fmt.Sprintf("%08x-0000-7000-8000-%012s", uint32(len(t.Code))*2654435761*atoi(t.Code), t.Code[max(0, len(t.Code)-12):])))
	}
	return ids, nil
}

func atoi(code string) uint32 {
	n, _ := strconv.ParseUint(code, 10, 64)
	return uint32(n)
}

// measure imports and assesses the city on one engine.
func (t *taxBench) measure(ctx context.Context, p *place, r *report, of taxCity, rules *taxlaw.Rules, alone time.Duration) error {
	name := p.database
	if name == "" {
		name = filepath.Join(p.dir, "town")
	}
	d, err := db.Open(ctx, name)
	if err != nil {
		return err
	}
	defer d.Close()
	office, err := taxOffice(ctx, d, rules)
	if err != nil {
		return err
	}
	// compare adds what was done, and the same rows inserted alone.
	compare := func(what string, took time.Duration, peak string, tables []raw.Copied) error {
		bare, rows, err := raw.Insert(ctx, p.raw(), d, tables)
		if err != nil {
			return err
		}
		r.add(what, p.engine, took.Seconds(), rows, float64(rows)/took.Seconds(), ratio(took, alone), ratio(took, bare), peak)
		r.add("bare insert of its rows", p.engine, bare.Seconds(), rows, float64(rows)/bare.Seconds(), "", "", "")
		return nil
	}
	took, peak, err := timed(func() error { return t.load(ctx, office.Roll, of) })
	if err != nil {
		return err
	}
	if err := compare("import", took, peak, raw.ImportTables); err != nil {
		return err
	}
	if err := raw.Settle(ctx, d); err != nil {
		return err
	}
	if took, peak, err = timed(func() error { return t.assess(ctx, office, true) }); err != nil {
		return err
	}
	if err := compare("assessment", took, peak, raw.AssessTables); err != nil {
		return err
	}
	if took, peak, err = timed(func() error { return t.assess(ctx, office, false) }); err != nil {
		return err
	}
	r.add("assessment again: nothing changes", p.engine, took.Seconds(), "", "", ratio(took, alone), "", peak)
	return nil
}

// taxUnit is the department of local taxes, as in a real town.
const taxUnit = "directia-fiscala"

// The officials of the town.
var (
	taxClerk = act.Actor{Person: "clerk", For: "clerk", Roles: []act.Role{act.Clerk}, Unit: taxUnit}
	taxHead  = act.Actor{Person: "head", For: "head", Roles: []act.Role{act.Head}, Unit: taxUnit}
)

// load imports and publishes the city.
func (t *taxBench) load(ctx context.Context, roll *taxroll.Office, of taxCity) error {
	taxpayers, err := pipe(of.writeTaxpayers)
	if err != nil {
		return err
	}
	objects, err := pipe(of.writeObjects)
	if err != nil {
		return err
	}
	loaded, err := roll.Load(ctx, taxClerk, taxroll.Source{Taxpayers: taxpayers, Objects: objects}, t.Year, func(i taxroll.Import) { t.progress("import", i.Done) })
	if err != nil {
		return err
	}
	if loaded.Summary.Rejected > 0 {
		return fmt.Errorf("%d rows were rejected", loaded.Summary.Rejected)
	}
	return roll.Publish(ctx, taxHead, "publish", loaded.ID)
}

// assess assesses everybody, who were or were not assessed before.
func (t *taxBench) assess(ctx context.Context, office *taxes.Office, first bool) error {
	run, err := office.Assess(ctx, taxHead, t.Year, false, func(run taxes.Run) { t.progress("assessment", run.Taxpayers) })
	if err != nil {
		return err
	}
	if run.Gaps > 0 || !first && run.Assessed+run.Changed > 0 {
		return fmt.Errorf("%d objects were not assessed, and %d taxes are something else", run.Gaps, run.Assessed+run.Changed)
	}
	return nil
}

func (t *taxBench) progress(what string, n int) {
	if n%40_000 == 0 {
		say("%s: %d", what, n)
	}
}

func ratio(took, of time.Duration) string { return fmt.Sprintf("%.2f ×", took.Seconds()/of.Seconds()) }

// timed measures, with the most memory that the program had meanwhile, in MB.
func timed(fn func() error) (took time.Duration, peak string, err error) {
	debug.FreeOSMemory()
	reset := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak of the memory
	began := time.Now()
	err = fn()
	took = time.Since(began)
	status, readErr := os.ReadFile("/proc/self/status")
	if reset != nil || readErr != nil {
		return took, "?", err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			peak = strconv.Itoa(kb / 1024)
		}
	}
	return took, peak, err
}

// taxOffice returns an office in an empty database.
func taxOffice(ctx context.Context, d *db.DB, rules *taxlaw.Rules) (*taxes.Office, error) {
	for room, files := range map[string]fs.FS{"act": act.Files, "ledger": taxledger.Files, "taxroll": taxroll.Files, "taxes": taxes.Files} {
		if err := d.Migrate(ctx, room, files); err != nil {
			return nil, err
		}
	}
	safe, err := vault.New(make([]byte, 32))
	if err != nil {
		return nil, err
	}
	var exceptions []deadline.Exception
	data, err := fs.ReadFile(city.Timisoara, "timisoara/exceptions.json")
	if err == nil {
		err = json.Unmarshal(data, &exceptions)
	}
	if err != nil {
		return nil, err
	}
	acts := &act.Register{DB: d, Now: time.Now}
	kinds := []taxledger.Kind{{Key: "buildings", Class: taxledger.Tax}, {Key: "land", Class: taxledger.Tax}, {Key: "vehicles", Class: taxledger.Tax}}
	kept := func(int) (*taxlaw.Rules, error) { return rules, nil }
	roll := &taxroll.Office{DB: d, Acts: acts, Now: time.Now, Zone: time.UTC, Vault: safe, People: people{}, Unit: taxUnit, Rules: kept}
	return &taxes.Office{DB: d, Acts: acts, Now: time.Now, Zone: time.UTC, Calendar: deadline.New(exceptions), Unit: taxUnit, Rules: kept, Roll: roll,
		Ledger: &taxledger.Office{DB: d, Acts: acts, Now: time.Now, Zone: time.UTC, Kinds: kinds, Unit: taxUnit}}, nil
}

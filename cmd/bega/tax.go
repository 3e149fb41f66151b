package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"bega/city"
	"bega/taxlaw"
)

type taxing struct {
	Explain explainTax `cmd:"" help:"Compute the local taxes of a file, and explain each step."`
	Check   checkTax   `cmd:"" help:"Check the law and the rates of a city pack."`
	Load    loadTax    `cmd:"" help:"Load the tax register of another program, for somebody else to publish."`
}

type loadTax struct {
	configured
	By    string   `required:"" help:"E-mail address of the official in whose name it is loaded." placeholder:"EMAIL"`
	Year  int      `required:"" help:"Year whose law its totals are of."`
	Files []string `arg:"" help:"One workbook (.xlsx), or two CSV files: taxpayers, and what they have. docs/tax-import.md has the columns." type:"existingfile"`
}

// Help implements [kong.HelpProvider].
func (loadTax) Help() string {
	return `Example:

  bega tax load --by lidia@primarie.exemplu.ro --year 2026 contribuabili.csv bunuri.csv

Nothing counts until another official publishes it at /lucru/taxe/calcul, where the differences and the file of
rejected rows are. If it was interrupted, the same command goes on where it was.`
}

// Run implements the command.
func (c *loadTax) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	loaded, err := town.LoadRegister(ctx, c.By, c.Year, c.Files, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d rows, %d rejected\n", loaded.State, loaded.Done, loaded.Summary.Rejected)
	return nil
}

// A packed command reads a city pack.
type packed struct {
	Pack string `help:"Folder of the city pack; without it, the one in the program." type:"existingdir" placeholder:"DIR"`
}

func (c packed) files() (fs.FS, error) {
	if c.Pack != "" {
		return os.DirFS(c.Pack), nil
	}
	return fs.Sub(city.Timisoara, "timisoara")
}

type explainTax struct {
	packed
	File string `arg:"" help:"What is taxed, in JSON: docs/tax-input.schema.json." type:"existingfile"`
	JSON bool   `name:"json" help:"As JSON."`
	Lang string `help:"Language of the words: ro or en." default:"ro" enum:"ro,en"`
}

// Help implements [kong.HelpProvider].
func (explainTax) Help() string {
	return `Example:

  bega tax explain apartament.json --lang en

where the file says {"year": 2026, "objects": [{"kind": "building", "owner": "natural", "use": "residential",
"zone": "A", "type": "A", "utilities": true, "usefulArea": 55, "yearBuilt": 1990}]}.

Exit code 2: something in the file is wrong; each line names the field (RFC 6901).`
}

// Help implements [kong.HelpProvider].
func (checkTax) Help() string {
	return `Example:

  bega tax check --pack city/timisoara

Each line names a file, the place in it (RFC 6901) and what is wrong. Exit code 2: it cannot be used.`
}

// A taxResult is what is owed of one tax, and why.
type taxResult struct {
	taxlaw.Levy
	Explained []*taxlaw.Explanation `json:"explained"` // each object, and last their sum
}

// Run implements the command.
func (c *explainTax) Run() error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	file, err := taxlaw.Decode(data)
	if err != nil {
		return wrongFile(err, c.Lang)
	}
	rules, pack, err := c.rules(file)
	if err != nil {
		return err
	}
	cal := taxlaw.Calendar(pack.Exceptions)
	var results []taxResult
	for _, t := range taxlaw.Types {
		objects := of(t, file.Objects)
		if len(objects) == 0 {
			continue
		}
		levy, explained, err := rules.ExplainLevy(t, objects, cal)
		if err != nil {
			return wrongFile(err, c.Lang)
		}
		for _, e := range explained {
			e.Fill(taxlaw.Words("ro"), taxlaw.Words("en"))
		}
		results = append(results, taxResult{levy, explained})
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(results)
	}
	for _, result := range results {
		result.print(c.Lang)
	}
	return nil
}

// rules joins the law and the file of the town for the year.
func (c *explainTax) rules(file *taxlaw.File) (*taxlaw.Rules, city.Pack, error) {
	files, err := c.files()
	if err != nil {
		return nil, city.Pack{}, err
	}
	pack, err := city.Read(files)
	if err != nil {
		return nil, city.Pack{}, err
	}
	data, err := fs.ReadFile(files, "taxes/"+strconv.Itoa(file.Year)+".json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, pack, fmt.Errorf("%w: /year: the town has no rates for %d", errWrong, file.Year)
	} else if err != nil {
		return nil, city.Pack{}, err
	}
	town, err := taxlaw.ReadTown(data)
	if err != nil {
		return nil, city.Pack{}, err
	}
	state := town.Law
	if file.Law != "" {
		state = file.Law
	}
	law, err := taxlaw.LawOf(state)
	if err != nil || law.Year != file.Year {
		return nil, pack, fmt.Errorf("%w: /law: there is no state %q of the law for %d; there are %s", errWrong, state, file.Year, strings.Join(taxlaw.States(), ", "))
	}
	return taxlaw.New(law, town), pack, nil
}

// of returns the objects of one tax.
func of(t taxlaw.Type, objects []taxlaw.Object) (some []taxlaw.Object) {
	for _, o := range objects {
		if o.Kind.Type() == t {
			some = append(some, o)
		}
	}
	return some
}

// wrongFile says each problem in a line.
func wrongFile(err error, lang string) error {
	problems, ok := errors.AsType[taxlaw.Problems](err)
	if p, single := errors.AsType[*taxlaw.Problem](err); !ok && single {
		problems = taxlaw.Problems{p}
	} else if !ok {
		return err
	}
	for _, p := range problems {
		fmt.Printf("%s: %s\n", p.Field, p.In(taxlaw.Words(lang)))
	}
	return errWrong
}

// print writes a result for people.
func (r *taxResult) print(lang string) {
	for i, e := range r.Explained {
		if i == len(r.Explained)-1 {
			fmt.Printf("= %s %d\n", r.Type, r.Year)
		} else {
			fmt.Printf("# %s %s\n", e.Kind, e.ID)
		}
		for _, s := range e.Steps {
			fmt.Printf("%3d. %s [%s]\n", s.N, s.Says.In(lang), s.Article)
			if line := s.Formula(lang); line != "" {
				fmt.Printf("     %s\n", line)
			}
		}
		for _, d := range e.Doubts {
			fmt.Printf("   ? %s\n", d.Why.In(lang))
		}
	}
	if draft := r.Explained[0].Draft; draft != nil {
		fmt.Printf("   ! %s\n", draft.In(lang))
	}
	for _, term := range r.Terms {
		fmt.Printf("   %10s  %s %s\n", term.Due, term.Amount.Format(lang), term.Object)
	}
	if r.Bonus > 0 {
		fmt.Printf("   %10s  %s (− %s)\n", r.BonusBy, r.Full.Format(lang), r.Bonus.Format(lang))
	}
}

type checkTax struct{ packed }

// Run implements the command.
func (c *checkTax) Run() error {
	files, err := c.files()
	if err != nil {
		return err
	}
	taxes, err := fs.Sub(files, "taxes")
	if err != nil {
		return err
	}
	flaws, err := taxlaw.CheckLaws()
	if err != nil {
		return err
	}
	more, err := taxlaw.CheckTown(taxes)
	if err != nil {
		return err
	}
	for _, flaw := range append(flaws, more...) {
		fmt.Println(flaw.In(taxlaw.Words("en")))
	}
	if len(flaws)+len(more) > 0 {
		return errWrong
	}
	fmt.Printf("the law (%s) and the rates of the town are in order\n", strings.Join(taxlaw.States(), ", "))
	return nil
}

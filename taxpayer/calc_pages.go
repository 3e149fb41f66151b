package taxpayer

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/text"
	"bega/internal/web"
	"bega/internal/web/ui"
	"bega/taxes"
	"bega/taxlaw"
)

// hubPage says what the town taxes, and leads to the calculators and to paying.
type hubPage struct {
	ui.Page
	Year     int
	Closed   *taxes.Closure
	Closures []taxes.Closure
	Terms    []deadline.Date
	Kinds    []taxlaw.Form
	Bonuses  []ui.Fact
}

func (p pages) hub(w http.ResponseWriter, r *http.Request) error {
	page := hubPage{Page: p.page(r), Year: p.o.today().Year, Kinds: taxlaw.Forms()}
	var err error
	if page.Closed, err = p.o.closed(r.Context()); err != nil {
		return err
	}
	if page.Closures, err = p.o.Register.Closures(r.Context()); err != nil {
		return err
	}
	page.Closures = slices.DeleteFunc(page.Closures, func(c taxes.Closure) bool { return c.To.Before(p.o.Now()) })
	if rules := p.o.Rules[page.Year]; rules != nil {
		for _, term := range rules.Law().Payment.Terms {
			if day, err := time.Parse("01-02", term); err == nil {
				page.Terms = append(page.Terms, p.o.Calendar.NextWorking(deadline.Date{Year: page.Year, Month: day.Month(), Day: day.Day()}))
			}
		}
		for _, typ := range taxlaw.Types {
			if bonus := rules.Town().Bonus[string(typ)]; bonus != nil && bonus.Value > 0 {
				page.Bonuses = append(page.Bonuses, ui.Fact{Label: typeName(page.Page, typ), Value: bonus.Value.In(page.Lang()) + "%"})
			}
		}
	}
	return p.Render(w, r, http.StatusOK, page.view())
}

// typeName is what the first kind of a type is called.
func typeName(p ui.Page, typ taxlaw.Type) string {
	for _, form := range taxlaw.Forms() {
		if form.Kind.Type() == typ {
			return form.Label.In(p.Lang())
		}
	}
	return string(typ)
}

// calcPage asks about one thing, and says what is owed for it.
type calcPage struct {
	ui.Page
	*Calculation
	Form    taxlaw.Form
	Draft   string // why these are no final rules
	Years   []int
	Query   url.Values
	Against *Calculation // with which the result is compared; nil for none
	Changes []Change
}

func (p pages) calculator(w http.ResponseWriter, r *http.Request) error {
	page := calcPage{Page: p.page(r), Query: r.URL.Query(), Years: slices.Sorted(maps.Keys(p.o.Rules))}
	i := slices.IndexFunc(taxlaw.Forms(), func(f taxlaw.Form) bool { return string(f.Kind) == r.PathValue("fel") })
	if i < 0 {
		return ErrUnknown
	}
	page.Form = taxlaw.Forms()[i]
	if err := p.calculate(&page); err != nil {
		return err
	}
	status := http.StatusOK
	if page.HasErrors = page.wrong(); page.HasErrors {
		status = http.StatusUnprocessableEntity
	}
	if page.Query.Get("format") == "json" {
		return web.JSON(w, status, page.plain())
	}
	return p.Render(w, r, status, page.view())
}

// calculate fills in what comes out, and what it is compared with.
func (p pages) calculate(page *calcPage) error {
	rules, err := p.rules(page.Query)
	if err != nil {
		return err
	}
	words := make([]*text.Translator, len(text.Languages))
	for i, lang := range text.Languages {
		words[i] = p.Texts.For(lang.String())
	}
	page.Calculation = calculate(rules, page.Form.Kind, page.Query, page.Lang(), p.o.Calendar, words)
	if draft := rules.Town().Draft; draft != nil {
		page.Draft = draft.In(page.Lang())
	}
	if draft := rules.Law().Draft; draft != nil {
		page.Draft = draft.In(page.Lang())
	}
	before, err := url.ParseQuery(page.Query.Get(againstName))
	if err != nil || len(before) == 0 || !page.Done {
		return nil
	}
	if rules, err = p.rules(before); err != nil {
		return err
	}
	if against := calculate(rules, page.Form.Kind, before, page.Lang(), p.o.Calendar, words); against.Done {
		page.Against, page.Changes = against, page.Calculation.changes(against)
	}
	return nil
}

// rules returns those of the year that answers are about: without one, of this year
// or the last that there are rules for.
func (p pages) rules(query url.Values) (*taxlaw.Rules, error) {
	year := p.o.today().Year
	if typed := query.Get(yearParam); typed != "" {
		year, _ = strconv.Atoi(typed)
	} else if p.o.Rules[year] == nil && len(p.o.Rules) > 0 {
		year = slices.Max(slices.Collect(maps.Keys(p.o.Rules)))
	}
	rules := p.o.Rules[year]
	if rules == nil {
		return nil, ErrNoRules
	}
	return rules, nil
}

// A plainAnswer is a calculation for machines.
type plainAnswer struct {
	Year         int                   `json:"year"`
	Kind         taxlaw.Kind           `json:"kind"`
	Object       *taxlaw.Object        `json:"object,omitempty"`
	Levy         *taxlaw.Levy          `json:"levy,omitempty"`
	Explanations []*taxlaw.Explanation `json:"explanations,omitempty"`
	Problems     map[string]string     `json:"problems,omitempty"` // by field; "" for none in particular
	Asked        []string              `json:"asked"`              // fields that there are with these answers
}

func (p calcPage) plain() plainAnswer {
	answer := plainAnswer{Year: p.Year, Kind: p.Kind, Asked: []string{}}
	problems := map[string]string{}
	for _, a := range p.Asked {
		answer.Asked = append(answer.Asked, a.Key)
		if a.Err != nil {
			problems[a.Key] = p.says(a.Err)
		}
	}
	if p.Err != nil {
		problems[""] = p.says(p.Err)
	}
	if len(problems) > 0 {
		answer.Problems = problems
	}
	if p.Done {
		answer.Object, answer.Levy, answer.Explanations = &p.Object, &p.Levy, p.Explanations
	}
	return answer
}

// says returns the text of a fault.
func (p calcPage) says(err error) string { return says(p.Page, err) }

// input returns the field of a question.
func (p calcPage) input(a Asked) ui.Input {
	in := ui.Input{Name: a.Key, Label: a.Label.In(p.Lang()), Hint: a.Hint.In(p.Lang()), Value: a.Typed, Required: a.Required}
	if a.Unit != "" {
		in.Label = p.T("taxpayer.label-unit", in.Label, string(a.Unit))
	}
	if a.Answer == taxlaw.Number || a.Answer == taxlaw.Decimal {
		in.Width, in.Inputmode, in.Max = "w10", "decimal", 20
	}
	if a.Answer == taxlaw.Part {
		in.Width, in.Max = "w4", 15
	}
	switch {
	case a.Err == nil:
	case fault.Of(a.Err).Key == taxlaw.ErrNumber.Key:
		in.Error = p.T("taxpayer.number-between", a.Min.In(p.Lang()), a.Max.In(p.Lang()), a.Places)
	default:
		in.Error = p.says(a.Err)
	}
	return in
}

// seldom are the questions that few people have an answer to.
var seldom = strings.Fields(`share relief reliefBefore reliefFiled reliefUntil reliefPart increase acquired established notified filed bankrupt farming farm
	sold dwellingRooms otherRooms yearRenovated usefulArea extension rural hours days`)

// questions returns those that everybody is asked, and those that few people are.
// What was answered, or is wrong, is always seen.
func (p calcPage) questions() (main, rare []Asked) {
	home := p.Query.Get("use") == taxlaw.Residential && p.Query.Get("owner") == taxlaw.Natural
	for _, a := range p.Asked {
		few := slices.Contains(seldom, a.Key) || home && strings.HasPrefix(a.Key, "value") // the value of a home does not count
		if few && a.Typed == "" && a.Err == nil && !a.Required {
			rare = append(rare, a)
		} else {
			main = append(main, a)
		}
	}
	return main, rare
}

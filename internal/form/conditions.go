package form

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"bega/internal/deadline"
	"bega/internal/text"
)

// costLimit ends a condition that would take long, which no honest one does.
const costLimit = 100_000

// A program is what conditions of a form become once they are understood.
type program struct {
	conditions map[scoped]cel.Program
	texts      *text.Catalog
}

// A Scope says what a condition knows. Inside a repeated step, the answers of one
// item are known by their keys: the scope is the key of the step.
type Scope string

// The other scopes.
const (
	Anywhere Scope = ""  // the answers, who asks, and today
	Before   Scope = "?" // who asks, and today: nothing is answered yet
	AtFiling Scope = "=" // the answers, and today
)

// A scoped condition is one in a scope.
type scoped struct {
	scope Scope
	cel   CEL
}

// functions are what conditions can do beyond the standard.
func functions() []cel.EnvOption {
	day := func(d deadline.Date) ref.Val { return types.String(d.String()) }
	move := func(by func(deadline.Date, int) deadline.Date) cel.OverloadOpt {
		return cel.BinaryBinding(func(from, n ref.Val) ref.Val {
			d, err := deadline.Parse(string(from.(types.String)))
			if steps := int(n.(types.Int)); err == nil && steps > -40_000 && steps < 40_000 {
				return day(by(d, steps))
			}
			return types.NewErr("no such day")
		})
	}
	dayAndNumber, number := []*cel.Type{cel.StringType, cel.IntType}, cel.IntType
	return []cel.EnvOption{
		cel.Function("days", cel.Overload("days", []*cel.Type{cel.StringType, cel.StringType}, number,
			cel.BinaryBinding(func(from, to ref.Val) ref.Val {
				first, err1 := deadline.Parse(string(from.(types.String)))
				last, err2 := deadline.Parse(string(to.(types.String)))
				if err := errors.Join(err1, err2); err != nil {
					return types.NewErr("no such day")
				}
				return types.Int(first.DaysUntil(last))
			}))),
		cel.Function("addDays", cel.Overload("add_days", dayAndNumber, cel.StringType, move(deadline.Date.AddDays))),
		cel.Function("addMonths", cel.Overload("add_months", dayAndNumber, cel.StringType, move(deadline.Date.AddMonths))),
		cel.Function("year", cel.Overload("year", []*cel.Type{cel.StringType}, number, cel.UnaryBinding(func(v ref.Val) ref.Val {
			d, err := deadline.Parse(string(v.(types.String)))
			if err != nil {
				return types.NewErr("no such day")
			}
			return types.Int(d.Year)
		}))),
		cel.Function("sum", cel.Overload("sum", []*cel.Type{cel.ListType(number)}, number, cel.UnaryBinding(total))),
	}
}

// total adds the numbers of a list. It stops at the first that is none.
func total(list ref.Val) ref.Val {
	sum := ref.Val(types.Int(0))
	for it := list.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		n, ok := it.Next().(types.Int)
		if !ok {
			return types.NewErr("not a whole number")
		}
		if sum = sum.(types.Int).Add(n); types.IsError(sum) {
			return sum
		}
	}
	return sum
}

// variable returns how conditions know a field.
func (f *Field) variable() *cel.Type {
	switch f.Kind {
	case Number, Money:
		return cel.IntType
	case YesNo, Consent:
		return cel.BoolType
	case Checkboxes, FileList:
		return cel.ListType(cel.StringType)
	case Address, Person:
		return cel.MapType(cel.StringType, cel.StringType)
	}
	return cel.StringType
}

// languages returns what conditions of each scope are written in. They know all
// questions; which are asked too late to be known, the compiler finds out.
func (form *Form) languages() (map[Scope]*cel.Env, error) {
	base, err := cel.NewEnv(append(functions(), cel.Variable("today", cel.StringType))...)
	if err != nil {
		return nil, err
	}
	who := []cel.EnvOption{cel.Variable("applicant.kind", cel.StringType), cel.Variable("applicant.resident", cel.BoolType)}
	all := []cel.EnvOption{cel.Variable("answers", cel.MapType(cel.StringType, cel.DynType))}
	items := map[string][]cel.EnvOption{}
	for _, step := range form.Steps {
		var fields []cel.EnvOption
		for _, f := range step.Fields {
			fields = append(fields, cel.Variable(f.Key, f.variable()))
		}
		if step.Repeat == nil {
			all = append(all, fields...)
		} else {
			all = append(all, cel.Variable(step.Key, cel.ListType(cel.MapType(cel.StringType, cel.DynType))))
			items[step.Key] = fields
		}
	}
	envs := map[Scope]*cel.Env{}
	extend := func(scope Scope, options ...[]cel.EnvOption) {
		env, failed := base.Extend(slices.Concat(options...)...)
		envs[scope], err = env, errors.Join(err, failed)
	}
	extend(Before, who)
	extend(AtFiling, all)
	extend(Anywhere, who, all)
	for step, fields := range items {
		extend(Scope(step), who, all, fields)
	}
	return envs, err
}

// compile understands a condition, and returns the names that it depends on and
// what it compares each of them with. The result has to be of a type.
func compile(env *cel.Env, source CEL, want *cel.Type) (cel.Program, *reference, error) {
	compiled, issues := env.Compile(string(source))
	if err := issues.Err(); err != nil {
		return nil, nil, errors.New(firstLine(issues))
	}
	if out := compiled.OutputType(); !out.IsExactType(want) && !out.IsExactType(cel.DynType) {
		return nil, nil, fmt.Errorf("%s, not %s", out, want)
	}
	made, err := env.Program(compiled, cel.CostLimit(costLimit), cel.EvalOptions(cel.OptOptimize))
	return made, referenced(compiled.NativeRep()), err
}

// firstLine returns what is wrong with a condition, and where, without the
// picture.
func firstLine(issues *cel.Issues) string {
	first := issues.Errors()[0]
	return fmt.Sprintf("%d: %s", first.Location.Column()+1, first.Message)
}

// A reference is what a condition depends on.
type reference struct {
	names  []string            // of questions and other variables, and of those after "answers."
	equals map[string][]string // names, and the texts that they are compared with
	asks   bool                // whether there is an answer, and not only which
}

func referenced(tree *ast.AST) *reference {
	r := &reference{equals: map[string][]string{}}
	name := func(e ast.Expr) string {
		if info, ok := tree.ReferenceMap()[e.ID()]; ok && len(info.OverloadIDs) == 0 {
			return info.Name
		}
		if e.Kind() == ast.SelectKind && e.AsSelect().Operand().Kind() == ast.IdentKind && e.AsSelect().Operand().AsIdent() == "answers" {
			r.asks = true
			return e.AsSelect().FieldName()
		}
		return ""
	}
	literal := func(e ast.Expr) (string, bool) {
		if e.Kind() != ast.LiteralKind {
			return "", false
		}
		s, ok := e.AsLiteral().(types.String)
		return string(s), ok
	}
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if n := name(e); n != "" && n != "answers" && !slices.Contains(r.names, n) {
			r.names = append(r.names, n)
		}
		if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
			return
		}
		left, right := e.AsCall().Args()[0], e.AsCall().Args()[1]
		switch e.AsCall().FunctionName() {
		case "_==_", "_!=_":
			for _, pair := range [][2]ast.Expr{{left, right}, {right, left}} {
				if text, ok := literal(pair[1]); ok && name(pair[0]) != "" {
					r.equals[name(pair[0])] = append(r.equals[name(pair[0])], text)
				}
			}
		case "@in":
			if text, ok := literal(left); ok && name(right) != "" {
				r.equals[name(right)] = append(r.equals[name(right)], text)
			}
			for _, item := range listed(right) {
				if text, ok := literal(item); ok && name(left) != "" {
					r.equals[name(left)] = append(r.equals[name(left)], text)
				}
			}
		}
	}))
	return r
}

func listed(e ast.Expr) []ast.Expr {
	if e.Kind() == ast.ListKind {
		return e.AsList().Elements()
	}
	return nil
}

// vars are what a condition is asked about. What has no answer is not there.
func vars(answers map[string]any, env Env) map[string]any {
	all := maps.Clone(answers)
	if all == nil {
		all = map[string]any{}
	}
	all["answers"], all["today"] = answers, env.Today.String()
	if env.Applicant.Kind != "" {
		all["applicant.kind"], all["applicant.resident"] = env.Applicant.Kind, env.Applicant.Resident
	}
	return all
}

// holds reports whether a condition holds, and whether that is known: it is not
// while an answer is missing that it depends on.
func (form *Form) holds(scope Scope, condition CEL, vars map[string]any) (holds, known bool) {
	if condition == "" {
		return true, true
	}
	result, err := form.eval(scope, condition, vars)
	yes, ok := result.(bool)
	return yes, ok && err == nil
}

func (form *Form) eval(scope Scope, condition CEL, vars map[string]any) (any, error) {
	result, _, err := form.made.conditions[scoped{scope, condition}].Eval(vars)
	if err != nil {
		return nil, err
	}
	return result.Value(), nil
}

// Holds reports whether one of the conditions that the form was compiled with
// holds, and whether that is known.
func (form *Form) Holds(scope Scope, condition CEL, a Answers, env Env) (holds, known bool) {
	return form.holds(scope, condition, vars(a, env))
}

// Number returns what one of the conditions comes to that the form was compiled
// with. It fails while an answer is missing that it depends on.
func (form *Form) Number(scope Scope, condition CEL, a Answers, env Env) (int64, error) {
	result, err := form.eval(scope, condition, vars(a, env))
	if err != nil {
		return 0, err
	}
	n, ok := result.(int64)
	if !ok {
		return 0, fmt.Errorf("form: %v is no number", result)
	}
	return n, nil
}

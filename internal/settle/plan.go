package settle

import (
	"bega/internal/deadline"
	"bega/internal/fault"
	"bega/internal/money"
)

// The faults of plans.
var (
	ErrPlanTerms = fault.New(fault.Invalid, "settle.plan-terms")    // longer than CPF art. 185 lets it be
	ErrPlanSmall = fault.New(fault.Invalid, "settle.plan-too-many") // more instalments than lei
)

// What CPF art. 185 par. 2 lets a plan be.
const (
	longestPlan     = 60 // months: five years
	longestDeferral = 6  // months
)

// lastOfYear is the day that no deferral goes past (par. 2).
func lastOfYear(year int) deadline.Date { return deadline.Date{Year: year, Month: 12, Day: 20} }

// An Instalment of a plan.
type Instalment struct {
	Due    deadline.Date `json:"due"`
	Amount money.Bani    `json:"amount"`
}

// Schedule returns the instalments over a sum, one a month: whole lei, as equal as can
// be, the larger ones first. With 0 months it is a deferral until the day first. It
// fails with [ErrPlanTerms] and [ErrPlanSmall].
func Schedule(sum money.Bani, today, first deadline.Date, months int) ([]Instalment, error) {
	switch {
	case !first.After(today) || months < 0,
		months == 0 && (first.After(today.AddMonths(longestDeferral)) || first.After(lastOfYear(today.Year))),
		months > 0 && first.AddMonths(months-1).After(today.AddMonths(longestPlan)):
		return nil, ErrPlanTerms
	case months == 0:
		return []Instalment{{first, sum}}, nil
	}
	each := sum / money.Bani(months) / money.Leu * money.Leu
	if each == 0 {
		return nil, ErrPlanSmall
	}
	all := make([]Instalment, months)
	rest := sum - each*money.Bani(months)
	for i := range all {
		more := min(rest, money.Leu)
		all[i] = Instalment{first.AddMonths(i), each + more}
		rest -= more
	}
	return all, nil
}

// Half returns the half of a surcharge that a plan postpones (par. 4): of an odd leu,
// the larger.
func Half(surcharge money.Bani) money.Bani {
	return (max(0, surcharge)/2 + money.Leu/2) / money.Leu * money.Leu
}

package settle

import (
	"bega/internal/deadline"
	"bega/internal/money"
)

// A Rate of late surcharge ("majorare de întârziere", CPF art. 183) holds from the
// day after a day, until the next one of the same debt. The surcharge of one debt:
//
//   - It is 1% of the unpaid principal for each month or part of a month, from the
//     day after the due date to the day of payment inclusive. A month begins on
//     the day of the month on which the delay began: after 31 March on the 1st.
//   - Of a principal that is settled in parts, each part bears it up to the day on
//     which it was settled; what is unpaid, up to the day that is asked about.
//   - It is added up exactly for the whole obligation, and rounded once, to the leu,
//     from 50 bani upwards (HG 1/2016, pct. 11 lit. n): not part by part.
//   - There is none on surcharge, on fines and on costs of enforcement (art. 173
//     par. 2), which are never part of the principal.
//   - In a plan, it is 0.5% for each month or part of one, from the day after the
//     plan was granted (art. 185 par. 3). The month that had begun is a part of one
//     before it; and so when a plan is lost.
type Rate struct {
	After  deadline.Date
	Halves int // half percents a month
}

// The rates in half percents: 1%, and 0.5% in a plan.
const (
	Late   = 2
	InPlan = 1
)

// perLeu is how many half percents of a ban make a leu.
const perLeu = 200 * int64(money.Leu)

// Months returns how many months have begun from the day after one day to another
// day inclusive.
func Months(after, day deadline.Date) int {
	start := after.AddDays(1)
	if day.Before(start) {
		return 0
	}
	n := (day.Year-start.Year)*12 + int(day.Month-start.Month)
	if !day.Before(start.AddMonths(n)) {
		n++
	}
	return n
}

// roundLeu rounds an amount that is given in half percents of a ban, from 50 bani
// upwards.
func roundLeu(exact int64) money.Bani {
	return money.Bani((exact+perLeu/2)/perLeu) * money.Leu
}

// A Step explains a part of a surcharge: an amount of principal that was late for
// some months.
type Step struct {
	Principal money.Bani
	From, To  deadline.Date // days, both inclusive
	Months    int
	Halves    int // half percents a month: 2, or 1 in a plan
}

// exact returns what the step adds, in half percents of a ban.
func (s Step) exact() int64 { return int64(s.Principal) * int64(s.Months) * int64(s.Halves) }

// Exact returns what the step adds, in hundredths of a ban.
func (s Step) Exact() int64 { return s.exact() / 2 }

// Steps explains the surcharge of an amount of principal that is settled, or still
// unpaid, on a day.
func Steps(rates []Rate, amount money.Bani, day deadline.Date) (all []Step) {
	for i, r := range rates {
		to := day
		if i+1 < len(rates) && rates[i+1].After.Before(to) {
			to = rates[i+1].After
		}
		if n := Months(r.After, to); n > 0 && amount > 0 {
			all = append(all, Step{Principal: amount, From: r.After.AddDays(1), To: to, Months: n, Halves: r.Halves})
		}
	}
	return all
}

// Total returns the surcharge that all steps of a debt add up to.
func Total(all []Step) money.Bani {
	var exact int64
	for _, s := range all {
		exact += s.exact()
	}
	return roundLeu(exact)
}

// Interest returns what the town owes on a sum that it gives back late, of the same
// rate (CPF art. 183 par. 4): from the day after one day to another day inclusive.
func Interest(sum money.Bani, after, day deadline.Date) money.Bani {
	return roundLeu(int64(sum) * int64(Months(after, day)) * Late)
}

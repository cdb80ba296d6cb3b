package complaint

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Handled is how one complaint was handled, as far as it has come.
type Handled struct {
	Unit       string    // whose it is
	Month      string    // of the dispatch, like 2021-04
	Until      time.Time // when it is to be answered
	Answered   time.Time // by the answer that counts; zero: not answered
	Called     bool      // who complained was reached after the answer
	Satisfied  bool      // and was satisfied, by the last call
	Again      int       // how often it was given back to be done again
	ReturnedBy []string  // units that said it was not theirs
}

// Measure is how a unit did with the complaints dispatched to it in a month.
type Measure struct {
	Unit      string `json:"unit"`
	Month     string `json:"month,omitempty"` // "": all
	Got       int    `json:"got"`
	Returned  int    `json:"returned"` // by this unit, also of complaints that are another's now
	Answered  int    `json:"answered"`
	OnTime    int    `json:"on_time"`
	Late      int    `json:"late"` // answered too late, or not answered though the time is over
	Called    int    `json:"called"`
	Satisfied int    `json:"satisfied"`
	Again     int    `json:"again"` // complaints that were given back to be done again
}

// Rate is n of all in per cent, rounded to the nearest; -1 where there is nothing to count.
func Rate(n, all int) int {
	if all == 0 {
		return -1
	}
	return (200*n + all) / (2 * all)
}

// OnTimeRate, AnsweredRate, SatisfiedRate and AgainRate are in per cent; -1 where there is
// nothing to count. Complaints whose time is not over count for the rate on time only once they
// are answered.
func (m Measure) OnTimeRate() int    { return Rate(m.OnTime, m.OnTime+m.Late) }
func (m Measure) AnsweredRate() int  { return Rate(m.Answered, m.Got) }
func (m Measure) SatisfiedRate() int { return Rate(m.Satisfied, m.Called) }
func (m Measure) AgainRate() int     { return Rate(m.Again, m.Answered) }

// InTime tells that a complaint was answered within its limit.
func (h Handled) InTime() bool { return !h.Answered.IsZero() && !h.Answered.After(h.Until) }

// Measures are how units did, by month and unit, as of now.
func Measures(all []Handled, now time.Time) (out []Measure) {
	type key struct{ month, unit string }
	sums := map[key]*Measure{}
	of := func(month, unit string) *Measure {
		k := key{month, unit}
		if sums[k] == nil {
			sums[k] = &Measure{Unit: unit, Month: month}
		}
		return sums[k]
	}
	for _, h := range all {
		for _, unit := range h.ReturnedBy {
			of(h.Month, unit).Returned++
		}
		m := of(h.Month, h.Unit)
		m.Got++
		if !h.Answered.IsZero() {
			m.Answered++
		}
		switch {
		case h.InTime():
			m.OnTime++
		case !h.Answered.IsZero() || now.After(h.Until):
			m.Late++
		}
		if h.Called {
			m.Called++
		}
		if h.Called && h.Satisfied {
			m.Satisfied++
		}
		if h.Again > 0 {
			m.Again++
		}
	}
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b key) int { return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.unit, b.unit)) })
	for _, k := range keys {
		out = append(out, *sums[k])
	}
	return out
}

// Sum adds measures up by unit, over all their months.
func Sum(all []Measure) (out []Measure) {
	at := map[string]int{}
	for _, m := range all {
		i, there := at[m.Unit]
		if !there {
			i = len(out)
			at[m.Unit] = i
			out = append(out, Measure{Unit: m.Unit})
		}
		o := &out[i]
		o.Got, o.Returned, o.Answered, o.OnTime, o.Late = o.Got+m.Got, o.Returned+m.Returned, o.Answered+m.Answered, o.OnTime+m.OnTime, o.Late+m.Late
		o.Called, o.Satisfied, o.Again = o.Called+m.Called, o.Satisfied+m.Satisfied, o.Again+m.Again
	}
	slices.SortFunc(out, func(a, b Measure) int { return cmp.Compare(a.Unit, b.Unit) })
	return out
}

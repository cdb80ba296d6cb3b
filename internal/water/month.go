package water

import "slices"

// Outcome tells whether a target was reached.
type Outcome string

// What can be said of a target. The zero value: its class or its target is not known.
const (
	Undecided Outcome = ""
	Met       Outcome = "met"
	Missed    Outcome = "missed"
)

// Standing is how a section stood in a month or in the year up to it.
type Standing struct {
	State   State   `json:"state,omitempty"`
	Class   Class   `json:"class"`             // as it was reported; where only values were, as they come to
	Judged  Class   `json:"judged"`            // what the values come to; NoClass without values
	Over    []Over  `json:"over,omitempty"`    // against the section's own target: of the values, else as reported
	Outcome Outcome `json:"outcome,omitempty"` // of the target
	Missing []Item  `json:"missing,omitempty"` // judged items without a value, where there are values
	Months  int     `json:"months,omitempty"`  // of a year so far that was worked out: how many months have values
	Values  Values  `json:"values,omitempty"`
	None    bool    `json:"none,omitempty"` // nothing is known of it
}

// Row is one section's line of a month's table.
type Row struct {
	Section  Section  `json:"section"`
	Target   Target   `json:"target"`
	Month    Standing `json:"month"`
	LastYear Standing `json:"last_year"` // the same month a year before
	Year     Standing `json:"year"`      // the year so far
	YearAgo  Standing `json:"year_ago"`  // the same months a year before
	Main     []Over   `json:"main,omitempty"`
	// Inflow is the class of the sections above it, the worst of several, and NotWorse
	// that none of what is over is worse than in all of them.
	Inflow   Class `json:"inflow"`
	NotWorse bool  `json:"not_worse,omitempty"`
}

// Change is how the month compares with the same month a year before.
func (r Row) Change() (steps int, ok bool) { return Steps(r.LastYear.Class, r.Month.Class) }

// YearChange is how the year so far compares with the same months a year before.
func (r Row) YearChange() (steps int, ok bool) { return Steps(r.YearAgo.Class, r.Year.Class) }

// slot is what a reading is of.
type slot struct {
	section string
	month   Month
	span    Span
}

// Table is every section of a register in a month, in its order. readings may be of any
// months; those of the month, of the year so far and of a year before count.
func Table(r *Register, readings []Reading, month Month) (rows []Row) {
	if r == nil {
		return nil
	}
	by := map[slot]Reading{}
	for _, one := range readings {
		by[slot{one.Section, one.Month, one.Span}] = one
	}
	for _, s := range r.Sections {
		row := Row{Section: s, Target: s.Target(month.Year)}
		row.Month = standing(s, month, by, OfMonth)
		row.LastYear = standing(s, month.Add(-12), by, OfMonth)
		row.Year = standing(s, month, by, OfYear)
		row.YearAgo = standing(s, month.Add(-12), by, OfYear)
		row.Main = Judge(s.Body, s.Judged(month.Year), row.Month.Values).Main(s.Body)
		rows = append(rows, row)
	}
	for i := range rows {
		rows[i].inflow(rows)
	}
	return rows
}

// standing is how a section stood: as it was reported, and what its values come to. The
// year so far without a report is worked out of the months' values.
func standing(s Section, month Month, by map[slot]Reading, span Span) (is Standing) {
	r, reported := by[slot{s.ID, month, span}]
	judged := s.Judged(month.Year)
	values := r.Values
	if span == OfYear && len(values) == 0 && r.Class == NoClass {
		var months []Values
		for n := 1; n <= month.Month; n++ {
			if one := by[slot{s.ID, Month{month.Year, n}, OfMonth}]; one.State == Observed {
				months = append(months, one.Values)
			}
		}
		y := SoFar(s.Body, judged, months)
		values, is.Months = y.Values, y.Months
	}
	j := Judge(s.Body, judged, values)
	is.State, is.Class, is.Judged = r.State, r.Class, j.Class
	if len(j.Items) > 0 {
		is.Values, is.Missing = values, j.Missing
	}
	if is.State != Observed {
		return is
	}
	if is.Class == NoClass {
		is.Class = j.Class
	}
	if is.None = is.Class == NoClass && !reported; is.None {
		return is
	}
	target := s.Target(month.Year)
	is.Over = Exceeds(s.Body, judged, values, target)
	if len(is.Over) == 0 && len(values) == 0 {
		is.Over = r.Over
	}
	is.Outcome = outcome(is, r.Class, target)
	return is
}

// outcome holds a standing against a target: by what is over where there are values, else
// by the class. That a target was met a class says only as it was reported: of values in
// part, a missing one may be the worst.
func outcome(is Standing, reported Class, t Target) Outcome {
	switch {
	case !t.Known() || is.Class == NoClass:
		return Undecided
	case is.Judged != NoClass && len(is.Missing) == 0 || len(t.Limits) > 0 && is.Judged != NoClass:
		if len(is.Over) > 0 {
			return Missed
		}
		if len(is.Missing) == 0 {
			return Met
		}
	case reported != NoClass && reported <= t.Class && len(t.Limits) == 0 && len(is.Over) == 0:
		return Met
	case is.Class > t.Class && len(t.Limits) == 0, len(is.Over) > 0:
		return Missed
	}
	return Undecided
}

// inflow compares with the sections above.
func (r *Row) inflow(all []Row) {
	known, not := 0, true
	for _, id := range r.Section.Upstream {
		i := slices.IndexFunc(all, func(o Row) bool { return o.Section.ID == id })
		if i < 0 || all[i].Month.Class == NoClass {
			continue
		}
		r.Inflow = max(r.Inflow, all[i].Month.Class)
		n, ok := NotWorseThan(all[i].Month.Values, r.Month.Values, r.Month.Over)
		not = not && n && ok
		known++
	}
	r.NotWorse = known > 0 && not && len(r.Month.Over) > 0
}

// Sum is how many sections of some rows have which class and outcome.
type Sum struct {
	Of      int            `json:"of"`      // sections
	Classes map[string]int `json:"classes"` // by class, of those that have one
	Good    int            `json:"good"`    // Ⅰ to Ⅲ
	Worse   int            `json:"worse"`   // 劣Ⅴ
	Known   int            `json:"known"`   // that have a class
	Met     int            `json:"met"`
	Missed  int            `json:"missed"`
	None    int            `json:"none"` // of which nothing came in
	River   RiverJudgement `json:"-"`
}

// SumOf counts the month, or the year so far.
func SumOf(rows []Row, span Span) (sum Sum) {
	sum.Classes = map[string]int{}
	var samples []Sample
	var judged []Item
	for _, r := range rows {
		is := r.Month
		if span == OfYear {
			is = r.Year
		}
		sum.Of++
		if is.None {
			sum.None++
		}
		switch is.Outcome {
		case Met:
			sum.Met++
		case Missed:
			sum.Missed++
		}
		if is.Class == NoClass {
			continue
		}
		sum.Known++
		sum.Classes[is.Class.String()]++
		if is.Class <= III {
			sum.Good++
		}
		if is.Class == Worse {
			sum.Worse++
		}
		samples = append(samples, Sample{is.Class, is.Values})
		judged = Five()
	}
	sum.River = JudgeRiver(River, judged, samples)
	return sum
}

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

// Result is what a section reached in a month or in the year up to it.
type Result struct {
	State   State   `json:"state,omitempty"`
	Class   Class   `json:"class"`             // as it was reported; where only values were reported, their class
	Judged  Class   `json:"judged"`            // the class of the values; NoClass without values
	Over    []Over  `json:"over,omitempty"`    // against the section's own target: by the values, else as reported
	Outcome Outcome `json:"outcome,omitempty"` // of the target
	Missing []Item  `json:"missing,omitempty"` // judged items without a value, where there are values
	Months  int     `json:"months,omitempty"`  // of a year so far that was worked out: how many months have values
	Values  Values  `json:"values,omitempty"`
	None    bool    `json:"none,omitempty"` // nothing is known of it
}

// Row is one section's line of a month's table.
type Row struct {
	Section  Section `json:"section"`
	Target   Target  `json:"target"`
	Month    Result  `json:"month"`
	LastYear Result  `json:"last_year"` // the same month a year before
	Year     Result  `json:"year"`      // the year so far
	YearAgo  Result  `json:"year_ago"`  // the same months a year before
	Main     []Over  `json:"main,omitempty"`
	// Inflow is the class of the next sections upstream, the worst of several. NotWorse
	// tells that none of the items over their limits is worse than in each of these sections.
	Inflow   Class `json:"inflow"`
	NotWorse bool  `json:"not_worse,omitempty"`
}

// Change is how the month compares with the same month a year before.
func (r Row) Change() (steps int, ok bool) { return Steps(r.LastYear.Class, r.Month.Class) }

// YearChange is how the year so far compares with the same months a year before.
func (r Row) YearChange() (steps int, ok bool) { return Steps(r.YearAgo.Class, r.Year.Class) }

// slot is the section, the month and the span of a reading.
type slot struct {
	section string
	month   Month
	span    Span
}

func bySlot(readings []Reading) map[slot]Reading {
	by := map[slot]Reading{}
	for _, one := range readings {
		by[slot{one.Section, one.Month, one.Span}] = one
	}
	return by
}

// Table is every section of a register in a month, in its order. readings may be of any
// months; those of the month, of the year so far and of a year before count.
func Table(r *Register, readings []Reading, month Month) (rows []Row) {
	if r == nil {
		return nil
	}
	return rowsOf(r.Sections, bySlot(readings), month)
}

// Course is one section of a register in months, as Table has it, in the order of the months.
func Course(r *Register, readings []Reading, s Section, months []Month) (rows []Row) {
	some := []Section{s}
	for _, id := range s.Upstream {
		if above, ok := r.Section(id); ok {
			some = append(some, above)
		}
	}
	by := bySlot(readings)
	for _, m := range months {
		rows = append(rows, rowsOf(some, by, m)[0])
	}
	return rows
}

func rowsOf(sections []Section, by map[slot]Reading, month Month) (rows []Row) {
	for _, s := range sections {
		row := Row{Section: s, Target: s.Target(month.Year)}
		row.Month = resultOf(s, month, by, OfMonth)
		row.LastYear = resultOf(s, month.Add(-12), by, OfMonth)
		row.Year = resultOf(s, month, by, OfYear)
		row.YearAgo = resultOf(s, month.Add(-12), by, OfYear)
		row.Main = Judge(s.Body, s.Judged(month.Year), row.Month.Values).Main(s.Body)
		rows = append(rows, row)
	}
	for i := range rows {
		rows[i].inflow(rows)
	}
	return rows
}

// resultOf is what a section reached: the class as it was reported, and the class of its
// values. The year so far without a report is worked out from the months' values.
func resultOf(s Section, month Month, by map[slot]Reading, span Span) (is Result) {
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

// outcome compares a result with a target: by the items over it where there are values,
// else by the class. Only a reported class can tell that a target was met: where some values
// are missing, one of these may be the worst.
func outcome(is Result, reported Class, t Target) Outcome {
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

// inflow compares the row with the rows of the sections upstream of it.
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

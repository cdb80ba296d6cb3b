package water

import (
	"slices"
	"strconv"
	"strings"
)

// Rule is a consequence over sections 断面规则: it opens something for a section when all of
// its conditions hold for a month. Rules are data that an office writes, and in force only
// from the month that they name.
type Rule struct {
	ID    string `json:"id"`
	Title string `json:"title"` // 水质超标
	Basis string `json:"basis,omitempty"`

	Over       bool  `json:"over,omitempty"`        // the month missed the section's target
	YearOver   bool  `json:"year_over,omitempty"`   // so did the year so far
	Poorer     int   `json:"poorer,omitempty"`      // the month is so many classes worse than a year before
	YearPoorer int   `json:"year_poorer,omitempty"` // so is the year so far
	WorseThan  Class `json:"worse_than,omitempty"`  // the month's class is worse than this
	Months     int   `json:"months,omitempty"`      // all conditions hold for so many months running; zero: one
	Inflow     bool  `json:"inflow,omitempty"`      // a month whose excess is no worse than in the water that flows in does not count

	Opens  string `json:"opens"`
	Asks   string `json:"asks"`   // what the task asks for: 说明原因，提出措施，报告结果
	Policy string `json:"policy"` // of the task, by name
	Within string `json:"within"` // its date, as plan.Offset is written, from the day on which it is opened
	From   Month  `json:"from"`   // in force from this month on; the zero month: an example, which opens nothing
}

// What a rule opens: each a task for the county; OpensTalk and OpensCircular propose that
// to a leader about the task besides.
const (
	OpensTask     = "task"
	OpensTalk     = "talk"
	OpensCircular = "circular"
)

// Opens are all that a rule may open.
var Opens = []string{OpensTask, OpensTalk, OpensCircular}

// InForce tells that the rule is more than an example.
func (r Rule) InForce() bool { return r.From != Month{} }

// Said tells that the rule asks for anything of a month.
func (r Rule) Said() bool {
	return r.Over || r.YearOver || r.Poorer > 0 || r.YearPoorer > 0 || r.WorseThan != NoClass
}

// Conditions are what the rule asks of a month, by the names of its file: poorer=1 worse_than=Ⅲ.
func (r Rule) Conditions() string {
	var all []string
	for _, one := range []struct {
		name  string
		is    bool
		value string
	}{
		{"over", r.Over, ""}, {"year_over", r.YearOver, ""}, {"poorer", r.Poorer > 0, strconv.Itoa(r.Poorer)}, {"year_poorer", r.YearPoorer > 0, strconv.Itoa(r.YearPoorer)},
		{"worse_than", r.WorseThan != NoClass, r.WorseThan.String()}, {"months", r.Months > 1, strconv.Itoa(r.Months)}, {"inflow", r.Inflow, ""},
	} {
		switch {
		case one.is && one.value != "":
			all = append(all, one.name+"="+one.value)
		case one.is:
			all = append(all, one.name)
		}
	}
	return strings.Join(all, " ")
}

// holds tells that a month is as the rule says.
func (r Rule) holds(row Row) bool {
	change, known := row.Change()
	year, yearKnown := row.YearChange()
	switch {
	case r.Over && row.Month.Outcome != Missed,
		r.YearOver && row.Year.Outcome != Missed,
		r.Poorer > 0 && (!known || change < r.Poorer),
		r.YearPoorer > 0 && (!yearKnown || year < r.YearPoorer),
		r.WorseThan != NoClass && row.Month.Class <= r.WorseThan,
		r.Inflow && row.NotWorse:
		return false
	}
	return r.Said()
}

// SectionTasks is what the IDs of all tasks begin with that rules open for a section.
func SectionTasks(section string) string { return "section-" + section + "." }

// Task is the ID of the first task that the rule opens for a section's month. It never changes,
// so that a table that is imported twice opens nothing twice. Tasks that are opened because
// corrected readings had cancelled the one before have .2, .3 … after it.
func (r Rule) Task(section string, month Month) string {
	return SectionTasks(section) + month.String() + "." + r.ID
}

// Finding is a rule that calls for something because of a section's month.
type Finding struct {
	Rule Rule
	Row  Row
	Of   Month
}

// Findings are what the rules in force call for by the readings given, by month, then
// in the order of the register and of the rules. A rule about several months running calls
// when there are so many, and again when there are twice as many; months before it was in
// force do not count.
func Findings(reg *Register, readings []Reading) (all []Finding) {
	if reg == nil || !slices.ContainsFunc(reg.Rules, Rule.InForce) {
		return nil
	}
	first, last := Month{}, Month{}
	for _, r := range reg.Rules {
		if r.InForce() && (first == Month{} || r.From.Before(first)) {
			first = r.From
		}
	}
	for _, r := range readings {
		if last.Before(r.Month) {
			last = r.Month
		}
	}
	type of struct{ rule, section string }
	running := map[of]int{}
	for month := first; !last.Before(month); month = month.Add(1) {
		for _, row := range Table(reg, readings, month) {
			for _, r := range reg.Rules {
				key := of{r.ID, row.Section.ID}
				if !r.InForce() || month.Before(r.From) || !r.holds(row) {
					running[key] = 0
					continue
				}
				if running[key]++; running[key]%max(1, r.Months) == 0 {
					all = append(all, Finding{r, row, month})
				}
			}
		}
	}
	return all
}

// Missing are the sections whose monthly data a unit owes and of which nothing was
// reported for a month: a state, as frozen, is a report.
func Missing(reg *Register, readings []Reading, unit string, month Month) (missing []Section) {
	if reg == nil {
		return nil
	}
	for _, s := range reg.Sections {
		reported := func(r Reading) bool {
			return r.Section == s.ID && r.Month == month && r.Span == OfMonth && (r.State != Observed || r.Class != NoClass || len(r.Values) > 0)
		}
		if s.Data == unit && !slices.ContainsFunc(readings, reported) {
			missing = append(missing, s)
		}
	}
	return missing
}

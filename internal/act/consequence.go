package act

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// FactKind says what a Fact tells.
type FactKind string

const (
	FactDue  FactKind = "due"  // a task's due day has passed 到期
	FactTalk FactKind = "talk" // a talk was opened 约谈
)

// Fact is one thing the ledger knows of a unit, as of one instant. All days are
// days in the plan's zone.
type Fact struct {
	Kind   FactKind     `json:"kind"`
	Unit   string       `json:"unit"` // unit ID: who leads the task, who was called to the talk
	Task   string       `json:"task"`
	Talk   string       `json:"talk,omitempty"`  // ID, of FactTalk
	Day    calendar.Day `json:"day"`             // the due day; of FactTalk the day the talk opened
	State  State        `json:"state"`           // of the task at the instant
	Closed calendar.Day `json:"closed,omitzero"` // the day a closed task counts as done: of the report that was verified; zero otherwise
	Late   int          `json:"late,omitempty"`  // working days, as Measure counts them
	// Unwarned tells of an open task that the ladder's own warning about it has not gone
	// out yet: nothing adds up before.
	Unwarned bool   `json:"unwarned,omitempty"`
	Duty     string `json:"duty,omitempty"` // ID of the duty of which the task is an occurrence
}

// From is a fact of another plan than the one that counts: its task and talk bear the
// plan's ID before their own.
func (f Fact) From(planID string) Fact {
	f.Task = planID + "/" + f.Task
	if f.Duty != "" {
		f.Duty = planID + "/" + f.Duty
	}
	if f.Talk != "" {
		f.Talk = planID + "/" + f.Talk
	}
	return f
}

// own tells a fact of the plan that counts.
func (f Fact) own() bool { return !strings.Contains(f.Task, "/") }

// Fired is what a rule proposed before, whatever a person then decided about it.
// It reads the JSON of a Proposal.
type Fired struct {
	Rule  string   `json:"rule"`
	Unit  string   `json:"unit"`
	Facts []string `json:"facts"`
	What  string   `json:"what,omitempty"`
	// Waits tells of a proposal that nobody has decided yet: whatever else a rule finds
	// for the same measure against the unit joins it.
	Waits bool `json:"-"`
}

// SeenFrom is what a rule of the plan other proposed, with its facts as the plan own
// names them.
func (f Fired) SeenFrom(other, own string) Fired {
	facts := make([]string, len(f.Facts))
	for i, key := range f.Facts {
		kind, rest, _ := strings.Cut(key, ":")
		switch id, mine := strings.CutPrefix(rest, own+"/"); {
		case mine:
			facts[i] = kind + ":" + id
		case strings.Contains(rest, "/"): // of a third plan
			facts[i] = key
		default:
			facts[i] = kind + ":" + other + "/" + rest
		}
	}
	f.Facts = facts
	return f
}

// Proposal is the next rung that a unit's facts call for 约谈、通报建议. A named
// person decides about it.
type Proposal struct {
	Rule    string   `json:"rule"`    // plan.Consequence.ID
	Unit    string   `json:"unit"`    // unit ID
	What    string   `json:"what"`    // plan.ProposeTalk or plan.ProposeCircular
	Task    string   `json:"task"`    // where a talk attaches: the latest of the facts' open tasks, or of all when none is open
	Facts   []string `json:"facts"`   // keys of Grounds, sorted
	Key     string   `json:"key"`     // rule/unit/hash of Facts: the same facts have the same key
	Grounds []Ground `json:"grounds"` // what it rests on: the new facts, by day
	// Before are the facts of the same count that hold too but that the rule has
	// named in a former proposal, by day: whoever decides should know of them.
	Before []Ground `json:"before,omitempty"`
}

// Fired is what is to be kept so that the proposal is never made again.
func (p Proposal) Fired() Fired {
	return Fired{Rule: p.Rule, Unit: p.Unit, Facts: p.Facts, What: p.What}
}

// Ground is one fact as a sentence needs it. Count says which sentence:
//   - plan.CountOverdue: Task was due on Day and is open, Days days later.
//   - plan.CountReds: Task was due on Day and was done Days days later, on Closed, or is open when Closed is zero.
//   - plan.CountTalks: Talk about Task was opened on Day.
type Ground struct {
	Key      string       `json:"key"` // overdue:TASK:DUE, missed:TASK:DUE, talk:TALK
	Count    string       `json:"count"`
	Task     string       `json:"task"`
	Talk     string       `json:"talk,omitempty"`
	Day      calendar.Day `json:"day"`
	Closed   calendar.Day `json:"closed,omitzero"`
	Days     int          `json:"days,omitempty"`     // late, in calendar days: to the closing, or to today
	Workdays int          `json:"workdays,omitempty"` // late, in working days, as the ledger counts them
	On       calendar.Day `json:"on,omitzero"`        // the day on which it was counted
	Title    string       `json:"title,omitempty"`    // of the task on that day; set by whoever proposes
}

// Consequences 累计 are the proposals that the facts, taken on the morning of
// today, call for by the rules, in the order of the rules and then of the units.
//
//   - plan.CountOverdue counts the matters of the unit whose due day is before today
//     and that are open, the occurrences of one duty being one matter; a task that is
//     suspended, or whose completion report waits for the office, is not counted.
//   - plan.CountReds counts back from the unit's last task that fell due, by due
//     day and then ID, as long as each was missed: open, or closed after its due
//     day. A task met ends the row; so does one whose completion report waits,
//     for nobody knows yet which it is. A suspended task is passed over. What was
//     missed on one day counts once.
//   - plan.CountTalks counts the days on which talks of the unit opened, from the day
//     Within before today on, that day among them.
//
// An open task counts for nothing before the ladder's own warning about it.
//
// A rule never fires twice for the same facts: what one of its proposals to a
// unit has named counts no more, nor what is of the same matter or day, and it fires
// only when AtLeast of what holds today is new. With "two overdue at once", two overdue tasks fire;
// a third joins them and nothing happens; a fourth, and it fires for the third
// and the fourth, naming the first two under Before if they are still open. So
// two proposals of one rule to one unit never share a fact. A task given a new
// due date and missed again is a new fact.
//
// Facts may be of other plans: see Fact.From. Where none of the new ones is of the plan
// that counts, the others propose.
//
// While a proposal of the same measure to the unit waits for a leader, by this rule or
// another or by hand, whatever is new is proposed at once, however little it is, as soon
// as all that holds is as much as the rule asks: it joins that one, see
// ledger.ProposeTalk.
//
// fired is everything proposed before. A rule with AtLeast under one, or with a
// Count of another name, proposes nothing. The order of facts does not matter.
func Consequences(rules []plan.Consequence, facts []Fact, fired []Fired, today calendar.Day, cal *calendar.Calendar) []Proposal {
	units := factsByUnit(facts)
	names := slices.Sorted(maps.Keys(units))
	var out []Proposal
	for _, r := range rules {
		for _, unit := range names {
			fresh, before := newFacts(r, counting(r, units[unit], today, cal), namedBefore(fired, r.ID, unit))
			least := r.AtLeast
			if waits(fired, unit, r.Propose) && countOf(r.Count, slices.Concat(before, fresh)) >= least {
				least = min(least, 1)
			}
			if least >= 1 && countOf(r.Count, fresh) >= least && slices.ContainsFunc(fresh, Fact.own) {
				out = append(out, propose(r, unit, fresh, before, today))
			}
		}
	}
	return out
}

// factsByUnit gives each unit's facts by day, task and talk, each once.
func factsByUnit(facts []Fact) map[string][]Fact {
	units := map[string][]Fact{}
	for _, f := range facts {
		units[f.Unit] = append(units[f.Unit], f)
	}
	for unit, of := range units {
		slices.SortFunc(of, byDay)
		units[unit] = slices.Compact(of)
	}
	return units
}

func byDay(a, b Fact) int {
	return cmp.Or(a.Day.Compare(b.Day), strings.Compare(a.Task, b.Task), strings.Compare(a.Talk, b.Talk),
		strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(string(a.State), string(b.State)), a.Closed.Compare(b.Closed))
}

// counting are those of a unit's facts, which come by day, that the rule counts today.
func counting(r plan.Consequence, facts []Fact, today calendar.Day, cal *calendar.Calendar) (out []Fact) {
	switch r.Count {
	case plan.CountOverdue:
		for _, f := range facts {
			if f.Kind == FactDue && f.Day.Before(today) && f.State == Open && !f.Unwarned {
				out = append(out, f)
			}
		}
	case plan.CountReds:
		return missedInARow(facts, today)
	case plan.CountTalks:
		from := r.Within.Before(today, cal)
		for _, f := range facts {
			if f.Kind == FactTalk && !f.Day.Before(from) && !f.Day.After(today) {
				out = append(out, f)
			}
		}
	}
	return out
}

// missedInARow are the last tasks that fell due, as long as they were missed.
func missedInARow(facts []Fact, today calendar.Day) (row []Fact) {
	for _, f := range slices.Backward(facts) {
		switch {
		case f.Kind != FactDue || !f.Day.Before(today) || f.State == Suspended || f.State == Cancelled || f.Unwarned:
			continue
		case f.State == Open || f.State == Closed && f.Closed.After(f.Day):
			row = append(row, f)
			continue
		}
		break
	}
	slices.Reverse(row)
	return row
}

// waits tells that a measure against a unit is proposed and not decided.
func waits(fired []Fired, unit, what string) bool {
	return slices.ContainsFunc(fired, func(f Fired) bool { return f.Waits && f.Unit == unit && f.What == what })
}

// namedBefore are the facts the rule has named to the unit in former proposals.
func namedBefore(fired []Fired, rule, unit string) map[string]bool {
	named := map[string]bool{}
	for _, f := range fired {
		if f.Rule == rule && f.Unit == unit {
			for _, key := range f.Facts {
				named[key] = true
			}
		}
	}
	return named
}

func newFacts(r plan.Consequence, facts []Fact, named map[string]bool) (fresh, before []Fact) {
	old := map[string]bool{}
	for _, f := range facts {
		if named[factKey(r.Count, f)] {
			before = append(before, f)
			old[one(r.Count, f)] = true
		}
	}
	for _, f := range facts {
		if !named[factKey(r.Count, f)] && !old[one(r.Count, f)] {
			fresh = append(fresh, f)
		}
	}
	return fresh, before
}

// countOf is how many facts there are as a count sees it.
func countOf(count string, facts []Fact) int {
	all := map[string]bool{}
	for _, f := range facts {
		all[one(count, f)] = true
	}
	return len(all)
}

// one names what counts once: a matter, or a day.
func one(count string, f Fact) string {
	if count == plan.CountOverdue {
		return cmp.Or(f.Duty, f.Task)
	}
	return f.Day.String()
}

// factKey names a fact as the count sees it. It is written in the ledger and must
// not change: a rule would fire again for what it has named under the old name.
func factKey(count string, f Fact) string {
	switch count {
	case plan.CountOverdue:
		return "overdue:" + f.Task + ":" + f.Day.String()
	case plan.CountReds:
		return "missed:" + f.Task + ":" + f.Day.String()
	}
	return "talk:" + f.Talk
}

func propose(r plan.Consequence, unit string, fresh, before []Fact, today calendar.Day) Proposal {
	p := Proposal{Rule: r.ID, Unit: unit, What: r.Propose, Task: attachTo(fresh),
		Grounds: groundsOf(r.Count, fresh, today), Before: groundsOf(r.Count, before, today)}
	for _, g := range p.Grounds {
		p.Facts = append(p.Facts, g.Key)
	}
	slices.Sort(p.Facts)
	sum := sha256.Sum256([]byte(strings.Join(p.Facts, "\n")))
	p.Key = r.ID + "/" + unit + "/" + hex.EncodeToString(sum[:8])
	return p
}

// attachTo is the latest open task of the plan that counts, or its latest when none is:
// a talk about a task that is not open is void before it opens.
func attachTo(facts []Fact) (task string) {
	for _, f := range slices.Backward(facts) {
		if f.own() && f.State == Open {
			return f.Task
		}
		if f.own() && task == "" {
			task = f.Task
		}
	}
	return task
}

func groundsOf(count string, facts []Fact, today calendar.Day) (out []Ground) {
	for _, f := range facts {
		g := Ground{Key: factKey(count, f), Count: count, Task: f.Task, Talk: f.Talk, Day: f.Day, On: today}
		if f.Kind == FactDue {
			until := today
			if f.State == Closed {
				g.Closed, until = f.Closed, f.Closed
			}
			g.Days, g.Workdays = until.Sub(f.Day), f.Late
		}
		out = append(out, g)
	}
	return out
}

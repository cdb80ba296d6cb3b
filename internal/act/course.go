package act

import (
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Course is one task under way: the facts, and what is said next if nobody does
// anything; nil: nothing.
type Course struct {
	Case
	Next *plan.Stage `json:"next,omitempty"`
}

// Rules work out the courses of one plan: by its policies, its people and the
// calendar in force.
type Rules struct {
	plan.Ladderer
	Policies map[string]plan.Policy
	// Since is the instant at which the calendar came into force, plan clock. A stage that the
	// calendar puts before Since speaks on the next office morning. Zero: the calendar was
	// always in force.
	Since time.Time
	// Undone are the intervals, plan clock, in which holiday notices were in force that have
	// been taken back since. A reminder that was brought forward only by such a notice is said
	// on its own day again.
	Undone []calendar.Span
}

// NewRules are the rules of a plan.
func NewRules(p *plan.Plan, cal *calendar.Calendar) (Rules, error) {
	l, err := plan.NewLadderer(p, cal)
	return Rules{Ladderer: l, Policies: p.Policies}, err
}

func (r Rules) policy(c Case) plan.Policy {
	p := r.Policies[c.Policy]
	if p.Acts == (plan.Acts{}) {
		p.Acts = plan.DefaultActs()
	}
	return p
}

// Open is a task that begins, with the limits it is judged by.
func (r Rules) Open(c Case) Course {
	c.State = Open
	if c.Number == 0 {
		c.Number = 1
	}
	return r.Course(c)
}

// Course is a task under way as the policies and the calendar have it.
func (r Rules) Course(c Case) Course {
	r.limits(&c)
	return Course{Case: c, Next: r.Next(c)}
}

// limits sets the days that the next acts are judged by.
func (r Rules) limits(c *Case) {
	p := r.policy(*c)
	c.MostGrants = p.Acts.Extensions
	if !c.Assigned.IsZero() {
		c.ReturnUntil = r.Calendar.OnOrAfter(p.Acts.Return.After(calendar.DayOf(c.Assigned.In(r.Zone)), r.Calendar))
	}
	if !c.Due.IsZero() {
		c.ExtendUntil = p.Acts.Extend.Before(c.Due, r.Calendar)
	}
	if c.Pause != nil && !c.Pause.Until.IsZero() {
		pause := *c.Pause // the pause of the case before the act is left as it was
		pause.UntilAt = r.midnight(pause.Until)
		c.Pause = &pause
	}
}

// Decide is the course once its next stage is decided, and that stage.
func (r Rules) Decide(c Course) (Course, plan.Stage) {
	s := *c.Next
	return r.Course(r.Say(c.Case, s)), s
}

// Act is the course after an act, and what the act says at once. It refuses what Check refuses,
// and an act that names a unit or a policy which the plan does not know. An act done already
// changes nothing.
func (r Rules) Act(before Course, a Act) (after Course, told []plan.Stage, refused *Refusal) {
	if before.Done(a.ID) {
		return before, nil, nil
	}
	if no := before.Check(a); no != nil {
		return before, nil, no
	}
	if no := r.unknown(a); no != nil {
		return before, nil, no
	}
	c := before.Case
	c.unsay(a.At)
	c = r.renumbered(before.Case, c.apply(a), a)
	if a.Kind == Chase {
		c.ChaseFrom = r.policy(c).Acts.Chase.After(a.On, r.Calendar)
	}
	r.limits(&c)
	c.Track = r.resaid(before.Track, c, r.Owed(c), r.Ahead(c), a.At)
	return r.Course(c), r.told(before.Case, c, a), nil
}

// renumbered is the case after an act with the number of its due date (Case.Number). A missed
// date keeps its number when it is replaced by another that has passed too, and gets it back
// when it is set again: it is the same miss (law 2 of package laws), and what was said of it is
// not said again. Any other new date gets a new number. So does the date of a task that is given
// to another unit: the miss stays with the unit that led (Case.Misses).
func (r Rules) renumbered(before, c Case, a Act) Case {
	late := r.Late(before, a.On)
	passed := before.Due.Before(a.On) && c.Due.Before(a.On)
	if before.Due != c.Due && (passed || r.chid(before, before.Number)) {
		c.Missed = append(slices.Clone(c.Missed), Dated{before.Number, before.Due})
	}
	switch {
	case a.Kind == TakeOver: // the miss goes along to the unit that takes over
		return c
	case c.Lead != before.Lead:
		if late > 0 && !before.Inherited(r) {
			c.Misses = append(slices.Clone(c.Misses), Miss{Unit: before.Lead, Due: before.Due, Late: late, On: a.On})
		}
		c.Missed = nil
	case c.Due == before.Due || passed:
		return c
	}
	c.Revision++
	c.LateFrom = calendar.Day{}
	if n := r.missedAs(c); n != 0 {
		c.Number = n
		return c
	}
	c.Number = before.Number + 1
	for _, d := range before.Missed {
		c.Number = max(c.Number, d.Number+1)
	}
	if c.Due.Before(a.On) {
		c.LateFrom = a.On // law 7 of package laws: as long as the date before was to come nobody was late
	}
	return c
}

// missedAs is the number under which the present due date was missed before; 0: it was not.
// Where it was missed under several, it is the last one of which the unit was told.
func (r Rules) missedAs(c Case) (number int) {
	for _, d := range c.Missed {
		if d.Due == c.Due && (number == 0 || r.chid(c, d.Number) || !r.chid(c, number)) {
			number = d.Number
		}
	}
	return number
}

// chid tells that a word about the date with a number was said after that date had passed.
func (r Rules) chid(c Case, number int) bool {
	return slices.ContainsFunc(c.Said, func(s Said) bool { return s.Of == Finish && s.About == number && s.Late })
}

func (r Rules) unknown(a Act) *Refusal {
	for _, unit := range append(slices.Clone(a.Units), a.Unit) {
		u, ok := r.People.Unit(unit)
		if unit != "" && !ok {
			return refuse("no_such_unit", "Unit", unit)
		}
		if u.Gone() && unit == a.Unit && !OwnID(a.ID) {
			return UnitGone(unit)
		}
	}
	if _, ok := r.Policies[a.Policy]; a.Policy != "" && !ok {
		return refuse("no_such_policy", "Policy", a.Policy)
	}
	return nil
}

// UnitGone is the refusal to give something to a unit that is dissolved.
func UnitGone(unit string) *Refusal { return refuse("unit_gone", "Unit", unit) }

// PlanEnded is the refusal to let anything of a plan that ended on a day go on.
func PlanEnded(day calendar.Day) *Refusal { return refuse("plan_ended", "Day", day.String()) }

// Play lets a course run until to, exclusive: stages speak at their instants,
// acts happen at theirs, a pause whose end is known ends by itself. It gives all
// that was said, in order. Acts must be in order of time; a refused one is left
// out and named.
func (r Rules) Play(c Course, acts []Act, to time.Time) (said []plan.Stage, after Course, refused map[string]*Refusal) {
	refused = map[string]*Refusal{}
	do := func(a Act) {
		next, told, no := r.Act(c, a)
		if no != nil {
			refused[a.ID] = no
			return
		}
		c, said = next, append(said, told...)
	}
	for c = r.Course(c.Case); ; {
		until, acted := to, len(acts) > 0 && acts[0].At.Before(to)
		if acted {
			until = acts[0].At.Add(1) // a stage at the very instant of the act speaks before the act
		}
		resume, wakes := c.ResumesBy(until)
		switch {
		case c.Next != nil && c.Next.At.Before(until) && !(wakes && resume.At.Before(c.Next.At)):
			var s plan.Stage
			c, s = r.Decide(c)
			said = append(said, s)
		case wakes:
			do(resume)
		case acted:
			do(acts[0])
			acts = acts[1:]
		default:
			slices.SortStableFunc(said, func(x, y plan.Stage) int { return x.At.Compare(y.At) }) // a pause ends at midnight, and its end is told at the next speaking time
			return said, c, refused
		}
	}
}

// ResumesBy is the engine's own act that ends a pause whose end is known, when
// that comes before until.
func (c Case) ResumesBy(until time.Time) (Act, bool) {
	if c.Pause == nil || c.Pause.UntilAt.IsZero() || !c.Pause.UntilAt.Before(until) {
		return Act{}, false
	}
	return c.Resumption(), true
}

// Resumption is the engine's own act that ends the present pause on its last day, Pause.Until.
// The case must be paused.
func (c Case) Resumption() Act {
	return Act{ID: ResumeID(c.Acts), Kind: Resume, By: EngineActor, At: c.Pause.UntilAt, On: c.Pause.Until,
		Reason: c.Pause.Until.String()}
}

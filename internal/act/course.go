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

// Book works out courses by a plan, its people and the calendar in force.
type Book struct {
	plan.Ladderer
	Policies map[string]plan.Policy
	// Since is when the calendar came into force, plan clock: what it puts earlier
	// speaks on the next office morning. Zero: before everything.
	Since time.Time
	// Undone is when notices of holidays were in force that were taken back, plan
	// clock: a reminder that only they brought forward is said on its own day again.
	Undone []calendar.Span
}

// NewBook is the book of a plan.
func NewBook(p *plan.Plan, cal *calendar.Calendar) (Book, error) {
	l, err := plan.NewLadderer(p, cal)
	return Book{Ladderer: l, Policies: p.Policies}, err
}

func (b Book) policy(c Case) plan.Policy {
	p := b.Policies[c.Policy]
	if p.Acts == (plan.Acts{}) {
		p.Acts = plan.DefaultActs()
	}
	return p
}

// Open is a task that begins, with the limits it is judged by.
func (b Book) Open(c Case) Course {
	c.State = Open
	if c.Number == 0 {
		c.Number = 1
	}
	return b.Course(c)
}

// Course is a task under way as this book's policies and calendar have it.
func (b Book) Course(c Case) Course {
	b.limits(&c)
	return Course{Case: c, Next: b.Next(c)}
}

// limits sets the days that the next acts are judged by.
func (b Book) limits(c *Case) {
	p := b.policy(*c)
	c.MostGrants = p.Acts.Extensions
	if !c.Assigned.IsZero() {
		c.ReturnUntil = b.Calendar.OnOrAfter(p.Acts.Return.After(calendar.DayOf(c.Assigned.In(b.Zone)), b.Calendar))
	}
	if !c.Due.IsZero() {
		c.ExtendUntil = p.Acts.Extend.Before(c.Due, b.Calendar)
	}
	if c.Pause != nil && !c.Pause.Until.IsZero() {
		pause := *c.Pause // the course before the act keeps its own
		pause.UntilAt = b.midnight(pause.Until)
		c.Pause = &pause
	}
}

// Decide is the course once its next stage is decided, and that stage.
func (b Book) Decide(c Course) (Course, plan.Stage) {
	s := *c.Next
	return b.Course(b.Say(c.Case, s)), s
}

// Act is the course after an act, and what it says at once. Check refuses first;
// so does a unit or a policy that the plan does not know. An act done already
// changes nothing.
func (b Book) Act(before Course, a Act) (after Course, told []plan.Stage, refused *Refusal) {
	if before.Done(a.ID) {
		return before, nil, nil
	}
	if r := before.Check(a); r != nil {
		return before, nil, r
	}
	if r := b.unknown(a); r != nil {
		return before, nil, r
	}
	c := before.Case
	c.unsay(a.At)
	c = b.renumbered(before.Case, c.apply(a), a)
	if a.Kind == Chase {
		c.ChaseFrom = b.policy(c).Acts.Chase.After(a.On, b.Calendar)
	}
	b.limits(&c)
	c.Track = b.resaid(before.Track, c, b.Owed(c), b.Ahead(c), a.At)
	return b.Course(c), b.told(before.Case, c, a), nil
}

// renumbered is the case after an act with the number of its date. A miss is one
// miss: a date that was missed and is set to another that has passed too is the
// same, and so is one that is set again; what was said of it is not said again. With
// another unit the count begins anew, and the miss stays with the unit that led.
func (b Book) renumbered(before, c Case, a Act) Case {
	late := b.Late(before, a.On)
	passed := before.Due.Before(a.On) && c.Due.Before(a.On)
	if before.Due != c.Due && (passed || b.chid(before, before.Number)) {
		c.Missed = append(slices.Clone(c.Missed), Dated{before.Number, before.Due})
	}
	switch {
	case a.Kind == TakeOver: // the miss goes along
		return c
	case c.Lead != before.Lead:
		if late > 0 && !before.Inherited(b) {
			c.Misses = append(slices.Clone(c.Misses), Miss{Unit: before.Lead, Due: before.Due, Late: late, On: a.On})
		}
		c.Missed = nil
	case c.Due == before.Due || passed:
		return c
	}
	c.Revision++
	c.LateFrom = calendar.Day{}
	if n := b.missedAs(c); n != 0 {
		c.Number = n
		return c
	}
	c.Number = before.Number + 1
	for _, d := range before.Missed {
		c.Number = max(c.Number, d.Number+1)
	}
	if c.Due.Before(a.On) {
		c.LateFrom = a.On // nobody was late as long as the date before was to come: law 7
	}
	return c
}

// missedAs is the number under which the date that counts was missed before; 0: it was
// not. Of several the last of which the unit was told counts.
func (b Book) missedAs(c Case) (number int) {
	for _, d := range c.Missed {
		if d.Due == c.Due && (number == 0 || b.chid(c, d.Number) || !b.chid(c, number)) {
			number = d.Number
		}
	}
	return number
}

// chid tells that something was said of a number's date after it had passed.
func (b Book) chid(c Case, number int) bool {
	return slices.ContainsFunc(c.Said, func(s Said) bool { return s.Of == Finish && s.About == number && s.Late })
}

func (b Book) unknown(a Act) *Refusal {
	for _, unit := range append(slices.Clone(a.Units), a.Unit) {
		u, ok := b.People.Unit(unit)
		if unit != "" && !ok {
			return refuse("no_such_unit", "Unit", unit)
		}
		if u.Gone() && unit == a.Unit && !OwnID(a.ID) {
			return UnitGone(unit)
		}
	}
	if _, ok := b.Policies[a.Policy]; a.Policy != "" && !ok {
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
func (b Book) Play(c Course, acts []Act, to time.Time) (said []plan.Stage, after Course, refused map[string]*Refusal) {
	refused = map[string]*Refusal{}
	do := func(a Act) {
		next, told, r := b.Act(c, a)
		if r != nil {
			refused[a.ID] = r
			return
		}
		c, said = next, append(said, told...)
	}
	for c = b.Course(c.Case); ; {
		until, acted := to, len(acts) > 0 && acts[0].At.Before(to)
		if acted {
			until = acts[0].At.Add(1) // what speaks at the instant of the act speaks before it
		}
		resume, wakes := c.ResumesBy(until)
		switch {
		case c.Next != nil && c.Next.At.Before(until) && !(wakes && resume.At.Before(c.Next.At)):
			var s plan.Stage
			c, s = b.Decide(c)
			said = append(said, s)
		case wakes:
			do(resume)
		case acted:
			do(acts[0])
			acts = acts[1:]
		default:
			slices.SortStableFunc(said, func(x, y plan.Stage) int { return x.At.Compare(y.At) }) // the end of a pause is told later than it comes
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

// Resumption is the engine's own act that ends the pause in which the case is, when
// its day has come.
func (c Case) Resumption() Act {
	return Act{ID: ResumeID(c.Acts), Kind: Resume, By: EngineActor, At: c.Pause.UntilAt, On: c.Pause.Until,
		Reason: c.Pause.Until.String()}
}

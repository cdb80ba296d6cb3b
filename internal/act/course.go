package act

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Course is one task under way: the case, the stages still to speak by time,
// and those on hold while it is reported or suspended.
type Course struct {
	Case
	Ladder []plan.Stage `json:"ladder"`
	Held   []plan.Stage `json:"held,omitempty"`
	Ahead  []plan.Stage `json:"ahead,omitempty"` // decided for an instant that may be still to come
}

// Decide takes the next stage: from now on it counts as decided.
func (c *Course) Decide() plan.Stage {
	s := c.Ladder[0]
	c.Ladder = c.Ladder[1:]
	c.Ahead = slices.DeleteFunc(slices.Clone(c.Ahead), func(a plan.Stage) bool { return a.At.Before(s.At) })
	c.Ahead = append(c.Ahead, s)
	c.Case = c.Said(s)
	return s
}

// Said is the case with a rung of its ladder, and those that had become one with
// it, among what was spoken.
func (c Case) Said(s plan.Stage) Case {
	if !ofLimit(s) {
		return c
	}
	for _, id := range append(slices.Clone(s.Merged), s.ID) {
		if !slices.ContainsFunc(c.Spoken, func(k Spoken) bool { return k.ID == id }) {
			c.Spoken = append(slices.Clone(c.Spoken), Spoken{ID: id, Kind: s.Kind, At: s.At, Unless: s.Unless})
		}
	}
	return c
}

// unwound is the course with the stages that were decided for an instant after
// at back on the ladder: an act that comes before a stage speaks comes first.
func (c Course) unwound(at time.Time) Course {
	i := slices.IndexFunc(c.Ahead, func(s plan.Stage) bool { return s.At.After(at) })
	if i < 0 {
		return c
	}
	back := c.Ahead[i:]
	c.Ladder = append(slices.Clone(back), c.Ladder...)
	c.Ahead = slices.Clone(c.Ahead[:i])
	c.Spoken = slices.DeleteFunc(slices.Clone(c.Spoken), func(s Spoken) bool { return s.At.After(at) })
	return c
}

// Book works out courses by a plan, its people and the calendar in force.
type Book struct {
	plan.Ladderer
	Policies map[string]plan.Policy
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

// Open is the course of a task that begins with a ladder.
func (b Book) Open(c Case, ladder []plan.Stage) Course {
	c.State = Open
	if c.Based.IsZero() {
		c.Based = c.Assigned
	}
	b.limits(&c)
	return Course{Case: c, Ladder: ladder}
}

// Limited is a course with the limits that this book's calendar gives it.
func (b Book) Limited(c Course) Course {
	b.limits(&c.Case)
	return c
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
	before = before.unwound(a.At)
	c := before.apply(a)
	if a.Kind == Chase {
		c.ChaseFrom = b.policy(c).Acts.Chase.After(a.On, b.Calendar)
	}
	b.limits(&c)
	after = Course{Case: c, Ahead: before.Ahead}
	after.Ladder, after.Held = b.rest(before, &after.Case, a)
	return after, b.told(before.Case, after.Case, a), nil
}

func (b Book) unknown(a Act) *Refusal {
	for _, unit := range append(slices.Clone(a.Units), a.Unit) {
		if _, ok := b.People.Unit(unit); unit != "" && !ok {
			return refuse("no_such_unit", "Unit", unit)
		}
	}
	if _, ok := b.Policies[a.Policy]; a.Policy != "" && !ok {
		return refuse("no_such_policy", "Policy", a.Policy)
	}
	return nil
}

// rest is what is to be spoken from now on, and what is on hold.
func (b Book) rest(before Course, c *Case, a Act) (ladder, held []plan.Stage) {
	if c.Over() || c.Kind == plan.Duty {
		return nil, nil
	}
	all := append(b.main(before, c, a), b.pending(before, *c, a)...)
	release := a.Kind == Reject || a.Kind == Resume
	if c.State == Open && release {
		all = b.release(all, c, a)
	}
	byTime(all)
	for _, s := range all {
		if c.State == Open || c.State == Reported && s.Topic == TopicReport {
			ladder = append(ladder, s)
		} else {
			held = append(held, s)
		}
	}
	return ladder, held
}

// unspoken are the stages still to come, on hold or not.
func (c Course) unspoken() []plan.Stage { return append(slices.Clone(c.Ladder), c.Held...) }

func byTime(stages []plan.Stage) {
	slices.SortStableFunc(stages, func(x, y plan.Stage) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID, y.ID))
	})
}

// ofLimit tells the rungs of the policy's ladder from strands.
func ofLimit(s plan.Stage) bool { return s.Topic == "" || s.Unless != "" }

// main are the rungs about the task's own limit still to come.
func (b Book) main(before Course, c *Case, a Act) []plan.Stage {
	var rungs []plan.Stage
	switch {
	case a.Kind == Reassign:
		c.Spoken = nil
		rungs = b.line(*c)
	case before.redated(a):
		given, _ := split(b.policy(*c))
		c.Spoken = slices.DeleteFunc(slices.Clone(c.Spoken), func(s Spoken) bool {
			return !slices.ContainsFunc(given.Stages, func(r plan.Rule) bool { return r.ID == s.ID })
		})
		rungs = unspokenOf(*c, b.line(*c))
		if before.State == Open {
			rungs = c.passOver(rungs, a.At)
		}
	case a.Kind == SetPolicy:
		rungs = b.overtaken(unspokenOf(*c, b.line(*c)), c, a)
	case a.Kind == Recalendar:
		rungs = b.recalendared(before, c, a)
	default:
		rungs = slices.DeleteFunc(before.unspoken(), func(s plan.Stage) bool { return !ofLimit(s) })
	}
	return slices.DeleteFunc(rungs, func(s plan.Stage) bool { return !c.wants(s) })
}

// redated tells the acts that give a task of this state a due date of its own.
func (c Case) redated(a Act) bool {
	return a.Kind == Grant || a.Kind == Correct || a.Kind == Resume && c.Pause != nil && c.Pause.Moves
}

// recalendared are the rungs by another calendar. What was put together for a
// morning still to come stays together.
func (b Book) recalendared(before Course, c *Case, a Act) []plan.Stage {
	var together []plan.Stage
	known := *c
	for _, s := range before.unspoken() {
		if ofLimit(s) && joined(s) {
			together = append(together, b.settled(s, *c, a))
			known = known.Said(s)
		}
	}
	rungs := unspokenOf(known, b.line(*c))
	for i, s := range rungs {
		if s.Unless != "" {
			rungs[i] = b.keeping(before.unspoken(), s, *c, a)
		}
	}
	if c.State == Open {
		rungs = b.overtaken(rungs, c, a)
	}
	return append(together, rungs...)
}

// keeping is a stage worked out anew that has passed by now, at the morning it
// was moved to if it still waits.
func (b Book) keeping(unspoken []plan.Stage, s plan.Stage, c Case, a Act) plan.Stage {
	i := slices.IndexFunc(unspoken, func(u plan.Stage) bool { return u.ID == s.ID })
	if i >= 0 && s.At.Before(a.At) {
		s.At, s.MovedFrom = b.settled(unspoken[i], c, a).At, unspoken[i].MovedFrom
	}
	return s
}

// settled is a stage that was moved to a morning, on a morning still if the
// calendar has made a rest day of it.
func (b Book) settled(s plan.Stage, c Case, a Act) plan.Stage {
	if p := b.policy(c); !s.At.Before(a.At) {
		s.At = b.At(p, b.Morning(p, s.At)).UTC()
	}
	return s
}

// passOver leaves out the rungs before an instant: they have had their time.
func (c *Case) passOver(rungs []plan.Stage, at time.Time) []plan.Stage {
	return slices.DeleteFunc(rungs, func(s plan.Stage) bool {
		passed := s.At.Before(at)
		if passed {
			c.drop(s)
		}
		return passed
	})
}

// drop counts a rung as decided that is not to be spoken any more.
func (c *Case) drop(s plan.Stage) {
	s.Kind = ""
	*c = c.Said(s)
}

// line is the whole ladder as it was given out: the stages counted from the
// assignment by the assignment, the others by what they were based on last.
func (b Book) line(c Case) []plan.Stage {
	p := b.policy(c)
	if c.Based.Equal(c.Assigned) {
		return b.Ladder(p, c.Due, c.Lead, c.Assigned)
	}
	given, due := split(p)
	rungs := append(b.Ladder(given, c.Due, c.Lead, c.Assigned), b.Ladder(due, c.Due, c.Lead, c.Based)...)
	rungs = slices.DeleteFunc(rungs, func(s plan.Stage) bool { return s.ID == plan.CatchUp }) // the act itself has told the unit
	byTime(rungs)
	return rungs
}

// split parts a policy's rungs into those counted from the assignment and those
// counted from the due date.
func split(p plan.Policy) (given, due plan.Policy) {
	given, due = p, p
	given.Stages, due.Stages = nil, nil
	for _, r := range p.Stages {
		if r.From == plan.FromAssigned {
			given.Stages = append(given.Stages, r)
		} else {
			due.Stages = append(due.Stages, r)
		}
	}
	return given, due
}

// unspokenOf are the rungs that have not been decided, each naming only such.
func unspokenOf(c Case, rungs []plan.Stage) (left []plan.Stage) {
	spoken := func(id string) bool {
		return slices.ContainsFunc(c.Spoken, func(k Spoken) bool { return k.ID == id })
	}
	for _, s := range rungs {
		if !spoken(s.ID) {
			s.Merged = slices.DeleteFunc(slices.Clone(s.Merged), spoken)
			left = append(left, s)
		}
	}
	return left
}

// pending are the strands still to come: those not spoken yet, and those that
// are new with this act. One that was moved to a morning stays there.
func (b Book) pending(before Course, c Case, a Act) (all []plan.Stage) {
	unspoken, known := before.unspoken(), b.strands(before.Case)
	for _, s := range b.strands(c) {
		same := func(u plan.Stage) bool { return u.ID == s.ID }
		isNew := !s.At.Before(a.At) && !slices.ContainsFunc(known, same)
		if isNew || slices.ContainsFunc(unspoken, same) {
			all = append(all, b.keeping(unspoken, s, c, a))
		}
	}
	return all
}

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
		c = next
		said = append(said, told...)
	}
	speak := func(until time.Time) {
		for {
			resume, wakes := c.ResumesBy(until)
			if len(c.Ladder) > 0 && c.Ladder[0].At.Before(until) && !(wakes && resume.At.Before(c.Ladder[0].At)) {
				said = append(said, c.Decide())
				continue
			}
			if !wakes {
				return
			}
			do(resume)
		}
	}
	for _, a := range acts {
		if !a.At.Before(to) {
			break
		}
		speak(a.At.Add(1)) // what speaks at the instant of the act has spoken
		do(a)
	}
	speak(to)
	return said, c, refused
}

// ResumesBy is the engine's own act that ends a pause whose end is known, when
// that comes before until.
func (c Course) ResumesBy(until time.Time) (Act, bool) {
	if c.Pause == nil || c.Pause.UntilAt.IsZero() || !c.Pause.UntilAt.Before(until) {
		return Act{}, false
	}
	return Act{ID: fmt.Sprintf("resume-%d", c.Acts), Kind: Resume, By: EngineActor, At: c.Pause.UntilAt, On: c.Pause.Until,
		Reason: c.Pause.Until.String()}, true
}

// Seat is where a role sits for the lead of a case.
func (b Book) Seat(role people.Role, c Case) people.Recipient { return b.People.Seat(role, c.Lead) }

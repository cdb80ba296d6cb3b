package act

import (
	"cmp"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Next is what is said next about a task if nobody does anything; nil: nothing.
func (r Rules) Next(c Case) *plan.Stage { return first(r.Ahead(c)) }

// NextOf is what is said next of the thing owed with this ID (Owed.ID) if it is not done; nil:
// nothing, or its clock does not run.
func (r Rules) NextOf(c Case, id string) *plan.Stage {
	return first(r.ahead(c, slices.DeleteFunc(r.Owed(c), func(o Owed) bool { return o.ID != id })))
}

// Ahead is everything still to be said about a task if nobody does anything, in order of time
// and ID. It follows from what is owed and what has been said; the present time is not asked
// for.
func (r Rules) Ahead(c Case) []plan.Stage { return r.ahead(c, r.Owed(c)) }

func (r Rules) ahead(c Case, owed []Owed) (all []plan.Stage) {
	for _, o := range owed {
		if o.Runs {
			all = append(all, r.chase(c, o)...)
		}
	}
	byTime(all)
	return all
}

func byTime(stages []plan.Stage) {
	slices.SortStableFunc(stages, func(x, y plan.Stage) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID, y.ID))
	})
}

func first(stages []plan.Stage) *plan.Stage {
	if len(stages) == 0 {
		return nil
	}
	return &stages[0]
}

// chase is everything still to be said of one thing owed whose clock runs.
func (r Rules) chase(c Case, o Owed) []plan.Stage {
	ch := chasing{Rules: r, c: c, o: o, p: r.policy(c), anchor: o.Limit, out: make([]plan.Stage, 0, len(o.Rungs)+1)}
	if o.ID == Finish {
		ch.anchor = r.missedFrom(c)
	}
	if !c.Restarted.IsZero() && o.ID != TopicReturn && o.ID != TopicReport && o.ID != TopicExtension {
		ch.floor = r.within(ch.p.Acts.Grace, r.day(c.Restarted))
	}
	ch.early()
	ch.chain()
	return ch.merged()
}

// chasing works out the stages of one thing owed.
type chasing struct {
	Rules
	c      Case
	o      Owed
	p      plan.Policy
	anchor calendar.Day // the rungs after the limit count from it
	// floor is the first day on which a rung may speak after the clock was started
	// anew, a date changed or another unit was given the task: whoever has just heard
	// of it is left the policy's grace (Acts.Grace). It is zero where nothing of the
	// kind has happened.
	floor calendar.Day
	told  calendar.Day // the day of the word that replaces rungs which came too early for the unit (plan.CatchUp, plan.Passed); zero: none
	out   []plan.Stage
}

// said is the record of a rung that was said about what is owed now; nil: it was not said.
func (ch *chasing) said(id string) *Said {
	for i, s := range ch.c.Said {
		if s.Of == ch.o.ID && s.ID == id && ch.about(s) && !ch.undone(s) {
			return &ch.c.Said[i]
		}
	}
	return nil
}

// undone tells that a reminder was said only because of a holiday notice that has been taken
// back, and that its own day is still to come.
func (ch *chasing) undone(s Said) bool {
	if !slices.ContainsFunc(ch.Undone, func(u calendar.Span) bool { return u.Holds(s.At) }) {
		return false
	}
	i := slices.IndexFunc(ch.o.Rungs, func(r Rung) bool { return r.ID == s.ID })
	if i < 0 || !ch.isEarly(ch.o.Rungs[i]) {
		return false
	}
	day, _ := ch.onOrBefore(ch.o.Rungs[i])
	return ch.At(ch.p, day).After(ch.Since)
}

// about tells that a word is about what is owed now: of Finish, about the same date
// (Case.Number); of other things, about a limit no earlier than the present one.
func (ch *chasing) about(s Said) bool {
	switch ch.o.ID {
	case Finish:
		return s.About == ch.c.Number
	case Receive, TopicSilent: // a stage ID of TopicSilent bears its day, and an assignment forgets what was said of Receive (pruned)
		return true
	}
	return !ch.o.Limit.After(s.Limit)
}

// isEarly tells a rung that comes on or before the limit.
func (ch *chasing) isEarly(r Rung) bool {
	return r.Before != nil || r.Since != nil && ch.o.ID == Finish
}

// add adds the stage of a rung that speaks on a day; wanted is that day before it was moved from
// rest days.
func (ch *chasing) add(r Rung, day, wanted calendar.Day) {
	s := r.Stage
	s.At = ch.At(ch.p, day).UTC()
	if r.Topic == "" {
		s.Matter = ch.o.matter
	}
	if day != wanted {
		s.MovedFrom = wanted
	}
	ch.out = append(ch.out, s)
}

// early adds the rungs that come on or before the limit. Rungs whose day was over when the unit
// was given the task become one reminder (plan.CatchUp) on the next office morning; where the
// limit comes before that morning, the reminder comes with the assignment. Rungs of Finish whose
// day is before the floor are left out, because the message about the act that set the floor has
// told the unit.
func (ch *chasing) early() {
	missed, given, morning := plan.Stage{ID: plan.CatchUp, Kind: plan.Remind}, ch.day(ch.c.Assigned), ch.Morning(ch.p, ch.c.Assigned)
	missed.At = ch.At(ch.p, morning).UTC()
	today := morning.After(ch.o.Limit) && !given.After(ch.o.Limit)
	if today {
		morning, missed.At = given, ch.c.Assigned.UTC()
	}
	for _, r := range ch.o.Rungs {
		if !ch.isEarly(r) || ch.said(r.ID) != nil {
			continue
		}
		day, wanted := ch.onOrBefore(r)
		switch {
		case ch.o.ID != Finish:
			if first := ch.Calendar.AddWorkdays(ch.o.Since, 1); ch.o.soon && !day.After(ch.o.Since) && !first.After(ch.o.Limit) {
				day = first
			}
			if ch.floor.After(day) && !ch.floor.After(ch.o.Limit) {
				day = ch.floor
			}
			if day.After(ch.o.Since) && !day.Before(ch.floor) {
				ch.add(r, day, wanted)
			}
		case day.Before(ch.floor) || halted(ch.o.halts, day) || day.Before(ch.c.Begin):
		case ch.c.Restarted.IsZero() && ch.At(ch.p, day).Before(ch.c.Assigned):
			missed.To = union(missed.To, r.To)
			missed.Merged = append(missed.Merged, r.ID)
		default:
			ch.add(r, day, wanted)
		}
	}
	if len(missed.Merged) > 0 {
		ch.told = morning
		if !today || ch.c.Occurs { // tasks that are no occurrence have been told by their order (Order) today
			missed.Light = ch.p.LightOn(morning, ch.o.Limit, ch.Calendar)
			ch.out = append([]plan.Stage{missed}, ch.out...) // comes first, so that merged keeps a reminder of the same morning, which says more
		}
	} else if ch.said(plan.CatchUp) != nil {
		ch.told = morning
	}
	ch.passed()
	ch.inForce()
}

// passed adds the reminder (plan.Passed) that the due date came while the clock was halted, or
// before the unit was given the task: the unit heard nothing on that day. It is left out once a
// word has been said about that date as one that has passed.
func (ch *chasing) passed() {
	if ch.o.ID != Finish || ch.c.Restarted.IsZero() || !halted(ch.o.halts, ch.c.Due) && !(ch.c.Inherited(ch.Rules) && ch.said(plan.CatchUp) == nil) {
		return
	}
	if s := ch.said(plan.Passed); s != nil {
		ch.told = ch.day(s.At)
		return
	}
	if slices.ContainsFunc(ch.c.Said, ch.afterLimit) {
		return
	}
	ch.told = ch.Morning(ch.p, ch.c.Restarted)
	if !ch.c.Begin.IsZero() {
		ch.told = latest(ch.told, ch.Calendar.AddWorkdays(ch.c.Begin, 1))
	}
	s := plan.Stage{ID: plan.Passed, Kind: plan.Remind, At: ch.At(ch.p, ch.told).UTC(), To: ch.o.By, Light: ch.p.LightOn(ch.told, ch.o.Limit, ch.Calendar)}
	for _, r := range ch.o.Rungs {
		if r.Before != nil {
			s.To = union(s.To, r.To)
		}
	}
	ch.out = append([]plan.Stage{s}, ch.out...)
}

// afterLimit tells that s was said after the limit about the present due date, by this policy or
// by one before it.
func (ch *chasing) afterLimit(s Said) bool {
	return s.Of == Finish && ch.about(s) && s.ID != plan.CatchUp && (s.Late || s.Kind.Gravity() > plan.DueDay.Gravity())
}

// onOrBefore is the day of a rung that comes on or before the limit: on a rest
// day it moves to the working day before.
func (ch *chasing) onOrBefore(r Rung) (day, wanted calendar.Day) {
	if r.Before != nil {
		wanted = r.Before.Before(ch.o.Limit, ch.Calendar)
		return ch.Calendar.OnOrBefore(wanted), wanted
	}
	day, wanted = ch.run(*r.Since, ch.o.Since, ch.o.halts)
	if last := ch.Calendar.OnOrBefore(ch.o.Limit); day.After(last) {
		day = last // the rung of the limit itself is graver, and replaces this one
	}
	return day, wanted
}

// inForce moves stages that a new calendar has put before the instant it came into force: to the
// next office morning, or to that instant when the limit comes first.
func (ch *chasing) inForce() {
	for i := range ch.out {
		s := &ch.out[i]
		if s.ID == plan.CatchUp || !s.At.Before(ch.Since) {
			continue
		}
		day, morning := ch.day(s.At), ch.Morning(ch.p, ch.Since)
		if s.MovedFrom.IsZero() {
			s.MovedFrom = day
		}
		s.At = ch.At(ch.p, morning).UTC()
		if !ch.o.Limit.IsZero() && morning.After(ch.o.Limit) && !day.After(ch.o.Limit) {
			s.At = ch.Since.UTC()
		}
	}
}

// chain adds the rungs that count from the limit on, and those that count from the assignment
// on. Each comes after the one before, never nearer to it than in the policy, in days in which
// the clock ran.
func (ch *chasing) chain() {
	first := ch.floor
	if !ch.told.IsZero() {
		first = latest(first, ch.Calendar.AddWorkdays(ch.told, 1))
	}
	if ch.o.ID == TopicSilent && !ch.c.ChaseFrom.IsZero() { // the office has chased by hand (Chase)
		first = latest(first, ch.Calendar.OnOrAfter(ch.c.ChaseFrom))
	}
	var prev *plan.Offset
	var prevDay calendar.Day
	rungs := ch.ordered()
	for i, r := range rungs {
		offset, from := ch.counted(r)
		nominal, wanted := ch.run(*offset, from, ch.o.halts)
		day := nominal
		if prev != nil {
			if _, due := ch.run(*prev, from, ch.o.halts); prevDay.After(due) { // the rung before was said later than its day, or moved from rest days: keep the distance
				day, _ = ch.run(*offset, prev.Before(prevDay, ch.Calendar), after(ch.o.halts, prevDay))
			}
		}
		day = latest(day, first)
		if ch.Since.After(ch.At(ch.p, day)) {
			day = ch.Morning(ch.p, ch.Since)
		}
		s := ch.said(r.ID)
		if s == nil {
			s = ch.replaced(rungs, i, ch.At(ch.p, nominal).Before(ch.c.Restarted))
		}
		switch {
		case s != nil:
			day = ch.day(s.At)
		case ch.o.ID == TopicSilent && !day.Before(ch.Calendar.OnOrBefore(ch.c.Due)):
			return // the reminders of the due date come first
		case ch.o.ID == Finish && r.After != nil && day != nominal:
			ch.add(r, day, nominal)
		default:
			ch.add(r, day, wanted)
		}
		prev, prevDay = offset, day
	}
}

// counted is the distance of a rung of the chain, and the day from which it counts.
func (ch *chasing) counted(r Rung) (*plan.Offset, calendar.Day) {
	if r.Since != nil {
		return r.Since, ch.o.Since
	}
	return r.After, ch.anchor
}

// ordered are the rungs of the chain in order of the days on which they are due if the
// clock runs. Where one counts in calendar days and another in working days,
// a holiday between may turn their order.
func (ch *chasing) ordered() []Rung {
	rungs := slices.DeleteFunc(slices.Clone(ch.o.Rungs), ch.isEarly)
	slices.SortStableFunc(rungs, func(x, y Rung) int {
		xs, xFrom := ch.counted(x)
		ys, yFrom := ch.counted(y)
		return xs.After(xFrom, ch.Calendar).Compare(ys.After(yFrom, ch.Calendar))
	})
	return rungs
}

// replaced is the word of another policy, about the same date, that counts as rungs[at]: a
// graver one, because no milder word follows a graver one; or one as grave, when passed tells
// that the rung's day was over before the clock was started anew. Words no graver than
// plan.DueDay replace nothing, and rungs no graver than that are replaced only when passed. A
// word that this policy itself has up to rungs[at] does not count.
func (ch *chasing) replaced(rungs []Rung, at int, passed bool) *Said {
	r := rungs[at]
	for i, s := range ch.c.Said {
		if s.Of != ch.o.ID || !ch.about(s) || s.Kind.Gravity() <= plan.DueDay.Gravity() || !passed && r.Kind.Gravity() <= plan.DueDay.Gravity() {
			continue
		}
		known := slices.IndexFunc(rungs, func(k Rung) bool { return k.ID == s.ID })
		if known >= 0 && known <= at {
			continue
		}
		if s.Kind.Gravity() > r.Kind.Gravity() || passed && s.Kind.Gravity() == r.Kind.Gravity() {
			return &ch.c.Said[i]
		}
	}
	return nil
}

// merged are the stages of the thing owed in order of time. Stages that meet at one instant
// become the gravest of them, and among equals the one that comes later in the policy.
func (ch *chasing) merged() (out []plan.Stage) {
	slices.SortStableFunc(ch.out, func(x, y plan.Stage) int { return x.At.Compare(y.At) })
	out = ch.out[:0] // never longer than what has been read
	for _, s := range ch.out {
		s.To = ch.People.Once(s.To)
		if len(out) == 0 || !out[len(out)-1].At.Equal(s.At) {
			out = append(out, s)
			continue
		}
		kept, gone := s, out[len(out)-1]
		if gone.Kind.Gravity() > kept.Kind.Gravity() {
			kept, gone = gone, kept
		}
		kept.Merged = slices.Concat(gone.Merged, []string{gone.ID}, kept.Merged)
		kept.Light = plan.Graver(kept.Light, gone.Light)
		out[len(out)-1] = kept
	}
	return out
}

// after are the halts that end after a day.
func after(halts []Halt, d calendar.Day) []Halt {
	return slices.DeleteFunc(slices.Clone(halts), func(s Halt) bool { return !s.Until.IsZero() && !s.Until.After(d) })
}

func union(a, b []people.Recipient) []people.Recipient {
	for _, r := range b {
		if !slices.Contains(a, r) {
			a = append(a, r)
		}
	}
	return a
}

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
func (b Book) Next(c Case) *plan.Stage { return first(b.Ahead(c)) }

// NextOf is what is said next of one thing owed, by its ID, if it is not done; nil:
// nothing, or it is not pressed for now.
func (b Book) NextOf(c Case, id string) *plan.Stage {
	return first(b.ahead(c, slices.DeleteFunc(b.Owed(c), func(o Owed) bool { return o.ID != id })))
}

// Ahead is everything still to be said about a task if nobody does anything, in
// order of time and ID. It follows from what is owed and what has been said; no
// clock but the case's own is asked.
func (b Book) Ahead(c Case) []plan.Stage { return b.ahead(c, b.Owed(c)) }

func (b Book) ahead(c Case, owed []Owed) (all []plan.Stage) {
	for _, o := range owed {
		if o.Runs {
			all = append(all, b.chase(c, o)...)
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
func (b Book) chase(c Case, o Owed) []plan.Stage {
	ch := chasing{Book: b, c: c, o: o, p: b.policy(c), anchor: o.Limit}
	if o.ID == Finish {
		ch.anchor = b.missedFrom(c)
	}
	if !c.Restarted.IsZero() && o.ID != TopicReturn && o.ID != TopicReport && o.ID != TopicExtension {
		ch.floor = b.within(ch.p.Acts.Grace, b.day(c.Restarted))
	}
	ch.early()
	ch.chain()
	return ch.merged()
}

// chasing works out the stages of one thing owed.
type chasing struct {
	Book
	c      Case
	o      Owed
	p      plan.Policy
	anchor calendar.Day // the rungs after the limit count from it
	// floor is the first day on which a rung may speak after the clock was started
	// anew, a date changed or another unit was given the task: whoever has just heard
	// of it is left the policy's grace (Acts.Grace). It is zero where nothing of the
	// kind has happened.
	floor calendar.Day
	told  calendar.Day // the day on which the unit is told what came too late for it
	out   []plan.Stage
}

// said is how a rung was said; nil when it was not.
func (ch *chasing) said(id string) *Said {
	for i, s := range ch.c.Said {
		if s.Of == ch.o.ID && s.ID == id && ch.about(s) && !ch.undone(s) {
			return &ch.c.Said[i]
		}
	}
	return nil
}

// undone tells of a reminder that it was said only because of a notice of holidays
// that was taken back, and that its own day is still to come.
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

// about tells that something said is about what is owed now: the same date, or a
// limit no earlier than now.
func (ch *chasing) about(s Said) bool {
	switch ch.o.ID {
	case Finish:
		return s.About == ch.c.Number
	case Receive, TopicSilent: // told apart by their IDs, and by the assignment
		return true
	}
	return !ch.o.Limit.After(s.Limit)
}

// isEarly tells a rung that comes on or before the limit.
func (ch *chasing) isEarly(r Rung) bool {
	return r.Before != nil || r.Since != nil && ch.o.ID == Finish
}

// add adds a rung that speaks on a day; wanted is that day before it was moved.
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

// early are the rungs that come on or before the limit. Those that an assignment
// came too late for become one, on the next office morning; those that another
// act has overtaken are left out, for the act itself has told the unit. Where the limit
// comes before that morning, what must be said before it is said with the assignment.
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
		case day.Before(ch.floor) || stood(ch.o.stands, day) || day.Before(ch.c.Begin):
		case ch.c.Restarted.IsZero() && ch.At(ch.p, day).Before(ch.c.Assigned):
			missed.To = union(missed.To, r.To)
			missed.Merged = append(missed.Merged, r.ID)
		default:
			ch.add(r, day, wanted)
		}
	}
	if len(missed.Merged) > 0 {
		ch.told = morning
		if !today || ch.c.Occurs { // of others the order has said it today
			missed.Light = ch.p.LightOn(morning, ch.o.Limit, ch.Calendar)
			ch.out = append([]plan.Stage{missed}, ch.out...) // a reminder of the same morning says more
		}
	} else if ch.said(plan.CatchUp) != nil {
		ch.told = morning
	}
	ch.passed()
	ch.inForce()
}

// passed is the reminder after a resumption, or after the task was given to
// another unit, that the date has come meanwhile: the unit heard nothing on its day.
// Once something has been said of that date as passed it is left out.
func (ch *chasing) passed() {
	if ch.o.ID != Finish || ch.c.Restarted.IsZero() || !stood(ch.o.stands, ch.c.Due) && !(ch.c.Inherited(ch.Book) && ch.said(plan.CatchUp) == nil) {
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

// afterLimit tells a word after the limit about the miss that counts now: by this
// policy, or by one before it.
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
	day, wanted = ch.run(*r.Since, ch.o.Since, ch.o.stands)
	if last := ch.Calendar.OnOrBefore(ch.o.Limit); day.After(last) {
		day = last // the limit's own rung is graver and says it
	}
	return day, wanted
}

// inForce moves what a new calendar has put before the instant it came into force to
// the next office morning, or to that instant when the limit comes first.
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

// chain are the rungs after the limit, and those of a term that runs from the
// assignment: each after the one before, never nearer to it than the policy puts
// them, in days in which the clock ran.
func (ch *chasing) chain() {
	first := ch.floor
	if !ch.told.IsZero() {
		first = latest(first, ch.Calendar.AddWorkdays(ch.told, 1))
	}
	if ch.o.ID == TopicSilent && !ch.c.ChaseFrom.IsZero() { // the office has asked by hand
		first = latest(first, ch.Calendar.OnOrAfter(ch.c.ChaseFrom))
	}
	var prev *plan.Offset
	var prevDay calendar.Day
	rungs := ch.ordered()
	for i, r := range rungs {
		offset, from := ch.counted(r)
		nominal, wanted := ch.run(*offset, from, ch.o.stands)
		day := nominal
		if prev != nil {
			if _, due := ch.run(*prev, from, ch.o.stands); prevDay.After(due) { // it was said later than its day, or moved from rest days: keep the distance
				day, _ = ch.run(*offset, prev.Before(prevDay, ch.Calendar), after(ch.o.stands, prevDay))
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
			return // its own reminders come first
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
// clock does not stand. Where one counts in calendar days and another in working days,
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

// replaced is the word of another policy that stands for rungs[at], about the same
// date: a graver one, for a ladder is not gone down, or one as grave when the rung's
// day had passed before. Mere reminders go on. A word that this policy puts before the
// rung stands for nothing.
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

// merged are the stages in order of time; those of the task's own limit, and those
// about its receipt, that meet on a day become the gravest of them, and among
// equals the one that stands later in the policy.
func (ch *chasing) merged() (out []plan.Stage) {
	slices.SortStableFunc(ch.out, func(x, y plan.Stage) int { return x.At.Compare(y.At) })
	for i, s := range ch.out {
		s.To = ch.People.Once(s.To)
		if i == 0 || !out[len(out)-1].At.Equal(s.At) {
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

// after are the intervals of stands that come after a day.
func after(stands []Stand, d calendar.Day) []Stand {
	return slices.DeleteFunc(slices.Clone(stands), func(s Stand) bool { return !s.Until.IsZero() && !s.Until.After(d) })
}

func union(a, b []people.Recipient) []people.Recipient {
	for _, r := range b {
		if !slices.Contains(a, r) {
			a = append(a, r)
		}
	}
	return a
}

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
func (b Book) Next(c Case) *plan.Stage {
	if all := b.Ahead(c); len(all) > 0 {
		return &all[0]
	}
	return nil
}

// NextOf is what is said next of one thing owed, by its ID, if it is not done; nil:
// nothing, or it is not pressed for now.
func (b Book) NextOf(c Case, id string) *plan.Stage {
	for _, o := range b.Owed(c) {
		if o.ID != id || !o.Runs {
			continue
		}
		if all := b.chase(c, o); len(all) > 0 {
			byTime(all)
			return &all[0]
		}
	}
	return nil
}

// Ahead is everything still to be said about a task if nobody does anything, in
// order of time and ID. It follows from what is owed and what has been said; no
// clock but the case's own is asked.
func (b Book) Ahead(c Case) []plan.Stage {
	var all []plan.Stage
	for _, o := range b.Owed(c) {
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

// chase is everything still to be said of one thing owed.
func (b Book) chase(c Case, o Owed) []plan.Stage {
	ch := chasing{Book: b, c: c, o: o, p: b.policy(c), floor: b.floor(c, o)}
	ch.early()
	ch.chain()
	return ch.merged()
}

// floor is the first day on which a rung may speak after the clock was started
// anew, a date changed or another unit was given the task: whoever has just heard
// of it is left the policy's grace (Acts.Grace). It is zero where nothing of the
// kind has happened.
func (b Book) floor(c Case, o Owed) calendar.Day {
	if c.Restarted.IsZero() || o.ID == TopicReturn || o.ID == TopicReport || o.ID == TopicExtension {
		return calendar.Day{}
	}
	return b.Calendar.OnOrAfter(b.policy(c).Acts.Grace.After(b.day(c.Restarted), b.Calendar))
}

// chasing works out the stages of one thing owed.
type chasing struct {
	Book
	c     Case
	o     Owed
	p     plan.Policy
	floor calendar.Day
	out   []dated
	told  calendar.Day // the day a catch-up speaks
}

// dated is a stage and its day.
type dated struct {
	plan.Stage
	day calendar.Day
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
	if i < 0 || ch.o.Rungs[i].After != nil || ch.o.Rungs[i].Since != nil && ch.o.ID != Finish {
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

func (ch *chasing) add(r Rung, day, wanted calendar.Day) {
	s := r.Stage
	if r.Topic == "" {
		s.Matter = ch.o.matter
	}
	if day != wanted {
		s.MovedFrom = wanted
	}
	ch.out = append(ch.out, dated{s, day})
}

// early are the rungs that come on or before the limit. Those that an assignment
// came too late for become one, on the next office morning; those that another
// act has overtaken are left out, for the act itself has told the unit. Where the limit
// comes before that morning, what must be said before it is said with the assignment.
func (ch *chasing) early() {
	missed, given := dated{Stage: plan.Stage{ID: plan.CatchUp, Kind: plan.Remind}, day: ch.Morning(ch.p, ch.c.Assigned)}, ch.Book.day(ch.c.Assigned)
	today := missed.day.After(ch.o.Limit) && !given.After(ch.o.Limit)
	if today {
		missed.day, missed.At = given, ch.c.Assigned.UTC()
	}
	for _, r := range ch.o.Rungs {
		if r.Before == nil && !(r.Since != nil && ch.o.ID == Finish) || ch.said(r.ID) != nil {
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
		ch.told = missed.day
		if !today || ch.c.Occurs { // of others the order has said it today
			missed.Light = ch.p.LightOn(missed.day, ch.o.Limit, ch.Calendar)
			ch.out = append([]dated{missed}, ch.out...) // a reminder of the same morning says more
		}
	} else if ch.said(plan.CatchUp) != nil {
		ch.told = missed.day
	}
	ch.passed()
	ch.late(ch.out)
}

// passed is the reminder after a resumption, or after the task was given to
// another unit, that the date has come meanwhile: the unit heard nothing on its day.
// Once something has been said of that date as passed it is left out.
func (ch *chasing) passed() {
	if ch.o.ID != Finish || ch.c.Restarted.IsZero() || !stood(ch.o.stands, ch.c.Due) && !(ch.c.Inherited(ch.Book) && ch.said(plan.CatchUp) == nil) {
		return
	}
	if s := ch.said(plan.Passed); s != nil {
		ch.told = ch.Book.day(s.At)
		return
	}
	if slices.ContainsFunc(ch.c.Said, ch.afterLimit) {
		return
	}
	ch.told = ch.Morning(ch.p, ch.c.Restarted)
	if first := ch.Calendar.AddWorkdays(ch.c.Begin, 1); !ch.c.Begin.IsZero() && ch.told.Before(first) {
		ch.told = first
	}
	s := plan.Stage{ID: plan.Passed, Kind: plan.Remind, To: ch.o.By, Light: ch.p.LightOn(ch.told, ch.o.Limit, ch.Calendar)}
	for _, r := range ch.o.Rungs {
		if r.Before != nil {
			s.To = union(s.To, r.To)
		}
	}
	ch.out = append([]dated{{Stage: s, day: ch.told}}, ch.out...)
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
	day, wanted, _ = ch.run(*r.Since, ch.o.Since, ch.o.stands)
	if last := ch.Calendar.OnOrBefore(ch.o.Limit); day.After(last) {
		day = last // the limit's own rung is graver and says it
	}
	return day, wanted
}

// late moves what a new calendar has put before the instant it came into force to
// the next office morning, or to that instant when the limit comes first.
func (ch *chasing) late(stages []dated) {
	for i, s := range stages {
		if ch.Since.IsZero() || s.ID == plan.CatchUp || !ch.At(ch.p, s.day).Before(ch.Since) {
			continue
		}
		morning := ch.Morning(ch.p, ch.Since)
		if stages[i].MovedFrom.IsZero() {
			stages[i].MovedFrom = s.day
		}
		stages[i].day = morning
		if !ch.o.Limit.IsZero() && morning.After(ch.o.Limit) && !s.day.After(ch.o.Limit) {
			stages[i].day, stages[i].Stage.At = ch.Book.day(ch.Since), ch.Since.UTC()
		}
	}
}

// chain are the rungs after the limit, and those of a term that runs from the
// assignment: each after the one before, never nearer to it than the policy puts
// them, in days in which the clock ran.
func (ch *chasing) chain() {
	anchor := ch.o.Limit
	if ch.o.ID == Finish {
		anchor = ch.missedFrom(ch.c)
	}
	var prev *plan.Offset
	var prevDay calendar.Day
	rungs := ch.ordered(anchor)
	for i, r := range rungs {
		offset, from := r.After, anchor
		if r.Since != nil {
			offset, from = r.Since, ch.o.Since
		}
		nominal, wanted, ok := ch.run(*offset, from, ch.o.stands)
		if !ok {
			return
		}
		day := nominal
		if prev != nil {
			_, before, _ := ch.run(*prev, from, ch.o.stands)
			if prevDay.After(before) { // it was said later than its day, or moved from rest days: keep the distance
				day, _, _ = ch.run(*offset, prev.Before(prevDay, ch.Calendar), after(ch.o.stands, prevDay))
			}
		}
		for _, floor := range []calendar.Day{ch.floor, ch.afterCatchUp(), ch.afterChase()} {
			if day.Before(floor) {
				day = floor
			}
		}
		if at := ch.At(ch.p, day); ch.Since.After(at) && ch.said(r.ID) == nil {
			day = ch.Morning(ch.p, ch.Since)
		}
		if s := ch.said(r.ID); s != nil {
			day = ch.Book.day(s.At)
		} else if s := ch.replaced(rungs, i, ch.At(ch.p, nominal).Before(ch.c.Restarted)); s != nil {
			day = ch.Book.day(s.At)
		} else if ch.o.ID == TopicSilent && !day.Before(ch.Calendar.OnOrBefore(ch.c.Due)) {
			return // its own reminders come first
		} else {
			if ch.o.ID == Finish && r.After != nil && day != nominal {
				wanted = nominal
			}
			ch.add(r, day, wanted)
		}
		prev, prevDay = offset, day
	}
}

// ordered are the rungs of the chain in order of the days on which they are due.
func (ch *chasing) ordered(anchor calendar.Day) (rungs []Rung) {
	for _, r := range ch.o.Rungs {
		if r.After != nil || r.Since != nil && ch.o.ID != Finish {
			rungs = append(rungs, r)
		}
	}
	slices.SortStableFunc(rungs, func(x, y Rung) int {
		return ch.due(x, anchor).Compare(ch.due(y, anchor))
	})
	return rungs
}

// due is the day of a rung that counts from an anchor, or from when it is owed, if the
// clock does not stand. Where one counts in calendar days and another in working days,
// a holiday between may turn their order.
func (ch *chasing) due(r Rung, anchor calendar.Day) calendar.Day {
	if r.Since != nil {
		return r.Since.After(ch.o.Since, ch.Calendar)
	}
	return r.After.After(anchor, ch.Calendar)
}

// afterCatchUp is the day after the one on which a unit is told what a late
// assignment came too late for, or that its date has passed.
func (ch *chasing) afterCatchUp() calendar.Day {
	if ch.told.IsZero() || ch.o.ID != Finish {
		return calendar.Day{}
	}
	return ch.Calendar.AddWorkdays(ch.told, 1)
}

// afterChase is the first day on which a silent unit may be asked again that the
// office has asked by hand.
func (ch *chasing) afterChase() calendar.Day {
	if ch.o.ID != TopicSilent || ch.c.ChaseFrom.IsZero() {
		return calendar.Day{}
	}
	return ch.Calendar.OnOrAfter(ch.c.ChaseFrom)
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
func (ch *chasing) merged() []plan.Stage {
	slices.SortStableFunc(ch.out, func(x, y dated) int { return x.day.Compare(y.day) })
	var out []plan.Stage
	for i, d := range ch.out {
		s := d.Stage
		if s.At.IsZero() {
			s.At = ch.At(ch.p, d.day).UTC()
		}
		s.To = ch.People.Once(s.To)
		if i == 0 || !out[len(out)-1].At.Equal(s.At) {
			out = append(out, s)
			continue
		}
		kept, gone := s, out[len(out)-1]
		if gone.Kind.Gravity() > kept.Kind.Gravity() {
			kept, gone = gone, kept
		}
		kept.Merged = append(append(slices.Clone(gone.Merged), gone.ID), kept.Merged...)
		kept.Light = plan.Graver(kept.Light, gone.Light)
		out[len(out)-1] = kept
	}
	return out
}

// after are the intervals of stands that come after a day.
func after(stands []Stand, d calendar.Day) (rest []Stand) {
	for _, s := range stands {
		if s.Until.IsZero() || s.Until.After(d) {
			rest = append(rest, s)
		}
	}
	return rest
}

func union(a, b []people.Recipient) []people.Recipient {
	for _, r := range b {
		if !contains(a, r) {
			a = append(a, r)
		}
	}
	return a
}

package laws

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// takes are the steps of a talk that acts take.
var takes = map[act.Kind]string{act.Serve: act.StepServed, act.Held: act.StepHeld, act.Minutes: act.StepMinutes,
	act.GivePlan: act.StepPlan, act.GiveReport: act.StepReport, act.VerifyTalk: act.StepVerified}

// stepOf is the step that a word about a talk is about, and its round: held and 2 of
// talk-held-missed.2; the first round bears no number.
func stepOf(id string) (step string, round int) {
	word, n, _ := strings.Cut(id, ".")
	if round, _ = strconv.Atoi(n); round == 0 {
		round = 1
	}
	if parts := strings.Split(word, "-"); len(parts) == 3 {
		step = parts[1]
	}
	return step, round
}

// Talk holds one talk about a task to laws 1 to 5.
func Talk(r Rules, h History, t *TalkHistory) []Breach {
	x := &talk{world: &world{cal: r.Calendar, policies: r.Policies, units: r.Units, zone: r.Zone, policy: t.Policy, due: h.Due},
		h: h, t: t, rested: map[calendar.Day]bool{h.Due: true}, round: 1, taken: map[string]calendar.Day{}, spoken: map[string]bool{}}
	x.begun = x.day(t.Opened)
	for _, e := range x.events() {
		x.endPause(e.at)
		e.run()
	}
	x.endPause(h.Until)
	x.pressed()
	return x.found
}

// talk is what the judge knows of a talk and of its task at one moment.
type talk struct {
	*world // the calendar, the rules, the date and the pause of the task, and what was found
	h      History
	t      *TalkHistory

	rested map[calendar.Day]bool // dates of the one miss that the talk rests on
	led    bool                  // another unit was given the task since it opened
	fast   bool                  // it rests on a date that was missed in an earlier plan: no other date touches it
	stood  []stand               // in which its clock stood
	doubt  calendar.Day          // since when what it rests on has gone
	urged  bool                  // somebody was pressed to say what becomes of it
	ended  bool
	voided calendar.Day // the day on which it ended with its task
	round  int
	begun  calendar.Day            // the day this round's limits count from
	taken  map[string]calendar.Day // steps taken in this round, with their days
	spoken map[string]bool         // IDs of the words of this round
}

// event is one thing that happened to a talk or its task.
type event struct {
	at    time.Time
	order int // of one instant words come first, then acts and notices as the ledger has them
	run   func()
}

// events are all that happened, in order.
func (x *talk) events() (all []event) {
	for _, n := range x.h.Notices {
		all = append(all, event{n.At, 1 + n.N, func() { x.cal, x.notice = n.Calendar, x.day(n.At) }})
	}
	for _, a := range x.h.Acts {
		if a.Refused == "" {
			all = append(all, event{a.At, 1 + a.N, func() {
				if a.GoesOn {
					x.carried(a.Act)
				} else {
					x.onTask(a.Act)
				}
			}})
		}
	}
	for _, a := range x.t.Acts {
		if a.Refused == "" {
			all = append(all, event{a.At, 1 + a.N, func() { x.onTalk(a.Act) }})
		}
	}
	for _, s := range x.t.Said {
		if s.Kind != plan.Told {
			all = append(all, event{s.At, 0, func() { x.onWord(s) }})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.order - b.order
	})
	return all
}

// open tells that the talk had opened at an instant.
func (x *talk) open(at time.Time) bool { return !at.Before(x.t.Opened) }

// tells tells that something was said of the talk at once at an instant.
func (x *talk) tells(topic string, at time.Time) bool {
	return slices.ContainsFunc(x.t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == topic && s.At.Equal(at) })
}

// endPause ends a pause whose end has come by an instant.
func (x *talk) endPause(at time.Time) {
	if until := x.pausedUntil; !until.IsZero() && until.At(0, 0, x.zone).Before(at) {
		x.goesOn(until, until.At(0, 0, x.zone))
	}
}

// goesOn ends a pause of the task.
func (x *talk) goesOn(on calendar.Day, at time.Time) {
	from := x.pausedOn
	if from.IsZero() {
		return
	}
	if x.open(at) {
		x.stood = append(x.stood, stand{from, on})
	}
	x.pausedOn, x.pausedUntil = calendar.Day{}, calendar.Day{}
	if !x.moves || !on.After(from) {
		return
	}
	before := x.due
	x.due = x.due.AddDays(on.Sub(from))
	if !x.open(at) && !(before.Before(on) && x.due.Before(on)) {
		clear(x.rested)
	}
	if !x.open(at) || x.due.Before(on) {
		x.rested[x.due] = true
	}
	if x.open(at) && !x.due.Before(on) {
		x.doubted(on, at)
	}
}

// doubted: what the talk rests on has gone, and somebody has to be asked what becomes
// of it. The end of a pause that came by itself is told in the morning.
func (x *talk) doubted(on calendar.Day, at time.Time) {
	if x.ended || !x.doubt.IsZero() {
		return
	}
	x.doubt = on
	morning := func(s plan.Stage) bool {
		return s.Kind == plan.Told && s.Topic == act.TopicDoubt && at.Equal(on.At(0, 0, x.zone)) && x.day(s.At) == x.cal.OnOrAfter(on)
	}
	if !x.tells(act.TopicDoubt, at) && !slices.ContainsFunc(x.t.Said, morning) {
		x.breaks(3, at, "what the talk rests on has gone, and nobody is asked")
	}
}

// undoubted ends the doubt: the time of it counts for nothing.
func (x *talk) undoubted(on calendar.Day) {
	if !x.doubt.IsZero() {
		x.stood = append(x.stood, stand{x.doubt, on})
	}
	x.doubt, x.urged = calendar.Day{}, false
}

// onTask is what an act on the task makes of the talk.
func (x *talk) onTask(a act.Act) {
	switch a.Kind {
	case act.Suspend:
		x.pausedOn, x.pausedUntil, x.moves = a.On, a.Until, a.Moves
	case act.Resume:
		x.goesOn(a.On, a.At)
	case act.Correct, act.Grant, act.Reassign:
		x.redated(a)
	case act.Cancel:
		if !x.pausedOn.IsZero() { // it ends with the task
			if x.open(a.At) {
				x.stood = append(x.stood, stand{x.pausedOn, a.On})
			}
			x.pausedOn, x.pausedUntil = calendar.Day{}, calendar.Day{}
		}
		if x.open(a.At) && !x.ended && !x.tells(act.TopicVoided, a.At) {
			x.breaks(3, a.At, "the task is cancelled, and nobody is told that its talk ends")
		}
		if !x.ended && x.open(a.At) {
			x.ended, x.voided = true, a.On
		}
	case act.Carry: // it goes on in the next plan
		x.ended = x.ended || x.open(a.At)
	case act.Reinstate: // the talk that ended with it goes on
		if x.open(a.At) && x.ended && !x.voided.IsZero() {
			x.stood = append(x.stood, stand{x.voided, a.On})
			x.ended, x.voided = false, calendar.Day{}
		}
	case act.Verify:
		if _, held := x.taken[act.StepHeld]; x.open(a.At) && !held {
			x.doubted(a.On, a.At)
		}
	}
}

// carried is a talk that goes on with its task in the next plan: what it rests on was
// missed, whatever the new date is.
func (x *talk) carried(a act.Act) {
	if a.Due.IsZero() { // of an occurrence, which keeps its date
		a.Due = x.due
	}
	if x.open(a.At) {
		x.led = x.led || a.Unit != x.h.Lead
		x.fast = x.fast || a.Due != x.due && !a.Due.Before(a.On)
	} else {
		clear(x.rested)
		x.rested[a.Due] = true
	}
	x.due = a.Due
}

// redated is what an act that may set another date, or give the task to another unit,
// makes of the talk.
func (x *talk) redated(a act.Act) {
	before, open := x.due, x.open(a.At)
	x.led = x.led || a.Kind == act.Reassign && open
	if !a.Due.IsZero() {
		x.due = a.Due
	}
	for _, s := range x.h.Said { // a grant may leave its date to the request
		if a.Kind == act.Grant && s.Kind == plan.Told && s.At.Equal(a.At) && s.Topic == string(a.Kind) && !s.New.IsZero() {
			x.due = s.New
		}
	}
	if a.Kind == act.Grant || !a.Due.IsZero() {
		x.moves = false
	}
	moved, passed := x.due != before, before.Before(a.On)
	switch {
	case !open && (a.Kind == act.Reassign || moved):
		if a.Kind == act.Reassign || !(passed && x.due.Before(a.On)) { // what was missed before is another unit's, or another miss
			clear(x.rested)
		}
		x.rested[x.due] = true
	case !moved || !open || x.fast:
	case !x.due.Before(a.On):
		x.doubted(a.On, a.At)
	case passed: // the same miss, another date; that of a talk in doubt is another
		if x.doubt.IsZero() {
			x.rested[x.due] = true
		}
	case !x.doubt.IsZero() && x.rested[x.due] && !x.led: // what it rests on is so again
		x.undoubted(a.On)
		if !x.tells(act.TopicFounded, a.At) {
			x.breaks(3, a.At, "the date is what the talk rests on again, and nobody is told that it goes on")
		}
	}
}

// heldOn is the day on which a talk counts as held: the one that its record names, but
// not after the record, nor before the notice or the beginning of the round.
func (x *talk) heldOn(recorded, named calendar.Day) calendar.Day {
	day := named
	for _, first := range []calendar.Day{x.begun, x.taken[act.StepServed]} {
		if day.Before(first) {
			day = first
		}
	}
	if day.After(recorded) {
		day = recorded
	}
	return day
}

// onTalk is what an act on the talk changes.
func (x *talk) onTalk(a act.Act) {
	if step, ok := takes[a.Kind]; ok {
		if _, before := x.taken[step]; !before {
			x.taken[step] = a.On
			if a.Kind == act.Held && a.Talk != nil && !a.Talk.Time.IsZero() {
				x.taken[step] = x.heldOn(a.On, x.day(a.Talk.Time))
			}
		}
	}
	switch a.Kind {
	case act.Keep:
		x.undoubted(a.On)
	case act.CloseTalk, act.Decline:
		x.ended = true
	case act.TakeOver:
		x.ended = x.ended || a.Unit == ""
	case act.ReturnPlan:
		for _, s := range []string{act.StepPlan, act.StepReport, act.StepVerified} {
			delete(x.taken, s)
		}
		clear(x.spoken)
	case act.Absent, act.Again:
		x.round, x.begun = x.round+1, a.On
		clear(x.taken)
		clear(x.spoken)
	}
}

// onWord holds a word about the talk to the laws.
func (x *talk) onWord(s plan.Stage) {
	x.of = s.ID
	defer func() { x.of = "" }()
	step, n := stepOf(s.ID)
	x.copies(s)
	// What was decided for the next morning before a notice came is said then.
	if on := x.day(s.At); s.Kind != plan.Told && !x.cal.IsWorkday(on) && (x.notice.IsZero() || on.Sub(x.notice) > 1) {
		x.breaks(4, s.At, "%s on %s, a day of rest", s.ID, on)
	}
	switch {
	case x.ended:
		x.breaks(1, s.At, "%s after the talk's end", s.ID)
	case step == "kept":
		x.urged = true
		if x.doubt.IsZero() {
			x.breaks(1, s.At, "%s: nothing is to be decided", s.ID)
		}
	case !x.doubt.IsZero():
		x.breaks(3, s.At, "%s: what it rests on has gone since %s", s.ID, x.doubt)
	case !x.pausedOn.IsZero():
		x.breaks(1, s.At, "%s while the task is paused", s.ID)
	default:
		if _, did := x.taken[step]; did || n != x.round {
			x.breaks(1, s.At, "%s: it is not owed", s.ID)
		}
		if x.spoken[s.ID] && missed(s.ID) {
			x.breaks(2, s.At, "%s once more", s.ID)
		}
		x.spoken[s.ID] = true
		x.step(s, step)
	}
}

// missed tells the word after a step's limit.
func missed(id string) bool {
	word, _, _ := strings.Cut(id, ".")
	return strings.HasSuffix(word, "-missed")
}

// turn is the day from which a step's limit counts. ok is false when its turn has not
// come.
func (x *talk) turn(s plan.TalkStep) (from calendar.Day, ok bool) {
	if s.After == "opened" {
		return x.begun, true
	}
	from, ok = x.taken[s.After]
	return from, ok
}

// step holds a word about a step to the order of steps and its limit.
func (x *talk) step(s plan.Stage, step string) {
	rules := x.policies[x.policy].Talk
	if rules == nil {
		return
	}
	for _, r := range rules.Steps {
		if r.ID != step {
			continue
		}
		from, ok := x.turn(r)
		if !ok {
			x.breaks(5, s.At, "%s before %s", s.ID, r.After)
			return
		}
		if ran, term := x.ran(false, from, x.day(s.At), x.stood), x.term(r.Limit, from); missed(s.ID) && ran <= term {
			x.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
	}
}

// pressed holds the silence until the end to what a fair office would have said: it
// errs on the side of the engine.
func (x *talk) pressed() {
	x.silence = true
	eve, rules := x.day(x.h.Until).AddDays(-1), x.policies[x.policy].Talk
	if x.ended || !x.pausedOn.IsZero() || rules == nil {
		return
	}
	if !x.doubt.IsZero() {
		if x.ran(true, x.doubt, eve, nil) > x.acts().Decide.N+2 && !x.urged {
			x.breaks(3, x.h.Until, "what the talk rests on has gone since %s, and nobody is pressed to say what becomes of it", x.doubt)
		}
		return
	}
	for _, r := range rules.Steps {
		from, turn := x.turn(r)
		if _, did := x.taken[r.ID]; !turn || did {
			continue
		}
		said := slices.ContainsFunc(x.t.Said, func(s plan.Stage) bool {
			step, n := stepOf(s.ID)
			return step == r.ID && n == x.round && missed(s.ID) && x.day(s.At).After(from)
		})
		if !said && x.ran(false, from, eve, x.stood) > x.term(r.Limit, from)+12 {
			x.breaks(0, x.h.Until, "%s is owed since %s, and nobody is pressed for it", r.ID, from)
		}
	}
}

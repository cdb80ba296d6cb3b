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

// Talk holds one talk about a task to the laws.
func Talk(r Rules, h History, t *TalkHistory) []Breach { return newWorld(r, h).talk(h, t) }

// talk holds one talk to laws 1, 2, 3 and 4.
func (w *world) talk(h History, t *TalkHistory) (found []Breach) {
	w = &world{cal: w.cal, policies: w.policies, units: w.units, zone: w.zone, policy: t.Policy}
	due := h.Due
	var pausedOn, pausedUntil, doubt calendar.Day
	var moves, ended, asked bool                           // asked: somebody was pressed to say what becomes of it
	rested, led := map[calendar.Day]bool{due: true}, false // dates of the one miss that it rests on; led: another unit leads now
	var stands []stand
	round, since := 1, w.day(t.Opened)
	taken := map[string]calendar.Day{}
	spoken := map[string]bool{}
	type event struct {
		at    time.Time
		order int
		run   func()
	}
	var events []event
	doubted := func(on calendar.Day, at time.Time) {
		if ended || !doubt.IsZero() {
			return
		}
		doubt = on
		if !slices.ContainsFunc(t.Said, func(s plan.Stage) bool {
			return s.Kind == plan.Told && s.Topic == act.TopicDoubt && (s.At.Equal(at) || at.Equal(on.At(0, 0, w.zone)) && w.day(s.At) == w.cal.OnOrAfter(on)) // a pause's own end is told in the morning
		}) {
			w.breaks(3, at, "what the talk rests on has gone, and nobody is asked")
		}
	}
	resume := func(on calendar.Day, at time.Time) {
		if pausedOn.IsZero() {
			return
		}
		if !at.Before(t.Opened) {
			stands = append(stands, stand{pausedOn, on})
		}
		from := pausedOn
		pausedOn, pausedUntil = calendar.Day{}, calendar.Day{}
		if moves && on.After(from) {
			before := due
			due = due.AddDays(on.Sub(from))
			if at.Before(t.Opened) && !(before.Before(on) && due.Before(on)) {
				clear(rested)
			}
			if at.Before(t.Opened) || due.Before(on) {
				rested[due] = true
			}
			if !due.Before(on) && !at.Before(t.Opened) {
				doubted(on, at)
			}
		}
	}
	wake := func(at time.Time) {
		if !pausedUntil.IsZero() && pausedUntil.At(0, 0, w.zone).Before(at) {
			resume(pausedUntil, pausedUntil.At(0, 0, w.zone))
		}
	}
	for _, n := range h.Notices {
		events = append(events, event{n.At, 1 + n.N, func() { w.cal = n.Calendar }})
	}
	for _, a := range h.Acts {
		if a.Refused != "" {
			continue
		}
		events = append(events, event{a.At, 1 + a.N, func() {
			wake(a.At)
			open := !a.At.Before(t.Opened)
			before := due
			switch a.Kind {
			case act.Suspend:
				pausedOn, pausedUntil, moves = a.On, a.Until, a.Moves
			case act.Resume:
				resume(a.On, a.At)
				return
			case act.Correct, act.Grant, act.Reassign:
				led = led || a.Kind == act.Reassign && open
				if !a.Due.IsZero() {
					due = a.Due
				}
				for _, s := range h.Said { // a grant may leave its date to the request
					if a.Kind == act.Grant && s.Kind == plan.Told && s.At.Equal(a.At) && s.Topic == string(a.Kind) && !s.New.IsZero() {
						due = s.New
					}
				}
				if a.Kind == act.Grant || a.Kind == act.Reassign && !a.Due.IsZero() {
					moves = false
				}
			case act.Cancel:
				if open && !ended && !slices.ContainsFunc(t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == act.TopicVoided && s.At.Equal(a.At) }) {
					w.breaks(3, a.At, "the task is cancelled, and nobody is told that its talk ends")
				}
				ended = ended || open
			case act.Verify:
				if _, held := taken[act.StepHeld]; open && !held {
					doubted(a.On, a.At)
				}
			}
			switch {
			case open && due != before && !due.Before(a.On):
				doubted(a.On, a.At)
			case open && due != before && before.Before(a.On):
				rested[due] = true // the same miss, another date
			case !open && a.Kind == act.Reassign: // what was missed before is another unit's
				clear(rested)
				rested[due] = true
			case !open && due != before:
				if !(before.Before(a.On) && due.Before(a.On)) {
					clear(rested)
				}
				rested[due] = true
			case due != before && !doubt.IsZero() && rested[due] && !led: // what it rests on is so again
				stands, doubt, asked = append(stands, stand{doubt, a.On}), calendar.Day{}, false
				if !slices.ContainsFunc(t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == act.TopicFounded && s.At.Equal(a.At) }) {
					w.breaks(3, a.At, "the date is what the talk rests on again, and nobody is told that it goes on")
				}
			}
		}})
	}
	for _, a := range t.Acts {
		if a.Refused != "" {
			continue
		}
		events = append(events, event{a.At, 1 + a.N, func() {
			wake(a.At)
			if step, takes := takes[a.Kind]; takes {
				if _, ok := taken[step]; !ok {
					taken[step] = a.On
				}
			}
			switch a.Kind {
			case act.Keep:
				if !doubt.IsZero() {
					stands = append(stands, stand{doubt, a.On})
				}
				doubt, asked = calendar.Day{}, false
			case act.CloseTalk, act.Decline:
				ended = true
			case act.ReturnPlan:
				for _, s := range []string{act.StepPlan, act.StepReport, act.StepVerified} {
					delete(taken, s)
				}
				spoken = map[string]bool{}
			case act.Absent, act.Again:
				round, since, taken, spoken = round+1, a.On, map[string]calendar.Day{}, map[string]bool{}
			}
		}})
	}
	for _, s := range t.Said {
		if s.Kind == plan.Told {
			continue
		}
		events = append(events, event{s.At, 0, func() {
			wake(s.At)
			w.of = s.ID
			defer func() { w.of = "" }()
			on := w.day(s.At)
			step, n := stepOf(s.ID)
			w.copies(s)
			switch {
			case ended:
				w.breaks(1, s.At, "%s after the talk's end", s.ID)
			case step == "kept":
				asked = true
				if doubt.IsZero() {
					w.breaks(1, s.At, "%s: nothing is to be decided", s.ID)
				}
			case !doubt.IsZero():
				w.breaks(3, s.At, "%s: what it rests on has gone since %s", s.ID, doubt)
			case !pausedOn.IsZero():
				w.breaks(1, s.At, "%s while the task is paused", s.ID)
			default:
				if _, did := taken[step]; did || n != round {
					w.breaks(1, s.At, "%s: it is not owed", s.ID)
				}
				if spoken[s.ID] && strings.HasSuffix(strings.Split(s.ID, ".")[0], "-missed") {
					w.breaks(2, s.At, "%s once more", s.ID)
				}
				spoken[s.ID] = true
				w.step(s, step, on, since, taken, stands)
			}
		}})
	}
	slices.SortStableFunc(events, func(x, y event) int {
		if c := x.at.Compare(y.at); c != 0 {
			return c
		}
		return x.order - y.order
	})
	for _, e := range events {
		e.run()
	}
	wake(h.Until)
	w.silence = true
	eve := w.day(h.Until).AddDays(-1)
	talk := w.policies[w.policy].Talk
	switch {
	case ended || !pausedOn.IsZero() || talk == nil:
	case !doubt.IsZero():
		if w.ran(true, doubt, eve, nil) > w.acts().Decide.N+2 && !asked {
			w.breaks(3, h.Until, "what the talk rests on has gone since %s, and nobody is pressed to say what becomes of it", doubt)
		}
	default:
		for _, x := range talk.Steps {
			from, turn := since, x.After == "opened"
			if day, ok := taken[x.After]; ok {
				from, turn = day, true
			}
			if _, did := taken[x.ID]; !turn || did {
				continue
			}
			missed := slices.ContainsFunc(t.Said, func(s plan.Stage) bool {
				step, n := stepOf(s.ID)
				return step == x.ID && n == round && strings.Contains(s.ID, "-missed") && w.day(s.At).After(from)
			})
			if !missed && w.ran(false, from, eve, stands) > w.term(x.Limit, from)+12 {
				w.breaks(0, h.Until, "%s is owed since %s, and nobody is pressed for it", x.ID, from)
			}
		}
	}
	return w.found
}

// step holds a word about a step of a talk to the order of steps and its limit.
func (w *world) step(s plan.Stage, step string, on, since calendar.Day, taken map[string]calendar.Day, stands []stand) {
	talk := w.policies[w.policy].Talk
	if talk == nil {
		return
	}
	for _, x := range talk.Steps {
		if x.ID != step {
			continue
		}
		if x.After != "opened" {
			day, ok := taken[x.After]
			if !ok {
				w.breaks(5, s.At, "%s before %s", s.ID, x.After)
				return
			}
			since = day
		}
		if ran, term := w.ran(false, since, on, stands), w.term(x.Limit, since); strings.Contains(s.ID, "-missed") && ran <= term {
			w.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
	}
}

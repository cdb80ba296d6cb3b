package laws

import (
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// chased judges what was not said until an instant, by what had to be said: a word counts as
// missing only two working days after it was due or later.
func (w *world) chased(at time.Time) {
	if w.over {
		return
	}
	w.silence = true
	defer func() { w.silence = false }()
	on := w.day(at)
	eve := on.AddDays(-1)
	last := func(days ...calendar.Day) (d calendar.Day) {
		for _, x := range days {
			if x.After(d) {
				d = x
			}
		}
		return d
	}
	if w.runs() {
		from := last(w.base(), w.since)
		ran := w.ran(true, from, eve, w.halts())
		for _, r := range w.policies[w.policy].Stages {
			if r.After == nil || r.From == plan.FromAssigned || r.Unless != "" || !r.After.Work || ran < r.After.N+2 {
				continue
			}
			if !slices.ContainsFunc(w.ladder[w.miss], func(x word) bool { return x.id == r.ID || x.kind.Gravity() >= r.Kind.Gravity() }) {
				w.breaks(0, at, "%d days ran after %s, and nobody said %s", ran, from, r.ID)
			}
		}
		for _, r := range w.policies[w.policy].Stages {
			day := w.cal.OnOrBefore(w.due)
			if r.Kind == plan.DueDay && r.Before != nil && day.Before(on) && w.cal.AddWorkdays(last(w.since, w.begins()), 2).Before(day) && !w.early[r.ID] {
				w.breaks(0, at, "%s came, and nobody said %s", w.due, r.ID)
			}
		}
	}
	if w.runs() {
		w.lifeSigns(at, on, eve)
	}
	for _, topic := range []string{"return", "report", "extension"} {
		q := w.asked[topic]
		if q == nil || !w.pausedOn.IsZero() || topic == "extension" && w.asked["report"] != nil {
			continue
		}
		within := w.acts().Rule
		if topic == "report" {
			within = w.acts().Verify
		}
		if ran := w.ran(true, last(q.on, w.since), eve, w.paused()); ran > within.N+3 && len(q.words) == 0 {
			w.breaks(8, at, "the %s of %s waits, and nobody hears of it", topic, q.on)
		}
	}
}

// lifeSigns judges what was not said until an instant about the things owed beside the date: to
// acknowledge the task, to report on it, to give a part, to answer an instruction.
func (w *world) lifeSigns(at time.Time, on, eve calendar.Day) {
	from := w.begins()
	if w.since.After(from) {
		from = w.since
	}
	for _, r := range w.policies[w.policy].Stages {
		if r.Unless != "" && r.After != nil && !w.acked && !w.receive[r.ID] && w.ran(r.After.Work, from, eve, w.halts()) > r.After.N+9 && !w.receivedLater(r) {
			w.breaks(0, at, "since %s nobody asked whether it was received: %s", from, r.ID)
		}
	}
	silent := w.begins()
	for _, d := range []calendar.Day{w.heard, w.dateSet} {
		if d.After(silent) {
			silent = d
		}
	}
	if n := w.acts().Silent.N; w.acked && !w.silences[w.heard.String()] && w.ran(true, silent, eve, w.halts()) > n+3 && w.ran(true, w.since, eve, w.halts()) > 3 &&
		(w.byHand.IsZero() || w.ran(true, w.byHand, eve, w.halts()) > w.acts().Chase.N+3) {
		day := silent
		for left := n + 3; left > 0; {
			if day = day.AddDays(1); w.cal.IsWorkday(day) && !halted(w.halts(), day) {
				left--
			}
		}
		if day.Before(w.due) && w.since.Before(w.cal.AddWorkdays(day, -3)) && w.byHand.Before(w.cal.AddWorkdays(day, -3-w.acts().Chase.N)) {
			w.breaks(0, at, "silent since %s, and nobody asks", silent)
		}
	}
	for _, all := range []map[string]*piece{w.parts, w.instructions} {
		for id, p := range all {
			start := p.on
			if w.since.After(start) {
				start = w.since
			}
			if !p.answered && !p.due.IsZero() && len(p.words) == 0 && w.ran(false, start, eve, w.halts()) > p.due.Sub(p.on)+12 {
				w.breaks(0, at, "what was asked on %s by %s (%s) is not asked for", p.on, p.due, id)
			}
		}
	}
}

// receivedLater tells that a later word about the acknowledgement was said, which replaces the
// rung r.
func (w *world) receivedLater(r plan.Rule) bool {
	for _, x := range w.policies[w.policy].Stages {
		if x.Unless != "" && x.After != nil && x.After.N >= r.After.N && w.receive[x.ID] {
			return true
		}
	}
	return false
}

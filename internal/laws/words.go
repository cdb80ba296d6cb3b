package laws

import (
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// word judges a word about the task by the laws.
func (w *world) word(s plan.Stage) {
	w.of = s.ID
	defer func() { w.of = "" }()
	on := w.day(s.At)
	w.copies(s)
	if w.over {
		w.breaks(1, s.At, "%s after the end", s.ID)
		return
	}
	// Two words may come on a rest day: the reminder of a task that was given when no working
	// day was left before its limit, and a word that was decided before a holiday notice came.
	today := s.ID == plan.CatchUp && on == w.assigned && !on.After(w.due) && w.cal.OnOrAfter(on).After(w.due)
	if !w.cal.IsWorkday(on) && on != w.notice && !today {
		w.breaks(4, s.At, "%s on %s, a day of rest", s.ID, on)
	}
	switch topic, _, _ := strings.Cut(s.ID, "-"); {
	case s.Topic == "return", s.Topic == "report", s.Topic == "extension":
		w.onRequest(s, on)
		return
	case s.Topic == "part":
		w.chases(s, on)
		w.onPiece(s, on, w.parts[strings.Split(s.ID, "-")[1]])
		return
	case s.Topic == "instruction":
		w.chases(s, on)
		w.onPiece(s, on, w.instructions[strings.Split(s.ID, "-")[1]])
		return
	case s.Topic == "silent" && topic == "silent":
		w.chases(s, on)
		w.onSilence(s, on)
		return
	case s.Topic == plan.TopicAcknowledge:
		w.chases(s, on)
		w.onReceipt(s, on)
		return
	case s.Topic != "":
		w.breaks(0, s.At, "%s is about %s, which nobody owes", s.ID, s.Topic)
		return
	}
	w.chases(s, on)
	w.onLadder(s, on)
}

// chases judges by laws 1 and 5 a word to whoever owes the task.
func (w *world) chases(s plan.Stage, on calendar.Day) {
	switch {
	case !w.pausedOn.IsZero():
		w.breaks(1, s.At, "%s while the task is paused", s.ID)
	case w.asked["report"] != nil:
		w.breaks(1, s.At, "%s while the report of %s waits", s.ID, w.asked["report"].on)
	case w.asked["return"] != nil:
		w.breaks(1, s.At, "%s while the return of %s waits", s.ID, w.asked["return"].on)
	case on.Before(w.begin) && s.Topic != "part" && s.Topic != "instruction": // parts and instructions were asked for with dates of their own
		w.breaks(1, s.At, "%s before the task begins", s.ID)
	}
	if s.Topic != "part" {
		for _, r := range s.To {
			if r.Unit != w.lead && r.Unit != w.office && r.Unit != w.leadership {
				w.breaks(1, s.At, "%s to %s: the task is %s's", s.ID, r.Unit, w.lead)
			}
		}
	}
	if first := w.offset(w.acts().Grace, w.left, 1); !w.left.IsZero() && on.Before(w.cal.OnOrAfter(first)) && s.ID != plan.Passed {
		w.breaks(5, s.At, "%s within the grace after %s on %s", s.ID, w.leftBy, w.left)
	}
}

func (w *world) onRequest(s plan.Stage, on calendar.Day) {
	q := w.asked[s.Topic]
	if q == nil {
		w.breaks(1, s.At, "%s: nothing waits", s.ID)
		return
	}
	if !w.pausedOn.IsZero() {
		w.breaks(1, s.At, "%s while the task is paused", s.ID)
	}
	for _, r := range s.To {
		if r.Unit != w.office && r.Unit != w.leadership {
			w.breaks(1, s.At, "%s to %s: it is not theirs to decide", s.ID, r.Unit)
		}
	}
	if !strings.HasSuffix(s.ID, "-missed") {
		return
	}
	w.once(s, on, &q.words)
	within := w.acts().Rule
	if s.Topic == "report" {
		within = w.acts().Verify
	}
	if ran := w.ran(false, q.on, on, w.paused()); ran <= w.term(within, q.on) {
		w.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, w.term(within, q.on))
	}
}

// once judges by law 2 a word after the limit of something that has a limit of its own: it is
// said once.
func (w *world) once(s plan.Stage, on calendar.Day, words *[]word) {
	if slices.ContainsFunc(*words, func(x word) bool { return x.id == s.ID }) {
		w.breaks(2, s.At, "%s once more", s.ID)
	}
	*words = append(*words, word{s.ID, s.Kind, on})
}

func (w *world) onPiece(s plan.Stage, on calendar.Day, p *piece) {
	switch {
	case p == nil || p.answered || p.due.IsZero():
		w.breaks(6, s.At, "%s: it is not owed", s.ID)
		return
	case s.Topic == "part" && s.To[0].Unit != p.unit:
		w.breaks(1, s.At, "%s to %s: it is %s's", s.ID, s.To[0].Unit, p.unit)
	}
	if strings.HasSuffix(s.ID, "-missed") {
		w.once(s, on, &p.words)
		if ran, term := w.ran(false, p.on, on, w.halts()), p.due.Sub(p.on); ran <= term {
			w.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
		if grace := w.cal.OnOrAfter(w.offset(w.acts().Grace, w.assigned, 1)); p.unit == "" && w.assigned.After(p.on) && !p.due.Before(w.assigned) && !on.After(grace) {
			w.breaks(9, s.At, "%s: the unit was given the task on %s, when the day was all but over", s.ID, w.assigned)
		}
	}
}

func (w *world) onSilence(s plan.Stage, on calendar.Day) {
	from := w.heard
	if !w.acked {
		w.breaks(0, s.At, "%s: it was never received", s.ID)
		return
	}
	for _, d := range []calendar.Day{w.begins(), w.dateSet} {
		if d.After(from) {
			from = d
		}
	}
	if ran := w.ran(w.acts().Silent.Work, from, on, w.halts()); ran < w.acts().Silent.N {
		law := 4
		if w.ran(w.acts().Silent.Work, from, on, nil) < w.acts().Silent.N {
			law = 6
		}
		w.breaks(law, s.At, "%s: %d days ran since the unit acted on %s, or the office set its date", s.ID, ran, w.heard)
	}
	if !w.byHand.IsZero() && on.Before(w.offset(w.acts().Chase, w.byHand, 1)) {
		w.breaks(5, s.At, "%s: the office chased the unit itself on %s", s.ID, w.byHand)
	}
	if key := w.heard.String(); w.silences[key] {
		w.breaks(2, s.At, "%s: the silence since %s was spoken of", s.ID, key)
	} else {
		w.silences[key] = true
	}
}

func rungIDs(s plan.Stage) []string { return append([]string{s.ID}, s.Merged...) }

func (w *world) onReceipt(s plan.Stage, on calendar.Day) {
	if w.acked {
		w.breaks(6, s.At, "%s: the unit acted on %s", s.ID, w.heard)
	}
	for _, id := range rungIDs(s) {
		r, ok := w.rule(id)
		if !ok || r.After == nil {
			w.breaks(0, s.At, "%s is no rung of %s", id, w.policy)
			continue
		}
		if ran := w.ran(r.After.Work, w.begins(), on, w.halts()); ran < r.After.N {
			w.breaks(4, s.At, "%s: %d days ran since %s", id, ran, w.begins())
		}
		if w.receive[id] {
			w.breaks(2, s.At, "%s once more", id)
		}
		w.receive[id] = true
	}
}

func (w *world) onLadder(s plan.Stage, on calendar.Day) {
	if s.ID == plan.CatchUp {
		if w.early[s.ID] {
			w.breaks(2, s.At, "%s once more", s.ID)
		}
		w.early[s.ID], w.caught[w.miss] = true, true
		return
	}
	if s.ID == plan.Passed {
		if _, ok := w.passed[w.miss]; ok || len(w.ladder[w.miss]) > 0 {
			w.breaks(2, s.At, "%s: of %s the unit has heard", s.ID, w.due)
		}
		if !w.fell() {
			w.breaks(0, s.At, "%s: on %s the unit's clock ran", s.ID, w.due)
		}
		w.passed[w.miss] = on
		return
	}
	all := rungIDs(s)
	if slices.Contains(s.Merged, plan.CatchUp) { // the other rungs are those for which the task was assigned too late
		all, w.caught[w.miss] = all[:1], true
	}
	for _, id := range all {
		r, ok := w.rule(id)
		switch {
		case !ok:
			w.breaks(0, s.At, "%s is no rung of %s", id, w.policy)
		case r.Before != nil:
			if want := w.cal.OnOrBefore(w.offset(*r.Before, w.due, -1)); want != on && !w.moved(want, on) {
				w.breaks(7, s.At, "%s: the date is %s, so its day is %s", id, w.due, want)
			}
			w.reminded(s, id)
		case r.From == plan.FromAssigned:
			if ran := w.ran(r.After.Work, w.begins(), on, w.halts()); ran < r.After.N && on != w.cal.OnOrBefore(w.due) {
				w.breaks(4, s.At, "%s: %d days ran since %s", id, ran, w.begins())
			}
			w.reminded(s, id)
		default:
			w.late(s, r, on, id != s.ID)
		}
	}
}

// moved tells that a holiday notice moved the day of a rung before the notice itself, so that
// the word was said on the next office morning.
func (w *world) moved(want, on calendar.Day) bool {
	return !w.notice.IsZero() && !want.After(w.notice) && !on.Before(w.notice) && !on.After(w.cal.AddWorkdays(w.notice, 1))
}

// takenBack lets reminders be said again that were said under a holiday notice which is taken
// back, and whose own day is still to come.
func (w *world) takenBack(n Holidays) {
	if n.Undoes.IsZero() {
		return
	}
	for id, at := range w.earlyAt {
		r, ok := w.rule(id)
		if ok && r.Before != nil && !at.Before(n.Undoes) && !w.cal.OnOrBefore(w.offset(*r.Before, w.due, -1)).Before(w.day(n.At)) {
			delete(w.early, id)
		}
	}
}

// reminded judges a reminder by law 2: it is said once of a date.
func (w *world) reminded(s plan.Stage, id string) {
	w.earlyAt[id] = s.At
	if w.early[id] {
		w.breaks(2, s.At, "%s once more about %s", id, w.due)
	}
	w.early[id] = true
}

// late judges a rung after the limit by laws 2, 4, 5 and 9.
func (w *world) late(s plan.Stage, r plan.Rule, on calendar.Day, merged bool) {
	words := w.ladder[w.miss]
	if slices.ContainsFunc(words, func(x word) bool { return x.id == r.ID }) {
		w.breaks(2, s.At, "%s once more: of %s it was said", r.ID, w.due)
	}
	if ran := w.ran(r.After.Work, w.base(), on, w.halts()); ran < r.After.N {
		law := 4
		if w.inherited() {
			law = 9
		}
		w.breaks(law, s.At, "%s: %d days ran after %s", r.ID, ran, w.base())
	}
	if told, ok := w.passed[w.miss]; !w.left.IsZero() && w.fell() && len(words) == 0 && (!ok && (halted(w.halts(), w.due) || !w.caught[w.miss]) || ok && !told.Before(on)) {
		w.breaks(5, s.At, "%s: %s came while the unit's clock stood, and it was not reminded first", r.ID, w.due)
	}
	if merged {
		w.breaks(5, s.At, "%s and %s at once", r.ID, s.ID)
	}
	for _, x := range words { // no milder rung follows a graver one
		if later, ok := w.rule(x.id); ok && later.After != nil && later.From == "" && later.After.N > r.After.N {
			w.breaks(5, s.At, "%s after %s on %s", r.ID, x.id, x.on)
		}
	}
	if before, ok := w.rungBefore(r); ok {
		i := slices.IndexFunc(words, func(x word) bool { return x.id == before.ID })
		switch {
		case i < 0 && !slices.ContainsFunc(words, func(x word) bool { return x.kind.Gravity() >= before.Kind.Gravity() }):
			w.breaks(5, s.At, "%s without %s", r.ID, before.ID)
		case i >= 0 && !words[i].on.Before(w.missSince):
			if ran := w.ran(true, words[i].on, on, w.halts()); ran < r.After.N-before.After.N {
				w.breaks(5, s.At, "%s %d running days after %s", r.ID, ran, before.ID)
			}
		}
	}
	w.ladder[w.miss] = append(words, word{r.ID, r.Kind, on})
}

// rungBefore is the rung of the policy before r, among those that count from the limit on.
func (w *world) rungBefore(r plan.Rule) (before plan.Rule, ok bool) {
	for _, x := range w.policies[w.policy].Stages {
		if x.After != nil && x.From != plan.FromAssigned && x.Unless == "" && x.After.N < r.After.N && (!ok || x.After.N > before.After.N) {
			before, ok = x, true
		}
	}
	return before, ok
}

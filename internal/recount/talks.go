package recount

import (
	"slices"
	"time"
)

// talk is a talk or a circular.
type talk struct {
	id, task, what, unit, state, opened, approver, decliner string
	origin                                                  string // stage, hand, or the rule that proposed it
	opensAt                                                 time.Time
	number                                                  int
	taken                                                   map[string]string
	rounds                                                  []map[string]string // that are over: steps taken
	doubted                                                 bool
	before                                                  string              // what it was when it ended with its task
	policy                                                  string              // whose limits it has
	of                                                      []string            // IDs of its tasks
	about                                                   map[string][]string // by task: the dates of the one miss that it rests on; none: another unit leads since
	missed                                                  map[string]string   // by task: the date with which it joined
	lost, over, waits, proved                               map[string]bool     // of them: what was missed is no longer so; cancelled; paused; verified in this round
	into                                                    string              // the talk that it has joined
	answerBy                                                string              // of a circular: the last day for its answer
	since                                                   string              // the day from which this round's limits count
	doubt, paused, voided                                   string              // since when it waits to be kept or ended, its tasks are paused, or it is void
	halts                                                   []span              // in which its clock did not run
}

// rests notes that the talk's clock was halted from the day since until another.
func (k *talk) rests(since *string, until string) {
	if *since != "" && until > *since {
		k.halts = append(k.halts, span{*since, until})
	}
	*since = ""
}

// halted are all days in which the talk's clock did not run, or does not.
func (k *talk) halted() []span {
	spans := slices.Clone(k.halts)
	for _, since := range []string{k.doubt, k.paused} {
		if since != "" {
			spans = append(spans, span{since, ""})
		}
	}
	return spans
}

// stepLines are the steps of a talk's present round, with the day by which each is
// asked for, and how late it is, or was taken.
func (w *world) stepLines(k *talk, day string) []map[string]any {
	lines := []map[string]any{}
	if k.state != "open" && k.state != "closed" {
		return lines
	}
	if k.what == "circular" {
		taken, until := k.taken["answer"], day
		if taken != "" {
			until = taken
		}
		one := map[string]any{"id": "answer", "limit": k.answerBy, "taken": taken}
		all, work := w.days.counted(k.answerBy, until, nil)
		if one["late"] = all > 0; work > 0 {
			one["workdays_late"] = work
		}
		return append(lines, one)
	}
	spans, reached := k.halted(), map[string]string{"opened": k.since}
	for _, s := range w.doc.Policies[k.policy].Talk.Steps {
		limit, taken := w.days.limit(reached[s.After], s.Limit, spans), k.taken[s.ID]
		one := map[string]any{"id": s.ID, "limit": limit, "taken": taken, "late": false}
		switch until := day; {
		case taken == "" && k.state != "open":
			one["limit"] = "" // it is asked for no more
		default:
			if taken != "" {
				until = taken
			}
			all, work := w.days.counted(limit, until, spans)
			one["late"] = all > 0
			if work > 0 {
				one["workdays_late"] = work
			}
		}
		if reached[s.ID] = limit; taken != "" {
			reached[s.ID] = taken
		}
		lines = append(lines, one)
	}
	return lines
}

// doubt puts the open talks about a task to a leader's decision when none of their tasks
// supports them any more: the missed date was moved to a day to come, or the task was done
// before the talk was held.
func (w *world) doubt(t *task, gone bool, on string) {
	for _, k := range w.talks {
		done := t.phase == "closed" && k.taken["held"] != ""
		if !gone || done || !slices.Contains(k.of, t.id) || k.state != "open" || k.what != "talk" {
			continue
		}
		k.lost[t.id] = true
		k.weighed(on)
	}
}

// leaves takes a cancelled task out of the talks about it: a talk ends with its last task.
func (w *world) leaves(t *task, on string) {
	for _, k := range w.talks {
		if !slices.Contains(k.of, t.id) {
			continue
		}
		k.over[t.id] = true
		if slices.ContainsFunc(k.of, func(id string) bool { return !k.over[id] }) && k.state == "open" && k.what == "talk" {
			k.weighed(on)
		}
	}
}

// weighed puts a talk to a leader's decision when it rests on none of its tasks.
func (k *talk) weighed(on string) {
	if !k.doubted && !slices.ContainsFunc(k.of, k.bears) {
		k.doubted, k.doubt = true, on
	}
}

// bears tells that a talk rests on a task.
func (k *talk) bears(id string) bool { return !k.lost[id] && !k.over[id] }

// redated works out what a new due date of a task does to its talks. Where the new date has
// passed, too, the missed deadline is still the same one. A talk that was in doubt because
// the date was moved to a day to come goes on when it is moved back.
func (w *world) redated(t *task, before, on string) {
	for _, k := range w.talks {
		dates := k.about[t.id]
		switch {
		case !slices.Contains(k.of, t.id) || k.state == "void" || t.due >= on || len(dates) == 0:
		case before < on && !k.lost[t.id]:
			k.about[t.id] = append(slices.Clone(dates), t.due)
		case before >= on && k.lost[t.id] && k.state == "open" && slices.Contains(dates, t.due):
			delete(k.lost, t.id)
			k.doubted = false
			k.rests(&k.doubt, on)
		}
	}
}

// joins makes a talk part of another, which is about its tasks too from a day on: a talk
// that was halted because its own tasks were paused goes on with the new ones.
func (w *world) joins(k *talk, into, on string) {
	host := w.talk(into)
	if host == nil {
		return
	}
	k.state, k.into = "joined", into
	for _, part := range w.talks {
		if part.into == k.id {
			part.into = into
		}
	}
	for _, id := range k.of {
		if !slices.Contains(host.of, id) {
			host.of = append(host.of, id)
		}
		if len(host.about[id]) == 0 || !host.bears(id) {
			host.about[id], host.missed[id] = k.about[id], k.missed[id]
		}
		delete(host.lost, id)
		delete(host.over, id)
		if k.bears(id) && !k.waits[id] {
			host.rests(&host.paused, on)
		}
	}
}

// concerning are the talks about a task; for a talk that has joined another, that other one.
func (w *world) concerning(id string) (all []*talk) {
	for _, k := range w.talks {
		if k.task != id {
			continue
		}
		if host := w.talk(k.into); host != nil {
			k = host
		}
		if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// led notes that another unit leads the task: the talks rest on a date that its former lead
// missed.
func (w *world) led(t *task) {
	for _, k := range w.talks {
		if slices.Contains(k.of, t.id) {
			delete(k.about, t.id)
		}
	}
}

// paused halts the clock of open talks while all their tasks are paused.
func (w *world) paused(t *task, kind, on string) {
	for _, k := range w.talks {
		switch {
		case !slices.Contains(k.of, t.id):
		case kind == "suspend" && k.state == "open":
			k.waits[t.id] = true
			if k.paused == "" && !slices.ContainsFunc(k.of, func(id string) bool { return k.bears(id) && !k.waits[id] }) {
				k.paused = on
			}
		case kind == "reinstate": // the talk is about the task again
			delete(k.over, t.id)
			delete(k.waits, t.id)
		case kind == "resume":
			delete(k.waits, t.id)
			k.rests(&k.paused, on)
		}
	}
}

func (w *world) talk(id string) *talk {
	for _, k := range w.talks {
		if k.id == id {
			return k
		}
	}
	return nil
}

// calls is a new talk about a task, with the number that it would have if it opened now.
func (w *world) calls(id, of, what, unit, state string) *talk {
	k := &talk{id: id, task: of, what: what, unit: unit, state: state, taken: map[string]string{}, of: []string{of}, about: map[string][]string{}, missed: map[string]string{},
		lost: map[string]bool{}, over: map[string]bool{}, waits: map[string]bool{}, proved: map[string]bool{}}
	k.number = w.place(k)
	if t := w.tasks[of]; t != nil {
		k.policy, k.about[of], k.missed[of] = t.policy, []string{t.due}, t.due
	}
	if len(w.doc.Policies[k.policy].Talk.Steps) == 0 {
		k.policy = w.doc.Policy // the plan's own
	}
	w.talks = append(w.talks, k)
	return k
}

// place is the number of a talk that opens now among those of its kind that opened with
// its unit.
func (w *world) place(k *talk) int {
	n := 1
	for _, other := range w.talks {
		if other != k && other.unit == k.unit && other.what == k.what && other.opened != "" && other.into == "" {
			n = max(n, other.number+1)
		}
	}
	return n
}

func (w *world) talkEvent(kind, on string, k *talk, d data) {
	if k == nil {
		return
	}
	switch kind {
	case "talk.opened":
		k.number = w.place(k)
		k.state, k.opened, k.opensAt = "open", w.day(d.OpensAt), d.OpensAt
		k.since = k.opened
	case "talk.proposed":
		k.number = w.place(k)
		k.state = "proposed"
	case "talk.joined":
		w.joins(k, d.Into, w.day(d.OpensAt))
	case "talk.void":
		k.before, k.state, k.voided = k.state, "void", on
		k.rests(&k.paused, on) // the pause ends when the task does
	case "talk.revived": // its task is reinstated, or its date set back
		k.state = k.before
		k.rests(&k.voided, on)
	}
}

// steps are the acts that take a step of a talk.
var steps = map[string]string{"serve": "served", "held": "held", "minutes": "minutes", "give_plan": "plan", "give_report": "report", "verify_talk": "verified", "answer_circular": "answer"}

func (w *world) onTalk(t *task, d data) {
	a, k := d.Act, w.talk(d.Talk)
	if a.Kind == "propose" {
		unit := a.Unit
		if unit == "" {
			unit = t.lead
		}
		what := "talk"
		if a.Talk != nil && a.Talk.What != "" {
			what = a.Talk.What
		}
		k := w.calls(d.Talk, t.id, what, unit, "proposed")
		k.origin, k.opensAt = d.Origin, a.At
		if d.Into != "" {
			w.joins(k, d.Into, a.On)
		}
		return
	}
	if k == nil {
		return
	}
	if a.Kind == "verify_talk" {
		for _, id := range k.of {
			k.proved[id] = k.proved[id] || a.Ref == "" || a.Ref == id
		}
	}
	unproved := a.Kind == "verify_talk" && slices.ContainsFunc(k.of, func(id string) bool { return k.bears(id) && !k.proved[id] })
	if step := steps[a.Kind]; step != "" && k.taken[step] == "" && !unproved {
		k.taken[step] = a.On
		if a.Kind == "held" && a.Talk != nil && !a.Talk.Time.IsZero() { // the day that its record names
			k.taken[step] = min(a.On, max(w.day(a.Talk.Time), k.taken["served"]))
		}
	}
	switch a.Kind {
	case "approve":
		k.number = w.place(k)
		k.state, k.approver, k.opened, k.since, k.opensAt = "open", a.By.Name, w.day(a.At), a.On, a.At
		if k.what == "circular" {
			if k.answerBy = a.Due; k.answerBy == "" {
				k.answerBy = w.days.limit(a.On, w.doc.Policies[k.policy].Acts.Circular, nil)
			}
		}
		if d.Into != "" {
			w.joins(k, d.Into, a.On)
		}
	case "decline":
		k.state, k.decliner = "declined", a.By.Name
	case "keep":
		k.approver, k.doubted = a.By.Name, false
		k.rests(&k.doubt, a.On)
	case "again", "absent":
		k.rounds = append(k.rounds, k.taken)
		k.taken, k.since = map[string]string{}, a.On
		clear(k.proved)
		if a.Kind == "again" && a.By.Unit != w.doc.Directory.Office {
			k.approver = a.By.Name
		}
	case "return_plan":
		for _, step := range []string{"plan", "report", "verified"} {
			delete(k.taken, step)
		}
		clear(k.proved)
	case "take_over": // by nobody: talk.void says so
		if a.Unit != "" {
			k.unit = a.Unit
		}
	case "close_talk", "answer_circular":
		k.state, k.doubted = "closed", false
	}
}

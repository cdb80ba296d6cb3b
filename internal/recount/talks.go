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
	before                                                  string   // what it was when it ended with its task
	policy                                                  string   // whose limits it has
	about                                                   []string // the dates of the one miss that it rests on; none: another unit leads since
	since                                                   string   // the day from which this round's limits count
	doubt, paused, voided                                   string   // since when it waits to be kept or ended, its task is paused, or it is void
	stands                                                  []span   // in which its clock stood
}

// rests takes down that the talk's clock has stood from a day until another.
func (k *talk) rests(since *string, until string) {
	if *since != "" && until > *since {
		k.stands = append(k.stands, span{*since, until})
	}
	*since = ""
}

// standing are all days in which the talk's clock stood, or stands.
func (k *talk) standing() []span {
	spans := slices.Clone(k.stands)
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
	if k.what != "talk" || k.state != "open" && k.state != "closed" {
		return lines
	}
	spans, reached := k.standing(), map[string]string{"opened": k.since}
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

// doubt puts the task's open talks before a leader when what they rest on has gone: the
// date that was missed was moved to come, or the task is done before the talk was held.
func (w *world) doubt(t *task, gone bool, on string) {
	for _, k := range w.talks {
		if done := t.phase == "closed" && k.taken["held"] != ""; gone && !done && k.task == t.id && k.state == "open" && k.what == "talk" {
			if !k.doubted {
				k.doubt = on
			}
			k.doubted = true
		}
	}
}

// redated is what a date in place of another makes of what the task's talks rest on. A
// miss that is set to another day gone by is the same one; a talk whose ground has gone
// goes on when the date is set back from one to come to one of its miss.
func (w *world) redated(t *task, before, on string) {
	for _, k := range w.talks {
		switch {
		case k.task != t.id || k.state == "void" || t.due >= on || len(k.about) == 0:
		case before < on && !k.doubted:
			k.about = append(k.about, t.due)
		case before >= on && k.doubted && k.state == "open" && slices.Contains(k.about, t.due):
			k.doubted = false
			k.rests(&k.doubt, on)
		}
	}
}

// led takes down that another unit leads the task: no date of its own is what the talks
// rest on.
func (w *world) led(t *task) {
	for _, k := range w.talks {
		if k.task == t.id {
			k.about = nil
		}
	}
}

// paused lets the clock of a task's open talks stand with the task's own, and run again.
func (w *world) paused(t *task, kind, on string) {
	for _, k := range w.talks {
		switch {
		case k.task != t.id:
		case kind == "suspend" && k.state == "open":
			k.paused = on
		case kind == "resume":
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
	k := &talk{id: id, task: of, what: what, unit: unit, state: state, taken: map[string]string{}}
	k.number = w.place(k)
	if t := w.tasks[of]; t != nil {
		k.policy, k.about = t.policy, []string{t.due}
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
		if other != k && other.unit == k.unit && other.what == k.what && other.opened != "" {
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
	case "talk.void":
		k.before, k.state, k.voided = k.state, "void", on
		k.rests(&k.paused, on) // a pause ends with the task
	case "talk.revived": // its task is reinstated, or its date set back
		k.state = k.before
		k.rests(&k.voided, on)
	}
}

// steps are the acts that take a step of a talk.
var steps = map[string]string{"serve": "served", "held": "held", "minutes": "minutes", "give_plan": "plan", "give_report": "report", "verify_talk": "verified"}

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
		state := "proposed"
		if d.Into != "" {
			state = "joined"
		}
		called := w.calls(d.Talk, t.id, what, unit, state)
		called.origin, called.opensAt = d.Origin, a.At
		return
	}
	if k == nil {
		return
	}
	if step := steps[a.Kind]; step != "" && k.taken[step] == "" {
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
			k.state = "closed"
		}
	case "decline":
		k.state, k.decliner = "declined", a.By.Name
	case "keep":
		k.approver, k.doubted = a.By.Name, false
		k.rests(&k.doubt, a.On)
	case "again", "absent":
		k.rounds = append(k.rounds, k.taken)
		k.taken, k.since = map[string]string{}, a.On
		if a.Kind == "again" && a.By.Unit != w.doc.Directory.Office {
			k.approver = a.By.Name
		}
	case "return_plan":
		for _, step := range []string{"plan", "report", "verified"} {
			delete(k.taken, step)
		}
	case "take_over": // by nobody: talk.void says so
		if a.Unit != "" {
			k.unit = a.Unit
		}
	case "close_talk":
		k.state, k.doubted = "closed", false
	}
}

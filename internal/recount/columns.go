package recount

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// lines are the lines of the book with the columns that can be worked out of the events.
func (w *world) lines(day string) (all []line) {
	places := w.places()
	for _, id := range w.order {
		t := w.tasks[id]
		c := map[string]any{
			"no": places[id], "id": w.called(t.id), "duty": w.called(t.duty), "period": t.period, "kind": t.kind, "clause": t.clause, "title": t.title, "lead": w.names[t.lead], "lead_id": t.lead,
			"assist": w.unitNames(t.assist), "due": t.due, "first_due": t.firstDue, "milestone": t.milestone, "policy": t.policy, "soft": t.soft, "priority": t.priority,
			"publish": t.publish, "note": t.note, "phase": t.phaseShown(), "state": t.stateShown(), "acknowledged": t.acknowledged, "percent": t.percent, "closed": t.closed,
			"last": w.lastOf(t.id), "talks": w.talksOf(t.id),
		}
		if t.kind == "dated" {
			w.measured(t, day, c)
		}
		all = append(all, line{w.called(t.id), c})
	}
	return all
}

// places are the numbers of the lines: a duty's occurrences follow it, by their dates.
func (w *world) places() map[string]int {
	places := map[string]int{}
	for _, id := range w.order {
		if w.tasks[id].duty != "" {
			continue
		}
		places[id] = len(places) + 1
		var with []*task
		for _, t := range w.tasks {
			if t.duty == id {
				with = append(with, t)
			}
		}
		slices.SortFunc(with, func(a, b *task) int { return cmp.Or(cmp.Compare(a.firstDue, b.firstDue), cmp.Compare(a.id, b.id)) })
		for _, t := range with {
			places[t.id] = len(places) + 1
		}
	}
	return places
}

func (t *task) phaseShown() string {
	if t.phase == "ended" && t.kind != "standing" {
		return "closed"
	}
	return t.phase
}

func (t *task) stateShown() string {
	switch t.phase {
	case "reported", "suspended":
		return "open"
	}
	return t.phase
}

func (w *world) unitNames(ids []string) []string {
	names := []string{}
	for _, id := range ids {
		names = append(names, w.names[id])
	}
	return names
}

// measured adds the columns of a task that depend on the day: lights, distances, progress.
func (w *world) measured(t *task, day string, c map[string]any) {
	c["inherited"] = t.inherited()
	var misses []map[string]any
	for _, m := range t.misses {
		misses = append(misses, map[string]any{"unit": w.names[m.unit], "unit_id": m.unit, "due": m.due, "workdays_late": m.late, "until": m.until})
	}
	c["misses"] = misses
	c["light"], c["overdue"], c["done_on"], c["workdays_late"] = w.light(t, day), false, "", 0
	c["workdays_left"], c["days_left"], c["progress_light"], c["points_behind"], c["stood"] = nil, nil, "", 0, false
	switch t.stateShown() {
	case "closed":
		_, work := w.late(t, t.doneOn)
		c["done_on"], c["workdays_late"] = t.doneOn, work
	case "open":
		all, work := w.late(t, day)
		c["overdue"] = t.runs() && all > 0
		days, left := 0, 0
		if t.due > day {
			days, left = w.days.counted(day, t.due, nil)
		}
		if all > 0 {
			days, left = -all, -work
		}
		c["workdays_left"], c["days_left"], c["stood"] = left, days, all == 0 && t.due < day
		if t.runs() {
			behind := w.behind(t, day)
			c["points_behind"] = behind
			acts := w.doc.Policies[t.policy].Acts
			switch {
			case behind > acts.Red:
				c["progress_light"] = "red"
			case behind >= acts.Yellow:
				c["progress_light"] = "yellow"
			default:
				c["progress_light"] = "green"
			}
		}
	}
}

// light is the light of a dated line on a day.
func (w *world) light(t *task, day string) string {
	switch t.stateShown() {
	case "cancelled", "carried":
		return ""
	case "closed":
		if all, _ := w.late(t, t.doneOn); all > 0 {
			return "done_late"
		}
		return "done"
	}
	if all, _ := w.late(t, day); all > 0 {
		return "red"
	}
	p, halts := w.doc.Policies[t.policy], t.halted()
	for _, one := range []struct{ light, distance string }{{"yellow", p.Yellow}, {"blue", p.Blue}} {
		from := w.days.before(t.due, one.distance)
		frozen := slices.ContainsFunc(halts, func(s span) bool { return s.until == "" && s.from < from })
		if day >= from && !frozen {
			return one.light
		}
	}
	return "green"
}

// behind is the lag of the progress in percentage points: the share of the days gone
// by in which the clock ran, less what was reported.
func (w *world) behind(t *task, day string) int {
	day = min(day, t.due)
	from := t.begins()
	gone, _ := w.days.counted(from, day, t.halted())
	whole := max(1, gone+max(0, between(day, t.due)))
	if day >= t.due {
		gone = whole
	}
	lag := 100*gone - t.percent*whole
	if lag < 0 {
		return -((-lag + whole - 1) / whole)
	}
	return lag / whole
}

// lastOf is the last word of supervision about a task: a stage, an urging by hand or a
// leader's instruction.
func (w *world) lastOf(id string) any {
	var last *said
	for _, s := range w.stages {
		told := s.kind == "told" && s.topic != "chase" && s.topic != "instruct"
		if s.task != id || s.void || told || last != nil && s.at.Before(last.at) {
			continue
		}
		if last == nil || !s.at.Equal(last.at) || s.before(last) {
			last = s
		}
	}
	if last == nil {
		return nil
	}
	out := map[string]any{"stage": last.stage, "kind": last.kind, "at": w.local(last.at)}
	if last.talk != "" {
		out["talk"] = w.called(last.talk)
	}
	if last.topic != "" {
		out["topic"] = last.topic
	}
	return out
}

// before tells, for two words of one instant, that s takes the place of last as the last
// word: it is the later in the book's order, by ID, then talk, then revision.
func (s *said) before(last *said) bool {
	if s.stage != last.stage {
		return s.stage > last.stage
	}
	if s.talk != last.talk {
		return s.talk > last.talk
	}
	return s.revision >= last.revision
}

func (w *world) local(at time.Time) string {
	return at.In(w.zone).Truncate(time.Second).Format(time.RFC3339)
}

func (w *world) talksOf(id string) []map[string]any {
	all := []map[string]any{}
	for _, k := range w.concerning(id) {
		one := map[string]any{"id": w.called(k.id), "number": k.number, "state": k.state, "what": k.what, "unit": w.names[k.unit], "unit_id": k.unit}
		if k.doubted {
			one["doubted"] = true
		}
		all = append(all, one)
	}
	return all
}

// said are the book's lines of the words that were said.
func (w *world) said() (all []line) {
	for _, s := range w.stages {
		state := "decided"
		if s.void {
			state = "void"
		}
		fates := []string{}
		for _, n := range s.notices {
			fate := w.fates[s.key(w.doc.ID, n[0], n[1])]
			if fate == "" {
				fate = "pending"
			}
			fates = append(fates, n[0]+" "+n[1]+" "+fate)
		}
		slices.Sort(fates)
		c := map[string]any{"task": w.called(s.task), "title": s.title, "revision": s.revision, "talk": w.called(s.talk), "unit": w.names[s.unit], "unit_id": s.unit, "due": s.due,
			"stage": s.stage, "kind": s.kind, "topic": s.topic, "at": w.local(s.at), "to": s.to, "state": state, "fates": fates, "rules": s.rules,
			"decided_at": w.local(s.decided)}
		for _, column := range spoken {
			c[column] = s.words[column]
		}
		all = append(all, line{w.called(s.task) + " " + w.called(s.talk) + " " + s.stage + " " + strconv.Itoa(s.revision), c})
	}
	return all
}

// talkLines are the lines of talks and circulars.
func (w *world) talkLines(day string) (all []line) {
	for _, k := range w.talks {
		t := w.tasks[k.task]
		number := k.number
		if host := w.talk(k.into); host != nil {
			number = host.number
		}
		c := map[string]any{"id": w.called(k.id), "task": w.called(k.task), "title": t.title, "number": number, "unit": w.names[k.unit], "unit_id": k.unit, "due": t.due, "state": k.state,
			"what": k.what, "opened": "", "origin": k.origin, "opens_at": w.local(k.opensAt), "approver": k.approver, "decliner": k.decliner, "taken": append(slices.Clone(k.rounds), k.taken), "steps": w.stepLines(k, day)}
		if of := []map[string]any{}; len(k.of) > 1 {
			for _, id := range k.of {
				of = append(of, map[string]any{"task": w.called(id), "title": w.tasks[id].title, "due": k.missed[id]})
			}
			c["tasks"] = of
		}
		if k.state == "open" || k.state == "closed" || k.state == "carried" {
			c["opened"] = k.opened
		}
		all = append(all, line{w.called(k.id), c})
	}
	return all
}

// counts are the tallies by which a plan is judged.
type counts struct {
	all                  map[string]any
	units, kinds, lights []line
}

// tally counts lines.
type tally struct {
	lights                           map[string]int
	total, cancelled, overdue, talks int
	carried                          int
	inherited, passed                int
}

func (w *world) counts(day string) counts {
	every, units, kinds := &tally{lights: map[string]int{}}, map[string]*tally{}, map[string]*tally{}
	of := func(in map[string]*tally, key string) *tally {
		if in[key] == nil {
			in[key] = &tally{lights: map[string]int{}}
		}
		return in[key]
	}
	of(kinds, "task")
	of(kinds, "occurrence")
	duties, standing := 0, 0
	counted := map[string]bool{} // talks, by ID
	for _, id := range w.order {
		t := w.tasks[id]
		switch t.kind {
		case "duty":
			duties++
			continue
		case "standing":
			standing++
			continue
		}
		kind := of(kinds, "task")
		if t.duty != "" {
			kind = of(kinds, "occurrence")
		}
		light, cancelled := w.light(t, day), t.phase == "cancelled"
		all, _ := w.late(t, day)
		for _, one := range []*tally{every, of(units, t.lead), kind} {
			if t.phase == "carried" {
				one.carried++
				continue
			}
			if cancelled {
				one.cancelled++
				continue
			}
			one.total++
			one.lights[light]++
			if light == "red" && t.runs() && all > 0 {
				one.overdue++
			}
		}
		if cancelled || t.phase == "carried" {
			continue
		}
		if t.inherited() && (light == "red" || light == "done_late") {
			of(units, t.lead).inherited++
		}
		for _, m := range t.misses {
			of(units, m.unit).passed++
		}
		for _, k := range w.concerning(id) {
			if k.what == "talk" && !slices.Contains([]string{"void", "declined", "joined", "carried"}, k.state) && !counted[k.id] {
				counted[k.id] = true // once for all that it is about, with the task that it was opened for
				every.talks++
				if w.tasks[k.task].duty != "" {
					of(kinds, "occurrence").talks++
				} else {
					of(kinds, "task").talks++
				}
				of(units, k.unit).talks++
			}
		}
	}
	out := counts{all: every.columns()}
	out.all["duties"], out.all["standing"], out.all["rank_floor"] = duties, standing, w.floor
	for id, one := range units {
		c := one.columns()
		c["inherited"], c["passed"], c["unit"] = one.inherited, one.passed, w.names[id]
		c["rank"] = w.rankOf(one, units)
		out.units = append(out.units, line{id, c})
	}
	for kind, one := range kinds {
		out.kinds = append(out.kinds, line{kind, one.columns()})
	}
	for _, light := range []string{"red", "yellow", "blue", "green", "done_late", "done"} {
		out.lights = append(out.lights, line{light, map[string]any{"count": every.lights[light], "share": share(every.lights[light], every.total)}})
	}
	return out
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func (t *tally) struck() int {
	return t.lights["red"] + t.lights["done"] + t.lights["done_late"] - t.inherited + t.passed
}

func (t *tally) columns() map[string]any {
	l := t.lights
	c := map[string]any{"total": t.total, "cancelled": t.cancelled, "carried": t.carried, "on_time": l["done"], "done_late": l["done_late"], "done": l["done"] + l["done_late"],
		"open": l["red"] + l["yellow"] + l["blue"] + l["green"], "red": l["red"], "yellow": l["yellow"], "blue": l["blue"], "green": l["green"],
		"overdue": t.overdue, "talks": t.talks, "struck": t.struck(), "on_time_rate": nil}
	if n := t.struck(); n > 0 {
		c["on_time_rate"] = float64(l["done"]) / float64(n)
	}
	return c
}

// rankOf is a unit's rank: one more than the number of units with a better rate, among those
// that are ranked and those that missed nothing that was due. 0 for a unit that is not ranked.
func (w *world) rankOf(t *tally, all map[string]*tally) int {
	if t.struck() < w.floor {
		return 0
	}
	rank := 1
	for _, other := range all {
		due := other.struck()
		if (due >= w.floor || due > 0 && due == other.lights["done"]) && other.lights["done"]*t.struck() > t.lights["done"]*other.struck() {
			rank++
		}
	}
	return rank
}

package recount

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (w *world) day(at time.Time) string { return at.In(w.zone).Format(time.DateOnly) }

// play works a world out of the events of one plan, and of those that are of no plan.
func play(a Archive) *world {
	w := &world{archive: a, tasks: map[string]*task{}, names: map[string]string{}, carried: map[string][]string{}, carriedBy: map[string]string{}, fates: map[string]string{}, floor: 5, zone: time.FixedZone("", 8*3600)}
	for _, e := range a.Events {
		var d data
		_ = json.Unmarshal(e.Data, &d) // empty for an event whose data are not used
		w.event(e, d)
	}
	return w
}

func (w *world) event(e Event, d data) {
	t := w.tasks[e.Task]
	defer w.labels(e)
	switch {
	case e.Kind == "calendar.put", e.Kind == "calendar.back":
		w.days.notice(e.Data)
	case e.Kind == "plan.launched", e.Kind == "plan.amended", e.Kind == "plan.policy":
		w.document(e)
	case e.Kind == "occurrence.opened":
		w.occurrence(e, d)
	case e.Kind == "duty.ended":
		t.phase = "ended"
	case e.Kind == "duty.reopened":
		t.phase = "open"
	case e.Kind == "stage.decided", e.Kind == "task.ordered":
		w.stage(e, d)
	case e.Kind == "talk.opened", e.Kind == "talk.proposed", e.Kind == "talk.joined", e.Kind == "talk.void", e.Kind == "talk.revived":
		w.talkEvent(e.Kind, w.day(e.PlanAt), w.talk(d.Talk), d)
	case e.Kind == "task.carried", e.Kind == "occurrence.carried":
		w.carriedOn(e)
	case e.Kind == "plan.ended":
		for _, t := range w.tasks {
			if t.kind == "standing" && t.phase == "open" {
				t.phase = "ended"
			}
		}
	case e.Kind == "office.set":
		w.setting(e)
	case strings.HasPrefix(e.Kind, "act.") && e.Kind != "act.refused" && d.Act != nil:
		if d.Talk != "" {
			w.onTalk(t, d)
		} else if t != nil {
			w.onTask(t, d)
		}
		w.told(e, d)
	}
	w.receipts(e)
}

// labels notes the IDs that the plan gives its tasks now, where they differ from the ledger's.
func (w *world) labels(e Event) {
	if e.Kind != "plan.amended" && e.Kind != "occurrence.opened" {
		return
	}
	for _, r := range w.archive.rows(e) {
		id, _ := r.Key[len(r.Key)-1].(string)
		if t := w.tasks[id]; r.In == "tasks" && t != nil && r.Set["label"] != nil {
			t.label = text(r.Set["label"])
		}
	}
}

// called is the ID under which people see a task or a talk.
func (w *world) called(thing string) string {
	id, number, talk := strings.Cut(thing, "#")
	if t := w.tasks[id]; t != nil && t.label != "" {
		id = t.label
	}
	if talk {
		return id + "#" + number
	}
	return id
}

// known is the task that people see under an ID.
func (w *world) known(called string) *task {
	for _, t := range w.tasks {
		if w.called(t.id) == called {
			return t
		}
	}
	return nil
}

// setting notes a decision of the office on which the book depends.
func (w *world) setting(e Event) {
	var set struct{ Name, Value string }
	_ = json.Unmarshal(e.Data, &set)
	if n, err := strconv.Atoi(set.Value); err == nil && set.Name == "rank_floor" {
		w.floor = n
	}
}

// document takes over the plan as launched, as amended, or with another version of a
// policy: new lines enter, and fields that only the document has are those of the new one.
func (w *world) document(e Event) {
	given := map[string]string{}
	for _, r := range w.archive.rows(e) {
		switch r.In {
		case "plans":
			var doc document // a new value, so that a field that the text leaves out is empty
			if json.Unmarshal(w.archive.text(r.Set["doc"]), &doc) == nil {
				w.doc = doc
			}
		case "tasks":
			id, _ := r.Key[len(r.Key)-1].(string)
			given[id] = w.givenIn(r)
			if t, state := w.tasks[id], text(r.Set["state"]); t != nil && state != "" { // a line that is not chased leaves
				t.phase = state
			}
		}
	}
	if zone, err := time.LoadLocation(w.doc.Zone); err == nil && w.doc.Zone != "" {
		w.zone = zone
	}
	for _, u := range w.doc.Directory.Units {
		w.names[u.ID] = u.Name
	}
	var order []string
	for _, line := range w.doc.Tasks {
		order = append(order, line.ID)
		t := w.tasks[line.ID]
		if t == nil {
			t = &task{id: line.ID, kind: line.Kind, title: line.Title, lead: line.Lead, assist: line.Assist, due: line.Due, firstDue: line.Due,
				begin: line.Begin, policy: line.Policy, phase: "open", given: given[line.ID]}
			if t.kind != "dated" {
				t.due, t.firstDue = "", ""
			}
			w.tasks[line.ID] = t
		}
		t.clause, t.milestone, t.note, t.publish, t.soft, t.priority = line.Clause, line.Milestone, line.Note, line.Publish, line.Soft, line.Priority
	}
	for _, id := range w.order { // a task that an amendment took out is still in the book, without the fields that only the document has
		if slices.Contains(order, id) {
			continue
		}
		order = append(order, id)
		if t := w.tasks[id]; t.duty == "" {
			t.milestone, t.note, t.publish = "", "", false
		}
	}
	w.order = order
}

// givenIn is the day of the instant at which a row says that its unit was given it.
func (w *world) givenIn(r row) string {
	at := instantIn(r.Set["assigned_at"])
	if at.IsZero() {
		return ""
	}
	return w.day(at)
}

// instantIn is an instant as a row has it; zero of none.
func instantIn(column json.RawMessage) time.Time {
	t, _ := time.Parse("2006-01-02 15:04:05.999999999Z07:00", text(column))
	return t
}

func (w *world) occurrence(e Event, d data) {
	duty := w.tasks[d.Duty]
	var due string
	_ = json.Unmarshal(d.Due, &due)
	t := &task{id: e.Task, duty: d.Duty, period: d.Period, kind: "dated", clause: duty.clause, title: duty.title, lead: duty.lead,
		assist: slices.Clone(duty.assist), due: due, firstDue: due, milestone: duty.milestone, policy: duty.policy, note: duty.note,
		soft: duty.soft, priority: duty.priority, publish: duty.publish, phase: "open", given: w.day(e.PlanAt)}
	for _, r := range w.archive.rows(e) {
		if id, _ := r.Key[len(r.Key)-1].(string); r.In == "tasks" && id == e.Task {
			t.given = w.givenIn(r)
		}
	}
	w.tasks[e.Task] = t
	w.order = append(w.order, e.Task)
}

// ends notes that the clock was halted from the day since until another.
func (t *task) ends(since *string, until string) {
	if *since != "" {
		t.halts = append(t.halts, span{*since, until})
		*since = ""
	}
}

// halted are all days in which the unit's clock did not run, or does not.
func (t *task) halted() []span {
	spans := slices.Clone(t.halts)
	since := ""
	for _, day := range []string{t.paused, t.reported, t.returned} {
		if day != "" && (since == "" || day < since) {
			since = day
		}
	}
	if since != "" {
		spans = append(spans, span{since, ""})
	}
	return spans
}

func (t *task) runs() bool {
	return t.phase == "open" && t.paused == "" && t.reported == "" && t.returned == ""
}

// begins is the day after which the clock runs.
func (t *task) begins() string { return max(t.given, t.begin) }

func (t *task) inherited() bool { return t.due != "" && t.begins() > t.due }

// late is how many days, and how many working days, a task is late on a day.
func (w *world) late(t *task, on string) (all, work int) {
	return w.days.counted(max(t.due, t.begins()), on, t.halted())
}

// takesOver puts a unit in the place of one that goes.
func (w *world) takesOver(t *task, gone, unit string) {
	if t.lead == gone {
		t.lead = unit
	}
	before := t.assist
	t.assist = nil
	for _, u := range before {
		if u == gone {
			u = unit
		}
		if u != t.lead && !slices.Contains(t.assist, u) {
			t.assist = append(t.assist, u)
		}
	}
}

func (w *world) onTask(t *task, d data) {
	a := d.Act
	late := 0
	if t.due != "" {
		_, late = w.late(t, a.On)
	}
	t.asks(w, a)
	inherited, lead, due := t.inherited(), t.lead, t.due
	switch a.Kind {
	case "acknowledge", "progress", "ask_part", "complete", "extend", "answer":
		if t.acknowledged == "" {
			t.acknowledged = a.On
		}
	}
	if n := len(t.pauses) - 1; n >= 0 && t.pauses[n].to == "" && (a.Kind == "resume" || a.Kind == "cancel") {
		t.pauses[n].to = a.On
	}
	switch a.Kind {
	case "progress":
		t.percent = a.Percent
	case "extend":
		t.percent = max(t.percent, a.Percent)
	case "complete":
		t.phase, t.reported = "reported", a.On
	case "reject":
		t.phase = "open"
		t.ends(&t.reported, a.On)
	case "verify":
		t.phase, t.closed, t.doneOn = "closed", w.day(a.At), a.On
		if t.reported != "" {
			t.doneOn, t.reported = t.reported, ""
		}
		t.paused, t.returned = "", ""
	case "return":
		t.returned = a.On
	case "uphold":
		t.ends(&t.returned, a.On)
	case "suspend":
		t.phase, t.paused = "suspended", a.On
		t.pauses = append(t.pauses, pause{from: a.On, until: a.Until, reason: a.Reason})
	case "resume":
		t.phase = "open"
		t.ends(&t.paused, a.On)
	case "cancel":
		t.phase, t.closed = "cancelled", w.day(a.At)
	case "end":
		t.phase, t.closed = "closed", w.day(a.At)
	case "carry":
		if t.phase != "ended" { // a duty whose occurrences were all over is still ended
			t.phase, t.closed = "carried", w.day(a.At)
		}
		w.parts(t, a.On)
	case "reword":
		t.title = a.Title
	case "correct":
		if b := a.Begin; b != nil { // nothing begins before its unit hears of it, or once more
			t.begin = max(*b, min(t.begin, a.On))
		}
	case "assist":
		t.assist = a.Units
	case "reinstate":
		t.phase = "open"
		t.ends(&t.paused, t.closed)
		t.ends(&t.reported, t.closed)
		t.ends(&t.returned, t.closed)
		t.halts = append(t.halts, span{t.closed, a.On})
		t.closed = ""
	case "take_over": // the successor takes over the acts and missed limits of the unit
		w.takesOver(t, a.Ref, a.Unit)
		lead = t.lead
	}
	var due2 moved
	if json.Unmarshal(d.Due, &due2) == nil && due2.To != "" {
		t.due = due2.To
		w.doubt(t, t.due >= a.On, a.On)
		w.redated(t, due, a.On)
	}
	w.doubt(t, a.Kind == "verify", a.On)
	if a.Kind == "cancel" {
		w.leaves(t, a.On)
	}
	w.paused(t, a.Kind, a.On)
	if d.Policy.To != "" {
		t.policy = d.Policy.To
	}
	if d.Lead.To != "" && d.Lead.To != lead {
		if late > 0 && !inherited {
			t.misses = append(t.misses, miss{lead, due, a.On, late})
		}
		t.ends(&t.returned, a.On)
		w.led(t)
		t.lead, t.acknowledged, t.percent = d.Lead.To, "", 0
		t.assist = slices.DeleteFunc(slices.Clone(t.assist), func(u string) bool { return u == t.lead })
	}
	if !d.Assign.To.IsZero() {
		t.given = w.day(d.Assign.To)
	}
}

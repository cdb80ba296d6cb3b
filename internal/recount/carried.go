package recount

import (
	"encoding/json"
	"slices"
)

// course is what the row of a task, or of a talk, holds of its life in the other plan from
// which it was carried.
type course struct {
	State        string                         `json:"state"`
	Acknowledged string                         `json:"acknowledged"`
	Percent      int                            `json:"percent"`
	Begin        string                         `json:"begin"`
	Granted      int                            `json:"granted"`
	Halts        []struct{ From, Until string } `json:"stood"`
	Misses       []struct {
		Unit string
		Due  string
		Late int
		On   string
	}
	Pause  *struct{ From, Until string }
	Report *struct{ On string }
	Return *struct{ On string }

	What     string            `json:"what"`
	Origin   string            `json:"origin"`
	Policy   string            `json:"policy"`
	Approver string            `json:"approver"`
	Into     string            `json:"into"`
	Opened   string            `json:"opened"`
	Since    string            `json:"since"`
	Taken    map[string]string `json:"taken"`
	Nth      int               `json:"nth"`
	Paused   string            `json:"paused"`
	Doubt    *struct{ On string }
	Rounds   []struct{ Taken map[string]string }
	Members  []struct{ Task, Due, Gone, Ended, Paused, Checked string }
}

// carriedOn lets a task of another plan go on as one of this plan. Its earlier events are
// the other plan's; the row that the event changed holds their result.
func (w *world) carriedOn(e Event) {
	for _, r := range w.archive.rows(e) {
		id, _ := r.Key[len(r.Key)-1].(string)
		var c course
		_ = json.Unmarshal(w.archive.text(r.Set["course"]), &c)
		switch r.In {
		case "tasks":
			w.taskCarried(id, r, c)
		case "talks":
			w.talkCarried(id, e.Task, w.day(e.PlanAt), r, c)
		}
	}
}

func (w *world) taskCarried(id string, r row, c course) {
	t := w.tasks[id]
	if t == nil { // an occurrence
		duty := w.tasks[text(r.Set["duty"])]
		t = &task{id: id, duty: duty.id, period: text(r.Set["period"]), clause: duty.clause, milestone: duty.milestone, note: duty.note, soft: duty.soft, priority: duty.priority, publish: duty.publish}
		w.tasks[id] = t
		w.order = append(w.order, id)
	}
	var assist string
	_ = json.Unmarshal(r.Set["assist"], &assist)
	_ = json.Unmarshal([]byte(assist), &t.assist)
	t.kind, t.title, t.lead, t.due, t.firstDue, t.policy = text(r.Set["kind"]), text(r.Set["title"]), text(r.Set["lead"]), text(r.Set["due"]), text(r.Set["first_due"]), text(r.Set["policy"])
	t.given, t.begin, t.phase, t.acknowledged, t.percent, t.granted = w.givenIn(r), c.Begin, c.State, c.Acknowledged, c.Percent, c.Granted
	for _, s := range c.Halts {
		t.halts = append(t.halts, span{s.From, s.Until})
	}
	for _, m := range c.Misses {
		t.misses = append(t.misses, miss{unit: m.Unit, due: m.Due, until: m.On, late: m.Late})
	}
	if c.Pause != nil {
		t.paused = c.Pause.From
	}
	if c.Report != nil {
		t.reported = c.Report.On
	}
	if c.Return != nil {
		t.returned = c.Return.On
	}
}

// talkCarried makes a talk that goes along with a carried task: a talk by itself, or, where
// the same talk goes on already with another task, a part of that one. The row of a talk that
// exists is skipped: its changed columns follow from the part that joins it.
func (w *world) talkCarried(id, task, on string, r row, c course) {
	if w.talk(id) != nil {
		return
	}
	k := w.calls(id, task, c.What, text(r.Set["lead"]), text(r.Set["state"]))
	if k.what == "" {
		k.what = "talk"
	}
	k.origin, k.opened, k.since, k.approver, k.paused = c.Origin, c.Opened, c.Since, c.Approver, c.Paused
	if k.opensAt = instantIn(r.Set["opens_at"]); c.Policy != "" {
		k.policy = c.Policy
	}
	if k.number = c.Nth; c.Taken != nil {
		k.taken = c.Taken
	}
	for _, round := range c.Rounds {
		k.rounds = append(k.rounds, round.Taken)
	}
	for _, s := range c.Halts {
		k.halts = append(k.halts, span{s.From, s.Until})
	}
	if c.Doubt != nil {
		k.doubted, k.doubt = true, c.Doubt.On
	}
	if len(c.Members) > 0 {
		k.of = nil
	}
	for _, m := range c.Members {
		k.of = append(k.of, m.Task)
		k.about[m.Task], k.missed[m.Task] = []string{m.Due}, m.Due
		k.lost[m.Task], k.over[m.Task], k.waits[m.Task], k.proved[m.Task] = m.Gone != "", m.Ended != "", m.Paused != "", m.Checked != ""
	}
	if host := w.talk(c.Into); host != nil {
		k.into = c.Into
		host.takes(k, on)
	}
}

// takes makes a talk about the tasks of its new part, too.
func (k *talk) takes(part *talk, on string) {
	for _, id := range part.of {
		if !slices.Contains(k.of, id) {
			k.of = append(k.of, id)
		}
		k.about[id], k.missed[id] = part.about[id], part.missed[id]
		k.lost[id], k.over[id], k.waits[id], k.proved[id] = part.lost[id], part.over[id], part.waits[id], part.proved[id]
	}
	k.reckoned(on)
}

// parts takes a task that is carried into another plan out of the talks about it: a talk
// goes along when its last task leaves.
func (w *world) parts(t *task, on string) {
	for _, k := range w.talks {
		if !slices.Contains(k.of, t.id) || k.over[t.id] || !slices.Contains([]string{"pending", "proposed", "open"}, k.state) {
			continue
		}
		k.over[t.id] = true
		if !slices.ContainsFunc(k.of, func(id string) bool { return !k.over[id] }) {
			k.state = "carried"
			continue
		}
		k.reckoned(on)
	}
}

// reckoned works out the state of an open talk whose tasks have changed: it waits for a
// leader's decision when it rests on no task any more, and is halted when all tasks that it
// rests on are paused.
func (k *talk) reckoned(on string) {
	rests := slices.DeleteFunc(slices.Clone(k.of), func(id string) bool { return !k.bears(id) })
	waits := !slices.ContainsFunc(rests, func(id string) bool { return !k.waits[id] })
	switch {
	case k.state != "open" || k.what != "talk":
		return
	case len(rests) == 0:
		k.weighed(on)
		return
	case waits && k.paused == "":
		k.paused = on
	case !waits:
		k.rests(&k.paused, on)
	}
	k.doubted = false
	k.rests(&k.doubt, on)
}

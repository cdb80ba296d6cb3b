package recount

import "encoding/json"

// course is what the row of a task, or of a talk, tells of what it brings from another plan.
type course struct {
	State        string `json:"state"`
	Acknowledged string `json:"acknowledged"`
	Percent      int    `json:"percent"`
	Begin        string `json:"begin"`
	Granted      int    `json:"granted"`
	Stood        []struct{ From, Until string }
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
	Opened   string            `json:"opened"`
	Since    string            `json:"since"`
	Taken    map[string]string `json:"taken"`
	Nth      int               `json:"nth"`
	Paused   string            `json:"paused"`
	Doubt    *struct{ On string }
	Rounds   []struct{ Taken map[string]string }
}

// carriedOn lets a task of another plan go on as one of this plan. What happened to it
// before stands in the other plan's events; the row that the carriage wrote brings it.
func (w *world) carriedOn(e Event) {
	for _, r := range w.archive.rows(e) {
		id, _ := r.Key[len(r.Key)-1].(string)
		var c course
		_ = json.Unmarshal(w.archive.text(r.Set["course"]), &c)
		switch r.In {
		case "tasks":
			w.taskCarried(id, r, c)
		case "talks":
			w.talkCarried(id, e.Task, r, c)
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
	for _, s := range c.Stood {
		t.stands = append(t.stands, span{s.From, s.Until})
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

func (w *world) talkCarried(id, task string, r row, c course) {
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
	for _, s := range c.Stood {
		k.stands = append(k.stands, span{s.From, s.Until})
	}
	if c.Doubt != nil {
		k.doubted, k.doubt = true, c.Doubt.On
	}
}

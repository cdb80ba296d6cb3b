package recount

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// said is a stage that was decided, or the word by which a unit is given a task.
type said struct {
	task, talk, stage, kind, topic string
	revision                       int
	at                             time.Time
	to                             []string
	title, unit, due               string // of the task at that moment; of a talk's stage the unit called
	void                           bool
	notices                        [][2]string                // recipient and channel
	words                          map[string]json.RawMessage // what else it says, as it was decided
	rules                          []map[string]json.RawMessage
	decided                        time.Time
}

// spoken are the columns that are a stage's own words. "unit" is not among them: the book
// has another column of that name.
var spoken = []string{"moved_from", "light", "merged", "unless", "words", "by", "limit", "new", "was", "moves", "ended", "ends", "begin", "paper"}

func (w *world) stage(e Event, d data) {
	t := w.tasks[e.Task]
	s := &said{task: e.Task, talk: d.Talk, stage: text(d.Stage["id"]), kind: text(d.Stage["kind"]), topic: text(d.Stage["topic"]), revision: d.Revision,
		title: t.title, unit: t.lead, due: t.due, words: d.Stage, decided: e.PlanAt}
	_ = json.Unmarshal(d.Stage["at"], &s.at)
	_ = json.Unmarshal(d.Stage["to"], &s.to)
	if k := w.talk(d.Talk); k != nil {
		s.unit = k.unit
	}
	s.speaks(d)
	w.rungs(s, t.policy)
	w.stages = append(w.stages, s)
	if d.Opens != "" {
		called := w.calls(d.Opens, e.Task, "talk", t.lead, "pending")
		called.origin, called.opensAt = "stage", s.at
	}
}

// told notes the words that an act said at once, which are in the rows that its event made,
// and takes back words that had been decided for later and that the act dropped.
func (w *world) told(e Event, d data) {
	for _, r := range w.archive.rows(e) {
		if r.In != "stages" || len(r.Key) != 5 {
			continue
		}
		task, _ := r.Key[1].(string)
		talk, _ := r.Key[3].(string)
		id, _ := r.Key[4].(string)
		revision, _ := r.Key[2].(float64)
		var state string
		_ = json.Unmarshal(r.Set["state"], &state)
		if state == "void" {
			for _, s := range w.stages {
				if s.task == task && s.talk == talk && s.stage == id && s.revision == int(revision) {
					s.void = true
				}
			}
			continue
		}
		var m struct {
			Topic string `json:"topic"`
		}
		var at, to string
		_ = json.Unmarshal(w.archive.text(r.Set["matter"]), &m)
		_ = json.Unmarshal(r.Set["at"], &at)
		_ = json.Unmarshal(r.Set["recipients"], &to)
		t := w.tasks[task]
		s := &said{task: task, talk: talk, stage: id, kind: "told", topic: m.Topic, revision: int(revision), title: t.title, unit: t.lead, due: t.due, decided: e.PlanAt}
		s.words = w.columnsOf(r.Set)
		w.rungs(s, t.policy)
		s.at, _ = time.Parse("2006-01-02 15:04:05.999999999Z07:00", at)
		_ = json.Unmarshal([]byte(to), &s.to)
		if k := w.talk(talk); k != nil {
			s.unit = k.unit
		}
		s.speaks(d)
		w.stages = append(w.stages, s)
	}
}

// columnsOf are the columns of a stage's row; the fields of its matter, which the row keeps
// in one text, each by itself.
func (w *world) columnsOf(set map[string]json.RawMessage) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for column, value := range set {
		all[column] = value
	}
	for _, column := range []string{"matter", "merged"} {
		inner := w.archive.text(set[column])
		if len(inner) == 0 {
			continue
		}
		if all[column] = inner; column == "matter" {
			_ = json.Unmarshal(inner, &all)
		}
	}
	return all
}

// rungs notes the rung of the policy that a stage is, and the milder ones merged into it.
func (w *world) rungs(s *said, policy string) {
	var merged []string
	_ = json.Unmarshal(s.words["merged"], &merged)
	for _, id := range append([]string{s.stage}, merged...) {
		for _, rung := range w.doc.Policies[policy].Stages {
			if text(rung["id"]) == id {
				s.rules = append(s.rules, rung)
			}
		}
	}
}

// speaks notes the recipients of a stage, out of all the recipients that its event names.
func (s *said) speaks(d data) {
	for _, n := range d.Notices {
		if slices.Contains(s.to, n.Recipient) {
			s.notices = append(s.notices, [2]string{n.Recipient, n.Channel})
		}
	}
}

// key names a notice of a stage to a recipient over a channel.
func (s *said) key(plan, to, channel string) string {
	of := s.task
	if s.talk != "" && !strings.HasSuffix(s.talk, "#1") {
		of = s.talk
	}
	return plan + "/" + of + "/r" + strconv.Itoa(s.revision) + "/" + s.stage + "/" + to + "/" + channel
}

// receipts notes the fates of notices.
func (w *world) receipts(e Event) {
	var d struct {
		Message string   `json:"message"`
		Notice  string   `json:"notice"`
		Notices []string `json:"notices"`
	}
	if json.Unmarshal(e.Data, &d) != nil {
		return
	}
	switch e.Kind {
	case "message.intent":
		w.carried[d.Message] = d.Notices
		for _, key := range d.Notices {
			w.carriedBy[key] = d.Message
			w.fates[key] = "sending"
		}
	case "message.sent", "message.failed", "message.unknown", "message.dropped":
		for _, key := range w.carried[d.Message] {
			w.fates[key] = strings.TrimPrefix(e.Kind, "message.")
		}
	case "notice.dropped":
		w.fates[d.Notice] = "dropped"
	}
}

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
	notices                        [][2]string // recipient and channel
}

func (w *world) stage(e Event, d data) {
	t := w.tasks[e.Task]
	s := &said{task: e.Task, talk: d.Talk, stage: d.Stage.ID, kind: d.Stage.Kind, topic: d.Stage.Topic, revision: d.Revision, at: d.Stage.At, to: d.Stage.To,
		title: t.title, unit: t.lead, due: t.due}
	if k := w.talk(d.Talk); k != nil {
		s.unit = k.unit
	}
	s.speaks(d)
	w.stages = append(w.stages, s)
	if d.Opens != "" {
		w.called(d.Opens, e.Task, "talk", t.lead, "pending")
	}
}

// told are the words that an act said at once, which stand in the rows that its event
// made; and what it took back of what had been decided for later.
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
		var text, at, to string
		_ = json.Unmarshal(r.Set["matter"], &text)
		_ = json.Unmarshal([]byte(text), &m)
		_ = json.Unmarshal(r.Set["at"], &at)
		_ = json.Unmarshal(r.Set["recipients"], &to)
		t := w.tasks[task]
		s := &said{task: task, talk: talk, stage: id, kind: "told", topic: m.Topic, revision: int(revision), title: t.title, unit: t.lead, due: t.due}
		s.at, _ = time.Parse("2006-01-02 15:04:05.999999999Z07:00", at)
		_ = json.Unmarshal([]byte(to), &s.to)
		if k := w.talk(talk); k != nil {
			s.unit = k.unit
		}
		s.speaks(d)
		w.stages = append(w.stages, s)
	}
}

// speaks takes down whom a stage spoke to, of all that its event spoke to.
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

// receipts take down what became of notices.
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

package recount

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// CompareCases works out the case files of a plan's lines on a day and compares them with
// those that `task show -o json` wrote for that day: the line, what the document says of
// it, every word and talk, what waits for an answer, its pauses, its occurrences, and all
// that happened. It gives a sentence for each difference, and how many values it compared.
func CompareCases(a Archive, day string, files [][]byte) (differences []string, compared int, err error) {
	w := play(a)
	c := &comparison{}
	events := w.chain()
	lines, said, talks := w.lines(day), w.said(), w.talkLines(day)
	for _, raw := range files {
		var f caseFile
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, 0, fmt.Errorf("recount: case file: %w", err)
		}
		id := text(f.Task["id"])
		t := w.known(id)
		if t == nil {
			c.differs("case file of %s, which no event names", id)
			continue
		}
		c.lines("case file: task", []map[string]json.RawMessage{f.Task}, lineName, unnumbered(lines, func(name string) bool { return name == id }))
		c.lines("case file of "+id+": occurrence", f.Occurrences, lineName, unnumbered(lines, func(name string) bool { return w.known(name).duty == t.id }))
		c.columns("case file of "+id, f.Facts, w.facts(t))
		if t.kind != "dated" {
			c.history(w, t, f.History, f.Occurrences, events)
			continue
		}
		var stages []map[string]json.RawMessage
		for _, k := range f.Talks {
			var own []map[string]json.RawMessage
			_ = json.Unmarshal(k["stages"], &own)
			stages = append(stages, own...)
			k["taken"] = takenIn(k["steps"], k["rounds"])
		}
		stages = slices.DeleteFunc(append(stages, f.Ladder...), func(s map[string]json.RawMessage) bool { return text(s["state"]) == "expected" })
		for _, s := range stages {
			s["fates"] = fatesIn(s["messages"])
		}
		c.lines("case file: stage", stages, stageName, ofTask(said, id, "task"))
		c.lines("case file: talk", f.Talks, lineName, ofTask(talks, id, "task"))
		c.waits(id, f.Waits, t.waits)
		c.pauses(id, f.Pauses, t.pauses)
		c.history(w, t, f.History, f.Occurrences, events)
	}
	return append(differences, c.differences...), c.compared, nil
}

// caseFile are the parts of a case file that are compared.
type caseFile struct {
	Task        map[string]json.RawMessage   `json:"task"`
	Facts       map[string]json.RawMessage   `json:"facts"`
	Ladder      []map[string]json.RawMessage `json:"ladder"`
	Talks       []map[string]json.RawMessage `json:"talks"`
	Occurrences []map[string]json.RawMessage `json:"occurrences"`
	Waits       []map[string]json.RawMessage `json:"waits"`
	Pauses      []map[string]json.RawMessage `json:"pauses"`
	History     []map[string]json.RawMessage `json:"history"`
}

func lineName(line map[string]json.RawMessage) string { return text(line["id"]) }

// unnumbered are chosen lines of the book without their place in it.
func unnumbered(lines []line, chosen func(name string) bool) (all []line) {
	for _, l := range lines {
		if !chosen(l.name) {
			continue
		}
		columns := map[string]any{}
		for column, value := range l.columns {
			if column != "no" {
				columns[column] = value
			}
		}
		all = append(all, line{l.name, columns})
	}
	return all
}

// ofTask are the lines of one task.
func ofTask(lines []line, id, column string) (all []line) {
	for _, l := range lines {
		if l.columns[column] == id {
			all = append(all, l)
		}
	}
	return all
}

// facts are what the document says of a line.
func (w *world) facts(t *task) map[string]any {
	policy := w.doc.Policies[t.policy]
	facts := map[string]any{"policy_title": policy.Title, "policy_version": policy.Version, "rules": policy.Stages}
	for _, line := range w.doc.Tasks {
		if line.ID == t.id || line.ID == t.duty {
			facts["source"], facts["begin"], facts["also"] = line.Source, line.Begin, line.Also
		}
	}
	return facts
}

// wait is what the office, a leader or another unit is asked for.
type wait struct {
	topic, unit, by, on, words, new, ref string
}

// asks notes what an act asks for, and which waits it answers.
func (t *task) asks(w *world, a *deed) {
	answered := func(topic, ref string) {
		t.waits = slices.DeleteFunc(t.waits, func(o wait) bool { return o.topic == topic && (ref == "" || o.ref == ref) })
	}
	ask := func(topic, unit, ref string) {
		t.waits = append(t.waits, wait{topic: topic, unit: unit, by: a.By.Name, on: a.On, words: a.Reason, ref: ref})
	}
	office, leaders := w.doc.Directory.Office, w.doc.Directory.Leadership
	switch a.Kind {
	case "return":
		ask("return", office, "")
	case "uphold", "reassign", "rule":
		answered("return", "")
	case "complete":
		ask("report", office, "")
	case "reject", "verify":
		answered("report", "")
	case "extend":
		unit := office
		if t.granted > 0 {
			unit = leaders
		}
		ask("extension", unit, "")
		t.waits[len(t.waits)-1].new = a.Due
	case "grant", "refuse":
		if answered("extension", ""); a.Kind == "grant" {
			t.granted++
		}
	}
	switch a.Kind {
	case "verify", "cancel", "carry":
		t.waits = nil
	}
}

// waits compares what waits for an answer; parts and instructions, which are told by the
// history, are left to it.
func (c *comparison) waits(id string, said []map[string]json.RawMessage, counted []wait) {
	said = slices.DeleteFunc(slices.Clone(said), func(w map[string]json.RawMessage) bool {
		return !slices.Contains([]string{"return", "report", "extension"}, text(w["for"]))
	})
	name := func(w map[string]json.RawMessage) string { return text(w["for"]) + " " + text(w["ref"]) }
	var all []line
	for _, w := range counted {
		all = append(all, line{w.topic + " " + w.ref, map[string]any{"for": w.topic, "unit": w.unit, "by": w.by, "on": w.on, "words": w.words, "new": w.new}})
	}
	c.lines("case file of "+id+": what waits:", said, name, all)
}

// pause is a time without stages.
type pause struct{ from, until, to, reason string }

func (c *comparison) pauses(id string, said []map[string]json.RawMessage, counted []pause) {
	var all []line
	for _, p := range counted {
		all = append(all, line{p.from, map[string]any{"from": p.from, "until": p.until, "to": p.to, "reason": p.reason}})
	}
	c.lines("case file of "+id+": pause", said, func(p map[string]json.RawMessage) string { return text(p["from"]) }, all)
}

// happened are the parts of an event that a case file's history repeats.
type happened struct {
	Event
	Message string `json:"message"`
	Talk    string `json:"talk"`
	Opens   string `json:"opens"`
	Reason  string `json:"reason"`
	Period  string `json:"period"`
	Error   string `json:"error"`
	Channel string `json:"channel"`
	Notice  string `json:"notice"`
	Attempt int    `json:"attempt"`

	Act     json.RawMessage `json:"act"`
	Refused json.RawMessage `json:"refused"`
}

// chain is the places of an archive's events, by task and message.
type chain struct {
	first     []int            // the plan's
	ofTask    map[string][]int // places in all
	ofMessage map[string][]int
	messages  map[string][]string // by task: those that carried its words last
	all       []happened
}

func (w *world) chain() chain {
	c := chain{ofTask: map[string][]int{}, ofMessage: map[string][]int{}, messages: map[string][]string{}}
	for i, e := range w.archive.Events {
		h := happened{Event: e}
		_ = json.Unmarshal(e.Data, &h) // an event with other fields leaves these empty
		h.Event = e
		c.all = append(c.all, h)
		if len(c.first) == 0 && e.Plan == w.doc.ID {
			c.first = []int{i}
		}
		c.ofTask[e.Task] = append(c.ofTask[e.Task], i)
		if h.Message != "" && strings.HasPrefix(e.Kind, "message.") {
			c.ofMessage[h.Message] = append(c.ofMessage[h.Message], i)
		}
	}
	for key, message := range w.carriedBy {
		if parts := strings.Split(key, "/"); len(parts) > 1 {
			task, _, _ := strings.Cut(parts[1], "#")
			c.messages[task] = append(c.messages[task], message)
		}
	}
	return c
}

// history compares all that happened: the events of the task, those of the messages that
// carried its words, and, unless it is an occurrence, the plan's first; of a duty those of
// its occurrences that began and ended them.
func (c *comparison) history(w *world, t *task, said []map[string]json.RawMessage, occurrences []map[string]json.RawMessage, all chain) {
	places := slices.Clone(all.ofTask[t.id])
	if t.duty == "" {
		places = append(places, all.first...)
	}
	if t.kind == "duty" {
		for _, o := range occurrences {
			for _, i := range all.ofTask[w.known(text(o["id"])).id] {
				if slices.Contains([]string{"occurrence.opened", "act.verify", "act.cancel"}, all.all[i].Kind) {
					places = append(places, i)
				}
			}
		}
	} else {
		for _, message := range all.messages[t.id] {
			places = append(places, all.ofMessage[message]...)
		}
	}
	slices.Sort(places)
	var counted []line
	for _, i := range slices.Compact(places) {
		e := all.all[i]
		columns := map[string]any{"kind": e.Kind, "actor": e.Actor, "real_at": w.local(e.Real), "plan_at": w.local(e.PlanAt), "talk": cmp.Or(e.Opens, e.Talk), "message_id": e.Message,
			"attempt": nil, "error": e.Error, "period": e.Period, "reason": e.Reason, "task": "", "channel": e.Channel,
			"refused": e.Refused}
		if e.Attempt > 0 {
			columns["attempt"] = e.Attempt
		}
		if e.Notice != "" { // its key ends with the channel
			columns["channel"] = e.Notice[strings.LastIndex(e.Notice, "/")+1:]
		}
		if len(e.Act) > 0 && e.Act[0] == '{' { // an event of a carried task has the act's ID only
			columns["act"] = e.Act
		}
		if e.Task != t.id {
			columns["task"] = e.Task
		}
		counted = append(counted, line{fmt.Sprint(e.Seq), columns})
	}
	c.lines("case file of "+t.id+": event", said, func(m map[string]json.RawMessage) string { return string(m["seq"]) }, counted)
}

package recount

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Foretelling is what came of what a book said was still to be said.
type Foretelling struct {
	Differences []string
	Came        int // words that were said as foretold
	Next        int // of them those that the book named as a line's next
	Overtaken   int // words that an act or a document overtook before their day
}

// foretold is a word that a book expects.
type foretold struct {
	line map[string]json.RawMessage
	at   time.Time
	talk string
}

// Foretold holds what a book of a day says is still to be said, if nobody does anything,
// against what the events after that day tell: of each task every word must have been
// said on its instant to the same seats, and none that was not foretold, until something
// was done about it. An amendment, another version of a policy or a notice of holidays may
// move words of every task: those that stayed as they were are still counted.
func Foretold(a Archive, day string, book []byte) (f Foretelling, err error) {
	var said struct {
		Tasks  []map[string]json.RawMessage `json:"tasks"`
		Stages []map[string]json.RawMessage `json:"stages"`
		Talks  []map[string]json.RawMessage `json:"talks"`
	}
	if err := json.Unmarshal(book, &said); err != nil {
		return f, fmt.Errorf("recount: book: %w", err)
	}
	w := play(a.Until(day, beijing))
	known := func(talk string) bool { // its words are foretold
		return talk == "" || slices.ContainsFunc(said.Talks, func(k map[string]json.RawMessage) bool { return text(k["id"]) == w.called(talk) })
	}
	expected := map[string][]foretold{}
	for _, s := range said.Stages {
		if text(s["state"]) != "expected" {
			continue
		}
		one := foretold{line: s, talk: text(s["talk"])}
		if err := json.Unmarshal(s["at"], &one.at); err != nil {
			return f, fmt.Errorf("recount: book: %w", err)
		}
		expected[text(s["task"])] = append(expected[text(s["task"])], one)
	}
	after := a.Events[len(a.Until(day, beijing).Events):]
	for _, line := range said.Tasks {
		id := text(line["id"])
		words := slices.DeleteFunc(expected[id], func(w foretold) bool { return w.at.In(beijing).Format(time.DateOnly) < day }) // it has been silent
		slices.SortStableFunc(words, func(x, y foretold) int { return x.at.Compare(y.at) })
		f.nextIn(id, line, words)
		if t := w.known(id); t != nil && t.kind == "dated" {
			f.task(t.id, w.beside(t.id), words, after, w.called, known)
		}
	}
	return f, nil
}

var beijing = time.FixedZone("", 8*3600)

func (f *Foretelling) differs(format string, args ...any) {
	f.Differences = append(f.Differences, fmt.Sprintf(format, args...))
}

// nextIn holds that a line names as its next the first word that the book expects of it.
func (f *Foretelling) nextIn(id string, line map[string]json.RawMessage, words []foretold) {
	var next map[string]json.RawMessage
	_ = json.Unmarshal(line["next"], &next)
	if (next == nil) != (len(words) == 0) {
		f.differs("task %s: next is %s, and %d words are expected", id, line["next"], len(words))
		return
	}
	if next != nil && !slices.ContainsFunc(words, func(w foretold) bool {
		return w.at.Equal(words[0].at) && same(next["stage"], w.line["stage"]) && same(next["kind"], w.line["kind"]) && same(next["at"], w.line["at"]) &&
			same(next["talk"], w.line["talk"]) && same(next["topic"], w.line["topic"])
	}) {
		f.differs("task %s: next is %s, and the first expected is %s at %s", id, line["next"], words[0].line["stage"], words[0].line["at"])
	}
}

// beside are the other tasks that the talks about a task are about: what is done about
// them may change what is said of the talk.
func (w *world) beside(id string) map[string]bool {
	all := map[string]bool{}
	for _, k := range w.concerning(id) {
		for _, other := range k.of {
			all[other] = other != id
		}
	}
	return all
}

// task holds what is foretold of one task against the events that follow.
func (f *Foretelling) task(id string, beside map[string]bool, words []foretold, after []Event, called func(id string) string, known func(talk string) bool) {
	var last time.Time
	moved, first := false, true // by a document; nothing has been said yet
	for _, e := range after {
		if e.Plan != "" {
			last = e.PlanAt
		}
		switch {
		case slices.Contains(moving, e.Kind):
			moved = true
		case beside[e.Task] && strings.HasPrefix(e.Kind, "act.") && e.Kind != "act.refused":
			f.missed(id, words, e.PlanAt.Add(-patience), moved)
			f.Overtaken += len(words)
			return
		case e.Task != id:
		case e.Kind == "stage.decided":
			var d data
			_ = json.Unmarshal(e.Data, &d)
			if !known(d.Talk) { // of a talk that began later
				continue
			}
			i := slices.IndexFunc(words, func(w foretold) bool {
				return w.talk == called(d.Talk) && same(w.line["stage"], d.Stage["id"]) && instantIs(d.Stage["at"], w.at)
			})
			switch {
			case i < 0 && moved:
				continue
			case i < 0:
				f.differs("task %s: %s was said at %s, and was not foretold", id, d.Stage["id"], d.Stage["at"])
				continue
			}
			w := words[i]
			for _, column := range append([]string{"kind", "to", "topic"}, spoken...) {
				if !moved && !same(w.line[column], d.Stage[column]) {
					f.differs("task %s: %s was foretold with %s %s, and said with %s", id, d.Stage["id"], column, w.line[column], d.Stage[column])
				}
			}
			if f.Came++; first {
				f.Next++
			}
			first = false
			f.missed(id, words[:i], w.at, moved)
			words = slices.DeleteFunc(slices.Delete(slices.Clone(words), i, i+1), func(before foretold) bool { return before.at.Before(w.at) })
		case strings.HasPrefix(e.Kind, "act.") && e.Kind != "act.refused", e.Kind == "task.carried", e.Kind == "task.ordered":
			f.missed(id, words, e.PlanAt.Add(-patience), moved)
			f.Overtaken += len(words)
			return
		}
	}
	f.missed(id, words, last.Add(-patience), moved)
}

// patience is how long after its instant a word may be decided.
const patience = 12 * time.Hour

// missed names words that should have been said before an instant.
func (f *Foretelling) missed(id string, words []foretold, before time.Time, moved bool) {
	for _, w := range words {
		if w.at.Before(before) && !moved {
			f.differs("task %s: %s at %s was foretold, and was not said", id, w.line["stage"], w.line["at"])
		}
	}
}

func instantIs(raw json.RawMessage, at time.Time) bool {
	var t time.Time
	return json.Unmarshal(raw, &t) == nil && t.Equal(at)
}

// Openings holds what case files of a day say of the next occurrence of each duty against
// the one that was opened next, until something was done about the duty. It gives a
// sentence for each difference, and how many came as foretold.
func Openings(a Archive, day string, files [][]byte) (differences []string, came int, err error) {
	before := a.Until(day, beijing)
	w := play(before)
	for _, raw := range files {
		var f struct {
			Task     struct{ ID string }
			Upcoming map[string]json.RawMessage
		}
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, 0, fmt.Errorf("recount: case file: %w", err)
		}
		duty := w.known(f.Task.ID)
		if duty == nil || duty.kind != "duty" {
			continue
		}
		for _, e := range a.Events[len(before.Events):] {
			var d struct{ Duty, Period, Due string }
			_ = json.Unmarshal(e.Data, &d) // of another kind: none
			if e.Task == duty.id && strings.HasPrefix(e.Kind, "act.") || slices.Contains(moving, e.Kind) {
				break
			}
			if e.Kind != "occurrence.opened" || d.Duty != duty.id {
				continue
			}
			if id, period, due := text(f.Upcoming["id"]), text(f.Upcoming["period"]), text(f.Upcoming["due"]); id != e.Task || period != d.Period || due != d.Due || !opened(f.Upcoming["opens_at"], e.PlanAt) {
				differences = append(differences, fmt.Sprintf("duty %s: next is %s of %s due %s at %s, and %s of %s due %s opened at %s", f.Task.ID, id, period, due, f.Upcoming["opens_at"], e.Task, d.Period, d.Due, w.local(e.PlanAt)))
			}
			came++
			break
		}
	}
	return differences, came, nil
}

// opened tells that an occurrence was opened at the instant foretold, or as soon as could be.
func opened(foretold json.RawMessage, at time.Time) bool {
	var t time.Time
	return json.Unmarshal(foretold, &t) == nil && !at.Before(t) && at.Before(t.Add(patience))
}

// moving are the events that may move words of every task.
var moving = []string{"plan.amended", "plan.policy", "calendar.put", "calendar.back", "calendar.moved"}

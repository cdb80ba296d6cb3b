package recount

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Foretelling is how the words that a book foretold compare with those that were said.
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

// Foretold compares the words that the book of a day foretells, if nobody does anything,
// with the events after that day: for each task every word must have been said at its
// instant to the same seats, and no other word, until something was done about the task. An
// amendment, another version of a policy or a notice of holidays may move words of every
// task: words that were not moved are still counted.
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
	known := func(talk string) bool { // the book foretells words of this talk
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
		words := slices.DeleteFunc(expected[id], func(w foretold) bool { return w.at.In(beijing).Format(time.DateOnly) < day }) // a word of a past day that was never said
		slices.SortStableFunc(words, func(x, y foretold) int { return x.at.Compare(y.at) })
		f.nextIn(id, line, words)
		// A word of the book's own day that was not said by its end is late: a word before a
		// limit is not said after it.
		words = slices.DeleteFunc(words, func(w foretold) bool { return w.at.In(beijing).Format(time.DateOnly) <= day })
		if t := w.known(id); t != nil && t.kind == "dated" {
			f.task(t.id, day, w.beside(t.id), words, after, w.called, known)
		}
	}
	return f, nil
}

var beijing = time.FixedZone("", 8*3600)

func (f *Foretelling) differs(format string, args ...any) {
	f.Differences = append(f.Differences, fmt.Sprintf(format, args...))
}

// nextIn checks that a line's next word is the first that the book expects for it.
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

// beside are the other tasks of the talks about a task: acts on them may change the words
// of these talks.
func (w *world) beside(id string) map[string]bool {
	all := map[string]bool{}
	for _, k := range w.concerning(id) {
		for _, other := range k.of {
			all[other] = other != id
		}
	}
	return all
}

// task compares the words that a book of a day foretells for one task with the events that follow.
func (f *Foretelling) task(id, day string, beside map[string]bool, words []foretold, after []Event, called func(id string) string, known func(talk string) bool) {
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
			case i < 0 && (moved || by(d.Stage["at"], day)): // it was late on the day of the book
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

// by tells that an instant comes before a day ends: a word that is not said by then may
// still be said later, or may be left out.
func by(raw json.RawMessage, day string) bool {
	var t time.Time
	return json.Unmarshal(raw, &t) == nil && t.In(beijing).Format(time.DateOnly) <= day
}

func instantIs(raw json.RawMessage, at time.Time) bool {
	var t time.Time
	return json.Unmarshal(raw, &t) == nil && t.Equal(at)
}

// Openings compares the next occurrence of each duty in the case files of a day with the
// one that was opened next, unless something was done about the duty before. It gives a
// sentence for each difference, and how many occurrences came as foretold.
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
			_ = json.Unmarshal(e.Data, &d) // an event of another kind leaves it empty
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

// opened tells that an occurrence was not opened before the instant foretold. How long after
// it depends on how busy the machine was.
func opened(foretold json.RawMessage, at time.Time) bool {
	var t time.Time
	return json.Unmarshal(foretold, &t) == nil && !at.Before(t)
}

// moving are the events that may move words of every task.
var moving = []string{"plan.amended", "plan.policy", "calendar.put", "calendar.back", "calendar.moved"}

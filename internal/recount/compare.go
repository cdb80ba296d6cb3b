package recount

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Compare works out the book of a plan on a day (YYYY-MM-DD) from an archive and
// compares it with the one that `ledger export -o json` wrote for that day: every line
// and column that is in columns.go, stages, talks and all counts. It gives a
// sentence for each difference, and how many values it compared.
func Compare(a Archive, day string, book []byte) (differences []string, compared int, err error) {
	var said struct {
		AsOf   string                       `json:"as_of"`
		Tasks  []map[string]json.RawMessage `json:"tasks"`
		Stages []map[string]json.RawMessage `json:"stages"`
		Talks  []map[string]json.RawMessage `json:"talks"`
		Counts map[string]json.RawMessage   `json:"counts"`
	}
	if err := json.Unmarshal(book, &said); err != nil {
		return nil, 0, fmt.Errorf("recount: book: %w", err)
	}
	if said.AsOf != day {
		differences = append(differences, fmt.Sprintf("the book is of %s, not of %s", said.AsOf, day))
	}
	w := play(a)
	c := &comparison{}
	c.lines("task", said.Tasks, func(line map[string]json.RawMessage) string { return text(line["id"]) }, w.lines(day))
	for _, s := range said.Stages {
		s["fates"] = fatesIn(s["messages"])
	}
	for _, k := range said.Talks {
		k["taken"] = takenIn(k["steps"], k["rounds"])
	}
	decided := slices.DeleteFunc(said.Stages, func(s map[string]json.RawMessage) bool { return text(s["state"]) == "expected" })
	c.lines("stage", decided, stageName, w.said())
	c.lines("talk", said.Talks, func(line map[string]json.RawMessage) string { return text(line["id"]) }, w.talkLines(day))
	c.counts(said.Counts, w.counts(day))
	return append(differences, c.differences...), c.compared, nil
}

// fatesIn are what became of a stage's messages, a text each, sorted.
func fatesIn(messages json.RawMessage) json.RawMessage {
	var all []struct{ To, Channel, State string }
	_ = json.Unmarshal(messages, &all)
	fates := []string{}
	for _, m := range all {
		fates = append(fates, m.To+" "+m.Channel+" "+m.State)
	}
	slices.Sort(fates)
	out, _ := json.Marshal(fates)
	return out
}

// takenIn are the steps that were taken in each round of a talk, with their days.
func takenIn(steps, rounds json.RawMessage) json.RawMessage {
	type step struct{ ID, Taken string }
	var last []step
	var before []struct {
		Steps []step `json:"steps"`
	}
	_ = json.Unmarshal(steps, &last)
	_ = json.Unmarshal(rounds, &before)
	var all []map[string]string
	taken := func(steps []step) {
		one := map[string]string{}
		for _, s := range steps {
			if s.Taken != "" {
				one[s.ID] = s.Taken
			}
		}
		all = append(all, one)
	}
	for _, r := range before {
		taken(r.Steps)
	}
	taken(last)
	out, _ := json.Marshal(all)
	return out
}

func stageName(s map[string]json.RawMessage) string {
	return strings.Join([]string{text(s["task"]), text(s["talk"]), text(s["stage"]), string(s["revision"])}, " ")
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // "" where raw is no text
	return s
}

// line is what one line of the book must have, by column.
type line struct {
	name    string
	columns map[string]any
}

type comparison struct {
	differences []string
	compared    int
}

func (c *comparison) differs(format string, args ...any) {
	c.differences = append(c.differences, fmt.Sprintf(format, args...))
}

func (c *comparison) lines(what string, said []map[string]json.RawMessage, name func(map[string]json.RawMessage) string, counted []line) {
	have := map[string]map[string]json.RawMessage{}
	for _, s := range said {
		have[name(s)] = s
	}
	if len(said) != len(counted) {
		c.differs("%d lines of kind %s in the book, %d by the events", len(said), what, len(counted))
	}
	for _, l := range counted {
		s, ok := have[l.name]
		if !ok {
			c.differs("%s %s is not in the book", what, l.name)
			continue
		}
		delete(have, l.name)
		c.columns(what+" "+l.name, s, l.columns)
	}
	for name := range have {
		c.differs("%s %s is in the book, and not in the events", what, name)
	}
}

func (c *comparison) columns(of string, said map[string]json.RawMessage, counted map[string]any) {
	for column, want := range counted {
		c.compared++
		expected, _ := json.Marshal(want)
		got := said[column]
		if got == nil {
			got = json.RawMessage("null")
		}
		if !same(got, expected) {
			c.differs("%s: %s is %s in the book, %s by the events", of, column, got, expected)
		}
	}
}

// same compares two values; an absent value is the same as an empty list, "", 0 or false.
func same(a, b json.RawMessage) bool {
	var x, y any
	_ = json.Unmarshal(a, &x)
	_ = json.Unmarshal(b, &y)
	return fmt.Sprint(plain(x)) == fmt.Sprint(plain(y))
}

func plain(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if !v {
			return ""
		}
	case []any:
		if len(v) == 0 {
			return ""
		}
	}
	return v
}

func (c *comparison) counts(said map[string]json.RawMessage, want counts) {
	c.columns("counts", said, want.all)
	for _, block := range []struct {
		name, key string
		lines     []line
	}{{"by_unit", "unit_id", want.units}, {"by_kind", "kind", want.kinds}, {"by_light", "light", want.lights}} {
		var rows []map[string]json.RawMessage
		_ = json.Unmarshal(said[block.name], &rows)
		c.lines(block.name, rows, func(r map[string]json.RawMessage) string { return text(r[block.key]) }, block.lines)
	}
}

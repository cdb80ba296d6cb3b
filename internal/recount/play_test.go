package recount

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A later document of a plan takes the place of the former one: what it leaves out of
// a line is not what the line in its place said before, and policies come and stay.
func TestALaterDocument(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	out := json.NewEncoder(&file)
	for _, e := range []struct{ kind, doc string }{
		{"plan.launched", `{"id":"p","tasks":[{"id":"a","kind":"dated","due":"2021-06-30","note":"甲"}],
			"Directory":{"office":"office","units":[]},"Policies":{"standard":{"yellow":"5 days"}}}`},
		{"plan.policy", `{"id":"p","tasks":[{"id":"a","kind":"dated","due":"2021-06-30","note":"甲"}],
			"Directory":{"office":"office","units":[]},"Policies":{"standard":{"yellow":"5 days"},"standard@2":{"yellow":"9 days"}}}`},
		{"plan.amended", `{"id":"p","tasks":[{"id":"b","kind":"dated","due":"2021-07-31"},{"id":"a","kind":"dated","due":"2021-06-30","note":"甲"}],
			"Directory":{"office":"office","units":[]},"Policies":{"standard":{"yellow":"5 days"},"standard@2":{"blue":"20 days"}}}`},
	} {
		doc, err := json.Marshal(e.doc)
		require.NoError(t, err)
		changes, err := json.Marshal([]row{{In: "plans", Key: []any{"p"}, Set: map[string]json.RawMessage{"doc": doc}}})
		require.NoError(t, err)
		require.NoError(t, out.Encode(Event{Plan: "p", Kind: e.kind, Changes: changes}))
	}
	a, err := Read(&file)
	require.NoError(t, err)
	before := play(Archive{a.Events[:2], a.documents})
	require.Equal(t, "9 days", before.doc.Policies["standard@2"].Yellow)
	w := play(a)
	require.Equal(t, []string{"b", "a"}, w.order)
	require.Equal(t, []string{"", "甲"}, []string{w.tasks["b"].note, w.tasks["a"].note})
	require.Equal(t, []string{"20 days", ""}, []string{w.doc.Policies["standard@2"].Blue, w.doc.Policies["standard@2"].Yellow})
	require.Equal(t, "office", w.doc.Directory.Office)
}

// A talk that has lost what it rests on goes on when its date is set back to one of its
// miss from one to come, and not when that one has passed, or when another unit leads.
func TestATalkGoesOnWithADateOfItsMiss(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		acts    []string // day, kind and date or unit
		doubted []bool   // after each
	}{
		"to the date that was missed":   {[]string{"05-25 correct 09-30", "05-26 correct 04-30"}, []bool{true, false}},
		"to one that it was set to":     {[]string{"05-25 correct 05-07", "05-26 correct 09-30", "05-27 correct 05-07"}, []bool{false, true, false}},
		"to the first of two":           {[]string{"05-25 correct 05-07", "05-26 correct 09-30", "05-27 correct 04-30"}, []bool{false, true, false}},
		"to one gone by of no miss":     {[]string{"05-25 correct 09-30", "05-26 correct 05-07"}, []bool{true, true}},
		"from one that has passed":      {[]string{"05-25 correct 05-27", "05-31 correct 04-30"}, []bool{true, true}},
		"from one set when it was lost": {[]string{"05-25 correct 05-27", "05-31 correct 05-24", "06-01 correct 09-30", "06-02 correct 05-24", "06-03 correct 09-30", "06-04 correct 04-30"}, []bool{true, true, true, true, true, false}},
		"when another unit leads":       {[]string{"05-25 reassign b", "05-26 correct 09-30", "05-27 correct 04-30"}, []bool{false, true, true}},
	} {
		w := play(Archive{})
		w.tasks["a"] = &task{id: "a", lead: "a", due: "2021-04-30", phase: "open", given: "2021-04-08"}
		w.calls("a#1", "a", "talk", "a", "open")
		for i, line := range c.acts {
			f := strings.Fields(line)
			moved := fmt.Sprintf(`"due":{"to":"2021-%s"}`, f[2])
			if f[1] == "reassign" {
				moved = fmt.Sprintf(`"lead":{"to":%q}`, f[2])
			}
			var d data
			require.NoError(t, json.Unmarshal(fmt.Appendf(nil, `{"act":{"kind":%q,"on":"2021-%s"},%s}`, f[1], f[0], moved), &d))
			w.event(Event{Task: "a", Kind: "act." + f[1], PlanAt: time.Date(2021, 5, 25+i, 2, 0, 0, 0, time.UTC)}, d)
			require.Equal(t, c.doubted[i], w.talks[0].doubted, "%s: %s", name, line)
		}
	}
}

// Days in which a talk was void with its task, and those of a pause that ended so, count
// to none of its limits.
func TestATalkThatWasVoidHasItsDaysLeft(t *testing.T) {
	t.Parallel()
	w := play(Archive{})
	doc := `{"policy":"standard","Policies":{"standard":{"talk":{"steps":[{"id":"served","after":"opened","limit":"2 workdays"}]}}}}`
	require.NoError(t, json.Unmarshal([]byte(doc), &w.doc))
	w.tasks["a"] = &task{id: "a", lead: "a", due: "2021-04-30", phase: "open", given: "2021-04-08"}
	w.calls("a#1", "a", "talk", "a", "pending")
	limit := func() any { return w.stepLines(w.talks[0], "2021-06-30")[0]["limit"] }
	at := func(day, kind, form string) {
		var d data
		when, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(fmt.Appendf(nil, form, kind, when.Format(time.RFC3339), day), &d))
		name := kind
		if !strings.HasPrefix(kind, "talk.") {
			name = "act." + kind
		}
		w.event(Event{Task: "a", Kind: name, PlanAt: when}, d)
	}
	const act, talk = `{"act":{"kind":%q,"at":%q,"on":%q}}`, `{"talk":"a#1","kind":%q,"opens_at":%q,"on":%q}`
	at("2021-05-18", "talk.opened", talk) // a Tuesday
	require.Equal(t, "2021-05-20", limit())
	at("2021-05-19", "suspend", act)
	at("2021-05-21", "cancel", act)
	at("2021-05-21", "talk.void", talk)
	at("2021-05-25", "reinstate", act)
	at("2021-05-25", "talk.revived", talk)
	require.Equal(t, "2021-05-26", limit(), "one day is left, and it is a working day")
}

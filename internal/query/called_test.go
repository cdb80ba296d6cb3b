package query_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/whatif"
	"duban/internal/words"
)

// renumbers amends the water plan: people now use the ID 1-1 for over and 1-2 for late, and
// the old IDs for two new tasks.
func (w *world) renumbers() {
	w.t.Helper()
	l, err := w.store.Plan(w.t.Context(), "water")
	require.NoError(w.t, err)
	next := l.Plan
	next.Hash, next.Tasks = "water 2", slices.Clone(l.Plan.Tasks)
	for i, id := range []string{"1-1", "1-2"} {
		was := next.Tasks[i].ID
		next.Tasks[i].ID, next.Tasks[i].Was = id, []string{was}
		next.Tasks = append(next.Tasks, plan.Task{ID: was, Clause: "四", Kind: plan.Dated, Title: "新的" + was, Lead: "office", Due: calendar.NewDay(2021, 9, 30), Policy: "standard"})
	}
	merged, changes, err := whatif.New(w.store, w.reader().Now).Amendment(w.t.Context(), l, &next)
	require.NoError(w.t, err)
	rules, err := act.NewRules(&merged, w.cal)
	require.NoError(w.t, err)
	var added []ledger.Task
	for _, c := range changes.Tasks {
		if c.What == plan.Added {
			row := ledger.TaskOf(&merged, *c.New, w.now.UTC())
			row.Facts = rules.Open(row.Facts).Case
			added = append(added, row)
		}
	}
	require.Len(w.t, added, 2)
	_, fresh, err := w.store.Amend(w.t.Context(), ledger.Amendment{Plan: merged, Before: l.Plan.Hash, Paper: "二号文", Actor: "zhao", Added: added, Changes: changes}, when(w.now))
	require.NoError(w.t, err)
	require.True(w.t, fresh)
}

// TestWhatARenumberedTaskIsCalledLeadsToIt: every list gives a renumbered task, or a talk about
// it, an ID under which the Reader finds the same task or talk, though another task has the
// old ID.
func TestWhatARenumberedTaskIsCalledLeadsToIt(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			w.renumbers()
			r, ctx := w.reader(), t.Context()
			water, office := person("shen", "shuiwu"), person("zhao", "office")
			leadsTo := func(v query.Viewer, id, talk, title string) {
				t.Helper()
				s, err := r.Task(ctx, v, "water", id)
				require.NoError(t, err, id)
				require.Equal(t, title, s.Task.Title, id)
				if talk != "" {
					s, err = r.Talk(ctx, v, "water", talk)
					require.NoError(t, err, talk)
					require.Equal(t, title, s.Task.Title, talk)
				}
			}
			var named []string

			for _, v := range []query.Viewer{water, office} {
				owed, err := r.Obligations(ctx, v, query.ObligationFilter{})
				require.NoError(t, err)
				for _, o := range owed.Lines {
					leadsTo(v, o.Task, o.Talk, o.Title)
					named = append(named, o.Task, o.Talk)
					require.NotContains(t, o.Key, "1-1", "for ever")
				}
			}
			require.Subset(t, named, []string{"1-1", "1-1#1", "over"})

			inbox, err := r.Inbox(ctx, water, query.InboxFilter{})
			require.NoError(t, err)
			require.NotEmpty(t, inbox.Lines)
			for _, l := range inbox.Lines {
				for _, a := range l.About {
					require.Equal(t, "建成污水处理厂", a.Title)
					leadsTo(water, a.Task, a.Talk, a.Title)
				}
			}

			ladders, err := r.Ladders(ctx, query.Operator(), query.TaskFilter{Plan: "water"})
			require.NoError(t, err)
			for _, l := range ladders.Lines {
				for _, s := range ladders.Stages[l.ID] {
					require.Equal(t, l.Title, s.Title, "%s %s", l.ID, s.Stage)
				}
			}
			require.True(t, slices.ContainsFunc(ladders.Stages["1-1"], func(s report.StageRow) bool { return s.State == ledger.Decided }))

			moves, err := r.CalendarMoves(ctx, query.Operator(), w.later())
			require.NoError(t, err)
			named = nil
			for _, m := range moves {
				if m.Plan == "water" {
					leadsTo(query.Operator(), m.Task, m.Talk, m.Title)
					named = append(named, m.Task)
				}
			}
			require.Contains(t, named, "1-2")

			events, err := r.Events(ctx, query.Operator(), ledger.EventFilter{Plan: "water", Task: "1-2"})
			require.NoError(t, err)
			require.NotEmpty(t, events.Events)
			for _, e := range events.Events {
				require.Contains(t, []string{"late", ""}, e.Task, fmt.Sprint(e.Seq))
			}
			all, err := r.Events(ctx, query.Operator(), ledger.EventFilter{Plan: "water"})
			require.NoError(t, err)
			named = nil
			for _, e := range all.Events {
				named = append(named, all.Called(e.Plan, e.Task))
				if title := report.Speak(words.New("zh")).Calling(all.Called).Event(all.Of(e.Plan).People, calendar.Beijing, e); e.Kind == ledger.TalkOpened {
					require.Contains(t, title, "1-1#1", "by what it is called now")
				}
			}
			require.Subset(t, named, []string{"1-1", "1-2"})
			carried := query.EventPage{Events: []ledger.Event{{Plan: "air", Task: "x", Kind: ledger.TaskTaken, Data: []byte(`{"from": {"plan": "water", "task": "late"}}`)}}}
			require.NoError(t, query.Label(ctx, r, &carried))
			require.Equal(t, "1-2", carried.Called("water", "late"), "of the plan that it comes from")
			for id, called := range map[string]string{"over": "1-1", "over#1": "1-1#1", "over@2": "over", "fine": "fine", "": ""} {
				require.Equal(t, called, all.Called("water", id))
				require.Equal(t, id, all.Called("air", id), "of another plan")
			}

			c, err := r.Case(ctx, query.Operator(), "water", "1-1")
			require.NoError(t, err)
			_, _, sections := report.Speak(words.New("zh")).Case(c)
			require.NotContains(t, fmt.Sprint(sections), "over", "its case file")
		})
	}
}

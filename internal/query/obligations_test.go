package query_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
)

// does does an act on a task, as the engine's activity records it.
func (w *world) does(planID, task string, a act.Act) {
	w.t.Helper()
	l, err := w.store.Plan(w.t.Context(), planID)
	require.NoError(w.t, err)
	b, err := act.NewRules(&l.Plan, w.cal)
	require.NoError(w.t, err)
	row := w.task(planID, task)
	a.At, a.On = w.now.UTC(), calendar.DayOf(w.now.In(calendar.Beijing))
	after, told, refused := b.Act(b.Course(ledger.CaseOf(row)), a)
	require.Nil(w.t, refused)
	_, _, err = w.store.Act(w.t.Context(), ledger.Acted{Plan: planID, Task: task, Act: a, Version: row.Version, Facts: after.Case, Told: told, Channels: map[people.Recipient][]string{}}, when(w.now))
	require.NoError(w.t, err)
}

func (w *world) owes(v query.Viewer, f query.ObligationFilter) (lines []string) {
	w.t.Helper()
	page, err := w.reader().Obligations(w.t.Context(), v, f)
	require.NoError(w.t, err)
	for _, o := range page.Lines {
		left := "-"
		if o.WorkdaysLeft != nil {
			left = fmt.Sprint(*o.WorkdaysLeft)
		}
		on := o.Task
		if o.Talk != "" {
			on = o.Talk
		}
		about := ""
		if o.Lead != o.Unit {
			about = " about " + o.Lead
		}
		lines = append(lines, fmt.Sprintf("%s %s%s %s%s by %s left %s: %s %v", on, o.For, o.Ref, o.UnitID, about, o.Limit, left, o.Words, o.Acts))
	}
	return lines
}

var (
	office    = person("zhao", "office")
	shuiwu    = person("wang", "shuiwu")
	gaoping   = person("li", "gaoping")
	secondly  = act.Actor{Account: "li", Name: "李某", Unit: "gaoping"}
	firstly   = act.Actor{Account: "wang", Name: "王某", Unit: "shuiwu"}
	theOffice = act.Actor{Account: "zhao", Name: "赵某", Unit: "office"}
	theLeader = act.Actor{Account: "liu", Name: "刘某", Unit: "leaders"}
)

// The list of obligations has the task itself, its acknowledgement, parts, instructions,
// decisions and the steps of talks, each until it is done, the earliest limit first, whether
// or not the ledger keeps outlooks.
func TestObligations(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			all := query.ObligationFilter{}
			check := func(mode string) {
				require.Equal(t, []string{
					"over finish shuiwu by 2021-06-15 left -14:  [complete]",
					"over receive shuiwu by 2021-06-15 left -14:  [acknowledge return]",
				}, w.owes(shuiwu, all), mode)
				require.Equal(t, []string{"over#1 served office about 市水务局 by 2021-07-01 left -2:  [serve]"}, w.owes(office, all), mode)
			}
			check("worked out")
			w.refresh()
			check("chosen by the database")

			w.does("water", "over", act.Act{ID: "1", Kind: act.Acknowledge, By: firstly})
			w.does("water", "over", act.Act{ID: "2", Kind: act.AskPart, By: firstly, Unit: "gaoping", Due: calendar.NewDay(2021, 7, 9), Reason: "提供征地资料"})
			w.does("water", "over", act.Act{ID: "3", Kind: act.Instruct, By: theLeader, Due: calendar.NewDay(2021, 7, 8), Reason: "限期说明"})
			w.does("water", "late", act.Act{ID: "4", Kind: act.Acknowledge, By: secondly})
			w.does("water", "late", act.Act{ID: "5", Kind: act.Extend, By: secondly, Due: calendar.NewDay(2021, 8, 31), Reason: "雨季停工"})
			changed := func(mode string) {
				require.Equal(t, []string{
					"over finish shuiwu by 2021-06-15 left -14:  [complete]",
					"over instruction1 shuiwu by 2021-07-08 left 3: 限期说明 [answer]",
					"over silent shuiwu by  left -:  [progress]",
				}, w.owes(shuiwu, all), mode)
				require.Equal(t, []string{
					"over part1 gaoping about 市水务局 by 2021-07-09 left 4: 提供征地资料 [give_part]",
					"late finish gaoping by 2021-07-12 left 5:  [complete]",
					"late silent gaoping by  left -:  [progress]",
				}, w.owes(gaoping, all), mode)
				require.Equal(t, []string{
					"over#1 served office about 市水务局 by 2021-07-01 left -2:  [serve]",
					"late extension office about 高平市人民政府 by 2021-07-08 left 3: 雨季停工 [grant refuse]",
				}, w.owes(office, all), mode)
				require.Equal(t, []string{"over finish shuiwu by 2021-06-15 left -14:  [complete]"}, w.owes(office, query.ObligationFilter{Unit: "shuiwu", Limit: 1}), mode)
				require.Equal(t, []string{"late extension office about 高平市人民政府 by 2021-07-08 left 3: 雨季停工 [grant refuse]"}, w.owes(office, query.ObligationFilter{Skip: 1, Limit: 1}), mode)
			}
			changed("written since")
			w.refresh()
			changed("chosen by the database")

			w.does("water", "over", act.Act{ID: "6", Kind: act.Complete, By: firstly, Reason: "已投运"})
			held := func(mode string) {
				require.Equal(t, []string{
					"over#1 served office about 市水务局 by 2021-07-01 left -2:  [serve]",
					"late extension office about 高平市人民政府 by 2021-07-08 left 3: 雨季停工 [grant refuse]",
					"over report office about 市水务局 by 2021-07-12 left 5: 已投运 [verify reject]",
				}, w.owes(office, all), mode)
				require.Empty(t, w.owes(shuiwu, all), mode+": a report waits for the office, nobody is pressed")
				require.Len(t, w.owes(shuiwu, query.ObligationFilter{Held: true}), 3, mode)
			}
			held("written since")
			w.refresh()
			held("chosen by the database")
			w.does("water", "over", act.Act{ID: "7", Kind: act.Verify, By: theOffice, Reason: "属实"})
			require.Len(t, w.owes(office, all), 2, "what is closed is owed no more, its talk is")

			w.does("water", "late", act.Act{ID: "8", Kind: act.Grant, By: theOffice, Reason: "同意", Due: calendar.NewDay(2021, 8, 31)})
			w.does("water", "late", act.Act{ID: "9", Kind: act.Correct, By: theOffice, Reason: "以批复文件为准", Due: calendar.NewDay(2021, 6, 30)})
			page, err := w.reader().Obligations(t.Context(), gaoping, all)
			require.NoError(t, err)
			i := slices.IndexFunc(page.Lines, func(o query.Obligation) bool { return o.Task == "late" && o.For == act.Finish })
			require.GreaterOrEqual(t, i, 0)
			require.True(t, page.Lines[i].Passed, "the date was set to a day gone by: nobody is late yet, and no day is left")
			require.False(t, page.Lines[i].Late)
		})
	}
}

// The acts that are possible now are those that the engine's rules accept; every other one
// has the reason of its refusal.
func TestPossible(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	can := func(v query.Viewer, task string) (all []act.Kind) {
		t.Helper()
		possible, err := w.reader().Possible(t.Context(), v, "water", task)
		require.NoError(t, err)
		for _, p := range possible {
			if p.Refused == nil {
				all = append(all, p.Kind)
			}
		}
		return all
	}
	why := func(v query.Viewer, task string, k act.Kind) string {
		t.Helper()
		possible, err := w.reader().Possible(t.Context(), v, "water", task)
		require.NoError(t, err)
		for _, p := range possible {
			if p.Kind == k && p.Refused != nil {
				return p.Refused.Key
			}
		}
		return ""
	}
	require.Equal(t, []act.Kind{act.Acknowledge, act.Progress, act.AskPart, act.Complete}, can(shuiwu, "over"))
	require.Equal(t, "act.refused_due_passed", why(shuiwu, "over", act.Extend))
	require.Equal(t, "act.refused_return_late", why(shuiwu, "over", act.Return))
	require.Equal(t, "act.refused_seat", why(shuiwu, "over", act.Verify))
	require.Empty(t, can(gaoping, "over"), "no part was asked for")
	require.Equal(t, "act.refused_part_unknown", why(gaoping, "over", act.GivePart))
	require.Equal(t, []act.Kind{act.Acknowledge, act.Progress, act.Complete, act.Extend}, can(gaoping, "late"))
	require.Equal(t, "act.refused_extend_none_pending", why(office, "late", act.Grant))

	w.does("water", "over", act.Act{ID: "1", Kind: act.AskPart, By: firstly, Unit: "gaoping", Due: calendar.NewDay(2021, 7, 9), Reason: "提供征地资料"})
	require.Equal(t, []act.Kind{act.GivePart}, can(gaoping, "over"))
	w.does("water", "late", act.Act{ID: "2", Kind: act.Extend, By: secondly, Due: calendar.NewDay(2021, 8, 31), Reason: "雨季停工"})
	require.Contains(t, can(office, "late"), act.Grant)
	require.Equal(t, "act.refused_extend_pending", why(gaoping, "late", act.Extend))

	steps, err := w.reader().PossibleOnTalk(t.Context(), office, "water", "over#1")
	require.NoError(t, err)
	said := map[act.Kind]string{}
	for _, p := range steps {
		if p.Refused != nil {
			said[p.Kind] = p.Refused.Key
		} else {
			said[p.Kind] = "yes"
		}
	}
	require.Equal(t, "yes", said[act.Serve])
	require.Equal(t, "act.refused_talk_order", said[act.Held])
	require.Equal(t, "act.refused_talk_leader", said[act.Approve])
}

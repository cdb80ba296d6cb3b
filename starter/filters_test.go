package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// Several values of a filter are all taken, those of a flag that takes one are refused,
// and what does not exist is refused everywhere.
func TestFiltersTakeWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	d.launched("water", calendar.Clock{})
	lines := func(args ...string) (ids []string) {
		said := d.say(append([]string{"task", "list"}, args...)...)
		for _, id := range []string{"over", "soon", "late", "always"} {
			if strings.Contains(said, " "+id+" ") {
				ids = append(ids, id)
			}
		}
		return ids
	}
	require.Equal(t, []string{"over"}, lines("--light", "red"))
	require.Equal(t, []string{"over", "soon"}, lines("--light", "red", "--light", "黄灯"))
	require.Equal(t, []string{"over", "late"}, lines("--light", "红,逾期办结"))
	require.Equal(t, []string{"over", "soon", "late"}, lines("--state", "open", "--state", "销号", "--kind", "任务"))
	require.Equal(t, []string{"over", "soon", "late", "always"}, lines("--kind", "任务", "--kind", "standing"))
	require.Equal(t, []string{"over", "soon", "late", "always"}, lines("--unit", "市水务局", "--unit", "高平市人民政府"))

	_, err := d.says("task", "list", "--plan", "water", "--plan", "air")
	require.ErrorContains(t, err, "--plan 只能写一个值")
	for _, args := range []string{"ledger show --plan nosuch", "ledger show --task nosuch", "task list --plan nosuch", "talk list --plan nosuch", "duty list --plan nosuch", "plan status nosuch", "task list --unit 某某局"} {
		_, err := d.says(strings.Fields(args)...)
		require.Error(t, err, args)
	}

	require.Contains(t, d.say("task", "list", "--limit", "2"), "--skip 2")
	require.NotContains(t, d.say("task", "list", "--limit", "2", "--skip", "2"), "--skip", "there is no next page")
	events, err := d.store.Events(t.Context(), ledger.EventFilter{Plan: "water"})
	require.NoError(t, err)
	require.NotContains(t, d.say("ledger", "show", "--limit", strconv.Itoa(len(events))), "--after", "there is no next page")
	require.Contains(t, d.say("ledger", "show", "--limit", strconv.Itoa(len(events)-1)), "--after")
}

// A kind is called in a filter as it is in the book, and takes as many lines as the book
// counts under it.
func TestAKindTakesWhatTheBookCountsUnderIt(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	var book struct {
		Counts report.Counts `json:"counts"`
	}
	require.NoError(t, json.Unmarshal([]byte(f.say("ledger", "export", "-o", "json")), &book))
	total := 0
	for _, k := range book.Counts.ByKind {
		var rows []struct{ Duty string }
		name := f.w.T("report.kind_" + k.Kind)
		require.NoError(t, json.Unmarshal([]byte(f.say("task", "list", "--kind", name, "-o", "json")), &rows))
		require.Len(t, rows, k.Total+k.Cancelled+k.Carried, name)
		require.Positive(t, len(rows), name)
		for _, r := range rows {
			require.Equal(t, k.Kind == report.KindOccurrence, r.Duty != "", name)
		}
		total += len(rows)
	}
	var both []struct{ Duty string }
	require.NoError(t, json.Unmarshal([]byte(f.say("task", "list", "--kind", "任务和期次", "-o", "json")), &both))
	require.Len(t, both, total)
}

// Times are in the plan's zone, and every table and case file that shows any says which
// that is; of plans of two zones, which two.
func TestTimesSayTheirZone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	d.launched("water", calendar.Clock{})
	shown := [][]string{{"ledger", "show"}, {"message", "list", "--all"}, {"task", "list"}, {"plan", "status"}, {"plan", "status", "water"}, {"task", "show", "over"},
		{"plan", "preview", "../seeds/jincheng-2021-water/plan.yaml"}}
	for _, args := range shown {
		require.Contains(t, d.say(args...), "时间均为北京时间", args)
	}
	west := plan.Plan{ID: "west", Title: "西部计划", Zone: "Asia/Urumqi", Year: 2021, Hash: "west",
		Tasks: []plan.Task{{ID: "far", Kind: plan.Dated, Title: "完成清淤", Lead: "shuiwu", Due: calendar.NewDay(2021, 7, 5), Policy: "standard"}}}
	_, err := d.store.AddPlan(t.Context(), ledger.Launched{Plan: west, At: at(6, 1, 0)}, []ledger.Task{ledger.TaskOf(&west, west.Tasks[0], at(6, 1, 0))}, ledger.When{Real: at(6, 1, 10), Plan: at(6, 1, 10)})
	require.NoError(t, err)
	require.Contains(t, d.say("ledger", "show"), "时间为各计划所在时区（Asia/Urumqi、北京时间）。")
	said := d.say("ledger", "show", "--plan", "west")
	require.Contains(t, said, "2021-06-01 08:00")
	require.Contains(t, said, "时间均为Asia/Urumqi。")
}

package whatif_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// A duty that does not carry on last year's duty, which has ended, is named with the periods for
// which nobody, or two duties, would be asked. A duty that goes on where last year's stopped is
// not named.
func TestARecurringTaskThatLeavesAGap(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	day := func(text string) calendar.Day {
		d, err := calendar.ReadDay(text)
		require.NoError(t, err)
		return d
	}
	at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
	old := plan.Plan{ID: "y2021", Title: "2021年计划", Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: "abc",
		Directory: people.Directory{Office: "shuizhiban", Leadership: "lingdao", Units: []people.Unit{{ID: "shuiwu", Name: "市水务局", Kind: people.CityDepartment}}},
		Policies:  map[string]plan.Policy{"standard": {Name: "standard", Version: 1}}}
	var rows []ledger.Task
	for id, c := range map[string]struct {
		title, opened string
		state         ledger.TaskState
		rule          plan.Recurrence
	}{
		"m": {"每月报告水质情况", "2021-12-31", ledger.TaskEnded, plan.Recurrence{Every: "month", Until: day("2021-12-31")}},
		"q": {"每季度监测水质", "2022-01-20", ledger.TaskEnded, plan.Recurrence{Every: "quarter", Shift: 20, Until: day("2021-12-31")}},
		"y": {"报送年度工作报告", "2022-01-31", ledger.TaskEnded, plan.Recurrence{Every: "year", Shift: 31, Until: day("2021-12-31")}},
		"e": {"按月公开监测结果", "2021-06-30", ledger.TaskClosed, plan.Recurrence{Every: "month", Until: day("2021-12-31")}}, // a person has ended the duty
	} {
		task := plan.Task{ID: id, Kind: plan.Duty, Title: c.title, Source: "来自" + c.title, Lead: "shuiwu", Policy: "standard", Recur: &c.rule}
		old.Tasks = append(old.Tasks, task)
		row := ledger.TaskOf(&old, task, at)
		row.State, row.Facts.Opened = c.state, day(c.opened)
		rows = append(rows, row)
	}
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: old, At: at, Clock: calendar.Clock{Epoch: at, Start: at, Rate: 1}}, rows, ledger.When{Real: at, Plan: at})
	require.NoError(t, err)

	for _, c := range []struct{ title, every, from, lead, carries, want string }{
		{"每月报告水质情况", "month", "2022-04-08", "shuiwu", "", "y2021/m missing 2022-01 2022-02 2022-03 twice"},
		{"每月 报告水质情况", "month", "2022-03-01", "shuiwu", "", "y2021/m missing 2022-01 2022-02 twice"},
		{"每月报告水质情况", "month", "2022-01-01", "shuiwu", "", ""},
		{"每月报告水质情况", "month", "2021-11-20", "shuiwu", "", "y2021/m missing twice 2021-11 2021-12"},
		{"每月报告水质情况", "quarter", "2022-04-08", "shuiwu", "", "y2021/m missing 2022Q1 twice"},
		{"每月报告水质情况", "month", "2022-04-08", "shuiwu", "y2021/m", ""},
		{"每月报告水质情况", "month", "2022-04-08", "gaoping", "", ""},
		{"每季度监测水质", "quarter+20", "2022-05-08", "shuiwu", "", "y2021/q missing 2022Q1 twice"},
		{"每季度监测水质", "quarter+20", "2022-01-21", "shuiwu", "", ""},
		{"报送年度工作报告", "year+31", "2022-01-01", "shuiwu", "", "y2021/y missing twice 2021"},
		{"报送年度工作报告", "year+31", "2022-04-01", "shuiwu", "", ""},
		{"按月公开监测结果", "month", "2022-04-08", "shuiwu", "", ""},
		{"每月巡查一次水库", "month", "2022-04-08", "shuiwu", "", ""},
	} {
		rule := plan.Recurrence{From: day(c.from), Until: day("2022-12-31")}
		every, shift, _ := strings.Cut(c.every, "+")
		rule.Every = every
		rule.Shift = map[string]int{"20": 20, "31": 31}[shift]
		next := plan.Plan{ID: "y2022", Tasks: []plan.Task{{ID: "n", Kind: plan.Duty, Title: c.title, Lead: c.lead, Carries: c.carries, Recur: &rule}}}
		gaps, err := whatif.New(store, time.Now).Gaps(t.Context(), &next)
		require.NoError(t, err)
		var said []string
		for _, g := range gaps {
			said = append(said, g.Other.Plan+"/"+g.Other.ID, "missing")
			said = append(append(append(said, g.Missing...), "twice"), g.Twice...)
		}
		require.Equal(t, c.want, strings.Join(said, " "), c.title+" "+c.every+" "+c.from)
	}
}

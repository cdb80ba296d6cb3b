package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/report"
	"duban/seeds"
)

// TestAMailSaysWhatTheExportSays: a mail and the book give the same days left or late and
// the same light for a task.
func TestAMailSaysWhatTheExportSays(t *testing.T) {
	t.Parallel()
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	l := ledger.Launched{Plan: plan.Plan{ID: "p", Year: 2021, Policies: policies, Directory: people.Directory{Office: "office", Leadership: "group",
		Units: []people.Unit{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}, {ID: "office", Name: "办"}, {ID: "group", Name: "组"}}}}}
	rules, err := act.NewRules(&l.Plan, cal)
	require.NoError(t, err)
	day := func(s string) calendar.Day {
		d, err := calendar.ParseDay(s)
		require.NoError(t, err)
		return d
	}
	type deed struct {
		on   string
		kind act.Kind
		more func(a *act.Act)
	}
	for name, deeds := range map[string][]deed{
		"nothing done":              nil,
		"reported in time":          {{"2021-06-29", act.Complete, nil}},
		"reported late":             {{"2021-07-02", act.Complete, nil}},
		"reported, rejected":        {{"2021-06-29", act.Complete, nil}, {"2021-07-05", act.Reject, nil}},
		"paused":                    {{"2021-06-28", act.Suspend, nil}},
		"paused and moved":          {{"2021-06-20", act.Suspend, func(a *act.Act) { a.Moves = true }}, {"2021-07-01", act.Resume, nil}},
		"given to another, overdue": {{"2021-07-05", act.Reassign, func(a *act.Act) { a.Unit = "b" }}},
		"corrected":                 {{"2021-07-05", act.Correct, func(a *act.Act) { a.Due = day("2021-07-12") }}},
	} {
		c := rules.Open(act.Case{Kind: plan.Dated, Title: "题", Lead: "a", Office: "office", Leadership: "group", Policy: "standard",
			Due: day("2021-06-30"), Assigned: day("2021-04-08").At(0, 0, calendar.Beijing)})
		for _, d := range deeds {
			a := act.Act{ID: d.on, Kind: d.kind, By: act.Actor{Account: "x", Name: "x", Unit: "office"}, On: day(d.on), At: day(d.on).At(10, 0, calendar.Beijing), Reason: "r"}
			if d.kind == act.Complete {
				a.By.Unit = "a"
			}
			if d.more != nil {
				d.more(&a)
			}
			after, _, refused := rules.Act(c, a)
			require.Nil(t, refused, name)
			c = after
		}
		for _, today := range []string{"2021-07-06", "2021-07-10", "2021-07-12", "2021-07-20"} {
			on := day(today)
			row := ledger.Task{Plan: "p", ID: "t", Kind: plan.Dated, Title: "题", Lead: c.Lead, Due: c.Due, FirstDue: c.Due, Policy: "standard", State: ledger.TaskOpen, Facts: c.Case}
			written := report.Book(l, []ledger.Task{row}, nil, nil, nil, on, cal).Tasks[0]
			said := item(l, rules, ledger.Item{Task: row, Notice: ledger.Notice{Kind: plan.Remind}}, on, on.At(9, 0, calendar.Beijing).Add(time.Minute))
			require.Equal(t, []any{*written.DaysLeft, *written.WorkdaysLeft, written.Light}, []any{said.Left.Days, said.Left.Workdays, said.Light}, "%s, %s", name, today)
		}
	}
}

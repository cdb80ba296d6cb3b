package deadline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

func TestARecurrenceNamesItsDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, after string
		due         []string
	}{
		{"每月5日前上报", "2021-04-08", []string{"2021-05-05", "2021-06-05"}},
		{"每月底前", "2021-01-31", []string{"2021-02-28", "2021-03-31"}},
		{"按季度", "2021-04-08", []string{"2021-06-30", "2021-09-30", "2021-12-31"}},
		{"每季度首月20日前", "2021-04-08", []string{"2021-04-20", "2021-07-20"}},
		{"每季度次月10日前", "2021-04-08", []string{"2021-04-10", "2021-07-10"}},
		{"季度结束后15日内", "2021-04-08", []string{"2021-04-15", "2021-07-15"}},
		{"每半年", "2021-04-08", []string{"2021-06-30", "2021-12-31"}},
		{"每年1月底前", "2021-04-08", []string{"2022-01-31", "2023-01-31"}},
		{"每年3月和9月", "2021-04-08", []string{"2021-09-30", "2022-03-31"}},
		{"每周五前", "2021-04-08", []string{"2021-04-09", "2021-04-16"}},
		{"每月最后一个工作日前", "2021-10-01", []string{"2021-10-29", "2021-11-30"}},
		{"每月前5个工作日内", "2021-09-30", []string{"2021-10-13"}},
		{"每年3月10日和9月20日前", "2021-04-08", []string{"2021-09-20", "2022-03-10"}},
		{"每周一、三、五巡查", "2021-04-08", []string{"2021-04-09", "2021-04-12"}},
		{"每月5日、20日前报送", "2021-04-08", []string{"2021-04-20", "2021-05-05"}},
		{"每天调度", "2021-04-08", []string{"2021-04-09"}},
	} {
		r := deadline.Read(c.text, jincheng(t))
		require.Len(t, r, 1, c.text)
		d, err := calendar.ParseDay(c.after)
		require.NoError(t, err)
		for _, want := range c.due {
			var ok bool
			d, ok = r[0].Next(d, holidays(t))
			require.True(t, ok)
			require.Equal(t, want, d.String(), c.text)
		}
	}
}

// What Schedule says falls on the very days that Next names, for every recurrence
// of the corpus that it can say.
func TestScheduleAgreesWithNext(t *testing.T) {
	t.Parallel()
	said, unsaid := 0, 0
	for _, file := range []string{"testdata/phrases.yaml", "testdata/more.yaml"} {
		for _, row := range corpus(t, file) {
			for _, r := range deadline.Read(row.Text, row.context(t)) {
				if r.Kind != deadline.Recurring || r.Recur.Every > 1 {
					continue
				}
				every, shift, expr, ok := r.Schedule()
				if !ok {
					unsaid++
					continue
				}
				if strings.ContainsAny(expr, "L#") { // the plan's own signs: tested where plans are made
					continue
				}
				said++
				d := calendar.Day{Year: 2021, Month: 1, Date: 1}
				for range 8 {
					next, ok := r.Next(d, holidays(t))
					require.True(t, ok, row.Text)
					require.Equal(t, next.String(), scheduled(t, d, every, shift, expr).String(), "%s after %s: %q %d %q", row.Text, d, every, shift, expr)
					d = next
				}
			}
		}
	}
	require.Greater(t, said, 30)
	require.Less(t, unsaid, said)
}

// scheduled is the next due day by the two forms a plan's file knows.
func scheduled(t *testing.T, after calendar.Day, every string, shift int, expr string) calendar.Day {
	if expr != "" {
		sched, err := cron.ParseStandard(expr)
		require.NoError(t, err)
		return calendar.DayOf(sched.Next(after.End(time.UTC).Add(-time.Second)))
	}
	d := after.AddDays(-shift)
	for {
		end := map[string]calendar.Day{"month": d.MonthEnd(), "quarter": d.QuarterEnd(), "halfyear": d.HalfEnd(), "year": d.YearEnd()}[every]
		if due := end.AddDays(shift); due.After(after) {
			return due
		}
		d = end.AddDays(1)
	}
}

// TestTermsCountedFromTheIssue: Friday 2022-04-01 is the issue; 2022-04-03 to 05 is 清明,
// and the Saturday 04-02 is worked.
func TestTermsCountedFromTheIssue(t *testing.T) {
	issued := calendar.NewDay(2022, 4, 1)
	for text, want := range map[string]string{
		"5日内拨付资金": "2022-04-06", "3个工作日内": "2022-04-07", "2日内": "2022-04-06", "1个工作日内": "2022-04-02", "两周内": "2022-04-15", "3至5日内": "2022-04-06",
		"36小时内": "2022-04-06", "收到申请之日起5日内": "2022-04-06", "届满90日前": "", "6月底前": "", "限期整改": "",
	} {
		rs := deadline.Read(text, deadline.Context{Issued: issued, PlanYear: 2022, Calendar: holidays(t)})
		require.Len(t, rs, 1, text)
		got := rs[0].FromIssue(issued, holidays(t))
		if want == "" {
			require.True(t, got.IsZero(), text)
			continue
		}
		require.Equal(t, want, got.String(), text)
		require.True(t, rs[0].FromIssue(calendar.Day{}, nil).IsZero(), text)
	}
}

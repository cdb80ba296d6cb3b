package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// dues is every due date of a rule after a day, with its period, at most n.
func dues(r plan.Recurrence, after calendar.Day, n int) string {
	var all []string
	for range n {
		due, period, ok := r.Next(after)
		if !ok {
			all = append(all, "end")
			break
		}
		all = append(all, period+" "+due.String())
		after = due
	}
	return strings.Join(all, ", ")
}

func TestRecurrencesOfTheYear(t *testing.T) {
	t.Parallel()
	from, until := day(t, "2021-04-08"), day(t, "2021-12-31")
	for _, c := range []struct {
		name string
		rule plan.Recurrence
		want string
	}{
		{"months", plan.Recurrence{Every: "month", From: from, Until: day(t, "2021-06-30")}, "2021-04 2021-04-30, 2021-05 2021-05-31, 2021-06 2021-06-30, end"},
		{"quarters", plan.Recurrence{Every: "quarter", From: from, Until: until}, "2021Q2 2021-06-30, 2021Q3 2021-09-30, 2021Q4 2021-12-31, end"},
		{"half-years", plan.Recurrence{Every: "halfyear", From: from, Until: until}, "2021H1 2021-06-30, 2021H2 2021-12-31, end"},
		{"years", plan.Recurrence{Every: "year", From: from, Until: day(t, "2023-06-30")}, "2021 2021-12-31, 2022 2022-12-31, end"},
		{"ten days after the quarter", plan.Recurrence{Every: "quarter", Shift: 10, From: from, Until: until}, "2021Q1 2021-04-10, 2021Q2 2021-07-10, 2021Q3 2021-10-10, 2021Q4 2022-01-10, end"},
		{"five days before the month's end", plan.Recurrence{Every: "month", Shift: -5, From: day(t, "2024-01-27"), Until: day(t, "2024-04-01")}, "2024-02 2024-02-24, 2024-03 2024-03-26, end"},
		{"four hundred days after the year", plan.Recurrence{Every: "year", Shift: 366, From: from, Until: day(t, "2023-12-31")}, "2020 2022-01-01, 2021 2023-01-01, 2022 2024-01-01, 2023 2024-12-31, end"},
		{"the fifth of each month", plan.Recurrence{Cron: "0 9 5 * *", From: from, Until: day(t, "2021-07-05")}, "2021-05-05 2021-05-05, 2021-06-05 2021-06-05, 2021-07-05 2021-07-05, end"},
		{"the 31st", plan.Recurrence{Cron: "30 17 31 * *", From: from, Until: day(t, "2021-09-01")}, "2021-05-31 2021-05-31, 2021-07-31 2021-07-31, 2021-08-31 2021-08-31, end"},
		{"midnight of From itself", plan.Recurrence{Cron: "0 0 8 4 *", From: from, Until: until}, "2021-04-08 2021-04-08, end"},
		{"the 20th of each quarter's first month", plan.Recurrence{Cron: "0 9 20 1,4,7,10 *", From: from, Until: until}, "2021-04-20 2021-04-20, 2021-07-20 2021-07-20, 2021-10-20 2021-10-20, end"},
		{"Fridays", plan.Recurrence{Cron: "0 9 * * 5", From: from, Until: day(t, "2021-04-23")}, "2021-04-09 2021-04-09, 2021-04-16 2021-04-16, 2021-04-23 2021-04-23, end"},
		{"leap days", plan.Recurrence{Cron: "0 9 29 2 *", From: from, Until: day(t, "2029-01-01")}, "2024-02-29 2024-02-29, 2028-02-29 2028-02-29, end"},
		{"every minute is a day a day", plan.Recurrence{Cron: "* * * * *", From: from, Until: day(t, "2021-04-10")}, "2021-04-08 2021-04-08, 2021-04-09 2021-04-09, 2021-04-10 2021-04-10, end"},
		{"a cron nobody can read", plan.Recurrence{Cron: "每月5日", From: from}, "end"},
	} {
		require.Equal(t, c.want, dues(c.rule, calendar.Day{}, 9), c.name)
	}
	endless := plan.Recurrence{Every: "month", From: from}
	require.Equal(t, "2030-12 2030-12-31, 2031-01 2031-01-31", dues(endless, day(t, "2030-12-30"), 2))
}

func TestRecurrencesAdvanceAndSkipNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := plan.Recurrence{Every: rapid.SampledFrom([]string{"month", "quarter", "halfyear", "year"}).Draw(t, "every"),
			Shift: rapid.IntRange(-366, 366).Draw(t, "shift"), From: anyDay(t, "from")}
		after := anyDay(t, "after")
		due, period, ok := r.Next(after)
		require.True(t, ok)
		require.True(t, due.After(after))
		require.False(t, due.Before(r.From))
		end := due.AddDays(-r.Shift)
		require.Equal(t, end.MonthEnd(), end, "a period ends with a month")

		again, _, _ := r.Next(due.AddDays(-1))
		require.Equal(t, due, again, "found from the day before as well")
		next, nextPeriod, _ := r.Next(due)
		require.NotEqual(t, period, nextPeriod)
		months := map[string]int{"month": 1, "quarter": 3, "halfyear": 6, "year": 12}[r.Every]
		require.Equal(t, end.AddDays(1).AddMonths(months), next.AddDays(-r.Shift+1), "the very next period")

		r.Until = end.AddDays(-1)
		_, _, ok = r.Next(after)
		require.False(t, ok, "ended")
	})
}

func anyDay(t *rapid.T, name string) calendar.Day {
	return calendar.NewDay(2020, 1, 1).AddDays(rapid.IntRange(0, 8*366).Draw(t, name))
}

func TestParseCronRefusesWhatNamesNoDay(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"0 9 5 * *", "0 9 L * *", "0 9 * * 1#1", "0 9 29 2 *", "0 9 * * MON-FRI", "0 9 1 */3 *"} {
		_, err := plan.ParseCron(good)
		require.NoError(t, err, good)
	}
	for _, bad := range []string{
		"", " ", "* * * *", "* * * * * *", "0 9 32 * *", "0 9 0 * *", "60 9 1 * *", "0 9 1L * *", "0 9 31 2 *", "0 9 30 2 *",
		"@daily", "@every 1h", "TZ=", "CRON_TZ=UTC", "CRON_TZ=Asia/Shanghai 0 9 5 * *", "TZ=UTC 0 9 5 * *", "每月5日", "0 9 5 * 8",
		"0 9 5-1 * *", "0 9 */0 * *", "0 9 99999999999999999999 * *",
	} {
		_, err := plan.ParseCron(bad)
		require.Error(t, err, bad)
	}
}

func FuzzParseCron(f *testing.F) {
	for _, seed := range []string{"0 9 5 * *", "CRON_TZ=UTC", "TZ=", "@every 1s", "0 9 31 2 *", "*/5 0-23/2 1,2 JAN sun"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		sched, err := plan.ParseCron(expr)
		if err == nil && sched.Next(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
			t.Fatalf("%q was accepted and never fires", expr)
		}
	})
}

func duty(rule plan.Recurrence) plan.Task {
	return plan.Task{ID: "2.4-monitor", Kind: plan.Duty, Lead: "zhujian", Policy: "standard", Recur: &rule}
}

// occurrences is every occurrence of a duty launched at an instant.
func occurrences(t *testing.T, task plan.Task, launched time.Time) []plan.Occurrence {
	l, policy := seededLadderer(t), seededPolicies(t)["standard"]
	var all []plan.Occurrence
	for after := (calendar.Day{}); len(all) < 50; {
		o, ok := l.NextOccurrence(policy, task, after, launched)
		if !ok {
			break
		}
		all, after = append(all, o), o.Due
	}
	return all
}

func TestOccurrencesOpenAheadOfTheirFirstStage(t *testing.T) {
	t.Parallel()
	launched := moment(t, "2021-04-08 10:00")
	task := duty(plan.Recurrence{Every: "quarter", From: day(t, "2021-04-08"), Until: day(t, "2021-12-31")})
	// remind-30 of 06-30 is 05-31; of 09-30 08-31; of 12-31 12-01; three days before it, at midnight.
	require.Equal(t, []plan.Occurrence{
		{Task: "2.4-monitor.2021Q2", Period: "2021Q2", Due: day(t, "2021-06-30"), Opens: moment(t, "2021-05-28 00:00").UTC()},
		{Task: "2.4-monitor.2021Q3", Period: "2021Q3", Due: day(t, "2021-09-30"), Opens: moment(t, "2021-08-28 00:00").UTC()},
		{Task: "2.4-monitor.2021Q4", Period: "2021Q4", Due: day(t, "2021-12-31"), Opens: moment(t, "2021-11-28 00:00").UTC()},
	}, occurrences(t, task, launched))
}

func TestADutyLaunchedLateOpensWhatIsNotYetDue(t *testing.T) {
	t.Parallel()
	task := duty(plan.Recurrence{Every: "month", From: day(t, "2021-04-08"), Until: day(t, "2021-08-31")})
	launched := moment(t, "2021-06-30 23:59") // the limit is 24:00: June is still open
	require.Equal(t, []plan.Occurrence{
		{Task: "2.4-monitor.2021-06", Period: "2021-06", Due: day(t, "2021-06-30"), Opens: launched.UTC()},
		{Task: "2.4-monitor.2021-07", Period: "2021-07", Due: day(t, "2021-07-31"), Opens: launched.UTC()},                      // its first reminder is the next morning
		{Task: "2.4-monitor.2021-08", Period: "2021-08", Due: day(t, "2021-08-31"), Opens: moment(t, "2021-07-27 00:00").UTC()}, // remind-30 moves from Sunday 08-01 to 07-30
	}, occurrences(t, task, launched))
	first := occurrences(t, task, moment(t, "2021-07-01 00:00"))[0]
	require.Equal(t, "2.4-monitor.2021-07", first.Task, "a minute later June is over")
	require.Empty(t, occurrences(t, task, moment(t, "2021-09-01 00:00")))
	require.Empty(t, occurrences(t, plan.Task{ID: "x", Kind: plan.Dated}, launched))
}

func TestOccurrencesOpenBeforeTheyFirstSpeak(t *testing.T) {
	t.Parallel()
	l := seededLadderer(t)
	offset := func(t *rapid.T, label string) plan.Offset {
		return plan.Offset{N: rapid.IntRange(0, 40).Draw(t, label), Work: rapid.Bool().Draw(t, label+" in working days")}
	}
	rapid.Check(t, func(t *rapid.T) {
		policy := plan.Policy{SpeakAt: "09:00", Ahead: offset(t, "ahead")}
		for range rapid.IntRange(0, 6).Draw(t, "reminders") {
			before := offset(t, "before")
			policy.Stages = append(policy.Stages, plan.Rule{Before: &before})
		}
		task := duty(plan.Recurrence{Every: rapid.SampledFrom([]string{"month", "quarter"}).Draw(t, "every"), From: anyDay(t, "from")})
		launched := anyDay(t, "launched").At(rapid.IntRange(0, 23).Draw(t, "hour"), 0, calendar.Beijing)
		o, ok := l.NextOccurrence(policy, task, anyDay(t, "after"), launched)
		require.True(t, ok)
		require.False(t, o.Opens.Before(launched))
		require.False(t, o.Due.End(calendar.Beijing).Before(launched), "what is over is not opened")
		if o.Opens.Equal(launched) {
			return
		}
		for _, r := range policy.Stages {
			if r.Before != nil {
				first := l.Calendar.OnOrBefore(r.Before.Before(o.Due, l.Calendar))
				require.False(t, l.At(policy, first).Before(o.Opens), "opened in time, nothing is missed")
			}
		}
	})
}

// A rule that takes another's place asks for each period once.
func TestARuleThatFollowsAnother(t *testing.T) {
	t.Parallel()
	month, quarter := plan.Recurrence{Every: "month"}, plan.Recurrence{Every: "quarter"}
	the25th, later := plan.Recurrence{Cron: "0 9 25 * *"}, plan.Recurrence{Every: "quarter", Shift: 20}
	for _, c := range []struct {
		was, is    plan.Recurrence
		last, from string
		want       string
	}{
		{the25th, month, "2021-06-25", "2021-06-26", "2021-07-31"}, // June was asked for on the 25th
		{month, the25th, "2021-06-30", "2021-06-26", "2021-07-25"}, // June was asked for on the 30th
		{quarter, later, "2021-06-30", "2021-06-01", "2021-10-20"}, // the second quarter is open
		{later, quarter, "2021-07-20", "2021-08-01", "2021-09-30"}, // the third quarter is the next
		{month, quarter, "2021-05-31", "2021-06-10", "2021-06-30"}, // June belongs to the second quarter
		{quarter, month, "2021-06-30", "2021-06-10", "2021-07-31"}, // the second quarter has June
		{month, quarter, "", "2021-06-10", "2021-06-30"},           // nothing was opened yet
	} {
		last := calendar.Day{}
		if c.last != "" {
			last = day(t, c.last)
		}
		is := c.is
		is.From = is.Follows(c.was.AskedFor(last), day(t, c.from))
		due, _, ok := is.Next(last)
		require.True(t, ok)
		require.Equal(t, c.want, due.String(), "%+v after %+v", c.is, c.was)
	}
}

// A period belongs to the year it lies in: until speaks of periods, whenever what is
// asked for them falls due.
func TestUntilSpeaksOfPeriods(t *testing.T) {
	t.Parallel()
	from, until := day(t, "2021-04-08"), day(t, "2021-12-31")
	for _, c := range []struct {
		name string
		rule plan.Recurrence
		want string
	}{
		{"the fourth quarter, due on 20 January", plan.Recurrence{Every: "quarter", Shift: 20, From: from, Until: until}, "2021Q1 2021-04-20, 2021Q2 2021-07-20, 2021Q3 2021-10-20, 2021Q4 2022-01-20, end"},
		{"a yearly report by 31 January", plan.Recurrence{Every: "year", Shift: 31, From: from, Until: until}, "2021 2022-01-31, end"},
		{"December, due on 5 January", plan.Recurrence{Every: "month", Shift: 5, From: day(t, "2021-11-20"), Until: until}, "2021-11 2021-12-05, 2021-12 2022-01-05, end"},
		{"the second half, due in March", plan.Recurrence{Every: "halfyear", Shift: 60, From: from, Until: until}, "2021H1 2021-08-29, 2021H2 2022-03-01, end"},
		{"a quarter that until cuts", plan.Recurrence{Every: "quarter", From: from, Until: day(t, "2021-11-30")}, "2021Q2 2021-06-30, 2021Q3 2021-09-30, end"},
	} {
		require.Equal(t, c.want, dues(c.rule, calendar.Day{}, 9), c.name)
	}
}

// What until cuts off is named with its due date; what it does not is not.
func TestWhatUntilCutsOff(t *testing.T) {
	t.Parallel()
	for until, want := range map[string]string{
		"quarter 2021-12-31": "", "quarter 2021-11-30": "2021Q4 2021-12-31", "quarter 2022-01-20": "2022Q1 2022-03-31", "month 2021-12-20": "2021-12 2021-12-31",
		"halfyear 2021-09-30": "2021H2 2021-12-31", "year 2021-12-31": "", "year 2022-01-31": "2022 2022-12-31",
		"0 9 25 * * 2021-12-20": "2021-12-25 2021-12-25", "0 9 25 * * 2021-12-25": "", "0 9 * * 5 2021-12-20": "", "0 9 L * * 2021-12-30": "2021-12-31 2021-12-31",
	} {
		i := strings.LastIndexByte(until, ' ')
		r := plan.Recurrence{Every: until[:i], From: day(t, "2021-04-08"), Until: day(t, until[i+1:])}
		if strings.Contains(r.Every, "*") {
			r.Every, r.Cron = "", r.Every
		}
		due, period, cut := r.CutOff()
		got := ""
		if cut {
			got = period + " " + due.String()
		}
		require.Equal(t, want, got, until)
	}
}

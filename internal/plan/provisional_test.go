package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// The seeds hold the notices for 2021 to 2026.
func TestYearsThatALadderRestsOnWithoutANotice(t *testing.T) {
	t.Parallel()
	l, policies := seededLadderer(t), seededPolicies(t)
	for _, c := range []struct {
		name, policy, due, assigned string
		want                        []int
	}{
		{"a year whose notices are in", "standard", "2021-12-31", "2021-04-08", nil},
		{"the talk it may come to", "standard", "2026-09-30", "2026-04-08", []int{2027}},
		{"neither stages nor talk", "standard", "2026-06-30", "2026-04-08", nil},
		{"a soft task is urged in January", "soft", "2026-12-31", "2026-04-08", []int{2027}},
		{"reminders before a due date in January", "soft", "2027-01-15", "2026-04-08", []int{2027}},
		{"the years in between are not counted in", "soft", "2029-06-30", "2026-04-08", []int{2029}},
		{"a ladder that begins before the notices", "soft", "2021-06-30", "2020-12-30", []int{2020}},
		{"launched years late", "soft", "2021-06-30", "2028-03-01", []int{2027, 2028}},
	} {
		require.Equal(t, c.want, l.ProvisionalYears(policies[c.policy], day(t, c.due), moment(t, c.assigned+" 10:00")), c.name)
	}
	l.Calendar = l.Calendar.With(calendar.Year{Year: 2027, Days: []calendar.Holiday{{Name: "元旦", Date: day(t, "2027-01-01"), IsOffDay: true}}})
	require.Empty(t, l.ProvisionalYears(policies["standard"], day(t, "2026-12-31"), moment(t, "2026-04-08 10:00")), "the notice is in")
}

// provisionals are the warnings of a small plan after some changes.
func provisionals(t *testing.T, changes ...[3]string) string {
	_, problems := fault{changes: changes}.spoil(t)
	var all strings.Builder
	for _, p := range problems {
		if p.Key == "plan.provisional" {
			require.True(t, p.Warning)
			fmt.Fprintf(&all, "%s:%d %s\n", p.File, p.Line, strings.TrimPrefix(p.Message(words.New("zh")), "没有 "))
		}
	}
	return all.String()
}

func TestThePlanCheckNamesEachProvisionalYearOnce(t *testing.T) {
	t.Parallel()
	require.Empty(t, provisionals(t))
	require.Equal(t, "plan.yaml:32 2027 年的放假安排，1 项任务的督办日期要算到这一年，暂按周末和法定节日休息推算，日期为暂定；通知发布后请用 calendar import 导入\n",
		provisionals(t, [3]string{"plan.yaml", "due: 2021-06-30", "due: 2026-12-31"}))
}

func TestADutyRestsOnEveryYearItRecursIn(t *testing.T) {
	t.Parallel()
	sentence := func(year, tasks int) string {
		return fmt.Sprintf("plan.yaml:41 %d 年的放假安排，%d 项任务的督办日期要算到这一年，暂按周末和法定节日休息推算，日期为暂定；通知发布后请用 calendar import 导入\n", year, tasks)
	}
	until := [3]string{"plan.yaml", "until: 2021-12-31", "until: 2029-02-28"} // the last quarter is 2028's fourth
	require.Equal(t, sentence(2027, 1)+sentence(2028, 1)+sentence(2029, 1), provisionals(t, until))
	require.Empty(t, provisionals(t, [3]string{"plan.yaml", "until: 2021-12-31", "until: 2026-06-30"}))
	require.Empty(t, provisionals(t, [3]string{"plan.yaml", ", until: 2021-12-31", ""}), "without an end, the plan's year")
}

// A word in a year without a notice, or counted back from one, may still move; what a
// task is given with, and what is said in a year whose notice is in, may not.
func TestWhatMayStillMoveWithANotice(t *testing.T) {
	t.Parallel()
	l := seededLadderer(t)
	at := func(d string) plan.Stage { return plan.Stage{ID: "T-3", Kind: plan.Remind, At: moment(t, d+" 09:00")} }
	january := day(t, "2027-01-08")
	require.True(t, l.Provisional(at("2027-01-04"), january))
	require.True(t, l.Provisional(at("2026-12-31"), january), "counted back over the New Year")
	require.False(t, l.Provisional(at("2026-12-31"), day(t, "2026-12-31")))
	order := at("2026-04-08")
	order.Kind = plan.Told
	require.False(t, l.Provisional(order, january))
	received := at("2026-04-10")
	received.Topic = plan.TopicAcknowledge
	require.False(t, l.Provisional(received, january))
	l.Calendar = l.Calendar.With(calendar.Year{Year: 2027, Days: calendar.LawDays(2027)})
	require.False(t, l.Provisional(at("2027-01-04"), january), "the notice is in")
}

package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
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

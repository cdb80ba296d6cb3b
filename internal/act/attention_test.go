package act_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// The year of the seeded plan when nobody acts: nobody gets more messages than the rhythm's
// budget, or more than one a day, and still whoever must act was told before the limit.
func TestTheSilentYearKeepsItsBudgetOfAttention(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", cal)
	require.NotNil(t, p, problems)
	b, err := act.NewRules(p, cal)
	require.NoError(t, err)
	launched := p.Issued.At(10, 0, b.Zone)
	foretold := act.Preview(p, cal, launched, calendar.NewDay(2022, 4, 7))

	type day struct {
		to people.Recipient
		on calendar.Day
	}
	messages, days := map[people.Recipient]int{}, map[day]int{}
	told := map[string]bool{} // tasks of which the lead's liaison heard in time
	all := b.Mailings(p, foretold)
	for i, m := range all {
		on := calendar.DayOf(m.At.In(b.Zone))
		messages[m.To]++
		days[day{m.To, on}]++
		require.True(t, i == 0 || !m.At.Before(all[i-1].At), "in order of time")
		for _, f := range m.Things {
			if m.To == (people.Recipient{Unit: f.Unit, Role: people.Liaison}) && !on.After(f.Due) && f.Topic == "" {
				told[f.Task] = true
			}
		}
	}
	budget := plan.DefaultRhythm().Seats
	for to, n := range messages {
		require.LessOrEqual(t, n, budget[to.Role].Budget, to.String())
	}
	for d, n := range days {
		require.Equal(t, 1, n, "%s on %s", d.to, d.on)
	}
	chased := map[string]bool{}
	for _, f := range foretold {
		if f.Topic != act.TopicOrder {
			chased[f.Task] = true
		}
	}
	for task := range chased {
		require.True(t, told[task], "the liaison was not told of %s before its limit", task)
	}
	require.Greater(t, len(chased), 70)
	leader := slices.IndexFunc(all, func(m act.Mailing) bool { return m.To.Role == people.Leader })
	require.NotEqual(t, -1, leader, "the leader hears of something")
}

// A word that waits for the weekly page is left out of it when a word as grave was said about
// the same thing meanwhile.
func TestWhatWasSaidMeanwhileIsNotSaidAgain(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	liaison := people.Recipient{Unit: "a", Role: people.Liaison}
	p := &plan.Plan{ID: "p", Policy: "standard", Policies: seededPolicies(t), Zone: "Asia/Shanghai",
		Directory: people.Directory{Office: "office", Leadership: "group", Units: []people.Unit{{ID: "a", Contacts: []people.Contact{{Role: people.Liaison, Email: "a@x.example"}}}}},
		Tasks:     []plan.Task{{ID: "t", Kind: plan.Dated, Lead: "a", Policy: "standard", Due: day(t, "2021-06-10")}}} // a Thursday
	b, err := act.NewRules(p, cal)
	require.NoError(t, err)
	var got []string
	for _, m := range b.Mailings(p, act.Preview(p, cal, day(t, "2021-04-08").At(10, 0, b.Zone), calendar.Day{})) {
		require.Equal(t, liaison, m.To, "empty seats get nothing")
		for _, f := range m.Things {
			got = append(got, m.At.In(b.Zone).Format("01-02 Mon ")+f.ID)
		}
	}
	// remind-1 of 06-09 repeats remind-3 of 06-07, so it waits for the weekly page; the word of
	// the due day is said before that page, and remind-1 is left out.
	require.Equal(t, []string{"04-08 Thu act-0-order", "04-09 Fri study-1", "04-12 Mon unacknowledged-3", "05-11 Tue remind-30", "05-26 Wed remind-15", "06-03 Thu remind-7", "06-07 Mon remind-3",
		"06-10 Thu due", "06-11 Fri urge"}, got[:9])
}

// Whoever acts in time gets no words that follow a limit, and the office is told of what was
// done.
func TestAttentionIfNobodyActsAndIfEverybodyDoes(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", cal)
	require.NotNil(t, p, problems)
	launched := p.Issued.At(10, 0, calendar.Beijing)
	for _, f := range act.Diligent(p, cal, launched, calendar.Day{}) {
		require.True(t, f.Kind == plan.Told || !calendar.DayOf(f.At.In(calendar.Beijing)).After(f.Due), "%s of %s is said after its limit", f.ID, f.Task)
	}
	all := act.Attentions(p, cal, launched, calendar.Day{})
	require.Equal(t, people.Leader, all[0].To.Role, "the leadership first")
	require.Equal(t, 60, all[0].Budget)
	require.Zero(t, all[0].Acting, "whom nothing is overdue for hears nothing")
	require.NotZero(t, all[0].Silent)
	for _, a := range all {
		silent, acting := 0, 0
		for _, m := range a.Months {
			silent, acting = silent+m.Silent, acting+m.Acting
		}
		require.GreaterOrEqual(t, silent, a.Silent)
		require.GreaterOrEqual(t, acting, a.Acting)
		require.LessOrEqual(t, max(a.Silent, a.Acting), a.Budget, a.To)
	}
}

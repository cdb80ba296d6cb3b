package activities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// The seed's year when nobody acts, with messages sent by the activities themselves: each
// seat gets few messages, and none is long; every stage is in the ledger; whoever must act
// was told before the limit; units get the messages that were foretold.
func TestASilentYearIsSaidInFewMessages(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	launched := y.now
	end := calendar.NewDay(2022, 4, 8).At(0, 0, calendar.Beijing)
	y.until(end, nil)

	budget := map[people.Role]int{people.Leader: 60, people.Liaison: 100, people.Office: 250}
	messages, days := map[people.Recipient]int{}, map[string]int{}
	for _, m := range y.letters {
		messages[m.Recipient]++
		day := m.Recipient.String() + " " + m.at.In(calendar.Beijing).Format("2006-01-02")
		if days[day]++; days[day] > 1 {
			t.Errorf("%s got %d messages", day, days[day])
		}
		rows := strings.Count(m.HTML, `<tr class="row"`)
		given := calendar.DayOf(m.at) == calendar.DayOf(launched) // the message of the launch lists all tasks of a unit
		require.True(t, rows > 0 && (rows <= 15 || given), "%s: %d things", day, rows)
	}
	for to, n := range messages {
		if most := budget[to.Role]; most > 0 {
			require.LessOrEqual(t, n, most, to.String())
		}
	}
	t.Logf("%d messages; the leadership %d, the office %d", len(y.letters), messages[people.Recipient{Unit: "lingdao", Role: people.Leader}], messages[people.Recipient{Unit: "shuizhiban", Role: people.Office}])

	stages, err := y.store.Stages(t.Context(), y.plan.ID, "")
	require.NoError(t, err)
	decided := map[string]bool{}
	for _, s := range stages {
		decided[s.Task+" "+s.ID] = true
	}
	chased, ahead := map[string]calendar.Day{}, act.Preview(y.plan, y.cal, launched, calendar.NewDay(2022, 4, 7))
	for _, f := range ahead {
		if f.At.Before(end) {
			if f.Topic != act.TopicOrder {
				chased[f.Task] = f.Due
			}
			require.True(t, decided[f.Task+" "+f.ID], "%s of %s left no trace", f.ID, f.Task)
		}
	}
	notices, err := y.store.Notices(t.Context(), ledger.NoticeFilter{Plan: y.plan.ID, States: []ledger.NoticeState{ledger.Sent}})
	require.NoError(t, err)
	for _, n := range notices {
		if due, ok := chased[n.Task]; ok && n.Talk == "" && n.Recipient.Role == people.Liaison && n.Kind.Gravity() <= plan.DueDay.Gravity() &&
			!calendar.DayOf(n.In().In(calendar.Beijing)).After(due) {
			delete(chased, n.Task)
		}
	}
	for task, due := range chased {
		require.False(t, due.Before(calendar.NewDay(2022, 4, 1)), "the liaison was not told of %s before its limit", task)
	}

	// Units get exactly the messages that are foretold before the launch. The leadership and
	// the office also get those about proposals of rules.
	rules, err := act.NewRules(y.plan, y.cal)
	require.NoError(t, err)
	unit := func(to people.Recipient) bool { return to.Role != people.Leader && to.Role != people.Office }
	var foretold, got []string
	for _, m := range rules.Mailings(y.plan, ahead) {
		if unit(m.To) && m.At.Before(end) {
			foretold = append(foretold, m.At.UTC().Format(time.DateTime)+" "+m.To.String())
		}
	}
	for _, m := range y.letters {
		if unit(m.Recipient) {
			got = append(got, m.at.UTC().Format(time.DateTime)+" "+m.Recipient.String())
		}
	}
	require.Greater(t, len(got), 300)
	require.ElementsMatch(t, foretold, got)

	// The proposals of rules are foretold, each with its day.
	talks, err := y.store.Talks(t.Context(), y.plan.ID, "")
	require.NoError(t, err)
	foretold, got = nil, nil
	for _, k := range talks {
		if ruled(k) && k.State == act.TalkProposed {
			got = append(got, k.Facts.Asked.String()+" "+k.Lead+" "+k.What+" "+k.Origin.Of)
		}
	}
	for _, r := range act.RuledAlone(y.plan, y.cal, launched, calendar.NewDay(2022, 4, 7), ahead) {
		if r.On.Before(calendar.NewDay(2022, 4, 8)) {
			foretold = append(foretold, r.Put.String()+" "+r.Unit+" "+r.What+" "+r.Rule)
		}
	}
	require.Greater(t, len(got), 10)
	require.ElementsMatch(t, foretold, got)

	require.Empty(t, saidTwice(notices), "the same to the same seat, as grave, twice in a week")

	stuck, err := y.store.Stuck(t.Context(), y.plan.ID, end)
	require.NoError(t, err)
	require.Empty(t, stuck)
}

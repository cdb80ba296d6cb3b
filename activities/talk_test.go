package activities_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// Six counties and several departments of the seed miss several due dates whose ladders call
// for a talk on the same morning. Each unit is called to the talk of the task that was
// foretold, whichever of its ladders speaks first.
func TestTheTalkOfAUnitIsTheSameInWhateverOrderItsTasksSpeak(t *testing.T) {
	t.Parallel()
	to := calendar.NewDay(2021, 5, 20).At(0, 0, calendar.Beijing).UTC()
	talks := func(last bool) map[string][]string {
		y := newYear(t, "zh")
		y.last = last
		y.until(to, nil)
		all, err := y.store.Talks(t.Context(), y.plan.ID, "")
		require.NoError(t, err)
		of, into := map[string][]string{}, 0
		for _, k := range slices.DeleteFunc(all, ruled) {
			recorded(t, y, k)
			if k.State == act.TalkJoined {
				into++
				continue
			}
			require.Equal(t, act.TalkOpen, k.State)
			for _, m := range k.Facts.Of() {
				of[k.ID] = append(of[k.ID], m.Task)
			}
		}
		require.Greater(t, into, 5)
		foretold, units := map[string]bool{}, map[string]int{}
		for _, f := range act.Preview(y.plan, y.cal, y.plan.Issued.At(10, 0, calendar.Beijing), calendar.Day{}) {
			if f.ID != "talk-served-remind" {
				continue
			}
			units[f.Unit]++
			if f.At.Before(to.AddDate(0, 0, 5)) {
				foretold[f.Task+"#1"] = true
			}
		}
		require.Len(t, units, 11, "of the whole year")
		for unit, n := range units {
			require.Equal(t, 1, n, "%s is called to one talk, which nobody holds", unit)
		}
		require.ElementsMatch(t, slices.Sorted(keysOf(foretold)), slices.Sorted(keysOf(of)))
		return of
	}
	first := talks(false)
	require.Equal(t, first, talks(true))
}

// recorded requires that the ledger has the decided stage of k's task that opened k, and that
// k, or the talk that k has joined, is open and about this task with the date it missed.
func recorded(t *testing.T, y *year, k ledger.Talk) {
	events, err := y.store.Events(t.Context(), ledger.EventFilter{Plan: y.plan.ID, Task: k.Task})
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(events, func(e ledger.Event) bool {
		var data struct{ Opens string }
		return e.Kind == ledger.StageDecided && json.Unmarshal(e.Data, &data) == nil && data.Opens == k.ID
	}), k.ID)
	about, err := y.store.TalksAbout(t.Context(), y.plan.ID, k.Task)
	require.NoError(t, err)
	i := slices.IndexFunc(about, func(of ledger.Talk) bool { return of.ID == k.Host || of.ID == k.ID })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, act.TalkOpen, about[i].State)
	require.True(t, about[i].About(k.Task))
	require.False(t, about[i].Missed(k.Task).IsZero(), "with its own date")
}

package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
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

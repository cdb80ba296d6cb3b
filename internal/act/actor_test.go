package act_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// TestOnlyTheOfficeEntersForAUnit: an act is entered for a unit 代录 by the office alone, under an
// account of its own, and only an act that is the unit's to do.
func TestOnlyTheOfficeEntersForAUnit(t *testing.T) {
	t.Parallel()
	c := act.Case{Kind: plan.Dated, State: act.Open, Lead: "shuiwu", Assist: []string{"gaoping"}, Office: "duban", Leadership: "lingdao", Due: calendar.NewDay(2021, 9, 30)}
	clerk := act.Actor{Account: "clerk", Name: "经办", Unit: "duban"}
	entered := func(by, entered act.Actor, k act.Kind) string {
		if r := c.Check(act.Act{ID: "a", Kind: k, By: by, Entered: &entered, On: calendar.NewDay(2021, 6, 7), Reason: "来电"}); r != nil {
			return r.Key
		}
		return ""
	}
	unit := clerk.For("shuiwu", "市水务局")
	require.Equal(t, act.Actor{Account: "clerk", Name: "市水务局", Unit: "shuiwu"}, unit)
	require.Empty(t, entered(unit, clerk, act.Progress))
	require.Equal(t, "act.refused_seat", entered(unit, clerk, act.Verify), "it gives the unit no more than it may")
	require.Equal(t, "act.refused_seat", entered(clerk.For("gaoping", "高平市"), clerk, act.Progress))
	require.Equal(t, "act.refused_entered_for", entered(clerk.For("lingdao", "领导小组"), clerk, act.Instruct))
	require.Equal(t, "act.refused_entered_for", entered(clerk, clerk, act.Chase))
	require.Equal(t, "act.refused_entered_for", act.CheckOnPlan("duban", "lingdao", act.Act{ID: "a", Kind: act.EndPlan, By: clerk, Entered: &clerk, Reason: "x"}).Key)
	for name, who := range map[string]act.Actor{
		"a unit": {Account: "clerk", Name: "x", Unit: "gaoping"}, "the leadership": {Account: "clerk", Name: "x", Unit: "lingdao"},
		"under another account": {Account: "other", Name: "x", Unit: "duban"}, "nobody": {},
	} {
		require.Equal(t, "act.refused_entered", entered(unit, who, act.Progress), name)
	}
}

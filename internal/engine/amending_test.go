package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// TestARhythmThatIsThereIsNotSetAgain: a duty that an amendment restores gets the act
// that reinstates it, and an act that sets its rhythm only where the amended plan has
// another rhythm than the duty had.
func TestARhythmThatIsThereIsNotSetAgain(t *testing.T) {
	t.Parallel()
	on := calendar.NewDay(2021, 8, 5)
	office := act.Actor{Account: "wang", Name: "王科长", Unit: "office"}
	duty := act.Case{Kind: plan.Duty, State: act.Open, Lead: "u", Office: "office", Rule: &plan.Recurrence{Every: "month", Shift: 5}}
	restored := act.ActsOf(plan.TaskChange{What: plan.Restored, New: &plan.Task{Kind: plan.Duty, Lead: "u", Recur: &plan.Recurrence{Every: "month", Shift: 5}}}, false)
	for _, tt := range []struct {
		rule  string
		from  calendar.Day
		there bool
	}{
		{"month+5", calendar.Day{}, true},
		{"month+5", on, true},
		{"month+5", on.AddDays(40), false}, // the same rhythm from another day on
		{"month", calendar.Day{}, false},
		{"quarter", calendar.Day{}, false},
	} {
		a := act.Act{ID: "1", Kind: act.SetRule, By: office, On: on, At: on.At(10, 0, calendar.Beijing), Rule: tt.rule, Due: tt.from, Reason: "x"}
		require.Equal(t, tt.there, alreadySo(duty, a), "%v", tt)
		refused := duty.Check(a)
		require.Equal(t, tt.there, refused != nil && refused.Key == "act.refused_same", "%v: %v", tt, refused)
	}
	var set []string
	for _, a := range restored {
		if a.By, a.ID, a.Reason, a.On = office, "2", "x", on; a.Kind != act.Reinstate && !alreadySo(duty, a) {
			set = append(set, string(a.Kind))
		}
	}
	require.Empty(t, set, "of a duty put back as it was")
	require.Nil(t, duty.Could(act.SetRule, office, on))
	duty.Rule = &plan.Recurrence{Every: "month"}
	require.Nil(t, duty.Could(act.SetRule, office, on))
}

package act_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
)

func TestWhatIsTooLongIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	by := act.Actor{Account: "a", Name: "甲", Unit: "u"}
	long := strings.Repeat("督", 2001)
	for name, c := range map[string]struct {
		a    act.Act
		want string
	}{
		"fits":     {act.Act{Kind: act.Progress, By: by, Reason: long[:6000]}, ""},
		"reason":   {act.Act{Kind: act.Progress, By: by, Reason: long}, "act.refused_long reason 2000 2001"},
		"minutes":  {act.Act{Kind: act.Minutes, By: by, Reason: long}, ""},
		"title":    {act.Act{Kind: act.Reword, By: by, Title: long}, "act.refused_long title 500 2001"},
		"evidence": {act.Act{Kind: act.Complete, By: by, Evidence: make([]act.Evidence, 21)}, "act.refused_many evidence 20 21"},
		"address":  {act.Act{Kind: act.Complete, By: by, Evidence: []act.Evidence{{URL: "https://" + strings.Repeat("a", 500)}}}, "act.refused_long evidence 500 508"},
		"called":   {act.Act{Kind: act.Serve, By: by, Talk: &act.TalkFacts{Called: []string{long}}}, "act.refused_long called 200 2001"},
		"id":       {act.Act{Kind: act.Progress, By: by, ID: long}, "act.refused_long name 200 2001"},
		"engine":   {act.Act{Kind: act.Propose, By: act.EngineActor, Reason: long}, ""},
	} {
		got := ""
		if r := act.Lengths(c.a); r != nil {
			got = fmt.Sprint(r.Key, " ", r.Data["Field"], " ", r.Data["Most"], " ", r.Data["Has"])
		}
		require.Equal(t, c.want, got, name)
	}
}

// Everybody writes the most that is allowed, in the worst characters, until
// nothing more is taken: what travels stays far below Temporal's 2 MiB.
func TestTheGreatestCourseCanTravel(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	worst := strings.Repeat("<", 2000) // six bytes each in JSON
	c := begin(b, "standard", calendar.NewDay(2021, 12, 31), moment(t, "2021-05-31 09:00"))
	on := calendar.NewDay(2021, 6, 1)
	do := func(kind act.Kind, unit string, i int) *act.Refusal {
		a := act.Act{ID: fmt.Sprintf("%s-%d", kind, i), Kind: kind, By: act.Actor{Account: unit, Name: unit, Unit: unit}, At: on.At(10, 0, calendar.Beijing), On: on,
			Reason: worst, Due: calendar.NewDay(2022, 2, 1), Unit: "shuiwu", Ref: fmt.Sprint(i)}
		next, _, refused := b.Act(c, a)
		if refused == nil {
			c = next
		}
		return refused
	}
	require.Nil(t, do(act.Extend, "gaoping", 0), "an extension waits")
	refusals := map[string]bool{}
	for i := 1; i <= 200; i++ {
		for _, r := range []*act.Refusal{do(act.AskPart, "gaoping", i), do(act.Instruct, "group", i)} {
			if r != nil {
				refusals[r.Key] = true
			}
		}
	}
	require.Contains(t, refusals, "act.refused_full")
	require.Nil(t, do(act.Return, "gaoping", 0))
	require.Nil(t, do(act.Complete, "gaoping", 0))
	raw, err := json.Marshal(c)
	require.NoError(t, err)
	t.Logf("the greatest course: %d KiB", len(raw)>>10)
	require.Less(t, len(raw), 3<<19, "1.5 MiB")
}

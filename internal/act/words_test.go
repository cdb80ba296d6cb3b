package act

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
)

const secret = "不便外传"

// Keys removes every text that people write from a case, and Worded puts all of them back from
// the ledger's case of the same thing.
func TestKeysHoldNoWords(t *testing.T) {
	t.Parallel()
	on := calendar.NewDay(2021, 6, 1)
	asked := &Pending{N: 3, On: on, By: "李科长", Words: secret, Due: on.AddDays(9)}
	c := Course{Case: Case{
		Title: secret, Lead: "shuiwu", Return: asked, Extension: asked, Report: asked,
		Parts:        []Part{{ID: "1", Unit: "huanjing", Words: secret, Due: on}, {ID: "2", Words: secret}},
		Instructions: []Instruction{{ID: "1", By: "副市长", Words: secret}},
	}, Next: &plan.Stage{ID: "instruction-1", At: on.At(9, 0, calendar.Beijing), Matter: plan.Matter{Topic: "instruction", Words: secret, Paper: secret, Limit: on}}}
	whole := asText(t, c.Case)
	keys := c.Keys()
	require.NotContains(t, asText(t, keys), secret)
	require.Equal(t, whole, asText(t, c.Case), "what the keys are made of stays as it is")
	require.Equal(t, whole, asText(t, keys.Worded(c.Case)))
	require.Equal(t, c.Next.At, keys.Next.At)

	other := keys.Case
	other.Report = &Pending{N: 7}
	require.Empty(t, other.Worded(c.Case).Report.Words, "another report has not this one's words")

	facts := &TalkFacts{What: "talk", Number: secret, Time: time.Date(2021, 6, 3, 1, 0, 0, 0, time.UTC), Place: secret, Chair: secret, Called: []string{secret}, Missing: []string{secret}, Bring: secret}
	mark := Mark{On: on, By: "李科长", Words: secret}
	k := TalkCourse{TalkCase: TalkCase{
		Task: "a", Grounds: secret, Notice: facts, Record: facts, Minutes: secret, Absences: []Mark{mark, mark}, Returns: []Mark{mark}, Agains: []Mark{mark}, Doubt: &mark,
	}, Next: &plan.Stage{ID: "decide", Matter: plan.Matter{Words: secret}}}
	whole = asText(t, k.TalkCase)
	bare := k.Keys()
	require.NotContains(t, asText(t, bare), secret)
	require.Equal(t, whole, asText(t, k.TalkCase))
	require.Equal(t, whole, asText(t, bare.Worded(k.TalkCase)))
}

func asText(t *testing.T, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

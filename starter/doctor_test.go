package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/words"
)

// Whatever is found has words in both languages; what asks a person says which
// command answers, what is mended again and again says when, and a wrong clock is
// named.
func TestTheDoctorHasWordsForWhateverIsFound(t *testing.T) {
	t.Parallel()
	c := host.Condition{}
	c.Ledger.Skew = "-1m30s"
	p := host.PlanCondition{}
	p.Plan = "p"
	for _, why := range []engine.Why{engine.Unarmed, engine.Missing, engine.Ended, engine.Behind, engine.Ahead, engine.Differs, engine.Passed, engine.Stuck, engine.Spoken, engine.Unknown, engine.Over} {
		p.Found = append(p.Found, engine.Finding{Plan: "p", Workflow: "task:p:" + string(why), Why: why, Asks: why == engine.Spoken})
	}
	p.Found = append(p.Found, engine.Finding{Plan: "p", Workflow: "task:p:often", Why: engine.Ended, Again: 4, Next: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)})
	c.Plans = []host.PlanCondition{p}
	require.False(t, c.IsWell())
	for lang, want := range map[string][]string{
		"zh": {"慢 1m30s", "一天内已接续 4 次，2026-05-04 09:00 以后再接续", "--take ledger", "台账上已经办结，它还在走"},
		"en": {"1m30s behind", "was mended 4 times within a day and is not before 2026-05-04 09:00", "--take ledger", "over in the ledger"},
	} {
		var out bytes.Buffer
		a := &app{w: words.New(lang), out: &out, now: time.Now}
		c.Tell(&out, a.w, false)
		for _, text := range want {
			require.Contains(t, out.String(), text)
		}
		require.NotContains(t, out.String(), "doctor.", lang)
		require.NotContains(t, out.String(), "<no value>", lang)
	}
	only := host.Condition{}
	only.Ledger.Skew = "2s"
	require.False(t, only.IsWell(), "a wrong clock alone")
	require.True(t, host.Condition{}.IsWell())
}

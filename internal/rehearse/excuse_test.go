package rehearse

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// TestWhatTheChainExcuses: that a notice differs from the preview because of an act is
// excused only when the chain has the act and the notice in the order that explains it.
func TestWhatTheChainExcuses(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 6, 7, 1, 0, 0, 0, time.UTC)
	to := at.AddDate(0, 1, 0)
	head := people.Recipient{Unit: "shuiwu", Role: people.Head}
	stage := plan.Stage{ID: "warn", Kind: plan.Warn, At: at, To: []people.Recipient{head}}
	foretold := []plan.Foretold{{Task: "t", Stage: stage}}
	notice := func(state ledger.NoticeState) ledger.Notice {
		return ledger.Notice{Plan: "p", Effect: ledger.Effect{Task: "t", Revision: 1, Stage: "warn", Recipient: head, Channel: "outbox"}, Kind: plan.Warn, SpeakAt: at, State: state}
	}
	key := notice("").Key()
	chain := func(actAt time.Time, actSeq, wordSeq int64) Chain {
		return Chain{
			acts:    map[string]done{"t/a": {at: actAt, seq: actSeq, task: "t", kind: act.Verify}},
			intent:  map[string]int64{key: wordSeq},
			dropped: map[string]int64{key: wordSeq},
			decided: map[string]int64{"p/t/r1/warn": wordSeq},
		}
	}
	row := ledger.Stage{Plan: "p", Task: "t", Revision: 1, Stage: stage, State: ledger.Decided}
	for name, c := range map[string]struct {
		foretold []plan.Foretold
		state    ledger.NoticeState
		chain    Chain
		want     []string
	}{
		"dropped, and no act":                        {foretold, ledger.Dropped, Chain{}, []string{Unsaid}},
		"dropped after an act that came later":       {foretold, ledger.Dropped, chain(at.Add(time.Hour), 5, 9), nil},
		"dropped before the act was in the chain":    {foretold, ledger.Dropped, chain(at.Add(time.Hour), 9, 5), []string{Unsaid}},
		"dropped after an act that came earlier":     {foretold, ledger.Dropped, chain(at.Add(-time.Hour), 5, 9), []string{Unsaid}},
		"said before an act that bears an earlier":   {nil, ledger.Sent, chain(at.Add(-time.Hour), 9, 5), nil},
		"said after an act that bears an earlier":    {nil, ledger.Sent, chain(at.Add(-time.Hour), 5, 9), []string{Unexpected, Unexpected}},
		"said before an act that bears a later":      {nil, ledger.Sent, chain(at.Add(time.Hour), 9, 5), []string{Unexpected, Unexpected}},
		"decided ahead, and dropped: an act came":    {nil, ledger.Dropped, chain(at.Add(-time.Hour), 9, 5), nil},
		"decided though an act had made it untrue":   {nil, ledger.Dropped, chain(at.Add(-time.Hour), 5, 9), []string{Unexpected}},
		"said as foretold, with acts of other times": {foretold, ledger.Sent, chain(at.Add(-time.Hour), 5, 9), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range Compare(c.foretold, []ledger.Stage{row}, []ledger.Notice{notice(c.state)}, to, c.chain) {
				got = append(got, d.What)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// TestOneWordOfTwoLadders: a stage that was dropped under a replaced ladder and sent
// under the new one is one stage, and it was said.
func TestOneWordOfTwoLadders(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 6, 7, 1, 0, 0, 0, time.UTC)
	head := people.Recipient{Unit: "shuiwu", Role: people.Head}
	var notices []ledger.Notice
	for revision, state := range []ledger.NoticeState{ledger.Dropped, ledger.Sent} {
		notices = append(notices, ledger.Notice{Plan: "p", Kind: plan.Warn, SpeakAt: at, State: state,
			Effect: ledger.Effect{Task: "t", Revision: revision + 1, Stage: "warn", Recipient: head, Channel: "outbox"}})
	}
	foretold := []plan.Foretold{{Task: "t", Stage: plan.Stage{ID: "warn", Kind: plan.Warn, At: at, To: []people.Recipient{head}}}}
	require.Empty(t, Compare(foretold, nil, notices, at.AddDate(0, 1, 0), Chain{}))
	notices[1].SpeakAt = at.Add(time.Hour)
	diffs := Compare(foretold, nil, notices, at.AddDate(0, 1, 0), Chain{})
	require.Len(t, diffs, 2)
	require.Equal(t, []string{Unexpected, Unsaid}, []string{diffs[0].What, diffs[1].What}, "said at another time, and not when foretold")
}

// TestWhatTheEngineItselfOvertakes: a stage that is foretold and was never decided is excused only by
// an act of the engine's own on that task, of that instant or a later one, and only as far as the
// engine was behind with other stages.
func TestWhatTheEngineItselfOvertakes(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 5, 8, 0, 30, 0, 0, time.UTC)
	foretold := []plan.Foretold{{Task: "t", Stage: plan.Stage{ID: "remind", Kind: plan.Remind, At: at, To: []people.Recipient{{Unit: "jiance", Role: people.Liaison}}}}}
	for name, c := range map[string]struct {
		by     done
		behind time.Duration
		want   []string
	}{
		"the engine's act, while it was behind": {done{at: at.Add(5 * time.Hour), task: "t", own: true}, 5 * time.Hour, nil},
		"the engine was never so far behind":    {done{at: at.Add(5 * time.Hour), task: "t", own: true}, 4 * time.Hour, []string{Missing}},
		"a person's act":                        {done{at: at.Add(5 * time.Hour), task: "t"}, 5 * time.Hour, []string{Missing}},
		"an act on another task":                {done{at: at.Add(5 * time.Hour), task: "u", own: true}, 5 * time.Hour, []string{Missing}},
		"an earlier act":                        {done{at: at.Add(-time.Second), task: "t", own: true}, 5 * time.Hour, []string{Missing}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range Compare(foretold, nil, nil, at.AddDate(0, 1, 0), Chain{acts: map[string]done{"t/a": c.by}, behind: c.behind}) {
				got = append(got, d.What)
			}
			require.Equal(t, c.want, got)
		})
	}
}

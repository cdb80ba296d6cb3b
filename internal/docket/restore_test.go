package docket_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// An act that the ledger lacks is written once, as it was done, and told only to those who have
// not heard of it. Where the engine cannot tell who has heard, nothing is written. An act that
// the ledger does not know the thing of, or cannot take, is left out.
func TestAnActOfAHistoryIsWrittenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	l, rules, err := w.Plan(w.ctx, "p")
	require.NoError(t, err)
	on := rules.Course(ledger.CaseOf(w.row("a"))).Keys().Case
	w.on(4, 12)
	a := w.act(office, act.Act{ID: "x1", Kind: act.Extend, Reason: "汛期推迟", Due: calendar.NewDay(2021, 7, 30)})
	a.By = shuiwu
	var asked []plan.Stage
	none := func(_ context.Context, told []plan.Stage) (map[people.Recipient][]string, error) {
		asked = append(asked, told...)
		return map[people.Recipient][]string{}, nil
	}
	lost := func(context.Context, []plan.Stage) (map[people.Recipient][]string, error) {
		return nil, errors.New("Temporal is away")
	}

	_, fresh, err := w.Restore(w.ctx, l, rules, "a", a, on, lost)
	require.ErrorContains(t, err, "Temporal is away")
	require.False(t, fresh)
	require.Empty(t, w.events("a", ledger.ActKind(act.Extend)))

	for i := range 2 {
		digests, fresh, err := w.Restore(w.ctx, l, rules, "a", a, on, none)
		require.NoError(t, err)
		require.Equal(t, i == 0, fresh)
		require.Empty(t, digests, "all have heard of it")
	}
	require.Len(t, w.events("a", ledger.ActKind(act.Extend)), 1)
	require.NotEmpty(t, asked, "the engine was asked who has not heard")
	require.True(t, w.row("a").Facts.Done("x1"))
	require.Empty(t, w.engine.digests, "nothing is sent")

	_, fresh, err = w.Restore(w.ctx, l, rules, "unknown", a, on, none)
	require.NoError(t, err)
	require.False(t, fresh)
	again := a
	again.ID = "x2"
	_, fresh, err = w.Restore(w.ctx, l, rules, "a", again, w.row("a").Facts, none)
	require.NoError(t, err)
	require.False(t, fresh, "one extension waits: a second is refused")
	_, fresh, err = w.RestoreOnTalk(w.ctx, l, rules, "a#1", w.act(office, act.Act{ID: "x3", Kind: act.Serve, Reason: "送达"}), act.TalkCase{}, none)
	require.NoError(t, err)
	require.False(t, fresh, "no talk of that name")
}

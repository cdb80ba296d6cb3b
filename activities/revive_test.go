package activities_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
)

// away is a starter whose first ReviveTalk calls fail, as when Temporal does not answer.
type away struct {
	*year
	fails   int
	revived []string
}

func (a *away) ReviveTalk(_ context.Context, _, talk string) error {
	if a.fails > 0 {
		a.fails--
		return errors.New("no answer")
	}
	a.revived = append(a.revived, talk)
	return nil
}

// When the act that revives a talk is in the ledger and Temporal did not answer, the next
// try of the same act starts the talk's workflow.
func TestATalkIsRevivedByTheNextTry(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	office := act.Actor{Account: "shuizhiban", Name: "督办员", Unit: y.plan.Directory.Office}
	var row ledger.Task
	for day := calendar.NewDay(2021, 4, 9); row.ID == "" && day.Before(calendar.NewDay(2021, 12, 31)); day = day.AddDays(1) {
		y.until(day.At(12, 0, calendar.Beijing), nil)
		talks, err := y.store.Talks(t.Context(), y.plan.ID, "")
		require.NoError(t, err)
		rows, err := y.store.Tasks(t.Context(), ledger.TaskFilter{Plan: y.plan.ID, State: ledger.TaskOpen})
		require.NoError(t, err)
		for _, r := range rows {
			warned := slices.ContainsFunc(r.Facts.Said, func(s act.Said) bool { return s.Kind == plan.Warn })
			if r.Kind == plan.Dated && warned && !slices.ContainsFunc(talks, func(k ledger.Talk) bool { return k.Task == r.ID }) {
				row = r
			}
		}
	}
	require.NotEmpty(t, row.ID, "a task that was warned and has no talk yet")
	task, due := row.ID, row.Due
	l, err := y.store.Plan(t.Context(), y.plan.ID)
	require.NoError(t, err)
	stamped := func(a act.Act) act.Act {
		a.By, a.At, a.On = office, y.now, calendar.DayOf(y.now.In(calendar.Beijing))
		return a
	}
	talk, err := docket.Docket{Ledger: y.store, Starter: y, Now: y.acts.Now}.Propose(t.Context(), l, stamped(act.Act{ID: "p", Kind: act.Propose, Ref: task, Reason: "多次催办", Talk: &act.TalkFacts{What: plan.ProposeTalk}}), nil)
	require.NoError(t, err)
	state := func() act.TalkState {
		k, err := y.store.Talk(t.Context(), y.plan.ID, talk)
		require.NoError(t, err)
		return k.State
	}
	to := &away{year: y}
	y.acts.Starter = to
	require.NoError(t, y.act(task, stamped(act.Act{ID: "slip", Kind: act.Correct, Due: calendar.NewDay(2021, 12, 31), Reason: "笔误"})))
	require.Equal(t, act.TalkVoid, state())
	require.Empty(t, to.revived)

	to.fails = 1
	back := stamped(act.Act{ID: "back", Kind: act.Correct, Due: due, Reason: "笔误"})
	course, err := y.acts.Course(t.Context(), wire.LookInput{Plan: y.plan.ID, Thing: task})
	require.NoError(t, err)
	in := wire.ActInput{Plan: y.plan.ID, Task: task, Act: back, Course: course}
	_, err = y.acts.RecordAct(t.Context(), in)
	require.Error(t, err)
	require.Equal(t, act.TalkProposed, state())
	_, err = y.acts.RecordAct(t.Context(), in)
	require.NoError(t, err)
	require.Contains(t, to.revived, talk)
}

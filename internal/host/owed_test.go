package host_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

// A change of an amendment that a task reported as done refuses is still owed after the
// next amendment, with what the plan says by then, and is made once the task accepts it. A
// changed due day or begin applies at once, whatever the task waits for.
func TestWhatAnAmendmentCouldNotDoIsStillOwed(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	given := func(id, due string) string { return entry(id, "due: "+due+", lead: 市生态环境局") }
	w.launchStill(twoUnits(t, "owe", nil, entry("a", "due: 2021-05-31"), entry("b", "due: 2021-05-31"), entry("c", "due: 2021-05-31"), entry("d", "due: 2021-05-31"),
		entry("later", "due: 2021-09-30, begin: 2021-07-01")))
	require.NoError(t, w.act("owe", "a", clerk, act.Act{Kind: act.Suspend, Moves: true}))
	for _, id := range []string{"b", "d"} {
		require.NoError(t, w.act("owe", id, liaison, act.Act{Kind: act.Complete}))
	}
	begins := entry("later", "due: 2021-09-30, begin: 2021-08-01")
	report, err := w.amend(twoUnits(t, "owe", nil, entry("a", "due: 2021-06-30"), given("b", "2021-06-30"), entry("c", "due: 2021-06-30"), entry("d", "due: 2021-05-31"), begins))
	require.NoError(t, err)
	require.Equal(t, []string{"b reassign"}, leftOf(report.Left))
	for _, id := range []string{"a", "b", "c"} {
		require.Equal(t, calendar.NewDay(2021, 6, 30), w.course("owe", id).Due, id)
	}
	require.Equal(t, calendar.NewDay(2021, 8, 1), w.course("owe", "later").Begin)
	report, err = w.amend(twoUnits(t, "owe", nil, entry("a", "due: 2021-06-30"), given("b", "2021-06-30"), entry("c", "due: 2021-07-31"), given("d", "2021-07-31"), begins))
	require.NoError(t, err)
	require.Equal(t, []string{"d reassign", "b reassign"}, leftOf(report.Left), "one by this amendment, one by the first")
	last, err := w.Ledger.LastAmendment(t.Context(), "owe")
	require.NoError(t, err)
	require.Len(t, last.Left, 2)

	require.NoError(t, w.act("owe", "a", clerk, act.Act{Kind: act.Resume}))
	require.Equal(t, calendar.NewDay(2021, 6, 30), w.course("owe", "a").Due, "the pause adds nothing to an amended date")
	require.NoError(t, w.act("owe", "b", clerk, act.Act{Kind: act.Reject}))
	_, err = w.Engine.Reconcile(t.Context(), "owe")
	require.NoError(t, err)
	require.Equal(t, "huanjing", w.course("owe", "b").Lead)
	require.NoError(t, w.act("owe", "d", clerk, act.Act{Kind: act.Reject}))
	report, err = w.amend(twoUnits(t, "owe", nil, entry("a", "due: 2021-06-30"), given("b", "2021-06-30"), entry("c", "due: 2021-07-31"), given("d", "2021-07-31"), begins))
	require.NoError(t, err)
	require.Empty(t, report.Left)
	require.Equal(t, "huanjing", w.course("owe", "d").Lead)
	w.agreeAll("owe")
}

func leftOf(left []engine.LeftUndone) (out []string) {
	for _, l := range left {
		out = append(out, l.Task+" "+string(l.Kind))
	}
	return out
}

// A duty that falls due no more ends in the ledger by itself. An amendment that changes it
// or a closed task names them in its report (Ended), and another policy or a holiday
// notice changes neither. An amendment by which the duty falls due again opens it again.
func TestAnAmendmentOfWhatHasEnded(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	month := "kind: duty, recur: {every: month, from: 2021-04-08, until: "
	p := twoUnits(t, "fin", nil, entry("m", month+"2021-06-30}"), entry("a", "due: 2021-12-31"), entry("b", "due: 2021-12-31"))
	w.launch(p, endingOn(fast(p, 25*time.Millisecond, time.Second), calendar.NewDay(2021, 9, 30)))
	w.eventually("the duty ends", func(ctx context.Context) bool {
		duty, err := w.Ledger.Task(ctx, "fin", "m")
		return err == nil && duty.State == ledger.TaskEnded
	})
	require.NoError(t, w.verify("fin", "a", "office"))
	report, err := w.amend(twoUnits(t, "fin", nil, entry("m", month+"2021-06-30}, assist: [市生态环境局]"),
		entry("a", "due: 2021-11-30"), entry("b", "due: 2021-11-30")))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "m"}, report.Ended)
	require.Empty(t, report.Left)

	next := p.Policies["standard"]
	next.Version++
	moved, left, err := w.Engine.ApplyPolicy(t.Context(), "fin", next, clerk, "调整提醒")
	require.NoError(t, err)
	require.Equal(t, []any{4, 0}, []any{moved, len(left)}, "b and the three occurrences, which are open")
	years, err := w.Ledger.Calendar(t.Context())
	require.NoError(t, err)
	year := years[slices.IndexFunc(years, func(y calendar.Year) bool { return y.Year == 2021 })]
	year.Papers = []string{"国办发明电〔2021〕99号"}
	year.Days = append(slices.Clone(year.Days), calendar.Holiday{Name: "补休", Date: calendar.NewDay(2021, 11, 30), IsOffDay: true})
	require.NoError(t, w.Ledger.PutCalendar(t.Context(), year, "office", ledger.When{Real: time.Now(), Plan: time.Now()}))
	_, err = w.Engine.MoveCalendar(t.Context(), "office")
	require.NoError(t, err)
	report, err = w.amend(twoUnits(t, "fin", nil, entry("m", month+"2023-12-31}"), entry("a", "due: 2021-11-30"), entry("b", "due: 2021-11-30")))
	require.NoError(t, err)
	require.Equal(t, 1, report.Armed, "%v", w.mended("fin"))
	w.eventually("it opens again", func(ctx context.Context) bool {
		_, err := w.Ledger.Task(ctx, "fin", "m.2021-07")
		return err == nil
	})
	ledgertest.Proven(t, w.Ledger)
}

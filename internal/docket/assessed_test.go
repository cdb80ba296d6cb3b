package docket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// assessed does an act on the plan's assessment of 2021H1 of 水务局.
func (w *world) assessed(id string, kind act.Kind, version int, after act.Assessing) {
	w.t.Helper()
	after.Period, after.Units = "2021H1", []string{"shuiwu", "nobody"}
	a := w.act(office, act.Act{ID: id, Kind: kind, Assess: &act.AssessFacts{Period: after.Period}})
	require.NoError(w.t, w.Ledger.Assess(w.ctx, ledger.Assessing{Plan: "p", Act: a, Version: version, After: after, Sheet: "{}"}, ledger.When{Real: w.now, Plan: w.now}))
}

// A unit that a sheet names is told once that it is out, with the last day to object, and once
// that the result is issued; what could not be started is started by the next audit.
func TestUnitsAreToldOfAnAssessment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *plan.Plan) { p.Assessment = &assessment.Table{Objection: 5} })
	w.on(7, 9) // Friday
	sent := act.Assessing{State: act.SheetSent, SentOn: calendar.NewDay(2021, 7, 9), Until: calendar.NewDay(2021, 7, 16), Hash: "ab"}
	w.assessed("s", act.SendSheet, 0, sent)
	announced := func() (keys []string) {
		events, err := w.Ledger.Events(w.ctx, ledger.EventFilter{Plan: "p"})
		require.NoError(t, err)
		for _, e := range events {
			if e.Kind == ledger.DigestAnnounced {
				keys = append(keys, e.Key)
				require.True(t, docket.TellsOfAssessment(e.Key[:len(e.Key)-len("/announced")]))
			}
		}
		return keys
	}
	w.engine.faults = append(w.engine.faults, refuses)
	require.Error(t, w.Assessments(w.ctx, "p", chinese), "Temporal refuses")
	for range 2 {
		require.NoError(t, w.Assessments(w.ctx, "p", chinese))
	}
	const first = "p|shuiwu/liaison|2021-07-12T01:00:00Z|assessment-sent-2021H1/announced"
	require.Equal(t, []string{first}, announced(), "on Monday morning")
	sent.State, sent.Issued = act.SheetIssued, &act.IssuedSheet{Paper: "1号", On: calendar.NewDay(2021, 7, 20), Hash: "cd"}
	w.on(7, 20)
	w.assessed("i", act.IssueSheet, 1, sent)
	for range 2 {
		require.NoError(t, w.Assessments(w.ctx, "p", chinese))
	}
	require.Equal(t, []string{first, "p|shuiwu/liaison|2021-07-21T01:00:00Z|assessment-issued-2021H1/announced"}, announced())
	require.False(t, docket.TellsOfAssessment("p|shuiwu/liaison|2021-07-12T01:00:00Z|alarm"))
	_, err := w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

// Who has not objected is reminded once, on the working day before the last day to object; who has,
// and of a sheet that was sent anew, is not, though the reminder was announced. A window so short that
// the word of the sheet comes on that day has no reminder.
func TestUnitsAreRemindedBeforeTheTimeToObjectEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *plan.Plan) { p.Assessment = &assessment.Table{Objection: 5} })
	w.on(7, 9) // Friday
	sent := act.Assessing{State: act.SheetSent, SentOn: calendar.NewDay(2021, 7, 9), Until: calendar.NewDay(2021, 7, 16), Hash: "ab"}
	w.assessed("s", act.SendSheet, 0, sent)
	reminders := func(month time.Month, day int) (keys []string) {
		t.Helper()
		w.on(month, day)
		for range 2 {
			require.NoError(t, w.Assessments(w.ctx, "p", chinese))
		}
		events, err := w.Ledger.Events(w.ctx, ledger.EventFilter{Plan: "p"})
		require.NoError(t, err)
		for _, e := range events {
			if key, ok := strings.CutSuffix(e.Key, "/announced"); ok && docket.RemindsOfAssessment(key) {
				require.True(t, docket.TellsOfAssessment(key))
				keys = append(keys, key)
			}
		}
		return keys
	}
	holds := func(key string) bool {
		t.Helper()
		is, err := w.ReminderHolds(w.ctx, "p", key)
		require.NoError(t, err)
		return is
	}
	require.Empty(t, reminders(7, 13), "Tuesday")
	const of16 = "p|shuiwu/liaison|2021-07-15T01:00:00Z|assessment-remind-2021H1"
	require.Equal(t, []string{of16}, reminders(7, 14), "for Thursday, on whose morning it is said")
	require.True(t, holds(of16))
	require.Equal(t, []string{of16}, reminders(7, 16))
	w.on(7, 17)
	require.False(t, holds(of16), "the time is over")
	w.on(7, 14)
	objected := sent
	objected.Objections = []act.Objection{{ID: "1", Unit: "shuiwu", On: calendar.NewDay(2021, 7, 14), Words: "说明"}}
	w.assessed("o", act.Object, 1, objected)
	require.False(t, holds(of16), "it has objected meanwhile")
	sent.SentOn, sent.Until = calendar.NewDay(2021, 7, 15), calendar.NewDay(2021, 7, 22)
	w.assessed("again", act.SendSheet, 2, sent)
	require.False(t, holds(of16), "the day is another")
	const of22 = "p|shuiwu/liaison|2021-07-21T01:00:00Z|assessment-remind-2021H1"
	require.Equal(t, []string{of16, of22}, reminders(7, 22), "an audit that comes late")
	require.True(t, holds(of22))
	sent.SentOn, sent.Until = calendar.NewDay(2021, 7, 23), calendar.NewDay(2021, 7, 27)
	w.assessed("short", act.SendSheet, 3, sent)
	require.Equal(t, []string{of16, of22}, reminders(7, 26), "the word of the sheet comes on Monday, too")
	_, err := w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

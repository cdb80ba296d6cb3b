package rehearse

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/script"
	"duban/internal/water"
)

// quarterly is a ledger with a launched plan of one quarterly duty, whose occurrences open
// 30 days before their dates, and the instant of the launch.
func quarterly(t *testing.T) (*ledger.Store, ledger.Launched, ledger.When) {
	t.Helper()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	from := calendar.NewDay(2021, 4, 8)
	start := from.At(0, 0, calendar.Beijing)
	duty := plan.Task{ID: "d", Kind: plan.Duty, Lead: "shuiwu", Policy: "p", Recur: &plan.Recurrence{Every: "quarter", From: from}}
	l := ledger.Launched{At: start, Plan: plan.Plan{ID: "p", Year: 2021, Tasks: []plan.Task{duty},
		Policies: map[string]plan.Policy{"p": {Stages: []plan.Rule{{ID: "remind", Kind: plan.Remind, Before: &plan.Offset{N: 30}}}}}}}
	when := ledger.When{Real: start, Plan: start}
	_, err = store.AddPlan(t.Context(), l, []ledger.Task{ledger.TaskOf(&l.Plan, duty, start)}, when)
	require.NoError(t, err)
	return store, l, when
}

// secondQuarter opens the occurrence of 30 June.
func secondQuarter(t *testing.T, store *ledger.Store, l ledger.Launched, when ledger.When) {
	t.Helper()
	row := ledger.TaskOf(&l.Plan, plan.Task{ID: "d.2021Q2", Kind: plan.Dated, Lead: "shuiwu", Policy: "p", Due: calendar.NewDay(2021, 6, 30)}, when.Plan)
	row.Duty = "d"
	_, err := store.OpenTask(t.Context(), row, when)
	require.NoError(t, err)
}

// An act on a duty waits for the occurrences that the duty opens before the act's
// instant, and not for those that the act itself will open.
func TestAnActDoesNotWaitForWhatItOpensItself(t *testing.T) {
	t.Parallel()
	store, l, when := quarterly(t)
	rules, err := act.NewRules(&l.Plan, calendar.New())
	require.NoError(t, err)
	waits := func(y, m, d int) bool {
		got, err := unopened(t.Context(), store, l, rules, "d", calendar.NewDay(y, time.Month(m), d).At(12, 0, calendar.Beijing))
		require.NoError(t, err)
		return got
	}
	require.False(t, waits(2021, 4, 20), "the second quarter opens at the end of May; a month would at once")
	require.True(t, waits(2021, 6, 10))
	secondQuarter(t, store, l, when)
	require.False(t, waits(2021, 6, 10))
}

// An act on a task or a duty waits until a pause that ends before the act's instant has ended:
// until then the act would be refused for the pause.
func TestAnActWaitsForTheEndOfAPause(t *testing.T) {
	t.Parallel()
	store, l, when := quarterly(t)
	secondQuarter(t, store, l, when)
	rules, err := act.NewRules(&l.Plan, calendar.New())
	require.NoError(t, err)
	y := &year{rehearsal: &rehearsal{Options: Options{Plan: &l.Plan}}, store: store}
	y.driver = &driver{year: y}
	for thing, sort := range map[string]script.Sort{"d.2021Q2": script.OnTask, "d": script.OnDuty} {
		waits := func(day int) bool {
			at := calendar.NewDay(2021, 4, day).At(12, 0, calendar.Beijing)
			got, err := y.driver.undecided(t.Context(), script.Entry{Sort: sort, Thing: thing}, at, at)
			require.NoError(t, err)
			return got
		}
		require.False(t, waits(21), thing)
		row, err := store.Task(t.Context(), "p", thing)
		require.NoError(t, err)
		a := act.Act{ID: "pause", Kind: act.Suspend, By: act.Actor{Account: "office", Name: "协调办"}, At: when.Plan, On: calendar.DayOf(when.Plan.In(calendar.Beijing)), Until: calendar.NewDay(2021, 4, 21), Reason: "汛期"}
		paused, _, refused := rules.Act(rules.Course(ledger.CaseOf(row)), a)
		require.Nil(t, refused)
		_, _, err = store.Act(t.Context(), ledger.Acted{Plan: "p", Task: thing, Act: a, Version: row.Version, Facts: paused.Case}, when)
		require.NoError(t, err)
		require.False(t, waits(20), thing)
		require.True(t, waits(21), thing)
	}
}

// After the last day a rehearsal waits for what the ledger says is due: an occurrence that
// is not opened, a stage that is not decided, what a workflow tries again. When nothing is,
// waiting changes nothing.
func TestWhatIsStillDueAfterTheLastDay(t *testing.T) {
	t.Parallel()
	store, l, when := quarterly(t)
	to := func(last calendar.Day) *year {
		end := last.End(calendar.Beijing)
		y := &year{rehearsal: &rehearsal{Options: Options{Plan: &l.Plan}, to: end}, store: store, clock: calendar.Clock{End: end.Add(-time.Second)}}
		y.driver = &driver{year: y}
		return y
	}
	due := func(y *year) bool {
		got, err := y.due(t.Context())
		require.NoError(t, err)
		return got
	}
	april, mid := to(calendar.NewDay(2021, 4, 20)), to(calendar.NewDay(2021, 6, 10))
	require.False(t, due(april), "the second quarter opens at the end of May")
	require.True(t, due(mid), "it is not open")
	secondQuarter(t, store, l, when)
	require.True(t, due(mid), "its reminder of 31 May is not decided")
	require.False(t, due(april))
	wait := ledger.Wait{Workflow: "w", What: "stage remind", Plan: "p", Since: when.Real, TriedAt: when.Real, Rounds: 1}
	require.NoError(t, store.PutWait(t.Context(), wait))
	require.True(t, due(april), "a workflow tries something again")
	require.NoError(t, store.DropWait(t.Context(), "w", "stage remind"))
	require.False(t, due(april))

	wait.Thing = "d.2021Q2"
	require.NoError(t, store.PutWait(t.Context(), wait))
	require.True(t, due(april), "the stage is not decided")
	_, _, err := ledgertest.Decide(t.Context(), store, ledger.Decision{Plan: "p", Task: "d.2021Q2",
		Stage: plan.Stage{ID: "remind", Kind: plan.Remind, At: calendar.NewDay(2021, 5, 31).At(9, 0, calendar.Beijing)}, Channels: map[people.Recipient][]string{}}, when)
	require.NoError(t, err)
	require.False(t, due(april), "the note of a stage that is decided is left over")
	wait.Workflow, wait.Thing = "v", "d"
	require.NoError(t, store.PutWait(t.Context(), wait))
	require.True(t, due(april), "of another task it is not")
	require.NoError(t, store.DropWait(t.Context(), "v", "stage remind"))
	wait.What = "open 2021Q3"
	require.NoError(t, store.PutWait(t.Context(), wait))
	require.True(t, due(april), "what is tried again is no stage")
}

// What follows at once from readings bears the instant at which the rehearsal found that nothing
// else was due, though their writing took days of the plan's: a reminder that came due meanwhile is not
// before it in the preview.
func TestWhatFollowsBearsTheActsInstant(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: slog.New(slog.DiscardHandler)}) // nobody answers
	require.NoError(t, err)
	defer c.Close()
	start, now := calendar.NewDay(2021, 5, 7).At(9, 0, calendar.Beijing), time.Now().Add(-5*time.Second)
	clock := calendar.Clock{Epoch: now, Start: start, Rate: 24 * 60 * 60}
	duty := plan.Task{ID: "data", Kind: plan.Duty, Lead: "jiance", Policy: "p", Recur: &plan.Recurrence{Every: "month", Shift: 10, From: calendar.NewDay(2021, 4, 1)}}
	l := ledger.Launched{At: start, Clock: clock, Plan: plan.Plan{ID: "p", Year: 2021, Tasks: []plan.Task{duty},
		Water:    &water.Register{Duties: []water.Duty{{Unit: "jiance", Task: "data"}}, Sections: []water.Section{{ID: "s1", Name: "润城", Data: "jiance"}}},
		Policies: map[string]plan.Policy{"p": {Stages: []plan.Rule{{ID: "remind", Kind: plan.Remind, Before: &plan.Offset{N: 2}}}}}}}
	when := ledger.When{Real: start, Plan: start}
	_, err = store.AddPlan(t.Context(), l, []ledger.Task{ledger.TaskOf(&l.Plan, duty, start)}, when)
	require.NoError(t, err)
	row := ledger.TaskOf(&l.Plan, plan.Task{ID: "data.2021-04", Kind: plan.Dated, Lead: "jiance", Policy: "p", Due: calendar.NewDay(2021, 5, 10)}, start)
	row.Duty, row.Period = "data", "2021-04"
	_, err = store.OpenTask(t.Context(), row, when)
	require.NoError(t, err)

	y := &year{rehearsal: &rehearsal{Options: Options{Plan: &l.Plan}}, store: store, clock: clock}
	d := &driver{year: y, engine: engine.New(c, store, time.Hour, time.Now, slog.New(slog.DiscardHandler))}
	limited, cancel := context.WithTimeout(t.Context(), time.Second) // the task's workflow cannot be told
	defer cancel()
	require.NoError(t, d.send(limited, script.Entry{Sort: script.Measured, Act: act.Act{By: act.Actor{Account: "clerk", Unit: "jiance"}}, Readings: []water.Reading{
		{Section: "s1", Month: water.Month{Year: 2021, Month: 4}, Span: water.OfMonth, Class: water.III, Sources: map[string]string{"class": "4月.xlsx B2"}}}}, now))
	chain, err := keep(t.Context(), store, "p")
	require.NoError(t, err)
	require.Equal(t, start.UTC(), chain.measured.UTC())
	ended, has := chain.acts["data.2021-04/"+act.ReadingsID(act.Verify)]
	require.True(t, has)
	require.Equal(t, start.UTC(), ended.at.UTC())
	require.True(t, ended.own)
}

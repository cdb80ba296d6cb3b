package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/workflows"
)

var (
	liaison = act.Actor{Account: "shuiwu", Name: "市水务局联络员", Unit: "shuiwu"}
	clerk   = act.Actor{Account: "office", Name: "协调办", Unit: "duban"}
	other   = act.Actor{Account: "other", Name: "别的单位", Unit: "chengguan"}
)

// act does one act by a person; its ID, where none is given, is its kind and the account.
func (w *world) act(planID, task string, by act.Actor, a act.Act) error {
	a.By = by
	if a.ID == "" {
		a.ID = string(a.Kind) + "-" + by.Account
	}
	if a.Reason == "" {
		a.Reason = "理由"
	}
	return w.Engine.Act(context.Background(), planID, task, a)
}

// agree waits until every stage that was due when agree was called has been decided, and
// until the running workflow of each of these tasks has the same case as the ledger. Then
// it verifies the ledger.
func (w *world) agree(planID string, tasks ...string) {
	w.t.Helper()
	l, err := w.Ledger.Plan(w.t.Context(), planID)
	require.NoError(w.t, err)
	due := l.Clock.Plan(time.Now())
	w.eventually("nothing is left unsaid", func(ctx context.Context) bool {
		return len(w.unsaid(ctx, planID, due)) == 0 && len(w.unsaidOfTalks(ctx, planID, due)) == 0
	})
	rules := w.rules(w.t.Context(), planID)
	for _, task := range tasks {
		require.EventuallyWithT(w.t, func(c *assert.CollectT) { // a workflow learns of a record a moment after it is in the ledger
			row, err := w.Ledger.Task(w.t.Context(), planID, task)
			require.NoError(c, err)
			assert.JSONEq(c, asJSON(w.t, rules.Course(ledger.CaseOf(row)).Keys().Case), asJSON(w.t, w.state(planID, task).Case), "%s, of keys: the words are the ledger's", task)
		}, hang, 50*time.Millisecond)
	}
	ledgertest.Proven(w.t, w.Ledger)
}

// rules are the act.Rules of a launched plan, by the calendar in force.
func (w *world) rules(ctx context.Context, planID string) act.Rules {
	l, err := w.Ledger.Plan(ctx, planID)
	require.NoError(w.t, err)
	rules, err := w.Ledger.Rules(ctx, l)
	require.NoError(w.t, err)
	return rules
}

// ahead are the stages of a task that are still to come, by the ledger.
func (w *world) ahead(planID, task string) []plan.Stage {
	w.t.Helper()
	return w.rules(w.t.Context(), planID).Ahead(w.course(planID, task))
}

func ids(stages []plan.Stage) []string {
	out := []string{}
	for _, s := range stages {
		out = append(out, s.ID+" "+s.At.UTC().Format(time.RFC3339))
	}
	return out
}

// unsaid are the stages of open tasks that were due before an instant of the plan's clock
// and were not decided, as TASK/STAGE.
func (w *world) unsaid(ctx context.Context, planID string, before time.Time) (stages []string) {
	rules := w.rules(ctx, planID)
	tasks, err := w.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	for _, t := range tasks {
		if next := rules.Next(ledger.CaseOf(t)); t.State == ledger.TaskOpen && next != nil && next.At.Before(before) {
			stages = append(stages, t.ID+"/"+next.ID)
		}
	}
	return stages
}

// unsaidOfTalks is unsaid for the plan's talks, as TALK/STAGE, with those that were to open and
// did not, as TALK/.
func (w *world) unsaidOfTalks(ctx context.Context, planID string, before time.Time) (stages []string) {
	rules := w.rules(ctx, planID)
	l, err := w.Ledger.Plan(ctx, planID)
	require.NoError(w.t, err)
	tasks, err := w.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	talks, err := w.Ledger.Talks(ctx, planID, "")
	require.NoError(w.t, err)
	rows := map[string]ledger.Task{}
	for _, t := range tasks {
		rows[t.ID] = t
	}
	for _, k := range talks {
		next := &plan.Stage{At: k.OpensAt}
		if k.State != act.TalkPending {
			next = rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, rows[k.Task], k)).Next
		}
		if k.GoesOn() && next != nil && next.At.Before(before) {
			stages = append(stages, k.ID+"/"+next.ID)
		}
	}
	return stages
}

// state is the course of a task that its running workflow has.
func (w *world) state(planID, task string) act.Course {
	w.t.Helper()
	value, err := w.Client.QueryWorkflow(w.t.Context(), workflows.TaskWorkflowID(planID, task), "", workflows.StateQuery)
	require.NoError(w.t, err)
	var state workflows.TaskState
	require.NoError(w.t, value.Get(&state))
	return state.Course
}

func asJSON(t *testing.T, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func kinds(t *testing.T, w *world, planID, task string) (out []string) {
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{Plan: planID, Task: task})
	require.NoError(t, err)
	for _, e := range events {
		if len(e.Kind) > 4 && e.Kind[:4] == "act." {
			out = append(out, e.Kind+" "+e.Actor)
		}
	}
	return out
}

func refusedBy(t *testing.T, err error) string {
	t.Helper()
	var refused *engine.RefusedError
	require.ErrorAs(t, err, &refused)
	return refused.Key
}

// stillPlan launches a plan on a clock that begins at midnight of its issue and runs as fast as the real one: no stage
// falls due while the test runs.
func (w *world) stillPlan(id string, entries ...string) *plan.Plan {
	p, _ := smallPlan(w.t, id, "2021-04-08", "standard", entries...)
	w.launch(p, calendar.Clock{Epoch: time.Now(), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: 1})
	return p
}

func TestATaskLivesThroughItsActs(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("acts", dated("a", "2021-05-31"))
	require.Equal(t, "act.refused_not_yours", refusedBy(t, w.act("acts", "a", other, act.Act{Kind: act.Acknowledge})))
	require.Equal(t, "act.refused_seat", refusedBy(t, w.act("acts", "a", liaison, act.Act{Kind: act.Verify})))
	require.NoError(t, w.act("acts", "a", liaison, act.Act{Kind: act.Acknowledge}))
	require.Equal(t, "act.refused_acknowledged_already", refusedBy(t, w.act("acts", "a", liaison, act.Act{Kind: act.Acknowledge, ID: "again"})))
	require.NoError(t, w.act("acts", "a", liaison, act.Act{Kind: act.Extend, Due: calendar.NewDay(2021, 6, 30)}))
	w.agree("acts", "a")
	require.NoError(t, w.act("acts", "a", clerk, act.Act{Kind: act.Grant}))
	task, err := w.Ledger.Task(t.Context(), "acts", "a")
	require.NoError(t, err)
	require.Equal(t, []any{"2021-06-30", "2021-05-31", 2}, []any{task.Due.String(), task.FirstDue.String(), task.Revision})
	require.NoError(t, w.act("acts", "a", liaison, act.Act{Kind: act.Complete}))
	w.agree("acts", "a")
	require.NoError(t, w.act("acts", "a", clerk, act.Act{Kind: act.Reject}))
	require.NoError(t, w.act("acts", "a", clerk, act.Act{Kind: act.Suspend}))
	w.agree("acts", "a")
	require.NoError(t, w.act("acts", "a", clerk, act.Act{Kind: act.Resume}))
	require.NoError(t, w.act("acts", "a", liaison, act.Act{Kind: act.Complete, ID: "once-more"}))
	require.NoError(t, w.act("acts", "a", clerk, act.Act{Kind: act.Verify}))
	require.Equal(t, []string{
		"act.refused other", "act.refused shuiwu", "act.acknowledge shuiwu", "act.refused shuiwu", "act.extend shuiwu", "act.grant office",
		"act.complete shuiwu", "act.reject office", "act.suspend office", "act.resume office", "act.complete shuiwu", "act.verify office",
	}, kinds(t, w, "acts", "a"))
	require.Equal(t, "act.refused_state", refusedBy(t, w.act("acts", "a", liaison, act.Act{Kind: act.Progress})), "nothing runs any more")
	told := []string{
		"act-3-grant → shuiwu/deputy", "act-3-grant → shuiwu/liaison", "act-5-reject → shuiwu/deputy", "act-5-reject → shuiwu/liaison",
		"act-6-suspend → shuiwu/liaison", "act-7-resume → shuiwu/liaison", "act-9-verify → shuiwu/liaison",
	}
	// The office's messages leave out what it has decided before they were put together: any
	// of these may have been sent.
	asked := []string{"act-2-extend → duban/office", "act-4-complete → duban/office", "act-8-complete → duban/office"}
	w.eventually("all is told", func(context.Context) bool {
		heard := w.told("acts", "a")
		return !slices.ContainsFunc(told, func(word string) bool { return !slices.Contains(heard, word) })
	})
	require.Subset(t, slices.Concat(told, asked), w.told("acts", "a"))
}

func TestTwoPeopleActOnOneTaskAtTheSameInstant(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("two", dated("a", "2021-05-31"))
	var wg sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		wg.Go(func() {
			a, by := act.Act{Kind: act.Progress, ID: fmt.Sprintf("progress-%d", i), Percent: i}, liaison
			switch i % 3 {
			case 0:
				a = act.Act{Kind: act.Complete, ID: fmt.Sprintf("complete-%d", i)}
			case 1:
				a, by = act.Act{Kind: act.Reword, ID: fmt.Sprintf("reword-%d", i), Title: fmt.Sprintf("任务a（%d）", i)}, clerk
			}
			errs[i] = w.act("two", "a", by, a)
		})
	}
	wg.Wait()
	done, reported := 0, 0
	for i, err := range errs {
		switch {
		case err == nil:
			done++
			if i%3 == 0 {
				reported++
			}
		default:
			require.Equal(t, "act.refused_state", refusedBy(t, err))
		}
	}
	require.Equal(t, 1, reported, "one completion report is taken, the others are told that there is one")
	w.agree("two", "a")
	course := w.course("two", "a")
	require.Equal(t, done, course.Acts)
}

func (w *world) course(planID, task string) act.Case {
	w.t.Helper()
	row, err := w.Ledger.Task(w.t.Context(), planID, task)
	require.NoError(w.t, err)
	return ledger.CaseOf(row)
}

func TestTheSameActTwiceIsOne(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("twice", dated("a", "2021-05-31"))
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = w.act("twice", "a", liaison, act.Act{Kind: act.Progress, Percent: 30}) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.NoError(t, w.act("twice", "a", liaison, act.Act{Kind: act.Progress, Percent: 30}))
	require.Equal(t, []string{"act.progress shuiwu"}, kinds(t, w, "twice", "a"))
	w.agree("twice", "a")
	// Another act under the ID of a recorded act is refused. So is a person's act under one of
	// the engine's own IDs, and an ID that only looks like one of them does not keep the
	// engine from doing its own act.
	taken := "progress-" + liaison.Account
	require.Equal(t, "act.refused_id_taken", refusedBy(t, w.act("twice", "a", liaison, act.Act{Kind: act.Acknowledge, ID: taken})))
	require.Equal(t, "act.refused_id_taken", refusedBy(t, w.act("twice", "a", clerk, act.Act{Kind: act.Reword, Title: "另一题目", ID: taken})))
	require.Equal(t, "act.refused_id_engine", refusedBy(t, w.act("twice", "a", liaison, act.Act{Kind: act.Progress, Percent: 31, ID: act.AmendID(1, act.Correct)})))
	require.NoError(t, w.act("twice", "a", liaison, act.Act{Kind: act.Progress, Percent: 32, ID: "amend-1-correct"}))
	require.NoError(t, w.act("twice", "a", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 6, 30), ID: act.AmendID(1, act.Correct)}))
	require.Equal(t, "2021-06-30", w.course("twice", "a").Due.String())
}

// A unit asks for parts, each in the longest words that are accepted and in characters
// that take the most bytes in JSON, until it is refused. The office, the unit that owes the
// parts and the asking unit itself can still act on the task.
func TestAUnitThatWritesTheMostLeavesTheTaskToOthers(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	var entries []string
	for _, id := range []string{"a", "b", "c"} {
		entries = append(entries, strings.Replace(dated(id, "2021-05-31"), "source:", "assist: [lingdao], source:", 1))
	}
	w.stillPlan("much", entries...)
	assisting := act.Actor{Account: "helper", Name: "领导小组", Unit: "lingdao"}
	most := strings.Repeat("<", 2000) // six bytes each in JSON
	ask := func(task string, n int, words string) error {
		return w.act("much", task, liaison, act.Act{Kind: act.AskPart, ID: fmt.Sprintf("part-%d", n), Unit: "lingdao", Due: calendar.NewDay(2021, 5, 20), Reason: words})
	}
	for n := range 6 {
		require.Equal(t, "act.refused_long", refusedBy(t, ask("a", n, strings.Repeat("<", 117<<10))))
	}
	tasks := []string{"a", "b", "c"}
	var asking sync.WaitGroup
	asked, errs := make([]int, len(tasks)), make([]error, len(tasks))
	for i, task := range tasks {
		asking.Go(func() {
			for errs[i] == nil && asked[i] < 100 {
				errs[i] = ask(task, asked[i], most)
				asked[i]++
			}
		})
	}
	asking.Wait()
	for i, ends := range []act.Act{{Kind: act.Verify}, {Kind: act.Cancel, Paper: "〔2021〕9号"}, {Kind: act.Reassign, Unit: "duban"}} {
		require.Contains(t, []string{"act.refused_full", "act.refused_many_open"}, refusedBy(t, errs[i]))
		require.Greater(t, asked[i], 20)
		require.NoError(t, w.act("much", tasks[i], assisting, act.Act{Kind: act.GivePart, Ref: "1", Reason: most}))
		require.NoError(t, w.act("much", tasks[i], liaison, act.Act{Kind: act.Progress, Percent: 50, Reason: most}))
		ends.Reason = most
		require.NoError(t, w.act("much", tasks[i], clerk, ends), ends.Kind)
	}
	require.Equal(t, []any{act.Closed, act.Cancelled, "duban"}, []any{w.course("much", "a").State, w.course("much", "b").State, w.course("much", "c").Lead})
	w.agree("much", "c")
}

func TestAnActAgainstAStageThatSpeaks(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "busy", "2021-04-08", "standard", dated("a", "2021-05-31"))
	w.launch(p, endingOn(fast(p, 60*time.Millisecond, time.Second), calendar.NewDay(2021, 7, 10)))
	acts := 0
	w.eventually("the last rung", func(ctx context.Context) bool {
		err := w.act("busy", "a", liaison, act.Act{Kind: act.Progress, ID: fmt.Sprintf("p%d", acts), Percent: acts % 100})
		require.NoError(t, err)
		acts++
		talks, err := w.Ledger.Talks(ctx, "busy", "a")
		return err == nil && len(talks) > 0 && talks[0].State == act.TalkOpen
	})
	w.agree("busy", "a")
	// When a rung was decided after the morning of its speaking time had passed on the fast clock, the next message has
	// the rung, or leaves it out where that message has a graver rung of the task.
	rungs := map[plan.StageKind]string{plan.DueDay: "shuiwu/liaison", plan.Urge: "shuiwu/deputy", plan.Warn: "shuiwu/head", plan.Talk: "lingdao/leader"}
	w.eventually("every rung is said", func(ctx context.Context) bool {
		notices, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: "busy"})
		require.NoError(t, err)
		done := map[plan.StageKind]int{}
		for _, n := range notices {
			if n.Task == "a" && n.Talk == "" && rungs[n.Kind] == n.Recipient.String() && (n.State == ledger.Sent || n.State == ledger.Dropped && n.Kind != plan.Talk) {
				done[n.Kind]++
			}
		}
		return len(done) == len(rungs)
	})
	said := map[string]int{}
	for _, one := range w.told("busy", "a") {
		said[one]++
	}
	for one, n := range said {
		require.Equal(t, 1, n, one)
	}
	require.Equal(t, acts, w.course("busy", "a").Acts)
}

func TestTwoOverdueTasksOfOneUnitProposeACircularOnceAndALeaderDecides(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "adds", "2021-04-08", "standard", dated("a", "2021-04-30"), dated("b", "2021-04-30"))
	w.launch(p, fast(p, 200*time.Millisecond, time.Second))
	circular := func(ctx context.Context) (out []ledger.Talk) {
		talks, err := w.Ledger.Talks(ctx, "adds", "")
		require.NoError(t, err)
		for _, k := range talks {
			if k.Origin.Of == "two-overdue" {
				out = append(out, k)
			}
		}
		return out
	}
	w.eventually("the circular is proposed", func(ctx context.Context) bool { return len(circular(ctx)) > 0 })
	found := circular(t.Context())[0]
	require.Equal(t, []any{act.TalkProposed, plan.ProposeCircular, "shuiwu", []string{"overdue:a:2021-04-30", "overdue:b:2021-04-30"}},
		[]any{found.State, found.What, found.Lead, found.Facts.Facts})
	approve := act.Act{ID: "yes", Kind: act.Approve, Reason: "同意通报"}
	approve.By = clerk
	require.Equal(t, "act.refused_talk_leader", refusedBy(t, w.Engine.ActOnTalk(t.Context(), "adds", found.ID, approve)))
	approve.By = act.Actor{Account: "fu-shizhang", Name: "分管副市长", Unit: "lingdao"}
	require.NoError(t, w.Engine.ActOnTalk(t.Context(), "adds", found.ID, approve))
	w.eventually("the unit's head reads it", func(context.Context) bool {
		for _, s := range w.told("adds", found.Task) {
			if s == "act-2-approve → shuiwu/head" || s == "act-2-circular → shuiwu/head" {
				return true
			}
		}
		return false
	})
	w.eventually("both talks are open and audits have passed", func(ctx context.Context) bool {
		talks, err := w.Ledger.Talks(ctx, "adds", "")
		return err == nil && len(talks) >= 3
	})
	require.Len(t, circular(t.Context()), 1, "the same facts propose once")
}

func TestActsArriveWhileARunHandsOverToTheNext(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("hands", dated("a", "2021-11-30"))
	var wg sync.WaitGroup
	errs := make([]error, 40)
	for lane := range 4 {
		wg.Go(func() {
			for n := range 10 {
				i := lane*10 + n
				a, by := act.Act{Kind: act.Progress, ID: fmt.Sprintf("p%d", i), Percent: i}, liaison
				if lane == 0 { // a new due date begins a new ladder, and with it a new run
					a, by = act.Act{Kind: act.Correct, ID: fmt.Sprintf("c%d", i), Due: calendar.NewDay(2021, 12, 1+n)}, clerk
				}
				errs[i] = w.act("hands", "a", by, a)
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	w.agree("hands", "a")
	course := w.course("hands", "a")
	require.Equal(t, []any{40, 11, "2021-12-10"}, []any{course.Acts, course.Revision, course.Due.String()})
	require.Len(t, kinds(t, w, "hands", "a"), 40)
}

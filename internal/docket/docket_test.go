package docket_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// engine is the Starter of these tests: it keeps what it is asked to start. Each call takes the
// next of the faults, while there are any.
type engine struct {
	docket.Starter
	faults []func(context.Context) error

	tasks, talks, looked, recovered []string
	digests                         []string
	talksEver                       int // the highest number of a talk that it ever ran
}

func (e *engine) fault(ctx context.Context) error {
	if len(e.faults) == 0 {
		return nil
	}
	f := e.faults[0]
	e.faults = e.faults[1:]
	return f(ctx)
}

func (e *engine) StartDigest(ctx context.Context, _ ledger.Launched, d ledger.Digest) error {
	e.digests = append(e.digests, d.Recipient.String())
	return e.fault(ctx)
}

func (e *engine) StartTask(ctx context.Context, _ ledger.Launched, t ledger.Task) error {
	e.tasks = append(e.tasks, t.ID)
	return e.fault(ctx)
}

func (e *engine) StartTalk(ctx context.Context, _ ledger.Launched, t ledger.Talk) error {
	e.talks = append(e.talks, t.ID)
	return e.fault(ctx)
}

func (e *engine) UnusedTalk(ctx context.Context, _, _ string, from int, _ time.Time) (int, error) {
	return max(from, e.talksEver+1), e.fault(ctx)
}

func (e *engine) LookTask(ctx context.Context, _, task string) error {
	e.looked = append(e.looked, task)
	return e.fault(ctx)
}

func (e *engine) LookTalk(ctx context.Context, _, talk string) error {
	e.looked = append(e.looked, talk)
	return e.fault(ctx)
}

func (e *engine) Recover(ctx context.Context, _, thing string) error {
	e.recovered = append(e.recovered, thing)
	return e.fault(ctx)
}

// refuses and hangs are faults of the Starter.
func refuses(context.Context) error { return errors.New("refused") }
func hangs(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		return errors.New("nobody gave up in a minute")
	}
}

// world is a plan under supervision and a docket.
type world struct {
	docket.Docket
	t      *testing.T
	ctx    context.Context
	engine *engine
	plan   *plan.Plan
	cal    *calendar.Calendar
	now    time.Time
}

var (
	office = act.Actor{Account: "duban", Name: "督办员", Unit: "duban"}
	shuiwu = act.Actor{Account: "shuiwu", Name: "联络员", Unit: "shuiwu"}
)

func task(id string, due calendar.Day) plan.Task {
	return plan.Task{ID: id, Kind: plan.Dated, Title: "任务" + id, Lead: "shuiwu", Due: due, Policy: "standard"}
}

// newWorld launches a plan with a dated task a and a monthly duty d on 8 April 2021.
func newWorld(t *testing.T, edit func(*plan.Plan)) *world {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	unit := func(id, name string, kind people.UnitKind, roles ...people.Role) people.Unit {
		u := people.Unit{ID: id, Name: name, Kind: kind}
		for _, r := range roles {
			u.Contacts = append(u.Contacts, people.Contact{Role: r, Name: name + string(r), Email: id + "." + string(r) + "@x.example"})
		}
		return u
	}
	p := &plan.Plan{ID: "p", Title: "示范计划", Issued: calendar.NewDay(2021, 4, 8), Year: 2021, Zone: "Asia/Shanghai", Policies: policies, Policy: "standard", Hash: "1",
		Tasks: []plan.Task{task("a", calendar.NewDay(2021, 6, 30)), {ID: "d", Kind: plan.Duty, Title: "每月报送", Lead: "shuiwu", Policy: "report",
			Recur: &plan.Recurrence{Cron: "0 0 25 * *", Until: calendar.NewDay(2021, 12, 31)}}},
		Directory: people.Directory{Office: "duban", Leadership: "lingdao", Units: []people.Unit{
			unit("shuiwu", "市水务局", people.CityDepartment, people.Liaison, people.Deputy, people.Head), unit("duban", "协调办", people.CityDepartment, people.Office),
			unit("lingdao", "领导小组", people.CityDepartment, people.Leader),
		}}}
	if edit != nil {
		edit(p)
	}
	w := &world{t: t, ctx: t.Context(), engine: &engine{}, plan: p, cal: cal, now: calendar.NewDay(2021, 4, 8).At(10, 0, calendar.Beijing).UTC()}
	store, err := ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"), ledger.Options{Create: true, Migrate: true, Now: func() time.Time { return w.now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	w.Docket = docket.Docket{Ledger: store, Starter: w.engine, Now: func() time.Time { return w.now }}
	when := ledger.When{Real: w.now, Plan: w.now}
	for _, y := range cal.Years() {
		require.NoError(t, store.PutCalendar(t.Context(), y, "test", when))
	}
	rows, err := w.Rows(t.Context(), p, cal, p.Tasks, w.now)
	require.NoError(t, err)
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: w.now}, rows, when)
	require.NoError(t, err)
	return w
}

func (w *world) on(month time.Month, day int) {
	w.now = calendar.NewDay(2021, month, day).At(9, 0, calendar.Beijing).UTC()
}

func (w *world) row(id string) ledger.Task {
	w.t.Helper()
	row, err := w.Ledger.Task(w.ctx, "p", id)
	require.NoError(w.t, err)
	return row
}

func (w *world) events(task, kind string) []ledger.Event {
	w.t.Helper()
	all, err := w.Ledger.Events(w.ctx, ledger.EventFilter{Plan: "p", Task: task})
	require.NoError(w.t, err)
	return slices.DeleteFunc(all, func(e ledger.Event) bool { return e.Kind != kind })
}

func (w *world) act(by act.Actor, a act.Act) act.Act {
	a.By, a.At, a.On = by, w.now, calendar.DayOf(w.now.In(calendar.Beijing))
	return a
}

// A task that no document of the plan names, such as for an exceedance or a complaint, is opened
// with its origin, told to its unit and chased; opening it twice opens one.
func TestAnExceedanceAndAComplaintAreOpened(t *testing.T) {
	t.Parallel()
	for _, from := range []act.Origin{act.FromSection("niucun", "2021-04"), {Kind: act.OriginComplaint, Of: "12345-0007"}} {
		w := newWorld(t, nil)
		w.on(5, 10)
		open := task("x1", calendar.NewDay(2021, 5, 28))
		for range 2 {
			row, err := w.Open(w.ctx, "p", open, from)
			require.NoError(t, err)
			require.Equal(t, from, row.Origin)
		}
		row := w.row("x1")
		require.Equal(t, from, row.Origin)
		require.True(t, row.Armed)
		require.Equal(t, "2021-05-28", row.Due.String())
		require.Equal(t, calendar.NewDay(2021, 5, 10), calendar.DayOf(row.Assigned.In(calendar.Beijing)))
		opened := w.events("x1", ledger.TaskOpened)
		require.Len(t, opened, 1)
		var said struct{ Origin, Due string }
		require.NoError(t, json.Unmarshal(opened[0].Data, &said))
		require.Equal(t, []string{from.String(), "2021-05-28"}, []string{said.Origin, said.Due})
		require.Len(t, w.events("x1", ledger.TaskOrdered), 1, "its unit is told once")
		require.Equal(t, []string{"x1", "x1"}, w.engine.tasks)
		require.Len(t, w.engine.digests, 1, "one morning speaks to all")
		notices, err := w.Ledger.Notices(w.ctx, ledger.NoticeFilter{Plan: "p", Task: "x1"})
		require.NoError(t, err)
		var told []string
		for _, n := range notices {
			told = append(told, n.Recipient.String())
		}
		require.ElementsMatch(t, []string{"shuiwu/liaison", "shuiwu/deputy"}, told)
		course, err := w.Course(w.ctx, "p", "x1")
		require.NoError(t, err)
		require.NotNil(t, course.Next, "it is chased")

		_, err = w.Open(w.ctx, "p", open, act.Origin{Kind: act.OriginComplaint, Of: "another"})
		require.ErrorIs(t, err, ledger.ErrOtherTask)
		_, err = w.Open(w.ctx, "p", task("a", open.Due), from)
		require.ErrorIs(t, err, ledger.ErrOtherTask, "an ID of the plan's document")
		_, err = w.Open(w.ctx, "nothing", open, from)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
}

// Whichever call of the Starter fails, the next try finishes what was begun.
func TestAnOpeningThatWasBrokenOffIsFinished(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(context.Context) error{"refuses": refuses, "hangs": hangs} {
		for calls := range 2 { // the task's start, then that of the morning which tells its units
			w := newWorld(t, nil)
			w.on(5, 10)
			for range calls {
				w.engine.faults = append(w.engine.faults, func(context.Context) error { return nil })
			}
			w.engine.faults = append(w.engine.faults, fault)
			from, open := act.FromSection("niucun", "2021-04"), task("x1", calendar.NewDay(2021, 5, 28))
			ctx, cancel := context.WithCancel(w.ctx)
			if name == "hangs" { // the caller gives up while the Starter hangs
				w.engine.faults[calls] = func(ctx context.Context) error { cancel(); return hangs(ctx) }
			}
			_, err := w.Open(ctx, "p", open, from)
			cancel()
			require.Error(t, err, "%s at call %d", name, calls)
			_, err = w.Open(w.ctx, "p", open, from)
			require.NoError(t, err)
			require.True(t, w.row("x1").Armed)
			require.Len(t, w.events("x1", ledger.TaskOpened), 1)
			left, err := w.Ledger.Unstarted(w.ctx, "p", "x1")
			require.NoError(t, err)
			require.Empty(t, left, "%s at call %d: everybody's message is started", name, calls)
		}
	}
}

// Everything that is opened keeps what it was opened for.
func TestEverythingOpenedHasItsOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	require.Equal(t, act.Origin{Kind: act.OriginPlan}, w.row("a").Origin)

	d, err := w.Duty(w.ctx, "p", "d")
	require.NoError(t, err)
	o, ok := d.Next(d.Row.Facts.OpenedUpTo())
	require.True(t, ok)
	w.now = o.Opens
	_, err = w.OpenOccurrence(w.ctx, "p", "d", o)
	require.NoError(t, err)
	require.Equal(t, act.Origin{Kind: act.OriginDuty, Of: "d"}, w.row(o.Task).Origin)
	require.Equal(t, o.Due, w.row("d").Facts.OpenedUpTo())

	amended := *w.plan
	amended.Hash, amended.Tasks = "2", append(slices.Clone(w.plan.Tasks), task("b", calendar.NewDay(2021, 7, 30)))
	added, err := w.Rows(w.ctx, &amended, w.cal, amended.Tasks[2:], w.now)
	require.NoError(t, err)
	_, _, err = w.Ledger.Amend(w.ctx, ledger.Amendment{Plan: amended, Before: "1", Paper: "2号文", Actor: "duban", Added: added,
		Changes: plan.Changes{Tasks: []plan.TaskChange{{ID: "b", What: plan.Added, New: &amended.Tasks[2]}}}}, ledger.When{Real: w.now, Plan: w.now})
	require.NoError(t, err)
	require.Equal(t, act.FromAmendment(1), w.row("b").Origin)

	l, err := w.Ledger.Plan(w.ctx, "p")
	require.NoError(t, err)
	hand, err := w.Propose(w.ctx, l, w.act(office, act.Act{ID: "h", Ref: "a", Reason: "久催未办", Talk: &act.TalkFacts{What: plan.ProposeTalk}}), nil)
	require.NoError(t, err)
	rule, err := w.Propose(w.ctx, l, w.act(act.EngineActor, act.Act{ID: act.RuleID("k"), Ref: "b", Unit: "shuiwu", Reason: "累计两次", Talk: &act.TalkFacts{What: plan.ProposeCircular}}),
		&act.Proposal{Rule: "second-talk", Key: "k", Unit: "shuiwu", Task: "b", What: plan.ProposeCircular, Facts: []string{"talk:b:1"}})
	require.NoError(t, err)
	for id, want := range map[string]act.Origin{hand: {Kind: act.OriginHand}, rule: {Kind: act.OriginRule, Of: "second-talk"}} {
		k, err := w.Ledger.Talk(w.ctx, "p", id)
		require.NoError(t, err)
		require.Equal(t, want, k.Origin)
		require.Equal(t, want, k.Facts.Origin)
		require.Contains(t, w.engine.talks, id)
	}
	_, err = w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

// An act that came in is judged by what the ledger has: it is recorded once, refused with its
// reason, or answered with the ledger's course when the ledger knows later acts.
func TestAnActIsRecordedRefusedOrGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.on(4, 12)
	on, err := w.Course(w.ctx, "p", "a")
	require.NoError(t, err)
	received := w.act(shuiwu, act.Act{ID: "r1", Kind: act.Acknowledge})
	after, behind, err := w.Act(w.ctx, "p", "a", received, on, w.now)
	require.NoError(t, err)
	require.False(t, behind)
	require.NotEqual(t, on.Place(), after.Place())
	again, behind, err := w.Act(w.ctx, "p", "a", received, on, w.now)
	require.NoError(t, err)
	require.False(t, behind)
	require.Equal(t, after.Place(), again.Place(), "the same act again changes nothing")
	require.Len(t, w.events("a", ledger.ActKind(act.Acknowledge)), 1)

	feedback := w.act(shuiwu, act.Act{ID: "f1", Kind: act.Progress, Reason: "已开工"})
	course, behind, err := w.Act(w.ctx, "p", "a", feedback, on, w.now)
	require.NoError(t, err)
	require.True(t, behind, "it was asked on a course that lacks the acknowledgement")
	require.Equal(t, after.Place(), course.Place())

	var refused *act.Refusal
	_, _, err = w.Act(w.ctx, "p", "a", w.act(shuiwu, act.Act{ID: "x", Kind: act.Reassign, Unit: "nobody", Reason: "r"}), after, w.now)
	require.ErrorAs(t, err, &refused)
	w.Accounts = &docket.Accounts{File: filepath.Join(t.TempDir(), "accounts.yaml"), Named: true} // which nobody can read
	_, _, err = w.Act(w.ctx, "p", "a", w.act(shuiwu, act.Act{ID: "y", Kind: act.Progress, Reason: "r"}), after, w.now)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "act.refused_no_accounts", refused.Key)
	_, _, err = w.Act(w.ctx, "p", "a", w.act(act.EngineActor, act.Act{ID: "z", Kind: act.Resume}), after, w.now)
	require.ErrorAs(t, err, &refused, "nobody acts in the engine's name from outside")
	require.Len(t, w.events("a", ledger.ActKind(act.Acknowledge)), 1)
}

// When a workflow knows more acts than the ledger, which was restored from an older copy, the
// ledger gets its acts back first.
func TestALedgerThatIsOlderCatchesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.on(4, 12)
	known, err := w.Course(w.ctx, "p", "a")
	require.NoError(t, err)
	rules, err := act.NewRules(w.plan, w.cal)
	require.NoError(t, err)
	lost, _, refused := rules.Act(rules.Course(known.Case), w.act(shuiwu, act.Act{ID: "r1", Kind: act.Acknowledge}))
	require.Nil(t, refused)
	w.engine.faults = []func(context.Context) error{refuses}
	_, _, err = w.Act(w.ctx, "p", "a", w.act(office, act.Act{ID: "n1", Kind: act.Reword, Title: "新名", Reason: "r"}), lost, w.now)
	require.Error(t, err, "while nobody can look into the histories nothing is recorded")
	require.Empty(t, w.events("a", ledger.CourseAhead))
	_, behind, err := w.Act(w.ctx, "p", "a", w.act(office, act.Act{ID: "n1", Kind: act.Reword, Title: "新名", Reason: "r"}), lost, w.now)
	require.NoError(t, err)
	require.False(t, behind)
	require.Equal(t, []string{"a", "a"}, w.engine.recovered)
	require.Len(t, w.events("a", ledger.CourseAhead), 1, "what no history has any more is caught up with")
	require.Equal(t, "新名", w.row("a").Title)
}

// A stage that calls for a talk opens it once, under a number that no talk in Temporal had,
// whichever call fails on the way.
func TestAStageThatCallsForATalkOpensItOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(context.Context) error{"answers": func(context.Context) error { return nil }, "refuses": refuses, "hangs": hangs} {
		w := newWorld(t, nil)
		w.engine.talksEver = 4 // which a ledger restored from an older copy has forgotten
		var opened *plan.Stage
		for range 40 {
			on, err := w.Course(w.ctx, "p", "a")
			require.NoError(t, err)
			require.NotNil(t, on.Next)
			w.now = on.Next.At
			if on.Next.Kind != plan.Talk {
				_, err = w.Decide(w.ctx, "p", "a", on)
				require.NoError(t, err)
				continue
			}
			opened = on.Next
			w.engine.faults = []func(context.Context) error{nil, fault}
			w.engine.faults[0] = func(context.Context) error { return nil } // UnusedTalk
			ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
			if name == "hangs" {
				ctx, cancel = context.WithTimeout(w.ctx, 200*time.Millisecond)
			}
			_, err = w.Decide(ctx, "p", "a", on)
			cancel()
			require.Equal(t, name == "answers", err == nil, "%s: %v", name, err)
			for range 2 {
				_, err = w.Decide(w.ctx, "p", "a", on) // the next try, of one that may have stopped half way
				require.NoError(t, err)
			}
			break
		}
		require.NotNil(t, opened)
		talks, err := w.Ledger.Talks(w.ctx, "p", "a")
		require.NoError(t, err)
		require.Len(t, talks, 1, name)
		require.Equal(t, "a#5", talks[0].ID)
		require.Equal(t, act.Origin{Kind: act.OriginStage}, talks[0].Origin)
		require.Contains(t, w.engine.talks, "a#5")
		course, err := w.OpenTalk(w.ctx, "p", "a#5")
		require.NoError(t, err)
		again, err := w.OpenTalk(w.ctx, "p", "a#5")
		require.NoError(t, err)
		require.Equal(t, course, again)
	}
}

// A leader's instruction whose limit moved, because the task was suspended, is reminded of once more:
// the second reminder is another stage in the ledger than the first, whichever try decides it.
func TestAReminderOfALimitThatMovedIsAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	do := func(month time.Month, day int, by act.Actor, a act.Act) {
		w.on(month, day)
		on, err := w.Course(w.ctx, "p", "a")
		require.NoError(t, err)
		_, behind, err := w.Act(w.ctx, "p", "a", w.act(by, a), on, w.now)
		require.NoError(t, err)
		require.False(t, behind)
	}
	reminded := func(n int) {
		for range 20 {
			if len(w.decided("a", "instruction-1-remind")) == n {
				return
			}
			on, err := w.Course(w.ctx, "p", "a")
			require.NoError(t, err)
			require.NotNil(t, on.Next)
			w.now = on.Next.At
			first, err := w.Decide(w.ctx, "p", "a", on)
			require.NoError(t, err)
			again, err := w.Decide(w.ctx, "p", "a", on) // the next try, of one that may have stopped half way
			require.NoError(t, err)
			require.Equal(t, first.Place(), again.Place())
		}
		t.Fatal("it was not reminded of")
	}
	leader := act.Actor{Account: "lingdao", Name: "王市长", Unit: "lingdao"}
	do(4, 12, shuiwu, act.Act{ID: "r1", Kind: act.Acknowledge})
	do(4, 13, leader, act.Act{ID: "i1", Kind: act.Instruct, Reason: "请说明进度", Due: calendar.NewDay(2021, 4, 23)})
	reminded(1)
	do(4, 22, office, act.Act{ID: "s1", Kind: act.Suspend, Reason: "施工暂停"})
	do(5, 17, office, act.Act{ID: "s2", Kind: act.Resume, Reason: "恢复施工"})
	reminded(2)
	both := w.decided("a", "instruction-1-remind")
	require.Less(t, both[0].Revision, both[1].Revision)
	require.True(t, both[0].At.Before(both[1].At))
	require.Equal(t, w.row("a").Facts.Revision, both[1].Revision)
}

// decided are the stages of a task with an ID, in order of time.
func (w *world) decided(task, id string) []ledger.Stage {
	w.t.Helper()
	all, err := w.Ledger.Stages(w.ctx, "p", task)
	require.NoError(w.t, err)
	return slices.DeleteFunc(all, func(s ledger.Stage) bool { return s.ID != id })
}

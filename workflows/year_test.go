package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/wire"
	"duban/internal/words"
	"duban/seeds"
	"duban/workflows"
)

// bench is a workflow environment whose clock skips, with the real activities
// over a real SQLite ledger and a channel that keeps what it is given.
type bench struct {
	*testsuite.TestWorkflowEnvironment
	t      *testing.T
	store  *ledger.Store
	plan   *plan.Plan
	cal    *calendar.Calendar
	starts *starts
	post   *post
	dues   []*due
	lived  int // number of runs in all calls of live
}

// starts is a starter that keeps what activities asked it to start.
type starts struct {
	digests []ledger.Digest
	mu      sync.Mutex // guards apart, which two workers may write
	apart   []ledger.Digest
	refuses func() error // the error of SpeakApart
	talks   []ledger.Talk
	tasks   []ledger.Task
	looked  []string // IDs of talks that were to look at the ledger
	speak   func(context.Context, wire.SpeakInput) (wire.SpeakResult, error)
}

// StartDigest speaks an alarm at once, as its workflow would a moment later.
func (s *starts) StartDigest(ctx context.Context, _ ledger.Launched, d ledger.Digest) error {
	s.digests = append(s.digests, d)
	if !strings.HasSuffix(d.Key, "|alarm") || s.speak == nil {
		return nil
	}
	_, err := s.speak(ctx, wire.SpeakInput{Digest: d.Key})
	return err
}

// SpeakApart notes a digest that its morning could not deliver.
func (s *starts) SpeakApart(_ context.Context, _ ledger.Launched, d ledger.Digest) error {
	if s.refuses != nil {
		if err := s.refuses(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apart = append(s.apart, d)
	return nil
}

func (s *starts) StartTalk(_ context.Context, _ ledger.Launched, t ledger.Talk) error {
	s.talks = append(s.talks, t)
	return nil
}

func (s *starts) UnusedTalk(_ context.Context, _, _ string, from int, _ time.Time) (int, error) {
	return from, nil
}

func (s *starts) LookTask(_ context.Context, _, task string) error {
	s.looked = append(s.looked, task)
	return nil
}

func (s *starts) LookTalk(_ context.Context, _, talk string) error {
	s.looked = append(s.looked, talk)
	return nil
}

func (s *starts) ReviveTalk(_ context.Context, _, talk string) error {
	s.looked = append(s.looked, talk)
	return nil
}

func (s *starts) StartTask(_ context.Context, _ ledger.Launched, t ledger.Task) error {
	s.tasks = append(s.tasks, t)
	return nil
}

func (s *starts) Recover(context.Context, string, string) error { return nil }

func (s *starts) ReconcileDaily(context.Context, string) (int, error) { return 0, nil }

// post is a channel that keeps its mail, and refuses while it is broken.
type post struct {
	mails  []letter.Letter
	twice  channel.Twice
	broken func() error
	dead   string     // an address that is never reached
	sends  sync.Mutex // a morning sends several messages at once
	deaf   bool       // Send does not call leaving
	seen   func(context.Context)
}

func (p *post) Name() string         { return "post" }
func (p *post) Twice() channel.Twice { return p.twice }
func (p *post) Send(ctx context.Context, m letter.Letter, leaving channel.Leaving) error {
	p.sends.Lock()
	defer p.sends.Unlock()
	if p.seen != nil {
		p.seen(ctx)
	}
	if p.dead != "" && m.To.Email == p.dead {
		return errors.New("no route to host")
	}
	if p.broken != nil {
		if err := p.broken(); err != nil && !errors.Is(err, channel.ErrUnknown) {
			return err
		} else if err != nil {
			return errors.Join(leaving(ctx, nil), err)
		}
	}
	if !p.deaf {
		if err := leaving(ctx, nil); err != nil {
			return err
		}
	}
	p.mails = append(p.mails, m)
	return nil
}

// atOnce is a post that answers at once, so that activities.Speak sends over it.
type atOnce struct{ *post }

func (atOnce) Twice() channel.Twice { return channel.TwiceIsOne }

// day is 00:00 of a day in Beijing.
func day(y int, m time.Month, d int) time.Time {
	return calendar.NewDay(y, m, d).At(0, 0, calendar.Beijing)
}

// newBench launches the given tasks in the ledger on start and halts the clock there.
func newBench(t *testing.T, start time.Time, tasks ...plan.Task) *bench {
	return newBenchBy(t, start, func(*plan.Plan) {}, tasks...)
}

// newBenchBy is newBench with a plan that edit has changed.
func newBenchBy(t *testing.T, start time.Time, edit func(*plan.Plan), tasks ...plan.Task) *bench {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	small := unit("zezhou", "泽州县政府") // whose liaison is also its deputy in charge
	small.Contacts[1].Email = small.Contacts[0].Email
	b := &bench{t: t, cal: cal, starts: &starts{}, post: &post{}, plan: &plan.Plan{
		ID: "p", Title: "示范计划", Issued: calendar.DayOf(start), Year: 2021, Tasks: tasks, Policies: policies, Hash: "h",
		Directory: people.Directory{Office: "duban", Leadership: "lingdao", Units: []people.Unit{
			unit("shuiwu", "市水务局"), unit("duban", "协调办"), unit("lingdao", "领导小组"), small,
		}},
	}}
	edit(b.plan)
	b.store, err = ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"), ledger.Options{Create: true, Migrate: true, Now: func() time.Time { return b.Now() }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.store.Close()) })
	when := ledger.When{Real: start, Plan: start}
	for _, y := range cal.Years() {
		require.NoError(t, b.store.PutCalendar(t.Context(), y, "test", when))
	}
	var rows []ledger.Task
	for _, task := range tasks {
		rows = append(rows, ledger.TaskOf(b.plan, task, start))
	}
	_, err = b.store.AddPlan(t.Context(), ledger.Launched{Plan: *b.plan, At: start}, b.given(b.plan, rows...), when)
	require.NoError(t, err)

	b.anew()
	b.SetStartTime(start)
	return b
}

// given are rows of a plan with the stages that tell the units of their tasks, as a launch
// writes them, over no channel.
func (b *bench) given(p *plan.Plan, rows ...ledger.Task) []ledger.Task {
	b.t.Helper()
	rules, err := act.NewRules(p, b.cal)
	require.NoError(b.t, err)
	for i, row := range rows {
		if s := rules.Order(row.Facts); s != nil {
			rows[i].Order = &ledger.Order{Stage: *s, From: p}
		}
	}
	return rows
}

// anew is a new environment over the same ledger, at the time of the one before.
func (b *bench) anew() {
	var now time.Time
	if b.TestWorkflowEnvironment != nil {
		now = b.Now()
	}
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(quiet{})
	b.TestWorkflowEnvironment = suite.NewTestWorkflowEnvironment()
	b.SetTestTimeout(10 * time.Minute)
	b.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // the default is a second, which a busy machine takes
	workflows.Register(b)
	acts := &activities.Activities{
		Ledger: b.store, Starter: b.starts, Channels: channel.Set{b.post}, Words: words.New("zh"),
		Now: b.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	b.starts.speak = func(ctx context.Context, in wire.SpeakInput) (wire.SpeakResult, error) {
		at := *acts
		at.Channels = channel.Set{atOnce{b.post}}
		return at.Speak(ctx, in)
	}
	acts.Register(b)
	if !now.IsZero() {
		b.SetStartTime(now)
	}
}

// due is something that happens at an instant, in whichever run is going on then.
type due struct {
	at   time.Time
	do   func()
	done bool
}

// RegisterDelayedCallback is that of the environment; with live, the callback also runs when
// the workflow has handed over to a new run meanwhile.
func (b *bench) RegisterDelayedCallback(do func(), delay time.Duration) {
	d := &due{at: b.Now().Add(delay), do: do}
	b.dues = append(b.dues, d)
	b.register(d)
}

func (b *bench) register(d *due) {
	b.TestWorkflowEnvironment.RegisterDelayedCallback(func() {
		if !d.done {
			d.done = true
			d.do()
		}
	}, max(0, d.at.Sub(b.Now())))
}

// CancelWorkflow cancels the run that goes on when it is called.
func (b *bench) CancelWorkflow() { b.TestWorkflowEnvironment.CancelWorkflow() }

// live runs a workflow through all its runs.
func (b *bench) live(kind string, state any) {
	b.t.Helper()
	for {
		b.ExecuteWorkflow(kind, state)
		b.lived++
		var again *workflow.ContinueAsNewError
		if !errors.As(b.GetWorkflowError(), &again) {
			return
		}
		next := reflect.New(reflect.TypeOf(state))
		require.NoError(b.t, converter.GetDefaultDataConverter().FromPayloads(again.Input, next.Interface()))
		state = next.Elem().Interface()
		b.anew()
		for _, d := range b.dues {
			if !d.done {
				b.register(d)
			}
		}
	}
}

func unit(id, name string) people.Unit {
	u := people.Unit{ID: id, Name: name}
	for _, r := range people.Roles {
		u.Contacts = append(u.Contacts, people.Contact{Role: r, Name: name + string(r), Email: string(r) + "@" + id + ".example"})
	}
	return u
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func (b *bench) ladder(task plan.Task, assigned time.Time) []plan.Stage {
	return b.rules().Ahead(act.NewCase(b.plan, task, assigned))
}

func (b *bench) state(task plan.Task, start time.Time) workflows.TaskState {
	row, err := b.store.Task(b.t.Context(), "p", task.ID)
	require.NoError(b.t, err)
	return workflows.TaskState{Plan: "p", Task: task.ID, Window: 2 * time.Hour, Course: b.rules().Course(ledger.CaseOf(row))}
}

func (b *bench) rules() act.Rules {
	rules, err := act.NewRules(b.plan, b.cal)
	require.NoError(b.t, err)
	return rules
}

// decide records a stage of a task as decided by the facts in the ledger, with notices to
// all its recipients over the channels over.
func (b *bench) decide(task string, s plan.Stage, when ledger.When, over ...string) ([]ledger.Digest, *ledger.Talk) {
	b.t.Helper()
	digests, talk, err := ledgertest.Decide(b.t.Context(), b.store, ledger.Decision{Plan: b.plan.ID, Task: task, Revision: 1, Stage: s,
		Channels: channels(s, over...), OpensTalk: s.Kind == plan.Talk}, when)
	require.NoError(b.t, err)
	return digests, talk
}

// opens opens a talk, or proposes it when how is plan.TalkOnApproval.
func (b *bench) opens(talk, how string, when ledger.When) {
	b.t.Helper()
	k, err := b.store.Talk(b.t.Context(), b.plan.ID, talk)
	require.NoError(b.t, err)
	task, err := b.store.Task(b.t.Context(), b.plan.ID, k.Task)
	require.NoError(b.t, err)
	c := ledger.TalkCaseOf(b.plan, task, k)
	c.State = act.TalkOpen
	if how == plan.TalkOnApproval {
		c.State = act.TalkProposed
	}
	_, err = b.store.OpenTalk(b.t.Context(), ledger.Opening{Plan: b.plan.ID, Talk: talk, Open: func(ledger.Task, ledger.Talk) act.TalkCase { return c }}, when)
	require.NoError(b.t, err)
}

// said is every notice in the ledger: its instant, task/stage → recipient.
func (b *bench) said() []string {
	notices, err := b.store.Notices(context.Background(), ledger.NoticeFilter{Plan: "p"})
	require.NoError(b.t, err)
	var out []string
	for _, n := range notices {
		out = append(out, fmt.Sprintf("%s %s/%s → %s", n.SpeakAt.In(calendar.Beijing).Format("2006-01-02 15:04"), n.Task, n.Stage, n.Recipient))
	}
	slices.Sort(out)
	return out
}

func (b *bench) done() {
	b.t.Helper()
	require.True(b.t, b.IsWorkflowCompleted())
	require.NoError(b.t, b.GetWorkflowError())
}

func task(id string, due calendar.Day) plan.Task {
	return plan.Task{ID: id, Title: "任务" + id, Kind: plan.Dated, Lead: "shuiwu", Due: due, Policy: "standard"}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// The usual pattern, as most applications on Temporal are written: a workflow a
// task, and for each stage two activities, one that writes the ledger and one
// that notifies whoever the stage names. It writes the same ledger and sends
// through the same outbox, a message a recipient and stage.
const (
	usualQueue = "usual"
	usualType  = "bench.Usual"
)

func usualID(planID, task string) string { return "usual:" + planID + ":" + task }

type usualInput struct {
	Task   string         `json:"task"`
	Clock  calendar.Clock `json:"clock"`
	Ladder []plan.Stage   `json:"ladder"`
}

type usualStage struct {
	Task  string     `json:"task"`
	Stage plan.Stage `json:"stage"`
}

type usual struct {
	ledger   *ledger.Store
	plan     *plan.Plan
	cal      *calendar.Calendar
	clock    calendar.Clock
	channels channel.Set
	words    *words.Words
	sent     atomic.Int64
}

func (u *usual) register(w worker.Worker) {
	w.RegisterWorkflowWithOptions(usualTask, workflow.RegisterOptions{Name: usualType})
	w.RegisterActivity(u.Record)
	w.RegisterActivity(u.Notify)
}

func usualTask(ctx workflow.Context, in usualInput) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 15 * time.Second})
	var u *usual
	for _, s := range in.Ladder {
		if err := workflow.Sleep(ctx, in.Clock.Until(s.At, workflow.Now(ctx))); err != nil {
			return err
		}
		stage := usualStage{Task: in.Task, Stage: s}
		if err := workflow.ExecuteActivity(ctx, u.Record, stage).Get(ctx, nil); err != nil {
			return err
		}
		if err := workflow.ExecuteActivity(ctx, u.Notify, stage).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// live starts a plan and waits for the end of its year.
func (u *usual) live(ctx context.Context, h *product, p *plan.Plan, clock calendar.Clock) error {
	u.plan, u.clock = p, clock
	if err := u.start(ctx, h, clock); err != nil {
		return err
	}
	var g errgroup.Group
	for _, t := range p.Tasks {
		g.Go(func() error { return h.Client.GetWorkflow(ctx, usualID(p.ID, t.ID), "").Get(ctx, nil) })
	}
	return g.Wait()
}

// start writes the plan to the ledger and starts a workflow a task.
func (u *usual) start(ctx context.Context, h *product, clock calendar.Clock) error {
	rules, err := act.NewRules(u.plan, u.cal)
	if err != nil {
		return err
	}
	rows := make([]ledger.Task, len(u.plan.Tasks))
	for i, t := range u.plan.Tasks {
		rows[i] = ledger.TaskOf(u.plan, t, clock.Start)
	}
	l := ledger.Launched{Plan: *u.plan, Clock: clock, At: clock.Start}
	if _, err := u.ledger.AddPlan(ctx, l, rows, u.when()); err != nil {
		return err
	}
	errs := make([]error, len(rows))
	engine.StartEach(ctx, h.Client, len(rows), time.Minute, func(ctx context.Context, i int) (string, error) {
		id := usualID(u.plan.ID, rows[i].ID)
		opts := client.StartWorkflowOptions{ID: id, TaskQueue: usualQueue, EnableEagerStart: true}
		_, err := h.Client.ExecuteWorkflow(ctx, opts, usualType, usualInput{Task: rows[i].ID, Clock: clock, Ladder: rules.Ahead(rows[i].Facts)})
		return id, err
	}, func(i int, err error) { errs[i] = err })
	return errors.Join(errs...)
}

func (u *usual) when() ledger.When {
	now := time.Now()
	return ledger.When{Real: now, Plan: u.clock.Plan(now)}
}

// Record writes the stage to the ledger, over the facts that the task has.
func (u *usual) Record(ctx context.Context, in usualStage) error {
	row, err := u.ledger.Task(ctx, u.plan.ID, in.Task)
	if err != nil {
		return err
	}
	d := ledger.Decision{Plan: u.plan.ID, Task: in.Task, Revision: 1, Version: row.Version, Stage: in.Stage, Facts: ledger.CaseOf(row), From: u.plan}
	_, _, err = u.ledger.DecideStage(ctx, d, u.when())
	return err
}

// Notify sends the stage to each of its recipients and records that it went.
func (u *usual) Notify(ctx context.Context, in usualStage) error {
	task, err := u.ledger.Task(ctx, u.plan.ID, in.Task)
	if err != nil {
		return err
	}
	for _, r := range in.Stage.To {
		key := fmt.Sprintf("%s/%s/%s/%s", u.plan.ID, in.Task, in.Stage.ID, r)
		mail, err := notice.Compose(u.words, u.facts(key, r, task, in.Stage))
		if err != nil {
			return err
		}
		if err := u.channels[0].Send(ctx, mail, func(context.Context, []channel.Missed) error { return nil }); err != nil {
			return err
		}
		when := u.when()
		event := ledger.Event{Key: key, Plan: u.plan.ID, Task: in.Task, Kind: "usual.sent", Actor: "engine", Real: when.Real, PlanAt: when.Plan}
		if _, err := u.ledger.Record(ctx, event); err != nil {
			return err
		}
		u.sent.Add(1)
	}
	return nil
}

func (u *usual) facts(key string, r people.Recipient, t ledger.Task, s plan.Stage) notice.Digest {
	dir := u.plan.Directory
	contact, _ := dir.Contact(r)
	today := calendar.DayOf(s.At.In(calendar.Beijing))
	return notice.Digest{
		ID: key, Plan: notice.PlanRef{ID: u.plan.ID, Title: u.plan.Title, Number: u.plan.Number}, Zone: u.plan.Location(), Recipient: r,
		Unit: dir.Name(r.Unit), Contact: letter.Address{Name: contact.Name, Email: contact.Email},
		Office: letter.Address{Name: dir.Name(dir.Office), Email: "office@duban.example"}, At: s.At, Date: time.Now(),
		Items: []notice.Item{{
			Task: t.ID, Title: t.Title, Clause: t.Clause, Lead: dir.Name(t.Lead), Due: t.Due, Kind: s.Kind, Stage: s.ID, Light: s.Light,
			Left: notice.Distance{Days: t.Due.Sub(today), Workdays: u.cal.Workdays(today, t.Due)},
		}},
	}
}

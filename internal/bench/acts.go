package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/plan"
	"duban/workflows"
)

const (
	touchedType = "bench.Touched"
	touchUpdate = "touch"
	noteUpdate  = "note"
	moveUpdate  = "move"
)

// touched is the smallest workflow that takes updates: one update that only answers, one
// that lets an activity do something first, as an act that is written to the ledger must,
// and one that moves the workflow's timer and its search attribute, as another due date does.
func touched(ctx workflow.Context) error {
	if err := workflow.SetUpdateHandler(ctx, touchUpdate, func(workflow.Context) error { return nil }); err != nil {
		return err
	}
	err := workflow.SetUpdateHandler(ctx, noteUpdate, func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 20 * time.Second})
		return workflow.ExecuteActivity(ctx, note).Get(ctx, nil)
	})
	if err != nil {
		return err
	}
	moved := 0
	err = workflow.SetUpdateHandler(ctx, moveUpdate, func(ctx workflow.Context) error {
		moved++
		due := calendar.NewDay(2021, time.June, 1).AddDays(moved).String()
		return workflow.UpsertTypedSearchAttributes(ctx, workflows.DueAttribute.ValueSet(due))
	})
	if err != nil {
		return err
	}
	for {
		before := moved
		timerCtx, cancel := workflow.WithCancel(ctx)
		timer := workflow.NewTimer(timerCtx, time.Duration(365+moved)*24*time.Hour)
		err := workflow.Await(ctx, func() bool { return timer.IsReady() || moved != before })
		if cancel(); err != nil || moved == before {
			return err
		}
	}
}

func note(context.Context) error { return nil }

// bulkActs compares an amendment that changes every task with bare updates of as
// many workflows on the same server, as many at once.
func bulkActs(ctx context.Context, b *bench) error {
	h, err := b.open(ctx, "acts", 2*time.Hour)
	if err != nil {
		return err
	}
	defer h.Close()
	w := worker.New(h.Client, bareQueue, worker.Options{})
	w.RegisterWorkflowWithOptions(touched, workflow.RegisterOptions{Name: touchedType})
	w.RegisterActivity(note)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	n := b.size(300, 20)
	errs := make([]error, n)
	engine.StartEach(ctx, h.Client, n, time.Minute, func(ctx context.Context, i int) (string, error) {
		id := fmt.Sprint("touched-", i)
		_, err := h.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: bareQueue, EnableEagerStart: true}, touchedType)
		return id, err
	}, func(i int, err error) { errs[i] = err })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	policy := nineStages()
	policy.Rhythm = plan.DefaultRhythm() // the messages of an amendment come later, one for each reader; the section of the peak morning measures messages
	p := folder("acts", n, 100, policy, monthEnds()...)
	if _, err := h.launch(ctx, p, h.farClock()); err != nil {
		return err
	}
	var bare, noted, shifted, amended rate
	for round := range b.size(3, 1) {
		if err := bare.measure(n, func(n int) error { return h.touch(ctx, n, touchUpdate) }); err != nil {
			return err
		}
		if err := noted.measure(n, func(n int) error { return h.touch(ctx, n, noteUpdate) }); err != nil {
			return err
		}
		if err := shifted.measure(n, func(n int) error { return h.touch(ctx, n, moveUpdate) }); err != nil {
			return err
		}
		if err := amended.measure(n, func(int) error { return h.amendAll(ctx, p, round) }); err != nil {
			return err
		}
	}
	b.emit(amended.figure("tasks amended"))
	b.emit(bare.figure("bare updates"))
	b.emit(noted.figure("bare updates that do one activity"))
	b.emit(shifted.figure("bare updates that move timer and search"))
	b.emit(ratio("amended to bare updates", amended.value(), bare.value()).atLeast(0.8))
	busy := ratio("amended to bare updates, by processor time", bare.each(), amended.each())
	busy.Note = "the rate of a machine that does nothing else; a busy one favours whichever of the two it leaves alone"
	b.emit(busy)
	b.emit(ratio("amended to bare updates that do one activity", amended.value(), noted.value()))
	b.emit(ratio("amended to bare updates that move timer and search", amended.value(), shifted.value()))
	return nil
}

// touch updates each bare workflow once, as many at once as the product does.
func (h *product) touch(ctx context.Context, n int, update string) error {
	var group errgroup.Group
	group.SetLimit(24)
	for i := range n {
		group.Go(func() error {
			u, err := h.Client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: fmt.Sprint("touched-", i), UpdateName: update, WaitForStage: client.WorkflowUpdateStageCompleted})
			if err != nil {
				return err
			}
			return u.Get(ctx, nil)
		})
	}
	return group.Wait()
}

// amendAll moves every due date of a plan by a day more.
func (h *product) amendAll(ctx context.Context, p *plan.Plan, round int) error {
	next := *p
	next.Hash = fmt.Sprint(p.ID, "-", round+1)
	next.Tasks = slices.Clone(p.Tasks)
	for i := range next.Tasks {
		next.Tasks[i].Due = next.Tasks[i].Due.AddDays(round + 1)
	}
	by := act.Actor{Account: "office", Name: "office", Unit: p.Directory.Office}
	report, err := h.Engine.Amend(ctx, &next, h.cal, engine.AmendOptions{Paper: fmt.Sprintf("示范〔2021〕%d号", round+2), By: by, LaunchOptions: engine.LaunchOptions{At: calendar.NewDay(2021, time.January, 4).At(0, 0, calendar.Beijing)}})
	if err == nil && report.Changed != len(p.Tasks) {
		return fmt.Errorf("%d of %d tasks were amended: %v", report.Changed, len(p.Tasks), report.Left)
	}
	return err
}

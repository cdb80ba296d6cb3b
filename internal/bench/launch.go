package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/plan"
)

const (
	bareQueue = "bench"
	bareType  = "bench.Bare"
)

// bare is the smallest workflow that waits: one timer.
func bare(ctx workflow.Context) error { return workflow.Sleep(ctx, 365*24*time.Hour) }

// launch compares launching plans with bare workflow starts on the same server,
// with as many at once, waited for in the same way. The bare starts run before
// and after, so that a drift of the machine counts for both.
func launch(ctx context.Context, b *bench) error {
	h, err := b.open(ctx, "launch", 2*time.Hour)
	if err != nil {
		return err
	}
	defer h.Close()
	w := worker.New(h.Client, bareQueue, worker.Options{})
	w.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: bareType})
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()

	p, err := loadPlan(b.plan, h.cal)
	if err != nil {
		return err
	}
	began := time.Now()
	report, err := h.launch(ctx, p, h.farClock())
	if err != nil {
		return err
	}
	f := seconds("launch of the 2021 plan", time.Since(began)).atMost(10)
	f.Note = fmt.Sprintf("%d tasks and duties armed", report.Armed)
	b.emit(f)
	return b.compareStarts(ctx, h)
}

func (b *bench) compareStarts(ctx context.Context, h *product) error {
	n, rounds := b.size(2000, 40), b.size(2, 1)
	var eager, product rate
	if err := h.bareStarts(ctx, "warm", n/20, true); err != nil {
		return err
	}
	for i := range rounds {
		if err := eager.measure(n/2/rounds, func(n int) error { return h.bareStarts(ctx, fmt.Sprint("eager-a", i), n, true) }); err != nil {
			return err
		}
		p := folder(fmt.Sprint("folder", i), n/rounds, 100, nineStages(), monthEnds()...)
		if err := product.measure(n/rounds, func(int) error { _, err := h.launch(ctx, p, h.farClock()); return err }); err != nil {
			return err
		}
		if err := eager.measure(n/2/rounds, func(n int) error { return h.bareStarts(ctx, fmt.Sprint("eager-b", i), n, true) }); err != nil {
			return err
		}
	}
	var plain rate
	if err := plain.measure(n/4, func(n int) error { return h.bareStarts(ctx, "plain", n, false) }); err != nil {
		return err
	}
	b.emit(product.figure("launch of dated tasks"))
	b.emit(eager.figure("bare starts, eager"))
	b.emit(plain.figure("bare starts, not eager"))
	b.emit(ratio("launch to bare starts, eager", product.value(), eager.value()).atLeast(0.95))
	b.emit(ratio("launch to bare starts, not eager", product.value(), plain.value()))
	return nil
}

// rate adds up what was done in which time, by the wall and by the processor.
type rate struct {
	n         int
	took, cpu time.Duration
}

func (r *rate) measure(n int, do func(n int) error) error {
	began, cpu := time.Now(), processor()
	if err := do(n); err != nil {
		return err
	}
	r.n, r.took, r.cpu = r.n+n, r.took+time.Since(began), r.cpu+processor()-cpu
	return nil
}

func (r *rate) value() float64 { return float64(r.n) / r.took.Seconds() }

func (r *rate) figure(name string) figure {
	f := perSecond(name, r.n, r.took)
	f.Note = fmt.Sprintf("%d, %.1f ms processor time each", r.n, 1000*r.each())
	return f
}

// each is the processor time of one, in seconds.
func (r *rate) each() float64 { return r.cpu.Seconds() / float64(r.n) }

// farClock is a clock that is at the plans' date of issue for a day: nothing wakes while we measure.
func (h *product) farClock() calendar.Clock {
	return calendar.Clock{Epoch: time.Now().Add(24 * time.Hour), Start: calendar.NewDay(2021, time.January, 4).At(0, 0, calendar.Beijing), Rate: 1}
}

// launch launches a plan assigned at the start of its clock.
func (h *product) launch(ctx context.Context, p *plan.Plan, clock calendar.Clock) (engine.LaunchReport, error) {
	return h.Engine.Launch(ctx, p, h.cal, engine.LaunchOptions{At: clock.Start, Clock: clock, Grace: 100 * 24 * time.Hour, ArmWait: time.Minute})
}

// bareStarts starts n bare workflows and waits for each one's first workflow task as a launch does.
func (h *product) bareStarts(ctx context.Context, prefix string, n int, eager bool) error {
	errs := make([]error, n)
	engine.StartEach(ctx, h.Client, n, time.Minute, func(ctx context.Context, i int) (string, error) {
		id := fmt.Sprintf("%s-%d", prefix, i)
		_, err := h.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: bareQueue, EnableEagerStart: eager}, bareType)
		return id, err
	}, func(i int, err error) { errs[i] = err })
	return errors.Join(errs...)
}

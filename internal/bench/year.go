package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
	"duban/workflows"
)

// year lets several hundred silent tasks live through nine stages, first as
// duban does it, then in the usual pattern of two activities a stage, and
// compares the processor time of everything: server, worker, ledger, messages.
func year(ctx context.Context, b *bench) error {
	n := b.size(240, 6)
	ours, err := b.ourYear(ctx, n)
	if err != nil {
		return err
	}
	theirs, err := b.usualYear(ctx, n)
	if err != nil {
		return err
	}
	b.emit(figure{Name: "history events of a silent task, nine stages", Value: ours.events, Unit: "events"}.atMost(70))
	b.emit(figure{Name: "history bytes", Value: ours.bytes, Unit: "bytes"})
	b.emit(figure{Name: "history events, usual pattern", Value: theirs.events, Unit: "events"})
	b.emit(figure{Name: "history bytes, usual pattern", Value: theirs.bytes, Unit: "bytes"})
	b.emit(figure{Name: "processor time a task-year", Value: ours.cpu, Unit: "ms", Note: fmt.Sprintf("%d tasks, %d messages", n, ours.messages)})
	b.emit(figure{Name: "processor time, usual pattern", Value: theirs.cpu, Unit: "ms", Note: fmt.Sprintf("%d tasks, %d messages", n, theirs.messages)})
	b.emit(ratio("processor time to the usual pattern's", ours.cpu, theirs.cpu).atMost(0.5))
	return nil
}

// cost is what one task's year costs on average.
type cost struct {
	events, bytes float64
	cpu           float64 // ms
	messages      int
}

// yearPlan is n tasks due on the working days of ten weeks, so many a unit
// that about as many stages share a digest as in the 2021 plan: 800 in 476.
func yearPlan(n int, cal *calendar.Calendar) *plan.Plan {
	var days []calendar.Day
	for d := calendar.NewDay(2021, time.April, 1); len(days) < 48; d = cal.AddWorkdays(d, 1) {
		days = append(days, d)
	}
	p := folder("year", n, max(1, n/yearShare), nineStages(), days...)
	p.Issued = calendar.NewDay(2021, time.February, 28)
	return p
}

const (
	// yearShare is the tasks of one unit.
	yearShare = 24
	// yearWindow spreads the stages over the day before they speak: a fast day is
	// short, and late decisions would not share a digest as they do in a real one.
	yearWindow = 22 * time.Hour
)

// yearClock runs from the plan's issue, a day in so much real time, once all is armed.
func (b *bench) yearClock(p *plan.Plan) calendar.Clock {
	day := b.span(time.Second, 100*time.Millisecond)
	lead := 2*time.Second + time.Duration(len(p.Tasks))*20*time.Millisecond
	return calendar.Clock{Epoch: time.Now().Add(lead), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: float64(24*time.Hour) / float64(day)}
}

func (b *bench) ourYear(ctx context.Context, n int) (cost, error) {
	h, err := b.open(ctx, "ours", 2*time.Hour)
	if err != nil {
		return cost{}, err
	}
	defer h.Close()
	h.Engine = engine.New(h.Client, h.Ledger, yearWindow, time.Now, b.log)
	p := yearPlan(n, h.cal)
	cpu := processor()
	if _, err := h.launch(ctx, p, b.yearClock(p)); err != nil {
		return cost{}, err
	}
	err = h.await(ctx, func() (bool, error) {
		stages, err := h.Ledger.Stages(ctx, p.ID, "")
		if err != nil {
			return false, err
		}
		for _, s := range stages {
			if s.State != ledger.Decided {
				return false, nil
			}
		}
		waiting, err := h.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: p.ID, States: []string{ledger.Pending, ledger.Sending}})
		return len(waiting) == 0, err
	}, p)
	if err != nil {
		return cost{}, err
	}
	c := cost{cpu: float64((processor() - cpu).Microseconds()) / 1000 / float64(n)}
	sent, err := h.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: p.ID, States: []string{ledger.Sent}})
	if err != nil {
		return c, err
	}
	seen := map[string]bool{}
	for _, s := range sent {
		seen[s.Message] = true
	}
	c.messages = len(seen)
	b.note("ours: %d tasks, %d notices in %d messages", n, len(sent), len(seen))
	return h.histories(ctx, c, p, workflows.TaskWorkflowID)
}

func (b *bench) usualYear(ctx context.Context, n int) (cost, error) {
	h, err := b.open(ctx, "usual", 2*time.Hour)
	if err != nil {
		return cost{}, err
	}
	defer h.Close()
	channels, err := host.Channels(h.cfg, io.Discard)
	if err != nil {
		return cost{}, err
	}
	p := yearPlan(n, h.cal)
	u := &usual{ledger: h.Ledger, plan: p, cal: h.cal, channels: channels, words: words.New(h.cfg.Lang)}
	w := worker.New(h.Client, usualQueue, worker.Options{})
	u.register(w)
	if err := w.Start(); err != nil {
		return cost{}, err
	}
	defer w.Stop()
	cpu := processor()
	clock := b.yearClock(p)
	u.clock = clock
	if err := u.start(ctx, h, clock); err != nil {
		return cost{}, err
	}
	var g errgroup.Group
	for _, t := range p.Tasks {
		g.Go(func() error { return h.Client.GetWorkflow(ctx, usualID(p.ID, t.ID), "").Get(ctx, nil) })
	}
	if err := g.Wait(); err != nil {
		return cost{}, err
	}
	c := cost{cpu: float64((processor() - cpu).Microseconds()) / 1000 / float64(n), messages: int(u.sent.Load())}
	b.note("usual: %d tasks, %d messages", n, c.messages)
	return h.histories(ctx, c, p, usualID)
}

// await asks every second, once the plan's year is over.
func (h *house) await(ctx context.Context, done func() (bool, error), p *plan.Plan) error {
	l, err := h.Ledger.Plan(ctx, p.ID)
	if err != nil {
		return err
	}
	foretold := p.Preview(h.cal, l.At, calendar.Day{})
	end := l.Clock.Real(foretold[len(foretold)-1].At)
	if err := sleep(ctx, time.Until(end)); err != nil {
		return err
	}
	for time.Since(end) < 10*time.Minute {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	return fmt.Errorf("plan %s did not end", p.ID)
}

// histories adds the longest history of a plan's tasks.
func (h *house) histories(ctx context.Context, c cost, p *plan.Plan, id func(planID, task string) string) (cost, error) {
	for _, t := range p.Tasks {
		d, err := describe(ctx, h.Client, id(p.ID, t.ID))
		if err != nil {
			return c, err
		}
		c.events = max(c.events, d.events)
		c.bytes = max(c.bytes, d.bytes)
	}
	return c, nil
}

func describe(ctx context.Context, c client.Client, id string) (cost, error) {
	d, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return cost{}, err
	}
	info := d.GetWorkflowExecutionInfo()
	return cost{events: float64(info.GetHistoryLength()), bytes: float64(info.GetHistorySizeBytes())}, nil
}

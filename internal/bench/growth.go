package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// growth measures what launching, deciding, reading and amending cost for each task
// in a plan of a thousand tasks and in one of a hundred thousand.
func growth(ctx context.Context, b *bench) error {
	small, err := b.grown(ctx, b.size(1000, 20))
	if err != nil {
		return err
	}
	big, err := b.grown(ctx, b.size(100_000, 60))
	if err != nil {
		return err
	}
	for i, f := range small {
		b.emit(f)
		b.emit(big[i])
		b.emit(ratio(growths[i]+": big plan to small", big[i].Value, f.Value))
	}
	return nil
}

var growths = []string{"launch", "decide", "read a page of 200", "amend"}

// grown measures a plan of n tasks.
func (b *bench) grown(ctx context.Context, n int) (all []figure, err error) {
	h, err := b.open(ctx, fmt.Sprint("growth", n), 2*time.Hour)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	add := func(took time.Duration, times int) {
		all = append(all, figure{Name: fmt.Sprintf("%s, of %d tasks", growths[len(all)], n), Value: took.Seconds() * 1000 / float64(times), Unit: "ms each"})
	}
	p := folder("growth", n, 100, nineStages(), monthEnds()...)
	clock := h.farClock()
	began := time.Now()
	if _, err := h.launch(ctx, p, clock); err != nil {
		return nil, err
	}
	add(time.Since(began), n)

	few := min(n, b.size(1000, 20))
	took, err := h.decideSome(ctx, p, clock, few)
	if err != nil {
		return nil, err
	}
	add(took, few)

	if _, err := h.Ledger.Refresh(ctx, p.ID, h.cal); err != nil {
		return nil, err
	}
	reads := b.size(50, 3)
	began = time.Now()
	for range reads {
		l, basis, _, err := h.Ledger.Frame(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if _, ok, err := h.Ledger.List(ctx, &l, basis, h.cal, calendar.NewDay(2021, time.April, 20), ledger.ListFilter{}, 0, 200); err != nil || !ok {
			return nil, fmt.Errorf("not read from indexes: %w", err)
		}
	}
	add(time.Since(began), reads)

	few = min(n, b.size(300, 20))
	next := *p
	next.Hash, next.Tasks = "grown", slices.Clone(p.Tasks)
	for i := range few {
		next.Tasks[len(next.Tasks)-1-i].Due = next.Tasks[len(next.Tasks)-1-i].Due.AddDays(3)
	}
	by := act.Actor{Account: "office", Name: "office", Unit: p.Directory.Office}
	began = time.Now()
	report, err := h.Engine.Amend(ctx, &next, h.cal, engine.AmendOptions{Paper: "示范〔2021〕2号", By: by, LaunchOptions: engine.LaunchOptions{At: clock.Start}})
	if err != nil {
		return nil, err
	}
	if report.Changed != few {
		return nil, fmt.Errorf("%d of %d tasks were amended", report.Changed, few)
	}
	add(time.Since(began), few)
	return all, nil
}

// decideSome decides the first stages of some tasks in the ledger, eight at once.
func (h *product) decideSome(ctx context.Context, p *plan.Plan, clock calendar.Clock, n int) (time.Duration, error) {
	rules, err := act.NewRules(p, h.cal)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	var group errgroup.Group
	group.SetLimit(8)
	for i := range n {
		group.Go(func() error {
			row, err := h.Ledger.Task(ctx, p.ID, p.Tasks[i].ID)
			if err != nil {
				return err
			}
			c, stage := rules.Decide(rules.Course(ledger.CaseOf(row)))
			channels := map[people.Recipient][]string{}
			for _, r := range stage.To {
				channels[r] = []string{"outbox"}
			}
			d := ledger.Decision{Plan: p.ID, Task: row.ID, Revision: row.Revision, Version: row.Version, Stage: stage, Facts: c.Case, Channels: channels, From: p}
			_, _, err = h.Ledger.DecideStage(ctx, d, ledger.When{Real: time.Now(), Plan: clock.Start})
			return err
		})
	}
	err = group.Wait()
	return time.Since(began), err
}

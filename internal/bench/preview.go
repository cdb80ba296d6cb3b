package main

import (
	"context"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// preview measures foretelling a plan's year.
func preview(_ context.Context, b *bench) error {
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return err
	}
	p, err := loadPlan(b.plan, cal)
	if err != nil {
		return err
	}
	took, stages := foretell(p, cal)
	f := seconds("preview of the 2021 plan", took)
	f.Note = fmt.Sprintf("%d tasks, %d stages", len(p.Tasks), stages)
	b.emit(f)

	n := b.size(100_000, 1000)
	took, stages = foretell(folder("wide", n, 100, nineStages(), everyDay()...), cal)
	f = seconds(fmt.Sprintf("preview of %d tasks", n), took).atMost(5)
	f.Note = fmt.Sprintf("%d stages", stages)
	b.emit(f)
	return nil
}

func foretell(p *plan.Plan, cal *calendar.Calendar) (time.Duration, int) {
	launched := p.Issued.At(0, 0, calendar.Beijing)
	began := time.Now()
	stages := act.Preview(p, cal, launched, calendar.Day{})
	return time.Since(began), len(stages)
}

// loadPlan reads a plan whose files have no faults; warnings are ignored.
func loadPlan(file string, cal *calendar.Calendar) (*plan.Plan, error) {
	p, problems := planfile.Load(file, cal)
	for _, pr := range problems {
		if !pr.Warning {
			return nil, fmt.Errorf("%s does not check: %+v", file, pr)
		}
	}
	return p, nil
}

// everyDay is every day of 2021 from March on: the most different ladders.
func everyDay() (days []calendar.Day) {
	for d := calendar.NewDay(2021, time.March, 1); d.Year == 2021; d = d.AddDays(1) {
		days = append(days, d)
	}
	return days
}

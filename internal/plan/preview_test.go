package plan_test

import (
	"fmt"
	"testing"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/seeds"
)

// crowd is a plan of n dated tasks laid on 60 units, due on every day of the year.
func crowd(tb testing.TB, n int) *plan.Plan {
	policies, problems := plan.LoadPolicies("policies.yaml", seeds.Policies)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	p := &plan.Plan{ID: "crowd", Year: 2021, Zone: "Asia/Shanghai", Policies: policies,
		Directory: people.Directory{Office: "office", Leadership: "lead"}}
	first := calendar.NewDay(2021, time.May, 1)
	for i := range n {
		p.Tasks = append(p.Tasks, plan.Task{ID: fmt.Sprintf("t%06d", i), Kind: plan.Dated, Policy: "standard",
			Lead: fmt.Sprintf("u%02d", i*7%60), Due: first.AddDays(i % 245)})
	}
	return p
}

func BenchmarkPreview100k(b *testing.B) {
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		b.Fatal(err)
	}
	p := crowd(b, 100_000)
	launched := calendar.NewDay(2021, time.April, 8).At(10, 0, calendar.Beijing)
	for b.Loop() {
		if got := len(p.Preview(cal, launched, calendar.Day{})); got < 100_000*20 {
			b.Fatal(got)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/settings"
	"duban/seeds"
)

// product is duban as it runs in an office: embedded engine, ledger, worker and outbox in
// this process, with the durability of production.
type product struct {
	*host.Host
	cfg settings.Config
	cal *calendar.Calendar
}

// open opens it in a folder named name, with tasks waking over window.
func (b *bench) open(ctx context.Context, name string, window time.Duration) (*product, error) {
	cfg, err := settings.Load(map[string]string{
		"DUBAN_DIR": filepath.Join(b.dir, name), "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false", "DUBAN_WAKE_WINDOW": window.String(),
	})
	if err != nil {
		return nil, err
	}
	h, err := host.Open(ctx, cfg, host.Options{Embedded: true, Work: true, Out: io.Discard, Log: b.log})
	if err != nil {
		return nil, err
	}
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return nil, err
	}
	return &product{h, cfg, cal}, nil
}

// folder makes a plan of n dated tasks led by units in turn, due on days in
// turn, under the given policy.
func folder(id string, n, units int, policy plan.Policy, days ...calendar.Day) *plan.Plan {
	p := &plan.Plan{
		ID: id, Title: "二〇二一年水生态环境保护行动计划", Number: "示范〔2021〕1号", Issuer: "市政府",
		Issued: calendar.NewDay(2021, time.January, 4), Year: 2021, Policy: policy.Name, Hash: id,
		Policies: map[string]plan.Policy{policy.Name: policy},
	}
	p.Directory = people.Directory{Office: "office", Leadership: "leaders"}
	for i := range units {
		p.Directory.Units = append(p.Directory.Units, unit(fmt.Sprintf("unit%03d", i), fmt.Sprintf("第%d责任单位", i+1)))
	}
	p.Directory.Units = append(p.Directory.Units, unit("office", "协调办"), unit("leaders", "领导小组"))
	for i := range n {
		p.Tasks = append(p.Tasks, plan.Task{
			ID: fmt.Sprintf("t%06d", i), Clause: "三（二）4", Title: "完成黑臭水体排查，建立台账和责任清单", Kind: plan.Dated,
			Lead: p.Directory.Units[i%units].ID, Due: days[i/units%len(days)], Policy: policy.Name, Source: "完成黑臭水体排查，建立台账和责任清单。",
		})
	}
	return p
}

func unit(id, name string) people.Unit {
	u := people.Unit{ID: id, Name: name, Kind: people.CityDepartment}
	for _, r := range people.Roles {
		u.Contacts = append(u.Contacts, people.Contact{Role: r, Name: name, Email: string(r) + "@" + id + ".example"})
	}
	return u
}

// monthEnds are the last days of the months of 2021 from the third on.
func monthEnds() (days []calendar.Day) {
	for m := time.March; m <= time.December; m++ {
		days = append(days, calendar.NewDay(2021, m, 1).MonthEnd())
	}
	return days
}

// nineStages is the standard ladder of nine stages. Its last one escalates
// without opening a talk, so that a task's year is the task alone.
func nineStages() plan.Policy {
	before := func(n int) *plan.Offset { return &plan.Offset{N: n} }
	after := func(n int) *plan.Offset { return &plan.Offset{N: n, Work: true} }
	liaison := []people.Role{people.Liaison}
	return plan.Policy{
		Name: "nine", Version: 1, Title: "九级", SpeakAt: "09:00",
		Blue: plan.Offset{N: 7}, Yellow: plan.Offset{N: 3, Work: true}, Acts: plan.DefaultActs(),
		Stages: []plan.Rule{
			{ID: "remind-30", Kind: plan.Remind, Before: before(30), To: liaison, Light: plan.Green},
			{ID: "remind-15", Kind: plan.Remind, Before: before(15), To: liaison, Light: plan.Green},
			{ID: "remind-7", Kind: plan.Remind, Before: before(7), To: liaison, Light: plan.Blue},
			{ID: "remind-3", Kind: plan.Remind, Before: before(3), To: liaison, Light: plan.Yellow},
			{ID: "remind-1", Kind: plan.Remind, Before: before(1), To: liaison, Light: plan.Yellow},
			{ID: "due", Kind: plan.DueDay, Before: before(0), To: liaison, Light: plan.Yellow},
			{ID: "urge", Kind: plan.Urge, After: after(1), To: []people.Role{people.Liaison, people.Deputy}, Light: plan.Red},
			{ID: "warn", Kind: plan.Warn, After: after(5), To: []people.Role{people.Head, people.Office}, Light: plan.Red},
			{ID: "escalate", Kind: plan.Escalate, After: after(10), To: []people.Role{people.Head, people.Office, people.Leader}, Light: plan.Red},
		},
	}
}

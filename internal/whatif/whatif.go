// Package whatif says what an amendment, another version of a policy or another calendar would
// change of a running plan. It only reads the ledger, and changes nothing; the engine makes the
// changes that this package foretells.
package whatif

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// WhatIf asks one ledger.
type WhatIf struct {
	ledger *ledger.Store
	now    func() time.Time
}

// New asks a ledger; now is the wall clock.
func New(store *ledger.Store, now func() time.Time) WhatIf { return WhatIf{store, now} }

// stamp sets the instant and day of an act to now, on the plan's clock and in its zone.
func (w WhatIf) stamp(l ledger.Launched, a *act.Act) error {
	lad, err := plan.NewLadderer(&l.Plan, nil)
	if err != nil {
		return err
	}
	a.At = l.Clock.Plan(w.now()).UTC().Truncate(time.Microsecond) // what both databases keep
	a.On = calendar.DayOf(a.At.In(lad.Zone))
	return nil
}

// Running are the plans of which a task, a duty or a talk goes on.
func (w WhatIf) Running(ctx context.Context) (running []ledger.Launched, err error) {
	plans, err := w.ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		tasks, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: p.ID, State: ledger.TaskOpen})
		if err != nil {
			return nil, err
		}
		talks, err := w.ledger.Talks(ctx, p.ID, "")
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(tasks, func(t ledger.Task) bool { return t.Kind != plan.Standing }) && !slices.ContainsFunc(talks, ledger.Talk.GoesOn) {
			continue
		}
		l, err := w.ledger.Plan(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		running = append(running, l)
	}
	return running, nil
}

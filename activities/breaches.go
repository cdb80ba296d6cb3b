package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duban/internal/audit"
	"duban/internal/ledger"
)

// mostTold is how many breaches one audit tells of; the next audit tells of the others.
const mostTold = 100

// untold are the breaches of the laws of which the office has not been told, at most
// mostTold. That a task or talk of a missing stage is silent is left out: missing stages
// are told every day.
func (a *Activities) untold(ctx context.Context, l ledger.Launched, missing []ledger.Stage) ([]audit.Broken, error) {
	last, _, err := a.Ledger.LastAudit(ctx, l.Plan.ID)
	if err != nil {
		return nil, err
	}
	var audited time.Time
	if !last.IsZero() {
		audited = l.Clock.Plan(last)
	}
	found, err := audit.BreachesSince(ctx, a.Ledger, l.Plan.ID, audited, func() time.Time { return l.Clock.Plan(a.Now()) }, func() { alive(ctx) })
	silent := map[string]bool{}
	for _, s := range missing {
		silent[cmp.Or(s.Talk, s.Task)] = true
	}
	found = slices.DeleteFunc(found, func(b audit.Broken) bool { return b.Told || b.Silent && silent[b.Thing] })
	return found[:min(mostTold, len(found))], err
}

// toldOfLaws records in the ledger that the office has been told of these breaches.
func (a *Activities) toldOfLaws(ctx context.Context, planID string, found []audit.Broken, when ledger.When) error {
	for _, b := range found {
		data, err := json.Marshal(b)
		if err != nil {
			return err
		}
		task, _, _ := strings.Cut(b.Thing, "#")
		e := ledger.Event{Key: b.Key(planID), Plan: planID, Task: task, Kind: ledger.AuditLaw, Actor: ledger.Engine, Real: when.Real, PlanAt: when.Plan, Data: data}
		if _, err := a.Ledger.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

package engine

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/water"
	"duban/internal/words"
)

// BringReadings writes readings of sections 断面 and of outlets 排污口 to the ledger, under a plan with a
// register of sections. The plan's office may bring in all readings, any other unit only those of
// places whose data it owes (water.Section's Data): *OfficeError otherwise. A reading that
// differs from the ledger's corrects it only when correct is set, with the reason:
// ledger.ErrCorrects otherwise. now is the wall clock. No engine has to run.
func BringReadings(ctx context.Context, store *ledger.Store, now time.Time, l ledger.Launched, all []water.Reading, correct bool, reason string, by act.Actor) ([]ledger.ReadingChange, error) {
	dir := l.Plan.Directory
	places := l.Plan.Measured()
	foreign := slices.ContainsFunc(all, func(r water.Reading) bool {
		s, ok := places.Section(r.Section)
		return !ok || s.Data != by.Unit
	})
	if by.Unit == "" || by.Unit != dir.Office && foreign {
		return nil, &OfficeError{Offices: []string{dir.Name(dir.Office)}, Water: true}
	}
	of := ledger.ReadingsBy{Plan: l.Plan.ID, Office: dir.Office, Actor: by.Account, Correct: correct, Reason: reason}
	return store.PutReadings(ctx, of, all, ledger.When{Real: now, Plan: l.Clock.Plan(now)})
}

// BringReadings is the function BringReadings with the engine's ledger, and then does what
// follows from the readings at once (Sections). Where that cannot be done now, the plan's
// daily audit does it later: the readings are recorded all the same.
func (e *Engine) BringReadings(ctx context.Context, planID string, all []water.Reading, correct bool, reason string, by act.Actor, say *words.Words) ([]ledger.ReadingChange, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	changes, err := BringReadings(ctx, e.ledger, e.now(), l, all, correct, reason, by)
	if err != nil {
		return nil, err
	}
	if err := e.within(ctx, func(ctx context.Context) error { return e.Sections(ctx, planID, say) }); err != nil {
		e.log.Warn("What was measured of sections is recorded, and what follows from it left to the audit", "plan", planID, "error", err)
	}
	return changes, nil
}

// Sections opens and ends the tasks of a plan that follow from its sections' readings: see
// docket.Docket.Sections. The plan's audit does the same every day.
func (e *Engine) Sections(ctx context.Context, planID string, say *words.Words) error {
	return e.docket().Sections(ctx, planID, say)
}

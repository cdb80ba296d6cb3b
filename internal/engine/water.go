package engine

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/water"
)

// BringReadings brings what was measured into the ledger, under a plan with a register of
// sections. Its office may bring all of it, whoever owes the data of a section that
// section's: *OfficeError. What the ledger has otherwise is corrected only where correct
// is set: ledger.ErrCorrects. now is the wall clock. It needs no engine.
func BringReadings(ctx context.Context, store *ledger.Store, now time.Time, l ledger.Launched, all []water.Reading, correct bool, reason string, by act.Actor) ([]ledger.ReadingChange, error) {
	dir := l.Plan.Directory
	foreign := slices.ContainsFunc(all, func(r water.Reading) bool {
		s, ok := l.Plan.Water.Section(r.Section)
		return !ok || s.Data != by.Unit
	})
	if by.Unit == "" || by.Unit != dir.Office && foreign {
		return nil, &OfficeError{Offices: []string{dir.Name(dir.Office)}, Water: true}
	}
	of := ledger.ReadingsBy{Plan: l.Plan.ID, Office: dir.Office, Actor: by.Account, Correct: correct, Reason: reason}
	return store.PutReadings(ctx, of, all, ledger.When{Real: now, Plan: l.Clock.Plan(now)})
}

package query

import (
	"context"

	"duban/internal/ledger"
	"duban/internal/report"
	"duban/internal/water"
)

// WaterScheme is a section's scheme 一断面一方案, with those of its measures that the viewer may
// see, as they stand today.
type WaterScheme struct {
	water.Scheme
	Measures []report.Row `json:"measures"`
}

// scheme is the scheme of a section, for those who oversee the plan, the section's county, the
// unit that answers for the scheme, and whoever works on a measure; nil for others and where the
// section has none.
func (r reading) scheme(ctx context.Context, planID string, s water.Section) (*WaterScheme, error) {
	f, err := r.framed(ctx, planID)
	if err != nil {
		return nil, err
	}
	scheme, ok := f.Plan.Water.Scheme(s.ID)
	if !ok || len(scheme.Measures) == 0 {
		return nil, nil
	}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID, IDs: scheme.Measures})
	if err != nil {
		return nil, err
	}
	oversees := r.who.oversees(f.Plan.Directory)
	var seen []ledger.Task
	for _, t := range tasks {
		if oversees || r.who.sees(t) {
			seen = append(seen, t)
		}
	}
	if !oversees && len(seen) == 0 && r.who.by.Unit != s.County && r.who.by.Unit != scheme.Lead {
		return nil, nil
	}
	if err := r.saidOf(ctx, f, seen); err != nil {
		return nil, err
	}
	return &WaterScheme{scheme, report.Rows(f.Launched, seen, nil, nil, f.today, f.cal)}, nil
}

package host

import (
	"context"
	"errors"
	"slices"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
)

// TakeError is the error of Take and CanTake: why a finding that asks a person was not
// settled.
type TakeError struct {
	Why              TakeFault
	Workflow, Office string // ID of the workflow, and name of the plan's office, where Why is about one
}

// TakeFault is what is wrong with a person's answer to a finding.
type TakeFault string

// The faults of answers; the catalogue has words for each under doctor.take_.
const (
	takeHow        TakeFault = "how"         // the answer names no workflow, or not which side is right
	takeNoSuch     TakeFault = "no_such"     // no finding about this workflow asks a person
	takeOnlyOffice TakeFault = "only_office" // the person is not of the plan's office
	takeCannot     TakeFault = "cannot"      // engine.ErrCannotTake
)

func (e *TakeError) Error() string { return "host: take " + e.Workflow + ": " + string(e.Why) }

// CanTake is nil when rule is a known one and named names a workflow; else *TakeError.
func CanTake(rule engine.Rule, named []string) error {
	if !slices.Contains([]engine.Rule{engine.LedgerRules, engine.TemporalRules}, rule) || len(named) == 0 {
		return &TakeError{Why: takeHow}
	}
	return nil
}

// Take settles the findings that ask a person (engine.Finding.Asks) about the named
// workflows, by IDs, by the rule that says which side is right, and calls told after each.
// It stops at the first that it cannot settle: *TakeError. Only the office of a finding's
// plan may; for a plan that the ledger does not have, anybody.
func (h *Host) Take(ctx context.Context, rule engine.Rule, named []string, by act.Actor, told func(engine.Finding)) error {
	asks, err := h.asking(ctx)
	if err != nil {
		return err
	}
	for _, id := range named {
		f, ok := asks[id]
		if !ok {
			return &TakeError{Why: takeNoSuch, Workflow: id}
		}
		l, err := h.Ledger.Plan(ctx, f.Plan)
		switch d := l.Plan.Directory; {
		case errors.Is(err, ledger.ErrNotFound): // the ledger does not have the plan, and no office of it is known
		case err != nil:
			return err
		case by.Unit != d.Office:
			return &TakeError{Why: takeOnlyOffice, Office: d.Name(d.Office)}
		}
		err = h.Engine.Take(ctx, f, rule, by.Account)
		if errors.Is(err, engine.ErrCannotTake) {
			return &TakeError{Why: takeCannot, Workflow: id}
		}
		if err != nil {
			return err
		}
		told(f)
	}
	return nil
}

// asking gives the findings of all plans that ask a person, by workflow ID.
func (h *Host) asking(ctx context.Context) (map[string]engine.Finding, error) {
	found, err := h.Engine.Strangers(ctx)
	if err != nil {
		return nil, err
	}
	plans, err := h.Ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		health, err := h.Engine.Examine(ctx, p.ID, false)
		if err != nil {
			return nil, err
		}
		found = append(found, health.Found...)
	}
	asks := map[string]engine.Finding{}
	for _, f := range found {
		if f.Asks {
			asks[f.Workflow] = f
		}
	}
	return asks, nil
}

package host

import (
	"context"
	"errors"
	"slices"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
)

// TakeError is why what asks a person was not answered.
type TakeError struct {
	Why              TakeFault
	Workflow, Office string
}

// TakeFault is what is wrong with an answer.
type TakeFault string

// Faults of answers; each has its words in the catalogue.
const (
	takeHow        TakeFault = "how"         // no workflow, or not which side is right
	takeNoSuch     TakeFault = "no_such"     // nothing asks about it
	takeOnlyOffice TakeFault = "only_office" // whoever answers is not of the plan's office
	takeCannot     TakeFault = "cannot"      // see engine.ErrCannotTake
)

func (e *TakeError) Error() string { return "host: take " + e.Workflow + ": " + string(e.Why) }

// CanTake is a *TakeError where it is not said which side is right, and about what.
func CanTake(rule engine.Rule, named []string) error {
	if !slices.Contains([]engine.Rule{engine.LedgerRules, engine.TemporalRules}, rule) || len(named) == 0 {
		return &TakeError{Why: takeHow}
	}
	return nil
}

// Take answers, for the workflows named, the findings that ask a person, by the rule that
// one side is right, and tells of each: *TakeError.
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
		case errors.Is(err, ledger.ErrNotFound): // of a plan that the ledger does not have
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

// asking are the findings that ask a person, by workflow.
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

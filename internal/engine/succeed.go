package engine

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// succeed lets units that hand over by the amendment of one plan hand over in the other
// plans of its office too, each by an amendment of its own under the same paper. Done
// again it finishes what was begun, and does nothing twice.
func (e *Engine) succeed(ctx context.Context, l ledger.Launched, now ledger.Amended, by act.Actor, report *AmendReport) error {
	said := slices.DeleteFunc(slices.Clone(now.Changes.Handovers), func(h plan.Handover) bool { return len(h.Elsewhere) == 0 })
	if len(said) == 0 {
		return nil
	}
	others, err := e.whatIf().Beside(ctx, l)
	if err != nil {
		return err
	}
	for _, other := range others {
		too, err := e.succeedIn(ctx, other, said, now, by)
		if err != nil {
			return err
		}
		if too.N > 0 {
			report.Others = append(report.Others, too)
		}
	}
	return nil
}

func (e *Engine) succeedIn(ctx context.Context, l ledger.Launched, said []plan.Handover, by ledger.Amended, who act.Actor) (too AmendedToo, err error) {
	id := l.Plan.ID
	last, err := e.ledger.LastAmendment(ctx, id)
	if err != nil {
		return too, err
	}
	if last.N > 0 && !last.Carried { // or what it changes would be forgotten
		if too, err = e.tellToo(ctx, l, last, who); err != nil {
			return too, err
		}
	}
	merged, changes, err := e.whatIf().Succession(ctx, l, said)
	if err != nil || len(changes.Handovers) == 0 {
		return too, err
	}
	if last.Carried && len(last.Left) > 0 && slices.EqualFunc(changes.Handovers, last.Changes.Handovers, func(a, b plan.Handover) bool { return a.Unit == b.Unit && a.To == b.To }) {
		return e.tellToo(ctx, l, last, who) // what refused it
	}
	amended, _, err := e.ledger.Amend(ctx, ledger.Amendment{Plan: merged, Before: l.Plan.Hash, Paper: by.Paper, Reason: by.Reason, Actor: who.Account, Changes: changes}, e.when(l.Clock))
	if err != nil {
		return too, err
	}
	if l, err = e.ledger.Plan(ctx, id); err != nil {
		return too, err
	}
	return e.tellToo(ctx, l, amended, who)
}

func (e *Engine) tellToo(ctx context.Context, l ledger.Launched, now ledger.Amended, by act.Actor) (AmendedToo, error) {
	report := AmendReport{Left: []LeftUndone{}}
	err := e.tellAll(ctx, l, now, by, &report)
	return AmendedToo{Plan: l.Plan.ID, Title: l.Plan.Title, N: now.N, Left: report.Left}, err
}

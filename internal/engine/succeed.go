package engine

import (
	"context"
	"slices"

	"duban/internal/ledger"
	"duban/internal/plan"
)

// succeed has the units that hand over by an amendment of one plan hand over in the other
// plans of the same office too (plan.Handover.Elsewhere), each by an amendment of its own
// under the same paper. Called again, it finishes what was begun and does nothing twice.
func (e *Engine) succeed(ctx context.Context, l ledger.Launched, now ledger.Amended, opt AmendOptions, report *AmendReport) error {
	said := slices.DeleteFunc(slices.Clone(now.Changes.Handovers), func(h plan.Handover) bool { return len(h.Elsewhere) == 0 })
	if len(said) == 0 {
		return nil
	}
	others, err := e.whatIf().Beside(ctx, l)
	if err != nil {
		return err
	}
	opt.within = append(slices.Clone(opt.within), l.Plan.ID)
	for _, other := range others {
		too, err := e.succeedIn(ctx, other.Plan.ID, said, now, opt)
		report.Others = append(report.Others, too...)
		if err != nil {
			return err
		}
	}
	return nil
}

// succeedIn has units hand over in one of the other plans. An interrupted amendment of
// that plan is finished first, or its tasks would never be told; but not one that is in
// opt.within, which waits for the present one and has told all its tasks already.
func (e *Engine) succeedIn(ctx context.Context, planID string, said []plan.Handover, by ledger.Amended, opt AmendOptions) (too []AmendedToo, err error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	last, err := e.ledger.LastAmendment(ctx, planID)
	if err != nil {
		return nil, err
	}
	if last.N > 0 && !last.Carried && !slices.Contains(opt.within, planID) {
		report, err := e.carry(ctx, l, last, true, AmendOptions{By: opt.By, Paper: last.Paper, Reason: last.Reason, LaunchOptions: opt.LaunchOptions, within: opt.within})
		if err != nil {
			return nil, err
		}
		too = append(report.Others, amendedToo(l, last, report))
		if last, err = e.ledger.LastAmendment(ctx, planID); err != nil {
			return too, err
		}
	}
	merged, changes, err := e.whatIf().Succession(ctx, l, said)
	if err != nil || len(changes.Handovers) == 0 {
		return too, err
	}
	refused := last.Carried && len(last.Left) > 0 && slices.EqualFunc(changes.Handovers, last.Changes.Handovers, func(a, b plan.Handover) bool { return a.Unit == b.Unit && a.To == b.To })
	if !refused {
		last, _, err = e.ledger.Amend(ctx, ledger.Amendment{Plan: merged, Before: l.Plan.Hash, Paper: by.Paper, Reason: by.Reason, Actor: opt.By.Account, Changes: changes}, e.when(l.Clock))
		if err != nil {
			return too, err
		}
		if l, err = e.ledger.Plan(ctx, planID); err != nil {
			return too, err
		}
	}
	report := AmendReport{Left: []LeftUndone{}}
	err = e.tellAll(ctx, l, last, opt, &report)
	return append(too, amendedToo(l, last, report)), err
}

func amendedToo(l ledger.Launched, now ledger.Amended, report AmendReport) AmendedToo {
	return AmendedToo{Plan: l.Plan.ID, Title: l.Plan.Title, N: now.N, Left: report.Left}
}

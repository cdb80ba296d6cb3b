package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
)

// Report does an act on the report of a plan's year 年终报告. What is handed in bears the
// ledger's head at that moment. Who may not do the act gets *RefusedError (act.Reporting's
// Check).
func (e *Engine) Report(ctx context.Context, planID string, a act.Act) error {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	if r := e.accounts.Credible(l, a, e.now()); r != nil {
		return e.answer(ctx, l, "", a, r, nil)
	}
	return e.report(ctx, l, a)
}

// Report is Engine.Report for a caller that has a ledger and no engine. The account is not
// checked against the accounts file. now is the wall clock.
func Report(ctx context.Context, store *ledger.Store, now time.Time, l ledger.Launched, a act.Act) error {
	r := records{store, func() time.Time { return now }}
	if err := r.stamp(&l, &a); err != nil {
		return err
	}
	return r.report(ctx, l, a)
}

func (r records) report(ctx context.Context, l ledger.Launched, a act.Act) error {
	for range assessTries {
		have, err := r.ledger.YearReport(ctx, l.Plan.ID)
		if err != nil {
			return err
		}
		s := have.Reporting
		s.Office = l.Plan.Directory.Office
		for _, to := range l.Plan.Report {
			s.To = append(s.To, to.Name)
		}
		if err := r.answer(ctx, l, "", a, s.Check(a), nil); err != nil {
			return err
		}
		if a.Kind == act.HandIn {
			seq, hash, err := r.ledger.Head(ctx)
			if err != nil {
				return err
			}
			facts := *a.Report
			facts.Chain = fmt.Sprintf("%d:%s", seq, hash)
			if facts.AsOf.IsZero() {
				facts.AsOf = a.On
			}
			a.Report = &facts
		}
		err = r.ledger.Report(ctx, ledger.Reporting{Plan: l.Plan.ID, Act: a, Version: have.Version, After: s.After(a)}, r.when(l.Clock))
		if !errors.Is(err, ledger.ErrBehind) {
			return err
		}
	}
	return ledger.ErrBehind
}

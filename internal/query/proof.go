package query

import (
	"context"

	"duban/internal/ledger"
)

// Prove compares the ledger with itself and with a head that was noted outside, as
// `ledger verify` does, for whoever may see all of every plan: ErrNotWhole. Other errors
// say what does not fit: *ledger.BrokenChainError, *ledger.CountError, ledger.ErrOtherHead.
func (r *Reader) Prove(ctx context.Context, v Viewer, check ledger.Check) (p ledger.Proof, err error) {
	if err := r.Office(ctx, v); err != nil {
		return p, err
	}
	if check.Calendar, err = r.calendar(ctx); err != nil {
		return p, err
	}
	return r.store.Prove(ctx, check)
}

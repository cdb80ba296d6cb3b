package query

import (
	"context"

	"duban/internal/ledger"
)

// Prove checks the ledger's chain and rows, and a head that was noted outside the ledger, as
// `ledger verify` does. It is for those who may see all of every plan: ErrNotWhole. Faults of
// the ledger are *ledger.BrokenChainError, *ledger.CountError and ledger.ErrOtherHead.
func (r *Reader) Prove(ctx context.Context, v Viewer, check ledger.Check) (p ledger.Proof, err error) {
	if err := r.Office(ctx, v); err != nil {
		return p, err
	}
	if check.Calendar, err = r.calendar(ctx); err != nil {
		return p, err
	}
	return r.store.Prove(ctx, check)
}

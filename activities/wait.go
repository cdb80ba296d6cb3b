package activities

import (
	"context"

	"duban/internal/ledger"
	"duban/internal/wire"
)

// NoteWait notes in the ledger that a workflow waits, and since when and why.
func (a *Activities) NoteWait(ctx context.Context, w ledger.Wait) error {
	a.Log.Warn("A workflow waits", "workflow", w.Workflow, "what", w.What, "since", w.Since, "rounds", w.Rounds, "error", w.Error)
	return a.Ledger.PutWait(ctx, w)
}

// ForgetWait takes that back: the workflow goes on.
func (a *Activities) ForgetWait(ctx context.Context, k wire.WaitKey) error {
	return a.Ledger.DropWait(ctx, k.Workflow, k.What)
}

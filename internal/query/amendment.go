package query

import (
	"context"
	"errors"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// Amendment is what an amendment would do.
type Amendment struct {
	Before  ledger.Launched    // the plan in force
	After   *plan.Plan         // as it is to be, with what was answered
	Changes plan.Changes       // none where the files are in force
	Likely  []plan.Pair        // tasks that may be the same under another number
	Now     []whatif.StandsNow // how changed tasks stand by acts since the launch
	// Twins, Gaps and Hidden are as in Launching, of what is added or given to another unit.
	Twins  []whatif.Twin
	Gaps   []whatif.Gap
	Hidden int
	Paper  int  // number of an amendment done by the same paper before; 0: none was
	Left   bool // nothing would change, and what was changed last is not done to all
	// LastPaper and LastReason are of the last amendment; "" where there was none.
	LastPaper, LastReason string
}

// Answers are those of whoever amends to what an amendment asks.
type Answers struct {
	// Successor is the unit that takes over from one that is gone from the files, "" nobody;
	// known is false where it was not said.
	Successor func(*whatif.GoneError) (to string, known bool)
	// Same are those of the likely pairs that are the same task.
	Same func(Amendment) ([]plan.Pair, error)
}

// Amending is Amendment with what it asks answered: who takes over from units that are
// gone, and which tasks are the same. Where the first is not answered it is the
// *whatif.GoneError.
func (r *Reader) Amending(ctx context.Context, v Viewer, p *plan.Plan, paper string, takeBack []string, ask Answers) (out Amendment, err error) {
	for asked := map[string]bool{}; ; {
		out, err = r.Amendment(ctx, v, p, paper, takeBack)
		var gone *whatif.GoneError
		if !errors.As(err, &gone) || len(gone.Leads) > 0 || asked[gone.Unit.ID] {
			break
		}
		asked[gone.Unit.ID] = true
		to, known := ask.Successor(gone)
		if !known {
			break
		}
		next := p.Succeeded(gone.Unit, to)
		p = &next
	}
	if err != nil || len(out.Likely) == 0 {
		return out, err
	}
	pairs, err := ask.Same(out)
	if err != nil || len(pairs) == 0 {
		return out, err
	}
	same := p.Same(pairs)
	return r.Amendment(ctx, v, &same, paper, takeBack)
}

// Amendment is what an amendment to p by a paper ("" not known yet) would do, where the
// granted extensions of the tasks in takeBack are taken back; for those who may see all
// of the plan. It fails as amending would.
func (r *Reader) Amendment(ctx context.Context, v Viewer, p *plan.Plan, paper string, takeBack []string) (out Amendment, err error) {
	in, err := r.as(v)
	if err != nil {
		return out, err
	}
	out.After = p
	if out.Before, err = in.whole(ctx, p.ID); err != nil {
		return out, err
	}
	what := whatif.New(r.store, r.Now)
	if out.Changes, err = what.Amending(ctx, p); err != nil {
		return out, err
	}
	if out.Changes.Empty() {
		last, err := r.store.LastAmendment(ctx, p.ID)
		if err != nil {
			return out, err
		}
		out.LastPaper, out.LastReason = last.Paper, last.Reason
		waiting, err := r.store.Unarmed(ctx, p.ID)
		out.Left = len(waiting) > 0 || last.N > 0 && (!last.Carried || len(last.Left) > 0)
		return out, err
	}
	out.Likely = out.Changes.Likely()
	twins, err := what.NewTwins(ctx, p.ID, out.Changes)
	if err != nil {
		return out, err
	}
	gaps, err := what.NewGaps(ctx, p.ID, out.Changes)
	if err != nil {
		return out, err
	}
	if out.Twins, out.Gaps, out.Hidden, err = in.elsewhere(ctx, twins, gaps); err != nil {
		return out, err
	}
	if paper != "" {
		if out.Paper, err = r.store.AmendedBy(ctx, p.ID, paper); err != nil {
			return out, err
		}
	}
	out.Now, err = what.SinceChanged(ctx, p.ID, out.Changes, takeBack)
	return out, err
}

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
	Before  ledger.Launched  // the plan in force
	After   *plan.Plan       // the plan after the amendment, with the answers of Amending
	Changes plan.Changes     // empty when the files are in force already
	Likely  []plan.Pair      // tasks that may be the same under another number
	Now     []whatif.TaskNow // the changed tasks as acts have made them since the launch
	// Twins, Gaps and Hidden are as in Launching, for tasks that are added or given to
	// another unit.
	Twins  []whatif.Twin
	Gaps   []whatif.Gap
	Hidden int
	Paper  int  // number of an earlier amendment by the same paper; 0: there is none
	Left   bool // nothing would change, and the last amendment is not carried out on all tasks
	// LastPaper and LastReason are those of the last amendment; "" when there was none.
	LastPaper, LastReason string
}

// Answers answer the questions that an amendment may ask of the person who amends.
type Answers struct {
	// Successor is the ID of the unit that takes over from a unit that the files do not
	// have any more, "" for none; known is false when the person has not said it.
	Successor func(*whatif.GoneError) (to string, known bool)
	// Same are the pairs of Amendment.Likely that are the same task.
	Same func(Amendment) ([]plan.Pair, error)
}

// Amending is Amendment with its questions answered by ask: who takes over from units that
// are gone, and which tasks are the same. When Successor does not know, the error is the
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

// Amendment is what an amendment to p would do, by a paper ("": not known yet); the granted
// extensions of the tasks in takeBack are taken back. It is for those who may see all of
// the plan: ErrNotWhole. Any other error is one that amending would give.
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

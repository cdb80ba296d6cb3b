package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Complaints brings the tasks of a plan to what its complaints of the hotline 12345 say. It opens
// the task of a complaint that was sorted to a unit. It gives the task to another unit, or leaves
// it where it is, when the complaint is sorted anew after its unit has returned it. It gives an
// answer back that whoever complained wants to be done again, verifies the task of a complaint
// that was closed, and cancels that of one that joined another. All of it is done in the name of
// whoever acted on the complaint. What it writes people read in the language of say. Doing it
// again changes nothing; a plan without rules of complaints has nothing to do.
func (d Docket) Complaints(ctx context.Context, planID string, say *words.Words) error {
	l, _, err := d.Plan(ctx, planID)
	if err != nil || l.Plan.Complaints == nil || !l.Ended.IsZero() {
		return err
	}
	all, err := d.Ledger.Complaints(ctx, planID)
	if err != nil {
		return err
	}
	rows, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, From: string(act.OriginComplaint) + ":", Prefix: act.ComplaintTasks})
	if err != nil {
		return err
	}
	tasks := map[string]ledger.Task{}
	for _, t := range rows {
		tasks[t.ID] = t
	}
	var failed []error
	for _, c := range all { // a complaint whose task cannot be brought on now keeps no other waiting
		own := tasks[act.ComplaintTask(c.Number)]
		main := own
		if c.State == act.ComplaintJoined {
			main = tasks[act.ComplaintTask(c.Into)]
		}
		if err := d.complaint(ctx, l, c, own, main, say); err != nil {
			failed = append(failed, fmt.Errorf("complaint %d: %w", c.Number, err))
		}
	}
	return errors.Join(failed...)
}

// complaint brings the task of one complaint to what the complaint says. own is its task, zero
// where none was opened; main is the task of what it joined, or its own.
func (d Docket) complaint(ctx context.Context, l ledger.Launched, c ledger.Complained, own, main ledger.Task, say *words.Words) error {
	n := len(c.Sorted)
	if c.State == act.ComplaintSorted && n > 0 && (own.ID == "" || !own.Armed) {
		return d.openComplaint(ctx, l, c, say)
	}
	var does []follows
	if c.State == act.ComplaintSorted && n > 1 && own.Facts.Return != nil {
		last := c.Sorted[n-1]
		a := act.Act{Kind: act.Reassign, By: last.By, Unit: last.Unit, Due: last.Due, Reason: cmp.Or(last.Words, say.T("complain.sorted_again"))}
		if last.Unit == own.Lead {
			a = act.Act{Kind: act.Uphold, By: last.By, Reason: cmp.Or(last.Words, say.T("complain.sorted_same"))}
		}
		does = append(does, follows{own, a, n})
	}
	if k := len(c.Calls); k > 0 && c.Calls[k-1].Again && main.Facts.State == act.Reported {
		call := c.Calls[k-1]
		does = append(does, follows{main, act.Act{Kind: act.Reject, By: call.By, Reason: say.T("complain.again", words.Data{"Words": call.Words})}, k})
	}
	if own.ID != "" && own.State == ledger.TaskOpen && c.Closed != nil {
		a := act.Act{Kind: act.Verify, By: c.Closed.By, Reason: c.Closed.Words}
		if c.State == act.ComplaintJoined {
			a.Kind, a.Paper = act.Cancel, say.T("complain.joined_paper", words.Data{"N": c.Into})
		}
		does = append(does, follows{own, a, 0})
	}
	for _, f := range does {
		f.act.ID = act.ComplaintID(c.Number, f.n, f.act.Kind)
		if ledger.CaseOf(f.task).Done(f.act.ID) {
			continue
		}
		by := f.act.By
		a := d.asEngine(l, f.act)
		a.By = by
		do := d.actOnRunning
		if d.Ask != nil {
			do = d.Ask
		}
		if err := do(ctx, l.Plan.ID, f.task.ID, a); err != nil {
			return err
		}
	}
	return nil
}

// follows is an act on a task that follows from the n-th dispatch or call of a complaint, or from
// its end.
type follows struct {
	task ledger.Task
	act  act.Act
	n    int
}

// openComplaint opens the task of a complaint for the unit to which it was sorted.
func (d Docket) openComplaint(ctx context.Context, l ledger.Launched, c ledger.Complained, say *words.Words) error {
	last := c.Sorted[len(c.Sorted)-1]
	limit, known := l.Plan.Complaints.Limit(last.Limit)
	if !known {
		return fmt.Errorf("the rules have no limit %q any more", last.Limit)
	}
	t := plan.Task{ID: act.ComplaintTask(c.Number), Kind: plan.Dated, Lead: last.Unit, Policy: limit.Policy, Due: last.Due,
		Title: say.T("complain.task_title", words.Data{"N": strconv.Itoa(c.Number), "Title": c.Title, "Where": c.Where, "Limit": limit.Title})}
	_, err := d.Open(ctx, l.Plan.ID, t, act.FromComplaint(c.Number))
	return err
}

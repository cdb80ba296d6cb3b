package whatif

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// ErrFixed: an amendment changes what a running plan keeps for ever. The
// *AmendError names the field: office, leadership or zone.
var ErrFixed = errors.New("a running plan keeps this")

// ErrSamePolicyVersion: a policy has other content under the version that tasks
// follow already. The *AmendError names the policy.
var ErrSamePolicyVersion = errors.New("the policy has other content under the same version: give it a new version")

// ErrNoSuchPolicy: no task of the plan follows a policy of this name. The
// *AmendError names it.
var ErrNoSuchPolicy = errors.New("no task follows a policy of this name")

// ErrCarriesLate: a task that goes on from one of another plan is to go on from a
// different one. The *AmendError names it.
var ErrCarriesLate = errors.New("the task goes on from another one already")

// ErrCarriesBusy: a task that runs already is to go on from one of another plan, and has
// matters of its own that are not settled. The *AmendError names it.
var ErrCarriesBusy = errors.New("the task has matters of its own: they are settled first")

// ErrPlanEnded: the plan has ended, and nothing of it can be changed. The *AmendError
// names the day.
var ErrPlanEnded = errors.New("the plan has ended")

// ErrSamePaper: another amendment of the plan was done by the same paper. The
// *AmendError names it.
var ErrSamePaper = errors.New("another amendment was done by the same paper")

// Kept tells that a task keeps the later limit that an extension has given it, although an
// amendment names the earlier limit due: an amendment takes a granted limit back only where it
// names the task for that.
func Kept(t ledger.Task, due calendar.Day) bool { return t.Facts.KeepsDate(due) }

// AmendError is a change that cannot be made: what it is about, and one of the errors above.
type AmendError struct {
	What string // task ID, field or policy
	Err  error
}

func (e *AmendError) Error() string { return e.What + ": " + e.Err.Error() }

func (e *AmendError) Unwrap() error { return e.Err }

// Amending is what an amendment to p would change, without changing anything. It fails with the
// errors that the amendment would fail with.
func (w WhatIf) Amending(ctx context.Context, p *plan.Plan) (plan.Changes, error) {
	l, err := w.ledger.Plan(ctx, p.ID)
	if err != nil {
		return plan.Changes{}, err
	}
	if l.Plan.Hash == p.Hash {
		return plan.Changes{}, nil
	}
	_, changes, err := w.Amendment(ctx, l, p)
	return changes, err
}

// InForce tells that an amendment to p would change nothing: the files of p mean what the ledger
// has, even where their text is another.
func (w WhatIf) InForce(ctx context.Context, l ledger.Launched, p *plan.Plan) bool {
	if l.Plan.Hash == p.Hash {
		return true
	}
	_, changes, err := w.Amendment(ctx, l, p)
	return err == nil && changes.Empty()
}

// Amendment is the plan that an amendment to p makes of a running plan, and what it changes. It
// fails with *AmendError, *GoneError, *DissolvedError or an error of the ledger where the
// amendment cannot be made.
func (w WhatIf) Amendment(ctx context.Context, l ledger.Launched, p *plan.Plan) (merged plan.Plan, changes plan.Changes, err error) {
	next, err := asKept(*p)
	if err != nil {
		return merged, changes, err
	}
	if field := fixed(l.Plan, next); field != "" {
		return merged, changes, &AmendError{field, ErrFixed}
	}
	tasks, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return merged, changes, err
	}
	next, identity, err := identified(l.Plan, next, tasks)
	if err != nil {
		return merged, changes, err
	}
	stated, err := w.ledger.Stated(ctx, l.Plan.ID)
	if err != nil {
		return merged, changes, err
	}
	merged = act.MergePolicies(l.Plan, next)
	talks, err := w.ledger.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return merged, changes, err
	}
	merged.Directory = keepUnits(stated, next.Directory, tasks, talks)
	if err := w.ledger.Fits(ctx, stated, merged.Directory.Units); err != nil {
		return merged, changes, err
	}
	changes = diff(l.Plan, merged, stated)
	identity.Note(&changes)
	if !l.Ended.IsZero() && !changes.Empty() {
		return merged, changes, &AmendError{calendar.DayOf(l.Ended.In(l.Plan.Location())).String(), ErrPlanEnded}
	}
	revised, err := w.inForce(ctx, l, next, stated)
	if err != nil {
		return merged, changes, err
	}
	if err := w.Given(ctx, given(changes), revised.Directory.Units); err != nil {
		return merged, changes, err
	}
	others, err := w.elsewhere(ctx, l, newly(next.Handovers(stated), stated))
	if err != nil {
		return merged, changes, err
	}
	if changes.Handovers, err = handovers(stated, &revised, resting(tasks, talks, merged, changes), others); err != nil {
		return merged, changes, err
	}
	if merged.Directory.Units, err = w.joined(ctx, merged.Directory.Units, changes.Handovers); err != nil {
		return merged, changes, err
	}
	for i, c := range changes.Policies {
		if c.Silent {
			return merged, changes, &AmendError{act.PolicyName(c.Name), ErrSamePolicyVersion}
		}
		changes.Policies[i] = asVersion(c, l.Plan)
	}
	known := map[string]ledger.Task{}
	for _, t := range tasks {
		known[t.ID] = t
	}
	if late := carriesLate(l.Plan, merged, known); late != "" {
		return merged, changes, &AmendError{late, ErrCarriesLate}
	}
	if name := carriesBusy(changes, tasks, talks); name != "" {
		return merged, changes, &AmendError{name, ErrCarriesBusy}
	}
	return merged, changes, nil
}

// given are the tasks that an amendment gives to a unit, to lead or to assist in.
func given(changes plan.Changes) (tasks []plan.Task) {
	for _, c := range changes.Tasks {
		_, lead := c.Field(plan.FieldLead)
		_, assist := c.Field(plan.FieldAssist)
		if c.What == plan.Added || lead || assist {
			tasks = append(tasks, *c.New)
		}
	}
	return tasks
}

// identified is the plan new with the IDs under which the ledger has its tasks (plan.Identify).
func identified(old, new plan.Plan, tasks []ledger.Task) (plan.Plan, plan.Identity, error) {
	planned, taken := map[string]bool{}, map[string]bool{}
	for _, t := range old.Tasks {
		planned[t.ID] = true
	}
	var gone []plan.Task
	for _, t := range tasks {
		taken[t.ID] = true
		if !planned[t.ID] && t.Duty == "" {
			left := plan.Task{ID: t.ID, Label: t.Label, Kind: t.Kind}
			if from := t.Facts.From; from != nil {
				left.Carries = from.Plan + "/" + from.Task
			}
			gone = append(gone, left)
		}
	}
	return plan.Identify(&old, &new, gone, func(id string) bool { return taken[id] })
}

// diff is what the plan next changes of the plan in force. stated are the units as the plan's
// own documents named them before.
func diff(inForce, next plan.Plan, stated []people.Unit) plan.Changes {
	next.Directory.Units = people.ReviseAll(inForce.Directory.Units, stated, next.Directory.Units)
	return plan.Diff(&inForce, &next)
}

// carriesLate names a task that runs already and that the amended plan lets go on from a task of
// another plan, unlike before; "" without one.
func carriesLate(old, new plan.Plan, known map[string]ledger.Task) string {
	carries := map[string]string{}
	for _, t := range old.Tasks {
		carries[t.ID] = t.Carries
	}
	for _, t := range new.Tasks {
		row, runs := known[t.ID]
		_, planned := carries[t.ID]
		if again := !planned && row.Facts.From != nil; t.Carries != "" && runs && !again && t.Carries != carries[t.ID] {
			return t.Shown()
		}
	}
	return ""
}

// carriesBusy names a running task that a task carried from another plan is to replace, while
// something of its own is not settled: a talk, a request, a part, an instruction, a pause, an
// occurrence; "" without one.
func carriesBusy(changes plan.Changes, tasks []ledger.Task, talks []ledger.Talk) string {
	way := map[string]string{} // by ID: what the plan calls each task that is to be replaced
	for _, c := range changes.Tasks {
		if c.What != plan.Added || c.New.Carries == "" || c.From == "" {
			continue
		}
		if i := slices.IndexFunc(changes.Tasks, func(o plan.TaskChange) bool { return o.ID == c.From && o.What == plan.Removed }); i >= 0 {
			way[c.From] = changes.Tasks[i].Shown()
		}
	}
	for _, t := range tasks {
		if name := way[t.ID]; name != "" && t.Facts.Unsettled() {
			return name
		}
		if name := way[t.Duty]; name != "" && t.State == ledger.TaskOpen {
			return name
		}
	}
	for _, k := range talks {
		if name := way[k.Task]; name != "" && k.GoesOn() {
			return name
		}
	}
	return ""
}

// fixed names what new changes although an amendment cannot, because running tasks rest on it:
// office, leadership or zone; "" without one.
func fixed(old, new plan.Plan) string {
	switch {
	case old.Directory.Office != new.Directory.Office:
		return "office"
	case old.Directory.Leadership != new.Directory.Leadership:
		return "leadership"
	case old.Zone != new.Zone:
		return "zone"
	}
	return ""
}

// asKept is a plan in the form in which the ledger gives it back, so that empty and missing
// values compare equal.
func asKept(p plan.Plan) (kept plan.Plan, err error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return kept, fmt.Errorf("whatif: plan %s: %w", p.ID, err)
	}
	return kept, json.Unmarshal(raw, &kept)
}

// asVersion is the change of a policy as people see it: a policy that was added under a key of
// its own (act.PolicyKey) is another version of one that the plan has.
func asVersion(c plan.PolicyChange, old plan.Plan) plan.PolicyChange {
	name := act.PolicyName(c.Name)
	before, known := old.Policies[name]
	if c.What != plan.Added || name == c.Name || !known {
		return c
	}
	return plan.PolicyChange{Name: name, What: plan.Changed, Old: strconv.Itoa(before.Version), New: c.New}
}

// keepUnits is the new directory with those old units added that tasks and talks of the ledger
// still name. Whoever is told that a task is withdrawn, missed a date or was called to a talk
// must have a name and an address.
func keepUnits(old []people.Unit, new people.Directory, tasks []ledger.Task, talks []ledger.Talk) people.Directory {
	named := map[string]bool{}
	names := func(units ...string) {
		for _, u := range units {
			named[u] = true
		}
	}
	for _, t := range tasks {
		names(t.Lead)
		names(t.Assist...)
		names(t.Facts.Returned...)
		for _, p := range t.Facts.Parts {
			names(p.Unit)
		}
		for _, m := range t.Facts.Misses {
			names(m.Unit)
		}
	}
	for _, k := range talks {
		names(k.Lead)
		if k.Facts != nil {
			names(k.Facts.Formerly...)
		}
	}
	new.Units = slices.Clone(new.Units)
	for _, u := range old {
		if _, stays := new.Unit(u.ID); !stays && named[u.ID] {
			new.Units = append(new.Units, u)
		}
	}
	return new
}

// Differing are the differences between the files of p and the plan in force; nil: there are
// none. A policy that has been moved to another version since the launch is no difference.
func (w WhatIf) Differing(ctx context.Context, l ledger.Launched, p *plan.Plan) (*plan.Changes, error) {
	if l.Plan.Hash == p.Hash {
		return nil, nil
	}
	next, err := asKept(*p)
	if err != nil {
		return nil, err
	}
	tasks, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return nil, err
	}
	if known, _, err := identified(l.Plan, next, tasks); err == nil { // where no task can be identified the files are of another plan
		next = known
	}
	stated, err := w.ledger.Stated(ctx, l.Plan.ID)
	if err != nil {
		return nil, err
	}
	talks, err := w.ledger.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	next = act.MergePolicies(l.Plan, next)
	next.Directory = keepUnits(stated, next.Directory, tasks, talks)
	changes := diff(l.Plan, next, stated)
	changes.Policies = slices.DeleteFunc(changes.Policies, func(c plan.PolicyChange) bool {
		return !c.Silent || !slices.ContainsFunc(l.Plan.Tasks, func(t plan.Task) bool { return act.PolicyName(t.Policy) == c.Name })
	})
	if changes.Empty() {
		return nil, nil
	}
	return &changes, nil
}

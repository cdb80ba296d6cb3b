package whatif

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Units belong to the office and not to a plan: a unit that the documents of one plan dissolve
// is dissolved in every plan, and what it has in the others is handed over too.

// ErrUnitDissolved: a plan gives a task to a unit that the office has dissolved. The
// *DissolvedError names both.
var ErrUnitDissolved = errors.New("the unit is dissolved")

// DissolvedError is a dissolved unit, and the tasks that a plan would give it.
type DissolvedError struct {
	Unit  people.Unit
	To    people.Unit // who took over; without an ID: nobody
	Tasks []string    // as the plan calls them
}

func (e *DissolvedError) Error() string { return e.Unit.ID + ": " + ErrUnitDissolved.Error() }

func (e *DissolvedError) Unwrap() error { return ErrUnitDissolved }

// Given fails with *DissolvedError when a unit that leads one of these tasks, or assists in it,
// is dissolved by the office's directory. revised are the units as an amendment makes them: a
// unit that the amendment brings back may be given tasks.
func (w WhatIf) Given(ctx context.Context, tasks []plan.Task, revised []people.Unit) error {
	units, err := w.ledger.Units(ctx)
	if err != nil {
		return err
	}
	all, now := people.Directory{Units: units}, people.Directory{Units: revised}
	for _, u := range units {
		if back, ok := now.Unit(u.ID); !u.Gone() || ok && !back.Gone() {
			continue
		}
		var given []string
		for _, t := range tasks {
			if t.Lead == u.ID || slices.Contains(t.Assist, u.ID) {
				given = append(given, t.Shown())
			}
		}
		if len(given) > 0 {
			to, _ := all.Unit(heir(all, u.ID))
			return &DissolvedError{u, to, given}
		}
	}
	return nil
}

// heir is the ID of the unit that has taken a unit's place in the end; "" when that is dissolved
// too or there is none.
func heir(d people.Directory, id string) string {
	id = d.Heir(id)
	if u, _ := d.Unit(id); u.Gone() {
		return ""
	}
	return id
}

// had are the tasks and talks that a unit has in other plans, as PLAN/ID, and the tasks among
// them that it leads.
type had struct{ things, leads []string }

// elsewhere is what the units that hand over have in the other running plans of the office, by
// unit ID.
func (w WhatIf) elsewhere(ctx context.Context, l ledger.Launched, said []plan.Handover) (map[string]had, error) {
	all := map[string]had{}
	if len(said) == 0 {
		return all, nil
	}
	others, err := w.Beside(ctx, l)
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		r, err := w.rests(ctx, other)
		if err != nil {
			return nil, err
		}
		for _, h := range said {
			tasks, talks, leads := r.of(h.Unit, h.To)
			one := all[h.Unit]
			for _, id := range append(tasks, talks...) {
				one.things = append(one.things, other.Plan.ID+"/"+id)
			}
			for _, id := range leads {
				one.leads = append(one.leads, other.Plan.ID+"/"+id)
			}
			all[h.Unit] = one
		}
	}
	return all, nil
}

// Beside are the other plans of the same office that have not ended.
func (w WhatIf) Beside(ctx context.Context, l ledger.Launched) (others []ledger.Launched, err error) {
	plans, err := w.ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		if p.ID == l.Plan.ID || !p.Ended.IsZero() {
			continue
		}
		other, err := w.ledger.Plan(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if other.Plan.Directory.Office == l.Plan.Directory.Office {
			others = append(others, other)
		}
	}
	return others, nil
}

// rests are the tasks and talks of a plan that go on as the plan is now.
func (w WhatIf) rests(ctx context.Context, l ledger.Launched) (r rests, err error) {
	tasks, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return r, err
	}
	talks, err := w.ledger.Talks(ctx, l.Plan.ID, "")
	return resting(tasks, talks, l.Plan, plan.Changes{}), err
}

// Succession is what another plan's amendment, whose handovers are said, makes of a plan: the
// plan with the units that take over, and the handovers of what the units still have in it. What
// has been handed over already is not among the changes, which are empty when there is nothing
// left.
func (w WhatIf) Succession(ctx context.Context, l ledger.Launched, said []plan.Handover) (merged plan.Plan, changes plan.Changes, err error) {
	r, err := w.rests(ctx, l)
	if err != nil {
		return merged, changes, err
	}
	for _, h := range said {
		h := plan.Handover{Unit: h.Unit, To: h.To}
		if h.Tasks, h.Talks, _ = r.of(h.Unit, h.To); len(h.Tasks)+len(h.Talks) > 0 {
			changes.Handovers = append(changes.Handovers, h)
		}
	}
	if len(changes.Handovers) == 0 {
		return merged, changes, nil
	}
	merged = l.Plan
	if merged.Directory.Units, err = w.ledger.Stated(ctx, l.Plan.ID); err != nil {
		return merged, changes, err
	}
	if merged.Directory.Units, err = w.joined(ctx, merged.Directory.Units, changes.Handovers); err != nil {
		return merged, changes, err
	}
	raw, err := json.Marshal(changes.Handovers)
	if err != nil {
		return merged, changes, fmt.Errorf("whatif: plan %s: %w", l.Plan.ID, err)
	}
	sum := sha256.Sum256(append([]byte(l.Plan.Hash), raw...))
	merged.Hash = hex.EncodeToString(sum[:])
	return merged, changes, nil
}

// joined are a plan's units with those of the office's directory that take over and are
// not among them.
func (w WhatIf) joined(ctx context.Context, units []people.Unit, handovers []plan.Handover) ([]people.Unit, error) {
	all, err := w.ledger.Units(ctx)
	if err != nil {
		return nil, err
	}
	own, known := people.Directory{Units: slices.Clone(units)}, people.Directory{Units: all}
	for _, h := range handovers {
		if _, there := own.Unit(h.To); h.To == "" || there {
			continue
		}
		if u, ok := known.Unit(h.To); ok {
			own.Units = append(own.Units, u)
		}
	}
	return own.Units, nil
}

// inForce is the plan next with its units as the office's directory will have them, so that a
// unit which the documents of another plan have dissolved is known to be dissolved.
func (w WhatIf) inForce(ctx context.Context, l ledger.Launched, next plan.Plan, stated []people.Unit) (plan.Plan, error) {
	units, err := w.ledger.Units(ctx)
	if err != nil {
		return next, err
	}
	known := people.Directory{Units: units}
	next.Directory.Units = people.ReviseAll(l.Plan.Directory.Units, stated, next.Directory.Units)
	for _, u := range next.Directory.Units { // the unit that took over may be in the documents of the other plan only
		for id := u.Successor; id != ""; {
			heir, ok := known.Unit(id)
			if _, there := next.Directory.Unit(id); there || !ok {
				break
			}
			next.Directory.Units, id = append(next.Directory.Units, heir), heir.Successor
		}
	}
	return next, nil
}

// newly are the handovers of units that are not dissolved in stated, the units as the plan's
// documents named them before.
func newly(said []plan.Handover, stated []people.Unit) []plan.Handover {
	return slices.DeleteFunc(slices.Clone(said), func(h plan.Handover) bool {
		return slices.ContainsFunc(stated, func(u people.Unit) bool { return u.ID == h.Unit && u.Gone() })
	})
}

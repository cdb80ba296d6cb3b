package engine

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// ApplyPolicy moves the open tasks and duties of a plan that follow another version
// of a policy to the given one, by one act each. It gives how many were moved. Tasks that
// refuse, because they are reported done or suspended, keep their version and are in left.
// An interrupted call is finished by calling it again. Only the plan's office may: anybody
// else gets *RefusedError, as from Amend.
func (e *Engine) ApplyPolicy(ctx context.Context, planID string, p plan.Policy, by act.Actor, reason string) (moved int, left []LeftUndone, err error) {
	l, key, err := e.whatIf().WithPolicy(ctx, planID, p)
	if err != nil {
		return 0, nil, err
	}
	if err := e.officeOnly(ctx, l, key, act.ApplyPolicy, by, reason, ""); err != nil {
		return 0, nil, err
	}
	if err := e.ledger.AddPolicy(ctx, planID, key, p, by.Account, e.when(l.Clock)); err != nil {
		return 0, nil, err
	}
	seen := map[string]bool{}
	for { // again until none is new: an occurrence that opens meanwhile still follows its duty's old version
		all, err := e.whatIf().Followers(ctx, planID, p.Name, key)
		tasks := slices.DeleteFunc(all, func(t ledger.Task) bool { return seen[t.ID] })
		if err != nil || len(tasks) == 0 {
			return moved, left, err
		}
		for _, t := range tasks {
			seen[t.ID] = true
		}
		n, refused, err := e.moveTo(ctx, l, key, tasks, by, reason)
		moved, left = moved+n, append(left, refused...)
		if err != nil {
			return moved, left, err
		}
	}
}

// moveTo moves tasks to the policy that the plan has under key, by one act each.
func (e *Engine) moveTo(ctx context.Context, l ledger.Launched, key string, tasks []ledger.Task, by act.Actor, reason string) (moved int, left []LeftUndone, err error) {
	refusals := make([]*act.Refusal, len(tasks))
	version := l.Plan.Policies[key].Version
	moved, err = e.each(ctx, len(tasks), func(ctx context.Context, i int) (done bool, err error) {
		t := tasks[i]
		a := act.Act{ID: act.PolicyID(version, t.Facts.Acts), Kind: act.SetPolicy, By: by, Policy: key, Reason: reason}
		done, refusals[i], err = e.once(ctx, l, t.ID, a)
		return done, unended(err)
	})
	for i, r := range refusals {
		if r != nil {
			left = append(left, LeftUndone{Task: tasks[i].ID, Kind: act.SetPolicy, Refused: *r})
		}
	}
	return moved, left, err
}

package whatif

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// PolicyMove is an open task, occurrence or duty that would follow another
// version of its policy.
type PolicyMove struct {
	Task    string       `json:"task"`
	Title   string       `json:"title"`
	Kind    plan.Kind    `json:"kind"`
	From    int          `json:"from"`   // version
	To      int          `json:"to"`     // version
	Stages  []StageMove  `json:"stages"` // by time
	Refused *act.Refusal `json:"refused,omitempty"`
}

// StageMove is one stage still to come that changes. From is zero when the stage is new, To when
// it is no longer said. Instants are UTC. When both are the same instant, the stage goes to
// other recipients, has another light or differs in another way.
type StageMove struct {
	Stage string         `json:"stage"`
	Kind  plan.StageKind `json:"kind"`
	From  time.Time      `json:"from,omitzero"`
	To    time.Time      `json:"to,omitzero"`
}

// PolicyMoves are what applying a policy to a plan would move now, without changing
// anything, in the order of the plan.
func (w WhatIf) PolicyMoves(ctx context.Context, planID string, p plan.Policy) ([]PolicyMove, error) {
	l, key, err := w.WithPolicy(ctx, planID, p)
	if err != nil {
		return nil, err
	}
	tasks, err := w.Followers(ctx, planID, p.Name, key)
	if err != nil {
		return nil, err
	}
	rules, err := w.ledger.Rules(ctx, l)
	if err != nil {
		return nil, err
	}
	office := act.Actor{Account: "office", Unit: l.Plan.Directory.Office}
	a := act.Act{ID: "what-if", Kind: act.SetPolicy, By: office, Policy: key, Reason: "what if"}
	if err := w.stamp(l, &a); err != nil {
		return nil, err
	}
	moves := []PolicyMove{}
	for _, t := range tasks {
		before := rules.Course(ledger.CaseOf(t))
		after, _, refused := rules.Act(before, a)
		m := PolicyMove{Task: t.ID, Title: t.Title, Kind: t.Kind, From: l.Plan.Policies[t.Policy].Version, To: p.Version, Refused: refused}
		if refused == nil {
			m.Stages = stageMoves(rules.Ahead(before.Case), rules.Ahead(after.Case))
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// stageMoves are the differences between the stages still to come and those that would be, by
// time.
func stageMoves(was, is []plan.Stage) []StageMove {
	all := []StageMove{}
	of := func(stages []plan.Stage, id string) (plan.Stage, bool) {
		i := slices.IndexFunc(stages, func(s plan.Stage) bool { return s.ID == id })
		if i < 0 {
			return plan.Stage{}, false
		}
		return stages[i], true
	}
	for _, s := range was {
		n, stays := of(is, s.ID)
		if !stays || !reflect.DeepEqual(n, s) {
			all = append(all, StageMove{Stage: s.ID, Kind: s.Kind, From: s.At, To: n.At})
		}
	}
	for _, n := range is {
		if _, was := of(was, n.ID); !was {
			all = append(all, StageMove{Stage: n.ID, Kind: n.Kind, To: n.At})
		}
	}
	when := func(m StageMove) time.Time {
		if m.From.IsZero() {
			return m.To
		}
		return m.From
	}
	slices.SortStableFunc(all, func(x, y StageMove) int { return cmp.Or(when(x).Compare(when(y)), strings.Compare(x.Stage, y.Stage)) })
	return all
}

// WithPolicy is a running plan with a version of a policy added, which the plan may have
// already, and the key of that version. It fails with *AmendError when no task follows a policy
// of this name, or when the plan has other content under the version.
func (w WhatIf) WithPolicy(ctx context.Context, planID string, p plan.Policy) (l ledger.Launched, key string, err error) {
	if l, err = w.ledger.Plan(ctx, planID); err != nil {
		return l, "", err
	}
	kept, err := asKept(plan.Plan{Policies: map[string]plan.Policy{p.Name: p}})
	if err != nil {
		return l, "", err
	}
	p = kept.Policies[p.Name]
	known := false
	for k, now := range l.Plan.Policies {
		if act.PolicyName(k) != p.Name {
			continue
		}
		known = true
		if now.Version != p.Version {
			continue
		}
		if !reflect.DeepEqual(now, p) {
			return l, "", &AmendError{p.Name, ErrSamePolicyVersion}
		}
		return l, k, nil
	}
	if !known {
		return l, "", &AmendError{p.Name, ErrNoSuchPolicy}
	}
	policies := map[string]plan.Policy{act.PolicyKey(p): p}
	for k, now := range l.Plan.Policies { // the map that the ledger gives is shared, and must not be changed
		policies[k] = now
	}
	l.Plan.Policies = policies
	return l, act.PolicyKey(p), nil
}

// Followers are the open tasks, occurrences and duties that follow another
// version of a policy than the one kept under key.
func (w WhatIf) Followers(ctx context.Context, planID, name, key string) ([]ledger.Task, error) {
	tasks, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
	return slices.DeleteFunc(tasks, func(t ledger.Task) bool {
		return t.Kind == plan.Standing || act.PolicyName(t.Policy) != name || t.Policy == key
	}), err
}

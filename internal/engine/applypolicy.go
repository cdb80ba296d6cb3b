package engine

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"duban/activities"
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

// StageMove is one stage still to come that changes: From is zero where it is
// new, To where it is spoken no more. Instants are UTC. The same instant twice:
// it goes to others, or shows another light.
type StageMove struct {
	Stage string         `json:"stage"`
	Kind  plan.StageKind `json:"kind"`
	From  time.Time      `json:"from,omitzero"`
	To    time.Time      `json:"to,omitzero"`
}

// PolicyMoves are what ApplyPolicy would move now, without changing anything, in
// the order of the plan. It needs the ledger alone.
func (e *Engine) PolicyMoves(ctx context.Context, planID string, p plan.Policy) ([]PolicyMove, error) {
	l, key, err := e.withPolicy(ctx, planID, p)
	if err != nil {
		return nil, err
	}
	tasks, err := e.followers(ctx, planID, p.Name, key)
	if err != nil {
		return nil, err
	}
	book, err := activities.BookOf(ctx, e.ledger, l)
	if err != nil {
		return nil, err
	}
	office := act.Actor{Account: "office", Unit: l.Plan.Directory.Office}
	a := act.Act{ID: "what-if", Kind: act.SetPolicy, By: office, Policy: key, Reason: "what if"}
	if err := e.stamp(&l, &a); err != nil {
		return nil, err
	}
	moves := []PolicyMove{}
	for _, t := range tasks {
		before := book.Course(ledger.CaseOf(t))
		after, _, refused := book.Act(before, a)
		m := PolicyMove{Task: t.ID, Title: t.Title, Kind: t.Kind, From: l.Plan.Policies[t.Policy].Version, To: p.Version, Refused: refused}
		if refused == nil {
			m.Stages = stageMoves(book.Ahead(before.Case), book.Ahead(after.Case))
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// stageMoves compares what is still to come with what would be.
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

// withPolicy is a running plan with a version of a policy, which may be one it
// knows, and the key of that.
func (e *Engine) withPolicy(ctx context.Context, planID string, p plan.Policy) (l ledger.Launched, key string, err error) {
	if l, err = e.ledger.Plan(ctx, planID); err != nil {
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
	for k, now := range l.Plan.Policies { // what the ledger gives is shared
		policies[k] = now
	}
	l.Plan.Policies = policies
	return l, act.PolicyKey(p), nil
}

// followers are the open tasks, occurrences and duties that follow another
// version of a policy than the one kept under key.
func (e *Engine) followers(ctx context.Context, planID, name, key string) ([]ledger.Task, error) {
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
	return slices.DeleteFunc(tasks, func(t ledger.Task) bool {
		return t.Kind == plan.Standing || act.PolicyName(t.Policy) != name || t.Policy == key
	}), err
}

// ApplyPolicy moves the open tasks and duties of a plan that follow another version
// of a policy to the given one, an act each. It gives how many were moved; those
// that refused it, being reported or suspended, are left and named. Interrupted,
// it is finished by doing it again. It is the plan's office that does it: see Amend.
func (e *Engine) ApplyPolicy(ctx context.Context, planID string, p plan.Policy, by act.Actor, reason string) (moved int, left []LeftUndone, err error) {
	l, key, err := e.withPolicy(ctx, planID, p)
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
	for { // what opens meanwhile follows its duty's old version still
		all, err := e.followers(ctx, planID, p.Name, key)
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

// moveTo moves tasks to the policy kept under key.
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

package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// AmendOptions say who amends a plan, by which document, and how its new tasks
// are armed.
type AmendOptions struct {
	Paper  string // number of the document that orders it
	Reason string
	By     act.Actor // the office
	LaunchOptions
}

// AmendReport counts what an amendment did.
type AmendReport struct {
	N       int          `json:"n"`       // the amendment's number; 0: the plan never was amended
	Resumed bool         `json:"resumed"` // it was in the ledger already
	Armed   int          `json:"armed"`   // new tasks started by this call
	Acts    int          `json:"acts"`    // acts on running tasks done by this call or before
	Left    []LeftUndone `json:"left,omitempty"`
	Changes plan.Changes `json:"changes"`
}

// LeftUndone is a change that the running task refused: a person must look.
type LeftUndone struct {
	Task    string      `json:"task"`
	Kind    act.Kind    `json:"kind"`
	Refused act.Refusal `json:"refused"`
}

// ErrKindChanged: an amendment gives a running task's ID to a commitment of
// another kind, or to a new one.
var ErrKindChanged = errors.New("the ID belongs to a task of another kind or of an earlier time: give the new one an ID of its own")

// Amending is what an amendment to p would change, without changing anything.
func (e *Engine) Amending(ctx context.Context, p *plan.Plan) (plan.Changes, error) {
	l, err := e.ledger.Plan(ctx, p.ID)
	if err != nil {
		return plan.Changes{}, err
	}
	if l.Plan.Hash == p.Hash {
		return plan.Changes{}, nil
	}
	merged := mergePolicies(l.Plan, *p)
	return plan.Diff(&l.Plan, &merged), nil
}

// mergePolicies is the new plan with the policies that run kept: a policy that
// comes with another version gets a key of its own, name@version, which only new
// tasks use; running ones keep theirs until they are moved.
func mergePolicies(old, new plan.Plan) plan.Plan {
	policies := maps.Clone(old.Policies)
	key := map[string]string{}
	for name, p := range new.Policies {
		before, ok := old.Policies[name]
		switch {
		case !ok || before.Version == p.Version:
			key[name] = name
			if !ok {
				policies[name] = p
			}
		default:
			key[name] = PolicyKey(p)
			policies[key[name]] = p
		}
	}
	running := map[string]string{}
	for _, t := range old.Tasks {
		running[t.ID] = t.Policy
	}
	new.Tasks = slices.Clone(new.Tasks)
	for i, t := range new.Tasks {
		if now, ok := running[t.ID]; ok && policyName(now) == t.Policy {
			new.Tasks[i].Policy = now
		} else if k, ok := key[t.Policy]; ok {
			new.Tasks[i].Policy = k
		}
	}
	new.Policies = policies
	return new
}

// PolicyKey is where a later version of a policy is kept: standard@3.
func PolicyKey(p plan.Policy) string { return p.Name + "@" + strconv.Itoa(p.Version) }

func policyName(key string) string {
	name, _, _ := strings.Cut(key, "@")
	return name
}

// Amend makes a running plan what p says, as one named amendment: it is recorded
// first, then new tasks start, changed ones are told by an act each, removed ones
// are cancelled, the rest is not touched. Interrupted, it is finished by doing it
// again with the same files; nothing is started twice.
func (e *Engine) Amend(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, opt AmendOptions) (AmendReport, error) {
	l, err := e.ledger.Plan(ctx, p.ID)
	if err != nil {
		return AmendReport{}, err
	}
	merged := mergePolicies(l.Plan, *p)
	changes, err := e.Amending(ctx, p)
	if err != nil {
		return AmendReport{}, err
	}
	opt.Clock = l.Clock
	if opt.At.IsZero() {
		opt.At = l.Clock.Plan(e.now())
	}
	added, err := e.newTasks(ctx, l, &merged, changes, cal, opt)
	if err != nil {
		return AmendReport{}, err
	}
	n, changes, fresh, err := e.ledger.Amend(ctx, ledger.Amendment{
		Plan: merged, Paper: opt.Paper, Reason: opt.Reason, Actor: opt.By.Account, Added: added, Changes: changes,
	}, e.when(l.Clock))
	if err != nil {
		return AmendReport{}, err
	}
	report := AmendReport{N: n, Resumed: !fresh, Changes: changes}
	if n == 0 {
		return report, nil
	}
	if l, err = e.ledger.Plan(ctx, p.ID); err != nil {
		return report, err
	}
	if report.Armed, err = e.arm(ctx, l, len(added), opt.LaunchOptions); err != nil {
		return report, err
	}
	return report, e.amendRunning(ctx, l, n, changes, opt, &report)
}

// newTasks are the rows of what an amendment adds.
func (e *Engine) newTasks(ctx context.Context, l ledger.Launched, p *plan.Plan, changes plan.Changes, cal *calendar.Calendar, opt AmendOptions) ([]ledger.NewTask, error) {
	book, err := act.NewBook(p, cal)
	if err != nil {
		return nil, err
	}
	var rows []ledger.NewTask
	for _, c := range changes.Tasks {
		if c.What != plan.Added {
			continue
		}
		if _, err := e.ledger.Task(ctx, l.Plan.ID, c.ID); err == nil {
			return nil, fmt.Errorf("task %s: %w", c.ID, ErrKindChanged)
		} else if !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		row := ledger.NewTask{Task: ledger.TaskOf(l.Plan.ID, *c.New, opt.At)}
		if c.New.Kind == plan.Dated {
			row.Stages = book.Ladder(p.Policies[c.New.Policy], c.New.Due, c.New.Lead, opt.At)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// amendRunning tells every running task what has changed for it.
func (e *Engine) amendRunning(ctx context.Context, l ledger.Launched, n int, changes plan.Changes, opt AmendOptions, report *AmendReport) error {
	for _, c := range changes.Tasks {
		if c.What == plan.Added || c.Old.Kind == plan.Standing {
			continue
		}
		targets := []string{c.ID}
		if c.Old.Kind == plan.Duty {
			open, err := e.occurrences(ctx, l, c.ID)
			if err != nil {
				return err
			}
			targets = append(targets, open...)
		}
		for i, target := range targets {
			for _, a := range changesOf(c, i > 0) {
				a.ID = fmt.Sprintf("amend-%d-%s", n, a.Kind)
				a.By, a.Reason, a.Paper = opt.By, opt.Reason, opt.Paper
				err := e.Act(ctx, l.Plan.ID, target, a)
				var refused *RefusedError
				switch {
				case err == nil:
					report.Acts++
				case !errors.As(err, &refused):
					return err
				case refused.Key != "act.refused_same" && !over(refused.Refusal):
					report.Left = append(report.Left, LeftUndone{target, a.Kind, refused.Refusal})
				}
			}
		}
	}
	return nil
}

// over tells that an act was refused because the task has ended.
func over(r act.Refusal) bool {
	return r.Key == "act.refused_state" && (r.Data["State"] == string(act.Closed) || r.Data["State"] == string(act.Cancelled))
}

// occurrences are a duty's open ones.
func (e *Engine) occurrences(ctx context.Context, l ledger.Launched, duty string) ([]string, error) {
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskOpen})
	var ids []string
	for _, t := range tasks {
		if t.Duty == duty {
			ids = append(ids, t.ID)
		}
	}
	return ids, err
}

// changesOf are the acts that make a running task what the amended plan says: of
// a duty's open occurrence only what it takes from its duty.
func changesOf(c plan.TaskChange, occurrence bool) []act.Act {
	if c.What == plan.Removed {
		if c.Old.Kind == plan.Duty && !occurrence {
			return []act.Act{{Kind: act.EndDuty}}
		}
		return []act.Act{{Kind: act.Cancel}}
	}
	var all []act.Act
	for _, f := range c.Fields {
		switch f.Field {
		case plan.FieldTitle:
			if !occurrence {
				all = append(all, act.Act{Kind: act.Reword, Title: c.New.Title})
			}
		case plan.FieldLead:
			all = append(all, act.Act{Kind: act.Reassign, Unit: c.New.Lead})
		case plan.FieldAssist:
			all = append(all, act.Act{Kind: act.Assist, Units: c.New.Assist})
		case plan.FieldDue:
			if !occurrence && c.New.Kind == plan.Dated {
				all = append(all, act.Act{Kind: act.Correct, Due: c.New.Due})
			}
		case plan.FieldPolicy:
			all = append(all, act.Act{Kind: act.SetPolicy, Policy: c.New.Policy})
		case plan.FieldRecur:
			if !occurrence && c.New.Recur != nil {
				all = append(all, act.Act{Kind: act.SetRule, Rule: act.RuleText(*c.New.Recur)})
			}
		}
	}
	return all
}

// ApplyPolicy moves the open tasks and duties of a plan that follow any version of
// a policy to the given one, an act each. It gives how many were moved; those
// that are reported or suspended are left and named.
func (e *Engine) ApplyPolicy(ctx context.Context, planID string, p plan.Policy, by act.Actor, reason string) (moved int, left []LeftUndone, err error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return 0, nil, err
	}
	key := p.Name
	if now, ok := l.Plan.Policies[p.Name]; !ok || now.Version != p.Version {
		key = PolicyKey(p)
		if err := e.ledger.AddPolicy(ctx, planID, key, p, by.Account, e.when(l.Clock)); err != nil {
			return 0, nil, err
		}
	}
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
	if err != nil {
		return 0, nil, err
	}
	for _, t := range tasks {
		if t.Kind == plan.Standing || policyName(t.Policy) != p.Name || t.Policy == key {
			continue
		}
		id := fmt.Sprintf("policy-%s-%d", key, t.Revision)
		err := e.Act(ctx, planID, t.ID, act.Act{ID: id, Kind: act.SetPolicy, By: by, Policy: key, Reason: reason})
		var refused *RefusedError
		switch {
		case err == nil:
			moved++
		case errors.As(err, &refused):
			left = append(left, LeftUndone{t.ID, act.SetPolicy, refused.Refusal})
		default:
			return moved, left, err
		}
	}
	return moved, left, nil
}

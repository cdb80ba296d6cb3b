package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"duban/internal/plan"
)

// Kinds of events of a plan that changes while it runs.
const (
	PlanAmended = "plan.amended"
	PolicyAdded = "plan.policy"
)

// Amendment 修订 is a plan as it is to be from now on, and what that changes.
type Amendment struct {
	Plan    plan.Plan    `json:"-"`
	Paper   string       `json:"paper"` // number of the document that orders it
	Reason  string       `json:"reason"`
	Actor   string       `json:"-"`
	Added   []NewTask    `json:"-"` // with the stages expected of them
	Changes plan.Changes `json:"changes"`
}

// Amend keeps a plan as amended, with its new tasks and the changed facts of its
// standing lines, as one event plan.amended; what changes running tasks are acts
// of their own. It gives the amendment's number and what it was to change. The
// same files again change nothing (fresh is false) and give what they gave.
func (s *Store) Amend(ctx context.Context, a Amendment, when When) (n int, changes plan.Changes, fresh bool, err error) {
	type amended struct {
		n       int
		changes plan.Changes
		fresh   bool
	}
	doc, err := json.Marshal(a.Plan)
	if err != nil {
		return 0, changes, false, fmt.Errorf("ledger: plan %s: %w", a.Plan.ID, err)
	}
	got, err := write(ctx, s, func(t *tx) (amended, error) {
		var hash string
		if err := t.one(&hash, `SELECT hash FROM plans WHERE id = ?`, a.Plan.ID); err != nil {
			return amended{}, fmt.Errorf("plan %s: %w", a.Plan.ID, err)
		}
		n, last, err := t.lastAmendment(a.Plan.ID)
		if err != nil || hash == a.Plan.Hash {
			return amended{n, last.Changes, false}, err
		}
		n++
		if _, err := t.exec(`UPDATE plans SET title = ?, hash = ?, zone = ?, doc = ?, version = version + 1 WHERE id = ?`,
			a.Plan.Title, a.Plan.Hash, a.Plan.Zone, string(doc), a.Plan.ID); err != nil {
			return amended{}, err
		}
		if err := t.amendTasks(a); err != nil {
			return amended{}, err
		}
		e := Event{Key: amendKey(a.Plan.ID, n), Plan: a.Plan.ID, Kind: PlanAmended, Actor: a.Actor}
		return amended{n, a.Changes, true}, t.append(e, when, a)
	})
	return got.n, got.changes, got.fresh, err
}

func amendKey(planID string, n int) string { return fmt.Sprintf("%s/amended/%d", planID, n) }

// lastAmendment is how many there were, and the last one.
func (t *tx) lastAmendment(planID string) (n int, last Amendment, err error) {
	if err := t.one(&n, `SELECT COUNT(*) FROM events WHERE plan = ? AND kind = ?`, planID, PlanAmended); err != nil || n == 0 {
		return n, last, err
	}
	var data string
	if err := t.one(&data, `SELECT data FROM events WHERE key = ?`, amendKey(planID, n)); err != nil {
		return n, last, err
	}
	return n, last, json.Unmarshal([]byte(data), &last)
}

// amendTasks writes the new tasks, and the facts of old ones that no act changes.
func (t *tx) amendTasks(a Amendment) error {
	position := map[string]int{}
	for i, task := range a.Plan.Tasks {
		position[task.ID] = i + 1
	}
	for _, n := range a.Added {
		if err := t.insert("tasks", taskValueColumns, [][]any{taskValues(a.Plan.ID, position[n.ID], n.Task)}); err != nil {
			return fmt.Errorf("task %s: %w", n.ID, err)
		}
	}
	_, stageRows := rowsOf(a.Plan.ID, a.Added)
	if err := t.insert("stages", stageColumns, stageRows); err != nil {
		return err
	}
	for _, c := range a.Changes.Tasks {
		switch {
		case c.What == plan.Removed && c.Old.Kind == plan.Standing:
			if _, err := t.exec(`UPDATE tasks SET state = 'cancelled' WHERE plan = ? AND id = ?`, a.Plan.ID, c.ID); err != nil {
				return err
			}
		case c.What != plan.Changed:
			continue
		default:
			if _, err := t.exec(`UPDATE tasks SET clause = ?, soft = ?, priority = ?, publish = ? WHERE plan = ? AND (id = ? OR duty = ?)`,
				c.New.Clause, c.New.Soft, c.New.Priority, c.New.Publish, a.Plan.ID, c.ID, c.ID); err != nil {
				return err
			}
		}
		if c.What == plan.Changed && c.New.Kind == plan.Standing {
			if _, err := t.exec(`UPDATE tasks SET title = ?, lead = ?, assist = ? WHERE plan = ? AND id = ?`,
				c.New.Title, c.New.Lead, asJSON(append([]string{}, c.New.Assist...)), a.Plan.ID, c.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// AddPolicy keeps a new version of a policy beside the old ones under a key of
// its own, as event plan.policy, so that tasks can be moved to it. The same key
// again changes nothing.
func (s *Store) AddPolicy(ctx context.Context, planID, policyKey string, p plan.Policy, actor string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		key := planID + "/policy/" + policyKey
		if there, err := t.recorded(key); there || err != nil {
			return none, err
		}
		var doc string
		if err := t.one(&doc, `SELECT doc FROM plans WHERE id = ?`, planID); err != nil {
			return none, fmt.Errorf("plan %s: %w", planID, err)
		}
		var now plan.Plan
		if err := json.Unmarshal([]byte(doc), &now); err != nil {
			return none, fmt.Errorf("ledger: plan %s: %w", planID, err)
		}
		now.Policies[policyKey] = p
		raw, err := json.Marshal(now)
		if err != nil {
			return none, fmt.Errorf("ledger: plan %s: %w", planID, err)
		}
		if _, err := t.exec(`UPDATE plans SET doc = ?, version = version + 1 WHERE id = ?`, string(raw), planID); err != nil {
			return none, err
		}
		e := Event{Key: key, Plan: planID, Kind: PolicyAdded, Actor: cmp.Or(actor, Engine)}
		return none, t.append(e, when, map[string]any{"key": policyKey, "policy": p})
	})
	return err
}

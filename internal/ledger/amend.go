package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"duban/internal/act"
	"duban/internal/plan"
)

// Kinds of events of a plan that changes while it runs.
const (
	PlanAmended = "plan.amended"
	PlanCarried = "plan.carried" // the workflows that run have been told of an amendment
	PolicyAdded = "plan.policy"
)

// ErrAmendedMeanwhile: the plan is no longer the one an amendment was worked out against.
var ErrAmendedMeanwhile = errors.New("the plan was amended meanwhile")

// Amendment 修订 is a plan as it is to be from now on, and what that changes.
type Amendment struct {
	Plan    plan.Plan    `json:"-"`      // its units as its papers say them: see people.Revise
	Before  string       `json:"before"` // hash of the plan it was worked out against
	Paper   string       `json:"paper"`  // number of the document that orders it
	Reason  string       `json:"reason"`
	Actor   string       `json:"actor"`
	Added   []Task       `json:"-"`
	Changes plan.Changes `json:"changes"`
	// TakeBack are the tasks whose granted extension the amended limit takes back.
	TakeBack []string `json:"take_back,omitempty"`
}

// LeftUndone is a change that the running task refused: a person must look.
type LeftUndone struct {
	Task    string      `json:"task"`
	Kind    act.Kind    `json:"kind"`
	Refused act.Refusal `json:"refused"`
}

// Amended is an amendment as the ledger has it. Plan and Added are not kept in it.
type Amended struct {
	Amendment
	N       int          // its number; 0: the plan never was amended
	Carried bool         // the workflows that run have been told of it
	Left    []LeftUndone // what was refused when it was carried out, of earlier amendments too
	Owed    []LeftUndone // while it is not carried out: Left of the amendment before
}

// Amend keeps a plan as amended, as one event plan.amended, with its new tasks and those
// changes of old tasks that are made without an act (see amendTask); running tasks are
// changed by acts of their own. Policies that the ledger's plan has and the new one has
// not are kept. The same files again change nothing: fresh is false and the last
// amendment is given. ErrAmendedMeanwhile when Before is not the hash of the ledger's plan.
func (s *Store) Amend(ctx context.Context, a Amendment, when When) (done Amended, fresh bool, err error) {
	type result struct {
		Amended
		fresh bool
	}
	got, err := writeWithin(ctx, s, s.o.Limits.Bulk, func(t *tx) (result, error) {
		was, err := t.plan(a.Plan.ID)
		if err != nil {
			return result{}, err
		}
		last, err := t.lastAmendment(a.Plan.ID)
		switch {
		case err != nil || was.Hash == a.Plan.Hash:
			return result{last, false}, err
		case was.Hash != a.Before:
			return result{}, fmt.Errorf("plan %s: %w", a.Plan.ID, ErrAmendedMeanwhile)
		}
		for i := range a.Added {
			a.Added[i].Origin = act.FromAmendment(last.N + 1)
		}
		if err := t.amend(was, a); err != nil {
			return result{}, err
		}
		e := Event{Key: amendKey(a.Plan.ID, last.N+1), Plan: a.Plan.ID, Kind: PlanAmended, Actor: a.Actor}
		if err := t.append(e, when, a); err != nil {
			return result{}, err
		}
		return result{Amended{Amendment: a, N: last.N + 1, Owed: last.Left}, true}, t.give(a.Plan.ID, a.Added, when)
	})
	return got.Amended, got.fresh, err
}

func amendKey(planID string, n int) string { return fmt.Sprintf("%s/amended/%d", planID, n) }

// carriedKey names the k-th time, from 1, that an amendment was carried out.
func carriedKey(planID string, n, k int) string {
	return fmt.Sprintf("%s/carried/%d", amendKey(planID, n), k)
}

// plan is a plan as the ledger has it now, with the units as its own papers say them.
func (t *tx) plan(id string) (p plan.Plan, err error) {
	var doc string
	if err := t.one(&doc, `SELECT doc FROM plans WHERE id = ?`, id); err != nil {
		return p, fmt.Errorf("plan %s: %w", id, err)
	}
	return planOf(id, doc)
}

// setPlan writes a plan's document over the former one and raises the plan's version.
func (t *tx) setPlan(p plan.Plan) error {
	doc, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("ledger: plan %s: %w", p.ID, err)
	}
	_, err = t.change("plans", `title = ?, hash = ?, zone = ?, doc = ?, version = version + 1`, []any{storable(p.Title), p.Hash, p.Zone, string(doc)}, `id = ?`, p.ID)
	return err
}

// amend makes the tables what an amendment says.
func (t *tx) amend(was plan.Plan, a Amendment) error {
	p := a.Plan
	p.Policies = map[string]plan.Policy{}
	for _, known := range []map[string]plan.Policy{was.Policies, a.Plan.Policies} {
		for key, policy := range known {
			p.Policies[key] = policy
		}
	}
	if err := t.setPlan(p); err != nil {
		return err
	}
	if err := t.revise(was.Directory.Units, p.Directory.Units); err != nil {
		return err
	}
	if err := t.positions(p); err != nil {
		return err
	}
	if err := t.addTasks(a); err != nil {
		return err
	}
	for _, c := range a.Changes.Tasks {
		if err := t.amendTask(p.ID, c); err != nil {
			return fmt.Errorf("task %s: %w", c.ID, err)
		}
	}
	return t.labels(p)
}

// labels writes to the rows of tasks what the amended plan calls them; an occurrence takes
// the label of its duty. Where another task now bears the shown ID of a task that the plan
// no longer names, the old task is shown as ID@VERSION, by the plan's version: a@2.
func (t *tx) labels(p plan.Plan) error {
	var rows []struct {
		ID    string `db:"id"`
		Duty  string `db:"duty"`
		Label string `db:"label"`
	}
	if err := t.all(&rows, `SELECT id, duty, label FROM tasks WHERE plan = ? ORDER BY id`, p.ID); err != nil {
		return err
	}
	var version int
	if err := t.one(&version, `SELECT version FROM plans WHERE id = ?`, p.ID); err != nil {
		return err
	}
	planned, borne := map[string]plan.Task{}, map[string]bool{}
	for _, task := range p.Tasks {
		planned[task.ID], borne[task.Shown()] = task, true
	}
	label := map[string]string{} // of rows that are no occurrences
	for _, r := range rows {
		if r.Duty != "" {
			continue
		}
		task, stays := planned[r.ID]
		label[r.ID] = task.Label
		if !stays {
			label[r.ID] = r.Label
			if shown := cmp.Or(r.Label, r.ID); borne[shown] {
				label[r.ID] = fmt.Sprintf("%s@%d", shown, version)
			}
		}
	}
	for _, r := range rows {
		want := label[r.ID]
		if r.Duty != "" {
			want = ""
			if duty := label[r.Duty]; duty != "" {
				want = duty + strings.TrimPrefix(r.ID, r.Duty)
			}
		}
		if want == r.Label {
			continue
		}
		if _, err := t.change("tasks", `label = ?`, []any{want}, `plan = ? AND id = ?`, p.ID, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// positions writes the places of the old tasks in the amended document: tasks that it no
// longer names come after the others, and a duty's occurrences get the duty's place.
func (t *tx) positions(p plan.Plan) error {
	var rows []struct {
		ID       string `db:"id"`
		Position int    `db:"position"`
	}
	if err := t.all(&rows, `SELECT id, position FROM tasks WHERE plan = ? AND duty = '' ORDER BY position, id`, p.ID); err != nil {
		return err
	}
	places, last := map[string]int{}, len(p.Tasks)
	for i, task := range p.Tasks {
		places[task.ID] = i + 1
	}
	for _, r := range rows {
		place, stays := places[r.ID]
		if !stays {
			last++
			place = last
		}
		if place == r.Position {
			continue
		}
		if _, err := t.change("tasks", `position = ?`, []any{place}, `plan = ? AND (id = ? OR duty = ?)`, p.ID, r.ID, r.ID); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) addTasks(a Amendment) error {
	position := map[string]int{}
	for i, task := range a.Plan.Tasks {
		position[task.ID] = i + 1
	}
	for _, n := range a.Added {
		if err := t.insert("tasks", taskValueColumns, [][]any{taskValues(a.Plan.ID, position[n.ID], n)}); err != nil {
			return fmt.Errorf("task %s: %w", n.ID, err)
		}
	}
	return nil
}

// amendTask writes what an amendment changes of an old task without an act: clause, soft,
// priority and publish; of a standing line, on which there are no acts, everything.
func (t *tx) amendTask(planID string, c plan.TaskChange) error {
	switch {
	case c.What == plan.Added:
		return nil
	case c.What == plan.Restored && c.New.Kind == plan.Standing:
		if _, err := t.change("tasks", `state = ?`, []any{TaskOpen}, `plan = ? AND id = ?`, planID, c.ID); err != nil {
			return err
		}
	case c.What == plan.Removed && c.Old.Kind == plan.Standing:
		_, err := t.change("tasks", `state = ?`, []any{TaskCancelled}, `plan = ? AND id = ?`, planID, c.ID)
		return err
	case c.What == plan.Removed:
		return nil
	}
	_, err := t.change("tasks", `clause = ?, soft = ?, priority = ?, publish = ?`,
		[]any{storable(c.New.Clause), c.New.Soft, c.New.Priority, c.New.Publish}, `plan = ? AND (id = ? OR duty = ?)`, planID, c.ID, c.ID)
	if err != nil || c.New.Kind != plan.Standing {
		return err
	}
	_, err = t.change("tasks", `title = ?, lead = ?, assist = ?, policy = ?`,
		[]any{storable(c.New.Title), c.New.Lead, asJSON(append([]string{}, c.New.Assist...)), c.New.Policy}, `plan = ? AND id = ?`, planID, c.ID)
	return err
}

// AmendedBy is the number, from 1, of the last amendment of a plan that the document with
// this number ordered (Amendment.Paper); 0 without one.
func (s *Store) AmendedBy(ctx context.Context, planID, paper string) (n int, err error) {
	var all []struct {
		Data string `db:"data"`
	}
	if err := s.all(ctx, &all, `SELECT data FROM events WHERE plan = ? AND kind = ? ORDER BY seq`, planID, PlanAmended); err != nil {
		return 0, err
	}
	for i, e := range all {
		var a Amendment
		if err := json.Unmarshal([]byte(e.Data), &a); err != nil {
			return 0, fmt.Errorf("amendment %d of %s: %w", i+1, planID, err)
		}
		if a.Paper == paper {
			n = i + 1
		}
	}
	return n, nil
}

// LastAmendment is the plan's last amendment; its N is 0 where the plan was never amended.
func (s *Store) LastAmendment(ctx context.Context, planID string) (Amended, error) {
	return lastAmendment(planID, func(dest any, query string, args ...any) error { return s.one(ctx, dest, query, args...) })
}

func (t *tx) lastAmendment(planID string) (Amended, error) { return lastAmendment(planID, t.one) }

// lastAmendment reads a plan's last amendment. one reads a single row, in a transaction or
// outside of any.
func lastAmendment(planID string, one func(dest any, query string, args ...any) error) (last Amended, err error) {
	var n int
	if err := one(&n, `SELECT COUNT(*) FROM events WHERE plan = ? AND kind = ?`, planID, PlanAmended); err != nil || n == 0 {
		return last, err
	}
	read := func(key string, into any) error {
		var data string
		if err := one(&data, `SELECT data FROM events WHERE key = ?`, key); err != nil {
			return err
		}
		return json.Unmarshal([]byte(data), into)
	}
	last.N = n
	if err := read(amendKey(planID, n), &last.Amendment); err != nil {
		return last, fmt.Errorf("amendment %d of %s: %w", n, planID, err)
	}
	if last.Carried, last.Left, err = leftBy(planID, n, read); err != nil || last.Carried || n == 1 {
		return last, err
	}
	_, last.Owed, err = leftBy(planID, n-1, read)
	return last, err
}

// leftBy tells whether an amendment was carried out, and what it and the amendments
// before it left undone. read reads an event's data.
func leftBy(planID string, n int, read func(key string, into any) error) (done bool, left []LeftUndone, err error) {
	for k := 1; ; k++ {
		var c carried
		switch err := read(carriedKey(planID, n, k), &c); {
		case errors.Is(err, ErrNotFound):
			return done, left, nil
		case err != nil:
			return done, left, fmt.Errorf("amendment %d of %s: %w", n, planID, err)
		}
		done, left = true, c.Left
	}
}

// carried is the data of an event plan.carried.
type carried struct {
	N    int          `json:"n"`
	Left []LeftUndone `json:"left"`
}

// Carry notes, as event plan.carried, that the running workflows of a plan have been told
// of its n-th amendment; left is what they refused. The same again changes nothing, nor
// does an n that is not the last amendment's.
func (s *Store) Carry(ctx context.Context, planID string, n int, left []LeftUndone, actor string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		last, err := t.lastAmendment(planID)
		if err != nil {
			return none, err
		}
		if last.N != n || last.Carried && len(left) == len(last.Left) && (len(left) == 0 || reflect.DeepEqual(left, last.Left)) {
			return none, nil
		}
		k := 1
		for ; ; k++ {
			if there, err := t.recorded(carriedKey(planID, n, k)); err != nil {
				return none, err
			} else if !there {
				break
			}
		}
		e := Event{Key: carriedKey(planID, n, k), Plan: planID, Kind: PlanCarried, Actor: actor}
		return none, t.append(e, when, carried{n, left})
	})
	return err
}

// AddPolicy keeps a new version of a policy beside the old ones under a key of
// its own, as event plan.policy, so that tasks can be moved to it. The same key
// again changes nothing.
func (s *Store) AddPolicy(ctx context.Context, planID, policyKey string, p plan.Policy, actor string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		now, err := t.plan(planID)
		if err != nil {
			return none, err
		}
		if _, there := now.Policies[policyKey]; there {
			return none, nil
		}
		now.Policies[policyKey] = p
		if err := t.setPlan(now); err != nil {
			return none, err
		}
		e := Event{Key: planID + "/policy/" + policyKey, Plan: planID, Kind: PolicyAdded, Actor: cmp.Or(actor, Engine)}
		return none, t.append(e, when, map[string]any{"key": policyKey, "policy": p})
	})
	return err
}

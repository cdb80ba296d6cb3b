package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/plan"
)

// TaskCalled is the task that people mean by an ID: the one that bears the ID in the plan
// now, or bore it once. ErrNotFound without one.
func (s *Store) TaskCalled(ctx context.Context, planID, typed string) (Task, error) {
	if typed == "" { // the label of every task that is called by its ID is empty
		return Task{}, fmt.Errorf("task %q of %s: %w", typed, planID, ErrNotFound)
	}
	var row taskRow
	var labelled []taskRow
	// A database that is asked for the first by ID reads the whole plan in this order and not the index of labels.
	err := s.all(ctx, &labelled, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND label = ? AND label <> ''`, planID, typed)
	if err == nil && len(labelled) > 0 {
		row = slices.MinFunc(labelled, func(a, b taskRow) int { return cmp.Compare(a.ID, b.ID) })
	} else if err == nil {
		err = s.one(ctx, &row, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND id = ?`, planID, typed)
	}
	if !errors.Is(err, ErrNotFound) {
		if err != nil {
			return Task{}, fmt.Errorf("task %s of %s: %w", typed, planID, err)
		}
		return row.task()
	}
	l, err := s.Plan(ctx, planID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Task{}, err
	}
	for _, t := range l.Plan.Tasks {
		for _, former := range t.Former {
			if rest, ok := strings.CutPrefix(typed, former); ok && (rest == "" || rest[0] == '.' && t.Kind == plan.Duty) {
				return s.Task(ctx, planID, t.ID+rest)
			}
		}
	}
	return Task{}, fmt.Errorf("task %s of %s: %w", typed, planID, ErrNotFound)
}

// TalkCalled is the ledger's ID of the talk or the task that people mean by an ID; it is
// typed itself where there is no such task.
func (s *Store) TalkCalled(ctx context.Context, planID, typed string) (string, error) {
	task, number, of := strings.Cut(typed, "#")
	t, err := s.TaskCalled(ctx, planID, task)
	switch {
	case errors.Is(err, ErrNotFound):
		return typed, nil
	case err != nil:
		return "", err
	case of:
		return t.ID + "#" + number, nil
	}
	return t.ID, nil
}

// Labels are what a plan calls those tasks now that it does not call by the ledger's ID, by
// the ledger's ID.
type Labels map[string]string

// Labels are those of a plan; none of one that nobody has launched.
func (s *Store) Labels(ctx context.Context, planID string) (Labels, error) {
	var rows []struct {
		ID    string `db:"id"`
		Label string `db:"label"`
	}
	if err := s.all(ctx, &rows, `SELECT id, label FROM tasks WHERE plan = ? AND label <> ''`, planID); err != nil {
		return nil, err
	}
	l := Labels{}
	for _, r := range rows {
		l[r.ID] = r.Label
	}
	return l, nil
}

// Of is what people call a task or a talk that has this ID in the ledger.
func (l Labels) Of(thing string) string {
	task, number, talk := strings.Cut(thing, "#")
	label, ok := l[task]
	switch {
	case !ok:
		return thing
	case talk:
		return label + "#" + number
	}
	return label
}

// TaskFilter chooses tasks. Empty fields choose all.
type TaskFilter struct {
	Plan    string
	Lead    string // unit ID
	State   TaskState
	Kind    plan.Kind
	Duty    string   // occurrences of this duty
	IDs     []string // nil chooses all
	Publish bool     // only those whose result is to be made public
	From    string   // what their origin, as text, begins with: section:niucun/
	Prefix  string   // what their IDs begin with, in ASCII; by an index, which From has none of
}

// Task is one task as it is now; ErrNotFound without one.
func (s *Store) Task(ctx context.Context, planID, task string) (Task, error) {
	var row taskRow
	if err := s.one(ctx, &row, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND id = ?`, planID, task); err != nil {
		return Task{}, fmt.Errorf("task %s of %s: %w", task, planID, err)
	}
	return row.task()
}

// GoOn tells whether more than most tasks, occurrences and duties of a plan are open.
func (s *Store) GoOn(ctx context.Context, planID string, most int) (more bool, err error) {
	var n int
	err = s.one(ctx, &n, `SELECT COUNT(*) FROM (SELECT id FROM tasks WHERE plan = ? AND state = ? AND kind <> ? LIMIT ?) o`, planID, string(TaskOpen), string(plan.Standing), most+1)
	return n > most, err
}

// Tasks are the chosen tasks in the order of the document; occurrences of a
// duty follow it by due date.
func (s *Store) Tasks(ctx context.Context, f TaskFilter) ([]Task, error) {
	w := where{}
	w.equal("plan", f.Plan)
	w.equal("lead", f.Lead)
	w.equal("state", string(f.State))
	w.equal("kind", string(f.Kind))
	if f.Duty != "" {
		w.add("duty = ? AND duty <> ''", f.Duty) // the index has no task without one
	}
	if f.Publish {
		w.add("publish = TRUE")
	}
	if f.From != "" {
		w.add(fmt.Sprintf("substr(origin, 1, %d) = ?", len([]rune(f.From))), f.From)
	}
	w.begins("id", f.Prefix)
	if f.IDs != nil {
		w.add(s.d.among("id"), s.d.list(f.IDs))
	}
	return s.tasks(ctx, w)
}

// Named are some tasks of a plan by ID, with ID, Label, Title, Lead and Due alone.
func (s *Store) Named(ctx context.Context, planID string, ids []string) (map[string]Task, error) {
	var rows []struct {
		ID    string `db:"id"`
		Label string `db:"label"`
		Title string `db:"title"`
		Lead  string `db:"lead"`
		Due   string `db:"due"`
	}
	if err := s.all(ctx, &rows, `SELECT id, label, title, lead, due FROM tasks WHERE plan = ? AND `+s.d.among("id"), planID, s.d.list(ids)); err != nil {
		return nil, err
	}
	named := map[string]Task{}
	for _, r := range rows {
		due, err := day(r.Due)
		if err != nil {
			return nil, fmt.Errorf("ledger: task %s: %w", r.ID, err)
		}
		named[r.ID] = Task{Plan: planID, ID: r.ID, Label: r.Label, Title: r.Title, Lead: r.Lead, Due: due}
	}
	return named, nil
}

// OpenFor counts the open tasks of a plan whose IDs begin with prefix, by their origins without
// what stands behind the first slash: of an incident's tasks by the incident.
func (s *Store) OpenFor(ctx context.Context, planID, prefix string) (map[act.Origin]int, error) {
	w := where{}
	w.equal("plan", planID)
	w.add("state = ?", string(TaskOpen))
	w.begins("id", prefix)
	var rows []struct {
		Of string `db:"of_all"`
		N  int    `db:"n"`
	}
	if err := s.all(ctx, &rows, `SELECT `+s.d.ahead("origin")+` AS of_all, COUNT(*) AS n FROM tasks`+w.String()+` GROUP BY `+s.d.ahead("origin"), w.args...); err != nil {
		return nil, err
	}
	all := map[act.Origin]int{}
	for _, r := range rows {
		o, err := act.ParseOrigin(r.Of)
		if err != nil {
			return nil, fmt.Errorf("ledger: a task of %s: %w", planID, err)
		}
		all[o] = r.N
	}
	return all, nil
}

// Occurrences are those of some duties of a plan, by duty and due date.
func (s *Store) Occurrences(ctx context.Context, planID string, duties []string) ([]Task, error) {
	w := where{}
	w.equal("plan", planID)
	w.add("duty <> ''")
	w.add(s.d.among("duty"), s.d.list(duties))
	return s.tasks(ctx, w)
}

// Unarmed are the open tasks, occurrences and duties of a plan whose workflow
// is not known to run.
func (s *Store) Unarmed(ctx context.Context, planID string) ([]Task, error) {
	w := where{}
	w.equal("plan", planID)
	w.add("NOT armed")
	w.equal("state", string(TaskOpen))
	w.add("kind <> 'standing'")
	return s.tasks(ctx, w)
}

// CountUnarmed is how many Unarmed there are.
func (s *Store) CountUnarmed(ctx context.Context, planID string) (n int, err error) {
	err = s.one(ctx, &n, `SELECT COUNT(*) FROM tasks WHERE plan = ? AND kind IN ('dated', 'duty') AND state = 'open' AND armed = FALSE`, planID)
	return n, err
}

func (s *Store) tasks(ctx context.Context, w where) ([]Task, error) {
	var placed []struct {
		taskRow
		Position int `db:"position"`
	}
	// A database that is asked for an order by which there is an index reads the whole plan in
	// this order, for a few tasks, too.
	if err := s.all(ctx, &placed, `SELECT position, `+taskColumns+` FROM tasks`+w.String(), w.args...); err != nil {
		return nil, err
	}
	rows, order := make([]taskRow, len(placed)), make([]int, len(placed))
	for i := range placed {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &placed[i], &placed[j]
		return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Duty, b.Duty), cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
	})
	for to, from := range order {
		rows[to] = placed[from].taskRow
	}
	return tasksOf(rows)
}

// MarkArmed notes that the workflows of these tasks are known to run, as one
// event task.armed for those of which it was not known yet.
func (s *Store) MarkArmed(ctx context.Context, planID string, ids []string, when When) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		fresh, err := t.unarmed(planID, ids)
		if len(fresh) == 0 || err != nil {
			return none, err
		}
		if _, err := t.change("tasks", `armed = ?`, []any{true}, `plan = ? AND `+t.s.d.among("id"), planID, t.s.d.list(fresh)); err != nil {
			return none, err
		}
		sum := sha256.Sum256([]byte(strings.Join(fresh, "\n")))
		e := Event{Key: planID + "/armed/" + hex.EncodeToString(sum[:8]), Plan: planID, Kind: TaskArmed}
		if len(fresh) == 1 {
			e.Task = fresh[0]
		}
		return none, t.appendOnce(e, when, map[string]any{"tasks": fresh})
	})
	return err
}

// unarmed are those of ids whose tasks are there and not armed, sorted.
func (t *tx) unarmed(planID string, ids []string) (fresh []string, err error) {
	err = t.all(&fresh, `SELECT id FROM tasks WHERE plan = ? AND `+t.s.d.among("id")+` AND NOT armed ORDER BY id`, planID, t.s.d.list(ids))
	return fresh, err
}

func (t *tx) task(planID, task string) (Task, error) {
	var row taskRow
	if err := t.one(&row, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND id = ?`, planID, task); err != nil {
		return Task{}, fmt.Errorf("task %s of %s: %w", task, planID, err)
	}
	t.hold("tasks", row, planID, task)
	return row.task()
}

package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// surroundings are the tasks of one plan that a digest speaks of, their talks and what speaks with
// it, read in three queries however many there are.
type surroundings struct {
	tasks map[string]Task
	talks map[string]Talk  // by talk ID
	calls map[string]Talk  // by the key of the decision that called for it
	now   map[string]Stage // by stageKey: what was said between two instants
}

func (t *tx) around(planID string, ids []string, from, until time.Time) (surroundings, error) {
	s := surroundings{tasks: map[string]Task{}, talks: map[string]Talk{}, calls: map[string]Talk{}, now: map[string]Stage{}}
	list := t.s.d.list(ids)
	var tasks []taskRow
	if err := t.all(&tasks, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND `+t.s.d.among("id"), planID, list); err != nil {
		return s, err
	}
	for _, r := range tasks {
		task, err := r.task()
		if err != nil {
			return s, err
		}
		s.tasks[task.ID] = task
	}
	var talks []struct {
		talkRow
		OpenedBy string `db:"opened_by"`
	}
	if err := t.all(&talks, `SELECT `+talkColumns+`, opened_by FROM talks WHERE plan = ? AND `+t.s.d.among("task"), planID, list); err != nil {
		return s, err
	}
	for _, r := range talks {
		talk, err := r.talk()
		if err != nil {
			return s, err
		}
		s.talks[talk.ID], s.calls[r.OpenedBy] = talk, talk
	}
	var stages []stageRow
	err := t.all(&stages, `SELECT `+stageList+` FROM stages WHERE plan = ? AND `+t.s.d.among("task")+` AND at >= ? AND at <= ?`, planID, list, instant(from), instant(until))
	if err != nil {
		return s, err
	}
	for _, r := range stages {
		stage, err := r.stage()
		if err != nil {
			return s, err
		}
		s.now[stageKey(r.Task, r.Revision, r.Talk, r.ID)] = stage
	}
	return s, nil
}

func (s surroundings) item(n Notice) Item {
	it := Item{Notice: n, Task: s.tasks[n.Task]}
	if now, ok := s.now[stageKey(n.Task, n.Revision, n.Talk, n.Stage)]; ok {
		it.Stage, it.Scene = &now.Stage, now.Scene
	}
	d := Decision{Plan: n.Plan, Task: n.Task, Revision: n.Revision, Talk: n.Talk}
	d.Stage.ID = n.Stage
	talk, ok := s.talks[n.Talk]
	if !ok {
		talk, ok = s.calls[d.Key()]
	}
	if ok {
		it.Talk = &talk
	}
	return it
}

func stageKey(task string, revision int, talk, id string) string {
	return fmt.Sprintf("%s/r%d/%s/%s", task, revision, talk, id)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/plan"
)

// surroundings are the tasks of one plan that a digest speaks of, their talks and the stages
// that speak with it. Each of these three is read in one query for all tasks.
type surroundings struct {
	tasks map[string]Task
	talks map[string]Talk  // by talk ID
	calls map[string]Talk  // by the key of the decision that called for it
	now   map[string]Stage // by stageKey: what was said between two instants
	of    map[string]Task  // by task: what talks are about
}

func (t *tx) around(planID string, ids []string, from, until time.Time) (surroundings, error) {
	s := surroundings{tasks: map[string]Task{}, talks: map[string]Talk{}, calls: map[string]Talk{}, now: map[string]Stage{}, of: map[string]Task{}}
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
		if talk, err = t.whole(talk); err != nil {
			return s, err
		}
		s.talks[r.ID], s.calls[r.OpenedBy] = talk, talk
		if err := t.members(s, planID, talk); err != nil {
			return s, err
		}
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
	if !ok {
		return it
	}
	it.Talk = &talk
	if talk.Facts != nil && len(talk.Facts.Of()) > 1 {
		for _, m := range talk.Facts.Of() {
			if m.Ended.IsZero() {
				it.Of = append(it.Of, s.of[m.Task])
			}
		}
	}
	return it
}

// whole is the talk that one has joined, or is about to join as it opens; the talk
// itself where it joins none.
func (t *tx) whole(talk Talk) (Talk, error) {
	into := talk.Host
	if talk.State == act.TalkPending {
		p, err := t.plan(talk.Plan)
		if err != nil {
			return talk, err
		}
		host, err := t.taking(talk.Plan, talk, act.Rules{Ladderer: plan.Ladderer{People: p.Directory}, Policies: p.Policies}.Takes)
		if err != nil {
			return talk, err
		}
		if host != nil {
			return *host, nil
		}
		before, err := t.pendingBefore(talk)
		if err != nil {
			return talk, err
		}
		if len(before) > 0 {
			into = before[0].ID
		}
	}
	if into == "" || into == talk.ID {
		return talk, nil
	}
	host, _, err := t.talkAndTask(talk.Plan, into)
	return host, err
}

// members reads the tasks that a talk is about, where they are several.
func (t *tx) members(s surroundings, planID string, talk Talk) error {
	if talk.Facts == nil || len(talk.Facts.Of()) < 2 {
		return nil
	}
	for _, m := range talk.Facts.Of() {
		if _, there := s.of[m.Task]; there {
			continue
		}
		task, err := t.task(planID, m.Task)
		if err != nil {
			return err
		}
		s.of[m.Task] = task
	}
	return nil
}

func stageKey(task string, revision int, talk, id string) string {
	return fmt.Sprintf("%s/r%d/%s/%s", task, revision, talk, id)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

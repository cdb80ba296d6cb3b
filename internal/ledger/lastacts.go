package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"duban/internal/act"
)

// LastActs are the latest acts of a kind on tasks of a plan, by the task's ID; a task
// without one is left out.
func (s *Store) LastActs(ctx context.Context, plan string, kind act.Kind, tasks []string) (map[string]act.Act, error) {
	var rows []struct {
		Task string `db:"task"`
		Data string `db:"data"`
	}
	// The index of acts serves a statement that says itself that the kind is one of an act.
	err := s.all(ctx, &rows, `SELECT task, data FROM events WHERE seq IN (SELECT max(seq) FROM events WHERE plan = ? AND `+s.d.among("task")+` AND kind = ? AND kind >= 'act.' AND kind < 'act/' GROUP BY task)`,
		plan, s.d.list(tasks), ActKind(kind))
	if err != nil {
		return nil, err
	}
	last := map[string]act.Act{}
	for _, r := range rows {
		var data struct{ Act act.Act }
		if err := json.Unmarshal([]byte(r.Data), &data); err != nil {
			return nil, fmt.Errorf("ledger: event of %s: %w", r.Task, err)
		}
		last[r.Task] = data.Act
	}
	return last, nil
}

package ledger

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"duban/internal/calendar"
)

// workedOut are the tables that lists are read by. The chain does not hold them:
// they follow from the proven tables, the calendar and the rules of this program.
var workedOut = []table{
	{name: "outlook_plans", key: []string{"plan"}, columns: map[string]kind{"plan": text, "basis": text, "version": number, "frame": text}},
	{name: "outlook", key: []string{"plan", "task"}, columns: map[string]kind{
		"plan": text, "task": text, "position": number, "duty": text, "due": text, "kind": text, "phase": text, "lamp": text,
		"blue": text, "yellow": text, "red": text, "runs": yes, "next_at": moment, "written": text,
		"lead": text, "clause": text, "inherited": yes, "missed": text}},
	{name: "outlook_counts", key: []string{"plan", "lamp", "due", "red", "yellow", "blue", "kind", "duty", "phase"}, columns: map[string]kind{
		"plan": text, "lamp": text, "due": text, "red": text, "yellow": text, "blue": text, "kind": text, "duty": text, "phase": text, "n": number}},
	{name: "outlook_units", key: []string{"plan", "unit", "task", "part"}, columns: map[string]kind{"plan": text, "unit": text, "task": text, "part": text}},
	{name: "outlook_words", key: []string{"plan", "position", "duty", "due", "task"}, columns: map[string]kind{
		"plan": text, "position": number, "duty": text, "due": text, "task": text, "lead": text, "words": text}},
	{name: "outlook_blocks", key: []string{"plan", "block"}, columns: map[string]kind{"plan": text, "block": number, "leads": text, "words": text}},
	{name: "outlook_owed", key: []string{"plan", "task", "talk", "id", "unit"}, columns: map[string]kind{
		"plan": text, "task": text, "talk": text, "id": text, "unit": text, "since": text, "due": text, "runs": yes}},
}

// differInLists works out anew what lists are read by, from the tables that the
// chain has made, and compares it. Plans whose outlooks have another basis and tasks
// that are stale are left out: lists read these from the tasks themselves.
func (s *Store) differInLists(ctx context.Context, v *sqlx.Tx, again *replay, cal *calendar.Calendar, p *Proof) error {
	was, err := again.open()
	if err != nil {
		return err
	}
	defer was.Close()
	used, err := s.usedOutlooks(ctx, v, was, cal)
	if err != nil {
		return err
	}
	var stale []struct{ Plan, Task string }
	if err := v.SelectContext(ctx, &stale, `SELECT plan, task FROM outlook_stale`); err != nil {
		return err
	}
	behind, unsettled := map[[2]string]bool{}, map[string]bool{}
	for _, one := range stale {
		behind[[2]string{one.Plan, one.Task}], unsettled[one.Plan] = true, true
	}
	out := func(row map[string]any) bool {
		plan, _ := row["plan"].(string)
		task, _ := row["task"].(string)
		_, counts := row["n"]
		_, block := row["block"]
		if (counts || block) && unsettled[plan] { // what is stale is counted and searched in the tasks themselves
			return true
		}
		return !used[plan] || behind[[2]string{plan, task}]
	}
	for i := range workedOut {
		if err := s.differIn(ctx, v, was.reader, &workedOut[i], p, out); err != nil {
			return err
		}
	}
	return nil
}

// usedOutlooks are the plans by whose outlooks lists are read now, since these have the
// present basis; was gets the outlooks of these plans worked out anew.
func (s *Store) usedOutlooks(ctx context.Context, v *sqlx.Tx, was *Store, cal *calendar.Calendar) (map[string]bool, error) {
	var kept []struct{ Plan, Basis string }
	if err := v.SelectContext(ctx, &kept, `SELECT plan, basis FROM outlook_plans`); err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, k := range kept {
		l, err := was.Plan(ctx, k.Plan)
		if errors.Is(err, ErrNotFound) {
			used[k.Plan] = true // there is no such plan: a difference
			continue
		}
		if err != nil {
			return nil, err
		}
		if k.Basis != Basis(l, cal) {
			continue
		}
		used[k.Plan] = true
		if _, err := was.Refresh(ctx, k.Plan, cal); err != nil {
			return nil, err
		}
	}
	return used, nil
}

package ledger

import (
	"context"
	"fmt"
	"strings"

	"duban/internal/act"
	"duban/internal/plan"
)

// Talk is one talk by its ID; ErrNotFound without one.
func (s *Store) Talk(ctx context.Context, planID, id string) (Talk, error) {
	var row talkRow
	if err := s.one(ctx, &row, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND id = ?`, planID, id); err != nil {
		return Talk{}, fmt.Errorf("talk %s of %s: %w", id, planID, err)
	}
	return row.talk()
}

// Talks are the talks of a task, or of the whole plan when task is "", by task and number.
func (s *Store) Talks(ctx context.Context, planID, task string) ([]Talk, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.equal("task", task)
	return s.talks(ctx, w)
}

// TalksOf are the talks of some tasks of a plan, by task and number.
func (s *Store) TalksOf(ctx context.Context, planID string, tasks []string) ([]Talk, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.add(s.d.among("task"), s.d.list(tasks))
	return s.talks(ctx, w)
}

// TalksBy are those of some talks of a plan, by ID, that the ledger has.
func (s *Store) TalksBy(ctx context.Context, planID string, ids []string) ([]Talk, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.add(s.d.among("id"), s.d.list(ids))
	return s.talks(ctx, w)
}

// TalkFilter chooses talks of a list.
type TalkFilter struct {
	Of          []CalledIn    // none chooses none
	State       act.TalkState // "" chooses all
	What        string        // talk or circular; "" chooses both
	Skip, Limit int           // 0: all
}

// CalledIn are talks of one plan.
type CalledIn struct {
	Plan  string
	Units []string // that are called; none chooses all
	Known bool     // only what the unit called knows of: see Talk.Known
}

// talkPlaces is the order of talks in a list: what waits for somebody first.
var talkPlaces = []act.TalkState{act.TalkProposed, act.TalkOpen, act.TalkPending, act.TalkClosed, act.TalkDeclined, act.TalkVoid}

// ListTalks is one page of the chosen talks, in the order of talkPlaces, then by the
// order of the plans given, the earliest opened first; and how many there are.
func (s *Store) ListTalks(ctx context.Context, f TalkFilter) (talks []Talk, total int, err error) {
	if len(f.Of) == 0 {
		return nil, 0, nil
	}
	var w where
	var either []string
	var args, order []any
	states, plans := "CASE state", "CASE plan"
	for i, state := range talkPlaces {
		states += fmt.Sprintf(" WHEN '%s' THEN %d", state, i)
	}
	for i, of := range f.Of {
		one := where{}
		one.add("plan = ?", of.Plan)
		if len(of.Units) > 0 {
			one.add(s.d.among("lead"), s.d.list(of.Units))
		}
		if of.Known {
			one.add("state NOT IN ('proposed', 'declined') AND (state NOT IN ('void', 'joined') OR origin = 'stage' OR approver <> '')")
		}
		either, args = append(either, "("+strings.Join(one.terms, " AND ")+")"), append(args, one.args...)
		plans += fmt.Sprintf(" WHEN ? THEN %d", i)
		order = append(order, of.Plan)
	}
	w.add("("+strings.Join(either, " OR ")+")", args...)
	w.equal("state", string(f.State))
	w.equal("what", f.What)
	if f.State == "" {
		w.add("state <> 'joined'") // it is in the line of the one it has joined
	}
	if err := s.one(ctx, &total, `SELECT COUNT(*) FROM talks`+w.String(), w.args...); err != nil || total == 0 {
		return nil, 0, err
	}
	query := `SELECT ` + talkColumns + ` FROM talks` + w.String() + ` ORDER BY ` + states + ` END, ` + plans + ` END, opens_at, id` + page(f.Skip, f.Limit)
	talks, err = s.talksOf(ctx, query, append(w.args, order...))
	return talks, total, err
}

func (s *Store) talks(ctx context.Context, w where) ([]Talk, error) {
	return s.talksOf(ctx, `SELECT `+talkColumns+` FROM talks`+w.String()+` ORDER BY task, number`, w.args)
}

func (s *Store) talksOf(ctx context.Context, query string, args []any) ([]Talk, error) {
	var rows []talkRow
	if err := s.all(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	talks := make([]Talk, len(rows))
	for i, r := range rows {
		var err error
		if talks[i], err = r.talk(); err != nil {
			return nil, err
		}
	}
	return talks, nil
}

// callTalk writes the talk a stage calls for. It opens when the stage speaks.
func (t *tx) callTalk(d Decision, key string, task Task) (*Talk, error) {
	var before int
	if err := t.one(&before, `SELECT COALESCE(MAX(number), 0) FROM talks WHERE plan = ? AND task = ?`, d.Plan, d.Task); err != nil {
		return nil, err
	}
	number := max(before+1, d.TalkNumber)
	talk := Talk{ID: fmt.Sprintf("%s#%d", d.Task, number), Plan: d.Plan, Task: d.Task, Number: number, Version: 1,
		Lead: task.Lead, State: act.TalkPending, OpensAt: instant(d.Stage.At), What: plan.ProposeTalk, Origin: act.Origin{Kind: act.OriginStage}}
	if d.Called != nil {
		c := *d.Called
		var err error
		if c.Nth, err = t.nth(d.Plan, talk.ID, c); err != nil {
			return nil, err
		}
		c.Number, talk.Facts = number, &c
	}
	return &talk, t.insertTalk(talk, key)
}

// talkBy is the talk about a task that the stage or act of an event called for;
// ErrNotFound without one.
func (t *tx) talkBy(planID, task, event string) (Talk, error) {
	var row talkRow
	if err := t.one(&row, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND task = ? AND opened_by = ?`, planID, task, event); err != nil {
		return Talk{}, fmt.Errorf("talk of %s: %w", event, err)
	}
	return row.talk()
}

func (t *tx) talkAndTask(planID, id string) (talk Talk, task Task, err error) {
	var row talkRow
	if err := t.one(&row, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND id = ?`, planID, id); err != nil {
		return Talk{}, Task{}, fmt.Errorf("talk %s of %s: %w", id, planID, err)
	}
	t.hold("talks", row, planID, id)
	if talk, err = row.talk(); err != nil {
		return talk, task, err
	}
	task, err = t.task(planID, talk.Task)
	return talk, task, err
}

// moveTalk writes a talk's new state and its event.
func (t *tx) moveTalk(talk Talk, kind string, when When) error {
	course, err := talk.course()
	if err != nil {
		return err
	}
	if _, err := t.change("talks", `state = ?, course = ?, host = ?, version = version + 1`, []any{talk.State, course, talk.host()}, `plan = ? AND id = ?`, talk.Plan, talk.ID); err != nil {
		return err
	}
	key := talk.Plan + "/" + talk.ID + "/" + kind
	if there, err := t.recorded(key); err != nil {
		return err
	} else if there { // its task was cancelled before, and reinstated
		key = fmt.Sprintf("%s/%d", key, talk.Version)
	}
	e := Event{Key: key, Plan: talk.Plan, Task: talk.Task, Kind: kind, Actor: Engine}
	data := map[string]any{"talk": talk.ID, "opens_at": talk.OpensAt}
	if kind == TalkHasJoined {
		data["into"] = talk.Facts.Into
	}
	return t.append(e, when, data)
}

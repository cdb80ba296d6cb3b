package ledger

import (
	"context"
	"fmt"

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

// TalksIn are the talks of a plan in one state, or in all when it is "", by task and number.
func (s *Store) TalksIn(ctx context.Context, planID, state string) ([]Talk, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.equal("state", state)
	return s.talks(ctx, w)
}

func (s *Store) talks(ctx context.Context, w where) ([]Talk, error) {
	var rows []talkRow
	if err := s.all(ctx, &rows, `SELECT `+talkColumns+` FROM talks`+w.String()+` ORDER BY task, number`, w.args...); err != nil {
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
		Lead: task.Lead, State: TalkPending, OpensAt: instant(d.Stage.At), What: plan.ProposeTalk, Origin: act.OriginStage}
	return &talk, t.insertTalk(talk, key)
}

// OpenTalk makes a pending talk what its facts say: open at once, event
// talk.opened, or proposed to a named leader, event talk.proposed. Again, it changes
// nothing. It gives the talk as it is from then on: void when an act on its task
// came first.
func (s *Store) OpenTalk(ctx context.Context, planID, id string, facts act.TalkCase, when When) (Talk, error) {
	return write(ctx, s, func(t *tx) (Talk, error) {
		talk, _, err := t.talkAndTask(planID, id)
		if err != nil || talk.State != TalkPending {
			return talk, err
		}
		kind := TalkOpened
		if facts.State == act.TalkProposed {
			kind = TalkAsked
		}
		talk.State, talk.Facts = string(facts.State), &facts
		if err := t.moveTalk(talk, kind, when); err != nil {
			return Talk{}, err
		}
		talk, _, err = t.talkAndTask(planID, id)
		return talk, err
	})
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
	if _, err := t.change("talks", `state = ?, course = ?, version = version + 1`, []any{talk.State, course}, `plan = ? AND id = ?`, talk.Plan, talk.ID); err != nil {
		return err
	}
	e := Event{Key: talk.Plan + "/" + talk.ID + "/" + kind, Plan: talk.Plan, Task: talk.Task, Kind: kind, Actor: Engine}
	return t.append(e, when, map[string]any{"talk": talk.ID, "opens_at": talk.OpensAt})
}

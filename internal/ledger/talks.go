package ledger

import (
	"context"
	"fmt"
	"time"

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
	if err := t.one(&before, `SELECT COUNT(*) FROM talks WHERE plan = ? AND task = ?`, d.Plan, d.Task); err != nil {
		return nil, err
	}
	talk := Talk{ID: fmt.Sprintf("%s#%d", d.Task, before+1), Plan: d.Plan, Task: d.Task, Revision: d.Revision, Number: before + 1,
		Lead: task.Lead, State: TalkPending, OpensAt: instant(d.Stage.At), What: plan.ProposeTalk, Origin: act.OriginStage}
	return &talk, t.insertTalk(talk, key)
}

// opened is a talk and whether it goes on.
type opened struct {
	talk Talk
	on   bool
}

// OpenTalk makes a pending talk what its policy says: open at once
// (plan.TalkAtOnce, event talk.opened) or proposed to a named leader
// (plan.TalkOnApproval, event talk.proposed), with its stages expected from now
// on. When its task is not open any more it is void (event
// talk.void) and ok is false. Again, it changes nothing and gives the talk as it is.
func (s *Store) OpenTalk(ctx context.Context, id, planID, open string, stages []plan.Stage, when When) (talk Talk, ok bool, err error) {
	got, err := write(ctx, s, func(t *tx) (opened, error) {
		talk, task, err := t.talkAndTask(planID, id)
		if err != nil {
			return opened{}, err
		}
		if talk.State != TalkPending {
			return opened{talk, goesOn(talk.State)}, nil
		}
		if !task.pressed(talk.Revision) {
			talk.State = TalkVoid
			return opened{talk, false}, t.moveTalk(talk, TalkVoided, "", Engine, "", nil, when)
		}
		switch open {
		case plan.TalkAtOnce:
			talk.State = TalkOpen
			return opened{talk, true}, t.moveTalk(talk, TalkOpened, "", Engine, "", stages, when)
		case plan.TalkOnApproval:
			talk.State = TalkProposed
			return opened{talk, true}, t.moveTalk(talk, TalkAsked, "", Engine, "", stages, when)
		}
		return opened{}, fmt.Errorf("ledger: a talk opens %s or %s, not %q", plan.TalkAtOnce, plan.TalkOnApproval, open)
	})
	return got.talk, got.on, err
}

func (t *tx) talkAndTask(planID, id string) (talk Talk, task Task, err error) {
	var row talkRow
	if err := t.one(&row, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND id = ?`, planID, id); err != nil {
		return Talk{}, Task{}, fmt.Errorf("talk %s of %s: %w", id, planID, err)
	}
	if talk, err = row.talk(); err != nil {
		return talk, task, err
	}
	task, err = t.task(planID, talk.Task)
	return talk, task, err
}

// moveTalk writes a talk's new state, the stages it now expects and its event.
func (t *tx) moveTalk(talk Talk, kind, approver, actor, reason string, stages []plan.Stage, when When) error {
	if _, err := t.exec(`UPDATE talks SET state = ?, approver = ?, opens_at = ? WHERE plan = ? AND id = ?`, talk.State, approver, instant(talk.OpensAt), talk.Plan, talk.ID); err != nil {
		return err
	}
	rows := make([][]any, len(stages))
	for i, st := range stages {
		rows[i] = stageValues(talk.Plan, talk.Task, talk.Revision, talk.ID, st, Expected, time.Time{})
	}
	if err := t.insert("stages", stageColumns, rows); err != nil {
		return err
	}
	e := Event{Key: talk.Plan + "/" + talk.ID + "/" + kind, Plan: talk.Plan, Task: talk.Task, Kind: kind, Actor: actor}
	data := map[string]any{"talk": talk.ID, "opens_at": talk.OpensAt, "stages": len(stages)}
	if reason != "" {
		data["reason"] = reason
	}
	return t.append(e, when, data)
}

// pressed tells that a task's ladder of this revision still runs.
func (t Task) pressed(revision int) bool {
	return t.State == TaskOpen && t.Revision == revision && (t.Course == nil || t.Course.State == act.Open)
}

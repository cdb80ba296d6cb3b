package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"duban/internal/act"
)

// CourseAhead is the kind of the event that says: a workflow knew acts that the
// ledger did not have, as after the ledger was restored from an old copy. The
// ledger's facts are the workflow's from then on; the acts themselves are lost to
// the ledger, and their number and the last one's ID are in the event.
const CourseAhead = "course.ahead"

// CatchUp makes the facts of a task in the ledger those that its workflow has,
// where these rest on acts that the ledger does not have. It tells nobody anything. A
// workflow does not hold the texts that people wrote: the ledger's texts stay. CatchUp
// gives the task as it is from then on.
func (s *Store) CatchUp(ctx context.Context, planID, task string, c act.Case, when When) (Task, error) {
	return write(ctx, s, func(t *tx) (Task, error) {
		row, err := t.task(planID, task)
		if err != nil || !row.Facts.Place().Before(c.Place()) {
			return row, err
		}
		if err := t.actOn(Acted{Plan: planID, Task: task, Act: act.Act{At: when.Plan}, Facts: c.Worded(row.Facts)}, row); err != nil {
			return Task{}, err
		}
		if err := t.ahead(planID, task, task, row.Facts.Place(), c.Place(), c, when); err != nil {
			return Task{}, err
		}
		return t.task(planID, task)
	})
}

// CatchUpTalk is CatchUp of a talk.
func (s *Store) CatchUpTalk(ctx context.Context, planID, id string, c act.TalkCase, when When) (Talk, error) {
	return write(ctx, s, func(t *tx) (Talk, error) {
		talk, _, err := t.talkAndTask(planID, id)
		have := act.Place{}
		if talk.Facts != nil {
			have = talk.Facts.Place()
		}
		if err != nil || !have.Before(c.Place()) {
			return talk, err
		}
		worded := c
		if talk.Facts != nil {
			worded = c.Worded(*talk.Facts)
		}
		if err := t.putTalk(talk, worded); err != nil {
			return Talk{}, err
		}
		if err := t.ahead(planID, talk.Task, id, have, c.Place(), c, when); err != nil {
			return Talk{}, err
		}
		talk, _, err = t.talkAndTask(planID, id)
		return talk, err
	})
}

func (t *tx) ahead(planID, task, thing string, have, from act.Place, facts any, when When) error {
	key := fmt.Sprintf("ahead/%s/%s/%d/%s", planID, thing, from.Acts, from.Last)
	data, err := json.Marshal(map[string]any{"thing": thing, "ledger": have, "workflow": from, "lost": from.Acts - have.Acts, "facts": facts})
	if err != nil {
		return err
	}
	// The key is there when the ledger was restored twice to the same copy.
	return t.appendOnce(Event{Key: key, Plan: planID, Task: task, Kind: CourseAhead}, when, json.RawMessage(data))
}

package ledger

import (
	"encoding/json"
	"fmt"

	"duban/internal/act"
)

// CourseAhead is the kind of the event that says: a workflow knew acts that the
// ledger did not have, as after the ledger was restored from an old copy. The
// ledger's course is the workflow's from then on; the acts themselves are lost
// to the ledger, and their number and the last one's ID are in the event.
const CourseAhead = "course.ahead"

// standing is how a course that somebody wants to write stands to the ledger's.
type standing int

const (
	same   standing = iota
	behind          // the ledger has acts that it does not rest on: the ledger's course rules
	ahead           // it rests on acts that the ledger does not have
)

// standingOf judges a course made from the place from against the ledger's.
func standingOf(from, have act.Place, over bool) standing {
	switch {
	case over && from.Acts <= have.Acts, have != from && !have.Before(from):
		return behind
	case have.Before(from):
		return ahead
	}
	return same
}

// place is where the ledger has a task's course.
func (t Task) place() act.Place {
	if t.Course != nil {
		return t.Course.Place()
	}
	return act.Place{Revision: t.Revision}
}

// place is where the ledger has a talk's course.
func (k Talk) place() act.Place {
	if k.Course != nil {
		return k.Course.Place()
	}
	return act.Place{Revision: k.Revision}
}

// catchUp makes a task's course in the ledger the workflow's, which rests on acts
// that the ledger does not have. Nothing is said because of it.
func (t *tx) catchUp(task *Task, c act.Course, when When) error {
	have, a := task.place(), Acted{Plan: task.Plan, Task: task.ID, Act: act.Act{At: when.Plan}, Course: c}
	if err := t.actOn(a, *task); err != nil {
		return err
	}
	if err := t.expect(a.Plan, a.Task, "", c.Revision, c.Ladder, c.Held); err != nil {
		return err
	}
	if err := t.ahead(task.Plan, task.ID, task.ID, have, c.Place(), c, when); err != nil {
		return err
	}
	var err error
	*task, err = t.task(task.Plan, task.ID)
	return err
}

// catchUpTalk is catchUp of a talk.
func (t *tx) catchUpTalk(talk *Talk, c act.TalkCourse, when When) error {
	have := talk.place()
	if err := t.putTalk(*talk, c, act.Act{}); err != nil {
		return err
	}
	if err := t.expect(talk.Plan, talk.Task, talk.ID, c.Revision, c.Ladder, nil); err != nil {
		return err
	}
	if err := t.ahead(talk.Plan, talk.Task, talk.ID, have, c.Place(), c, when); err != nil {
		return err
	}
	course := c
	talk.Course, talk.State = &course, string(c.State)
	return nil
}

func (t *tx) ahead(planID, task, thing string, have, from act.Place, course any, when When) error {
	key := fmt.Sprintf("ahead/%s/%s/%d/%s", planID, thing, from.Acts, from.Last)
	if there, err := t.recorded(key); there || err != nil {
		return err // restored twice to the same copy
	}
	data, err := json.Marshal(map[string]any{"thing": thing, "ledger": have, "workflow": from, "lost": from.Acts - have.Acts, "course": course})
	if err != nil {
		return err
	}
	return t.append(Event{Key: key, Plan: planID, Task: task, Kind: CourseAhead}, when, json.RawMessage(data))
}

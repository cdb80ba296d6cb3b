package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
)

// Stages are the stages of one task, or of all tasks of the plan when task is
// "", ordered by time, task and ID.
func (s *Store) Stages(ctx context.Context, planID, task string) ([]Stage, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.equal("task", task)
	return s.stages(ctx, `SELECT `+stageList+` FROM stages`+w.String()+` ORDER BY at, task, id, talk, revision`, w.args...)
}

// Missing are the expected stages that were to speak before the instant (plan
// clock) and left no trace though their task is open; of every plan when
// planID is "".
func (s *Store) Missing(ctx context.Context, planID string, before time.Time) ([]Stage, error) {
	w := where{}
	w.equal("s.plan", planID)
	w.add("s.at < ?", instant(before))
	return s.stages(ctx, `SELECT s.`+strings.Join(stageColumns, ", s.")+` FROM stages s
		JOIN tasks t ON t.plan = s.plan AND t.id = s.task`+w.String()+`
		AND s.state = 'expected' AND (t.state = 'open' OR s.talk <> '' AND t.state <> 'cancelled') ORDER BY s.at, s.task, s.id, s.talk, s.revision`, w.args...)
}

func (s *Store) stages(ctx context.Context, query string, args ...any) ([]Stage, error) {
	var rows []stageRow
	if err := s.all(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	return stagesOf(rows)
}

// Decision is one stage of one task, decided: who hears of it, over what.
type Decision struct {
	Plan, Task string
	Revision   int    // of the ladder the stage belongs to
	Talk       string // ID of the talk when the stage is one of its steps'; found by itself when the ledger expects the stage
	Stage      plan.Stage
	Channels   map[people.Recipient][]string
	OpensTalk  bool
	// What the stage was taken from, with it as the first of its ladder; one of
	// the two. Nil: it is decided whatever the ledger's course.
	Course     *act.Course
	TalkCourse *act.TalkCourse
}

// Key names the decision for ever: plan/task/rREV/stage. A stage of a talk has
// the talk's ID in place of the task's from the second talk on, so that the
// steps of two talks of one ladder stay apart.
func (d Decision) Key() string {
	task := d.Task
	if d.Talk != "" && !strings.HasSuffix(d.Talk, "#1") {
		task = d.Talk
	}
	return fmt.Sprintf("%s/%s/r%d/%s", d.Plan, task, d.Revision, d.Stage.ID)
}

// decided is what a decision left: whom to start.
type decided struct {
	digests []Digest
	talk    *Talk
}

// DecideStage records that a stage was decided, as event stage.decided, with
// one pending notice for each recipient and channel, each in a digest that has
// not been gathered, and the talk it opens. It gives the digests not known to
// be started and the talk. When the task is not open, or its ladder was
// replaced, the stage is void (event stage.void) and nothing is given. Again,
// it changes nothing and gives the same. A stage that was not decided yet is
// decided only by the ledger's own course: otherwise ErrBehind, or the ledger
// catches up, as in Act.
func (s *Store) DecideStage(ctx context.Context, d Decision, when When) (digests []Digest, talk *Talk, err error) {
	got, err := write(ctx, s, func(t *tx) (decided, error) { return t.decide(d, when) })
	return got.digests, got.talk, err
}

func (t *tx) decide(d Decision, when When) (decided, error) {
	row, expected, err := t.expected(d)
	if err != nil {
		return decided{}, err
	}
	if expected && d.Talk == "" {
		d.Talk = row.Talk
	}
	key := d.Key()
	if there, err := t.recorded(key); err != nil {
		return decided{}, err
	} else if there {
		return t.decidedBefore(d, key)
	}
	task, err := t.task(d.Plan, d.Task)
	if err != nil {
		return decided{}, err
	}
	if caught, err := t.level(d, &task, when); err != nil {
		return decided{}, err
	} else if caught {
		expected = true
	}
	stands, err := t.stands(task, d.Revision, d.Talk)
	if err != nil {
		return decided{}, err
	}
	if !stands {
		return decided{}, t.voidStage(d, key, task, when)
	}
	if expected {
		_, err = t.exec(`UPDATE stages SET state = 'decided', decided_at = ? WHERE plan = ? AND task = ? AND revision = ? AND talk = ? AND id = ?`,
			instant(when.Plan), d.Plan, d.Task, d.Revision, d.Talk, d.Stage.ID)
	} else {
		err = t.insert("stages", stageColumns, [][]any{stageValues(d.Plan, d.Task, d.Revision, d.Talk, d.Stage, Decided, when.Plan)})
	}
	if err != nil {
		return decided{}, err
	}
	return t.speak(d, key, task, when)
}

// level sees to it that a stage is decided by the ledger's own course: ErrBehind
// when the one it was taken from is older. When it is newer the ledger has caught
// up, and expects the stage.
func (t *tx) level(d Decision, task *Task, when When) (caught bool, err error) {
	if d.Course != nil {
		switch standingOf(d.Course.Place(), task.place(), false) {
		case behind:
			return false, ErrBehind
		case ahead:
			return true, t.catchUp(task, *d.Course, when)
		}
	}
	if d.TalkCourse == nil {
		return false, nil
	}
	talk, _, err := t.talkAndTask(d.Plan, d.Talk)
	if err != nil {
		return false, err
	}
	switch standingOf(d.TalkCourse.Place(), talk.place(), false) {
	case behind:
		return false, ErrBehind
	case ahead:
		return true, t.catchUpTalk(&talk, *d.TalkCourse, when)
	}
	return false, nil
}

// speak writes what a decision that stands says: notices, light, talk, event.
func (t *tx) speak(d Decision, key string, task Task, when When) (decided, error) {
	digests, notices, err := t.notices(d, key)
	if err != nil {
		return decided{}, err
	}
	out := decided{digests: unstarted(digests)}
	light := d.Stage.Light
	if d.Stage.Topic != "" { // of another matter: it makes nothing milder
		light = plan.Graver(task.Light, light)
	}
	if _, err := t.exec(`UPDATE tasks SET light = ?, last_stage = ? WHERE plan = ? AND id = ?`, light, d.Stage.ID, d.Plan, d.Task); err != nil {
		return decided{}, err
	}
	data := map[string]any{"revision": d.Revision, "stage": d.Stage, "notices": notices}
	if d.Talk != "" {
		data["talk"] = d.Talk
	}
	if d.OpensTalk {
		if out.talk, err = t.callTalk(d, key, task); err != nil {
			return decided{}, err
		}
		data["opens"] = out.talk.ID
	}
	return out, t.append(Event{Key: key, Plan: d.Plan, Task: d.Task, Kind: StageDecided}, when, data)
}

// expected is the stage's row, if there is one.
func (t *tx) expected(d Decision) (row stageRow, ok bool, err error) {
	err = t.one(&row, `SELECT `+stageList+` FROM stages WHERE plan = ? AND task = ? AND revision = ? AND id = ? AND (talk = ? OR ? = '')
		ORDER BY talk DESC LIMIT 1`, d.Plan, d.Task, d.Revision, d.Stage.ID, d.Talk, d.Talk)
	if errors.Is(err, ErrNotFound) {
		return row, false, nil
	}
	return row, err == nil, err
}

// stands tells whether a stage still has something to say: a rung of the task's
// own ladder while the task is open and that ladder the current one, a talk's
// stage while the talk goes on, though its task may be done by then.
func (t *tx) stands(task Task, revision int, talk string) (bool, error) {
	if task.State == Cancelled || talk == "" {
		return task.State == TaskOpen && task.Revision == revision, nil
	}
	var state string
	err := t.one(&state, `SELECT state FROM talks WHERE plan = ? AND id = ?`, task.Plan, talk)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return goesOn(state), err
}

// GoesOn tells that a talk is pending, proposed or open.
func (t Talk) GoesOn() bool { return goesOn(t.State) }

// goesOn tells whether a talk in this state still asks for something.
func goesOn(state string) bool {
	return !slices.Contains([]string{TalkClosed, TalkVoid, TalkDeclined}, state)
}

func (t *tx) voidStage(d Decision, key string, task Task, when When) error {
	_, err := t.exec(`UPDATE stages SET state = 'void' WHERE plan = ? AND task = ? AND revision = ? AND talk = ? AND id = ?`,
		d.Plan, d.Task, d.Revision, d.Talk, d.Stage.ID)
	if err != nil {
		return err
	}
	return t.append(Event{Key: key, Plan: d.Plan, Task: d.Task, Kind: StageVoid}, when, map[string]any{
		"revision": d.Revision, "stage": d.Stage.ID, "task_state": task.State, "task_revision": task.Revision,
	})
}

// decidedBefore is what the first decision under this key gave, less the
// digests started since.
func (t *tx) decidedBefore(d Decision, key string) (decided, error) {
	var rows []digestRow
	err := t.all(&rows, `SELECT `+digestColumns+` FROM digests WHERE NOT started AND key IN
		(SELECT digest FROM notices WHERE plan = ? AND task = ? AND revision = ? AND talk = ? AND stage = ?)`,
		d.Plan, d.Task, d.Revision, d.Talk, d.Stage.ID)
	if err != nil {
		return decided{}, err
	}
	var out decided
	for _, r := range rows {
		out.digests = append(out.digests, r.digest())
	}
	slices.SortFunc(out.digests, byRecipient)
	var row talkRow
	switch err := t.one(&row, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND task = ? AND opened_by = ?`, d.Plan, d.Task, key); {
	case errors.Is(err, ErrNotFound):
		return out, nil
	case err != nil:
		return decided{}, err
	}
	talk, err := row.talk()
	out.talk = &talk
	return out, err
}

func byRecipient(a, b Digest) int {
	return strings.Compare(a.Recipient.String(), b.Recipient.String())
}

func unstarted(all []Digest) (some []Digest) {
	for _, g := range all {
		if !g.Started {
			some = append(some, g)
		}
	}
	slices.SortFunc(some, byRecipient)
	return some
}

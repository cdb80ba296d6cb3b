package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
)

// Acted is one act on a task, an occurrence or a duty, with all it leads to.
type Acted struct {
	Plan, Task string
	Act        act.Act
	Before     *act.Course // what the act was judged by; nil: it is written whatever the ledger's course
	Course     act.Course  // after the act
	Told       []plan.Stage
	Channels   map[people.Recipient][]string // of everybody told
}

// ActKind is the kind of the event of an act: act.acknowledge.
func ActKind(k act.Kind) string { return "act." + string(k) }

// ActRefused is the kind of the event of an act that was not allowed or not possible.
const ActRefused = "act.refused"

// ActKey names an act on a task for ever.
func ActKey(planID, thing, id string) string { return "act/" + planID + "/" + thing + "/" + id }

// acted is what an act left.
type acted struct {
	course  act.Course
	digests []Digest
}

// Act records an act: its event, the task as it stands after it, the stages
// expected from now on and those on hold, and what is told at once. It gives the
// course as recorded and the digests to start. The same act again changes
// nothing and gives what the first gave.
//
// An act is written only over the course it was judged by. Where the ledger has
// acts that Before does not rest on, or the task has ended, nothing is written:
// ErrBehind, and Store.Course gives the one to go on from. Where Before rests on
// acts that the ledger does not have, the ledger catches up first, as event
// course.ahead.
func (s *Store) Act(ctx context.Context, a Acted, when When) (act.Course, []Digest, error) {
	got, err := write(ctx, s, func(t *tx) (acted, error) { return t.act(a, when) })
	return got.course, got.digests, err
}

func (t *tx) act(a Acted, when When) (acted, error) {
	key := ActKey(a.Plan, a.Task, a.Act.ID)
	task, err := t.task(a.Plan, a.Task)
	if err != nil {
		return acted{}, err
	}
	if there, err := t.recorded(key); err != nil {
		return acted{}, err
	} else if there {
		return t.actedBefore(a, task)
	}
	if a.Before != nil {
		switch standingOf(a.Before.Place(), task.place(), task.State != TaskOpen) {
		case behind:
			return acted{}, ErrBehind
		case ahead:
			if err := t.catchUp(&task, *a.Before, when); err != nil {
				return acted{}, err
			}
		}
	}
	if task.State != TaskOpen {
		return acted{}, fmt.Errorf("task %s of %s is %s: %w", a.Task, a.Plan, task.State, ErrNotOpen)
	}
	if err := t.actOn(a, task); err != nil {
		return acted{}, err
	}
	if err := t.expect(a.Plan, a.Task, "", a.Course.Revision, a.Course.Ladder, a.Course.Held); err != nil {
		return acted{}, err
	}
	if a.Course.Over() {
		if err := t.endTalks(a.Plan, a.Task, string(a.Course.State), when); err != nil {
			return acted{}, err
		}
	}
	out := acted{course: a.Course}
	var notices []said
	for _, told := range a.Told {
		digests, sent, err := t.tell(a, told, key, when)
		if err != nil {
			return acted{}, err
		}
		out.digests, notices = append(out.digests, unstarted(digests)...), append(notices, sent...)
	}
	data := map[string]any{"act": a.Act, "state": a.Course.State, "revision": a.Course.Revision, "notices": notices}
	if task.Due != a.Course.Due {
		data["due"] = map[string]any{"from": task.Due, "to": a.Course.Due}
	}
	if task.Lead != a.Course.Lead {
		data["lead"] = map[string]any{"from": task.Lead, "to": a.Course.Lead}
	}
	e := Event{Key: key, Plan: a.Plan, Task: a.Task, Kind: ActKind(a.Act.Kind), Actor: a.Act.By.Account}
	return out, t.append(e, when, data)
}

// actedBefore is what the act gave when it was recorded.
func (t *tx) actedBefore(a Acted, task Task) (acted, error) {
	if task.Course == nil {
		return acted{}, fmt.Errorf("ledger: act %s on %s has no course", a.Act.ID, a.Task)
	}
	out := acted{course: *task.Course}
	for _, told := range a.Told {
		before, err := t.decidedBefore(Decision{Plan: a.Plan, Task: a.Task, Revision: a.Course.Revision, Stage: told}, "")
		if err != nil {
			return acted{}, err
		}
		out.digests = append(out.digests, before.digests...)
	}
	return out, nil
}

// actOn writes the task's row as it stands after the act.
func (t *tx) actOn(a Acted, task Task) error {
	c := a.Course
	course, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("ledger: course of %s: %w", a.Task, err)
	}
	state, light, closedAt := TaskOpen, task.Light, any(nil)
	switch c.State {
	case act.Closed:
		state, light, closedAt = Closed, plan.Done, instant(a.Act.At)
		if !c.Due.IsZero() {
			light = plan.DoneLight(c.ClosedOn, c.Due)
		}
	case act.Cancelled:
		state, closedAt = Cancelled, instant(a.Act.At)
	}
	assist := c.Assist
	if assist == nil {
		assist = []string{}
	}
	_, err = t.exec(`UPDATE tasks SET state = ?, light = ?, closed_at = ?, title = ?, lead = ?, assist = ?, due = ?, policy = ?, revision = ?, assigned_at = ?, course = ? WHERE plan = ? AND id = ?`,
		state, light, closedAt, storable(c.Title), c.Lead, asJSON(assist), c.Due.String(), c.Policy, c.Revision, instant(c.Assigned), string(course), a.Plan, a.Task)
	return err
}

// expect makes the stages still to come exactly these: the ladder's expected,
// the held ones on hold; what was expected or held and is not named is void.
// talk is "" for the task's own.
func (t *tx) expect(planID, task, talk string, revision int, ladder, held []plan.Stage) error {
	if _, err := t.exec(`UPDATE stages SET state = 'void' WHERE plan = ? AND task = ? AND talk = ? AND revision <> ? AND state IN ('expected', 'held')`,
		planID, task, talk, revision); err != nil {
		return err
	}
	var rows []stageRow
	if err := t.all(&rows, `SELECT `+stageList+` FROM stages WHERE plan = ? AND task = ? AND talk = ? AND revision = ?`, planID, task, talk, revision); err != nil {
		return err
	}
	there := map[string]stageRow{}
	for _, r := range rows {
		there[r.ID] = r
	}
	named := map[string]bool{}
	for state, stages := range map[string][]plan.Stage{Expected: ladder, Held: held} {
		for _, st := range stages {
			named[st.ID] = true
			if err := t.expectOne(planID, task, talk, revision, state, st, there); err != nil {
				return err
			}
		}
	}
	for _, r := range rows {
		if !named[r.ID] && (r.State == Expected || r.State == Held) {
			if _, err := t.exec(`UPDATE stages SET state = 'void' WHERE plan = ? AND task = ? AND revision = ? AND talk = ? AND id = ?`, planID, task, revision, talk, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) expectOne(planID, task, talk string, revision int, state string, st plan.Stage, there map[string]stageRow) error {
	row, ok := there[st.ID]
	switch {
	case !ok:
		return t.insert("stages", stageColumns, [][]any{stageValues(planID, task, revision, talk, st, state, time.Time{})})
	case row.State == Decided:
		return nil // decided ahead of its instant; it is spoken, or not, by what is true then
	}
	_, err := t.exec(`UPDATE stages SET state = ?, kind = ?, at = ?, moved_from = ?, recipients = ?, light = ?, merged = ?, matter = ? WHERE plan = ? AND task = ? AND revision = ? AND talk = ? AND id = ?`,
		state, st.Kind, instant(st.At), st.MovedFrom.String(), asJSON(st.To), st.Light, asJSON(st.Merged), matterOf(st), planID, task, revision, talk, st.ID)
	return err
}

// tell writes a stage that is told at once, with its notices.
func (t *tx) tell(a Acted, told plan.Stage, key string, when When) ([]Digest, []said, error) {
	d := Decision{Plan: a.Plan, Task: a.Task, Revision: a.Course.Revision, Stage: told, Channels: map[people.Recipient][]string{}}
	for _, r := range told.To {
		d.Channels[r] = a.Channels[r]
	}
	err := t.insert("stages", stageColumns, [][]any{stageValues(a.Plan, a.Task, d.Revision, "", told, Decided, when.Plan)})
	if err != nil {
		return nil, nil, err
	}
	return t.notices(d, cmp.Or(d.Key(), key))
}

// CaseOf is what acts know about a task as the ledger has it.
func CaseOf(p *plan.Plan, t Task) act.Case {
	if t.Course != nil {
		c := t.Course.Case
		c.Publish = t.Publish // an amendment may have asked for it since
		if t.State == Ended {
			c.State = act.Closed
		}
		return c
	}
	c := act.Case{
		Kind: t.Kind, State: act.Open, Title: t.Title, Lead: t.Lead, Assist: t.Assist,
		Office: p.Directory.Office, Leadership: p.Directory.Leadership,
		Policy: t.Policy, Due: t.Due, FirstDue: t.FirstDue, Revision: t.Revision, Publish: t.Publish,
		Assigned: t.Assigned, Based: t.Assigned,
	}
	switch t.State {
	case Closed, Ended:
		c.State = act.Closed
	case Cancelled:
		c.State = act.Cancelled
	}
	return c
}

package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
)

// Acted is one act on a task, an occurrence or a duty, with all it leads to.
type Acted struct {
	Plan, Task string
	Act        act.Act
	Version    int      // Task.Version that the act was judged by
	Facts      act.Case // after the act
	Told       []plan.Stage
	From       *plan.Plan // plan that the act was judged by: Scene takes names and rungs from it
	Talks      []ActedTalk
	Channels   map[people.Recipient][]string // of every recipient of Told and of the Told of Talks
	Place      Placing                       // see Decision
}

// ActedTalk is what an act on a task makes of one of its talks.
type ActedTalk struct {
	Talk    string
	Version int
	Facts   act.TalkCase
	Told    []plan.Stage
}

// ActKind is the kind of the event of an act: act.acknowledge.
func ActKind(k act.Kind) string { return "act." + string(k) }

// ActRefused is the kind of the event of an act that was not allowed or not possible.
const ActRefused = "act.refused"

// ActKey is the key of the event of an act on a task, a duty or a talk, whose ID is thing:
// act/PLAN/THING/ID.
func ActKey(planID, thing, id string) string { return "act/" + planID + "/" + thing + "/" + id }

// acted is what Act gives: the task's facts as recorded, and the digests to start.
type acted struct {
	facts   act.Case
	digests []Digest
}

// Act records an act: its event, the task and its talks as they are after it,
// and what is told at once. It gives the facts as recorded and the digests to
// start. The same act again changes nothing and gives what the first gave.
//
// An act is written only over the facts it was judged by: ErrBehind when the task
// or one of the talks has been written since, or the task has ended.
func (s *Store) Act(ctx context.Context, a Acted, when When) (act.Case, []Digest, error) {
	got, err := write(ctx, s, func(t *tx) (acted, error) { return t.act(a, when) })
	return got.facts, got.digests, err
}

func (t *tx) act(a Acted, when When) (acted, error) {
	key := ActKey(a.Plan, a.Task, a.Act.ID)
	task, err := t.task(a.Plan, a.Task)
	if err != nil {
		return acted{}, err
	}
	if there, err := actRecorded(t, key, a.Act); err != nil {
		return acted{}, err
	} else if there {
		return t.actedBefore(a, task)
	}
	again := a.Act.Kind == act.Reinstate
	if task.Version != a.Version || (task.State == TaskOpen) == again {
		return acted{}, ErrBehind
	}
	if again {
		var ended int
		if err := t.one(&ended, `SELECT COUNT(*) FROM plans WHERE id = ? AND ended_at IS NOT NULL`, a.Plan); err != nil || ended > 0 {
			return acted{}, cmp.Or(err, ErrBehind) // ErrBehind lets the caller read the plan anew and find that it has ended
		}
	}
	if err := t.actOn(a, task); err != nil {
		return acted{}, err
	}
	if err := t.unsay(a.Plan, a.Task, "", a.Act.At, a.Facts.Speaks, when); err != nil {
		return acted{}, err
	}
	out := acted{facts: a.Facts}
	var notices []said
	tell := func(task, talk, unit string, revision int, stages []plan.Stage) error {
		of := a.Facts
		if task != a.Task && len(stages) > 0 { // the scene of a talk about several tasks is of the task that the talk was opened for
			own, err := t.task(a.Plan, task)
			if err != nil {
				return err
			}
			of = CaseOf(own)
		}
		for _, told := range stages {
			d := Decision{Plan: a.Plan, Task: task, Talk: talk, Revision: revision, Stage: told, Channels: a.Channels, Place: a.Place}
			digests, sent, err := t.tell(d, sceneOf(a.From, of, unit, told), when)
			if err != nil {
				return err
			}
			out.digests, notices = append(out.digests, unstarted(digests)...), append(notices, sent...)
		}
		return nil
	}
	if err := tell(a.Task, "", a.Facts.Lead, a.Facts.Revision, a.Told); err != nil {
		return acted{}, err
	}
	for _, k := range a.Talks {
		if err := t.affect(a, k, when); err != nil {
			return acted{}, err
		}
		if err := tell(k.Facts.Task, k.Talk, k.Facts.Lead, k.Facts.Revision, k.Told); err != nil {
			return acted{}, err
		}
	}
	data := map[string]any{"act": a.Act, "state": a.Facts.State, "revision": a.Facts.Revision, "notices": notices}
	if task.Due != a.Facts.Due {
		data["due"] = map[string]any{"from": task.Due, "to": a.Facts.Due}
	}
	if task.Lead != a.Facts.Lead {
		data["lead"] = map[string]any{"from": task.Lead, "to": a.Facts.Lead}
	}
	if task.Policy != a.Facts.Policy {
		data["policy"] = map[string]any{"from": task.Policy, "to": a.Facts.Policy}
	}
	if !task.Assigned.Equal(a.Facts.Assigned) {
		data["assigned"] = map[string]any{"from": task.Assigned, "to": a.Facts.Assigned}
	}
	if was := task.Facts.Rule; was != nil && a.Facts.Rule != nil && *was != *a.Facts.Rule {
		data["rule"] = map[string]any{"from": was, "to": a.Facts.Rule}
	}
	e := Event{Key: key, Plan: a.Plan, Task: a.Task, Kind: ActKind(a.Act.Kind), Actor: a.Act.By.Account}
	return out, t.append(e, when, data)
}

// actedBefore is what Act gives for an act that is recorded already: the task's present
// facts, and the digests with words of acts on the task that are not known to be started.
func (t *tx) actedBefore(a Acted, task Task) (acted, error) {
	var rows []digestRow
	err := t.all(&rows, `SELECT `+digestColumns+` FROM digests WHERE NOT started AND key IN
		(SELECT digest FROM notices WHERE plan = ? AND task = ? AND kind = 'told')`, a.Plan, a.Task)
	out := acted{facts: task.Facts}
	for _, r := range rows {
		out.digests = append(out.digests, r.digest())
	}
	slices.SortFunc(out.digests, byRecipient)
	return out, err
}

// actOn writes the task's row as it is after the act.
func (t *tx) actOn(a Acted, task Task) error {
	task.State, task.ClosedAt = TaskOpen, time.Time{}
	switch a.Facts.State {
	case act.Closed:
		task.State, task.ClosedAt = TaskClosed, a.Act.At
	case act.Cancelled:
		task.State, task.ClosedAt = TaskCancelled, a.Act.At
	case act.Carried: // by CarryInto alone
	}
	if err := t.putFacts(task, a.Facts); err != nil || a.Act.Kind != act.Reinstate {
		return err
	}
	_, err := t.change("tasks", `armed = ?`, []any{false}, `plan = ? AND id = ?`, task.Plan, task.ID) // its former workflow has ended, and a new one is to be started
	return err
}

// putFacts writes a task's facts (column course), the columns that repeat them for
// queries, and the task's state, closing instant, light and last stage. All go into one
// UPDATE, because tx.change reads the row once more for every UPDATE.
func (t *tx) putFacts(task Task, c act.Case) error {
	facts, err := canonical(c)
	if err != nil {
		return fmt.Errorf("ledger: facts of %s: %w", task.ID, err)
	}
	assist := c.Assist
	if assist == nil {
		assist = []string{}
	}
	_, err = t.change("tasks", `title = ?, lead = ?, assist = ?, due = ?, policy = ?, revision = ?, assigned_at = ?, course = ?, version = version + 1, state = ?, closed_at = ?, light = ?, last_stage = ?`,
		[]any{storable(c.Title), c.Lead, asJSON(assist), c.Due.String(), c.Policy, c.Revision, instant(c.Assigned), facts, task.State, nullable(task.ClosedAt), task.Light, task.LastStage},
		`plan = ? AND id = ?`, task.Plan, task.ID)
	return err
}

// unsay makes void the decided stages of a task, or of one of its talks, that speak after
// at and that speaks does not allow any more, with the pending talks that they called for.
func (t *tx) unsay(planID, task, talk string, at time.Time, speaks func(plan.Stage) bool, when When) error {
	var rows []stageRow
	err := t.all(&rows, `SELECT `+stageList+` FROM stages WHERE plan = ? AND task = ? AND talk = ? AND state = 'decided' AND kind <> 'told' AND at > ?`,
		planID, task, talk, instant(at))
	if err != nil {
		return err
	}
	for _, r := range rows {
		stage, err := r.stage()
		if err != nil {
			return err
		}
		if speaks(stage.Stage) {
			continue
		}
		_, err = t.change("stages", `state = ?`, []any{Void}, `plan = ? AND task = ? AND revision = ? AND talk = ? AND id = ?`, planID, task, r.Revision, talk, r.ID)
		if err != nil {
			return err
		}
		d := Decision{Plan: planID, Task: task, Talk: talk, Revision: r.Revision, Stage: stage.Stage}
		called, err := t.talkBy(planID, task, d.Key())
		switch {
		case errors.Is(err, ErrNotFound), err == nil && called.State != act.TalkPending:
			continue
		case err != nil:
			return err
		}
		if err := t.voidTalk(called, when); err != nil {
			return err
		}
	}
	return nil
}

// tell writes a stage that is told at once, with a notice for each recipient of this
// stage: d.Channels may also name recipients of other stages of the same act.
func (t *tx) tell(d Decision, scene Scene, when When) ([]Digest, []said, error) {
	d.Channels = maps.Clone(d.Channels)
	maps.DeleteFunc(d.Channels, func(r people.Recipient, _ []string) bool { return !slices.Contains(d.Stage.To, r) })
	err := t.insert("stages", stageColumns, [][]any{stageValues(d, scene, when.Plan)})
	if err != nil {
		return nil, nil, err
	}
	return t.notices(d, d.Key())
}

// CaseOf is what acts know about a task as the ledger has it.
func CaseOf(t Task) act.Case {
	c := t.Facts
	c.Publish = t.Publish // an amendment may have asked for it since
	if t.State == TaskEnded {
		c.State = act.Closed
	}
	if t.Kind == plan.Standing { // an amendment changes the columns of a standing line, not its facts
		c.Title, c.Lead, c.Assist, c.Policy, c.State = t.Title, t.Lead, t.Assist, t.Policy, act.State(t.State)
	}
	return c
}

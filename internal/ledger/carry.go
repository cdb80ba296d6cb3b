package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/plan"
)

// Kinds of events of plans that follow each other.
const (
	TaskTaken         = "task.carried"       // a task or duty of another plan goes on as this one
	OccurrenceCarried = "occurrence.carried" // an open occurrence of another plan goes on as this one
	PlanEnded         = "plan.ended"
	PlanArchived      = "plan.archived"
	PlanTakenBack     = "plan.taken_back"
)

// ErrGoesOn: a plan that is to be ended has an open task or duty, or a talk that goes on.
var ErrGoesOn = errors.New("something of the plan goes on")

// Carriage 结转 is a task or a duty that goes on in another plan, with its talks; a duty
// takes its open occurrences along.
type Carriage struct {
	From, To string // IDs of plans
	Act      act.Act
	Tasks    []CarriedTask // a duty before its occurrences
}

// CarriedTask is one task of a Carriage: the task itself, or an open occurrence of the
// duty.
type CarriedTask struct {
	Task    string   // of the plan From
	Version int      // Task.Version that Facts were worked out from
	Facts   act.Case // of the task in the plan From afterwards: there it is over
	Into    Task     // of the plan To
	Talks   []CarriedTalk
}

// CarriedTalk is a talk that goes along with one of its tasks.
type CarriedTalk struct {
	Talk    Talk // in the plan From, before
	Number  int  // number of the task's own talk: of Talk, or of one that has joined Talk; 0: Talk's
	Out, In act.TalkCase
	Host    *Talk         // the talk of the new plan that it joins; nil: none
	Whole   *act.TalkCase // facts of Host once the talk has joined it
}

// CarryInto lets a task go on in another plan, in one transaction: in the old plan an event
// act.carry ends the task and each occurrence; in the new plan an event task.carried, or
// occurrence.carried, begins it with its talks, and its units are told (see Order). was and
// is are the instant by the clocks of the old and the new plan. The same act again changes
// nothing. ErrBehind when a task or a talk has been written since the carriage was worked
// out, or another talk about the task has begun.
func (s *Store) CarryInto(ctx context.Context, c Carriage, was, is When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		if there, err := t.recorded(ActKey(c.From, c.Tasks[0].Task, c.Act.ID)); there || err != nil {
			return none, err
		}
		p, err := t.plan(c.To)
		if err != nil {
			return none, err
		}
		for _, task := range c.Tasks {
			if err := t.carryOut(c, task, was); err != nil {
				return none, err
			}
			at := slices.IndexFunc(p.Tasks, func(k plan.Task) bool { return k.ID == cmp.Or(task.Into.Duty, task.Into.ID) })
			if err := t.carryIn(c, task, at+1, is); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}

// carryOut ends a task in the old plan.
func (t *tx) carryOut(c Carriage, k CarriedTask, when When) error {
	row, err := t.task(c.From, k.Task)
	switch {
	case err != nil:
		return err
	case row.Version != k.Version || row.State != TaskOpen && row.State != TaskEnded:
		return ErrBehind
	}
	if err := t.noOtherTalk(c.From, k); err != nil {
		return err
	}
	if row.State == TaskOpen { // a duty that has run its course keeps the state TaskEnded
		row.State, row.ClosedAt = TaskCarried, c.Act.At
	}
	if err := t.putFacts(row, k.Facts); err != nil {
		return err
	}
	if err := t.unsay(c.From, k.Task, "", c.Act.At, k.Facts.Speaks, when); err != nil {
		return err
	}
	for _, talk := range k.Talks {
		now, _, err := t.talkAndTask(c.From, talk.Talk.ID)
		switch {
		case err != nil:
			return err
		case now.State == act.TalkJoined: // the talk has joined another since the carriage was worked out
			return ErrBehind
		case !now.GoesOn():
			continue // unsay has made it void with the stage that called for it
		case now.Version != talk.Talk.Version:
			return ErrBehind
		}
		now.State = talk.Out.State
		if now.Facts == nil {
			_, err = t.change("talks", `state = ?, version = version + 1`, []any{now.State}, `plan = ? AND id = ?`, c.From, now.ID)
		} else if err = t.putTalk(now, talk.Out); err == nil {
			err = t.unsay(c.From, now.Task, now.ID, c.Act.At, talk.Out.Speaks, when)
		}
		if err != nil {
			return err
		}
	}
	e := Event{Key: ActKey(c.From, k.Task, c.Act.ID), Plan: c.From, Task: k.Task, Kind: ActKind(act.Carry), Actor: c.Act.By.Account}
	return t.append(e, when, map[string]any{"act": c.Act, "state": k.Facts.State, "revision": k.Facts.Revision, "into": k.Facts.Into})
}

// noOtherTalk is ErrBehind when a talk about a dated task goes on that is not in k.Talks:
// somebody has proposed it since the carriage was worked out, and a proposal leaves the
// task's version as it was.
func (t *tx) noOtherTalk(planID string, k CarriedTask) error {
	if k.Facts.Kind != plan.Dated { // talks about a duty stay in the old plan
		return nil
	}
	var there []string
	err := t.all(&there, `SELECT id FROM talks WHERE plan = ? AND task = ? AND state IN ('pending', 'proposed', 'open')`, planID, k.Task)
	for _, id := range there {
		if !slices.ContainsFunc(k.Talks, func(along CarriedTalk) bool { return along.Talk.ID == id }) {
			return ErrBehind
		}
	}
	return err
}

// CarriedTalkID is the ID under which a talk goes on about a task of another plan.
func CarriedTalkID(task string, k CarriedTalk) string {
	return fmt.Sprintf("%s#%d", task, cmp.Or(k.Number, k.Talk.Number))
}

// carryIn begins a carried task in the new plan, at a place of that plan's document.
func (t *tx) carryIn(c Carriage, k CarriedTask, position int, when When) error {
	if err := t.insert("tasks", taskValueColumns, [][]any{taskValues(c.To, position, k.Into)}); err != nil {
		return fmt.Errorf("task %s: %w", k.Into.ID, err)
	}
	key := c.To + "/" + k.Into.ID + "/carried"
	var talks []string
	for _, talk := range k.Talks {
		now, _, err := t.talkAndTask(c.From, talk.Talk.ID)
		if err != nil {
			return err
		}
		if now.State != talk.Out.State {
			continue
		}
		in := talk.Talk
		in.Number, in.State, in.Host = cmp.Or(talk.Number, in.Number), talk.In.State, ""
		in.ID, in.Plan, in.Task, in.Version, in.Revision = CarriedTalkID(k.Into.ID, talk), c.To, k.Into.ID, 1, talk.In.Revision
		if in.Facts != nil {
			in.Facts = &talk.In
		}
		if talk.Host == nil && talk.In.From != "" { // another task of the talk may have been carried meanwhile
			if there, err := t.goneOn(c.To, talk.In); there || err != nil {
				return cmp.Or(err, ErrBehind)
			}
		}
		if err := t.insertTalk(in, key+"/"+in.ID); err != nil {
			return err
		}
		if in.Facts != nil {
			if err := t.putTalk(in, talk.In); err != nil {
				return err
			}
		}
		if talk.Host != nil {
			host, _, err := t.talkAndTask(c.To, talk.Host.ID)
			switch {
			case err != nil:
				return err
			case host.Version != talk.Host.Version || !host.GoesOn():
				return ErrBehind
			}
			if err := t.putTalk(host, *talk.Whole); err != nil {
				return err
			}
			if err := t.unsay(c.To, host.Task, host.ID, c.Act.At, talk.Whole.Speaks, when); err != nil {
				return err
			}
		}
		talks = append(talks, in.ID)
	}
	kind, data := TaskTaken, map[string]any{"from": k.Into.Facts.From, "act": c.Act.ID, "due": k.Into.Due}
	if k.Into.Duty != "" {
		kind, data["duty"], data["period"] = OccurrenceCarried, k.Into.Duty, k.Into.Period
	}
	if len(talks) > 0 {
		data["talks"] = talks
	}
	if err := t.append(Event{Key: key, Plan: c.To, Task: k.Into.ID, Kind: kind, Actor: c.Act.By.Account}, when, data); err != nil {
		return err
	}
	return t.give(c.To, []Task{k.Into}, when)
}

// goneOn tells whether a talk of the plan planID goes on already in place of c.From, the
// talk of an earlier plan.
func (t *tx) goneOn(planID string, c act.TalkCase) (bool, error) {
	var rows []talkRow
	err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND lead = ? AND state IN ('pending', 'proposed', 'open')`, planID, c.Lead)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		k, err := r.talk()
		if err != nil || k.GoesOnFrom(c.From) {
			return err == nil, err
		}
	}
	return false, nil
}

// GoesOnFrom tells whether the talk goes on and continues a talk of an earlier plan, which
// is given as PLAN/TALK.
func (t Talk) GoesOnFrom(talk string) bool {
	return t.GoesOn() && t.Facts != nil && t.Facts.From == talk
}

// CarryNothing writes row, a task that was to go on from another plan and had ended there
// first: it is over in its new plan too, as event task.carried says. The same again changes
// nothing.
func (s *Store) CarryNothing(ctx context.Context, row Task, actor string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		key := row.Plan + "/" + row.ID + "/carried"
		if there, err := t.recorded(key); there || err != nil {
			return none, err
		}
		p, err := t.plan(row.Plan)
		if err != nil {
			return none, err
		}
		at := slices.IndexFunc(p.Tasks, func(k plan.Task) bool { return k.ID == row.ID })
		if err := t.insert("tasks", taskValueColumns, [][]any{taskValues(row.Plan, at+1, row)}); err != nil {
			return none, err
		}
		return none, t.append(Event{Key: key, Plan: row.Plan, Task: row.ID, Kind: TaskTaken, Actor: actor}, when, map[string]any{"from": row.Facts.From, "over": true})
	})
	return err
}

// EndPlan ends a plan of which nothing goes on: event plan.ended. Its standing lines
// end with it. A plan that has ended is left as it is; ErrGoesOn while a task, a duty or a
// talk of the plan goes on.
func (s *Store) EndPlan(ctx context.Context, planID string, a act.Act, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		key := planID + "/ended"
		if there, err := t.recorded(key); there || err != nil {
			return none, err
		}
		var open int
		err = t.one(&open, `SELECT (SELECT COUNT(*) FROM tasks WHERE plan = ? AND state = 'open' AND kind <> 'standing') +
			(SELECT COUNT(*) FROM talks WHERE plan = ? AND state IN ('pending', 'proposed', 'open'))`, planID, planID)
		if err != nil {
			return none, err
		}
		if open > 0 {
			return none, fmt.Errorf("plan %s: %w", planID, ErrGoesOn)
		}
		if _, err := t.change("tasks", `state = ?`, []any{TaskEnded}, `plan = ? AND kind = 'standing' AND state = 'open'`, planID); err != nil {
			return none, err
		}
		if _, err := t.change("plans", `ended_at = ?, version = version + 1`, []any{nullable(when.Plan)}, `id = ?`, planID); err != nil {
			return none, err
		}
		return none, t.append(Event{Key: key, Plan: planID, Kind: PlanEnded, Actor: a.By.Account}, when, map[string]any{"act": a})
	})
	return err
}

// ErrNotEnded: a plan is archived only after it has ended.
var ErrNotEnded = errors.New("the plan has not ended")

// ArchivePlan archives a plan that has ended, as event plan.archived: it leaves the everyday
// lists (see EverydayPlanIDs) and is read by its ID as before. ErrNotEnded for any other. A
// plan that is archived is left as it is.
func (s *Store) ArchivePlan(ctx context.Context, planID string, a act.Act, when When) error {
	return s.turnArchive(ctx, planID, a, when, true)
}

// TakeBackPlan takes a plan back that was archived, as event plan.taken_back. One that is
// not archived is left as it is.
func (s *Store) TakeBackPlan(ctx context.Context, planID string, a act.Act, when When) error {
	return s.turnArchive(ctx, planID, a, when, false)
}

func (s *Store) turnArchive(ctx context.Context, planID string, a act.Act, when When, archive bool) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		var row struct {
			Version  int          `db:"version"`
			Ended    sql.NullTime `db:"ended_at"`
			Archived sql.NullTime `db:"archived_at"`
		}
		if err := t.one(&row, `SELECT version, ended_at, archived_at FROM plans WHERE id = ?`, planID); err != nil {
			return none, fmt.Errorf("plan %s: %w", planID, err)
		}
		switch {
		case row.Archived.Valid == archive:
			return none, nil
		case !row.Ended.Valid:
			return none, fmt.Errorf("plan %s: %w", planID, ErrNotEnded)
		}
		at, kind := any(nullable(when.Plan)), PlanArchived
		if !archive {
			at, kind = nil, PlanTakenBack
		}
		if _, err := t.change("plans", `archived_at = ?, version = version + 1`, []any{at}, `id = ?`, planID); err != nil {
			return none, err
		}
		key := fmt.Sprintf("%s/archived/%d", planID, row.Version+1)
		return none, t.append(Event{Key: key, Plan: planID, Kind: kind, Actor: a.By.Account}, when, map[string]any{"act": a})
	})
	return err
}

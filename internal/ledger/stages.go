package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Stages are the stages that were decided of one task, or of all tasks of the plan
// when task is "", ordered by time, task and ID.
func (s *Store) Stages(ctx context.Context, planID, task string) ([]Stage, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.equal("task", task)
	return s.stages(ctx, `SELECT `+stageList+` FROM stages`+w.String()+` ORDER BY at, task, id, talk, revision`, w.args...)
}

// StagesOf are the stages that were decided of some tasks of a plan, in the order of Stages.
func (s *Store) StagesOf(ctx context.Context, planID string, tasks []string) ([]Stage, error) {
	return s.stages(ctx, `SELECT `+stageList+` FROM stages WHERE plan = ? AND `+s.d.among("task")+` ORDER BY at, task, id, talk, revision`, planID, s.d.list(tasks))
}

func (s *Store) stages(ctx context.Context, query string, args ...any) ([]Stage, error) {
	var rows []stageRow
	if err := s.all(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	return stagesOf(rows)
}

// Decision is one stage of a task or a talk, decided: who hears of it, over what.
type Decision struct {
	Plan, Task string
	Talk       string // ID of the talk when the stage is one of its own
	Revision   int    // of the task or the talk
	Version    int    // Version of the task, or the talk, that the stage was worked out from
	Stage      plan.Stage
	Facts      act.Case     // of the task once the stage is said; not set for a stage of a talk
	TalkFacts  act.TalkCase // of the talk once the stage is said
	Channels   map[people.Recipient][]string
	Place      Placing    // nil: every word goes out when it is said
	From       *plan.Plan // plan that the stage was worked out by: Scene takes names and rungs from it
	OpensTalk  bool
	Called     *act.TalkCase // facts of the talk it opens, not numbered yet; nil: not known
	TalkNumber int           // the least number that the talk it opens may get
}

// Placing puts a word for one recipient into a message, given what the recipient heard
// of the task before, in order of time.
type Placing func(s plan.Stage, r people.Recipient, heard []plan.Heard) plan.Placed

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

// decided is what DecideStage gives: the digests to start, and the talk that the stage opens.
type decided struct {
	digests []Digest
	talk    *Talk
}

// DecideStage records that a stage was decided, as event stage.decided, with
// one pending notice for each recipient and channel, each in a digest that has
// not been gathered, and the talk it opens. It gives the digests not known to
// be started and the talk. Again, it changes nothing and gives the same.
//
// A stage is decided only by the facts it follows from: ErrBehind when the task or
// the talk has been written since, or has ended; and when the decision has no facts,
// because the caller took it for one made before, and the ledger does not have it.
func (s *Store) DecideStage(ctx context.Context, d Decision, when When) (digests []Digest, talk *Talk, err error) {
	got, err := write(ctx, s, func(t *tx) (decided, error) { return t.decide(d, when) })
	return got.digests, got.talk, err
}

func (t *tx) decide(d Decision, when When) (decided, error) {
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
	light, unit := d.Stage.Light, task.Lead
	if d.Stage.Topic != "" { // a word about another matter than the limit makes the task's light no milder
		light = plan.Graver(task.Light, light)
	}
	if d.Talk == "" {
		if task.Version != d.Version || task.State != TaskOpen || d.Facts.State == "" {
			return decided{}, ErrBehind
		}
		task.Light, task.LastStage = light, d.Stage.ID
		err = t.putFacts(task, d.Facts)
	} else {
		var talk Talk
		if talk, _, err = t.talkAndTask(d.Plan, d.Talk); err != nil {
			return decided{}, err
		}
		if talk.Version != d.Version || !talk.GoesOn() || d.TalkFacts.State == "" {
			return decided{}, ErrBehind
		}
		unit = talk.Lead
		if err = t.putTalk(talk, d.TalkFacts); err == nil {
			_, err = t.change("tasks", `light = ?, last_stage = ?`, []any{light, d.Stage.ID}, `plan = ? AND id = ?`, d.Plan, d.Task)
		}
	}
	if err != nil {
		return decided{}, err
	}
	err = t.insert("stages", stageColumns, [][]any{stageValues(d, sceneOf(d.From, CaseOf(task), unit, d.Stage), when.Plan)})
	if err != nil {
		return decided{}, err
	}
	return t.speak(d, key, task, when)
}

// speak writes what a decision that was taken says: notices, talk, event.
func (t *tx) speak(d Decision, key string, task Task, when When) (decided, error) {
	digests, notices, err := t.notices(d, key)
	if err != nil {
		return decided{}, err
	}
	out := decided{digests: unstarted(digests)}
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

// GoesOn tells that a talk is pending, proposed or open.
func (t Talk) GoesOn() bool { return goesOn(t.State) }

// About tells whether a talk is about a task now: it is no longer about a task that was
// cancelled or carried into another plan.
func (t Talk) About(task string) bool {
	if t.Facts == nil {
		return t.Task == task
	}
	return slices.ContainsFunc(t.Facts.Of(), func(m act.Member) bool { return m.Task == task && m.Ended.IsZero() })
}

// Missed is the date of a task that the talk is about.
func (t Talk) Missed(task string) (due calendar.Day) {
	if t.Facts == nil {
		return due
	}
	for _, m := range t.Facts.Of() {
		if m.Task == task {
			return m.Due
		}
	}
	return due
}

// Without tells whether a talk is about no task any more once the tasks end of which ends is
// true.
func (t Talk) Without(ends func(task string) bool) bool {
	if t.Facts == nil {
		return ends(t.Task)
	}
	return !slices.ContainsFunc(t.Facts.Of(), func(m act.Member) bool { return m.Ended.IsZero() && !ends(m.Task) })
}

// Known tells that the unit called knows of a talk: one that a leader has yet to decide,
// or has declined, and what was withdrawn before it began, is not told to it.
func (t Talk) Known() bool {
	switch t.State {
	case act.TalkProposed, act.TalkDeclined:
		return false
	case act.TalkJoined, act.TalkVoid:
		return t.Origin.Kind == act.OriginStage || t.Facts != nil && !t.Facts.Opened.IsZero()
	}
	return true
}

// goesOn tells whether a talk in this state still asks for something.
func goesOn(state act.TalkState) bool {
	return !act.TalkCase{State: state}.Over()
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
	switch talk, err := t.talkBy(d.Plan, d.Task, key); {
	case err == nil:
		out.talk = &talk
	case !errors.Is(err, ErrNotFound):
		return decided{}, err
	}
	return out, nil
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

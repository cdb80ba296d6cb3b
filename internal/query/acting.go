package query

import (
	"context"
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Subject is the task or talk that an act is to be done to. Hidden tells that the viewer
// may not see it: then the Subject has no more than the IDs and the lead. The act may
// still be sent: the engine refuses it and records that it was tried.
type Subject struct {
	Plan   ledger.Launched // without its tasks where the ledger has a frame of the plan: see frame
	Task   ledger.Task
	Talk   ledger.Talk // for an act on a talk
	Hidden bool
}

// Task is the task or duty of an ID, to be acted on. For planID and the errors see Case;
// in place of ErrNotYours it sets Hidden.
func (r *Reader) Task(ctx context.Context, v Viewer, planID, id string) (s Subject, err error) {
	in, err := r.as(v)
	if err != nil {
		return s, err
	}
	if s.Task, err = in.findTask(ctx, planID, id); err != nil {
		return Subject{}, err
	}
	if s.Plan, _, err = r.frame(ctx, s.Task.Plan); err != nil {
		return Subject{}, err
	}
	if s.Hidden = !v.sees(s.Task); s.Hidden {
		s.conceal()
	}
	return s, nil
}

// Talk is the talk of an ID, to be acted on. For planID and the errors see TalkCase; in
// place of ErrNotYours it sets Hidden.
func (r *Reader) Talk(ctx context.Context, v Viewer, planID, id string) (s Subject, err error) {
	in, err := r.as(v)
	if err != nil {
		return s, err
	}
	if s.Talk, err = in.findTalk(ctx, planID, id); err != nil {
		return Subject{}, err
	}
	if s.Plan, _, err = r.frame(ctx, s.Talk.Plan); err != nil {
		return Subject{}, err
	}
	if s.Task, err = r.store.Task(ctx, s.Talk.Plan, s.Talk.Task); err != nil {
		return Subject{}, err
	}
	if s.Hidden = !v.seesTalk(s.Plan.Plan.Directory, s.Talk); s.Hidden {
		s.conceal()
	}
	return s, nil
}

// conceal leaves in a subject only what the engine needs to refuse an act.
func (s *Subject) conceal() {
	s.Plan.Plan.Tasks, s.Plan.Plan.Clauses, s.Plan.Plan.Sections = nil, nil, nil
	s.Task = ledger.Task{Plan: s.Task.Plan, ID: s.Task.ID, Label: s.Task.Label, Kind: s.Task.Kind, Lead: s.Task.Lead}
	s.Talk = ledger.Talk{Plan: s.Talk.Plan, ID: s.Talk.ID, Task: s.Talk.Task, Number: s.Talk.Number}
}

// Recorded tells whether the viewer's act on a task or a talk is in the ledger; false when
// another act has the same ID, for which the engine refuses this one. ErrNotYours: the act
// is neither done nor entered by the viewer.
func (r *Reader) Recorded(ctx context.Context, v Viewer, planID, thing string, a act.Act) (bool, error) {
	if _, err := r.as(v); err != nil {
		return false, err
	}
	if own := a.By == v.by || a.Entered != nil && *a.Entered == v.by && a.By.Account == v.by.Account; !v.named() || !own {
		return false, ErrNotYours
	}
	done, err := r.store.ActRecorded(ctx, planID, thing, a)
	if errors.Is(err, ledger.ErrTaken) {
		return false, nil
	}
	return done, err
}

// Possible is an act that somebody can do now (Refused is nil), or why they cannot.
type Possible struct {
	Kind    act.Kind     `json:"kind"`
	Needs   []act.Field  `json:"needs"` // fields that the act must have
	Refused *act.Refusal `json:"refused,omitempty"`
}

// Possible are all kinds of acts on a task or a duty: which the viewer can do now, and why
// not the others. See Case for its errors.
func (r *Reader) Possible(ctx context.Context, v Viewer, planID, id string) ([]Possible, error) {
	s, err := r.Task(ctx, v, planID, id)
	if err != nil {
		return nil, err
	}
	if s.Hidden {
		return nil, ErrNotYours
	}
	on := act.OnTask
	if s.Task.Kind == plan.Duty {
		on = act.OnDuty
	}
	all := []Possible{}
	if s.Task.Kind == plan.Standing {
		return all, nil
	}
	cal, err := r.calendar(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := ledger.RulesOf(s.Plan, cal)
	if err != nil {
		return nil, err
	}
	c := rules.Course(ledger.CaseOf(s.Task)).Case // the case with the limits by which acts are judged
	for _, row := range act.On(on) {
		all = append(all, Possible{row.Kind, row.Says(), c.Could(row.Kind, v.by, r.clockDay(s.Plan))})
	}
	return all, nil
}

// PossibleFor are the acts on a task that a unit could do now, to be entered for it by
// the plan's office 代录; ErrNotWhole for all others. See Case for its errors.
func (r *Reader) PossibleFor(ctx context.Context, v Viewer, planID, id, unit string) ([]Possible, error) {
	return r.possibleFor(v, unit, func(as Viewer) ([]Possible, Subject, error) {
		s, err := r.Task(ctx, v, planID, id)
		if err != nil {
			return nil, s, err
		}
		all, err := r.Possible(ctx, as, planID, id)
		return all, s, err
	})
}

// PossibleOnTalkFor is PossibleFor for a talk.
func (r *Reader) PossibleOnTalkFor(ctx context.Context, v Viewer, planID, id, unit string) ([]Possible, error) {
	return r.possibleFor(v, unit, func(as Viewer) ([]Possible, Subject, error) {
		s, err := r.Talk(ctx, v, planID, id)
		if err != nil {
			return nil, s, err
		}
		all, err := r.PossibleOnTalk(ctx, as, planID, id)
		return all, s, err
	})
}

func (r *Reader) possibleFor(v Viewer, unit string, ask func(as Viewer) ([]Possible, Subject, error)) ([]Possible, error) {
	if _, err := r.as(v); err != nil {
		return nil, err
	}
	if !v.named() {
		return nil, ErrNotWhole
	}
	all, s, err := ask(As(v.by.For(unit, unit)))
	dir := s.Plan.Plan.Directory
	_, known := dir.Unit(unit)
	switch {
	case s.Task.ID != "" && (s.Hidden || v.by.Unit != dir.Office || !known || unit == dir.Office || unit == dir.Leadership):
		return nil, ErrNotWhole
	case err != nil:
		return nil, err
	}
	return all, nil
}

// PossibleOnTalk are all kinds of acts on a talk: which the viewer can do now, and why not
// the others. See TalkCase for its errors.
func (r *Reader) PossibleOnTalk(ctx context.Context, v Viewer, planID, id string) ([]Possible, error) {
	s, err := r.Talk(ctx, v, planID, id)
	if err != nil {
		return nil, err
	}
	if s.Hidden {
		return nil, ErrNotYours
	}
	c := ledger.TalkCaseOf(&s.Plan.Plan, s.Task, s.Talk)
	all := []Possible{}
	for _, row := range act.On(act.OnTalk) {
		if !row.Opens() { // an act that opens a talk is done to a task
			all = append(all, Possible{row.Kind, row.Says(), c.Could(row.Kind, v.by, r.clockDay(s.Plan))})
		}
	}
	return all, nil
}

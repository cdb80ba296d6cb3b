package ledger

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/plan"
)

// Courses are the open tasks and occurrences of a plan as their workflows have
// them: the case after the last act, what is still to be spoken, what is on hold
// and what has been decided. Limits that no act has set yet are left zero.
func (s *Store) Courses(ctx context.Context, l Launched) (map[string]act.Course, error) {
	tasks, err := s.Tasks(ctx, TaskFilter{Plan: l.Plan.ID, State: TaskOpen})
	if err != nil {
		return nil, err
	}
	courses := map[string]act.Course{}
	for _, t := range tasks {
		if t.Kind == plan.Standing {
			continue
		}
		courses[t.ID] = act.Course{Case: CaseOf(&l.Plan, t)}
	}
	stages, err := s.Stages(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	for _, st := range stages {
		if c, ok := courses[st.Task]; ok {
			courses[st.Task] = st.on(c)
		}
	}
	return courses, nil
}

// Course is one task's, open or not: see Courses.
func (s *Store) Course(ctx context.Context, l Launched, task string) (act.Course, error) {
	t, err := s.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return act.Course{}, err
	}
	stages, err := s.Stages(ctx, l.Plan.ID, task)
	if err != nil {
		return act.Course{}, err
	}
	c := act.Course{Case: CaseOf(&l.Plan, t)}
	for _, st := range stages {
		c = st.on(c)
	}
	return c, nil
}

// on is a course with this stage in its place.
func (st Stage) on(c act.Course) act.Course {
	if st.Talk != "" || st.Revision != c.Revision || st.Kind == plan.Told {
		return c
	}
	switch st.State {
	case Expected:
		c.Ladder = append(c.Ladder, st.Stage)
	case Held:
		c.Held = append(c.Held, st.Stage)
	case Decided:
		c.Case = c.Case.Said(st.Stage)
	}
	return c
}

// TalkCourses are the talks of a plan that are open or proposed, by ID, as they
// stand at an instant of the plan's clock: what was decided for later is still to
// be spoken.
func (s *Store) TalkCourses(ctx context.Context, l Launched, at time.Time) (map[string]act.TalkCourse, error) {
	talks, err := s.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	courses := map[string]act.TalkCourse{}
	for _, t := range talks {
		if !t.GoesOn() || t.State == TalkPending {
			continue
		}
		task, err := s.Task(ctx, l.Plan.ID, t.Task)
		if err != nil {
			return nil, err
		}
		courses[t.ID] = act.TalkCourse{TalkCase: TalkCaseOf(&l.Plan, task, t)}
	}
	if len(courses) == 0 {
		return courses, nil
	}
	stages, err := s.Stages(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	for _, st := range stages {
		if c, ok := courses[st.Talk]; ok && st.Revision == c.Revision {
			courses[st.Talk] = st.onTalk(c, at)
		}
	}
	return courses, nil
}

// onTalk is the course of a talk with this stage in its place.
func (st Stage) onTalk(c act.TalkCourse, at time.Time) act.TalkCourse {
	decided := st.State == Decided && !st.At.After(at)
	said := act.Spoken{ID: st.ID, Kind: st.Kind, At: st.At}
	switch {
	case st.State == Expected || st.State == Held || st.State == Decided && !decided && st.Kind != plan.Told:
		c.Ladder = append(c.Ladder, st.Stage)
	case decided && st.Kind != plan.Told && !slices.ContainsFunc(c.Spoken, func(k act.Spoken) bool { return k.ID == said.ID && !k.At.Before(said.At) }):
		c.Spoken = append(slices.Clone(c.Spoken), said)
	}
	return c
}

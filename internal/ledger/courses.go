package ledger

import (
	"context"

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

package query

import (
	"errors"
)

// Refusals of a reading.
var (
	// ErrNotYours: the task or talk does not concern the viewer's unit.
	ErrNotYours = errors.New("query: it is none of the viewer's unit")
	// ErrNotWhole: only a plan's office and leadership may read what covers the whole plan.
	ErrNotWhole = errors.New("query: a whole plan is read by its office and leadership")
	// ErrNoPlans: no plan has been launched.
	ErrNoPlans = errors.New("query: no plan has been launched")
	// ErrAhead: the day of which the past ledger is asked has not come.
	ErrAhead = errors.New("query: that moment has not come")
)

// UnitError: no plan that the viewer knows has a unit of this name.
type UnitError struct {
	Name string
	Near []string // names that may be meant
}

func (e *UnitError) Error() string { return "query: no unit " + e.Name }

// TaskError: no plan in which it was looked for has a task of this ID.
type TaskError struct {
	Task    string
	Near    []NearTask // tasks that may be meant, of those the viewer may see
	Several bool       // it was looked for in several plans
}

// NearTask is a task that may be meant.
type NearTask struct{ Plan, ID, Title, Lead string }

func (e *TaskError) Error() string { return "query: no task " + e.Task }

// TalkError: no plan in which it was looked for has a talk of this ID.
type TalkError struct {
	Talk string
	Near []string // IDs of talks that the viewer may see
}

func (e *TalkError) Error() string { return "query: no talk " + e.Talk }

// WhichPlanError: no plan was named, and several have what was asked for.
type WhichPlanError struct {
	Thing string // the ID asked for; "" when a plan itself was asked for
	Plans []Choice
}

// Choice is one of the plans of a WhichPlanError, with the title of the task or the
// plan, or the ID of the talk.
type Choice struct{ Plan, What string }

func (e *WhichPlanError) Error() string { return "query: several plans have " + e.Thing }

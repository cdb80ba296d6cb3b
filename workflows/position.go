package workflows

import (
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
)

// PositionMemo is the memo of a Task, Talk or Duty that says how far it is. It is
// set when the workflow is started and again after every act, so that the ledger
// and Temporal can be compared without asking a worker.
const PositionMemo = "position"

// Position is how far a Task, Talk or Duty is: how many acts it knows, the last of
// them, and of a duty the due date it has opened last.
type Position struct {
	Acts  int          `json:"acts"`
	Last  string       `json:"last,omitempty"`
	After calendar.Day `json:"after,omitzero"`
}

// PositionOf is the position of a task's course.
func PositionOf(c act.Case) Position { return Position{Acts: c.Acts, Last: last(c.Known)} }

// TalkPositionOf is the position of a talk's course.
func TalkPositionOf(c act.TalkCase) Position { return Position{Acts: c.Acts, Last: last(c.Known)} }

// Position is the position of a duty.
func (s DutyState) Position() Position {
	p := PositionOf(s.Course.Case)
	p.After = s.Course.OpenedUpTo()
	return p
}

func last(known []string) string {
	if len(known) == 0 {
		return ""
	}
	return known[len(known)-1]
}

// position notes in the memo how far a run is, when that has changed.
type position struct{ noted Position }

func (p *position) note(ctx workflow.Context, now Position) {
	if now == p.noted {
		return
	}
	p.noted = now
	must(workflow.UpsertMemo(ctx, map[string]any{PositionMemo: now}))
}

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

// GenerationMemo is the memo of a Task, Talk or Duty that says under which Generation
// of the program its run began.
const GenerationMemo = "generation"

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

// mark is what of a duty is in the histories and changes when its position does: the
// position itself follows from it by rules, which may be others when a run is replayed.
func (s DutyState) mark() Position {
	p := PositionOf(s.Course.Case)
	p.After = s.Course.Opened
	return p
}

// position notes in the memo how far a run is, when its mark has changed, and at the
// beginning of a run that goes on from another.
type position struct{ noted Position }

func begun(ctx workflow.Context, mark, now Position) position {
	if workflow.GetInfo(ctx).ContinuedExecutionRunID != "" {
		must(workflow.UpsertMemo(ctx, map[string]any{PositionMemo: now, GenerationMemo: Generation()}))
	}
	return position{mark}
}

func (p *position) note(ctx workflow.Context, mark, now Position) {
	if mark == p.noted {
		return
	}
	p.noted = mark
	must(workflow.UpsertMemo(ctx, map[string]any{PositionMemo: now}))
}

// seam is where a run hands over to the next, which goes on by the program as it is by
// then: a run keeps for its whole length what it passed of gates.
type seam struct {
	looks workflow.ReceiveChannel
	asked workflow.ReceiveChannel
}

func seams(ctx workflow.Context) seam {
	return seam{workflow.GetSignalChannel(ctx, LookSignal), workflow.GetSignalChannel(ctx, HandOverSignal)}
}

// isAsked tells that the run was asked to hand over and can.
func (s seam) isAsked(ctx workflow.Context) bool {
	return s.asked.Len() > 0 && workflow.AllHandlersFinished(ctx)
}

// opens tells that the run should hand over now: it has done something after which it
// wants to, was asked to, or has a long history. It does not while an act waits for its
// answer, which may take as long as the ledger is away, nor before a look it was asked for.
func (s seam) opens(ctx workflow.Context, wants bool) bool {
	if s.looks.Len() > 0 || !workflow.AllHandlersFinished(ctx) {
		return false
	}
	return wants || s.asked.Len() > 0 || workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

package workflows

import (
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
)

// PositionMemo is the key of the memo of a Task, Talk or Duty with its Position. The
// memo is set when the workflow is started and again after every act, so that the
// ledger and Temporal can be compared without asking a worker.
const PositionMemo = "position"

// GenerationMemo is the key of the memo of a Task, Talk or Duty with the Generation of
// the program that began its run.
const GenerationMemo = "generation"

// Position is how far a Task, Talk or Duty is: how many acts it knows, the ID of the
// last of them, and for a duty the day up to which no occurrence is opened any more (see
// act.Case.OpenedUpTo).
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

// mark is the part of a duty's state that tells whether its position has changed. It is in
// the history as it is, while Position computes After by rules, which may have changed
// when a run is replayed.
func (s DutyState) mark() Position {
	p := PositionOf(s.Course.Case)
	p.After = s.Course.Opened
	return p
}

// position writes a run's Position into the memo whenever its mark has changed.
type position struct{ noted Position }

// begun gives the position of a run that begins, and writes the memos when the run
// continues another one; those of a first run were set by whoever started it.
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

// seam decides when a run hands over to the next one (continue-as-new), which begins with
// the present program: a run keeps to its end the workflow code that it began with, see
// gate.
type seam struct {
	looks workflow.ReceiveChannel
	asked workflow.ReceiveChannel
}

func seams(ctx workflow.Context) seam {
	return seam{workflow.GetSignalChannel(ctx, LookSignal), workflow.GetSignalChannel(ctx, HandOverSignal)}
}

// isAsked tells whether the run was asked to hand over and no act waits for its answer.
func (s seam) isAsked(ctx workflow.Context) bool {
	return s.asked.Len() > 0 && workflow.AllHandlersFinished(ctx)
}

// opens tells whether the run should hand over now: because wants says so, because it was
// asked to, or because its history is long. It does not while an act waits for its answer,
// which takes as long as the ledger is away, nor while a LookSignal waits.
func (s seam) opens(ctx workflow.Context, wants bool) bool {
	if s.looks.Len() > 0 || !workflow.AllHandlersFinished(ctx) {
		return false
	}
	return wants || s.asked.Len() > 0 || workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

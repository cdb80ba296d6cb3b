package workflows

import "go.temporal.io/sdk/workflow"

// A run that an older program began is replayed by this one, and must issue the commands
// in its history: the same activities in the same order, timers and hand-overs in the same
// places. A change of code in this package that decides about commands is therefore made
// behind a gate of its own; docs/decisions/14-rules-may-change.md says which changes need
// none.

// gate is one change of what workflows do. A run that passed the changed place under an
// older program does as before until it hands over; every other run does as this program
// says.
type gate struct {
	// id is written in histories: never changed, and never used again.
	id string
	// does says what a run that passes the gate does otherwise than before.
	does string
}

// gates are all changes since the first release, the oldest first. The code of a gate is
// kept as long as a run that began before it may still go on; its row is never removed.
var gates = []gate{}

// passes tells whether a run does as the gate says (does), or as before the change.
func (g gate) passes(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, g.id, workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// Generation is the number of gates of this program. A workflow has in its memo
// (GenerationMemo) the generation of the program that began its run; a run of an older
// generation is asked to hand over.
func Generation() int { return len(gates) }

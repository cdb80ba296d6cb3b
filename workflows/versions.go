package workflows

import "go.temporal.io/sdk/workflow"

// A run that began under an older program is replayed by this one, and must issue the
// commands that its history has: activities of the same names in the same order,
// timers where there were timers, hand-overs where it handed over. What decides about
// commands in this package changes behind a gate, one a change; docs/decisions/14-rules-may-change.md
// says what needs none.

// gate is one change of what workflows do. A run that passed the place before the
// change does as before until it hands over; others do as now.
type gate struct {
	// id stands in histories: never changed, and never used again.
	id string
	// does says what runs that pass the gate do otherwise.
	does string
}

// gates are all changes since the first release, the oldest first. One stays as long
// as a run that began before it may still go on; its row stays for ever.
var gates = []gate{}

// passes tells whether a run does as the gate says.
func (g gate) passes(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, g.id, workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// Generation is how many changes this program knows. A workflow notes in its memo the
// generation under which its run began; one that is behind is asked to hand over.
func Generation() int { return len(gates) }

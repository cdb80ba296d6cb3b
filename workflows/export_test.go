package workflows

import "go.temporal.io/sdk/workflow"

// Gates are the IDs of all gates, the oldest first, with what each does.
func Gates() (ids, does []string) {
	for _, g := range gates {
		ids, does = append(ids, g.id), append(does, g.does)
	}
	return ids, does
}

// Passes is gate.passes for the gate with this ID.
func Passes(ctx workflow.Context, id string) bool { return gate{id: id}.passes(ctx) }

// LongGap is the longest time that a workflow waits between two tries.
const LongGap = longGap

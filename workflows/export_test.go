package workflows

import "go.temporal.io/sdk/workflow"

// Gates are the IDs of all gates, the oldest first.
func Gates() (ids []string) {
	for _, g := range gates {
		ids = append(ids, g.id)
	}
	return ids
}

// Passes is a gate as workflows ask it.
func Passes(ctx workflow.Context, id string) bool { return gate{id: id}.passes(ctx) }

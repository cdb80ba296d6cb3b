package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// keyword is a search attribute and what it is.
type keyword struct {
	key temporal.SearchAttributeKeyKeyword
	is  string
}

// search is what the web UI finds a workflow by, as it is known there: at its start, or
// as the run before left it.
type search struct{ known []keyword }

// follow says what acts have changed: a task that went to another unit is found under
// that one. While nothing changes it costs nothing.
func (s *search) follow(ctx workflow.Context, now []keyword) {
	var changed []temporal.SearchAttributeUpdate
	for i, k := range now {
		if k.is != s.known[i].is {
			changed = append(changed, k.key.ValueSet(k.is))
		}
	}
	if s.known = now; len(changed) > 0 {
		must(workflow.UpsertTypedSearchAttributes(ctx, changed...))
	}
}

func (s TaskState) keywords() []keyword {
	return []keyword{{UnitAttribute, s.Course.Lead}, {DueAttribute, s.Course.Due.String()}}
}

func (s TalkState) keywords() []keyword { return []keyword{{UnitAttribute, s.Course.Lead}} }

func (s DutyState) keywords() []keyword { return []keyword{{UnitAttribute, s.Course.Lead}} }

package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// keyword is a search attribute and its value.
type keyword struct {
	key temporal.SearchAttributeKeyKeyword
	is  string
}

// search has the search attributes of a workflow as the server knows them: as set at the
// start, or by the run before.
type search struct{ known []keyword }

// follow updates the search attributes that acts have changed, so that a task which went
// to another unit is found under that unit. When none has changed it adds nothing to the
// history.
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

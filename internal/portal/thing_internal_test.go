package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
)

// A form's address has the ID that the plan gives the task now: with the old ID the form
// that is sent could find another task. The act is done to the ledger's own ID.
func TestAFormIsUnderWhatTheTaskIsCalledNow(t *testing.T) {
	t.Parallel()
	on := query.Subject{Plan: ledger.Launched{Plan: plan.Plan{ID: "p"}}, Task: ledger.Task{ID: "b", Label: "1-1"}, Talk: ledger.Talk{ID: "b#2"}}
	task, talk := thing{Subject: on}, thing{Subject: on, onTalk: true}
	require.Equal(t, []string{"/plans/p/tasks/1-1", "b"}, []string{task.path(), task.id()})
	require.Equal(t, []string{"/plans/p/talks/1-1%232", "b#2"}, []string{talk.path(), talk.id()})
}

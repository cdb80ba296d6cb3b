package workflows_test

import (
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"duban/workflows"
)

// TestRecordedHistoriesReplay replays every history under testdata, recorded on
// a real server by `make histories`, against today's code. Histories of earlier
// versions stay: tasks that run for a year meet every version in between.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/histories/*/*.json.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files, "no recorded history: run make histories")
	seen := map[string]bool{}
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		h, err := client.HistoryFromJSON(z, client.HistoryJSONOptions{})
		require.NoError(t, err, file)
		require.NoError(t, f.Close())
		seen[h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()] = true

		replayer := worker.NewWorkflowReplayer()
		workflows.Register(replayer)
		require.NoError(t, replayer.ReplayWorkflowHistory(quiet{}, h), file)
	}
	require.Equal(t, slices.Sorted(maps.Keys(map[string]bool{
		workflows.TaskType: true, workflows.TalkType: true, workflows.DutyType: true, workflows.DigestType: true, workflows.AuditType: true,
	})), slices.Sorted(maps.Keys(seen)), "every kind of workflow is replayed")
}

package workflows_test

import (
	"compress/gzip"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"duban/internal/act"
	"duban/workflows"
)

var update = flag.Bool("update", false, "write counts.txt of the recorded histories, and wire.txt")

// recorded are the histories under testdata, by release and name.
func recorded(t *testing.T) map[string]map[string]*history.History {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/*/*.json.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files, "no recorded history: run make histories")
	all := map[string]map[string]*history.History{}
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		h, err := client.HistoryFromJSON(z, client.HistoryJSONOptions{})
		require.NoError(t, err, file)
		require.NoError(t, f.Close())
		folder := filepath.Dir(file)
		if all[folder] == nil {
			all[folder] = map[string]*history.History{}
		}
		all[folder][strings.TrimSuffix(filepath.Base(file), ".json.gz")] = h
	}
	return all
}

func replay(h *history.History) error {
	replayer := worker.NewWorkflowReplayer()
	workflows.Register(replayer)
	return replayer.ReplayWorkflowHistory(quiet{}, h)
}

func typeOf(h *history.History) string {
	return h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()
}

// counts is a line with the number of events of each type in a history.
func counts(name string, h *history.History) string {
	n := map[enums.EventType]int{}
	for _, e := range h.Events {
		n[e.EventType]++
	}
	return fmt.Sprintf("%-16s %-13s %3d events, %2d activities, %2d markers, %2d timers, %2d updates, %d hand-overs", name, typeOf(h), len(h.Events),
		n[enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED], n[enums.EVENT_TYPE_MARKER_RECORDED], n[enums.EVENT_TYPE_TIMER_STARTED],
		n[enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED], n[enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW])
}

// TestRecordedHistoriesReplay replays every history under testdata, recorded on
// a real server by `make histories`, with this program, and compares each release's
// folder with its recorded counts, so that no history is missing or cut short. Histories of
// earlier releases are kept: a task that runs for a year is replayed by every release in
// between.
func TestRecordedHistoriesReplay(t *testing.T) {
	for folder, histories := range recorded(t) {
		var lines []string
		kinds, names := map[string]bool{}, map[string]bool{}
		for _, name := range slices.Sorted(maps.Keys(histories)) {
			h := histories[name]
			lines = append(lines, counts(name, h))
			kinds[typeOf(h)] = true
			for _, e := range h.Events {
				if u := e.GetWorkflowExecutionUpdateAcceptedEventAttributes(); u != nil {
					names[u.GetAcceptedRequest().GetInput().GetName()] = true
				}
			}
			require.NoError(t, replay(h), "%s/%s", folder, name)
		}
		file, got := filepath.Join(folder, "counts.txt"), strings.Join(lines, "\n")+"\n"
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err, "make histories writes it")
		require.Equal(t, string(want), got)
		require.Len(t, kinds, 6, "every kind of workflow is replayed: %v", kinds)
		t.Logf("%s: %d histories; acts %s", folder, len(histories), strings.Join(slices.Sorted(maps.Keys(names)), " "))
	}
}

// The histories replay also when the rules of act are changed so that every recorded act
// would be refused: a replay does not judge again what an activity has answered.
func TestHistoriesReplayUnderTightenedRules(t *testing.T) {
	all, limits := act.All, act.Fields
	t.Cleanup(func() { act.All, act.Fields = all, limits })
	act.All, act.Fields = slices.Clone(all), slices.Clone(limits)
	for i := range act.All {
		act.All[i].By, act.All[i].Must, act.All[i].Named = nil, []act.Field{act.FieldPaper}, true
	}
	for i := range act.Fields {
		act.Fields[i].Most = 0
	}
	tried := 0
	for folder, histories := range recorded(t) {
		for name, h := range histories {
			for _, e := range h.Events {
				tried += min(1, len(e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetProtocolInstanceId()))
			}
			require.NoError(t, replay(h), "%s/%s", folder, name)
		}
	}
	require.Greater(t, tried, 15, "acts")
}

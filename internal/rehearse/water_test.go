package rehearse_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
)

// TestTheWaterHappensAsForetoldThoughTheEngineIsKilled: the water parts of the seed switched on,
// without the tasks of its other articles, up to the days after July's data. Two sections over
// their targets, one of which has got worse, three complaints, an incident and the pool of
// projects open, move and end tasks; every stage of these is as the preview has it, and every act
// is answered as the script expects. `make demo` plays it with all the tasks.
func TestTheWaterHappensAsForetoldThoughTheEngineIsKilled(t *testing.T) {
	t.Parallel()
	o, dir := options(t), t.TempDir()
	out, err := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "..", "seeds", "jincheng-2021-water", "made", "switch.sh"), dir).CombinedOutput()
	require.NoError(t, err, string(out))
	dir = filepath.Join(dir, "jincheng-2021-water")
	p, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), o.Calendar)
	require.False(t, strictyaml.Failed(problems))
	p.Tasks = slices.DeleteFunc(p.Tasks, func(k plan.Task) bool { return k.ID[0] != 's' && !strings.HasPrefix(k.ID, "readings.") })
	o.Plan, o.To, o.Faults, o.Seed = p, calendar.NewDay(2021, 8, 10), []string{"kill"}, 5
	r, ledgers := scripted(t, o, filepath.Join(dir, "script-water.yaml"))
	require.Greater(t, r.Faults[0].Times, 1, "how often depends on how fast the engine is back")

	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(ledgers, "ledger.db"))
	require.NoError(t, err)
	defer store.Close()
	for task, state := range map[string]ledger.TaskState{"section-s09.2021-05.over": ledger.TaskClosed, "section-s02.2021-07.over": ledger.TaskOpen,
		"complaint-1": ledger.TaskClosed, "complaint-3": ledger.TaskOpen, "incident-1.2": ledger.TaskClosed, "incident-1.3.eg-02": ledger.TaskClosed} {
		k, err := store.Task(t.Context(), p.ID, task)
		require.NoError(t, err, task)
		require.Equal(t, state, k.State, task)
	}
	complaints, err := store.Complaints(t.Context(), p.ID)
	require.NoError(t, err)
	require.Len(t, complaints, 3)
	incident, err := store.Incident(t.Context(), p.ID, "1")
	require.NoError(t, err)
	require.Equal(t, act.Handled, incident.State)
	talks, err := store.Talks(t.Context(), p.ID, "section-s02.2021-07.worsened-1")
	require.NoError(t, err)
	require.NotEmpty(t, talks, "the section that has got worse by two classes")
}

package rehearse_test

import (
	"os/exec"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/rehearse"
)

// TestADeadEngineIsNotADifference: an engine that does not start, or ends by
// itself in mid-year, is the rehearsal's own fault and is named so.
func TestADeadEngineIsNotADifference(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.To = calendar.NewDay(2021, 5, 1)
	o.Spawn = func(rehearse.Engine) *exec.Cmd { return exec.Command("sh", "-c", "echo broken; exit 3") }
	r, err := rehearse.Run(t.Context(), o)
	require.ErrorIs(t, err, rehearse.ErrEngineDead)
	require.ErrorContains(t, err, "exit status 3")
	require.Empty(t, r.Differences)

	var engine *exec.Cmd
	var once sync.Once
	o.Spawn = func(e rehearse.Engine) *exec.Cmd { engine = spawn(e); return engine }
	o.Watch = func(p rehearse.Progress) {
		if p.Now.After(calendar.NewDay(2021, 4, 15).At(0, 0, calendar.Beijing)) {
			once.Do(func() { _ = engine.Process.Kill() })
		}
	}
	r, err = rehearse.Run(t.Context(), o)
	require.ErrorIs(t, err, rehearse.ErrEngineDead)
	require.ErrorContains(t, err, "killed")
	require.Empty(t, r.Differences)
}

package rehearse_test

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/rehearse"
)

// TestADeadEngineIsNotADifference: when an engine does not start, or ends by itself in
// mid-year, the error is ErrEngineDead and no list of differences.
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

// TestARehearsalThatIsGivenUpWhileItsEngineBeginsLeavesNoProcess: the engine's process has
// begun, and never answers.
func TestARehearsalThatIsGivenUpWhileItsEngineBeginsLeavesNoProcess(t *testing.T) {
	t.Parallel()
	begun, says, err := os.Pipe()
	require.NoError(t, err)
	defer begun.Close()
	defer says.Close()
	engine := exec.Command("sh", "-c", "echo begun >&3; exec sleep 600")
	engine.ExtraFiles = []*os.File{says}
	t.Cleanup(func() { _ = engine.Process.Kill() })
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		_, _ = begun.Read(make([]byte, 1))
		giveUp()
	}()
	o := options(t)
	o.Spawn = func(rehearse.Engine) *exec.Cmd { return engine }
	_, err = rehearse.Run(ctx, o)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, engine.Process.Kill(), os.ErrProcessDone)
}

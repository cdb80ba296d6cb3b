package host_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/host"
)

// beginAgain is the body of a test process: on its first run, which it notes in file, it
// calls host.Again, and on its second it prints its ID and arguments. It gives the exit
// status: 7 when Again has left the restart to systemd.
func beginAgain(file string) int {
	if _, err := os.Stat(file); err == nil {
		fmt.Print(os.Getpid(), os.Args[1:])
		return 0
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return 1
	}
	if err := host.Again(); errors.Is(err, host.ErrClockSetBack) {
		return 7
	}
	return 1
}

// Again runs the program with the same arguments in the same process. A process that
// systemd runs ends instead, and systemd starts it again.
func TestAProgramBeginsAgainInItsPlace(t *testing.T) {
	t.Parallel()
	start := func(env ...string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], "up", "a plan.yaml")
		cmd.Env = append(append(os.Environ(), "DUBAN_TEST_AGAIN="+filepath.Join(t.TempDir(), "begun")), env...)
		return cmd
	}
	cmd := start("NOTIFY_SOCKET=")
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(cmd.Process.Pid, []string{"up", "a plan.yaml"}), string(out))

	var ended *exec.ExitError
	_, err = start("NOTIFY_SOCKET=/nowhere").Output()
	require.ErrorAs(t, err, &ended)
	require.Equal(t, 7, ended.ExitCode())
}

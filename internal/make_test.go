package internal_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestCheckNeedsNoGit: the first thing that `make check` does looks at every Go file of an
// archive without .git too, and waits for nobody's typing.
func TestCheckNeedsNoGit(t *testing.T) {
	t.Parallel()
	lines, err := exec.CommandContext(t.Context(), "make", "-n", "-C", "..", "--no-print-directory", "check").Output()
	require.NoError(t, err)
	formats, _, ok := strings.Cut(string(lines), "go vet")
	require.True(t, ok)
	dir := t.TempDir()
	check := func() (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "sh", "-c", formats)
		cmd.Dir = dir
		in, held, err := os.Pipe() // open and silent, like a terminal
		require.NoError(t, err)
		defer in.Close()
		defer held.Close()
		cmd.Stdin = in
		cmd.WaitDelay = time.Second
		out, err := cmd.CombinedOutput()
		require.NoError(t, ctx.Err(), "it waits for something")
		return string(out), err
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o750))
	file := filepath.Join(dir, "a", "b", "x.go")
	require.NoError(t, os.WriteFile(file, []byte("package b\n"), 0o600))
	out, err := check()
	require.NoError(t, err, out)
	require.NoError(t, os.WriteFile(file, []byte("package  b\n"), 0o600))
	out, err = check()
	require.Error(t, err)
	require.Contains(t, out, "a/b/x.go")
	require.NoError(t, os.WriteFile(file, []byte("packag\n"), 0o600))
	_, err = check()
	require.Error(t, err, "a file that is no Go")
}

package front

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/rehearse"
)

// TestAWorkerRehearsesWithTheCommandLineBesideIt: where there is one that can be run.
func TestAWorkerRehearsesWithTheCommandLineBesideIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "starter")
	require.Nil(t, inFolder(dir))
	require.NoError(t, os.Mkdir(program, 0o755))
	require.Nil(t, inFolder(dir), "a folder")
	require.NoError(t, os.Remove(program))
	require.NoError(t, os.WriteFile(program, nil, 0o644))
	require.Nil(t, inFolder(dir), "a file that cannot be run")
	require.NoError(t, os.Chmod(program, 0o755))
	command := inFolder(dir)(rehearse.Engine{Dir: "/data", Port: 7})
	require.Equal(t, program, command.Path)
	require.Equal(t, []string{"engine", "--dir", "/data", "--port", "7"}, command.Args[1:6])
}

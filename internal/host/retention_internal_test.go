package host

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOldFilesOfTheOutboxGo(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	for name, days := range map[string]int{"old.eml": 31, "young.eml": 29, "old.txt": 400} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		require.NoError(t, os.Chtimes(file, now, now.AddDate(0, 0, -days)))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.eml"), 0o700))
	for days, want := range map[int]int{0: 0, 400: 0} {
		gone, err := clears(dir, days, now)
		require.NoError(t, err)
		require.Equal(t, want, gone)
	}
	gone, err := clears(dir, 30, now)
	require.NoError(t, err)
	require.Equal(t, 1, gone)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "folder.eml"), filepath.Join(dir, "old.txt"), filepath.Join(dir, "young.eml")}, left)
	gone, err = clears(filepath.Join(dir, "missing"), 30, now)
	require.NoError(t, err)
	require.Zero(t, gone)
}

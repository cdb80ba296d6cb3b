package leftover_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/leftover"
)

func TestClear(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := []string{".book.csv-1", ".book.csv-2-3", ".book.csv-", ".book.csvx1", "book.csv", ".book.csv-9a"}
	for _, name := range append(old, ".book.csv-77") {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	made, err := os.CreateTemp(dir, ".book.csv-*")
	require.NoError(t, err)
	require.NoError(t, made.Close())
	for _, name := range append(old, filepath.Base(made.Name())) {
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".book.csv-5"), 0o700))
	leftover.Clear(dir, ".book.csv-")
	leftover.Clear(filepath.Join(dir, "nowhere"), "x")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.ElementsMatch(t, append(old[1:], ".book.csv-77", ".book.csv-5"), left)
}

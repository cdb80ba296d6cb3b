package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestExportsAreTheirOwnersAlone: an export can be read by its owner only, appears whole or
// not at all, and takes away what one that was killed has left.
func TestExportsAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := filepath.Join(dir, ".book.csv-4711")
	require.NoError(t, os.WriteFile(left, nil, 0o600))
	require.NoError(t, os.Chtimes(left, time.Time{}, time.Now().Add(-2*time.Hour)))
	file := filepath.Join(dir, "book.csv")
	failed := errors.New("no")
	require.ErrorIs(t, (&app{}).save(file, func(io.Writer) error { return failed }), failed)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.NoError(t, (&app{}).save(file, func(w io.Writer) error { _, err := io.WriteString(w, "台账"); return err }))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

package terminal_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"duban/internal/terminal"

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
	require.ErrorIs(t, (&terminal.Screen{}).Save(file, func(io.Writer) error { return failed }), failed)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.NoError(t, (&terminal.Screen{}).Save(file, func(w io.Writer) error { _, err := io.WriteString(w, "台账"); return err }))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// What is no file is written to and stays what it is; a link leads where it led.
func TestAnExportReplacesNoDeviceAndNoLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	words := func(w io.Writer) error { _, err := io.WriteString(w, "台账"); return err }
	link, pipe, book := filepath.Join(dir, "link"), filepath.Join(dir, "pipe"), filepath.Join(dir, "book.csv")
	require.NoError(t, os.Symlink(pipe, link))
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, file := range []string{pipe, link} {
		came := make(chan string, 1)
		go func() { raw, _ := os.ReadFile(pipe); came <- string(raw) }()
		require.NoError(t, (&terminal.Screen{}).Save(file, words))
		require.Equal(t, "台账", <-came)
	}
	require.NoError(t, os.Remove(link))
	require.NoError(t, os.WriteFile(book, nil, 0o600))
	require.NoError(t, os.Symlink(book, link))
	require.NoError(t, (&terminal.Screen{}).Save(link, words))
	raw, err := os.ReadFile(book)
	require.NoError(t, err)
	require.Equal(t, "台账", string(raw))
	for file, mode := range map[string]os.FileMode{link: os.ModeSymlink, pipe: os.ModeNamedPipe} {
		info, err := os.Lstat(file)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&mode, file)
	}
}

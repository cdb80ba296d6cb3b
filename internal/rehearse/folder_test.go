package rehearse

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func names(t *testing.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// A rehearsal empties only a folder of its own: with `--dir .` or `--dir var` it must
// not delete an office's ledger.
func TestOnlyARehearsalsFolderIsEmptied(t *testing.T) {
	t.Parallel()
	office := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(office, "ledger.db"), []byte("the office's"), 0o600))
	_, err := claim(office)
	require.ErrorIs(t, err, ErrForeignFolder)
	require.Equal(t, []string{"ledger.db"}, names(t, office))

	own := filepath.Join(t.TempDir(), "new", "rehearsal")
	release, err := claim(own)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(own, "outbox", "old"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(own, "ledger.db"), nil, 0o600))
	require.NoError(t, sweep(own))
	require.Equal(t, []string{mark}, names(t, own))

	_, err = claim(own)
	require.ErrorIs(t, err, ErrFolderInUse)
	release()
	release, err = claim(own)
	require.NoError(t, err, "what an earlier rehearsal left is taken over")
	release()
}

func TestAFolderThatIsAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.WriteFile(file, []byte("id: x"), 0o600))
	_, err := claim(file)
	require.Error(t, err)
	require.FileExists(t, file)
}

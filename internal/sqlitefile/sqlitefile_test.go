package sqlitefile_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"duban/internal/sqlitefile"
)

// Names of folders that a person may choose and that mean something in an address.
var names = []string{
	"year 2026", "year%202026", "year+2026", "year#2026", "why?2026", "a&b=c", "100%", "%", "50%25", "it's", `a"b`, "年度 2026", "a;b", "a:b", "[x]", "~", "$HOME", "@", "file:x", "?mode=memory", "x\ny",
}

// A database is made in the file that was named, and in no other.
func TestEveryName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, name, "x.db")
		require.NoError(t, os.Mkdir(filepath.Dir(path), 0o750))
		db, err := sql.Open("sqlite", sqlitefile.URI(path)+"?_pragma=journal_mode(delete)")
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), `CREATE TABLE t (name TEXT)`)
		require.NoError(t, err, name)
		_, err = db.ExecContext(t.Context(), `INSERT INTO t VALUES (?)`, name)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, len(names), "a stray file or folder beside the named ones")
	for _, name := range names {
		files, err := os.ReadDir(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Len(t, files, 1, name)
		db, err := sql.Open("sqlite", sqlitefile.URI(filepath.Join(dir, name, "x.db")))
		require.NoError(t, err)
		var all string
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT group_concat(name, '|') FROM t`).Scan(&all))
		require.Equal(t, name, all)
		require.NoError(t, db.Close())
	}
}

//go:build !noembed

package embedded

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/sqlitefile"
)

// ends is a context that has ended when it was asked so often.
type ends struct {
	context.Context
	after int
}

func (e *ends) Err() error {
	if e.after--; e.after < 0 {
		return context.Canceled
	}
	return nil
}

// A start that is given up in the middle of the first schema stops before the next
// statement, leaves no table and no log, and the next start makes the schema.
func TestTheFirstSchemaIsGivenUpBetweenStatements(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "temporal.db")
	for _, after := range []int{0, 1, 20} {
		require.ErrorIs(t, setupSchema(&ends{t.Context(), after}, file), context.Canceled)
		_, err := os.Stat(file + "-wal")
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	db, err := sql.Open("sqlite", sqlitefile.URI(file))
	require.NoError(t, err)
	defer db.Close()
	tables := func() (n int) {
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE type = 'table'`).Scan(&n))
		return n
	}
	require.Zero(t, tables())
	require.NoError(t, setupSchema(t.Context(), file))
	require.Greater(t, tables(), 20)
}

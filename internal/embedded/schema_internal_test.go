//go:build !noembed

package embedded

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/schema/sqlite"

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

// The full-text index that lists of workflows are searched by follows every write, in a new
// file and in one whose rows and triggers an earlier program made; a second start finds
// nothing to do.
func TestTheIndexOfKeywordListsFollows(t *testing.T) {
	t.Parallel()
	for _, earlier := range []bool{false, true} {
		file := filepath.Join(t.TempDir(), "temporal.db")
		db, err := sql.Open("sqlite", sqlitefile.URI(file))
		require.NoError(t, err)
		defer db.Close()
		if earlier {
			tx, err := db.Begin()
			require.NoError(t, err)
			require.NoError(t, sqlite.SetupSchemaOnDB(schemaTx{tx: tx, begun: t.Context()}))
			require.NoError(t, tx.Commit())
		} else {
			require.NoError(t, setupSchema(t.Context(), file))
		}
		do := func(query string, args ...any) {
			t.Helper()
			_, err := db.Exec(query, args...)
			require.NoError(t, err)
		}
		put := func(run, memo, builds string) {
			t.Helper()
			do(`INSERT INTO executions_visibility (namespace_id, run_id, start_time, execution_time, workflow_id, workflow_type_name, status, memo, encoding, search_attributes)
				VALUES ('n', ?, '2021-01-01', '2021-01-01', ?, 'duban.Task', 1, ?, 'proto', json_object('BuildIds', ?))
				ON CONFLICT (namespace_id, run_id) DO UPDATE SET memo = excluded.memo, search_attributes = excluded.search_attributes`, run, run, memo, builds)
		}
		found := func(build string) (runs []string) {
			t.Helper()
			do(`INSERT INTO executions_visibility_fts_keyword_list (executions_visibility_fts_keyword_list, rank) VALUES ('integrity-check', 1)`)
			rows, err := db.Query(`SELECT run_id FROM executions_visibility WHERE rowid IN
				(SELECT rowid FROM executions_visibility_fts_keyword_list WHERE executions_visibility_fts_keyword_list MATCH ?) ORDER BY run_id`, `BuildIds:"`+build+`"`)
			require.NoError(t, err)
			defer rows.Close()
			for rows.Next() {
				var run string
				require.NoError(t, rows.Scan(&run))
				runs = append(runs, run)
			}
			return runs
		}
		put("one", "a", "v1♡v2")
		put("two", "a", "v1")
		require.NoError(t, setupSchema(t.Context(), file))
		put("three", "a", "v1")
		put("one", "b", "v1♡v2") // a change that the index has nothing of
		put("two", "b", "v2")
		require.Equal(t, []string{"one", "three"}, found("v1"))
		require.Equal(t, []string{"one", "two"}, found("v2"))
		do(`DELETE FROM executions_visibility WHERE run_id = 'one'`)
		require.Equal(t, []string{"two"}, found("v2"))
		var columns []string
		rows, err := db.Query(`SELECT name FROM pragma_table_info('executions_visibility_fts_keyword_list')`)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var name string
			require.NoError(t, rows.Scan(&name))
			columns = append(columns, name)
		}
		require.Equal(t, listed, columns)
		var before, after int
		require.NoError(t, db.QueryRow(`PRAGMA schema_version`).Scan(&before))
		require.NoError(t, setupSchema(t.Context(), file))
		require.NoError(t, db.QueryRow(`PRAGMA schema_version`).Scan(&after))
		require.Equal(t, before, after)
	}
}

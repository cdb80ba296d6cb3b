package ledger_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger/ledgertest"
)

// TestAUnitsSearchReadsItsOwnTasks asks PostgreSQL how it joins the words of tasks with the tasks of a unit where it may
// do so by an index alone: an index in another collation cannot serve, and then all words of the plan are read.
func TestAUnitsSearchReadsItsOwnTasks(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("postgres", ledgertest.Ledger(t))
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback() //nolint:errcheck // nothing is written in it
	_, err = tx.Exec(`SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off`)
	require.NoError(t, err)
	rows, err := tx.Query(`EXPLAIN SELECT o.task FROM outlook_words o WHERE o.plan = 'p' AND strpos(o.words, 'x') > 0 AND o.task IN (SELECT u.task FROM outlook_units u WHERE u.plan = 'p' AND u.unit = 'u')`)
	require.NoError(t, err)
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var step string
		require.NoError(t, rows.Scan(&step))
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	plan := strings.Join(steps, "\n")
	require.Contains(t, plan, "using outlook_words_seat on outlook_words o", plan)
	require.Regexp(t, `Index Cond: .*plan = .* AND .*task\)?(::text)? = `, plan)
}

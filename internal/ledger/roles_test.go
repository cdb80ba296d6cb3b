package ledger_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

// TestProgramsOwnNothing: the role that programs use adds events and reads them. It
// changes none, deletes none, and cannot take away the triggers that protect them; every
// table of the ledger is named in rights.
func TestProgramsOwnNothing(t *testing.T) {
	t.Parallel()
	address := ledgertest.Program(t)
	s, err := ledger.Open(t.Context(), address)
	require.NoError(t, err)
	defer s.Close()
	_, err = s.Record(t.Context(), ledger.Event{Key: "audit/1", Kind: "audit.done"})
	require.NoError(t, err)
	db, err := sqlx.Open("postgres", address)
	require.NoError(t, err)
	defer db.Close()
	var tables []string
	require.NoError(t, db.Select(&tables, `SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()`))
	require.ElementsMatch(t, tables, slices.Collect(maps.Keys(ledger.Rights)), "say in roles.go what programs do with each table")
	refused := []string{
		`UPDATE events SET actor = 'x'`, `DELETE FROM events`, `TRUNCATE events`, `UPDATE documents SET doc = 'x'`, `DELETE FROM documents`, `TRUNCATE documents`,
		`UPDATE ledger_version SET version_id = 0`, `DELETE FROM chain`, `TRUNCATE chain`, `INSERT INTO chain (id, seq, hash) VALUES (2, 0, '')`,
		`DELETE FROM identity`, `ALTER TABLE events DISABLE TRIGGER ALL`, `DROP TRIGGER events_fixed ON events`, `SET session_replication_role = replica`,
		`ALTER TABLE events OWNER TO CURRENT_USER`, `CREATE OR REPLACE FUNCTION events_fixed() RETURNS trigger LANGUAGE sql AS 'SELECT'`,
		`CREATE TABLE mine (n INTEGER)`,
	}
	for _, table := range tables {
		refused = append(refused, `TRUNCATE `+table+` CASCADE`, `DROP TABLE `+table, `ALTER TABLE `+table+` ADD COLUMN mine INTEGER`)
		if !strings.Contains(ledger.Rights[table], "DELETE") {
			refused = append(refused, `DELETE FROM `+table)
		}
	}
	for _, statement := range refused {
		_, err := db.Exec(statement)
		require.Error(t, err, "allowed: %s", statement)
		var pg *pq.Error
		require.ErrorAs(t, err, &pg, statement)
		require.Contains(t, []string{"42501", "42809"}, string(pg.Code), "%s: %v", statement, err)
	}
	n, err := s.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

// TestAdmitRefuses: a superuser or owner is not admitted, nor is a role that does not exist,
// nor any role to a ledger in a file; a role that does not own the tables cannot bring them
// up to date.
func TestAdmitRefuses(t *testing.T) {
	t.Parallel()
	program := ledgertest.Program(t)
	owner := ledgertest.Owner(program)
	db, err := sqlx.Open("postgres", owner)
	require.NoError(t, err)
	defer db.Close()
	var me string
	require.NoError(t, db.Get(&me, `SELECT current_user`))
	require.ErrorIs(t, ledger.Admit(t.Context(), owner, me), ledger.ErrRoleMayAll)
	require.ErrorIs(t, ledger.Admit(t.Context(), owner, "nobody-is-called-so"), ledger.ErrNoRole)
	require.ErrorIs(t, ledger.Admit(t.Context(), owner, `x"; DROP TABLE events; --`), ledger.ErrNoRole)
	require.Error(t, ledger.Admit(t.Context(), "sqlite:"+t.TempDir()+"/ledger.db", me))
	_, err = db.Exec(`DELETE FROM ledger_version WHERE version_id > 0`)
	require.NoError(t, err)
	_, err = ledger.Open(t.Context(), program)
	require.ErrorIs(t, err, ledger.ErrNotOwner)
}

//go:build !noembed

package embedded

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/server/common/config"
	temporallog "go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	persistence "go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
	_ "modernc.org/sqlite" // the driver named "sqlite", which Temporal's plugin uses too

	"duban/internal/sqlitefile"
)

// prepareStore makes the tables when the file has none, and the namespace when the tables have none.
func prepareStore(ctx context.Context, store *config.SQL, o Options) error {
	if !o.InMemory {
		if err := setupSchema(ctx, file(o)); err != nil {
			return fmt.Errorf("set up %s: %w", file(o), err)
		}
	}
	space, err := sqlite.NewNamespaceConfig(clusterName, o.Namespace, false, o.SearchAttributes)
	if err != nil {
		return fmt.Errorf("describe namespace %s: %w", o.Namespace, err)
	}
	space.Detail.Config.Retention = durationpb.New(o.Retention)
	if err := sqlite.CreateNamespaces(store, space); err != nil {
		return fmt.Errorf("make namespace %s: %w", o.Namespace, err)
	}
	return nil
}

// tidy brings everything into the one file and leaves no write-ahead log beside it, so that whoever copies the file of a
// stopped engine has all of it. Temporal's plugin never closes its connection; this is done on that very one. While
// somebody else reads the file the log stays.
func tidy(store *config.SQL) error {
	db, err := persistence.NewSQLAdminDB(sqlplugin.DbKindUnknown, store, resolver.NewNoopResolver(), temporallog.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for _, pragma := range []string{`PRAGMA busy_timeout = 1000`, `PRAGMA wal_checkpoint(TRUNCATE)`, `PRAGMA journal_mode = DELETE`} {
		if err := db.Exec(pragma); err != nil {
			return err
		}
	}
	return nil
}

// setupSchema makes all tables and triggers in one transaction, so that a process killed here leaves an empty file, never half a
// schema. Temporal's own set-up runs statement by statement and would refuse such a file for ever after. A start that is
// given up is heeded between statements, not within one: a statement that SQLite's driver interrupts can stay open, and
// with it the connection and its write-ahead log.
func setupSchema(ctx context.Context, file string) error {
	if err := sqlitefile.Private(file); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", fmt.Sprintf("%s?_pragma=busy_timeout(%d)&_pragma=journal_mode(wal)&_txlock=immediate", sqlitefile.URI(file), busy.Milliseconds()))
	if err != nil {
		return err
	}
	defer db.Close()
	begun := ctx
	ctx = context.WithoutCancel(ctx)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var tables int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'namespaces'`).Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		if err := sqlite.SetupSchemaOnDB(schemaTx{tx: tx, begun: begun}); err != nil {
			return err
		}
		if err := dropIndexes(ctx, tx); err != nil {
			return err
		}
	}
	if err := lighten(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// kept are the indexes of the visibility table that its pages and our search attributes (the first keywords) use. The
// other 48 would be written, a page each, whenever a workflow starts or ends; queries by their columns still get their
// answer, by reading the whole table.
var kept = []string{
	"default_idx", "by_execution_time", "by_workflow_id", "by_workflow_type", "by_status", "by_root_workflow_id",
	"by_keyword_01", "by_keyword_02", "by_keyword_03", "by_keyword_04",
}

// listed are the columns of the visibility table that its full-text index of keyword lists has.
var listed = []string{
	"TemporalChangeVersion", "BinaryChecksums", "BuildIds", "TemporalPauseInfo", "TemporalReportedProblems", "TemporalUsedWorkerDeploymentVersions",
	"KeywordList01", "KeywordList02", "KeywordList03", "TemporalKeywordList01", "TemporalKeywordList02",
}

// triggers keep the full-text index of keyword lists, by name. Temporal's own write it anew with every write of a row, and
// a second index, of texts: but a memo, a due date and an end change no list, and no search attribute here is a text. A
// write of a row that is there costs a third less so.
var triggers = func() map[string]string {
	old, fresh, changed := make([]string, len(listed)), make([]string, len(listed)), make([]string, len(listed))
	for i, c := range listed {
		old[i], fresh[i], changed[i] = "OLD."+c, "NEW."+c, fmt.Sprintf("OLD.%s IS NOT NEW.%s", c, c)
	}
	const on, index = " ON executions_visibility", "executions_visibility_fts_keyword_list"
	columns := strings.Join(listed, ", ")
	add := fmt.Sprintf("INSERT INTO %s (rowid, %s) VALUES (NEW.rowid, %s); ", index, columns, strings.Join(fresh, ", "))
	remove := fmt.Sprintf("INSERT INTO %s (%s, rowid, %s) VALUES ('delete', OLD.rowid, %s); ", index, index, columns, strings.Join(old, ", "))
	return map[string]string{
		"executions_visibility_ai": "CREATE TRIGGER executions_visibility_ai AFTER INSERT" + on + " BEGIN " + add + "END",
		"executions_visibility_ad": "CREATE TRIGGER executions_visibility_ad AFTER DELETE" + on + " BEGIN " + remove + "END",
		"executions_visibility_au": "CREATE TRIGGER executions_visibility_au AFTER UPDATE" + on +
			" WHEN " + strings.Join(changed, " OR ") + " BEGIN " + remove + add + "END",
	}
}()

// lighten puts the triggers in the place of Temporal's, also in a file that an earlier program made.
func lighten(ctx context.Context, tx *sql.Tx) error {
	for name, create := range triggers {
		var same bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ? AND sql = ?)`, name, create).Scan(&same); err != nil {
			return err
		}
		if same {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DROP TRIGGER IF EXISTS `+name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, create); err != nil {
			return err
		}
	}
	return nil
}

func dropIndexes(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'executions_visibility' AND sql IS NOT NULL`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if !slices.Contains(kept, name) {
			names = append(names, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, `DROP INDEX `+name); err != nil {
			return err
		}
	}
	return nil
}

// schemaTx lends a transaction to Temporal's schema set-up, which calls Exec and nothing else. No statement begins once
// the context of the start has ended.
type schemaTx struct {
	sqlplugin.AdminDB
	tx    *sql.Tx
	begun context.Context
}

func (s schemaTx) Exec(stmt string, args ...any) error {
	if err := s.begun.Err(); err != nil {
		return err
	}
	_, err := s.tx.Exec(stmt, args...)
	return err
}

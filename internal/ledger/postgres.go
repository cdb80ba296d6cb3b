package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq" // driver "postgres"
	"github.com/pressly/goose/v3"
)

type postgres struct{ url string }

// readers bounds the reading connections of one process on PostgreSQL.
const readers = 8

func (p postgres) open(ctx context.Context) (writer, reader *sqlx.DB, err error) {
	if writer, err = sqlx.ConnectContext(ctx, "postgres", p.url); err != nil {
		return nil, nil, err
	}
	if err = migrate(ctx, goose.DialectPostgres, "postgres", writer, goose.WithSessionLocker(advisory(20210408))); err != nil {
		writer.Close()
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	writer.SetMaxOpenConns(1)
	if reader, err = sqlx.Open("postgres", p.url); err != nil {
		writer.Close()
		return nil, nil, err
	}
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	return writer, reader, nil
}

func (postgres) writing() *sql.TxOptions { return &sql.TxOptions{Isolation: sql.LevelReadCommitted} }

func (postgres) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgres) lockHead() string           { return `SELECT seq, hash FROM chain WHERE id = 1 FOR UPDATE` }
func (postgres) exact(column string) string { return column }
func (postgres) among(column string) string { return column + ` = ANY (?)` }
func (postgres) list(values []string) any   { return pq.Array(values) }
func (postgres) parameters() int            { return 65535 }

// advisory is the number of the session lock under which one process migrates
// while the others wait.
type advisory int64

func (a advisory) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(a))
	return err
}

func (a advisory) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, int64(a))
	return err
}

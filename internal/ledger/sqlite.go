package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // driver "sqlite"
)

type lite struct{ path string }

func init() { sqlx.BindDriver("sqlite", sqlx.QUESTION) }

// open makes the file and its folder when they are not there. Processes that
// open a new file at the same moment wait for the first one's migrations.
func (l lite) open(ctx context.Context) (writer, reader *sqlx.DB, err error) {
	path, err := filepath.Abs(l.path)
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, nil, err
	}
	unlock, err := lockFolder(ctx, filepath.Dir(path))
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	if writer, err = sqlx.ConnectContext(ctx, "sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return nil, nil, err
	}
	writer.SetMaxOpenConns(1)
	if err = migrate(ctx, goose.DialectSQLite3, "sqlite", writer); err != nil {
		writer.Close()
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	if reader, err = sqlx.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		writer.Close()
		return nil, nil, err
	}
	reader.SetMaxOpenConns(4)
	reader.SetMaxIdleConns(4)
	return writer, reader, nil
}

// dsn sets what every connection needs in the address: a PRAGMA by Exec would
// reach one connection of the pool only.
func dsn(path, more string) string {
	const pragmas = "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_time_format=sqlite&"
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas + more
}

func (lite) writing() *sql.TxOptions  { return nil }
func (lite) snapshot() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

// lockHead needs no lock of its own: the transaction began as the only writer.
func (lite) lockHead() string { return `SELECT seq, hash FROM chain WHERE id = 1` }

// exact reads an instant as the text it is stored as, so that the chain sees
// every byte of it.
func (lite) exact(column string) string { return column + " || ''" }
func (lite) among(column string) string { return column + ` IN (SELECT value FROM json_each(?))` }
func (lite) list(values []string) any   { return asJSON(values) }
func (lite) parameters() int            { return 32766 }

package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
)

// dialect is every difference between the two databases.
type dialect interface {
	// ready brings the database to where the options want it and gives the ledger's identity.
	ready(ctx context.Context) (id string, err error)
	// pools gives the one connection all writes go through (nil for reading
	// only) and those for reading; each leads to the ledger with this identity.
	pools(id string) (writer, reader *sqlx.DB, err error)
	here() error                                     // an error unless the database is still the one that was opened
	tidy(ctx context.Context, writer *sqlx.DB) error // called before the pools are closed
	closed()                                         // called after the pools are closed
	prepares() bool                                  // statements are kept prepared
	writing() *sql.TxOptions                         // options of a writing transaction
	snapshot() *sql.TxOptions                        // options of a reading transaction that sees one state
	patient() string                                 // SQL that such a reading transaction begins with; "" none
	indexed() string                                 // SQL by which a reading transaction finds few of many by an index; "" none
	clock() string                                   // reads the ledger's clock, or what serves as it
	ownClock() bool                                  // the ledger has no clock but this machine's
	limits() string                                  // SQL that a writing transaction begins with, in one message with lockHead; "" none
	lockHead() string                                // reads the chain's head and keeps other writers out
	// turn is how long a process that has written for long leaves the ledger to others, which
	// ask for it more often than that; 0: the database lets those who wait have it in turn.
	turn() time.Duration
	overwrites(t *tx, on bool) error // what the transaction deletes from now on is overwritten in the file
	blockers(ctx context.Context, db *sqlx.DB) ([]string, error)
	exact(column string) string
	among(column string) string  // a condition with one argument: a list
	list(values []string) any    // that argument
	ahead(column string) string  // what stands ahead of a text column's first slash, or all of it
	holds(column string) string  // a condition with one argument: a text that is part of the column
	joined(column string) string // of a group of tasks: its values in the order of position and task, with slashes between
	through(index string) string // beside a table: by which index its rows are found, where the planner would not take it
	parameters() int             // how many one statement may have
}

// dialectOf reads a ledger's address. A password in it never reaches an error.
func dialectOf(address string, o Options) (dialect, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "postgres", "postgresql":
		return newPostgres(address, o)
	case "sqlite":
		if rest == "" || rest == ":memory:" || strings.HasPrefix(rest, "file:") {
			return nil, fmt.Errorf("ledger: give a file: sqlite:var/ledger.db")
		}
		return newLite(rest, o)
	}
	return nil, fmt.Errorf("ledger: the address must begin with postgres:// or be sqlite:PATH")
}

// migrate brings a database's schema up to date.
func migrate(ctx context.Context, kind goose.Dialect, folder string, db *sqlx.DB) error {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(kind, db.DB, files, goose.WithTableName("ledger_version"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// inspect gives the identity of the ledger in a database, or an error unless the ledger has
// the schema that this program knows. It only reads. tables is a query that counts the
// ledger's table of versions (ours) and other tables (others).
func inspect(ctx context.Context, db *sqlx.DB, tables string) (id string, err error) {
	var n struct{ Ours, Others int }
	if err := db.GetContext(ctx, &n, tables); err != nil {
		return "", err
	}
	if n.Ours == 0 && n.Others > 0 {
		return "", ErrForeign
	}
	if n.Ours == 0 {
		return "", ErrNoLedger
	}
	var have int64
	if err := db.GetContext(ctx, &have, `SELECT coalesce(max(version_id), 0) FROM ledger_version WHERE is_applied`); err != nil {
		return "", err
	}
	first, know := numbers()
	switch {
	case have == 0: // the process that made the table of versions was stopped
		return "", ErrNoLedger
	case have < first:
		return "", fmt.Errorf("%w: it has number %d, this program writes %d", ErrUnreleased, have, know)
	case have < know:
		return "", fmt.Errorf("%w: it has number %d, this program writes %d", ErrSchemaOlder, have, know)
	case have > know:
		return "", fmt.Errorf("%w: it has number %d, this program knows %d", ErrSchemaNewer, have, know)
	}
	err = db.GetContext(ctx, &id, `SELECT id FROM identity WHERE one = 1`)
	if errors.Is(err, sql.ErrNoRows) { // the process that made the ledger was stopped
		return "", fmt.Errorf("%w: it has no identity yet", ErrSchemaOlder)
	}
	return id, err
}

// mendable tells whether the options allow what an inspection found lacking.
func mendable(err error, o Options) bool {
	return o.Create && errors.Is(err, ErrNoLedger) || o.Migrate && errors.Is(err, ErrSchemaOlder)
}

// numbers are the numbers of the first and the last migration: the schema of the first
// release, and the last change of the schema that this program knows.
func numbers() (first, last int64) {
	files, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		panic(err) // only a malformed pattern fails, and this one is well formed
	}
	for _, f := range files {
		head, _, _ := strings.Cut(path.Base(f), "_")
		if n, err := strconv.ParseInt(head, 10, 64); err == nil {
			if first == 0 {
				first = n
			}
			last = n
		}
	}
	return first, last
}

package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
)

// dialect is every difference between the two databases.
type dialect interface {
	// open gives the one connection all writes go through, and a pool for
	// reading. The schema is up to date afterwards.
	open(ctx context.Context) (writer, reader *sqlx.DB, err error)
	writing() *sql.TxOptions  // options of a writing transaction
	snapshot() *sql.TxOptions // options of a reading transaction that sees one state
	lockHead() string         // reads the chain's head and keeps other writers out
	exact(column string) string
	among(column string) string // a condition with one argument: a list
	list(values []string) any   // that argument
	parameters() int            // most of them in one statement
}

// dialectOf reads a ledger's address. A password in it never reaches an error.
func dialectOf(url string) (dialect, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "postgres", "postgresql":
		return postgres{url}, nil
	case "sqlite":
		if rest == "" || rest == ":memory:" || strings.HasPrefix(rest, "file:") {
			return nil, fmt.Errorf("ledger: give a file: sqlite:var/ledger.db")
		}
		return lite{rest}, nil
	}
	return nil, fmt.Errorf("ledger: the address must begin with postgres:// or be sqlite:PATH")
}

// migrate brings a database's schema up to date.
func migrate(ctx context.Context, kind goose.Dialect, folder string, db *sqlx.DB, opts ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	opts = append(opts, goose.WithTableName("ledger_version"), goose.WithDisableGlobalRegistry(true))
	p, err := goose.NewProvider(kind, db.DB, files, opts...)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

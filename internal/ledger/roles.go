package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// rights are what the role of programs may do with each table. Events and documents are only
// added and read, and the table of schema versions is written by its owner alone.
// TestProgramsOwnNothing sees that every table is named here.
var rights = map[string]string{
	"events":         "SELECT, INSERT",
	"documents":      "SELECT, INSERT",
	"ledger_version": "SELECT",
	"chain":          "SELECT, UPDATE",
	"identity":       "SELECT, UPDATE",

	"calendars": "SELECT, INSERT, UPDATE",
	"plans":     "SELECT, INSERT, UPDATE",
	"tasks":     "SELECT, INSERT, UPDATE",
	"stages":    "SELECT, INSERT, UPDATE",
	"talks":     "SELECT, INSERT, UPDATE",
	"digests":   "SELECT, INSERT, UPDATE",
	"mornings":  "SELECT, INSERT, UPDATE",
	"notices":   "SELECT, INSERT, UPDATE",
	"messages":  "SELECT, INSERT, UPDATE",
	"office":    "SELECT, INSERT, UPDATE",
	"units":     "SELECT, INSERT, UPDATE",
	"readings":  "SELECT, INSERT, UPDATE",

	"assessments": "SELECT, INSERT, UPDATE",
	"merits":      "SELECT, INSERT, UPDATE",
	"incidents":   "SELECT, INSERT, UPDATE",

	"year_reports": "SELECT, INSERT, UPDATE",
	"complaints":   "SELECT, INSERT, UPDATE",
	"public_texts": "SELECT, INSERT, UPDATE",
	"complainants": "SELECT, INSERT, DELETE",

	"signins":     "SELECT, INSERT, UPDATE",
	"invitations": "SELECT, INSERT, UPDATE, DELETE",
	"sessions":    "SELECT, INSERT, UPDATE, DELETE",
	"throttles":   "SELECT, INSERT, UPDATE, DELETE",
	"signin_log":  "SELECT, INSERT, DELETE",
	"standins":    "SELECT, INSERT, UPDATE",

	"tokens":         "SELECT, INSERT, UPDATE",
	"calendar_dates": "SELECT, INSERT, UPDATE",
	"subjects":       "SELECT, INSERT",
	"audits":         "SELECT, INSERT, UPDATE",

	"drafts":       "SELECT, INSERT, UPDATE",
	"draft_files":  "SELECT, INSERT, UPDATE, DELETE",
	"draft_fields": "SELECT, INSERT, UPDATE, DELETE",
	"filters":      "SELECT, INSERT, UPDATE, DELETE",

	"waits":          "SELECT, INSERT, UPDATE, DELETE",
	"outlook":        "SELECT, INSERT, UPDATE, DELETE",
	"outlook_plans":  "SELECT, INSERT, UPDATE, DELETE",
	"outlook_counts": "SELECT, INSERT, UPDATE, DELETE",
	"outlook_stale":  "SELECT, INSERT, UPDATE, DELETE",
	"outlook_units":  "SELECT, INSERT, UPDATE, DELETE",
	"outlook_blocks": "SELECT, INSERT, UPDATE, DELETE",
	"outlook_words":  "SELECT, INSERT, UPDATE, DELETE",
	"outlook_owed":   "SELECT, INSERT, UPDATE, DELETE",
}

var (
	// ErrNotOwner: a role that may not change the ledger's tables was to bring them up to date.
	ErrNotOwner = errors.New("the ledger's tables are brought up to date by their owner: run starter init with the owner's DATABASE_URL")
	// ErrRoleMayAll: a role that programs were to use can do all that the owner can.
	ErrRoleMayAll = errors.New("the role is a superuser, or the owner of the ledger's tables, or a member of that role")
	// ErrNoRole: the server has no role of that name.
	ErrNoRole = errors.New("there is no such role")
)

// Admit lets a role of the PostgreSQL server do with the ledger what programs do, and
// no more: it reads everything, adds events, and cannot change or delete one. The
// address is the tables' owner's. Again, or after a change of the schema, it sets the
// role's rights anew. Errors wrap ErrNoRole and ErrRoleMayAll.
func Admit(ctx context.Context, address, role string) error {
	d, err := dialectOf(address, Options{}.complete())
	if err != nil {
		return err
	}
	p, ok := d.(postgres)
	if !ok {
		return fmt.Errorf("ledger: admit %s: the ledger is a file, which has no roles", role)
	}
	db := newPool(p.cfg, p.Options, "", new(atomic.Bool))
	defer db.Close()
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: admit %s: %w", role, named(err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if err := admit(ctx, tx, role); err != nil {
		return fmt.Errorf("ledger: admit %s: %w", role, named(err))
	}
	return tx.Commit()
}

func admit(ctx context.Context, tx *sqlx.Tx, role string) error {
	var is struct {
		There bool `db:"there"`
		Super bool `db:"super"`
	}
	err := tx.GetContext(ctx, &is, `SELECT count(*) > 0 AS there, coalesce(bool_or(rolsuper), false) AS super FROM pg_catalog.pg_roles WHERE rolname = $1`, role)
	switch {
	case err != nil:
		return err
	case !is.There:
		return ErrNoRole
	case is.Super:
		return ErrRoleMayAll
	}
	var owns bool
	err = tx.GetContext(ctx, &owns, `SELECT coalesce(bool_or(pg_catalog.pg_has_role($1, tableowner, 'MEMBER')), false)
		FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = ANY ($2)`, role, pq.Array(slices.Sorted(maps.Keys(rights))))
	switch {
	case err != nil:
		return err
	case owns:
		return ErrRoleMayAll
	}
	var here string
	if err := tx.GetContext(ctx, &here, `SELECT current_schema()`); err != nil {
		return err
	}
	name, schema := pq.QuoteIdentifier(role), pq.QuoteIdentifier(here)
	statements := []string{"GRANT USAGE ON SCHEMA " + schema + " TO " + name, "REVOKE CREATE ON SCHEMA " + schema + " FROM " + name}
	for table, may := range rights {
		statements = append(statements, "REVOKE ALL ON "+schema+"."+table+" FROM PUBLIC, "+name, "GRANT "+may+" ON "+schema+"."+table+" TO "+name)
	}
	_, err = tx.ExecContext(ctx, strings.Join(statements, "; "))
	return err
}

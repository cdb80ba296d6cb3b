package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
)

type postgres struct {
	cfg pq.Config
	Options
	direct *atomic.Bool // the newest connection leads to the server itself, with no pooler between
}

// readers bounds the reading connections of one process on PostgreSQL.
const readers = 8

func newPostgres(address string, o Options) (postgres, error) {
	cfg, err := pq.NewConfig(address)
	if err != nil {
		var wrong *url.Error // holds the address, password and all
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return postgres{}, fmt.Errorf("ledger: the address: %w", err)
	}
	// A statement with arguments goes out as one message and leaves no name
	// behind. A pooler that gives every transaction another connection of the
	// server (pgbouncer in transaction mode) would not find a prepared one again,
	// or find another client's; statements are prepared only where no pooler is
	// between.
	cfg.BinaryParameters = true
	if cfg.ConnectTimeout <= 0 || cfg.ConnectTimeout > o.Limits.Connect {
		cfg.ConnectTimeout = o.Limits.Connect
	}
	if cfg.ApplicationName == "" {
		cfg.ApplicationName = o.Name
	}
	if len(cfg.Multi) > 0 && cfg.TargetSessionAttrs == "" && !o.ReadOnly {
		// Of several servers only one can be written to, and the others may not
		// have yet what was written a moment ago.
		cfg.TargetSessionAttrs = pq.TargetSessionAttrsPrimary
	}
	return postgres{cfg, o, new(atomic.Bool)}, nil
}

// ready makes the schema or brings it up to date when the options say so, under
// a lock of the server so that others wait, and gives the ledger's identity.
func (p postgres) ready(ctx context.Context) (string, error) {
	pool := newPool(p.cfg, p.Options, "", new(atomic.Bool))
	defer pool.Close()
	pool.SetMaxOpenConns(2)
	id, err := p.inspect(ctx, pool)
	if !mendable(err, p.Options) {
		return id, err
	}
	// The lock is a transaction's, not the session's: behind a pooler the session
	// is not ours. And it is asked for, not waited for: those who wait would hold
	// the pooler's connections that the one who migrates needs.
	tx, err := pool.BeginTxx(ctx, nil)
	for pause := 10 * time.Millisecond; err == nil; pause = min(2*pause, time.Second) {
		var mine bool
		err = tx.GetContext(ctx, &mine, `SET LOCAL idle_in_transaction_session_timeout = '10min'; SELECT pg_try_advisory_xact_lock(20210408)`)
		if err == nil && mine {
			break
		}
		if err = errors.Join(err, tx.Rollback()); err != nil {
			return "", err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return "", ctx.Err()
		}
		tx, err = pool.BeginTxx(ctx, nil)
	}
	if err != nil {
		return "", err
	}
	defer tx.Rollback() //nolint:errcheck // nothing is written in it
	if id, err := p.inspect(ctx, pool); !mendable(err, p.Options) {
		return id, err // another process was faster
	}
	patient := p.Options
	patient.Limits.Silence = 10 * time.Minute // a migration may rewrite a table
	slow := newPool(p.cfg, patient, "", new(atomic.Bool))
	defer slow.Close()
	slow.SetMaxOpenConns(1)
	if err := migrate(ctx, goose.DialectPostgres, "postgres", slow); err != nil {
		var pg *pq.Error
		if errors.As(err, &pg) && pg.Code == "42501" {
			return "", fmt.Errorf("%w: %w", ErrNotOwner, err)
		}
		return "", fmt.Errorf("migrate: %w", err)
	}
	return identify(ctx, pool)
}

func (p postgres) inspect(ctx context.Context, db *sqlx.DB) (string, error) {
	return inspect(ctx, db, `SELECT count(*) FILTER (WHERE tablename = 'ledger_version') AS ours,
		count(*) FILTER (WHERE tablename IN ('chain', 'events', 'plans', 'tasks')) AS others
		FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))`)
}

func (p postgres) pools(id string) (writer, reader *sqlx.DB, err error) {
	reader = newPool(p.cfg, p.Options, id, p.direct)
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	if p.ReadOnly {
		return nil, reader, nil
	}
	writer = newPool(p.cfg, p.Options, id, p.direct)
	writer.SetMaxOpenConns(1)
	return writer, reader, nil
}

func newPool(cfg pq.Config, o Options, id string, direct *atomic.Bool) *sqlx.DB {
	db := sql.OpenDB(newConnector(cfg, o, id, direct))
	// A connection is not kept for ever, and an idle one is given back, so that
	// a server or pooler that was exchanged is found.
	db.SetConnMaxLifetime(10 * time.Minute)
	db.SetConnMaxIdleTime(2 * time.Minute)
	return sqlx.NewDb(db, "postgres")
}

func (postgres) here() error { return nil } // every new connection is asked: see connector

func (postgres) tidy(context.Context, *sqlx.DB) error { return nil }

func (postgres) closed() {}

func (p postgres) prepares() bool { return p.direct.Load() }

func (postgres) writing() *sql.TxOptions { return &sql.TxOptions{Isolation: sql.LevelReadCommitted} }

func (postgres) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// limits go out in one message with lockHead: a client that is paused before the
// message holds no lock, and the server ends the session of one that is paused after it.
func (p postgres) limits() string {
	l := p.Limits
	return fmt.Sprintf(`SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d`,
		l.Statement.Milliseconds(), l.Lock.Milliseconds(), l.Idle.Milliseconds())
}

func (postgres) lockHead() string { return headOf + ` FOR UPDATE OF c` }

// overwrites does nothing: what a server deletes stays in its files until VACUUM FULL, which only
// the tables' owner can do, and in its log.
func (postgres) overwrites(*tx, bool) error { return nil }

func (postgres) clock() string  { return `SELECT clock_timestamp()` }
func (postgres) ownClock() bool { return false }

// turn is 0: those who wait for the row of the chain get it in turn.
func (postgres) turn() time.Duration { return 0 }

// patient lifts the server's limits for a reading transaction that may take long: between
// two pages of events a replay makes the tables again, which takes a while on a slow machine.
func (postgres) patient() string {
	return `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '10min'`
}

// indexed has the planner take pages as near to one another as they are in memory and on a disk
// without a moving head. By the server's standard (4) it goes through all outlooks of a plan for
// the tasks of one unit: with 100,000 tasks in a fifth of the time by the index.
func (postgres) indexed() string { return `SET LOCAL random_page_cost = 1.1` }

// blockers are the sessions that keep another session of this database waiting for a lock
// and do not wait for a lock themselves.
func (postgres) blockers(ctx context.Context, db *sqlx.DB) (list []string, err error) {
	err = db.SelectContext(ctx, &list, `SELECT DISTINCT concat_ws(' ', nullif(h.application_name, ''), 'from', coalesce(h.client_addr::text, 'this machine'),
			'pid', h.pid, h.state, 'since', h.state_change)
		FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS b (pid) JOIN pg_stat_activity h ON h.pid = b.pid
		WHERE w.datname = current_database() AND w.wait_event_type = 'Lock' AND h.wait_event_type IS DISTINCT FROM 'Lock'`)
	return list, err
}

func (postgres) exact(column string) string { return column }
func (postgres) among(column string) string { return column + ` = ANY (?)` }
func (postgres) list(values []string) any   { return pq.Array(values) }
func (postgres) parameters() int            { return 65535 }

func (postgres) ahead(column string) string { return `split_part(` + column + `, '/', 1)` }

func (postgres) holds(column string) string { return `strpos(` + column + `, ?) > 0` }

func (postgres) joined(column string) string {
	return `string_agg(` + column + `, '/' ORDER BY position, task COLLATE "C")`
}

func (postgres) through(string) string { return "" }

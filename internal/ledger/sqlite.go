package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // driver "sqlite"

	"duban/internal/sqlitefile"
)

type lite struct {
	path string // absolute
	Options
	file *held
}

// held is the file as it was opened.
type held struct {
	info    os.FileInfo
	release func()
}

func init() { sqlx.BindDriver("sqlite", sqlx.QUESTION) }

func newLite(path string, o Options) (lite, error) {
	path, err := filepath.Abs(path)
	return lite{path, o, &held{release: func() {}}}, err
}

// ready makes the file, its folder and the schema when they are not there, or
// brings the schema up to date, as far as the options say so, and gives the
// ledger's identity. Processes that make a new file at the same moment wait for
// the first one.
func (l lite) ready(ctx context.Context) (id string, err error) {
	if !l.ReadOnly {
		if err := sqlitefile.Local(filepath.Dir(l.path)); err != nil {
			return "", err
		}
	}
	if l.Create {
		if err := os.MkdirAll(filepath.Dir(l.path), 0o750); err != nil {
			return "", err
		}
	}
	if l.Create || l.Migrate {
		unlock, err := lockFolder(ctx, filepath.Dir(l.path))
		if errors.Is(err, fs.ErrNotExist) {
			return "", ErrNoLedger
		}
		if err != nil {
			return "", err
		}
		defer unlock()
	}
	l.file.info, l.file.release, err = useFile(l.path)
	if err == nil {
		id, err = l.inspect(ctx)
	} else if mendable(err, l.Options) {
		var failed error
		if l.file.info, l.file.release, failed = newFile(l.path); failed != nil {
			return "", failed
		}
	} else {
		l.file.release = func() {}
	}
	if err == nil && !l.ReadOnly && !(writable(l.path) && writable(filepath.Dir(l.path))) {
		err = fmt.Errorf("%w: %s and its folder must be writable", ErrReadOnly, l.path)
	}
	if mendable(err, l.Options) {
		id, err = l.upgrade(ctx)
	} else if err == nil && (l.Create || l.Migrate) {
		err = l.log(ctx)
	}
	if err == nil {
		err = l.here()
	}
	if err != nil {
		l.file.release()
	}
	return id, err
}

// inspect looks at the file and changes nothing.
func (l lite) inspect(ctx context.Context) (string, error) {
	db, err := sqlx.Open(liteDriver, l.dsn(l.reading()))
	if err != nil {
		return "", err
	}
	defer db.Close()
	return inspect(ctx, db, `SELECT count(*) FILTER (WHERE name = 'ledger_version') AS ours, count(*) AS others FROM sqlite_master WHERE type = 'table'`)
}

func (l lite) upgrade(ctx context.Context) (string, error) {
	db, err := sqlx.Open(liteDriver, l.dsn("mode=rw&_txlock=immediate&_pragma=journal_mode(WAL)"))
	if err != nil {
		return "", err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, goose.DialectSQLite3, "sqlite", db); err != nil {
		return "", fmt.Errorf("migrate: %w", err)
	}
	return identify(ctx, db)
}

// log sets the journal mode WAL, a write-ahead log beside the file, so that readers and
// the writer do not wait for one another. A copy that SQLite made (VACUUM INTO) has
// another mode.
func (l lite) log(ctx context.Context) error {
	db, err := sqlx.ConnectContext(ctx, "sqlite", l.dsn("mode=rw&_pragma=journal_mode(WAL)"))
	if err != nil {
		return err
	}
	return db.Close()
}

// closed notes that this store no longer has the file open: see files.
func (l lite) closed() { l.file.release() }

func (l lite) pools(string) (writer, reader *sqlx.DB, err error) {
	// Of a big ledger a page reads more than the 2 MB that SQLite keeps of a file by itself.
	if reader, err = sqlx.Open(liteDriver, l.dsn(l.reading()+"&_pragma=cache_size(-16384)")); err != nil {
		return nil, nil, err
	}
	reader.SetMaxOpenConns(4)
	reader.SetMaxIdleConns(4)
	if l.ReadOnly {
		return nil, reader, nil
	}
	often := l
	often.Limits.Busy = liteTurn
	if writer, err = sqlx.Open(liteDriver, often.dsn("mode=rw&_txlock=immediate")); err != nil {
		return nil, nil, errors.Join(err, reader.Close())
	}
	writer.SetMaxOpenConns(1)
	return writer, reader, nil
}

// reading is how the file is opened for reading: in mode rw, with query_only, since
// readers of a ledger in use write to its shared memory; in mode ro on a disk or in a
// folder that cannot be written to. There, a file without a log beside it cannot
// change, and is read without any lock (immutable).
func (l lite) reading() string {
	if writable(l.path) && writable(filepath.Dir(l.path)) {
		return "mode=rw&_pragma=query_only(1)"
	}
	if info, err := os.Stat(l.path + "-wal"); err != nil || info.Size() == 0 {
		return "mode=ro&immutable=1"
	}
	return "mode=ro"
}

// dsn sets what every connection needs in the address: a PRAGMA by Exec would
// reach one connection of the pool only.
func (l lite) dsn(more string) string {
	return fmt.Sprintf("%s?_pragma=busy_timeout(%d)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_time_format=sqlite&%s",
		sqlitefile.URI(l.path), l.Limits.Busy.Milliseconds(), more)
}

// here tells whether the path still leads to the file that was opened. A file
// that was moved or removed stays open and takes writes that nobody finds again.
func (l lite) here() error {
	now, err := os.Stat(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s is not there", ErrReplaced, l.path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplaced, err)
	}
	if !os.SameFile(now, l.file.info) {
		return fmt.Errorf("%w: another file is at %s; put the right one back, or start again to use this one", ErrReplaced, l.path)
	}
	return nil
}

// tidy brings what is in the write-ahead log into the file, so that the file alone is
// the ledger, also while other processes have it open. What another process is reading
// just now stays in the log.
func (l lite) tidy(ctx context.Context, writer *sqlx.DB) error {
	_, err := writer.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = %d`, l.Limits.Busy.Milliseconds(), liteTurn.Milliseconds()))
	return err
}

// liteTurn is a turn. SQLite gives its write lock to whoever asks when it is free, and who waits
// for it asks every 100 ms in the end: a process with much to write would have the lock for as
// long as that lasts, and a person's command would give up. So a writer asks every few
// milliseconds instead, for which its wait is as short as a turn.
const liteTurn = 18 * time.Millisecond

func (lite) turn() time.Duration { return liteTurn }

func (lite) prepares() bool           { return true }
func (lite) writing() *sql.TxOptions  { return nil }
func (lite) snapshot() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }
func (lite) indexed() string          { return "" }
func (lite) patient() string          { return "" }

// lockHead needs no lock of its own: the transaction began as the only writer.
func (lite) limits() string   { return "" }
func (lite) lockHead() string { return headOf }

func (lite) overwrites(t *tx, on bool) error {
	set := map[bool]string{true: `PRAGMA secure_delete = 1`, false: `PRAGMA secure_delete = 0`}[on]
	_, err := t.inner.ExecContext(t.ctx, set)
	return err
}

func (lite) clock() string  { return `SELECT real_at FROM events ORDER BY seq DESC LIMIT 1` }
func (lite) ownClock() bool { return true }

// blockers is the process that holds the write lock, where the system tells.
func (l lite) blockers(context.Context, *sqlx.DB) ([]string, error) {
	return holders(l.path + "-shm")
}

// exact reads an instant as the text it is stored as, so that the chain sees
// every byte of it.
func (lite) exact(column string) string { return column + " || ''" }
func (lite) among(column string) string { return column + ` IN (SELECT value FROM json_each(?))` }
func (lite) list(values []string) any   { return asJSON(values) }
func (lite) parameters() int            { return 32766 }

func (lite) ahead(column string) string {
	return `substr(` + column + `, 1, instr(` + column + ` || '/', '/') - 1)`
}

func (lite) holds(column string) string { return `instr(` + column + `, ?) > 0` }

func (lite) joined(column string) string {
	return `group_concat(` + column + `, '/' ORDER BY position, task)`
}

func (lite) through(index string) string { return ` INDEXED BY ` + index }

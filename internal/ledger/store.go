package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/calendar"
)

// Store is an open ledger. It is safe for concurrent use, and several
// processes may have the same one open.
type Store struct {
	d       dialect
	id      string
	writer  *sqlx.DB // one connection
	reader  *sqlx.DB
	jobs    chan *job
	most    int // writes that share a transaction
	shut    chan struct{}
	stopped chan struct{}
	once    sync.Once
	ready   map[string]*sqlx.Stmt // the writer's statements; touched by its goroutine only
	bound   map[string]string

	mu       sync.Mutex
	plans    map[planVersion]Launched
	years    []calendar.Year // the calendar as last read
	yearsAre string          // its years and versions
}

// Open opens the ledger at "postgres://…", "postgresql://…" or "sqlite:PATH",
// makes it when it is not there and brings its schema up to date.
func Open(ctx context.Context, url string) (*Store, error) {
	d, err := dialectOf(url)
	if err != nil {
		return nil, err
	}
	writer, reader, err := d.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("ledger: open: %w", err)
	}
	id, err := identify(ctx, writer)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: identity: %w", err), reader.Close(), writer.Close())
	}
	s := &Store{
		d: d, id: id, writer: writer, reader: reader, most: together,
		jobs: make(chan *job), shut: make(chan struct{}), stopped: make(chan struct{}),
		ready: map[string]*sqlx.Stmt{}, bound: map[string]string{}, plans: map[planVersion]Launched{},
	}
	go s.work()
	return s, nil
}

// Close lets the writes that have begun end and shuts the ledger. Later calls
// give ErrShut.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.shut)
		<-s.stopped
		for _, stmt := range s.ready {
			stmt.Close()
		}
		err = errors.Join(s.reader.Close(), s.writer.Close())
	})
	return err
}

// one reads one row into dest; none is ErrNotFound.
func (s *Store) one(ctx context.Context, dest any, query string, args ...any) error {
	return found(s.reader.GetContext(ctx, dest, s.reader.Rebind(query), args...))
}

// all reads every row into the slice dest.
func (s *Store) all(ctx context.Context, dest any, query string, args ...any) error {
	return s.reader.SelectContext(ctx, dest, s.reader.Rebind(query), args...)
}

func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// instant brings a time to what both databases keep: UTC, microseconds.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func nullable(t time.Time) sql.NullTime {
	return sql.NullTime{Time: instant(t), Valid: !t.IsZero()}
}

func fromNull(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

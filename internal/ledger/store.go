package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/calendar"
)

// Store is an open ledger. It is safe for concurrent use, and several
// processes may have the same one open.
type Store struct {
	d       dialect
	id      string
	o       Options
	writer  *sqlx.DB // one connection; nil when the ledger is open for reading only
	reader  *sqlx.DB
	jobs    chan *job
	most    int // the most writes that share a transaction
	shut    chan struct{}
	stopped chan struct{}
	base    context.Context // of every transaction; ends when Close has waited long enough
	end     context.CancelFunc
	trouble atomic.Pointer[error] // what the writer is waiting for now
	once    sync.Once
	after   func()                // after Close; may be nil
	ready   map[string]*sqlx.Stmt // the writer's statements; touched by its goroutine only
	bound   map[string]string
	reads   sync.Map     // the reader's statements: *sqlx.Stmt by query
	kept    atomic.Int32 // how many these are

	backwards backwards

	mu        sync.Mutex
	plans     map[planVersion]Launched
	frames    map[string]framed // by plan
	directory *directory
	years     []calendar.Year // the calendar as last read
	yearsAre  string          // its years and versions
	came      arrived
	measures  map[string]measured // by office
	entries   map[string]entered  // by plan
	handled   map[string]Incident // by plan and number, as last read
}

// Options say what opening a ledger may do.
type Options struct {
	Create   bool // make it where there is none
	Migrate  bool // bring an older schema up to date
	ReadOnly bool // write nothing, also where nothing can be written; writes give ErrReadOnly
	Name     string
	Limits   Limits
	Log      *slog.Logger
	Now      func() time.Time // the machine's clock, that Skew compares; time.Now when nil
}

func (o Options) complete() Options {
	if o.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "a machine"
		}
		o.Name = fmt.Sprintf("%.60s", fmt.Sprintf("%s@%s/%d", filepath.Base(os.Args[0]), host, os.Getpid()))
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Limits = o.Limits.standard()
	return o
}

// Open opens the ledger at "postgres://…", "postgresql://…" or "sqlite:PATH" for a
// worker: it makes the ledger when there is none and brings its schema up to date.
func Open(ctx context.Context, address string) (*Store, error) {
	return OpenWith(ctx, address, Options{Create: true, Migrate: true})
}

// Make makes the ledger at an address as Open takes it, or brings its schema up to date.
func Make(ctx context.Context, address string) error {
	store, err := Open(ctx, address)
	if err != nil {
		return err
	}
	return store.Close()
}

// OpenWith opens the ledger at an address as Open takes it. What the options do not allow it
// to make or to bring up to date stays as it is: ErrNoLedger, ErrSchemaOlder; and so does
// what no program brings up to date: ErrForeign, ErrUnreleased, ErrSchemaNewer.
func OpenWith(ctx context.Context, address string, o Options) (*Store, error) {
	o = o.complete()
	d, err := dialectOf(address, o)
	if err != nil {
		return nil, err
	}
	id, err := d.ready(ctx)
	if err != nil {
		return nil, fmt.Errorf("ledger: open: %w", named(err))
	}
	writer, reader, err := d.pools(id)
	if err != nil {
		d.closed()
		return nil, fmt.Errorf("ledger: open: %w", err)
	}
	s := &Store{
		d: d, id: id, o: o, writer: writer, reader: reader, most: together,
		jobs: make(chan *job), shut: make(chan struct{}), stopped: make(chan struct{}),
		ready: map[string]*sqlx.Stmt{}, bound: map[string]string{}, plans: map[planVersion]Launched{}, frames: map[string]framed{},
	}
	s.base, s.end = context.WithCancel(context.Background())
	go s.work()
	return s, nil
}

// Close lets the writes that have begun end, for as long as the limit says, and
// shuts the ledger. Later calls give ErrShut.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.shut)
		defer s.end()
		enough := time.AfterFunc(s.o.Limits.Close/2, s.end)
		defer enough.Stop()
		done := make(chan error, 1)
		go func() {
			<-s.stopped
			for _, stmt := range s.ready {
				stmt.Close()
			}
			err := parted(s.reader.Close())
			if s.writer != nil {
				if s.d.here() == nil {
					if failed := s.d.tidy(s.base, s.writer); failed != nil {
						s.o.Log.Warn("The ledger's write-ahead log stays beside it", "error", failed)
					}
				}
				err = errors.Join(err, parted(s.writer.Close()))
			}
			s.d.closed()
			if s.after != nil {
				s.after()
			}
			done <- err
		}()
		select {
		case err = <-done:
		case <-time.After(s.o.Limits.Close):
			err = fmt.Errorf("ledger: close: a write is still under way: %w", ErrAway)
		}
	})
	return err
}

// parted is the error of closing a pool, but nil when only the last message over a
// connection failed that was dropped or whose server is gone: nothing is lost by that.
func parted(err error) error {
	var wire net.Error
	if errors.As(err, &wire) || errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// one reads one row into dest; none is ErrNotFound.
func (s *Store) one(ctx context.Context, dest any, query string, args ...any) error {
	return s.ask(ctx, dest, query, func(ctx context.Context, stmt *sqlx.Stmt) error {
		if stmt != nil {
			return found(stmt.GetContext(ctx, dest, args...))
		}
		return found(s.reader.GetContext(ctx, dest, s.reader.Rebind(query), args...))
	})
}

// all reads every row into the slice dest.
func (s *Store) all(ctx context.Context, dest any, query string, args ...any) error {
	return s.ask(ctx, dest, query, func(ctx context.Context, stmt *sqlx.Stmt) error {
		if stmt != nil {
			return stmt.SelectContext(ctx, dest, args...)
		}
		return s.reader.SelectContext(ctx, dest, s.reader.Rebind(query), args...)
	})
}

// ask lets do read into dest by the statement that is kept of a query, nil where none is, and
// tries again what may pass.
func (s *Store) ask(ctx context.Context, dest any, query string, do func(context.Context, *sqlx.Stmt) error) error {
	defer countRead(ctx, dest)
	return s.read(ctx, func(ctx context.Context) error {
		stmt, err := s.prepared(ctx, query)
		if err != nil {
			return err
		}
		if err = do(ctx, stmt); stmt != nil && outlived(err) && s.reads.CompareAndDelete(query, stmt) {
			s.kept.Add(-1) // the next try prepares it anew. It is not closed: others may be reading by it
		}
		return err
	})
}

// mostKept is how many of the reader's statements stay prepared: more than there are
// fixed ones; those that are put together for a list come in many shapes.
const mostKept = 200

// prepared is a query of the reader as a statement that stays prepared, because a database
// takes longer to parse and plan a query than to read a row; nil where none is kept.
func (s *Store) prepared(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if !s.d.prepares() {
		return nil, nil
	}
	if stmt, ok := s.reads.Load(query); ok {
		return stmt.(*sqlx.Stmt), nil
	}
	if len(query) > 2000 || s.kept.Load() >= mostKept {
		return nil, nil
	}
	stmt, err := s.reader.PreparexContext(ctx, s.reader.Rebind(query))
	if err != nil {
		return nil, err
	}
	if other, there := s.reads.LoadOrStore(query, stmt); there {
		stmt.Close()
		return other.(*sqlx.Stmt), nil
	}
	s.kept.Add(1)
	return stmt, nil
}

// read tries again what failed for a reason that may pass, within the caller's
// context and the limit.
func (s *Store) read(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Limits.Read)
	defer cancel()
	select {
	case <-s.shut:
		return ErrShut
	default:
	}
	var before error // why the last try failed
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := s.d.here()
		if err == nil {
			err = do(ctx)
		}
		if err != nil && ctx.Err() != nil {
			return tooLate(ctx, cmp.Or(before, err))
		}
		if !classify(err).again() {
			return err
		}
		before = err
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return tooLate(ctx, before)
		case <-s.shut:
			return ErrShut
		}
	}
}

// tooLate is what a call gives when its time is over: the context's error, and the error for
// which the call waited.
func tooLate(ctx context.Context, err error) error {
	if errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", named(err), ctx.Err())
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

package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// A transaction costs one wait for the disk, so writes that come together
// share one: a single goroutine takes what is waiting, runs it one after
// another inside one transaction and answers when that is committed. When one
// of them fails, all is undone and each is run again alone, so that only the
// failing one fails. A write may therefore run more than once before it counts.

// together is the most writes that share a transaction.
const together = 64

// job is one write: do runs inside the transaction, done hears how it ended.
type job struct {
	ctx  context.Context
	do   func(*tx) error
	done chan error
}

// write runs do in a transaction and gives its result once it is on the disk.
// When ctx ends first the write may still happen.
func write[T any](ctx context.Context, s *Store, do func(*tx) (T, error)) (T, error) {
	var result, none T
	j := &job{ctx: ctx, done: make(chan error, 1)}
	j.do = func(t *tx) (err error) {
		result, err = do(t) // read below only after done, which orders the two
		return err
	}
	select {
	case <-s.shut:
		return none, ErrShut
	default:
	}
	select {
	case s.jobs <- j:
	case <-ctx.Done():
		return none, ctx.Err()
	case <-s.shut:
		return none, ErrShut
	}
	select {
	case err := <-j.done:
		if err != nil {
			return none, err
		}
		return result, nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// work is the writer's goroutine.
func (s *Store) work() {
	defer close(s.stopped)
	for {
		select {
		case j := <-s.jobs:
			s.settle(s.gather(j))
		case <-s.shut:
			return
		}
	}
}

// gather takes the writes that are waiting beside the first.
func (s *Store) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < s.most {
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// settle brings a batch to its end and answers every job in it.
func (s *Store) settle(batch []*job) {
	err := s.attempt(batch)
	if err != nil && len(batch) > 1 {
		for _, j := range batch {
			s.settle([]*job{j})
		}
		return
	}
	for _, j := range batch {
		j.done <- err
	}
}

// attempt runs a batch, again when the database was busy or the connection
// went: every write may be repeated, so a lost answer to COMMIT does no harm.
func (s *Store) attempt(batch []*job) error {
	pause := 5 * time.Millisecond
	for try := 1; ; try++ {
		err := s.transact(batch)
		f := classify(err)
		if f != transient && f != lost || try == 8 {
			return err
		}
		select {
		case <-time.After(pause):
		case <-s.shut:
			return err
		}
		pause *= 2
	}
}

func (s *Store) transact(batch []*job) (err error) {
	if len(batch) == 1 && batch[0].ctx.Err() != nil {
		return batch[0].ctx.Err()
	}
	// The transaction is not any one caller's: their contexts do not end it.
	ctx := context.Background()
	inner, err := s.writer.BeginTxx(ctx, s.d.writing())
	if err != nil {
		return fmt.Errorf("ledger: begin: %w", err)
	}
	defer inner.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	t := &tx{s: s, ctx: ctx, inner: inner}
	if err := t.one(&t.head, s.d.lockHead()); err != nil {
		return fmt.Errorf("ledger: head of the chain: %w", err)
	}
	before := t.head
	for _, j := range batch {
		if err := j.do(t); err != nil {
			return err
		}
	}
	if t.head != before {
		if _, err := t.exec(`UPDATE chain SET seq = ?, hash = ? WHERE id = 1`, t.head.Seq, t.head.Hash); err != nil {
			return err
		}
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("ledger: commit: %w", err)
	}
	return s.prepare(t.wanted)
}

// prepare keeps the statements a transaction used for the next ones.
func (s *Store) prepare(queries []string) error {
	for _, q := range queries {
		if s.ready[q] != nil {
			continue
		}
		stmt, err := s.writer.Preparex(s.bind(q))
		if err != nil {
			return nil // the connection went after the commit: the next one prepares
		}
		s.ready[q] = stmt
	}
	return nil
}

func (s *Store) bind(query string) string {
	q, ok := s.bound[query]
	if !ok {
		q = s.writer.Rebind(query)
		s.bound[query] = q
	}
	return q
}

// tx is one transaction of the writer. Queries are written with ?.
type tx struct {
	s      *Store
	ctx    context.Context
	inner  *sqlx.Tx
	head   head
	wanted []string // statements that were not prepared yet
}

// head is the end of the chain: how many events, and the hash of the last.
type head struct {
	Seq  int64  `db:"seq"`
	Hash string `db:"hash"`
}

func (t *tx) stmt(query string) *sqlx.Stmt {
	if stmt := t.s.ready[query]; stmt != nil {
		return t.inner.StmtxContext(t.ctx, stmt)
	}
	t.wanted = append(t.wanted, query)
	return nil
}

func (t *tx) exec(query string, args ...any) (rows int64, err error) {
	var res sql.Result
	if stmt := t.stmt(query); stmt != nil {
		res, err = stmt.ExecContext(t.ctx, args...)
	} else {
		res, err = t.inner.ExecContext(t.ctx, t.s.bind(query), args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// one reads one row; none is ErrNotFound.
func (t *tx) one(dest any, query string, args ...any) error {
	if stmt := t.stmt(query); stmt != nil {
		return found(stmt.GetContext(t.ctx, dest, args...))
	}
	return found(t.inner.GetContext(t.ctx, dest, t.s.bind(query), args...))
}

func (t *tx) all(dest any, query string, args ...any) error {
	if stmt := t.stmt(query); stmt != nil {
		return stmt.SelectContext(t.ctx, dest, args...)
	}
	return t.inner.SelectContext(t.ctx, dest, t.s.bind(query), args...)
}

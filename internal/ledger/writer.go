package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
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
	ctx  context.Context // has a deadline
	do   func(*tx) error
	done chan error
	last atomic.Pointer[error] // why it has not been done yet
}

// gone is what a job's caller gets when its time is over. The write may still
// happen, or have happened.
func (j *job) gone() error {
	if last := j.last.Load(); last != nil {
		return tooLate(j.ctx, *last)
	}
	return j.ctx.Err()
}

// write runs do in a transaction and gives its result once it is on the disk.
// A caller without a deadline gets the standard one. When ctx ends first the
// write may still happen.
func write[T any](ctx context.Context, s *Store, do func(*tx) (T, error)) (T, error) {
	return writeWithin(ctx, s, s.o.Limits.Write, do)
}

// writeWithin is write with another deadline for a caller who sets none.
func writeWithin[T any](ctx context.Context, s *Store, limit time.Duration, do func(*tx) (T, error)) (T, error) {
	var result, none T
	if s.writer == nil {
		return none, ErrReadOnly
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
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
		return none, s.unheard(ctx)
	case <-s.shut:
		return none, ErrShut
	}
	select {
	case err := <-j.done:
		if err != nil {
			return none, named(err)
		}
		return result, nil
	case <-ctx.Done():
		return none, j.gone()
	}
}

// unheard is the error of a write that the writer did not take before ctx ended: what the
// writer was waiting for meanwhile, or the error of ctx.
func (s *Store) unheard(ctx context.Context) error {
	if last := s.trouble.Load(); last != nil {
		return tooLate(ctx, *last)
	}
	return ctx.Err()
}

// long is how long this process writes without a pause before another one has its turn: see
// dialect.turn.
const long = 500 * time.Millisecond

// work is the writer's goroutine.
func (s *Store) work() {
	defer close(s.stopped)
	var since, ended time.Time // when this process began to write without a pause, and when its last transaction ended
	for {
		select {
		case j := <-s.jobs:
			if now := time.Now(); since.IsZero() || now.Sub(ended) >= s.d.turn() {
				since = now
			}
			s.settle(s.gather(j))
			if ended = time.Now(); ended.Sub(since) < long {
				continue
			}
			since = time.Time{}
			select {
			case <-time.After(s.d.turn()):
			case <-s.shut:
				return
			}
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
	batch, err := s.attempt(batch)
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

// attempt runs a batch, again and again while the reason may pass and somebody
// waits for it: every write may be repeated, so a lost answer to COMMIT does no
// harm. It gives the jobs that still wait for an answer, and theirs.
func (s *Store) attempt(batch []*job) (left []*job, err error) {
	wait := s.watch()
	defer wait.over()
	defer s.trouble.Store(nil)
	rest := time.Second // the longest pause between two tries
	var before error    // why the last try failed
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, rest) {
		if batch = living(batch); len(batch) == 0 {
			return nil, nil
		}
		ran, err := s.transact(batch, wait)
		if before != nil && !ran && errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: %w", named(before), err) // the time was over within a try: why the tries before failed is the reason
		}
		f := classify(err)
		switch {
		case !f.again():
			return batch, err
		case ran && len(batch) > 1 && f != lost && f != readOnly && f != replaced:
			return batch, err // one of them may be the reason
		}
		rest = time.Second
		if turn := s.d.turn(); turn > 0 && f == transient && !ran {
			rest = turn / 3 // another process writes: it leaves the ledger for no longer than a turn
		}
		pause = min(pause, rest)
		wait.because(err)
		s.trouble.Store(&err)
		before = err
		for _, j := range batch {
			j.last.Store(&err)
		}
		select {
		case <-time.After(pause):
		case <-s.shut:
			return batch, err
		}
	}
}

// living leaves out the jobs nobody waits for any more.
func living(batch []*job) []*job {
	var left []*job
	for _, j := range batch {
		if j.ctx.Err() != nil {
			j.done <- j.gone()
			continue
		}
		left = append(left, j)
	}
	return left
}

// transact runs a batch in one transaction. It tells whether a job has run, or
// may have. The transaction is not any one caller's: it lasts as long as the
// most patient of them.
func (s *Store) transact(batch []*job, wait *wait) (ran bool, err error) {
	if err := s.d.here(); err != nil {
		return false, err
	}
	var deadline time.Time
	for _, j := range batch {
		if d, _ := j.ctx.Deadline(); d.After(deadline) {
			deadline = d
		}
	}
	ctx, cancel := context.WithDeadline(s.base, deadline)
	defer cancel()
	inner, err := s.writer.BeginTxx(ctx, s.d.writing())
	if err != nil {
		return false, fmt.Errorf("ledger: begin: %w", err)
	}
	// When ctx ends, the pool undoes the transaction, and whatever is asked of it afterwards gets
	// sql.ErrTxDone, or that the rows it reads are closed, for which there is no error to compare
	// with: that the time was over is why, and what a caller is to hear.
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = tooLate(ctx, err)
		}
	}()
	defer inner.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	// The deadline is the transaction's: its statements need none of their own.
	t := &tx{s: s, ctx: context.Background(), inner: inner, pending: map[string]*touched{}, held: map[string]any{}}
	if limits := s.d.limits(); limits == "" {
		err = t.one(&t.head, s.d.lockHead())
	} else {
		err = found(inner.GetContext(t.ctx, &t.head, limits+"; "+s.d.lockHead()))
	}
	if err != nil {
		return false, fmt.Errorf("ledger: head of the chain: %w", err)
	}
	wait.over()
	before := t.head.Seq
	for _, j := range batch {
		if err := j.do(t); err != nil {
			return true, err
		}
		if err := t.told(); err != nil {
			return true, err
		}
	}
	if t.head.Seq != before {
		if _, err := t.exec(`UPDATE chain SET seq = ?, hash = ? WHERE id = 1`, t.head.Seq, t.head.Hash); err != nil {
			return true, err
		}
	}
	if err := inner.Commit(); err != nil {
		return true, fmt.Errorf("ledger: commit: %w", err)
	}
	s.backwards.note(s, t.back)
	if err := s.d.here(); err != nil { // written to a file that nobody finds
		return true, err
	}
	s.prepare(t.wanted)
	return true, nil
}

// prepare keeps the statements a transaction used for the next ones.
func (s *Store) prepare(queries []string) {
	for _, q := range queries {
		if s.ready[q] != nil {
			continue
		}
		stmt, err := s.writer.Preparex(s.bind(q))
		if err != nil {
			return // the connection went after the commit: the next one prepares
		}
		s.ready[q] = stmt
	}
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
	back   []step
	wanted []string // statements that were not prepared yet

	pending map[string]*touched // rows that no event tells of yet
	order   []*touched          // the same, in order
	held    map[string]any      // rows that were read and not written since, by rowName
}

// head is the end of the chain: how many events, and the hash of the last.
type head struct {
	Seq  int64        `db:"seq"`
	Hash string       `db:"hash"`
	Real sql.NullTime `db:"real_at"` // of the last event
}

// headOf reads a head.
const headOf = `SELECT c.seq, c.hash, e.real_at FROM chain c LEFT JOIN events e ON e.seq = c.seq WHERE c.id = 1`

func (t *tx) stmt(query string) *sqlx.Stmt {
	if stmt := t.s.ready[query]; stmt != nil {
		return t.inner.StmtxContext(t.ctx, stmt)
	}
	if t.s.d.prepares() && len(query) < 2000 { // the long ones come in as many shapes as there are rows
		t.wanted = append(t.wanted, query)
	}
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

// query reads rows; they are to be closed before the next statement.
func (t *tx) query(query string, args ...any) (*sqlx.Rows, error) {
	if stmt := t.stmt(query); stmt != nil {
		return stmt.QueryxContext(t.ctx, args...)
	}
	return t.inner.QueryxContext(t.ctx, t.s.bind(query), args...)
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

package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/ngrok/sqlmw"
)

// liteDriver is the name of the SQLite driver that ledgers are opened with.
var liteDriver = "sqlite"

// Trouble lets statements on SQLite ledgers of this process go wrong while a file
// is there, in the way that it says: "failing 0.1" fails one statement in ten,
// "hanging 0.02" leaves one in fifty without an answer until its context ends or
// half a minute is over; of the commits that fail, half are done all the same.
// It is for rehearsals, is called once, and before a ledger is opened.
func Trouble(file string) {
	db, err := sql.Open("sqlite", "")
	if err != nil {
		panic(err) // the driver is linked in
	}
	defer db.Close()
	liteDriver = "sqlite-in-trouble"
	sql.Register(liteDriver, sqlmw.Driver(db.Driver(), &trouble{file: file}))
	sqlx.BindDriver(liteDriver, sqlx.QUESTION)
}

// errTrouble is what a failed statement says.
var errTrouble = errors.New("disk I/O error, as rehearsed")

type trouble struct {
	sqlmw.NullInterceptor
	file string

	mu      sync.Mutex
	looked  time.Time
	hanging bool
	share   float64 // of the statements
}

// hang is how long a statement is without an answer at the most.
const hang = 30 * time.Second

// strike is the trouble of one statement: nil, or its error.
func (t *trouble) strike(ctx context.Context) error {
	share, hanging := t.now()
	if rand.Float64() >= share {
		return nil
	}
	if !hanging {
		return errTrouble
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(hang):
		return errTrouble
	}
}

// now reads the file, twenty times a second at the most.
func (t *trouble) now() (share float64, hanging bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.looked) > 50*time.Millisecond {
		t.looked, t.share = time.Now(), 0
		if raw, err := os.ReadFile(t.file); err == nil {
			how, share, _ := strings.Cut(strings.TrimSpace(string(raw)), " ")
			t.hanging = how == "hanging"
			t.share, _ = strconv.ParseFloat(share, 64)
		}
	}
	return t.share, t.hanging
}

func (t *trouble) ConnBeginTx(ctx context.Context, conn driver.ConnBeginTx, opts driver.TxOptions) (context.Context, driver.Tx, error) {
	if err := t.strike(ctx); err != nil {
		return ctx, nil, err
	}
	return t.NullInterceptor.ConnBeginTx(ctx, conn, opts)
}

func (t *trouble) ConnPing(ctx context.Context, conn driver.Pinger) error {
	if err := t.strike(ctx); err != nil {
		return err
	}
	return t.NullInterceptor.ConnPing(ctx, conn)
}

func (t *trouble) ConnExecContext(ctx context.Context, conn driver.ExecerContext, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := t.strike(ctx); err != nil {
		return nil, err
	}
	return t.NullInterceptor.ConnExecContext(ctx, conn, query, args)
}

func (t *trouble) ConnQueryContext(ctx context.Context, conn driver.QueryerContext, query string, args []driver.NamedValue) (context.Context, driver.Rows, error) {
	if err := t.strike(ctx); err != nil {
		return ctx, nil, err
	}
	return t.NullInterceptor.ConnQueryContext(ctx, conn, query, args)
}

func (t *trouble) StmtExecContext(ctx context.Context, stmt driver.StmtExecContext, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := t.strike(ctx); err != nil {
		return nil, err
	}
	return t.NullInterceptor.StmtExecContext(ctx, stmt, query, args)
}

func (t *trouble) StmtQueryContext(ctx context.Context, stmt driver.StmtQueryContext, query string, args []driver.NamedValue) (context.Context, driver.Rows, error) {
	if err := t.strike(ctx); err != nil {
		return ctx, nil, err
	}
	return t.NullInterceptor.StmtQueryContext(ctx, stmt, query, args)
}

func (t *trouble) TxCommit(ctx context.Context, tx driver.Tx) error {
	err := t.strike(ctx)
	switch {
	case err == nil:
		return t.NullInterceptor.TxCommit(ctx, tx)
	case rand.IntN(2) == 0:
		return errors.Join(err, tx.Rollback())
	}
	return errors.Join(err, tx.Commit()) // the commit is done, and its caller is told that it failed
}

package ledger

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// connector opens connections to PostgreSQL on wires that cannot hang, and
// sees at each new one that the ledger there is the one that was opened.
type connector struct {
	pq     *pq.Connector
	dialer *dialer
	limits Limits
	id     string       // "" while it is not known
	direct *atomic.Bool // whether the newest connection leads to the server itself, with no pooler between
}

func newConnector(cfg pq.Config, o Options, id string, direct *atomic.Bool) *connector {
	inner, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		panic(err) // it never fails: the configuration was read before
	}
	c := &connector{inner, newDialer(o.Limits, o.Log), o.Limits, id, direct}
	inner.Dialer(c.dialer)
	return c
}

func (c *connector) Driver() driver.Driver { return c.pq.Driver() }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	here := &place{}
	stop := context.AfterFunc(ctx, here.end)
	defer stop()
	raw, err := c.pq.Connect(context.WithValue(ctx, newest{}, here))
	if err != nil {
		return nil, err
	}
	conn := &conn{raw.(inner), here.get(), false}
	if err := c.same(ctx, conn); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// same asks a new connection which ledger it leads to, and whether directly.
func (c *connector) same(ctx context.Context, conn *conn) error {
	if c.id == "" {
		return nil
	}
	rows, err := conn.QueryContext(ctx, `SELECT id, pg_backend_pid()::bigint FROM identity WHERE one = 1`, nil)
	if err == nil {
		defer rows.Close()
		got := make([]driver.Value, 2)
		if err = rows.Next(got); err == nil {
			if got[0] != c.id {
				return fmt.Errorf("%w: that one is ledger %v, and ours is %s", ErrReplaced, got[0], c.id)
			}
			c.direct.Store(got[1] == promised(conn.inner))
			return nil
		}
	}
	var missing *pq.Error
	if errors.Is(err, io.EOF) || errors.As(err, &missing) && missing.Code == "42P01" {
		return fmt.Errorf("%w: there is no ledger now", ErrReplaced)
	}
	return err
}

// promised is the process that the other side said at the start of the
// connection would serve it, or 0. A pooler invents that number, the server
// does not. The driver keeps it to itself; should a later version of it keep it
// elsewhere, every connection counts as led through a pooler, which is slower
// and right.
func promised(conn inner) int64 {
	v := reflect.ValueOf(conn)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return 0
	}
	if pid := v.Elem().FieldByName("pid"); pid.IsValid() && pid.CanInt() {
		return pid.Int()
	}
	return 0
}

// inner is what the driver's connections can do.
type inner interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// grace is what a server gets to answer a request to cancel.
const grace = time.Second

// conn is the driver's connection. When a statement's context ends, the driver
// asks the server to cancel it and goes on reading; here that has an end.
type conn struct {
	inner
	wire *wire
	bad  bool // leads to a server that cannot do what is wanted
}

func (c *conn) within(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.wire.end(grace) })
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	defer c.within(ctx)()
	r, err := c.inner.ExecContext(ctx, query, args)
	return r, c.judge(err)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stop := c.within(ctx)
	r, err := c.inner.QueryContext(ctx, query, args)
	if err != nil {
		stop()
		return nil, c.judge(err)
	}
	return &rows{r, stop}, nil
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	defer c.within(ctx)()
	t, err := c.inner.BeginTx(ctx, opts)
	if err != nil {
		return nil, c.judge(err)
	}
	return transaction{t, c.within(ctx)}, nil
}

func (c *conn) Ping(ctx context.Context) error {
	defer c.within(ctx)()
	return c.judge(c.inner.Ping(ctx))
}

// judge remembers that a connection is of no more use: after a fail-over one to
// the old server stays open, and only a new one finds the other; and prepared
// statements do not outlive a change of the schema, or a pooler's change of mind.
func (c *conn) judge(err error) error {
	var said *pq.Error
	if errors.As(err, &said) && (said.Code == "25006" || said.Code == "0A000" || said.Code == "26000") {
		c.bad = true
	}
	return err
}

func (c *conn) ResetSession(ctx context.Context) error {
	if c.bad || c.wire.ended() {
		return driver.ErrBadConn
	}
	return c.inner.ResetSession(ctx)
}

func (c *conn) IsValid() bool { return !c.bad && !c.wire.ended() && c.inner.IsValid() }

type rows struct {
	driver.Rows
	stop func() bool
}

func (r *rows) Close() error {
	defer r.stop()
	return r.Rows.Close()
}

type transaction struct {
	driver.Tx
	stop func() bool
}

func (t transaction) Commit() error   { defer t.stop(); return t.Tx.Commit() }
func (t transaction) Rollback() error { defer t.stop(); return t.Tx.Rollback() }

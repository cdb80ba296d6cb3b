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

// connector opens connections to PostgreSQL on sockets that cannot hang, and
// sees at each new one that the ledger there is the one that was opened.
type connector struct {
	pq     *pq.Connector
	dialer *dialer
	limits Limits
	id     string       // of the ledger; "" while it is not known
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

// promised is the ID of the server process that the other side named at the start of the
// connection, or 0. A pooler invents that number, the server does not. The number is in a
// private field of the driver; should a later version of the driver keep it elsewhere,
// every connection counts as led through a pooler, which is slower but correct.
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

// grace is how long a server may take to answer a request to cancel.
const grace = time.Second

// conn is the driver's connection. When a statement's context ends, the driver asks the
// server to cancel the statement and goes on reading; conn ends this reading after grace.
type conn struct {
	inner
	socket *socket
	bad    bool // of no more use: see judge
}

func (c *conn) within(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.socket.end(grace) })
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

// judge remembers that a connection is of no more use. After a fail-over a connection to
// the old server, which is read-only now (25006), stays open, and only a new connection
// finds the new server. A prepared statement is no longer valid after a change of the
// schema (0A000), or unknown where a pooler has changed the server's connection (26000).
func (c *conn) judge(err error) error {
	var said *pq.Error
	if errors.As(err, &said) && (said.Code == "25006" || said.Code == "0A000" || said.Code == "26000") {
		c.bad = true
	}
	return err
}

func (c *conn) ResetSession(ctx context.Context) error {
	if c.bad || c.socket.ended() {
		return driver.ErrBadConn
	}
	return c.inner.ResetSession(ctx)
}

func (c *conn) IsValid() bool { return !c.bad && !c.socket.ended() && c.inner.IsValid() }

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

package smtp

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

// conn is the connection under a conversation. Each of its reads and writes has
// the limit of the step that is being taken.
type conn struct {
	net.Conn // nil until there is one
	limit    atomic.Int64
	stop     func() bool
}

func (w *conn) allow(limit time.Duration) { w.limit.Store(int64(limit)) }

// SetDeadline does nothing: each read and write has the limit of its step instead.
func (w *conn) SetDeadline(time.Time) error { return nil }

func (w *conn) Read(p []byte) (int, error) {
	if err := w.Conn.SetReadDeadline(time.Now().Add(time.Duration(w.limit.Load()))); err != nil {
		return 0, err
	}
	return w.Conn.Read(p)
}

func (w *conn) Write(p []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(time.Now().Add(time.Duration(w.limit.Load()))); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// afterTheDot lets the connection outlive the end of ctx by grace. It is false when ctx
// had ended before, and the connection is cut.
func (w *conn) afterTheDot(ctx context.Context, grace time.Duration) bool {
	if !w.stop() {
		return false
	}
	w.stop = context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { _ = w.Conn.Close() }) })
	return true
}

// hangUp closes the connection, which the library forgets when a step fails.
func (w *conn) hangUp() {
	if w.Conn != nil {
		w.stop()
		_ = w.Conn.Close()
	}
}

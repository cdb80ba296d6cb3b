package smtp

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

// wire is the connection under a conversation. Each of its reads and writes has
// the limit of the step that is being taken.
type wire struct {
	net.Conn // nil until there is one
	limit    atomic.Int64
	stop     func() bool
}

func (w *wire) allow(limit time.Duration) { w.limit.Store(int64(limit)) }

// SetDeadline does nothing: the limits of the steps stand.
func (w *wire) SetDeadline(time.Time) error { return nil }

func (w *wire) Read(p []byte) (int, error) {
	if err := w.Conn.SetReadDeadline(time.Now().Add(time.Duration(w.limit.Load()))); err != nil {
		return 0, err
	}
	return w.Conn.Read(p)
}

func (w *wire) Write(p []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(time.Now().Add(time.Duration(w.limit.Load()))); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// afterTheDot lets the connection outlive the end of ctx by grace. False: ctx had
// ended before, and the connection is cut.
func (w *wire) afterTheDot(ctx context.Context, grace time.Duration) bool {
	if !w.stop() {
		return false
	}
	w.stop = context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { _ = w.Conn.Close() }) })
	return true
}

// hangUp closes the connection, which the library forgets when a step fails.
func (w *wire) hangUp() {
	if w.Conn != nil {
		w.stop()
		_ = w.Conn.Close()
	}
}

package ledger

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// A TCP connection can be open and dead: a paused machine, a hung pooler, a
// firewall that forgot it. The driver then reads for ever, and it does so even
// when the caller's context has ended, because it waits for the answer to its
// own request to cancel. A socket is a connection whose every read and write has
// an end.

// dialer makes sockets and knows those that are open.
type dialer struct {
	net     net.Dialer
	silence time.Duration
	log     *slog.Logger

	mu   sync.Mutex
	open map[*socket]struct{}
}

func newDialer(l Limits, log *slog.Logger) *dialer {
	return &dialer{
		net: net.Dialer{
			Timeout: l.Connect,
			Control: userTimeout(l.Silence),
			// Also keeps an idle connection known to the firewalls on its way.
			KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3},
		},
		silence: l.Silence, log: log, open: map[*socket]struct{}{},
	}
}

// newest is the key of a place in a context where DialContext leaves the socket
// it made, so that the connection above knows its own.
type newest struct{}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.net.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w := &socket{Conn: c, dialer: d}
	d.mu.Lock()
	d.open[w] = struct{}{}
	d.mu.Unlock()
	if place, ok := ctx.Value(newest{}).(*place); ok {
		place.put(w)
	}
	return w, nil
}

// Dial and DialTimeout complete the driver's interface; it uses DialContext.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *dialer) DialTimeout(network, address string, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// dropIdle closes every socket on which no answer is awaited, and gives how many: what
// made one socket silent has most likely made the others silent, and each would cost its
// user a wait of Limits.Silence. The pool finds them closed before it has sent a byte,
// and opens new ones.
func (d *dialer) dropIdle() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for w := range d.open {
		if w.idle() {
			w.Conn.Close()
			delete(d.open, w)
			n++
		}
	}
	return n
}

func (d *dialer) forget(w *socket) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, w)
}

// place holds the newest socket of one attempt to connect.
type place struct {
	mu     sync.Mutex
	socket *socket
	ended  bool
}

func (p *place) put(w *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.socket = w
	if p.ended {
		w.end(0)
	}
}

func (p *place) get() *socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.socket
}

// end ends the attempt to connect: whatever its socket waits for fails.
func (p *place) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if p.socket != nil {
		p.socket.end(0)
	}
}

// socket is one connection.
type socket struct {
	net.Conn
	dialer *dialer

	mu      sync.Mutex
	awaits  bool      // a read is under way
	until   time.Time // the driver's own deadline; zero: none
	ends    time.Time // nothing is waited for after this; zero: no end yet
	dropped bool
}

// end lets what is under way last for grace at the most; afterwards the socket is
// of no more use.
func (w *socket) end(grace time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ends.IsZero() {
		return
	}
	w.ends = time.Now().Add(grace)
	w.Conn.SetDeadline(w.ends) //nolint:errcheck // fails on a closed connection only
}

func (w *socket) ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.ends.IsZero() || w.dropped
}

func (w *socket) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.awaits
}

// limit is when a read or write that begins now must be over.
func (w *socket) limit() time.Time {
	t := time.Now().Add(w.dialer.silence)
	for _, other := range []time.Time{w.until, w.ends} {
		if !other.IsZero() && other.Before(t) {
			t = other
		}
	}
	return t
}

func (w *socket) Read(p []byte) (int, error) {
	w.mu.Lock()
	w.awaits = true
	began := time.Now()
	err := w.Conn.SetReadDeadline(w.limit())
	w.mu.Unlock()
	var n int
	if err == nil {
		n, err = w.Conn.Read(p)
	}
	w.mu.Lock()
	w.awaits = false
	w.mu.Unlock()
	w.judge(err, began)
	return n, err
}

func (w *socket) Write(p []byte) (int, error) {
	w.mu.Lock()
	began := time.Now()
	err := w.Conn.SetWriteDeadline(w.limit())
	w.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := w.Conn.Write(p)
	w.judge(err, began)
	return n, err
}

// judge logs that a socket is silent and drops the idle sockets, which may be silent too.
func (w *socket) judge(err error, began time.Time) {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return
	}
	w.mu.Lock()
	first := !w.dropped
	w.dropped = true
	w.mu.Unlock()
	if !first {
		return
	}
	others := w.dialer.dropIdle()
	w.dialer.log.Warn("The database gives no answer on an open connection; it is dropped", "address", w.RemoteAddr().String(),
		"after", time.Since(began).Round(time.Millisecond).String(), "idle connections dropped too", others)
}

// SetDeadline is the driver's limit for the handshake.
func (w *socket) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = t
	return nil
}

func (w *socket) Close() error {
	w.dialer.forget(w)
	return w.Conn.Close()
}

package portal

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// Listening is where a portal is served.
type Listening struct {
	Address   string        // host:port; port 0 takes a free one
	Wish      bool          // when the port is taken, a free one is used instead
	Cert, Key string        // files of a certificate and its key; "" serves without TLS
	Header    time.Duration // within which a browser must have sent the header of its request; 10 s when 0
}

// Server is a portal that is served.
type Server struct {
	URL    string // the portal's address on this machine
	server *http.Server
	failed chan error
	gone   chan struct{} // closed when serving has ended and no request is under way any more
}

// leavingKey is the key of a channel in the context of every request. The channel is closed
// when serving is to end, so that a stream without an end of its own ends then.
type leavingKey struct{}

// leaveTime is how long requests under way may take once serving is to end.
const leaveTime = 5 * time.Second

// Listen opens the address for Serve; with Wish, a free port where the named one is taken.
func Listen(l Listening) (net.Listener, error) {
	listener, err := net.Listen("tcp", l.Address)
	if err != nil && l.Wish {
		host, _, _ := net.SplitHostPort(l.Address)
		listener, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	return listener, err
}

// Times within which a browser must have sent its request, and read the answer. A request
// that takes longer by its nature, such as a form with files, moves its own deadline.
const (
	headerTime = 10 * time.Second
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	mostHeader = 64 << 10
)

// Open listens and serves.
func Open(ctx context.Context, l Listening, h http.Handler) (*Server, error) {
	listener, err := Listen(l)
	if err != nil {
		return nil, err
	}
	return Serve(ctx, listener, l, h)
}

// Keep serves until ctx ends. While serving fails it tries again, with gaps that grow from
// one second to a minute, since the engine goes on without its pages. Keep logs where it
// serves, and why it does not.
func Keep(ctx context.Context, l Listening, h http.Handler, log *slog.Logger) {
	for gap := time.Second; ctx.Err() == nil; gap = min(2*gap, time.Minute) {
		s, err := Open(ctx, l, h)
		if err == nil {
			log.Info("The portal is served", "at", s.URL)
			gap = time.Second
			err = s.Wait()
		}
		if ctx.Err() != nil {
			return
		}
		log.Error("The portal is not served", "at", l.Address, "again_in", gap, "error", err)
		select {
		case <-time.After(gap):
		case <-ctx.Done():
		}
	}
}

// renewed is a certificate that is read again when its file has changed.
type renewed struct {
	cert, key string

	mu   sync.Mutex
	last *tls.Certificate
	at   time.Time // the file's time of change when it was read
}

func (r *renewed) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	info, err := os.Stat(r.cert)
	if err == nil && r.last != nil && info.ModTime().Equal(r.at) {
		return r.last, nil
	}
	pair, err := tls.LoadX509KeyPair(r.cert, r.key)
	if err != nil {
		if r.last != nil { // the file is being replaced: the last certificate is used meanwhile
			return r.last, nil
		}
		return nil, err
	}
	r.last = &pair
	if info != nil {
		r.at = info.ModTime()
	}
	return r.last, nil
}

// Wait returns the error when serving fails, or nil when serving has ended because the
// context given to Serve has; requests that were under way are answered by then, or were
// given up after leaveTime.
func (s *Server) Wait() error {
	select {
	case <-s.gone:
		return nil
	case err := <-s.failed:
		return err
	}
}

// Serve answers with the handler until ctx ends, and then lets requests under way end
// within leaveTime: see Wait.
func Serve(ctx context.Context, listener net.Listener, l Listening, h http.Handler) (*Server, error) {
	s := &Server{failed: make(chan error, 1), gone: make(chan struct{})}
	s.server = &http.Server{Handler: h, ReadHeaderTimeout: cmp.Or(l.Header, headerTime), WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: mostHeader,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), leavingKey{}, ctx.Done())
		}}
	scheme := "http"
	if l.Cert != "" {
		pair := &renewed{cert: l.Cert, key: l.Key}
		if _, err := pair.get(nil); err != nil {
			_ = listener.Close()
			return nil, err
		}
		scheme = "https"
		listener = tls.NewListener(listener, &tls.Config{GetCertificate: pair.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	s.URL = scheme + "://" + net.JoinHostPort(host, port)
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	go func() {
		<-ctx.Done()
		defer close(s.gone)
		ending, cancel := context.WithTimeout(context.Background(), leaveTime)
		defer cancel()
		if s.server.Shutdown(ending) != nil {
			_ = s.server.Close()
		}
	}()
	return s, nil
}

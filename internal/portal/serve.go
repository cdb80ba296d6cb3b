package portal

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"
)

// Listening is where a portal is served.
type Listening struct {
	Address   string // host:port; port 0 takes a free one
	Wish      bool   // the port is only a wish: when it is taken, a free one will do
	Cert, Key string // files of a certificate and its key; "" serves without TLS
}

// Server is a portal that is served.
type Server struct {
	URL    string // at which it answers on this machine
	server *http.Server
	failed chan error
}

// Failed gives the error with which serving ended by itself.
func (s *Server) Failed() <-chan error { return s.failed }

// Listen takes the address; Serve answers there.
func Listen(l Listening) (net.Listener, error) {
	listener, err := net.Listen("tcp", l.Address)
	if err != nil && l.Wish {
		host, _, _ := net.SplitHostPort(l.Address)
		listener, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	return listener, err
}

// Times within which a browser must have sent what it wants, and read what it gets.
// What takes longer by its nature, a form with files, moves its own deadline.
const (
	headerTime = 10 * time.Second
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	mostHeader = 64 << 10
)

// Serve answers with the handler until ctx ends, and then lets what is under way end
// within a few seconds.
func Serve(ctx context.Context, listener net.Listener, l Listening, h http.Handler) (*Server, error) {
	s := &Server{failed: make(chan error, 1)}
	s.server = &http.Server{Handler: h, ReadHeaderTimeout: headerTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: mostHeader}
	scheme := "http"
	if l.Cert != "" {
		pair, err := tls.LoadX509KeyPair(l.Cert, l.Key)
		if err != nil {
			_ = listener.Close()
			return nil, err
		}
		scheme = "https"
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
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
		ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if s.server.Shutdown(ending) != nil {
			_ = s.server.Close()
		}
	}()
	return s, nil
}

// Package smtptest is a real mail server for tests, and reads what came as a mail program would.
package smtptest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"encoding/base64"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"duban/internal/channel"
	duban "duban/internal/channel/smtp"
	"duban/internal/letter"
	"duban/internal/people"
)

// Server is a real SMTP server in this process. Its answers can be bent.
type Server struct {
	host  string
	port  int
	Roots *x509.CertPool

	User, Password string
	Logins         []string // what it offers; PLAIN when empty
	OnMail         func(c *smtp.Conn) error
	OnRcpt         func(c *smtp.Conn) error
	OnCopy         func(c *smtp.Conn) error // an address after the first
	OnBegin        func(c *smtp.Conn) error // the message is coming
	OnData         func(c *smtp.Conn) error // the message has come

	mu       sync.Mutex
	received []Received
	LoggedIn int
}

// Received is one message as it came over the wire.
type Received struct {
	From, To string
	TLS      bool
	Raw      []byte
	Copies   []string // addresses after the first
}

// Serve starts the server: security is one of package smtp's words; bend may change
// its answers before it listens.
func Serve(t *testing.T, security string, bend func(*Server)) *Server {
	t.Helper()
	m := &Server{host: "127.0.0.1"}
	if bend != nil {
		bend(m)
	}
	cert, roots := Certificate(t)
	m.Roots = roots
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if m.User != "" {
			return &authSession{session{m: m, c: c}}, nil
		}
		return &session{m: m, c: c}, nil
	}))
	s.Domain = "mx.example"
	s.AllowInsecureAuth = true
	s.EnableSMTPUTF8 = true
	s.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.port = listener.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch security {
	case duban.StartTLS:
		s.TLSConfig = config
	case duban.TLS:
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return m
}

// Config is how to reach it.
func (m *Server) Config(security string) duban.Config {
	return duban.Config{
		Host: m.host, Port: m.port, Security: security, User: m.User, Password: m.Password, Roots: m.Roots,
		Hello: "duban.example", From: letter.Address{Name: "督办系统", Email: "duban@jincheng.example"}, Patience: duban.Patience{Step: 20 * time.Second, End: 20 * time.Second},
	}
}

// Letters are those that it has taken.
func (m *Server) Letters() []Received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Received(nil), m.received...)
}

type session struct {
	m  *Server
	c  *smtp.Conn
	at Received
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	_, s.at.TLS = s.c.TLSConnectionState()
	s.at.From, s.at.To, s.at.Copies = from, "", nil
	if s.m.OnMail != nil {
		return s.m.OnMail(s.c)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.at.To != "" {
		if s.m.OnCopy != nil {
			if err := s.m.OnCopy(s.c); err != nil {
				return err
			}
		}
		s.at.Copies = append(s.at.Copies, to)
		return nil
	}
	s.at.To = to
	if s.m.OnRcpt != nil {
		return s.m.OnRcpt(s.c)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.m.OnBegin != nil {
		if err := s.m.OnBegin(s.c); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.m.OnData != nil {
		if err := s.m.OnData(s.c); err != nil {
			return err
		}
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.at.Raw = raw
	s.m.received = append(s.m.received, s.at)
	return nil
}

type authSession struct{ session }

func (s *authSession) AuthMechanisms() []string {
	if len(s.m.Logins) == 0 {
		return []string{sasl.Plain}
	}
	return s.m.Logins
}
func (s *authSession) Mail(from string, o *smtp.MailOptions) error {
	s.m.mu.Lock()
	in := s.m.LoggedIn > 0
	s.m.mu.Unlock()
	if !in {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "log in first"}
	}
	return s.session.Mail(from, o)
}

func (s *authSession) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == "LOGIN" {
		return &loginServer{check: s.check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return s.check(user, password) }), nil
}

func (s *authSession) check(user, password string) error {
	if user != s.m.User || password != s.m.Password {
		// Some servers really do echo what they got.
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bad password " + password + " of " + user}
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.LoggedIn++
	return nil
}

// loginServer is the server's side of AUTH LOGIN, which go-sasl leaves out.
type loginServer struct {
	check func(user, password string) error
	user  *string
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	switch {
	case response == nil:
		return []byte("Username:"), false, nil
	case l.user == nil:
		user := string(response)
		l.user = &user
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(*l.user, string(response))
}

// Certificate is one for 127.0.0.1, and who vouches for it.
func Certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test mail server"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// Opened is a message as a mail program reads it.
type Opened struct {
	Header     mail.Header
	Subject    string
	Text, HTML string
}

// Open reads a message of two parts, text and page.
func Open(t require.TestingT, raw []byte) Opened {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	require.NoError(t, err)
	o := Opened{Header: msg.Header, Subject: subject}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for _, want := range []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"} {
		part, err := parts.NextPart()
		require.NoError(t, err)
		require.Equal(t, want, part.Header.Get("Content-Type"))
		require.Equal(t, "base64", part.Header.Get("Content-Transfer-Encoding"))
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		require.NoError(t, err)
		if strings.HasPrefix(want, "text/plain") {
			o.Text = string(body)
		} else {
			o.HTML = string(body)
		}
	}
	_, err = parts.NextPart()
	require.True(t, errors.Is(err, io.EOF), "only two parts")
	return o
}

// Letter is one that nobody composed, ready to be carried.
func Letter() letter.Letter {
	return letter.Letter{
		ID: "p|gaoping/liaison|2021-04-30T01:00:00Z|1", MessageID: letter.MessageID("p|gaoping/liaison|2021-04-30T01:00:00Z|1", "duban.jincheng.example"),
		Thread: letter.MessageID("thread|p|gaoping/liaison", "duban.jincheng.example"), Recipient: people.Recipient{Unit: "gaoping", Role: people.Liaison},
		To: letter.Address{Name: "高平市政府联络员", Email: "liaison@gaoping.jincheng.example"}, ReplyTo: "office@shuizhiban.jincheng.example",
		Subject: "【逾期提醒】高平市政府3项任务", Text: "3 项：逾期提醒 1、今日到期 1、到期前提醒 1\n", HTML: "<!doctype html>\n<p>3 项</p>\n",
		Line: "2021-04-30 09:00  致 高平市政府联络员 3 项：逾期提醒 1、今日到期 1、到期前提醒 1",
		At:   time.Date(2021, 4, 30, 1, 0, 0, 0, time.UTC), Date: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC),
	}
}

// Gone lets the last byte go.
func Gone(context.Context, []channel.Missed) error { return nil }

package notice_test

import (
	"bytes"
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

	"duban/internal/notice"
)

// mailServer is a real SMTP server in this process. Its answers can be bent.
type mailServer struct {
	t     *testing.T
	host  string
	port  int
	roots *x509.CertPool

	user, password string
	logins         []string // what it offers; PLAIN when empty
	onMail         func(c *smtp.Conn) error
	onRcpt         func(c *smtp.Conn) error
	onBegin        func(c *smtp.Conn) error // the message is coming
	onData         func(c *smtp.Conn) error // the message has come

	mu       sync.Mutex
	received []letter
	loggedIn int
}

// letter is one message as it came over the wire.
type letter struct {
	From, To string
	TLS      bool
	Raw      []byte
}

// serve starts the server: security is one of notice's words; bend may change
// its answers before it listens.
func serve(t *testing.T, security string, bend func(*mailServer)) *mailServer {
	t.Helper()
	m := &mailServer{t: t, host: "127.0.0.1"}
	if bend != nil {
		bend(m)
	}
	cert, roots := certificate(t)
	m.roots = roots
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if m.user != "" {
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
	case notice.StartTLS:
		s.TLSConfig = config
	case notice.TLS:
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return m
}

func (m *mailServer) config(security string) notice.SMTPConfig {
	return notice.SMTPConfig{
		Host: m.host, Port: m.port, Security: security, User: m.user, Password: m.password, Roots: m.roots,
		Hello: "duban.example", From: notice.Address{Name: "督办系统", Email: "duban@jincheng.example"}, Patience: notice.Patience{Step: 20 * time.Second, End: 20 * time.Second},
	}
}

func (m *mailServer) letters() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]letter(nil), m.received...)
}

type session struct {
	m  *mailServer
	c  *smtp.Conn
	at letter
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	_, s.at.TLS = s.c.TLSConnectionState()
	s.at.From = from
	if s.m.onMail != nil {
		return s.m.onMail(s.c)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.at.To = to
	if s.m.onRcpt != nil {
		return s.m.onRcpt(s.c)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.m.onBegin != nil {
		if err := s.m.onBegin(s.c); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.m.onData != nil {
		if err := s.m.onData(s.c); err != nil {
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
	if len(s.m.logins) == 0 {
		return []string{sasl.Plain}
	}
	return s.m.logins
}
func (s *authSession) Mail(from string, o *smtp.MailOptions) error {
	s.m.mu.Lock()
	in := s.m.loggedIn > 0
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
	if user != s.m.user || password != s.m.password {
		// Some servers really do echo what they got.
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bad password " + password + " of " + user}
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.loggedIn++
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

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
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

// opened is a message as a mail program reads it.
type opened struct {
	Header     mail.Header
	Subject    string
	Text, HTML string
}

func open(t require.TestingT, raw []byte) opened {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	require.NoError(t, err)
	o := opened{Header: msg.Header, Subject: subject}
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

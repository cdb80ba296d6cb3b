package rehearse

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/mail"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// MailMode is how the rehearsal's mail server behaves.
type MailMode string

// How a mail server may be.
const (
	Works   MailMode = ""
	Down    MailMode = "down" // nothing listens
	Slow    MailMode = "slow" // it takes seconds for every step
	Later   MailMode = "4xx"  // it answers MAIL with 451: come again later
	Refuses MailMode = "5xx"  // it answers RCPT with 554, relay denied: not about the recipient
	Cuts    MailMode = "cut"  // it takes the message and hangs up before it says so
)

// MailModes are the modes that are faults: all but Works.
var MailModes = []MailMode{Down, Slow, Later, Refuses, Cuts}

// slowness is how long a slow server takes for a step.
const slowness = 2 * time.Second

// MailServer is a real SMTP server on the loopback address that remembers what it
// has taken.
type MailServer struct {
	Address string // host:port
	server  *smtp.Server

	mu       sync.Mutex
	mode     MailMode
	listener net.Listener
	heads    []mail.Header // of the messages it has taken
}

// Listen starts a mail server on a free port.
func Listen() (*MailServer, error) {
	m := &MailServer{}
	m.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{m, c}, nil }))
	m.server.Domain = "mx.rehearsal.example"
	m.server.EnableSMTPUTF8 = true
	m.server.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m.Address = l.Addr().String()
	m.open(l)
	return m, nil
}

func (m *MailServer) open(l net.Listener) {
	m.listener = l
	go func() { _ = m.server.Serve(l) }()
}

// Become changes the mode. A server that is Down closes its port, and listens on the
// same port again later.
func (m *MailServer) Become(mode MailMode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if mode == Down && m.mode != Down {
		_ = m.listener.Close()
	}
	if m.mode == Down && mode != Down {
		l, err := net.Listen("tcp", m.Address)
		for ; err != nil; l, err = net.Listen("tcp", m.Address) {
			time.Sleep(50 * time.Millisecond) // an outgoing connection may have the port for a moment
		}
		m.open(l)
	}
	m.mode = mode
}

func (m *MailServer) is() MailMode {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mode
}

// Close ends the server. That the listener was closed before, while the server was
// Down, is no error.
func (m *MailServer) Close() error {
	if err := m.server.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Received counts, by notice key, the different messages with the notice that one of
// the servers took. carriers has, by notice key, the IDs of the messages that were to
// carry the notice. A message that was taken twice under one Message-ID, be it by two
// servers, counts once: a mail program shows it once.
func Received(carriers map[string][]string, servers ...*MailServer) map[string]int {
	taken := map[string]bool{}
	for _, m := range servers {
		for _, head := range m.Heads() {
			taken[head.Get("X-Duban-Id")] = true
		}
	}
	out := map[string]int{}
	for notice, messages := range carriers {
		for _, id := range messages {
			if taken[id] {
				out[notice]++
			}
		}
	}
	return out
}

// Heads are the headers of all messages that were taken, in the order of their taking.
func (m *MailServer) Heads() []mail.Header {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.heads)
}

type mailSession struct {
	server *MailServer
	conn   *smtp.Conn
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	switch s.server.is() {
	case Slow:
		time.Sleep(slowness)
	case Later:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
	case Works, Down, Refuses, Cuts:
	}
	return nil
}

func (s *mailSession) Rcpt(string, *smtp.RcptOptions) error {
	switch s.server.is() {
	case Slow:
		time.Sleep(slowness)
	case Refuses:
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relay access denied"}
	case Works, Down, Later, Cuts:
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	mode := s.server.is()
	if mode == Slow {
		time.Sleep(slowness)
	}
	s.server.mu.Lock()
	s.server.heads = append(s.server.heads, msg.Header)
	s.server.mu.Unlock()
	if mode == Cuts {
		_ = s.conn.Conn().Close()
		return errors.New("cut")
	}
	return nil
}

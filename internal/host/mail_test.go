package host_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/settings"
)

// mailServer is a real SMTP server on a port of its own that refuses every message with
// code 451 until open is set.
type mailServer struct {
	mu       sync.Mutex
	open     bool
	tries    int
	mails    map[string]int // how often each message arrived, by Message-ID
	subjects []string
	server   *smtp.Server
	port     string
}

func (m *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{m}, nil }

type session struct{ *mailServer }

func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries++
	if !s.open {
		return &smtp.SMTPError{Code: 451, Message: "try later"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails[msg.Header.Get("Message-ID")]++
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		return err
	}
	s.subjects = append(s.subjects, subject)
	return nil
}

func newMailServer(t *testing.T) *mailServer {
	m := &mailServer{mails: map[string]int{}}
	m.server = smtp.NewServer(m)
	m.server.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, m.port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- m.server.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, m.server.Close())
		if err := <-served; !errors.Is(err, smtp.ErrServerClosed) {
			require.NoError(t, err)
		}
	})
	return m
}

func TestMailThatIsRefusedForAWhileGoesOutOnce(t *testing.T) {
	t.Parallel()
	m := newMailServer(t)
	cfg, err := settings.Load(map[string]string{
		"DUBAN_DIR": t.TempDir(), "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false",
		"SMTP_HOST": "127.0.0.1", "SMTP_PORT": m.port, "SMTP_TLS": "none", "SMTP_FROM": "duban@city.example",
	})
	require.NoError(t, err)
	w := open(t, cfg, true)
	p, _ := smallPlan(t, "mail", "2021-04-08", "standard", dated("a", "2021-05-31"), dated("b", "2021-05-31"))
	w.launch(p, fast(p, 100*time.Millisecond, 500*time.Millisecond))
	w.eventually("the server was asked again", func(context.Context) bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.tries > 4
	})
	m.mu.Lock()
	m.open = true
	m.mu.Unlock()
	w.eventually("the ladder is said to its end", func(context.Context) bool {
		return strings.Contains(strings.Join(w.told("mail", "a"), " "), "talk → lingdao/leader")
	})
	w.arrived(m, "mail")
	sent, err := w.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "mail", States: []ledger.NoticeState{ledger.Sent}})
	require.NoError(t, err)
	for _, n := range sent {
		require.Equal(t, "smtp", n.Channel)
	}
}

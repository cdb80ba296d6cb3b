package smtp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"duban/internal/channel"
	"duban/internal/channel/smtp"
	"duban/internal/channel/smtp/smtptest"
	"duban/internal/letter"
)

func sender(t *testing.T, cfg smtp.Config) *smtp.Server {
	t.Helper()
	s, err := smtp.New(cfg)
	require.NoError(t, err)
	return s
}

func TestMailArrivesWholeOverEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	m := smtptest.Letter()
	for _, security := range []string{smtp.NoTLS, smtp.StartTLS, smtp.TLS} {
		for _, login := range []bool{false, true} {
			server := smtptest.Serve(t, security, func(s *smtptest.Server) {
				if login {
					s.User, s.Password = "duban", "p@ss 密码"
				}
			})
			cfg := server.Config(security)
			if login && security == smtp.NoTLS {
				cfg.Auth = "plain" // in clear only when asked for by name
			}
			require.NoError(t, sender(t, cfg).Send(t.Context(), m, smtptest.Gone), "%s login %v", security, login)
			got := server.Letters()
			require.Len(t, got, 1)
			require.Equal(t, smtptest.Received{From: "duban@jincheng.example", To: "liaison@gaoping.jincheng.example", TLS: security != smtp.NoTLS, Raw: got[0].Raw}, got[0])
			mail := smtptest.Open(t, got[0].Raw)
			require.Equal(t, []string{m.Subject, m.Text, m.HTML}, []string{mail.Subject, mail.Text, mail.HTML})
		}
	}
}

// TestWhoSitsBesideGetsACopy: a copy that is refused now or for good, an address that is none,
// and a server that dies or hangs at a copy's address keep the letter from nobody: its reader
// gets it once, and the copies that did not go are told, without an address in why.
func TestWhoSitsBesideGetsACopy(t *testing.T) {
	t.Parallel()
	l := smtptest.Letter()
	l.Copies = []letter.Address{{Name: "李强", Email: "li@gaoping.example"}, {Name: "坏", Email: "no address"}, {Name: "赵六", Email: "zhao@gaoping.example"}}
	refused := 0
	for name, bend := range map[string]func(*smtptest.Server){
		"taken": nil,
		"refused": func(s *smtptest.Server) {
			s.OnCopy = func(*gosmtp.Conn) error {
				if refused++; refused == 1 {
					return &gosmtp.SMTPError{Code: 550, Message: "no such user"}
				}
				return nil
			}
		},
		"put off": func(s *smtptest.Server) {
			s.OnCopy = func(*gosmtp.Conn) error { return &gosmtp.SMTPError{Code: 451, Message: "greylisted"} }
		},
		"dies": func(s *smtptest.Server) {
			s.OnCopy = func(c *gosmtp.Conn) error { _ = c.Conn().Close(); return errors.New("gone") }
		},
		"hangs": func(s *smtptest.Server) {
			s.OnCopy = func(*gosmtp.Conn) error { <-t.Context().Done(); return errors.New("gone") }
		},
	} {
		server := smtptest.Serve(t, smtp.NoTLS, bend)
		var missed []string
		err := sender(t, server.Config(smtp.NoTLS)).Send(t.Context(), l, func(_ context.Context, all []channel.Missed) error {
			require.Nil(t, missed, "it goes once")
			for _, c := range all {
				require.NotEmpty(t, c.Error)
				require.NotContains(t, c.Error, "@")
				missed = append(missed, c.To.Name)
			}
			return nil
		})
		require.NoError(t, err, name)
		require.Equal(t, map[string][]string{"taken": {"坏"}, "refused": {"坏", "李强"}}[name], map[bool][]string{true: missed}[name == "taken" || name == "refused"])
		if name != "taken" && name != "refused" {
			require.Equal(t, []string{"坏", "李强", "赵六"}, missed, name)
		}
		got := server.Letters()
		require.Len(t, got, 1)
		require.Equal(t, l.To.Email, got[0].To)
		want := []string{"li@gaoping.example", "zhao@gaoping.example"}
		switch name {
		case "refused":
			want = want[1:]
		case "put off", "dies", "hangs":
			want = nil
		}
		require.Equal(t, want, got[0].Copies, name)
		msg, err := mail.ReadMessage(bytes.NewReader(got[0].Raw))
		require.NoError(t, err)
		cc, err := msg.Header.AddressList("Cc")
		require.NoError(t, err)
		require.Equal(t, []*mail.Address{{Name: "李强", Address: "li@gaoping.example"}, {Name: "赵六", Address: "zhao@gaoping.example"}}, cc)
	}
}

func TestAFileGoesWithALetter(t *testing.T) {
	t.Parallel()
	server := smtptest.Serve(t, smtp.NoTLS, nil)
	l := smtptest.Letter()
	l.Files = []letter.File{{Name: "督办件.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7 督办")}}
	require.NoError(t, sender(t, server.Config(smtp.NoTLS)).Send(t.Context(), l, smtptest.Gone))
	msg, err := mail.ReadMessage(bytes.NewReader(server.Letters()[0].Raw))
	require.NoError(t, err)
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/mixed", kind)
	parts := multipart.NewReader(msg.Body, params["boundary"])
	_, err = parts.NextPart() // the words
	require.NoError(t, err)
	file, err := parts.NextPart()
	require.NoError(t, err)
	name, err := new(mime.WordDecoder).DecodeHeader(file.FileName())
	require.NoError(t, err)
	data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file))
	require.NoError(t, err)
	require.Equal(t, []string{"督办件.pdf", "%PDF-1.7 督办"}, []string{name, string(data)})
}

// Every row is a real conversation: what a server answers at a step, and what
// becomes of the message.
func TestWhatAServersAnswerMeans(t *testing.T) {
	t.Parallel()
	type bend func(*smtptest.Server, func(*gosmtp.Conn) error)
	mail := func(s *smtptest.Server, f func(*gosmtp.Conn) error) { s.OnMail = f }
	rcpt := func(s *smtptest.Server, f func(*gosmtp.Conn) error) { s.OnRcpt = f }
	data := func(s *smtptest.Server, f func(*gosmtp.Conn) error) { s.OnData = f }
	none := gosmtp.NoEnhancedCode
	for _, c := range []struct {
		at       bend
		code     int
		enhanced gosmtp.EnhancedCode
		text     string
		refused  bool
	}{
		{rcpt, 550, gosmtp.EnhancedCode{5, 1, 1}, "liaison@gaoping.jincheng.example: no", true},
		{rcpt, 550, gosmtp.EnhancedCode{5, 1, 2}, "bad destination system address", true},
		{rcpt, 501, gosmtp.EnhancedCode{5, 1, 3}, "bad destination mailbox address syntax", true},
		{rcpt, 550, gosmtp.EnhancedCode{5, 1, 6}, "mailbox has moved", true},
		{rcpt, 550, gosmtp.EnhancedCode{5, 1, 10}, "recipient address has null MX", true},
		{rcpt, 551, none, "user not local", true},
		{rcpt, 550, none, "No such user here", true},
		{rcpt, 550, none, "User not found: liaison", true},
		{rcpt, 550, none, "Mailbox not found", true},
		{rcpt, 553, none, "Invalid recipient", true},
		{data, 550, gosmtp.EnhancedCode{5, 1, 1}, "no mailbox here by that name", true},

		{rcpt, 550, gosmtp.EnhancedCode{5, 1, 8}, "bad sender's system address", false},
		{rcpt, 553, gosmtp.EnhancedCode{5, 1, 7}, "bad sender's mailbox address", false},
		{rcpt, 554, gosmtp.EnhancedCode{5, 7, 1}, "relay access denied", false},
		{rcpt, 550, gosmtp.EnhancedCode{5, 7, 1}, "relaying denied", false},
		{rcpt, 550, gosmtp.EnhancedCode{5, 7, 1}, "blocked by policy", false},
		{rcpt, 530, gosmtp.EnhancedCode{5, 7, 0}, "authentication required", false},
		{rcpt, 550, none, "relay not permitted, login first", false},
		{rcpt, 550, none, "no such user may relay", false},
		{rcpt, 550, none, "RP:TRC", false}, // what 163.com says to too many messages
		{rcpt, 553, none, "Mail from must equal authorized user", false},
		{rcpt, 554, none, "DT:SPM", false},
		{rcpt, 552, gosmtp.EnhancedCode{5, 2, 2}, "mailbox full", false},
		{rcpt, 452, gosmtp.EnhancedCode{4, 2, 2}, "mailbox full", false},
		{rcpt, 550, gosmtp.EnhancedCode{5, 2, 1}, "mailbox disabled", false},
		{rcpt, 450, gosmtp.EnhancedCode{4, 7, 1}, "greylisted", false},
		{rcpt, 451, gosmtp.EnhancedCode{4, 7, 1}, "liaison@gaoping.jincheng.example: no", false},
		{rcpt, 421, gosmtp.EnhancedCode{4, 7, 0}, "too many connections", false},
		{mail, 550, gosmtp.EnhancedCode{5, 1, 1}, "no such sender", false},
		{mail, 530, gosmtp.EnhancedCode{5, 7, 0}, "log in first", false},
		{mail, 553, gosmtp.EnhancedCode{5, 7, 1}, "sender address rejected: not owned by user", false},
		{mail, 552, gosmtp.EnhancedCode{5, 3, 4}, "message too big", false},
		{data, 554, gosmtp.EnhancedCode{5, 6, 0}, "content refused", false},
		{data, 554, gosmtp.EnhancedCode{5, 7, 1}, "message rejected as spam", false},
		{data, 554, none, "too many messages from this host", false},
		{data, 552, gosmtp.EnhancedCode{5, 2, 2}, "mailbox full", false},
		{data, 550, none, "No such user here", false}, // after the recipient was taken: it is the message
		{data, 452, gosmtp.EnhancedCode{4, 3, 1}, "out of disk", false},
	} {
		t.Run(fmt.Sprintf("%d %v %s", c.code, c.enhanced, c.text), func(t *testing.T) {
			t.Parallel()
			server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) {
				c.at(s, func(*gosmtp.Conn) error {
					return &gosmtp.SMTPError{Code: c.code, EnhancedCode: c.enhanced, Message: c.text}
				})
			})
			err := sender(t, server.Config(smtp.NoTLS)).Send(t.Context(), smtptest.Letter(), smtptest.Gone)
			require.Error(t, err)
			require.Equal(t, c.refused, errors.Is(err, channel.ErrRejected), err)
			require.NotErrorIs(t, err, channel.ErrUnknown)
			require.NotErrorIs(t, err, channel.ErrMachine)
			require.Contains(t, err.Error(), fmt.Sprint(c.code))
			require.NotContains(t, err.Error(), "@")
			require.Empty(t, server.Letters())
		})
	}
}

// What is cut before its last byte has certainly not left; after it, nobody knows.
func TestAConversationCutAtEveryStep(t *testing.T) {
	t.Parallel()
	drop := func(c *gosmtp.Conn) error { return errors.Join(c.Conn().Close(), errors.New("dropped")) }
	for name, c := range map[string]struct {
		bend func(*smtptest.Server)
		want error // nil: tried again
		goes bool  // the last byte was let go
	}{
		"at MAIL":              {func(s *smtptest.Server) { s.OnMail = drop }, nil, false},
		"at RCPT":              {func(s *smtptest.Server) { s.OnRcpt = drop }, nil, false},
		"before the final dot": {func(s *smtptest.Server) { s.OnBegin = drop }, nil, false},
		"after the final dot":  {func(s *smtptest.Server) { s.OnData = drop }, channel.ErrUnknown, true},
		"not cut, not let go":  {nil, errOvertaken, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Serve(t, smtp.NoTLS, c.bend)
			let := false
			err := sender(t, server.Config(smtp.NoTLS)).Send(t.Context(), smtptest.Letter(), func(context.Context, []channel.Missed) error {
				if c.want == errOvertaken {
					return errOvertaken
				}
				let = name != "before the final dot"
				if !let {
					return errors.New("the connection is known to be gone only later")
				}
				return nil
			})
			require.Error(t, err)
			require.NotErrorIs(t, err, channel.ErrRejected)
			require.Equal(t, c.goes, let)
			require.Equal(t, c.want == channel.ErrUnknown, errors.Is(err, channel.ErrUnknown), err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			require.Empty(t, server.Letters())
		})
	}
}

var errOvertaken = errors.New("overtaken")

func TestAHangingServerIsLeftWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]bool{"recipient": false, "answer": true} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			hang := make(chan struct{})
			t.Cleanup(func() { close(hang) })
			stuck := func(*gosmtp.Conn) error { cancel(); <-hang; return errors.New("never said") }
			server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) {
				if step == "recipient" {
					s.OnRcpt = stuck
				} else {
					s.OnData = stuck
				}
			})
			cfg := server.Config(smtp.NoTLS)
			cfg.Patience = smtp.Patience{Step: time.Hour, End: time.Hour, Stop: 200 * time.Millisecond}
			err := sender(t, cfg).Send(ctx, smtptest.Letter(), smtptest.Gone)
			require.Error(t, err)
			require.Equal(t, want, errors.Is(err, channel.ErrUnknown), err)
			require.NotErrorIs(t, err, channel.ErrRejected)
			require.NotErrorIs(t, err, channel.ErrMachine, "a stop is no fault of the server")
		})
	}
}

// stoppable is a context that runs what context.AfterFunc was given before end returns.
type stoppable struct {
	context.Context
	done chan struct{}

	mu    sync.Mutex
	after map[*func()]bool
}

func (s *stoppable) Done() <-chan struct{} { return s.done }

func (s *stoppable) Err() error {
	select {
	case <-s.done:
		return context.Canceled
	default:
		return nil
	}
}

func (s *stoppable) AfterFunc(f func()) (stop func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after[&f] = true
	return func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		waits := s.after[&f]
		delete(s.after, &f)
		return waits
	}
}

func (s *stoppable) end() {
	s.mu.Lock()
	close(s.done)
	all := s.after
	s.after = nil
	s.mu.Unlock()
	for f := range all {
		(*f)()
	}
}

// A stop between the final dot and its answer waits a moment for the answer.
func TestAnAnswerThatComesJustAfterTheStopCounts(t *testing.T) {
	t.Parallel()
	ctx := &stoppable{Context: t.Context(), done: make(chan struct{}), after: map[*func()]bool{}}
	server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) {
		s.OnData = func(*gosmtp.Conn) error { ctx.end(); return nil } // answered when the sender has done all that it does at a stop
	})
	cfg := server.Config(smtp.NoTLS)
	cfg.Patience.Stop = time.Hour
	require.NoError(t, sender(t, cfg).Send(ctx, smtptest.Letter(), smtptest.Gone))
	require.Len(t, server.Letters(), 1)
}

// Every step has its own limit; a slow one before the last byte leaves no doubt.
func TestASlowServerIsLeftAfterTheStepsLimit(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	stuck := func(*gosmtp.Conn) error { <-hang; return errors.New("never said") }
	for name, c := range map[string]struct {
		bend  func(*smtptest.Server)
		doubt bool
	}{
		"MAIL": {func(s *smtptest.Server) { s.OnMail = stuck }, false},
		"RCPT": {func(s *smtptest.Server) { s.OnRcpt = stuck }, false},
		"dot":  {func(s *smtptest.Server) { s.OnData = stuck }, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.Serve(t, smtp.NoTLS, c.bend)
			cfg := server.Config(smtp.NoTLS)
			cfg.Patience = smtp.Patience{Step: 300 * time.Millisecond, End: 300 * time.Millisecond}
			err := sender(t, cfg).Send(t.Context(), smtptest.Letter(), smtptest.Gone)
			require.Error(t, err)
			require.Equal(t, c.doubt, errors.Is(err, channel.ErrUnknown), err)
		})
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and never greets
	require.NoError(t, err)
	defer silent.Close()
	cfg := smtp.Config{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Security: smtp.NoTLS,
		From: letter.Address{Email: "a@b.example"}, Patience: smtp.Patience{Step: 300 * time.Millisecond}}
	require.ErrorIs(t, sender(t, cfg).Send(t.Context(), smtptest.Letter(), smtptest.Gone), channel.ErrMachine)
	require.ErrorIs(t, sender(t, cfg).Check(t.Context()), channel.ErrMachine)
}

// A server that is busy for a moment is no reason to leave this machine's other
// messages to others; one that turns it away is.
func TestWhatAServerSaysAtTheDoor(t *testing.T) {
	t.Parallel()
	for line, machine := range map[string]bool{"421 4.7.0 too many connections": false, "554 5.7.1 you are not welcome": true} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = c.Write([]byte(line + "\r\n"))
				_ = c.Close()
			}
		}()
		cfg := smtp.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: smtp.NoTLS, From: letter.Address{Email: "a@b.example"}}
		err = sender(t, cfg).Send(t.Context(), smtptest.Letter(), smtptest.Gone)
		require.ErrorContains(t, err, line)
		require.Equal(t, machine, errors.Is(err, channel.ErrMachine), err)
		require.NotErrorIs(t, err, channel.ErrRejected)
		require.ErrorIs(t, sender(t, cfg).Check(t.Context()), channel.ErrMachine)
		require.NoError(t, l.Close())
	}
}

func TestAServerIsTriedWithoutSendingAnything(t *testing.T) {
	t.Parallel()
	server := smtptest.Serve(t, smtp.StartTLS, func(s *smtptest.Server) { s.User, s.Password = "duban", "right" })
	require.NoError(t, sender(t, server.Config(smtp.StartTLS)).Check(t.Context()))
	cfg := server.Config(smtp.StartTLS)
	cfg.Password = "wrong"
	err := sender(t, cfg).Check(t.Context())
	require.ErrorIs(t, err, channel.ErrMachine)
	require.ErrorContains(t, err, "535")
	require.Empty(t, server.Letters())
}

func TestAWrongPasswordIsTheOfficesToMendAndNeverShown(t *testing.T) {
	t.Parallel()
	server := smtptest.Serve(t, smtp.StartTLS, func(s *smtptest.Server) { s.User, s.Password = "duban", "right" })
	cfg := server.Config(smtp.StartTLS)
	cfg.Password = "hunter-zwei"
	err := sender(t, cfg).Send(t.Context(), smtptest.Letter(), smtptest.Gone)
	require.Error(t, err)
	require.NotErrorIs(t, err, channel.ErrRejected)
	require.NotErrorIs(t, err, channel.ErrUnknown)
	require.ErrorIs(t, err, channel.ErrMachine)
	require.NotContains(t, err.Error(), "hunter")
	require.Contains(t, err.Error(), "535")
	require.Empty(t, server.Letters())
}

func TestAPasswordNeverGoesInClearByItself(t *testing.T) {
	t.Parallel()
	server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) { s.User, s.Password = "duban", "right" })
	require.Error(t, sender(t, server.Config(smtp.NoTLS)).Send(t.Context(), smtptest.Letter(), smtptest.Gone))
	require.Zero(t, server.LoggedIn)
}

func TestAPasswordGoesInClearWhenThatIsSet(t *testing.T) {
	t.Parallel()
	for _, offers := range [][]string{{"PLAIN"}, {"LOGIN"}, {"CRAM-MD5", "LOGIN", "PLAIN"}} {
		server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) { s.User, s.Password, s.Logins = "duban", "right", offers })
		cfg := server.Config(smtp.NoTLS)
		cfg.Auth = "clear"
		require.NoError(t, sender(t, cfg).Send(t.Context(), smtptest.Letter(), smtptest.Gone), offers)
		require.Equal(t, 1, server.LoggedIn)
	}
	server := smtptest.Serve(t, smtp.NoTLS, func(s *smtptest.Server) { s.User, s.Password, s.Logins = "duban", "right", []string{"GSSAPI"} })
	cfg := server.Config(smtp.NoTLS)
	cfg.Auth = "clear"
	require.ErrorIs(t, sender(t, cfg).Check(t.Context()), channel.ErrMachine)
}

func TestAConnectionThatCannotBeProtectedIsNotUsed(t *testing.T) {
	t.Parallel()
	bare := smtptest.Serve(t, smtp.NoTLS, nil) // offers no STARTTLS
	require.ErrorContains(t, sender(t, bare.Config(smtp.StartTLS)).Send(t.Context(), smtptest.Letter(), smtptest.Gone), "STARTTLS")
	for _, security := range []string{smtp.StartTLS, smtp.TLS} {
		stranger := smtptest.Serve(t, security, nil)
		cfg := stranger.Config(security)
		_, cfg.Roots = smtptest.Certificate(t) // trusts somebody else
		err := sender(t, cfg).Send(t.Context(), smtptest.Letter(), smtptest.Gone)
		require.ErrorContains(t, err, "certificate")
		require.NotErrorIs(t, err, channel.ErrRejected)
		require.Empty(t, stranger.Letters())
	}
}

func TestNobodyListening(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	err = sender(t, smtp.Config{Host: "127.0.0.1", Port: port, From: letter.Address{Email: "a@b.example"}}).Send(t.Context(), smtptest.Letter(), smtptest.Gone)
	require.ErrorContains(t, err, "connecting")
	require.ErrorIs(t, err, channel.ErrMachine)
	require.NotErrorIs(t, err, channel.ErrRejected)
	require.NotErrorIs(t, err, channel.ErrUnknown)
}

func TestAnAddressThatIsNoneIsRejectedBeforeAnyConnection(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"", "liaison", "a@b.example\r\nBcc: c@d.example", "Name <a@b.example>", "a@b.example, c@d.example"} {
		m := smtptest.Letter()
		m.To.Email = email
		err := sender(t, smtp.Config{Host: "127.0.0.1", Port: 1, From: letter.Address{Email: "a@b.example"}}).Send(t.Context(), m, smtptest.Gone)
		require.ErrorIs(t, err, channel.ErrRejected, email)
		require.NotContains(t, err.Error(), "@")
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	good := smtp.Config{Host: "mx.example", From: letter.Address{Email: "a@b.example"}}
	for name, change := range map[string]func(*smtp.Config){
		"host":     func(c *smtp.Config) { c.Host = "" },
		"security": func(c *smtp.Config) { c.Security = "ssl3" },
		"auth":     func(c *smtp.Config) { c.Auth = "magic" },
		"from":     func(c *smtp.Config) { c.From.Email = "nobody" },
		"port":     func(c *smtp.Config) { c.Port = 99999 },
	} {
		cfg := good
		change(&cfg)
		_, err := smtp.New(cfg)
		require.Error(t, err, name)
	}
	_, err := smtp.New(good)
	require.NoError(t, err)
}

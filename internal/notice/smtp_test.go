package notice_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/words"
)

func aMail(t *testing.T) notice.Mail {
	t.Helper()
	m, err := notice.Compose(words.New("zh"), forEachRole()[people.Liaison])
	require.NoError(t, err)
	return m
}

func sender(t *testing.T, cfg notice.SMTPConfig) *notice.SMTP {
	t.Helper()
	s, err := notice.NewSMTP(cfg)
	require.NoError(t, err)
	return s
}

// gone lets the last byte go.
func gone(context.Context) error { return nil }

func TestMailArrivesWholeOverEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	m := aMail(t)
	for _, security := range []string{notice.NoTLS, notice.StartTLS, notice.TLS} {
		for _, login := range []bool{false, true} {
			server := serve(t, security, func(s *mailServer) {
				if login {
					s.user, s.password = "duban", "p@ss 密码"
				}
			})
			cfg := server.config(security)
			if login && security == notice.NoTLS {
				cfg.Auth = "plain" // in clear only when asked for by name
			}
			require.NoError(t, sender(t, cfg).Send(t.Context(), m, gone), "%s login %v", security, login)
			got := server.letters()
			require.Len(t, got, 1)
			require.Equal(t, letter{"duban@jincheng.example", "liaison@gaoping.jincheng.example", security != notice.NoTLS, got[0].Raw}, got[0])
			mail := open(t, got[0].Raw)
			require.Equal(t, []string{m.Subject, m.Text, m.HTML}, []string{mail.Subject, mail.Text, mail.HTML})
		}
	}
}

// Every row is a real conversation: what a server answers at a step, and what
// becomes of the message.
func TestWhatAServersAnswerMeans(t *testing.T) {
	t.Parallel()
	type bend func(*mailServer, func(*smtp.Conn) error)
	mail := func(s *mailServer, f func(*smtp.Conn) error) { s.onMail = f }
	rcpt := func(s *mailServer, f func(*smtp.Conn) error) { s.onRcpt = f }
	data := func(s *mailServer, f func(*smtp.Conn) error) { s.onData = f }
	none := smtp.NoEnhancedCode
	for _, c := range []struct {
		at       bend
		code     int
		enhanced smtp.EnhancedCode
		text     string
		refused  bool
	}{
		{rcpt, 550, smtp.EnhancedCode{5, 1, 1}, "liaison@gaoping.jincheng.example: no", true},
		{rcpt, 550, smtp.EnhancedCode{5, 1, 2}, "bad destination system address", true},
		{rcpt, 501, smtp.EnhancedCode{5, 1, 3}, "bad destination mailbox address syntax", true},
		{rcpt, 550, smtp.EnhancedCode{5, 1, 6}, "mailbox has moved", true},
		{rcpt, 550, smtp.EnhancedCode{5, 1, 10}, "recipient address has null MX", true},
		{rcpt, 551, none, "user not local", true},
		{rcpt, 550, none, "No such user here", true},
		{rcpt, 550, none, "User not found: liaison", true},
		{rcpt, 550, none, "Mailbox not found", true},
		{rcpt, 553, none, "Invalid recipient", true},
		{data, 550, smtp.EnhancedCode{5, 1, 1}, "no mailbox here by that name", true},

		{rcpt, 550, smtp.EnhancedCode{5, 1, 8}, "bad sender's system address", false},
		{rcpt, 553, smtp.EnhancedCode{5, 1, 7}, "bad sender's mailbox address", false},
		{rcpt, 554, smtp.EnhancedCode{5, 7, 1}, "relay access denied", false},
		{rcpt, 550, smtp.EnhancedCode{5, 7, 1}, "relaying denied", false},
		{rcpt, 550, smtp.EnhancedCode{5, 7, 1}, "blocked by policy", false},
		{rcpt, 530, smtp.EnhancedCode{5, 7, 0}, "authentication required", false},
		{rcpt, 550, none, "relay not permitted, login first", false},
		{rcpt, 550, none, "no such user may relay", false},
		{rcpt, 550, none, "RP:TRC", false}, // what 163.com says to too many messages
		{rcpt, 553, none, "Mail from must equal authorized user", false},
		{rcpt, 554, none, "DT:SPM", false},
		{rcpt, 552, smtp.EnhancedCode{5, 2, 2}, "mailbox full", false},
		{rcpt, 452, smtp.EnhancedCode{4, 2, 2}, "mailbox full", false},
		{rcpt, 550, smtp.EnhancedCode{5, 2, 1}, "mailbox disabled", false},
		{rcpt, 450, smtp.EnhancedCode{4, 7, 1}, "greylisted", false},
		{rcpt, 451, smtp.EnhancedCode{4, 7, 1}, "liaison@gaoping.jincheng.example: no", false},
		{rcpt, 421, smtp.EnhancedCode{4, 7, 0}, "too many connections", false},
		{mail, 550, smtp.EnhancedCode{5, 1, 1}, "no such sender", false},
		{mail, 530, smtp.EnhancedCode{5, 7, 0}, "log in first", false},
		{mail, 553, smtp.EnhancedCode{5, 7, 1}, "sender address rejected: not owned by user", false},
		{mail, 552, smtp.EnhancedCode{5, 3, 4}, "message too big", false},
		{data, 554, smtp.EnhancedCode{5, 6, 0}, "content refused", false},
		{data, 554, smtp.EnhancedCode{5, 7, 1}, "message rejected as spam", false},
		{data, 554, none, "too many messages from this host", false},
		{data, 552, smtp.EnhancedCode{5, 2, 2}, "mailbox full", false},
		{data, 550, none, "No such user here", false}, // after the recipient was taken: it is the message
		{data, 452, smtp.EnhancedCode{4, 3, 1}, "out of disk", false},
	} {
		t.Run(fmt.Sprintf("%d %v %s", c.code, c.enhanced, c.text), func(t *testing.T) {
			t.Parallel()
			server := serve(t, notice.NoTLS, func(s *mailServer) {
				c.at(s, func(*smtp.Conn) error {
					return &smtp.SMTPError{Code: c.code, EnhancedCode: c.enhanced, Message: c.text}
				})
			})
			err := sender(t, server.config(notice.NoTLS)).Send(t.Context(), aMail(t), gone)
			require.Error(t, err)
			require.Equal(t, c.refused, errors.Is(err, notice.ErrRejected), err)
			require.NotErrorIs(t, err, notice.ErrUnknown)
			require.NotErrorIs(t, err, notice.ErrMachine)
			require.Contains(t, err.Error(), fmt.Sprint(c.code))
			require.NotContains(t, err.Error(), "@")
			require.Empty(t, server.letters())
		})
	}
}

// What is cut before its last byte has certainly not left; after it, nobody knows.
func TestAConversationCutAtEveryStep(t *testing.T) {
	t.Parallel()
	drop := func(c *smtp.Conn) error { return errors.Join(c.Conn().Close(), errors.New("dropped")) }
	for name, c := range map[string]struct {
		bend func(*mailServer)
		want error // nil: tried again
		goes bool  // the last byte was let go
	}{
		"at MAIL":              {func(s *mailServer) { s.onMail = drop }, nil, false},
		"at RCPT":              {func(s *mailServer) { s.onRcpt = drop }, nil, false},
		"before the final dot": {func(s *mailServer) { s.onBegin = drop }, nil, false},
		"after the final dot":  {func(s *mailServer) { s.onData = drop }, notice.ErrUnknown, true},
		"not cut, not let go":  {nil, errOvertaken, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, notice.NoTLS, c.bend)
			let := false
			err := sender(t, server.config(notice.NoTLS)).Send(t.Context(), aMail(t), func(context.Context) error {
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
			require.NotErrorIs(t, err, notice.ErrRejected)
			require.Equal(t, c.goes, let)
			require.Equal(t, c.want == notice.ErrUnknown, errors.Is(err, notice.ErrUnknown), err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			require.Empty(t, server.letters())
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
			stuck := func(*smtp.Conn) error { cancel(); <-hang; return errors.New("never said") }
			server := serve(t, notice.NoTLS, func(s *mailServer) {
				if step == "recipient" {
					s.onRcpt = stuck
				} else {
					s.onData = stuck
				}
			})
			cfg := server.config(notice.NoTLS)
			cfg.Patience = notice.Patience{Step: time.Hour, End: time.Hour, Stop: 200 * time.Millisecond}
			err := sender(t, cfg).Send(ctx, aMail(t), gone)
			require.Error(t, err)
			require.Equal(t, want, errors.Is(err, notice.ErrUnknown), err)
			require.NotErrorIs(t, err, notice.ErrRejected)
			require.NotErrorIs(t, err, notice.ErrMachine, "a stop is no fault of the server")
		})
	}
}

// A stop between the final dot and its answer waits a moment for the answer.
func TestAnAnswerThatComesJustAfterTheStopCounts(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := serve(t, notice.NoTLS, func(s *mailServer) {
		s.onData = func(*smtp.Conn) error { cancel(); time.Sleep(50 * time.Millisecond); return nil }
	})
	require.NoError(t, sender(t, server.config(notice.NoTLS)).Send(ctx, aMail(t), gone))
	require.Len(t, server.letters(), 1)
}

// Every step has its own limit; a slow one before the last byte leaves no doubt.
func TestASlowServerIsLeftAfterTheStepsLimit(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	stuck := func(*smtp.Conn) error { <-hang; return errors.New("never said") }
	for name, c := range map[string]struct {
		bend  func(*mailServer)
		doubt bool
	}{
		"MAIL": {func(s *mailServer) { s.onMail = stuck }, false},
		"RCPT": {func(s *mailServer) { s.onRcpt = stuck }, false},
		"dot":  {func(s *mailServer) { s.onData = stuck }, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, notice.NoTLS, c.bend)
			cfg := server.config(notice.NoTLS)
			cfg.Patience = notice.Patience{Step: 300 * time.Millisecond, End: 300 * time.Millisecond}
			err := sender(t, cfg).Send(t.Context(), aMail(t), gone)
			require.Error(t, err)
			require.Equal(t, c.doubt, errors.Is(err, notice.ErrUnknown), err)
		})
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and never greets
	require.NoError(t, err)
	defer silent.Close()
	cfg := notice.SMTPConfig{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Security: notice.NoTLS,
		From: notice.Address{Email: "a@b.example"}, Patience: notice.Patience{Step: 300 * time.Millisecond}}
	require.ErrorIs(t, sender(t, cfg).Send(t.Context(), aMail(t), gone), notice.ErrMachine)
	require.ErrorIs(t, sender(t, cfg).Check(t.Context()), notice.ErrMachine)
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
		cfg := notice.SMTPConfig{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: notice.NoTLS, From: notice.Address{Email: "a@b.example"}}
		err = sender(t, cfg).Send(t.Context(), aMail(t), gone)
		require.ErrorContains(t, err, line)
		require.Equal(t, machine, errors.Is(err, notice.ErrMachine), err)
		require.NotErrorIs(t, err, notice.ErrRejected)
		require.ErrorIs(t, sender(t, cfg).Check(t.Context()), notice.ErrMachine)
		require.NoError(t, l.Close())
	}
}

func TestAServerIsTriedWithoutSendingAnything(t *testing.T) {
	t.Parallel()
	server := serve(t, notice.StartTLS, func(s *mailServer) { s.user, s.password = "duban", "right" })
	require.NoError(t, sender(t, server.config(notice.StartTLS)).Check(t.Context()))
	cfg := server.config(notice.StartTLS)
	cfg.Password = "wrong"
	err := sender(t, cfg).Check(t.Context())
	require.ErrorIs(t, err, notice.ErrMachine)
	require.ErrorContains(t, err, "535")
	require.Empty(t, server.letters())
}

func TestAWrongPasswordIsTheOfficesToMendAndNeverShown(t *testing.T) {
	t.Parallel()
	server := serve(t, notice.StartTLS, func(s *mailServer) { s.user, s.password = "duban", "right" })
	cfg := server.config(notice.StartTLS)
	cfg.Password = "hunter-zwei"
	err := sender(t, cfg).Send(t.Context(), aMail(t), gone)
	require.Error(t, err)
	require.NotErrorIs(t, err, notice.ErrRejected)
	require.NotErrorIs(t, err, notice.ErrUnknown)
	require.ErrorIs(t, err, notice.ErrMachine)
	require.NotContains(t, err.Error(), "hunter")
	require.Contains(t, err.Error(), "535")
	require.Empty(t, server.letters())
}

func TestAPasswordNeverGoesInClearByItself(t *testing.T) {
	t.Parallel()
	server := serve(t, notice.NoTLS, func(s *mailServer) { s.user, s.password = "duban", "right" })
	require.Error(t, sender(t, server.config(notice.NoTLS)).Send(t.Context(), aMail(t), gone))
	require.Zero(t, server.loggedIn)
}

func TestAPasswordGoesInClearWhenThatIsSet(t *testing.T) {
	t.Parallel()
	for _, offers := range [][]string{{"PLAIN"}, {"LOGIN"}, {"CRAM-MD5", "LOGIN", "PLAIN"}} {
		server := serve(t, notice.NoTLS, func(s *mailServer) { s.user, s.password, s.logins = "duban", "right", offers })
		cfg := server.config(notice.NoTLS)
		cfg.Auth = "clear"
		require.NoError(t, sender(t, cfg).Send(t.Context(), aMail(t), gone), offers)
		require.Equal(t, 1, server.loggedIn)
	}
	server := serve(t, notice.NoTLS, func(s *mailServer) { s.user, s.password, s.logins = "duban", "right", []string{"GSSAPI"} })
	cfg := server.config(notice.NoTLS)
	cfg.Auth = "clear"
	require.ErrorIs(t, sender(t, cfg).Check(t.Context()), notice.ErrMachine)
}

func TestAConnectionThatCannotBeProtectedIsNotUsed(t *testing.T) {
	t.Parallel()
	bare := serve(t, notice.NoTLS, nil) // offers no STARTTLS
	require.ErrorContains(t, sender(t, bare.config(notice.StartTLS)).Send(t.Context(), aMail(t), gone), "STARTTLS")
	for _, security := range []string{notice.StartTLS, notice.TLS} {
		stranger := serve(t, security, nil)
		cfg := stranger.config(security)
		_, cfg.Roots = certificate(t) // trusts somebody else
		err := sender(t, cfg).Send(t.Context(), aMail(t), gone)
		require.ErrorContains(t, err, "certificate")
		require.NotErrorIs(t, err, notice.ErrRejected)
		require.Empty(t, stranger.letters())
	}
}

func TestNobodyListening(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	err = sender(t, notice.SMTPConfig{Host: "127.0.0.1", Port: port, From: notice.Address{Email: "a@b.example"}}).Send(t.Context(), aMail(t), gone)
	require.ErrorContains(t, err, "connecting")
	require.ErrorIs(t, err, notice.ErrMachine)
	require.NotErrorIs(t, err, notice.ErrRejected)
	require.NotErrorIs(t, err, notice.ErrUnknown)
}

func TestAnAddressThatIsNoneIsRejectedBeforeAnyConnection(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"", "liaison", "a@b.example\r\nBcc: c@d.example", "Name <a@b.example>", "a@b.example, c@d.example"} {
		m := aMail(t)
		m.To.Email = email
		err := sender(t, notice.SMTPConfig{Host: "127.0.0.1", Port: 1, From: notice.Address{Email: "a@b.example"}}).Send(t.Context(), m, gone)
		require.ErrorIs(t, err, notice.ErrRejected, email)
		require.NotContains(t, err.Error(), "@")
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	good := notice.SMTPConfig{Host: "mx.example", From: notice.Address{Email: "a@b.example"}}
	for name, change := range map[string]func(*notice.SMTPConfig){
		"host":     func(c *notice.SMTPConfig) { c.Host = "" },
		"security": func(c *notice.SMTPConfig) { c.Security = "ssl3" },
		"auth":     func(c *notice.SMTPConfig) { c.Auth = "magic" },
		"from":     func(c *notice.SMTPConfig) { c.From.Email = "nobody" },
		"port":     func(c *notice.SMTPConfig) { c.Port = 99999 },
	} {
		cfg := good
		change(&cfg)
		_, err := notice.NewSMTP(cfg)
		require.Error(t, err, name)
	}
	_, err := notice.NewSMTP(good)
	require.NoError(t, err)
}

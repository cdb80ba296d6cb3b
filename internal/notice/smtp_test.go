package notice_test

import (
	"context"
	"errors"
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
			require.NoError(t, sender(t, cfg).Send(t.Context(), m), "%s login %v", security, login)
			got := server.letters()
			require.Len(t, got, 1)
			require.Equal(t, letter{"duban@jincheng.example", "liaison@gaoping.jincheng.example", security != notice.NoTLS, got[0].Raw}, got[0])
			mail := open(t, got[0].Raw)
			require.Equal(t, []string{m.Subject, m.Text, m.HTML}, []string{mail.Subject, mail.Text, mail.HTML})
		}
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	t.Parallel()
	answer := func(code int, enhanced smtp.EnhancedCode) func(*smtp.Conn) error {
		return func(*smtp.Conn) error {
			return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "liaison@gaoping.jincheng.example: no"}
		}
	}
	drop := func(c *smtp.Conn) error { return errors.Join(c.Conn().Close(), errors.New("dropped")) }
	for name, c := range map[string]struct {
		rcpt, data func(*smtp.Conn) error
		want       error // nil: try again later
		text       string
	}{
		"no such mailbox":          {rcpt: answer(550, smtp.EnhancedCode{5, 1, 1}), want: notice.ErrRejected, text: "smtp: gaoping/liaison, recipient: 550 5.1.1 …: no: rejected for good"},
		"mailbox busy":             {rcpt: answer(451, smtp.EnhancedCode{4, 7, 1}), text: "smtp: gaoping/liaison, recipient: 451 4.7.1 …: no"},
		"lost before the message":  {rcpt: drop},
		"message refused":          {data: answer(554, smtp.EnhancedCode{5, 6, 0}), want: notice.ErrRejected, text: "smtp: gaoping/liaison, message: 554 5.6.0 …: no: rejected for good"},
		"message put off":          {data: answer(452, smtp.EnhancedCode{4, 3, 1}), text: "smtp: gaoping/liaison, message: 452 4.3.1 …: no"},
		"lost before the answer":   {data: drop, want: notice.ErrUnknown},
		"recipient wants no login": {rcpt: answer(530, smtp.EnhancedCode{5, 7, 0}), text: "smtp: gaoping/liaison, recipient: 530 5.7.0 …: no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, notice.StartTLS, func(s *mailServer) { s.onRcpt, s.onData = c.rcpt, c.data })
			err := sender(t, server.config(notice.StartTLS)).Send(t.Context(), aMail(t))
			require.Error(t, err)
			require.Equal(t, c.want == notice.ErrRejected, errors.Is(err, notice.ErrRejected), err)
			require.Equal(t, c.want == notice.ErrUnknown, errors.Is(err, notice.ErrUnknown), err)
			require.NotContains(t, err.Error(), "@")
			if c.text != "" {
				require.Equal(t, c.text, err.Error())
			}
			require.Empty(t, server.letters())
		})
	}
}

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
			cfg.Timeout = time.Hour
			err := sender(t, cfg).Send(ctx, aMail(t))
			require.Error(t, err)
			require.Equal(t, want, errors.Is(err, notice.ErrUnknown), err)
			require.NotErrorIs(t, err, notice.ErrRejected)
		})
	}
}

func TestASlowServerIsLeftAfterTheTimeout(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	server := serve(t, notice.NoTLS, func(s *mailServer) {
		s.onData = func(*smtp.Conn) error { <-hang; return errors.New("never said") }
	})
	t.Cleanup(func() { close(hang) })
	cfg := server.config(notice.NoTLS)
	cfg.Timeout = 300 * time.Millisecond
	require.ErrorIs(t, sender(t, cfg).Send(t.Context(), aMail(t)), notice.ErrUnknown)
}

func TestAWrongPasswordIsTheOfficesToMendAndNeverShown(t *testing.T) {
	t.Parallel()
	server := serve(t, notice.StartTLS, func(s *mailServer) { s.user, s.password = "duban", "right" })
	cfg := server.config(notice.StartTLS)
	cfg.Password = "hunter-zwei"
	err := sender(t, cfg).Send(t.Context(), aMail(t))
	require.Error(t, err)
	require.NotErrorIs(t, err, notice.ErrRejected)
	require.NotErrorIs(t, err, notice.ErrUnknown)
	require.NotContains(t, err.Error(), "hunter")
	require.Contains(t, err.Error(), "535")
	require.Empty(t, server.letters())
}

func TestAPasswordNeverGoesInClearByItself(t *testing.T) {
	t.Parallel()
	server := serve(t, notice.NoTLS, func(s *mailServer) { s.user, s.password = "duban", "right" })
	require.Error(t, sender(t, server.config(notice.NoTLS)).Send(t.Context(), aMail(t)))
	require.Zero(t, server.logins)
}

func TestAConnectionThatCannotBeProtectedIsNotUsed(t *testing.T) {
	t.Parallel()
	bare := serve(t, notice.NoTLS, nil) // offers no STARTTLS
	require.ErrorContains(t, sender(t, bare.config(notice.StartTLS)).Send(t.Context(), aMail(t)), "STARTTLS")
	for _, security := range []string{notice.StartTLS, notice.TLS} {
		stranger := serve(t, security, nil)
		cfg := stranger.config(security)
		_, cfg.Roots = certificate(t) // trusts somebody else
		err := sender(t, cfg).Send(t.Context(), aMail(t))
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
	err = sender(t, notice.SMTPConfig{Host: "127.0.0.1", Port: port, From: notice.Address{Email: "a@b.example"}}).Send(t.Context(), aMail(t))
	require.ErrorContains(t, err, "connecting")
	require.NotErrorIs(t, err, notice.ErrRejected)
	require.NotErrorIs(t, err, notice.ErrUnknown)
}

func TestAnAddressThatIsNoneIsRejectedBeforeAnyConnection(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"", "liaison", "a@b.example\r\nBcc: c@d.example", "Name <a@b.example>", "a@b.example, c@d.example"} {
		m := aMail(t)
		m.To.Email = email
		err := sender(t, notice.SMTPConfig{Host: "127.0.0.1", Port: 1, From: notice.Address{Email: "a@b.example"}}).Send(t.Context(), m)
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

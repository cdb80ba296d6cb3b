package notice

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// How an SMTP connection is protected.
const (
	StartTLS = "starttls" // plain connection that must turn to TLS, usually port 587
	TLS      = "tls"      // TLS from the first byte, usually port 465
	NoTLS    = "none"     // no protection: only inside one's own network
)

// SMTPConfig is how to reach a mail server. User empty means no login.
type SMTPConfig struct {
	Host     string
	Port     int    // 587, 465 or 25 by Security when 0
	Security string // StartTLS when empty
	User     string
	Password string
	// Auth is auto (when empty), plain, login or cram-md5. Auto never sends a
	// password in clear; plain and login do so when Security is none.
	Auth    string
	From    Address
	Hello   string         // our name in EHLO; the machine's name when empty
	Timeout time.Duration  // for connecting and again for the message; 30 s when 0
	Roots   *x509.CertPool // the system's when nil
}

// SMTP sends mail through one server, one connection a message.
type SMTP struct {
	cfg     SMTPConfig
	options []gomail.Option
}

var auths = map[string]gomail.SMTPAuthType{
	"": gomail.SMTPAuthAutoDiscover, "auto": gomail.SMTPAuthAutoDiscover,
	"plain": gomail.SMTPAuthPlain, "login": gomail.SMTPAuthLogin, "cram-md5": gomail.SMTPAuthCramMD5,
}

var clearAuths = map[gomail.SMTPAuthType]gomail.SMTPAuthType{
	gomail.SMTPAuthPlain: gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLogin: gomail.SMTPAuthLoginNoEnc,
}

// NewSMTP checks the configuration; it does not connect.
func NewSMTP(cfg SMTPConfig) (*SMTP, error) {
	if cfg.Security == "" {
		cfg.Security = StartTLS
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if _, err := address(cfg.From); err != nil {
		return nil, errors.New("smtp: the sender's address is not an e-mail address")
	}
	auth, ok := auths[strings.ToLower(cfg.Auth)]
	if !ok {
		return nil, fmt.Errorf("smtp: unknown auth %q: use auto, plain, login or cram-md5", cfg.Auth)
	}
	s := &SMTP{cfg: cfg}
	options := []gomail.Option{gomail.WithTimeout(cfg.Timeout), gomail.WithTLSConfig(s.tlsConfig())}
	port := 587
	switch cfg.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		// The dialer below brings TLS already; "opportunistic" makes the library see it.
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
		port = 465
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		port = 25
		if clear, ok := clearAuths[auth]; ok {
			auth = clear
		}
	default:
		return nil, fmt.Errorf("smtp: unknown security %q: use starttls, tls or none", cfg.Security)
	}
	if cfg.Port == 0 {
		cfg.Port = port
	}
	options = append(options, gomail.WithPort(cfg.Port))
	if cfg.Hello != "" {
		options = append(options, gomail.WithHELO(cfg.Hello))
	}
	if cfg.User != "" {
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(cfg.User), gomail.WithPassword(cfg.Password))
	}
	if _, err := gomail.NewClient(cfg.Host, options...); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	s.cfg, s.options = cfg, options
	return s, nil
}

// Name is "smtp".
func (s *SMTP) Name() string { return "smtp" }

// Resendable is false: a second copy is a second mail in somebody's inbox.
func (s *SMTP) Resendable() bool { return false }

// Send speaks one SMTP conversation. A 5xx answer to the recipient or to the
// message is ErrRejected; a connection lost after the message was handed over
// and before the answer is ErrUnknown; all else, a refused login or sender
// among it, is for the office to mend and to be tried again.
func (s *SMTP) Send(ctx context.Context, m Mail) error {
	msg, err := message(m, s.cfg.From)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return fmt.Errorf("smtp: writing the message: %w", err)
	}
	client, hangUp, err := s.dial(ctx)
	defer hangUp()
	if err != nil {
		return s.failure(m, "connecting", err, nil)
	}
	if err := client.UpdateDeadline(s.cfg.Timeout); err != nil {
		return s.failure(m, "connecting", err, nil)
	}
	// The library's own sender would name every address in its errors and hides
	// at which step it failed, so the four steps are taken here.
	if err := client.Mail("<" + s.cfg.From.Email + ">"); err != nil {
		return s.failure(m, "sender", err, nil)
	}
	if err := client.Rcpt("<" + m.To.Email + ">"); err != nil {
		return s.failure(m, "recipient", err, rejected(err))
	}
	body, err := client.Data()
	if err != nil {
		return s.failure(m, "message", err, rejected(err))
	}
	if _, err := body.Write(raw.Bytes()); err != nil {
		return s.failure(m, "message", err, nil) // without its last dot it counts as never sent
	}
	_ = client.UpdateDeadline(s.cfg.Timeout) // a server that looks into mail first may take its time
	if err := body.Close(); err != nil {
		if code(err) == 0 {
			return s.failure(m, "waiting for the answer", err, ErrUnknown)
		}
		return s.failure(m, "message", err, rejected(err))
	}
	_ = client.Quit() // the message was taken: nothing after that can undo it
	return nil
}

// dial connects, protects and logs in. hangUp closes the connection, which the
// library forgets when a later step fails; so does the end of ctx.
func (s *SMTP) dial(ctx context.Context) (client *smtp.Client, hangUp func(), err error) {
	hangUp = func() {}
	dialer := func(dialCtx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(dialCtx, network, addr)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		hangUp = func() { stop(); _ = conn.Close() }
		if s.cfg.Security == TLS {
			return tls.Client(conn, s.tlsConfig()), nil
		}
		return conn, nil
	}
	c, err := gomail.NewClient(s.cfg.Host, append([]gomail.Option{gomail.WithDialContextFunc(dialer)}, s.options...)...)
	if err != nil {
		return nil, hangUp, err
	}
	client, err = c.DialToSMTPClientWithContext(ctx)
	return client, hangUp, err
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.cfg.Host, RootCAs: s.cfg.Roots, MinVersion: tls.VersionTLS12}
}

// code is the SMTP code of an answer, 0 when there was none.
func code(err error) int {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

// rejected is ErrRejected for a 5xx answer, except that the server first wants
// us to log in, which is our own fault.
func rejected(err error) error {
	if c := code(err); c >= 500 && c < 600 && c != 530 && c != 535 {
		return ErrRejected
	}
	return nil
}

var anAddress = regexp.MustCompile(`[^\s<>()\[\]:;,"']+@[^\s<>()\[\]:;,"']+`)

// failure is one short line: the step, the server's answer without addresses
// and password, and what it means.
func (s *SMTP) failure(m Mail, step string, err, means error) error {
	text := err.Error()
	var answer *textproto.Error
	if errors.As(err, &answer) {
		text = fmt.Sprintf("%d %s", answer.Code, answer.Msg)
	}
	text = anAddress.ReplaceAllString(clean(text), "…")
	if s.cfg.Password != "" {
		text = strings.ReplaceAll(text, s.cfg.Password, "…")
	}
	text = short(text, 200)
	if means != nil {
		return fmt.Errorf("smtp: %s, %s: %s: %w", m.Recipient, step, text, means)
	}
	return fmt.Errorf("smtp: %s, %s: %s", m.Recipient, step, text)
}

// Package smtp is the channel that is a mail server.
package smtp

import (
	"bytes"
	"cmp"
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
	gosmtp "github.com/wneessen/go-mail/smtp"

	"duban/internal/channel"
	"duban/internal/channel/mime"
	"duban/internal/letter"
)

// How an SMTP connection is protected.
const (
	StartTLS = "starttls" // plain connection that must turn to TLS, usually port 587
	TLS      = "tls"      // TLS from the first byte, usually port 465
	NoTLS    = "none"     // no protection: only inside one's own network
)

// Patience is how long each step of an SMTP conversation may take. Zero fields
// are those of RFC 5321, section 4.5.3.2.
type Patience struct {
	Connect time.Duration // until the TCP connection is made; 30 s
	Step    time.Duration // one answer: the greeting, EHLO, login, MAIL, RCPT; 5 min
	Data    time.Duration // the answer to DATA; 2 min
	Block   time.Duration // one write of the message; 3 min
	End     time.Duration // the answer to the final dot; 10 min
	// Stop is how long an answer to the final dot is still waited for after the
	// context has ended: long enough for a server that is about to give it, short
	// enough for whoever waits for the program to stop; 8 s.
	Stop time.Duration
}

func (p Patience) filled() Patience {
	return Patience{
		cmp.Or(p.Connect, 30*time.Second), cmp.Or(p.Step, 5*time.Minute), cmp.Or(p.Data, 2*time.Minute),
		cmp.Or(p.Block, 3*time.Minute), cmp.Or(p.End, 10*time.Minute), cmp.Or(p.Stop, 8*time.Second),
	}
}

// Config is how to reach a mail server. User empty means no login.
type Config struct {
	Host     string
	Port     int    // 587, 465 or 25 by Security when 0
	Security string // StartTLS when empty
	User     string
	Password string
	// Auth is auto (when empty), plain, login or cram-md5. Auto never sends a
	// password in clear; clear, plain and login do so when Security is none. Clear
	// takes plain or login, whichever the server offers.
	Auth     string
	From     letter.Address
	Hello    string // our name in EHLO; the machine's name when empty
	Patience Patience
	Roots    *x509.CertPool // the system's when nil
}

// Server sends mail through one server, one connection a message.
type Server struct {
	cfg     Config
	options []gomail.Option
}

var auths = map[string]gomail.SMTPAuthType{
	"": gomail.SMTPAuthAutoDiscover, "auto": gomail.SMTPAuthAutoDiscover, "clear": gomail.SMTPAuthCustom,
	"plain": gomail.SMTPAuthPlain, "login": gomail.SMTPAuthLogin, "cram-md5": gomail.SMTPAuthCramMD5,
}

var clearAuths = map[gomail.SMTPAuthType]gomail.SMTPAuthType{
	gomail.SMTPAuthPlain: gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLogin: gomail.SMTPAuthLoginNoEnc,
}

// New checks the configuration; it does not connect.
func New(cfg Config) (*Server, error) {
	if cfg.Security == "" {
		cfg.Security = StartTLS
	}
	cfg.Patience = cfg.Patience.filled()
	if _, err := mime.Check(cfg.From); err != nil {
		return nil, errors.New("smtp: the sender's address is not an e-mail address")
	}
	auth, ok := auths[strings.ToLower(cfg.Auth)]
	if !ok {
		return nil, fmt.Errorf("smtp: unknown auth %q: use auto, clear, plain, login or cram-md5", cfg.Auth)
	}
	s := &Server{cfg: cfg}
	// The library's one limit for all steps; each step has its own below.
	options := []gomail.Option{gomail.WithTimeout(time.Hour), gomail.WithTLSConfig(s.tlsConfig())}
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
		if auth == gomail.SMTPAuthCustom {
			options = append(options, gomail.WithSMTPAuthCustom(&clearAuth{user: cfg.User, password: cfg.Password, host: cfg.Host}))
		} else {
			options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(cfg.User), gomail.WithPassword(cfg.Password))
		}
	}
	if _, err := gomail.NewClient(cfg.Host, options...); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	s.cfg, s.options = cfg, options
	return s, nil
}

// Name is "smtp".
func (s *Server) Name() string { return Carrier.Name }

// Twice is what Carrier says.
func (s *Server) Twice() channel.Twice { return Carrier.Twice }

// Check speaks to the server up to the login and sends nothing. Its error wraps
// channel.ErrMachine.
func (s *Server) Check(ctx context.Context) error {
	w, client, err := s.dial(ctx)
	defer w.hangUp()
	if err != nil {
		return s.failure(ctx, "connecting", err, channel.ErrMachine)
	}
	_ = client.Quit()
	return nil
}

// Send speaks one SMTP conversation. What the server's refusal means is worked out by
// meaning. When there is no connection or the login is refused, the error wraps
// channel.ErrMachine; when the connection is lost between the final dot and its answer,
// channel.ErrUnknown.
func (s *Server) Send(ctx context.Context, m letter.Letter, leaving channel.Leaving) error {
	from := s.cfg.From
	if m.From.Email != "" {
		from = m.From
	}
	msg, err := mime.Message(m, from)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return fmt.Errorf("smtp: writing the message: %w", err)
	}
	var copies []letter.Address
	var missed []channel.Missed
	for _, c := range m.Copies {
		if _, err := mime.Check(c); err != nil {
			missed = append(missed, channel.Missed{To: c, Error: "not an e-mail address"})
			continue
		}
		copies = append(copies, c)
	}
	err = s.converse(ctx, from, m.To, copies, raw.Bytes(), missed, leaving)
	var cut *cutError
	if !errors.As(err, &cut) || ctx.Err() != nil {
		return err
	}
	// A server that answers nothing for a copy's address would keep the letter from its reader at every try.
	for _, c := range copies {
		missed = append(missed, channel.Missed{To: c, Error: err.Error()})
	}
	return s.converse(ctx, from, m.To, nil, raw.Bytes(), missed, leaving)
}

// cutError is that a conversation ended at a copy's address, before anything of the letter had left.
type cutError struct{ error }

// converse is one conversation; missed are the copies that are not asked for. Its error wraps cutError when the server
// gave no answer to the address of a copy.
func (s *Server) converse(ctx context.Context, from, to letter.Address, copies []letter.Address, raw []byte, missed []channel.Missed, leaving channel.Leaving) error {
	w, client, err := s.dial(ctx)
	defer w.hangUp()
	if c := code(err); c >= 400 && c < 500 {
		return s.failure(ctx, "connecting", err, nil) // too many connections: the server may take one later
	}
	if err != nil {
		return s.failure(ctx, "connecting", err, channel.ErrMachine)
	}
	// The library's own sender would name every address in its errors and hides
	// at which step it failed, so the steps are taken here.
	if err := client.Mail("<" + from.Email + ">"); err != nil {
		return s.failure(ctx, "sender", err, meaning(stepSender, err).Err())
	}
	if err := client.Rcpt("<" + to.Email + ">"); err != nil {
		return s.failure(ctx, "recipient", err, meaning(stepRecipient, err).Err())
	}
	for _, c := range copies { // where a copy's address is refused, the reader gets the letter all the same
		err := client.Rcpt("<" + c.Email + ">")
		if err != nil && code(err) == 0 {
			return &cutError{s.failure(ctx, "copy", err, nil)}
		}
		if err != nil {
			missed = append(missed, channel.Missed{To: c, Error: s.failure(ctx, "copy", err, nil).Error()})
		}
	}
	w.allow(s.cfg.Patience.Data)
	body, err := client.Data()
	if err != nil {
		return s.failure(ctx, "message", err, meaning(stepMessage, err).Err())
	}
	w.allow(s.cfg.Patience.Block)
	if _, err := body.Write(raw); err != nil {
		return s.failure(ctx, "message", err, nil) // without its last dot it counts as never sent
	}
	if err := client.Text.W.Flush(); err != nil {
		return s.failure(ctx, "message", err, nil)
	}
	if err := leaving(ctx, missed); err != nil {
		return s.failure(ctx, "before the last byte", err, err)
	}
	w.allow(s.cfg.Patience.End)
	if !w.afterTheDot(ctx, s.cfg.Patience.Stop) {
		return s.failure(ctx, "before the last byte", ctx.Err(), nil)
	}
	if err := body.Close(); err != nil {
		if code(err) == 0 {
			return s.failure(ctx, "waiting for the answer", err, channel.ErrUnknown)
		}
		return s.failure(ctx, "message", err, meaning(stepMessage, err).Err())
	}
	w.allow(time.Second)
	_ = client.Quit() // the message was taken: nothing after that can undo it
	return nil
}

// dial connects, protects the connection and logs in. The conn is never nil, also with an
// error.
func (s *Server) dial(ctx context.Context) (*conn, *gosmtp.Client, error) {
	w := &conn{}
	dialer := func(dialCtx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{Timeout: s.cfg.Patience.Connect}).DialContext(dialCtx, network, addr)
		if err != nil {
			return nil, err
		}
		w.Conn = conn
		w.allow(s.cfg.Patience.Step)
		w.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		if s.cfg.Security == TLS {
			return tls.Client(w, s.tlsConfig()), nil
		}
		return w, nil
	}
	c, err := gomail.NewClient(s.cfg.Host, append([]gomail.Option{gomail.WithDialContextFunc(dialer)}, s.options...)...)
	if err != nil {
		return w, nil, err
	}
	client, err := c.DialToSMTPClientWithContext(ctx)
	return w, client, err
}

func (s *Server) tlsConfig() *tls.Config {
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

var anAddress = regexp.MustCompile(`[^\s<>()\[\]:;,"']+@[^\s<>()\[\]:;,"']+`)

// failure is an error of one short line: the step, the server's answer without addresses
// and password, and what the answer means. An error because ctx ended says only that.
func (s *Server) failure(ctx context.Context, at string, err, means error) error {
	if ctx.Err() != nil && means != channel.ErrUnknown && code(err) == 0 {
		return fmt.Errorf("smtp: %s: broken off: %w", at, context.Cause(ctx))
	}
	text := err.Error()
	var answer *textproto.Error
	if errors.As(err, &answer) {
		text = fmt.Sprintf("%d %s", answer.Code, answer.Msg)
	}
	text = anAddress.ReplaceAllString(letter.OneLine(text), "…")
	if s.cfg.Password != "" {
		text = strings.ReplaceAll(text, s.cfg.Password, "…")
	}
	text = letter.Short(text, 200)
	switch means {
	case nil:
		return fmt.Errorf("smtp: %s: %s", at, text)
	case err:
		return fmt.Errorf("smtp: %s: %w", at, err)
	}
	return fmt.Errorf("smtp: %s: %s: %w", at, text, means)
}

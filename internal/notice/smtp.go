package notice

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
	"slices"
	"strings"
	"sync/atomic"
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

// Patience is how long each step of an SMTP conversation may take. Zero fields
// are those of RFC 5321, section 4.5.3.2.
type Patience struct {
	Connect time.Duration // until the TCP connection stands; 30 s
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

// SMTPConfig is how to reach a mail server. User empty means no login.
type SMTPConfig struct {
	Host     string
	Port     int    // 587, 465 or 25 by Security when 0
	Security string // StartTLS when empty
	User     string
	Password string
	// Auth is auto (when empty), plain, login or cram-md5. Auto never sends a
	// password in clear; clear, plain and login do so when Security is none. Clear
	// takes plain or login, whichever the server offers.
	Auth     string
	From     Address
	Hello    string // our name in EHLO; the machine's name when empty
	Patience Patience
	Roots    *x509.CertPool // the system's when nil
}

// SMTP sends mail through one server, one connection a message.
type SMTP struct {
	cfg     SMTPConfig
	options []gomail.Option
}

var auths = map[string]gomail.SMTPAuthType{
	"": gomail.SMTPAuthAutoDiscover, "auto": gomail.SMTPAuthAutoDiscover, "clear": gomail.SMTPAuthCustom,
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
	cfg.Patience = cfg.Patience.filled()
	if _, err := address(cfg.From); err != nil {
		return nil, errors.New("smtp: the sender's address is not an e-mail address")
	}
	auth, ok := auths[strings.ToLower(cfg.Auth)]
	if !ok {
		return nil, fmt.Errorf("smtp: unknown auth %q: use auto, clear, plain, login or cram-md5", cfg.Auth)
	}
	s := &SMTP{cfg: cfg}
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
func (s *SMTP) Name() string { return "smtp" }

// Twice is bearable: a mail program shows one Message-ID once.
func (s *SMTP) Twice() Twice { return TwiceIsBearable }

// Check speaks to the server up to the login and sends nothing. Its error wraps
// ErrMachine.
func (s *SMTP) Check(ctx context.Context) error {
	w, client, err := s.dial(ctx)
	defer w.hangUp()
	if err != nil {
		return s.failure(ctx, "connecting", err, ErrMachine)
	}
	_ = client.Quit()
	return nil
}

// Send speaks one SMTP conversation. What the server's answer means is worked
// out by refusal; a connection that does not come about, or a login that is
// refused, is ErrMachine; a connection that is lost between the final dot and its answer is ErrUnknown.
func (s *SMTP) Send(ctx context.Context, m Mail, leaving func(context.Context) error) error {
	from := s.cfg.From
	if m.From.Email != "" {
		from = m.From
	}
	msg, err := message(m, from)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return fmt.Errorf("smtp: writing the message: %w", err)
	}
	w, client, err := s.dial(ctx)
	defer w.hangUp()
	if c := code(err); c >= 400 && c < 500 {
		return s.failure(ctx, "connecting", err, nil) // too many connections, a moment's trouble
	}
	if err != nil {
		return s.failure(ctx, "connecting", err, ErrMachine)
	}
	// The library's own sender would name every address in its errors and hides
	// at which step it failed, so the steps are taken here.
	if err := client.Mail("<" + from.Email + ">"); err != nil {
		return s.failure(ctx, "sender", err, refusal(stepSender, err))
	}
	if err := client.Rcpt("<" + m.To.Email + ">"); err != nil {
		return s.failure(ctx, "recipient", err, refusal(stepRecipient, err))
	}
	w.allow(s.cfg.Patience.Data)
	body, err := client.Data()
	if err != nil {
		return s.failure(ctx, "message", err, refusal(stepMessage, err))
	}
	w.allow(s.cfg.Patience.Block)
	if _, err := body.Write(raw.Bytes()); err != nil {
		return s.failure(ctx, "message", err, nil) // without its last dot it counts as never sent
	}
	if err := client.Text.W.Flush(); err != nil {
		return s.failure(ctx, "message", err, nil)
	}
	if err := leaving(ctx); err != nil {
		return s.failure(ctx, "before the last byte", err, err)
	}
	w.allow(s.cfg.Patience.End)
	if !w.afterTheDot(ctx, s.cfg.Patience.Stop) {
		return s.failure(ctx, "before the last byte", ctx.Err(), nil)
	}
	if err := body.Close(); err != nil {
		if code(err) == 0 {
			return s.failure(ctx, "waiting for the answer", err, ErrUnknown)
		}
		return s.failure(ctx, "message", err, refusal(stepMessage, err))
	}
	w.allow(time.Second)
	_ = client.Quit() // the message was taken: nothing after that can undo it
	return nil
}

// dial connects, protects and logs in. The wire is there in any case.
func (s *SMTP) dial(ctx context.Context) (*wire, *smtp.Client, error) {
	w := &wire{}
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

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.cfg.Host, RootCAs: s.cfg.Roots, MinVersion: tls.VersionTLS12}
}

// wire is the connection under a conversation. Each of its reads and writes has
// the limit of the step that is being taken.
type wire struct {
	net.Conn // nil until there is one
	limit    atomic.Int64
	stop     func() bool
}

func (w *wire) allow(limit time.Duration) { w.limit.Store(int64(limit)) }

// SetDeadline does nothing: the limits of the steps stand.
func (w *wire) SetDeadline(time.Time) error { return nil }

func (w *wire) Read(p []byte) (int, error) {
	if err := w.Conn.SetReadDeadline(time.Now().Add(time.Duration(w.limit.Load()))); err != nil {
		return 0, err
	}
	return w.Conn.Read(p)
}

func (w *wire) Write(p []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(time.Now().Add(time.Duration(w.limit.Load()))); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// afterTheDot lets the connection outlive the end of ctx by grace. False: ctx had
// ended before, and the connection is cut.
func (w *wire) afterTheDot(ctx context.Context, grace time.Duration) bool {
	if !w.stop() {
		return false
	}
	w.stop = context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { _ = w.Conn.Close() }) })
	return true
}

// hangUp closes the connection, which the library forgets when a step fails.
func (w *wire) hangUp() {
	if w.Conn != nil {
		w.stop()
		_ = w.Conn.Close()
	}
}

// clearAuth logs in without encryption by what the server offers: PLAIN or LOGIN.
type clearAuth struct {
	smtp.Auth
	user, password, host string
}

func (a *clearAuth) Start(server *smtp.ServerInfo) (string, []byte, error) {
	offered := func(name string) bool {
		return slices.ContainsFunc(server.Auth, func(s string) bool { return strings.EqualFold(s, name) })
	}
	switch {
	case offered("PLAIN"):
		a.Auth = smtp.PlainAuth("", a.user, a.password, a.host, true)
	case offered("LOGIN"):
		a.Auth = smtp.LoginAuth(a.user, a.password, a.host, true)
	default:
		return "", nil, errors.New("the server offers no login by PLAIN or LOGIN")
	}
	return a.Auth.Start(server)
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

// failure is one short line: the step, the server's answer without addresses
// and password, and what it means. What broke off because ctx ended says only that.
func (s *SMTP) failure(ctx context.Context, step string, err, means error) error {
	if ctx.Err() != nil && means != ErrUnknown && code(err) == 0 {
		return fmt.Errorf("smtp: %s: broken off: %w", step, context.Cause(ctx))
	}
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
	switch means {
	case nil:
		return fmt.Errorf("smtp: %s: %s", step, text)
	case err:
		return fmt.Errorf("smtp: %s: %w", step, err)
	}
	return fmt.Errorf("smtp: %s: %s: %w", step, text, means)
}

// Package settings is everything duban reads from its environment, in one place. Plans and policies are data, not
// settings; how the Temporal server is reached is read by Temporal's own rules (TEMPORAL_*).
package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is the settings after Load: defaults filled in and checked.
type Config struct {
	// TemporalAddress is TEMPORAL_ADDRESS; when empty, the worker runs the embedded server.
	TemporalAddress string `env:"TEMPORAL_ADDRESS" want:"host:port of the Temporal frontend"`
	// TemporalFile and TemporalProfile name a configuration of Temporal's own. Without them no such file is looked for:
	// the environment has all that is needed.
	TemporalFile    string `env:"TEMPORAL_CONFIG_FILE" want:"a file of Temporal's own settings, such as /etc/temporal.toml"`
	TemporalProfile string `env:"TEMPORAL_PROFILE" want:"a profile in TEMPORAL_CONFIG_FILE"`

	// DatabaseURL of the ledger on PostgreSQL; when empty, the ledger is an SQLite file in Dir.
	DatabaseURL string `env:"DATABASE_URL" want:"postgres://USER:PASSWORD@HOST:5432/NAME"`
	// Dir holds what the programs keep on this machine, as an absolute path.
	Dir string `env:"DUBAN_DIR" envDefault:"var" want:"a folder"`
	// Lang is the language of what people read: zh or en.
	Lang string `env:"DUBAN_LANG" envDefault:"zh" want:"zh or en"`
	// TemporalPort and UIPort are the embedded server's on the loopback address; 0 takes any free one. Without UIPortSet,
	// UIPort is only a wish: when it is taken, any free one will do.
	TemporalPort int  `env:"DUBAN_TEMPORAL_PORT" envDefault:"0" want:"a port number from 0 to 65535 (0 takes a free one)"`
	UIPort       int  `env:"DUBAN_UI_PORT" envDefault:"8233" want:"a port number from 0 to 65535 (0 takes a free one)"`
	UIPortSet    bool `env:"-"`
	// UI says whether the embedded server shows its web UI.
	UI bool `env:"DUBAN_UI" envDefault:"true" want:"true or false"`
	// WakeWindow is over how long before the speaking time tasks wake, spread by their IDs.
	WakeWindow time.Duration `env:"DUBAN_WAKE_WINDOW" envDefault:"2h" want:"a duration from 0s to 8h, such as 2h or 90m"`
	// KeepTemporal is for how many days the embedded Temporal keeps what has ended, and KeepOutbox for how many days the
	// outbox keeps its files; 0 keeps them for ever. The ledger keeps everything.
	KeepTemporal int `env:"DUBAN_KEEP_TEMPORAL" envDefault:"90" want:"a number of days from 0 to 3650 (0 keeps everything)"`
	KeepOutbox   int `env:"DUBAN_KEEP_OUTBOX" envDefault:"0" want:"a number of days from 0 to 3650 (0 keeps everything)"`
	// Calendar is a folder of holiday notices, one JSON file a year, that replace those in the program.
	Calendar string `env:"DUBAN_CALENDAR" want:"a folder of files such as 2027.json"`
	// Accounts is the file of the people who act, by default accounts.yaml in Dir.
	Accounts    string `env:"DUBAN_ACCOUNTS" want:"a file such as accounts.yaml"`
	AccountsSet bool   `env:"-"`
	// As is the account that acts when a command names none.
	As string `env:"DUBAN_AS" want:"an account of the accounts file"`
	// SMTP is how mail is sent; without a host, messages go to Outbox.
	SMTP SMTP
	// Outbox is the folder for .eml files.
	Outbox string `env:"DUBAN_OUTBOX" want:"a folder"`
	// Metrics is the host:port that serves /metrics; empty serves none.
	Metrics string `env:"DUBAN_METRICS" want:"host:port to serve /metrics on, such as 127.0.0.1:9090"`
	// Listen is the host:port on which the worker serves the portal; empty serves none there, and `starter up` then
	// takes a port of the loopback address. TLSCert and TLSKey are the files of a certificate and its key; without them
	// it is served without TLS, for this machine or behind a proxy.
	Listen  string `env:"DUBAN_LISTEN" want:"host:port to serve the portal on, such as 127.0.0.1:8230"`
	TLSCert string `env:"DUBAN_TLS_CERT" want:"a file with a certificate in PEM"`
	TLSKey  string `env:"DUBAN_TLS_KEY" want:"a file with the certificate's key in PEM"`
	// URL is the address of the portal as people type it: what links are made of. Behind a proxy it must be set.
	URL string `env:"DUBAN_URL" want:"the portal's address, such as https://duban.example.gov.cn"`
	// OIDC is another service by which people sign in; without an issuer there is none.
	OIDC OIDC
	// LogLevel and LogFormat (text or json) are of the log on standard error.
	LogLevel  slog.Level `env:"LOG_LEVEL" envDefault:"info" want:"debug, info, warn or error"`
	LogFormat string     `env:"LOG_FORMAT" envDefault:"text" want:"text or json"`
	// FromRoot says that Dir was given as a relative path to a program that was started in /, as a service without a
	// working directory is: most likely by mistake.
	FromRoot bool `env:"-"`
}

// Cluster tells that Temporal runs elsewhere, by an address or by a configuration file of Temporal's own.
func (c Config) Cluster() bool {
	return c.TemporalAddress != "" || c.TemporalFile != "" || c.TemporalProfile != ""
}

// Secrets are the values that must not be shown, as they are written in the environment.
func (c Config) Secrets() (all []string) {
	if u, err := url.Parse(c.DatabaseURL); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok {
			all = append(all, password)
		}
	}
	return append(all, c.SMTP.Password, c.OIDC.Secret)
}

// OIDC is a sign-in service that speaks OpenID Connect.
type OIDC struct {
	Issuer string `env:"DUBAN_OIDC_ISSUER" want:"the sign-in service's address, such as https://sso.example.gov.cn"`
	Client string `env:"DUBAN_OIDC_CLIENT" want:"the client ID that the sign-in service gave"`
	Secret string `env:"DUBAN_OIDC_SECRET" want:"the client's secret, when it has one"`
	// Claim says which account somebody is; preferred_username when it is empty.
	Claim string `env:"DUBAN_OIDC_CLAIM" want:"the claim that names the account, such as preferred_username"`
}

// SMTP is how to reach the mail server.
type SMTP struct {
	Host string `env:"SMTP_HOST" want:"the mail server's name or IP alone, such as mail.example.com (its port is SMTP_PORT)"`
	// Port 0 means the usual one for TLS: 587, 465 or 25.
	Port     int    `env:"SMTP_PORT" want:"a port number from 1 to 65535"`
	User     string `env:"SMTP_USER" want:"the login at the mail server"`
	Password string `env:"SMTP_PASSWORD" want:"the password at the mail server"`
	// Sender is SMTP_FROM as written; From and FromName are its two halves.
	Sender   string `env:"SMTP_FROM" envDefault:"督办 <duban@localhost>" want:"a mail address, such as 督办 <duban@example.com>"`
	From     string `env:"-"`
	FromName string `env:"-"`
	// TLS is starttls, implicit, none, or ClearLogin.
	TLS string `env:"SMTP_TLS" envDefault:"starttls" want:"starttls, implicit, none or none-with-login"`
}

// ClearLogin is the SMTP.TLS of a server that takes a login without TLS: the
// password goes over the network as it is.
const ClearLogin = "none-with-login"

// Off is the same sender with no mail server.
func (s SMTP) Off() SMTP {
	return SMTP{Sender: s.Sender, From: s.From, FromName: s.FromName, TLS: s.TLS}
}

// temporal is what Temporal's own reader of the environment takes besides those of Config.
var temporal = []string{
	"TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY", "TEMPORAL_CLIENT_AUTHORITY",
	"TEMPORAL_TLS", "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_CERT_DATA", "TEMPORAL_TLS_CLIENT_KEY_PATH",
	"TEMPORAL_TLS_CLIENT_KEY_DATA", "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_SERVER_CA_CERT_DATA",
	"TEMPORAL_TLS_SERVER_NAME", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "TEMPORAL_CODEC_ENDPOINT", "TEMPORAL_CODEC_AUTH",
}

// Names is every variable the programs read, sorted.
func Names() []string {
	names := slices.AppendSeq(slices.Clone(temporal), maps.Keys(wants()))
	slices.Sort(names)
	return names
}

// Load reads the settings and checks them. A variable that is set but empty counts as not set. The error names every
// variable that is wrong and what it should be, a line each, and never repeats a password.
func Load(environ map[string]string) (Config, error) {
	set := maps.Clone(environ)
	maps.DeleteFunc(set, func(_, value string) bool { return value == "" })
	if set == nil {
		set = map[string]string{} // nil would make the parser read the process's environment
	}
	if errs := append(spelling(set), unknown(set)...); len(errs) > 0 {
		return Config{}, errors.Join(errs...)
	}
	var c Config
	parsed := explain(env.ParseWithOptions(&c, env.Options{Environment: set}))
	c.UIPortSet = set["DUBAN_UI_PORT"] != ""
	if c.Outbox == "" {
		c.Outbox = filepath.Join(c.Dir, "outbox")
	}
	c.AccountsSet = c.Accounts != ""
	if c.Accounts == "" {
		c.Accounts = filepath.Join(c.Dir, "accounts.yaml")
	}
	if from, err := mail.ParseAddress(c.SMTP.Sender); err == nil {
		c.SMTP.From, c.SMTP.FromName = from.Address, from.Name
	}
	if err := errors.Join(parsed, c.validate(set), c.absolute()); err != nil {
		return Config{}, err
	}
	return c, nil
}

// absolute makes every path absolute.
func (c *Config) absolute() error {
	if here, err := os.Getwd(); err == nil {
		c.FromRoot = here == "/" && !filepath.IsAbs(c.Dir)
	}
	file, inFile := strings.CutPrefix(c.DatabaseURL, "sqlite:")
	for _, path := range []*string{&c.Dir, &c.Outbox, &c.Accounts, &c.Calendar, &file, &c.TemporalFile, &c.TLSCert, &c.TLSKey} {
		if *path == "" {
			continue
		}
		whole, err := filepath.Abs(*path)
		if err != nil {
			return NewFault("relative", "DUBAN_DIR", fmt.Sprintf("DUBAN_DIR: %s is relative and the working directory cannot be told (%v): want an absolute path", c.Dir, err)).with("Value", c.Dir)
		}
		*path = whole
	}
	if inFile {
		c.DatabaseURL = "sqlite:" + file
	}
	return nil
}

// wrong is the one form of complaint: the variable and what it should be.
func wrong(name string) error { return NewFault("want", name, name+": want "+wants()[name]) }

// explain turns the parser's complaints, which name Go fields, into ones that name variables.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	var out []error
	for _, err := range all.Errors {
		var parse env.ParseError
		if errors.As(err, &parse) {
			err = wrong(variable(parse.Name))
		}
		out = append(out, err)
	}
	return errors.Join(out...)
}

// wants maps every variable to what it should hold.
func wants() map[string]string {
	out := map[string]string{}
	eachField(func(f reflect.StructField) { out[f.Tag.Get("env")] = f.Tag.Get("want") })
	return out
}

// variable is the name of the variable behind a Go field.
func variable(field string) (name string) {
	eachField(func(f reflect.StructField) {
		if f.Name == field {
			name = f.Tag.Get("env")
		}
	})
	return name
}

// eachField visits the fields that are read from a variable.
func eachField(visit func(reflect.StructField)) {
	for _, t := range []reflect.Type{reflect.TypeFor[Config](), reflect.TypeFor[SMTP](), reflect.TypeFor[OIDC]()} {
		for _, f := range reflect.VisibleFields(t) {
			if name := f.Tag.Get("env"); name != "" && name != "-" {
				visit(f)
			}
		}
	}
}

// Environ is an environment, NAME=value each, by name.
func Environ(environ []string) map[string]string {
	m := map[string]string{}
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			m[k] = v
		}
	}
	return m
}

package settings

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxWakeWindow = 8 * time.Hour // the speaking time is 09:00 and the window must not reach into the day before

// validate checks what types cannot. A field that did not parse is zero here and was complained of already; set tells
// which variables were given.
func (c Config) validate(set map[string]string) error {
	checks := []struct {
		name string
		ok   bool
	}{
		{"TEMPORAL_ADDRESS", c.TemporalAddress == "" || address(c.TemporalAddress)},
		{"DATABASE_URL", c.DatabaseURL == "" || databaseURL(c.DatabaseURL)},
		{"DUBAN_LANG", slices.Contains([]string{"zh", "en"}, c.Lang)},
		{"DUBAN_TEMPORAL_PORT", port(c.TemporalPort)},
		{"DUBAN_UI_PORT", port(c.UIPort)},
		{"DUBAN_WAKE_WINDOW", c.WakeWindow >= 0 && c.WakeWindow <= maxWakeWindow},
		{"DUBAN_KEEP_TEMPORAL", days(c.KeepTemporal)},
		{"DUBAN_KEEP_OUTBOX", days(c.KeepOutbox)},
		{"DUBAN_METRICS", c.Metrics == "" || address(c.Metrics)},
		{"DUBAN_LISTEN", c.Listen == "" || address(c.Listen)},
		{"DUBAN_URL", c.URL == "" || pageURL(c.URL)},
		{"DUBAN_OIDC_ISSUER", c.OIDC.Issuer == "" || strings.HasPrefix(c.OIDC.Issuer, "https://") || strings.HasPrefix(c.OIDC.Issuer, "http://")},
		{"LOG_FORMAT", slices.Contains([]string{"text", "json"}, c.LogFormat)},
		{"SMTP_HOST", c.SMTP.Host == "" || host(c.SMTP.Host)},
		{"SMTP_PORT", port(c.SMTP.Port)},
		{"SMTP_FROM", c.SMTP.From != ""},
		{"SMTP_TLS", slices.Contains([]string{"starttls", "implicit", "none", ClearLogin}, c.SMTP.TLS)},
	}
	var errs []error
	for _, check := range checks {
		if !check.ok {
			errs = append(errs, wrong(check.name))
		}
	}
	return errors.Join(append(errs, c.together(set)...)...)
}

// together checks variables that only make sense beside each other.
func (c Config) together(set map[string]string) (errs []error) {
	if c.UI && c.TemporalPort != 0 && c.TemporalPort == c.UIPort {
		errs = append(errs, NewFault("same_port", "DUBAN_UI_PORT", fmt.Sprintf("DUBAN_UI_PORT: %d is DUBAN_TEMPORAL_PORT already: choose another one", c.UIPort)).with("Value", c.UIPort))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		errs = append(errs, NewFault("both_tls", "DUBAN_TLS_CERT", "DUBAN_TLS_CERT and DUBAN_TLS_KEY: set both, or neither"))
	}
	if (c.OIDC.Issuer == "") != (c.OIDC.Client == "") || c.OIDC.Issuer != "" && c.URL == "" || c.OIDC.Issuer == "" && c.OIDC.Secret != "" {
		errs = append(errs, NewFault("oidc", "DUBAN_OIDC_ISSUER", "DUBAN_OIDC_ISSUER, DUBAN_OIDC_CLIENT and DUBAN_URL: set all three, or no DUBAN_OIDC_ISSUER"))
	}
	for _, name := range temporal {
		if set[name] != "" && !c.Cluster() {
			errs = append(errs, NewFault("no_cluster", name, name+": is set, and nothing names a cluster: set TEMPORAL_ADDRESS too, or remove it"))
		}
	}
	if c.Cluster() && c.DatabaseURL == "" {
		errs = append(errs, NewFault("needs_ledger", "DATABASE_URL", fmt.Sprintf("DATABASE_URL: is needed with TEMPORAL_ADDRESS or TEMPORAL_CONFIG_FILE, whose workers share one ledger: want %s, or sqlite:PATH written out for a ledger on this machine alone", wants()["DATABASE_URL"])))
	}
	if c.SMTP.Host == "" {
		for _, name := range []string{"SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_TLS"} {
			if set[name] != "" {
				errs = append(errs, NewFault("no_host", name, name+": is set without SMTP_HOST: set the host too, or remove it"))
			}
		}
		return errs
	}
	if set["SMTP_FROM"] == "" {
		errs = append(errs, NewFault("needs_sender", "SMTP_FROM", "SMTP_FROM: is needed with SMTP_HOST: want "+wants()["SMTP_FROM"]))
	}
	if (c.SMTP.User == "") != (c.SMTP.Password == "") {
		errs = append(errs, NewFault("both", "SMTP_USER", "SMTP_USER and SMTP_PASSWORD: set both, or neither"))
	}
	if c.SMTP.User != "" && c.SMTP.TLS == "none" {
		errs = append(errs, NewFault("clear_login", "SMTP_TLS", "SMTP_TLS: none would send SMTP_PASSWORD over the network as it is: use starttls or implicit, remove SMTP_USER and SMTP_PASSWORD, or allow it by none-with-login"))
	}
	if c.SMTP.User == "" && c.SMTP.TLS == ClearLogin {
		errs = append(errs, NewFault("needs_login", "SMTP_TLS", "SMTP_TLS: none-with-login needs SMTP_USER and SMTP_PASSWORD"))
	}
	return errs
}

func days(n int) bool { return n >= 0 && n <= 3650 }

func port(n int) bool { return n >= 0 && n <= 65535 }

func address(s string) bool {
	_, p, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.Atoi(p)
	return err == nil && port(n)
}

// host accepts a name or an IP address, without a scheme, a port, a login or a path.
func host(s string) bool {
	return net.ParseIP(s) != nil || !strings.ContainsAny(s, " :/\\@,;[]<>")
}

// pageURL accepts the address of a whole site: a scheme and a host, nothing behind them.
func pageURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

// databaseURL accepts PostgreSQL, and the sqlite: form the ledger itself uses.
func databaseURL(s string) bool {
	if file, ok := strings.CutPrefix(s, "sqlite:"); ok {
		return file != ""
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && strings.Trim(u.Path, "/") != ""
}

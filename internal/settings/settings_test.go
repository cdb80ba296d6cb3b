package settings_test

import (
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/contrib/envconfig"

	"duban/internal/settings"
)

func defaults(t *testing.T) settings.Config {
	here, err := os.Getwd()
	require.NoError(t, err)
	return settings.Config{
		Dir: here + "/var", Lang: "zh", UIPort: 8233, UI: true, WakeWindow: 2 * time.Hour, KeepTemporal: 90,
		SMTP:   settings.SMTP{Sender: "督办 <duban@localhost>", From: "duban@localhost", FromName: "督办", TLS: "starttls"},
		Outbox: here + "/var/outbox", Accounts: here + "/var/accounts.yaml", LogLevel: slog.LevelInfo, LogFormat: "text",
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for name, environ := range map[string]map[string]string{
		"nothing set": nil,
		"set empty":   {"DUBAN_UI_PORT": "", "SMTP_HOST": "", "SMTP_FROM": "", "LOG_LEVEL": "", "DUBAN_UI": ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := settings.Load(environ)
			require.NoError(t, err)
			require.Equal(t, defaults(t), got)
		})
	}
}

func TestEverythingSet(t *testing.T) {
	t.Parallel()
	got, err := settings.Load(map[string]string{
		"TEMPORAL_ADDRESS": "temporal:7233", "DATABASE_URL": "postgres://duban:s3cret@db:5432/duban?sslmode=disable",
		"DUBAN_DIR": "/srv/duban", "DUBAN_LANG": "en", "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI_PORT": "0", "DUBAN_UI": "false",
		"DUBAN_WAKE_WINDOW": "90m", "SMTP_HOST": "mail.example", "SMTP_PORT": "465", "SMTP_USER": "duban", "SMTP_PASSWORD": "pw",
		"SMTP_FROM": "督办室 <duban@example.com>", "SMTP_TLS": "implicit", "DUBAN_OUTBOX": "/srv/out", "DUBAN_ACCOUNTS": "/srv/people.yaml", "DUBAN_AS": "clerk", "DUBAN_METRICS": ":9090",
		"DUBAN_LISTEN": ":443", "DUBAN_TLS_CERT": "/srv/cert.pem", "DUBAN_TLS_KEY": "/srv/key.pem", "DUBAN_URL": "https://duban.example.gov.cn",
		"DUBAN_OIDC_ISSUER": "https://sso.example.gov.cn", "DUBAN_OIDC_CLIENT": "duban", "DUBAN_OIDC_SECRET": "s", "DUBAN_OIDC_CLAIM": "employee",
		"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "HOME": "/nowhere",
	})
	require.NoError(t, err)
	require.Equal(t, settings.Config{
		TemporalAddress: "temporal:7233", DatabaseURL: "postgres://duban:s3cret@db:5432/duban?sslmode=disable",
		Dir: "/srv/duban", Lang: "en", UIPortSet: true, WakeWindow: 90 * time.Minute, KeepTemporal: 90,
		SMTP: settings.SMTP{
			Host: "mail.example", Port: 465, User: "duban", Password: "pw", Sender: "督办室 <duban@example.com>",
			From: "duban@example.com", FromName: "督办室", TLS: "implicit",
		},
		Outbox: "/srv/out", Accounts: "/srv/people.yaml", AccountsSet: true, As: "clerk", Metrics: ":9090", Listen: ":443", TLSCert: "/srv/cert.pem", TLSKey: "/srv/key.pem", URL: "https://duban.example.gov.cn", OIDC: settings.OIDC{Issuer: "https://sso.example.gov.cn", Client: "duban", Secret: "s", Claim: "employee"}, LogLevel: slog.LevelDebug, LogFormat: "json",
	}, got)
	require.Equal(t, settings.SMTP{Sender: "督办室 <duban@example.com>", From: "duban@example.com", FromName: "督办室", TLS: "implicit"}, got.SMTP.Off())
}

// TestAllFaultsAtOnce: every complaint is one line that begins with the variable and says what to do.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	got, err := settings.Load(map[string]string{
		"TEMPORAL_ADDRESS": "temporal", "DATABASE_URL": "mysql://duban:s3cret@db/duban", "DUBAN_LANG": "fr",
		"DUBAN_TEMPORAL_PORT": "many", "DUBAN_UI_PORT": "70000", "DUBAN_UI": "perhaps", "DUBAN_WAKE_WINDOW": "9h",
		"SMTP_HOST": "mail.example", "SMTP_PORT": "-1", "SMTP_PASSWORD": "s3cret", "SMTP_FROM": "nobody", "SMTP_TLS": "ssl",
		"DUBAN_METRICS": "9090", "DUBAN_LISTEN": "8230", "DUBAN_URL": "duban.example.gov.cn/x", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
	})
	require.Equal(t, settings.Config{}, got)
	require.Error(t, err)
	require.ElementsMatch(t, []string{
		"TEMPORAL_ADDRESS: want host:port of the Temporal frontend",
		"DATABASE_URL: want postgres://USER:PASSWORD@HOST:5432/NAME",
		"DUBAN_LANG: want zh or en",
		"DUBAN_TEMPORAL_PORT: want a port number from 0 to 65535 (0 takes a free one)",
		"DUBAN_UI_PORT: want a port number from 0 to 65535 (0 takes a free one)",
		"DUBAN_UI: want true or false",
		"DUBAN_WAKE_WINDOW: want a duration from 0s to 8h, such as 2h or 90m",
		"SMTP_PORT: want a port number from 1 to 65535",
		"SMTP_FROM: want a mail address, such as 督办 <duban@example.com>",
		"SMTP_TLS: want starttls, implicit, none or none-with-login",
		"SMTP_USER and SMTP_PASSWORD: set both, or neither",
		"DUBAN_METRICS: want host:port to serve /metrics on, such as 127.0.0.1:9090",
		"DUBAN_LISTEN: want host:port to serve the portal on, such as 127.0.0.1:8230",
		"DUBAN_URL: want the portal's address, such as https://duban.example.gov.cn",
		"LOG_LEVEL: want debug, info, warn or error",
		"LOG_FORMAT: want text or json",
	}, strings.Split(err.Error(), "\n"))
	require.NotContains(t, err.Error(), "s3cret")
}

func TestFaultsTogether(t *testing.T) {
	t.Parallel()
	for want, environ := range map[string]map[string]string{
		"SMTP_PORT: is set without SMTP_HOST: set the host too, or remove it":                        {"SMTP_PORT": "25"},
		"SMTP_FROM: is needed with SMTP_HOST: want a mail address, such as 督办 <duban@example.com>":   {"SMTP_HOST": "mail.example"},
		"DUBAN_UI_PORT: 7233 is DUBAN_TEMPORAL_PORT already: choose another one":                     {"DUBAN_TEMPORAL_PORT": "7233", "DUBAN_UI_PORT": "7233"},
		"DUBAN_OIDC_ISSUER, DUBAN_OIDC_CLIENT and DUBAN_URL: set all three, or no DUBAN_OIDC_ISSUER": {"DUBAN_OIDC_ISSUER": "https://sso.example.gov.cn", "DUBAN_OIDC_CLIENT": "duban"},
		"DUBAN_TLS_CERT and DUBAN_TLS_KEY: set both, or neither":                                     {"DUBAN_TLS_KEY": "/srv/key.pem"},
	} {
		_, err := settings.Load(environ)
		require.EqualError(t, err, want)
	}
	clear := map[string]string{"SMTP_HOST": "mail.example", "SMTP_FROM": "duban@example.com", "SMTP_USER": "duban", "SMTP_PASSWORD": "s3cret", "SMTP_TLS": "none"}
	_, err := settings.Load(clear)
	require.ErrorContains(t, err, "SMTP_TLS: none would send SMTP_PASSWORD over the network as it is")
	clear["SMTP_TLS"] = "none-with-login"
	_, err = settings.Load(clear)
	require.NoError(t, err)
	delete(clear, "SMTP_USER")
	delete(clear, "SMTP_PASSWORD")
	_, err = settings.Load(clear)
	require.ErrorContains(t, err, "SMTP_TLS: none-with-login needs SMTP_USER")
	_, err = settings.Load(map[string]string{"DUBAN_UI_PORT": "7233", "DUBAN_UI": "false"})
	require.NoError(t, err, "without the UI its port does not matter")
}

// asked is an environment that writes down what it is asked for.
type asked map[string]bool

func (a asked) LookupEnv(name string) (string, bool) { a[name] = true; return "", false }
func (a asked) Environ() []string                    { return nil }

// TestNames: the names of Temporal are exactly those its own reader asks for.
func TestNames(t *testing.T) {
	t.Parallel()
	env := asked{}
	_, err := envconfig.LoadClientConfigProfile(envconfig.LoadClientConfigProfileOptions{EnvLookup: env, ConfigFileData: []byte("[profile.default]\n")})
	require.NoError(t, err)
	_, err = envconfig.LoadClientConfig(envconfig.LoadClientConfigOptions{EnvLookup: env})
	require.NoError(t, err)
	want := slices.Collect(maps.Keys(env))

	names := settings.Names()
	require.True(t, slices.IsSorted(names))
	var temporal, own []string
	for _, name := range names {
		if strings.HasPrefix(name, "TEMPORAL_") {
			temporal = append(temporal, name)
		} else {
			own = append(own, name)
		}
	}
	require.ElementsMatch(t, want, temporal)
	require.Equal(t, []string{
		"DATABASE_URL", "DUBAN_ACCOUNTS", "DUBAN_AS", "DUBAN_CALENDAR", "DUBAN_DIR", "DUBAN_KEEP_OUTBOX", "DUBAN_KEEP_TEMPORAL", "DUBAN_LANG", "DUBAN_LISTEN", "DUBAN_METRICS", "DUBAN_OIDC_CLAIM", "DUBAN_OIDC_CLIENT", "DUBAN_OIDC_ISSUER", "DUBAN_OIDC_SECRET", "DUBAN_OUTBOX", "DUBAN_TEMPORAL_PORT", "DUBAN_TLS_CERT", "DUBAN_TLS_KEY", "DUBAN_UI",
		"DUBAN_UI_PORT", "DUBAN_URL", "DUBAN_WAKE_WINDOW", "LOG_FORMAT", "LOG_LEVEL", "SMTP_FROM", "SMTP_HOST", "SMTP_PASSWORD",
		"SMTP_PORT", "SMTP_TLS", "SMTP_USER",
	}, own)
}

// TestValuesAsEnvFilesDeliverThem: what a file with Windows line ends, a container or a unit file makes of a value is
// refused by name for every variable, and never repaired into another folder.
func TestValuesAsEnvFilesDeliverThem(t *testing.T) {
	t.Parallel()
	for _, name := range settings.Names() {
		if strings.HasSuffix(name, "_DATA") {
			continue
		}
		secret := slices.Contains([]string{"SMTP_PASSWORD", "DUBAN_OIDC_SECRET", "TEMPORAL_API_KEY", "TEMPORAL_CODEC_AUTH"}, name)
		for value, why := range map[string]string{
			"/srv/duban\r": "carriage return", "/srv/du\nban": "cannot be seen", "/srv/duban\u200b": "cannot be seen", "\ufeff/srv/duban": "cannot be seen",
			"/srv/duban ": "space", "\u3000/srv/duban": "space", `"/srv/duban"`: "quotes", "'/srv/duban'": "quotes", "“/srv/duban”": "quotes",
			"~/duban": "~", "$HOME/duban": "variable", "${HOME}/duban": "variable", "%h/duban": "variable", "$(pwd)": "variable", "{{ dir }}": "variable",
		} {
			_, err := settings.Load(map[string]string{name: value})
			if secret && !strings.Contains(why, "return") && !strings.Contains(why, "seen") {
				continue // any character may be in a password
			}
			require.ErrorContains(t, err, name+": ", "%q", value)
			require.ErrorContains(t, err, why, "%s=%q", name, value)
		}
	}
	for value, meant := range map[string]string{"/srv/duban\r": "/srv/duban", "/srv/duban ": "/srv/duban", `"/srv/duban"`: "/srv/duban"} {
		_, err := settings.Load(map[string]string{"DUBAN_DIR": value})
		require.ErrorContains(t, err, `perhaps "`+meant+`" is meant`)
	}
	_, err := settings.Load(map[string]string{"DATABASE_URL": "postgres://duban:s3cret@db/duban\r", "SMTP_PASSWORD": "s3cret\r", "DUBAN_OIDC_SECRET": "s3cret\r", "TEMPORAL_API_KEY": "s3cret\r", "TEMPORAL_CODEC_AUTH": "s3cret\r"})
	require.Error(t, err)
	require.Equal(t, 5, strings.Count(err.Error(), "carriage return"))
	require.NotContains(t, err.Error(), "s3cret")
	_, err = settings.Load(map[string]string{"SMTP_HOST": "mail", "SMTP_USER": "duban", "SMTP_PASSWORD": ` "$x'~ `, "SMTP_FROM": "duban@example.com"})
	require.NoError(t, err, "a password may hold anything that can be typed")
	_, err = settings.Load(map[string]string{"DUBAN_OIDC_ISSUER": "https://sso.example", "DUBAN_OIDC_CLIENT": "duban", "DUBAN_URL": "https://duban.example", "DUBAN_OIDC_SECRET": ` "$x'~ `})
	require.NoError(t, err, "so may a client's secret")
	_, err = settings.Load(map[string]string{"DATABASE_URL": "postgres://duban:pa$word@db/duban"})
	require.NoError(t, err)
	_, err = settings.Load(map[string]string{"DATABASE_URL": "postgres://duban:${PASSWORD}@db/duban"})
	require.ErrorContains(t, err, "variable")
	for _, numbers := range []map[string]string{{"DUBAN_UI": "yes"}, {"DUBAN_UI_PORT": "8233."}, {"DUBAN_UI_PORT": "８２３３"}, {"DUBAN_WAKE_WINDOW": "2 h"}, {"DUBAN_WAKE_WINDOW": "2"}, {"SMTP_PORT": "25x"}, {"LOG_LEVEL": "info;"}} {
		_, err := settings.Load(numbers)
		require.Error(t, err, "%v", numbers)
	}
}

// TestWhatCannotBeMeant: addresses where a path, and paths, ports and logins where a server's name is wanted.
func TestWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"DUBAN_DIR", "DUBAN_OUTBOX", "DUBAN_ACCOUNTS", "DUBAN_CALENDAR", "DUBAN_TLS_CERT", "DUBAN_TLS_KEY"} {
		for _, value := range []string{"file:///srv/duban", "https://duban.example", `C:\duban`, "D:/duban"} {
			_, err := settings.Load(map[string]string{name: value})
			require.ErrorContains(t, err, name+": ", value)
			require.ErrorContains(t, err, "no path on this machine", value)
		}
		for _, value := range []string{"/srv/year#2026", "/srv/why?2026", "/srv/50% 办公", "/srv/a:b", "c:d"} {
			set := map[string]string{"DUBAN_TLS_CERT": "/srv/cert.pem", "DUBAN_TLS_KEY": "/srv/key.pem"}
			set[name] = value
			_, err := settings.Load(set)
			require.NoError(t, err, value)
		}
	}
	for _, host := range []string{"smtp://mail.example", "mail.example:25", "mail example", "a,b", "duban@mail.example", "[::1]", "mail.example/"} {
		_, err := settings.Load(map[string]string{"SMTP_HOST": host, "SMTP_FROM": "duban@example.com"})
		require.ErrorContains(t, err, "SMTP_HOST: want", host)
	}
	for _, host := range []string{"mail", "mail.example.com", "10.0.0.5", "::1", "mx_1.example"} {
		_, err := settings.Load(map[string]string{"SMTP_HOST": host, "SMTP_FROM": "duban@example.com"})
		require.NoError(t, err, host)
	}
}

func TestNamesThatNothingReads(t *testing.T) {
	t.Parallel()
	for name, near := range map[string]string{"duban_dir": ": perhaps DUBAN_DIR is meant", "Duban_Lang": ": perhaps DUBAN_LANG is meant", "DUBAN_DATA": "", "DUBAN_X": ""} {
		_, err := settings.Load(map[string]string{name: "x"})
		require.EqualError(t, err, name+": there is no such setting"+near)
	}
	_, err := settings.Load(map[string]string{"DUBAN_DIRR": "/srv/duban", "DUBAN_COLOUR": "red", "DUBAN_TEST_X": "1", "SMTP_SERVER": "mail"})
	require.EqualError(t, err, "DUBAN_COLOUR: there is no such setting\nDUBAN_DIRR: there is no such setting: perhaps DUBAN_DIR is meant")
	require.Equal(t, []string{"SMTP_PASWORD: not a setting of this program, and not read: perhaps SMTP_PASSWORD is meant", "SMTP_SERVER: not a setting of this program, and not read"},
		settings.Warnings(map[string]string{"SMTP_SERVER": "mail", "SMTP_PASWORD": "x", "SMTP_HOST": "mail", "HOME": "/root"}))
}

// TestPathsAreAbsolute: a path holds wherever the program changes to later, and is named whole in the log.
func TestPathsAreAbsolute(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	got, err := settings.Load(map[string]string{"DUBAN_DIR": "office", "DUBAN_CALENDAR": "years", "DATABASE_URL": "sqlite:x/ledger.db", "DUBAN_OUTBOX": "/out", "TEMPORAL_CONFIG_FILE": "t.toml"})
	require.NoError(t, err)
	require.Equal(t, []string{here + "/office", here + "/office/accounts.yaml", here + "/years", "sqlite:" + here + "/x/ledger.db", "/out", here + "/t.toml"},
		[]string{got.Dir, got.Accounts, got.Calendar, got.DatabaseURL, got.Outbox, got.TemporalFile})
	require.False(t, got.FromRoot)
	require.True(t, got.Cluster(), "a configuration file names a cluster")

	t.Chdir("/")
	got, err = settings.Load(nil)
	require.NoError(t, err)
	require.Equal(t, "/var", got.Dir)
	require.True(t, got.FromRoot)
	got, err = settings.Load(map[string]string{"DUBAN_DIR": "/srv/duban"})
	require.NoError(t, err)
	require.False(t, got.FromRoot)
}

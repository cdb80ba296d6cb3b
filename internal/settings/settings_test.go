package settings_test

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/contrib/envconfig"

	"duban/internal/settings"
)

func defaults() settings.Config {
	return settings.Config{
		Dir: "var", Lang: "zh", TemporalPort: 7233, UIPort: 8233, UI: true, WakeWindow: 2 * time.Hour,
		SMTP:   settings.SMTP{Sender: "督办 <duban@localhost>", From: "duban@localhost", FromName: "督办", TLS: "starttls"},
		Outbox: "var/outbox", Accounts: "var/accounts.yaml", LogLevel: slog.LevelInfo, LogFormat: "text",
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
			require.Equal(t, defaults(), got)
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
		"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "HOME": "/nowhere",
	})
	require.NoError(t, err)
	require.Equal(t, settings.Config{
		TemporalAddress: "temporal:7233", DatabaseURL: "postgres://duban:s3cret@db:5432/duban?sslmode=disable",
		Dir: "/srv/duban", Lang: "en", WakeWindow: 90 * time.Minute,
		SMTP: settings.SMTP{
			Host: "mail.example", Port: 465, User: "duban", Password: "pw", Sender: "督办室 <duban@example.com>",
			From: "duban@example.com", FromName: "督办室", TLS: "implicit",
		},
		Outbox: "/srv/out", Accounts: "/srv/people.yaml", As: "clerk", Metrics: ":9090", LogLevel: slog.LevelDebug, LogFormat: "json",
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
		"DUBAN_METRICS": "9090", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
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
		"SMTP_TLS: want starttls, implicit or none",
		"SMTP_USER and SMTP_PASSWORD: set both, or neither",
		"DUBAN_METRICS: want host:port to serve /metrics on, such as 127.0.0.1:9090",
		"LOG_LEVEL: want debug, info, warn or error",
		"LOG_FORMAT: want text or json",
	}, strings.Split(err.Error(), "\n"))
	require.NotContains(t, err.Error(), "s3cret")
}

func TestFaultsTogether(t *testing.T) {
	t.Parallel()
	for want, environ := range map[string]map[string]string{
		"SMTP_PORT: is set without SMTP_HOST: set the host too, or remove it":                      {"SMTP_PORT": "25"},
		"SMTP_FROM: is needed with SMTP_HOST: want a mail address, such as 督办 <duban@example.com>": {"SMTP_HOST": "mail.example"},
		"DUBAN_UI_PORT: 7233 is DUBAN_TEMPORAL_PORT already: choose another one":                   {"DUBAN_UI_PORT": "7233"},
	} {
		_, err := settings.Load(environ)
		require.EqualError(t, err, want)
	}
	_, err := settings.Load(map[string]string{"DUBAN_UI_PORT": "7233", "DUBAN_UI": "false"})
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
		"DATABASE_URL", "DUBAN_ACCOUNTS", "DUBAN_AS", "DUBAN_CALENDAR", "DUBAN_DIR", "DUBAN_LANG", "DUBAN_METRICS", "DUBAN_OUTBOX", "DUBAN_TEMPORAL_PORT", "DUBAN_UI",
		"DUBAN_UI_PORT", "DUBAN_WAKE_WINDOW", "LOG_FORMAT", "LOG_LEVEL", "SMTP_FROM", "SMTP_HOST", "SMTP_PASSWORD",
		"SMTP_PORT", "SMTP_TLS", "SMTP_USER",
	}, own)
}

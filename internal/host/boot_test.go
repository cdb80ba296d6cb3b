package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/settings"
)

// silent is a server that accepts connections and never answers, as a hung connection pooler or a paused machine does;
// taken counts the connections.
func silent(t *testing.T) (address string, taken *atomic.Int64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	taken = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			taken.Add(1)
			t.Cleanup(func() { c.Close() })
		}
	}()
	return l.Addr().String(), taken
}

// closedPort is an address at which nothing listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// forward listens at a TCP address and forwards connections to the Unix socket of the PostgreSQL server of database.
func forward(t *testing.T, at, database string) {
	u, err := url.Parse(database)
	require.NoError(t, err)
	socket := filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
	l, err := net.Listen("tcp", at)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("unix", socket)
			if err != nil {
				c.Close()
				continue
			}
			go func() { _, _ = io.Copy(to, c); to.Close() }()
			go func() { _, _ = io.Copy(c, to); c.Close() }()
		}
	}()
}

// through is a database's URL at the address at, with a password that no log or error may show.
func through(t *testing.T, at, database string) string {
	u, err := url.Parse(database)
	require.NoError(t, err)
	return "postgres://duban:s3cret-word@" + at + u.Path + "?sslmode=disable"
}

// lines is a log that a test can read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.b.String()), "\n")
}

func hasty(works bool, log io.Writer) boot {
	return boot{works: works, log: slog.New(slog.NewTextHandler(log, nil)), limit: 500 * time.Millisecond, gap: 20 * time.Millisecond}
}

func exists(address string) func(context.Context) (struct{}, error) {
	return func(ctx context.Context) (none struct{}, err error) { return none, answers(ctx, address) }
}

// TestWhatWorksWaitsForTheLedger: a worker whose connection to the ledger is refused logs after each try for whom it
// waits and why, without the password, and goes on once the ledger answers.
func TestWhatWorksWaitsForTheLedger(t *testing.T) {
	t.Parallel()
	database, at, log := ledgertest.Postgres(t), closedPort(t), &lines{}
	address := through(t, at, database)
	b := hasty(true, log)
	b.limit = 10 * time.Minute // one try makes all tables of the ledger, on a machine that may be busy
	opened := make(chan error, 1)
	go func() {
		store, err := wait(t.Context(), b, ledgerName, Redact(address), func(ctx context.Context) (*ledger.Store, error) { return ledger.Open(ctx, address) }, nil)
		if err == nil {
			err = store.Close()
		}
		opened <- err
	}()
	require.Eventually(t, func() bool { return len(log.all()) >= 3 }, 10*time.Minute, 10*time.Millisecond)
	for _, line := range log.all() {
		require.Contains(t, line, "Waiting for ledger")
		require.Contains(t, line, "connection refused")
		require.Contains(t, line, at)
		require.Contains(t, line, "again_in=")
		require.NotContains(t, line, "s3cret")
	}
	forward(t, at, database)
	require.NoError(t, <-opened)
	require.Contains(t, strings.Join(log.all(), "\n"), "Answers now")
}

// TestASilentServerIsNotWaitedForInOneTry: a server that accepts the connection and never answers is tried again. A
// worker goes on until it is told to stop, and then ends; a command gives up within its patience with *AwayError.
func TestASilentServerIsNotWaitedForInOneTry(t *testing.T) {
	t.Parallel()
	at, taken := silent(t)
	address, log := "postgres://duban:s3cret-word@"+at+"/duban?sslmode=disable", &lines{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := wait(ctx, hasty(true, log), ledgerName, Redact(address), exists(address), nil)
		ended <- err
	}()
	require.Eventually(t, func() bool { return taken.Load() >= 3 && len(log.all()) >= 2 }, 10*time.Minute, 10*time.Millisecond)
	require.Contains(t, log.all()[0], "no answer within 500ms")
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)

	_, err := wait(t.Context(), hasty(false, log), ledgerName, Redact(address), exists(address), nil)
	var away *AwayError
	require.ErrorAs(t, err, &away)
	require.ErrorIs(t, err, ErrSilent)
	require.NotContains(t, err.Error(), "s3cret")

	dial := func(ctx context.Context) (client.Client, error) {
		return client.DialContext(ctx, client.Options{HostPort: at, Logger: nil})
	}
	_, err = wait(t.Context(), hasty(false, log), temporalName, at, dial, nil)
	require.ErrorAs(t, err, &away)
	require.Equal(t, temporalName, away.Who)
}

// TestAPersonIsToldAtOnceWhatDoesNotHeal: a command fails at once on a refused connection or a database that does not
// exist. A worker waits for a database that an administrator may be restoring, but fails at once where there is no ledger
// in the database.
func TestAPersonIsToldAtOnceWhatDoesNotHeal(t *testing.T) {
	t.Parallel()
	at, log := closedPort(t), &lines{}
	database := ledgertest.Postgres(t)
	forward(t, at, database)
	nowhere := "postgres://duban@" + at + "/nosuch?sslmode=disable"
	refused := "postgres://duban@" + closedPort(t) + "/duban?sslmode=disable"
	b := hasty(false, log)
	b.limit = time.Hour // the command must fail long before
	for _, address := range []string{nowhere, refused} {
		_, err := wait(t.Context(), b, ledgerName, address, exists(address), nil)
		var away *AwayError
		require.ErrorAs(t, err, &away)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for strings.Count(strings.Join(log.all(), "\n"), "does not exist") < 3 {
			time.Sleep(10 * time.Millisecond)
		}
		stop()
	}()
	b = hasty(true, log)
	b.limit = 10 * time.Minute // the database answers, on a busy machine after a while
	_, err := wait(ctx, b, ledgerName, nowhere, exists(nowhere), nil)
	require.ErrorIs(t, err, context.Canceled)

	address := through(t, at, database)
	_, err = wait(t.Context(), b, ledgerName, address, exists(address), nil)
	require.ErrorIs(t, err, ledger.ErrNoLedger, "an empty database is no office")
	_, err = wait(t.Context(), b, ledgerName, address, exists("sqlite:"+filepath.Join(t.TempDir(), "ledger.db")), nil)
	require.ErrorIs(t, err, ledger.ErrNoLedger)
}

// TestWhatOpensTooLateIsShut: what a try opens after bounded has given it up is closed.
func TestWhatOpensTooLateIsShut(t *testing.T) {
	t.Parallel()
	release, undone := make(chan struct{}), make(chan string, 1)
	_, err := bounded(t.Context(), 10*time.Millisecond, func(context.Context) (string, error) { <-release; return "late", nil }, func(s string) { undone <- s })
	require.ErrorIs(t, err, ErrSilent)
	close(release)
	require.Equal(t, "late", <-undone)
}

// TestAStopEndsWhateverHangs: a part that does not end within its share of StopWithin is left running with errLeft, and
// all shares together are no more than StopWithin.
func TestAStopEndsWhateverHangs(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, within(10*time.Millisecond, func() error { select {} }), errLeft)
	boom := errors.New("boom")
	require.ErrorIs(t, within(time.Minute, func() error { return boom }), boom)
	require.LessOrEqual(t, workerStop+2*time.Second+ledgerStop+serverStop+2*restStop, StopWithin)
}

// TestNoPasswordIsShown: Redact and the log replace the passwords of addresses, also in errors that quote them.
func TestNoPasswordIsShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"postgres://duban:s3cret@db/duban":                           "postgres://duban:xxxxx@db/duban",
		`parse "postgres://duban:s3%zz@db/duban": invalid`:           `parse "postgres://duban:xxxxx@db/duban": invalid`,
		"postgres://db/duban?user=x&password=s3cret&sslmode=disable": "postgres://db/duban?user=x&password=xxxxx&sslmode=disable",
		"host=db password=s3cret dbname=duban":                       "host=db password=xxxxx dbname=duban",
		"sqlite:/var/lib/duban/ledger.db":                            "sqlite:/var/lib/duban/ledger.db",
		"to 127.0.0.1:7233, as a@b.example":                          "to 127.0.0.1:7233, as a@b.example",
		"postgres://duban@db/duban":                                  "postgres://duban@db/duban",
	} {
		require.Equal(t, want, Redact(text))
	}
	var log bytes.Buffer
	cfg := settings.Config{DatabaseURL: "postgres://duban:sehr%20geheim@db/duban", SMTP: settings.SMTP{Password: "streng-geheim"}, LogFormat: "json"}
	Logger(cfg, &log).Error("Login", "error", fmt.Errorf("refused sehr geheim and streng-geheim at %s", cfg.DatabaseURL))
	require.NotContains(t, log.String(), "geheim")
}

// TestSystemdIsTold: the messages that a real socket gets while the service waits, works and stops; beat sends none while
// there is no progress.
func TestSystemdIsTold(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	require.NoError(t, err)
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "150000")
	t.Setenv("WATCHDOG_PID", fmt.Sprint(os.Getpid()))
	next := func() string {
		require.NoError(t, l.SetReadDeadline(time.Now().Add(10*time.Minute)))
		buffer := make([]byte, 4096)
		n, err := l.Read(buffer)
		require.NoError(t, err)
		return string(buffer[:n])
	}
	log := &lines{}
	n := notifier{on: true, log: slog.New(slog.NewTextHandler(log, nil))}
	n.waiting("ledger at x: refused")
	n.ready()
	require.Equal(t, []string{"STATUS=waiting: ledger at x: refused", "READY=1\nSTATUS=working"}, []string{next(), next()})

	var stuck atomic.Bool
	var asked atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.beat(ctx, func(context.Context) error {
			asked.Add(1)
			if stuck.Load() {
				return errors.New("stuck")
			}
			return nil
		})
	}()
	require.Equal(t, "WATCHDOG=1", next())
	require.Equal(t, "WATCHDOG=1", next())
	stuck.Store(true)
	before := asked.Load()
	require.Eventually(t, func() bool { return asked.Load() > before+3 }, 10*time.Minute, 10*time.Millisecond)
	stop()
	<-ended
	n.stopping()
	for said := next(); said != "STOPPING=1"; said = next() {
		require.Equal(t, "WATCHDOG=1", said, "one may have been under way")
	}
	require.Contains(t, strings.Join(log.all(), "\n"), "No progress")
	notifier{}.ready() // a process that is not the service sends nothing
}

// TestWhatTheEnvironmentSaysNeedsNoFile: with TEMPORAL_ADDRESS set, Temporal's own configuration file is not read, even
// when it is malformed, unless TEMPORAL_CONFIG_FILE names it.
func TestWhatTheEnvironmentSaysNeedsNoFile(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	file := filepath.Join(home, "temporalio", "temporal.toml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte("not = [toml"), 0o600))
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	require.NoError(t, store.Close())
	at := closedPort(t)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("TEMPORAL_ADDRESS", at)
	environ := map[string]string{"TEMPORAL_ADDRESS": at, "DATABASE_URL": "sqlite:" + filepath.Join(dir, "ledger.db"), "DUBAN_DIR": dir}
	open := func() error {
		cfg, err := settings.Load(environ)
		require.NoError(t, err)
		_, err = Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
		return err
	}
	var away *AwayError
	require.ErrorAs(t, open(), &away)
	require.Equal(t, at, away.At)
	environ["TEMPORAL_CONFIG_FILE"] = file
	require.ErrorContains(t, open(), "TEMPORAL_*")
}

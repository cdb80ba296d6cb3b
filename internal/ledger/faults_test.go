package ledger_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
)

// brief are limits that a test can wait for.
var brief = ledger.Limits{
	Connect: time.Second, Idle: time.Second, Lock: 3 * time.Second, Statement: 3 * time.Second, Silence: time.Second,
	Busy: 200 * time.Millisecond, Blocked: 300 * time.Millisecond, Read: 5 * time.Second, Write: 5 * time.Second, Close: 4 * time.Second,
}

// slack is what a slow machine may add to a limit.
const slack = 20 * time.Second

// logged is a log that a test can read.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) has(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), part)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func open(t *testing.T, address string) (*ledger.Store, *logged) { return openWith(t, address, brief) }

func openWith(t *testing.T, address string, limits ledger.Limits) (*ledger.Store, *logged) {
	t.Helper()
	log := &logged{}
	s, err := ledger.OpenWith(t.Context(), address, ledger.Options{Create: true, Migrate: true, Limits: limits, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, log
}

// record writes one event.
func record(ctx context.Context, s *ledger.Store, key string) error {
	_, err := s.Record(ctx, ledger.Event{Key: key, Kind: "test", Real: time.Now(), PlanAt: time.Now()})
	return err
}

// count reads the ledger.
func count(ctx context.Context, s *ledger.Store) (int, error) {
	events, err := s.Events(ctx, ledger.EventFilter{})
	return len(events), err
}

// within fails a test when do takes longer than the limit and a slow machine's
// share, and gives its error.
func within(t *testing.T, what string, limit time.Duration, do func() error) error {
	t.Helper()
	began := time.Now()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		t.Logf("%s: %v after %s", what, err, time.Since(began).Round(time.Millisecond))
		return err
	case <-time.After(limit + slack):
		t.Fatalf("%s: no answer after %s", what, limit+slack)
		return nil
	}
}

// until waits for a condition.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// well asserts that the ledger reads and writes again by itself.
func well(t *testing.T, s *ledger.Store, key string) {
	t.Helper()
	var err error
	until(t, "the ledger is well again", func() bool {
		if err = record(t.Context(), s, key); err != nil {
			return false
		}
		_, err = count(t.Context(), s)
		return err == nil
	})
	if _, err := s.Verify(t.Context()); err != nil {
		t.Errorf("verify: %v", err)
	}
}

// TestSilentConnection: connections are open and nothing comes. Calls end in
// time and say so; when the database answers again, so does the ledger.
func TestSilentConnection(t *testing.T) {
	t.Parallel()
	proxy, address := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	s, log := open(t, address)
	well(t, s, "before")

	proxy.Set(ledgertest.Silent)
	err := within(t, "a write", brief.Write, func() error { return record(t.Context(), s, "silent") })
	if !errors.Is(err, ledger.ErrAway) || !ledger.Later(err) {
		t.Errorf("a write: %v", err)
	}
	err = within(t, "a read", brief.Read, func() error { _, err := count(t.Context(), s); return err })
	if !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a read: %v", err)
	}
	if !log.has("gives no answer") || !log.has("A write waits for the ledger") {
		t.Errorf("it was not said:\n%s", log)
	}
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := within(t, "a write of an impatient caller", 300*time.Millisecond, func() error { return record(short, s, "short") }); !ledger.Later(err) {
		t.Errorf("a write: %v", err)
	}
	if err := within(t, "a read of an impatient caller", 300*time.Millisecond, func() error { _, err := count(short, s); return err }); !ledger.Later(err) {
		t.Errorf("a read: %v", err)
	}
	if err := within(t, "verify", brief.Silence, func() error { _, err := s.Verify(t.Context()); return err }); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("verify: %v", err)
	}
	if err := within(t, "a full proof", brief.Silence, func() error { _, err := s.Prove(t.Context(), ledger.Check{Full: true}); return err }); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a full proof: %v", err)
	}
	now := func(*time.Location) time.Time { return time.Now() }
	if err := within(t, "a look back", brief.Silence, func() error { _, err := s.AsOf(t.Context(), now); return err }); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a look back: %v", err)
	}
	l, cal := ledger.Launched{Plan: plan.Plan{ID: "p", Zone: "Asia/Shanghai"}}, calendar.New()
	if err := within(t, "a list", brief.Read, func() error {
		_, _, err := s.List(t.Context(), &l, ledger.Basis(l, cal), cal, calendar.NewDay(2021, 5, 1), ledger.ListFilter{}, 0, 0)
		return err
	}); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a list: %v", err)
	}
	proxy.Set(ledgertest.Pass)
	well(t, s, "after")
}

// TestHungServer: connections can be made, and no statement is answered.
func TestHungServer(t *testing.T) {
	t.Parallel()
	proxy, address := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	s, _ := open(t, address)
	well(t, s, "before")
	proxy.Set(ledgertest.Hang)
	proxy.Cut()
	for what, o := range map[string]ledger.Options{"reading": {ReadOnly: true}, "working": {Create: true, Migrate: true}} {
		o.Limits = brief
		if err := within(t, "opening for "+what, brief.Silence, func() error { _, err := ledger.OpenWith(t.Context(), address, o); return err }); !errors.Is(err, ledger.ErrAway) {
			t.Errorf("opening for %s: %v", what, err)
		}
	}
	if err := within(t, "a write", brief.Write, func() error { return record(t.Context(), s, "hung") }); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a write: %v", err)
	}
	proxy.Set(ledgertest.Pass)
	well(t, s, "after")
}

// TestForgottenConnections: the open connections are dead, new ones work. No call
// fails.
func TestForgottenConnections(t *testing.T) {
	t.Parallel()
	proxy, address := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	s, _ := open(t, address)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			if _, err := count(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
	well(t, s, "before")
	proxy.Forget()
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := within(t, "a write", brief.Silence+brief.Write, func() error { return record(patient, s, "forgotten") }); err != nil {
		t.Errorf("a write: %v", err)
	}
	proxy.Forget()
	until(t, "a read", func() bool {
		_, err := count(patient, s)
		return err == nil
	})
	proxy.Cut()
	if err := within(t, "a write after a cut", brief.Write, func() error { return record(patient, s, "cut") }); err != nil {
		t.Errorf("a write: %v", err)
	}
	if _, err := count(patient, s); err != nil {
		t.Errorf("a read: %v", err)
	}
}

func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	proxy, address := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	s, _ := open(t, address)
	proxy.Set(ledgertest.Refuse)
	if err := within(t, "a write", brief.Write, func() error { return record(t.Context(), s, "refused") }); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a write: %v", err)
	}
	if err := within(t, "a read", brief.Read, func() error { _, err := count(t.Context(), s); return err }); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a read: %v", err)
	}
	if err := within(t, "opening", brief.Connect, func() error {
		_, err := ledger.OpenWith(t.Context(), address, ledger.Options{Limits: brief})
		return err
	}); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("opening: %v", err)
	}
	proxy.Set(ledgertest.Pass)
	proxy.Delay(50 * time.Millisecond)
	well(t, s, "after")
}

// TestServerPutsOut: the server ends every session, or takes no new one.
func TestServerPutsOut(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	s, _ := open(t, address)
	well(t, s, "before")
	at, err := url.Parse(address)
	must(t, err)
	name := strings.TrimPrefix(at.Path, "/")
	at.Path = "/postgres"
	db, err := sqlx.Open("postgres", at.String())
	must(t, err)
	defer db.Close()
	putOut := func() {
		_, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name)
		must(t, err)
	}
	for i := range 3 {
		putOut()
		must(t, record(t.Context(), s, fmt.Sprint("put out ", i)))
		putOut()
		_, err := count(t.Context(), s)
		must(t, err)
	}
	_, err = db.Exec(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS false`)
	must(t, err)
	putOut()
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := record(short, s, "closed"); !ledger.Later(err) || !errors.Is(err, ledger.ErrAway) {
		t.Errorf("a database that takes nobody: %v", err)
	}
	_, err = db.Exec(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS true`)
	must(t, err)
	well(t, s, "after")
}

// TestCloseOfSilence: a stop does not wait for a database that is silent.
func TestCloseOfSilence(t *testing.T) {
	t.Parallel()
	proxy, address := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	s, _ := open(t, address)
	well(t, s, "before")
	proxy.Set(ledgertest.Silent)
	hung := make(chan error, 1)
	go func() { hung <- record(t.Context(), s, "hung") }()
	if err := within(t, "opening", brief.Connect, func() error {
		_, err := ledger.OpenWith(t.Context(), address, ledger.Options{Limits: brief})
		return err
	}); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("opening: %v", err)
	}
	within(t, "close", brief.Close, s.Close) //nolint:errcheck // it may say that a write was under way
	if err := within(t, "the write", brief.Write, func() error { return <-hung }); !ledger.Later(err) {
		t.Errorf("a write that hung: %v", err)
	}
}

// holderVar makes a test binary hold the ledger it names until its input ends.
const holderVar = "DUBAN_TEST_LEDGER_HOLDER"

// hold opens a ledger and stops in the middle of a write.
func hold(address string) int {
	s, err := ledger.OpenWith(context.Background(), address, ledger.Options{Name: "frozen worker", Limits: ledger.Limits{Idle: time.Second}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var once sync.Once
	err = s.Hold(context.Background(), func() {
		once.Do(func() { fmt.Println("holding") }) // it runs again when the transaction was ended meanwhile
		io.Copy(io.Discard, os.Stdin)              //nolint:errcheck // its end is what counts
	})
	fmt.Println("ended:", err)
	if err := s.Close(); err != nil {
		fmt.Println("close:", err)
	}
	return 0
}

// readerVar makes a test binary read the ledger it names.
const readerVar = "DUBAN_TEST_LEDGER_READER"

func readOnce(address string) int {
	s, err := ledger.OpenWith(context.Background(), address, ledger.Options{ReadOnly: true})
	if err == nil {
		var n int64
		n, err = s.Verify(context.Background())
		err = errors.Join(err, s.Close())
		fmt.Println(n, "events")
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// frozen starts a process that holds the ledger, and stops it there.
func frozen(t *testing.T, address string) (thaw func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), holderVar+"="+address)
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill(); child.Wait() }) //nolint:errcheck // it may have ended
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "holding" {
		t.Fatalf("the holder said %q", lines.Text())
	}
	if err := child.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := child.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		in.Close()
		if !lines.Scan() || lines.Text() != "ended: <nil>" {
			t.Errorf("the holder ended otherwise: %q", lines.Text())
		}
		if err := child.Wait(); err != nil {
			t.Errorf("the holder: %v", err)
		}
	}
}

// TestFrozenWorkerPostgres: the server ends the session of a worker that is stopped
// in the middle of a transaction; the others go on and log for whom they waited.
func TestFrozenWorkerPostgres(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{"direct": ledgertest.Postgres, "pgbouncer": bounced} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := address(t)
			limits := brief
			limits.Silence = 5 * time.Second
			s, log := openWith(t, at, limits)
			patient, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			thaw := func() {}
			for tries := 0; tries < 20 && !log.has("frozen worker"); tries++ { // on a busy machine the server may not say in time who holds it
				thaw()
				thaw = frozen(t, at)
				if err := within(t, "a write beside a frozen worker", time.Second, func() error { return record(patient, s, fmt.Sprint("beside", tries)) }); err != nil {
					t.Errorf("a write: %v\n%s", err, log)
				}
			}
			if _, err := count(patient, s); err != nil {
				t.Errorf("a read: %v", err)
			}
			if !log.has("A write waits for the ledger") || !log.has("frozen worker") || !log.has("The wait for the ledger is over") {
				t.Errorf("the log does not say for whom:\n%s", log)
			}
			thaw()
			well(t, s, "after")
		})
	}
}

// TestFrozenWorkerSQLite: nobody can take the write lock of a file from the process
// that holds it; the others read, log for whom they wait, and write when that
// process goes on.
func TestFrozenWorkerSQLite(t *testing.T) {
	t.Parallel()
	address := sqliteFile(t)
	s, log := open(t, address)
	thaw := frozen(t, address)
	second, _ := open(t, address)
	hung := make(chan error, 1)
	go func() { hung <- record(t.Context(), second, "hung") }()
	time.Sleep(100 * time.Millisecond)                                   // the write may or may not have begun: it must end in both cases
	within(t, "close beside a frozen worker", brief.Close, second.Close) //nolint:errcheck // it may say that a write was under way
	if err := within(t, "the write", brief.Write, func() error { return <-hung }); !ledger.Later(err) {
		t.Errorf("a write that hung: %v", err)
	}
	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := within(t, "a write beside a frozen worker", 2*time.Second, func() error { return record(short, s, "beside") }); !errors.Is(err, ledger.ErrBusy) {
		t.Errorf("a write: %v", err)
	}
	if _, err := count(t.Context(), s); err != nil {
		t.Errorf("a read: %v", err)
	}
	if !log.has("A write waits for the ledger") || !log.has("stopped") {
		t.Errorf("the log does not say for whom:\n%s", log)
	}
	waiting := make(chan error, 1)
	go func() {
		patient, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		waiting <- record(patient, s, "waited")
	}()
	thaw()
	if err := within(t, "a write that waited", 5*time.Second, func() error { return <-waiting }); err != nil {
		t.Errorf("a write that waited: %v", err)
	}
	well(t, s, "after")
}

// TestStatementNames: only a direct connection has prepared statements.
func TestStatementNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address func(testing.TB) string
		want    bool
	}{"direct": {ledgertest.Postgres, true}, "pgbouncer": {bounced, false}, "sqlite": {sqliteFile, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t, c.address(t))
			well(t, s, "one")
			must(t, s.Close()) // the writer's goroutine is done with them
			if writes, reads := s.Prepared(); writes > 0 != c.want || reads > 0 != c.want {
				t.Errorf("prepared: %d of the writer's, %d of the readers'", writes, reads)
			}
		})
	}
}

// TestPreparedAndMigrated: what readers and the writer keep prepared goes on while a newer program
// migrates the tables beneath them.
func TestPreparedAndMigrated(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	s, _ := open(t, address)
	db, err := sqlx.Open("postgres", address)
	must(t, err)
	defer db.Close()
	for i, change := range []string{"ADD COLUMN later TEXT", "ALTER COLUMN actor TYPE VARCHAR(900)", "ALTER COLUMN actor TYPE TEXT", "DROP COLUMN later"} {
		for n := range 8 { // after five the server plans a statement once for all arguments
			must(t, record(t.Context(), s, fmt.Sprint(i, " ", n)))
			_, err := s.Events(t.Context(), ledger.EventFilter{Limit: 3})
			must(t, err)
		}
		_, err := db.Exec(`ALTER TABLE events ` + change)
		must(t, err)
		_, err = s.Events(t.Context(), ledger.EventFilter{Limit: 3})
		must(t, err)
		must(t, record(t.Context(), s, change))
	}
}

// TestPgbouncer is the whole suite behind pgbouncer in transaction mode.
// bounced is a new ledger behind pgbouncer, as its owner reaches it.
func bounced(t testing.TB) string { return ledgertest.Bounced(t, ledgertest.Ledger(t)) }

func TestPgbouncer(t *testing.T) {
	ledgertest.Run(t, bounced, func(t testing.TB) string { return ledgertest.Bounced(t, ledgertest.Postgres(t)) })
}

package rehearse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
)

// folder is a rehearsal's usual site: one engine process whose ledger, Temporal store
// and outbox are in one folder.
type folder struct {
	*process
	mail *MailServer // nil: messages go to the outbox
}

// newFolder makes the site. It has a mail server when a fault of the mail server is
// among the wanted faults.
func newFolder(dir string, spawn Spawn, faults []string, log *slog.Logger) (*folder, error) {
	f := &folder{}
	e := Engine{Dir: dir, Statements: filepath.Join(dir, "statements")}
	if slices.ContainsFunc(faults, func(name string) bool { return strings.HasPrefix(name, "smtp-") }) {
		var err error
		if f.mail, err = Listen(); err != nil {
			return nil, err
		}
		e.Mail = f.mail.Address
	}
	var err error
	f.process, err = newProcess(spawn, e, log)
	return f, err
}

func (f *folder) Start(ctx context.Context) error { return f.start(ctx) }
func (f *folder) Ledger() string                  { return "sqlite:" + f.ledger() }
func (f *folder) Dial() (client.Client, error)    { return f.dial() }
func (f *folder) Gone() error                     { return f.gone() }
func (f *folder) Spent() time.Duration            { return Spent(int(f.pid.Load())) }

func (f *folder) Stop() error {
	err := f.stop()
	if f.mail != nil {
		err = errors.Join(err, f.mail.Close())
	}
	return err
}

func (f *folder) Received(carriers map[string][]string) map[string]int {
	if f.mail == nil {
		return nil
	}
	return Received(carriers, f.mail)
}

func (f *folder) ledger() string { return filepath.Join(f.engine.Dir, "ledger.db") }

// FaultError: a rehearsal in a folder has no fault of that name.
type FaultError struct{ Name string }

func (e *FaultError) Error() string { return "rehearse: no fault " + e.Name }

// Faults gives the names of the wanted faults, and adds "kill" where kill is true; the
// one name "all" gives all of FaultNames. An unknown name gives a *FaultError.
func Faults(wanted []string, kill bool) ([]string, error) {
	known := FaultNames()
	if slices.Equal(wanted, []string{"all"}) {
		return known, nil
	}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			return nil, &FaultError{name}
		}
	}
	if kill && !slices.Contains(wanted, "kill") {
		wanted = append(wanted, "kill")
	}
	return wanted, nil
}

// FaultNames are the faults of a rehearsal in a folder.
func FaultNames() (names []string) {
	for _, f := range (&folder{}).Faults() {
		names = append(names, f.Name)
	}
	return names
}

// Faults of a folder: of the process, of the disk, of the ledger's statements, of
// the mail server, of Temporal's store.
func (f *folder) Faults() []Fault {
	faults := []Fault{
		{"kill", f.killed}, {"stop", f.stopped}, {"locked", f.locked},
		{"unreachable", f.statements("failing 1")}, {"failing", f.statements("failing 0.1")}, {"hanging", f.statements("hanging 0.02")},
		{"store", f.storeLost}, {"two", f.two},
	}
	if full := limited; full != nil {
		faults = append(faults, Fault{"full", f.full})
	}
	for _, mode := range MailModes {
		faults = append(faults, Fault{"smtp-" + string(mode), func(ctx context.Context, hold time.Duration, _ *rand.Rand) error {
			f.mail.Become(mode)
			pause(ctx, hold)
			f.mail.Become(Works)
			return nil
		}})
	}
	return faults
}

// killed: the engine is killed as by kill -9, and started again after up to 0.7 s.
func (f *folder) killed(ctx context.Context, _ time.Duration, random *rand.Rand) error {
	if err := f.kill(); err != nil {
		return err
	}
	pause(ctx, time.Duration(random.Int64N(int64(700*time.Millisecond))))
	return f.start(ctx)
}

// stopped: the process is frozen for half of hold, as on a virtual machine that is paused.
func (f *folder) stopped(ctx context.Context, hold time.Duration, _ *rand.Rand) error {
	if err := f.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	pause(ctx, hold/2)
	return f.signal(syscall.SIGCONT)
}

// locked: another connection holds the write lock of the SQLite ledger.
func (f *folder) locked(ctx context.Context, hold time.Duration, _ *rand.Rand) error {
	db, err := sql.Open("sqlite", "file:"+f.ledger()+"?_pragma=busy_timeout(60000)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	pause(ctx, hold)
	return tx.Rollback()
}

// statements lets the engine's own statements on the ledger fail or hang: it writes how,
// such as "failing 0.1", to the file Engine.Statements. See ledger.Trouble for the words.
func (f *folder) statements(how string) func(context.Context, time.Duration, *rand.Rand) error {
	return func(ctx context.Context, hold time.Duration, _ *rand.Rand) error {
		if err := os.WriteFile(f.engine.Statements, []byte(how), 0o600); err != nil {
			return err
		}
		pause(ctx, hold)
		return os.Remove(f.engine.Statements)
	}
}

// full: the process can write nothing more to any file, as on a full disk.
func (f *folder) full(ctx context.Context, hold time.Duration, _ *rand.Rand) error {
	free, err := limited(int(f.pid.Load()))
	if err != nil {
		return err
	}
	pause(ctx, hold)
	return free()
}

// storeLost: the engine is stopped, the files of its Temporal store are removed, and
// the engine starts with an empty store.
func (f *folder) storeLost(ctx context.Context, _ time.Duration, _ *rand.Rand) error {
	if err := f.stop(); err != nil {
		return err
	}
	lost, err := filepath.Glob(filepath.Join(f.engine.Dir, "temporal.db*"))
	if err != nil || len(lost) == 0 {
		return fmt.Errorf("no store to lose in %s: %v", f.engine.Dir, err)
	}
	for _, file := range lost {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return f.start(ctx)
}

// two: a second worker process joins the engine, and is killed after hold.
func (f *folder) two(ctx context.Context, hold time.Duration, _ *rand.Rand) error {
	e := f.engine
	e.Join = true
	second, err := newProcess(f.spawn, e, f.log)
	if err != nil {
		return err
	}
	if err := second.run(); err != nil {
		return err
	}
	pause(ctx, hold)
	if err := second.gone(); err != nil {
		return err
	}
	return second.kill()
}

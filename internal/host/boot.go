package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/lib/pq"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"duban/internal/embedded"
	"duban/internal/ledger"
	"duban/internal/settings"
	"duban/workflows"
)

// How a start waits for the ledger and for Temporal. A worker (Options.Work) waits as long as they take, with growing
// gaps between its tries, and logs for which of them and why; it ends only when it is told to stop or on an error that
// only a person can remove (forPersons). A command that a person has typed tries again only after errors that pass by
// themselves in a moment (comesBack), and gives up after patience.

// patience is how long a command that a person has typed waits for an answer.
const patience = 20 * time.Second

// Gaps between the tries, and how long a worker lets one try to open the ledger take: the try may have to migrate it.
const (
	firstGap = 500 * time.Millisecond
	mostGap  = 30 * time.Second

	migrating = 10 * time.Minute
)

// ErrSilent: the ledger or Temporal took the connection and did not answer in time.
var ErrSilent = errors.New("no answer")

// AwayError is the error for a command that got no answer from the ledger or from Temporal.
type AwayError struct {
	Who string // ledger or temporal
	At  string // address, without a password
	Err error
}

func (e *AwayError) Error() string { return fmt.Sprintf("%s at %s: %v", e.Who, e.At, e.Err) }
func (e *AwayError) Unwrap() error { return e.Err }

// boot is how this process waits for the ledger and for Temporal.
type boot struct {
	works  bool // this process is a worker, not a command
	log    *slog.Logger
	notify notifier
	limit  time.Duration // of one try, and for a command of all tries
	gap    time.Duration // before the second try; doubled before each further one
}

func newBoot(o Options) boot {
	b := boot{works: o.Work, log: o.Log, limit: cmp.Or(o.Patience, patience), gap: firstGap}
	return b
}

// Names of the parties that are waited for, in the log and in AwayError.
const (
	ledgerName   = "ledger"
	temporalName = "temporal"
)

// known waits until the ledger answers. Where there is no ledger it fails, unless this process may make one.
func (h *Host) known(ctx context.Context, cfg settings.Config, o Options) error {
	err := h.await(ctx, ledgerName, h.LedgerURL, func(ctx context.Context) error { return answers(ctx, LedgerURL(cfg)) })
	if errors.Is(err, ledger.ErrNoLedger) && !o.Known && o.Embedded {
		return nil
	}
	if errors.Is(err, ledger.ErrNoLedger) {
		return fmt.Errorf("%w at %s: correct DUBAN_DIR or DATABASE_URL, or make a new office by `starter init`", err, h.LedgerURL)
	}
	return err
}

// answers opens the ledger read only and closes it: nil where there is one that this program can use or migrate.
func answers(ctx context.Context, url string) error {
	store, err := ledger.OpenWith(ctx, url, ledger.Options{ReadOnly: true})
	if errors.Is(err, ledger.ErrSchemaOlder) {
		return nil
	}
	if err != nil {
		return err
	}
	return store.Close()
}

// open opens the ledger. With Options.Embedded it migrates the ledger's tables to this version or, unless Options.Known is
// set, makes a new ledger; a worker gives each try ten minutes for that.
func (h *Host) open(ctx context.Context, cfg settings.Config, o Options) (*ledger.Store, error) {
	b := h.boot
	if b.works {
		b.limit = migrating
	}
	how := ledger.Options{Create: o.Embedded && !o.Known, Migrate: o.Embedded, Log: h.log, Limits: ledger.Limits{Read: o.Patience, Write: o.Patience, Bulk: o.Patience}}
	try := func(ctx context.Context) (*ledger.Store, error) { return ledger.OpenWith(ctx, LedgerURL(cfg), how) }
	return wait(ctx, b, ledgerName, h.LedgerURL, try, func(s *ledger.Store) { _ = s.Close() })
}

// wait calls try until it succeeds, and gives its result. A try that hangs beyond b.limit is left running; what it opens
// later is closed by undo, which may be nil. A command gets *AwayError when it gives up; ctx's error when ctx ends.
func wait[T any](ctx context.Context, b boot, who, at string, try func(context.Context) (T, error), undo func(T)) (T, error) {
	begun, gap := time.Now(), b.gap
	for {
		stop := b.stillWaiting(who, at)
		got, err := bounded(ctx, b.limit, try, undo)
		stop()
		var none T
		switch {
		case err == nil:
			if waited := time.Since(begun); b.works && gap > b.gap {
				b.log.Info("Answers now", "who", who, "at", at, "after", waited.Round(time.Millisecond))
			}
			return got, nil
		case ctx.Err() != nil:
			return none, ctx.Err()
		case forPersons(err):
			return none, err
		case !b.works && !comesBack(err), !b.works && time.Since(begun)+gap > b.limit:
			return none, &AwayError{who, at, err}
		}
		b.log.Error("Waiting for "+who, "at", at, "since", begun.Format(time.RFC3339), "again_in", gap, "error", err)
		b.notify.waiting(who + " at " + at + ": " + err.Error())
		select {
		case <-ctx.Done():
			return none, ctx.Err()
		case <-time.After(gap):
		}
		gap = min(gap*2, mostGap)
	}
}

// stillWaiting logs every half minute that a try has not ended, until stop is called.
func (b boot) stillWaiting(who, at string) (stop func()) {
	done, begun := make(chan struct{}), time.Now()
	go func() {
		tick := time.NewTicker(mostGap)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				b.log.Warn("Still waiting for "+who, "at", at, "for", time.Since(begun).Round(time.Second))
			}
		}
	}()
	return func() { close(done) }
}

// bounded calls try and waits for it at most a tenth longer than limit, because not every driver returns when its context
// ends. A try that does not return is left running, with error errLeft; what it opens later is closed by undo.
func bounded[T any](ctx context.Context, limit time.Duration, try func(context.Context) (T, error), undo func(T)) (T, error) {
	type answer struct {
		got  T
		err  error
		late bool // the answer came after the limit
	}
	inner, cancel := context.WithTimeout(ctx, limit)
	answers := make(chan answer, 1)
	go func() {
		defer cancel()
		got, err := try(inner)
		answers <- answer{got, err, errors.Is(inner.Err(), context.DeadlineExceeded)}
	}()
	var none T
	select {
	case a := <-answers:
		var wire net.Error
		silent := a.late || errors.As(a.err, &wire) && wire.Timeout()
		if a.err != nil && silent && ctx.Err() == nil {
			return none, fmt.Errorf("%w within %s: %w", ErrSilent, limit, a.err)
		}
		return a.got, a.err
	case <-ctx.Done():
	case <-time.After(limit + limit/10): // a try that returns when its context ends has returned by now
	}
	cancel()
	go func() {
		if a := <-answers; a.err == nil && undo != nil {
			undo(a.got)
		}
	}()
	if err := ctx.Err(); err != nil {
		return none, err
	}
	return none, fmt.Errorf("%w within %s: %w", ErrSilent, limit, errLeft)
}

// forPersons tells whether waiting cannot remove an error: a person must change a setting, a folder or the program.
func forPersons(err error) bool {
	for _, known := range []error{ledger.ErrNoLedger, ledger.ErrForeign, ledger.ErrUnreleased, ledger.ErrSchemaOlder, ledger.ErrSchemaNewer, ledger.ErrNotOwner, ErrDirInUse, ErrPortInUse, ErrNoEngine, ErrOtherLedger, ErrCopied, embedded.ErrLeftOut, fs.ErrPermission, errSettings} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// errSettings marks an error in the settings that was found only when they were used.
var errSettings = errors.New("settings")

// comesBack tells whether a database is only starting, stopping or busy, so that a command tries again within its
// patience: ledger.ErrBusy, or an error of PostgreSQL's class 57P.
func comesBack(err error) bool {
	var pg *pq.Error
	return errors.Is(err, ledger.ErrBusy) || errors.As(err, &pg) && strings.HasPrefix(string(pg.Code), "57P")
}

// progress is nil when this process can still work, as notifier.beat tells systemd's watchdog: a statement to the ledger
// returns, with whatever answer, and Temporal, if it answers, has this worker among those that polled in the last five
// minutes. An error that the ledger or Temporal gives is no reason to be killed: the worker waits for them and logs that.
func (h *Host) progress(ctx context.Context) error {
	const long = 80 * time.Second // longer than any deadline of the ledger's and the client's own
	_, err := bounded(ctx, long, func(ctx context.Context) (none struct{}, err error) {
		_, _, err = h.Ledger.Head(ctx)
		return none, err
	}, nil)
	if errors.Is(err, errLeft) {
		return fmt.Errorf("ledger: a statement does not come back: %w", err)
	}
	queue, err := bounded(ctx, long, func(ctx context.Context) (*workflowservice.DescribeTaskQueueResponse, error) {
		return h.Client.DescribeTaskQueue(ctx, workflows.TaskQueue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	}, nil)
	switch {
	case errors.Is(err, errLeft):
		return fmt.Errorf("temporal: a call does not come back: %w", err)
	case err != nil:
		return nil
	}
	for _, p := range queue.GetPollers() {
		if p.GetIdentity() == h.identity {
			return nil
		}
	}
	return fmt.Errorf("temporal has not seen this worker (%s) polling", h.identity)
}

// OpenLedger opens the ledger alone, for a command: it neither makes a ledger nor migrates its tables, and gives up after
// twenty seconds with *AwayError; ledger.ErrNoLedger where there is none. With readOnly it needs no right to write, and
// the disk need not be writable.
func OpenLedger(ctx context.Context, cfg settings.Config, readOnly bool, log *slog.Logger) (*ledger.Store, error) {
	url := LedgerURL(cfg)
	try := func(ctx context.Context) (*ledger.Store, error) {
		return ledger.OpenWith(ctx, url, ledger.Options{ReadOnly: readOnly, Log: log})
	}
	return wait(ctx, newBoot(Options{Log: log}), ledgerName, Redact(url), try, func(s *ledger.Store) { _ = s.Close() })
}

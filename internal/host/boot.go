package host

import (
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

// A start waits. What works waits for the ledger and for Temporal as long as they take, with growing gaps, and says for
// whom and why; it ends only on what a person alone can change, and when it is told to stop. What a person typed tries
// again only for what comes back by itself in a moment, and gives up after patience.

// patience is how long what a person typed waits for an answer.
const patience = 20 * time.Second

// Gaps between the tries, and how long a ledger that has answered may take to open.
const (
	firstGap = 500 * time.Millisecond
	mostGap  = 30 * time.Second

	migrating = 10 * time.Minute
)

// ErrSilent: it took the connection and said nothing.
var ErrSilent = errors.New("no answer")

// AwayError says who did not answer to what a person typed, and why.
type AwayError struct {
	Who string // ledger or temporal
	At  string // address, without a password
	Err error
}

func (e *AwayError) Error() string { return fmt.Sprintf("%s at %s: %v", e.Who, e.At, e.Err) }
func (e *AwayError) Unwrap() error { return e.Err }

// boot is how this process waits for others.
type boot struct {
	works  bool
	log    *slog.Logger
	notify notifier
	limit  time.Duration // of one try; tests have less patience
	gap    time.Duration // the first
}

func newBoot(o Options) boot {
	b := boot{works: o.Work, log: o.Log, limit: patience, gap: firstGap}
	return b
}

// Who is waited for, as the log and AwayError name them.
const (
	ledgerName   = "ledger"
	temporalName = "temporal"
)

// known waits until the ledger answers, and fails when there is none where one must be.
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

// answers looks at the ledger and changes nothing: nil where there is one that this program can use or bring up to date.
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

// open opens the ledger, and what works brings its tables up to date. What works gives it ten minutes a try: it may have to bring a large ledger's tables up to date.
func (h *Host) open(ctx context.Context, cfg settings.Config, o Options) (*ledger.Store, error) {
	b := h.boot
	if b.works {
		b.limit = migrating
	}
	how := ledger.Options{Create: o.Embedded && !o.Known, Migrate: o.Embedded, Log: h.log}
	try := func(ctx context.Context) (*ledger.Store, error) { return ledger.OpenWith(ctx, LedgerURL(cfg), how) }
	return wait(ctx, b, ledgerName, h.LedgerURL, try, func(s *ledger.Store) { _ = s.Close() })
}

// wait calls try until it works. A try that hangs beyond its limit is left behind, and what it opens after all is shut
// by undo, which may be nil.
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

// stillWaiting says every half minute that a try has not ended, until it is stopped.
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

// bounded runs try, and leaves it behind when it does not end in time: not every driver hears its context.
func bounded[T any](ctx context.Context, limit time.Duration, try func(context.Context) (T, error), undo func(T)) (T, error) {
	type answer struct {
		got  T
		err  error
		late bool // the limit had passed when it came
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
	case <-time.After(limit + limit/10): // it has heard its context by then, or never will
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

// forPersons tells what no waiting heals: a person must change a setting, a folder or a program.
func forPersons(err error) bool {
	for _, known := range []error{ledger.ErrNoLedger, ledger.ErrForeign, ledger.ErrUnreleased, ledger.ErrSchemaOlder, ledger.ErrSchemaNewer, ledger.ErrNotOwner, ErrDirInUse, ErrPortInUse, ErrNoEngine, ErrOtherLedger, ErrCopied, embedded.ErrLeftOut, fs.ErrPermission, errSettings} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// errSettings marks what is wrong in the settings and was found only in use.
var errSettings = errors.New("settings")

// comesBack tells that a database is just coming up, going down or busy: worth a person's twenty seconds.
func comesBack(err error) bool {
	var pg *pq.Error
	return errors.Is(err, ledger.ErrBusy) || errors.As(err, &pg) && strings.HasPrefix(string(pg.Code), "57P")
}

// progress is what the watchdog's beat stands for: that this process can still work if the others let it. A statement
// to the ledger comes back, with whatever answer; Temporal, where it answers, has seen this worker polling in the last
// five minutes. An error from outside is no reason to be killed: what is away is waited for, and said in the log.
func (h *Host) progress(ctx context.Context) error {
	const long = 80 * time.Second // longer than any deadline within
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

// OpenLedger opens the ledger alone, for what a person typed: it makes none and changes none of its tables, and gives up
// after twenty seconds with *AwayError. Read only it needs no right to write, nor a disk that can be written.
func OpenLedger(ctx context.Context, cfg settings.Config, readOnly bool, log *slog.Logger) (*ledger.Store, error) {
	url := LedgerURL(cfg)
	try := func(ctx context.Context) (*ledger.Store, error) {
		return ledger.OpenWith(ctx, url, ledger.Options{ReadOnly: readOnly, Log: log})
	}
	return wait(ctx, newBoot(Options{Log: log}), ledgerName, Redact(url), try, func(s *ledger.Store) { _ = s.Close() })
}

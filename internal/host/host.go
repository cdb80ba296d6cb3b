// Package host puts a process together: the ledger, the connection to Temporal
// or the embedded server, the channels, the worker. Both programs use it.
package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"duban/activities"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/door"
	"duban/internal/embedded"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/settings"
	"duban/internal/watch"
	"duban/internal/words"
	"duban/seeds"
	"duban/workflows"
)

// Options say what of the process is wanted.
type Options struct {
	Embedded  bool // without TEMPORAL_ADDRESS, start the embedded server; otherwise join the one that runs
	Work      bool // run the worker
	Known     bool // the ledger must have been made before; what joins a running engine never makes one
	Rehearsal bool // the embedded server may lose the last moment in a power cut, and nothing else
	Out       io.Writer
	Log       *slog.Logger
}

// Host is a running process's parts. Close it.
type Host struct {
	Ledger    *ledger.Store
	Engine    *engine.Engine
	Client    client.Client
	Address   string // of Temporal's frontend
	UI        string // of the web UI, or ""
	LedgerURL string // without its password

	namespace string
	identity  string // under which this process polls
	claim     string // by which it asked for a namespace that belonged to no ledger
	server    *embedded.Server
	worker    worker.Worker
	stopPost  func()
	mending   *mending
	failed    chan error
	metrics   *served // nil: none
	log       *slog.Logger
	boot      boot
	notify    notifier
	stopBeat  func()
}

// LedgerURL is where the ledger is: DATABASE_URL, or the SQLite file in the folder.
func LedgerURL(cfg settings.Config) string {
	if cfg.DatabaseURL != "" {
		return cfg.DatabaseURL
	}
	return "sqlite:" + filepath.Join(cfg.Dir, "ledger.db")
}

// Open brings the parts up, in order; on an error those that are up are taken down. What works waits for the ledger and
// for Temporal until they answer or ctx ends; see wait.
func Open(ctx context.Context, cfg settings.Config, o Options) (_ *Host, err error) {
	h := &Host{LedgerURL: Redact(LedgerURL(cfg)), log: o.Log, failed: make(chan error, 1), boot: newBoot(o)}
	h.notify.on, h.notify.log = o.Work && !o.Rehearsal, o.Log
	h.boot.notify = h.notify
	if o.Work {
		signal.Ignore(syscall.SIGPIPE) // whoever read the log or the output may go away
		if _, err := Calendar(cfg); err != nil {
			return nil, fmt.Errorf("%w: %w", errSettings, err)
		}
	} else {
		cfg.Metrics = "" // served by what works
	}
	defer func() {
		if err != nil {
			h.Close()
			if ctx.Err() != nil { // whoever broke it off need not read what was under way
				err = ctx.Err()
			}
		}
	}()
	if err := h.known(ctx, cfg, o); err != nil {
		return nil, err
	}
	if h.Client, err = h.connect(ctx, cfg, o); err != nil {
		if errors.Is(err, ErrNoEngine) { // none runs on a copy before it is adopted: that is to be said
			err = cmp.Or(h.copied(ctx, cfg), err)
		}
		return nil, err
	}
	if h.Ledger, err = h.open(ctx, cfg, o); err != nil {
		return nil, err
	}
	if err := h.await(ctx, ledgerName, h.LedgerURL, func(ctx context.Context) error { return h.inPlace(ctx, cfg, o.Work) }); err != nil {
		return nil, err
	}
	if err := h.await(ctx, temporalName, h.Address, h.sameLedger); err != nil {
		return nil, err
	}
	if h.server != nil {
		if err := h.server.Announce(h.Ledger.ID()); err != nil {
			return nil, err
		}
	}
	h.Engine = engine.New(h.Client, h.Ledger, cfg.WakeWindow, time.Now, o.Log)
	people := actors(cfg, o)
	if people != nil {
		people.StoodIn = h.Ledger.StoodIn
	}
	h.Engine.HoldAgainst(people)
	if !o.Work {
		h.Engine.AnswerWithin(patience * 6 / 10) // the rest is for opening, and for looking why there is no answer
		return h, nil
	}
	if err := h.work(ctx, cfg, o, people); err != nil {
		return nil, err
	}
	if h.metrics != nil {
		h.metrics.registry.MustRegister(watch.New(h.Ledger, time.Now, o.Log))
		h.metrics.health.Needs(h.parts()...)
	}
	h.notify.ready()
	beating, stop := context.WithCancel(context.Background())
	h.stopBeat = stop
	go h.notify.beat(beating, h.progress)
	if h.server != nil && !o.Rehearsal {
		go h.watchClock(beating)
	}
	return h, nil
}

// connect dials the Temporal server of TEMPORAL_ADDRESS, or the embedded one.
func (h *Host) connect(ctx context.Context, cfg settings.Config, o Options) (client.Client, error) {
	if cfg.Cluster() {
		opts, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{
			ConfigFilePath: cfg.TemporalFile, DisableFile: cfg.TemporalFile == "" && cfg.TemporalProfile == "",
		})
		if err != nil {
			return nil, fmt.Errorf("host: TEMPORAL_*: %w", err)
		}
		if opts.HostPort == "" { // the file is not there, or the profile says no more
			return nil, fmt.Errorf("%w: %w", errSettings, settings.NewFault("no_address", "TEMPORAL_CONFIG_FILE", "TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE: no address is found there: correct them, or set TEMPORAL_ADDRESS"))
		}
		h.Address = opts.HostPort
		dial := func(ctx context.Context) (client.Client, error) { return h.dial(ctx, cfg, opts) }
		return wait(ctx, h.boot, temporalName, h.Address, dial, client.Client.Close)
	}
	if !o.Embedded {
		found, err := doorOf(ctx, cfg.Dir)
		if err != nil {
			return nil, err
		}
		h.Address, h.UI = found.Address, found.UI
		return h.dial(ctx, cfg, door.Options(cfg.Dir))
	}
	port, page, wish := cfg.TemporalPort, cfg.UIPort, 0
	if !cfg.UIPortSet {
		page, wish = 0, page
	}
	var err error
	h.server, err = embedded.Start(ctx, embedded.Options{
		Dir: cfg.Dir, Port: port, UIPort: page, UIWish: wish, UI: cfg.UI, Logger: o.Log,
		Relaxed: o.Rehearsal, SearchAttributes: searchAttributes(),
	})
	if err != nil {
		return nil, err
	}
	h.Address, h.UI = h.server.Address(), h.server.UI()
	opts, err := h.server.Options()
	if err != nil {
		return nil, err
	}
	return h.dial(ctx, cfg, opts)
}

func (h *Host) dial(ctx context.Context, cfg settings.Config, opts client.Options) (client.Client, error) {
	opts.Logger = log.NewStructuredLogger(h.log)
	h.namespace = cmp.Or(opts.Namespace, client.DefaultNamespace)
	if opts.Identity == "" {
		name, _ := os.Hostname()
		opts.Identity = fmt.Sprintf("%d@%s@duban", os.Getpid(), name)
	}
	h.identity = opts.Identity
	if h.metrics == nil { // dialling again serves them once
		var err error
		if h.metrics, err = serveMetrics(cfg.Metrics, h.log); err != nil {
			return nil, fmt.Errorf("%w: %w", errSettings, faultOf("metrics", "DUBAN_METRICS", err))
		}
	}
	if h.metrics != nil {
		opts.MetricsHandler = h.metrics
	}
	return client.DialContext(ctx, opts)
}

func searchAttributes() map[string]enums.IndexedValueType {
	m := map[string]enums.IndexedValueType{}
	for _, name := range workflows.SearchAttributes {
		m[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	return m
}

// work begins to work when the namespace is ready and the ledger has this year's notices.
func (h *Host) work(ctx context.Context, cfg settings.Config, o Options, people *docket.Accounts) error {
	own, err := Channels(cfg, o.Out)
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a small heap and much that lives for a moment: half the collections
	}
	if err := h.await(ctx, temporalName, h.Address, h.checkNamespace); err != nil {
		return err
	}
	if err := h.await(ctx, temporalName, h.Address, func(ctx context.Context) error { return h.keeps(ctx, cfg) }); err != nil {
		return err
	}
	if err := h.await(ctx, ledgerName, h.LedgerURL, h.Ledger.CheckClock); err != nil {
		return err
	}
	if err := h.await(ctx, ledgerName, h.LedgerURL, func(ctx context.Context) error { return h.seedCalendar(ctx, cfg) }); err != nil {
		return err
	}
	var decided map[string]string
	if err := h.await(ctx, ledgerName, h.LedgerURL, func(ctx context.Context) error {
		decided, err = settle(ctx, cfg, h.Ledger, o.Log)
		return err
	}); err != nil {
		return err
	}
	if own, err = withDecided(own, cfg, decided, o.Out); err != nil {
		return err
	}
	post := newPost(own, h.Ledger, o.Log)
	acts := &activities.Activities{
		Ledger: h.Ledger, Starter: h.Engine, Channels: post.channels, Words: words.New(cfg.Lang), Now: time.Now, Log: o.Log,
		Accounts: people, URL: cfg.URL, Sending: make(chan struct{}, sendersAtOnce),
	}
	if err := h.await(ctx, temporalName, h.Address, func(context.Context) error { return h.startWorker(cfg, acts) }); err != nil {
		return err
	}
	return h.await(ctx, temporalName, h.Address, func(context.Context) error {
		h.stopPost, err = post.start(h.Client, acts)
		return err
	})
}

// await is wait for a try that has no result.
func (h *Host) await(ctx context.Context, who, at string, try func(context.Context) error) error {
	_, err := wait(ctx, h.boot, who, at, func(ctx context.Context) (none struct{}, err error) { return none, try(ctx) }, nil)
	return err
}

// startWorker makes the worker and starts it; one that did not start cannot be started again.
func (h *Host) startWorker(cfg settings.Config, acts *activities.Activities) error {
	w := worker.New(h.Client, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout: workerStop,
		//lint:ignore SA1019 its successor opts in to versioned deployments; this only names the worker: see workflows.BuildID
		BuildID: workflows.BuildID,
		// A workflow that wakes should go to the worker that still has its state in memory,
		// however busy the morning. The price: a workflow task that a killed worker was handed
		// last goes to another worker only after this time.
		StickyScheduleToStartTimeout: 20 * time.Second,
		// A workflow task for which no poller waits is written to the database before anybody gets
		// it.
		MaxConcurrentWorkflowTaskPollers: 8,
		OnFatalError: func(err error) {
			select {
			case h.failed <- err:
			default:
			}
		},
	})
	workflows.Register(w)
	acts.Register(w)
	if err := w.Start(); err != nil {
		return fmt.Errorf("host: worker: %w", err)
	}
	h.worker = w
	h.startMending(cfg)
	return nil
}

// actors are the accounts that people are held against when they act; nil in a
// rehearsal, whose people are the script's.
func actors(cfg settings.Config, o Options) *docket.Accounts {
	if o.Rehearsal {
		return nil
	}
	a := &docket.Accounts{File: cfg.Accounts, Named: cfg.AccountsSet}
	if known, unread := a.Known(); o.Work && unread {
		o.Log.Error("The accounts file cannot be read: nobody may act until it can; see DUBAN_ACCOUNTS", "file", cfg.Accounts)
	} else if o.Work && !known {
		o.Log.Warn("No accounts file: whoever reaches the engine may act in any name", "file", cfg.Accounts)
	}
	return a
}

// checkNamespace fails when a search attribute is not registered: every start
// of a task would fail later, one by one.
func (h *Host) checkNamespace(ctx context.Context) error {
	known, err := h.Client.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: h.namespace})
	if err != nil {
		return fmt.Errorf("host: search attributes: %w", err)
	}
	for _, name := range workflows.SearchAttributes {
		if known.GetCustomAttributes()[name] != enums.INDEXED_VALUE_TYPE_KEYWORD {
			return fmt.Errorf("host: search attribute %s (Keyword) is not registered in the namespace: run `go run ./internal/deploy/namespace`", name)
		}
	}
	return nil
}

// Calendar is the embedded holiday notices with the operator's own over them, and over
// both those of the ledger, imported, which may be none.
func Calendar(cfg settings.Config, imported ...calendar.Year) (*calendar.Calendar, error) {
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return nil, err
	}
	if cfg.Calendar == "" {
		return cal.With(imported...), nil
	}
	own, err := calendar.Load(os.DirFS(cfg.Calendar))
	if err != nil {
		return nil, faultOf("calendar", "DUBAN_CALENDAR", err)
	}
	if len(own.Years()) == 0 {
		return nil, settings.NewFault("want", "DUBAN_CALENDAR", "DUBAN_CALENDAR: no file such as 2027.json in "+cfg.Calendar)
	}
	return cal.With(own.Years()...).With(imported...), nil
}

// faultOf is what is wrong with a setting by the words of whoever uses it.
func faultOf(key, name string, err error) error {
	f := settings.NewFault(key, name, fmt.Sprintf("%s: %v", name, err))
	f.Data["Error"] = err.Error()
	return f
}

// seedCalendar brings into the ledger what this worker's program and folder have of
// holiday notices that the ledger does not know: see ledger.BringCalendar. What runs is
// moved by it when the worker compares Temporal with the ledger.
func (h *Host) seedCalendar(ctx context.Context, cfg settings.Config) error {
	cal, err := Calendar(cfg)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, y := range cal.Years() {
		in, err := h.Ledger.BringCalendar(ctx, y, ledger.When{Real: now, Plan: now})
		if err != nil {
			return err
		}
		if !in {
			h.log.Warn("The ledger has another notice of holidays than this worker, and the ledger's is in force; to change it: starter calendar import", "year", y.Year, "folder", cfg.Calendar)
		}
	}
	return nil
}

// Wait returns when ctx ends, with nil, or when the worker or the embedded engine fails for good. After ErrClockSetBack
// the program starts anew: see Again.
func (h *Host) Wait(ctx context.Context) error {
	var ended <-chan error // never, without an engine of our own
	if h.server != nil {
		ended = h.server.Failed()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return fmt.Errorf("host: the embedded engine: %w", err)
	case err := <-h.failed:
		return fmt.Errorf("host: worker: %w", err)
	}
}

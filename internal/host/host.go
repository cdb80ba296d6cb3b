// Package host puts a process together from its parts: the ledger, the connection to
// Temporal or the embedded server, the channels, the worker. It also makes, backs up,
// restores and examines an office's folder.
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
	"sync"
	"syscall"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"google.golang.org/grpc"

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

// Options say which parts of the process are wanted.
type Options struct {
	Embedded  bool      // when the settings name no cluster: start the embedded server; otherwise join the one that runs on the folder
	Work      bool      // run the worker
	Known     bool      // the ledger must exist; without Embedded it always must
	Rehearsal bool      // no accounts are checked, and the embedded server may lose its last writes in a power cut
	Out       io.Writer // gets a line for each message in the outbox
	Log       *slog.Logger
	// Patience is how long one call to the ledger or to Temporal may take where its caller sets no limit, and how long a
	// command waits for an engine; zero: the usual limits. It is for machines that are busy with other things, as when
	// tests run: there a call that takes minutes says nothing about the program.
	Patience time.Duration
}

// Host has the parts of a running process. It must be closed.
type Host struct {
	Ledger    *ledger.Store
	Engine    *engine.Engine
	Client    client.Client
	Address   string // host:port of Temporal's frontend
	UI        string // URL of the web UI, with its key; "" without one
	LedgerURL string // for people: without its password

	namespace string
	identity  string // name under which this process polls Temporal's task queues
	claim     string // random part of the key by which this process claims a namespace that belongs to no ledger: see sameLedger
	server    *embedded.Server
	worker    worker.Worker
	stopPost  func()
	mending   *mending
	failed    chan error
	metrics   *served // nil: no metrics are served
	log       *slog.Logger
	boot      boot
	patience  time.Duration // see Options.Patience
	notify    notifier
	stopBeat  func()
}

// LedgerURL is the ledger's URL, with its password: DATABASE_URL, or sqlite: and the file
// ledger.db in the data folder.
func LedgerURL(cfg settings.Config) string {
	if cfg.DatabaseURL != "" {
		return cfg.DatabaseURL
	}
	return "sqlite:" + filepath.Join(cfg.Dir, "ledger.db")
}

// Open starts the parts in order; on an error those that were started are stopped. A worker waits for the ledger and for
// Temporal until they answer or ctx ends, and a command for twenty seconds: *AwayError. Other errors: see errors.go.
func Open(ctx context.Context, cfg settings.Config, o Options) (_ *Host, err error) {
	h := &Host{LedgerURL: Redact(LedgerURL(cfg)), log: o.Log, failed: make(chan error, 1), boot: newBoot(o), patience: o.Patience}
	h.notify.on, h.notify.log = o.Work && !o.Rehearsal, o.Log
	h.boot.notify = h.notify
	if o.Work {
		signal.Ignore(syscall.SIGPIPE) // the reader of the log or the output may end before this process
		if _, err := Calendar(cfg); err != nil {
			return nil, fmt.Errorf("%w: %w", errSettings, err)
		}
	} else {
		cfg.Metrics = "" // only a worker serves metrics
	}
	defer func() {
		if err != nil {
			h.Close()
			if ctx.Err() != nil { // who stopped the start needs no error of the step that was under way
				err = ctx.Err()
			}
		}
	}()
	if err := h.known(ctx, cfg, o); err != nil {
		return nil, err
	}
	if h.Client, err = h.connect(ctx, cfg, o); err != nil {
		if errors.Is(err, ErrNoEngine) { // no engine can run on a copied folder before it is adopted: ErrCopied says so
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
	h.Engine.AnswerWithin(o.Patience)
	if !o.Work {
		h.Engine.AnswerWithin(patience * 6 / 10) // the rest of patience is for opening, and for finding out why there is no answer
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

// connect dials Temporal: the cluster that the settings name, or else with o.Embedded an embedded server that it starts,
// or else the server that runs on the data folder.
func (h *Host) connect(ctx context.Context, cfg settings.Config, o Options) (client.Client, error) {
	if cfg.Cluster() {
		opts, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{
			ConfigFilePath: cfg.TemporalFile, DisableFile: cfg.TemporalFile == "" && cfg.TemporalProfile == "",
		})
		if err != nil {
			return nil, fmt.Errorf("host: TEMPORAL_*: %w", err)
		}
		if opts.HostPort == "" { // Temporal's configuration file does not exist, or has no address in this profile
			return nil, fmt.Errorf("%w: %w", errSettings, settings.NewFault("no_address", "TEMPORAL_CONFIG_FILE", "TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE: no address is found there: correct them, or set TEMPORAL_ADDRESS"))
		}
		h.Address = opts.HostPort
		dial := func(ctx context.Context) (client.Client, error) { return h.dial(ctx, cfg, opts) }
		return wait(ctx, h.boot, temporalName, h.Address, dial, client.Client.Close)
	}
	if !o.Embedded {
		found, err := doorOf(ctx, cfg.Dir, h.boot.limit)
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
	if h.metrics == nil { // dial may be called again: the metrics are served once
		var err error
		if h.metrics, err = serveMetrics(cfg.Metrics, h.log); err != nil {
			return nil, fmt.Errorf("%w: %w", errSettings, faultOf("metrics", "DUBAN_METRICS", err))
		}
	}
	if h.metrics != nil {
		opts.MetricsHandler = h.metrics
	}
	opts.ConnectionOptions.GetSystemInfoTimeout = h.boot.limit // the SDK's five seconds are few on a machine that has just started
	if h.patience > 0 {
		opts.ConnectionOptions.DialOptions = append(opts.ConnectionOptions.DialOptions, grpc.WithChainUnaryInterceptor(unhurried(h.patience)))
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

// CollectRarely sets how rarely a process that serves collects its memory, unless the environment says so (GOGC): the
// heap is small and most values are short-lived, so that this halves the number of collections.
func CollectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
		ballast()
	}
}

// ballast is never touched, so that it has no memory behind it, but the collector counts it as live: a small heap grows
// by three times its size more before it is collected.
var ballast = sync.OnceValue(func() []byte { return make([]byte, 48<<20) })

// work starts the worker, after it has made sure of the namespace, of the machine's clock and of the ledger's holiday
// notices and office settings.
func (h *Host) work(ctx context.Context, cfg settings.Config, o Options, people *docket.Accounts) error {
	own, err := Channels(cfg, o.Out)
	if err != nil {
		return err
	}
	CollectRarely()
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

// await is wait for a try without a result.
func (h *Host) await(ctx context.Context, who, at string, try func(context.Context) error) error {
	_, err := wait(ctx, h.boot, who, at, func(ctx context.Context) (none struct{}, err error) { return none, try(ctx) }, nil)
	return err
}

// startWorker makes a worker and starts it. Each call makes a new one, because the SDK cannot start a worker again that
// has failed to start.
func (h *Host) startWorker(cfg settings.Config, acts *activities.Activities) error {
	w := worker.New(h.Client, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout: workerStop,
		//lint:ignore SA1019 its successor opts in to versioned deployments; this only names the worker: see workflows.BuildID
		BuildID: workflows.BuildID,
		// How long Temporal keeps a workflow task for the worker that has the workflow in
		// memory: long enough for a busy morning. A workflow task for a worker that was killed
		// goes to another worker only after this time.
		StickyScheduleToStartTimeout: 20 * time.Second,
		// Temporal writes a workflow task to its database first when no poller waits for it: more
		// pollers avoid that.
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

// actors gives the accounts that acting people are checked against, and logs when there are
// none; nil in a rehearsal, in which the script's people act.
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

// checkNamespace fails when a search attribute is not registered in the namespace: without
// it every start of a workflow would fail later.
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

// Calendar is the working calendar of the holiday notices in this program, those in the
// folder DUBAN_CALENDAR and the imported ones of the ledger. For a year that is in several
// of them, imported comes before the folder, and the folder before the program. A fault in
// the folder is a settings.Fault.
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

// faultOf is the fault of a setting whose value has led to err in use. key is the
// catalogue's key, name the setting's.
func faultOf(key, name string, err error) error {
	f := settings.NewFault(key, name, fmt.Sprintf("%s: %v", name, err))
	f.Data["Error"] = err.Error()
	return f
}

// seedCalendar writes to the ledger the holiday notices of this worker's program and of
// its folder DUBAN_CALENDAR that the ledger does not have: see ledger.Store.BringCalendar.
// Stages of running workflows are moved when the worker compares Temporal with the ledger
// (engine.Reconcile).
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

// Wait returns nil when ctx ends, and an error when the worker or the embedded engine fails for good. After
// ErrClockSetBack the caller closes the Host and starts the program again: see Again.
func (h *Host) Wait(ctx context.Context) error {
	var ended <-chan error // nil without an embedded engine: it never gives a value
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

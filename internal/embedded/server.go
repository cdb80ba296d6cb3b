//go:build !noembed

package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"

	"duban/internal/door"
	"duban/internal/sqlitefile"
)

// sayAfter is how often a start that takes long says what it waits for. Tests listen more often.
var sayAfter = 10 * time.Second

// stopWithin is how long a start that was broken off is waited for. What takes longer ends with the process, or by
// itself; the folder stays locked until then.
const stopWithin = 10 * time.Second

// Start runs the server until Stop and returns when its namespace can be used, however long that takes on a slow disk.
// It fails with ErrDirInUse when another process runs on Dir, and with ErrPortInUse when Port or UIPort is taken. Ending
// ctx ends a start that is under way, not the server; Start then returns ctx's error.
func Start(ctx context.Context, o Options) (*Server, error) {
	o = o.withDefaults()
	if o.Dir == "" && !o.InMemory {
		return nil, errors.New("the embedded engine needs a folder")
	}
	type outcome struct {
		server *Server
		err    error
	}
	begun := make(chan outcome, 1)
	var at stage
	go func() {
		s, err := start(ctx, o, &at)
		begun <- outcome{s, err}
	}()
	given := ctx.Done() // ends when the start is given up; then replaced by the time that is left to it
	var left <-chan time.Time
	for say := time.NewTicker(sayAfter); ; {
		select {
		case done := <-begun:
			say.Stop()
			if ctx.Err() == nil {
				return done.server, done.err
			}
			if done.err == nil {
				done.server.Stop()
			}
			return nil, ctx.Err()
		case <-say.C:
			o.Logger.Info("Still waiting for the embedded engine to start", "dir", o.Dir, "waits_for", at.String())
		case <-given:
			given, left = nil, time.After(stopWithin)
		case <-left:
			go func() { // nothing in the server can be stopped before it has started
				if done := <-begun; done.err == nil {
					done.server.Stop()
				}
			}()
			return nil, ctx.Err()
		}
	}
}

// stage is what a start is at, for whoever waits for it.
type stage struct{ atomic.Value }

func (s *stage) set(what string) { s.Store(what) }
func (s *stage) String() string {
	what, _ := s.Load().(string)
	return what
}

// buildName is what workers without a build ID of their own, as the server's housekeeping ones, call their program. The
// SDK would name it by a hash of the whole file, which takes a third of a second of every start.
const buildName = "embedded"

func start(ctx context.Context, o Options, at *stage) (_ *Server, err error) {
	var undo stack
	defer undo.run()
	sdkworker.SetBinaryChecksum(buildName)
	s := &Server{failed: make(chan error, 1)}
	if s.keys, err = door.NewKeys(); err != nil {
		return nil, fmt.Errorf("make the engine's keys: %w", err)
	}
	if !o.InMemory {
		if err := sqlitefile.Local(o.Dir); err != nil {
			return nil, err
		}
		if s.lock, err = door.Take(o.Dir); err != nil {
			return nil, err
		}
		undo.push(s.lock.Release)
	}
	var page net.Listener
	if o.UI {
		if page, err = listenUI(o); err != nil {
			return nil, fmt.Errorf("web UI: %w", err)
		}
		undo.push(func() { page.Close() })
	}
	engine, err := launchInTime(ctx, o, s, at)
	if err != nil {
		return nil, err
	}
	if !o.InMemory {
		undo.push(func() {
			if err := s.tidy(); err != nil {
				o.Logger.Warn("The engine's write-ahead log stays beside its file", "dir", o.Dir, "error", err)
			}
		})
	}
	undo.push(engine.stop)
	s.address = addressOf(s.ports)
	if o.UI {
		s.uiKey = rand.Text()
		web, err := serveUI(page, s.address, o.Namespace, s.uiKey, s.keys)
		if err != nil {
			return nil, err
		}
		undo.push(func() { _ = shut(web) })
		s.uiAddress = page.Addr().String()
	}
	undo.push(func() { _ = s.Withdraw() }) // comes first: nobody is to find it any more
	s.stop = undo.take().run
	return s, nil
}

// running is a launched server. Errors of its own stopping are not passed on.
type running struct {
	temporal.Server
	log serverLog
}

func (r running) stop() {
	r.log.stopping.Store(true)
	_ = r.Server.Stop()
}

// launchInTime is launchReady that tries again when another program, such as a backup, has the file locked for a while,
// or when the disk was too slow for the server's own limits.
//
// A start that is given up leaves no write-ahead log beside the file either.
func launchInTime(ctx context.Context, o Options, s *Server, at *stage) (_ running, err error) {
	var store *config.SQL
	defer func() {
		if err != nil && store != nil && !o.InMemory {
			if failed := tidy(store); failed != nil {
				o.Logger.Warn("The engine's write-ahead log stays beside its file", "dir", o.Dir, "error", failed)
			}
		}
	}()
	for {
		store = storeConfig(o)
		at.set("its file " + file(o))
		err = prepareStore(ctx, store, o)
		if err == nil {
			var engine running
			if engine, s.ports, err = launchReady(ctx, o, store, s, at); err == nil {
				s.tidy = func() error { return tidy(store) }
				return engine, nil
			}
		}
		if ctx.Err() != nil || !passes(err) {
			return running{}, err
		}
		o.Logger.Warn("The embedded engine could not start yet: it is tried again", "dir", o.Dir, "reason", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return running{}, ctx.Err()
		}
	}
}

// passes tells whether an error of a start goes away with time. Temporal gives such errors as text only.
func passes(err error) bool {
	for _, text := range []string{"database is locked", "database table is locked", context.DeadlineExceeded.Error()} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// launchReady launches, waits until the namespace can be used, and launches once more when it had to be changed.
func launchReady(ctx context.Context, o Options, store *config.SQL, s *Server, at *stage) (running, []int, error) {
	for {
		engine := running{log: serverLog{to: o.Logger, stopping: new(atomic.Bool), failed: make(chan error, 1)}}
		var ports []int
		var err error
		at.set("its services")
		if engine.Server, ports, err = launch(o, store, s.keys, engine.log); err != nil {
			return running{}, nil, err
		}
		changed, err := waitReady(ctx, addressOf(ports), o, s.keys, engine.log.failed, at)
		if err == nil && !changed {
			s.failed = engine.log.failed
			return engine, ports, nil
		}
		engine.stop()
		if err != nil {
			return running{}, nil, err
		}
	}
}

func addressOf(ports []int) string { return fmt.Sprintf("%s:%d", host, ports[0]) }

// launch builds and starts the four services. The ports between them are picked free but opened a moment later, so
// another program may take one in between: then others are picked.
func launch(o Options, store *config.SQL, keys *door.Keys, log serverLog) (temporal.Server, []int, error) {
	var err error
	for range 5 {
		var ports []int
		if ports, err = pickPorts(o.Port); err != nil {
			return nil, nil, err
		}
		var engine temporal.Server
		if engine, err = build(store, ports, keys, log); err == nil {
			return engine, ports, nil
		}
		if !strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) {
			break
		}
	}
	return nil, nil, fmt.Errorf("start the embedded engine: %w", err)
}

// build runs in a goroutine of its own, which the server's log ends when the server gives up (serverLog.Fatal).
func build(store *config.SQL, ports []int, keys *door.Keys, log serverLog) (engine temporal.Server, err error) {
	gaveUp := true
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// The server opens its ports in a sync.OnceValue, which makes a panic of nil of a goroutine's end within it.
		defer func() {
			if p := recover(); p != nil {
				if _, ofNil := p.(*runtime.PanicNilError); !ofNil {
					panic(p)
				}
			}
		}()
		engine, err = construct(store, ports, keys, log)
		gaveUp = false
	}()
	<-ended
	if gaveUp {
		return nil, <-log.failed
	}
	if err != nil {
		select {
		case reason := <-log.failed:
			err = fmt.Errorf("%w (%w)", err, reason)
		default:
		}
	}
	return engine, err
}

func construct(store *config.SQL, ports []int, keys *door.Keys, log serverLog) (temporal.Server, error) {
	provider, err := secured(keys)
	if err != nil {
		return nil, err
	}
	engine, err := temporal.NewServer(
		temporal.WithConfig(serverConfig(store, ports)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(ports)),
		temporal.WithLogger(log),
		temporal.WithTLSConfigFactory(provider),
		temporal.WithAuthorizer(authorization.NewDefaultAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return bearer{} }),
		temporal.WithDynamicConfigClient(tuning()),
	)
	if err != nil {
		return nil, err
	}
	if err := engine.Start(); err != nil {
		log.stopping.Store(true)
		_ = engine.Stop()
		log.stopping.Store(false)
		return nil, err
	}
	return engine, nil
}

// pickPorts gives the frontend its port and every other service a free one.
func pickPorts(frontend int) ([]int, error) {
	ports := make([]int, len(services))
	for i := range services {
		want := 0
		if i == 0 {
			want = frontend
		}
		listener, err := listen(want)
		if err != nil {
			return nil, err
		}
		defer listener.Close() // only after all are picked, so that no port comes twice
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// listenUI takes the page's port.
func listenUI(o Options) (net.Listener, error) {
	if o.UIPort == 0 && o.UIWish != 0 {
		if l, err := listen(o.UIWish); err == nil {
			return l, nil
		}
	}
	return listen(o.UIPort)
}

func listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s:%d: %w: choose another one, or stop the program that has it", host, port, ErrPortInUse)
	}
	return listener, err
}

func shut(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if web.Shutdown(ctx) == nil {
		return nil
	}
	return web.Close()
}

// stack runs what was pushed in reverse order, once.
type stack []func()

func (s *stack) push(f func()) { *s = append(*s, f) }

func (s *stack) run() {
	for i := len(*s) - 1; i >= 0; i-- {
		(*s)[i]()
	}
	*s = nil
}

// take moves everything to a stack of its own, so that a deferred run finds nothing.
func (s *stack) take() *stack {
	out := *s
	*s = nil
	return &out
}

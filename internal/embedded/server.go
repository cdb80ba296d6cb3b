//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"
)

// readyTimeout bounds how long a start may take; on a slow disk with a large file it takes seconds, not a minute.
const readyTimeout = time.Minute

// Start runs the server until Stop and returns when its namespace can be used. It fails with ErrDirInUse when another
// process runs on Dir, and with ErrPortInUse when Port or UIPort is taken. Ending ctx ends a start that is under way,
// not the server.
func Start(ctx context.Context, o Options) (*Server, error) {
	o = o.withDefaults()
	if o.Dir == "" && !o.InMemory {
		return nil, errors.New("the embedded engine needs a folder")
	}
	var undo stack
	defer undo.run()
	var lock *folderLock
	if !o.InMemory {
		var err error
		if lock, err = lockFolder(o.Dir); err != nil {
			return nil, err
		}
		undo.push(lock.release)
	}
	return start(ctx, o, lock, &undo)
}

func start(ctx context.Context, o Options, lock *folderLock, undo *stack) (*Server, error) {
	var page net.Listener
	if o.UI {
		var err error
		if page, err = listen(o.UIPort); err != nil {
			return nil, fmt.Errorf("web UI: %w", err)
		}
		undo.push(func() { page.Close() })
	}
	store := storeConfig(o)
	if err := prepareStore(ctx, store, o); err != nil {
		return nil, err
	}
	engine, address, err := launchReady(ctx, o, store)
	if err != nil {
		return nil, err
	}
	undo.push(engine.stop)
	s := &Server{address: address}
	if lock != nil {
		if err := lock.sign(address); err != nil {
			return nil, fmt.Errorf("write the engine's lock: %w", err)
		}
	}
	if o.UI {
		web, err := serveUI(page, address, o.Namespace)
		if err != nil {
			return nil, err
		}
		undo.push(func() { _ = shut(web) })
		s.uiAddress = page.Addr().String()
	}
	s.stop = undo.take().run
	return s, nil
}

// running is a launched server whose complaints about its own end are not passed on.
type running struct {
	temporal.Server
	stopping *atomic.Bool
}

func (r running) stop() {
	r.stopping.Store(true)
	_ = r.Server.Stop()
}

// launchReady launches, waits until the namespace can be used, and launches once more when it had to be changed.
func launchReady(ctx context.Context, o Options, store *config.SQL) (running, string, error) {
	for {
		engine := running{stopping: new(atomic.Bool)}
		var address string
		var err error
		if engine.Server, address, err = launch(o, store, serverLog{o.Logger, engine.stopping}); err != nil {
			return running{}, "", err
		}
		changed, err := waitReady(ctx, address, o)
		if err == nil && !changed {
			return engine, address, nil
		}
		engine.stop()
		if err != nil {
			return running{}, "", err
		}
	}
}

// launch builds and starts the four services. The ports between them are picked free but opened a moment later, so
// another program may take one in between: then others are picked.
func launch(o Options, store *config.SQL, log serverLog) (temporal.Server, string, error) {
	var err error
	for range 5 {
		var ports []int
		if ports, err = pickPorts(o.Port); err != nil {
			return nil, "", err
		}
		var engine temporal.Server
		if engine, err = build(store, ports, log); err == nil {
			return engine, fmt.Sprintf("%s:%d", host, ports[0]), nil
		}
		if !strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) {
			break
		}
	}
	return nil, "", fmt.Errorf("start the embedded engine: %w", err)
}

func build(store *config.SQL, ports []int, log serverLog) (engine temporal.Server, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(fatal)
			if !ok {
				panic(r)
			}
			engine, err = nil, f
		}
	}()
	engine, err = temporal.NewServer(
		temporal.WithConfig(serverConfig(store, ports)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(ports)),
		temporal.WithLogger(log),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(tuning()),
	)
	if err != nil {
		return nil, err
	}
	if err := engine.Start(); err != nil {
		_ = engine.Stop()
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

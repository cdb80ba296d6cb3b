// Package cluster runs the shape of docker-compose.yml for real and without Docker, for tests: Temporal's own server
// binary on a throw-away PostgreSQL, its schema and namespace made by the very steps, and the server configured by the
// very variables, that the containers use. The binaries are built from this module; the build cache keeps them.
package cluster

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"gopkg.in/yaml.v3"

	"duban/internal/ledger/ledgertest"
)

// Cluster are the addresses of a running cluster, and its Temporal server, which tests kill
// and start again.
type Cluster struct {
	*Server

	// Address is the Temporal frontend's host:port; Namespace is ready in it, with the search attributes.
	Address, Namespace string
	// DatabaseURL is of an empty database of its own on the same PostgreSQL, for the ledger.
	DatabaseURL string
}

// Start runs a cluster until the test ends. The first one in a build cache takes minutes, later ones seconds.
func Start(t testing.TB) Cluster {
	t.Helper()
	return On(t, ledgertest.Postgres(t))
}

// Keys are settings beside those of the containers: how the server proves who it is and whom it asks for the same, and
// how those who call it do.
type Keys struct {
	Server, Caller map[string]string // environments
	TLS            *tls.Config       // of a caller
}

// On is Start on the PostgreSQL of an empty database, which becomes the ledger's.
func On(t testing.TB, address string) Cluster { return Secured(t, address, Keys{}) }

// Secured is On with keys; with the zero Keys the server and its callers use none.
func Secured(t testing.TB, address string, keys Keys) Cluster {
	t.Helper()
	begin := time.Now()
	root, err := moduleRoot()
	check(t, err)
	services, err := compose(root)
	check(t, err)
	bin, err := binaries(root)
	check(t, err)
	t.Logf("binaries after %s", time.Since(begin).Round(time.Millisecond))

	pg, err := newDatabase(address)
	check(t, err)
	schema := merge(services["schema"], pg.tool(), map[string]string{
		"SCHEMA_DIR": filepath.Join(bin.serverModule, "schema/postgresql/v12"), "PATH": bin.dir + ":" + os.Getenv("PATH"),
	})
	t.Cleanup(func() { check(t, pg.dropTemporal()) })
	roles := merge(services["roles"], pg.roles(), map[string]string{"PATH": os.Getenv("PATH")})
	for range 2 { // the second run must change nothing, as after docker compose up on an old volume
		check(t, run(t.Context(), roles, "/bin/sh", filepath.Join(root, "internal/deploy/roles.sh")))
		check(t, run(t.Context(), schema, "/bin/sh", filepath.Join(root, "internal/deploy/schema.sh")))
	}

	server := newServer(t, root, bin, merge(services["temporal"], pg.server(), keys.Server))
	server.tls = keys.TLS
	check(t, server.Start(t.Context()))
	c := Cluster{Server: server, Address: server.address, Namespace: services["worker"]["TEMPORAL_NAMESPACE"], DatabaseURL: pg.url}
	env := merge(services["namespace"], map[string]string{"TEMPORAL_ADDRESS": c.Address}, keys.Caller)
	for range 2 {
		check(t, run(t.Context(), env, filepath.Join(bin.dir, "namespace"), "-retention", "2160h"))
	}
	t.Logf("cluster at %s after %s", c.Address, time.Since(begin).Round(time.Millisecond))
	return c
}

// keeper ends when the server ends, and ends the server when its own standard input ends: with the test, or with a
// test process that was killed. It begins by saying the server's process ID.
const keeper = `exec 3<&0; "$@" </dev/null >>"$DUBAN_SERVER_LOG" 2>&1 & server=$!; echo $server
{ cat <&3 >/dev/null; kill $server; } 2>/dev/null & wait $server`

// Server is Temporal's server binary on loopback ports of its own. Where it ends by itself it is
// started again, as docker-compose.yml does (restart: unless-stopped): a server that begins while
// its database is away, or on a machine that is too busy, gives up.
type Server struct {
	program, address, log string
	env                   map[string]string
	tls                   *tls.Config // of whoever asks whether it serves; nil: in clear

	mu    sync.Mutex
	down  bool      // the server is to be down, or is not started yet
	tie   io.Closer // the keeper's standard input
	pid   int       // of the server itself
	ended chan struct{}
}

// newServer makes the server; it ends with the test.
func newServer(t testing.TB, root string, bin tools, env map[string]string) *Server {
	t.Helper()
	env["BIND_ON_IP"], env["TEMPORAL_BROADCAST_ADDRESS"], env["LOG_LEVEL"] = "127.0.0.1", "127.0.0.1", "warn"
	env["DYNAMIC_CONFIG_FILE_PATH"] = filepath.Join(root, "internal/deploy/dynamicconfig.yaml")
	names := []string{
		"FRONTEND_GRPC_PORT", "FRONTEND_HTTP_PORT", "FRONTEND_MEMBERSHIP_PORT", "HISTORY_GRPC_PORT", "HISTORY_MEMBERSHIP_PORT",
		"MATCHING_GRPC_PORT", "MATCHING_MEMBERSHIP_PORT", "WORKER_GRPC_PORT", "WORKER_MEMBERSHIP_PORT",
	}
	ports, err := freePorts(len(names))
	check(t, err)
	for i, name := range names {
		env[name] = strconv.Itoa(ports[i])
	}
	s := &Server{
		program: filepath.Join(bin.dir, "temporal-server"), address: net.JoinHostPort("127.0.0.1", env["FRONTEND_GRPC_PORT"]),
		log: filepath.Join(t.TempDir(), "temporal.log"), env: env,
	}
	s.env["DUBAN_SERVER_LOG"], s.env["PATH"] = s.log, os.Getenv("PATH")
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.down = true
		if s.tie != nil {
			s.tie.Close()
			select {
			case <-s.ended:
			case <-time.After(20 * time.Second): // the server may wait for a database that was killed
				_ = syscall.Kill(s.pid, syscall.SIGKILL)
				<-s.ended
			}
		}
	})
	return s
}

// mostStarts is how often a server that ends while it begins is started before Start fails.
const mostStarts = 5

// Start starts the server and waits until its frontend serves.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	s.down = false
	s.mu.Unlock()
	for tries := 1; ; tries++ {
		ended, err := s.begin()
		if err == nil {
			err = serving(ctx, s.address, s.tls, ended)
		}
		if err == nil {
			go s.keep(ended)
			return nil
		}
		gone := err != nil && ended == nil
		select {
		case <-ended:
			gone = true
		default:
		}
		if tries == mostStarts || ctx.Err() != nil || !gone {
			text, _ := os.ReadFile(s.log)
			return fmt.Errorf("temporal does not serve: %w\n%s", err, text[max(0, len(text)-4000):])
		}
	}
}

// keep starts the server again whenever it has ended by itself.
func (s *Server) keep(ended chan struct{}) {
	for ended != nil {
		<-ended
		time.Sleep(time.Second)
		ended, _ = s.begin()
	}
}

// begin starts the server's process; nil where the server is to be down.
func (s *Server) begin() (chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return nil, nil
	}
	if s.tie != nil {
		s.tie.Close() // its reader in the last keeper would stay
	}
	cmd := exec.Command("/bin/sh", "-c", keeper, "keeper", s.program, "--allow-no-auth", "start")
	cmd.Env = list(s.env)
	tie, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(said, &s.pid); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	s.tie, s.ended = tie, ended
	return ended, nil
}

// Crash ends the server's process; it is started again.
func (s *Server) Crash() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return syscall.Kill(s.pid, syscall.SIGKILL)
}

// Kill is kill -9; the server stays down until Start.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
	select {
	case <-s.ended: // it has ended by itself just now
		return nil
	default:
	}
	if err := syscall.Kill(s.pid, syscall.SIGKILL); err != nil {
		return err
	}
	s.tie.Close() // its reader in the keeper would stay
	<-s.ended
	return nil
}

// serving returns when the frontend answers its health check.
func serving(ctx context.Context, address string, keys *tls.Config, ended chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	with := insecure.NewCredentials()
	if keys != nil {
		with = credentials.NewTLS(keys)
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(with))
	if err != nil {
		return err
	}
	defer conn.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		reply, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{Service: "temporal.api.workflowservice.v1.WorkflowService"})
		if err == nil && reply.Status == healthpb.HealthCheckResponse_SERVING {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-ended:
			return errors.New("it ended by itself")
		case <-tick.C:
		}
	}
}

// compose reads every service's environment out of docker-compose.yml.
func compose(root string) (map[string]map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		return nil, err
	}
	var file struct {
		Services map[string]struct{ Environment map[string]string }
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("docker-compose.yml: %w", err)
	}
	out := map[string]map[string]string{}
	for name, service := range file.Services {
		out[name] = service.Environment
	}
	return out, nil
}

// freePorts finds n free ports below 32768: Temporal keeps them in a smallint column, and the kernel gives out higher
// ones by itself.
func freePorts(n int) ([]int, error) {
	var ports []int
	for tries := 0; len(ports) < n; tries++ {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(10000+rand.IntN(22000))))
		if err != nil {
			if tries > 1000 {
				return nil, err
			}
			continue
		}
		defer listener.Close() // only after all are picked, so that none comes twice
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// run runs a step of the set-up with nothing but env around it.
func run(ctx context.Context, env map[string]string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = list(env)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, out)
	}
	return nil
}

// merge lays the later maps over the first.
func merge(envs ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, env := range envs {
		maps.Copy(out, env)
	}
	return out
}

func list(env map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		out = append(out, name+"="+env[name])
	}
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

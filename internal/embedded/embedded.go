// Package embedded runs a whole Temporal server (frontend, history, matching and worker services) inside this
// process, on one SQLite file, with its web UI beside it, for an office that has one machine and no cluster.
//
// Every port is bound to the loopback address and answers only to whoever holds the keys of this start (package door):
// other users of the machine can neither call the server nor read its answers. The web UI can only look.
// The file survives kill -9; a start on the same folder goes on where the last process stopped.
//
// With the build tag noembed the server and the UI are left out of the program and Start returns ErrLeftOut.
package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"duban/internal/door"
)

var (
	// ErrLeftOut is returned by Start in a program built with the tag noembed.
	ErrLeftOut = errors.New("this program was built without the embedded Temporal server (tag noembed): set TEMPORAL_ADDRESS to a running one")
	// ErrDirInUse is wrapped by Start when another live engine holds the folder.
	ErrDirInUse = door.ErrInUse
	// ErrPortInUse is wrapped by Start when the frontend's or the UI's port is taken.
	ErrPortInUse = errors.New("the port is in use")
)

// host is the only address anything here listens on.
const host = "127.0.0.1"

// defaultRetention keeps closed workflows, and with them the refusal to start the same ID twice, for ten years.
const defaultRetention = 3650 * 24 * time.Hour

// Options says where and how to run the server. Dir is required unless InMemory is set.
type Options struct {
	// Dir holds temporal.db, temporal.lock and, once announced, engine.json; it is made when missing.
	Dir string
	// Port is the frontend's gRPC port; 0 takes any free one.
	Port int
	// UIPort is the web UI's HTTP port; 0 takes any free one, UIWish when that is free. Without UI they are not used.
	UIPort, UIWish int
	// UI says whether the web UI is served.
	UI bool
	// Namespace is made on the first start; empty means "default".
	Namespace string
	// Retention of closed workflows; 0 means ten years. It counts only when the namespace is made: see host.keeps.
	Retention time.Duration
	// SearchAttributes are registered on the namespace, also on a file that was made without them.
	SearchAttributes map[string]enumspb.IndexedValueType
	// Logger gets the server's warnings and errors; its chatter comes as debug. Nil means slog.Default().
	Logger *slog.Logger
	// InMemory keeps nothing on disk; Dir is then not used.
	InMemory bool
	// Relaxed lets SQLite sync at checkpoints only (synchronous=NORMAL): safe against kill -9, but a power cut may
	// lose the last moments. For rehearsals and tests; an office keeps the default, FULL.
	Relaxed bool
}

// Server is a running embedded server. Its methods are safe from any goroutine.
type Server struct {
	address          string
	uiAddress, uiKey string // "" without a web UI
	ports            []int  // of all services, the frontend's first
	keys             *door.Keys
	lock             *door.Lock // nil in memory
	failed           chan error
	tidy             func() error // leaves no write-ahead log beside the file
	stopOnce         sync.Once
	stop             func()
}

// Address is the frontend's host:port.
func (s *Server) Address() string { return s.address }

// UI is the web UI's address, with the key in it; empty without a web UI.
func (s *Server) UI() string {
	if s.uiAddress == "" {
		return ""
	}
	return "http://" + s.uiAddress + "/?key=" + s.uiKey
}

// Options are a client's, for this process.
func (s *Server) Options() (client.Options, error) {
	config, err := s.keys.Client()
	if err != nil {
		return client.Options{}, fmt.Errorf("the embedded engine's keys: %w", err)
	}
	return client.Options{HostPort: s.address, ConnectionOptions: client.ConnectionOptions{
		TLS: config, GrpcCompression: &client.GrpcCompressionNone{}, // the connection never leaves the machine
	}}, nil
}

// Announce lets the folder's commands find the server (door.Find); ledger is the ID of the ledger that it works on.
// Until then, and after Stop, nobody else finds it.
func (s *Server) Announce(ledger string) error {
	if s.lock == nil {
		return errors.New("an engine in memory has no folder to be found by")
	}
	return s.lock.Open(door.Door{Address: s.address, UI: s.UI(), Ledger: ledger, Keys: s.keys})
}

// Withdraw undoes Announce, for an engine that is about to stop: from now on door.Find gives door.ErrStarting.
func (s *Server) Withdraw() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.Shut()
}

// Failed hears at most one error: the server has ended by itself and is of no use any more. Stop it.
func (s *Server) Failed() <-chan error { return s.failed }

// Stop ends the UI and the server and gives the folder free; it may be called more than once. Workers of this process
// should be stopped first. It takes a second or two while open polls are drained.
func (s *Server) Stop() { s.stopOnce.Do(s.stop) }

func (o Options) withDefaults() Options {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	if o.Retention == 0 {
		o.Retention = defaultRetention
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

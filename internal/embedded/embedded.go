// Package embedded runs a whole Temporal server (frontend, history, matching and worker services) inside this
// process, on one SQLite file, with its web UI beside it, for an office that has one machine and no cluster.
//
// Everything is bound to the loopback address and nothing asks for a password: whoever can log in to the machine may
// use it. The file survives kill -9; a start on the same folder goes on where the last process stopped.
//
// With the build tag noembed the server and the UI are left out of the program and Start returns ErrLeftOut.
package embedded

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

var (
	// ErrLeftOut is returned by Start in a program built with the tag noembed.
	ErrLeftOut = errors.New("this program was built without the embedded Temporal server (tag noembed): set TEMPORAL_ADDRESS to a running one")
	// ErrDirInUse is wrapped by Start when another live process holds the folder.
	ErrDirInUse = errors.New("the folder is used by another running engine")
	// ErrPortInUse is wrapped by Start when the frontend's or the UI's port is taken.
	ErrPortInUse = errors.New("the port is in use")
)

// host is the only address anything here listens on.
const host = "127.0.0.1"

// defaultRetention keeps closed workflows, and with them the refusal to start the same ID twice, for ten years.
const defaultRetention = 3650 * 24 * time.Hour

// Options says where and how to run the server. Dir is required unless InMemory is set.
type Options struct {
	// Dir holds temporal.db and temporal.lock; it is made when missing.
	Dir string
	// Port is the frontend's gRPC port; 0 takes any free one.
	Port int
	// UIPort is the web UI's HTTP port; 0 takes any free one. Without UI it is not used.
	UIPort int
	// UI says whether the web UI is served.
	UI bool
	// Namespace is made on the first start; empty means "default".
	Namespace string
	// Retention of closed workflows; 0 means ten years. It counts only when the namespace is made.
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
	address, uiAddress string
	stopOnce           sync.Once
	stop               func()
}

// Address is the frontend's host:port, to be dialled without TLS.
func (s *Server) Address() string { return s.address }

// UIAddress is the web UI's host:port, or empty when there is none.
func (s *Server) UIAddress() string { return s.uiAddress }

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

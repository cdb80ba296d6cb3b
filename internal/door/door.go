// Package door is the way from a data folder to the engine that runs on it, and
// to no other: engine.json says where that engine is and holds the keys to it.
//
// A port proves nothing: whoever starts next may have it. So an engine makes new
// keys at every start, and both sides of every connection prove that they hold
// them (TLS in both directions) before the first word is said. The keys are in a
// file that only its owner can read; it is there for as long as the engine holds
// the folder's lock.
package door

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
)

// host is the only address an engine in a folder listens on.
const host = "127.0.0.1"

var (
	// ErrNoEngine: no engine runs on the folder.
	ErrNoEngine = errors.New("no engine is running on the folder")
	// ErrStarting: an engine holds the folder and cannot be reached yet, or no longer.
	ErrStarting = errors.New("the engine of the folder is just starting or stopping")
	// ErrFrozen: an engine holds the folder and its port takes connections, but it says nothing: it was stopped
	// (SIGSTOP, a paused machine) or the machine is far too busy.
	ErrFrozen = errors.New("the engine of the folder is there and does not answer")
	// ErrStranger: what answers at the engine's port is not the engine of the folder.
	ErrStranger = errors.New("the port belongs to another engine")
)

// Door is what engine.json says.
type Door struct {
	Address string `json:"temporal"`         // host:port of Temporal's frontend
	UI      string `json:"ui,omitempty"`     // the web UI's address, http://…, or ""
	Ledger  string `json:"ledger,omitempty"` // the ID of the ledger the engine works on
	PID     int    `json:"pid"`
	Keys    *Keys  `json:"keys"`
}

func file(dir string) string { return filepath.Join(dir, "engine.json") }

// Find is the door of the engine that runs on dir. It is ErrNoEngine when none
// does, whatever file a dead one has left, and ErrStarting when the engine that
// holds the folder has not written its file yet.
func Find(dir string) (Door, error) {
	held, err := locked(dir)
	if err != nil {
		return Door{}, err
	}
	if !held {
		return Door{}, fmt.Errorf("%s: %w", dir, ErrNoEngine)
	}
	raw, err := os.ReadFile(file(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return Door{}, fmt.Errorf("%s: %w", dir, ErrStarting)
	}
	if err != nil {
		return Door{}, err
	}
	var d Door
	if err := json.Unmarshal(raw, &d); err != nil || d.Address == "" || d.Keys == nil {
		return Door{}, fmt.Errorf("%s does not say where the engine is", file(dir))
	}
	return d, nil
}

// Wait is Find that waits, until ctx ends, for an engine that is just starting,
// and until its port answers with the right keys.
func Wait(ctx context.Context, dir string) (Door, error) {
	for {
		d, err := Find(dir)
		if err == nil {
			err = d.answers(ctx)
		}
		if !errors.Is(err, ErrStarting) && !errors.Is(err, ErrFrozen) && !errors.Is(err, ErrStranger) {
			return d, err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return Door{}, err
		}
	}
}

// answers tells whether the engine itself is at the address.
func (d Door) answers(ctx context.Context) error {
	conn, err := d.connect(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}

// connect is a connection on which both sides have proved that they hold the keys. A
// port that is closed, or closes the connection, is ErrStarting: an engine holds the folder,
// so it is starting or stopping. ErrStranger only where the other side shows other keys, or
// does not speak TLS.
func (d Door) connect(ctx context.Context) (_ net.Conn, err error) {
	config, err := d.Keys.Client()
	if err != nil {
		return nil, err
	}
	conn, err := dialer.DialContext(ctx, "tcp", d.Address)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrStarting, err)
	}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	proof, cancel := context.WithTimeout(ctx, dialer.Timeout)
	defer cancel()
	secure := tls.Client(conn, config)
	err = secure.HandshakeContext(proof)
	switch {
	case err == nil:
		return secure, nil
	case proof.Err() != nil:
		return nil, fmt.Errorf("%w (%s)", ErrFrozen, d.Address)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return nil, fmt.Errorf("%w (%s hangs up)", ErrStarting, d.Address)
	}
	return nil, fmt.Errorf("%s: %w (%v)", d.Address, ErrStranger, err)
}

var dialer = net.Dialer{Timeout: 5 * time.Second}

// Options are a client's for the engine that runs on dir. The client reads the
// door again whenever it connects: it finds an engine that was started anew, at
// whatever port, and never anybody else.
func Options(dir string) client.Options {
	follow := func(ctx context.Context, _ string) (net.Conn, error) {
		d, err := Find(dir)
		if err != nil {
			return nil, err
		}
		return d.connect(ctx)
	}
	return client.Options{
		HostPort: "passthrough:///" + host,
		ConnectionOptions: client.ConnectionOptions{
			TLSDisabled:     true,                          // gRPC is not to add TLS: the dialer has
			GrpcCompression: &client.GrpcCompressionNone{}, // the connection never leaves the machine
			DialOptions:     []grpc.DialOption{grpc.WithContextDialer(follow)},
		},
	}
}

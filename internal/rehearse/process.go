package rehearse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"
)

// Spawn makes the command of an engine process: Temporal server, worker, ledger
// and outbox under dir, listening on the given loopback port. It is not started.
type Spawn func(ctx context.Context, dir string, port int) *exec.Cmd

// process is the engine's process. It can be killed and started again.
type process struct {
	spawn   Spawn
	dir     string
	port    int
	address string
	ledger  string
	out     *os.File
	cmd     *exec.Cmd
	log     *slog.Logger
}

func startEngine(ctx context.Context, spawn Spawn, dir string, log *slog.Logger) (*process, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(filepath.Join(dir, "engine.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, err
	}
	p := &process{spawn: spawn, dir: dir, port: port, address: fmt.Sprintf("127.0.0.1:%d", port), ledger: filepath.Join(dir, "ledger.db"), out: out, log: log}
	return p, p.start(ctx)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// start runs the engine and waits until it answers.
func (p *process) start(ctx context.Context) error {
	p.cmd = p.spawn(ctx, p.dir, p.port)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("rehearse: start the engine: %w", err)
	}
	exited := make(chan error, 1)
	go func(cmd *exec.Cmd) { exited <- cmd.Wait() }(p.cmd)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if c, err := client.DialContext(ctx, client.Options{HostPort: p.address, Logger: quiet{}}); err == nil {
			c.Close()
			return nil
		}
		select {
		case err := <-exited:
			return fmt.Errorf("rehearse: the engine ended by itself (%v): see %s", err, p.out.Name())
		case <-ctx.Done():
			return fmt.Errorf("rehearse: the engine does not answer: see %s", p.out.Name())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// kill is kill -9: nothing in the process gets a chance to tidy up.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return p.gone(5 * time.Second)
}

// stop asks the engine to stop, and kills it if it does not.
func (p *process) stop() error {
	defer p.out.Close()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if err := p.gone(30 * time.Second); err != nil {
		return p.kill()
	}
	return nil
}

// gone waits until the port is free again: the process has left it.
func (p *process) gone(within time.Duration) error {
	deadline := time.Now().Add(within)
	for time.Now().Before(deadline) {
		l, err := net.Listen("tcp", p.address)
		if err == nil {
			return l.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("rehearse: the engine on %s does not stop", p.address)
}

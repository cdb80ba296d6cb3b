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
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"

	"duban/internal/door"
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
	pid     atomic.Int64
	ended   chan error // has one error when cmd ended
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

// start runs the engine and waits until it answers, however slow the machine, or
// has ended.
func (p *process) start(ctx context.Context) error {
	p.cmd = p.spawn(ctx, p.dir, p.port)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("rehearse: start the engine: %w", err)
	}
	p.pid.Store(int64(p.cmd.Process.Pid))
	p.ended = make(chan error, 1)
	go func(cmd *exec.Cmd, ended chan<- error) { ended <- cmd.Wait() }(p.cmd, p.ended)
	for said := time.Now(); ; {
		try, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := p.answers(try)
		cancel()
		if err == nil {
			return nil
		}
		if err := p.gone(); err != nil {
			return err
		}
		if !pause(ctx, 50*time.Millisecond) {
			return ctx.Err()
		}
		if time.Since(said) > 10*time.Second {
			said = time.Now()
			p.log.Info("Waiting for the engine to answer", "address", p.address, "error", err)
		}
	}
}

// options are a client's for the engine that runs on the folder, also after it was killed and started again.
func (p *process) options() client.Options {
	o := door.Options(p.dir)
	o.Logger = quiet{}
	return o
}

func (p *process) answers(ctx context.Context) error {
	if _, err := door.Wait(ctx, p.dir); err != nil {
		return err
	}
	c, err := client.DialContext(ctx, p.options())
	if err != nil {
		return err
	}
	c.Close()
	return nil
}

// gone is ErrEngineDead when the process ended by itself.
func (p *process) gone() error {
	select {
	case err := <-p.ended:
		p.ended <- err // for the next who asks
		return fmt.Errorf("%w: it ended by itself (%v): see %s", ErrEngineDead, err, p.out.Name())
	default:
		return nil
	}
}

func pause(ctx context.Context, t time.Duration) bool {
	select {
	case <-time.After(t):
		return true
	case <-ctx.Done():
		return false
	}
}

// kill is kill -9: nothing in the process gets a chance to tidy up.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.ended
	return nil
}

// stop asks the engine to stop, and kills it if it does not within a minute.
func (p *process) stop() error {
	defer p.out.Close()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(time.Minute):
		return p.kill()
	}
}

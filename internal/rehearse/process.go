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
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"

	"duban/internal/door"
	"duban/internal/settings"
)

// Engine says what kind of engine process a rehearsal wants.
type Engine struct {
	Dir  string // folder of the Temporal server's store, the ledger and the outbox
	Port int    // of the Temporal server, on the loopback address
	Join bool   // whether the process is only a second worker for the engine that runs on Dir
	Mail string // host:port of a mail server without TLS; "": messages go to the outbox
	// Statements is the path of a file. While the file exists, the process lets
	// statements on the ledger fail or hang as the file says. See ledger.Trouble.
	Statements string
}

// Settings gives cfg with the ledger, the Temporal server and the outbox in the folder
// Dir and mail as Mail says, so that the process touches nothing else that cfg names. The
// error is about a Mail that is not host:port.
func (e Engine) Settings(cfg settings.Config) (settings.Config, error) {
	cfg.Dir, cfg.Outbox, cfg.TemporalPort, cfg.UI = e.Dir, filepath.Join(e.Dir, "outbox"), e.Port, false
	cfg.DatabaseURL, cfg.TemporalAddress, cfg.TemporalFile, cfg.TemporalProfile, cfg.Metrics = "", "", "", "", ""
	if cfg.SMTP = cfg.SMTP.Off(); e.Mail == "" {
		return cfg, nil
	}
	server, port, err := net.SplitHostPort(e.Mail)
	if err == nil {
		cfg.SMTP.Host, cfg.SMTP.TLS = server, "none"
		cfg.SMTP.Port, err = strconv.Atoi(port)
	}
	return cfg, err
}

// Args are the arguments with which the command line of duban becomes this engine process.
func (e Engine) Args() []string {
	return []string{"engine", "--dir", e.Dir, "--port", strconv.Itoa(e.Port), "--join=" + strconv.FormatBool(e.Join), "--mail", e.Mail, "--statements", e.Statements}
}

// Spawn makes the command of an engine process, and does not start it.
type Spawn func(Engine) *exec.Cmd

// process is an engine's operating system process. It can be killed and started again.
type process struct {
	spawn  Spawn
	engine Engine
	out    *os.File
	pid    atomic.Int64
	log    *slog.Logger

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan error // holds the one result of cmd.Wait when cmd has ended
	down  bool       // the rehearsal ended the process, or has not begun it
}

func newProcess(spawn Spawn, e Engine, log *slog.Logger) (*process, error) {
	if err := os.MkdirAll(e.Dir, 0o750); err != nil {
		return nil, err
	}
	if e.Port == 0 {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		e.Port = port
	}
	out, err := os.OpenFile(filepath.Join(e.Dir, "engine.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, err
	}
	return &process{spawn: spawn, engine: e, out: out, log: log, down: true}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// dial gives a client of the engine that runs on the folder, also after it was
// killed and started again.
func (p *process) dial() (client.Client, error) {
	o := door.Options(p.engine.Dir)
	o.Logger = quiet{}
	return client.NewLazyClient(o)
}

// run begins the process and does not wait for it.
func (p *process) run() error {
	cmd := p.spawn(p.engine)
	cmd.Stdout, cmd.Stderr = p.out, p.out
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("rehearse: start the engine: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	p.cmd, p.ended, p.down = cmd, ended, false
	p.pid.Store(int64(cmd.Process.Pid))
	return nil
}

// start runs the engine and waits until it answers, however slow the machine, or
// has ended. With an error, also where ctx ended first, no process is left.
func (p *process) start(ctx context.Context) (err error) {
	if err := p.run(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.kill())
		}
	}()
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
			p.log.Info("Waiting for the engine to answer", "folder", p.engine.Dir, "error", err)
		}
	}
}

func (p *process) answers(ctx context.Context) error {
	if _, err := door.Wait(ctx, p.engine.Dir); err != nil {
		return err
	}
	c, err := p.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

// gone wraps ErrEngineDead when the process ended by itself, and is nil otherwise.
func (p *process) gone() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return nil
	}
	select {
	case err := <-p.ended:
		p.ended <- err // for the next who asks
		return fmt.Errorf("%w: it ended by itself (%v): see %s", ErrEngineDead, err, p.out.Name())
	default:
		return nil
	}
}

// pause waits for t of real time; false: ctx ended first.
func pause(ctx context.Context, t time.Duration) bool {
	select {
	case <-time.After(t):
		return true
	case <-ctx.Done():
		return false
	}
}

// end sends a signal that is to end the process; ended gives the process's result when
// it has ended.
func (p *process) end(with os.Signal) (ended chan error, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	if err := p.cmd.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return nil, err
	}
	return p.ended, nil
}

func (p *process) signal(s os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Signal(s)
}

// kill is kill -9: nothing in the process gets a chance to tidy up.
func (p *process) kill() error {
	ended, err := p.end(os.Kill)
	if err == nil {
		ended <- <-ended
	}
	return err
}

// stop asks the engine to stop, and kills it if it does not within a minute.
func (p *process) stop() error {
	ended, err := p.end(os.Interrupt)
	if err != nil {
		return err
	}
	select {
	case err := <-ended:
		ended <- err
		return nil
	case <-time.After(time.Minute):
		return p.kill()
	}
}

package main

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

// process is a starter of its own, with what it has said so far.
type process struct {
	*exec.Cmd
	t    *testing.T
	mu   sync.Mutex
	said bytes.Buffer
	done chan error
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// runs starts the program, with these variables of ours and no others.
func runs(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	return prints(t, nil, env, args...)
}

// prints is runs with another place for what is printed; nil: where all goes.
func prints(t *testing.T, to *os.File, env []string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command("starter", args...), t: t, done: make(chan error, 1)}
	p.Env = append(p.Environ(), env...)
	p.Stdout, p.Stderr = p, p
	if to != nil {
		p.Stdout = to
	}
	require.NoError(t, p.Start())
	go func() { p.done <- p.Wait() }()
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

func (p *process) says(text string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return strings.Contains(p.text(), text) }, hang, 20*time.Millisecond, "%q is never said:\n%s", text, p.text())
}

// hang is when a process is said to hang: what it may take by its own limits is 30
// seconds at the most, and a busy machine takes much more.
const hang = 10 * time.Minute

// ends waits for the end and gives the exit status.
func (p *process) ends() int {
	p.t.Helper()
	select {
	case <-p.done:
		return p.ProcessState.ExitCode()
	case <-time.After(hang):
		p.t.Fatalf("it does not end within %s:\n%s", hang, p.text())
		return -1
	}
}

// gate is a TCP address before a PostgreSQL: shut until it is opened, and then
// open or, while it is held, silent.
type gate struct {
	t      *testing.T
	at     string
	socket string
	path   string
	taken  atomic.Int64 // connections
	frozen sync.RWMutex // while it is locked nothing goes through, and the connections stay open
}

func (g *gate) pass(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		g.frozen.RLock()
		if err == nil {
			_, err = to.Write(buffer[:n])
		}
		g.frozen.RUnlock()
		if err != nil {
			return
		}
	}
}

func newGate(t *testing.T) *gate {
	database := ledgertest.Postgres(t)
	u, err := url.Parse(database)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	store, err := ledger.Open(t.Context(), database)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	return &gate{t: t, at: l.Addr().String(), socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"), path: u.Path}
}

func (g *gate) url() string {
	return "postgres://duban:s3cret-word@" + g.at + g.path + "?sslmode=disable"
}

// open forwards; with silent it takes connections and says nothing.
func (g *gate) open(silent bool) (shut func()) {
	l, err := net.Listen("tcp", g.at)
	require.NoError(g.t, err)
	g.t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			g.t.Cleanup(func() { c.Close() })
			g.taken.Add(1)
			if silent {
				continue
			}
			to, err := net.Dial("unix", g.socket)
			if err != nil {
				c.Close()
				continue
			}
			go g.pass(to, c)
			go g.pass(c, to)
		}
	}()
	return func() { l.Close() }
}

// TestASecondSignalEndsAtOnce: a command that hears nothing, because nobody reads
// what it prints, is left behind after a signal, and at a second one the process is
// gone.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	deaf := func() *process {
		read, write, err := os.Pipe()
		require.NoError(t, err)
		t.Cleanup(func() { read.Close() })
		p := prints(t, write, []string{"DUBAN_DIR=" + t.TempDir()}, "plan", "preview", "../seeds/jincheng-2021-water/plan.yaml", "-o", "json")
		require.NoError(t, write.Close())   // the program alone holds it
		_, err = read.Read(make([]byte, 1)) // it prints, far more than a pipe holds
		require.NoError(t, err, p.text())
		require.NoError(t, p.Process.Signal(syscall.SIGTERM))
		return p
	}
	once, twice := deaf(), deaf()
	go func() {
		for t.Context().Err() == nil && twice.Process.Signal(syscall.SIGTERM) == nil { // two that come together count as one
			time.Sleep(10 * time.Millisecond)
		}
	}()
	require.Equal(t, 128+int(syscall.SIGTERM), twice.ends())
	require.Equal(t, 1, once.ends())
	require.Contains(t, once.text(), "已中断")
}

// TestAPersonWaitsTwentySeconds: a database that takes the connection and is
// silent is named, with the reason, and a signal ends the waiting.
func TestAPersonWaitsTwentySeconds(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.open(true)
	env := []string{"DATABASE_URL=" + g.url(), "DUBAN_DIR=" + t.TempDir()}
	launch := runs(t, env, "plan", "launch", "../seeds/jincheng-2021-water/plan.yaml")
	require.Eventually(t, func() bool { return g.taken.Load() > 0 }, hang, 20*time.Millisecond, "it waits for an answer")
	list := runs(t, env, "task", "list")
	require.NoError(t, launch.Process.Signal(os.Interrupt))
	require.Equal(t, 1, launch.ends())
	require.Contains(t, launch.text(), "已中断")
	require.Equal(t, 1, list.ends())
	require.Contains(t, list.text(), "接通了却一直不回答")
	require.NotContains(t, list.text(), "s3cret")
}

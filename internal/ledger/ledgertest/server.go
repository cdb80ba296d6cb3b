package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a PostgreSQL server of a test's own, to be killed and started again.
type Server struct {
	// Address is that of an empty database in the server, Log the path of the server's log.
	Address, Log string

	bin, dir string
	as       *syscall.SysProcAttr
	tie      io.Closer
	ended    chan struct{}
}

// tied is the script that keeps the server: it stops the server when the script's
// standard input ends, and leaves the folder.
const tied = `exec 3<&0; bin=$1 dir=$2; shift 2
"$bin/postgres" -D "$dir/data" -k "$dir" "$@" </dev/null >>"$dir/log" 2>&1 & server=$!
{ cat <&3 >/dev/null; kill -QUIT $server; } 2>/dev/null & wait $server`

// Own makes and starts a server of the test's own from the installed binaries.
func Own(t testing.TB) *Server {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "duban-pg-")
	if err != nil {
		t.Fatal(err)
	}
	as, err := unprivileged(dir)
	if err != nil {
		t.Fatal(err)
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "duban", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s := &Server{Log: filepath.Join(dir, "log"), bin: bin, dir: dir, as: as}
	t.Cleanup(func() {
		if s.tie != nil {
			s.tie.Close()
			<-s.ended
		}
		os.RemoveAll(dir)
	})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(s.maintenance(), `CREATE DATABASE duban`); err != nil {
		t.Fatal(err)
	}
	s.Address = strings.Replace(s.maintenance(), "/postgres?", "/duban?", 1)
	return s
}

func (s *Server) maintenance() string {
	return "postgres://duban@/postgres?sslmode=disable&host=" + url.QueryEscape(s.dir)
}

// Start starts the server and waits until it answers. What a killed one has left
// may keep it from starting for a moment: it is tried again.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		cmd := exec.Command("/bin/sh", "-c", tied, "keeper", s.bin, s.dir, "-c", "listen_addresses=", "-c", "max_connections=200", "-c", "fsync=off", "-c", "full_page_writes=off")
		cmd.Dir, cmd.SysProcAttr = s.dir, s.as
		tie, err := cmd.StdinPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		s.tie, s.ended = tie, ended
		answers := make(chan error, 1)
		go func() { answers <- ready(s.maintenance(), s.Log) }()
		select {
		case err := <-answers:
			return err
		case <-ended:
			tie.Close()
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			out, _ := os.ReadFile(s.Log)
			return fmt.Errorf("PostgreSQL does not start: %s", out)
		}
	}
}

// Kill is kill -9 of the server: its other processes see it and end.
func (s *Server) Kill() error {
	raw, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	s.tie.Close()
	<-s.ended
	return nil
}

//go:build !noembed

package main

import (
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAServiceWaitsForItsDatabase: refused, then silent, then answering. It says
// so to its log and to systemd, starts when it can, shows no password, and ends
// cleanly whenever it is told to.
func TestAServiceWaitsForItsDatabase(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	socket := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	require.NoError(t, err)
	defer systemd.Close()
	env := []string{"DATABASE_URL=" + g.url(), "DUBAN_DIR=" + t.TempDir(), "DUBAN_TEMPORAL_PORT=0", "DUBAN_UI_PORT=0"}

	early := runs(t, env, "up")
	early.says("Waiting for ledger")
	require.NoError(t, early.Process.Signal(syscall.SIGTERM))
	require.Zero(t, early.ends(), "a stop before it is ready is a stop: %s", early.text())
	require.Contains(t, early.text(), "已停止")

	up := runs(t, append(env, "NOTIFY_SOCKET="+socket), "up")
	up.says("connection refused")
	shut := g.open(true)
	up.says("no answer")
	shut()
	g.open(false)
	up.says("引擎已就绪")
	require.NoError(t, up.Process.Signal(syscall.SIGTERM))
	require.Zero(t, up.ends(), up.text())
	require.NotContains(t, up.text(), "s3cret")

	var told []string
	for buffer := make([]byte, 4096); len(told) == 0 || told[len(told)-1] != "STOPPING=1"; {
		require.NoError(t, systemd.SetReadDeadline(time.Now().Add(hang)))
		n, err := systemd.Read(buffer)
		require.NoError(t, err, "%v", told)
		told = append(told, string(buffer[:n]))
	}
	require.Contains(t, told[0], "STATUS=waiting: ledger")
	require.Contains(t, told, "READY=1\nSTATUS=working")
	require.NotContains(t, strings.Join(told, "\n"), "s3cret")
}

// TestAStopEndsThoughTheDatabaseIsSilent: connections that are open and say
// nothing hold a stop for no longer than a stop may take.
func TestAStopEndsThoughTheDatabaseIsSilent(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.open(false)
	up := runs(t, []string{"DATABASE_URL=" + g.url(), "DUBAN_DIR=" + t.TempDir(), "DUBAN_TEMPORAL_PORT=0", "DUBAN_UI_PORT=0"}, "up", "../seeds/jincheng-2021-water/plan.yaml")
	up.says("引擎已就绪")
	g.frozen.Lock() // in the middle of a launch
	defer g.frozen.Unlock()
	require.NoError(t, up.Process.Signal(syscall.SIGTERM))
	up.ends()
}

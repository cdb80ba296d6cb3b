//go:build unix

package door_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"duban/internal/door"
)

func keys(t *testing.T) *door.Keys {
	t.Helper()
	k, err := door.NewKeys()
	require.NoError(t, err)
	return k
}

// engine is a port that answers to the holders of k only, as an engine's does.
func engine(t *testing.T, k *door.Keys) (address string) {
	t.Helper()
	config, err := k.Server()
	require.NoError(t, err)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = c.(*tls.Conn).Handshake(); c.Close() }()
		}
	}()
	return l.Addr().String()
}

func take(t *testing.T, dir string) *door.Lock {
	t.Helper()
	l, err := door.Take(dir)
	require.NoError(t, err)
	t.Cleanup(l.Release)
	return l
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// A lock that nobody refers to is held on: a file that was left so after it is
// collected as garbage and closed meanwhile.
func TestALockOutlivesWhoeverRefersToIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := door.Take(dir)
	require.NoError(t, err)
	end, _, err := os.Pipe() // its other end is the file that is left
	require.NoError(t, err)
	t.Cleanup(func() { end.Close() })
	closed := make(chan error, 1)
	go func() {
		_, err := end.Read(make([]byte, 1))
		closed <- err
	}()
	require.Eventually(t, func() bool { runtime.GC(); return len(closed) == 1 }, 5*time.Minute, 10*time.Millisecond)
	require.ErrorIs(t, <-closed, io.EOF)
	_, err = door.Find(dir)
	require.ErrorIs(t, err, door.ErrStarting)
}

func TestADoorIsThereForAsLongAsItsEngine(t *testing.T) {
	t.Parallel()
	dir, k := t.TempDir(), keys(t)
	_, err := door.Find(dir)
	require.ErrorIs(t, err, door.ErrNoEngine, "an empty folder")

	l := take(t, dir)
	_, err = door.Find(dir)
	require.ErrorIs(t, err, door.ErrStarting)
	require.NoError(t, l.Open(door.Door{Address: engine(t, k), Ledger: "abc", Keys: k}))
	info, err := os.Stat(filepath.Join(dir, "engine.json"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	d, err := door.Wait(t.Context(), dir)
	require.NoError(t, err)
	require.Equal(t, "abc", d.Ledger)
	require.Equal(t, os.Getpid(), d.PID)

	// What is in the file is a caller's: whoever reads it cannot be taken for the engine.
	_, err = d.Keys.Server()
	require.Error(t, err)

	l.Release()
	_, err = door.Find(dir)
	require.ErrorIs(t, err, door.ErrNoEngine)
	left, err := filepath.Glob(filepath.Join(dir, "*.json*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// A file that a killed engine left leads nowhere, whoever has the port now, and
// the next engine of the folder removes it before anything else.
func TestAStaleDoor(t *testing.T) {
	t.Parallel()
	dir, k := t.TempDir(), keys(t)
	stale := door.Door{Address: engine(t, keys(t)), PID: 1, Keys: k} // another engine is at its port
	raw, err := json.Marshal(stale)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "engine.json"), raw, 0o600))
	_, err = door.Find(dir)
	require.ErrorIs(t, err, door.ErrNoEngine)

	take(t, dir)
	_, err = door.Find(dir)
	require.ErrorIs(t, err, door.ErrStarting)
}

// Another engine, a program that speaks no TLS, one that says nothing and one
// that is not there are all told from the folder's own engine.
func TestWhoeverHasThePort(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	require.NoError(t, err)
	t.Cleanup(func() { silent.Close() })
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { plain.Close() })
	go func() {
		for {
			c, err := plain.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 mail.example ready\r\n"))
			c.Close()
		}
	}()
	dying, err := net.Listen("tcp", "127.0.0.1:0") // hangs up on everybody
	require.NoError(t, err)
	t.Cleanup(func() { dying.Close() })
	go func() {
		for {
			c, err := dying.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	gone.Close()
	for name, c := range map[string]struct {
		address string
		want    error
	}{
		"another engine":  {engine(t, keys(t)), door.ErrStranger},
		"another program": {plain.Addr().String(), door.ErrStranger},
		"silence":         {silent.Addr().String(), door.ErrFrozen},
		"one that dies":   {dying.Addr().String(), door.ErrStarting},
		"nobody":          {gone.Addr().String(), door.ErrStarting},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, take(t, dir).Open(door.Door{Address: c.address, Keys: keys(t)}))
			require.Eventually(t, func() bool { // a busy machine may not come to an answer at once
				_, err := door.Wait(soon(t), dir)
				return errors.Is(err, c.want)
			}, 5*time.Minute, 10*time.Millisecond)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			options := door.Options(dir)
			options.ConnectionOptions.GetSystemInfoTimeout = time.Minute
			options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
			_, err := client.DialContext(ctx, options)
			require.ErrorContains(t, err, c.want.Error(), "a client says the same")
		})
	}
}

// A copy of a folder, made while its engine runs, has no engine.
func TestACopiedDoor(t *testing.T) {
	t.Parallel()
	dir, k := t.TempDir(), keys(t)
	require.NoError(t, take(t, dir).Open(door.Door{Address: engine(t, k), Keys: k}))
	twin := filepath.Join(t.TempDir(), "twin")
	require.NoError(t, os.CopyFS(twin, os.DirFS(dir)))
	_, err := door.Find(twin)
	require.ErrorIs(t, err, door.ErrNoEngine)
	require.NoError(t, os.Rename(dir, dir+" moved"))
	_, err = door.Wait(t.Context(), dir+" moved")
	require.NoError(t, err, "a folder that was moved still has its engine")
}

// Commands that look whether a folder is held do not keep an engine out of it,
// and one engine keeps the other out.
func TestLookingKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	take(t, dir).Release()
	stop := make(chan struct{})
	var looking sync.WaitGroup
	for range 4 {
		looking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = door.Find(dir)
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
	for range 20 {
		l, err := door.Take(dir)
		require.NoError(t, err)
		_, err = door.Find(dir)
		require.ErrorIs(t, err, door.ErrStarting)
		l.Release()
	}
	close(stop)
	looking.Wait()
	take(t, dir)
	_, err := door.Take(dir)
	require.ErrorIs(t, err, door.ErrInUse)
}

// TestAFolderThatIsLetGoIsHad: who held the folder ends while another waits for it, which takes
// longer where the machine is busy.
func TestAFolderThatIsLetGoIsHad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before, err := door.Take(dir)
	require.NoError(t, err)
	time.AfterFunc(1500*time.Millisecond, before.Release)
	now, err := door.Take(dir)
	require.NoError(t, err)
	now.Release()
}

//go:build !noembed

package embedded_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/embedded"
	"duban/internal/sqlitefile"
)

// heard is a log that can be read while it is written.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

// A start that another program holds up, as a backup does that locks the file, is waited for and says what for. Told to
// stop meanwhile, it stops; when the file is free again, it goes on by itself.
func TestAStartThatIsHeldUp(t *testing.T) {
	defer embedded.Hurry(200 * time.Millisecond)()
	dir := t.TempDir()
	s, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Logger: quiet()})
	require.NoError(t, err)
	s.Stop()
	db, err := sql.Open("sqlite", sqlitefile.URI(filepath.Join(dir, "temporal.db")))
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), `BEGIN EXCLUSIVE`)
	require.NoError(t, err)

	var log heard
	o := embedded.Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	tried := func() int { return strings.Count(log.String(), "database is locked") }
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() {
		_, err := embedded.Start(ctx, o)
		stopped <- err
	}()
	require.Eventually(t, func() bool {
		return strings.Count(log.String(), "Still waiting for the embedded engine to start") > 1 && tried() > 0
	}, 5*time.Minute, 10*time.Millisecond)
	stop()
	require.ErrorIs(t, <-stopped, context.Canceled)
	before := tried()

	started := make(chan error, 1)
	go func() {
		s, err := embedded.Start(t.Context(), o)
		if err == nil {
			s.Stop()
		}
		started <- err
	}()
	require.Eventually(t, func() bool { return tried() > before }, 5*time.Minute, 10*time.Millisecond)
	_, err = db.ExecContext(t.Context(), `ROLLBACK`)
	require.NoError(t, err)
	require.NoError(t, <-started)
	require.NotContains(t, log.String(), "panic")
}

// A start that is broken off at whatever moment, in a new folder and in one that has an engine's file, gives the folder
// free, leaves it whole, and leaves no write-ahead log beside the file.
func TestAStartIsBrokenOffAtAnyMoment(t *testing.T) {
	t.Parallel()
	used, fresh := t.TempDir(), t.TempDir()
	begun := time.Now()
	s, err := embedded.Start(t.Context(), embedded.Options{Dir: used, UI: true, Logger: quiet()})
	require.NoError(t, err)
	whole := time.Since(begun)
	s.Stop()
	const tries = 20
	for i := range tries {
		dir := []string{used, filepath.Join(fresh, fmt.Sprint(i))}[i%2]
		ctx, cancel := context.WithTimeout(t.Context(), whole*time.Duration(i)/tries)
		s, err := embedded.Start(ctx, embedded.Options{Dir: dir, UI: true, Logger: quiet()})
		cancel()
		if err == nil {
			s.Stop()
		} else {
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		require.Eventually(t, func() bool {
			beside, err := filepath.Glob(filepath.Join(dir, "temporal.db-*"))
			return err == nil && len(beside) == 0
		}, 5*time.Minute, 50*time.Millisecond, "try %d in %s", i, dir)
	}
}

//go:build !noembed

package embedded_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/embedded"
)

// A start that is broken off, at whatever it is, leaves no write-ahead log beside
// the file, and the folder free.
func TestAStartThatIsBrokenOffLeavesNoLog(t *testing.T) {
	dir := t.TempDir()
	for _, after := range []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1500 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		s, err := embedded.Start(ctx, embedded.Options{Dir: dir, Relaxed: true, Logger: slog.New(slog.DiscardHandler)})
		cancel()
		if err == nil {
			s.Stop()
		}
		require.Eventually(t, func() bool {
			beside, err := filepath.Glob(filepath.Join(dir, "temporal.db-*"))
			return err == nil && len(beside) == 0
		}, time.Minute, 50*time.Millisecond, "after %s", after)
	}
}

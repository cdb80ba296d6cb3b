package host

import (
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/settings"
	"duban/internal/words"
)

// The lines of Checkup have no password in them, even when an error has quoted one.
func TestACheckupTellsNoPassword(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	now := time.Now()
	require.NoError(t, store.PutWait(t.Context(), ledger.Wait{Workflow: "task/p/a", What: "stage due", Plan: "p", Thing: "a", Since: now, TriedAt: now, Rounds: 1,
		Error: "dial postgres://duban:geheim-1@db/x: smtp said: geheim-2-lang is wrong"}))
	cfg := settings.Config{Dir: dir, Outbox: filepath.Join(dir, "outbox")}
	cfg.SMTP.Password = "geheim-2-lang"
	h := &Host{Ledger: store}
	lines, _, err := h.Checkup(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))(t.Context(), query.Operator(), words.New("zh"))
	require.NoError(t, err)
	text := strings.Join(lines, "\n")
	require.Contains(t, text, "smtp said")
	require.NotContains(t, text, "geheim")
}

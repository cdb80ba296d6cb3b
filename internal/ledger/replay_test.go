package ledger_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"duban/internal/ledger"
)

// Making the tables again leaves nothing on the disk, however it ends, and says when
// there is no folder for it.
func TestAReplayCleansUp(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	store, _ := open(t, sqliteFile(t))
	must(t, record(t.Context(), store, "one"))
	empty := func(after string) {
		t.Helper()
		left, err := os.ReadDir(temp)
		must(t, err)
		if len(left) > 0 {
			t.Errorf("after %s %s is left", after, left[0].Name())
		}
	}
	p, err := store.Prove(t.Context(), ledger.Check{Full: true})
	if err != nil || p.Seq != 1 || p.Found != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	empty("a proof")
	always := func(*time.Location) time.Time { return time.Now().AddDate(100, 0, 0) }
	was, err := store.AsOf(t.Context(), always)
	must(t, err)
	must(t, was.Close())
	empty("a look back")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Prove(gone, ledger.Check{Full: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("a proof that was called off: %v", err)
	}
	if _, err := store.AsOf(gone, always); !errors.Is(err, context.Canceled) {
		t.Errorf("a look back that was called off: %v", err)
	}
	empty("what was called off")
	t.Setenv("TMPDIR", filepath.Join(temp, "none"))
	if _, err := store.Prove(t.Context(), ledger.Check{Full: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder for it: %v", err)
	}
}

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

func pathOf(address string) string { return strings.TrimPrefix(address, "sqlite:") }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// later asserts that reads and writes fail now and are Later, never "not there".
func later(t *testing.T, s *ledger.Store, want error) {
	t.Helper()
	for what, call := range map[string]func(context.Context) error{
		"a write": func(ctx context.Context) error { return record(ctx, s, "meanwhile") },
		"a read":  func(ctx context.Context) error { _, err := s.Plan(ctx, "nobody"); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		err := call(ctx)
		cancel()
		if !errors.Is(err, want) || !ledger.Later(err) || errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Verify(t.Context()); !errors.Is(err, want) {
		t.Errorf("verify: %v", err)
	}
}

// TestReplacedFile: while the ledger's path leads elsewhere nothing is written,
// neither there nor into the file that has lost its path, and no read says ErrNotFound.
// When the file is back, reads and writes succeed again.
func TestReplacedFile(t *testing.T) {
	t.Parallel()
	address := sqliteFile(t)
	path := pathOf(address)
	s, _ := open(t, address)
	well(t, s, "before")
	for name, put := range map[string]func() error{
		"nothing":       func() error { return nil },
		"an empty file": func() error { return os.WriteFile(path, nil, 0o600) },
		"another file":  func() error { return os.WriteFile(path, []byte("# not a ledger\n"), 0o600) },
		"a folder":      func() error { return os.Mkdir(path, 0o700) },
	} {
		must(t, os.Rename(path, path+".away"))
		must(t, put())
		was, _ := os.ReadFile(path)
		later(t, s, ledger.ErrReplaced)
		for _, o := range []ledger.Options{{ReadOnly: true}, {}, {Migrate: true}} {
			want := ledger.ErrForeign
			if name == "nothing" || name == "an empty file" {
				want = ledger.ErrNoLedger
			}
			if _, err := ledger.OpenWith(t.Context(), address, o); !errors.Is(err, want) {
				t.Errorf("%s: opened with %+v: %v", name, o, err)
			}
		}
		if is, _ := os.ReadFile(path); string(is) != string(was) {
			t.Errorf("%s: %d bytes are %d", name, len(was), len(is))
		}
		must(t, os.RemoveAll(path))
		must(t, os.Rename(path+".away", path))
		well(t, s, "after "+name)
	}
}

// TestFileMovedUnderWrites moves the file away and back under writers; every event whose
// write succeeded is in the ledger afterwards.
func TestFileMovedUnderWrites(t *testing.T) {
	t.Parallel()
	address := sqliteFile(t)
	path := pathOf(address)
	s, _ := open(t, address)
	var kept sync.Map
	var n atomic.Int64
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				key := fmt.Sprintf("k%d", n.Add(1))
				err := record(t.Context(), s, key)
				if err == nil {
					kept.Store(key, true)
				} else if !ledger.Later(err) {
					t.Errorf("a write: %v", err)
				}
			}
		})
	}
	for range 15 {
		at := n.Load()
		until(t, "writers write", func() bool { return n.Load() > at+8 })
		must(t, os.Rename(path, path+".away"))
		must(t, os.WriteFile(path, nil, 0o600))
		must(t, os.Remove(path))
		must(t, os.Rename(path+".away", path))
	}
	close(stop)
	writers.Wait()
	must(t, s.Close())
	again, _ := open(t, address)
	events, err := again.Events(t.Context(), ledger.EventFilter{})
	must(t, err)
	there := map[string]bool{}
	for _, e := range events {
		there[e.Key] = true
	}
	kept.Range(func(key, _ any) bool {
		if !there[key.(string)] {
			t.Errorf("said to be kept, and gone: %s", key)
		}
		return true
	})
	if _, err := again.Verify(t.Context()); err != nil {
		t.Errorf("verify: %v", err)
	}
}

// TestReplacedDatabase: another database is at the address on PostgreSQL.
func TestReplacedDatabase(t *testing.T) {
	t.Parallel()
	address, empty := ledgertest.Postgres(t), ledgertest.Postgres(t)
	proxy, through := ledgertest.NewProxy(t, address)
	s, _ := open(t, through)
	well(t, s, "before")
	elsewhere, _ := open(t, ledgertest.Postgres(t))
	well(t, elsewhere, "other")

	db, err := sqlx.Open("postgres", address)
	must(t, err)
	defer db.Close()
	// What a wrong address, a wrong fail-over or an empty restore shows.
	for name, swap := range map[string]string{"empty": `ALTER TABLE identity RENAME TO identity_away`, "another": `UPDATE identity SET id = reverse(id)`} {
		_, err = db.Exec(swap)
		must(t, err)
		proxy.Cut()
		later(t, s, ledger.ErrReplaced)
		_, err = db.Exec(map[string]string{"empty": `ALTER TABLE identity_away RENAME TO identity`, "another": swap}[name])
		must(t, err)
		well(t, s, "after "+name)
	}
	if _, err := ledger.OpenWith(t.Context(), empty, ledger.Options{ReadOnly: true}); !errors.Is(err, ledger.ErrNoLedger) {
		t.Errorf("an empty database for reading: %v", err)
	}
}

// TestCloseLeavesNoLog: after a stop the file alone is the ledger.
func TestCloseLeavesNoLog(t *testing.T) {
	t.Parallel()
	address := sqliteFile(t)
	s, _ := open(t, address)
	for i := range 50 {
		must(t, record(t.Context(), s, fmt.Sprint(i)))
	}
	_, err := count(t.Context(), s)
	must(t, err)
	second, _ := open(t, address) // another process still has it
	must(t, record(t.Context(), second, "second"))
	must(t, s.Close())
	if info, err := os.Stat(pathOf(address) + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("beside another process: %v %v", info, err)
	}
	must(t, record(t.Context(), second, "more"))
	must(t, second.Close())
	reading, err := ledger.OpenWith(t.Context(), address, ledger.Options{ReadOnly: true})
	must(t, err)
	n, err := count(t.Context(), reading)
	if n != 52 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	must(t, reading.Close())
	left, err := filepath.Glob(pathOf(address) + "-*")
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestDamagedFile: a file that was overwritten or cut short is ErrDamaged, and no read of
// it says ErrNotFound.
func TestDamagedFile(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*testing.T, *os.File, int64){
		"overwritten": func(t *testing.T, f *os.File, size int64) {
			for at := int64(4096); at < size; at += 4096 {
				_, err := f.WriteAt([]byte(strings.Repeat("duban", 800)), at)
				must(t, err)
			}
		},
		"cut short": func(t *testing.T, f *os.File, size int64) { must(t, f.Truncate(8192)) },
		"emptied":   func(t *testing.T, f *os.File, size int64) { must(t, f.Truncate(0)) },
	} {
		for _, running := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/running=%t", name, running), func(t *testing.T) {
				t.Parallel()
				address := sqliteFile(t)
				s, _ := open(t, address)
				for i := range 100 {
					must(t, record(t.Context(), s, fmt.Sprint(i)))
				}
				must(t, s.Close())
				if running {
					s, _ = open(t, address)
				}
				f, err := os.OpenFile(pathOf(address), os.O_RDWR, 0)
				must(t, err)
				info, err := f.Stat()
				must(t, err)
				damage(t, f, info.Size())
				must(t, f.Close())
				if !running {
					opened, err := ledger.OpenWith(t.Context(), address, ledger.Options{Migrate: true, Limits: brief})
					if err != nil {
						if !errors.Is(err, ledger.ErrDamaged) && !errors.Is(err, ledger.ErrNoLedger) {
							t.Errorf("open: %v", err)
						}
						return
					}
					s = opened
					t.Cleanup(func() { s.Close() })
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if _, err := s.Plan(ctx, "nobody"); errors.Is(err, ledger.ErrNotFound) || err == nil {
					t.Errorf("a read: %v", err)
				}
				if n, err := s.Verify(t.Context()); !errors.Is(err, ledger.ErrDamaged) {
					t.Errorf("verify: %d events, %v", n, err)
				}
			})
		}
	}
}

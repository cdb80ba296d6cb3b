package ledgertest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"duban/internal/ledger"
)

// rapidOrTest is what a check inside and outside a property shares.
type rapidOrTest interface {
	Fatalf(format string, args ...any)
	Context() context.Context
}

func ctxOf(t rapidOrTest) context.Context { return t.Context() }

func failsAlone(t *testing.T, address string) {
	w := newWorld(t, address, 40)
	var g errgroup.Group
	for i := range 40 {
		g.Go(func() error {
			_, _, err := Decide(w.ctx, w.Store, decision(fmt.Sprintf("t%d", i), dueStage, "mail"), evening)
			return err
		})
		g.Go(func() error {
			err := Verify(w.ctx, w.Store, "jincheng", fmt.Sprintf("none%d", i), "wang", "", "close", evening)
			if !errors.Is(err, ledger.ErrNotFound) {
				return fmt.Errorf("closing no task: %w", err)
			}
			return nil
		})
	}
	w.ok(g.Wait())
	w.is("events", w.holds(), int64(41))
	w.is("notices", w.states(digestOf(liaison, dueAt, 1).Key), map[ledger.NoticeState]int{ledger.Pending: 40})
}

// severalStores lets three stores, as three processes would, decide the same
// stages, close some of the tasks, gather and record at the same time.
func severalStores(t *testing.T, address string) {
	w := newWorld(t, address, 20)
	var g errgroup.Group
	for _, s := range []*ledger.Store{w.Store, w.open(), w.open()} {
		for i := range 20 {
			id := fmt.Sprintf("t%d", i)
			g.Go(func() error {
				for _, st := range ladder {
					if _, _, err := Decide(w.ctx, s, decision(id, st, "mail"), evening); err != nil && !errors.Is(err, ledger.ErrBehind) {
						return err
					}
				}
				if i%4 == 0 {
					return Verify(w.ctx, s, "jincheng", id, "wang", "", "close-"+id, evening)
				}
				return nil
			})
		}
	}
	w.ok(g.Wait())
	w.is("events", w.holds(), int64(1+3*20+5+5)) // the talks of the closed ones are void
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{})
	w.ok(err)
	w.is("notices", len(notices), 5*20)
	talks, err := w.Talks(w.ctx, "jincheng", "")
	w.ok(err)
	w.is("talks", len(talks), 20)
}

func openAtOnce(t *testing.T, address string) {
	var g errgroup.Group
	ids := make([]string, 6)
	for i := range ids {
		g.Go(func() error {
			s, err := ledger.Open(context.Background(), address)
			if err != nil {
				return err
			}
			ids[i] = s.ID()
			_, err = s.Record(context.Background(), ledger.Event{Key: "once", Kind: "test"})
			return errors.Join(err, s.Close())
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: t.Context(), address: address}
	w.Store = w.open()
	w.is("events", w.holds(), int64(1))
	if id := w.ID(); len(id) != 32 {
		t.Errorf("the ledger's ID is %q", id)
	}
	w.is("every process's ID", ids, slices.Repeat([]string{w.ID()}, len(ids)))
}

// writerVar makes a test binary a writer on the ledger it names: see Main.
const writerVar = "DUBAN_TEST_LEDGER_WRITER"

// Main is what a test package that runs the suite calls from TestMain: the
// suite starts the test binary again as the writer that it kills.
func Main(m *testing.M) int {
	address := os.Getenv(writerVar)
	if address == "" {
		return m.Run()
	}
	fmt.Fprintln(os.Stderr, endless(address))
	return 1
}

// endless writes from four goroutines until it is killed, and prints the key
// of each write that succeeded.
func endless(address string) error {
	s, err := ledger.Open(context.Background(), address)
	if err != nil {
		return err
	}
	var print sync.Mutex
	var g errgroup.Group
	for part := range 4 {
		g.Go(func() error {
			for i := part; ; i += 4 {
				st := dueStage
				st.ID = fmt.Sprintf("n%06d", i)
				d := decision(fmt.Sprintf("t%d", i%10), st, "mail")
				if _, _, err := Decide(context.Background(), s, d, evening); err != nil {
					return err
				}
				print.Lock()
				fmt.Println(d.Key())
				print.Unlock()
			}
		})
	}
	return g.Wait()
}

func killed(t *testing.T, address string) {
	w := newWorld(t, address, 10)
	self, err := os.Executable()
	w.ok(err)
	var kept []string
	for round := range 3 {
		child := exec.Command(self)
		child.Env = append(os.Environ(), writerVar+"="+address)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		w.ok(err)
		w.ok(child.Start())
		kept = append(kept, killAfter(w, child, out, 150+round*37)...)
		n := w.holds()
		if n < int64(len(distinct(kept)))+1 {
			t.Fatalf("%d events, but %d were said to be kept", n, len(distinct(kept)))
		}
	}
	events, err := w.Events(w.ctx, ledger.EventFilter{})
	w.ok(err)
	there := map[string]bool{}
	for _, e := range events {
		there[e.Key] = true
	}
	for _, key := range kept {
		if !there[key] {
			t.Errorf("said to be kept, and gone: %s", key)
		}
	}
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{})
	w.ok(err)
	w.is("a notice for each decision", len(notices), len(events)-1)
}

// killAfter reads n lines of the child, kills it and gives all it said.
func killAfter(w *world, child *exec.Cmd, out io.Reader, n int) (lines []string) {
	w.t.Helper()
	in := bufio.NewScanner(out)
	for in.Scan() {
		lines = append(lines, in.Text())
		if len(lines) == n {
			w.ok(child.Process.Kill())
		}
	}
	if err := child.Wait(); len(lines) < n {
		w.t.Fatalf("the writer ended by itself: %v", err)
	}
	return lines[:len(lines)-1] // the last line may be cut
}

func distinct(keys []string) map[string]bool {
	set := map[string]bool{}
	for _, k := range keys {
		set[k] = true
	}
	return set
}

func shut(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	s := w.open()
	gone, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, _, err := s.DecideStage(gone, decision("t0", dueStage, "mail"), evening); !errors.Is(err, context.Canceled) {
		t.Errorf("a write nobody waits for: %v", err)
	}
	for range 2 {
		w.ok(s.Close())
	}
	if _, _, err := s.DecideStage(w.ctx, decision("t0", dueStage, "mail"), evening); !errors.Is(err, ledger.ErrShut) {
		t.Errorf("a write after Close: %v", err)
	}
	w.holds()
}

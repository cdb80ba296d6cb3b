package query

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
)

// A full memory still gives the answers it has; it is emptied only when a new one comes.
func TestAFullMemoryStillKnows(t *testing.T) {
	t.Parallel()
	var m memory
	first := m.of("0")
	for i := range mostMemos {
		m.of(fmt.Sprint(i))
	}
	require.Same(t, first, m.of("0"))
	m.of("one more")
	require.NotSame(t, first, m.of("0"))
}

// While an answer that takes long is computed again, the old one is given; where there is
// none yet, the error is ErrWorking, and the answer is there later. A failure is given as an
// error, and the next caller has the answer computed again.
func TestWhatTakesLongIsGivenAsItWas(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	r := New(store, Options{Now: time.Now, Patience: time.Millisecond})
	go1 := make(chan struct{})
	ask := func(key string, wait chan struct{}, value int) (int, error) {
		return remembered(t.Context(), r, key, calendar.Day{}, func(context.Context) (int, error) { <-wait; return value, nil })
	}
	eventually := func(key string, value int) {
		require.Eventually(t, func() bool { got, err := ask(key, go1, value); return err == nil && got == value }, 5*time.Minute, time.Millisecond)
	}
	_, err = ask("a", go1, 1)
	require.ErrorIs(t, err, ErrWorking)
	close(go1)
	eventually("a", 1)

	m := r.memory.of("a")
	m.mu.Lock()
	m.head, m.took, m.made = -1, 2*dear, time.Now() // the ledger has a new event since
	m.mu.Unlock()
	go2 := make(chan struct{})
	got, err := ask("a", go2, 2)
	require.NoError(t, err)
	require.Equal(t, 1, got)
	close(go2)
	eventually("a", 2)

	m.mu.Lock()
	m.head, m.took, m.made = -1, 2*dear, time.Now().Add(-2*fresh) // and the answer is older than fresh
	m.mu.Unlock()
	go3 := make(chan struct{})
	_, err = ask("a", go3, 3)
	require.ErrorIs(t, err, ErrWorking)
	close(go3)
	eventually("a", 3)

	m.mu.Lock()
	m.head, m.took, m.made = -1, long+time.Minute, time.Now() // an answer that takes a minute more than long is not computed again for twenty
	tries := m.tries
	m.mu.Unlock()
	got, err = ask("a", go1, 4)
	require.NoError(t, err)
	require.Equal(t, 3, got)
	m.mu.Lock()
	require.Nil(t, m.working)
	require.Equal(t, tries, m.tries)
	m.mu.Unlock()

	r.Patience = 0
	_, err = remembered(t.Context(), r, "b", calendar.Day{}, func(context.Context) (int, error) { panic("x") })
	require.ErrorContains(t, err, "it broke: x")
	eventually("b", 4)
}

// The ledger of a past day is rebuilt for those who wait for it although the first caller has
// gone; a failure is told to all who wait, and the next caller has it tried again.
func TestAPastDayIsRebuiltThoughWhoAskedFirstHasGone(t *testing.T) {
	t.Parallel()
	open := func() *Reader {
		store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
		require.NoError(t, err)
		t.Cleanup(func() { store.Close() })
		return New(store, Options{Now: time.Now})
	}
	day := calendar.NewDay(2021, 6, 10)
	r := open()
	p, mine := r.pasts.enter("day")
	require.True(t, mine)
	waits, mine := r.pasts.enter("day")
	require.False(t, mine)
	gone, leave := context.WithCancel(t.Context())
	leave()
	r.rebuild(context.WithoutCancel(gone), p, day, false)
	<-waits.ready
	require.NoError(t, waits.err)
	require.NotNil(t, waits.reader)
	r.pasts.leave(p)
	r.pasts.leave(waits)

	broken := New(nil, Options{Now: time.Now}) // it panics
	p, _ = broken.pasts.enter("day")
	broken.rebuild(t.Context(), p, day, false)
	<-p.ready
	require.Error(t, p.err)
	broken.pasts.leave(p)
	_, mine = broken.pasts.enter("day")
	require.True(t, mine)
}

// TestASheetIsDecodedAgainWhenItIsAnother: the sheet of a period is that of the document that is
// asked for, whatever was decoded before, and a document that is none is an error each time.
func TestASheetIsDecodedAgainWhenItIsAnother(t *testing.T) {
	t.Parallel()
	var kept sheets
	for _, one := range []struct{ doc, plan string }{{`{"plan":"a"}`, "a"}, {`{"plan":"a"}`, "a"}, {`{"plan":"b"}`, "b"}, {`{"plan":"a"}`, "a"}} {
		sheet, err := kept.of("a 2021-05", one.doc)
		require.NoError(t, err)
		require.Equal(t, one.plan, sheet.Plan)
	}
	for range 2 {
		_, err := kept.of("a 2021-05", `{`)
		require.Error(t, err)
	}
}

// What is remembered for others does not rest on what a page had read before: between that reading
// and the ledger's last event the plan may have been amended.
func TestWhatIsRememberedIsReadAnew(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	r, page, version := New(store, Options{Now: time.Now}), Once(t.Context()), 1
	read := func(ctx context.Context) (int, error) {
		return once(ctx, store, "plan", func() (int, error) { return version, nil })
	}
	got, err := read(page)
	require.NoError(t, err)
	require.Equal(t, 1, got)
	version = 2
	got, err = read(page)
	require.NoError(t, err)
	require.Equal(t, 1, got, "all that a page shows rests on one state")
	got, err = remembered(page, r, "counts", calendar.Day{}, read)
	require.NoError(t, err)
	require.Equal(t, 2, got)
	got, err = read(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, got)
}

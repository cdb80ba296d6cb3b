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

// What is remembered stays when there is no room for more, until something new comes.
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

// Whoever asked first for a past day and has gone takes nothing from those who wait for
// it too; what fails is told to them, and the next one tries again.
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
	r.rebuild(gone, p, day)
	<-waits.ready
	require.NoError(t, waits.err)
	require.NotNil(t, waits.reader)
	r.pasts.leave(p)
	r.pasts.leave(waits)

	broken := New(nil, Options{Now: time.Now}) // it panics
	p, _ = broken.pasts.enter("day")
	require.Panics(t, func() { broken.rebuild(t.Context(), p, day) })
	<-p.ready
	require.Error(t, p.err)
	broken.pasts.leave(p)
	_, mine = broken.pasts.enter("day")
	require.True(t, mine)
}

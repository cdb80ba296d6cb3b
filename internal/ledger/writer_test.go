package ledger

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAWriteWhoseTimeIsOverSaysSo ends a transaction's context between two of its statements: the
// pool undoes the transaction, and the caller hears that the time was over, which is Later, and
// not only what the pool says of a transaction that has ended.
func TestAWriteWhoseTimeIsOverSaysSo(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cut := &job{ctx: ctx, done: make(chan error, 1), do: func(x *tx) (err error) {
		s.end()
		for err == nil { // until the pool has undone it
			_, err = x.recorded("a key")
		}
		return err
	}}
	wait := s.watch()
	defer wait.over()
	ran, err := s.transact([]*job{cut}, wait)
	require.True(t, ran)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, Later(err), err)
	require.False(t, classify(err).again())
}

// TestWhoHasMuchToWriteLeavesOthersATurn: while one store of a SQLite file writes without a pause,
// in transactions that last, another gets its write in between, long before the first is done.
func TestWhoHasMuchToWriteLeavesOthersATurn(t *testing.T) {
	t.Parallel()
	address := "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
	busy, err := Open(t.Context(), address)
	require.NoError(t, err)
	defer busy.Close()
	other, err := OpenWith(t.Context(), address, Options{Limits: Limits{Write: 10 * time.Minute}})
	require.NoError(t, err)
	defer other.Close()
	const many = 100 // transactions of the busy store: without turns the other comes in after all of them
	var done atomic.Bool
	var turns atomic.Int64
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for !done.Load() && turns.Load() < many {
				if err := busy.Hold(t.Context(), func() { turns.Add(1); time.Sleep(200 * time.Millisecond) }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for turns.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	_, err = other.Record(t.Context(), Event{Key: "a person's", Kind: "test"})
	before := turns.Load()
	done.Store(true)
	all.Wait()
	require.NoError(t, err)
	require.Less(t, before, int64(many))
}

package ledger

import (
	"context"
	"database/sql"
	"path/filepath"
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
	require.ErrorIs(t, err, sql.ErrTxDone)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, Later(err), err)
	require.False(t, classify(err).again())
}

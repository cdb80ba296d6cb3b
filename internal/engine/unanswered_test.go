package engine

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"duban/internal/ledger"
)

// TestWhoeverSaysFirstThatTimeIsUp: an error by which Temporal's server or the SDK reports
// that time is up, a moment before the deadline has passed here, gives *SilentError too.
func TestWhoeverSaysFirstThatTimeIsUp(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	defer store.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	c, err := client.NewLazyClient(client.Options{HostPort: l.Addr().String(), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer c.Close()
	e := New(c, store, time.Hour, time.Now, slog.New(slog.DiscardHandler))
	e.AnswerWithin(lastAsk)
	for _, says := range []error{
		client.NewWorkflowUpdateServiceTimeoutOrCanceledError(serviceerror.NewDeadlineExceeded("deadline")),
		serviceerror.NewDeadlineExceeded("deadline"), context.DeadlineExceeded,
	} {
		var silent *SilentError
		require.ErrorAs(t, e.within(t.Context(), func(context.Context) error { return says }), &silent)
		require.Equal(t, EngineAway, silent.Why)
	}
	refused := &RefusedError{}
	require.ErrorIs(t, e.within(t.Context(), func(context.Context) error { return refused }), refused)

	asked := 0
	e.AnswerWithin(0)
	require.Error(t, e.within(t.Context(), func(context.Context) error {
		asked++
		return serviceerror.NewDeadlineExceeded("a limit of the server's own")
	}), "without a limit it is asked once")
	require.Equal(t, 1, asked)

	e.AnswerWithin(time.Hour)
	asked = 0
	require.NoError(t, e.within(t.Context(), func(context.Context) error {
		if asked++; asked < 3 {
			return serviceerror.NewDeadlineExceeded("a limit of the server's own")
		}
		return nil
	}), "there is time left: it is asked again")
	require.Equal(t, 3, asked)
}

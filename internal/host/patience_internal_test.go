package host

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
)

// TestOnlyTheSDKsOwnLimitIsLengthened: a call without a limit, with a shorter or a longer one than the
// SDK's own keeps its deadline; one with the SDK's has patience instead. Who gives up ends the call.
func TestOnlyTheSDKsOwnLimitIsLengthened(t *testing.T) {
	t.Parallel()
	const patience = time.Hour
	call := unhurried(patience)
	left := func(ctx context.Context) (left time.Duration, limited bool) {
		require.NoError(t, call(ctx, "", nil, nil, nil, func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
			var ends time.Time
			ends, limited = ctx.Deadline()
			left = time.Until(ends)
			return nil
		}))
		return left, limited
	}
	_, limited := left(t.Context())
	require.False(t, limited)
	for limit, lengthened := range map[time.Duration]bool{ownLimit / 2: false, ownLimit: true, 2 * ownLimit: false} {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		got, limited := left(ctx)
		cancel()
		require.True(t, limited)
		require.Equal(t, lengthened, got > 2*ownLimit, "%s became %s", limit, got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	limitedCtx, done := context.WithTimeout(ctx, ownLimit)
	defer done()
	require.ErrorIs(t, call(limitedCtx, "", nil, nil, nil, func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}), context.Canceled)
}

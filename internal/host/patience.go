package host

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"
)

// ownLimit is the limit that the SDK gives a call to Temporal's server whose caller has set none, or a longer one. It
// cannot be set otherwise.
const ownLimit = 10 * time.Second

// unhurried lets a call that has the SDK's own limit take as long as patience. Other limits are kept, and a caller who
// gives up ends the call.
func unhurried(patience time.Duration) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, req, reply any, on *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		ends, limited := ctx.Deadline()
		if left := time.Until(ends); !limited || left <= ownLimit*9/10 || left > ownLimit {
			return invoke(ctx, method, req, reply, on, opts...)
		}
		longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		stop := context.AfterFunc(ctx, func() {
			if errors.Is(ctx.Err(), context.Canceled) {
				cancel()
			}
		})
		defer stop()
		return invoke(longer, method, req, reply, on, opts...)
	}
}

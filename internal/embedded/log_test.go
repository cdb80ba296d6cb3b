//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log/tag"
)

// What a person cannot act on stays out of their terminal; real trouble does not.
func TestOnlyRealTroubleIsLogged(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := serverLog{slog.New(slog.NewTextHandler(&out, nil)), &atomic.Bool{}, nil}
	l.Warn("HTTP API port has not been set. Nexus HTTP endpoints will not be available.")
	l.Error("Persistent store operation Failure", tag.Error(fmt.Errorf("create: %w", context.Canceled)))
	require.Empty(t, out.String())
	l.Error("Persistent store operation Failure", tag.Error(errors.New("disk I/O error")))
	require.Contains(t, out.String(), "disk I/O error")
}

// A server that gives up ends the goroutine that it says so in, not the process, and whoever runs it hears why; what it
// says while it is being stopped is nobody's news.
func TestTheServerGivesUp(t *testing.T) {
	t.Parallel()
	l := serverLog{slog.New(slog.DiscardHandler), &atomic.Bool{}, make(chan error, 1)}
	fatally := func() (returned bool) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.Fatal("Failed to serve", tag.Error(errors.New("disk I/O error")))
			returned = true
		}()
		<-done
		return returned
	}
	for range 2 { // the second time nobody has listened yet
		require.False(t, fatally())
	}
	require.EqualError(t, <-l.failed, "Failed to serve error=disk I/O error")
	l.stopping.Store(true)
	require.False(t, fatally())
	require.Empty(t, l.failed)
}

// The server's own client is made once. Whoever waits while it cannot be made goes on waiting: it would go on without a
// client, and that ends the process.
func TestNobodyGoesOnWithoutTheServersClient(t *testing.T) {
	t.Parallel()
	l := serverLog{slog.New(slog.DiscardHandler), &atomic.Bool{}, make(chan error, 1)}
	var once sync.Once
	went := make(chan struct{}, 2)
	for range 2 {
		go func() {
			once.Do(func() { l.Fatal(noClient, tag.Error(context.DeadlineExceeded)) })
			went <- struct{}{}
		}()
	}
	require.EqualError(t, <-l.failed, noClient+" error=context deadline exceeded")
	select {
	case <-went:
		t.Fatal("it went on")
	case <-time.After(100 * time.Millisecond):
	}
}

//go:build !noembed

package embedded

import (
	"log/slog"
	"net"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/door"
)

// A port that another program takes between its choice and its opening fails that one try, whichever service it was
// for: it does not end the process, and says why, so that others are chosen.
func TestAPortTakenBetweenChoiceAndOpening(t *testing.T) {
	t.Parallel()
	o := Options{InMemory: true, Logger: slog.New(slog.DiscardHandler)}
	store := storeConfig(o)
	require.NoError(t, prepareStore(t.Context(), store, o))
	keys, err := door.NewKeys()
	require.NoError(t, err)
	for i := range services {
		ports, err := pickPorts(0)
		require.NoError(t, err)
		other, err := net.Listen("tcp", addressOf(ports[i:]))
		require.NoError(t, err)
		_, err = build(store, ports, keys, serverLog{o.Logger, new(atomic.Bool), make(chan error, 1)})
		require.NoError(t, other.Close())
		require.ErrorContains(t, err, syscall.EADDRINUSE.Error(), services[i])
	}
}

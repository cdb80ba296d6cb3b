//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

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

//go:build noembed

package embedded_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/embedded"
)

func TestLeftOut(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.ErrorIs(t, err, embedded.ErrLeftOut)
	require.Nil(t, s)
}

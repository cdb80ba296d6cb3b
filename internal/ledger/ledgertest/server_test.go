package ledgertest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAServerOfItsOwn: a test's own server is killed, starts again with what was
// written, and is gone after the test.
func TestAServerOfItsOwn(t *testing.T) {
	t.Parallel()
	var s *Server
	t.Run("a test", func(t *testing.T) {
		s = Own(t)
		require.NoError(t, run(s.Address, `CREATE TABLE kept (n int)`))
		require.NoError(t, s.Kill())
		require.Error(t, run(s.Address, `SELECT 1`))
		require.NoError(t, s.Start(t.Context()))
		require.NoError(t, run(s.Address, `SELECT n FROM kept`))
	})
	require.Error(t, run(s.Address, `SELECT 1`), "it runs on")
	require.NoDirExists(t, s.dir)
	_ = os.RemoveAll(s.dir)
}

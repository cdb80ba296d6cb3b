package growth_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/growth"
)

var sink int

// TestTimes: eight times the text is eight times the work, or 64 times where the work
// grows with the square: 24 lies well between them.
func TestTimes(t *testing.T) {
	count := func(n int) func() {
		return func() {
			for i := range n {
				sink += i & 3
			}
		}
	}
	const n = 3_000_000
	require.LessOrEqual(t, growth.Times(24, count(n), count(8*n)), 24.0)
	require.Greater(t, growth.Times(24, count(n), count(64*n)), 24.0)
}

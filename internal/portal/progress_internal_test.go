package portal

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestASheetIsCutWhereItCannotBeHandedInAtOnce: parts leave no row out and none twice.
func TestASheetIsCutWhereItCannotBeHandedInAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		total int
		parts [][2]int
	}{
		{0, [][2]int{{0, 0}}},
		{1, [][2]int{{0, 1}}},
		{500, [][2]int{{0, 500}}},
		{501, [][2]int{{0, 500}, {500, 501}}},
		{1500, [][2]int{{0, 500}, {500, 1000}, {1000, 1500}}},
	} {
		require.Equal(t, c.parts, partsOf(c.total, 500), c.total)
	}
}

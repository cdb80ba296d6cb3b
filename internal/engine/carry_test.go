package engine

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Numbers that are linked, by one list or over several, are in one group; all others are
// apart; and every number is in one group, in order.
func TestTasksOfOneTalkAreInOneGroup(t *testing.T) {
	require.Equal(t, [][]int{{0, 3, 4}, {1}, {2, 5}}, grouped(6, [][]int{{4, 3}, {5, 2}, {0, 3}, {}}))
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		var together [][]int
		if n > 0 {
			together = rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 4), 0, 6).Draw(t, "together")
		}
		linked := make([][]bool, n) // by the transitive closure of the lists
		for i := range linked {
			linked[i] = make([]bool, n)
			linked[i][i] = true
		}
		for _, list := range together {
			for _, a := range list {
				for _, b := range list {
					linked[a][b] = true
				}
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					linked[i][j] = linked[i][j] || linked[i][k] && linked[k][j]
				}
			}
		}
		group := map[int]int{}
		last := -1
		for g, numbers := range grouped(n, together) {
			require.True(t, slices.IsSorted(numbers))
			require.Greater(t, numbers[0], last)
			last = numbers[0]
			for _, i := range numbers {
				require.NotContains(t, group, i)
				group[i] = g
			}
		}
		require.Len(t, group, n)
		for i := range n {
			for j := range n {
				require.Equal(t, linked[i][j], group[i] == group[j], "%d and %d", i, j)
			}
		}
	})
}

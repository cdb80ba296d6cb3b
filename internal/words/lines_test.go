package words_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/words"
)

// Lines break at spaces and between Chinese characters, never before a closing mark or
// after an opening one; what cannot be broken is cut, or stays whole where it must.
func TestLinesBreakWhereAReaderWouldBreakThem(t *testing.T) {
	t.Parallel()
	paper, mail := words.Ruler{Ambiguous: 1}, words.Ruler{Ambiguous: 2}
	for _, c := range []struct {
		r           words.Ruler
		text        string
		first, rest int
		whole       bool
		want        []string
	}{
		{paper, "", 4, 4, false, []string{""}},
		{paper, "市水务局牵头", 8, 8, false, []string{"市水务局", "牵头"}},
		{paper, "市水务局，牵头", 8, 8, false, []string{"市水务", "局，牵头"}},
		{paper, "见（附件）", 6, 6, false, []string{"见（附", "件）"}},
		{paper, "one two  three", 8, 8, false, []string{"one two", "three"}},
		{paper, "abcdefghij", 4, 4, false, []string{"abcd", "efgh", "ij"}},
		{mail, "见 https://x.example/abc 办", 10, 10, true, []string{"见", "https://x.example/abc", "办"}},
		{paper, "市水务局牵头办理", 4, 8, false, []string{"市水", "务局牵头", "办理"}},
		{paper, "市·水", 4, 4, false, []string{"市·", "水"}},
		{mail, "市·水", 4, 4, false, []string{"市·", "水"}},
		{paper, "水水", 1, 1, false, []string{"水", "水"}},
	} {
		require.Equal(t, c.want, c.r.Fold(c.text, c.first, c.rest, c.whole), c.text)
	}
	require.Equal(t, []int{7, 9}, []int{paper.Cells("a“市”水"), mail.Cells("a“市”水")})
}

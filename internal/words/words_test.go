package words_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/words"
)

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

func TestBothCataloguesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	zh, err := words.Catalogue("zh")
	require.NoError(t, err)
	en, err := words.Catalogue("en")
	require.NoError(t, err)
	require.NotEmpty(t, zh)
	require.Equal(t, slices.Sorted(maps.Keys(zh)), slices.Sorted(maps.Keys(en)))
	for key := range zh {
		fields := func(text string) []string {
			found := placeholder.FindAllString(text, -1)
			slices.Sort(found)
			return slices.Compact(found)
		}
		require.Equal(t, fields(zh[key]), fields(en[key]), key)
	}
}

func TestSpeaksChineseUnlessAskedForEnglish(t *testing.T) {
	require.Equal(t, "约谈", words.New("").T("term.talk"))
	require.Equal(t, "约谈", words.New("fr").T("term.talk"))
	require.Equal(t, "warning talk", words.New("en_US.UTF-8").T("term.talk"))
	require.Equal(t, "no.such", words.New("zh").T("no.such"))
}

package carriers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/channel"
	"duban/internal/channel/carriers"
	"duban/internal/words"
)

// TestEveryCarrierDeclaresItself: a row of the registry says what a reader needs, what may be sent twice, and what every
// answer means; of what a person has to do there are words.
func TestEveryCarrierDeclaresItself(t *testing.T) {
	t.Parallel()
	for _, c := range carriers.All {
		found, ok := carriers.Of(c.Name)
		require.True(t, ok)
		require.Equal(t, c, found)
		require.NotEmpty(t, c.Address)
		require.Contains(t, []channel.Format{channel.Line, channel.Text, channel.HTML}, c.Limits.Format)
		fates := map[channel.Fate]bool{}
		for _, a := range c.Answers {
			require.NotEmpty(t, a.When)
			fates[a.Fate] = true
			require.Equal(t, a.Fate == channel.Refused || a.Fate == channel.Machine, a.Do != "", "%s: %s", c.Name, a.When)
			for _, lang := range []string{"zh", "en"} {
				if a.Do == "" {
					continue
				}
				require.NotEqual(t, a.Do, words.New(lang).T(a.Do), "%s: %s", c.Name, a.When)
			}
		}
		require.True(t, fates[channel.Accepted] && fates[channel.Refused] && fates[channel.Machine], c.Name)
		require.Equal(t, c.Twice != channel.TwiceIsOne, fates[channel.Unknown], "%s: what cannot be lost on the way is never in doubt", c.Name)
		for _, lang := range []string{"zh", "en"} {
			key := "report.channel_" + c.Name
			require.NotEqual(t, key, words.New(lang).T(key))
		}
	}
	_, ok := carriers.Of("pigeon")
	require.False(t, ok)
}

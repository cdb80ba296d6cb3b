package laws_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/laws"
)

// Law 10: what a person is told in a morning is in one message over each channel.
func TestAMorningIsOneMessage(t *testing.T) {
	t.Parallel()
	nine := time.Date(2021, 5, 24, 1, 0, 0, 0, time.UTC)
	said := func(thing, to, channel, message string, decided time.Duration) laws.Delivery {
		return laws.Delivery{Thing: thing, Word: "due", To: to, Channel: channel, Message: message, At: nine, Decided: nine.Add(decided), Left: nine.Add(time.Second)}
	}
	for name, c := range map[string]struct {
		all  []laws.Delivery
		want int
	}{
		"one message of two things":              {[]laws.Delivery{said("a", "wang", "smtp", "m1", -time.Hour), said("b", "wang", "smtp", "m1", -time.Hour)}, 0},
		"two messages":                           {[]laws.Delivery{said("a", "wang", "smtp", "m1", -time.Hour), said("b", "wang", "smtp", "m2", -time.Hour), said("c", "wang", "smtp", "m2", -time.Hour)}, 1},
		"two channels":                           {[]laws.Delivery{said("a", "wang", "smtp", "m1", -time.Hour), said("a", "wang", "chat", "m2", -time.Hour)}, 0},
		"two persons":                            {[]laws.Delivery{said("a", "wang", "smtp", "m1", -time.Hour), said("b", "li", "smtp", "m2", -time.Hour)}, 0},
		"decided after the first was on its way": {[]laws.Delivery{said("a", "wang", "smtp", "m1", -time.Hour), said("b", "wang", "smtp", "m2", time.Minute)}, 0},
	} {
		found := laws.Mornings(c.all)
		require.Len(t, found, c.want, name)
		for _, b := range found {
			require.Equal(t, 10, b.Law)
		}
	}
}

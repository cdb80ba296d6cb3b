package rehearse

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneMessageByTwoServersCameOnce: sent again under the same Message-ID through
// another server it is one message; a notice in two messages came twice.
func TestOneMessageByTwoServersCameOnce(t *testing.T) {
	t.Parallel()
	first, second := &MailServer{taken: map[string]int{"m1": 2, "m2": 1}}, &MailServer{taken: map[string]int{"m1": 1, "m3": 1}}
	require.Equal(t, map[string]int{"once": 1, "twice": 2}, Received(map[string][]string{
		"once": {"m1"}, "twice": {"m2", "m3"}, "never": {"m4"},
	}, first, second))
}

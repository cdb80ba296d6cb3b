package rehearse

import (
	"net/mail"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneMessageByTwoServersCameOnce: a message that is sent again under the same
// Message-ID through another server counts as one; a notice in two messages came twice.
func TestOneMessageByTwoServersCameOnce(t *testing.T) {
	t.Parallel()
	server := func(took ...string) *MailServer {
		m := &MailServer{}
		for _, id := range took {
			m.heads = append(m.heads, mail.Header{"X-Duban-Id": {id}})
		}
		return m
	}
	require.Equal(t, map[string]int{"once": 1, "twice": 2}, Received(map[string][]string{
		"once": {"m1"}, "twice": {"m2", "m3"}, "never": {"m4"},
	}, server("m1", "m2", "m1"), server("m1", "m3")))
}

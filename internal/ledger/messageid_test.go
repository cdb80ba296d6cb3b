package ledger

import "testing"

// The same plan on a trial and on the live system says the same under different
// names: a mail server that drops repeats must not swallow the real one.
func TestAMessagesNameIsItsLedgersOwn(t *testing.T) {
	t.Parallel()
	const digest = "p|shuiwu/liaison|2021-04-30T01:00:00Z|1"
	live := messageID("live", digest, "smtp")
	if live != messageID("live", digest, "smtp") {
		t.Error("one message has two names")
	}
	for _, other := range []string{messageID("trial", digest, "smtp"), messageID("live", digest, "outbox"), messageID("live", digest+"0", "smtp")} {
		if other == live {
			t.Error("two messages have one name")
		}
	}
}

package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// What the server's list says of a message is told by the clock of the plan.
func TestSummariesTellThePlansHour(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, time.July, 14, 3, 0, 0, 0, time.UTC)
	e := &Engine{records: records{now: func() time.Time { return at }}}
	for zone, hour := range map[string]string{"": "11:00", "Asia/Urumqi": "09:00", "Asia/Tokyo": "12:00"} {
		l := ledger.Launched{Plan: plan.Plan{ID: "p", Zone: zone}}
		d := ledger.Digest{Key: "k", Plan: "p", Recipient: people.Recipient{Unit: "shuiwu", Role: people.Liaison}, SpeakAt: at}
		require.Equal(t, "提醒汇总 "+d.Recipient.String()+" · 2021-07-14 "+hour, e.speechJob(l, d).opts.StaticSummary)
		d.Morning = "p|m"
		require.Equal(t, "提醒 2021-07-14 "+hour, e.speechJob(l, d).opts.StaticSummary)
	}
}

package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/workflows"
)

// The summary that Temporal's list of workflows shows for a message has the hour of the
// plan's zone.
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

// A workflow of audits that is started late, or again, begins with the day of the last audit,
// and with the first working day where there was none: no day is left out.
func TestAuditsBeginWhereTheLastEnded(t *testing.T) {
	t.Parallel()
	at := func(m time.Month, d, hour int) time.Time {
		return time.Date(2021, m, d, hour, 0, 0, 0, calendar.Beijing)
	}
	now := at(time.July, 14, 11)
	e := &Engine{records: records{now: func() time.Time { return now }}}
	l := ledger.Launched{Plan: plan.Plan{ID: "p"}, At: at(time.April, 8, 0)}
	for audited, first := range map[time.Time]time.Time{
		{}:                    at(time.April, 8, 0),
		at(time.June, 1, 10):  at(time.June, 1, 0),
		at(time.July, 14, 10): at(time.July, 14, 0),
		at(time.April, 7, 10): at(time.April, 8, 0), // of a launch before
	} {
		j, err := e.auditJob(l, calendar.New(), audited)
		require.NoError(t, err)
		require.True(t, j.arg.(workflows.AuditState).Next.Equal(first.Add(act.AuditAt)), "%s: %s", audited, j.arg)
	}
}

package notice_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/words"
)

func TestTheAuditTellsWhatTheMachineCannotGetDone(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	m, err := notice.ComposeAlarm(words.New("zh"), notice.Alarm{
		ID: "x", Plan: notice.PlanRef{ID: "p", Title: "示范计划"}, Recipient: people.Recipient{Unit: "duban", Role: people.Office},
		Zone: calendar.Beijing, Office: letter.Address{Name: "协调办"}, At: since, Date: since,
		Waits: []notice.Wait{
			{Thing: "t1", Title: "任务一", What: "stage remind-7", Since: since, Tried: since.Add(time.Hour), Rounds: 19, Error: "the ledger does not answer"},
			{Thing: "t2", Title: "任务二", What: "act progress progress-1", Since: since, Tried: since.Add(time.Hour), Rounds: 19, Error: "the ledger does not answer"},
		},
	})
	require.NoError(t, err)
	require.Contains(t, m.Subject, "2处需要人工处理")
	require.Contains(t, m.Text, "2026-11-23 09:00")
	for _, line := range []string{"系统办理受阻（2处）", "任务一", "督办“remind-7”未能完成（已试 19 轮", "“填报进展”的记录未能完成"} {
		require.Contains(t, m.Text, line)
	}
}

// Since when something waits is said in the zone of its plan.
func TestAWaitIsDatedInThePlansZone(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	x := notice.Wait{What: "stage remind-7", Since: since, Tried: since.Add(time.Hour), Rounds: 2, Error: "x"}
	require.Contains(t, x.Words(words.New("zh"), time.FixedZone("Asia/Urumqi", 6*60*60)), "2026-11-23 07:00")
}

package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// The web UI shows a ladder in words that need no list of IDs to be understood.
func TestTheCaseFileInTheWebUI(t *testing.T) {
	t.Parallel()
	ladder := []plan.Stage{
		{ID: "urge", Kind: plan.Urge, At: calendar.NewDay(2021, time.July, 1).At(9, 0, calendar.Beijing),
			To: []people.Recipient{{Unit: "zezhou", Role: people.Liaison}, {Unit: "zezhou", Role: people.Deputy}}},
		{ID: "talk", Kind: plan.Talk, At: calendar.NewDay(2021, time.July, 14).At(9, 0, calendar.Beijing),
			To: []people.Recipient{{Unit: "zezhou", Role: people.Head}, {Unit: "shuizhiban", Role: people.Office}, {Unit: "lingdao", Role: people.Leader}}},
	}
	require.Equal(t, "建议待领导批准\n\n"+
		"● 催办 urge · 2021-07-01 09:00\n\n"+
		"○ 约谈 talk · 2021-07-14 09:00 → zezhou 主要负责人、协调办、领导小组\n\n", talkDetails("", act.TalkCourse{
		TalkCase: act.TalkCase{State: act.TalkProposed, Track: act.Track{Said: []act.Said{{ID: "urge", Kind: plan.Urge, At: ladder[0].At}}}}, Next: &ladder[1]}))
	require.Equal(t, "已解除", talkDetails("", act.TalkCourse{TalkCase: act.TalkCase{State: act.TalkClosed}, Next: &ladder[0]}))
}

// The web UI shows the instants of a plan in the plan's own zone: those of stages, and since
// when something waits.
func TestTheWebUIShowsThePlansOwnHour(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, time.July, 14, 3, 0, 0, 0, time.UTC)
	stage := plan.Stage{ID: "urge", Kind: plan.Urge, At: at, To: []people.Recipient{{Unit: "zezhou", Role: people.Liaison}}}
	for zone, hour := range map[Zone]string{"": "11:00", "Asia/Shanghai": "11:00", "Asia/Urumqi": "09:00", "Asia/Tokyo": "12:00"} {
		require.Equal(t, "催办 urge · 2021-07-14 "+hour+" → zezhou 联络员", stageSummary(zone, stage))
		require.Equal(t, "● 催办 urge · 2021-07-14 "+hour+"\n\n○ 催办 urge · 2021-07-14 "+hour+" → zezhou 联络员\n\n",
			courseDetails(zone, act.Course{Case: act.Case{State: act.Open, Track: act.Track{Said: []act.Said{{ID: "urge", Kind: plan.Urge, At: at}}}}, Next: &stage}))
		p := patience{zone: zone, waits: []wait{{what: "stage urge", since: at, rounds: 2, why: "locked"}}}
		require.Equal(t, "⚠ 自 2021-07-14 "+hour+":00 起等待 stage urge（已试 2 轮）：locked\n\n", p.details())
	}
}

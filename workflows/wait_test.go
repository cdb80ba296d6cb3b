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

// What the web UI shows of a ladder reads without a list of IDs.
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
		"○ 约谈 talk · 2021-07-14 09:00 → zezhou 主要负责人、协调办、领导小组\n\n", talkDetails(act.TalkCourse{
		TalkCase: act.TalkCase{State: act.TalkProposed, Track: act.Track{Said: []act.Said{{ID: "urge", Kind: plan.Urge, At: ladder[0].At}}}}, Next: &ladder[1]}))
	require.Equal(t, "已解除", talkDetails(act.TalkCourse{TalkCase: act.TalkCase{State: act.TalkClosed}, Next: &ladder[0]}))
}

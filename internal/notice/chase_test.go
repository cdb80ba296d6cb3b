package notice_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/words"
)

func aChase(to people.Recipient, name string) notice.Chase {
	at := time.Date(2021, 7, 14, 18, 30, 0, 0, time.UTC) // half past two at night in Beijing
	return notice.Chase{Digest: notice.Digest{
		ID: "c-1", Domain: "duban.example", Plan: notice.PlanRef{ID: "p", Title: "水计划<b>", Number: "1号"}, Recipient: to,
		Contact: letter.Address{Name: name, Email: "a@example.com"}, Office: letter.Address{Name: "协调办", Email: "o@example.com"},
		At: at, Date: at, Zone: calendar.Beijing,
	}}
}

// What chases something that is no task's, as its reader gets it: a report on an order to
// replenish at its three rungs, and complaints that wait, to the office and to the leader.
func TestWhatChasesIsWorded(t *testing.T) {
	t.Parallel()
	cases := map[string]notice.Chase{}
	for rung, to := range map[incident.Rung]people.Recipient{
		incident.Ask: {Unit: "shuiwu", Role: people.Liaison}, incident.Remind: {Unit: "shuiwu", Role: people.Liaison}, incident.Escalate: {Unit: "xietiaoban", Role: people.Office},
	} {
		c := aChase(to, "王芳")
		c.Water = &notice.OwedWater{Incident: "3", Section: "龙门", Unit: "市水务局", Step: incident.Begins, Rung: rung, By: c.At.Add(-time.Hour)}
		cases[string(rung)] = c
	}
	desk := aChase(people.Recipient{Unit: "xietiaoban", Role: people.Office}, "李明")
	desk.Complaints = []notice.OwedComplaint{
		{Number: 7, Title: "夜间排污<b>", DeskOwed: act.DeskOwed{Step: act.StepSort, Limit: calendar.NewDay(2021, 7, 15)}},
		{Number: 5, Title: "河道垃圾", DeskOwed: act.DeskOwed{Step: act.StepCall, Limit: calendar.NewDay(2021, 7, 14)}},
	}
	cases["desk"] = desk
	late := aChase(people.Recipient{Unit: "lingdao", Role: people.Leader}, "赵强")
	late.Complaints, late.Upward = desk.Complaints[1:], true
	cases["late"] = late
	for name, c := range cases {
		for _, lang := range []string{"zh", "en"} {
			sent, err := notice.ComposeChase(words.New(lang), c)
			require.NoError(t, err)
			shown, _ := delivered(t, sent)
			golden(t, "chase-"+name+"."+lang+".txt", shown)
			require.NotContains(t, sent.HTML, "<b>")
		}
	}
}

func TestAChaseOfNothingIsNotWorded(t *testing.T) {
	t.Parallel()
	_, err := notice.ComposeChase(words.New("zh"), aChase(people.Recipient{Unit: "xietiaoban", Role: people.Office}, "李明"))
	require.ErrorIs(t, err, notice.ErrEmpty)
}

package activities_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
)

// TestWhoIsCalledUnderTwoPlansReadsSo: when a unit is called to a talk while another talk of
// the unit goes on under another plan of the same office, its head, the leadership and the
// office read which talk this is, of which plan, and since when.
func TestWhoIsCalledUnderTwoPlansReadsSo(t *testing.T) {
	t.Parallel()
	for _, same := range []bool{true, false} {
		y := newYear(t, "zh")
		y.until(calendar.NewDay(2021, 4, 20).At(10, 0, calendar.Beijing), nil)
		other := *y.plan
		other.ID, other.Title = "other", "2021年大气污染防治计划"
		other.Tasks = []plan.Task{{ID: "o", Kind: plan.Dated, Title: "完成锅炉改造", Lead: "kaifaqu", Policy: other.Policy, Due: calendar.NewDay(2021, 12, 31)}}
		if !same { // another office of the same ledger has talks of its own
			other.Directory.Office = "shengtai"
		}
		when := ledger.When{Real: y.now, Plan: y.now}
		_, err := y.store.AddPlan(t.Context(), ledger.Launched{Plan: other, At: y.now}, []ledger.Task{ledger.TaskOf(&other, other.Tasks[0], y.now)}, when)
		require.NoError(t, err)
		l, err := y.store.Plan(t.Context(), "other")
		require.NoError(t, err)
		by := act.Actor{Account: "a", Name: "督办岗", Unit: other.Directory.Office}
		id, err := docket.Docket{Ledger: y.store, Starter: y, Now: y.acts.Now}.Propose(t.Context(), l, act.Act{ID: "1", By: by, At: y.now, On: calendar.NewDay(2021, 4, 20), Ref: "o", Reason: "进度滞后", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
		require.NoError(t, err)
		course, err := y.acts.TalkCourse(t.Context(), wire.LookInput{Plan: "other", Thing: id})
		require.NoError(t, err)
		_, err = y.acts.RecordTalkAct(t.Context(), wire.TalkActInput{Plan: "other", Talk: id, Course: course, Heard: y.now,
			Act: act.Act{ID: "2", Kind: act.Approve, By: act.Actor{Account: "b", Name: "副市长", Unit: other.Directory.Leadership}, At: y.now, On: calendar.NewDay(2021, 4, 20)}})
		require.NoError(t, err)
		delete(y.looks, id) // year plays only its own plan

		y.until(calendar.NewDay(2021, 4, 24).At(10, 0, calendar.Beijing), nil) // on the 23rd the seed calls the same unit
		told := map[people.Role]bool{}
		for _, m := range y.letters {
			if strings.Contains(strings.Join(strings.Fields(m.Text), ""), "另有约谈正在进行：《2021年大气污染防治计划》第1次约谈，2021年4月20日启动") {
				told[m.Recipient.Role] = true
			}
		}
		want := map[people.Role]bool{}
		if same {
			want = map[people.Role]bool{people.Head: true, people.Leader: true, people.Office: true}
		}
		require.Equal(t, want, told, "the same office: %v", same)
	}
}

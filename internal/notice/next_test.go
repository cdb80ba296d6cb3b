package notice_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// A unit is not told when the office is reminded of the office's own work; the office is,
// and the leadership of what will be reported to it.
func TestWhatComesNextIsNewsToItsReader(t *testing.T) {
	t.Parallel()
	day, office, both := calendar.NewDay(2021, 7, 6), []people.Role{people.Office}, []people.Role{people.Office, people.Leader}
	roles := []people.Role{people.Liaison, people.Deputy, people.Head, people.Leader, people.Office}
	for _, c := range []struct {
		next  notice.Next
		hears []people.Role
	}{
		{notice.Next{Kind: plan.Remind, Step: act.StepServed, To: office}, []people.Role{people.Office}},
		{notice.Next{Kind: plan.Remind, Step: act.StepVerified, To: office}, []people.Role{people.Office}},
		{notice.Next{Kind: plan.Escalate, Step: act.StepServed, To: both}, []people.Role{people.Leader, people.Office}},
		{notice.Next{Kind: plan.Remind, Step: act.StepPlan, To: []people.Role{people.Head}}, roles},
		{notice.Next{Kind: plan.Escalate, Step: act.StepPlan, To: both}, roles},
		{notice.Next{Kind: plan.Remind, Topic: act.TopicReport, To: office}, []people.Role{people.Office}},
		{notice.Next{Kind: plan.Remind, Topic: act.TopicExtension, To: both}, roles},
		{notice.Next{Kind: plan.Urge, To: []people.Role{people.Liaison}}, roles},
	} {
		for _, role := range roles {
			next := c.next
			next.Day = day
			m, err := notice.Compose(words.New("zh"), called(role, func(d *notice.Digest) { d.Items[0].Next, d.Items = &next, d.Items[:1] }))
			require.NoError(t, err)
			if hears := "下一步："; slices.Contains(c.hears, role) {
				require.Contains(t, m.Text, hears, "%s of %+v", role, c.next)
			} else {
				require.NotContains(t, m.Text, hears, "%s of %+v", role, c.next)
			}
		}
	}
}

// The title of a rule heads the facts that the rule has counted, of one rule or of two,
// and is none of them.
func TestTheTitleOfARuleIsNoFact(t *testing.T) {
	t.Parallel()
	said := func(facts string) string {
		m, err := notice.Compose(words.New("zh"), called(people.Head, func(d *notice.Digest) {
			d.Items = []notice.Item{{Task: "t1", Title: "题一", Lead: "县民政局", Kind: plan.Told, Matter: plan.Matter{Topic: plan.ProposeCircular, Words: facts},
				Talk: &notice.Talk{Facts: act.TalkFacts{What: plan.ProposeCircular}}, Rules: []string{"一年内第二次约谈", "两项同时逾期"}}}
		}))
		require.NoError(t, err)
		return m.Text
	}
	require.Contains(t, said("一年内第二次约谈\n甲事\n乙事"), "事实：2条\n      一年内第二次约谈：\n      1. 甲事\n      2. 乙事\n")
	require.Contains(t, said("一年内第二次约谈\n甲事\n两项同时逾期\n乙事\n丙事"), "事实：3条\n      一年内第二次约谈：\n      1. 甲事\n      两项同时逾期：\n      2. 乙事\n      3. 丙事\n")
	require.Contains(t, said("甲事\n乙事"), "事实：2条\n      1. 甲事\n      2. 乙事\n")
	require.Contains(t, said("两项同时逾期"), "事实：“两项同时逾期”")
}

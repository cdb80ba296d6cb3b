package notice_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

func waitingFor(n int) (open []notice.Undecided) {
	for i := range n {
		u := notice.Undecided{Topic: act.TopicProposal, What: plan.ProposeTalk, Unit: fmt.Sprintf("第%d局", i+1), Since: calendar.NewDay(2021, 6, 30).AddDays(-i)}
		switch i % 3 {
		case 1:
			u.What = plan.ProposeCircular
		case 2:
			u.Topic, u.Title = act.TopicExtension, "完成排查"
		}
		open = append(open, u)
	}
	return open
}

// The list of what waits for a decision is a message of its own where there is nothing
// else, the oldest first; with much else it is shortened, and so is the rest.
func TestTheListOfWhatWaits(t *testing.T) {
	t.Parallel()
	d := notice.Digest{ID: "m", Plan: notice.PlanRef{ID: "p", Title: "示范计划"}, Zone: calendar.Beijing, Recipient: people.Recipient{Unit: "lingdao", Role: people.Leader}, Unit: "领导小组",
		At: calendar.NewDay(2021, 7, 5).At(9, 0, calendar.Beijing), Most: 15, Open: waitingFor(3)}
	m, err := notice.Compose(words.New("zh"), d)
	require.NoError(t, err)
	require.Equal(t, "【请阅示】3个请示事项待您决定（《示范计划》）", m.Subject)
	for i, want := range []string{"1. 关于第3局“完成排查”再次延期的请示", "2. 关于对第2局予以通报批评的请示", "3. 关于约谈第1局的请示"} {
		require.Contains(t, m.Text, want, i)
	}
	require.Contains(t, m.Text, "2021年6月28日呈报")
	require.Contains(t, m.Text, "妥否，请批示。")
	require.NotContains(t, m.Text, "逾期", "the leadership is not reproached")
	m, err = notice.Compose(words.New("en"), d)
	require.NoError(t, err)
	require.Contains(t, m.Text, "On calling 第1局 to a talk")

	for _, c := range []struct{ items, open, listed int }{{3, 3, 6}, {12, 3, 15}, {30, 3, 15}, {30, 30, 15}, {2, 30, 15}, {0, 30, 15}, {30, 0, 15}} {
		d.Items, d.Open = nil, waitingFor(c.open)
		for i := range c.items {
			d.Items = append(d.Items, notice.Item{Task: fmt.Sprint("t", i), Title: "题", Lead: "局", Due: calendar.NewDay(2021, 6, 30), Kind: plan.Escalate, Stage: "late", Light: plan.Red, Left: notice.Distance{Days: -5, Workdays: -3}})
		}
		m, err := notice.Compose(words.New("zh"), d)
		require.NoError(t, err)
		require.Equal(t, c.listed, strings.Count(m.HTML, `<tr class="row"`), "%+v", c)
		require.Equal(t, c.items+c.open > 15, strings.Contains(m.Text, "不逐一列出"), "%+v", c)
		if c.open > 0 {
			require.Contains(t, m.Text, "的请示", "%+v", c)
		}
	}
}

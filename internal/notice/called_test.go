package notice_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// called is a small message to a seat, after a change.
func called(role people.Role, change func(*notice.Digest)) notice.Digest {
	d := notice.Digest{ID: "m", Plan: notice.PlanRef{ID: "p", Title: "示范计划"}, Zone: calendar.Beijing, Recipient: people.Recipient{Unit: "minzheng", Role: role}, Unit: "县民政局",
		Contact: letter.Address{Name: "王建国", Email: "w@minzheng.example"}, Office: letter.Address{Name: "县政府督查室", Email: "d@ducha.example"},
		At: calendar.NewDay(2021, 7, 5).At(9, 0, calendar.Beijing), Most: 1,
		Items: []notice.Item{{Task: "t1", Title: "题一", Lead: "县民政局", Kind: plan.Remind, Stage: "remind-7", Left: notice.Distance{Days: 7, Workdays: 5}},
			{Task: "t2", Title: "题二", Lead: "县民政局", Kind: plan.Remind, Stage: "remind-7", Left: notice.Distance{Days: 7, Workdays: 5}}}}
	if change != nil {
		change(&d)
	}
	return d
}

// Who has a post is called by family name and post 王局长; the office as a body; who has
// none by the name that is there, be it a seat's.
func TestEverybodyIsCalledAsAClerkWould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role             people.Role
		name, post, want string
	}{
		{people.Head, "王建国", "局长", "王局长："},
		{people.Leader, "欧阳敏", "副市长", "欧阳副市长："},
		{people.Deputy, "欧阳", "副县长", "欧副县长："},
		{people.Liaison, "李敏", "", "李敏："},
		{people.Liaison, "县民政局联络员", "", "县民政局联络员："},
		{people.Head, "县民政局主要负责人", "局长", "县民政局局长："},
		{people.Office, "王敏", "科员", "县民政局："},
	} {
		m, err := notice.Compose(words.New("zh"), called(c.role, func(d *notice.Digest) { d.Contact.Name, d.Post = c.name, c.post }))
		require.NoError(t, err)
		require.Contains(t, m.Text, "\n"+c.want+"\n", "%s %s", c.name, c.post)
	}
	m, err := notice.Compose(words.New("en"), called(people.Head, func(d *notice.Digest) { d.Post = "局长" }))
	require.NoError(t, err)
	require.Contains(t, m.Text, "To 局长 王:")
}

// A message says whom to ask, by name and telephone, and where the portal is.
func TestAMessageSaysWhomToAskAndWhere(t *testing.T) {
	t.Parallel()
	plain, err := notice.Compose(words.New("zh"), called(people.Liaison, nil))
	require.NoError(t, err)
	require.Contains(t, plain.Text, "\n联系邮箱：d@ducha.example\n")
	require.NotContains(t, plain.Text, "http")
	require.NotContains(t, plain.Text, "t1", "whoever has no use for commands is not told their names")
	require.Contains(t, plain.Text, "请回复本邮件或者电告我办")
	office, err := notice.Compose(words.New("zh"), called(people.Office, nil))
	require.NoError(t, err)
	require.Contains(t, office.Text, "编号 t1", "commands call it so")
	require.NotContains(t, plain.Text, "登录督办系统")
	m, err := notice.Compose(words.New("zh"), called(people.Liaison, func(d *notice.Digest) {
		d.Desk = notice.Desk{Name: "王敏", Phone: "0356-0000000"}
		d.Link, d.Rest = "https://duban.example/todo", "https://duban.example/tasks?plan=p"
	}))
	require.NoError(t, err)
	require.Contains(t, m.Text, "联系人：王敏　联系电话：0356-0000000　联系邮箱：d@ducha.example")
	require.Contains(t, m.Text, "签收、填报、申请办结请登录督办系统：\nhttps://duban.example/todo\n")
	require.Contains(t, strings.Join(strings.Fields(m.Text), ""), "全部事项见：https://duban.example/tasks?plan=p")
	require.NotContains(t, m.Text, "编号")
	require.Contains(t, m.HTML, `<a href="https://duban.example/todo"`)
	evil, err := notice.Compose(words.New("zh"), called(people.Liaison, func(d *notice.Digest) { d.Desk.Phone, d.Desk.Name = "1\r\nBcc: x", "\x1b[31m王敏" }))
	require.NoError(t, err)
	require.NotContains(t, evil.Text, "\nBcc")
	require.NotContains(t, evil.Text, "\x1b")
}

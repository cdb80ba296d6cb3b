package pagetest_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/portal/portaltest"
)

// TestAFilterIsKept: under a name, by its account alone; without JavaScript.
func TestAFilterIsKept(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/tasks?light=red&light=yellow&unit=gaoping&skip=0&nonsense=1")
	total := p.Text(".pager")
	p.Type("#filter-name", "高平红黄灯")
	p.Press(`form[action="/tasks/filters"] button`)
	require.Equal(t, total, p.Text(".pager"))
	require.Equal(t, []string{"高平红黄灯"}, p.Texts(".saved a[aria-current]"))
	p.Go("/tasks")
	p.Press(".saved a")
	require.Contains(t, p.Path(), "light=red&light=yellow&unit=gaoping")
	require.NotContains(t, p.Path(), "nonsense")
	other := signedIn(t, "mishu", portaltest.Look{Plain: true})
	other.Go("/tasks")
	require.False(t, other.Has(".saved"), "another account's")
	p.Press(`.saved button`)
	require.False(t, p.Has(".saved"))
}

// TestAUnitsSheetIsForPaper: the tasks that a unit leads with their states, by month, and
// one sheet of all counties.
func TestAUnitsSheetIsForPaper(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "gaoping", portaltest.Look{Plain: true})
	p.Go("/sheet?unit=zezhou")
	require.Equal(t, []string{"高平市人民政府"}, p.Texts(".sheet h2"), "a unit sees its own")
	require.Contains(t, p.Text(".sheet"), "没有报过进展")
	p = signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/sheet?unit=counties")
	units := p.Texts(".sheet h2")
	require.Contains(t, units, "高平市人民政府")
	require.Contains(t, units, "泽州县人民政府")
	require.NotContains(t, units, "市水务局")
	all := p.Texts(".sheet td.day")
	month := all[0][:7]
	p.Go("/sheet?unit=counties&month=" + month)
	require.Contains(t, p.Text("h1"), "各县（市、区）（"+month+"）")
	some := p.Texts(".sheet td.day")
	require.NotEmpty(t, some)
	require.Less(t, len(some), len(all))
	for _, due := range some {
		require.Regexp(t, "^"+month, due)
	}
}

// TestAScoreSaysWhatItRestsOn: the sum is that of the ranks, and each date of it is there.
func TestAScoreSaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "gaoping", portaltest.Look{Plain: true})
	p.Go("/score?unit=zezhou")
	require.Contains(t, p.Text("h1"), "高平市人民政府", "a unit sees its own")
	text := p.Text("main")
	m := regexp.MustCompile(`到期 (\d+) 项，按期办结 (\d+) 项，没有按期的 (\d+) 项`).FindStringSubmatch(text)
	require.NotNil(t, m, text)
	require.NotEqual(t, "0", m[3])
	require.Contains(t, text, "没有按期的（"+m[3]+" 项）")
	require.Regexp(t, `逾期 \d+ 个工作日，没有办结`, text)
	p = signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/score?unit=gaoping")
	require.Contains(t, p.Text("main"), m[0], "the office sees the same")
}

// TestCircularsAreAListOfTheirOwn: no talk is among them.
func TestCircularsAreAListOfTheirOwn(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/talks")
	require.NotEmpty(t, p.Texts("tbody tr"))
	p.Go("/circulars")
	require.Equal(t, "通报", p.Text("h1"))
	for _, row := range p.Texts("tbody td:first-child") {
		require.Contains(t, row, "通报")
	}
}

// TestACopyThatWasNotTakenIsSeen: in the log of messages, of a message that was sent, and among
// the addresses that fail, as long as somebody of that address sits there.
func TestACopyThatWasNotTakenIsSeen(t *testing.T) {
	t.Parallel()
	h, err := build(t.Context())
	t.Cleanup(h.close)
	require.NoError(t, err)
	all, err := h.store.Messages(t.Context(), ledger.MessageFilter{Plan: planID, States: []ledger.NoticeState{ledger.Sending}, From: now.AddDate(0, 0, -10)})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	m := all[0]
	seats := func(beside string) {
		l, err := h.store.Plan(t.Context(), planID)
		require.NoError(t, err)
		c, _ := l.Plan.Directory.Contact(m.Recipient)
		c.Beside = beside
		_, err = h.store.SetContact(t.Context(), m.Recipient, c, "shuizhiban", when(now))
		require.NoError(t, err)
	}
	seats("李强 li@b.example")
	require.NoError(t, h.store.Receipt(t.Context(), ledger.Outcome{Message: m.ID, Attempt: m.Attempt, Fate: ledger.Delivered, Missed: []ledger.MissedCopy{{Name: "李强", Email: "li@b.example", Error: "smtp: copy: 550 no such user"}}}, when(now)))
	p := portaltest.Open(t, h.site.URL+"/signin?key=k", portaltest.Look{Plain: true})
	p.Press(`button[value="shuizhiban"]`)
	p.Go("/messages?all=1&day=" + m.SpeakAt.In(now.Location()).Format("2006-01-02"))
	require.Contains(t, p.Text("main form[method=post]"), "抄送李强未送达：smtp: copy: 550 no such user")
	p.Go("/messages")
	require.Contains(t, p.Text("main"), "li@b.example")
	require.Contains(t, p.Text("main"), "（抄送李强）")
	require.NotContains(t, p.Text("main form[method=post]"), "李强", "the message itself is sent")
	seats("李强 li.qiang@b.example")
	p.Go("/messages")
	require.NotContains(t, p.Text("main"), "抄送李强")
}

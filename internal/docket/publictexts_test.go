package docket_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/complaint"
	running "duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/publicity"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/water"
)

// The list of what must be public has the circular that is out with its date, and a text for it that
// names the unit and nobody. A text with the name of somebody below the head, or of somebody who
// complained, is neither taken nor kept, and is not approved when that person has come since.
func TestTheTextOfACircular(t *testing.T) {
	t.Parallel()
	rule := over
	rule.Opens = water.OpensCircular
	w := newWorld(t, func(p *plan.Plan) {
		withSections(rule)(p)
		p.Publicity = &publicity.Rules{Title: "清单", Exposure: []publicity.Exposure{
			{ID: "c", Of: publicity.OfCircular, Title: "曝光通报批评", Lead: "duban", Policy: "standard", Within: "10 workdays", From: "2021-05-01"}}}
		p.Complaints = &complaint.Rules{Title: "办理规则", Sort: 1, Window: 30, Matters: []string{"污水直排"}, Limits: []complaint.Limit{{ID: "ordinary", Title: "一般", Workdays: 5, Policy: "standard"}}}
		p.Directory.Units[0].Contacts[0].Name = "钱芳芳"
	})
	w.on(5, 10)
	w.measured(reading("s1", 4, water.V))
	w.judged()
	talks, err := w.Ledger.Talks(w.ctx, "p", "section-s1.2021-04.over")
	require.NoError(t, err)
	course, err := w.TalkCourse(w.ctx, "p", talks[0].ID)
	require.NoError(t, err)
	leader := act.Actor{Account: "leader", Name: "刘副市长", Unit: "lingdao"}
	_, _, err = w.ActOnTalk(w.ctx, "p", talks[0].ID, w.act(leader, act.Act{ID: "approve", Kind: act.Approve, Reason: "同意", Paper: "晋市水领〔2021〕3号"}), course, w.now)
	require.NoError(t, err)
	require.NoError(t, w.Publicity(w.ctx, "p", chinese))

	reader := query.New(w.Ledger, query.Options{Now: func() time.Time { return w.now }, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return w.cal.With(imported...), nil }})
	list := func() query.Publicity {
		t.Helper()
		all, err := reader.Publicity(w.ctx, query.As(office), "p")
		require.NoError(t, err)
		require.Len(t, all.Lines, 1)
		return all
	}
	line := list().Lines[0]
	require.Equal(t, []any{"曝光通报批评：对市水务局的通报", "duban", act.Open, 0}, []any{line.Title, line.Lead, line.State, line.Late})
	title, text := report.Speak(chinese).PublicDraft(line.Facts)
	require.Equal(t, "对市水务局予以通报批评", title)
	require.Contains(t, text, "2021年5月10日，协调办以晋市水领〔2021〕3号对市水务局予以通报批评。\n事由：")
	require.NotContains(t, text, "刘副市长")

	holds := func() int64 {
		n, _, err := w.Ledger.Head(w.ctx)
		require.NoError(t, err)
		return n
	}
	does := func(id string, number int, by act.Actor, a act.Act) (int, string) {
		t.Helper()
		a.ID, a.By = id, by
		n, err := running.Publish(w.ctx, w.Ledger, w.now, "p", number, a)
		var refused *running.RefusedError
		if err != nil {
			require.ErrorAs(t, err, &refused)
			return n, refused.Refusal.Key
		}
		return n, ""
	}
	write := func(id string, number int, text string) (int, string) {
		a := act.Act{Kind: act.WriteText, Title: title, Text: &act.TextFacts{Text: text}}
		if number == 0 {
			a.Ref = line.Key
		}
		return does(id, number, office, a)
	}
	_, err = running.TakeIn(w.ctx, w.Ledger, w.now, "p", []running.Taking{{Act: act.Act{ID: "c1", Kind: act.TakeIn, By: office, Title: "排污", Reason: "河水发黑", Complaint: &act.ComplaintFacts{Matter: "污水直排", Where: "巴公河"}},
		Caller: complaint.Caller{Name: "赵铁柱", Phone: "0356-2198111"}}})
	require.NoError(t, err)
	before := holds()
	for i, named := range []string{"联络员钱芳芳未到场", "群众赵铁柱举报", "举报电话０３５６-2198111"} {
		_, refused := write(fmt.Sprint("n", i), 0, text+named)
		require.Contains(t, []string{"act.refused_text_names", "act.refused_text_caller"}, refused, named)
	}
	require.Equal(t, before, holds(), "such an act is in no event")
	n, refused := write("w1", 0, text+"\n详情可向联络员了解。")
	require.Equal(t, []any{1, ""}, []any{n, refused})
	n, refused = write("w1", 0, text+"\n详情可向联络员了解。")
	require.Equal(t, []any{1, ""}, []any{n, refused}, "the same act again")
	_, refused = write("w2", 0, "另一个")
	require.Equal(t, "act.refused_text_there", refused)
	_, refused = write("w3", 1, text+"\n孙立新牵头整改。")
	require.Empty(t, refused, "nobody of that name is known")
	require.Equal(t, act.TextWritten, list().Lines[0].Text.State)

	_, err = w.Ledger.SetContact(w.ctx, people.Recipient{Unit: "shuiwu", Role: people.Deputy}, people.Contact{Role: people.Deputy, Name: "孙立新", Email: "sun@x.example"}, "duban", ledger.When{Real: w.now, Plan: w.now})
	require.NoError(t, err)
	_, refused = does("a1", 1, leader, act.Act{Kind: act.ApproveText, Ref: "2"})
	require.Equal(t, "act.refused_text_names", refused)
	_, refused = write("w4", 1, text)
	require.Empty(t, refused)
	all, total, err := query.PublicOf(reader).Notices(w.ctx, 0, 10)
	require.NoError(t, err)
	require.Equal(t, []int{0, 0}, []int{len(all), total}, "nothing before its approver said so")
	_, refused = does("a2", 1, office, act.Act{Kind: act.ApproveText, Ref: "3"})
	require.Equal(t, "act.refused_talk_leader", refused)
	_, refused = does("a3", 1, leader, act.Act{Kind: act.ApproveText, Ref: "3"})
	require.Empty(t, refused)
	all, total, err = query.PublicOf(reader).Notices(w.ctx, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, query.PublicNotice{Plan: "p", Number: 1, Title: title, Text: text, Day: calendar.NewDay(2021, 5, 10), Office: "协调办"}, all[0])

	_, err = w.Ledger.Prove(w.ctx, ledger.Check{Full: true})
	require.NoError(t, err)
	_, err = running.Publish(w.ctx, w.Ledger, w.now, "p", 9, act.Act{ID: "x", Kind: act.WithdrawText, By: office, Reason: "有误"})
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

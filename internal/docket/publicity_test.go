package docket_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/publicity"
	"duban/internal/water"
)

// A circular that is out is to be made public: its task is opened once, with its date, names the
// unit and nobody, and is closed only with the address. Before a leader has approved the circular
// nothing is opened, nor by a list that is not in force yet.
func TestACircularIsExposed(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"2021-05-01", "2021-06-01", ""} {
		rule := over
		rule.Opens = water.OpensCircular
		w := newWorld(t, func(p *plan.Plan) {
			withSections(rule)(p)
			p.Publicity = &publicity.Rules{Title: "清单", Exposure: []publicity.Exposure{
				{ID: "c", Of: publicity.OfCircular, Title: "曝光通报批评", Lead: "duban", Policy: "standard", Within: "10 workdays", From: from},
				{ID: "t", Of: publicity.OfTalk, Title: "公开约谈", Lead: "duban", Policy: "standard", Within: "1 days", From: from}}}
		})
		exposed := func() []ledger.Task {
			t.Helper()
			require.NoError(t, w.Publicity(w.ctx, "p", chinese))
			all, err := w.Ledger.Tasks(w.ctx, ledger.TaskFilter{Plan: "p", From: string(act.OriginExposure) + ":"})
			require.NoError(t, err)
			return all
		}
		w.on(5, 10)
		w.measured(reading("s1", 4, water.V))
		w.judged()
		talks, err := w.Ledger.Talks(w.ctx, "p", "section-s1.2021-04.over")
		require.NoError(t, err)
		require.Len(t, talks, 1)
		require.Empty(t, exposed(), "nobody has approved it")
		course, err := w.TalkCourse(w.ctx, "p", talks[0].ID)
		require.NoError(t, err)
		leader := act.Actor{Account: "leader", Name: "刘副市长", Unit: "lingdao"}
		_, behind, err := w.ActOnTalk(w.ctx, "p", talks[0].ID, w.act(leader, act.Act{ID: "approve", Kind: act.Approve, Reason: "同意"}), course, w.now)
		require.NoError(t, err)
		require.False(t, behind)
		if from != "2021-05-01" {
			require.Empty(t, exposed(), "not in force on that day: %q", from)
			continue
		}
		all := exposed()
		require.Len(t, all, 1)
		require.Equal(t, []any{"曝光通报批评：对市水务局的通报", "duban", true, act.Origin{Kind: act.OriginExposure, Of: talks[0].ID}}, []any{all[0].Title, all[0].Lead, all[0].Publish, all[0].Origin})
		require.Equal(t, w.cal.AddWorkdays(calendar.NewDay(2021, 5, 10), 10), all[0].Due)
		w.on(5, 12)
		require.Len(t, exposed(), 1, "once")

		done := func(id string, proof ...act.Evidence) error {
			course, err := w.Course(w.ctx, "p", all[0].ID)
			require.NoError(t, err)
			_, _, err = w.Act(w.ctx, "p", all[0].ID, w.act(office, act.Act{ID: id, Kind: act.Verify, Reason: "已公开", Evidence: proof}), course, w.now)
			return err
		}
		var refused *act.Refusal
		require.ErrorAs(t, done("v1"), &refused)
		require.Equal(t, "act.refused_publish_url", refused.Key)
		require.NoError(t, done("v2", act.Evidence{URL: "https://www.example.gov.cn/tongbao/1"}))
		require.Equal(t, act.Closed, w.row(all[0].ID).Facts.State)
		require.Len(t, exposed(), 1, "closed, and not opened again")
	}
}

// Which talks are exposed, and since when.
func TestWhichTalksAreExposed(t *testing.T) {
	t.Parallel()
	held := map[string]calendar.Day{act.StepHeld: calendar.NewDay(2021, 6, 3)}
	public := &act.TalkFacts{Public: true}
	of := func(what string, state act.TalkState, notice, record *act.TalkFacts, taken map[string]calendar.Day) string {
		return docket.ExposedOn(ledger.Talk{What: what, Facts: &act.TalkCase{State: state, Opened: calendar.NewDay(2021, 6, 1), Notice: notice, Record: record, Taken: taken}}).String()
	}
	require.Equal(t, "2021-06-01", of(plan.ProposeCircular, act.TalkOpen, nil, nil, nil))
	require.Equal(t, "2021-06-01", of(plan.ProposeCircular, act.TalkClosed, nil, nil, nil))
	for _, state := range []act.TalkState{act.TalkProposed, act.TalkDeclined, act.TalkVoid, act.TalkJoined, act.TalkCarried, act.TalkPending} {
		require.Empty(t, of(plan.ProposeCircular, state, nil, nil, nil), state)
	}
	require.Equal(t, "2021-06-03", of(plan.ProposeTalk, act.TalkOpen, public, nil, held))
	require.Equal(t, "2021-06-03", of(plan.ProposeTalk, act.TalkClosed, &act.TalkFacts{}, public, held))
	require.Empty(t, of(plan.ProposeTalk, act.TalkOpen, &act.TalkFacts{}, nil, held), "nobody said that it is public")
	require.Empty(t, of(plan.ProposeTalk, act.TalkOpen, public, nil, nil), "not held yet")
}

package act_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// talkRules are the rules of a plan with the seeded policies and calendar, whose talks open as
// open says.
func talkRules(t require.TestingT, open string) act.Rules {
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	p := policies["standard"]
	talks := *p.Talk
	talks.Open = open
	p.Talk = &talks
	policies["standard"] = p
	b, err := act.NewRules(&plan.Plan{ID: "p", Policies: policies, Directory: people.Directory{Office: "duban", Leadership: "lingdao",
		Units: []people.Unit{{ID: "shuiwu"}, {ID: "duban"}, {ID: "lingdao"}}}}, cal)
	require.NoError(t, err)
	return b
}

// playTalk lets a talk run until to, exclusive, while acts are done to it, in order of time.
func playTalk(b act.Rules, c act.TalkCourse, acts []act.Act, to time.Time) (said []plan.Stage, after act.TalkCourse, refused map[string]*act.Refusal) {
	refused = map[string]*act.Refusal{}
	for _, a := range acts {
		spoke, now := b.TalkUntil(c, a.At.Add(1))
		next, told, r := b.ActOnTalk(now, a)
		if r != nil {
			refused[a.ID] = r
		}
		c, said = next, append(append(said, spoke...), told...)
	}
	spoke, after := b.TalkUntil(c, to)
	return append(said, spoke...), after, refused
}

func calledTalk() act.TalkCase {
	return act.TalkCase{Task: "survey", What: plan.ProposeTalk, State: act.TalkPending, Number: 1, Lead: "shuiwu", Office: "duban", Leadership: "lingdao",
		Policy: "standard", Origin: act.Origin{Kind: act.OriginStage}, Track: act.Track{Revision: 1}}
}

var (
	mayor   = act.Actor{Account: "fushizhang", Name: "副市长", Unit: "lingdao"}
	keeper  = act.Actor{Account: "wang", Name: "王科长", Unit: "duban"}
	called  = act.Actor{Account: "li", Name: "李局长", Unit: "shuiwu"}
	passing = act.Actor{Account: "zhao", Name: "赵科长", Unit: "zhujian"}
)

// talkAct is an act at an instant that says all its kind needs.
func talkAct(at time.Time, by act.Actor, k act.Kind) act.Act {
	a := act.Act{ID: string(k) + at.In(calendar.Beijing).Format("-0102T1504"), Kind: k, By: by, At: at.UTC(), On: calendar.DayOf(at.In(calendar.Beijing)), Reason: "说明"}
	if k == act.Serve {
		a.Talk = &act.TalkFacts{Number: "晋市环委办〔2021〕3号", Time: at.Add(20 * time.Hour), Place: "三楼会议室", Called: []string{"局长"}}
	}
	return a
}

func oclock(m time.Month, d, hour int) time.Time {
	return calendar.NewDay(2021, m, d).At(hour, 0, calendar.Beijing)
}

func talkLines(stages []plan.Stage) (out []string) {
	for _, s := range stages {
		var to []string
		for _, r := range s.To {
			to = append(to, string(r.Role))
		}
		out = append(out, fmt.Sprintf("%s %s → %s", s.At.In(calendar.Beijing).Format("01-02 15:04"), s.ID, strings.Join(to, ",")))
	}
	return out
}

func refusedKeys(refused map[string]*act.Refusal) map[string]string {
	out := map[string]string{}
	for id, r := range refused {
		out[id] = r.Key
	}
	return out
}

func TestTalkFromServiceToItsEnd(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	c := b.OpenTalk(calledTalk(), oclock(5, 19, 9))
	said, after, refused := playTalk(b, c, []act.Act{
		talkAct(oclock(5, 19, 10), keeper, act.Minutes),
		talkAct(oclock(5, 20, 10), called, act.Serve),
		talkAct(oclock(5, 20, 11), passing, act.GivePlan),
		talkAct(oclock(5, 21, 10), keeper, act.Serve),
		talkAct(oclock(5, 24, 10), keeper, act.Serve), // served again with another time: the limit stays
		talkAct(oclock(5, 28, 10), keeper, act.Held),
		talkAct(oclock(5, 28, 11), keeper, act.Absent),
		talkAct(oclock(6, 1, 10), keeper, act.Minutes),
		talkAct(oclock(6, 25, 10), called, act.GivePlan),
		talkAct(oclock(6, 30, 10), keeper, act.ReturnPlan), // its limit was 06-28
		talkAct(oclock(7, 6, 10), called, act.GivePlan),
		talkAct(oclock(7, 6, 11), called, act.GivePlan),
		talkAct(oclock(7, 7, 10), called, act.GiveReport),
		talkAct(oclock(7, 8, 10), keeper, act.CloseTalk),
		talkAct(oclock(7, 9, 10), keeper, act.VerifyTalk),
		talkAct(oclock(7, 9, 11), keeper, act.CloseTalk),
		talkAct(oclock(7, 9, 12), keeper, act.Again),
	}, oclock(12, 31, 0))
	require.Equal(t, map[string]string{
		"minutes-0519T1000": "act.refused_talk_order", "serve-0520T1000": "act.refused_seat", "give_plan-0520T1100": "act.refused_not_yours",
		"absent-0528T1100": "act.refused_same", "give_plan-0706T1100": "act.refused_same", "close_talk-0708T1000": "act.refused_talk_order",
		"again-0709T1200": "act.refused_talk_state",
	}, refusedKeys(refused))
	require.Equal(t, []string{
		"05-20 09:00 talk-served-remind → office",
		"05-21 10:00 act-1-serve → head,liaison",
		"05-24 10:00 act-2-serve → head,liaison",
		"05-27 09:00 talk-held-remind → office",
		"06-01 09:00 talk-minutes-remind → office",
		"06-25 09:00 talk-plan-remind → liaison,office",
		"06-25 10:00 act-5-give_plan → office",
		"06-30 10:00 act-6-return_plan → liaison,head",
		"07-01 09:00 talk-plan-missed → head,office,leader", // the limit has passed: the next office morning
		"07-06 10:00 act-7-give_plan → office",
		"07-07 10:00 act-8-give_report → office",
		"07-09 11:00 act-10-close_talk → head,liaison,office,leader",
	}, talkLines(said))
	require.Equal(t, map[string]calendar.Day{
		"served": calendar.NewDay(2021, 5, 21), "held": calendar.NewDay(2021, 5, 28), "minutes": calendar.NewDay(2021, 6, 1),
		"plan": calendar.NewDay(2021, 7, 6), "report": calendar.NewDay(2021, 7, 7), "verified": calendar.NewDay(2021, 7, 9),
	}, after.Taken)
	require.Equal(t, act.TalkClosed, after.State)
	require.Nil(t, after.Next)
}

func TestNextRoundOfATalk(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	said, after, refused := playTalk(b, b.OpenTalk(calledTalk(), oclock(5, 19, 9)), []act.Act{
		talkAct(oclock(5, 20, 10), keeper, act.Serve),
		talkAct(oclock(5, 26, 10), keeper, act.Absent),
		talkAct(oclock(5, 27, 10), keeper, act.Serve),
		talkAct(oclock(5, 28, 10), keeper, act.Held),
		talkAct(oclock(5, 31, 10), mayor, act.Again),
		talkAct(oclock(6, 4, 10), mayor, act.CloseTalk),
	}, oclock(12, 31, 0))
	require.Empty(t, refused)
	require.Equal(t, []string{
		"05-20 09:00 talk-served-remind → office",
		"05-20 10:00 act-1-serve → head,liaison",
		"05-26 09:00 talk-held-remind → office",
		"05-26 10:00 act-2-absent → head,office,leader",
		"05-27 09:00 talk-served-remind.2 → office",
		"05-27 10:00 act-3-serve → head,liaison",
		"05-31 10:00 act-5-again → head,office",
		"06-01 09:00 talk-served-remind.3 → office",
		"06-03 09:00 talk-served-missed.3 → office,leader",
		"06-04 09:00 talk-held-remind.3 → office",
		"06-04 10:00 act-6-close_talk → head,liaison,office",
	}[:8], talkLines(said)[:8])
	require.Equal(t, []any{3, "副市长", 1, 1}, []any{after.Round(), after.Approver, len(after.Absences), len(after.Agains)})
}

func TestLateStepIsGivenItsOwnTime(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	said, _, refused := playTalk(b, b.OpenTalk(calledTalk(), oclock(5, 19, 9)), []act.Act{talkAct(oclock(6, 10, 10), keeper, act.Serve)}, oclock(6, 20, 0))
	require.Empty(t, refused)
	require.Equal(t, []string{
		"05-20 09:00 talk-served-remind → office",
		"05-24 09:00 talk-served-missed → office,leader", // no words about steps whose turn has not come
		"06-10 10:00 act-1-serve → head,liaison",
		"06-16 09:00 talk-held-remind → office",
		"06-18 09:00 talk-held-missed → office,leader",
	}, talkLines(said))
}

func TestProposalIsAskedForUntilItIsDecided(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkOnApproval)
	c := b.OpenTalk(calledTalk(), oclock(5, 19, 9))
	said, after, refused := playTalk(b, c, []act.Act{
		talkAct(oclock(5, 20, 10), keeper, act.Approve), talkAct(oclock(5, 20, 11), act.EngineActor, act.Approve),
		talkAct(oclock(5, 20, 12), act.Actor{Account: "x", Unit: "lingdao"}, act.Decline), talkAct(oclock(5, 20, 13), keeper, act.Serve),
		talkAct(oclock(6, 1, 10), mayor, act.Approve),
	}, oclock(6, 3, 0))
	require.Equal(t, map[string]string{
		"approve-0520T1000": "act.refused_talk_leader", "approve-0520T1100": "act.refused_talk_named", "decline-0520T1200": "act.refused_talk_named",
		"serve-0520T1300": "act.refused_talk_state",
	}, refusedKeys(refused))
	require.Equal(t, []string{
		"05-25 09:00 talk-decided-missed → leader,office",
		"06-01 10:00 act-1-approve → head,office",
		"06-02 09:00 talk-served-remind → office",
	}, talkLines(said))
	require.Equal(t, plan.Matter{Topic: act.TopicProposal, Limit: calendar.NewDay(2021, 5, 24)}, said[0].Matter)
	require.Equal(t, []any{act.TalkOpen, "副市长", calendar.NewDay(2021, 6, 1), 1}, []any{after.State, after.Approver, after.Opened, after.Round()})
}

func TestACircularIsAnsweredByADay(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	c := calledTalk()
	c.State, c.Origin = "", act.Origin{Kind: act.OriginRule, Of: "second-talk"}
	a := talkAct(oclock(5, 19, 10), act.EngineActor, act.Propose)
	_, refused := b.Propose(c, a)
	require.Equal(t, &act.Refusal{Key: "act.refused_needs", Data: map[string]string{"Field": "circular"}}, refused)
	a.Unit, a.Talk = "shuiwu", &act.TalkFacts{What: plan.ProposeCircular}
	course, refused := b.Propose(c, a)
	require.Nil(t, refused)
	until := oclock(12, 31, 0)
	approve := talkAct(oclock(5, 20, 10), mayor, act.Approve)
	named := approve
	named.Due = calendar.NewDay(2021, 6, 30)
	soon := approve
	soon.ID, soon.Due = "soon", calendar.NewDay(2021, 5, 20)
	answer := func(at time.Time) act.Act { return talkAct(at, called, act.AnswerCircular) }
	for _, tt := range []struct {
		name    string
		acts    []act.Act
		said    []string // after the proposal
		refused map[string]string
		state   act.TalkState
		limit   calendar.Day
	}{
		{"nobody answers", []act.Act{approve, talkAct(oclock(5, 20, 11), keeper, act.Serve)},
			[]string{"05-20 10:00 act-2-approve → head,deputy,liaison,office,leader", "06-02 09:00 talk-answer-remind → liaison", "06-04 09:00 talk-answer-missed → head,office,leader"},
			map[string]string{"serve-0520T1100": "act.refused_talk_other"}, act.TalkOpen, calendar.NewDay(2021, 6, 3)},
		{"answered in time", []act.Act{approve, answer(oclock(5, 28, 10)), answer(oclock(5, 31, 10))},
			[]string{"05-20 10:00 act-2-approve → head,deputy,liaison,office,leader", "05-28 10:00 act-3-answer_circular → office,leader"},
			map[string]string{"answer_circular-0531T1000": "act.refused_talk_state"}, act.TalkClosed, calendar.NewDay(2021, 6, 3)},
		{"answered late, by the office on the unit's behalf", []act.Act{approve, talkAct(oclock(6, 10, 10), keeper, act.AnswerCircular)},
			[]string{"05-20 10:00 act-2-approve → head,deputy,liaison,office,leader", "06-02 09:00 talk-answer-remind → liaison", "06-04 09:00 talk-answer-missed → head,office,leader",
				"06-10 10:00 act-3-answer_circular → office,leader"}, map[string]string{}, act.TalkClosed, calendar.NewDay(2021, 6, 3)},
		{"the leader names the day", []act.Act{soon, named},
			[]string{"05-20 10:00 act-2-approve → head,deputy,liaison,office,leader", "06-29 09:00 talk-answer-remind → liaison", "07-01 09:00 talk-answer-missed → head,office,leader"},
			map[string]string{"soon": "act.refused_part_date"}, act.TalkOpen, calendar.NewDay(2021, 6, 30)},
	} {
		said, after, refusals := playTalk(b, course, tt.acts, until)
		require.Equal(t, tt.refused, refusedKeys(refusals), tt.name)
		require.Equal(t, "05-20 09:00 act-1-propose → leader,office", talkLines(said)[0], tt.name)
		require.Equal(t, tt.said, talkLines(said)[1:], tt.name)
		require.Equal(t, plan.Matter{Topic: "propose", Words: "说明", By: "engine", Limit: calendar.NewDay(2021, 5, 25)}, said[0].Matter)
		require.Equal(t, plan.Matter{Topic: "circular", Words: "说明", By: "副市长", Limit: tt.limit}, said[1].Matter, tt.name)
		require.Equal(t, []any{tt.state, tt.limit}, []any{after.State, after.AnswerBy}, tt.name)
		history := &laws.TalkHistory{Policy: "standard", Opened: approve.At, Said: said[1:]}
		for _, a := range tt.acts[1:] {
			if tt.refused[a.ID] == "" && a.Kind == act.AnswerCircular {
				history.Acts = append(history.Acts, laws.Done{Act: a})
			}
		}
		judge := func() []laws.Breach { return laws.Circular(rulesOf(b), laws.History{Until: until}, history) }
		require.Empty(t, judge(), tt.name)
		last := said[len(said)-1]
		late := last.ID == "talk-answer-missed"
		if late {
			history.Said = said[1 : len(said)-1]
			require.NotEmpty(t, judge(), "%s: and nobody hears of it", tt.name)
			last.At = last.At.AddDate(0, 0, -1)
		} else {
			last = plan.Stage{ID: "talk-answer-remind", Kind: plan.Remind, At: last.At.AddDate(0, 0, 3)}
		}
		history.Said = append(slices.Clone(history.Said), last)
		require.NotEmpty(t, judge(), "%s: a word a day early, or after the answer", tt.name)
		for _, s := range said[2:] {
			if s.Kind != plan.Told {
				require.Equal(t, plan.Matter{Topic: act.TopicAnswer, Limit: tt.limit}, s.Matter, tt.name)
			}
		}
	}

	// A circular that is out is not taken back by anything that becomes of its task, and no talk
	// is answered as a circular is.
	_, out, _ := playTalk(b, course, []act.Act{approve}, oclock(5, 21, 0))
	before := act.Case{Kind: plan.Dated, State: act.Open, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao", Policy: "standard", Number: 1, Due: calendar.NewDay(2021, 4, 30)}
	over := before
	over.State = act.Cancelled
	_, _, touched := b.AffectedBy(out, out.Task, before, over, talkAct(oclock(5, 22, 10), keeper, act.Cancel))
	require.False(t, touched)
	talk := b.OpenTalk(calledTalk(), oclock(5, 19, 9))
	_, _, refused = b.ActOnTalk(talk, answer(oclock(5, 20, 10)))
	require.Equal(t, "act.refused_talk_other", refused.Key)
	asked := calledTalk()
	asked.State = act.TalkProposed
	_, _, refused = b.ActOnTalk(act.TalkCourse{TalkCase: asked}, named)
	require.Equal(t, "act.refused_talk_other_due", refused.Key)
}

// A plan that came late and is returned is chased once more, and what is said then is another
// stage than what was said before: the ledger has a stage of one name once. So it is where the limit
// of what was chased moves.
func TestWhatIsChasedAnewHasAnotherName(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	c := b.OpenTalk(calledTalk(), oclock(5, 19, 9))
	_, c, refused := playTalk(b, c, []act.Act{
		talkAct(oclock(5, 21, 10), keeper, act.Serve),
		talkAct(oclock(5, 28, 10), keeper, act.Held),
		talkAct(oclock(6, 1, 10), keeper, act.Minutes),
		talkAct(oclock(7, 2, 10), called, act.GivePlan), // its limit was 06-28: it was chased on 06-29
	}, oclock(7, 2, 11))
	require.Empty(t, refused)
	missed := func(until time.Time) (revisions []int) {
		for c.Next != nil && c.Next.At.Before(until) {
			var s plan.Stage
			if c, s = b.DecideOfTalk(c); s.ID == "talk-plan-missed" {
				revisions = append(revisions, c.Revision)
			}
		}
		return revisions
	}
	first := c.Revision
	c, _, no := b.ActOnTalk(c, talkAct(oclock(7, 5, 10), keeper, act.ReturnPlan))
	require.Nil(t, no)
	again := missed(oclock(12, 1, 0))
	require.Len(t, again, 1)
	require.Greater(t, again[0], first)
}

// Notices of a task's first talk are kept in the task's name (ledger.Decision.Key): what is
// said by an act that both a task and a talk know has another ID on a talk, or the notice of
// the second of the two could not be written.
func TestATalksWordsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	shared := 0
	for _, row := range act.On(act.OnTalk) {
		if _, too := act.Of(act.OnTask, row.Kind); !too {
			continue
		}
		shared++
		for _, heir := range []string{"zhujian", ""} {
			a := talkAct(oclock(5, 18, 10), keeper, row.Kind)
			a.Ref, a.Unit = "shuiwu", heir
			_, told, refused := b.ActOnTalk(b.OpenTalk(calledTalk(), oclock(5, 17, 9)), a)
			require.Nil(t, refused)
			require.NotEmpty(t, told)
			for _, s := range told {
				require.NotContains(t, s.ID, string(row.Kind))
			}
		}
	}
	require.Equal(t, 1, shared, "an act that is new on both")
}

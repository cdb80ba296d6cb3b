package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// talkBench is a bench on which the task's talk stage was decided at its wake instant. No
// stage of the stuck tasks, which their unit has had since April, was said yet.
func talkBench(t *testing.T, open string, stuck ...plan.Task) (*bench, workflows.TalkState) {
	wake := day(2021, 5, 19).Add(7 * time.Hour)
	survey := task("survey", calendar.NewDay(2021, 4, 30))
	b := newBench(t, wake, survey)
	p := b.plan.Policies["standard"]
	talks := *p.Talk
	talks.Open = open
	p.Talk = &talks
	b.plan.Policies["standard"] = p
	b.plan.ID, b.plan.Hash = "q", "q"
	when := ledger.When{Real: wake, Plan: wake}
	rows := []ledger.Task{ledger.TaskOf(b.plan, survey, wake)}
	for _, other := range stuck {
		b.plan.Tasks = append(b.plan.Tasks, other)
		rows = append(rows, ledger.TaskOf(b.plan, other, day(2021, 4, 8)))
	}
	_, err := b.store.AddPlan(t.Context(), ledger.Launched{Plan: *b.plan, At: wake}, b.given(b.plan, rows...), when)
	require.NoError(t, err)
	opens := wake.Add(2 * time.Hour)
	_, talk, err := ledgertest.Decide(t.Context(), b.store, ledger.Decision{
		Plan: "q", Task: "survey", Revision: 1, OpensTalk: true,
		Stage:    plan.Stage{ID: "talk", Kind: plan.Talk, At: opens, To: []people.Recipient{{Unit: "lingdao", Role: people.Leader}}},
		Channels: map[people.Recipient][]string{},
	}, when)
	require.NoError(t, err)
	require.NotNil(t, talk)
	task, err := b.store.Task(t.Context(), "q", "survey")
	require.NoError(t, err)
	course := act.TalkCourse{TalkCase: ledger.TalkCaseOf(b.plan, task, *talk)}
	return b, workflows.TalkState{Plan: "q", Talk: talk.ID, Task: "survey", Window: 2 * time.Hour, OpensAt: opens, Course: course}
}

func (b *bench) talkStages() []string {
	stages, err := b.store.Stages(b.t.Context(), "q", "survey")
	require.NoError(b.t, err)
	var out []string
	for _, s := range stages {
		if s.Talk != "" {
			out = append(out, s.At.In(calendar.Beijing).Format("01-02 ")+s.ID+" "+string(s.State))
		}
	}
	return out
}

func (b *bench) talkState(id string) act.TalkState {
	talk, err := b.store.Talk(b.t.Context(), "q", id)
	require.NoError(b.t, err)
	return talk.State
}

// talkActs lets acts on the talk happen at instants and keeps the answer to each, by ID.
type talkActs struct {
	b    *bench
	talk string
	came map[string]*answer
}

func (b *bench) talkActs(talk string) *talkActs {
	return &talkActs{b: b, talk: talk, came: map[string]*answer{}}
}

// at lets an act happen at an instant; more sets the fields that its kind needs.
func (s *talkActs) at(at time.Time, by act.Actor, k act.Kind, more ...func(*act.Act)) {
	a := act.Act{ID: string(k) + at.Format("0102T15"), Kind: k, By: by, At: at.UTC(), On: calendar.DayOf(at), Reason: "说明"}
	for _, m := range more {
		m(&a)
	}
	came := &answer{rejected: errors.New("never happened")}
	s.came[a.ID] = came
	s.b.RegisterDelayedCallback(func() {
		came.rejected = nil
		s.b.UpdateWorkflow(string(k), a.ID, came, a)
	}, at.Sub(s.b.Now()))
}

// refusals has the IDs of the refused acts, with the key of the reason.
func (s *talkActs) refusals() map[string]string {
	out := map[string]string{}
	for id, a := range s.came {
		if err := errors.Join(a.rejected, a.err); err != nil {
			var app *temporal.ApplicationError
			if !errors.As(err, &app) {
				out[id] = err.Error()
				continue
			}
			require.Equal(s.b.t, wire.ErrTypeRefused, app.Type())
			out[id] = app.Message()
		}
	}
	return out
}

var (
	ofLeader = act.Actor{Account: "leader", Name: "副市长", Unit: "lingdao"}
	ofOffice = act.Actor{Account: "office", Name: "王科长", Unit: "duban"}
	ofUnit   = act.Actor{Account: "water", Name: "李科长", Unit: "shuiwu"}
)

func summons(a *act.Act) {
	a.Talk = &act.TalkFacts{Number: "晋市环委办〔2021〕3号", Time: a.At.AddDate(0, 0, 3), Place: "市政府三楼会议室", Called: []string{"市水务局局长"}, Bring: "情况说明"}
}

// on is an hour of a day in Beijing.
func on(m time.Month, d, hour int) time.Time {
	return calendar.NewDay(2021, m, d).At(hour, 0, calendar.Beijing)
}

func (b *bench) told() (out []string) {
	notices, err := b.store.Notices(b.t.Context(), ledger.NoticeFilter{Plan: "q"})
	require.NoError(b.t, err)
	for _, n := range notices {
		if n.Kind == plan.Told {
			out = append(out, n.SpeakAt.In(calendar.Beijing).Format("01-02 15:04 ")+n.Stage+" → "+n.Recipient.String())
		}
	}
	return out
}

func (b *bench) closes(at time.Time, state ledger.TaskState) {
	b.RegisterDelayedCallback(func() {
		at := b.Now()
		a := act.Act{ID: string(state), Kind: act.Verify, By: ofOffice, At: at, On: calendar.DayOf(at.In(calendar.Beijing)), Reason: "核查属实"}
		if state == ledger.TaskCancelled {
			a.Kind, a.Paper = act.Cancel, "晋市政办〔2021〕20号"
		}
		rules, err := act.NewRules(b.plan, b.cal)
		require.NoError(b.t, err)
		task, err := b.store.Task(b.t.Context(), "q", "survey")
		require.NoError(b.t, err)
		after, _, refused := rules.Act(rules.Course(ledger.CaseOf(task)), a)
		require.Nil(b.t, refused)
		var talks []ledger.ActedTalk
		all, err := b.store.Talks(b.t.Context(), "q", "survey")
		require.NoError(b.t, err)
		for _, k := range all {
			if c, _, ok := rules.AffectedBy(rules.TalkCourse(ledger.TalkCaseOf(b.plan, task, k)), k.Task, ledger.CaseOf(task), after.Case, a); ok {
				talks = append(talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: c.TalkCase})
			}
		}
		_, _, err = b.store.Act(b.t.Context(), ledger.Acted{Plan: "q", Task: "survey", Act: a, Version: task.Version, Facts: after.Case, Talks: talks}, ledger.When{Real: at, Plan: at})
		require.NoError(b.t, err)
	}, at.Sub(b.Now()))
}

func TestASilentTalkMissesItsFirstStepAndSaysSo(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	acts := b.talkActs(state.Talk)
	acts.at(on(12, 1, 10), ofLeader, act.CloseTalk)
	b.live(workflows.TalkType, state)
	b.done()
	require.Empty(t, acts.refusals())
	require.Equal(t, []string{
		"05-20 talk-served-remind decided", "05-24 talk-served-missed decided",
		"12-01 act-1-close_talk decided",
	}, b.talkStages())
	require.Equal(t, act.TalkClosed, b.talkState(state.Talk))
}

func TestTalkIsTakenStepByStep(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	acts := b.talkActs(state.Talk)
	acts.at(on(5, 20, 10), ofUnit, act.Serve, summons)
	acts.at(on(5, 20, 11), ofOffice, act.Held)
	acts.at(on(5, 24, 9).Add(-time.Minute), ofOffice, act.Serve, summons) // the stage of the missed step is decided and has not spoken yet
	acts.at(on(5, 27, 10), ofOffice, act.Absent)
	acts.at(on(5, 28, 10), ofOffice, act.Serve, summons)
	acts.at(on(6, 1, 10), ofOffice, act.Held)
	acts.at(on(6, 2, 10), ofOffice, act.Minutes)
	acts.at(on(6, 10, 10), ofUnit, act.GivePlan)
	acts.at(on(6, 11, 10), ofOffice, act.ReturnPlan)
	acts.at(on(6, 18, 10), ofUnit, act.GivePlan)
	acts.at(on(7, 5, 10), ofOffice, act.GiveReport)
	acts.at(on(7, 6, 10), ofOffice, act.CloseTalk)
	acts.at(on(7, 7, 10), ofOffice, act.VerifyTalk)
	acts.at(on(7, 8, 10), ofOffice, act.CloseTalk)
	b.live(workflows.TalkType, state)
	b.done()
	require.Equal(t, map[string]string{
		"serve0520T10": "act.refused_seat", "held0520T11": "act.refused_talk_order", "close_talk0706T10": "act.refused_talk_order",
	}, acts.refusals())
	var spoken []string
	for _, s := range b.talkStages() {
		if strings.HasSuffix(s, "decided") {
			spoken = append(spoken, strings.TrimSuffix(s, " decided"))
		}
	}
	require.Equal(t, []string{
		"05-20 talk-served-remind",
		"05-24 act-1-serve", // it is before the stage that was to speak at 09:00, see below
		"05-27 act-2-absent", "05-28 talk-served-remind.2", "05-28 act-3-serve", "06-10 act-6-give_plan", "06-11 act-7-return_plan", "06-18 act-8-give_plan", "07-05 act-9-give_report", "07-08 act-11-close_talk",
	}, spoken)
	notices, err := b.store.Notices(t.Context(), ledger.NoticeFilter{Plan: "q"})
	require.NoError(t, err)
	for _, n := range notices {
		if n.Stage == "talk-served-missed" {
			messages, err := b.store.Gather(t.Context(), n.Digest, ledger.When{Real: b.Now(), Plan: on(5, 24, 9)}, func(string, []ledger.Item) bool { return false })
			require.NoError(t, err)
			require.Empty(t, messages)
		}
	}
	require.Equal(t, []string{
		"05-24 08:59 act-1-serve → shuiwu/head", "05-24 08:59 act-1-serve → shuiwu/liaison",
		"05-27 10:00 act-2-absent → duban/office", "05-27 10:00 act-2-absent → lingdao/leader", "05-27 10:00 act-2-absent → shuiwu/head",
		"05-28 10:00 act-3-serve → shuiwu/head", "05-28 10:00 act-3-serve → shuiwu/liaison",
		"06-10 10:00 act-6-give_plan → duban/office",
		"06-11 10:00 act-7-return_plan → shuiwu/head", "06-11 10:00 act-7-return_plan → shuiwu/liaison",
		"06-18 10:00 act-8-give_plan → duban/office", "07-05 10:00 act-9-give_report → duban/office",
		"07-08 10:00 act-11-close_talk → duban/office", "07-08 10:00 act-11-close_talk → lingdao/leader", "07-08 10:00 act-11-close_talk → shuiwu/head", "07-08 10:00 act-11-close_talk → shuiwu/liaison",
	}, b.told())
	_, err = b.store.Verify(t.Context())
	require.NoError(t, err)
}

func TestTalkOfATaskClosedMeanwhileDoesNotOpen(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	b.closes(on(5, 19, 8), ledger.TaskClosed)
	b.live(workflows.TalkType, state)
	b.done()
	require.Empty(t, b.talkStages())
	require.Equal(t, act.TalkVoid, b.talkState(state.Talk))
}

// One task of a unit is stuck for a day before its stage that calls for a talk. Meanwhile the
// unit is called to no other talk, and the ledger says which task is waited for. Once the
// stage is recorded, the stages that waited join its talk.
func TestATalkWaitsForTheTaskThatComesFirst(t *testing.T) {
	t.Parallel()
	annex := task("annex", calendar.NewDay(2021, 4, 30))
	b, state := talkBench(t, plan.TalkAtOnce, annex)
	row, err := b.store.Task(t.Context(), "q", "annex")
	require.NoError(t, err)
	calls := b.rules().CallsUntil(ledger.CaseOf(row), state.OpensAt)
	require.Len(t, calls, 1)
	var waits []ledger.Wait
	b.RegisterDelayedCallback(func() {
		require.Equal(t, act.TalkPending, b.talkState(state.Talk))
		waits, err = b.store.Waits(t.Context(), "q")
		require.NoError(t, err)
		when := ledger.When{Real: b.Now(), Plan: b.Now()}
		_, _, err = ledgertest.Decide(t.Context(), b.store, ledger.Decision{
			Plan: "q", Task: "annex", Revision: 1, OpensTalk: true, Channels: map[people.Recipient][]string{},
			Stage: plan.Stage{ID: "talk", Kind: plan.Talk, At: calls[0], To: []people.Recipient{{Unit: "lingdao", Role: people.Leader}}},
		}, when)
		require.NoError(t, err)
	}, 24*time.Hour)
	b.live(workflows.TalkType, state)
	b.done()
	require.Len(t, waits, 1)
	require.Equal(t, []string{state.Talk, "open"}, []string{waits[0].Thing, waits[0].What})
	require.Contains(t, waits[0].Error, "annex")
	require.Equal(t, act.TalkOpen, b.talkState("annex#1"))
	k, err := b.store.Talk(t.Context(), "q", state.Talk)
	require.NoError(t, err)
	require.Equal(t, []string{string(act.TalkJoined), "annex#1"}, []string{string(k.State), k.Host})
	waits, err = b.store.Waits(t.Context(), "q")
	require.NoError(t, err)
	require.Empty(t, waits)
}

func TestTalkEndsWithItsCancelledTask(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	b.closes(on(5, 21, 10), ledger.TaskCancelled)
	acts := b.talkActs(state.Talk)
	acts.at(on(5, 22, 10), ofOffice, act.Serve, summons) // the workflow has not heard of it yet
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(workflows.LookSignal, nil) }, on(5, 23, 10).Sub(b.Now()))
	b.live(workflows.TalkType, state)
	b.done()
	require.Equal(t, map[string]string{"serve0522T10": "act.refused_talk_state"}, acts.refusals())
	require.Equal(t, act.TalkVoid, b.talkState(state.Talk))
	require.Equal(t, "05-20 talk-served-remind decided", b.talkStages()[0])
	for _, s := range b.talkStages()[1:] {
		require.Contains(t, s, ledger.Void)
	}
}

func TestProposedTalkWaitsForANamedLeader(t *testing.T) {
	t.Parallel()
	for _, decision := range []act.Kind{act.Approve, act.Decline} {
		t.Run(string(decision), func(t *testing.T) {
			t.Parallel()
			b, state := talkBench(t, plan.TalkOnApproval)
			acts := b.talkActs(state.Talk)
			acts.at(on(5, 20, 10), act.EngineActor, decision)
			acts.at(on(5, 21, 10), ofOffice, decision)
			acts.at(on(6, 2, 10), ofLeader, decision)
			acts.at(on(12, 1, 10), ofLeader, act.CloseTalk)
			b.live(workflows.TalkType, state)
			b.done()
			refused := map[string]string{string(decision) + "0520T10": "act.refused_talk_named", string(decision) + "0521T10": "act.refused_talk_leader"}
			asked := []string{
				"05-25 talk-decided-missed decided"}
			if decision == act.Decline {
				refused["close_talk1201T10"] = "never happened"
				require.Equal(t, refused, acts.refusals())
				require.Equal(t, act.TalkDeclined, b.talkState(state.Talk))
				require.Equal(t, append(asked, "06-02 act-1-decline decided"), b.talkStages())
				return
			}
			require.Equal(t, refused, acts.refusals())
			require.Equal(t, act.TalkClosed, b.talkState(state.Talk))
			stages := b.talkStages()
			require.Equal(t, append(asked, "06-02 act-1-approve decided", "06-03 talk-served-remind decided", "06-07 talk-served-missed decided", // counted from 06-02, the day of approval
				"12-01 act-2-close_talk decided"), stages)
		})
	}
}

func TestACircularIsToldRemindedOfAndClosedByItsAnswer(t *testing.T) {
	t.Parallel()
	b, _ := talkBench(t, plan.TalkAtOnce)
	at := b.Now().UTC()
	l, err := b.store.Plan(t.Context(), "q")
	require.NoError(t, err)
	a := act.Act{ID: "c", Kind: act.Propose, By: ofOffice, At: at, On: calendar.DayOf(at.In(calendar.Beijing)), Ref: "survey", Reason: "两项任务同时逾期", Talk: &act.TalkFacts{What: plan.ProposeCircular}}
	for range 2 {
		id, err := docket.Docket{Ledger: b.store, Starter: b.starts, Now: func() time.Time { return at }}.Propose(t.Context(), l, a, nil)
		require.NoError(t, err)
		require.Equal(t, "survey#2", id)
	}
	proposed := b.starts.talks[len(b.starts.talks)-1]
	acts := b.talkActs("survey#2")
	acts.at(on(5, 20, 10), ofLeader, act.Approve)
	acts.at(on(6, 10, 10), ofUnit, act.AnswerCircular)
	b.live(workflows.TalkType, workflows.TalkState{Plan: "q", Talk: "survey#2", Task: "survey", Window: 2 * time.Hour, OpensAt: proposed.OpensAt, Course: b.rules().TalkCourse(*proposed.Facts)})
	b.done()
	require.Empty(t, acts.refusals())
	require.Equal(t, []string{
		"05-19 07:00 act-1-propose → duban/office", "05-19 07:00 act-1-propose → lingdao/leader",
		"05-20 10:00 act-2-approve → duban/office", "05-20 10:00 act-2-approve → lingdao/leader",
		"05-20 10:00 act-2-approve → shuiwu/deputy", "05-20 10:00 act-2-approve → shuiwu/head", "05-20 10:00 act-2-approve → shuiwu/liaison",
		"06-10 10:00 act-3-answer_circular → duban/office", "06-10 10:00 act-3-answer_circular → lingdao/leader",
	}, b.told())
	require.Subset(t, b.talkStages(), []string{"06-02 talk-answer-remind decided", "06-04 talk-answer-missed decided"})
	stages, err := b.store.Stages(t.Context(), "q", "survey")
	require.NoError(t, err)
	for _, s := range stages {
		if s.ID == "act-2-approve" {
			require.Equal(t, plan.Matter{Topic: "circular", Words: "两项任务同时逾期", By: "副市长", Limit: calendar.NewDay(2021, 6, 3)}, s.Matter)
		}
	}
	require.Equal(t, act.TalkClosed, b.talkState("survey#2"))
	_, err = b.store.Verify(t.Context())
	require.NoError(t, err)
}

// A talk hands over to a new run with its whole course: the new run does not say again what
// has been said.
func TestTalkHandsItsCourseOver(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	var runs [][]string
	for {
		b.SetContinueAsNewSuggested(state.Course.State == act.TalkPending || state.Course.Next != nil)
		acts := b.talkActs(state.Talk)
		acts.at(on(12, 1, 10), ofLeader, act.CloseTalk)
		b.ExecuteWorkflow(workflows.TalkType, state)
		var again *workflow.ContinueAsNewError
		if !errors.As(b.GetWorkflowError(), &again) {
			b.done()
			require.Empty(t, acts.refusals())
			break
		}
		state = workflows.TalkState{}
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &state))
		said := []string{}
		for _, s := range state.Course.Said {
			said = append(said, s.ID)
		}
		runs = append(runs, said)
		b.anew()
	}
	require.Equal(t, [][]string{{}, {"talk-served-remind"}, {"talk-served-remind", "talk-served-missed"}}, runs)
	require.Equal(t, []string{"05-20 talk-served-remind decided", "05-24 talk-served-missed decided", "12-01 act-1-close_talk decided"}, b.talkStages())
}

package act_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/plan"
)

// jointTalk is a talk of shuiwu about three tasks, opened on 2021-05-17, and those tasks.
func jointTalk(t *testing.T) (act.Rules, act.TalkCourse, map[string]act.Case) {
	b := talkRules(t, plan.TalkAtOnce)
	c := b.OpenTalk(calledTalk(), oclock(5, 17, 9)).TalkCase
	c.Members = []act.Member{{Task: "survey", About: 1, Due: calendar.NewDay(2021, 4, 30)}}
	tasks := map[string]act.Case{"survey": {}}
	for _, id := range []string{"plant", "pipes"} {
		more := calledTalk()
		more.Task, more.Members = id, []act.Member{{Task: id, About: 1, Due: calendar.NewDay(2021, 4, 30)}}
		require.True(t, b.Takes(c))
		c = c.With(more, calendar.NewDay(2021, 5, 17), oclock(5, 17, 9))
	}
	for _, id := range []string{"survey", "plant", "pipes"} {
		tasks[id] = act.Case{Kind: plan.Dated, State: act.Open, Lead: "shuiwu", Office: "duban", Leadership: "lingdao", Policy: "standard", Number: 1,
			Due: calendar.NewDay(2021, 4, 30), Assigned: oclock(4, 8, 0).UTC(),
			Track: act.Track{Said: []act.Said{{Of: act.Finish, ID: "warn", Kind: plan.Warn, About: 1, At: oclock(5, 11, 9).UTC(), Late: true}}}}
	}
	return b, b.TalkCourse(c), tasks
}

// onTask does an act of the office on one of the talk's tasks, and gives what the act makes of
// the talk.
func onTask(t *testing.T, b act.Rules, c act.TalkCourse, tasks map[string]act.Case, task string, at time.Time, k act.Kind, more ...func(*act.Act)) (act.TalkCourse, []plan.Stage) {
	a := talkAct(at, keeper, k)
	a.Paper = "晋市环委办〔2021〕5号"
	for _, m := range more {
		m(&a)
	}
	before := tasks[task]
	after, _, refused := b.Act(act.Course{Case: before}, a)
	require.Nil(t, refused, "%s of %s", k, task)
	tasks[task] = after.Case
	c, told, _ := b.AffectedBy(c, task, before, after.Case, a)
	return c, told
}

// A unit is called to one talk about all that it has missed; the talk goes on as long as
// it rests on one of its tasks, and a leader is asked when it rests on none.
func TestOneTalkAboutManyTasks(t *testing.T) {
	t.Parallel()
	b, c, tasks := jointTalk(t)
	require.Len(t, c.Of(), 3)
	later := func(a *act.Act) { a.Due = calendar.NewDay(2021, 9, 30) }
	c, told := onTask(t, b, c, tasks, "survey", oclock(5, 18, 10), act.Correct, later) // the task that the talk was opened for
	require.Empty(t, told)
	require.Nil(t, c.Doubt)
	require.Equal(t, "talk-served-remind", c.Next.ID, "its steps go on")
	c, told = onTask(t, b, c, tasks, "plant", oclock(5, 18, 11), act.Cancel)
	require.Empty(t, told)
	require.Equal(t, act.TalkOpen, c.State)
	c, told = onTask(t, b, c, tasks, "pipes", oclock(5, 18, 12), act.Correct, later)
	require.NotNil(t, c.Doubt, "none is left")
	require.Equal(t, act.TopicDoubt, told[0].Topic)
	c, told = onTask(t, b, c, tasks, "pipes", oclock(5, 19, 12), act.Correct, func(a *act.Act) { a.Due = calendar.NewDay(2021, 4, 30) })
	require.Nil(t, c.Doubt)
	require.Equal(t, act.TopicFounded, told[0].Topic)
	for _, task := range []string{"survey", "pipes"} {
		c, told = onTask(t, b, c, tasks, task, oclock(5, 20, 12), act.Cancel)
	}
	require.Equal(t, act.TalkVoid, c.State, "it ends with the last of its tasks")
	require.Equal(t, act.TopicVoided, told[0].Topic)
}

// A talk waits as long as all its tasks are paused, and no longer.
func TestATalkWaitsWhileAllItsTasksArePaused(t *testing.T) {
	t.Parallel()
	b, c, tasks := jointTalk(t)
	for _, task := range []string{"survey", "plant"} {
		c, _ = onTask(t, b, c, tasks, task, oclock(5, 18, 10), act.Suspend)
		require.NotNil(t, c.Next, task)
	}
	c, _ = onTask(t, b, c, tasks, "pipes", oclock(5, 19, 10), act.Suspend)
	require.Nil(t, c.Next)
	require.True(t, b.Takes(c.TalkCase), "the unit is called to no second talk meanwhile")
	more := calledTalk()
	more.Task, more.Members = "pump", []act.Member{{Task: "pump", About: 1, Due: calendar.NewDay(2021, 5, 5)}}
	joined := b.TalkCourse(c.With(more, calendar.NewDay(2021, 5, 24), oclock(5, 24, 9)))
	require.Equal(t, []act.Halt{{From: calendar.NewDay(2021, 5, 19), Until: calendar.NewDay(2021, 5, 24)}}, joined.Halts)
	require.NotNil(t, joined.Next, "what is missed meanwhile joins it, and it goes on with that")
	c, _ = onTask(t, b, c, tasks, "plant", oclock(5, 25, 10), act.Resume)
	require.NotNil(t, c.Next)
	require.Equal(t, []act.Halt{{From: calendar.NewDay(2021, 5, 19), Until: calendar.NewDay(2021, 5, 25)}}, c.Halts)
}

// A date that a unit misses after its talk was held is a further demand of the rectification, or
// opens the next talk, as the policy says. Rectification is verified task by task.
func TestWhatIsMissedAfterTheTalk(t *testing.T) {
	t.Parallel()
	b, c, _ := jointTalk(t)
	do := func(at time.Time, by act.Actor, k act.Kind, ref string) *act.Refusal {
		a := talkAct(at, by, k)
		a.Ref = ref
		after, _, refused := b.ActOnTalk(c, a)
		c = after
		return refused
	}
	require.Nil(t, do(oclock(5, 18, 10), keeper, act.Serve, ""))
	require.Nil(t, do(oclock(5, 21, 10), keeper, act.Held, ""))
	require.True(t, b.Takes(c.TalkCase), "joins the rectification")
	standard := b.Policies["standard"]
	talks := *standard.Talk
	talks.Later, standard.Talk = plan.LaterOpens, &talks
	next := b
	next.Policies = map[string]plan.Policy{"standard": standard}
	require.False(t, next.Takes(c.TalkCase), "opens the next")

	further := calledTalk()
	further.Task, further.Members = "pump", []act.Member{{Task: "pump", About: 1, Due: calendar.NewDay(2021, 5, 31)}}
	c.TalkCase = c.With(further, calendar.NewDay(2021, 6, 15), oclock(6, 15, 9))
	require.True(t, c.Of()[3].Further)
	require.Nil(t, do(oclock(6, 16, 10), called, act.GivePlan, ""))
	require.Nil(t, do(oclock(6, 17, 10), called, act.GiveReport, ""))
	for i, task := range []string{"survey", "plant", "pump"} {
		require.Nil(t, do(oclock(6, 18, 10+i), keeper, act.VerifyTalk, task))
		require.NotContains(t, c.Taken, act.StepVerified)
	}
	require.Equal(t, &act.Refusal{Key: "act.refused_talk_member", Data: map[string]string{"Task": "other"}}, do(oclock(6, 19, 9), keeper, act.VerifyTalk, "other"))
	require.Nil(t, do(oclock(6, 19, 10), keeper, act.VerifyTalk, "pipes"))
	require.Equal(t, calendar.NewDay(2021, 6, 19), c.Taken[act.StepVerified])
	require.False(t, b.Takes(c.TalkCase))
	require.Nil(t, do(oclock(6, 20, 10), keeper, act.CloseTalk, ""))
}

// A task that goes on in another plan takes its part of the talk along: the old talk goes on
// about the other tasks, and in the new plan the tasks that follow have one talk again.
func TestATaskTakesItsPartOfATalkAlong(t *testing.T) {
	t.Parallel()
	b, c, tasks := jointTalk(t)
	c, _ = onTask(t, b, c, tasks, "pipes", oclock(5, 18, 10), act.Suspend)
	a := act.Act{ID: "carry", Kind: act.Carry, At: oclock(5, 20, 10), On: calendar.NewDay(2021, 5, 20)}
	next := act.Case{Office: "next-office", Leadership: "lingdao", Policy: "standard"}
	out, in := b.CarryTalk(c.TalkCase, "survey", next, "n-survey", a)
	require.Equal(t, []any{act.TalkOpen, act.TalkOpen, "next-office"}, []any{out.State, in.State, in.Office})
	require.True(t, out.Has("survey"))
	require.Equal(t, a.On, out.Of()[0].Ended)
	require.Equal(t, []act.Member{{Task: "n-survey", About: 1, Due: calendar.NewDay(2021, 4, 30)}}, in.Of())
	require.Empty(t, in.Paused)

	out, paused := b.CarryTalk(out, "pipes", next, "n-pipes", a)
	require.Equal(t, a.On, paused.Paused, "a talk about a paused task alone waits")
	whole := b.Along(paused, in, a)
	require.Len(t, whole.Of(), 2)
	require.Empty(t, whole.Paused, "and goes on with the next of them")
	require.NotEmpty(t, b.TalkAhead(whole))

	out, _ = b.CarryTalk(out, "plant", next, "n-plant", a)
	require.Equal(t, act.TalkCarried, out.State, "the old talk ends with the last")
}

// A talk that a leader has kept can lose its ground once more: the leader is asked again, and
// the words about the second doubt have other IDs than those about the first.
func TestATalkThatWasKeptIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	b, c, tasks := jointTalk(t)
	later := func(a *act.Act) { a.Due = calendar.NewDay(2021, 9, 30) }
	asked := func() int {
		require.NotNil(t, c.Doubt)
		for c.Next != nil && c.Next.ID != "talk-kept-missed" {
			c, _ = b.DecideOfTalk(c)
		}
		require.NotNil(t, c.Next)
		revision := c.Revision
		c, _ = b.DecideOfTalk(c)
		return revision
	}
	for _, task := range []string{"survey", "plant", "pipes"} {
		c, _ = onTask(t, b, c, tasks, task, oclock(5, 18, 10), act.Correct, later)
	}
	first := asked()
	keep := talkAct(oclock(5, 28, 10), act.Actor{Account: "leader", Name: "副市长", Unit: "lingdao"}, act.Keep)
	c, _, refused := b.ActOnTalk(c, keep)
	require.Nil(t, refused)
	require.Nil(t, c.Doubt)
	c, _ = onTask(t, b, c, tasks, "pipes", oclock(6, 1, 10), act.Correct, func(a *act.Act) { a.Due = calendar.NewDay(2021, 10, 31) })
	require.Greater(t, asked(), first)
}

// Which talk a unit is called to follows from the calls of its tasks alone: they come at the
// instants that the preview gives, whatever was said so far, and none comes of a task that is
// done or has another date.
func TestWhatATaskStillCallsFor(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	ofTask := func(more func(*act.Case)) act.Case {
		c := act.Case{Kind: plan.Dated, Lead: "shuiwu", Office: "duban", Leadership: "lingdao", Policy: "standard", Number: 1,
			Due: calendar.NewDay(2021, 4, 30), Assigned: oclock(4, 8, 0).UTC()}
		c = b.Open(c).Case
		if more != nil {
			more(&c)
		}
		return c
	}
	fresh := ofTask(nil)
	said, _, _ := b.Play(b.Open(fresh), nil, oclock(12, 31, 0))
	i := slices.IndexFunc(said, func(s plan.Stage) bool { return s.Kind == plan.Talk })
	require.Positive(t, i)
	at := said[i].At
	require.Equal(t, []time.Time{at}, b.CallsUntil(fresh, at), "nothing of its ladder is recorded yet")
	require.Empty(t, b.CallsUntil(fresh, at.Add(-1)))
	require.Equal(t, []time.Time{at}, b.CallsUntil(fresh, at.AddDate(0, 1, 0)), "recorded late")

	_, before, _ := b.Play(b.Open(fresh), nil, at)
	require.Equal(t, []time.Time{at}, b.CallsUntil(before.Case, at))
	after, _ := b.Decide(before)
	require.Empty(t, b.CallsUntil(after.Case, at), "it is recorded")
	for name, c := range map[string]act.Case{
		"verified":  ofTask(func(c *act.Case) { c.State = act.Closed }),
		"cancelled": ofTask(func(c *act.Case) { c.State = act.Cancelled }),
		"extended":  ofTask(func(c *act.Case) { c.Due = calendar.NewDay(2021, 6, 30) }),
		"paused":    ofTask(func(c *act.Case) { c.State, c.Pause = act.Suspended, &act.Pause{From: calendar.NewDay(2021, 4, 20)} }),
	} {
		require.Empty(t, b.CallsUntil(c, at), name)
	}
	paused := b.Course(ofTask(func(c *act.Case) {
		c.State, c.Pause = act.Suspended, &act.Pause{From: calendar.NewDay(2021, 4, 12), Until: calendar.NewDay(2021, 4, 14)}
	})).Case
	require.Len(t, b.CallsUntil(paused, at.AddDate(0, 1, 0)), 1, "a pause that ends by itself before")

	first := act.Called{Task: "b", At: at}
	require.Negative(t, first.Compare(act.Called{Task: "a", At: at.Add(1)}))
	require.Positive(t, first.Compare(act.Called{Task: "a", At: at}))
	require.Zero(t, first.Compare(first))
}

// The judge (package laws) knows which tasks had joined a talk: a talk whose only task is paused
// waits until another task is missed, and goes on with that one; and a task that joins later is
// no ground for the time before.
func TestTheLawsOfATalkThatIsJoinedLater(t *testing.T) {
	t.Parallel()
	b, _, tasks := jointTalk(t)
	april := calendar.NewDay(2021, 4, 30)
	history := func() laws.History {
		return laws.History{Lead: "shuiwu", Office: "duban", Leadership: "lingdao", Policy: "standard", Due: april, Assigned: oclock(4, 8, 0).UTC(), Until: oclock(6, 20, 0).UTC()}
	}
	for name, does := range map[string]struct {
		kind act.Kind
		more func(*act.Act)
	}{
		"paused":    {act.Suspend, func(*act.Act) {}},
		"corrected": {act.Correct, func(a *act.Act) { a.Due = calendar.NewDay(2021, 9, 30) }},
	} {
		c := b.OpenTalk(calledTalk(), oclock(5, 17, 9))
		c.Members = []act.Member{{Task: "survey", About: 1, Due: april}}
		own, joined := history(), history()
		talk := &laws.TalkHistory{Task: "survey", Policy: "standard", Opened: oclock(5, 17, 9).UTC()}
		own.Acts = []laws.Done{{Act: talkAct(oclock(5, 18, 10), keeper, does.kind), N: 1}}
		does.more(&own.Acts[0].Act)
		was := tasks["survey"]
		c, told := onTask(t, b, c, tasks, "survey", oclock(5, 18, 10), does.kind, does.more)
		tasks["survey"] = was
		talk.Said = append(talk.Said, told...)
		said, c := b.TalkUntil(c, oclock(5, 24, 9))
		talk.Said = append(talk.Said, said...)
		if name == "paused" {
			require.Empty(t, said)
		}
		if b.Takes(c.TalkCase) {
			more := calledTalk()
			more.Task, more.Members = "pump", []act.Member{{Task: "pump", About: 1, Due: april}}
			c = b.TalkCourse(c.With(more, calendar.NewDay(2021, 5, 24), oclock(5, 24, 9)))
			talk.Joined = []laws.Joined{{History: joined, Task: "pump", At: []time.Time{oclock(5, 24, 9).UTC()}}}
		}
		require.Equal(t, name == "paused", len(talk.Joined) > 0, "a talk that a leader is asked about takes nothing")
		said, _ = b.TalkUntil(c, own.Until)
		require.NotEmpty(t, said)
		talk.Said = append(talk.Said, said...)
		require.Empty(t, laws.Talk(rulesOf(b), own, talk), name)
		early := said[0]
		early.ID, early.At = "talk-served-missed", oclock(5, 20, 9).UTC()
		talk.Said = append(talk.Said, early)
		require.NotEmpty(t, laws.Talk(rulesOf(b), own, talk), "%s: a word while it waits", name)
	}
}

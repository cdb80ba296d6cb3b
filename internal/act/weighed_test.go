package act_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// What a talk about several tasks does follows from what those tasks are now, not from
// which act came last.
func TestATalkIsWeighedByWhatItsTasksAre(t *testing.T) {
	t.Parallel()
	later := func(a *act.Act) { a.Due = calendar.NewDay(2021, 9, 30) }
	t.Run("its only task that runs is cancelled", func(t *testing.T) {
		b, c, tasks := jointTalk(t)
		c, _ = onTask(t, b, c, tasks, "survey", oclock(5, 18, 10), act.Suspend)
		c, _ = onTask(t, b, c, tasks, "plant", oclock(5, 18, 10), act.Suspend)
		require.NotNil(t, c.Next)
		c, _ = onTask(t, b, c, tasks, "pipes", oclock(5, 19, 10), act.Cancel)
		require.Nil(t, c.Next, "all that it rests on are paused")
		c, _ = onTask(t, b, c, tasks, "plant", oclock(5, 24, 10), act.Resume)
		require.NotNil(t, c.Next)
		require.Equal(t, []act.Halt{{From: calendar.NewDay(2021, 5, 19), Until: calendar.NewDay(2021, 5, 24)}}, c.Halts)
	})
	t.Run("one that it rests on no more is resumed", func(t *testing.T) {
		b, c, tasks := jointTalk(t)
		for _, task := range []string{"survey", "plant", "pipes"} {
			c, _ = onTask(t, b, c, tasks, task, oclock(5, 18, 10), act.Suspend)
		}
		c, _ = onTask(t, b, c, tasks, "survey", oclock(5, 19, 10), act.Correct, later)
		c, _ = onTask(t, b, c, tasks, "survey", oclock(5, 20, 10), act.Resume)
		require.Nil(t, c.Next, "the others are paused")
		require.Nil(t, c.Doubt)
	})
	t.Run("a proposal loses the last", func(t *testing.T) {
		b, c, tasks := jointTalk(t)
		c.State = act.TalkProposed
		c, _ = onTask(t, b, c, tasks, "survey", oclock(5, 18, 10), act.Correct, later)
		c, _ = onTask(t, b, c, tasks, "plant", oclock(5, 18, 11), act.Correct, later)
		require.Equal(t, act.TalkProposed, c.State)
		c, told := onTask(t, b, c, tasks, "pipes", oclock(5, 18, 12), act.Cancel)
		require.Equal(t, act.TalkVoid, c.State)
		require.Equal(t, act.TopicWithdrawn, told[0].Topic)
	})
	t.Run("the one that was cancelled is taken up again", func(t *testing.T) {
		b, c, tasks := jointTalk(t)
		c, _ = onTask(t, b, c, tasks, "survey", oclock(5, 18, 10), act.Correct, later)
		c, _ = onTask(t, b, c, tasks, "plant", oclock(5, 18, 11), act.Correct, later)
		c, _ = onTask(t, b, c, tasks, "pipes", oclock(5, 18, 12), act.Cancel)
		require.NotNil(t, c.Doubt)
		c, told := onTask(t, b, c, tasks, "pipes", oclock(5, 19, 10), act.Reinstate)
		require.Nil(t, c.Doubt, "it rests on that again")
		require.Equal(t, act.TopicFounded, told[0].Topic)
	})
}

// A proposal by hand rests on the date that was missed by then. About a task that is not late it
// rests on what a person says, and no other date of the task takes it back.
func TestAProposalByHandRestsOnADateThatWasMissed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at    string
		state act.TalkState
	}{{"2021-04-29 10:00", act.TalkProposed}, {"2021-04-30 10:00", act.TalkProposed}, {"2021-05-06 10:00", act.TalkVoid}} {
		b := newRules(t)
		task := begin(b, "standard", day(t, "2021-04-30"), moment(t, "2021-04-08 00:00"))
		of := func(id string, at string, k act.Kind) act.Act {
			return act.Act{ID: id, Kind: k, By: act.Actor{Account: "office", Name: "办", Unit: "office"}, At: moment(t, at), On: day(t, at[:10]), Reason: "说明"}
		}
		propose := of("p", c.at, act.Propose)
		propose.Unit, propose.Talk = "gaoping", &act.TalkFacts{What: plan.ProposeTalk}
		talk, refused := b.Propose(act.TalkCase{Task: "b", Number: 1, Lead: "gaoping", Office: "office", Leadership: "group", Policy: "standard",
			Members: []act.Member{{Task: "b", About: task.Number, Due: task.Due}}}, propose)
		require.Nil(t, refused)
		correct := of("c", "2021-05-10 10:00", act.Correct)
		correct.Due = day(t, "2021-09-30")
		after, _, refused := b.Act(task, correct)
		require.Nil(t, refused)
		if now, _, changed := b.AffectedBy(talk, "b", task.Case, after.Case, correct); changed {
			talk = now
		}
		require.Equal(t, c.state, talk.State, "proposed at %s", c.at)
	}
}

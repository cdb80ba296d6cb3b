package act_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
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
		require.Equal(t, []act.Stand{{From: calendar.NewDay(2021, 5, 19), Until: calendar.NewDay(2021, 5, 24)}}, c.Stood)
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

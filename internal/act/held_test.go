package act_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// A talk that was held on its last day and recorded the next morning was held in time: the day
// that its record names counts, from the service of the notice to the day of the record.
func TestATalkIsHeldOnTheDayItsRecordNames(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	served := calendar.NewDay(2021, 5, 18)
	recorded := calendar.NewDay(2021, 5, 26)
	for named, want := range map[time.Time]calendar.Day{
		oclock(5, 25, 15): calendar.NewDay(2021, 5, 25), // the last of seven days
		oclock(5, 26, 9):  recorded,
		oclock(5, 1, 9):   served,                       // before the notice
		oclock(5, 25, 23): calendar.NewDay(2021, 5, 25), // 23:00 in Beijing is that day
		(time.Time{}):     recorded,
	} {
		c := b.OpenTalk(calledTalk(), oclock(5, 17, 9))
		c, _, refused := b.ActOnTalk(c, talkAct(served.At(10, 0, calendar.Beijing), keeper, act.Serve))
		require.Nil(t, refused)
		held := talkAct(recorded.At(9, 30, calendar.Beijing), keeper, act.Held)
		held.Talk = &act.TalkFacts{Time: named.UTC()}
		if named.IsZero() {
			held.Talk = nil
		}
		c, _, refused = b.ActOnTalk(c, held)
		require.Nil(t, refused)
		require.Equal(t, want, c.Taken[act.StepHeld], named)
		late, was := b.StepLate(c.TalkCase, b.StepLimit(c.TalkCase, act.StepHeld), c.Taken[act.StepHeld])
		require.Equal(t, want == recorded, was, "%s %d", named, late)
	}
}

// A talk can be recorded as held, or as not attended, only after its time: both the time in the
// notice and the one that the record names.
func TestNoTalkIsHeldBeforeItsTime(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	served := talkAct(oclock(5, 18, 10), keeper, act.Serve)
	served.Talk.Time = oclock(5, 25, 15).UTC()
	c, _, refused := b.ActOnTalk(b.OpenTalk(calledTalk(), oclock(5, 17, 9)), served)
	require.Nil(t, refused)
	for _, k := range []act.Kind{act.Held, act.Absent} {
		for _, c := range []act.TalkCourse{c, c.Keys()} { // as its workflow judges, and as the ledger does
			require.Equal(t, &act.Refusal{Key: "act.refused_talk_early"}, c.Check(talkAct(oclock(5, 25, 14), keeper, k)))
			require.Nil(t, c.Check(talkAct(oclock(5, 25, 15), keeper, k)))
		}
		named := talkAct(oclock(5, 26, 9), keeper, k)
		named.Talk = &act.TalkFacts{Time: oclock(5, 26, 15).UTC()}
		require.Equal(t, &act.Refusal{Key: "act.refused_talk_early"}, c.Check(named))
	}
}

// What is said with the service of a notice is added to the grounds and does not replace them.
func TestServingKeepsTheGrounds(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	k := calledTalk()
	k.Grounds = "三项任务逾期"
	_, told, refused := b.ActOnTalk(b.OpenTalk(k, oclock(5, 17, 9)), talkAct(oclock(5, 18, 10), keeper, act.Serve))
	require.Nil(t, refused)
	require.Equal(t, "三项任务逾期\n说明", told[0].Words)
}

// A second round of a talk keeps what was done in the first.
func TestASecondRoundKeepsTheFirst(t *testing.T) {
	t.Parallel()
	b := talkRules(t, plan.TalkAtOnce)
	c := b.OpenTalk(calledTalk(), oclock(5, 17, 9))
	c, _, refused := b.ActOnTalk(c, talkAct(oclock(5, 18, 10), keeper, act.Serve))
	require.Nil(t, refused)
	c, _, refused = b.ActOnTalk(c, talkAct(oclock(5, 24, 10), keeper, act.Absent))
	require.Nil(t, refused)
	require.Empty(t, c.Taken)
	require.Equal(t, []act.Round{{Since: calendar.NewDay(2021, 5, 17), Until: calendar.NewDay(2021, 5, 24),
		Taken: map[string]calendar.Day{act.StepServed: calendar.NewDay(2021, 5, 18)}}}, c.Rounds)
}

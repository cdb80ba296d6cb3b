package act_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
)

// Law 2: a date that was missed, set to one to come by a slip, and set back.
func TestStoryADateSetForwardAndBackIsTheSameMiss(t *testing.T) {
	lines, _ := story(t, "2021-04-30", "2021-07-30", "2021-04-12 10:00 unit acknowledge",
		"2021-05-20 10:00 clerk correct due=2021-07-30", "2021-05-20 10:05 clerk correct due=2021-04-30")
	require.Empty(t, since(lines, "05-20"), "urge, warn and talk were said of 04-30")
}

// Law 2: the day on which a moving pause ends, and another date that has passed.
func TestStoryACorrectionOnTheDayAPauseEnds(t *testing.T) {
	lines, _ := story(t, "2021-04-30", "2021-07-30", "2021-04-12 10:00 unit acknowledge",
		"2021-05-19 10:00 clerk suspend until=2021-06-30 moves", "2021-06-30 10:00 clerk correct due=2021-05-07")
	require.Empty(t, since(lines, "06-01"), "of the same miss everything was said in May; on 07-01 the same correction says nothing")
}

// Law 2: a moving pause that is taken up again on the day it ended.
func TestStoryAPauseTakenUpAgain(t *testing.T) {
	lines, _ := story(t, "2021-04-15", "2021-06-15", "2021-04-21 17:34 clerk suspend moves", "2021-04-30 09:00 clerk resume", "2021-04-30 09:30 clerk suspend until=2021-05-10 moves")
	require.NotContains(t, lines, "05-11 09:00 urge", "said on 04-16 of the same miss")
}

// Law 5: another policy that names a graver rung by the same ID does not begin below it.
func TestStoryAnotherPolicyGoesDownTheLadder(t *testing.T) {
	const ack = "2021-04-12 10:00 unit acknowledge"
	lines, _ := story(t, "2021-04-30", "2021-07-30", ack, "2021-05-20 10:00 clerk set_policy policy=13710")
	require.NotContains(t, lines, "05-21 09:00 escalate")
	d := newDesk(t, "2021-07-17", "2021-04-08 00:00")
	d.Course.Case.Policy = "13710"
	d.do("gaoping", "2021-04-09 10:00", act.Acknowledge)
	d.do("office", "2021-07-19 23:59", act.SetPolicy, policy("standard"))
	d.spoken()
	d.to("2021-07-25 00:00")
	require.Equal(t, "\n", d.spoken(), "it was warned on 07-19: no urge on 07-20, the talk comes on 07-30")
}

// Laws 1 and 10: who is given the task owes itself no part.
func TestStoryAPartOfTheUnitThatLeadsNow(t *testing.T) {
	lines, _ := story(t, "2021-06-30", "2021-06-20", "2021-05-06 10:00 unit ask_part unit=shuiwu due=2021-05-20",
		"2021-05-10 10:00 clerk reassign unit=shuiwu")
	require.NotContains(t, lines, "05-18 09:00 part-1-remind")
	require.NotContains(t, lines, "05-21 09:00 part-1-missed", "it goes to shuiwu/liaison twice, in the name of 水务 itself")
}

// Law 9: a word to the old unit at the instant of the hand-over is none to the new one.
func TestStoryAHandOverAtTheInstantOfAWord(t *testing.T) {
	lines, _ := story(t, "2021-06-30", "2021-05-10", "2021-04-12 09:00 clerk reassign unit=zezhou")
	require.Contains(t, lines, "04-15 09:00 unacknowledged-3")
}

func dutyStory(t *testing.T, rule, from string, acts ...string) (due []string) {
	h := dutyHistory{rule: rule, from: day(t, from)}
	var all []act.Act
	for _, line := range acts {
		all = append(all, written(t, line))
	}
	playDuty(newBook(t), &h, all, moment(t, "2022-03-01 00:00"))
	for _, o := range h.opened {
		due = append(due, o.due.String())
	}
	return due
}

// Law 11: a rule that was never opened by does not say what was asked for.
func TestStoryTwoRulesInARow(t *testing.T) {
	due := dutyStory(t, "month", "2021-04-08", "2021-05-10 10:00 clerk rule rule=year", "2021-05-10 10:05 clerk rule rule=month")
	require.Equal(t, []string{"2021-04-30", "2021-05-31", "2021-06-30"}, due[:3])
}

// Law 11: the next period by the new rule may fall due before the last one by the old.
func TestStoryAShorterRule(t *testing.T) {
	due := dutyStory(t, "quarter+45", "2021-04-08", "2021-05-12 10:00 clerk rule rule=month")
	require.Contains(t, due, "2021-05-31")
	due = dutyStory(t, "quarter+45", "2021-04-08", "2021-04-14 10:00 clerk rule rule=month")
	require.Equal(t, []string{"2021-05-15", "2021-04-30", "2021-05-31"}, due[:3])
}

// Law 3: a date set forward by a slip, and set back: the talk goes on, and what it
// waited for counts for nothing.
func TestStoryATalkWhoseDateIsSetBack(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	p := newPlayer(b, begin(b, "standard", day(t, "2021-04-30"), moment(t, "2021-04-08 00:00")))
	for _, line := range []string{"2021-05-19 10:00 clerk correct due=2021-09-30", "2021-05-21 10:00 clerk correct due=2021-04-30"} {
		require.Nil(t, p.on(written(t, line)))
	}
	p.to(moment(t, "2021-06-30 00:00"))
	require.Empty(t, verdict(judge(b, p.history)))
	require.Equal(t, `
2021-05-19 09:00 talk-served-remind remind office/office
2021-05-19 10:00 act-1-doubt told group/leader,office/office by 李强 words 理由
2021-05-21 10:00 act-2-founded told group/leader,office/office by 李强 words 理由
2021-05-24 09:00 talk-served-remind remind office/office moved from 2021-05-21
2021-05-25 09:00 talk-served-missed escalate office/office,group/leader
`, "\n"+stageLines(p.talks[0].said), "the notice was to be served by 05-20: the two days of the doubt are added, which leads to a Saturday")
	require.True(t, p.courses[0].Founded(p.Case))
	require.Nil(t, p.on(written(t, "2021-06-30 10:00 clerk correct due=2021-09-30")))
	require.False(t, p.courses[0].Founded(p.Case))
	a := talkAct(moment(t, "2021-07-01 10:00"), mayorOf, act.Keep)
	require.Nil(t, p.onTalk(0, a))
	require.True(t, p.courses[0].Founded(p.Case), "a leader has kept it")
}

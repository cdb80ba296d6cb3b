package act_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/laws"
	"duban/internal/plan"
)

// Law 2 (the laws are those of package laws): a date that was missed, set to a later one by
// mistake, and set back.
func TestStoryADateSetForwardAndBackIsTheSameMiss(t *testing.T) {
	lines, _ := story(t, "2021-04-30", "2021-07-30", "2021-04-12 10:00 unit acknowledge",
		"2021-05-20 10:00 clerk correct due=2021-07-30", "2021-05-20 10:05 clerk correct due=2021-04-30")
	require.Empty(t, since(lines, "05-20"), "urge, warn and talk were said of 04-30")
}

// Law 2: a pause that moves the due date ends, and on the same day the date is corrected to one
// that has passed.
func TestStoryACorrectionOnTheDayAPauseEnds(t *testing.T) {
	lines, _ := story(t, "2021-04-30", "2021-07-30", "2021-04-12 10:00 unit acknowledge",
		"2021-05-19 10:00 clerk suspend until=2021-06-30 moves", "2021-06-30 10:00 clerk correct due=2021-05-07")
	require.Empty(t, since(lines, "06-01"), "of the same miss everything was said in May; on 07-01 the same correction says nothing")
}

// Law 2: a pause that moves the due date is resumed, and begun again on the same day.
func TestStoryAPauseTakenUpAgain(t *testing.T) {
	lines, _ := story(t, "2021-04-15", "2021-06-15", "2021-04-21 17:34 clerk suspend moves", "2021-04-30 09:00 clerk resume", "2021-04-30 09:30 clerk suspend until=2021-05-10 moves")
	require.NotContains(t, lines, "05-11 09:00 urge", "said on 04-16 of the same miss")
}

// Law 5: under another policy, which has a graver rung under the same ID, the ladder does not
// begin again below that rung.
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

// Laws 1 and 10: a unit that is given the whole task no longer owes a part of it.
func TestStoryAPartOfTheUnitThatLeadsNow(t *testing.T) {
	lines, _ := story(t, "2021-06-30", "2021-06-20", "2021-05-06 10:00 unit ask_part unit=shuiwu due=2021-05-20",
		"2021-05-10 10:00 clerk reassign unit=shuiwu")
	require.NotContains(t, lines, "05-18 09:00 part-1-remind")
	require.NotContains(t, lines, "05-21 09:00 part-1-missed", "it goes to shuiwu/liaison twice, in the name of 水务 itself")
}

// Law 9: a word that the old unit gets at the instant of the hand-over does not count as said to
// the new one.
func TestStoryAHandOverAtTheInstantOfAWord(t *testing.T) {
	lines, _ := story(t, "2021-06-30", "2021-05-10", "2021-04-12 09:00 clerk reassign unit=zezhou")
	require.Contains(t, lines, "04-15 09:00 unacknowledged-3")
}

func dutyStory(t *testing.T, rule, from string, acts ...string) (due []string) {
	h := dutyHistory{rule, laws.DutyHistory{From: day(t, from)}}
	var all []act.Act
	for _, line := range acts {
		all = append(all, written(t, line))
	}
	playDuty(newRules(t), &h, all, moment(t, "2022-03-01 00:00"))
	for _, o := range h.Opened {
		due = append(due, o.Due.String())
	}
	return due
}

// Law 11: a rule by which no occurrence was opened does not decide which period was asked for
// last.
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

// Law 3: a date is set forward by mistake, and set back: the talk goes on, and the days of the
// doubt count for nothing.
func TestStoryATalkWhoseDateIsSetBack(t *testing.T) {
	t.Parallel()
	b := newRules(t)
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

// atOnce is what an act says at once, a line each.
func atOnce(t *testing.T, p *player, line string) string {
	t.Helper()
	said := len(p.said)
	require.Nil(t, p.on(written(t, line)), line)
	var out []plan.Stage
	for _, s := range p.said[said:] {
		if s.Kind == plan.Told && s.At.Equal(moment(t, line[:16])) {
			out = append(out, s)
		}
	}
	return "\n" + stageLines(out)
}

// started is a task due on a day that its unit has acknowledged, played with acts.
func started(t *testing.T, due string, acts ...string) *player {
	t.Helper()
	b := newRules(t)
	p := newPlayer(b, begin(b, "standard", day(t, due), moment(t, "2021-04-08 00:00")))
	for _, line := range append([]string{"2021-04-12 10:00 unit acknowledge"}, acts...) {
		require.Nil(t, p.on(written(t, line)), line)
	}
	return p
}

// fair plays a story to its end, judges it by the laws and gives what was said since a day.
func (p *player) fair(t *testing.T, from, until string) (lines []string) {
	t.Helper()
	p.to(moment(t, until+" 00:00"))
	require.Empty(t, verdict(judge(p.Rules, p.history)))
	all := p.said
	for _, k := range p.talks {
		all = append(all[:len(all):len(all)], k.said...)
	}
	for _, s := range all {
		if s.Kind != plan.Told && beijing(s.At) >= from {
			lines = append(lines, beijing(s.At)[5:]+" "+s.ID)
		}
	}
	slices.Sort(lines)
	return lines
}

// Law 8: when a task is closed, the leader who waits for an answer hears of it, and so does a
// unit that still owes a part.
func TestStoryClosedWithMattersOpen(t *testing.T) {
	t.Parallel()
	open := []string{"2021-05-06 10:00 unit ask_part unit=shuiwu due=2021-05-30", "2021-05-10 10:00 mayor instruct due=2021-05-30"}
	p := started(t, "2021-06-30", open...)
	require.Equal(t, `
2021-05-20 10:00 act-4-verify told gaoping/liaison,shuiwu/liaison,group/leader by 李强 paper 一号 words 理由
`, atOnce(t, p, "2021-05-20 10:00 clerk verify"))
	require.Empty(t, p.fair(t, "2021-05-20", "2021-08-01"))
	p = started(t, "2021-06-30", open...)
	require.Equal(t, `
2021-05-20 10:00 act-4-cancel told gaoping/liaison,gaoping/deputy,shuiwu/liaison,group/leader by 李强 paper 一号 words 理由
`, atOnce(t, p, "2021-05-20 10:00 clerk cancel"))
	require.Empty(t, p.fair(t, "2021-05-20", "2021-08-01"))
}

// Law 9: a unit is told what it inherits with a task, and whoever owes the task a part hears
// which unit leads it now.
func TestStoryAnInstructionIsPassedOn(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-06-30", "2021-05-06 10:00 unit ask_part unit=shuiwu due=2021-05-30", "2021-05-10 10:00 mayor instruct due=2021-05-20")
	require.Equal(t, `
2021-05-13 10:00 act-4-reassign told zezhou/liaison,zezhou/deputy,gaoping/liaison,shuiwu/liaison by 李强 paper 一号 words 理由
2021-05-13 10:00 act-4-instruct.1 told zezhou/liaison,zezhou/head about instruct limit 2021-05-20 by 赵副市长 words 理由
`, atOnce(t, p, "2021-05-13 10:00 clerk reassign unit=zezhou"))
	require.Equal(t, []string{"05-14 09:00 study-1", "05-17 09:00 unacknowledged-3", "05-19 09:00 instruction-1-remind", "05-21 09:00 instruction-1-missed"}, p.fair(t, "2021-05-13", "2021-05-25"))
}

// Law 1: a unit that assists no longer owes no part.
func TestStoryAPartOfWhoAssistsNoLonger(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-06-30", "2021-05-06 10:00 unit ask_part unit=shuiwu due=2021-05-20")
	a := written(t, "2021-05-10 10:00 clerk assist")
	a.Units = []string{"zhujian"}
	require.Nil(t, p.on(a))
	require.True(t, p.Parts[0].Dropped)
	require.Empty(t, p.fair(t, "2021-05-10", "2021-05-28"))
}

// Law 3: when a talk ends with its task, somebody is told.
func TestStoryACancelledTaskWithATalk(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-06-30")
	require.Nil(t, p.on(written(t, "2021-07-14 10:00 clerk cancel")))
	require.Empty(t, p.fair(t, "2021-07-14 09:01", "2021-12-01"))
	require.Equal(t, `
2021-07-14 10:00 act-1-voided told gaoping/head,group/leader,office/office by 李强 words 理由
`, "\n"+stageLines(p.talks[0].said))
	require.Equal(t, act.TalkVoid, p.courses[0].State)
}

// A unit that the office has just chased by hand is not urged on the next morning for its
// silence.
func TestStoryChasedByHandAndSilent(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"05-12 09:00 silent-2021-04-12"}, started(t, "2021-09-30", "2021-05-10 10:00 clerk chase").fair(t, "2021-05-10", "2021-08-01"))
}

// Law 1: words about a task may be said from the day on which it begins.
func TestStoryATaskThatBeginsOnItsDay(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	c := begin(b, "standard", day(t, "2021-09-30"), moment(t, "2021-04-08 00:00"))
	c.Begin = day(t, "2021-09-30")
	p := newPlayer(b, b.Course(c.Case))
	require.Equal(t, []string{"09-30 09:00 due", "10-08 09:00 study-1", "10-08 09:00 urge", "10-11 09:00 unacknowledged-3", "10-13 09:00 warn"}, p.fair(t, "2021-04-08", "2021-10-14"))
}

// Laws 4 and 12: a task that is closed while a return waits for the office was done in time: the
// days of waiting do not count against the unit.
func TestStoryClosedWhileAReturnWaits(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	p := newPlayer(b, begin(b, "standard", day(t, "2021-05-24"), moment(t, "2021-04-08 00:00")))
	for _, line := range []string{"2021-04-12 18:00 unit return", "2021-06-07 10:00 clerk verify"} {
		require.Nil(t, p.on(written(t, line)))
	}
	m := b.Measure(p.Case, day(t, "2021-06-30"))
	require.Equal(t, []any{0, plan.Done}, []any{m.Late, m.Light})
}

// Law 7: before a granted date nobody is late. When the office sets that date back to one that
// has passed, the days late count from the day of the act, and the ladder keeps its distances
// from that day.
func TestStoryAGrantedDateSetBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		due  string
		acts []string
		want []string
		late int // on 2021-06-25
	}{
		"granted, and revoked": {"2021-04-30", []string{"2021-04-20 10:00 unit extend due=2021-12-31", "2021-04-21 10:00 clerk grant due=2021-12-31", "2021-06-10 10:00 clerk correct due=2021-04-30"},
			[]string{"06-11 09:00 urge", "06-18 09:00 warn", "06-25 09:00 talk"}, 10},
		"a mistyped date found": {"2021-12-31", []string{"2021-06-10 10:00 clerk correct due=2021-04-30"},
			[]string{"06-11 09:00 urge", "06-18 09:00 warn", "06-25 09:00 talk"}, 10},
		"corrected once more": {"2021-12-31", []string{"2021-06-10 10:00 clerk correct due=2021-04-30", "2021-06-11 10:00 clerk correct due=2021-05-07"},
			[]string{"06-11 09:00 urge", "06-18 09:00 warn", "06-25 09:00 talk"}, 10},
		"granted after it was missed, and revoked: one miss": {"2021-04-30", []string{"2021-04-20 10:00 unit extend due=2021-12-31", "2021-05-10 10:00 clerk grant due=2021-12-31", "2021-06-10 10:00 clerk correct due=2021-04-30"},
			nil, 37},
		"a slip of a day": {"2021-04-30", []string{"2021-06-09 10:00 clerk correct due=2021-09-30", "2021-06-10 10:00 clerk correct due=2021-04-30"}, nil, 37},
		"set back to a date to come": {"2021-04-30", []string{"2021-04-20 10:00 unit extend due=2021-12-31", "2021-04-21 10:00 clerk grant due=2021-12-31", "2021-06-10 10:00 clerk correct due=2021-06-15"},
			[]string{"06-11 09:00 remind-1", "06-15 09:00 due", "06-16 09:00 urge", "06-22 09:00 warn"}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newRules(t)
			p := newPlayer(b, begin(b, "standard", day(t, c.due), moment(t, "2021-04-08 00:00")))
			require.Nil(t, p.on(written(t, "2021-04-12 10:00 unit acknowledge")))
			for _, line := range c.acts {
				require.Nil(t, p.on(written(t, line)))
			}
			got := p.fair(t, "2021-06-10 10:01", "2021-06-26")
			if c.want != nil {
				require.Equal(t, c.want, got)
			}
			require.Equal(t, c.late, b.Measure(p.Case, day(t, "2021-06-25")).Late)
		})
	}
}

// Law 2: a date that was missed twice and is set again is the second miss: what was said of that
// miss is not said once more, and its talk goes on.
func TestStoryADateThatWasMissedTwice(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-06-23", "2021-05-18 10:00 unit complete", "2021-06-25 01:45 clerk reject", "2021-06-29 10:00 clerk correct due=2021-08-10",
		"2021-08-27 10:00 clerk correct due=2021-06-23", "2021-08-28 21:21 clerk correct due=2021-09-28", "2021-09-06 10:00 clerk correct due=2021-06-23")
	require.Empty(t, p.fair(t, "2021-09-06 10:01", "2021-12-01"), "all of it was said in August")
	require.True(t, p.courses[0].Founded(p.Case))
	require.Nil(t, p.courses[0].Doubt)
}

// Law 5: when a date is set back to a day before its unit was given the task, earlier reminders
// of it do not replace the word that it has passed.
func TestStoryADateSetBackBeforeItsUnitLed(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-06-23", "2021-07-31 15:44 clerk reassign unit=zezhou due=2021-08-14")
	for _, line := range []string{"2021-08-16 00:00 zezhou complete", "2021-09-21 23:48 clerk correct due=2021-06-23", "2021-09-25 09:00 clerk reject", "2021-09-26 02:51 clerk set_policy policy=13710"} {
		a := written(t, strings.Replace(line, "zezhou", "unit", 1))
		if a.Kind == act.Complete {
			a.By = act.Actor{Account: "unit", Name: "王敏", Unit: p.Lead}
		}
		require.Nil(t, p.on(a), line)
	}
	require.Equal(t, []string{"09-26 09:00 passed", "09-27 09:00 warn"}, p.fair(t, "2021-09-26 02:52", "2021-09-28"))
}

// Law 3: when a date is set back a second time, the talks that were called for because of that
// date rest on it again, and no others.
func TestStoryTwoTalksOfOneDate(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	p := newPlayer(b, begin(b, "13710", day(t, "2021-05-14"), moment(t, "2021-04-08 00:00")))
	for _, line := range []string{"2021-06-20 22:23 clerk correct due=2021-06-22", "2021-07-10 09:00 clerk correct due=2021-07-20", "2021-07-26 09:00 clerk correct due=2021-05-14",
		"2021-08-13 15:24 clerk correct due=2021-08-18", "2021-08-13 21:34 clerk correct due=2021-05-14"} {
		require.Nil(t, p.on(written(t, line)), line)
	}
	p.fair(t, "2021-08-13 21:35", "2021-09-30")
	var doubted, founded []bool
	for _, k := range p.courses {
		doubted, founded = append(doubted, k.Doubt != nil), append(founded, k.Founded(p.Case))
	}
	require.Equal(t, []bool{false, true, false}, doubted, "the second was about 06-22")
	require.Equal(t, []bool{true, false, true}, founded)
}

// Law 2: a word that a milder policy has said after the date replaces the word that the date has
// passed, even if a pause has moved the date since.
func TestStoryToldByAMilderPolicyThatTheDateHasPassed(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-10-01", "2021-10-03 08:00 clerk set_policy policy=soft", "2021-10-17 08:00 clerk suspend moves", "2021-11-03 21:11 clerk resume", "2021-11-11 07:56 clerk set_policy policy=13710")
	require.Equal(t, []string{"11-12 09:00 warn"}, p.fair(t, "2021-11-03 21:12", "2021-11-13"))
}

// Law 2: of the two misses of one date the one counts of which the unit was told: what was said
// of it in May is not said again in July, though the date was set again in between.
func TestStoryADateSetAgainWhileAReportWaits(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-04-28", "2021-05-25 10:00 clerk correct due=2021-06-22", "2021-06-05 09:00 unit complete", "2021-06-07 09:00 clerk correct due=2021-06-06",
		"2021-06-08 09:00 clerk correct due=2021-04-28", "2021-06-14 10:00 clerk correct due=2021-07-11", "2021-06-28 10:00 clerk correct due=2021-04-28", "2021-07-02 09:00 clerk reject")
	require.Empty(t, p.fair(t, "2021-07-02 09:01", "2021-07-20"))
}

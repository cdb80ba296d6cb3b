package act_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/plan"
)

var (
	unitOf  = act.Actor{Account: "unit", Name: "王敏", Unit: "gaoping"}
	clerkOf = act.Actor{Account: "clerk", Name: "李强", Unit: "office"}
	mayorOf = act.Actor{Account: "mayor", Name: "赵副市长", Unit: "group"}
)

// story plays acts written "2021-04-12 10:00 unit acknowledge due=2021-05-07" on a
// task due on a day, and gives what was said until the end of a day.
func story(t *testing.T, due, until string, acts ...string) (lines []string, c act.Course) {
	t.Helper()
	b := newRules(t)
	c = begin(b, "standard", day(t, due), moment(t, "2021-04-08 00:00"))
	var all []act.Act
	for _, line := range acts {
		all = append(all, written(t, line))
	}
	said, after, refused := b.Play(c, all, moment(t, until+" 23:59"))
	require.Empty(t, refused)
	for _, s := range said {
		if s.Kind != plan.Told {
			lines = append(lines, strings.TrimPrefix(beijing(s.At), "2021-")+" "+s.ID)
		}
	}
	return lines, after
}

// since are the lines from a day on, "05-21".
func since(lines []string, day string) (out []string) {
	for _, l := range lines {
		if l >= day {
			out = append(out, l)
		}
	}
	return out
}

func TestOrdinaryOrdersOfActs(t *testing.T) {
	t.Parallel()
	const ack = "2021-04-12 10:00 unit acknowledge"
	for _, c := range []struct {
		name, due, until, from string
		acts                   []string
		want                   []string
	}{
		{"a pause is no silence: six working days before it, fourteen after", "2021-09-30", "2021-08-30", "04-20",
			[]string{ack, "2021-04-20 10:00 clerk suspend until=2021-07-20 moves"},
			[]string{"08-09 09:00 silent-2021-04-12"}},
		{"a date that was missed, corrected to another that has passed, is the same miss", "2021-04-30", "2021-07-30", "05-01",
			[]string{ack, "2021-06-15 10:00 clerk correct due=2021-05-07"},
			[]string{"05-06 09:00 urge", "05-11 09:00 warn", "05-18 09:00 talk"}},
		{"so it is when a pause moves it", "2021-04-30", "2021-07-30", "05-01",
			[]string{ack, "2021-06-15 10:00 clerk suspend until=2021-06-22 moves"},
			[]string{"05-06 09:00 urge", "05-11 09:00 warn", "05-18 09:00 talk"}},
		{"a date set to one to come begins anew", "2021-04-30", "2021-08-30", "05-25",
			[]string{ack, "2021-05-25 10:00 clerk correct due=2021-07-30"},
			[]string{"06-23 09:00 silent-2021-04-12", "06-30 09:00 remind-30", "07-15 09:00 remind-15", "07-23 09:00 remind-7", "07-27 09:00 remind-3", "07-29 09:00 remind-1",
				"07-30 09:00 due", "08-02 09:00 urge", "08-06 09:00 warn", "08-13 09:00 talk"}},
		{"a report in time, rejected two weeks after the date: each rung has its distance", "2021-04-30", "2021-07-30", "05-12",
			[]string{ack, "2021-04-29 10:00 unit complete", "2021-05-14 10:00 clerk reject"},
			[]string{"05-17 09:00 passed", "05-18 09:00 urge", "05-24 09:00 warn", "05-31 09:00 talk"}},
		{"a date that came in a pause is reminded of first, and each rung has its distance", "2021-04-30", "2021-07-30", "04-28",
			[]string{ack, "2021-04-27 10:00 clerk suspend", "2021-06-01 10:00 clerk resume"},
			[]string{"06-02 09:00 passed", "06-03 09:00 urge", "06-09 09:00 warn", "06-17 09:00 talk"}},
		{"so it is when the pause ends by itself: on that morning", "2021-04-30", "2021-07-30", "04-28",
			[]string{ack, "2021-04-27 10:00 clerk suspend until=2021-06-01"},
			[]string{"06-01 09:00 passed", "06-02 09:00 urge", "06-08 09:00 warn", "06-16 09:00 talk"}},
		{"once a date, however often it is paused", "2021-04-30", "2021-06-18", "04-28",
			[]string{ack, "2021-04-27 10:00 clerk suspend", "2021-06-01 10:00 clerk resume", "2021-06-02 10:00 clerk suspend", "2021-06-15 10:00 clerk resume"},
			[]string{"06-02 09:00 passed", "06-16 09:00 urge"}},
		{"a date that had passed before the pause is not said anew", "2021-04-30", "2021-06-04", "05-06",
			[]string{ack, "2021-05-07 10:00 clerk suspend", "2021-06-01 10:00 clerk resume"},
			[]string{"05-06 09:00 urge", "06-04 09:00 warn"}},
		{"a return that waits is not urged to be received; what is left of the term runs after the ruling", "2021-06-30", "2021-05-20", "04-09",
			[]string{"2021-04-09 08:00 unit return", "2021-04-20 10:00 clerk uphold"},
			[]string{"04-14 09:00 return-1-remind", "04-15 09:00 return-1-missed", "04-21 09:00 study-1", "04-23 09:00 unacknowledged-3"}},
		{"an extension granted after the date is the date", "2021-04-30", "2021-07-10", "05-19",
			[]string{ack, "2021-04-26 10:00 unit extend due=2021-05-31", "2021-05-24 10:00 clerk grant due=2021-06-30"},
			[]string{"05-31 09:00 remind-30", "06-15 09:00 remind-15", "06-22 09:00 silent-2021-04-26", "06-23 09:00 remind-7", "06-25 09:00 remind-3",
				"06-29 09:00 remind-1", "06-30 09:00 due", "07-01 09:00 urge", "07-07 09:00 warn"}},
		{"nothing that runs when a date is granted is added to it", "2021-06-30", "2021-07-10", "06-22",
			[]string{ack, "2021-06-01 10:00 unit extend due=2021-07-07", "2021-06-02 10:00 clerk suspend moves", "2021-06-04 10:00 clerk grant", "2021-06-22 10:00 clerk resume"},
			[]string{"06-30 09:00 remind-7", "07-02 09:00 remind-3", "07-06 09:00 remind-1", "07-07 09:00 due", "07-08 09:00 urge"}},
		{"a correction leaves a request where it was", "2021-06-30", "2021-06-10", "06-01",
			[]string{ack, "2021-06-01 10:00 unit extend due=2021-08-31", "2021-06-02 10:00 clerk correct due=2021-07-15"},
			[]string{"06-04 09:00 extension-2-remind", "06-07 09:00 extension-2-missed"}},
		{"who is given a task that is late is reminded, and begins with its own first rung", "2021-04-30", "2021-07-30", "05-21",
			[]string{"2021-05-21 10:00 clerk reassign unit=zezhou"},
			[]string{"05-24 09:00 passed", "05-24 09:00 study-1", "05-25 09:00 urge", "05-26 09:00 unacknowledged-3", "05-31 09:00 warn", "06-07 09:00 talk"}},
		{"or with the date that the act gives it", "2021-04-30", "2021-07-02", "05-21",
			[]string{"2021-05-21 10:00 clerk reassign unit=zezhou due=2021-06-30"},
			[]string{"05-24 09:00 study-1", "05-26 09:00 unacknowledged-3", "05-31 09:00 remind-30", "06-15 09:00 remind-15", "06-23 09:00 remind-7", "06-25 09:00 remind-3",
				"06-29 09:00 remind-1", "06-30 09:00 due", "07-01 09:00 urge"}},
	} {
		lines, _ := story(t, c.due, c.until, c.acts...)
		require.Equal(t, c.want, since(lines, c.from), c.name)
	}
}

// measured is how far a task is on a day after acts.
func measured(t *testing.T, due, today string, acts ...string) act.Measure {
	t.Helper()
	_, c := story(t, due, today, acts...)
	return newRules(t).Measure(c.Case, day(t, today))
}

func TestOneReadingOfLate(t *testing.T) {
	t.Parallel()
	const inTime = "2021-04-29 10:00 unit complete"
	late := func(m act.Measure) []any { return []any{m.Overdue, m.Late, m.Light} }
	require.Equal(t, []any{false, 0, plan.Yellow}, late(measured(t, "2021-04-30", "2021-05-20", inTime)), "reported in time, and it waits")
	require.Equal(t, []any{false, 0, plan.Yellow}, late(measured(t, "2021-04-30", "2021-05-14", inTime, "2021-05-14 10:00 clerk reject")), "the day of the rejection")
	require.Equal(t, []any{true, 2, plan.Red}, late(measured(t, "2021-04-30", "2021-05-18", inTime, "2021-05-14 10:00 clerk reject")))
	require.Equal(t, []any{false, 3, plan.Red}, late(measured(t, "2021-04-30", "2021-05-20", "2021-05-08 10:00 unit complete")), "reported late: as late as it was then")
	require.Equal(t, []any{false, 0, plan.Done}, late(measured(t, "2021-04-30", "2021-05-20", inTime, "2021-05-14 10:00 clerk verify")), "the day of the report counts")
	require.Equal(t, []any{false, 0, plan.Done}, late(measured(t, "2021-04-30", "2021-05-20", inTime, "2021-05-14 10:00 clerk reject", "2021-05-14 15:00 unit complete", "2021-05-19 10:00 clerk verify")))
	require.Equal(t, []any{false, 1, plan.DoneLate}, late(measured(t, "2021-04-30", "2021-05-20", inTime, "2021-05-14 10:00 clerk reject", "2021-05-17 15:00 unit complete", "2021-05-19 10:00 clerk verify")))
	require.Equal(t, []any{false, 0, plan.Green}, late(measured(t, "2021-04-30", "2021-05-20", "2021-04-12 10:00 clerk suspend")), "paused while it was green")
	require.Equal(t, []any{true, 1, plan.Red}, late(measured(t, "2021-04-30", "2021-05-24", "2021-05-21 10:00 clerk reassign unit=zezhou")), "since it was given to the unit")
	m := measured(t, "2021-06-27", "2021-07-26", "2021-05-08 10:00 clerk suspend moves", "2021-07-24 10:00 clerk resume")
	require.Equal(t, 40, m.Behind, "30 days before the pause and 2 after it, of 80")
}

func TestAMissStaysWithWhoLed(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	_, c := story(t, "2021-04-30", "2021-05-30", "2021-05-21 10:00 clerk reassign unit=zezhou")
	require.Equal(t, []act.Fact{
		{Kind: act.FactDue, Unit: "gaoping", Task: "b", Day: day(t, "2021-04-30"), State: act.Closed, Closed: day(t, "2021-05-21"), Late: 13},
	}, b.Facts("b", c.Case, day(t, "2021-05-30")))
	_, c = story(t, "2021-04-30", "2021-07-30", "2021-05-21 10:00 clerk reassign unit=zezhou due=2021-06-30")
	require.Equal(t, act.Fact{Kind: act.FactDue, Unit: "zezhou", Task: "b", Day: day(t, "2021-06-30"), State: act.Open, Late: 22}, b.Facts("b", c.Case, day(t, "2021-07-30"))[1])
}

func TestATaskThatHasNotBegun(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	c := begin(b, "standard", day(t, "2021-09-30"), moment(t, "2021-04-08 00:00"))
	c.Begin = day(t, "2021-07-08")
	c = b.Course(c.Case)
	said, _, _ := b.Play(c, nil, moment(t, "2021-09-01 00:00"))
	require.Equal(t, `
2021-07-09 09:00 study-1 remind gaoping/liaison about acknowledge
2021-07-12 09:00 unacknowledged-3 urge gaoping/liaison,gaoping/deputy moved from 2021-07-11 about acknowledge
2021-08-31 09:00 remind-30 remind gaoping/liaison
`, "\n"+stageLines(said))
	m := b.Measure(c.Case, day(t, "2021-07-08"))
	require.Equal(t, []any{0, plan.Green}, []any{m.Behind, m.Progress})
}

func TestATalkLosesWhatItRestsOn(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	c := begin(b, "standard", day(t, "2021-04-30"), moment(t, "2021-04-08 00:00"))
	_, c, _ = b.Play(c, nil, moment(t, "2021-05-20 00:00"))
	talk := b.OpenTalk(act.TalkCase{Task: "b", What: plan.ProposeTalk, Number: 1, Lead: "gaoping", Office: "office", Leadership: "group", Policy: "standard", Origin: act.Origin{Kind: act.OriginStage}, About: c.Number}, moment(t, "2021-05-18 09:00"))
	a := act.Act{ID: "c", Kind: act.Correct, By: clerkOf, At: moment(t, "2021-05-25 10:00"), On: day(t, "2021-05-25"), Due: day(t, "2021-09-30"), Reason: "笔误"}
	after, _, refused := b.Act(c, a)
	require.Nil(t, refused)
	doubted, told, ok := b.AffectedBy(talk, talk.Task, c.Case, after.Case, a)
	require.True(t, ok)
	require.Len(t, told, 1)
	said, _ := b.TalkUntil(doubted, moment(t, "2021-12-31 00:00"))
	require.Equal(t, `
2021-05-31 09:00 talk-kept-missed escalate group/leader,office/office about doubt limit 2021-05-28 by 李强 words 笔误
`, "\n"+stageLines(said), "the leader is asked, and nobody is pressed for a step")
	keep := act.Act{ID: "k", Kind: act.Keep, By: mayorOf, At: moment(t, "2021-06-01 10:00"), On: day(t, "2021-06-01"), Reason: "照常约谈"}
	kept, _, refused := b.ActOnTalk(doubted, keep)
	require.Nil(t, refused)
	require.Equal(t, "2021-06-02 09:00", beijing(kept.Next.At))
	pending := talk
	pending.State = act.TalkPending
	void, _, ok := b.AffectedBy(pending, pending.Task, c.Case, after.Case, a)
	require.True(t, ok)
	require.Equal(t, act.TalkVoid, void.State)

	// A proposal is withdrawn. When the mistaken date is set back the proposal is before the
	// leader again: the miss is the same one, and the ladder does not call for a talk about it
	// once more.
	proposed := talk
	proposed.State, proposed.Asked = act.TalkProposed, day(t, "2021-05-18")
	withdrawn, told, ok := b.AffectedBy(proposed, proposed.Task, c.Case, after.Case, a)
	require.True(t, ok)
	require.Equal(t, act.TalkVoid, withdrawn.State)
	require.Equal(t, "2021-05-25 10:00 act-1-withdrawn told group/leader,office/office by 李强 words 笔误\n", stageLines(told))
	slip := act.Act{ID: "s", Kind: act.Correct, By: clerkOf, At: moment(t, "2021-05-26 10:00"), On: day(t, "2021-05-26"), Due: day(t, "2021-04-30"), Reason: "更正"}
	back, _, refused := b.Act(after, slip)
	require.Nil(t, refused)
	again, told, ok := b.AffectedBy(withdrawn, withdrawn.Task, after.Case, back.Case, slip)
	require.True(t, ok)
	require.Equal(t, act.TalkProposed, again.State)
	require.Equal(t, "2021-05-26 10:00 act-2-founded told group/leader,office/office by 李强 words 更正\n", stageLines(told))
	require.Nil(t, back.Next)
	require.Equal(t, day(t, "2021-05-21"), b.TalkOwed(again.TalkCase)[0].Limit, "it was void after its limit had passed")
	said, _ = b.TalkUntil(again, moment(t, "2021-12-31 00:00"))
	require.Equal(t, "2021-05-27 09:00", beijing(said[0].At))
	require.Len(t, said, 1)
	require.True(t, again.Founded(back.Case))
}

// A date that passed while the task waits for the office is listed neither as due today nor as
// overdue.
func TestADateThatPassedWhileTheClockStands(t *testing.T) {
	t.Parallel()
	const inTime = "2021-04-29 10:00 unit complete"
	require.False(t, measured(t, "2021-04-30", "2021-04-30", inTime).Halted)
	require.True(t, measured(t, "2021-04-30", "2021-05-19", inTime).Halted)
	require.False(t, measured(t, "2021-04-30", "2021-05-20", "2021-05-06 10:00 unit complete").Halted, "it was late when it was reported")
}

// Law 3 of package laws: a proposal is withdrawn with the date that it rests on, and comes back
// with that date, whoever made it. A proposal that has ended for another reason does not come
// back.
func TestAProposalComesBackWithItsDate(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	for name, c := range map[string]struct {
		acts []string
		want []act.TalkState // the state after each act
	}{
		"a slip found at once":            {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-13 10:05 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkProposed}},
		"granted, and taken back":         {[]string{"2021-05-13 10:00 clerk grant due=2021-09-30", "2021-05-20 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkProposed}},
		"twice":                           {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk correct due=2021-04-30", "2021-05-17 10:00 clerk correct due=2021-08-31", "2021-05-18 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkProposed, act.TalkVoid, act.TalkProposed}},
		"set to another date gone by":     {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk correct due=2021-05-07"}, []act.TalkState{act.TalkVoid, act.TalkVoid}},
		"set back when another unit led":  {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk reassign unit=zezhou", "2021-05-17 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkVoid, act.TalkVoid}},
		"cancelled while it was void":     {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk cancel", "2021-05-17 10:00 clerk reinstate", "2021-05-18 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkVoid, act.TalkVoid, act.TalkProposed}},
		"closed while it was void":        {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk verify"}, []act.TalkState{act.TalkVoid, act.TalkVoid}},
		"done":                            {[]string{"2021-05-13 10:00 clerk verify"}, []act.TalkState{act.TalkVoid}},
		"set back while it is paused":     {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk suspend moves", "2021-05-17 10:00 clerk correct due=2021-04-30", "2021-05-18 10:00 clerk resume"}, []act.TalkState{act.TalkVoid, act.TalkVoid, act.TalkProposed, act.TalkProposed}},
		"by way of another date":          {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk correct due=2021-08-31", "2021-05-17 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkVoid, act.TalkProposed}},
		"to a date the miss had before":   {[]string{"2021-05-13 10:00 clerk correct due=2021-05-07", "2021-05-14 10:00 clerk correct due=2021-09-30", "2021-05-17 10:00 clerk correct due=2021-05-07", "2021-05-18 10:00 clerk correct due=2021-09-30", "2021-05-19 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkProposed, act.TalkVoid, act.TalkProposed, act.TalkVoid, act.TalkProposed}},
		"cancelled and reinstated before": {[]string{"2021-05-13 10:00 clerk cancel", "2021-05-14 10:00 clerk reinstate", "2021-05-17 10:00 clerk correct due=2021-09-30", "2021-05-18 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkProposed, act.TalkVoid, act.TalkProposed}},
		"cancelled when it was back":      {[]string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk correct due=2021-04-30", "2021-05-17 10:00 clerk cancel", "2021-05-18 10:00 clerk reinstate"}, []act.TalkState{act.TalkVoid, act.TalkProposed, act.TalkVoid, act.TalkProposed}},
		"set back when that date passed":  {[]string{"2021-05-13 10:00 clerk correct due=2021-05-17", "2021-05-19 10:00 clerk correct due=2021-04-30"}, []act.TalkState{act.TalkVoid, act.TalkVoid}},
	} {
		for _, what := range []string{plan.ProposeTalk, plan.ProposeCircular} {
			t.Run(name+", a "+what, func(t *testing.T) {
				t.Parallel()
				task := begin(b, "standard", day(t, "2021-04-30"), moment(t, "2021-04-08 00:00"))
				asks := written(t, "2021-04-20 10:00 unit extend due=2021-09-30")
				task, _, refused := b.Act(task, asks)
				require.Nil(t, refused)
				_, task, _ = b.Play(task, nil, moment(t, "2021-05-12 00:00")) // the unit was urged and warned
				propose := written(t, "2021-05-12 10:00 clerk propose unit=gaoping")
				propose.Talk = &act.TalkFacts{What: what}
				talk, refused := b.Propose(act.TalkCase{Task: "t", Number: 1, Lead: "gaoping", Office: "office", Leadership: "group", Policy: "standard", Origin: act.Origin{Kind: act.OriginHand}, About: task.Number}, propose)
				require.Nil(t, refused)
				for i, line := range c.acts {
					a := written(t, line)
					after, _, refused := b.Act(task, a)
					require.Nil(t, refused, line)
					if now, _, ok := b.AffectedBy(talk, talk.Task, task.Case, after.Case, a); ok {
						talk = now
					}
					task = after
					require.Equal(t, c.want[i], talk.State, line)
				}
			})
		}
	}
}

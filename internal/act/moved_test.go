package act_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// What moves a task's words: holiday notices, rules and dates. All days are counted by hand on
// the calendar of 2021: in May, 05-01 to 05-05 are rest days and 05-08 is a working day.

// days are the entries of a holiday notice: rest days (-2021-05-06) and working days
// (+2021-05-09).
func days(t *testing.T, all ...string) (days []calendar.Holiday) {
	for _, d := range all {
		days = append(days, calendar.Holiday{Name: "防汛", Date: day(t, d[1:]), IsOffDay: d[0] == '-'})
	}
	return days
}

// heard is what has been said so far, a line each: when, and the ID of the word.
func (p *player) heard() string {
	var b strings.Builder
	b.WriteByte('\n')
	for _, s := range p.said {
		fmt.Fprintf(&b, "%s %s\n", beijing(s.At)[5:], s.ID)
	}
	return b.String()
}

// A late notice makes the days up to the limit rest days: "due today" is said before the limit,
// merged with the reminders that were still to come, and on another day than the urge.
func TestALateNoticeBeforeALimit(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-05-13")
	p.to(moment(t, "2021-05-10 15:00"))
	before := len(p.said)
	p.announce(moment(t, "2021-05-10 15:00"), withDays(p.Calendar, days(t, "-2021-05-11", "-2021-05-12", "-2021-05-13", "-2021-05-14")))
	p.to(moment(t, "2021-05-20 00:00"))
	p.said = p.said[before:]
	require.Equal(t, "\n05-10 15:00 due\n05-17 09:00 urge\n", p.heard(), "05-15 and 05-16 are a weekend")
}

// A holiday notice that comes into force on a rest day, and makes further days rest days.
func TestANoticeThatComesOnARestDay(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-05-07")
	p.to(moment(t, "2021-05-02 12:00"))
	before := len(p.said)
	p.announce(moment(t, "2021-05-02 12:00"), withDays(p.Calendar, days(t, "-2021-05-06", "-2021-05-07")))
	p.to(moment(t, "2021-05-11 00:00"))
	require.Empty(t, verdict(judge(newRules(t), p.history)))
	p.said = p.said[before:]
	require.Equal(t, "\n05-02 12:00 due\n05-08 09:00 urge\n", p.heard(), "05-08 is worked")
}

// When a pause ends by itself in the holidays before the limit, its end is told before the
// limit.
func TestAPauseThatEndsBeforeALimitIsToldBeforeIt(t *testing.T) {
	t.Parallel()
	p := started(t, "2021-05-05", "2021-04-20 10:00 clerk suspend until=2021-05-03")
	p.to(moment(t, "2021-05-08 00:00"))
	require.Contains(t, p.heard(), "05-03 09:00 act-3-resume\n")
	require.Contains(t, p.heard(), "05-06 09:00 urge\n")
	require.Empty(t, verdict(judge(newRules(t), p.history)))
}

// A notice imported by mistake at 10:00 and taken back at 15:00 leaves no trace: the
// three reminders that it brought forward are said on their days, and no talk opens.
func TestANoticeTakenBackLeavesNoTrace(t *testing.T) {
	t.Parallel()
	play := func(due string, mistake bool, off ...string) *player {
		p := started(t, due)
		cal := p.Calendar
		if mistake {
			p.to(moment(t, "2021-05-17 10:00"))
			p.announce(moment(t, "2021-05-17 10:00"), withDays(cal, days(t, off...)))
			p.to(moment(t, "2021-05-17 15:00"))
			p.takeBack(moment(t, "2021-05-17 15:00"), cal)
		}
		p.to(moment(t, "2021-07-01 00:00"))
		require.Empty(t, verdict(judge(newRules(t), p.history)))
		return p
	}
	ids := func(p *player, from string) string {
		var all []string
		for _, s := range p.said {
			if beijing(s.At) > from {
				all = append(all, beijing(s.At)[5:]+" "+s.ID)
			}
		}
		return strings.Join(all, "\n")
	}
	for _, c := range []struct {
		due  string
		days []string
	}{
		{"2021-05-21", []string{"-2021-05-18", "-2021-05-19", "-2021-05-20", "-2021-05-21"}}, // remind-3 on 05-18, remind-1 on 05-20, due on 05-21
		{"2021-04-30", []string{"+2021-05-16", "+2021-05-15", "+2021-05-09"}},                // the notice would bring the talk of 05-18 forward
		{"2021-05-06", []string{"+2021-05-15", "+2021-05-16", "+2021-05-09"}},
		{"2021-05-28", []string{"-2021-05-24", "-2021-05-25", "-2021-05-26", "-2021-05-27", "-2021-05-28"}},
	} {
		never, mistaken := play(c.due, false), play(c.due, true, c.days...)
		require.Equal(t, ids(never, "2021-05-17 15:00"), ids(mistaken, "2021-05-17 15:00"), c.due)
	}
	p := play("2021-05-21", true, "-2021-05-18", "-2021-05-19", "-2021-05-20", "-2021-05-21")
	require.Equal(t, "05-17 10:00 due\n05-18 09:00 remind-3\n05-20 09:00 remind-1\n05-21 09:00 due\n05-24 09:00 urge", strings.Join(strings.Split(ids(p, "2021-05-17 09:30"), "\n")[:5], "\n"))
}

// distances checks that the rungs after the limit that are said after an instant keep the
// distances of a policy, from the rung before too: in working days, counted one by one.
func distances(t *testing.T, p *player, policy, name, from string) {
	t.Helper()
	rules := map[string]plan.Rule{}
	for _, r := range p.Policies[policy].Stages {
		if r.After != nil && r.From != plan.FromAssigned {
			rules[r.ID] = r
		}
	}
	var last *plan.Stage
	for i, s := range p.said {
		r, late := rules[s.ID]
		if !late || s.Kind == plan.Told {
			continue
		}
		require.Empty(t, slices.DeleteFunc(slices.Clone(s.Merged), func(id string) bool { return rules[id].After == nil }), name)
		if last != nil && beijing(s.At) > from {
			ran := 0
			for d := dayOf(last.At).AddDays(1); !d.After(dayOf(s.At)); d = d.AddDays(1) {
				if p.Calendar.IsWorkday(d) {
					ran++
				}
			}
			require.GreaterOrEqual(t, ran, r.After.N-rules[last.ID].After.N, "%s: %s %d working days after %s\n%s", name, s.ID, ran, last.ID, p.heard())
		}
		last = &p.said[i]
	}
}

// An act or a notice that puts the days of rungs into the past leaves the distances between the
// rungs, on whatever day and at whatever hour it comes.
func TestWhatMovesRungsIntoThePastLeavesTheirDistances(t *testing.T) {
	t.Parallel()
	for after := range 27 {
		on := day(t, "2021-05-04").AddDays(after)
		at := on.String() + " " + []string{"08:59", "09:00", "15:00"}[after%3]
		for _, from := range []string{"standard", "13710", "soft"} {
			for _, to := range []string{"standard", "13710", "soft"} {
				if from == to {
					continue
				}
				b := newRules(t)
				p := newPlayer(b, begin(b, from, day(t, "2021-05-06"), moment(t, "2021-04-08 00:00")))
				require.Nil(t, p.on(written(t, at+" clerk set_policy policy="+to)))
				p.to(moment(t, "2021-08-01 00:00"))
				distances(t, p, to, at+" "+from+" → "+to, at)
				require.Empty(t, verdict(judge(b, p.history)), at)
			}
			b := newRules(t)
			p := newPlayer(b, begin(b, from, day(t, "2021-05-06"), moment(t, "2021-04-08 00:00")))
			if on.After(day(t, "2021-04-10")) {
				require.Nil(t, p.on(written(t, at+" clerk correct due=2021-04-15")))
			}
			p.to(moment(t, "2021-08-01 00:00"))
			distances(t, p, from, at+" correction, "+from, at)
			p = newPlayer(b, begin(b, from, day(t, "2021-05-06"), moment(t, "2021-04-08 00:00")))
			p.to(moment(t, at))
			p.announce(moment(t, at), withDays(b.Calendar, days(t, "+2021-05-09", "+2021-05-15", "+2021-05-16", "+2021-05-22", "+2021-05-23")))
			p.to(moment(t, "2021-08-01 00:00"))
			distances(t, p, from, at+" notice, "+from, at)
		}
	}
}

package act_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

func seededCalendar(t require.TestingT) *calendar.Calendar {
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	return cal
}

func seededPolicies(t require.TestingT) map[string]plan.Policy {
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	return policies
}

func seededLadderer(t require.TestingT) ladderer {
	return ladderer{plan.Ladderer{Calendar: seededCalendar(t), Zone: calendar.Beijing,
		People: people.Directory{Office: "office", Leadership: "group"}}}
}

// ladderer works out what is said about a task if nobody does anything.
type ladderer struct{ plan.Ladderer }

func (l ladderer) Ladder(p plan.Policy, due calendar.Day, lead string, assigned time.Time) []plan.Stage {
	b := act.Rules{Ladderer: l.Ladderer, Policies: map[string]plan.Policy{p.Name: p}}
	c := b.Open(act.Case{Kind: plan.Dated, Lead: lead, Office: "office", Leadership: "group", Policy: p.Name, Due: due, Assigned: assigned})
	return b.Ahead(c.Case)
}

// writtenLadder is a ladder as text, one line a stage: day and time in Beijing, weekday, stage,
// kind, light, recipients, the day it was moved from, what merged into it, and the act that
// makes it unnecessary.
func writtenLadder(stages []plan.Stage) string {
	var b strings.Builder
	for _, s := range stages {
		var to []string
		for _, r := range s.To {
			to = append(to, r.String())
		}
		fmt.Fprintf(&b, "%s %s %s %s %s", s.At.In(calendar.Beijing).Format("2006-01-02 15:04 Mon"), s.ID, s.Kind, s.Light, strings.Join(to, ","))
		if !s.MovedFrom.IsZero() {
			fmt.Fprintf(&b, " moved from %s", s.MovedFrom)
		}
		if len(s.Merged) > 0 {
			fmt.Fprintf(&b, " merged %s", strings.Join(s.Merged, ","))
		}
		if s.Unless != "" {
			fmt.Fprintf(&b, " unless %s", s.Unless)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Every day of these ladders was counted by hand on the notice for its year.
func TestLaddersOfRealTasks(t *testing.T) {
	t.Parallel()
	l, policies := seededLadderer(t), seededPolicies(t)
	for _, c := range []struct{ name, policy, due, assigned, want string }{
		{"the end of October, a Sunday", "standard", "2021-10-31", "2021-04-08 10:00", `
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-04-11 unless acknowledged
2021-09-30 09:00 Thu remind-30 remind green u/liaison moved from 2021-10-01
2021-10-15 09:00 Fri remind-15 remind green u/liaison moved from 2021-10-16
2021-10-22 09:00 Fri remind-7 remind blue u/liaison moved from 2021-10-24
2021-10-28 09:00 Thu remind-3 remind yellow u/liaison
2021-10-29 09:00 Fri due due yellow u/liaison moved from 2021-10-31 merged remind-1
2021-11-01 09:00 Mon urge urge red u/liaison,u/deputy
2021-11-05 09:00 Fri warn warn red u/head,office/office
2021-11-12 09:00 Fri talk talk red u/head,office/office,group/leader
`},
		{"two days from issue to the limit", "standard", "2021-04-10", "2021-04-08 10:00", `
2021-04-09 09:00 Fri due due yellow u/liaison moved from 2021-04-10 merged remind-30,remind-15,remind-7,remind-3,catch-up,remind-1
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-04-11 unless acknowledged
2021-04-12 09:00 Mon urge urge red u/liaison,u/deputy
2021-04-16 09:00 Fri warn warn red u/head,office/office
2021-04-23 09:00 Fri talk talk red u/head,office/office,group/leader
`},
		{"the end of April, into the Labour Day rest", "standard", "2021-04-30", "2021-04-08 10:00", `
2021-04-09 09:00 Fri catch-up remind green u/liaison merged remind-30
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-04-11 unless acknowledged
2021-04-15 09:00 Thu remind-15 remind green u/liaison
2021-04-23 09:00 Fri remind-7 remind blue u/liaison
2021-04-27 09:00 Tue remind-3 remind yellow u/liaison
2021-04-29 09:00 Thu remind-1 remind yellow u/liaison
2021-04-30 09:00 Fri due due yellow u/liaison
2021-05-06 09:00 Thu urge urge red u/liaison,u/deputy
2021-05-11 09:00 Tue warn warn red u/head,office/office
2021-05-18 09:00 Tue talk talk red u/head,office/office,group/leader
`},
		{"a Sunday just after the National Day make-ups", "standard", "2021-10-10", "2021-04-08 10:00", `
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-04-11 unless acknowledged
2021-09-10 09:00 Fri remind-30 remind green u/liaison
2021-09-24 09:00 Fri remind-15 remind green u/liaison moved from 2021-09-25
2021-09-30 09:00 Thu remind-3 remind yellow u/liaison moved from 2021-10-07 merged remind-7
2021-10-09 09:00 Sat due due yellow u/liaison moved from 2021-10-10 merged remind-1
2021-10-11 09:00 Mon urge urge red u/liaison,u/deputy
2021-10-15 09:00 Fri warn warn red u/head,office/office
2021-10-22 09:00 Fri talk talk red u/head,office/office,group/leader
`},
		{"the year's end, its stages in January 2022", "standard", "2021-12-31", "2021-04-08 10:00", `
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-04-11 unless acknowledged
2021-12-01 09:00 Wed remind-30 remind green u/liaison
2021-12-16 09:00 Thu remind-15 remind green u/liaison
2021-12-24 09:00 Fri remind-7 remind blue u/liaison
2021-12-28 09:00 Tue remind-3 remind yellow u/liaison
2021-12-30 09:00 Thu remind-1 remind yellow u/liaison
2021-12-31 09:00 Fri due due yellow u/liaison
2022-01-04 09:00 Tue urge urge red u/liaison,u/deputy
2022-01-10 09:00 Mon warn warn red u/head,office/office
2022-01-17 09:00 Mon talk talk red u/head,office/office,group/leader
`},
		{"launched two months late", "standard", "2021-04-30", "2021-07-05 10:30", `
2021-07-06 09:00 Tue catch-up remind red u/liaison merged remind-30,remind-15,remind-7,remind-3,remind-1,due
2021-07-06 09:00 Tue study-1 remind green u/liaison unless acknowledged
2021-07-07 09:00 Wed urge urge red u/liaison,u/deputy moved from 2021-07-06
2021-07-08 09:00 Thu unacknowledged-3 urge green u/liaison,u/deputy unless acknowledged
2021-07-13 09:00 Tue warn warn red u/head,office/office moved from 2021-07-12
2021-07-20 09:00 Tue talk talk red u/head,office/office,group/leader moved from 2021-07-19
`},
		{"launched on the due day at three", "standard", "2021-06-30", "2021-06-30 15:00", `
2021-07-01 09:00 Thu study-1 remind green u/liaison unless acknowledged
2021-07-01 09:00 Thu urge urge red u/liaison,u/deputy
2021-07-05 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-07-03 unless acknowledged
2021-07-07 09:00 Wed warn warn red u/head,office/office
2021-07-14 09:00 Wed talk talk red u/head,office/office,group/leader
`},
		{"launched at nine of the due day", "standard", "2021-06-30", "2021-06-30 09:00", `
2021-06-30 09:00 Wed due due yellow u/liaison merged remind-30,remind-15,remind-7,remind-3,remind-1,catch-up
2021-07-01 09:00 Thu study-1 remind green u/liaison unless acknowledged
2021-07-01 09:00 Thu urge urge red u/liaison,u/deputy
2021-07-05 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-07-03 unless acknowledged
2021-07-07 09:00 Wed warn warn red u/head,office/office
2021-07-14 09:00 Wed talk talk red u/head,office/office,group/leader
`},
		{"launched on a rest day before the first urge", "standard", "2021-04-30", "2021-05-02 11:00", `
2021-05-06 09:00 Thu catch-up remind red u/liaison merged remind-30,remind-15,remind-7,remind-3,remind-1,due
2021-05-06 09:00 Thu study-1 remind green u/liaison moved from 2021-05-03 unless acknowledged
2021-05-07 09:00 Fri urge urge red u/liaison,u/deputy moved from 2021-05-06
2021-05-08 09:00 Sat unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-05-05 unless acknowledged
2021-05-12 09:00 Wed warn warn red u/head,office/office moved from 2021-05-11
2021-05-19 09:00 Wed talk talk red u/head,office/office,group/leader moved from 2021-05-18
`},
		{"soft", "soft", "2021-12-31", "2021-04-08 10:00", `
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon unacknowledged-3 urge green u/liaison,u/deputy moved from 2021-04-11 unless acknowledged
2021-12-01 09:00 Wed remind-30 remind green u/liaison
2021-12-16 09:00 Thu remind-15 remind green u/liaison
2021-12-24 09:00 Fri remind-7 remind blue u/liaison
2021-12-30 09:00 Thu remind-1 remind yellow u/liaison
2021-12-31 09:00 Fri due due yellow u/liaison,office/office
2022-01-10 09:00 Mon late-5 remind red u/liaison,office/office
`},
		{"soft, launched late", "soft", "2021-04-30", "2021-07-05 10:30", `
2021-07-06 09:00 Tue catch-up remind red u/liaison,office/office merged remind-30,remind-15,remind-7,remind-1,due
2021-07-06 09:00 Tue study-1 remind green u/liaison unless acknowledged
2021-07-08 09:00 Thu unacknowledged-3 urge green u/liaison,u/deputy unless acknowledged
2021-07-12 09:00 Mon late-5 remind red u/liaison,office/office
`},
		{"13710", "13710", "2021-06-30", "2021-04-08 10:00", `
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon report-3 remind green u/liaison,u/deputy moved from 2021-04-11
2021-04-15 09:00 Thu settle-7 remind blue u/liaison,u/deputy
2021-05-08 09:00 Sat month-1 remind blue u/liaison,u/deputy,office/office
2021-06-30 09:00 Wed due due yellow u/liaison,u/deputy
2021-07-01 09:00 Thu warn warn red u/liaison,u/head,office/office
2021-07-05 09:00 Mon escalate escalate red u/head,office/office,group/leader
2021-07-09 09:00 Fri talk talk red u/head,office/office,group/leader
`},
		{"13710 with a week", "13710", "2021-04-15", "2021-04-08 10:00", `
2021-04-09 09:00 Fri study-1 remind green u/liaison unless acknowledged
2021-04-12 09:00 Mon report-3 remind green u/liaison,u/deputy moved from 2021-04-11
2021-04-15 09:00 Thu due due yellow u/liaison,u/deputy merged settle-7,month-1
2021-04-16 09:00 Fri warn warn red u/liaison,u/head,office/office
2021-04-20 09:00 Tue escalate escalate red u/head,office/office,group/leader
2021-04-25 09:00 Sun talk talk red u/head,office/office,group/leader
`},
		{"13710, launched late", "13710", "2021-04-30", "2021-07-05 10:30", `
2021-07-06 09:00 Tue catch-up remind red u/liaison,u/deputy,office/office merged report-3,settle-7,month-1,due
2021-07-06 09:00 Tue study-1 remind green u/liaison unless acknowledged
2021-07-07 09:00 Wed warn warn red u/liaison,u/head,office/office moved from 2021-07-06
2021-07-09 09:00 Fri escalate escalate red u/head,office/office,group/leader moved from 2021-07-08
2021-07-15 09:00 Thu talk talk red u/head,office/office,group/leader moved from 2021-07-14
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := l.Ladder(policies[c.policy], day(t, c.due), "u", moment(t, c.assigned))
			require.Equal(t, c.want, "\n"+writtenLadder(got))
		})
	}
}

func ids(stages []plan.Stage) []string {
	var all []string
	for _, s := range stages {
		all = append(all, s.ID)
	}
	return all
}

// Four working days after a Sunday are a Thursday, which comes before the seventh day after that
// Sunday. With the three rest days of the national festival between, they are a Monday, which
// comes after it. The order of two rungs follows from the days on which they fall, so that they
// keep their distance and are not said at once.
func TestAHolidayTurnsTheOrderOfTwoRungs(t *testing.T) {
	t.Parallel()
	l := seededLadderer(t)
	days := func(n int, work bool) *plan.Offset { return &plan.Offset{N: n, Work: work} }
	p := plan.Policy{Name: "mixed", SpeakAt: "09:00", Stages: []plan.Rule{
		{ID: "working", Kind: plan.Remind, To: []people.Role{people.Liaison}, From: plan.FromAssigned, After: days(4, true), Unless: plan.UnlessAcknowledged},
		{ID: "calendar", Kind: plan.Remind, To: []people.Role{people.Liaison}, From: plan.FromAssigned, After: days(7, false), Unless: plan.UnlessAcknowledged},
	}}
	for assigned, want := range map[calendar.Day]map[string]calendar.Day{
		calendar.NewDay(2020, 9, 27): {"calendar": calendar.NewDay(2020, 10, 5), "working": calendar.NewDay(2020, 10, 6)},
		calendar.NewDay(2020, 9, 6):  {"working": calendar.NewDay(2020, 9, 10), "calendar": calendar.NewDay(2020, 9, 14)},
	} {
		said := map[string]calendar.Day{}
		for _, s := range l.Ladder(p, calendar.NewDay(2021, 1, 29), "u", assigned.At(0, 0, calendar.Beijing)) {
			for _, id := range append([]string{s.ID}, s.Merged...) {
				if want[id] != (calendar.Day{}) {
					said[id] = local(s)
				}
			}
		}
		require.Equal(t, want, said)
	}
}

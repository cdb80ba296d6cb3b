package act_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// nextYear is the plan of 2022, issued on a day, of the same office.
func nextYear(t *testing.T, issued string) *plan.Plan {
	return &plan.Plan{ID: "water-2022", Year: 2022, Issued: day(t, issued), Directory: people.Directory{Office: "office", Leadership: "group"}}
}

// carries is the desk's task once it goes on as t in the plan of 2022.
func (d *desk) carries(at string, t plan.Task, talks int) {
	d.t.Helper()
	a := act.Act{ID: "carry-water-2022", Kind: act.Carry, By: act.Actor{Account: "office.1", Name: "office人", Unit: "office"}, At: moment(d.t, at)}
	a.On = dayOf(a.At)
	d.to(at)
	require.Nil(d.t, d.Case.CheckCarry(t, false))
	out := d.CarryOut(d.Case, a, act.Elsewhere{Plan: "water-2022", Task: t.ID, On: a.On})
	require.True(d.t, out.Over())
	require.Empty(d.t, d.Owed(out), "nobody is asked for it in the old plan")
	require.False(d.t, d.Measure(out, a.On).Overdue)
	require.Empty(d.t, d.Facts("p14", out, a.On), "nor does it count there")
	require.Equal(d.t, "carried_already Plan=water-2022 Task="+t.ID, refusalLine(out.CheckCarry(t, false)))
	in := d.CarryIn(d.Case, nextYear(d.t, "2022-01-10"), t, a, act.Elsewhere{Plan: "water", Task: "p14", On: a.On, Talks: talks})
	d.Course = d.Rules.Course(in)
}

func refusalLine(r *act.Refusal) string {
	if r == nil {
		return ""
	}
	line := r.Key[len("act.refused_"):]
	for _, name := range []string{"Plan", "Task", "State", "Day"} {
		if r.Data[name] != "" {
			line += " " + name + "=" + r.Data[name]
		}
	}
	return line
}

func taskOf2022(t *testing.T, due string) plan.Task {
	return plan.Task{ID: "1.1", Kind: plan.Dated, Title: "建成污水处理厂", Lead: "gaoping", Assist: []string{"shuiwu"}, Policy: "standard", Due: day(t, due)}
}

// A task that was missed, warned of and called to a talk goes on in the next plan with another
// limit: nothing said of the miss is said again, the miss is counted once for the unit that
// missed it, and what is said next is about the new limit.
func TestCarriedWithANewLimit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "2021-12-31", assigned)
	d.do("gaoping", "2021-04-09 10:00", act.Acknowledge)
	d.do("gaoping", "2021-12-20 10:00", act.Progress, percent(60))
	d.to("2022-01-20 00:00")
	before := d.spoken()
	require.Contains(t, before, "2022-01-17 09:00 talk talk")
	talk := act.TalkCase{What: plan.ProposeTalk, Lead: "gaoping", About: d.Number}
	d.carries("2022-01-20 10:00", taskOf2022(t, "2022-06-30"), 1)
	require.Equal(t, act.Elsewhere{Plan: "water", Task: "p14", On: day(t, "2022-01-20"), Due: day(t, "2021-12-31"), Late: 13, Talks: 1}, *d.From)
	require.Equal(t, []act.Miss{{Unit: "gaoping", Due: day(t, "2021-12-31"), Late: 13, On: day(t, "2022-01-20"), Number: 1}}, d.Misses)
	require.Equal(t, 60, d.Percent)
	require.Equal(t, `
2022-02-22 09:00 silent-2021-12-20 urge gaoping/liaison,gaoping/deputy about silent
2022-05-31 09:00 remind-30 remind gaoping/liaison
2022-06-15 09:00 remind-15 remind gaoping/liaison
2022-06-23 09:00 remind-7 remind gaoping/liaison
2022-06-27 09:00 remind-3 remind gaoping/liaison
2022-06-29 09:00 remind-1 remind gaoping/liaison
2022-06-30 09:00 due due gaoping/liaison
2022-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2022-07-07 09:00 warn warn gaoping/head,office/office
2022-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder(), "the next miss is another one")
	require.True(t, talk.Founded(d.Case), "what the talk rests on stays missed")
	facts := d.Facts("1.1", d.Case, day(t, "2022-03-01"))
	require.Len(t, facts, 1)
	require.Equal(t, []any{"gaoping", day(t, "2021-12-31"), 13}, []any{facts[0].Unit, facts[0].Day, facts[0].Late})
	require.False(t, d.Measure(d.Case, day(t, "2022-03-01")).Overdue)
}

// A task that goes on in the next plan with the limit that was missed has the same miss: its
// ladder goes on where it was, and the days late count on.
func TestCarriedWithTheLimitThatWasMissed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "2021-12-31", assigned)
	d.do("gaoping", "2021-04-09 10:00", act.Acknowledge)
	d.to("2022-01-10 00:00")
	d.spoken()
	want := d.ladder()
	late := d.Late(d.Case, day(t, "2022-01-14"))
	d.carries("2022-01-10 08:00", taskOf2022(t, "2021-12-31"), 0)
	require.Equal(t, want, d.ladder())
	require.Empty(t, d.Misses)
	require.Equal(t, late, d.Late(d.Case, day(t, "2022-01-14")))
	require.Len(t, d.Facts("1.1", d.Case, day(t, "2022-01-14")), 1, "one miss")
}

// Requests that wait for the office, a pause, extensions and what assisting units owe go along
// into the next plan.
func TestCarriedAsItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "2021-12-31", assigned)
	d.do("gaoping", "2021-04-09 10:00", act.Acknowledge)
	d.do("gaoping", "2021-12-30 10:00", act.Complete)
	d.carries("2022-01-20 10:00", taskOf2022(t, "2022-06-30"), 0)
	require.Equal(t, act.Reported, d.State)
	require.Empty(t, d.Misses, "it was handed in in time and waits for the office")
	require.Zero(t, d.From.Late)
	d.do("office", "2022-01-21 10:00", act.Verify)
	require.Equal(t, day(t, "2021-12-30"), d.ClosedOn)
	require.Zero(t, d.Measure(d.Case, day(t, "2022-02-01")).Late)

	d = newDesk(t, "2021-12-31", assigned)
	d.do("gaoping", "2021-04-09 10:00", act.Acknowledge)
	d.do("gaoping", "2021-12-01 10:00", act.Extend, func(a *act.Act) { a.Due = day(t, "2022-01-31") })
	d.do("office", "2021-12-02 10:00", act.Grant)
	d.do("office", "2022-01-10 10:00", act.Suspend)
	d.carries("2022-01-20 10:00", taskOf2022(t, "2022-01-31"), 0)
	require.Equal(t, act.Suspended, d.State)
	require.Equal(t, 1, d.Granted)
	require.Equal(t, "\n", d.ladder(), "nothing is said in a pause")
	d.do("office", "2022-01-24 10:00", act.Resume)
	require.Contains(t, d.ladder(), "2022-01-30 09:00 due due gaoping/liaison moved from 2022-01-31")
}

// A unit that is given the task by the next plan does not answer for what was missed in the plan
// before.
func TestCarriedToAnotherUnit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "2021-12-31", assigned)
	next := taskOf2022(t, "2022-06-30")
	next.Lead, next.Assist = "zezhou", []string{"zhujian"}
	d.carries("2022-01-20 10:00", next, 0)
	require.Equal(t, "zezhou", d.Lead)
	require.True(t, d.Acknowledged.IsZero())
	require.Equal(t, []act.Miss{{Unit: "gaoping", Due: day(t, "2021-12-31"), Late: 13, On: day(t, "2022-01-20")}}, d.Misses)
	require.Contains(t, d.ladder(), "2022-01-21 09:00 study-1 remind zezhou/liaison about acknowledge")
}

// A duty that is carried on goes on after the last period that the old plan asked for: each
// period is asked for once, by one of the two plans, whenever the new one is issued.
func TestADutyGoesOnAfterTheLastPeriodAskedFor(t *testing.T) {
	t.Parallel()
	month := func(until string) plan.Recurrence {
		return plan.Recurrence{Every: "month", From: day(t, "2021-04-08"), Until: day(t, until)}
	}
	quarter := plan.Recurrence{Every: "quarter", Shift: 20, From: day(t, "2021-04-08"), Until: day(t, "2021-12-31")}
	for _, c := range []struct {
		name         string
		was          plan.Recurrence
		opened       string // due date of the occurrence opened last
		issued, rule string
		want         string
	}{
		{"issued in December, before December is asked for", month("2021-12-31"), "2021-11-30", "2021-12-06", "month", "2021-12 2021-12-31, 2022-01 2022-01-31"},
		{"issued in December, after that", month("2021-12-31"), "2021-12-31", "2021-12-28", "month", "2022-01 2022-01-31, 2022-02 2022-02-28"},
		{"issued in April", month("2021-12-31"), "2021-12-31", "2022-04-08", "month", "2022-01 2022-01-31, 2022-02 2022-02-28, 2022-03 2022-03-31, 2022-04 2022-04-30"},
		{"issued in April, while the old one has gone on", plan.Recurrence{Every: "month", From: day(t, "2021-04-08")}, "2022-03-31", "2022-04-08", "month", "2022-04 2022-04-30"},
		{"the old one ended in summer", month("2021-06-30"), "2021-06-30", "2022-01-10", "month", "2022-01 2022-01-31"},
		{"from months to quarters", month("2021-12-31"), "2021-12-31", "2022-01-10", "quarter+20", "2022Q1 2022-04-20"},
		{"the fourth quarter is due in January", quarter, "2021-10-20", "2022-01-10", "quarter+20", "2021Q4 2022-01-20, 2022Q1 2022-04-20"},
		{"and is open already", quarter, "2022-01-20", "2022-01-10", "quarter+20", "2022Q1 2022-04-20"},
		{"a yearly report by the end of January", plan.Recurrence{Every: "year", Shift: 31, From: day(t, "2021-04-08"), Until: day(t, "2021-12-31")}, "2022-01-31", "2022-01-10", "year+31", "2022 2023-01-31"},
		{"nothing was asked for yet", month("2021-12-31"), "", "2021-05-06", "month", "2021-04 2021-04-30, 2021-05 2021-05-31"},
	} {
		b, p := newRules(t), nextYear(t, c.issued)
		rule, err := act.RuleOf(c.rule)
		require.NoError(t, err)
		rule.From = p.Issued
		if c.issued < "2022" {
			rule.From = day(t, map[string]string{"month": "2022-01-31"}[c.rule])
		}
		before := act.Case{Kind: plan.Duty, State: act.Open, Lead: "gaoping", Policy: "standard", Rule: &c.was, Assigned: moment(t, "2021-04-08 10:00")}
		if c.opened != "" {
			before.Opened = day(t, c.opened)
		}
		at := p.Issued.At(10, 0, calendar.Beijing).UTC()
		a := act.Act{ID: "carry", Kind: act.Carry, At: at, On: p.Issued}
		duty := plan.Task{ID: "m", Kind: plan.Duty, Lead: "gaoping", Policy: "standard", Recur: &rule}
		after := b.CarryDuty(before, c.was, p, duty, a, act.Elsewhere{Plan: "water", Task: "m", On: a.On})
		var got []string
		for range strings.Split(c.want, ", ") {
			o, ok := b.NextOccurrence(b.Policies["standard"], act.AsRuled(duty, after), after.OpenedUpTo(), after.Assigned)
			require.True(t, ok)
			got = append(got, fmt.Sprint(o.Period, " ", o.Due))
			after = after.AsOpened(o.Due)
		}
		require.Equal(t, c.want, strings.Join(got, ", "), c.name)
	}
}

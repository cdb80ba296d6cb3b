package act_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Tests of law 5: whoever is given a task hears that first, and at once. All days are counted by
// hand on the calendar of 2021: 05-01 to 05-05 are rest days, 05-08 is a working day.

// givenOn is what is said, until a day, of a task or duty that a plan gives at an instant.
func givenOn(t *testing.T, at, until string, task plan.Task) (lines []string) {
	t.Helper()
	p := smallPlan(t)
	task.ID, task.Policy = "b", "standard"
	p.Tasks = []plan.Task{task}
	for _, f := range act.Preview(p, seededCalendar(t), moment(t, at), calendar.Day{}) {
		if f.At.Before(moment(t, until+" 00:00")) {
			lines = append(lines, beijing(f.At)[5:]+" "+f.ID)
		}
	}
	return lines
}

func TestWhoIsGivenATaskHearsItFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, at, due string
		want          []string
	}{
		{"added on its last day, before a holiday: that it is due is said on that day, and nothing speaks after it as if before", "2021-04-30 15:00", "2021-04-30",
			[]string{"04-30 15:00 act-0-order", "05-06 09:00 study-1", "05-06 09:00 urge", "05-08 09:00 unacknowledged-3"}},
		{"added in a holiday whose end is after its limit", "2021-05-02 10:00", "2021-05-04",
			[]string{"05-02 10:00 act-0-order", "05-06 09:00 study-1", "05-06 09:00 urge", "05-08 09:00 unacknowledged-3"}},
		{"added late already", "2021-05-02 10:00", "2021-04-30",
			[]string{"05-02 10:00 act-0-order", "05-06 09:00 catch-up", "05-06 09:00 study-1", "05-07 09:00 urge", "05-08 09:00 unacknowledged-3"}},
		{"added with two mornings left", "2021-05-06 20:00", "2021-05-08",
			[]string{"05-06 20:00 act-0-order", "05-07 09:00 remind-1", "05-07 09:00 study-1", "05-08 09:00 due"}},
		{"given at night", "2021-05-06 23:30", "2021-06-30", []string{"05-06 23:30 act-0-order", "05-07 09:00 study-1"}},
	} {
		require.Equal(t, c.want, givenOn(t, c.at, "2021-05-09", plan.Task{Kind: plan.Dated, Lead: "a", Due: day(t, c.due)}), c.name)
	}
	quarter := &plan.Recurrence{Every: "quarter", From: day(t, "2021-04-08")}
	require.Equal(t, []string{"04-08 10:00 act-0-order"}, givenOn(t, "2021-04-08 10:00", "2021-05-20", plan.Task{Kind: plan.Duty, Lead: "a", Recur: quarter}), "a duty is given once")
	require.Empty(t, givenOn(t, "2021-04-08 10:00", "2021-05-20", plan.Task{Kind: plan.Standing, Lead: "a"}), "a standing line asks for nothing")
}

// An occurrence has no order of its own. One that opens on the afternoon of its last day says at
// once that it is due.
func TestAnOccurrenceThatOpensOnItsLastDay(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	c := begin(b, "standard", day(t, "2021-04-30"), moment(t, "2021-04-30 15:00"))
	p := newPlayer(b, b.Course(c.AsOccurrence()))
	p.to(moment(t, "2021-05-07 00:00"))
	require.Equal(t, "\n04-30 15:00 catch-up\n05-06 09:00 study-1\n05-06 09:00 urge\n", p.heard())
	require.Empty(t, verdict(judge(b, p.history)))
}

// The units that assist hear at once to whom a plan gives a task, and when another unit leads
// it.
func TestWhoAssistsHearsToo(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	c := begin(b, "standard", day(t, "2021-06-30"), moment(t, "2021-04-08 00:00"))
	c.Assist = []string{"shuiwu", "zezhou"}
	liaison := func(unit string) people.Recipient { return people.Recipient{Unit: unit, Role: people.Liaison} }
	deputy := func(unit string) people.Recipient { return people.Recipient{Unit: unit, Role: people.Deputy} }
	require.Equal(t, []people.Recipient{liaison("gaoping"), deputy("gaoping"), liaison("shuiwu"), liaison("zezhou")}, b.Order(c.Case).To)
	_, told, refused := b.Act(c, written(t, "2021-05-06 10:00 clerk reassign unit=zezhou"))
	require.Nil(t, refused)
	i := slices.IndexFunc(told, func(s plan.Stage) bool { return s.Topic == string(act.Reassign) })
	require.Equal(t, []people.Recipient{liaison("zezhou"), deputy("zezhou"), liaison("gaoping"), liaison("shuiwu")}, told[i].To)
	for _, s := range []plan.Stage{told[i], *b.Order(c.Case)} {
		require.True(t, act.WordTo("b", s, deputy("zezhou"), calendar.Day{}).Asks, "%s reaches the deputy at once, who is urged from then on", s.ID)
	}
}

// When the messages that give a task are sent, by the seeded rhythm: a few minutes later,
// together with what else is told, but not at night, not after the words of the next morning,
// and not after the limit. A deputy hears as soon as a liaison, because both may be urged from
// then on.
func TestWhenTheWordComesThatGivesATask(t *testing.T) {
	t.Parallel()
	liaison := people.Contact{Role: people.Liaison, Email: "liaison@a.example"}
	deputy := people.Contact{Role: people.Deputy, Email: "deputy@a.example"}
	for _, c := range []struct {
		name, at, due, want string
	}{
		{"in the morning", "2021-05-06 10:00", "2021-06-30", "05-06 10:03"},
		{"in the evening", "2021-05-06 19:58", "2021-06-30", "05-07 08:00"},
		{"at night", "2021-05-07 02:00", "2021-06-30", "05-07 08:00"},
		{"a minute before the morning's words", "2021-05-07 08:59", "2021-05-10", "05-07 09:00"},
		{"on the evening of its last day", "2021-05-07 21:00", "2021-05-07", "05-07 21:00"},
		{"at night, late already", "2021-05-06 21:00", "2021-04-30", "05-07 08:00"},
		{"in a holiday", "2021-05-02 11:00", "2021-06-30", "05-02 11:03"},
	} {
		p := smallPlan(t)
		p.Directory.Units = []people.Unit{{ID: "a", Contacts: []people.Contact{liaison, deputy}}}
		p.Tasks = []plan.Task{{ID: "b", Kind: plan.Dated, Lead: "a", Policy: "standard", Due: day(t, c.due)}}
		b, err := act.NewRules(p, seededCalendar(t))
		require.NoError(t, err)
		heard := map[people.Role]string{}
		for _, m := range b.Mailings(p, act.Preview(p, b.Calendar, moment(t, c.at), day(t, "2021-05-20"))) {
			if _, later := heard[m.To.Role]; !later {
				heard[m.To.Role] = beijing(m.At)[5:] + " " + m.Things[0].ID
			}
		}
		want := c.want + " " + act.OrderID
		require.Equal(t, map[people.Role]string{people.Liaison: want, people.Deputy: want}, heard, c.name)
	}
}

package act_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// A date is corrected whatever the task waits for: otherwise the plan would say one date, and
// the unit would be chased by another. A corrected date is final: a pause that moves the due
// date adds nothing to it.
func TestADateIsCorrectedInAPauseAndWhileAReportWaits(t *testing.T) {
	t.Parallel()
	for name, acts := range map[string][]string{
		"in a pause":                   {"2021-06-01 10:00 clerk suspend until=2021-06-20", "2021-06-11 10:00 clerk correct due=2021-08-10"},
		"in a pause that moves it":     {"2021-06-01 10:00 clerk suspend until=2021-06-20 moves", "2021-06-11 10:00 clerk correct due=2021-08-10"},
		"in a pause without an end":    {"2021-06-01 10:00 clerk suspend moves", "2021-06-11 10:00 clerk correct due=2021-08-10", "2021-07-02 10:00 clerk resume"},
		"while a report waits":         {"2021-06-01 10:00 unit complete", "2021-06-11 10:00 clerk correct due=2021-08-10", "2021-07-02 10:00 clerk reject"},
		"while an extension waits too": {"2021-06-01 10:00 unit extend due=2021-07-31", "2021-06-02 10:00 clerk suspend moves until=2021-06-20", "2021-06-11 10:00 clerk correct due=2021-08-10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := started(t, "2021-06-30", acts...)
			lines := p.fair(t, "2021-06-21", "2021-08-26")
			require.Equal(t, day(t, "2021-08-10"), p.Due)
			require.NotContains(t, lines, "06-23 09:00 remind-7")
			require.Subset(t, lines, []string{"08-03 09:00 remind-7", "08-10 09:00 due", "08-11 09:00 urge", "08-17 09:00 warn", "08-24 09:00 talk"})
		})
	}
}

// Another policy is set in a pause and while a report waits, as it is in the open.
func TestAPolicyIsSetInAPauseAndWhileAReportWaits(t *testing.T) {
	t.Parallel()
	for _, acts := range [][]string{
		{"2021-06-01 10:00 clerk suspend until=2021-06-10", "2021-06-02 10:00 clerk set_policy policy=soft"},
		{"2021-06-01 10:00 unit complete", "2021-06-02 10:00 clerk set_policy policy=soft", "2021-06-10 10:00 clerk reject"},
	} {
		require.Equal(t, []string{"06-15 09:00 remind-15", "06-23 09:00 remind-7", "06-29 09:00 remind-1", "06-30 09:00 due", "07-07 09:00 late-5"},
			started(t, "2021-06-30", acts...).fair(t, "2021-06-11", "2021-08-01")[:5])
	}
}

// begins is what an amendment that gives a task another first day, or none, and perhaps
// another date, does to the task.
func begins(t *testing.T, was, begin, due string) []act.Act {
	t.Helper()
	of := func(begin, due string) *plan.Task {
		task := &plan.Task{ID: "a", Kind: plan.Dated, Title: "建成污水处理厂", Lead: "gaoping", Policy: "standard", Due: day(t, due)}
		if begin != "" {
			task.Begin = day(t, begin)
		}
		return task
	}
	before, after := plan.Plan{Tasks: []plan.Task{*of(was, "2021-09-30")}}, plan.Plan{Tasks: []plan.Task{*of(begin, due)}}
	changes := plan.Diff(&before, &after).Tasks
	require.Len(t, changes, 1)
	return act.ActsOf(changes[0], false)
}

// Law 1 of package laws: when an amendment lets a task begin later, earlier or at once, nobody
// is chased for it before that day, and the unit hears of the change.
func TestAnAmendmentChangesTheDayOnWhichATaskBegins(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		was, begin, due string
		acts            []string
		at              string
		want            []string // since the amendment, until 09-02
	}{
		"later, before it has begun":  {"2021-07-08", "2021-08-20", "2021-09-30", nil, "2021-06-11", []string{"08-23 09:00 study-1", "08-25 09:00 unacknowledged-3", "08-31 09:00 remind-30"}},
		"later, on the day it begins": {"2021-07-08", "2021-08-20", "2021-09-30", nil, "2021-07-08", []string{"08-23 09:00 study-1", "08-25 09:00 unacknowledged-3", "08-31 09:00 remind-30"}},
		"later, when it has begun":    {"2021-07-08", "2021-08-20", "2021-09-30", nil, "2021-07-20", []string{"08-31 09:00 remind-30"}},
		"later, with another date":    {"2021-07-08", "2021-08-20", "2021-10-29", nil, "2021-06-11", []string{"08-23 09:00 study-1", "08-25 09:00 unacknowledged-3"}},
		"earlier":                     {"2021-07-08", "2021-06-21", "2021-09-30", nil, "2021-06-11", []string{"06-22 09:00 study-1", "06-24 09:00 unacknowledged-3", "08-31 09:00 remind-30"}},
		"none any more":               {"2021-07-08", "", "2021-09-30", nil, "2021-06-11", []string{"06-15 09:00 study-1", "06-17 09:00 unacknowledged-3", "08-31 09:00 remind-30"}},
		"where there was none":        {"", "2021-08-20", "2021-09-30", nil, "2021-06-11", []string{"08-31 09:00 remind-30"}},
		"in a pause":                  {"2021-07-08", "2021-08-20", "2021-09-30", []string{"2021-06-01 10:00 clerk suspend until=2021-07-20"}, "2021-06-11", []string{"08-23 09:00 study-1", "08-25 09:00 unacknowledged-3", "08-31 09:00 remind-30"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newRules(t)
			course := begin(b, "standard", day(t, "2021-09-30"), moment(t, "2021-04-08 00:00"))
			if c.was != "" {
				course.Begin = day(t, c.was)
			}
			p := newPlayer(b, b.Course(course.Case))
			for _, line := range c.acts {
				require.Nil(t, p.on(written(t, line)))
			}
			acts := begins(t, c.was, c.begin, c.due)
			require.Len(t, acts, 1, "one correction says both dates")
			a := acts[0]
			a.ID, a.By, a.Reason, a.Paper, a.At, a.On = act.AmendID(1, a.Kind), clerkOf, "调整", "二号", moment(t, c.at+" 10:00"), day(t, c.at)
			require.Nil(t, p.on(a))
			told := p.said[len(p.said)-1]
			require.Equal(t, string(act.Correct), told.Topic)
			from := a.On // no first day any more: the task begins on the day of the act
			if c.begin != "" {
				from = day(t, c.begin)
			}
			require.Equal(t, from, told.Begin)
			require.Equal(t, c.want, p.fair(t, c.at+" 10:01", "2021-09-02"))
		})
	}
}

// A date that comes before the day on which the task begins is refused.
func TestADateBeforeTheBeginningIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "2021-07-20", "2021-04-08 00:00")
	d.Course.Begin = day(t, "2021-07-08")
	require.Equal(t, "before_begin Begin=2021-07-08 Due=2021-07-01", d.no("office", "2021-05-10 10:00", act.Correct, due("2021-07-01")))
	require.Equal(t, "before_begin Begin=2021-07-08 Due=2021-07-01", d.no("office", "2021-05-10 10:00", act.Reassign, unit("zezhou"), due("2021-07-01")))
	late := day(t, "2021-07-21")
	require.Equal(t, "before_begin Begin=2021-07-21 Due=2021-07-20", d.no("office", "2021-05-10 10:00", act.Correct, func(a *act.Act) { a.Begin = &late }))
	require.Equal(t, "same", d.no("office", "2021-05-10 10:00", act.Correct, func(a *act.Act) { begin := d.Begin; a.Begin = &begin }))
	d.do("office", "2021-05-10 10:00", act.Correct, due("2021-07-08"))
}

// Law 7: an amendment does not take back the later date that an extension has given;
// what else it says of the task is done.
func TestAnAmendmentLeavesAGrantedDate(t *testing.T) {
	t.Parallel()
	begin := day(t, "2021-07-01")
	granted := act.Case{Granted: 1, State: act.Suspended, Due: day(t, "2021-10-29")}
	for name, c := range map[string]struct {
		due  string
		of   act.Case
		want string
		ok   bool
	}{
		"earlier than granted": {"2021-08-31", granted, "", false},
		"later than granted":   {"2021-11-30", granted, "2021-11-30", true},
		"nothing was granted":  {"2021-08-31", act.Case{State: act.Open, Due: day(t, "2021-10-29")}, "2021-08-31", true},
	} {
		a, ok := c.of.Kept(act.Act{Kind: act.Correct, Due: day(t, c.due)})
		require.Equal(t, []any{c.want, c.ok}, []any{a.Due.String(), ok}, name)
		a, ok = c.of.Kept(act.Act{Kind: act.Correct, Due: day(t, c.due), Begin: &begin})
		require.Equal(t, []any{c.want, true, &begin}, []any{a.Due.String(), ok, a.Begin}, name)
	}
	a, ok := granted.Kept(act.Act{Kind: act.Reword, Title: "新"})
	require.Equal(t, []any{"新", calendar.Day{}, true}, []any{a.Title, a.Due, ok})
}

// Law 8: requests that wait for the office and end because the task is cancelled, or closed
// without them, are said to end.
func TestWhatWaitsForTheOfficeIsSaidToEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		acts []string
		want string
	}{
		"a return, cancelled":              {[]string{"2021-04-14 10:00 unit return", "2021-04-15 10:00 clerk cancel"}, "return"},
		"a return, closed":                 {[]string{"2021-04-14 10:00 unit return", "2021-04-15 10:00 clerk verify"}, "return"},
		"a report, cancelled":              {[]string{"2021-04-14 10:00 unit complete", "2021-04-15 10:00 clerk cancel"}, "report"},
		"both, cancelled":                  {[]string{"2021-04-14 10:00 unit return", "2021-04-14 11:00 unit complete", "2021-04-15 10:00 clerk cancel"}, "return report"},
		"both, closed":                     {[]string{"2021-04-14 10:00 unit return", "2021-04-14 11:00 unit complete", "2021-04-15 10:00 clerk verify"}, "return"},
		"a report, verified: it decides":   {[]string{"2021-04-14 10:00 unit complete", "2021-04-15 10:00 clerk verify"}, ""},
		"a return, given away: it decides": {[]string{"2021-04-14 10:00 unit return", "2021-04-15 10:00 clerk reassign unit=zezhou"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := started(t, "2021-06-30", c.acts...)
			require.Equal(t, c.want, p.said[len(p.said)-1].Ends)
			p.fair(t, "2021-04-16", "2021-05-01")
			for i := range p.history.said {
				p.history.said[i].Ends = ""
			}
			require.Equal(t, c.want != "", len(judge(p.Rules, p.history)) > 0, "the judge sees what is not said")
		})
	}
}

// Law 4: days on which a proposal was void with its task do not count against the leader who has
// to decide it.
func TestAProposalThatIsRevivedHasItsDaysLeft(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	task := begin(b, "standard", day(t, "2021-04-30"), moment(t, "2021-04-08 00:00")).Case
	a := written(t, "2021-05-12 10:00 clerk propose unit=gaoping")
	a.Talk = &act.TalkFacts{What: plan.ProposeTalk}
	talk, refused := b.Propose(act.TalkCase{Task: "t", Number: 1, Lead: "gaoping", Office: "office", Leadership: "group", Policy: "standard", Origin: act.Origin{Kind: act.OriginHand}, About: 1}, a)
	require.Nil(t, refused)
	limit := func() calendar.Day { return b.TalkOwed(talk.TalkCase)[0].Limit }
	require.Equal(t, day(t, "2021-05-17"), limit())
	for _, line := range []string{"2021-05-13 10:00 clerk cancel", "2021-05-20 10:00 clerk reinstate"} {
		a := written(t, line)
		after, _, refused := b.Act(b.Course(task), a)
		require.Nil(t, refused)
		talk, _, _ = b.AffectedBy(talk, talk.Task, task, after.Case, a)
		task = after.Case
	}
	require.Equal(t, act.TalkProposed, talk.State)
	require.Equal(t, day(t, "2021-05-24"), limit(), "the week in which it was void is added")
}

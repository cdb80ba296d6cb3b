package host_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/recount"
	"duban/internal/report"
)

// foretold lists the stages of a thing from one instant on and before another, each as word
// writes it.
func foretold(id string, stages []plan.Stage, from, to time.Time) (all []string) {
	for _, s := range stages {
		if !s.At.Before(from) && s.At.Before(to) {
			all = append(all, word(id, s))
		}
	}
	return all
}

// word is a line about a stage of a thing: instant, thing, stage, kind, recipients. The
// number of the act that proposed a talk is left out of the stage's ID, because it is
// greater by one when a rule has added a further fact to the proposal after the first plan's
// last morning.
func word(id string, s plan.Stage) string {
	var who []string
	if _, act, told := strings.Cut(strings.TrimPrefix(s.ID, "act-"), "-"); told && act == "propose" {
		s.ID = act
	}
	for _, r := range s.To {
		who = append(who, r.String())
	}
	return fmt.Sprintf("%s %s %s %s → %s", s.At.In(calendar.Beijing).Format("2006-01-02 15:04"), id, s.ID, s.Kind, strings.Join(who, ","))
}

// Two plans of two years. The first is amended in every way (another lead, date, policy,
// number, title, rhythm and kind; tasks split, merged, removed and restored; a unit
// dissolved), its calendar is corrected, and its tasks are carried into the second, which
// then runs alone. Exactly the stages that were worked out on the day of the carriage are
// said; no law of package laws is broken in either plan; each period is asked for once; no
// word about one miss is said in both plans; and the book of each plan is what package
// recount works out from its events. The first plan's clock ends on the day of the carriage
// and the second's begins there, so that nothing depends on the machine's speed.
func TestTheSecondYear(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	turn, last := calendar.NewDay(2022, time.January, 10), calendar.NewDay(2022, time.March, 31)
	issued := func(day string, units ...string) func(string, string) string {
		return func(file, text string) string {
			text = withMore(units...)(file, text)
			return strings.NewReplacer("issued: 2021-04-08", "issued: "+day, "year: 2021", "year: "+map[string]string{"2021-11-15": "2021", "2022-01-10": "2022"}[day]).Replace(text)
		}
	}
	common := []string{
		entry("late", "due: 2021-12-10"),
		entry("handed", "due: 2022-01-31"),
		entry("paused", "due: 2022-03-15"),
		entry("longer", "due: 2022-01-25"),
		entry("month", "kind: duty, recur: {every: month, until: 2021-12-31}"),
		entry("quarter", "kind: duty, recur: {every: quarter, shift: 20, until: 2021-12-31}"),
		entry("always", "kind: standing"),
	}
	cycle := func(shift int) string {
		return entry("cycle", fmt.Sprintf("kind: duty, recur: {every: month, shift: %d, until: 2022-12-31}", shift))
	}
	first := twoUnits(t, "y1", issued("2021-11-15", "shuili 市水利局"), append(common, entry("gone", "due: 2022-02-28"), entry("passed", "due: 2022-02-10"), entry("redated", "due: 2022-02-11"), entry("ruled", "due: 2022-02-14"),
		entry("num", "due: 2021-12-20"), entry("whole", "due: 2022-02-17"), entry("m1", "due: 2022-02-22"), entry("m2", "due: 2022-02-22"), entry("worded", "due: 2022-02-23"),
		entry("cut", "due: 2022-02-24"), entry("back", "due: 2022-02-24"), entry("line", "kind: standing"), entry("theirs", "due: 2022-02-25, lead: 市水利局"), cycle(5))...)
	clock := endingOn(fast(first, 40*time.Millisecond, 3*time.Second), turn)
	w.launch(first, clock)
	w.eventually("the first clock has come to its end", func(context.Context) bool { return !clock.Plan(time.Now()).Before(clock.End) })
	w.allOpened("y1", clock.End)
	w.audited("y1", clock)
	w.agreeAll("y1")

	// The second paper makes every kind of change; the third restores what the second removed by mistake.
	titled := func(id, title, rest string) string {
		return strings.Replace(entry(id, rest), "任务"+id, title, 1)
	}
	entries := append(common, entry("passed", "due: 2022-02-10, lead: 市生态环境局"), entry("redated", "due: 2022-02-21, assist: [市生态环境局]"), entry("ruled", "due: 2022-02-14, policy: soft"), titled("new", "新增任务", "due: 2022-02-25"),
		titled("3-1", "任务num", "due: 2021-12-20, was: num"), titled("w-1", "任务whole", "due: 2022-02-17, was: whole, heir: true"), titled("w-2", "另一半", "due: 2022-02-18, was: whole"),
		titled("m", "任务m1", "due: 2022-02-22, was: [m1, m2]"), titled("worded", "改写的任务", "due: 2022-02-23"), entry("back", "due: 2022-02-24"), entry("line", "due: 2022-03-01"),
		entry("theirs", "due: 2022-02-25, lead: 市水利局"), cycle(10))
	amended := func(entries ...string) *plan.Plan {
		return twoUnits(t, "y1", issued("2021-11-15", "shuili 市水利局 successor: 市生态环境局"), entries...)
	}
	before := w.course("y1", "num")
	require.NotEmpty(t, before.Said)
	report, err := w.amendBy(amended(entries...), "二号文")
	require.NoError(t, err)
	require.Empty(t, report.Left)
	require.Equal(t, []any{3, 3}, []any{report.Armed, report.Cancelled}, "new, the other half and the line that has a date start; what left, what was cut and what was merged are cancelled")
	require.Equal(t, before, w.course("y1", "num"), "of a new number not a fact is another")
	report, err = w.amendBy(amended(append(entries, entry("cut", "due: 2022-02-24"))...), "三号文")
	require.NoError(t, err)
	require.Equal(t, []any{0, 0, []engine.LeftUndone{}}, []any{report.Armed, report.Cancelled, report.Left})
	require.NoError(t, w.act("y1", "back", clerk, act.Act{Kind: act.Cancel, Paper: "四号文"}))
	require.NoError(t, w.act("y1", "back", clerk, act.Act{Kind: act.Reinstate, Paper: "五号文"}))
	for _, id := range []string{"cut", "back"} {
		require.Equal(t, act.Open, w.course("y1", id).State, id)
		notices, err := w.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "y1", Task: id})
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(notices, func(n ledger.Notice) bool { return strings.HasSuffix(n.Stage, "-reinstate") }), "its unit hears that %s goes on", id)
	}
	require.Equal(t, "huanjing", w.course("y1", "theirs").Lead)
	years, err := w.Ledger.Calendar(t.Context())
	require.NoError(t, err)
	at := slices.IndexFunc(years, func(y calendar.Year) bool { return y.Year == 2022 })
	notice := years[at]
	notice.Days = append(slices.Clone(notice.Days), calendar.Holiday{Name: "更正", Date: calendar.NewDay(2022, time.February, 26)}) // a Saturday that becomes a working day
	slices.SortFunc(notice.Days, func(a, b calendar.Holiday) int { return a.Date.Compare(b.Date) })
	now := time.Now()
	require.NoError(t, w.Ledger.PutCalendar(t.Context(), notice, "office", ledger.When{Real: now, Plan: clock.Plan(now)}))
	_, err = w.Engine.MoveCalendar(t.Context(), "office")
	require.NoError(t, err)
	require.NoError(t, w.act("y1", "handed", liaison, act.Act{Kind: act.Complete, Reason: "已完成"}))
	require.NoError(t, w.act("y1", "paused", clerk, act.Act{Kind: act.Suspend}))
	require.NoError(t, w.act("y1", "longer", liaison, act.Act{Kind: act.Extend, Due: calendar.NewDay(2022, time.February, 28)}))
	require.NoError(t, w.act("y1", "longer", clerk, act.Act{Kind: act.Grant}))
	w.agreeAll("y1")

	carries := func(id, rest string) string { return entry(id, rest+", carries: y1/"+id) }
	second := twoUnits(t, "y2", issued("2022-01-10"),
		carries("late", "due: 2022-03-10"), carries("handed", "due: 2022-01-31"), carries("paused", "due: 2022-03-15"), carries("longer", "due: 2022-02-28"),
		carries("passed", "due: 2022-02-10, lead: 市生态环境局"), carries("redated", "due: 2022-02-21, assist: [市生态环境局]"), carries("ruled", "due: 2022-02-14, policy: soft"),
		carries("new", "due: 2022-02-25"), carries("3-1", "due: 2021-12-20"), carries("w-1", "due: 2022-02-17"), carries("w-2", "due: 2022-02-18"), carries("m", "due: 2022-02-22"), carries("worded", "due: 2022-02-23"),
		carries("cut", "due: 2022-02-24"), carries("back", "due: 2022-02-24"), carries("line", "due: 2022-03-01"), carries("theirs", "due: 2022-02-25, lead: 市生态环境局"),
		carries("cycle", "kind: duty, recur: {every: month, shift: 10, until: 2022-12-31}"),
		carries("month", "kind: duty, recur: {every: month, until: 2022-12-31}"), carries("quarter", "kind: duty, recur: {every: quarter, shift: 20, until: 2022-12-31}"))
	begins := turn.At(0, 0, calendar.Beijing)
	want, talks := w.asCarried(second, turn, last)
	next := calendar.Clock{Epoch: time.Now().Add(3 * time.Second), Start: begins, Rate: float64(24*time.Hour) / float64(40*time.Millisecond), End: last.At(0, 0, calendar.Beijing)}
	years, err = w.Ledger.Calendar(t.Context())
	require.NoError(t, err)
	_, err = w.Engine.Launch(context.Background(), second, calendar.New(years...), engine.LaunchOptions{At: begins, Clock: next, Grace: 100 * 24 * time.Hour, ArmWait: hang, By: clerk})
	require.NoError(t, err)
	require.NoError(t, w.Engine.EndPlan(t.Context(), "y1", clerk, "年度结束", ""))
	w.eventually("the second clock has come to its end", func(context.Context) bool { return !next.Plan(time.Now()).Before(next.End) })
	w.allOpened("y2", next.End)
	w.audited("y2", next)
	w.eventually("all is said", func(ctx context.Context) bool { return len(w.unsaid(ctx, "y2", next.End)) == 0 })
	w.agreeAll("y2")

	var said []string
	stages, err := w.Ledger.Stages(t.Context(), "y2", "")
	require.NoError(t, err)
	for _, s := range stages {
		of := cmp.Or(s.Talk, s.Task)
		if told := s.Kind == plan.Told && !strings.HasSuffix(s.ID, "-propose"); s.State == ledger.Decided && !told && s.At.Before(next.End) && (s.Talk == "" || talks[s.Talk]) {
			said = append(said, word(of, s.Stage))
		}
	}
	slices.Sort(want)
	slices.Sort(said)
	require.Equal(t, strings.Join(want, "\n"), strings.Join(said, "\n"), "what was foretold is what is said")

	asked := map[string]int{}
	for _, planID := range []string{"y1", "y2"} {
		broken, err := audit.Breaches(t.Context(), w.Ledger, planID, func() time.Time { return next.End }, nil)
		require.NoError(t, err)
		require.Empty(t, broken, planID)
		tasks, err := w.Ledger.Tasks(t.Context(), ledger.TaskFilter{Plan: planID})
		require.NoError(t, err)
		for _, k := range tasks {
			if k.Duty != "" && k.State != ledger.TaskCarried {
				asked[k.Duty+" "+k.Period]++
			}
		}
	}
	require.Equal(t, map[string]int{"month 2021-11": 1, "month 2021-12": 1, "month 2022-01": 1, "month 2022-02": 1, "month 2022-03": 1, "month 2022-04": 1, "cycle 2021-11": 1, "cycle 2021-12": 1, "cycle 2022-01": 1, "cycle 2022-02": 1, "cycle 2022-03": 1, "quarter 2021Q4": 1, "quarter 2022Q1": 1}, asked, "each period is asked for once")
	ledgertest.Proven(t, w.Ledger)
	w.recounted("y1", turn)
	w.recounted("y2", last)
}

// asCarried works out by package act which stages a plan will say from the day turn on and
// before the day last if nobody acts, when on turn it carries on all tasks of another plan;
// and the IDs of the talks that go on in it.
func (w *world) asCarried(p *plan.Plan, turn, last calendar.Day) (all []string, talks map[string]bool) {
	w.t.Helper()
	years, err := w.Ledger.Calendar(w.t.Context())
	require.NoError(w.t, err)
	b, err := act.NewRules(p, calendar.New(years...))
	require.NoError(w.t, err)
	from, to := turn.At(0, 0, calendar.Beijing), last.At(0, 0, calendar.Beijing)
	a := act.Act{ID: "carry-" + p.ID, Kind: act.Carry, By: clerk, At: from.UTC(), On: turn}
	talks = map[string]bool{}
	joint := map[string]bool{} // talks of the old plan that go on in the new one
	carry := func(row ledger.Task, t plan.Task) {
		in := b.CarryIn(ledger.CaseOf(row), p, t, a, act.Elsewhere{})
		all = append(all, foretold(t.ID, b.Ahead(in), from, to)...)
		old, err := w.Ledger.Talks(w.t.Context(), row.Plan, row.ID)
		require.NoError(w.t, err)
		l, err := w.Ledger.Plan(w.t.Context(), row.Plan)
		require.NoError(w.t, err)
		for _, k := range old {
			id := fmt.Sprintf("%s#%d", t.ID, k.Number)
			if k.Host != "" { // the talk has joined another, which is carried with the first of its tasks
				k, err = w.Ledger.Talk(w.t.Context(), row.Plan, k.Host)
				require.NoError(w.t, err)
			}
			if k.GoesOn() && !joint[k.ID] {
				joint[k.ID] = true
				_, talk := b.CarryTalk(ledger.TalkCaseOf(&l.Plan, row, k), row.ID, in, t.ID, a)
				talks[id] = true
				all = append(all, foretold(id, b.TalkAhead(talk), from, to)...)
			}
		}
	}
	for _, t := range p.Tasks {
		row, err := w.Ledger.TaskCalled(w.t.Context(), strings.Split(t.Carries, "/")[0], strings.Split(t.Carries, "/")[1])
		require.NoError(w.t, err)
		if t.Kind != plan.Duty {
			carry(row, t)
			continue
		}
		open, err := w.Ledger.Tasks(w.t.Context(), ledger.TaskFilter{Plan: row.Plan, Duty: row.ID, State: ledger.TaskOpen})
		require.NoError(w.t, err)
		for _, o := range open {
			carry(o, act.OccurrenceOf(t, plan.Occurrence{Task: t.ID + "." + o.Period, Due: o.Due}))
		}
		duty := b.CarryDuty(ledger.CaseOf(row), *row.Facts.Rule, p, t, a, act.Elsewhere{})
		for {
			o, ok := b.NextOccurrence(b.Policies[t.Policy], act.AsRuled(t, duty), duty.OpenedUpTo(), duty.Assigned)
			if o.Opens.Before(from) {
				o.Opens = from.UTC()
			}
			if !ok || !o.Opens.Before(to) {
				break
			}
			c := b.Open(act.NewCase(p, act.OccurrenceOf(act.AsRuled(t, duty), o), o.Opens))
			all = append(all, foretold(o.Task, b.Ahead(c.Case), from, to)...)
			duty = duty.AsOpened(o.Due)
		}
	}
	return all, talks
}

// recounted requires that the book of a plan on a day has the values that package recount
// works out independently from the plan's events.
func (w *world) recounted(planID string, day calendar.Day) {
	w.t.Helper()
	ctx := w.t.Context()
	l, err := w.Ledger.Plan(ctx, planID)
	require.NoError(w.t, err)
	tasks, err := w.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	stages, err := w.Ledger.Stages(ctx, planID, "")
	require.NoError(w.t, err)
	notices, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: planID})
	require.NoError(w.t, err)
	talks, err := w.Ledger.Talks(ctx, planID, "")
	require.NoError(w.t, err)
	years, err := w.Ledger.Calendar(ctx)
	require.NoError(w.t, err)
	var file, book bytes.Buffer
	require.NoError(w.t, report.WriteJSON(&book, report.Book(l, tasks, stages, notices, talks, day, calendar.New(years...))))
	events, err := query.New(w.Ledger, query.Options{Now: time.Now, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return calendar.New(imported...), nil }}).EventFile(ctx, query.Operator(), planID)
	require.NoError(w.t, err)
	lines := json.NewEncoder(&file)
	_, err = events.Each(ctx, func(line any) error { return lines.Encode(line) })
	require.NoError(w.t, err)
	a, err := recount.Read(&file)
	require.NoError(w.t, err)
	differences, compared, err := recount.Compare(a, day.String(), book.Bytes())
	require.NoError(w.t, err)
	w.t.Logf("%s on %s: %d values recounted", planID, day, compared)
	require.Empty(w.t, differences)
	require.Greater(w.t, compared, 500)
}

package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// outlooks: lists and counts are the same whether an outlook is kept, is stale, or
// is worked out for every task from its own row, on any day, for any choice.
func outlooks(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	r := rand.New(rand.NewPCG(13, 7))
	w.forged = true // occurrences come with the launch, which the chain's counts do not know
	p := samplePlan()
	p.ID = "many"
	p.Tasks = nil
	var tasks []ledger.Task
	units := []string{"shuiwu", "zhujian", "huanjing", "jiaoyu"}
	for i := range 300 {
		one := randomTask(r, i, units)
		tasks = append(tasks, one)
		p.Tasks = append(p.Tasks, plan.Task{ID: one.ID, Kind: one.Kind, Note: "注" + one.ID})
	}
	l := ledger.Launched{Plan: p, At: launch}
	added, err := w.AddPlan(w.ctx, l, tasks, before)
	require.NoError(t, err)
	require.True(t, added)
	cal := calendar.New()

	_, _, kept, err := w.Frame(w.ctx, "many")
	require.NoError(t, err)
	require.False(t, kept, "nothing has been worked out yet")
	n, err := w.Refresh(w.ctx, "many", cal)
	require.NoError(t, err)
	require.Equal(t, 300, n)
	again, err := w.Refresh(w.ctx, "many", cal)
	require.NoError(t, err)
	require.Zero(t, again)
	w.compareLists(r, "many", units, cal)

	// Some are written, talks are proposed: these are stale, and read all the same.
	for i := range 60 {
		row, err := w.Task(w.ctx, "many", tasks[r.IntN(len(tasks))].ID)
		require.NoError(t, err)
		if row.State != ledger.TaskOpen || row.Kind != plan.Dated {
			continue
		}
		if i%3 == 0 {
			w.proposed(row, i)
			continue
		}
		facts := randomTask(r, i, units).Facts
		facts.Kind = plan.Dated
		a := act.Act{ID: fmt.Sprint("a", i), Kind: act.Correct, By: act.Actor{Account: "x"}, At: evening.Plan}
		_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "many", Task: row.ID, Act: a, Version: row.Version, Facts: facts}, evening)
		require.NoError(t, err)
	}
	stale, err := w.Stale(w.ctx, cal)
	require.NoError(t, err)
	require.Contains(t, stale, "many")
	w.compareLists(r, "many", units, cal)
	_, err = w.Refresh(w.ctx, "many", cal)
	require.NoError(t, err)
	w.compareLists(r, "many", units, cal)

	// Another calendar, another policy: what was worked out is not used.
	frame, basis, ok, err := w.Frame(w.ctx, "many")
	require.NoError(t, err)
	require.True(t, ok)
	other := calendar.New(calendar.Year{Year: 2021, Days: []calendar.Holiday{{Name: "x", Date: calendar.NewDay(2021, 5, 3), IsOffDay: true}}})
	_, ok, err = w.List(w.ctx, &frame, basis, other, due, ledger.ListFilter{}, 0, 0)
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, w.AddPolicy(w.ctx, "many", "standard@2", p.Policies["standard"], "x", evening))
	_, ok, err = w.List(w.ctx, &frame, basis, cal, due, ledger.ListFilter{}, 0, 0)
	require.NoError(t, err)
	require.False(t, ok)
	_, err = w.Refresh(w.ctx, "many", cal)
	require.NoError(t, err)
	w.compareLists(r, "many", units, cal)

	// A ledger of before outlook_blocks, whose outlooks this program would take for its own where it does
	// not know its revision. On PostgreSQL, whose migration says the same, this role may not make tables.
	if !strings.HasPrefix(address, "sqlite:") {
		return
	}
	require.NoError(t, w.Close())
	for _, before := range []string{`DROP TABLE outlook_blocks`, `DELETE FROM ledger_version WHERE version_id >= 80`} {
		_, err = w.raw().Exec(before)
		require.NoError(t, err)
	}
	w.Store = w.open()
	_, err = w.Refresh(w.ctx, "many", cal)
	require.NoError(t, err)
	w.compareLists(r, "many", units, cal)
}

func (w *world) proposed(row ledger.Task, i int) {
	state := []act.TalkState{act.TalkProposed, act.TalkOpen}[i%2]
	_, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: row.Plan, Task: row.ID, Act: act.Act{ID: fmt.Sprint("p", i), At: evening.Plan, By: act.Actor{Account: "x"}},
		Facts: func(number int) (act.TalkCase, *act.Refusal) {
			return act.TalkCase{Task: row.ID, What: plan.ProposeTalk, State: state, Number: number, Lead: row.Lead, Office: "shuizhiban", Leadership: "lingdao", Policy: "standard",
				Since: calendar.DayOf(evening.Plan), Asked: calendar.DayOf(evening.Plan), Approver: "leader"}, nil
		}}, evening)
	require.NoError(w.t, err)
	_ = refused // it is refused where the task has such a talk already
}

// randomTask is a task, an occurrence, a duty or a standing line in any state.
func randomTask(r *rand.Rand, i int, units []string) ledger.Task {
	day := func(from, spread int) calendar.Day { return due.AddDays(from + r.IntN(spread)) }
	t := sampleTask(fmt.Sprintf("t%03d", i))
	t.Lead, t.Assist = units[r.IntN(len(units))], []string{units[r.IntN(len(units))]}
	t.Due = day(-60, 120)
	if i%3 == 0 {
		t.Clause = "二（一）1"
	}
	c := act.Case{Kind: plan.Dated, State: act.Open, Title: t.Title, Lead: t.Lead, Assist: t.Assist, Office: "shuizhiban", Leadership: "lingdao", Policy: "standard",
		Due: t.Due, Number: 1, Track: act.Track{Revision: 1}, Assigned: day(-90, 100).At(8, 0, calendar.Beijing)}
	t.Assigned = c.Assigned
	for range r.IntN(3) {
		from := day(-70, 120)
		c.Pauses = append(c.Pauses, act.Halt{From: from, Until: from.AddDays(1 + r.IntN(20))})
	}
	if r.IntN(5) == 0 {
		c.Parts = append(c.Parts, act.Part{ID: "1", Unit: units[r.IntN(len(units))], Asked: day(-60, 30), Due: day(0, 30)})
	}
	switch r.IntN(10) {
	case 0:
		c.State, c.Pause = act.Suspended, &act.Pause{From: day(-60, 100)}
	case 1:
		c.State, c.Report = act.Reported, &act.Pending{N: 1, On: day(-60, 100)}
	case 2:
		c.State, c.ClosedOn, t.State, t.ClosedAt = act.Closed, day(-60, 120), ledger.TaskClosed, launch
	case 3:
		c.State, t.State = act.Cancelled, ledger.TaskCancelled
	case 4:
		c.Kind, t.Kind, t.Due, c.Due = plan.Duty, plan.Duty, calendar.Day{}, calendar.Day{}
	case 5:
		t.Kind, t.Due, c = plan.Standing, calendar.Day{}, act.Case{Kind: plan.Standing, Office: "shuizhiban", Leadership: "lingdao"}
	case 6:
		t.Duty, t.Period = "t000", fmt.Sprint("2021-", i)
	}
	t.FirstDue, t.Facts = t.Due, c
	return t
}

// compareLists compares what the ledger lists and counts with what each task's own row says.
func (w *world) compareLists(r *rand.Rand, planID string, units []string, cal *calendar.Calendar) {
	w.t.Helper()
	l, err := w.Plan(w.ctx, planID)
	require.NoError(w.t, err)
	rules, err := act.NewRules(&l.Plan, cal)
	require.NoError(w.t, err)
	tasks, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	talks, err := w.Talks(w.ctx, planID, "")
	require.NoError(w.t, err)
	for range 25 {
		today := due.AddDays(r.IntN(140) - 70)
		f := ledger.ListFilter{}
		pick := func(n int) bool { return r.IntN(n) == 0 }
		if pick(3) {
			f.Lights = some(r, plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.Done, plan.DoneLate)
		}
		if pick(4) {
			f.Phases = some(r, act.Open, act.Reported, act.Suspended, act.Closed, act.Cancelled)
		}
		if pick(4) {
			f.Kinds = some(r, plan.Dated, plan.Duty, plan.Standing)
		}
		f.Occurrences = pick(6)
		if pick(3) {
			f.Units = units[:1+r.IntN(2)]
		}
		if pick(4) {
			f.Seat = units[r.IntN(len(units))]
		}
		if pick(4) {
			f.Leads = units[1 : 2+r.IntN(2)]
		}
		if pick(4) {
			f.From = due.AddDays(r.IntN(120) - 60)
		}
		if pick(4) {
			f.Until = due.AddDays(r.IntN(120) - 60)
		}
		if pick(4) {
			f.Clause = some(r, "二（一）1", "三（二）4", "四（一）2")[0]
		}
		frame, basis, ok, err := w.Frame(w.ctx, planID)
		require.NoError(w.t, err)
		require.True(w.t, ok)
		page, ok, err := w.List(w.ctx, &frame, basis, cal, today, f, 0, 0)
		require.NoError(w.t, err)
		require.True(w.t, ok)
		var want []string
		for _, light := range []plan.Light{plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.DoneLate, plan.Done, ""} {
			want = append(want, chosen(tasks, rules, today, f, light)...)
		}
		var got []string
		for i, one := range page.Tasks {
			got = append(got, one.ID)
			require.Equal(w.t, page.Places[i].Task, one.ID)
		}
		require.Equal(w.t, want, got, "%s %+v", today, f)
		require.Equal(w.t, len(want), page.Total)
		if len(want) > 3 {
			skip := 1 + r.IntN(len(want)-2)
			part, _, err := w.List(w.ctx, &frame, basis, cal, today, f, skip, 2)
			require.NoError(w.t, err)
			require.Len(w.t, part.Tasks, 2, "%s %+v, after %d", today, f, skip)
			require.Equal(w.t, want[skip:skip+2], []string{part.Tasks[0].ID, part.Tasks[1].ID})
			require.Equal(w.t, len(want), part.Total)
		}
		w.compareCounts(&frame, basis, rules, cal, tasks, talks, today)
		w.compareOwed(r, &frame, basis, units, cal)
		w.compareFound(r, &frame, basis, tasks, units, cal)
	}
}

// compareFound compares what a search finds, by words that many, few and no tasks have, with
// what the tasks say.
func (w *world) compareFound(r *rand.Rand, frame *ledger.Launched, basis string, tasks []ledger.Task, units []string, cal *calendar.Calendar) {
	w.t.Helper()
	one := tasks[r.IntN(len(tasks))]
	var words []ledger.Sought
	for range 1 + r.IntN(2) {
		sought := ledger.Sought{Word: some(r, one.ID, one.ID[1:], one.ID[:3], one.Title, "(一)1", "无此字", one.ID+"/")[0]}
		for range r.IntN(3) {
			sought.Units = append(sought.Units, some(r, units...)...)
		}
		words = append(words, sought)
	}
	seat := some(r, "", "", units[0])[0]
	want := []string{}
	for _, t := range tasks {
		text, meant := strings.NewReplacer("（", "(", "）", ")").Replace(t.Title+"\n"+t.Clause+"\n"+t.ID), true
		for _, sought := range words {
			meant = meant && (strings.Contains(text, sought.Word) || has(sought.Units, t.Lead))
		}
		part := seat == "" || t.Lead == seat || has(t.Assist, seat)
		for _, p := range ledger.CaseOf(t).Parts {
			part = part || p.Unit == seat
		}
		if meant && part {
			want = append(want, t.ID)
		}
	}
	skip, most := r.IntN(4), 1+r.IntN(len(tasks))
	got, ok, err := w.Find(w.ctx, frame, basis, cal, words, seat, skip, most)
	require.NoError(w.t, err)
	require.True(w.t, ok)
	want = want[min(skip, len(want)):]
	require.Equal(w.t, want[:min(most, len(want))], append([]string{}, got...), "%+v of %q", words, seat)
}

// compareOwed compares what is owed, as the database chooses it, with what is worked
// out of every task and talk.
func (w *world) compareOwed(r *rand.Rand, frame *ledger.Launched, basis string, units []string, cal *calendar.Calendar) {
	w.t.Helper()
	f := ledger.OwedFilter{Held: r.IntN(2) == 0}
	if r.IntN(3) > 0 {
		f.Units = append(units[:1+r.IntN(2):2], "shuizhiban")
	}
	want, err := w.OwedOfAll(w.ctx, *frame, cal, f)
	require.NoError(w.t, err)
	got, total, ok, err := w.Owed(w.ctx, frame, basis, cal, f, 0)
	require.NoError(w.t, err)
	require.True(w.t, ok)
	require.Equal(w.t, want, got, "%+v", f)
	require.Equal(w.t, len(want), total)
	if len(want) > 3 {
		first, total, _, err := w.Owed(w.ctx, frame, basis, cal, f, 3)
		require.NoError(w.t, err)
		require.Equal(w.t, want[:3], first)
		require.Equal(w.t, len(want), total)
	}
}

// some are one or two of several.
func some[T any](r *rand.Rand, all ...T) []T {
	chosen := []T{all[r.IntN(len(all))]}
	if r.IntN(2) == 0 {
		chosen = append(chosen, all[r.IntN(len(all))])
	}
	return chosen
}

func has[T comparable](all []T, one T) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}

// chosen are the tasks of a list that show a light, in the list's order, each worked out
// from its own row.
func chosen(tasks []ledger.Task, rules act.Rules, today calendar.Day, f ledger.ListFilter, light plan.Light) (ids []string) {
	byDue := map[calendar.Day][]string{}
	var days []calendar.Day
	for _, t := range tasks {
		c := ledger.CaseOf(t)
		parts := append([]string{t.Lead}, t.Assist...)
		seat := false
		for _, p := range c.Parts {
			seat = seat || p.Unit == f.Seat
		}
		among := false
		for _, u := range parts {
			seat = seat || u == f.Seat
			for _, v := range f.Units {
				among = among || u == v
			}
		}
		kind := len(f.Kinds) == 0 && !f.Occurrences || f.Occurrences && t.Duty != ""
		for _, k := range f.Kinds {
			kind = kind || t.Kind == k
		}
		within := (f.From.IsZero() || f.From.Compare(t.Due) <= 0) && (f.Until.IsZero() || t.Due != calendar.Day{} && t.Due.Compare(f.Until) <= 0)
		switch {
		case !within, f.Clause != "" && t.Clause != f.Clause, len(f.Leads) > 0 && !has(f.Leads, t.Lead):
			continue
		case shown(t, rules, today) != light, len(f.Lights) > 0 && !has(f.Lights, light), len(f.Phases) > 0 && !has(f.Phases, c.State), !kind, f.Seat != "" && !seat, len(f.Units) > 0 && !among:
			continue
		}
		if byDue[t.Due] == nil {
			days = append(days, t.Due)
		}
		byDue[t.Due] = append(byDue[t.Due], t.ID)
	}
	for len(days) > 0 {
		first := 0
		for i, d := range days {
			if d.Before(days[first]) {
				first = i
			}
		}
		ids = append(ids, byDue[days[first]]...)
		days = append(days[:first], days[first+1:]...)
	}
	return ids
}

func shown(t ledger.Task, rules act.Rules, today calendar.Day) plan.Light {
	if t.Kind != plan.Dated || t.State == ledger.TaskCancelled {
		return ""
	}
	return rules.Measure(ledger.CaseOf(t), today).Light
}

func (w *world) compareCounts(frame *ledger.Launched, basis string, rules act.Rules, cal *calendar.Calendar, tasks []ledger.Task, talks []ledger.Talk, today calendar.Day) {
	w.t.Helper()
	tally, ok, err := w.Count(w.ctx, frame, basis, cal, today)
	require.NoError(w.t, err)
	require.True(w.t, ok)
	type key struct {
		kind    plan.Kind
		phase   act.State
		light   plan.Light
		overdue bool
	}
	want, got := map[key]int{}, map[key]int{}
	var next time.Time
	rows := map[string]ledger.Task{}
	for _, t := range tasks {
		rows[t.ID] = t
		c := ledger.CaseOf(t)
		m := act.Measure{}
		if t.Kind == plan.Dated {
			m = rules.Measure(c, today)
		}
		want[key{t.Kind, c.State, shown(t, rules, today), m.Overdue}]++
		if t.State == ledger.TaskOpen && t.Kind == plan.Dated {
			if n := rules.Next(c); n != nil && (next.IsZero() || n.At.Before(next)) {
				next = n.At
			}
		}
	}
	called := 0
	for _, k := range talks {
		if rows[k.Task].State == ledger.TaskOpen && k.GoesOn() {
			if ahead := rules.TalkAhead(ledger.TalkCaseOf(&frame.Plan, rows[k.Task], k)); len(ahead) > 0 && ahead[0].At.Before(next) {
				next = ahead[0].At
			}
		}
		switch k.State {
		case act.TalkPending, act.TalkProposed, act.TalkOpen, act.TalkClosed:
			if rows[k.Task].State != ledger.TaskCancelled {
				called++
			}
		}
	}
	for _, c := range tally.Counts {
		got[key{c.Kind, c.Phase, c.Light, c.Overdue}] += c.N
	}
	require.Equal(w.t, want, got, today)
	require.Equal(w.t, called, tally.Talks)
	require.Len(w.t, tally.Next.Tasks, 1)
	first := rules.Next(ledger.CaseOf(tally.Next.Tasks[0]))
	for _, k := range tally.Next.Talks {
		if ahead := rules.TalkAhead(ledger.TalkCaseOf(&frame.Plan, tally.Next.Tasks[0], k)); k.GoesOn() && len(ahead) > 0 && (first == nil || ahead[0].At.Before(first.At)) {
			first = &ahead[0]
		}
	}
	require.True(w.t, next.Equal(first.At), "%s %s", next, first.At)
}

package docket_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/docket"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/water"
	"duban/internal/words"
)

var chinese = words.New("zh")

// withSections gives the plan a register of two sections of 水务局, whose data it owes by
// the 10th, and rules.
func withSections(rules ...water.Rule) func(p *plan.Plan) {
	return func(p *plan.Plan) {
		p.Policy = "standard"
		p.Tasks = append(p.Tasks, plan.Task{ID: "data.shuiwu", Kind: plan.Duty, Title: "报送监测数据", Lead: "shuiwu", Policy: "standard", Recur: &plan.Recurrence{Every: "month", Shift: 10}})
		targets := []water.YearlyTarget{{Year: 2021, Class: water.III}}
		p.Water = &water.Register{Rules: rules, Duties: []water.Duty{{Unit: "shuiwu", Task: "data.shuiwu"}}, Sections: []water.Section{
			{ID: "s1", Name: "润城", County: "shuiwu", Data: "shuiwu", Targets: targets}, {ID: "s2", Name: "牛村", County: "shuiwu", Data: "shuiwu", Targets: targets}}}
	}
}

func reading(section string, month int, c water.Class) water.Reading {
	return water.Reading{Section: section, Month: water.Month{Year: 2021, Month: month}, Span: water.OfMonth, Class: c, Sources: map[string]string{"class": "4月.xlsx B2"}}
}

func (w *world) measured(all ...water.Reading) {
	w.t.Helper()
	by := ledger.ReadingsBy{Plan: "p", Office: "duban", Actor: "duban", Correct: true, Reason: "抄错"}
	_, err := w.Ledger.PutReadings(w.ctx, by, all, ledger.When{Real: w.now, Plan: w.now})
	require.NoError(w.t, err)
}

func (w *world) judged() {
	w.t.Helper()
	require.NoError(w.t, w.Sections(w.ctx, "p", chinese))
}

// opened are the tasks that no document names, with their states.
func (w *world) opened() (all []string) {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.ctx, ledger.TaskFilter{Plan: "p"})
	require.NoError(w.t, err)
	for _, t := range tasks {
		if t.Origin.Kind == act.OriginSection {
			all = append(all, t.ID+" "+string(t.Facts.State))
		}
	}
	slices.Sort(all)
	return all
}

var over = water.Rule{ID: "over", Title: "水质超标", Over: true, Opens: water.OpensTask, Asks: "说明原因，提出措施，报告结果", Policy: "standard", Within: "30 days", From: water.Month{Year: 2021, Month: 4}}

// A duty to hand in data asks for the month's data of all sections of its unit: while one is
// missing its occurrence is open and chased; when all are in it is closed, on that day.
func TestAMonthsDataProveTheirDuty(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSections())
	d, err := w.Duty(w.ctx, "p", "data.shuiwu")
	require.NoError(t, err)
	o, ok := d.Next(d.Row.Facts.OpenedUpTo())
	require.True(t, ok)
	for o.Period != "2021-04" {
		o, ok = d.Next(o.Due)
		require.True(t, ok)
	}
	w.on(5, 4)
	_, err = w.OpenOccurrence(w.ctx, "p", "data.shuiwu", o)
	require.NoError(t, err)
	w.measured(reading("s1", 4, water.II), reading("s2", 3, water.II))
	w.judged()
	require.Equal(t, act.Open, w.row(o.Task).Facts.State, "one section of April is missing")
	require.Empty(t, w.engine.looked)
	course, err := w.Course(w.ctx, "p", o.Task)
	require.NoError(t, err)
	require.NotNil(t, course.Next, "it is chased")

	w.on(5, 9)
	w.measured(water.Reading{Section: "s2", Month: water.Month{Year: 2021, Month: 4}, Span: water.OfMonth, State: water.Dry})
	for range 2 {
		w.judged()
	}
	row := w.row(o.Task)
	require.Equal(t, []any{act.Closed, "2021-05-09", ledger.TaskClosed}, []any{row.Facts.State, row.Facts.ClosedOn.String(), row.State})
	require.Len(t, w.events(o.Task, ledger.ActKind(act.Verify)), 1)
	require.Equal(t, []string{o.Task}, w.engine.looked, "its workflow takes that from the ledger")
	require.Equal(t, act.Open, w.row("a").Facts.State)
	_, err = w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

// The duty to hand in what was measured of outlets is proven by outlets alone, and asks nothing of the
// same unit's sections.
func TestAMonthsOutletsProveTheirDuty(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *plan.Plan) {
		withSections()(p)
		p.Tasks = append(p.Tasks, plan.Task{ID: "outlets.shuiwu", Kind: plan.Duty, Title: "报送排污口监测结果", Lead: "shuiwu", Policy: "standard", Recur: &plan.Recurrence{Every: "month", Shift: 12}})
		limits := []water.Limit{{Item: water.COD, Value: decimal.NewFromInt(50)}}
		p.Incidents = &incident.Registry{Duties: []water.Duty{{Unit: "shuiwu", Task: "outlets.shuiwu"}}, Outlets: []incident.Outlet{
			{ID: "o1", Name: "一号", Section: "s1", Unit: "shuiwu", Data: "shuiwu", Limits: limits}, {ID: "o2", Name: "二号", Section: "s1", Unit: "shuiwu", Data: "shuiwu", Limits: limits}}}
	})
	d, err := w.Duty(w.ctx, "p", "outlets.shuiwu")
	require.NoError(t, err)
	o, ok := d.Next(d.Row.Facts.OpenedUpTo())
	for require.True(t, ok); o.Period != "2021-04"; require.True(t, ok) {
		o, ok = d.Next(o.Due)
	}
	w.on(5, 4)
	_, err = w.OpenOccurrence(w.ctx, "p", "outlets.shuiwu", o)
	require.NoError(t, err)
	april := func(outlet, cod string) water.Reading {
		return water.Reading{Section: water.PlaceOfOutlet(outlet), Month: water.Month{Year: 2021, Month: 4}, Span: water.OfMonth, Values: water.Values{water.COD: water.Number(cod)}}
	}
	w.measured(april("o1", "60"), reading("s1", 4, water.II), reading("s2", 4, water.II))
	w.judged()
	require.Equal(t, act.Open, w.row(o.Task).Facts.State, "one outlet is missing")
	w.measured(april("o2", "20"))
	for range 2 {
		w.judged()
	}
	require.Equal(t, act.Closed, w.row(o.Task).Facts.State)
	proven := w.events(o.Task, ledger.ActKind(act.Verify))
	require.Len(t, proven, 1)
	require.Contains(t, string(proven[0].Data), "2021年4月各排污口监测结果已全部入账")
}

// A section that misses its target opens one task for the county, whoever imports the table and
// how often. A corrected reading cancels the task, unless it was closed.
func TestAnExceedanceOpensATaskAndACorrectionTakesItBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withSections(over))
	w.on(5, 10)
	w.measured(reading("s1", 4, water.IV), reading("s2", 4, water.V), reading("s1", 3, water.V))
	for range 2 {
		w.judged()
	}
	require.Equal(t, []string{"section-s1.2021-04.over open", "section-s2.2021-04.over open"}, w.opened(), "not of March, when the rule was not in force")
	of, err := w.Ledger.Tasks(w.ctx, ledger.TaskFilter{Plan: "p", From: "section:s1/"})
	require.NoError(t, err)
	require.Len(t, of, 1, "what is opened is found by its section")
	row := w.row("section-s1.2021-04.over")
	require.Equal(t, []any{"润城断面2021年4月水质超标：请说明原因，提出措施，报告结果", "shuiwu", "2021-06-09", act.FromSection("s1", "2021-04")}, []any{row.Title, row.Lead, row.Due.String(), row.Origin})
	require.Len(t, w.events(row.ID, ledger.TaskOpened), 1)
	require.Len(t, w.events(row.ID, ledger.TaskOrdered), 1)

	on, err := w.Course(w.ctx, "p", "section-s2.2021-04.over")
	require.NoError(t, err)
	_, _, err = w.Act(w.ctx, "p", "section-s2.2021-04.over", w.act(office, act.Act{ID: "v", Kind: act.Verify, Reason: "已说明"}), on, w.now)
	require.NoError(t, err)
	w.on(5, 12)
	w.measured(reading("s1", 4, water.III), reading("s2", 4, water.III))
	for range 2 {
		w.judged()
	}
	require.Equal(t, []string{"section-s1.2021-04.over cancelled", "section-s2.2021-04.over closed"}, w.opened(), "what is closed stays")
	require.Len(t, w.events("section-s1.2021-04.over", ledger.ActKind(act.Cancel)), 1)
	require.Contains(t, w.engine.looked, "section-s1.2021-04.over")

	w.on(5, 14)
	for n, want := range [][]string{
		{"section-s1.2021-04.over cancelled", "section-s1.2021-04.over.2 open"},
		{"section-s1.2021-04.over cancelled", "section-s1.2021-04.over.2 cancelled"},
		{"section-s1.2021-04.over cancelled", "section-s1.2021-04.over.2 cancelled", "section-s1.2021-04.over.3 open"},
	} {
		w.measured(reading("s1", 4, []water.Class{water.IV, water.III}[n%2]), reading("s2", 4, []water.Class{water.V, water.III}[n%2]))
		for range 2 {
			w.judged()
		}
		require.Equal(t, append(want, "section-s2.2021-04.over closed"), w.opened(), "the value was right after all: what was closed is not asked again")
	}
	last := w.row("section-s1.2021-04.over.3")
	require.Equal(t, []any{row.Title, "2021-06-13", row.Origin}, []any{last.Title, last.Due.String(), last.Origin}, "with a limit of its own")
	on, err = w.Course(w.ctx, "p", last.ID)
	require.NoError(t, err)
	_, _, err = w.Act(w.ctx, "p", last.ID, w.act(office, act.Act{ID: "c", Kind: act.Cancel, Reason: "另案处理", Paper: "督办〔2021〕9号"}), on, w.now)
	require.NoError(t, err)
	w.judged()
	require.Len(t, w.opened(), 4, "what the office has cancelled stays cancelled")
	_, err = w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

// Example rules open nothing, nor does a plan without sections, and a rule that is no longer in
// the register cancels nothing.
func TestRulesThatAreNotInForce(t *testing.T) {
	t.Parallel()
	example := over
	example.From = water.Month{}
	w := newWorld(t, withSections(example))
	w.on(5, 10)
	w.measured(reading("s1", 4, water.Worse))
	w.judged()
	require.Empty(t, w.opened())

	w = newWorld(t, nil)
	w.judged()
	require.ErrorIs(t, w.Sections(w.ctx, "nothing", chinese), ledger.ErrNotFound)
}

// A rule may also propose a talk or a circular to a leader: once, and the proposal is withdrawn
// with the task when the ground is gone.
func TestARuleProposesATalk(t *testing.T) {
	t.Parallel()
	for opens, what := range map[string]string{water.OpensTalk: plan.ProposeTalk, water.OpensCircular: plan.ProposeCircular} {
		rule := over
		rule.Opens = opens
		w := newWorld(t, withSections(rule))
		w.on(5, 10)
		w.measured(reading("s1", 4, water.V))
		for range 2 {
			w.judged()
		}
		talks, err := w.Ledger.Talks(w.ctx, "p", "section-s1.2021-04.over")
		require.NoError(t, err)
		require.Len(t, talks, 1)
		require.Equal(t, []any{what, act.TalkProposed, act.Origin{Kind: act.OriginRule, Of: "over"}, "shuiwu"}, []any{talks[0].What, talks[0].State, talks[0].Origin, talks[0].Lead})
		said := w.events("section-s1.2021-04.over", ledger.ActKind(act.Propose))
		all := ""
		for _, e := range append(said, w.events(talks[0].ID, ledger.ActKind(act.Propose))...) {
			all += string(e.Data)
		}
		require.Contains(t, all, "润城 2021-04 本月Ⅴ类，目标Ⅲ")

		w.measured(reading("s1", 4, water.II))
		w.judged()
		talks, err = w.Ledger.Talks(w.ctx, "p", "section-s1.2021-04.over")
		require.NoError(t, err)
		require.Equal(t, act.TalkVoid, talks[0].State, "what it rested on has gone")
	}
}

// Whichever call of the Starter fails, the next try finishes what was begun, once.
func TestJudgingThatWasBrokenOffIsFinished(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(context.Context) error{"refuses": refuses, "hangs": hangs} {
		for calls := range 4 { // of the starter: task, morning, number of the talk, talk
			rule := over
			rule.Opens = water.OpensTalk
			w := newWorld(t, withSections(rule))
			w.on(5, 10)
			w.measured(reading("s1", 4, water.V))
			for range calls {
				w.engine.faults = append(w.engine.faults, func(context.Context) error { return nil })
			}
			w.engine.faults = append(w.engine.faults, fault)
			ctx, cancel := context.WithCancel(w.ctx)
			if name == "hangs" {
				w.engine.faults[calls] = func(ctx context.Context) error { cancel(); return hangs(ctx) }
			}
			err := w.Sections(ctx, "p", chinese)
			cancel()
			require.Error(t, err, "%s at call %d", name, calls)
			w.on(5, 11)
			w.judged()
			require.Equal(t, []string{"section-s1.2021-04.over open"}, w.opened())
			require.Len(t, w.events("section-s1.2021-04.over", ledger.TaskOpened), 1)
			talks, err := w.Ledger.Talks(w.ctx, "p", "")
			require.NoError(t, err)
			require.Len(t, talks, 1, "%s at call %d", name, calls)
			left, err := w.Ledger.Unstarted(w.ctx, "p", "section-s1.2021-04.over")
			require.NoError(t, err)
			require.Empty(t, left, "%s at call %d: everybody is told", name, calls)
		}
	}
}

func TestHowASectionStands(t *testing.T) {
	t.Parallel()
	times := water.Multiple(water.Number("2.12"), water.Number("1.0").Number())
	row := water.Row{Target: water.Target{Class: water.III}, Month: water.Result{Class: water.Worse, Over: []water.Over{{Item: water.NH3N, Times: &times}, {Item: water.DO}}}, Year: water.Result{Class: water.IV}}
	say := func(lang string, r water.Row) string { return docket.Stands(words.New(lang), r) }
	require.Equal(t, "本月劣Ⅴ类，目标Ⅲ，累计Ⅳ类，超标 氨氮(1.12)、溶解氧", say("zh", row))
	require.False(t, strings.ContainsAny(say("en", row), "氨，"))
}

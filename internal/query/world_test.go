package query_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/compensation"
	"duban/internal/complaint"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	quality "duban/internal/water"
	"duban/seeds"
)

// world is two plans of two offices in one ledger, on Monday 5 July 2021. In the
// water plan, shuiwu leads 污水处理厂 (over), in which gaoping assists and about which
// shuiwu was called to a talk; gaoping leads 管网改造 (late) and the duty watch. huanbao
// is a unit of the air plan only; lvye is a unit of neither.
type world struct {
	t     *testing.T
	store *ledger.Store
	cal   *calendar.Calendar
	now   time.Time
	water plan.Plan
}

func at(month time.Month, date, hour int) time.Time {
	return calendar.NewDay(2021, month, date).At(hour, 0, calendar.Beijing)
}

func when(t time.Time) ledger.When { return ledger.When{Real: t, Plan: t} }

// databases are the two kinds of ledger.
var databases = map[string]func(*testing.T) string{
	"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db") },
	"PostgreSQL": func(t *testing.T) string { return ledgertest.Ledger(t) },
}

func newWorld(t *testing.T, address string) *world {
	t.Helper()
	store, err := ledger.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	w := &world{t: t, store: store, cal: cal, now: at(7, 5, 10)}
	w.water = plan.Plan{
		ID: "water", Title: "治水计划", Number: "市办〔2021〕1号", Zone: "Asia/Shanghai", Year: 2021, Hash: "water", Policies: policies, Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "office", Leadership: "leaders", Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局"}, {ID: "gaoping", Name: "高平市人民政府", Aliases: []string{"高平市政府"}, Contacts: []people.Contact{{Role: people.Liaison, Name: "联络员", Email: "l@gaoping.example"}}},
			{ID: "office", Name: "市治水办"}, {ID: "leaders", Name: "市治水领导小组"},
		}},
		Tasks: []plan.Task{
			{ID: "over", Clause: "三（二）1", Kind: plan.Dated, Title: "建成污水处理厂", Source: "6月15日前建成。", Lead: "shuiwu", Assist: []string{"gaoping"}, Due: calendar.NewDay(2021, 6, 15), Policy: "standard"},
			{ID: "late", Clause: "三（二）2", Kind: plan.Dated, Title: "完成管网改造", Lead: "gaoping", Due: calendar.NewDay(2021, 7, 12), Policy: "soft", Soft: true},
			{ID: "watch", Clause: "三（三）1", Kind: plan.Duty, Title: "监测断面水质", Lead: "gaoping", Policy: "standard",
				Recur: &plan.Recurrence{Every: "quarter", From: calendar.NewDay(2021, 6, 1), Until: calendar.NewDay(2021, 12, 31)}},
			{ID: "s01", Clause: "附件1第1行", Kind: plan.Standing, Title: "赵庄断面水质达到目标", Lead: "gaoping", Policy: "standard"},
		},
	}
	w.water.Sections = []plan.Section{{ID: "s01", No: 1, County: "gaoping", Name: "赵庄", Target: "Ⅲ"}}
	w.water.Water = &quality.Register{Sections: []quality.Section{{ID: "s01", Name: "赵庄", County: "gaoping", Level: "national", Data: "shuiwu", Targets: []quality.YearlyTarget{{Year: 2021, Class: quality.III}}}}}
	w.water.Incidents = &incident.Registry{Trace: &incident.Trace{Within: "2 days", Policy: "standard"}, Outlets: []incident.Outlet{{ID: "o1", Name: "一号排污口", Kind: incident.Drain, Section: "s01", Unit: "huanbao", Limits: []quality.Limit{{Item: quality.COD, Value: decimal.NewFromInt(50)}}}}}
	w.water.Water.Zones = []quality.Zone{{ID: "z01", Name: "丹河一区", Basin: "丹河流域", Sections: []string{"s01"}, Target: quality.IV}}
	w.water.Water.ZoneDuty = "watch"
	w.water.Compensation = []compensation.Table{{Title: "示例", Settled: 10, Sum: compensation.SumItems, Plain: decimal.NewFromInt(50000)},
		{Title: "市里的", Authority: "市办〔2021〕3号", From: quality.Month{Year: 2021, Month: 5}, Settled: 10, Sum: compensation.SumItems, Worse: decimal.NewFromInt(70000)}}
	w.water.Assessment = &assessment.Table{Title: "考核细则", Base: decimal.NewFromInt(100), Objection: 5, Assist: 50, Rules: []assessment.Rule{
		{ID: "late", Title: "逾期", Fact: assessment.Late, Points: decimal.NewFromInt(-1), Every: 5, Step: decimal.RequireFromString("-0.5")},
		{ID: "missing", Title: "缺报", Fact: assessment.Missing, Points: decimal.NewFromInt(-2)},
		{ID: "warned", Title: "预警", Fact: assessment.Warned, Points: decimal.NewFromInt(-1)}, {ID: "talked", Title: "约谈", Fact: assessment.Talked, Points: decimal.NewFromInt(-3)},
		{ID: "missed", Title: "断面不达标", Fact: assessment.SectionMissed, Points: decimal.NewFromInt(-5)},
	}}
	w.water.Complaints = &complaint.Rules{Title: "办理规则", Sort: 1, Window: 30, Matters: []string{"污水直排"}, Limits: []complaint.Limit{{ID: "ordinary", Title: "一般", Workdays: 5, Policy: "standard"}}}
	air := plan.Plan{
		ID: "air", Title: "治气计划", Number: "市办〔2021〕2号", Zone: "Asia/Shanghai", Year: 2021, Hash: "air", Policies: policies, Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "airoffice", Leadership: "airleaders", Units: []people.Unit{{ID: "huanbao", Name: "市环保局"}, {ID: "airoffice", Name: "市大气办"}, {ID: "airleaders", Name: "治气小组"}}},
		Tasks:     []plan.Task{{ID: "boiler", Kind: plan.Dated, Title: "关停燃煤锅炉", Lead: "huanbao", Due: calendar.NewDay(2021, 7, 20), Policy: "standard"}},
	}
	water, airRules := w.launch(&w.water), w.launch(&air)
	for _, s := range water.Ahead(w.task("water", "over").Facts) {
		if s.At.Before(w.now) {
			w.decide("water", "over", "", s)
		}
	}
	k, err := store.Talk(t.Context(), "water", "over#1")
	require.NoError(t, err)
	open := water.OpenTalk(ledger.TalkCaseOf(&w.water, w.task("water", "over"), k), k.OpensAt)
	_, err = store.OpenTalk(t.Context(), ledger.Opening{Plan: "water", Talk: "over#1", Open: func(ledger.Task, ledger.Talk) act.TalkCase { return open.TalkCase }}, when(k.OpensAt))
	require.NoError(t, err)
	for _, s := range water.TalkAhead(open.TalkCase)[:1] {
		w.decide("water", "over", "over#1", s)
	}
	w.decide("water", "late", "", water.Ahead(w.task("water", "late").Facts)[0])
	_, err = store.PutReadings(t.Context(), ledger.ReadingsBy{Plan: "water", Office: "office", Actor: "wang"}, []quality.Reading{
		{Section: "s01", Month: quality.Month{Year: 2021, Month: 5}, Span: quality.OfMonth, Class: quality.IV, Sources: map[string]string{"class": "5月.xlsx B2"}},
		{Section: "outlet/o1", Month: quality.Month{Year: 2021, Month: 5}, Span: quality.OfMonth, Values: quality.Values{quality.COD: quality.Number("60")}, Sources: map[string]string{"COD": "5月.xlsx B2"}},
	}, when(at(6, 10, 9)))
	require.NoError(t, err)
	told := act.Act{ID: "c1", Kind: act.TakeIn, By: act.Actor{Account: "zhao", Name: "赵", Unit: "office"}, At: at(6, 10, 9), On: calendar.NewDay(2021, 6, 10), Title: "夜间排污", Reason: "河水发黑", Complaint: &act.ComplaintFacts{Matter: "污水直排", Where: "桥下"}}
	_, err = store.TakeIn(t.Context(), []ledger.Complaining{{Plan: "water", Act: told, After: act.Complaint{}.After(told, time.Time{}, calendar.Day{}), Caller: complaint.Caller{Name: "钱二"}}}, when(at(6, 10, 9)))
	require.NoError(t, err)
	w.decide("air", "boiler", "", airRules.Ahead(w.task("air", "boiler").Facts)[0])
	return w
}

// opensIncident opens an incident at 赵庄, with an outlet that another plan's unit looks at.
func (w *world) opensIncident() {
	w.t.Helper()
	i := act.Incident{Sections: w.water.Water, Registry: w.water.Incidents}
	for n, facts := range []act.IncidentFacts{{Section: "s01", Source: "station", Time: at(6, 10, 8)}, {Outlets: []string{"o1"}}} {
		a := act.Act{ID: fmt.Sprint("i", n), Kind: []act.Kind{act.OpenIncident, act.TraceUp}[n], By: act.Actor{Account: "zhao", Name: "zhao", Unit: "office"}, At: at(6, 10, 9), On: calendar.NewDay(2021, 6, 10), Title: "氨氮超标", Incident: &facts}
		i = i.After(a, "1")
		_, err := w.store.Handle(w.t.Context(), ledger.Handling{Plan: "water", Act: a, Version: n, After: i}, when(at(6, 10, 9)))
		require.NoError(w.t, err)
	}
}

func (w *world) launch(p *plan.Plan) act.Rules {
	w.t.Helper()
	var tasks []ledger.Task
	for _, t := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(p, t, at(6, 1, 0)))
	}
	_, err := w.store.AddPlan(w.t.Context(), ledger.Launched{Plan: *p, At: at(6, 1, 0)}, tasks, when(at(6, 1, 0)))
	require.NoError(w.t, err)
	b, err := act.NewRules(p, w.cal)
	require.NoError(w.t, err)
	return b
}

func (w *world) task(planID, id string) ledger.Task {
	w.t.Helper()
	row, err := w.store.Task(w.t.Context(), planID, id)
	require.NoError(w.t, err)
	return row
}

// decide records a stage as decided an hour before it speaks, and a message about it.
func (w *world) decide(planID, task, talk string, s plan.Stage) {
	w.t.Helper()
	channels := map[people.Recipient][]string{}
	for _, to := range s.To {
		channels[to] = []string{"smtp"}
	}
	d := ledger.Decision{Plan: planID, Task: task, Revision: 1, Talk: talk, Stage: s, Channels: channels, OpensTalk: s.Kind == plan.Talk && talk == ""}
	digests, _, err := ledgertest.Decide(w.t.Context(), w.store, d, when(s.At.Add(-time.Hour)))
	require.NoError(w.t, err)
	for _, g := range digests[:1] {
		_, err := w.store.Gather(w.t.Context(), g.Key, when(s.At), func(string, []ledger.Item) bool { return false })
		require.NoError(w.t, err)
	}
}

func (w *world) reader() *query.Reader {
	return query.New(w.store, query.Options{
		Now:      func() time.Time { return w.now },
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return w.cal.With(imported...), nil },
	})
}

// refresh has the ledger compute the outlooks by which lists are read.
func (w *world) refresh() {
	w.t.Helper()
	for _, id := range []string{"water", "air"} {
		_, err := w.store.Refresh(w.t.Context(), id, w.cal)
		require.NoError(w.t, err)
		_, _, kept, err := w.store.Frame(w.t.Context(), id)
		require.NoError(w.t, err)
		require.True(w.t, kept)
	}
}

func person(account, unit string) query.Viewer {
	return query.As(act.Actor{Account: account, Name: account, Unit: unit})
}

// later is a calendar in which the next days on which a stage speaks are rest days.
func (w *world) later() *calendar.Calendar {
	return w.resting(1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23)
}

// resting is a calendar in which these days of July are rest days.
func (w *world) resting(days ...int) *calendar.Calendar {
	years := w.cal.Years()
	for _, y := range years {
		if y.Year != 2021 {
			continue
		}
		y.Papers = []string{"试"}
		y.Days = append([]calendar.Holiday{}, y.Days...)
		for _, d := range days {
			y.Days = append(y.Days, calendar.Holiday{Name: "抗洪", Date: calendar.NewDay(2021, 7, d), IsOffDay: true})
		}
		return w.cal.With(y)
	}
	w.t.Fatal("no 2021")
	return nil
}

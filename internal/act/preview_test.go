package act_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// crowd is a plan of n dated tasks laid on 60 units, due on every day of the year.
func crowd(tb testing.TB, n int) *plan.Plan {
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	p := &plan.Plan{ID: "crowd", Year: 2021, Zone: "Asia/Shanghai", Policies: policies,
		Directory: people.Directory{Office: "office", Leadership: "lead"}}
	first := calendar.NewDay(2021, time.May, 1)
	for i := range n {
		p.Tasks = append(p.Tasks, plan.Task{ID: fmt.Sprintf("t%06d", i), Kind: plan.Dated, Policy: "standard",
			Lead: fmt.Sprintf("u%02d", i*7%60), Due: first.AddDays(i % 245)})
	}
	return p
}

func BenchmarkPreview100k(b *testing.B) {
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		b.Fatal(err)
	}
	p := crowd(b, 100_000)
	launched := calendar.NewDay(2021, time.April, 8).At(10, 0, calendar.Beijing)
	for b.Loop() {
		if got := len(act.Preview(p, cal, launched, calendar.Day{})); got < 100_000*11 {
			b.Fatal(got)
		}
	}
}

func smallPlan(t require.TestingT) *plan.Plan {
	soft := seededPolicies(t)["soft"]
	soft.Stages = []plan.Rule{soft.Stages[4], soft.Stages[6]} // remind-7 and due: short enough to write down
	return &plan.Plan{ID: "small", Year: 2021, Policies: map[string]plan.Policy{"standard": seededPolicies(t)["standard"], "soft": soft},
		Directory: people.Directory{Office: "office", Leadership: "group"},
		Tasks: []plan.Task{
			{ID: "survey.b", Kind: plan.Dated, Lead: "b", Policy: "soft", Due: day(t, "2021-04-30")},
			{ID: "survey.a", Kind: plan.Dated, Lead: "a", Policy: "soft", Due: day(t, "2021-04-30")},
			{ID: "keep", Kind: plan.Standing, Lead: "a", Policy: "soft"},
			{ID: "monitor", Kind: plan.Duty, Lead: "c", Policy: "soft", Recur: &plan.Recurrence{Every: "quarter", From: day(t, "2021-04-08")}},
		}}
}

func told(all []plan.Foretold) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s %s %s due %s %s\n", f.At.In(calendar.Beijing).Format("2006-01-02 15:04"), f.Task, f.Unit, f.Due, f.ID)
	}
	return b.String()
}

func TestPreview(t *testing.T) {
	t.Parallel()
	p, cal := smallPlan(t), seededCalendar(t)
	launched := moment(t, "2021-04-26 10:00") // remind-7 of 04-30 is over
	require.Equal(t, `
2021-04-26 10:00 monitor c due  act-0-order
2021-04-26 10:00 survey.a a due 2021-04-30 act-0-order
2021-04-26 10:00 survey.b b due 2021-04-30 act-0-order
2021-04-27 09:00 survey.a a due 2021-04-30 catch-up
2021-04-27 09:00 survey.b b due 2021-04-30 catch-up
2021-04-30 09:00 survey.a a due 2021-04-30 due
2021-04-30 09:00 survey.b b due 2021-04-30 due
2021-06-23 09:00 monitor.2021Q2 c due 2021-06-30 remind-7
2021-06-30 09:00 monitor.2021Q2 c due 2021-06-30 due
2021-09-23 09:00 monitor.2021Q3 c due 2021-09-30 remind-7
2021-09-30 09:00 monitor.2021Q3 c due 2021-09-30 due
2021-12-24 09:00 monitor.2021Q4 c due 2021-12-31 remind-7
2021-12-31 09:00 monitor.2021Q4 c due 2021-12-31 due
`, "\n"+told(act.Preview(p, cal, launched, calendar.Day{})))

	last := func(until string) string {
		var d calendar.Day
		if until != "" {
			d = day(t, until)
		}
		all := act.Preview(p, cal, launched, d)
		return all[len(all)-1].Task
	}
	require.Equal(t, "monitor.2021Q2", last("2021-09-29"))
	require.Equal(t, "monitor.2022Q1", last("2022-03-31"), "beyond the plan's year when asked for")
	p.Tasks[3].Recur.Until = day(t, "2022-06-30")
	require.Equal(t, "monitor.2022Q2", last(""), "its own end counts more than the plan's year")
	require.Equal(t, "monitor.2021Q3", last("2021-12-30"), "but not above the day asked for")
}

func TestPreviewForetellsTalks(t *testing.T) {
	t.Parallel()
	p, cal, l := smallPlan(t), seededCalendar(t), seededLadderer(t)
	p.Tasks = []plan.Task{{ID: "survey", Kind: plan.Dated, Lead: "a", Policy: "standard", Due: day(t, "2021-04-30")}}
	launched := moment(t, "2021-04-08 10:00")
	standard := p.Policies["standard"]

	want := []string{act.OrderID}
	for _, s := range l.Ladder(standard, day(t, "2021-04-30"), "a", launched) {
		want = append(want, s.ID)
	}
	want = append(want, "talk-served-remind", "talk-served-missed")
	all := act.Preview(p, cal, launched, calendar.Day{})
	var got []string
	for _, f := range all {
		got = append(got, f.ID)
		require.Equal(t, []string{"survey", "a", "2021-04-30"}, []string{f.Task, f.Unit, f.Due.String()})
	}
	require.Equal(t, want, got)
	require.Len(t, got, 1+2+9+2)

	talk := *standard.Talk
	talk.Open = plan.TalkOnApproval
	standard.Talk = &talk
	p.Policies["standard"] = standard
	got = nil
	for _, f := range act.Preview(p, cal, launched, calendar.Day{})[1+2+9:] {
		got = append(got, f.ID)
	}
	require.Equal(t, []string{"talk-decided-missed"}, got, "a talk that waits for a person is asked for")
}

func TestPreviewIsSortedAndComplete(t *testing.T) {
	t.Parallel()
	l, seeded := seededLadderer(t), seededPolicies(t)
	rapid.Check(t, func(t *rapid.T) {
		p := &plan.Plan{ID: "any", Year: 2021, Policies: seeded, Directory: l.People}
		launched := anyDay(t, "launched").At(rapid.IntRange(0, 23).Draw(t, "hour"), 0, calendar.Beijing)
		want := map[string]int{}
		first := map[string]plan.Foretold{} // the rung that calls a unit to its one talk
		for i := range rapid.IntRange(0, 30).Draw(t, "tasks") {
			task := plan.Task{ID: fmt.Sprintf("t%d", i*7%31), Kind: plan.Dated, Lead: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "lead"),
				Policy: rapid.SampledFrom([]string{"standard", "soft", "13710"}).Draw(t, "policy"), Due: anyDay(t, "due")}
			p.Tasks = append(p.Tasks, task)
			want[task.ID]++ // the order
			for _, s := range l.Ladder(seeded[task.Policy], task.Due, task.Lead, launched) {
				want[task.ID]++
				if f, there := first[task.Lead]; s.Kind == plan.Talk && (!there || s.At.Before(f.At) || s.At.Equal(f.At) && task.ID < f.Task) {
					first[task.Lead] = plan.Foretold{Task: task.ID, Stage: s}
				}
			}
		}
		for _, f := range first {
			want[f.Task] += 2
		}
		got := map[string]int{}
		all := act.Preview(p, l.Calendar, launched, calendar.Day{})
		for _, f := range all {
			got[f.Task]++
		}
		require.Equal(t, want, got)
		require.True(t, slices.IsSortedFunc(all, func(a, b plan.Foretold) int {
			if c := a.At.Compare(b.At); c != 0 {
				return c
			}
			return strings.Compare(a.Task+"\x00"+a.ID, b.Task+"\x00"+b.ID)
		}))
	})
}

func TestForetoldInJSON(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(act.Preview(smallPlan(t), seededCalendar(t), moment(t, "2021-04-08 10:00"), calendar.Day{})[3])
	require.NoError(t, err)
	require.JSONEq(t, `{"task":"survey.a","unit":"a","due":"2021-04-30","id":"remind-7","kind":"remind","at":"2021-04-23T01:00:00Z",
		"moved_from":"","to":["a/liaison"],"light":"blue"}`, string(raw))
}

const seedPlan = "../../seeds/jincheng-2021-water/plan.yaml"

// The seeded plan has stages on working weekends and in January: they show that its calendar is
// used.
func TestThePreviewOfTheSeededPlan(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	p, _ := planfile.Load(seedPlan, cal)
	require.NotNil(t, p)
	all := act.Preview(p, cal, moment(t, "2021-04-08 10:00"), calendar.Day{})
	onMakeUp := slices.ContainsFunc(all, func(f plan.Foretold) bool {
		return slices.Contains([]string{"2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26", "2021-10-09"}, local(f.Stage).String())
	})
	inJanuary := slices.ContainsFunc(all, func(f plan.Foretold) bool {
		return f.ID == "urge" && f.Due == day(t, "2021-12-31") && local(f.Stage) == day(t, "2022-01-04")
	})
	require.Equal(t, []bool{true, true}, []bool{onMakeUp, inJanuary})
	for _, f := range all {
		require.NotEmpty(t, f.To, "%s %s speaks to somebody", f.Task, f.ID)
		for _, r := range f.To {
			_, ok := p.Directory.Contact(r)
			require.True(t, ok, "%s has an address", r)
		}
	}
}

func BenchmarkPreviewSeed(b *testing.B) {
	cal := seededCalendar(b)
	p, _ := planfile.Load(seedPlan, cal)
	launched := moment(b, "2021-04-08 10:00")
	for b.Loop() {
		act.Preview(p, cal, launched, calendar.Day{})
	}
}

func anyDay(t *rapid.T, name string) calendar.Day {
	return calendar.NewDay(2020, 1, 1).AddDays(rapid.IntRange(0, 8*366).Draw(t, name))
}

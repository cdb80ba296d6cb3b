package plan_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/words"
)

func TestDiffNamesWhatChanged(t *testing.T) {
	t.Parallel()
	old := &plan.Plan{Title: "2021年计划", Number: "1号", Year: 2021, Issued: day(t, "2021-04-08"),
		Policies: map[string]plan.Policy{"standard": {Name: "standard", Version: 1}, "soft": {Name: "soft", Version: 1}, "gone": {Name: "gone", Version: 3}},
		Directory: people.Directory{Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局", Contacts: []people.Contact{{Role: people.Liaison, Name: "甲", Email: "a@x.example"}, {Role: people.Head, Name: "局长", Email: "h@x.example"}}},
			{ID: "zhujian", Name: "市住建局", Contacts: []people.Contact{{Role: people.Head, Name: "丙", Email: "c@x.example"}}},
			{ID: "gaoping", Name: "高平市"}}, Office: "shuiwu"},
		Tasks: []plan.Task{
			{ID: "a", Kind: plan.Dated, Title: "甲项", Lead: "shuiwu", Assist: []string{"gaoping", "zhujian"}, Due: day(t, "2021-06-30"), Policy: "standard"},
			{ID: "b", Kind: plan.Standing, Title: "乙项", Lead: "gaoping", Policy: "standard"},
			{ID: "c", Kind: plan.Duty, Title: "丙项", Lead: "gaoping", Recur: &plan.Recurrence{Every: "quarter", From: day(t, "2021-04-08")}},
			{ID: "d", Kind: plan.Dated, Title: "丁项", Lead: "zhujian", Due: day(t, "2021-12-31")},
			{ID: "e", Kind: plan.Dated, Title: "戊项", Lead: "gaoping", Assist: []string{"shuiwu", "zhujian"}, Due: day(t, "2021-12-31")},
		}}
	new := &plan.Plan{Title: "2021年计划", Number: "2号", Year: 2021, Issued: day(t, "2021-04-08"),
		Policies: map[string]plan.Policy{"standard": {Name: "standard", Version: 2}, "soft": {Name: "soft", Version: 1, SpeakAt: "10:00"}},
		Directory: people.Directory{Units: []people.Unit{
			{ID: "shuiwu", Name: "市水利局", Contacts: []people.Contact{{Role: people.Liaison, Name: "乙", Email: "b@x.example"}}},
			{ID: "gaoping", Name: "高平市"}, {ID: "zezhou", Name: "泽州县"}}, Office: "shuiwu"},
		Tasks: []plan.Task{
			{ID: "e", Kind: plan.Dated, Title: "戊项", Lead: "gaoping", Assist: []string{"zhujian", "shuiwu"}, Due: day(t, "2021-12-31"), Note: "备注"},
			{ID: "f", Kind: plan.Dated, Title: "己项", Lead: "zezhou", Due: day(t, "2021-11-30")},
			{ID: "b", Kind: plan.Dated, Title: "乙项", Lead: "gaoping", Due: day(t, "2021-10-31"), Policy: "standard"},
			{ID: "c", Kind: plan.Duty, Title: "丙项", Lead: "gaoping", Recur: &plan.Recurrence{Every: "month", Shift: 5, From: day(t, "2021-04-08")}},
			{ID: "a", Kind: plan.Dated, Title: "甲项（改）", Lead: "zezhou", Assist: []string{"gaoping"}, Due: day(t, "2021-07-31"), Policy: "soft", Soft: true},
		}}
	c := plan.Diff(old, new)
	require.Equal(t, []string{
		"计划的文号：1号 → 2号",
		"督办规则“gone”：删去，原为第 3 版",
		"督办规则“soft”：内容变了，版本号仍是 1；请改版本号",
		"督办规则“standard”：第 1 版 → 第 2 版（在办任务仍用旧版，另行换用）",
		"单位“市水务局”改名为“市水利局”",
		"市水利局联络员：甲 <a@x.example> → 乙 <b@x.example>",
		"市水利局主要负责人：局长 <h@x.example> → —",
		"单位“泽州县”：新增",
		"单位“市住建局”：删去",
		"市住建局主要负责人：丙 <c@x.example> → —",
		"变更 e（高平市）：戊项",
		"  备注：— → 备注",
		"新增 f（任务，泽州县，时限 2021-11-30）：己项",
		"新增 b（任务，高平市，时限 2021-10-31）：乙项",
		"变更 c（高平市）：丙项",
		"  周期：每季度一期，期末当日为限，自2021年4月8日起 → 每月一期，期末后第 5 天为限，自2021年4月8日起",
		"变更 a（泽州县）：甲项（改）",
		"  标题：甲项 → 甲项（改）",
		"  牵头单位：市水务局 → 泽州县",
		"  配合单位：高平市、市住建局 → 高平市",
		"  完成时限：2021-06-30 → 2021-07-31",
		"  督办规则：standard → soft",
		"  柔性：否 → 是",
		"撤销 b（长期任务，高平市，时限 —）：乙项",
		"撤销 d（任务，市住建局，时限 2021-12-31）：丁项",
	}, c.Lines(words.New("zh"), old, new))
	due, ok := c.Tasks[4].Field(plan.FieldDue)
	require.True(t, ok)
	require.Equal(t, plan.FieldChange{Field: plan.FieldDue, Old: "2021-06-30", New: "2021-07-31"}, due)
	require.Equal(t, []string{"No difference"}, plan.Diff(old, old).Lines(words.New("en"), old, old))
}

func anyTask(t *rapid.T, id string) plan.Task {
	word := func(label string, all ...string) string { return rapid.SampledFrom(all).Draw(t, label) }
	k := plan.Task{
		ID: id, Kind: plan.Kind(word("kind", "dated", "dated", "duty", "standing")), Title: word("title", "甲", "乙"), Lead: word("lead", "u1", "u2"),
		Assist: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"u1", "u2", "u3"}), 0, 3, rapid.ID[string]).Draw(t, "assist"),
		Policy: word("policy", "standard", "soft"), Soft: rapid.Bool().Draw(t, "soft"), Priority: rapid.Bool().Draw(t, "priority"),
		Publish: rapid.Bool().Draw(t, "publish"), Milestone: word("milestone", "", "完成"), Clause: word("clause", "1", "2"),
		Source: word("source", "x", "y"), Note: word("note", "", "n"), Project: rapid.IntRange(0, 1).Draw(t, "project"),
		Also: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plan.Mention {
			return plan.Mention{ID: word("also", "m1", "m2"), Ruling: word("ruling", "", "r")}
		}), 0, 2).Draw(t, "mentions"),
		Begin: calendar.NewDay(2021, 1, rapid.IntRange(1, 2).Draw(t, "begin")),
	}
	switch k.Kind {
	case plan.Dated:
		k.Due = calendar.NewDay(2021, 6, rapid.IntRange(1, 3).Draw(t, "due"))
	case plan.Duty:
		k.Recur = &plan.Recurrence{Every: word("every", "month", "year"), Shift: rapid.IntRange(-1, 1).Draw(t, "shift"), Until: calendar.NewDay(2021, 12, rapid.IntRange(30, 31).Draw(t, "until"))}
	}
	return k
}

func anyPlan(t *rapid.T, label string) *plan.Plan {
	ids := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 0, 6, rapid.ID[string]).Draw(t, label)
	p := &plan.Plan{Title: rapid.SampledFrom([]string{"一", "二"}).Draw(t, "plan title"), Policies: map[string]plan.Policy{}}
	for _, id := range ids {
		p.Tasks = append(p.Tasks, anyTask(t, id))
	}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"p", "q"}), 0, 2, rapid.ID[string]).Draw(t, "policies") {
		p.Policies[name] = plan.Policy{Name: name, Version: rapid.IntRange(1, 2).Draw(t, "version")}
	}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"u1", "u2"}), 0, 2, rapid.ID[string]).Draw(t, "units") {
		p.Directory.Units = append(p.Directory.Units, people.Unit{ID: id, Name: id, Contacts: []people.Contact{{Role: people.Head, Name: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "head")}}})
	}
	return p
}

func TestAPlanDoesNotDifferFromItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t, "plan")
		require.True(t, plan.Diff(p, p).Empty())
	})
	p, _ := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", seededCalendar(t))
	again, _ := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", seededCalendar(t))
	require.Equal(t, plan.Changes{}, plan.Diff(p, again))
}

// bare is a task as Diff sees it: assisting units in no order.
func bare(t plan.Task) plan.Task {
	t.Assist = slices.Sorted(slices.Values(t.Assist))
	if len(t.Also) == 0 {
		t.Also = nil
	}
	return t
}

func byID(tasks []plan.Task) map[string]plan.Task {
	m := map[string]plan.Task{}
	for _, t := range tasks {
		m[t.ID] = bare(t)
	}
	return m
}

func TestTheChangesMakeTheNewPlanOfTheOld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, new := anyPlan(t, "old"), anyPlan(t, "new")
		c := plan.Diff(old, new)
		got := byID(old.Tasks)
		for _, change := range c.Tasks { // removals first: a task whose kind changed is both removed and added
			if change.What == plan.Removed {
				delete(got, change.ID)
			}
		}
		for _, change := range c.Tasks {
			if change.What != plan.Removed {
				got[change.ID] = bare(*change.New)
			}
		}
		require.Equal(t, byID(new.Tasks), got)
	})
}

// turned is what the changes are when the plans change places.
func turned(c plan.TaskChange) plan.TaskChange {
	c.What = map[string]string{plan.Added: plan.Removed, plan.Removed: plan.Added, plan.Changed: plan.Changed}[c.What]
	c.Old, c.New = c.New, c.Old
	fields := slices.Clone(c.Fields)
	for i, f := range fields {
		fields[i].Old, fields[i].New = f.New, f.Old
	}
	c.Fields = fields
	return c
}

func TestDiffTurnsAround(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, new := anyPlan(t, "old"), anyPlan(t, "new")
		there, back := plan.Diff(old, new), plan.Diff(new, old)
		var want []plan.TaskChange
		for _, c := range there.Tasks {
			want = append(want, turned(c))
		}
		require.ElementsMatch(t, want, back.Tasks)
		require.Len(t, back.Policies, len(there.Policies))
		require.Len(t, back.Seats, len(there.Seats))
		require.Len(t, back.Facts, len(there.Facts))
	})
}

// The order is the new plan's, removed tasks last in the order of the old one;
// no field is named whose values are the same.
func TestTheOrderOfChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, new := anyPlan(t, "old"), anyPlan(t, "new")
		at := func(tasks []plan.Task, id string) int {
			return slices.IndexFunc(tasks, func(k plan.Task) bool { return k.ID == id })
		}
		last := -1
		for _, c := range plan.Diff(old, new).Tasks {
			place := at(new.Tasks, c.ID)
			if c.What == plan.Removed {
				place = len(new.Tasks) + at(old.Tasks, c.ID)
			}
			require.Greater(t, place, last)
			last = place
			require.Equal(t, c.What == plan.Changed, len(c.Fields) > 0)
			for _, f := range c.Fields {
				require.NotEqual(t, f.Old, f.New, f.Field)
			}
		}
	})
}

package planfile_test

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/water"
	"duban/internal/words"
)

const someScheme = `section: 赵庄断面
title: 赵庄断面达标方案
number: 高政办〔2021〕5号
lead: 高平市
person: 张某
post: 副市长
problem: |
  汛期溢流。
measures:
  - {id: z1, title: 整治溢流口, assist: [市住建局], due: 2021-09-30, milestone: 完成}
  - {id: z2, title: 清淤, lead: 泽州县政府, due: 2021-10-31}
  - {id: z3, same_as: p01}
`

// schemed loads the small plan with a register and a scheme of one of its sections.
func schemed(t *testing.T, scheme string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"sections.yaml": []byte(someSections), "scheme-s01.yaml": []byte(scheme)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nwater: sections.yaml\nschemes: schemes/scheme-s01.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

// Measures are tasks of the plan like any other; who answers for the section is kept beside them.
func TestASectionsScheme(t *testing.T) {
	t.Parallel()
	p, problems := schemed(t, someScheme)
	require.Len(t, problems, 1)
	require.Equal(t, "plan.scheme_missing", problems[0].Key, "the provincial section has none")
	s, ok := p.Water.Scheme("s01")
	require.True(t, ok)
	require.Equal(t, water.Scheme{Section: "s01", Title: "赵庄断面达标方案", Number: "高政办〔2021〕5号", Lead: "gaoping", Person: "张某", Post: "副市长", Problem: "汛期溢流。",
		Measures: []string{"z1", "z2", "p01"}}, s)
	of := func(id string) plan.Task {
		return p.Tasks[slices.IndexFunc(p.Tasks, func(t plan.Task) bool { return t.ID == id })]
	}
	first := of("z1")
	require.Equal(t, []any{plan.Dated, "gaoping", []string{"zhujian"}, "2021-09-30", "完成", "一断面一方案（赵庄）", p.Policy}, []any{first.Kind, first.Lead, first.Assist, first.Due.String(), first.Milestone, first.Clause, first.Policy})
	require.Equal(t, "zezhou", of("z2").Lead)
	require.Equal(t, "z3", of("p01").Also[len(of("p01").Also)-1].ID, "chased once")
	section, ok := p.Water.MeasureOf("p01")
	require.True(t, ok)
	require.Equal(t, "赵庄", section.Name)
	_, ok = p.Water.MeasureOf("s01")
	require.False(t, ok)

	without, _ := registered(t, someSections)
	_, ok = without.Water.Scheme("s01")
	require.False(t, ok)
	require.NotEqual(t, without.Hash, p.Hash)
	other, _ := schemed(t, strings.Replace(someScheme, "张某", "李某", 1))
	require.Contains(t, strings.Join(plan.Diff(p, other).Lines(words.New("zh"), p, other), "\n"), "一断面一方案：", "an amendment tells who answers now")
	require.Empty(t, plan.Diff(p, other).Tasks)
	later, _ := schemed(t, strings.Replace(someScheme, "2021-09-30", "2021-09-29", 1))
	require.Len(t, plan.Diff(p, later).Tasks, 1)
}

// schemeFaults are ways to spoil someScheme and all that is said about each.
var schemeFaults = []spoilt{
	{"no such section", "section: 赵庄断面", "section: 赵家庄", "scheme-s01.yaml:1:10 section unknown_section\n!plan.yaml schemes scheme_missing"},
	{"nobody answers", "person: 张某\n", "", "scheme-s01.yaml:1:1 person missing\n!plan.yaml schemes scheme_missing"},
	{"a unit that is not", "lead: 高平市\n", "lead: 高坪市\n", "scheme-s01.yaml:4:7 lead unknown_unit\n!plan.yaml schemes scheme_missing"},
	{"without a date", ", due: 2021-10-31", "", "scheme-s01.yaml:11:5 measures[1].due missing\n!plan.yaml schemes scheme_missing"},
	{"a day", "2021-10-31", "2021-10-32", "scheme-s01.yaml:11:43 measures[1].due bad_date\n!plan.yaml schemes scheme_missing"},
	{"the ID of another task", "id: z2", "id: p01", "scheme-s01.yaml:11:10 measures[1].id id_twice\n!plan.yaml schemes scheme_missing"},
	{"no field of a measure", "lead: 泽州县政府, due", "recur: 每月25日, due", "scheme-s01.yaml:11:25 measures[1].recur unknown_field\n!plan.yaml schemes scheme_missing"},
	{"no measures", someScheme[strings.Index(someScheme, "measures:"):], "measures: []\n", "scheme-s01.yaml:9:11 measures empty\n!plan.yaml schemes scheme_missing"},
	{"an example", "post: 副市长\n", "post: 副市长\nexample: true\n", "!plan.yaml schemes scheme_missing\n!scheme-s01.yaml:7:10 example scheme_example"},
	{"no scheme", someScheme, "- a\n", "scheme-s01.yaml:1:1  not_mapping\n!plan.yaml schemes scheme_missing"},
	{"of two files", "", "", "plan.yaml schemes schemes_alone"},          // below
	{"the same section", "", "", "scheme-s02.yaml section scheme_twice"}, // below
}

func TestFaultsOfSchemes(t *testing.T) {
	t.Parallel()
	said := func(problems []strictyaml.Problem) string {
		var got []string
		for _, p := range problems {
			mark, at := "", fmt.Sprintf(":%d:%d", p.Line, p.Column)
			if p.Warning {
				mark = "!"
			}
			if p.File == "plan.yaml" {
				at = ""
			}
			got = append(got, fmt.Sprintf("%s%s%s %s %s", mark, path.Base(p.File), at, p.Field, p.Key[strings.Index(p.Key, ".")+1:]))
			require.NotContains(t, p.Message(words.New("zh")), p.Key)
		}
		slices.Sort(got)
		return strings.Join(got, "\n")
	}
	for _, f := range schemeFaults {
		if f.old == "" {
			continue
		}
		text := strings.Replace(someScheme, f.old, f.new, 1)
		require.NotEqual(t, someScheme, text, f.name)
		_, problems := schemed(t, text)
		want := strings.Split(f.want, "\n")
		slices.Sort(want)
		assert.Equal(t, strings.Join(want, "\n"), said(problems), f.name)
	}
	raw, err := os.ReadFile("testdata/small/plan.yaml")
	require.NoError(t, err)
	units, err := os.ReadFile("testdata/small/units.yaml")
	require.NoError(t, err)
	files := map[string][]byte{"units.yaml": units, "sections.yaml": []byte(someSections), "scheme-s01.yaml": []byte(someScheme),
		"scheme-s02.yaml": []byte(strings.NewReplacer("赵庄断面", "s01", "z1", "y1", "z2", "y2", "z3", "y3").Replace(someScheme))}
	named := func(fields string) string {
		files["plan.yaml"] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\n"+fields, 1))
		_, problems := planfile.LoadFiles(files, seededCalendar(t))
		return said(problems)
	}
	assert.Equal(t, "plan.yaml schemes schemes_alone", named("schemes: scheme-s01.yaml\n"))
	assert.Contains(t, named("water: sections.yaml\nschemes: [scheme-s01.yaml, scheme-s02.yaml]\n"), "scheme-s02.yaml:1:10 section scheme_twice")
	assert.Contains(t, named("water: sections.yaml\nschemes: [scheme-s03.yaml]\n"), "scheme-s03.yaml:0:0  no_file")
}

// The seed's example is one that can be tried, and nobody has adopted it.
func TestTheSeededScheme(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	for _, name := range []string{"plan.yaml", "units.yaml", "sections.yaml", "scheme-example.yaml"} {
		raw, err := os.ReadFile("../../seeds/jincheng-2021-water/" + name)
		require.NoError(t, err)
		require.False(t, name == "plan.yaml" && strings.Contains(string(raw), "\nschemes:"), "nothing of an example is in force")
		files[name] = []byte(strings.Replace(string(raw), "\npolicies: ../policies.yaml\n", "\nschemes: scheme-example.yaml\n", 1))
	}
	p, problems := planfile.LoadFiles(files, seededCalendar(t))
	require.False(t, strictyaml.Failed(problems), "%v", problems)
	s, ok := p.Water.Scheme("s01")
	require.True(t, ok)
	require.True(t, s.Example)
	require.Equal(t, []string{"p01", "s01-outfalls", "s01-overflow", "s01-flow"}, s.Measures)
	i := slices.IndexFunc(problems, func(p strictyaml.Problem) bool { return p.Key == "plan.scheme_missing" })
	require.Contains(t, problems[i].Message(words.New("zh")), "8 个")
}

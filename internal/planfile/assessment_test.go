package planfile_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/assessment"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

const someRules = `title: 考核细则
base: 100
least: 0
most: 120
assist: 30%
objection: 5
groups:
  - {title: 县, units: [高平市, 泽州县政府]}
rules:
  - {id: late, title: 逾期, fact: 逾期, points: -1, every: 5, step: -0.5, cap: 5, assist: 0}
  - {id: projects, title: 重点项目, fact: project, only: 重点, points: +0.5, share: true, total: 10}
`

// assessed loads the small plan with a table of assessment.
func assessed(t *testing.T, rules string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"assessment.yaml": []byte(rules)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nassessment: assessment.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

func TestRulesOfAssessment(t *testing.T) {
	t.Parallel()
	p, problems := assessed(t, someRules)
	require.Empty(t, problems)
	require.Equal(t, []string{"gaoping", "zezhou"}, p.Assessment.Groups[0].Units)
	late := p.Assessment.Rules[0]
	require.Equal(t, "late -1 5 -0.5 5 0", fmt.Sprint(late.Fact, " ", late.Points, " ", late.Every, " ", late.Step, " ", late.Cap, " ", *late.Help))
	require.Equal(t, assessment.OnlyPriority, p.Assessment.Rules[1].Only)
	require.True(t, p.Assessment.Rules[1].Share)

	without, problems := planfile.Load("testdata/small/plan.yaml", seededCalendar(t))
	require.Empty(t, problems)
	require.Nil(t, without.Assessment, "a plan without a table scores nobody")
	require.NotEqual(t, without.Hash, p.Hash)
	other, problems := assessed(t, strings.Replace(someRules, "points: -1,", "points: -1.00,", 1))
	require.Empty(t, problems)
	require.True(t, plan.Diff(p, other).Empty(), "a point is a point however it is written")
	require.Equal(t, p.Hash, other.Hash)
	other, _ = assessed(t, strings.Replace(someRules, "points: -1,", "points: -2,", 1))
	require.Equal(t, []plan.FieldChange{{Field: "assessment", Old: "考核细则；100；0；120；逾期 -1 -0.5/5", New: "考核细则；100；0；120；逾期 -2 -0.5/5"}}, plan.Diff(p, other).Facts)
	require.Contains(t, plan.Diff(without, p).Lines(words.New("zh"), without, p)[0], "考核细则：— → 考核细则")
}

// rulesFaults are ways to spoil the table and all that is said about each.
var rulesFaults = []spoilt{
	{"no such field", "cap: 5", "caps: 5", "assessment.yaml:10:71 rules[0].caps unknown_field"},
	{"no base", "base: 100\n", "", "assessment.yaml:1:1 base missing"},
	{"no rules", someRules[strings.Index(someRules, "rules:"):], "rules: []\n", "assessment.yaml:9:8 rules empty"},
	{"an ID twice", "id: projects", "id: late", "assessment.yaml:11:10 rules[1].id id_twice"},
	{"a fact", "fact: project,", "fact: 态度,", "assessment.yaml:11:39 rules[1].fact not_one_of"},
	{"points", "points: -1,", "points: 一分,", "assessment.yaml:10:45 rules[0].points bad_points"},
	{"three decimals", "points: -1,", "points: -1.005,", "assessment.yaml:10:45 rules[0].points bad_points"},
	{"a negative bound", "cap: 5", "cap: -5", "assessment.yaml:10:76 rules[0].cap bad_points"},
	{"least above most", "most: 120", "most: 0", "assessment.yaml:3:8 least least_most"},
	{"half a step", "every: 5, ", "", "assessment.yaml:10:5 rules[0].every every_step"},
	{"days of what has none", "share: true", "every: 5, step: 1", "assessment.yaml:11:79 rules[1].every foreign_to_fact\nassessment.yaml:11:88 rules[1].step foreign_to_fact"},
	{"a group twice", "rules:\n", "  - {title: 县, units: 市住建局}\nrules:\n", "assessment.yaml:9:13 groups[1].title group_twice"},
	{"a unit that is not", "高平市,", "高坪市,", "assessment.yaml:8:24 groups[0].units[0] unknown_unit"},
	{"a unit twice", "泽州县政府", "gaoping", "assessment.yaml:8:29 groups[0].units[1] scored_twice"},
	{"a share of more than all", "assist: 30%", "assist: 130%", "assessment.yaml:5:9 assist number_range"},
	{"an example", "base: 100", "example: true\nbase: 100", "!assessment.yaml:2:10 example example_table"},
	{"not a table", someRules, "- a\n", "assessment.yaml:1:1  not_mapping"},
}

func TestFaultsOfRulesOfAssessment(t *testing.T) {
	t.Parallel()
	for _, f := range rulesFaults {
		text := strings.Replace(someRules, f.old, f.new, 1)
		require.NotEqual(t, someRules, text, f.name)
		p, problems := assessed(t, text)
		var got []string
		for _, problem := range problems {
			mark := ""
			if problem.Warning {
				mark = "!"
			}
			got = append(got, fmt.Sprintf("%s%s:%d:%d %s %s", mark, problem.File, problem.Line, problem.Column, problem.Field, problem.Key[strings.Index(problem.Key, ".")+1:]))
			require.NotContains(t, problem.Message(words.New("zh")), "plan.", f.name)
		}
		assert.Equal(t, f.want, strings.Join(got, "\n"), f.name)
		require.Equal(t, strictyaml.Failed(problems), p == nil)
	}
}

// The example fits the seeded plan, is not in force with it, and says what it is.
func TestTheExampleOfATableIsNotInForce(t *testing.T) {
	t.Parallel()
	folder := "../../seeds/jincheng-2021-water/"
	p, _ := planfile.Load(folder+"plan.yaml", seededCalendar(t))
	require.Nil(t, p.Assessment)
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "assessment-example.yaml": "assessment-example.yaml"} {
		raw, err := os.ReadFile(folder + path)
		require.NoError(t, err)
		files[name] = raw
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\nassessment: assessment-example.yaml\n", 1))
	p, problems := planfile.LoadFiles(files, seededCalendar(t))
	require.True(t, p != nil && p.Assessment.Example, "%v", problems)
	var keys []string
	for _, problem := range problems {
		if problem.File == "assessment-example.yaml" {
			keys = append(keys, problem.Key)
		}
	}
	require.Equal(t, []string{"plan.example_table"}, keys)
}

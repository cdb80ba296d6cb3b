package planfile_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/complaint"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

const someComplaints = `title: 举报办理规则
source: 晋市政办〔2021〕9号
sort: 1
call: 3
window: 30
matters: [污水直排, 其他]
limits:
  - {id: urgent, title: 紧急, hours: 24, policy: standard}
  - {id: ordinary, title: 一般, workdays: 5, policy: hotline}
`

// complained loads the small plan with rules of complaints.
func complained(t *testing.T, rules string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"complaints.yaml": []byte(rules)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\ncomplaints: complaints.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

func TestRulesOfComplaints(t *testing.T) {
	t.Parallel()
	p, problems := complained(t, someComplaints)
	require.False(t, strictyaml.Failed(problems), "%v", problems)
	require.Equal(t, &complaint.Rules{Title: "举报办理规则", Source: "晋市政办〔2021〕9号", Sort: 1, Call: 3, Window: 30, Matters: []string{"污水直排", "其他"}, Limits: []complaint.Limit{
		{ID: "urgent", Title: "紧急", Hours: 24, Policy: "standard"}, {ID: "ordinary", Title: "一般", Workdays: 5, Policy: "hotline"}}}, p.Complaints)
	require.Equal(t, "12345诉求督办规则（示例）", p.Policies["hotline"].Title, "the ladder that is shipped")
	require.Equal(t, 1, p.Policies["hotline"].Acts.Extensions)

	without, _ := planfile.Load("testdata/small/plan.yaml", seededCalendar(t))
	require.Nil(t, without.Complaints)
	require.NotContains(t, without.Policies, "hotline", "nobody asked for it")
	require.NotEqual(t, without.Hash, p.Hash)
	other, _ := complained(t, strings.Replace(someComplaints, "hours: 24", "hours: 12", 1))
	require.NotEqual(t, p.Hash, other.Hash)
	facts := plan.Diff(p, other).Facts
	require.Len(t, facts, 1)
	require.Equal(t, "complaints", facts[0].Field)
	require.Contains(t, facts[0].New, "urgent 紧急 12h standard")
	require.Empty(t, plan.Diff(p, p).Facts)
}

// complaintsFaults are ways to spoil the rules and all that is said about each.
var complaintsFaults = []spoilt{
	{"no such field", "call: 3", "calls: 3", "complaints.yaml:4:1 calls unknown_field"},
	{"no limits", someComplaints[strings.Index(someComplaints, "limits:"):], "limits: []\n", "complaints.yaml:7:9 limits empty"},
	{"no matters", "matters: [污水直排, 其他]", "matters: []", "complaints.yaml:6:10 matters empty"},
	{"no window", "window: 30\n", "", "complaints.yaml:1:1 window missing"},
	{"a matter twice", "其他]", "污水直排]", "complaints.yaml:6:17 matters[1] matter_twice"},
	{"both", "hours: 24", "hours: 24, workdays: 3", "complaints.yaml:8:36 limits[0].hours hours_or_workdays"},
	{"neither", "hours: 24, ", "", "complaints.yaml:8:5 limits[0].hours hours_or_workdays"},
	{"no hours", "hours: 24", "hours: 0", "complaints.yaml:8:36 limits[0].hours number_range"},
	{"a limit twice", "id: ordinary", "id: urgent", "complaints.yaml:9:10 limits[1].id limit_twice"},
	{"an ID", "id: ordinary", "id: 一般", "complaints.yaml:9:10 limits[1].id bad_stage_id"},
	{"a ladder", "policy: standard", "policy: strict", "complaints.yaml:8:48 limits[0].policy unknown_policy"},
	{"an example", "sort: 1", "sort: 1\nexample: true", "!complaints.yaml:4:10 example example_complaints"},
	{"not a mapping", someComplaints, "- a\n", "complaints.yaml:1:1  not_mapping"},
}

func TestFaultsOfRulesOfComplaints(t *testing.T) {
	t.Parallel()
	for _, f := range complaintsFaults {
		text := strings.Replace(someComplaints, f.old, f.new, 1)
		require.NotEqual(t, someComplaints, text, f.name)
		p, problems := complained(t, text)
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
func TestTheExampleOfComplaintsIsNotInForce(t *testing.T) {
	t.Parallel()
	folder := "../../seeds/jincheng-2021-water/"
	p, _ := planfile.Load(folder+"plan.yaml", seededCalendar(t))
	require.Nil(t, p.Complaints)
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "complaints-example.yaml": "complaints-example.yaml"} {
		raw, err := os.ReadFile(folder + path)
		require.NoError(t, err)
		files[name] = raw
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\ncomplaints: complaints-example.yaml\n", 1))
	p, problems := planfile.LoadFiles(files, seededCalendar(t))
	require.True(t, p != nil && p.Complaints.Example, "%v", problems)
	var keys []string
	for _, problem := range problems {
		if problem.File == "complaints-example.yaml" {
			keys = append(keys, problem.Key)
		}
	}
	require.Equal(t, []string{"plan.example_complaints"}, keys)
}

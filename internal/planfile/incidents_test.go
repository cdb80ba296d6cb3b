package planfile_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/incident"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/water"
	"duban/internal/words"
)

const twoSections = `sections:
  - {id: up, name: 尉迟, county: 高平市, level: national}
  - {id: low, name: 润城, county: 高平市, level: national, upstream: 尉迟}
`

const someOutlets = `replenish: {unit: 市住建局, begin: 6, report: 12, within: 3 days, policy: standard}
trace: {within: 2 days}
outlets:
  - {id: P-01, name: 一号排污口, kind: outlet, section: 润城断面, unit: 高平市}
  - {id: P-02, name: 某化工厂, kind: enterprise, section: up, unit: 泽州县政府, permit: 许可〔2020〕1号}
`

// readied loads the small plan with a register of sections and a registry of outlets.
func readied(t *testing.T, registry string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"incidents.yaml": []byte(registry), "sections.yaml": []byte(twoSections)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nwater: sections.yaml\nincidents: incidents.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

func TestARegistryOfOutlets(t *testing.T) {
	t.Parallel()
	p, problems := readied(t, someOutlets)
	require.Empty(t, keysOf(problems, "incidents.yaml"))
	require.NotNil(t, p, "%v", problems)
	r := p.Incidents
	require.Equal(t, []any{6, 12, 0, "3 days", "standard"}, []any{r.Replenish.Begin, r.Replenish.Report, r.Replenish.End, r.Replenish.Within, r.Replenish.Policy})
	require.Equal(t, []any{"2 days", p.Policy}, []any{r.Trace.Within, r.Trace.Policy}, "a plan's own ladder where none is named")
	require.Equal(t, []string{"low", "up"}, []string{r.Outlets[0].Section, r.Outlets[1].Section}, "a section by its name or ID")
	require.Equal(t, incident.Outlet{ID: "P-02", Name: "某化工厂", Kind: incident.Enterprise, Section: "up", Unit: "zezhou", Permit: "许可〔2020〕1号"}, r.Outlets[1])

	without, problems := planfile.Load("testdata/small/plan.yaml", seededCalendar(t))
	require.Empty(t, problems)
	require.Nil(t, without.Incidents)
	other, _ := readied(t, strings.Replace(someOutlets, "begin: 6", "begin: 7", 1))
	facts := plan.Diff(p, other).Facts
	require.Len(t, facts, 1, "an amendment shows that the limits have changed")
	require.Equal(t, "incidents", facts[0].Field)
	require.NotEqual(t, facts[0].Old, facts[0].New)
}

func keysOf(problems []strictyaml.Problem, file string) (got []string) {
	for _, problem := range problems {
		if file != "" && problem.File != file {
			continue
		}
		mark := ""
		if problem.Warning {
			mark = "!"
		}
		got = append(got, fmt.Sprintf("%s%s:%d:%d %s %s", mark, problem.File, problem.Line, problem.Column, problem.Field, problem.Key[strings.Index(problem.Key, ".")+1:]))
	}
	return got
}

const measured = `data: 市住建局
readings: {id: outlets, title: 报送排污口监测结果, recur: {every: month, shift: 12}, carries: last-2020/outlets}
outlets:
  - {id: P-01, name: 一号排污口, kind: outlet, section: 润城断面, unit: 高平市, permit: A-1, standard: GB 18918-2002 一级A, limits: [{item: 化学需氧量, value: 50}, {item: 悬浮物, value: 10}]}
  - {id: P-02, name: 二号排污口, kind: outlet, section: up, unit: 高平市, data: 高平市, limits: [{item: pH, value: 9}]}
  - {id: P-03, name: 某化工厂, kind: enterprise, section: up, unit: 高平市}
`

var measuredFaults = []struct{ name, old, new, want string }{
	{"an example", "data: 市", "example: true\ndata: 市", "!incidents.yaml:1:10 example example_registry\nincidents.yaml:3:11 readings outlet_readings_example"},
	{"no such item", "item: 悬浮物", "item: 悬浮", "incidents.yaml:4:153 outlets[0].limits[1].item unknown_item"},
	{"an item twice", "item: 悬浮物", "item: COD", "incidents.yaml:4:153 outlets[0].limits[1].item item_twice"},
	{"no limit", "value: 50", "value: 0", "incidents.yaml:4:141 outlets[0].limits[0].value bad_limit"},
	{"one name", "name: 二号", "name: 一号", "incidents.yaml:5:22 outlets[1].name outlet_twice"},
	{"data without limits", "enterprise, section: up, unit: 高平市", "enterprise, section: up, unit: 高平市, data: 高平市", "incidents.yaml:6:76 outlets[2].data outlet_unlimited"},
}

// Outlets with limits are measured every month: a table names them, a unit owes them, a program's own
// ladder chases it. An example is measured by nobody.
func TestOutletsThatAreMeasured(t *testing.T) {
	t.Parallel()
	p, problems := readied(t, measured)
	require.Empty(t, keysOf(problems, "incidents.yaml"))
	require.NotNil(t, p)
	places := p.Incidents.Places()
	require.Equal(t, []string{"outlet/P-01", "outlet/P-02"}, []string{places.Sections[0].ID, places.Sections[1].ID})
	require.Len(t, places.Sections, 2)
	of, ok := places.ByName("a-1")
	require.True(t, ok, "a table may name it by its permit")
	require.Equal(t, []water.Item{water.COD, water.Solids}, of.Items)
	require.Len(t, p.Measured().Sections, 4)
	var duties []string
	for _, k := range p.Tasks {
		if strings.HasPrefix(k.ID, "outlets.") {
			duties = append(duties, k.ID+" "+k.Lead+" "+string(k.Kind)+" "+k.Carries)
		}
	}
	require.Equal(t, []string{"outlets.zhujian zhujian duty last-2020/outlets.zhujian", "outlets.gaoping gaoping duty last-2020/outlets.gaoping"}, duties)
	require.Equal(t, []water.Duty{{Unit: "zhujian", Task: "outlets.zhujian"}, {Unit: "gaoping", Task: "outlets.gaoping"}}, places.Duties)

	for _, f := range measuredFaults {
		p, problems := readied(t, strings.Replace(measured, f.old, f.new, 1))
		assert.Equal(t, f.want, strings.Join(keysOf(problems, "incidents.yaml"), "\n"), f.name)
		require.Nil(t, p, f.name)
	}
}

var outletFaults = []struct{ name, old, new, want string }{
	{"no such field", "permit:", "permits:", "incidents.yaml:5:72 outlets[1].permits unknown_field"},
	{"no unit", "unit: 市住建局, ", "", "incidents.yaml:1:12 replenish.unit missing"},
	{"a unit that is not", "unit: 高平市}", "unit: 高坪市}", "incidents.yaml:4:64 outlets[0].unit unknown_unit"},
	{"several units", "unit: 高平市}", "unit: 各县（市、区）人民政府}", "incidents.yaml:4:64 outlets[0].unit collective"},
	{"a section that is not", "润城断面", "润成", "incidents.yaml:4:52 outlets[0].section unknown_section"},
	{"no section", "section: up, ", "", "incidents.yaml:5:5 outlets[1].section missing"},
	{"an ID twice", "id: P-02", "id: P-01", "incidents.yaml:5:10 outlets[1].id id_twice"},
	{"an ID with a full stop", "id: P-02", "id: P.02", "incidents.yaml:5:10 outlets[1].id bad_outlet_id"},
	{"a kind", "kind: outlet", "kind: 河", "incidents.yaml:4:35 outlets[0].kind not_one_of"},
	{"hours", "begin: 6", "begin: 6小时", "incidents.yaml:1:32 replenish.begin not_number"},
	{"too many hours", "begin: 6", "begin: 900", "incidents.yaml:1:32 replenish.begin number_range"},
	{"a date", "within: 2 days", "within: 两天", "incidents.yaml:2:17 trace.within bad_offset"},
	{"a ladder", "policy: standard", "policy: 快", "incidents.yaml:1:71 replenish.policy unknown_policy"},
	{"an example", "trace:", "example: true\ntrace:", "!incidents.yaml:2:10 example example_registry"},
	{"no registry", someOutlets, "- a\n", "incidents.yaml:1:1  not_mapping"},
}

func TestFaultsOfARegistryOfOutlets(t *testing.T) {
	t.Parallel()
	for _, f := range outletFaults {
		p, problems := readied(t, strings.Replace(someOutlets, f.old, f.new, 1))
		assert.Equal(t, f.want, strings.Join(keysOf(problems, "incidents.yaml"), "\n"), f.name)
		require.Equal(t, strictyaml.Failed(problems), p == nil, f.name)
		for _, problem := range problems {
			require.NotContains(t, problem.Message(words.New("zh")), "plan.", f.name)
		}
	}
	raw, err := os.ReadFile("testdata/small/plan.yaml")
	require.NoError(t, err)
	units, err := os.ReadFile("testdata/small/units.yaml")
	require.NoError(t, err)
	_, problems := planfile.LoadFiles(map[string][]byte{"units.yaml": units, "incidents.yaml": []byte(someOutlets),
		"plan.yaml": []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nincidents: incidents.yaml\n", 1))}, seededCalendar(t))
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].Key, "incidents_sections", "outlets are above sections")
}

// The example fits the seeded plan, is not in force with it, and says what it is.
func TestTheExampleOfOutletsIsNotInForce(t *testing.T) {
	t.Parallel()
	folder := "../../seeds/jincheng-2021-water/"
	p, _ := planfile.Load(folder+"plan.yaml", seededCalendar(t))
	require.Nil(t, p.Incidents)
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "incidents-example.yaml": "incidents-example.yaml"} {
		raw, err := os.ReadFile(folder + path)
		require.NoError(t, err)
		files[name] = raw
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\nincidents: incidents-example.yaml\n", 1))
	p, problems := planfile.LoadFiles(files, seededCalendar(t))
	require.True(t, p != nil && p.Incidents.Example, "%v", problems)
	require.Len(t, keysOf(problems, "incidents-example.yaml"), 1)
}

package planfile_test

import (
	"fmt"
	"os"
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

const someSections = `data: 市住建局
sections:
  - id: s01
    name: 赵庄
    river: 丹河
    county: 高平市
    level: national
    targets:
      - {year: 2022, class: Ⅲ, limits: [{item: 氨氮, value: 3}]}
      - {year: 2021, class: 省定}
  - id: s02
    no: 2
    name: 牛村
    aliases: [牛村桥断面]
    river: 丹河
    county: gaoping
    level: 省考
    body: lake
    at: [112.92, 35.70]
    items: [化学需氧量, 氟化物]
    upstream: 赵庄
    auto: true
    data: 泽州县政府
    targets: [{year: 2021, class: V类}]
`

// registered loads the small plan with a register.
func registered(t *testing.T, sections string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"sections.yaml": []byte(sections)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nwater: sections.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

func TestTheRegisterOfSections(t *testing.T) {
	t.Parallel()
	p, problems := registered(t, someSections)
	require.Empty(t, problems)
	require.Len(t, p.Water.Sections, 2)
	s, ok := p.Water.ByName("牛村桥")
	require.True(t, ok)
	require.Equal(t, "112.92 35.7", s.At.Lon.String()+" "+s.At.Lat.String())
	s.At = nil
	require.Equal(t, water.Section{ID: "s02", No: 2, Name: "牛村", Aliases: []string{"牛村桥断面"}, River: "丹河", County: "gaoping", Level: "provincial", Body: water.Lake,
		Items: []water.Item{water.COD, water.Fluoride}, Upstream: []string{"s01"}, Auto: true, Data: "zezhou", Targets: []water.YearlyTarget{{Year: 2021, Class: water.V}}}, s)
	first, _ := p.Water.Section("s01")
	require.Equal(t, "zhujian", first.Data, "who owes the data of those that say nothing")
	require.False(t, first.Target(2021).Known(), "the province sets it")
	require.False(t, first.Target(2030).Known())
	require.Equal(t, water.III, first.Target(2022).Class)
	require.Equal(t, "3", first.Target(2022).Limits[water.NH3N].String())
	require.Equal(t, []water.Item{water.PH, water.DO, water.CODMn, water.COD, water.NH3N, water.TP, water.Fluoride}, s.Judged(2021))
}

// A plan without sections sees nothing of it, and is the same plan as before.
func TestAPlanWithoutARegister(t *testing.T) {
	t.Parallel()
	with, _ := registered(t, someSections)
	without, problems := planfile.Load("testdata/small/plan.yaml", seededCalendar(t))
	require.Empty(t, problems)
	require.Nil(t, without.Water)
	require.NotEqual(t, with.Hash, without.Hash)
	require.Empty(t, without.Water.Names())
	_, ok := without.Water.ByName("赵庄")
	require.False(t, ok)
	with.Water = nil
	require.True(t, plan.Diff(with, without).Empty())
}

// registerFaults are ways to spoil the register and all that is said about each.
var registerFaults = []struct{ name, old, new, want string }{
	{"no such field", "river: 丹河\n    county: 高平市\n", "rivers: 丹河\n    county: 高平市\n", "sections.yaml:5:5 sections[0].rivers unknown_field"},
	{"missing", "    name: 赵庄\n", "", "sections.yaml:3:5 sections[0].name missing\nsections.yaml:20:15 sections[1].upstream[0] unknown_section"},
	{"an ID twice", "id: s02", "id: s01", "sections.yaml:11:9 sections[1].id id_twice"},
	{"a name twice", "[牛村桥断面]", "[赵庄断面]", "sections.yaml:14:14 sections[1].aliases section_twice"},
	{"a unit that is not", "county: 高平市\n", "county: 高坪市\n", "sections.yaml:6:13 sections[0].county unknown_unit"},
	{"many units", "county: 高平市\n", "county: 各县（市、区）人民政府\n", "sections.yaml:6:13 sections[0].county collective"},
	{"whose data", "data: 市住建局", "data: 监测站", "sections.yaml:1:7 data unknown_unit"},
	{"a level", "level: 省考", "level: 县考", "sections.yaml:17:12 sections[1].level not_one_of"},
	{"a place", "[112.92, 35.70]", "[35.70, 112.92]", "sections.yaml:19:9 sections[1].at bad_point"},
	{"half a place", "[112.92, 35.70]", "[112.92]", "sections.yaml:19:9 sections[1].at bad_point"},
	{"an item", "[化学需氧量, 氟化物]", "[化学需氧量, 浊度]", "sections.yaml:20:20 sections[1].items[1] unknown_item"},
	{"an item twice", "[化学需氧量, 氟化物]", "[化学需氧量, COD]", "sections.yaml:20:20 sections[1].items[1] item_twice"},
	{"no such section", "upstream: 赵庄", "upstream: 赵家庄", "sections.yaml:21:15 sections[1].upstream[0] unknown_section"},
	{"upstream of itself", "upstream: 赵庄", "upstream: s02", "sections.yaml:21:15 sections[1].upstream upstream_circle"},
	{"a class", "class: V类", "class: 优", "sections.yaml:24:35 sections[1].targets[0].class bad_class"},
	{"worse than Ⅴ as target", "class: V类", "class: 劣Ⅴ", "sections.yaml:24:35 sections[1].targets[0].class bad_class"},
	{"a limit", "value: 3", "value: 0", "sections.yaml:9:59 sections[0].targets[0].limits[0].value bad_limit"},
	{"limits without a class", "class: Ⅲ, limits", "class: 省定, limits", "sections.yaml:9:41 sections[0].targets[0].limits limits_alone"},
	{"a year twice", "year: 2022", "year: 2021", "sections.yaml:10:16 sections[0].targets[1].year year_twice"},
	{"not in the annex's words", "level: national", "level: municipal", "!sections.yaml:7:12 sections[0].level section_differs"},
	{"not of the register", "id: s01", "id: s09", "!sections.yaml:1:1 sections section_unlisted"},
	{"not a register", someSections, "- a\n", "sections.yaml:1:1  not_mapping"},
}

func TestFaultsOfTheRegister(t *testing.T) {
	t.Parallel()
	for _, f := range registerFaults {
		text := strings.Replace(someSections, f.old, f.new, 1)
		require.NotEqual(t, someSections, text, f.name)
		p, problems := registered(t, text)
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

// As many sections as a register may have, each above the next, are checked in seconds.
func TestALongRiver(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(someSections)
	for n := 3; n <= 5000; n++ {
		fmt.Fprintf(&text, "  - {id: s%02d, name: 断面甲%d, county: 高平市, level: 市考, upstream: s%02d}\n", n, n, n-1)
	}
	p, problems := registered(t, text.String())
	require.Empty(t, problems)
	require.Len(t, p.Water.Sections, 5000)
}

// What an amendment changes of the register is shown before it is done.
func TestDiffOfTheRegister(t *testing.T) {
	t.Parallel()
	old, _ := registered(t, someSections)
	text := strings.NewReplacer("{year: 2021, class: 省定}", "{year: 2021, class: Ⅲ}", "id: s02", "id: s03", "data: 市住建局", "data: 泽州县政府", "value: 3}", "value: 3}, {item: 溶解氧, value: 4}").Replace(someSections)
	new, problems := registered(t, text)
	require.Empty(t, problems)
	c := plan.Diff(old, new)
	require.False(t, c.Empty())
	require.Equal(t, []string{
		"断面 s01“赵庄”：", "  报数单位：市住建局 → 泽州县", "  目标：2021:省定；2022:Ⅲ 氨氮≤3 → 2021:Ⅲ；2022:Ⅲ 氨氮≤3 溶解氧≥4",
		"断面 s03“牛村”：新增", "断面 s02“牛村”：删去，已有数据保留",
	}, c.Lines(words.New("zh"), old, new))
	require.True(t, plan.Diff(old, old).Empty())
	require.Equal(t, []string{plan.Removed, plan.Removed}, []string{plan.Diff(old, &plan.Plan{}).Sections[0].What, plan.Diff(old, &plan.Plan{}).Sections[1].What})
}

// The seed's register is the document's annex, and what it adds says so.
func TestTheSeededRegister(t *testing.T) {
	t.Parallel()
	p, _ := planfile.Load(seedPlan, seededCalendar(t))
	require.Len(t, p.Water.Sections, 22)
	known := 0
	for i, s := range p.Water.Sections {
		row := p.Sections[i]
		require.Equal(t, []string{row.ID, row.Name, row.County, row.Level}, []string{s.ID, s.Name, s.County, s.Level})
		require.Equal(t, "jiance", s.Data)
		class, err := water.ReadClass(row.Target)
		require.Equal(t, err == nil, s.Target(2021).Known())
		require.Equal(t, class, s.Target(2021).Class)
		if s.Target(2021).Known() {
			known++
		}
	}
	require.Equal(t, 13, known, "nine are set by the province")
	above, _ := p.Water.Section("s07")
	require.Equal(t, []string{"s06"}, above.Upstream)
}

package planfile_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
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

// ruledSections are someSections with the duty by which their data are owed, and rules.
var ruledSections = strings.Replace(someSections, "sections:\n", `readings: {id: data, title: 报送监测数据, recur: {every: month, shift: 10}}
rules:
  - {id: over, title: 水质超标, over: true, inflow: true, months: 2, opens: talk, asks: 说明原因, within: 15 workdays, from: 2021年5月}
  - {id: worse, title: 恶化, poorer: 1, year_poorer: 2, year_over: true, worse_than: Ⅲ, opens: task, policy: standard, within: 30 days}
sections:
`, 1)

// Whoever owes data owes it as a duty of the plan, and rules are of the register.
func TestWhoOwesDataAndWhatAMonthCallsFor(t *testing.T) {
	t.Parallel()
	p, problems := registered(t, ruledSections)
	require.Empty(t, problems)
	require.Equal(t, []water.Duty{{Unit: "zhujian", Task: "data.zhujian"}, {Unit: "zezhou", Task: "data.zezhou"}}, p.Water.Duties)
	for _, d := range p.Water.Duties {
		i := slices.IndexFunc(p.Tasks, func(task plan.Task) bool { return task.ID == d.Task })
		require.Equal(t, []any{plan.Duty, d.Unit, "报送监测数据", p.Policy}, []any{p.Tasks[i].Kind, p.Tasks[i].Lead, p.Tasks[i].Title, p.Tasks[i].Policy})
		due, period, ok := p.Tasks[i].Recur.Next(calendar.NewDay(2021, 6, 1))
		require.Equal(t, []any{"2021-06-10", "2021-05", true}, []any{due.String(), period, ok})
	}
	require.Equal(t, []water.Rule{
		{ID: "over", Title: "水质超标", Over: true, Inflow: true, Months: 2, Opens: water.OpensTalk, Asks: "说明原因", Policy: p.Policy, Within: "15 workdays", From: water.Month{Year: 2021, Month: 5}},
		{ID: "worse", Title: "恶化", Poorer: 1, YearPoorer: 2, YearOver: true, WorseThan: water.III, Opens: water.OpensTask, Policy: "standard", Within: "30 days"},
	}, p.Water.Rules)
	require.False(t, p.Water.Rules[1].InForce(), "an example")

	changed, problems := registered(t, strings.Replace(ruledSections, "worse_than: Ⅲ, ", "", 1))
	require.Empty(t, problems)
	require.Contains(t, strings.Join(plan.Diff(p, changed).Lines(words.New("zh"), p, changed), "\n"), "断面规则")
	require.NotEqual(t, p.Hash, changed.Hash)

	named, problems := registered(t, strings.Replace(ruledSections, "policy: standard", "policy: exceedance", 1))
	require.Empty(t, problems)
	require.Equal(t, "断面超标督办规则（示例）", named.Policies["exceedance"].Title)
	require.NotContains(t, p.Policies, "exceedance", "nobody asked for it")
}

// Data that nobody owes are no duty.
func TestReadingsOfNobody(t *testing.T) {
	t.Parallel()
	_, problems := registered(t, strings.NewReplacer("data: 市住建局\n", "", "    data: 泽州县政府\n", "").Replace(ruledSections))
	require.Len(t, problems, 1)
	require.Equal(t, "plan.readings_nobody", problems[0].Key)
}

// ruleFaults are ways to spoil ruledSections.
var ruleFaults = []struct{ name, old, new, want string }{
	{"every quarter", "every: month, shift: 10", "every: quarter", "sections.yaml:2:44 readings.recur readings_monthly"},
	{"without a title", "title: 报送监测数据, ", "", "sections.yaml:2:11 readings.title missing"},
	{"nothing asked", "poorer: 1, year_poorer: 2, year_over: true, worse_than: Ⅲ, ", "", "sections.yaml:5:10 rules[1].id rule_empty"},
	{"twice", "id: worse", "id: over", "sections.yaml:5:10 rules[1].id rule_twice"},
	{"an ID", "id: over", "id: 超标", "sections.yaml:4:10 rules[0].id bad_id"},
	{"a month", "from: 2021年5月", "from: 五月", "sections.yaml:4:118 rules[0].from bad_month"},
	{"a class", "worse_than: Ⅲ", "worse_than: 劣Ⅴ", "sections.yaml:5:84 rules[1].worse_than bad_class"},
	{"a policy", "policy: standard", "policy: standart", "sections.yaml:5:108 rules[1].policy unknown_policy"},
	{"what it opens", "opens: talk", "opens: letter", "sections.yaml:4:73 rules[0].opens not_one_of"},
	{"a limit", "within: 15 workdays", "within: 15 working days", "sections.yaml:4:99 rules[0].within bad_offset"},
}

// chargeFaults are ways to spoil charged.
var chargeFaults = []struct{ name, old, new, want string }{
	{"ends before it begins", "until: 2021-12", "until: 2021-04", "compensation[0].until compensation_until"},
	{"two at a time", "省里, settled", "省里, from: 2021-12, settled", "compensation compensation_overlap"},
	{"bands and a step", "{step: 0.2, amount: 300000}", "{step: 0.2, amount: 300000, bands: [{amount: 1}]}", "compensation[1].scales[0].bands bands_or_step"},
	{"bands that fall", "{amount: 600000}", "{to: 0.4, amount: 600000}", "compensation[0].scales[0].bands[1].to bands_rise"},
	{"months of another reward", "kind: met_running", "kind: risen", "compensation[0].rewards[0].months reward_months"},
	{"an amount", "plain: 50000", "plain: 五万", "compensation[0].plain bad_amount"},
	{"no such section", "sections: [赵庄]", "sections: [赵家庄]", "compensation[0].sections[0] unknown_section"},
	{"a level", "levels: [national]", "levels: [county]", "compensation[0].levels[0] bad_level"},
}

func TestFaultsOfRules(t *testing.T) {
	t.Parallel()
	for _, f := range chargeFaults {
		require.Contains(t, charged, f.old, f.name)
		_, problems := registered(t, strings.Replace(charged, f.old, f.new, 1))
		require.Len(t, problems, 1, f.name)
		require.Equal(t, f.want, problems[0].Field+" "+problems[0].Key[strings.Index(problems[0].Key, ".")+1:], f.name)
		require.NotContains(t, problems[0].Message(words.New("zh")), "plan.", f.name)
	}
	for _, f := range ruleFaults {
		require.Contains(t, ruledSections, f.old, f.name)
		_, problems := registered(t, strings.Replace(ruledSections, f.old, f.new, 1))
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%s:%d:%d %s %s", p.File, p.Line, p.Column, p.Field, p.Key[strings.Index(p.Key, ".")+1:]))
		}
		assert.Equal(t, f.want, strings.Join(got, "\n"), f.name)
	}
}

// charged are someSections with two tables of compensation, the second an example.
var charged = strings.Replace(someSections, "sections:\n", `compensation:
  - {title: 甲, authority: 市里, from: 2021-05, until: 2021-12, settled: 10, levels: [national], sections: [赵庄], items: [氨氮], sum: items, inflow: true, plain: 50000, worse: 100000, cap: 900000, scales: [{items: [氨氮], bands: [{to: 0.5, amount: 500000}, {amount: 600000}]}], rewards: [{kind: met_running, months: 3, amount: 100000}]}
  - {title: 乙, authority: 省里, settled: 20, sum: worst, scales: [{step: 0.2, amount: 300000}]}
sections:
`, 1)

func TestTablesOfCompensation(t *testing.T) {
	t.Parallel()
	p, problems := registered(t, charged)
	require.Empty(t, problems)
	require.Len(t, p.Compensation, 2)
	first := p.Compensation[0]
	require.Equal(t, []any{"甲", true, []string{"s01"}, []water.Item{water.NH3N}, "900000"}, []any{first.Title, first.InForce(), first.Sections, first.Items, first.Cap.String()})
	require.Equal(t, []string{"0.5", "500000", "600000"}, []string{first.Scales[0].Bands[0].To.String(), first.Scales[0].Bands[0].Amount.String(), first.Scales[0].Bands[1].Amount.String()})
	require.False(t, p.Compensation[1].InForce())
	changed, problems := registered(t, strings.Replace(charged, "plain: 50000", "plain: 60000", 1))
	require.Empty(t, problems)
	require.Contains(t, strings.Join(plan.Diff(p, changed).Lines(words.New("zh"), p, changed), "\n"), "生态补偿规则：")
	require.NotEqual(t, p.Hash, changed.Hash)
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

// spoilt is a way to spoil a file, and all that is said about it.
type spoilt struct{ name, old, new, want string }

// registerFaults are ways to spoil the register and all that is said about each.
var registerFaults = []spoilt{
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

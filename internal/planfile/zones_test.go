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

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/water"
	"duban/internal/words"
)

const someZones = `bulletin: {id: zb, title: 通报功能区达标情况, lead: 市住建局, recur: {every: quarter, shift: 15}}
zones:
  - {id: z01, no: 1, name: 丹河一区, kind: 饮用水源区, basin: 黄河流域, sections: [赵庄, s02], target: Ⅲ}
  - {id: z02, name: 丹河二区, county: 泽州县政府, sections: 牛村桥断面}
`

// zoned loads the small plan with a register and a list of zones.
func zoned(t *testing.T, zones string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"sections.yaml": []byte(someSections), "zones.yaml": []byte(zones)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nwater: sections.yaml\nzones: zones.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

// The office issues how zones stand at the rhythm it has set, as a duty of the plan.
func TestFunctionalZones(t *testing.T) {
	t.Parallel()
	p, problems := zoned(t, someZones)
	require.Empty(t, problems)
	require.Equal(t, []water.Zone{
		{ID: "z01", No: 1, Name: "丹河一区", Kind: "饮用水源区", Basin: "黄河流域", River: "丹河", County: "gaoping", Sections: []string{"s01", "s02"}, Target: water.III},
		{ID: "z02", Name: "丹河二区", River: "丹河", County: "zezhou", Sections: []string{"s02"}},
	}, p.Water.Zones)
	duty := p.Tasks[slices.IndexFunc(p.Tasks, func(t plan.Task) bool { return t.ID == p.Water.ZoneDuty })]
	require.Equal(t, []any{"zb", plan.Duty, "zhujian"}, []any{duty.ID, duty.Kind, duty.Lead})
	due, period, ok := duty.Recur.Next(calendar.NewDay(2021, 7, 1))
	require.Equal(t, []any{"2021-07-15", "2021Q2", true}, []any{due.String(), period, ok})
	without, problems := zoned(t, someZones[strings.Index(someZones, "zones:"):])
	require.Empty(t, problems)
	require.Empty(t, without.Water.ZoneDuty)
	office, _ := zoned(t, strings.Replace(someZones, "lead: 市住建局, ", "", 1))
	require.Equal(t, office.Directory.Office, office.Tasks[slices.IndexFunc(office.Tasks, func(t plan.Task) bool { return t.ID == "zb" })].Lead, "the office's own where nobody is named")
	changed, _ := zoned(t, strings.Replace(someZones, "target: Ⅲ", "target: Ⅱ", 1))
	lines := strings.Join(plan.Diff(p, changed).Lines(words.New("zh"), p, changed), "\n")
	require.Contains(t, lines, "水环境功能区：z01 丹河一区")
	require.NotContains(t, lines, "丹河二区", "what stays is not told")
	require.NotEqual(t, p.Hash, changed.Hash)
}

// zoneFaults are ways to spoil someZones and all that is said about each.
var zoneFaults = []spoilt{
	{"no such section", "sections: 牛村桥断面", "sections: 牛家桥", "zones.yaml:4:52 zones[1].sections[0] unknown_section"},
	{"a section twice", "[赵庄, s02]", "[赵庄, s01]", "zones.yaml:3:75 zones[0].sections[1] zone_section_twice"},
	{"a class", "target: Ⅲ", "target: 劣Ⅴ", "zones.yaml:3:89 zones[0].target bad_class"},
	{"an ID twice", "id: z02", "id: z01", "zones.yaml:4:10 zones[1].id id_twice"},
	{"an ID", "id: z02", "id: 二", "zones.yaml:4:10 zones[1].id bad_id"},
	{"a name twice", "name: 丹河二区", "name: 丹河一区", "zones.yaml:4:21 zones[1].name zone_twice"},
	{"a unit", "county: 泽州县政府", "county: 泽洲县政府", "zones.yaml:4:35 zones[1].county unknown_unit"},
	{"no sections", ", sections: 牛村桥断面", "", "zones.yaml:4:5 zones[1].sections missing"},
	{"a rhythm", "every: quarter", "every: season", "zones.yaml:1:65 bulletin.recur.every not_one_of"},
	{"the ID of a task", "id: zb", "id: p01", "zones.yaml:1:16 bulletin.id id_twice"},
	{"an example", "zones:\n", "example: true\nzones:\n", "!zones.yaml:2:10 example zones_example"},
	{"no zones", someZones[strings.Index(someZones, "zones:"):], "zones: []\n", "zones.yaml:2:8 zones empty"},
	{"without a register", "", "", "plan.yaml:8:8 zones zones_alone"}, // below
}

func TestFaultsOfZones(t *testing.T) {
	t.Parallel()
	said := func(problems []strictyaml.Problem) string {
		var got []string
		for _, p := range problems {
			mark := ""
			if p.Warning {
				mark = "!"
			}
			got = append(got, fmt.Sprintf("%s%s:%d:%d %s %s", mark, path.Base(p.File), p.Line, p.Column, p.Field, p.Key[strings.Index(p.Key, ".")+1:]))
			require.NotContains(t, p.Message(words.New("zh")), p.Key)
		}
		return strings.Join(got, "\n")
	}
	for _, f := range zoneFaults[:len(zoneFaults)-1] {
		text := strings.Replace(someZones, f.old, f.new, 1)
		require.NotEqual(t, someZones, text, f.name)
		_, problems := zoned(t, text)
		assert.Equal(t, f.want, said(problems), f.name)
	}
	files := map[string][]byte{}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\nzones: zones.yaml\n", 1))
	}
	_, problems := planfile.LoadFiles(files, seededCalendar(t))
	require.Regexp(t, "^plan.yaml:[0-9]+:8 zones zones_alone$", said(problems))
}

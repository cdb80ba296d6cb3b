package planfile_test

import (
	"fmt"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/publicity"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

const somePublicity = `title: 信息公开清单
exposure:
  - {id: circulars, of: circular, title: 公开通报, basis: 四（四）, lead: 市住建局, policy: standard, within: 10 workdays, from: 2021-05-01}
  - {id: talks, of: talk, title: 公开约谈, within: 5 workdays}
`

// publicised loads the small plan with a list of what must be made public.
func publicised(t *testing.T, list string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{"publicity.yaml": []byte(list)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\npublicity: publicity.yaml\n", 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

func TestWhatMustBePublic(t *testing.T) {
	t.Parallel()
	p, problems := publicised(t, somePublicity)
	require.Empty(t, problems)
	require.Equal(t, &publicity.Rules{Title: "信息公开清单", Exposure: []publicity.Exposure{
		{ID: "circulars", Of: publicity.OfCircular, Title: "公开通报", Basis: "四（四）", Lead: "zhujian", Policy: "standard", Within: "10 workdays", From: "2021-05-01"},
		{ID: "talks", Of: publicity.OfTalk, Title: "公开约谈", Lead: p.Directory.Office, Policy: p.Policy, Within: "5 workdays"},
	}}, p.Publicity)
	require.False(t, p.Publicity.Exposure[1].InForce(), "an example")
	without, problems := planfile.Load("testdata/small/plan.yaml", seededCalendar(t))
	require.Empty(t, problems)
	require.Nil(t, without.Publicity)
	changed, _ := publicised(t, strings.Replace(somePublicity, "10 workdays", "9 workdays", 1))
	require.Contains(t, strings.Join(plan.Diff(p, changed).Lines(words.New("zh"), p, changed), "\n"), "信息公开清单：")
	require.NotEqual(t, p.Hash, changed.Hash)
}

// publicityFaults are ways to spoil somePublicity and all that is said about each.
var publicityFaults = []spoilt{
	{"what is exposed", "of: circular", "of: letter", "publicity.yaml:3:25 exposure[0].of not_one_of"},
	{"a limit", "10 workdays", "ten days", "publicity.yaml:3:99 exposure[0].within bad_offset"},
	{"a unit", "lead: 市住建局", "lead: 市住建", "publicity.yaml:3:67 exposure[0].lead unknown_unit"},
	{"a policy", "policy: standard", "policy: standart", "publicity.yaml:3:81 exposure[0].policy unknown_policy"},
	{"an ID", "id: talks", "id: 约谈", "publicity.yaml:4:10 exposure[1].id bad_id"},
	{"twice", "id: talks", "id: circulars", "publicity.yaml:4:10 exposure[1].id exposure_twice"},
	{"both at once", "of: talk, title: 公开约谈, within: 5 workdays", "of: circular, title: 公开约谈, within: 5 workdays, from: 2021-06-01", "publicity.yaml:4:21 exposure[1].of exposure_both"},
	{"an example in force", "exposure:\n", "example: true\nexposure:\n", "!publicity.yaml:2:10 example publicity_example\npublicity.yaml:4:118 exposure[0].from exposure_example"},
	{"no title", "title: 信息公开清单\n", "", "publicity.yaml:1:1 title missing"},
}

func TestFaultsOfPublicity(t *testing.T) {
	t.Parallel()
	for _, f := range publicityFaults {
		text := strings.Replace(somePublicity, f.old, f.new, 1)
		require.NotEqual(t, somePublicity, text, f.name)
		_, problems := publicised(t, text)
		var got []string
		for _, p := range problems {
			mark := ""
			if p.Warning {
				mark = "!"
			}
			got = append(got, fmt.Sprintf("%s%s:%d:%d %s %s", mark, path.Base(p.File), p.Line, p.Column, p.Field, p.Key[strings.Index(p.Key, ".")+1:]))
			require.NotContains(t, p.Message(words.New("zh")), p.Key)
		}
		assert.Equal(t, f.want, strings.Join(got, "\n"), f.name)
	}
}

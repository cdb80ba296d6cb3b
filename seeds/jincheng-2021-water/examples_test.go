package seed_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/compensation"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/publicity"
	"duban/internal/water"
	"duban/seeds"
)

// Nothing that nobody confirmed is in force: the seed's plan has no part that is an example, and of its
// register no rule, table or duty that its document does not give; a plan that names every example is told
// of each, has none of them in force, and owes nothing more by them than the scheme's own measures.
func TestNoExampleIsInForce(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	for name, there := range map[string]bool{"assessment": p.Assessment != nil, "complaints": p.Complaints != nil, "incidents": p.Incidents != nil, "publicity": p.Publicity != nil,
		"zones": len(p.Water.Zones) > 0, "schemes": len(p.Water.Schemes) > 0, "duties": len(p.Water.Duties) > 0} {
		require.False(t, there, name)
	}
	require.NotEmpty(t, p.Water.Rules)
	require.NotEmpty(t, p.Compensation)
	idle := func(p *plan.Plan) {
		require.False(t, slices.ContainsFunc(p.Water.Rules, water.Rule.InForce))
		require.False(t, slices.ContainsFunc(p.Compensation, compensation.Table.InForce))
	}
	idle(p)

	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range []string{"plan.yaml", "units.yaml", "sections.yaml", "../policies.yaml"} {
		files[filepath.Base(name)], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	examples, err := filepath.Glob("*-example.yaml")
	require.NoError(t, err)
	lines := ""
	for _, name := range examples {
		field := strings.TrimSuffix(name, "-example.yaml")
		if field == "scheme" {
			field = "schemes"
		}
		lines += field + ": " + name + "\n"
		files[name], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\n"+lines, 1))
	all, problems := planfile.LoadFiles(files, cal)
	require.NotNil(t, all, "%v", problems)
	warned := map[string]bool{}
	for _, problem := range problems {
		if problem.Field == "example" {
			warned[problem.File] = true
		}
	}
	require.Equal(t, examples, slices.Sorted(maps.Keys(warned)), "plan check says of each that it is an example")
	idle(all)
	require.True(t, all.Assessment.Example && all.Complaints.Example && all.Incidents.Example && all.Publicity.Example && all.Water.ZonesExample && all.Water.Schemes[0].Example)
	require.False(t, slices.ContainsFunc(all.Publicity.Exposure, publicity.Exposure.InForce))
	require.Empty(t, all.Incidents.Places().Sections, "no outlet of an example is measured")
	require.Empty(t, all.Measured().Duties)
	have := map[string]bool{}
	for _, k := range p.Tasks {
		have[k.ID] = true
	}
	for _, k := range all.Tasks {
		require.True(t, have[k.ID] || slices.Contains(all.Water.Schemes[0].Measures, k.ID), k.ID)
	}
}

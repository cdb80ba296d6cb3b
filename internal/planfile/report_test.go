package planfile_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
)

// addresseeFaults are lists of addressees with one fault each.
var addresseeFaults = []struct{ name, old, new, want string }{
	{"the same twice", "省厅", "市政府", "plan.yaml:13:10 report[1].to addressee_twice"},
	{"no day of a month", "01-05", "2022-01-05", "plan.yaml:13:18 report[1].by bad_month_day"},
	{"a day that no month has", "01-05", "02-30", "plan.yaml:13:18 report[1].by bad_month_day"},
}

const addressees = `report:
  - {to: 市政府, by: 12-31, basis: 办法}
  - {to: 省厅, by: 01-05}
`

// reporting loads the small plan with those to whom its report goes.
func reporting(t *testing.T, list string) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile("testdata/small/" + name)
		require.NoError(t, err)
		files[name] = []byte(strings.Replace(string(raw), "units: units.yaml\n", "units: units.yaml\n"+list, 1))
	}
	return planfile.LoadFiles(files, seededCalendar(t))
}

// A day from July on is of the plan's year, an earlier one of the next; the earliest is first.
func TestToWhomTheReportGoes(t *testing.T) {
	t.Parallel()
	p, problems := reporting(t, addressees)
	require.Empty(t, problems)
	require.Equal(t, fmt.Sprintf("[{市政府 %d-12-31 办法} {省厅 %d-01-05 }]", p.Year, p.Year+1), fmt.Sprint(p.Report))
	without, problems := reporting(t, "")
	require.Empty(t, problems)
	require.Equal(t, "report", plan.Diff(without, p).Facts[0].Field)
	for _, f := range addresseeFaults {
		text := strings.Replace(addressees, f.old, f.new, 1)
		_, problems := reporting(t, text)
		require.Len(t, problems, 1, f.name)
		one := problems[0]
		require.Equal(t, f.want, fmt.Sprintf("%s:%d:%d %s %s", one.File, one.Line, one.Column, one.Field, one.Key[strings.Index(one.Key, ".")+1:]), f.name)
	}
}

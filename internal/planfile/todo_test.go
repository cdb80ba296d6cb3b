package planfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/planfile"
	"duban/internal/words"
)

// What a person has still to decide is a fault of its own, at its place, once;
// what follows the mark is read like any value.
func TestWhatIsToBeDecided(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	write("units.yaml", "units:\n  - {id: duban, name: 市督查室, kind: office, contacts: []}\n")
	path := write("plan.yaml", `id: p
title: 【待定】计划
number: 【待定】
issuer: 市政府
issued: 【待定】2022-01-01
year: 2022
policy: standard
office: 市督查室
leadership: 【待定】
units: units.yaml
clauses:
  - id: "1"
    title: 一
    brackets:
      - [【待定】市督查室]
    text: 完成
    tasks:
      - {id: a, title: 甲, due: 【待定】2022-13-31, source: 完成}
      - {id: b, title: 乙, due: 【待定】, source: 完成}
      - {id: c, title: 丙, due: 【待定】2021-12-31, source: 完成}
      - {id: d, title: 丁, recur: {every: 【待定】quarter, until: 2022-12-31}, source: 完成}
`)
	p, problems := planfile.Load(path, seededCalendar(t))
	require.Nil(t, p)
	var got []string
	for _, problem := range problems {
		if !problem.Warning {
			require.Equal(t, path, problem.File)
			problem.File = ""
			got = append(got, problem.Text(words.New("en"))[1:])
		}
	}
	mark := func(place, value string) string {
		if value == "" {
			return place + ": To be decided: nothing is written yet, settle it and take “【待定】” away"
		}
		return place + ": To be decided: it says “" + value + "” for now, settle it and take “【待定】” away"
	}
	require.Equal(t, []string{
		mark("2:8: title", "计划"),
		mark("3:9: number", ""),
		mark("5:9: issued", "2022-01-01"),
		mark("9:13: leadership", ""),
		mark("15:10: clauses[0].brackets[0][0]", "市督查室"),
		mark("18:32: clauses[0].tasks[0].due", "2022-13-31"),
		"18:32: clauses[0].tasks[0].due: \"2022-13-31\" is not a date that exists; write it like 2021-04-30",
		mark("19:32: clauses[0].tasks[1].due", ""),
		mark("20:32: clauses[0].tasks[2].due", "2021-12-31"),
		"20:32: clauses[0].tasks[2].due: date 2021-12-31 is before the date of issue 2022-01-01; check both",
		mark("21:42: clauses[0].tasks[3].recur.every", "quarter"),
	}, got)
}

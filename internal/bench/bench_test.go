package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTableSetsFiguresBesideTheirAims(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, printTable(&out, []figure{
		{Section: "launch", Name: "launch", Value: 1.5, Unit: "s", Aim: 10, Sense: "≤"},
		{Section: "launch", Name: "ratio", Value: 0.9, Unit: "×", Aim: 0.95, Sense: "≥"},
		{Section: "memory", Name: "resident", Value: 1234.5, Unit: "MB", Note: "of all"},
	}))
	require.Equal(t, ""+
		"what        value  unit  aim              note\n"+
		"LAUNCH                                    \n"+
		"  launch    1.5    s     ≤ 10    met      \n"+
		"  ratio     0.9    ×     ≥ 0.95  NOT MET  \n"+
		"MEMORY                                    \n"+
		"  resident  1234   MB                     of all\n", out.String())
}

// Every section runs at small sizes and gives every figure it is for.
func TestSectionsGiveTheirFigures(t *testing.T) {
	for section, want := range map[string][]string{
		"preview": {"preview of the 2021 plan", "preview of 1000 tasks"},
		"launch": {"launch of the 2021 plan", "launch of dated tasks", "bare starts, eager", "bare starts, not eager",
			"launch to bare starts, eager", "launch to bare starts, not eager"},
		"acts":    {"tasks amended", "bare updates", "bare updates that do one activity", "amended to bare updates", "amended to bare updates that do one activity"},
		"herd10k": {"40 tasks over 5s: decisions", "40 tasks over 5s: a decision behind its wake, p99", "40 tasks over 5s: last message after 09:00"},
	} {
		t.Run(section, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			args := []string{"-here", "-quick", "-only", section, "-plan", "../../seeds/jincheng-2021-water/plan.yaml", "-dir", t.TempDir()}
			require.NoError(t, run(t.Context(), args, &out, io.Discard))
			var got []string
			for dec := json.NewDecoder(&out); dec.More(); {
				var f figure
				require.NoError(t, dec.Decode(&f))
				require.Positive(t, f.Value, f.Name)
				got = append(got, f.Name)
			}
			require.Equal(t, want, got)
		})
	}
}

func TestUnknownSectionsAreNamed(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"-only", "lunch"}, io.Discard, io.Discard)
	require.ErrorContains(t, err, `no section "lunch": there are preview, launch, year`)
}

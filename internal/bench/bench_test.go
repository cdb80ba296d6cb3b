package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/seeds"
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
		"acts": {"tasks amended", "bare updates", "bare updates that do one activity", "bare updates that move timer and search",
			"amended to bare updates", "amended to bare updates, by processor time", "amended to bare updates that do one activity", "amended to bare updates that move timer and search"},
		"reading": {"SQLite: page of 100 events, p99", "SQLite: pages measured, by role", "SQLite: the slowest page, p99", "SQLite: the page that takes most processor time, browser's too, p50", "SQLite: the heaviest page on the wire",
			"PostgreSQL: page of 100 events, p99", "PostgreSQL: pages measured, by role", "PostgreSQL: the slowest page, p99", "PostgreSQL: the page that takes most processor time, browser's too, p50", "PostgreSQL: the heaviest page on the wire"},
		"peak10k": {"40 tasks over 5s: decisions", "40 tasks over 5s: a decision behind its wake, p99", "40 tasks over 5s: last message after 09:00"},
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
				if section != "reading" || strings.Contains(f.Name, "page") {
					got = append(got, f.Name)
				}
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

// The usual pattern that a year is compared with gets its stages written, again too.
func TestTheUsualPatternWritesItsStages(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	defer store.Close()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p := calmPlan()
	rules, err := act.NewRules(p, cal)
	require.NoError(t, err)
	u := &usual{ledger: store, plan: p, cal: cal, clock: calendar.Clock{}}
	row := ledger.TaskOf(p, p.Tasks[0], p.Issued.At(0, 0, calendar.Beijing))
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: row.Assigned}, []ledger.Task{row}, u.when())
	require.NoError(t, err)
	ladder := rules.Ahead(row.Facts)
	for _, s := range ladder {
		require.NoError(t, u.Record(t.Context(), usualStage{Task: row.ID, Stage: s}))
		require.NoError(t, u.Record(t.Context(), usualStage{Task: row.ID, Stage: s}))
	}
	stages, err := store.Stages(t.Context(), p.ID, row.ID)
	require.NoError(t, err)
	require.Len(t, stages, len(ladder))
}

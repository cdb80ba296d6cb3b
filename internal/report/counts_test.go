package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// Whatever the rows: the parts add up to the whole, and a unit with a better
// rate has the better rank, with equal ranks for equal rates.
func TestTalliesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lights := []plan.Light{plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.Done, plan.DoneLate}
		var rows []report.Row
		for range rapid.IntRange(0, 60).Draw(t, "rows") {
			r := report.Row{Kind: plan.Dated, State: ledger.TaskOpen, LeadID: rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "lead"),
				Light: rapid.SampledFrom(lights).Draw(t, "light")}
			if r.Light == plan.Done || r.Light == plan.DoneLate {
				r.State = ledger.Closed
			}
			if rapid.Bool().Draw(t, "occurrence") {
				r.Duty = "duty"
			}
			if rapid.IntRange(0, 9).Draw(t, "cancelled") == 0 {
				r.State, r.Light = ledger.Cancelled, ""
			}
			rows = append(rows, r)
		}
		c := report.Count(rows)
		require.Equal(t, len(rows), c.Total+c.Cancelled)
		require.Equal(t, c.Total, c.Done+c.Open)
		require.Equal(t, c.Total, c.ByKind[0].Total+c.ByKind[1].Total)
		units, lit := 0, 0
		for _, u := range c.ByUnit {
			units += u.Total
		}
		for _, l := range c.ByLight {
			lit += l.Count
		}
		require.Equal(t, []int{c.Total, c.Total}, []int{units, lit})

		for i, u := range c.ByUnit {
			if u.OnTimeRate == nil {
				require.Zero(t, u.Rank)
				continue
			}
			better := 0
			for _, other := range c.ByUnit {
				if other.OnTimeRate != nil && other.OnTime*(u.Done+u.Red) > u.OnTime*(other.Done+other.Red) {
					better++
				}
			}
			require.Equal(t, better+1, u.Rank)
			require.LessOrEqual(t, better, i)
		}
	})
}

package pagetest_test

import (
	"context"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/portal/portaltest"
	"duban/internal/water"
)

// measure brings two months of a few sections in, and corrects a value.
func (h *house) measure(ctx context.Context) error {
	month := func(n int) water.Month { return water.Month{Year: 2021, Month: n} }
	source := func(fields ...string) map[string]string {
		all := map[string]string{}
		for _, f := range fields {
			all[f] = "5月.xlsx 月报 F7"
		}
		return all
	}
	over := decimal.RequireFromString("0.25")
	readings := []water.Reading{
		{Section: "s05", Month: month(5), Span: water.OfMonth, Class: water.I, Sources: source("class")},
		{Section: "s08", Month: month(4), Span: water.OfMonth, Class: water.III, Sources: source("class")},
		{Section: "s08", Month: month(5), Span: water.OfMonth, Values: water.Values{water.NH3N: water.Number("2.13")}, Sources: source("NH3-N")},
		{Section: "s06", Month: month(5), Span: water.OfMonth, Class: water.IV, Over: []water.Over{{Item: water.TP, Times: &over}}, Sources: source("class", "over")},
		{Section: "s22", Month: month(5), Span: water.OfMonth, Values: water.Values{water.NH3N: water.Number("2.12")}, Sources: source("NH3-N")},
		{Section: "s22", Month: month(5).Add(-12), Span: water.OfMonth, Class: water.II, Sources: source("class")},
		{Section: "s01", Month: month(5), Span: water.OfMonth, State: water.Dry, Sources: source("state")},
	}
	by := ledger.ReadingsBy{Plan: planID, Office: "shuizhiban", Actor: "jiance", Correct: true, Reason: "抄错一位"}
	if _, err := h.store.PutReadings(ctx, by, readings, when(calendar.NewDay(2021, 6, 8).At(10, 0, calendar.Beijing))); err != nil {
		return err
	}
	readings[2].Values = water.Values{water.NH3N: water.Number("2.31")}
	_, err := h.store.PutReadings(ctx, by, readings, when(calendar.NewDay(2021, 6, 9).At(10, 0, calendar.Beijing)))
	return err
}

// TestAMonthOfTheRivers: the table as it is published, the rivers as a picture, from
// upstream to downstream, and what a section's data are from.
func TestAMonthOfTheRivers(t *testing.T) {
	t.Parallel()
	p := as(t, "gaoping", portaltest.Look{Plain: true})
	p.Go("/water")
	text := p.Text("main")
	for _, part := range []string{"2021年5月地表水断面水质情况", "断面 22 个，有类别 4 个", "劣Ⅴ类 2 个，占 50%", "同比变差 4 个类别", "氨氮(1.12)", "总磷(0.25)", "断流", "省定（待补录）"} {
		require.Contains(t, text, part)
	}
	river := p.Attributes("svg.river a", "href")
	require.Len(t, river, 22)
	at := func(section string) int {
		for i, href := range river {
			if href == "/water/sections/"+section+"?plan="+planID {
				return i
			}
		}
		return -1
	}
	require.True(t, at("s05") < at("s08") && at("s08") < at("s06") && at("s06") < at("s07"), "from upstream to downstream")
	require.True(t, p.Has("svg.river rect.c6.missed"), "its own target was missed")
	p.Go("/water/sections/s08?plan=" + planID)
	text = p.Text("main")
	for _, part := range []string{"尉迟断面（沁水县人民政府，省考）", "更正 氨氮：2.13 → 2.31（抄错一位，jiance）", "5月.xlsx 月报 F7", "氨氮 2.31"} {
		require.Contains(t, text, part)
	}
	require.True(t, p.Has("svg.curve circle.c6"))
	p.Go("/water?month=2021-04")
	require.Contains(t, p.Text("main"), "2021年4月地表水断面水质情况")
	p.Go("/plans/" + planID + "/tasks/s01")
	require.True(t, p.Has(`a[href^="/water/sections/s01"]`), "a section's line leads to it")
	office := as(t, "shuizhiban", portaltest.Look{Plain: true})
	office.Go("/plans/" + planID)
	require.True(t, office.Has(`a[href^="/water?plan="]`))
}

package water_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/water"
)

// limits are typed once more from GB 3838-2002 table 1, in its order.
var limits = []struct {
	item water.Item
	body water.Body
	of   [5]string
}{
	{water.DO, water.River, [5]string{"7.5", "6", "5", "3", "2"}},
	{water.CODMn, water.River, [5]string{"2", "4", "6", "10", "15"}},
	{water.COD, water.River, [5]string{"15", "15", "20", "30", "40"}},
	{water.BOD5, water.River, [5]string{"3", "3", "4", "6", "10"}},
	{water.NH3N, water.River, [5]string{"0.15", "0.5", "1.0", "1.5", "2.0"}},
	{water.TP, water.River, [5]string{"0.02", "0.1", "0.2", "0.3", "0.4"}},
	{water.TP, water.Lake, [5]string{"0.01", "0.025", "0.05", "0.1", "0.2"}},
	{water.TN, water.Lake, [5]string{"0.2", "0.5", "1.0", "1.5", "2.0"}},
	{water.Copper, water.River, [5]string{"0.01", "1.0", "1.0", "1.0", "1.0"}},
	{water.Zinc, water.River, [5]string{"0.05", "1.0", "1.0", "2.0", "2.0"}},
	{water.Fluoride, water.River, [5]string{"1.0", "1.0", "1.0", "1.5", "1.5"}},
	{water.Selenium, water.River, [5]string{"0.01", "0.01", "0.01", "0.02", "0.02"}},
	{water.Arsenic, water.River, [5]string{"0.05", "0.05", "0.05", "0.1", "0.1"}},
	{water.Mercury, water.River, [5]string{"0.00005", "0.00005", "0.0001", "0.001", "0.001"}},
	{water.Cadmium, water.River, [5]string{"0.001", "0.005", "0.005", "0.005", "0.01"}},
	{water.Chromium6, water.River, [5]string{"0.01", "0.05", "0.05", "0.05", "0.1"}},
	{water.Lead, water.River, [5]string{"0.01", "0.01", "0.05", "0.05", "0.1"}},
	{water.Cyanide, water.River, [5]string{"0.005", "0.05", "0.2", "0.2", "0.2"}},
	{water.Phenol, water.River, [5]string{"0.002", "0.002", "0.005", "0.01", "0.1"}},
	{water.Oil, water.River, [5]string{"0.05", "0.05", "0.05", "0.5", "1.0"}},
	{water.LAS, water.River, [5]string{"0.2", "0.2", "0.2", "0.3", "0.3"}},
	{water.Sulfide, water.River, [5]string{"0.05", "0.1", "0.2", "0.5", "1.0"}},
	{water.Coliform, water.River, [5]string{"200", "2000", "10000", "20000", "40000"}},
}

// Each limit of the table is the last value of its class, the next value is of the next
// class that differs, and where classes share a limit the better one is given.
func TestEveryLimitOfTheTable(t *testing.T) {
	t.Parallel()
	least := decimal.RequireFromString("0.000001")
	seen := map[water.Item]bool{}
	for _, row := range limits {
		seen[row.item] = true
		for at, text := range row.of {
			limit := decimal.RequireFromString(text)
			given, ok := row.item.Limit(row.body, water.Class(at+1))
			require.True(t, ok)
			require.True(t, limit.Equal(given), "%s %s", row.item, water.Class(at+1))

			better := water.Class(at + 1)
			for better > water.I && row.of[better-2] == text {
				better--
			}
			c, ok := row.item.Class(row.body, water.Value{Reported: limit})
			require.True(t, ok)
			require.Equal(t, better, c, "%s %s", row.item, text)

			next := water.Class(at + 2)
			for next <= water.V && row.of[next-1] == text {
				next++
			}
			beyond := limit.Add(least)
			if row.item.Least() {
				beyond = limit.Sub(least)
			}
			c, _ = row.item.Class(row.body, water.Value{Reported: beyond})
			require.Equal(t, next, c, "%s beyond %s", row.item, text)
		}
	}
	for _, i := range water.Items() {
		require.True(t, seen[i] || i == water.PH || i == water.Temperature, i)
	}
	require.Len(t, water.Items(), 24)
	require.Len(t, water.Basic21(), 21)
}

func TestItemsWithoutClasses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]water.Class{"5.99": water.Worse, "6": water.I, "7.2": water.I, "9": water.I, "9.01": water.Worse} {
		c, ok := water.PH.Class(water.River, water.Number(text))
		require.True(t, ok)
		require.Equal(t, want, c, text)
	}
	_, ok := water.TN.Class(water.River, water.Number("9"))
	require.False(t, ok, "total nitrogen is not judged in rivers")
	_, ok = water.Temperature.Class(water.River, water.Number("20"))
	require.False(t, ok)
	_, ok = water.TP.Limit(water.River, water.Worse)
	require.False(t, ok)
	lake, _ := water.TP.Class(water.Lake, water.Number("0.03"))
	river, _ := water.TP.Class(water.River, water.Number("0.03"))
	require.Equal(t, []water.Class{water.III, water.II}, []water.Class{lake, river})
}

func TestWhichItemsAreJudged(t *testing.T) {
	t.Parallel()
	require.Equal(t, water.Basic21(), water.Judged(2020, []water.Item{water.Lead}))
	require.Equal(t, water.Five(), water.Judged(2021, nil))
	require.Equal(t, []water.Item{water.PH, water.DO, water.CODMn, water.COD, water.NH3N, water.TP, water.Fluoride},
		water.Judged(2021, []water.Item{water.Fluoride, water.COD, water.TP}))
}

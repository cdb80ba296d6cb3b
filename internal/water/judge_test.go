package water_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/water"
)

func TestTheWorstItemDecides(t *testing.T) {
	t.Parallel()
	of := values(t, "pH=7.5", "溶解氧=8", "高锰酸盐指数=3", "氨氮=0.4", "总磷=0.25", "化学需氧量=90")
	j := water.Judge(water.River, water.Five(), of)
	require.Equal(t, water.IV, j.Class, "what is not judged does not count")
	require.Equal(t, []water.Item{water.TP}, j.Worst())
	j = water.Judge(water.River, water.Judged(2021, []water.Item{water.COD, water.Fluoride}), of)
	require.Equal(t, water.Worse, j.Class)
	require.Equal(t, []water.Item{water.Fluoride}, j.Missing)
	require.Equal(t, water.NoClass, water.Judge(water.River, water.Five(), nil).Class)
	require.Equal(t, water.Five(), water.Judge(water.River, water.Five(), nil).Missing)
}

// At most three, cyanide and metals first, then by class, then by the multiple of Ⅲ.
func TestMainPollutants(t *testing.T) {
	t.Parallel()
	main := func(pairs ...string) []string {
		return overs(water.Judge(water.River, water.Basic21(), values(t, pairs...)).Main(water.River))
	}
	require.Equal(t, []string{"氨氮(1.5)", "化学需氧量(0.9)", "总磷(0.75)"}, main("氨氮=2.5", "总磷=0.35", "化学需氧量=38", "高锰酸盐指数=7"))
	require.Equal(t, []string{"铅(0.2)", "氨氮(9)"}, main("铅=0.06", "氨氮=10"))
	require.Equal(t, []string{"总磷(0.3)", "溶解氧"}, main("总磷=0.26", "溶解氧=4"), "as 三江口 in May 2018")
	require.Empty(t, main("氨氮=1"))
}

func TestExceedanceAgainstItsOwnTarget(t *testing.T) {
	t.Parallel()
	of := values(t, "pH=9.3", "溶解氧=4.9", "高锰酸盐指数=9", "氨氮=1.2", "总磷=0.2")
	over := func(c water.Class) []string {
		return overs(water.Exceeds(water.River, water.Five(), of, water.Target{Class: c}))
	}
	require.Equal(t, []string{"高锰酸盐指数(0.5)", "氨氮(0.2)", "pH", "溶解氧"}, over(water.III))
	require.Equal(t, []string{"pH"}, over(water.IV))
	require.Empty(t, over(water.NoClass), "a target that the province has not set is not missed")
}

func TestNotWorseThanTheInflow(t *testing.T) {
	t.Parallel()
	own := values(t, "氨氮=1.8", "溶解氧=4", "总磷=0.5")
	over := water.Exceeds(water.River, water.Five(), own, water.Target{Class: water.III})
	not, ok := water.NotWorseThan(values(t, "氨氮=1.8", "溶解氧=3.9", "总磷=0.6"), own, over)
	require.True(t, ok && not)
	not, ok = water.NotWorseThan(values(t, "氨氮=1.79", "溶解氧=3.9", "总磷=0.6"), own, over)
	require.True(t, ok && !not)
	not, ok = water.NotWorseThan(values(t, "氨氮=1.8", "溶解氧=4.1", "总磷=0.6"), own, over)
	require.True(t, ok && !not, "more oxygen came in")
	_, ok = water.NotWorseThan(values(t, "氨氮=9"), own, over)
	require.False(t, ok, "the inflow's phosphorus is not known")
}

func TestMeans(t *testing.T) {
	t.Parallel()
	mean := water.Mean(values(t, "氨氮=0.9", "总磷=0.02L"), values(t, "氨氮=1.1", "总磷=0.03"), values(t, "氨氮=1.0"))
	require.Equal(t, "1", mean[water.NH3N].String())
	require.Equal(t, "0.02", mean[water.TP].String(), "half of the detection limit counts")
	require.Equal(t, "0.05L", water.Mean(values(t, "石油类=0.05L"))[water.Oil].String())
	// 0.1 three times is not over 0.1, as it would be in floating point.
	c, _ := water.TP.Class(water.River, water.Mean(values(t, "总磷=0.1"), values(t, "总磷=0.1"), values(t, "总磷=0.1"))[water.TP])
	require.Equal(t, water.II, c)
}

func TestTheYearSoFar(t *testing.T) {
	t.Parallel()
	months := []water.Values{values(t, "氨氮=1.6"), nil, values(t, "氨氮=0.4")}
	y := water.SoFar(water.River, water.Five(), months)
	require.Equal(t, water.III, y.Class)
	require.Equal(t, 2, y.Months)
	require.False(t, y.Year)
	for range 6 {
		months = append(months, values(t, "氨氮=0.4"))
	}
	y = water.SoFar(water.River, water.Five(), months)
	require.True(t, y.Year)
	require.Equal(t, "0.55", y.Values[water.NH3N].String())
	require.Equal(t, water.NoClass, water.SoFar(water.River, water.Five(), []water.Values{nil, nil}).Class)
}

func TestARiverOfFewSections(t *testing.T) {
	t.Parallel()
	section := func(pairs ...string) water.Sample {
		of := values(t, pairs...)
		return water.Sample{Class: water.Judge(water.River, water.Five(), of).Class, Values: of}
	}
	a, b := section("氨氮=0.4", "总磷=0.1"), section("氨氮=2.0", "总磷=0.1")
	r := water.JudgeRiver(water.River, water.Five(), []water.Sample{a, b, {}})
	require.True(t, r.Few)
	require.Equal(t, 2, r.Of)
	require.Equal(t, water.IV, r.ByOne.Class, "the mean is 1.2")
	require.Equal(t, water.Light, r.Grade)
	require.Equal(t, []string{"氨氮(0.2)"}, overs(r.Main))
	r = water.JudgeRiver(water.River, water.Five(), []water.Sample{a, {Class: water.II}})
	require.Equal(t, water.NoGrade, r.Grade, "of one only the class is known")
	require.Equal(t, water.NoGrade, water.JudgeRiver(water.River, water.Five(), nil).Grade)
	r = water.JudgeRiver(water.River, water.Five(), []water.Sample{a, b, b, section("总磷=0.5"), section("总磷=0.5", "氨氮=3")})
	require.Equal(t, []string{"氨氮", "总磷"}, overs(r.Main), "three sections of five, and two")
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		was, is water.Class
		change  water.Change
		steps   int
	}{
		{water.I, water.II, water.Same, 1}, {water.II, water.III, water.Poorer, 1}, {water.I, water.III, water.Poorer, 2},
		{water.II, water.IV, water.MuchPoorer, 2}, {water.Worse, water.V, water.Better, -1}, {water.Worse, water.III, water.MuchBetter, -3},
	} {
		require.Equal(t, c.change, water.Changed(c.was, c.is))
		n, ok := water.Steps(c.was, c.is)
		require.True(t, ok)
		require.Equal(t, c.steps, n)
	}
	require.Equal(t, water.NoChange, water.Changed(water.NoClass, water.II))
	_, ok := water.Steps(water.II, water.NoClass)
	require.False(t, ok)

	river := func(good, worse, of int) water.RiverJudgement {
		return water.RiverJudgement{Of: of, Count: [7]int{water.II: good, water.Worse: worse, water.IV: of - good - worse}}
	}
	for _, c := range []struct {
		was, is water.RiverJudgement
		change  water.Change
	}{
		{river(50, 10, 100), river(55, 5, 100), water.Same}, // 10 points
		{river(50, 10, 100), river(61, 10, 100), water.Better},
		{river(50, 10, 100), river(60, 0, 100), water.Better}, // 20 points
		{river(50, 10, 100), river(61, 0, 100), water.MuchBetter},
		{river(61, 10, 100), river(50, 10, 100), water.Poorer},
		{river(61, 0, 100), river(50, 10, 100), water.MuchPoorer},
		{river(0, 0, 0), river(50, 10, 100), water.NoChange},
	} {
		require.Equal(t, c.change, water.RiverChanged(c.was, c.is))
	}
}

func TestCWQI(t *testing.T) {
	t.Parallel()
	index, missing := water.CWQI(water.River, water.Five(), values(t, "pH=8", "溶解氧=10", "高锰酸盐指数=3", "氨氮=0.5", "总磷=0.1"))
	require.Empty(t, missing)
	require.Equal(t, "2.5", index.String()) // each counts a half
	index, _ = water.CWQI(water.Lake, water.Five(), values(t, "pH=6.5", "溶解氧=5", "高锰酸盐指数=6", "氨氮=1", "总磷=0.05"))
	require.Equal(t, "4.5", index.String())
	_, missing = water.CWQI(water.River, water.Basic21(), values(t, "pH=7"))
	require.Len(t, missing, 20, "where not all is known there is no index")
	require.Equal(t, "3", water.CityCWQI(decimal.NewFromInt(2), 3, decimal.NewFromInt(6), 1).String())
	require.True(t, water.CityCWQI(decimal.Zero, 0, decimal.Zero, 0).IsZero())
}

func TestClassesAsText(t *testing.T) {
	t.Parallel()
	for c := water.NoClass; c <= water.Worse; c++ {
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		var back water.Class
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, c, back)
	}
	require.Error(t, json.Unmarshal([]byte(`"Ⅵ"`), new(water.Class)))
	require.Equal(t, "", water.Class(9).String())
	require.Equal(t, water.NoGrade, water.Class(-1).Grade())
	raw, err := json.Marshal(values(t, "氨氮=0.59", "石油类=0.01L"))
	require.NoError(t, err)
	require.JSONEq(t, `{"NH3-N":"0.59","oil":"0.01L"}`, string(raw))
	var back water.Values
	require.NoError(t, json.Unmarshal(raw, &back))
	require.True(t, back[water.Oil].Below)
}

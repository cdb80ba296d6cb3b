package report_test

import (
	"bytes"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/compensation"
	"duban/internal/people"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

func TestAStatementSaysHowEachAmountCameAbout(t *testing.T) {
	t.Parallel()
	times := decimal.RequireFromString("0.375")
	entries := []compensation.Entry{
		{Section: "s", Why: compensation.ItemOver, Item: water.COD, Times: &times, Steps: 2, Amount: decimal.NewFromInt(600000)},
		{Section: "s", Why: compensation.ItemPlain, Item: water.DO, Amount: decimal.NewFromInt(50000)}, {Section: "s", Why: compensation.WorseV, Amount: decimal.NewFromInt(1)},
		{Section: "s", Why: compensation.Capped, Amount: decimal.NewFromInt(-1)}, {Section: "s", Why: compensation.Exempt}, {Section: "s", Why: compensation.NotCharged, State: water.Frozen},
		{Section: "s", Why: compensation.Unknown}, {Section: "s", Why: compensation.Correction, Of: water.Month{Year: 2021, Month: 5}, Amount: decimal.NewFromInt(-7)},
	}
	for _, kind := range compensation.Kinds {
		entries = append(entries, compensation.Entry{Section: "s", Why: compensation.Why(kind), Months: 3, Classes: 2, Amount: decimal.NewFromInt(-100000)})
	}
	for _, lang := range []string{"zh", "en"} {
		say := report.Speak(words.New(lang))
		for _, e := range entries {
			text := say.Derivation(e)
			require.NotEmpty(t, text)
			require.NotContains(t, text, "compensation.", "%s %s", lang, e.Why)
		}
	}
	require.Equal(t, "化学需氧量超标 0.375 倍，计 2 档", report.Speak(words.New("zh")).Derivation(entries[0]))

	s := compensation.Statement{County: "c", Month: water.Month{Year: 2021, Month: 5}, Entries: entries[:2], Charged: decimal.NewFromInt(650000), Sum: decimal.NewFromInt(650000)}
	var out bytes.Buffer
	require.NoError(t, report.Speak(words.New("zh")).WriteCompensation(&out, people.Directory{Units: []people.Unit{{ID: "c", Name: "高平市"}}}, report.CompensationSheet{
		Register: &water.Register{Sections: []water.Section{{ID: "s", Name: "牛村"}}}, Table: compensation.Table{Title: "甲", Authority: "乙", Settled: 10}, Month: s.Month,
		Statements: []compensation.Statement{s}, Balances: compensation.Balances(2021, []compensation.Statement{s})}))
	f, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	rows, err := f.GetRows("生态补偿 2021-05")
	require.NoError(t, err)
	require.Equal(t, []string{"高平市", "牛村", "化学需氧量超标 0.375 倍，计 2 档", "600000"}, rows[3])
	require.Equal(t, "650000", rows[5][3])
	year, err := f.GetRows("全年累计")
	require.NoError(t, err)
	require.Equal(t, "650000", year[2][5])
	require.Equal(t, "650000", year[2][15])
}

package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// A text of results begins with what the ledger has of them, and is a frame without any.
func TestTheDraftOfResults(t *testing.T) {
	t.Parallel()
	say := report.Speak(words.New("zh"))
	f := report.PublicFacts{Title: "公开饮用水水源监测结果", Period: "2021Q2", Lead: "市生态环境局"}
	title, text := say.PublicDraft(f)
	require.Equal(t, "公开饮用水水源监测结果（2021年第二季度）", title)
	require.Contains(t, text, "公开单位：市生态环境局\n监测点位：\n监测时间：\n监测结果：\n评价：")
	row := func(name string, c water.Class, o water.Outcome) water.ZoneRow {
		return water.ZoneRow{Zone: water.Zone{Name: name}, Month: water.Result{Class: c, Outcome: o}}
	}
	f.Results = []water.ZoneRow{row("郭壁水源", water.III, water.Met), row("下河水源", water.IV, water.Missed), row("三姑泉", water.NoClass, "")}
	_, text = say.PublicDraft(f)
	require.Contains(t, text, "监测结果：\n郭壁水源：Ⅲ（达标）\n下河水源：Ⅳ（未达标）\n评价：")
}

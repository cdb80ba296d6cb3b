package report_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/incident"
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
	may := water.Month{Year: 2021, Month: 5}
	row := func(name string, r water.Result) report.ZoneResult {
		return report.ZoneResult{ZoneRow: water.ZoneRow{Zone: water.Zone{Name: name}, Month: r}, Of: may}
	}
	f.Results = []report.ZoneResult{row("郭壁水源", water.Result{Class: water.III, Outcome: water.Met}), row("下河水源", water.Result{Class: water.IV, Outcome: water.Missed}),
		row("三姑泉", water.Result{None: true}), row("延河泉", water.Result{State: water.Frozen})}
	_, text = say.PublicDraft(f)
	require.Contains(t, text, "监测结果：\n郭壁水源：Ⅲ（达标），2021年5月\n下河水源：Ⅳ（未达标），2021年5月\n三姑泉：没有数据\n延河泉：结冰\n评价：")

	f = report.PublicFacts{Title: "每月向社会公开入河排污口监测结果", Period: "2021-05", Lead: "市生态环境局"}
	limits := []water.Limit{{Item: water.COD, Value: decimal.NewFromInt(50)}, {Item: water.NH3N, Value: decimal.NewFromInt(5)}}
	times := decimal.RequireFromString("0.2")
	outlet := func(name string, d incident.Discharge) incident.Discharge {
		d.Outlet = incident.Outlet{Name: name, Limits: limits}
		return d
	}
	f.Outlets = []incident.Discharge{outlet("一号", incident.Discharge{Values: water.Values{water.COD: water.Number("60"), water.NH3N: water.Number("2")}, Over: []water.Over{{Item: water.COD, Times: &times}}, Outcome: water.Missed}),
		outlet("二号", incident.Discharge{Values: water.Values{water.COD: water.Number("30"), water.NH3N: water.Number("2")}, Outcome: water.Met}),
		outlet("三号", incident.Discharge{Values: water.Values{water.COD: water.Number("30")}, Lacking: []water.Item{water.NH3N}}),
		outlet("四号", incident.Discharge{State: water.Dry}), outlet("五号", incident.Discharge{None: true})}
	_, text = say.PublicDraft(f)
	require.Contains(t, text, "监测结果：\n一号：化学需氧量 60、氨氮 2（超标：化学需氧量(0.2)）\n二号：化学需氧量 30、氨氮 2（达标）\n三号：化学需氧量 30（缺氨氮）\n四号：未排放\n五号：未报\n单位：mg/L（pH 无量纲，色度为倍，粪大肠菌群为个/L）\n排污口 5 个，有监测数据 3 个；达标 1 个，超标 1 个；未报 1 个\n评价：")
}

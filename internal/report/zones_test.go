package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/people"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// The workbook has every zone with its result and the sums by basin and kind; where all zones
// with results met their target, the text says so and asks nothing.
func TestZonesAsAWorkbook(t *testing.T) {
	t.Parallel()
	reg := &water.Register{Sections: []water.Section{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}}, Zones: []water.Zone{
		{ID: "z1", No: 1, Name: "一区", Kind: "饮用水源区", Basin: "丹河流域", County: "gaoping", Sections: []string{"a"}, Target: water.III},
		{ID: "z2", Name: "二区", Kind: "过渡区", Basin: "丹河流域", Sections: []string{"b"}, Target: water.III},
	}}
	may := water.Month{Year: 2021, Month: 5}
	month := func(class water.Class) report.ZoneMonth {
		rows := water.ZoneTable(reg, []water.Reading{{Section: "a", Month: may, Span: water.OfMonth, Class: class}}, may)
		return report.ZoneMonth{Month: may, Rows: rows, Register: reg, People: people.Directory{Units: []people.Unit{{ID: "gaoping", Name: "高平市人民政府"}}},
			Basins: water.ZonesOf(rows, func(z water.Zone) string { return z.Basin }), Kinds: water.ZonesOf(rows, func(z water.Zone) string { return z.Kind })}
	}
	say := report.Speak(words.New("zh"))
	require.Equal(t, []string{"2021年5月，列入名录的2个水环境功能区中，有监测结果的1个，达标1个，达标率100%。", "2021年1—5月累计，有监测结果的0个，达标0个。",
		"分类别：饮用水源区1个，有监测结果的1个，达标1个；过渡区1个，有监测结果的0个，达标0个。", "有监测结果的功能区全部达标。", "没有监测结果的功能区：二区。"}, say.ZoneBulletin(month(water.II)))
	require.Contains(t, strings.Join(say.ZoneBulletin(month(water.Worse)), "\n"), "一区（高平市人民政府，劣Ⅴ类，目标Ⅲ类）")
	var out bytes.Buffer
	require.NoError(t, say.WriteZones(&out, month(water.II)))
	f, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	require.Equal(t, []string{"功能区 2021-05", "分流域、分类别"}, f.GetSheetList())
	rows, err := f.GetRows("功能区 2021-05")
	require.NoError(t, err)
	require.Equal(t, "1 一区 饮用水源区 丹河流域  高平市人民政府 甲 Ⅲ类 Ⅱ  达标 — — —", strings.TrimSpace(strings.Join(rows[4], " ")))
	sums, err := f.GetRows("分流域、分类别")
	require.NoError(t, err)
	require.Equal(t, []string{"丹河流域", "2", "1", "1", "0", "100%", "0"}, sums[1])
}

package water_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/water"
)

func TestClassesAsOfficesWriteThem(t *testing.T) {
	t.Parallel()
	for want, texts := range map[water.Class][]string{
		water.I:     {"Ⅰ", "I", "1类", "一类", "Ⅰ类水质", "ⅰ"},
		water.II:    {"Ⅱ", "II", "2类", "Ⅱ类", " Ⅱ 类", "ＩＩ", "ⅱ类", "2"},
		water.III:   {"Ⅲ", "III类", "3类标准", "iii", "三类"},
		water.IV:    {"Ⅳ", "IV类", "4类"},
		water.V:     {"Ⅴ", "V类", "V", "5类", "五类"},
		water.Worse: {"劣Ⅴ", "劣V", "劣V类", "劣5类", "劣五类", "劣于Ⅴ类", "＞Ⅴ", "劣 Ⅴ 类"},
	} {
		for _, text := range texts {
			c, err := water.ReadClass(text)
			require.NoError(t, err, text)
			require.Equal(t, want, c, text)
		}
	}
	for _, text := range []string{"", "Ⅵ", "劣Ⅲ", "劣", "6类", "Ⅱ~Ⅲ", "Ⅱ、Ⅲ", "优", "0", "IIII", "VI", "完成省定目标", "类"} {
		_, err := water.ReadClass(text)
		require.ErrorIs(t, err, water.ErrNotRead, text)
	}
}

func TestStatesAsOfficesWriteThem(t *testing.T) {
	t.Parallel()
	for want, texts := range map[water.State][]string{
		water.Dry: {"断流", "断流未监测", "无水", "河道断流"}, water.Frozen: {"结冰", "结冰未监测", "冰封"},
		water.Unmonitored: {"未监测", "未采样", "本月未监测"}, water.Suspended: {"停测", "停止监测"},
	} {
		for _, text := range texts {
			s, err := water.ReadState(text)
			require.NoError(t, err, text)
			require.Equal(t, want, s, text)
		}
	}
	for _, text := range []string{"", "Ⅱ", "正常", "0.5"} {
		_, err := water.ReadState(text)
		require.ErrorIs(t, err, water.ErrNotRead, text)
	}
}

func TestItemsAsHeadingsHaveThem(t *testing.T) {
	t.Parallel()
	for want, texts := range map[water.Item][]string{
		water.PH: {"pH", "PH值", "pH(无量纲)", "pH（无量纲）"}, water.DO: {"溶解氧", "DO", "溶解氧(mg/L)", "溶解氧 （mg/L）"},
		water.CODMn: {"高锰酸盐指数", "CODMn", "CODmn(mg/L)", "IMn"}, water.COD: {"COD", "化学需氧量", "CODCr", "化学需氧量（COD）"},
		water.BOD5: {"五日生化需氧量", "BOD₅", "BOD5(mg/L)", "生化需氧量"}, water.NH3N: {"氨氮", "NH₃-N", "NH3-N", "氨氮（NH3-N）", "氨氮浓度"},
		water.TP: {"总磷", "TP", "总磷（以P计）", "总磷（mg/L）"}, water.Fluoride: {"氟化物", "氟化物（以F⁻计）", "F-"},
		water.Chromium6: {"铬（六价）", "六价铬", "Cr⁶⁺"}, water.Coliform: {"粪大肠菌群", "粪大肠菌群（个/L）"}, water.Phenol: {"挥发酚", "挥发性酚"},
		water.Temperature: {"水温（℃）", "水温"},
	} {
		for _, text := range texts {
			i, err := water.ReadItem(text)
			require.NoError(t, err, text)
			require.Equal(t, want, i, text)
		}
	}
	for _, text := range []string{"", "电导率", "浊度（NTU）", "断面名称", "叶绿素α"} {
		_, err := water.ReadItem(text)
		require.ErrorIs(t, err, water.ErrNotRead, text)
	}
	for _, i := range water.Items() {
		back, err := water.ReadItem(i.Name())
		require.NoError(t, err)
		require.Equal(t, i, back)
		back, err = water.ReadItem(string(i))
		require.NoError(t, err)
		require.Equal(t, i, back)
	}
}

func TestValuesAsLaboratoriesWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"0.59": "0.59", " 0.590 ": "0.59", ".03": "0.03", "０．５": "0.5", "1.2E-4": "0.00012", "4e-05": "0.00004",
		"0.01L": "0.01L", "<0.01": "0.01L", "＜0.01": "0.01L", "0.05l": "0.05L", "未检出": "ND", "未测出": "ND", "ND": "ND", "23000": "23000", "0.30000000000000004": "0.3"} {
		v, err := water.ReadValue(text)
		require.NoError(t, err, text)
		require.Equal(t, want, v.String(), text)
	}
	for _, text := range []string{"", "-1", "1,2", "0.5*", "1e99", "0.5mg/L", "Ⅱ", "0..5", "12345678901234", "NaN"} {
		_, err := water.ReadValue(text)
		require.ErrorIs(t, err, water.ErrNotRead, text)
	}
}

func TestListsOfWhatIsOver(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"氨氮/1.3、总磷(0.6)":          {"氨氮(1.3)", "总磷(0.6)"},
		"氨氮/1.3、总磷/0.6、化学需氧量/0.2": {"氨氮(1.3)", "总磷(0.6)", "化学需氧量(0.2)"},
		"总磷（0.3），溶解氧":             {"总磷(0.3)", "溶解氧"},
		"氨氮超标1.12倍；高锰酸盐指数（超0.5倍）": {"氨氮(1.12)", "高锰酸盐指数(0.5)"},
		"氨氮1.3倍": {"氨氮(1.3)"},
		"BOD5/0.2、COD(0.1)、铬（六价）（2）": {"五日生化需氧量(0.2)", "化学需氧量(0.1)", "铬(六价)(2)"},
		"化学需氧量\n氨氮":                  {"化学需氧量", "氨氮"},
		"五日生化需氧量":                    {"五日生化需氧量"}, "溶解氧超标": {"溶解氧"}, "": nil, "—": nil, "无": nil, " / ": nil,
	} {
		over, err := water.ReadOver(text)
		require.NoError(t, err, text)
		require.Equal(t, want, overs(over), text)
	}
	for _, text := range []string{"氨氮/1.3、浊度", "BOD50.2", "COD0.2", "氨氮/", "氨氮/1.3/2", "1.3", "氨氮/-1", "氨氮/1.3、氨氮/0.2", "氨氮/1234567"} {
		_, err := water.ReadOver(text)
		require.ErrorIs(t, err, water.ErrNotRead, text)
	}
}

func FuzzReading(f *testing.F) {
	for _, text := range []string{"劣Ⅴ", "氨氮/1.3、总磷(0.6)", "0.01L", "断流", "pH（无量纲）"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := water.ReadValue(text); err == nil {
			back, err := water.ReadValue(v.String())
			require.NoError(t, err)
			require.Equal(t, v.String(), back.String())
		}
		if c, err := water.ReadClass(text); err == nil {
			require.NotEqual(t, water.NoClass, c)
		}
		over, err := water.ReadOver(text)
		require.False(t, err != nil && over != nil)
		_, _ = water.ReadItem(text)
		_, _ = water.ReadState(text)
	})
}

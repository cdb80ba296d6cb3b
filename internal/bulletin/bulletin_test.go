package bulletin_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/internal/bulletin"
	"duban/internal/intake"
	"duban/internal/water"
	"duban/internal/words"
)

// register has these sections, "name target" each.
func register(t *testing.T, sections ...string) *water.Register {
	t.Helper()
	r := &water.Register{}
	for i, text := range sections {
		name, target, _ := strings.Cut(text, " ")
		s := water.Section{ID: fmt.Sprintf("s%02d", i+1), Name: name}
		for _, year := range []int{2016, 2021, 2024} {
			if class, err := water.ReadClass(target); err == nil {
				s.Targets = append(s.Targets, water.YearlyTarget{Year: year, Class: class})
			}
		}
		r.Sections = append(r.Sections, s)
	}
	return r
}

// lines are readings as "name month span field=value …", and what was found wrong.
func lines(t *testing.T, r *water.Register, b bulletin.Bulletin) (readings, faults []string) {
	t.Helper()
	for _, is := range b.Readings {
		s, _ := r.Section(is.Section)
		line := s.Name + " " + is.Month.String() + " " + string(is.Span)
		fields := is.Fields()
		for _, name := range []string{"state", "class", "over"} {
			if fields[name] != "" {
				line += " " + fields[name]
			}
		}
		for _, i := range water.Items() {
			if v, ok := fields[string(i)]; ok {
				line += " " + string(i) + "=" + v
			}
		}
		readings = append(readings, line)
		for name := range fields {
			require.NotEmpty(t, is.Sources[name], line)
		}
	}
	for _, f := range b.Faults {
		text := f.Text(words.New("zh"))
		require.NotContains(t, text, "water.fault")
		require.NotContains(t, f.Text(words.New("en")), "water.fault")
		faults = append(faults, text)
	}
	return readings, faults
}

func read(t *testing.T, r *water.Register, name string, data []byte, month string) bulletin.Bulletin {
	t.Helper()
	o := bulletin.Options{Register: r}
	if month != "" {
		var err error
		o.Month, err = water.ReadMonth(month)
		require.NoError(t, err)
	}
	b, err := bulletin.Read(t.Context(), intake.Source{Name: name, Data: data}, o)
	require.NoError(t, err)
	return b
}

// 广东省2016年4月跨市河流交接断面, as a table saved as text in each of the encodings.
func TestAQuarterlyTableOfAProvince(t *testing.T) {
	t.Parallel()
	text := "表1 2016年4月广东省主要跨市河流交接断面水质状况\n" +
		"责任城市,序号,交接断面,所处河流,交接关系,水质控制目标,水质类别,上年同期水质类别,达标,主要超标项目,备注\n" +
		"广州,1,乌洲(涨),顺德水道,佛山≈广州,Ⅱ,Ⅱ,Ⅱ,达标,,\n" +
		",2,平洲(涨),平洲水道,佛山≈广州,Ⅲ,Ⅲ,Ⅲ,达标,,\n" +
		"深圳,1,西湖村,龙岗河,深圳→惠州,Ⅲ,劣Ⅴ,劣Ⅴ,未达标,氨氮/1.3、总磷/0.6、化学需氧量/0.2,\"氨氮低于3mg/L,总磷低于0.35mg/L,其他指标达Ⅳ类\"\n" +
		",2,上垟,坪山河,深圳→惠州,Ⅲ,劣Ⅴ,Ⅴ,未达标,总磷/0.6、氨氮/0.3,\n"
	r := register(t, "乌洲（涨） Ⅱ", "平洲(涨) Ⅲ", "西湖村 Ⅲ", "上垟 Ⅲ")
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(strings.ReplaceAll(text, "≈", "-")))
	require.NoError(t, err)
	for name, data := range map[string][]byte{"bom.csv": []byte("\ufeff" + text), "plain.csv": []byte(text), "gb.csv": gb, "tabs.csv": []byte(strings.ReplaceAll(text, ",", "\t"))} {
		if name == "tabs.csv" {
			data = []byte(strings.NewReplacer("\"", "", "3mg/L\t", "3mg/L,", "0.35mg/L\t", "0.35mg/L,").Replace(string(data)))
		}
		b := read(t, r, name, data, "")
		readings, faults := lines(t, r, b)
		require.Empty(t, faults, name)
		require.Equal(t, []string{
			"乌洲（涨） 2016-04 month Ⅱ", "乌洲（涨） 2015-04 month Ⅱ", "平洲(涨) 2016-04 month Ⅲ", "平洲(涨) 2015-04 month Ⅲ",
			"西湖村 2016-04 month 劣Ⅴ NH3-N/1.3 TP/0.6 COD/0.2", "西湖村 2015-04 month 劣Ⅴ",
			"上垟 2016-04 month 劣Ⅴ TP/0.6 NH3-N/0.3", "上垟 2015-04 month Ⅴ",
		}, readings, name)
		require.Len(t, b.Aside, 1, "the remark is kept in sight")
		require.Equal(t, name+" G5", b.Readings[4].Sources[water.FieldClass])
	}
}

// 上海市静安区2024年2月: sections across, what was measured down; judged, it is as published.
func TestSectionsAcross(t *testing.T) {
	t.Parallel()
	text := `<html><body><p>附表1 2024年2月地表水考核断面水质监测结果及评价表</p><table>
<tr><td>河流</td><td>彭越浦</td><td>走马塘</td><td>江场河</td></tr>
<tr><td>监测断面</td><td>汶水路桥</td><td>共和新路桥</td><td>江场西路1550号</td></tr>
<tr><td>水质考核类别</td><td>Ⅴ</td><td>Ⅴ</td><td>Ⅲ</td></tr>
<tr><td>pH</td><td>8</td><td>9</td><td>8</td></tr>
<tr><td>溶解氧 (mg/L)</td><td>9.5</td><td>10.8</td><td>11.5</td></tr>
<tr><td>高锰酸盐指数 (mg/L)</td><td>3.2</td><td>3.4</td><td>3.8</td></tr>
<tr><td>化学需氧量 (mg/L)</td><td>12</td><td>13</td><td>16</td></tr>
<tr><td>氨氮 (mg/L)</td><td>0.59</td><td>0.48</td><td>0.07</td></tr>
<tr><td>总磷 (mg/L)</td><td>0.11</td><td>0.12</td><td>0.04</td></tr>
<tr><td>总氮 (mg/L)</td><td>2.56</td><td>2.07</td><td>0.35</td></tr>
<tr><td>监测结果 (单因子评价)</td><td>Ⅲ</td><td>Ⅲ</td><td>Ⅲ</td></tr>
</table></body></html>`
	r := register(t, "汶水路桥 Ⅴ", "共和新路桥 Ⅴ", "江场西路1550号 Ⅲ")
	r.Sections[2].Items = []water.Item{water.COD}
	b := read(t, r, "月报.html", []byte(text), "")
	readings, faults := lines(t, r, b)
	require.Empty(t, faults, "what is printed is what its concentrations come to")
	require.Equal(t, []string{
		"汶水路桥 2024-02 month Ⅲ pH=8 DO=9.5 CODMn=3.2 COD=12 NH3-N=0.59 TP=0.11 TN=2.56",
		"共和新路桥 2024-02 month Ⅲ pH=9 DO=10.8 CODMn=3.4 COD=13 NH3-N=0.48 TP=0.12 TN=2.07",
		"江场西路1550号 2024-02 month Ⅲ pH=8 DO=11.5 CODMn=3.8 COD=16 NH3-N=0.07 TP=0.04 TN=0.35",
	}, readings)
	b = read(t, r, "月报.html", []byte(strings.Replace(text, "<td>0.59</td>", "<td>1.9</td>", 1)), "")
	_, faults = lines(t, r, b)
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "汶水路桥 2024-02：表上是Ⅲ类，按表上的浓度评为Ⅴ类（氨氮 1.9）")
	require.Zero(t, b.Bad(), "a person decides which is right")
}

// workbook is a workbook of one sheet.
func workbook(t *testing.T, sheet string, rows [][]any, merged ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	require.NoError(t, f.SetSheetName("Sheet1", sheet))
	for i, row := range rows {
		require.NoError(t, f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
	}
	for _, m := range merged {
		from, to, _ := strings.Cut(m, ":")
		require.NoError(t, f.MergeCell(sheet, from, to))
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	return out.Bytes()
}

// The month and the year so far side by side, last year beside each, under a heading of
// two rows.
func TestMonthAndYearSideBySide(t *testing.T) {
	t.Parallel()
	rows := [][]any{
		{"晋城市2021年5月地表水水质通报"},
		{"序号", "考核县", "断面名称", "断面级别", "水质目标", "5月", "", "", "1-5月", "", ""},
		{"", "", "", "", "", "水质类别", "上年同期", "超标项目（超标倍数）", "水质类别", "上年同期", "超标项目（超标倍数）"},
		{1, "泽州县", "后寨", "国考", "Ⅲ类", "IV", "Ⅲ", "氨氮（0.3）", "3类", "Ⅲ类", "/"},
		{2, "沁水县", "郑庄", "市考", "Ⅲ", "断流", "2类", "", "Ⅱ", "II", ""},
		{3, "阳城县", "芦苇河", "市考", "Ⅲ", "劣V类", "结冰未监测", "总磷(1.5)、氨氮", "Ⅳ（总磷0.2）", "—", ""},
		{"注：后寨断面由国家站监测。"},
	}
	r := register(t, "后寨 Ⅲ", "郑庄 Ⅲ", "芦苇河 Ⅲ")
	want := []string{
		"后寨 2021-05 month Ⅳ NH3-N/0.3", "后寨 2020-05 month Ⅲ", "后寨 2021-05 year Ⅲ", "后寨 2020-05 year Ⅲ",
		"郑庄 2021-05 month dry", "郑庄 2020-05 month Ⅱ", "郑庄 2021-05 year Ⅱ", "郑庄 2020-05 year Ⅱ",
		"芦苇河 2021-05 month 劣Ⅴ TP/1.5 NH3-N", "芦苇河 2020-05 month frozen", "芦苇河 2021-05 year Ⅳ TP/0.2",
	}
	merged := []string{"F2:H2", "I2:K2", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "A1:K1", "A7:K7"}
	b := read(t, r, "5月.xlsx", workbook(t, "月报", rows, merged...), "")
	readings, faults := lines(t, r, b)
	require.Empty(t, faults)
	require.Equal(t, want, readings)
	require.Equal(t, "5月.xlsx 月报 H4", b.Readings[0].Sources[water.FieldOver])
	require.Equal(t, []string{"注：后寨断面由国家站监测。"}, b.Aside)

	one := [][]any{ // the same in a heading of one row, the month said at the call
		{"断面名称", "本月水质类别", "上年同月", "主要超标项目/超标倍数", "1-5月水质类别", "上年同期"},
		{"后寨", "IV", "Ⅲ", "氨氮/0.3", "3类", "Ⅲ类"}, {"郑庄断面", "断流", "2类", "", "Ⅱ", "II"},
	}
	readings, faults = lines(t, r, read(t, r, "a.xlsx", workbook(t, "Sheet1", one), "2021-05"))
	require.Empty(t, faults)
	require.Equal(t, want[:8], readings)
}

// Concentrations of several months in one long table, as programs write it.
func TestALongTable(t *testing.T) {
	t.Parallel()
	text := "断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L),浊度(NTU)\n" +
		"后寨,Apr-21,Ⅲ,15,7.9,8.2,3.1,0.61,0.05,12\n后寨,2021-05,,18,8.1,7.5,2.2,0.12,0.01L,9\n郑庄,2021年4月,停测,,,,,,,\n"
	r := register(t, "后寨 Ⅲ", "郑庄 Ⅲ")
	b := read(t, r, "站.csv", []byte("\ufeff"+text), "")
	readings, faults := lines(t, r, b)
	require.Empty(t, faults)
	require.Equal(t, []string{"后寨 2021-04 month Ⅲ WT=15 pH=7.9 DO=8.2 CODMn=3.1 NH3-N=0.61 TP=0.05",
		"后寨 2021-05 month WT=18 pH=8.1 DO=7.5 CODMn=2.2 NH3-N=0.12 TP=0.01L", "郑庄 2021-04 month suspended"}, readings)
	require.Equal(t, []string{"浊度(NTU)"}, b.Aside, "a column that is not of the standard is told")
}

// Every bad cell is named once, and hides no other.
func TestEachBadCellIsNamed(t *testing.T) {
	t.Parallel()
	rows := [][]any{
		{"断面名称", "水质目标", "本月水质类别", "氨氮", "超标项目"},
		{"后寨", "Ⅳ", "Ⅵ", "0.5*", "浊度/2"},
		{"后塞", "Ⅲ", "Ⅲ", "", ""},
		{"", "", "Ⅲ", "0.3", ""},
		{"郑庄", "Ⅲ", "Ⅱ", 0.3, ""},
		{"郑庄", "Ⅲ", "Ⅲ", 0.3, ""},
		{"芦苇河", "Ⅲ", "Ⅲ", 0.3, "无"},
	}
	r := register(t, "后寨 Ⅲ", "郑庄 Ⅲ", "芦苇河 Ⅲ")
	b := read(t, r, "a.xlsx", workbook(t, "表1", rows), "2021-05")
	readings, faults := lines(t, r, b)
	require.Equal(t, []string{"郑庄 2021-05 month Ⅱ NH3-N=0.3", "芦苇河 2021-05 month Ⅲ NH3-N=0.3"}, readings)
	require.Equal(t, []string{
		"表1 B2：警告：后寨 2021 年目标：表上是 Ⅳ，登记表是 Ⅲ；请核对",
		"表1 C2：“Ⅵ”不是水质类别；请写 Ⅰ 至 Ⅴ、劣Ⅴ，或断流、结冰、未监测、停测",
		"表1 D2：“0.5*”不是氨氮的浓度；请写数字，低于检出限写 0.01L，没有数据留空",
		"表1 E2：“浊度/2”看不懂；超标项目请写成 氨氮/1.3、总磷(0.6)",
		"表1 A3：登记表里没有断面“后塞”，是否指 后寨；请改正，或在登记表里补上断面或别名",
		"表1 A4：这一行没有断面名称；请补上",
		"表1 C6：2021-05 的同一数据写了两次而不相同：Ⅱ（a.xlsx 表1 C5）和 Ⅲ；请改正一处",
	}, faults)
	require.NotZero(t, b.Bad())
}

func TestOfWhichMonth(t *testing.T) {
	t.Parallel()
	r := register(t, "后寨 Ⅲ")
	table := func(title string, heads ...any) []byte {
		row := []any{"后寨"}
		for range heads {
			row = append(row, "Ⅲ")
		}
		return workbook(t, "Sheet1", [][]any{{title}, append([]any{"断面名称"}, heads...), row})
	}
	for _, c := range []struct {
		title, month string
		heads        []any
		want         string
	}{
		{"水质月报", "", []any{"水质类别"}, "看不出是哪一月的数据"},
		{"2021年5月水质月报", "", []any{"水质类别"}, "后寨 2021-05 month Ⅲ"},
		{"2021年5月水质月报", "2021-06", []any{"水质类别"}, "标题写的是 2021-05，而要导入的是 2021-06；请核对"},
		{"2021年1—5月水质状况", "", []any{"水质类别"}, "后寨 2021-05 year Ⅲ"},
		{"2021年5月及1-5月水质状况", "", []any{"5月", "1-5月"}, "后寨 2021-05 month Ⅲ|后寨 2021-05 year Ⅲ"},
		{"2021年5月水质", "", []any{"本月", "上月", "1-5月累计"}, "后寨 2021-05 month Ⅲ|后寨 2021-04 month Ⅲ|后寨 2021-05 year Ⅲ"},
		{"2021年5月水质", "", []any{"4月水质类别"}, "表头“4月水质类别”与本表的月份（应为 2021-05）对不上"},
		{"2021年5月水质", "", []any{"2021年5月水质类别", "2020年5月水质类别（上年同期）"}, "后寨 2021-05 month Ⅲ|后寨 2020-05 month Ⅲ"},
		{"制表日期：2021年6月5日", "", []any{"水质类别"}, "看不出是哪一月的数据"},
		{"填报时间 2021-06-05", "", []any{"水质类别"}, "看不出是哪一月的数据"},
		{"2021/6/5", "2021-05", []any{"水质类别"}, "后寨 2021-05 month Ⅲ"},
		{"2021年5月水质月报（2021年6月5日印发）", "", []any{"水质类别"}, "后寨 2021-05 month Ⅲ"},
		{"印发日期：2021年6月5日 水质月报 2021年5月", "", []any{"水质类别"}, "后寨 2021-05 month Ⅲ"},
		{"2021年1月水质", "", []any{"本月", "上月"}, "后寨 2021-01 month Ⅲ|后寨 2020-12 month Ⅲ"},
	} {
		readings, faults := lines(t, r, read(t, r, "x.xlsx", table(c.title, c.heads...), c.month))
		require.Contains(t, strings.Join(slices.Concat(readings, faults), "|"), c.want, c.title)
		require.Len(t, readings, strings.Count(c.want, "后寨 2"), c.title)
	}
}

// What is in place of one value is not said of the section.
func TestAnItemThatWasNotMeasured(t *testing.T) {
	t.Parallel()
	r := register(t, "后寨 Ⅲ", "郑庄 Ⅲ", "芦苇河 Ⅲ")
	csv := func(rows string) (readings, faults []string) {
		return lines(t, r, read(t, r, "a.csv", []byte("2021年5月\n断面名称,氨氮,水质类别,总磷\n"+rows), ""))
	}
	readings, faults := csv("后寨,未监测,Ⅲ,0.05\n郑庄,未监测,结冰,停测\n芦苇河,未测出,Ⅱ,未测\n")
	require.Empty(t, faults)
	require.Equal(t, []string{"后寨 2021-05 month Ⅲ TP=0.05", "郑庄 2021-05 month frozen", "芦苇河 2021-05 month Ⅱ NH3-N=ND"}, readings)
	readings, faults = csv("后寨,未监测,,未监测\n郑庄,断流,,断流\n")
	require.Empty(t, faults)
	require.Equal(t, []string{"后寨 2021-05 month unmonitored", "郑庄 2021-05 month dry"}, readings)
	_, faults = csv("后寨,断流,Ⅲ,0.05\n郑庄,0.3,断流,0.05\n芦苇河,,劣Ⅴ（断流）,\n")
	require.Equal(t, []string{
		"B3：2021-05 的同一数据写了两次而不相同：0.05（a.csv D3）和 断流；请改正一处",
		"C4：2021-05 的同一数据写了两次而不相同：0.3（a.csv B4）和 断流；请改正一处",
		"C5：“劣Ⅴ（断流）”不是水质类别；请写 Ⅰ 至 Ⅴ、劣Ⅴ，或断流、结冰、未监测、停测",
	}, faults)
}

// A file that another one is brought in with is held against it.
func TestTwoFilesOfOneMonth(t *testing.T) {
	t.Parallel()
	r := register(t, "后寨 Ⅲ", "郑庄 Ⅲ")
	two := func(first, second string) bulletin.Bulletin {
		head := "2021年5月\n断面名称,水质类别,氨氮\n"
		b := read(t, r, "1.csv", []byte(head+first), "")
		b, err := bulletin.Read(t.Context(), intake.Source{Name: "2.csv", Data: []byte(head + second)}, bulletin.Options{Register: r, Before: b.Readings})
		require.NoError(t, err)
		return b
	}
	readings, faults := lines(t, r, two("后寨,Ⅲ,1.5\n", "后寨,Ⅲ,1.5\n郑庄,Ⅱ,0.3\n"))
	require.Equal(t, []string{"后寨 2021-05 month Ⅲ NH3-N=1.5", "郑庄 2021-05 month Ⅱ NH3-N=0.3"}, readings)
	require.Empty(t, faults, "what the first file was warned of is not told twice")
	_, faults = lines(t, r, two("后寨,Ⅲ,\n", "后寨,Ⅲ,1.5\n"))
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "按表上的浓度评为Ⅳ类", "the one has the class, the other what it rests on")
	b := two("后寨,Ⅲ,\n", "后寨,Ⅳ,\n")
	_, faults = lines(t, r, b)
	require.Equal(t, []string{"B3：2021-05 的同一数据写了两次而不相同：Ⅲ（1.csv B3）和 Ⅳ；请改正一处"}, faults)
}

// A cell of a megabyte is one short line, and hides no other.
func TestACellOfAMegabyte(t *testing.T) {
	t.Parallel()
	r := register(t, "后寨 Ⅲ", "郑庄 Ⅲ")
	long := strings.Repeat("长", 350_000)
	b := read(t, r, "a.csv", []byte("2021年5月\n断面名称,水质类别,氨氮,超标项目\n"+long+",Ⅲ,,\n后寨,"+long[:300_000]+",9"+strings.Repeat("9", 100_000)+","+strings.Repeat("氨氮/1.3、", 20_000)+"\n郑庄,Ⅱ,,\n"), "")
	readings, faults := lines(t, r, b)
	require.Equal(t, []string{"郑庄 2021-05 month Ⅱ"}, readings)
	require.Len(t, faults, 4)
	for _, line := range faults {
		require.Less(t, len([]rune(line)), 200, line[:100])
	}
}

func TestNoTable(t *testing.T) {
	t.Parallel()
	r := register(t, "后寨 Ⅲ")
	_, faults := lines(t, r, read(t, r, "x.csv", []byte("单位,联系人\n水务局,王敏\n"), "2021-05"))
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "没有找到断面水质表")
	_, err := bulletin.Read(t.Context(), intake.Source{Name: "x.png", Data: []byte("\x89PNG....")}, bulletin.Options{Register: r})
	var no *intake.Refusal
	require.ErrorAs(t, err, &no)
}

// Bulletins of other cities, brought in and judged: what they state comes out.
func TestWhatPublishedBulletinsState(t *testing.T) {
	t.Parallel()
	month := func(r *water.Register, text, of string) []water.Row {
		b := read(t, r, "通报.csv", []byte(text), "")
		require.Zero(t, b.Bad())
		m, err := water.ReadMonth(of)
		require.NoError(t, err)
		return water.Table(r, b.Readings, m)
	}
	// 忻州市2023年3月，忻污防办发〔2023〕9号: 14 national sections, 13 of Ⅰ to Ⅲ, one of Ⅴ.
	var sections []string
	text := "2023年3月国考断面水质状况\n断面名称,水质类别\n"
	for _, one := range strings.Fields("坪上桥Ⅰ 碛塄Ⅰ 杜里村Ⅰ 梵王寺Ⅰ 关河口Ⅱ 下茹越Ⅱ 雷家坪Ⅱ 河西村Ⅱ 花园子Ⅲ 川胡屯Ⅲ 南庄Ⅲ 代县桥Ⅲ 定襄桥Ⅲ 陈家营Ⅴ") {
		runes := []rune(one)
		name, class := string(runes[:len(runes)-1]), string(runes[len(runes)-1])
		sections, text = append(sections, name), text+name+","+class+"\n"
	}
	sum := water.SumOf(month(register(t, sections...), text, "2023-03"), water.OfMonth)
	require.Equal(t, []any{14, 14, 13, 0, map[string]int{"Ⅰ": 4, "Ⅱ": 4, "Ⅲ": 5, "Ⅴ": 1}, water.Excellent}, []any{sum.Of, sum.Known, sum.Good, sum.Worse, sum.Classes, sum.River.Grade})

	// 广东省2016年4月: class, target, and what was printed as reached.
	type printed struct{ name, target, class, ago, met, over string }
	table := []printed{
		{"乌洲", "Ⅱ", "Ⅱ", "Ⅱ", "达标", ""}, {"平洲", "Ⅲ", "Ⅲ", "Ⅲ", "达标", ""}, {"上垟", "Ⅲ", "劣Ⅴ", "Ⅴ", "未达标", "总磷/0.6、氨氮/0.3"},
	}
	sections, text = nil, "2016年4月跨市河流交接断面水质状况\n交接断面,水质控制目标,水质类别,上年同期水质类别,达标,主要超标项目\n"
	for _, p := range table {
		sections, text = append(sections, p.name+" "+p.target), text+strings.Join([]string{p.name, p.target, p.class, p.ago, p.met, p.over}, ",")+"\n"
	}
	for i, row := range month(register(t, sections...), text, "2016-04") {
		want := map[string]water.Outcome{"达标": water.Met, "未达标": water.Missed}[table[i].met]
		require.Equal(t, want, row.Month.Outcome, table[i].name)
	}
}

// Tables of outlets are told from those of sections by what they name, in one file too; their limits,
// types and judgements say nothing, and 未排放 is a state.
func TestATableOfOutlets(t *testing.T) {
	t.Parallel()
	sections := register(t, "润城 Ⅲ", "尉迟 Ⅲ")
	outlets := &water.Register{Sections: []water.Section{{ID: water.PlaceOfOutlet("a"), Name: "一号入河排污口", Aliases: []string{"A-1"}}, {ID: water.PlaceOfOutlet("b"), Name: "城北污水处理厂"}}}
	both := &water.Register{Sections: append(append([]water.Section{}, sections.Sections...), outlets.Sections...)}
	run := func(name string, data []byte) (readings, faults []string) {
		b, err := bulletin.Read(t.Context(), intake.Source{Name: name, Data: data}, bulletin.Options{Register: sections, Outlets: outlets})
		require.NoError(t, err)
		readings, faults = lines(t, both, b)
		for i, is := range b.Readings {
			if v, ok := is.Values[water.Solids]; ok {
				readings[i] += " SS=" + v.String()
			}
		}
		return readings, faults
	}
	readings, faults := run("5月.csv", []byte("\ufeff2021年5月入河排污口监测结果\n序号,排污口名称,排污口类型,断面名称,化学需氧量(mg/L),化学需氧量标准限值,氨氮,悬浮物,评价结果\n1,一号入河排污口,混合,润城,41,50,0.5L,9,达标\n2,城北污水处理厂,污水,尉迟,,,,,未排放\n"))
	require.Empty(t, faults)
	require.Equal(t, []string{"一号入河排污口 2021-05 month COD=41 NH3-N=0.5L SS=9", "城北污水处理厂 2021-05 month dry"}, readings)

	f := excelize.NewFile()
	for sheet, rows := range map[string][][]any{"断面": {{"断面名称", "水质类别"}, {"润城", "Ⅲ"}}, "排口": {{"监测点位", "化学需氧量", "", "悬浮物", ""}, {"", "监测值", "标准限值", "监测值", "标准限值"}, {"A-1", 38, 50, 7, 10}}} {
		_, err := f.NewSheet(sheet)
		require.NoError(t, err)
		for i, row := range rows {
			require.NoError(t, f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
		}
	}
	require.NoError(t, f.DeleteSheet("Sheet1"))
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	readings, faults = run("2021年6月.xlsx", out.Bytes())
	require.Empty(t, faults)
	slices.Sort(readings)
	require.Equal(t, []string{"一号入河排污口 2021-06 month COD=38 SS=7", "润城 2021-06 month Ⅲ"}, readings)

	readings, faults = run("a.csv", []byte("2021年5月\n排污口名称,化学需氧量\n一号排污口,4x\n城北污水处理厂,4x\n"))
	require.Empty(t, readings)
	require.Len(t, faults, 2)
	require.Contains(t, faults[0], "排污口登记里没有“一号排污口”")
	require.Contains(t, faults[1], "“4x”不是化学需氧量的浓度")
}

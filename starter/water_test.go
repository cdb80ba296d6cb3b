package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

const mayTable = `晋城市2021年5月地表水水质
断面名称,水质目标,水质类别,上年同期,主要超标项目,氨氮(mg/L),1-5月水质类别
寺底南桥,Ⅴ,劣Ⅴ,Ⅴ,氨氮/0.585,3.17,Ⅴ
郑庄,Ⅲ,劣Ⅴ,Ⅲ,氨氮(1.12),2.12,Ⅳ
后寨,省定,Ⅳ,Ⅲ,,,Ⅲ
芦苇河,Ⅲ,断流,,,,
`

// The office brings a month's table in, sees it as it is published, corrects a value, and
// every value leads to the cell that it is from.
func TestMonthlyDataOfSections(t *testing.T) {
	t.Parallel()
	d, _, _ := seededDesk(t)
	accounts, err := os.ReadFile(filepath.Join("..", "seeds", "jincheng-2021-water", "accounts.yaml"))
	require.NoError(t, err)
	d.hands(string(accounts))
	errs := &strings.Builder{}
	d.err = errs
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte("\ufeff"+text), 0o600))
		return path
	}
	require.Contains(t, d.say("water", "show"), "还没有断面水质数据")

	file := write("5月.csv", mayTable)
	_, err = d.says("water", "import", file)
	require.ErrorContains(t, err, "--as")
	_, err = d.says("water", "import", file, "--as", "zezhou")
	require.ErrorContains(t, err, "只有“市水污染防治工作领导小组办公室”可以导入")
	said := d.say("water", "import", file, "--as", "jiance") // who owes the data
	require.Contains(t, said, "已入账：新增 10 条，补充 0 条，更正 0 个值；0 条与台账相同")
	require.Contains(t, d.say("water", "import", file, "--as", "shuizhiban"), "新增 0 条，补充 0 条，更正 0 个值；10 条与台账相同")
	require.Contains(t, d.say("water", "import", file, file, "--as", "shuizhiban"), "10 条与台账相同")
	require.Empty(t, errs.String())

	said = d.say("water", "show")
	require.Contains(t, said, "2021年5月地表水断面水质情况")
	for _, line := range []string{
		"│ 寺底南桥     │ 开发区管委会   │          │ 市考 │ Ⅴ类            │ 劣Ⅴ     │ 氨氮(0.59)",
		"│ 郑庄         │ 沁水县人民政府 │ 沁河     │ 市考 │ Ⅲ类            │ 劣Ⅴ     │ 氨氮(1.12)",
		"│ 后寨         │ 泽州县人民政府 │ 丹河     │ 国考 │ 省定（待补录） │ Ⅳ       │",
		"│ 芦苇河       │ 阳城县人民政府 │ 芦苇河   │ 市考 │ Ⅲ类            │ 断流",
		"本月：断面 22 个，有类别 3 个；优良（Ⅰ—Ⅲ类）0 个，占 0%；劣Ⅴ类 2 个，占 66.7%；达标 0 个，超标 2 个；未报 18 个",
		"同比变差 3 个类别",
	} {
		require.Contains(t, squeeze(said), squeeze(line))
	}

	wrong := write("5月改.csv", strings.Replace(mayTable, "2.12,Ⅳ", "1.12,Ⅳ", 1))
	said, err = d.says("water", "import", wrong, "--as", "shuizhiban")
	require.ErrorContains(t, err, "有 1 个值与台账不同，一条也没有入账")
	require.Contains(t, squeeze(said), squeeze("│ 郑庄 │ 2021-05 │ 氨氮 │ 2.12  │ 1.12 │ 5月改.csv F4"))
	_, err = d.says("water", "import", wrong, "--correct", "--as", "shuizhiban")
	require.ErrorContains(t, err, "更正要写明理由")
	require.Contains(t, d.say("water", "import", wrong, "--correct", "-m", "抄错一位", "--as", "shuizhiban"), "更正 1 个值")
	said = d.say("water", "show", "郑庄")
	require.Contains(t, said, "更正 氨氮：2.12 → 1.12（抄错一位，shuizhiban）")
	require.Contains(t, said, "5月改.csv")
	require.Contains(t, d.say("ledger", "verify", "--full"), "断面水质数据 10", "what came in is proven by the chain")

	require.Contains(t, d.say("water", "import", write("累计.csv", "2021年1-5月\n断面名称,水质类别,超标项目\n郑庄,断流,\n寺底南桥,Ⅴ,总磷/0.2\n"), "--correct", "-m", "河道断流", "--as", "shuizhiban"), "更正 1 个值")
	require.Contains(t, d.say("water", "import", write("累计.csv", "2021年1-5月\n断面名称,水质类别,超标项目\n寺底南桥,Ⅴ,总磷/0.3、氨氮\n"), "--correct", "-m", "复核", "--as", "shuizhiban"), "更正 1 个值")
	require.Contains(t, d.say("water", "show", "郑庄"), "更正 水质类别（累计）：Ⅳ → —（河道断流，shuizhiban）")
	require.Contains(t, d.say("water", "show", "寺底南桥"), "更正 超标项目（累计）：总磷(0.2) → 总磷(0.3)、氨氮（复核，shuizhiban）")
	require.Contains(t, squeeze(d.say("water", "import", write("累计.csv", "2021年1-5月\n断面名称,水质类别\n郑庄,Ⅳ\n"), "--correct", "-m", "误报", "--as", "shuizhiban")), "│郑庄│2021-05（累计）│状态│断流│—│")

	one, other := write("4月.csv", "2021年4月\n断面名称,氨氮\n郑庄,0.5\n"), write("4月又.csv", "2021年4月\n断面名称,氨氮\n郑庄,0.6\n")
	for _, args := range [][]string{nil, {"--correct", "-m", "更正"}} { // neither of two files corrects the other
		errs.Reset()
		_, err = d.says(append([]string{"water", "import", one, other, "--as", "shuizhiban"}, args...)...)
		require.ErrorIs(t, err, errSaid)
		require.Contains(t, errs.String(), "4月又.csv B3：2021-04 的同一数据写了两次而不相同：0.5（4月.csv B3）和 0.6；请改正一处")
	}

	bad := write("6月.csv", "2021年6月\n断面名称,水质类别,氨氮\n郑庄,Ⅵ,0.5*\n郑家庄,Ⅲ,0.5\n")
	errs.Reset()
	_, err = d.says("water", "import", bad, "--as", "shuizhiban")
	require.ErrorIs(t, err, errSaid)
	require.Equal(t, []string{
		"6月.csv B3：“Ⅵ”不是水质类别；请写 Ⅰ 至 Ⅴ、劣Ⅴ，或断流、结冰、未监测、停测",
		"6月.csv C3：“0.5*”不是氨氮的浓度；请写数字，低于检出限写 0.01L，没有数据留空",
		"6月.csv A4：登记表里没有断面“郑家庄”，是否指 郑庄；请改正，或在登记表里补上断面或别名",
		"有 3 处要改，一条也没有入账；改好后再导入",
	}, strings.Split(strings.TrimSpace(errs.String()), "\n"))
	require.Contains(t, d.say("water", "show"), "2021年5月")

	var month struct {
		Month string
		Rows  []struct{ Month struct{ Class string } }
	}
	d.format = "table"
	require.NoError(t, json.Unmarshal([]byte(d.say("water", "show", "--month", "2020年5月", "-o", "json")), &month))
	require.Equal(t, "2020-05", month.Month)
	require.Equal(t, "Ⅴ", month.Rows[11].Month.Class)
	d.format = "table"

	out := filepath.Join(folder, "out.xlsx")
	require.Contains(t, d.say("water", "export", "--month", "2021-05", "-f", out), "已存为")
	book, err := excelize.OpenFile(out)
	require.NoError(t, err)
	defer book.Close()
	for cell, want := range map[string]string{"A1": "2021年5月地表水断面水质情况", "C4": "断面", "C16": "寺底南桥", "G16": "劣Ⅴ", "C26": "郑庄", "J26": "Ⅲ"} {
		value, err := book.GetCellValue(book.GetSheetName(0), cell)
		require.NoError(t, err)
		require.Equal(t, want, value, cell)
	}
	_, err = d.says("water", "show", "--month", "五月")
	require.ErrorContains(t, err, "“五月”不是年月")
	_, err = d.says("water", "show", "没有这个")
	require.ErrorContains(t, err, "登记表里没有这个断面")
}

// A plan without sections sees nothing of it.
func TestAPlanWithoutSections(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	for _, args := range [][]string{{"water", "show"}, {"water", "show", "郑庄"}, {"water", "export", "-f", "-"}, {"water", "import", "water_test.go", "--as", "office.zhao"}} {
		_, err := f.says(args...)
		require.Error(t, err, args)
		require.NotContains(t, err.Error(), "ledger:", args)
	}
	_, err := f.says("water", "show")
	require.ErrorContains(t, err, "没有带断面登记表的计划")
}

// squeeze takes the spaces out, so that a table's widths do not matter.
func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

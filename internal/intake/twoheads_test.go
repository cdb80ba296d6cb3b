package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/internal/plan"
)

// TestHeadersOfTwoRows holds that tables whose header has merged cells above and their
// parts below are read, in two rows and in three, as text with tabs, as a sheet and as a
// table of Word with cells merged.
func TestHeadersOfTwoRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows []string
		want []string
	}{
		"units and times": {[]string{
			"序号|任务|责任||时间|",
			"||牵头单位|配合单位|启动时间|完成时间",
			"1|东湖清淤|市水务局|市财政局|2022年4月|2022年9月底",
			"2|西闸改造|市住建局|市财政局|2022年5月|2022年10月底",
		}, []string{"2022-09-30 | 市水务局 | 东湖清淤", "2022-10-31 | 市住建局 | 西闸改造"}},
		"steps of a project": {[]string{
			"序号|项目名称|建设内容|完成时限||责任单位|",
			"|||开工|竣工|牵头|配合",
			"1|东湖清淤|清淤20万方|2022年4月底|2022年9月底|市水务局|市财政局",
			"2|西闸改造|改造闸门3扇|2022年5月底|2022年10月底|市住建局|市财政局",
		}, []string{"2022-04-30 | 市水务局 | 东湖清淤", "2022-09-30 | 市水务局 | 东湖清淤", "2022-05-31 | 市住建局 | 西闸", "2022-10-31 | 市住建局 | 西闸"}},
		"an amount and a limit of each matter": {[]string{
			"县（市、区）|新建泵站||改造管网|",
			"|数量（座）|完成时限|长度（公里）|完成时限",
			"东河县|2|2022年8月底|30|2022年10月底",
			"西山区|1|2022年9月底|20|2022年11月底",
		}, []string{"2022-08-31 | 东河县人民政府 | 新建泵站2座", "2022-09-30 | 西山区人民政府 | 新建泵站1座", "2022-10-31 | 东河县人民政府 | 改造管网30公里", "2022-11-30 | 西山区人民政府 | 改造管网20公里"}},
		"two years": {[]string{
			"单位|2022年目标任务||2023年目标任务|",
			"|改造小区（个）|完成时间|改造小区（个）|完成时间",
			"东河县|20|9月底|30|10月底",
			"西山区|30|11月底|40|8月底",
		}, []string{"2022-09-30 | 东河县人民政府 | 改造小区20个", "2022-11-30 | 西山区人民政府 | 改造小区30个", "2023-10-31 | 东河县人民政府 | 改造小区30个", "2023-08-31 | 西山区人民政府 | 改造小区40个"}},
		"a unit of each quarter": {[]string{
			"序号|工作任务|一季度||二季度|",
			"||内容|责任单位|内容|责任单位",
			"1|东湖清淤|完成招标|市水务局|完成清淤|市水务局",
			"2|西闸改造|完成设计|市住建局|完成主体|市城管局",
		}, []string{"2022-03-31 | 市水务局 | 招标", "2022-03-31 | 市住建局 | 设计", "2022-06-30 | 市水务局 | 清淤", "2022-06-30 | 市城管局 | 主体"}},
		"problems": {[]string{
			"序号|整改问题||整改要求|",
			"|类别|具体问题|责任单位|时限",
			"1|水污染|东湖污水直排|市生态环境局|2022年6月底",
			"2|水污染|西闸漏水|市水务局|2022年7月底",
		}, []string{"2022-06-30 | 市生态环境局 | 东湖污水直排", "2022-07-31 | 市水务局 | 西闸漏水"}},
		"three rows, half-years of two years": {[]string{
			"序号|工作任务|推进计划||||责任单位",
			"||2022年||2023年||",
			"||上半年|下半年|上半年|下半年|",
			"1|东湖清淤|完成招标|完成清淤|完成绿化|完成验收|市水务局",
			"2|西闸改造|完成设计|主体完工|设备安装|投入运行|市住建局",
		}, []string{"2022-06-30 | 市水务局 | 招标", "2022-12-31 | 市水务局 | 清淤", "2023-06-30 | 市水务局 | 绿化", "2023-12-31 | 市住建局 | 投入运行"}},
		"three rows, units and times": {[]string{
			"序号|工作任务|责任分工|||时间要求|",
			"||责任单位||监督单位|时间节点|",
			"||牵头单位|配合单位||启动时间|完成时间",
			"1|东湖清淤|市水务局|市财政局|市纪委监委|2022年4月|2022年9月底",
			"2|西闸改造|市住建局|市财政局|市纪委监委|2022年5月|2022年10月底",
		}, []string{"2022-09-30 | 市水务局 | 东湖清淤", "2022-10-31 | 市住建局 | 西闸改造"}},
		"three rows, amounts and limits": {[]string{
			"县（市、区）|年度任务||||",
			"|新建泵站||改造管网||备注",
			"|数量（座）|完成时限|长度（公里）|完成时限|",
			"东河县|2|2022年8月底|30|2022年10月底|",
			"西山区|1|2022年9月底|20|2022年11月底|",
		}, []string{"2022-08-31 | 东河县人民政府 | 新建泵站2座", "2022-09-30 | 西山区人民政府 | 新建泵站1座", "2022-10-31 | 东河县人民政府 | 改造管网30公里", "2022-11-30 | 西山区人民政府 | 改造管网20公里"}},
		"heads that name nothing above": {[]string{
			"项目||实施计划||",
			"名称|地点|措施|单位|时间",
			"东湖清淤|东河县|清淤20万方|市水务局|2022年9月底",
			"西闸改造|西山区|改造闸门3扇|市住建局|2022年10月底",
		}, []string{"2022-09-30 | 市水务局 | 东湖清淤", "2022-10-31 | 市住建局 | 西闸改造"}},
	} {
		heads := 2
		if strings.HasPrefix(name, "three rows") {
			heads = 3
		}
		for _, as := range []string{"txt", "xlsx", "docx"} {
			t.Run(name+" "+as, func(t *testing.T) {
				data := []byte("清源市2022年河湖治理工作方案\n附件：任务分解表\n" + strings.ReplaceAll(strings.Join(c.rows, "\n"), "|", "\t") + "\n")
				switch as {
				case "xlsx":
					data = mergedSheet(t, c.rows, heads)
				case "docx":
					data = mergedWord(t, c.rows, heads)
				}
				d := everyTimeAccounted(t, Source{Name: "x." + as, Data: data}, "2022-01-05")
				p := loadDraft(t, d)
				var got []string
				for _, k := range p.Tasks {
					got = append(got, fmt.Sprintf("%s | %s | %s %s", k.Due, p.Directory.Name(k.Lead), k.Title, k.Source))
				}
				for _, w := range c.want {
					if !slices.ContainsFunc(p.Tasks, func(k plan.Task) bool { return matchesWant(p, k, w) }) {
						t.Errorf("no %q among\n%s", w, strings.Join(got, "\n"))
					}
				}
			})
		}
	}
}

// area is a cell of a header with the columns and rows that it is merged over.
type area struct{ wide, high int }

// boxes are the cells of a header as they are merged: an empty cell of a row goes with
// the one before it where both columns have something below, else with the one above it.
func boxes(rows [][]string, heads int) map[[2]int]area {
	below := func(i, j int) bool {
		for k := i + 1; k < heads; k++ {
			if rows[k][j] != "" {
				return true
			}
		}
		return false
	}
	out := map[[2]int]area{}
	for i := range heads {
		for j := range rows[i] {
			if rows[i][j] == "" {
				continue
			}
			b := area{1, 1}
			for j+b.wide < len(rows[i]) && rows[i][j+b.wide] == "" && below(i, j) && below(i, j+b.wide) {
				b.wide++
			}
			for b.wide == 1 && i+b.high < heads && rows[i+b.high][j] == "" {
				b.high++
			}
			out[[2]int{i, j}] = b
		}
	}
	return out
}

func cellsOf(rows []string) [][]string {
	var out [][]string
	for _, r := range rows {
		out = append(out, strings.Split(r, "|"))
	}
	return out
}

// mergedSheet is a sheet of rows whose first are a header with merged cells.
func mergedSheet(t *testing.T, rows []string, heads int) []byte {
	t.Helper()
	f := excelize.NewFile()
	name := func(col, row int) string {
		s, err := excelize.CoordinatesToCellName(col+1, row+1)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cells := cellsOf(rows)
	for i, r := range cells {
		for j, v := range r {
			if err := f.SetCellValue("Sheet1", name(j, i), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for at, b := range boxes(cells, heads) {
		if b == (area{1, 1}) {
			continue
		}
		if err := f.MergeCell("Sheet1", name(at[1], at[0]), name(at[1]+b.wide-1, at[0]+b.high-1)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mergedWord is such a table in Word, with gridSpan and vMerge.
func mergedWord(t *testing.T, rows []string, heads int) []byte {
	t.Helper()
	cells := cellsOf(rows)
	merged := boxes(cells, heads)
	var b strings.Builder
	b.WriteString(wp("清源市2022年河湖治理工作方案") + wp("附件：任务分解表") + "<w:tbl>")
	goesOn := map[int]int{} // rows that a column's merged cell still covers
	for i, r := range cells {
		b.WriteString("<w:tr>")
		for j := 0; j < len(r); j++ {
			props, v := "", r[j]
			at := merged[[2]int{i, j}]
			switch {
			case at.wide > 1:
				props = fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, at.wide)
			case at.high > 1:
				props = `<w:vMerge w:val="restart"/>`
				goesOn[j] = at.high - 1
			case goesOn[j] > 0:
				props = `<w:vMerge/>`
				goesOn[j]--
			}
			b.WriteString(`<w:tc><w:tcPr>` + props + `</w:tcPr>` + wp(v) + `</w:tc>`)
			j += max(0, at.wide-1)
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
	return wordFile(t, b.String(), nil)
}

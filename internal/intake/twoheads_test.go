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
// parts below are read, as text with tabs and as a sheet with cells merged.
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
		"heads that name nothing above": {[]string{
			"项目||实施计划||",
			"名称|地点|措施|单位|时间",
			"东湖清淤|东河县|清淤20万方|市水务局|2022年9月底",
			"西闸改造|西山区|改造闸门3扇|市住建局|2022年10月底",
		}, []string{"2022-09-30 | 市水务局 | 东湖清淤", "2022-10-31 | 市住建局 | 西闸改造"}},
	} {
		for _, as := range []string{"txt", "xlsx"} {
			t.Run(name+" "+as, func(t *testing.T) {
				data := []byte("清源市2022年河湖治理工作方案\n附件：任务分解表\n" + strings.ReplaceAll(strings.Join(c.rows, "\n"), "|", "\t") + "\n")
				if as == "xlsx" {
					data = mergedSheet(t, c.rows)
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

// mergedSheet is a sheet of rows whose first two are a header: an empty cell of the
// first is merged with the one before it, an empty one of the second with the one above.
func mergedSheet(t *testing.T, rows []string) []byte {
	t.Helper()
	f := excelize.NewFile()
	name := func(col, row int) string {
		s, err := excelize.CoordinatesToCellName(col, row)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cells := make([][]string, len(rows))
	for i, r := range rows {
		cells[i] = strings.Split(r, "|")
		for j, v := range cells[i] {
			if err := f.SetCellValue("Sheet1", name(j+1, i+1), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for j := range cells[1] {
		from, to := name(j+1, 1), ""
		last := j
		for last+1 < len(cells[0]) && cells[0][last+1] == "" && cells[0][j] != "" {
			last++
		}
		switch {
		case last > j:
			to = name(last+1, 1)
		case cells[1][j] == "":
			to = name(j+1, 2)
		default:
			continue
		}
		if err := f.MergeCell("Sheet1", from, to); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

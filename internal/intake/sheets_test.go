package intake

import (
	"strings"
	"testing"
)

// TestTablesOfOffices imports workbooks in layouts that offices use.
func TestTablesOfOffices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rows [][]string
		want []string
	}{
		{"the matter is the title", [][]string{{"2021年清源市民生实事项目清单"}, {"序号", "项目名称", "建设内容", "责任单位", "完成时限"}, {"1", "公共停车位", "新增城区公共停车位300个", "市城管局", "2021年11月底前"}, {"2", "老旧小区", "改造老旧小区20个", "市住建局", "12月4日前"}},
			[]string{"2021-11-30 | 市城管局 | 新增城区公共停车位300个", "2021-12-04 | 市住建局 | 改造老旧小区20个"}},
		{"no header", [][]string{{"2021年重点任务"}, {"1", "东闸改造", "市水务局", "2021年6月底前"}, {"2", "西闸改造", "市林业局、市水务局", "2021年9月底前"}},
			[]string{"2021-06-30 | 市水务局 | 东闸改造", "2021-09-30 | 市林业局 | 西闸改造"}},
		{"scores", [][]string{{"清源市2021年考核评分表"}, {"序号", "考核内容", "分值", "评分标准", "完成时限", "责任单位"}, {"1", "河道清淤", "10", "未完成扣5分", "2021年6月底前", "市水务局"}},
			[]string{"2021-06-30 | 市水务局 | 河道清淤"}},
		{"columns of text", [][]string{{"清源市2021年任务分工"}, {"工作任务", "具体举措", "牵头单位", "配合单位"}, {"清淤", "6月底前完成清源河清淤；9月底前完成支流清淤。", "市水务局", "市财政局"}},
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清源河清淤", "2021-09-30 | 市水务局 | 清淤：完成支流清淤"}},
		{"a limit and what follows it", [][]string{{"清源市2021年问题整改清单"}, {"序号", "存在问题", "整改措施", "责任单位", "整改时限", "验收单位"}, {"1", "河道垃圾未清", "开展集中清理", "市城管局", "2021年6月底前完成，2022年长期坚持", "市河长办"}},
			[]string{"2021-06-30 | 市城管局 | 开展集中清理", "standing | 市城管局 | 开展集中清理"}},
	} {
		tasks, _, _ := office(t, c.name+".xlsx", xlsxFile(t, c.rows[0][0], c.rows[1:]))
		wantOffice(t, c.name, tasks, c.want)
	}
	d := everyTimeAccounted(t, Source{Name: "x.xlsx", Data: xlsxFile(t, "清源市2021年任务分工", [][]string{{"工作任务", "责任单位", "完成时限"}, {"清淤", "市水务局", "2021年6月底前"}})}, "2021-03-01")
	if s := d.Entries()[0].Source; !strings.Contains(s, "清淤 | 市水务局 | 2021年6月底前") {
		t.Errorf("the cells of the source run together: %q", s)
	}
}

// TestAStageIsAGroup: of a table of nodes the node is what is done, and the stage only its group.
func TestAStageIsAGroup(t *testing.T) {
	t.Parallel()
	tasks, _, _ := office(t, "nodes.csv", []byte("新城县污水处理厂建设节点计划\n序号,阶段,节点内容,责任单位,完成时间\n1,前期工作,完成初步设计批复,县发改局,2030年3月底\n2,工程施工,厂区工程开工,县城投公司,2030年6月10日\n3,试运行,全厂通水试运行,县城投公司,2030年9月底\n"))
	for i, want := range []string{"完成初步设计批复", "厂区工程开工", "全厂通水试运行"} {
		if len(tasks) != 3 || !strings.Contains(tasks[i], want) || strings.Contains(tasks[i], "阶段") {
			t.Fatalf("%v", tasks)
		}
	}
}

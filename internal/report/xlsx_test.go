package report_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

func workbook(t *testing.T, table report.Table, lang string) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteXLSX(&b, table, words.New(lang)))
	f, err := excelize.OpenReader(&b)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// sheetRows are a sheet's rows as a person sees them.
func sheetRows(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	require.NoError(t, err)
	return rows
}

func TestWorkbookHoldsTheWholeBook(t *testing.T) {
	t.Parallel()
	f := workbook(t, small(t).book(t, day(7, 1)), "zh")
	require.Equal(t, []string{"台账", "统计", "督办记录", "约谈通报"}, f.GetSheetList())

	book := sheetRows(t, f, "台账")
	require.Len(t, book, 13)
	require.Equal(t, []string{"晋城市2021年水生态环境保护行动计划督办台账"}, book[0])
	require.Equal(t, []string{"晋市政办〔2021〕9号　晋城市人民政府办公室　截至2021年7月1日"}, book[1])
	require.Equal(t, []string{"应办 6 项：办结 2 项（其中逾期办结 1 项），在办 4 项（其中逾期 2 项）；按期办结率 25.0%。另有周期性任务 1 项（按期次计入上数）、长期任务 1 项（不计时限）。"}, book[2])
	require.Equal(t, []string{"序号", "工作任务", "责任主体", "完成时限", "备注", "配合单位", "类别", "状态", "亮灯", "距时限／逾期", "进展", "最近督办日", "最近督办", "下一步日期", "下一步", "约谈通报", "出处", "编号"}, book[3])
	require.Equal(t, []string{"1", "建成丹河污水处理厂", "市水务局", "2021-06-15", "省级重点；节点：投运；以竣工验收为准", "市城市管理局、高平市人民政府",
		"任务", "在办", "红灯", "逾期12个工作日", "0% 红灯", "2021-06-30", "约谈", "2021-07-02", "召开约谈提醒", "第1次：进行中", "三（二）4", "t1"}, book[4])
	require.Equal(t, []string{"2", "=公布断面水质", "高平市人民政府", "2021-06-26", "力争完成；结果向社会公开", "",
		"任务", "在办", "红灯", "逾期4个工作日", "0% 红灯", "2021-06-25", "到期", "2021-07-02", "预警", "", "三（二）4", "t2"}, book[5])
	require.Equal(t, []string{"4", "完成雨污分流", "市城市管理局", "2021-06-18", "", "", "任务", "销号", "逾期办结", "迟3个工作日办结", "100%", "", "", "", "", "", "三（二）4", "t4"}, book[7])
	require.Equal(t, []string{"9", "持续推进节水", "市水务局", "长期", "", "", "长期任务", "在办", "", "", "", "", "", "", "", "", "三（二）4", "s1"}, book[12])

	counts := sheetRows(t, f, "统计")
	require.Equal(t, []string{"", "范围", "应办", "办结", "按期办结", "逾期办结", "在办", "逾期未办结", "到期", "按期办结率", "红灯", "黄灯", "蓝灯", "绿灯", "约谈", "撤销"}, counts[4])
	require.Equal(t, []string{"", "全部任务", "6", "2", "1", "1", "4", "2", "4", "25.0%", "2", "1", "0", "1", "1", "1"}, counts[5])
	require.Equal(t, []string{"四、按责任主体"}, counts[21])
	require.Equal(t, [][]string{
		{"—", "市城市管理局", "2", "2", "1", "1", "0", "0", "2", "50.0%", "0", "0", "0", "0", "0", "0", "0", "0"},
		{"—", "市水务局", "2", "0", "0", "0", "2", "1", "1", "0.0%", "1", "0", "0", "1", "1", "1", "0", "0"},
		{"—", "高平市人民政府", "2", "0", "0", "0", "2", "1", "1", "0.0%", "1", "1", "0", "0", "0", "0", "0", "0"},
	}, counts[23:])

	require.Equal(t, [][]string{
		{"序号", "督办时间", "督办", "工作任务", "责任主体", "完成时限", "亮灯", "对象", "渠道", "消息", "送出时间", "原定日", "编号"},
		{"1", "2021-06-22 09:00", "预警", "建成丹河污水处理厂", "市水务局", "2021-06-15", "红灯", "市水务局主要负责人", "邮件", "已送出", "2021-06-22 09:00", "", "t1"},
		{"2", "2021-06-22 09:00", "预警", "建成丹河污水处理厂", "市水务局", "2021-06-15", "红灯", "市水污染防治协调办", "邮件", "被拒收", "2021-06-22 09:00", "", "t1"},
		{"3", "2021-06-25 09:00", "到期", "=公布断面水质", "高平市人民政府", "2021-06-26", "黄灯", "高平市人民政府联络员", "邮件", "已送出", "2021-06-25 09:00", "2021-06-26", "t2"},
		{"4", "2021-06-30 09:00", "约谈", "建成丹河污水处理厂", "市水务局", "2021-06-15", "红灯", "市水污染防治领导小组", "邮件", "已送出", "2021-06-30 09:00", "", "t1"},
		{"5", "2021-06-30 09:00", "补提醒", "完成清淤", "高平市人民政府", "2021-07-06", "黄灯", "", "", "无人接收", "", "", "t6"},
	}, sheetRows(t, f, "督办记录")[3:])

	require.Equal(t, [][]string{
		{"序号", "工作任务", "被约谈单位", "完成时限", "性质", "次数", "轮次", "办理状态", "启动日期", "决定人", "送达通知书", "召开约谈", "约谈纪要", "整改方案", "落实报告", "整改核查", "编号"},
		{"1", "建成丹河污水处理厂", "市水务局", "2021-06-15", "约谈", "1", "", "进行中", "2021-06-25", "", "2021-06-28", "应于2021-07-05", "应于2021-07-08", "应于2021-08-02", "应于2021-09-01", "应于2021-09-15", "t1#1"},
	}, sheetRows(t, f, "约谈通报")[3:])
}

// The working days to the due date are a number, so that the column can be sorted; no cell
// is a formula.
func TestWorkbookSortsAndCalculatesNothing(t *testing.T) {
	t.Parallel()
	f := workbook(t, small(t).book(t, day(7, 1)), "zh")
	for cell, want := range map[string]string{"J5": "-12", "J6": "-4", "J8": "-3", "J10": "3", "J7": ""} {
		raw, err := f.GetCellValue("台账", cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Equal(t, want, raw, cell)
	}
	for _, sheet := range f.GetSheetList() {
		for y, row := range sheetRows(t, f, sheet) {
			for x := range row {
				name, err := excelize.CoordinatesToCellName(x+1, y+1)
				require.NoError(t, err)
				formula, err := f.GetCellFormula(sheet, name)
				require.NoError(t, err)
				require.Empty(t, formula, "%s %s", sheet, name)
			}
		}
	}
}

func TestWorkbookIsReadyToScrollFilterAndPrint(t *testing.T) {
	t.Parallel()
	f := workbook(t, small(t).book(t, day(7, 1)), "zh")
	panes, err := f.GetPanes("台账")
	require.NoError(t, err)
	require.Equal(t, []any{true, 2, 4, "C5"}, []any{panes.Freeze, panes.XSplit, panes.YSplit, panes.TopLeftCell})

	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	require.Equal(t, map[string]string{
		"台账 _xlnm.Print_Area": "'台账'!$A$1:$Q$13", "台账 _xlnm.Print_Titles": "'台账'!$4:$4", "台账 _xlnm._FilterDatabase": "'台账'!$A$4:$R$13",
		"统计 _xlnm.Print_Area":   "'统计'!$A$1:$R$26",
		"督办记录 _xlnm.Print_Area": "'督办记录'!$A$1:$L$9", "督办记录 _xlnm.Print_Titles": "'督办记录'!$4:$4", "督办记录 _xlnm._FilterDatabase": "'督办记录'!$A$4:$M$9",
		"约谈通报 _xlnm.Print_Area": "'约谈通报'!$A$1:$P$5", "约谈通报 _xlnm.Print_Titles": "'约谈通报'!$4:$4", "约谈通报 _xlnm._FilterDatabase": "'约谈通报'!$A$4:$Q$5",
	}, names)
	for _, sheet := range f.GetSheetList() {
		page, err := f.GetPageLayout(sheet)
		require.NoError(t, err)
		require.Equal(t, []any{9, "landscape", 1, 0}, []any{*page.Size, *page.Orientation, *page.FitToWidth, *page.FitToHeight}, sheet)
		props, err := f.GetSheetProps(sheet)
		require.NoError(t, err)
		require.True(t, *props.FitToPage, sheet)
	}
	width, err := f.GetColWidth("台账", "B")
	require.NoError(t, err)
	require.Equal(t, 30.0, width) // 巡查排污口（2021年第三季度） takes 28, and two are added
}

// Every light has a background of its own, and done late another than done.
func TestLightsAreColouredAndWorded(t *testing.T) {
	t.Parallel()
	f := workbook(t, small(t).book(t, day(7, 1)), "zh")
	got := map[string]string{}
	for _, cell := range []string{"B10", "B11", "B12", "B13", "B14", "B15"} {
		word, err := f.GetCellValue("统计", cell)
		require.NoError(t, err)
		id, err := f.GetCellStyle("统计", cell)
		require.NoError(t, err)
		style, err := f.GetStyle(id)
		require.NoError(t, err)
		got[word] = style.Fill.Color[0]
	}
	require.Equal(t, map[string]string{"红灯": "C00000", "黄灯": "FFD966", "蓝灯": "9DC3E6", "绿灯": "A9D08E", "逾期办结": "F4B183", "按期办结": "EDEDED"}, got)
}

func TestEmptyPlanIsAWorkbookToo(t *testing.T) {
	t.Parallel()
	r := small(t)
	f := workbook(t, report.Book(r.launched, nil, nil, nil, nil, day(7, 1), holidays(t)), "en")
	require.Equal(t, []string{"Ledger", "Counts", "Supervision", "Talks, circulars"}, f.GetSheetList())
	require.Equal(t, []string{"(none)"}, sheetRows(t, f, "Supervision")[4])
}

// The seeded plan in the middle of its year: every line is there.
func TestTheSeededPlan(t *testing.T) {
	t.Parallel()
	r := wholeYear(t, day(9, 15))
	table := r.book(t, day(9, 15))
	require.Len(t, table.Tasks, len(r.tasks))
	decided := 0
	for _, s := range table.Stages {
		if s.State == ledger.Decided {
			decided += len(s.Messages)
		}
	}
	require.Equal(t, len(r.notices), decided)
	for _, row := range table.Tasks {
		require.Equal(t, row.Kind == plan.Dated, row.Light != "", row.ID)
		require.Equal(t, row.Light == plan.Red, row.Overdue, row.ID)
	}
	f := workbook(t, table, "zh")
	require.Len(t, sheetRows(t, f, "台账"), 4+len(r.tasks))
	require.Len(t, sheetRows(t, f, "督办记录"), 4+len(r.notices))
	require.Len(t, sheetRows(t, f, "约谈通报"), 4+len(r.talks))
}

func BenchmarkWorkbook(b *testing.B) {
	r := wholeYear(b, day(12, 31))
	table := r.book(b, day(12, 31))
	for b.Loop() {
		var out bytes.Buffer
		if err := report.WriteXLSX(&out, table, words.New("zh")); err != nil {
			b.Fatal(err)
		}
	}
}

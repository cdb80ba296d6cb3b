package intake

import (
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestWhatIsCrossedOutIsNoTask: struck cells and words of a workbook and rows that
// are hidden are not read, and are told.
func TestWhatIsCrossedOutIsNoTask(t *testing.T) {
	t.Parallel()
	tasks, unread, _ := office(t, "struck.xlsx", sheetWith(t, func(x *excelize.File) {
		strike, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range [][]any{{1, "东闸改造", "市水务局", "6月底前"}, {2, "西闸改造", "市水务局", "7月底前"}, {3, "南闸改造", "市林业局", "8月底前"}, {4, "北闸改造", "市林业局", ""}} {
			for j, v := range r {
				name, _ := excelize.CoordinatesToCellName(j+1, i+2)
				if err := x.SetCellValue("Sheet1", name, v); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = x.SetRowVisible("Sheet1", 3, false)
		_ = x.SetCellStyle("Sheet1", "A4", "D4", strike)
		_ = x.SetCellRichText("Sheet1", "D5", []excelize.RichTextRun{{Text: "7月底前", Font: &excelize.Font{Strike: true}}, {Text: "9月底前"}})
	}))
	wantOffice(t, "struck", tasks, []string{"2021-06-30 | 市水务局 | 东闸改造", "2021-09-30 | 市林业局 | 北闸改造"})
	wantOffice(t, "struck, unread", unread, []string{"hidden_row", "struck", "struck"})
}

// TestHiddenColumnsAreNotRead: a hidden column of a sheet is not read, since nobody sees
// it, and the import tells that it was not.
func TestHiddenColumnsAreNotRead(t *testing.T) {
	t.Parallel()
	tasks, unread, _ := office(t, "columns.xlsx", sheetWith(t, func(x *excelize.File) {
		for i, r := range [][]any{{1, "东闸改造", "市水务局", "6月底前", "原时限5月底前"}, {2, "西闸改造", "市林业局", "7月底前", "原时限4月底前"}} {
			for j, v := range r {
				name, _ := excelize.CoordinatesToCellName(j+1, i+2)
				if err := x.SetCellValue("Sheet1", name, v); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = x.SetCellValue("Sheet1", "E1", "整改措施")
		_ = x.SetColVisible("Sheet1", "E", false)
	}))
	wantOffice(t, "columns", tasks, []string{"2021-06-30 | 市水务局 | 东闸改造", "2021-07-31 | 市林业局 | 西闸改造"})
	wantOffice(t, "columns, unread", unread, []string{"hidden_column"})
}

// TestTabsDrawATableInWord: paragraphs divided by tabs are rows; a work and a unit
// that a lost space left together are not one name.
func TestTabsDrawATableInWord(t *testing.T) {
	t.Parallel()
	row := func(cells ...string) string {
		out := `<w:p><w:r>`
		for i, c := range cells {
			if i > 0 {
				out += `<w:tab/>`
			}
			out += `<w:t>` + c + `</w:t>`
		}
		return out + `</w:r></w:p>`
	}
	head := wp("清源市2021年河湖治理工作方案") + wp("一、重点任务")
	tasks, _, _ := office(t, "tabs.docx", wordFile(t, head+row("1.清淤", "市水务局", "6月底前")+row("2.绿化", "市林业局", "9月底前"), nil))
	wantOffice(t, "tabs", tasks, []string{"2021-06-30 | 市水务局 | 清淤", "2021-09-30 | 市林业局 | 绿化"})
	_, _, asked := office(t, "lost.txt", []byte("清源市2021年河湖治理工作方案\n一、重点任务\n1.清淤市水务局6月底前\n2.检查市公安局9月底前\n"))
	if len(asked) == 0 || asked[0] != "lead" {
		t.Errorf("no question about who acts: %v", asked)
	}
}

// TestARowThatAChangeTookOutIsNotRead: a row of a Word table whose deletion is tracked is
// no task, whatever its cells hold.
func TestARowThatAChangeTookOutIsNotRead(t *testing.T) {
	t.Parallel()
	row := func(change string, cells ...string) string {
		out := "<w:tr><w:trPr>" + change + "</w:trPr>"
		for _, c := range cells {
			out += "<w:tc><w:p><w:r><w:t>" + c + "</w:t></w:r></w:p></w:tc>"
		}
		return out + "</w:tr>"
	}
	body := "<w:tbl>" + row("", "序号", "工作任务", "责任单位", "完成时限") + row("", "1", "东闸改造", "市水务局", "6月底前") +
		row(`<w:del w:id="1" w:author="a"/>`, "2", "西闸改造", "市水务局", "7月底前") + row(`<w:ins w:id="2" w:author="a"/>`, "2", "南闸改造", "市林业局", "8月底前") + "</w:tbl>"
	tasks, _, _ := office(t, "rows.docx", wordFile(t, wp("清源市2021年河湖治理任务分解表")+body, nil))
	wantOffice(t, "rows", tasks, []string{"2021-06-30 | 市水务局 | 东闸改造", "2021-08-31 | 市林业局 | 南闸改造"})
}

package report_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// everyDistance is a book with 600 lines, each with another number of working days left,
// over, or late when done, and with every state of a talk's step.
func everyDistance(t testing.TB) report.Table {
	t.Helper()
	table := small(t).book(t, day(7, 1))
	row := table.Tasks[0]
	for n := range 200 {
		for _, one := range []struct {
			left, late int
			light      plan.Light
			overdue    bool
		}{{n, 0, plan.Green, false}, {-n, 0, plan.Red, true}, {0, n, plan.DoneLate, false}} {
			r := row
			r.ID, r.Light, r.Overdue, r.WorkdaysLate = "x", one.light, one.overdue, one.late
			r.WorkdaysLeft, r.DaysLeft = nil, nil
			if one.light != plan.DoneLate {
				days := one.left * 2
				r.WorkdaysLeft, r.DaysLeft = &one.left, &days
			}
			table.Tasks = append(table.Tasks, r)
		}
	}
	talk := table.Talks[0]
	talk.State, talk.Rounds = act.TalkOpen, []report.TalkRound{{Number: 1, Since: day(5, 1), Until: day(5, 20), Steps: []report.TalkStep{{ID: "served", Limit: day(5, 3), Taken: day(5, 6), Late: true}}}}
	talk.Steps = []report.TalkStep{{ID: "served", Limit: day(5, 3), Taken: day(5, 2)}, {ID: "held", Limit: day(5, 9), Late: true}, {ID: "minutes", Limit: day(8, 9)}}
	table.Talks = append(table.Talks, talk)
	return table
}

// Excel reads some two hundred number formats and offers to repair a file with more. The
// workbook has one for each sentence, not one for each number in it.
func TestAWorkbookHasFewNumberFormats(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		var b bytes.Buffer
		require.NoError(t, report.WriteXLSX(&b, everyDistance(t), words.New(lang)))
		f, err := excelize.OpenReader(&b)
		require.NoError(t, err)
		require.NotNil(t, f.Styles.NumFmts)
		require.Less(t, len(f.Styles.NumFmts.NumFmt), 30, lang)
		require.NoError(t, f.Close())
	}
}

// A day in the workbook is a spreadsheet's date, which can be sorted and calculated with.
func TestDatesAreDates(t *testing.T) {
	t.Parallel()
	f := workbook(t, small(t).book(t, day(7, 1)), "zh")
	dated := func(sheet, heading string) {
		rows := sheetRows(t, f, sheet)
		column := -1
		for i, h := range rows[3] {
			if h == heading {
				column = i
			}
		}
		require.GreaterOrEqual(t, column, 0, heading)
		found := 0
		for y := 4; y < len(rows); y++ {
			name, err := excelize.CoordinatesToCellName(column+1, y+1)
			require.NoError(t, err)
			shown, err := f.GetCellValue(sheet, name)
			require.NoError(t, err)
			raw, err := f.GetCellValue(sheet, name, excelize.Options{RawCellValue: true})
			require.NoError(t, err)
			if strings.Contains(shown, "2021") {
				found++
				require.NotContains(t, raw, "2021", "%s %s holds text", sheet, name)
				kind, err := f.GetCellType(sheet, name)
				require.NoError(t, err)
				require.NotEqual(t, excelize.CellTypeInlineString, kind, name)
			}
		}
		require.Positive(t, found, "%s has no date", heading)
	}
	for _, heading := range []string{"完成时限", "最近督办日", "下一步日期"} {
		dated("台账", heading)
	}
	for _, heading := range []string{"督办时间", "完成时限", "送出时间", "原定日"} {
		dated("督办记录", heading)
	}
	for _, heading := range []string{"完成时限", "启动日期", "送达通知书", "召开约谈"} {
		dated("约谈通报", heading)
	}
}

// LibreOffice, another program than the library that wrote the workbook, shows in every cell
// the text of the book.
func TestAnotherProgramReadsTheWorkbook(t *testing.T) {
	t.Parallel()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("this test needs LibreOffice: sh internal/deploy/needs.sh installs libreoffice-calc-nogui")
	}
	for _, lang := range []string{"zh", "en"} {
		table, dir := everyDistance(t), t.TempDir()
		file, err := os.Create(filepath.Join(dir, "book.xlsx"))
		require.NoError(t, err)
		require.NoError(t, report.WriteXLSX(file, table, words.New(lang)))
		require.NoError(t, file.Close())
		// All sheets, as shown, in UTF-8.
		convert := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/home", "--headless", "--convert-to",
			"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1", "--outdir", dir, filepath.Join(dir, "book.xlsx"))
		convert.WaitDelay = time.Minute
		out, err := convert.CombinedOutput()
		require.NoError(t, err, string(out))
		names, texts := report.Texts(table, words.New(lang))
		for i, name := range names {
			data, err := os.ReadFile(filepath.Join(dir, "book-"+name+".csv"))
			require.NoError(t, err, string(out))
			reader := csv.NewReader(bytes.NewReader(data))
			reader.FieldsPerRecord = -1
			read, err := reader.ReadAll()
			require.NoError(t, err)
			want := texts[i]
			require.Len(t, read, len(want), "%s %s", lang, name)
			for y := range want {
				require.Equal(t, strings.Join(trimmed(want[y]), "|"), strings.Join(trimmed(read[y]), "|"), "%s %s, row %d", lang, name, y+1)
			}
		}
	}
}

// trimmed is a row without the empty cells at its end.
func trimmed(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

package form_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/calendar"
	"duban/internal/form"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// sheetOf is an Excel file of these rows.
func sheetOf(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		require.NoError(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	return out.Bytes()
}

// What is filled into a sheet that was downloaded comes back with its task and the
// download it belongs to, in either language; what nobody filled in is no row.
func TestASheetOfProgressComesBack(t *testing.T) {
	t.Parallel()
	var lines []query.ReportedLine
	for _, id := range []string{"2.4/a", "b", "c"} {
		l := query.ReportedLine{}
		l.Plan, l.Row = "water", report.Row{ID: id, Title: "任务" + id, Due: calendar.NewDay(2021, 6, 30)}
		lines = append(lines, l)
	}
	for _, lang := range []string{"zh", "en"} {
		raw, err := form.WriteProgress(lines, map[string]string{"water": "治水计划"}, "0123456789abcdef", words.New(lang))
		require.NoError(t, err)
		_, err = form.ReadProgress(raw)
		require.Equal(t, &form.Fault{Field: "file", Key: "form.sheet_empty"}, err)
		f, err := excelize.OpenReader(bytes.NewReader(raw))
		require.NoError(t, err)
		for cell, text := range map[string]string{"G2": "40%", "H2": " 管网已开挖。\n下周进场。", "H4": "=1+1"} {
			require.NoError(t, f.SetCellStr(f.GetSheetName(0), cell, text))
		}
		var out bytes.Buffer
		require.NoError(t, f.Write(&out))
		require.NoError(t, f.Close())
		rows, err := form.ReadProgress(out.Bytes())
		require.NoError(t, err)
		require.Equal(t, []form.SheetRow{
			{Line: 2, Plan: "water", Task: "2.4/a", Title: "任务2.4/a", Percent: "40%", Text: "管网已开挖。\n下周进场。", Sheet: "0123456789abcdef"},
			{Line: 4, Plan: "water", Task: "c", Title: "任务c", Text: "=1+1", Sheet: "0123456789abcdef"},
		}, rows, lang)
	}
}

// A sheet of somebody's own has its columns in any order, under a title, and says neither
// plan nor download; a key that is another row's is not believed.
func TestASheetOfOnesOwn(t *testing.T) {
	t.Parallel()
	say := words.New("zh")
	head := func(c string) any { return say.T("form.sheet_" + c) }
	rows, err := form.ReadProgress(sheetOf(t, []any{"七月进展"}, []any{head("text"), "备注", head("task"), head("key")},
		[]any{"已完工", "无", "b"}, []any{"在建", "", "c", "water/a/0123456789abcdef"}))
	require.NoError(t, err)
	require.Equal(t, []form.SheetRow{{Line: 3, Task: "b", Text: "已完工"}, {Line: 4, Task: "c", Text: "在建"}}, rows)
}

// What cannot be taken is told with what to do, and is never an empty success.
func TestASheetThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	say := words.New("zh")
	head := []any{say.T("form.sheet_task"), say.T("form.sheet_text")}
	whole := sheetOf(t, head, []any{"a", "已完工"})
	long := [][]any{head}
	for i := range form.MostSheetRows + 1 {
		long = append(long, []any{fmt.Sprint(i), "在建"})
	}
	for name, c := range map[string]struct {
		raw  []byte
		want form.Fault
	}{
		"no Excel file": {[]byte("任务编号,进展情况（填写）\na,已完工\n"), form.Fault{Field: "file", Key: "form.sheet_broken"}},
		"nothing":       {nil, form.Fault{Field: "file", Key: "form.sheet_broken"}},
		"cut off":       {whole[:len(whole)/2], form.Fault{Field: "file", Key: "form.sheet_broken"}},
		"other columns": {sheetOf(t, []any{"编号", "情况"}, []any{"a", "已完工"}), form.Fault{Field: "file", Key: "form.sheet_unknown"}},
		"no row":        {sheetOf(t, head), form.Fault{Field: "file", Key: "form.sheet_empty"}},
		"blanks":        {sheetOf(t, head, []any{"a", "  "}), form.Fault{Field: "file", Key: "form.sheet_empty"}},
		"too many rows": {sheetOf(t, long...), form.Fault{Field: "file", Key: "form.sheet_long", Data: words.Data{"N": form.MostSheetRows + 1, "Most": form.MostSheetRows}}},
	} {
		_, err := form.ReadProgress(c.raw)
		require.Equal(t, &c.want, err, name)
		require.NotEmpty(t, c.want.Text(say, ""), name)
	}
}

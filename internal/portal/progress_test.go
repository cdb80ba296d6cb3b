package portal_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/ledger"
)

// sheet is an Excel file that was downloaded, to be filled in.
type sheet struct {
	t    *testing.T
	file *excelize.File
	name string
}

func (b *browser) sheet(path string) sheet {
	b.t.Helper()
	a := b.get(path)
	require.Equal(b.t, http.StatusOK, a.status, a.text())
	require.Contains(b.t, a.header.Get("Content-Disposition"), ".xlsx")
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	require.NoError(b.t, err)
	return sheet{b.t, f, f.GetSheetList()[0]}
}

func (s sheet) rows() [][]string {
	s.t.Helper()
	rows, err := s.file.GetRows(s.name)
	require.NoError(s.t, err)
	return rows
}

// row is the number of the row of a task, from 1.
func (s sheet) row(task string) int {
	s.t.Helper()
	for i, r := range s.rows() {
		if len(r) > 1 && r[1] == task {
			return i + 1
		}
	}
	require.Fail(s.t, "no row of "+task)
	return 0
}

func (s sheet) put(row int, column, text string) {
	s.t.Helper()
	at, err := excelize.JoinCellName(column, row)
	require.NoError(s.t, err)
	require.NoError(s.t, s.file.SetCellStr(s.name, at, text))
}

func (s sheet) saved() file {
	s.t.Helper()
	var out bytes.Buffer
	require.NoError(s.t, s.file.Write(&out))
	return file{"进展.xlsx", out.String()}
}

// TestProgressOfManyTasksComesFromASheet: a unit downloads its sheet, fills rows in, sees
// what would become of each, and hands them in once, however often it is sent; the office
// does the same for its units, marked as entered for them.
func TestProgressOfManyTasksComesFromASheet(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	unit := s.as("gaoping")
	form := unit.get("/progress").fieldsOf("/progress")
	mine := unit.sheet("/progress/sheet")
	text := ""
	for _, r := range mine.rows() {
		text += strings.Join(r, " ") + "\n"
	}
	require.Contains(t, text, "管网改造第6项")
	require.NotContains(t, text, "水务任务第", "what it only assists in is reported by who leads")
	require.NotContains(t, text, "燃煤锅炉")
	titles := func(s sheet) (all []string) {
		for _, r := range s.rows()[1:] {
			all = append(all, r[2])
		}
		return all
	}
	require.Greater(t, len(titles(mine)), 2)
	require.Equal(t, titles(mine)[1:], titles(unit.sheet("/progress/sheet?skip=1")), "a part begins where its address says")

	// A sheet in which nothing is filled in, and a file that is no sheet.
	require.Contains(t, unit.upload("/progress", form, mine.saved()).body, "没有填写任何进展")
	require.Contains(t, unit.upload("/progress", form, file{"x.xlsx", "PK\x03\x04 broken"}).body, "这个文件打不开")
	require.Contains(t, unit.upload("/progress", form).body, "请选择一个填好的")

	g6, g7 := mine.row("g6"), mine.row("g7")
	mine.put(g6, "G", "40%")
	mine.put(g6, "H", "管网已开挖三公里，沿线迁改完成。")
	mine.put(g7, "H", "已完成招标。")
	last := len(mine.rows()) + 1
	for i, bad := range [][3]string{{"nosuch", "10%", "没有这一项"}, {"w12", "10%", "不归我牵头"}, {"boiler", "10%", "别的计划"}, {"g6", "50%", "同一项又写了一次"}, {"g5", "一半", "写错了比例"}, {"g8", "140%", "超过了"}} {
		mine.put(last+i, "B", bad[0])
		mine.put(last+i, "G", bad[1])
		mine.put(last+i, "H", bad[2])
	}
	mine.put(last+6, "B", "g5")
	mine.put(last+6, "C", "管网改造第1项")
	mine.put(last+6, "G", "30%")
	mine.put(last+6, "H", "编号和名称错位")
	shown := unit.upload("/progress", form, mine.saved())
	require.Equal(t, http.StatusOK, shown.status, shown.text())
	says := shown.text()
	require.Contains(t, says, "读到 9 项：可以报送 2 项，有问题 7 项")
	for _, want := range []string{"找不到任务“nosuch”", "找不到任务“boiler”", "已经填写了同一项任务", "一半：请写整数", "进度应当在0到100之间", "任务编号“g5”在台账里是“管网改造第5项”"} {
		require.Contains(t, says, want)
	}
	require.NotContains(t, says, "关停燃煤锅炉")
	require.NotContains(t, unit.get("/plans/water/tasks/g6").text(), "管网已开挖三公里", "shown before it is done")

	// One press hands the rows in; pressed again, uploaded again, nothing more is done.
	rows := shown.fieldsOf("/progress")
	require.NotEmpty(t, rows.Get("rows"))
	for range 2 {
		done := unit.upload("/progress", rows)
		require.Contains(t, done.text(), "已经报送（2 项）")
	}
	require.Contains(t, unit.upload("/progress", form, mine.saved()).text(), "与台账里最近一次报送相同")
	acts := func(task, words string) (n int) {
		events, err := w.host.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "water", Task: task})
		require.NoError(t, err)
		for _, e := range events {
			if strings.Contains(string(e.Data), words) {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, acts("g6", "管网已开挖三公里"))
	require.Equal(t, 1, acts("g7", "已完成招标"))

	// The office: of a plan, for the units, marked so.
	office := s.as("clerk")
	sheet := office.sheet("/progress/sheet?plan=water")
	require.Contains(t, strings.Join(sheet.rows()[sheet.row("g6")-1], " "), "40% 管网已开挖三公里")
	sheet.put(sheet.row("w12"), "G", "25")
	sheet.put(sheet.row("w12"), "H", "电话报来：设备已到场。")
	shown = office.upload("/progress", office.get("/progress").fieldsOf("/progress"), sheet.saved())
	require.Contains(t, shown.text(), "可以报送 1 项", shown.text())
	require.Contains(t, office.upload("/progress", shown.fieldsOf("/progress")).text(), "已经报送（1 项）")
	require.Equal(t, 1, acts("w12", `"entered":{"account":"clerk"`))

	// A row that no page has shown: the rows that are sent are judged again.
	forged := url.Values{"token": form["token"], "rows": {`[{"line":2,"plan":"water","task":"w12","percent":"99%","text":"伪造的进展"}]`}}
	require.Contains(t, unit.upload("/progress", forged).text(), "不能报送")
	require.Equal(t, 0, acts("w12", "伪造的进展"))
}

// TestCountiesAreOfferedWhereThereAreSome: a sheet of the counties has no other unit's
// tasks.
func TestCountiesAreOfferedWhereThereAreSome(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	const counties = "各县（市、区）"
	air := s.as("airclerk")
	require.NotContains(t, air.get("/sheet").body, counties)
	require.NotContains(t, air.get("/sheet?unit=counties").body, counties)
	require.Contains(t, air.get("/sheet?unit=counties").text(), "关停燃煤锅炉")
	water := s.as("clerk").get("/sheet?unit=counties")
	require.Contains(t, water.text(), counties)
	require.Contains(t, water.text(), "管网改造第1项")
	require.NotContains(t, water.text(), "河道整治")
}

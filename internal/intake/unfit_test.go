package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"duban/internal/calendar"
)

// asHTML is a page with a title and a table.
func asHTML(title string, rows [][]string) []byte {
	var b strings.Builder
	b.WriteString("<html><body><p>" + title + "</p><table>")
	for _, r := range rows {
		b.WriteString("<tr><td>" + strings.Join(r, "</td><td>") + "</td></tr>")
	}
	b.WriteString("</table></body></html>")
	return []byte(b.String())
}

// fileOf is a file of a kind with a title and a table.
func fileOf(t *testing.T, kind, title string, rows [][]string) Source {
	t.Helper()
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.Join(r, map[string]string{"csv": ",", "bars.txt": " | "}[kind]))
		if kind == "tabs.txt" {
			lines[len(lines)-1] = strings.Join(r, "\t")
		}
	}
	data := []byte(title + "\n" + strings.Join(lines, "\n") + "\n")
	switch kind {
	case "docx":
		data = docxFile(t, []string{title}, rows)
	case "xlsx":
		data = xlsxFile(t, title, rows)
	case "html":
		data = asHTML(title, rows)
	case "pdf":
		cells := [][]cellAt{{{70, title}}}
		for _, r := range rows {
			var line []cellAt
			for i, c := range r {
				line = append(line, cellAt{70 + i*150, c})
			}
			cells = append(cells, line)
		}
		data = pdfCells(cells, 22, 29)
	}
	return Source{Name: "x." + kind, Data: data}
}

// tableKinds are the kinds of files that hold tables.
var tableKinds = []string{"docx", "xlsx", "csv", "html", "tabs.txt", "bars.txt", "pdf"}

// TestATableWithoutAKnownHeadIsAskedAbout: the days of a table whose heads say nothing
// become tasks where the cells tell the columns, with one question about the reading, else
// the one question.
func TestATableWithoutAKnownHeadIsAskedAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows []string
		due  []string // of the likely reading; none: the table makes no task
	}{
		"heads unknown":   {[]string{"甲|乙|丙", "清理河岸垃圾|3月15日|张三", "修复北渠堤防|6月|李四", "新建泵站三座|2022/6/30|王五"}, []string{"2022-03-15", "2022-06-30"}},
		"no heads":        {[]string{"清理河岸垃圾|4月1日|张三", "修复北渠堤防|2022年6月|李四"}, []string{"2022-04-01", "2022-06-30"}},
		"known, no limit": {[]string{"地点|说明|进场", "北渠河段两岸|清理河岸垃圾|3月15日", "南渠河段两岸|修复堤防缺口|6月"}, []string{"2022-03-15", "2022-06-30"}},
		"known, no lead":  {[]string{"工作内容|备注|进场", "清理河岸垃圾|河段长|3月15日", "修复北渠堤防|渠道窄|6月"}, []string{"2022-03-15", "2022-06-30"}},
		"two of times":    {[]string{"甲|乙|丙", "清理河岸垃圾|3月15日|4月20日", "修复北渠堤防|6月|7月8日"}, nil},
		"months as heads": {[]string{"河段|4月|5月", "北渠河段|清理垃圾|修复堤防", "南渠河段|清淤疏浚|种植护坡"}, []string{"2022-04-30", "2022-05-31"}},
		"figures":         {[]string{"甲|乙|丙", "清理河岸垃圾|6/30|张三", "修复北渠堤防|7/15|李四"}, nil},
		"of Excel":        {[]string{"甲|乙|丙", "清理河岸垃圾|44742|张三", "修复北渠堤防|44773|李四"}, nil},
		"on its side":     {[]string{"甲|清理河岸垃圾|修复北渠堤防", "乙|3月15日|6月", "丙|张三|李四"}, nil},
	} {
		for _, kind := range tableKinds {
			t.Run(name+" "+kind, func(t *testing.T) {
				rows := cellsOf(c.rows)
				s := fileOf(t, kind, "清源市2022年河湖治理工作方案", rows)
				d, err := Import(context.Background(), []Source{s}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)})
				if d == nil || err != nil && !errors.Is(err, ErrNothing) {
					t.Fatal(err)
				}
				cells := map[string]Expression{}
				for _, e := range d.Expressions {
					cells[tight(e.Words)] = e
				}
				var seen []string
				for _, e := range d.Entries() {
					seen = append(seen, e.Due.String())
				}
				tables := 0
				for _, q := range d.Questions {
					if q.Kind == "table" {
						tables++
					}
				}
				state := fmt.Sprintf("%v %v", seen, d.Expressions)
				if tables != 1 {
					t.Errorf("%d questions about the table: %s", tables, state)
				}
				for _, due := range c.due {
					if !slices.Contains(seen, due) {
						t.Errorf("nothing is due %s: %s", due, state)
					}
				}
				for i, r := range rows {
					for _, cell := range r {
						if !strings.ContainsAny(cell, "0123456789") || i == 0 && name == "months as heads" {
							continue
						}
						if e, ok := cells[cell]; !ok || e.Became == becameAside {
							t.Errorf("%q became nothing that is asked about: %s", cell, state)
						}
					}
				}
			})
		}
	}
}

// TestAnAnswerTellsTheColumns: a person's answer makes the tasks of a table, or says that
// it has none; a column that is not there is asked about again.
func TestAnAnswerTellsTheColumns(t *testing.T) {
	t.Parallel()
	rows := cellsOf([]string{"甲|乙|丙|丁", "清理河岸垃圾|3月15日|4月20日|市水务局", "修复北渠堤防|6月|7月8日|市住建局"})
	read := func(rows [][]string, answer string) *Draft {
		t.Helper()
		s := fileOf(t, "docx", "清源市2022年河湖治理工作方案", rows)
		opt := Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)}
		d, _ := Import(context.Background(), []Source{s}, opt)
		if d == nil {
			t.Fatal("no draft")
		}
		i := slices.IndexFunc(d.Questions, func(q Question) bool { return q.Kind == "table" })
		if i < 0 {
			t.Fatal("not asked")
		}
		opt.Answers = map[string]string{d.Questions[i].ID: answer}
		if d, _ = Import(context.Background(), []Source{s}, opt); d == nil {
			t.Fatal("no draft with an answer")
		}
		return d
	}
	made := func(d *Draft) (out []string) {
		for _, e := range d.entryReports() {
			out = append(out, e.Due.String()+" "+e.Lead)
		}
		return out
	}
	if got := made(read(rows, "任务=1 时限=3 单位=4")); !slices.Equal(got, []string{"2022-04-20 市水务局", "2022-07-08 市住建局"}) {
		t.Errorf("by numbers: %v", got)
	}
	if got := made(read(rows, "任务=甲，时限=乙，单位=丁")); !slices.Equal(got, []string{"2022-03-15 市水务局", "2022-06-30 市住建局"}) {
		t.Errorf("by heads: %v", got)
	}
	d := read(rows, "无")
	if len(made(d)) > 0 || d.asksOfTimes() {
		t.Errorf("none: %v %v", made(d), d.Expressions)
	}
	d = read(rows, "任务=1 时限=9")
	if i := slices.IndexFunc(d.Questions, func(q Question) bool { return q.Kind == "table" && !q.Done() && q.Refused != "" }); i < 0 || len(made(d)) > 0 {
		t.Errorf("a column that is not there: %v %v", made(d), d.Questions)
	}
	figures := cellsOf([]string{"甲|乙", "清理河岸垃圾|6/30", "修复北渠堤防|44773"})
	if got := made(read(figures, "任务=1 时限=2")); len(got) != 2 || !strings.HasPrefix(got[0], "2022-06-30") || !strings.HasPrefix(got[1], "2022-07-31") {
		t.Errorf("figures: %v", got)
	}
}

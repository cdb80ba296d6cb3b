package intake

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
)

// TestRuledPDFTable reads a table whose narrow columns break every cell and
// whose first column is one merged cell: only its lines tell the rows apart.
func TestRuledPDFTable(t *testing.T) {
	t.Parallel()
	lines := [][]cellAt{
		{{150, "平湖市2022年重点任务分解表"}},
		{{62, "类别"}, {105, "序"}, {150, "工作任务"}, {235, "牵头单"}, {310, "完成时限"}},
		{{105, "号"}, {235, "位"}},
		{{62, "民生"}, {105, "1"}, {132, "新建口袋公园1"}, {232, "市住房城乡"}, {310, "6月底前"}},
		{{132, "5个"}, {232, "建设局"}},
		{{105, "2"}, {132, "改造管网20公"}, {232, "市水务局"}, {310, "10月底前"}},
		{{132, "里，5月开工"}},
	}
	var ink []string
	lie := func(y, from, to int) { ink = append(ink, fmt.Sprintf("0.5 w %d %d m %d %d l S\n", from, y, to, y)) }
	for _, y := range []int{744, 706, 626} {
		lie(y, 60, 390)
	}
	lie(666, 100, 390) // 民生 is one cell over two rows
	for _, x := range []int{60, 100, 130, 230, 300, 390} {
		ink = append(ink, fmt.Sprintf("%d 626 0.75 118 re f\n", x))
	}
	d, err := Import(context.Background(), []Source{{Name: "t.pdf", Data: pdfCells(lines, 30, 20, ink...)}}, Options{Issued: calendar.Day{Year: 2022, Month: 3, Date: 1}})
	require.NoError(t, err)
	var got []string
	p := loadDraft(t, d)
	for _, k := range p.Tasks {
		got = append(got, fmt.Sprintf("%s %s %s", k.Due, p.Directory.Name(k.Lead), k.Title))
	}
	require.Equal(t, []string{
		"2022-06-30 市住房城乡建设局 新建口袋公园15个",
		"2022-05-31 市水务局 改造管网20公里，开工",
		"2022-10-31 市水务局 改造管网20公里，5月开工",
	}, got)
}

package intake

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/seeds"
)

const small = `晋城市人民政府办公室关于印发晋城市2027年大气污染防治行动计划的通知
晋市政办〔2026〕88号
2026年12月1日
一、重点任务
（一）深化工业治理
1.淘汰燃煤锅炉。2027年6月底前完成城区燃煤锅炉淘汰。（市环保局负责）
2.开展道路清扫。定期对主要道路开展清扫保洁。（市城管局负责）
3.建设监测站点。按时完成监测站点建设。（市环保局负责）
`

// TestMakeIsRunInMemory: answers, known units and filled-in contacts count as in a
// folder; how far it is is told; a question that was answered is not asked in other words.
func TestMakeIsRunInMemory(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	var heard []int
	m := Matter{Sources: []Source{{"计划.txt", []byte(small)}}, Calendar: cal, Lang: "zh", Watch: func(percent int) { heard = append(heard, percent) },
		Known: &people.Directory{Units: []people.Unit{{ID: "daqi", Name: "大气办", Kind: people.OfficeUnit}, {ID: "huanbao", Name: "市环保局", Kind: people.CityDepartment}}}}
	first, err := Make(t.Context(), m)
	require.NoError(t, err)
	require.IsIncreasing(t, heard)
	require.Equal(t, "daqi", first.Directory.Office)
	require.Contains(t, first.Files, "contacts.xlsx")
	kinds := map[string]Question{}
	for _, q := range first.Open {
		kinds[q.Kind] = q
	}
	require.Contains(t, kinds, "cycle")
	require.Contains(t, kinds, "date")
	for _, lines := range [][]Line{first.Beside(kinds["cycle"].Place, kinds["cycle"].Words), first.Beside("", "主要道路")} { // where there is no place, by the words
		require.Len(t, lines, 1)
		require.Contains(t, lines[0].text(), "2.开展道路清扫")
	}
	require.Empty(t, first.Beside("", "不在文中的话"))

	m.Answers = map[string]string{kinds["cycle"].ID: "每季度", kinds["date"].ID: "2027年9月底前"}
	second, err := Make(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1, 0}, []int{second.Dated, second.Duties, second.Standing})
	for _, q := range second.Open {
		require.NotContains(t, []string{"cycle", "rhythm", "date"}, q.Kind, q.Ask)
	}
}

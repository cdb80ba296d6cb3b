package notice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/notice"
	"duban/internal/words"
)

// years are the findings about years without a holiday notice.
var years = []notice.Year{
	{Year: 2022, Tasks: []string{"2.4-survey.gaoping"}},
	{Year: 2023, Tasks: []string{"p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09"}},
}

// Beside what went wrong a provisional year is one more group; alone it is a
// note, not a cry.
func TestTheAuditTellsOfYearsWithoutANotice(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		both := alarm()
		both.Years = years
		note := both
		note.Silent, note.Troubled, note.Broken = nil, nil, nil
		for name, a := range map[string]notice.Alarm{"alarm-years": both, "alarm-note": note} {
			m, err := notice.ComposeAlarm(words.New(lang), a)
			require.NoError(t, err)
			shown, _ := delivered(t, m)
			golden(t, name+"."+lang+".txt", shown)
		}
	}
}

func TestANoteIsSafeInHTML(t *testing.T) {
	t.Parallel()
	a := alarm()
	a.Silent, a.Troubled, a.Broken = nil, nil, nil
	a.Years = []notice.Year{{Year: 2022, Tasks: []string{"<script>alert(1)</script>"}}}
	m, err := notice.ComposeAlarm(words.New("zh"), a)
	require.NoError(t, err)
	require.NotContains(t, m.HTML, "<script>")
	require.Contains(t, m.HTML, "2022年放假安排")
}

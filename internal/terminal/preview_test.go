package terminal_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/terminal"
	"duban/internal/words"
	"duban/seeds"
)

// A preview says what rules will propose if nobody acts: on the day the leadership reads
// it and once more when its limit has passed.
func TestThePreviewShowsWhatRulesPropose(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(filepath.Join("..", "..", "seeds", "jincheng-2021-water", "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems))
	launched := p.Issued.At(0, 0, calendar.Beijing)
	stages := act.Preview(p, cal, launched, calendar.Day{})
	rows := terminal.StageRows(p, cal, act.WithRuled(stages, act.RuledAlone(p, cal, launched, calendar.Day{}, stages)))
	var chengqu []string
	for _, r := range rows {
		if r.Words != "" && r.Unit == "城区人民政府" && r.Kind != plan.Remind {
			chengqu = append(chengqu, r.At[:10]+" "+r.Topic+" "+r.Words)
		}
	}
	require.GreaterOrEqual(t, len(chengqu), 2)
	require.Equal(t, []string{"2021-05-12 propose 两项任务同时逾期", "2021-05-18 proposal 两项任务同时逾期"}, chengqu[:2])
	var out bytes.Buffer
	sc := terminal.Screen{Out: &out, W: words.New("zh")}
	sc.Preview(p, rows)
	require.Contains(t, out.String(), "约谈、通报请示")
}

package planfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/planfile"
	"duban/internal/words"
)

const seedPlan = "../../seeds/jincheng-2021-water/plan.yaml"

// The document contradicts itself once: the loader says so, and nothing else.
func TestTheSeededPlanHasOneWarning(t *testing.T) {
	t.Parallel()
	p, problems := planfile.Load(seedPlan, seededCalendar(t))
	require.NotNil(t, p)
	require.Len(t, problems, 1)
	require.True(t, problems[0].Warning)
	text := problems[0].Text(words.New("zh"))
	for _, part := range []string{"警告：", "三（二）1 为 2021-10-31", "附件2第14行", "2021-06-30"} {
		require.Contains(t, text, part)
	}
}

func BenchmarkLoadSeed(b *testing.B) {
	cal := seededCalendar(b)
	for b.Loop() {
		planfile.Load(seedPlan, cal)
	}
}

package plan_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

const seedPlan = "../../seeds/jincheng-2021-water/plan.yaml"

// The document contradicts itself once: the loader says so, and nothing else.
func TestTheSeededPlanHasOneWarning(t *testing.T) {
	t.Parallel()
	p, problems := plan.Load(seedPlan, seededCalendar(t))
	require.NotNil(t, p)
	require.Len(t, problems, 1)
	require.True(t, problems[0].Warning)
	text := problems[0].Text(words.New("zh"))
	for _, part := range []string{"警告：", "三（二）1 为 2021-10-31", "附件2第14行", "2021-06-30"} {
		require.Contains(t, text, part)
	}
}

// Stages on make-up days and in January are the seed's own proof that its
// calendar is used.
func TestThePreviewOfTheSeededPlan(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	p, _ := plan.Load(seedPlan, cal)
	require.NotNil(t, p)
	all := p.Preview(cal, moment(t, "2021-04-08 10:00"), calendar.Day{})
	onMakeUp := slices.ContainsFunc(all, func(f plan.Foretold) bool { return local(f.Stage) == day(t, "2021-10-09") })
	inJanuary := slices.ContainsFunc(all, func(f plan.Foretold) bool {
		return f.ID == "urge" && f.Due == day(t, "2021-12-31") && local(f.Stage) == day(t, "2022-01-04")
	})
	require.Equal(t, []bool{true, true}, []bool{onMakeUp, inJanuary})
	for _, f := range all {
		require.NotEmpty(t, f.To, "%s %s speaks to somebody", f.Task, f.ID)
		for _, r := range f.To {
			_, ok := p.Directory.Contact(r)
			require.True(t, ok, "%s has an address", r)
		}
	}
}

func BenchmarkPreviewSeed(b *testing.B) {
	cal := seededCalendar(b)
	p, _ := plan.Load(seedPlan, cal)
	launched := moment(b, "2021-04-08 10:00")
	for b.Loop() {
		p.Preview(cal, launched, calendar.Day{})
	}
}

func BenchmarkLoadSeed(b *testing.B) {
	cal := seededCalendar(b)
	for b.Loop() {
		plan.Load(seedPlan, cal)
	}
}

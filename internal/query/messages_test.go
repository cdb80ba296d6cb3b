package query_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
)

// The day by which messages are chosen is that of each plan's own zone, also for several
// plans at once: at nine in the morning in Honolulu the next day has begun in Beijing.
func TestADayOfMessagesIsThePlansOwn(t *testing.T) {
	t.Parallel()
	for kind, address := range databases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			due := calendar.NewDay(2021, time.July, 20)
			far := plan.Plan{
				ID: "far", Title: "远方的计划", Zone: "Pacific/Honolulu", Year: 2021, Hash: "far", Policies: w.water.Policies, Issued: calendar.NewDay(2021, 6, 1),
				Directory: people.Directory{Office: "faroffice", Leadership: "farleaders", Units: []people.Unit{{ID: "islands", Name: "海岛"}, {ID: "faroffice", Name: "远方办"}, {ID: "farleaders", Name: "远方组"}}},
				Tasks:     []plan.Task{{ID: "pier", Kind: plan.Dated, Title: "修码头", Lead: "islands", Due: due, Policy: "standard"}},
			}
			first := w.launch(&far).Ahead(w.task("far", "pier").Facts)[0]
			w.decide("far", "pier", "", first)
			here := calendar.DayOf(first.At.In(far.Location()))
			require.Equal(t, here.AddDays(1), calendar.DayOf(first.At.In(calendar.Beijing)), "the two zones tell the days apart")
			on := func(planID string, day calendar.Day) (plans []string) {
				page, err := w.reader().Messages(t.Context(), query.Operator(), query.MessageFilter{Plan: planID, Day: day})
				require.NoError(t, err)
				require.Equal(t, len(page.Messages), page.Total)
				for _, m := range page.Messages {
					plans = append(plans, m.Plan)
				}
				return plans
			}
			require.Equal(t, []string{"far"}, on("far", here))
			require.Empty(t, on("far", here.AddDays(1)))
			require.Contains(t, on("", here), "far")
			require.NotContains(t, on("", here), "air", "its morning is the next")
			require.NotContains(t, on("", here.AddDays(1)), "far")
			require.Contains(t, on("", here.AddDays(1)), "air")
		})
	}
}

package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// A list of days in a problem names the year where it is new, and is never cut off.
func TestDaysInAProblem(t *testing.T) {
	t.Parallel()
	for want, days := range map[string][]calendar.Day{
		"2022-03-05；04-05；2023-01-05": {{Year: 2022, Month: 3, Date: 5}, {Year: 2022, Month: 4, Date: 5}, {Year: 2023, Month: 1, Date: 5}},
		"2022-03-01~04、07、08；04-30；05-01": {{Year: 2022, Month: 3, Date: 1}, {Year: 2022, Month: 3, Date: 2}, {Year: 2022, Month: 3, Date: 3}, {Year: 2022, Month: 3, Date: 4},
			{Year: 2022, Month: 3, Date: 7}, {Year: 2022, Month: 3, Date: 8}, {Year: 2022, Month: 4, Date: 30}, {Year: 2022, Month: 5, Date: 1}},
	} {
		p := strictyaml.Problem{Key: "plan.cron_short", Data: words.Data{"Value": "0 9 5 * *", "Count": len(days), "Dates": days}}
		require.Contains(t, p.Message(words.New("zh")), want)
	}
}

func TestNearMisses(t *testing.T) {
	t.Parallel()
	n := &strictyaml.Notes{}
	units := []string{"市水务局", "市农业农村局", "高平市", "各县（市、区）人民政府", "泽州县"}
	for typed, want := range map[string]string{
		"水务局": "市水务局", "市水务据": "市水务局", "市农业局": "市农业农村局", "高平市人民政府": "高平市",
		"各县(市区)人民政府": "各县（市、区）人民政府", "Ｘ": "", "": "",
	} {
		got := n.Near(typed, units)
		if want == "" {
			require.Empty(t, got, typed)
			continue
		}
		require.Equal(t, want, strings.Split(got, " / ")[0], typed)
	}
	for range 200 {
		n.Near("x", nil)
	}
	require.Empty(t, n.Near("水务局", units), "no more after so many")
}
